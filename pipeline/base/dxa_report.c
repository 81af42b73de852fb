/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_report.h>

#include <math.h>
#include <string.h>
#include <strings.h>

#include <osi/alloc.h>
#include <osi/fail.h>

/* no document of one patient comes near */
#define RESULTS_MOST 4096
/* the same number in two places may have been converted between units */
#define SAME_RELATIVE 1e-9

static const char DIFFERENT[] = "two different values of it are stated";
static const char SUM[] = "sum of the lean mass of both arms and legs as stated";

static int is_same_place(const osarc_dxa_result *a, const osarc_dxa_result *b)
{
    return !strcmp(a->quantity, b->quantity) && !strcmp(a->site, b->site) &&
           !strcmp(a->level, b->level) && !strcmp(a->side, b->side) && !strcmp(a->basis, b->basis);
}

static int is_same_value(double a, double b)
{
    return fabs(a - b) <= SAME_RELATIVE * fmax(fabs(a), fabs(b));
}

osarc_status osarc_dxa_report_add(osarc_dxa_report *report, const osarc_dxa_result *result,
                                  osarc_error *err)
{
    if (!report || !result || !result->quantity)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a report and a result are needed");
    for (size_t i = 0; i < report->count; i++) {
        osarc_dxa_result *there = &report->results[i];
        if (!is_same_place(there, result))
            continue;
        int both = !isnan(there->value) && !isnan(result->value);
        if (both && !is_same_value(there->value, result->value)) {
            there->value = NAN;
            there->refused = DIFFERENT;
        }
        if (both || there->refused == DIFFERENT || !strcmp(there->refused, result->refused))
            return OSARC_OK;
    }
    if (report->count == RESULTS_MOST)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "over %d results in one document",
                        RESULTS_MOST);
    if (report->count == report->room) {
        size_t room = report->room ? 2 * report->room : 16;
        osarc_dxa_result *more = osi_realloc(report->results, room, sizeof(*report->results), err);
        if (!more)
            return OSARC_ERR_MEMORY;
        report->results = more;
        report->room = room;
    }
    report->results[report->count++] = *result;
    return OSARC_OK;
}

osarc_status osarc_dxa_report_join(osarc_dxa_report *report, const osarc_dxa_report *more,
                                   osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (!report || !more)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "two reports are needed");
    for (size_t i = 0; i < more->count && !status; i++)
        if (more->results[i].warning != SUM)
            status = osarc_dxa_report_add(report, &more->results[i], err);
    return status;
}

osarc_status osarc_dxa_report_complete(osarc_dxa_report *report, osarc_error *err)
{
    static const struct {
        const char *level, *side;
    } LIMBS[4] = {{"arm", "left"}, {"arm", "right"}, {"leg", "left"}, {"leg", "right"}};
    double sum_g = 0;
    int found = 0;
    const char *basis = NULL;
    for (size_t i = 0; report && i < report->count; i++) {
        const osarc_dxa_result *r = &report->results[i];
        if (!strcmp(r->quantity, "alm"))
            return OSARC_OK;
        if (strcmp(r->quantity, "lean_mass") != 0 || isnan(r->value))
            continue;
        for (size_t k = 0; k < 4; k++)
            if (!strcmp(r->level, LIMBS[k].level) && !strcmp(r->side, LIMBS[k].side)) {
                if (basis && strcmp(basis, r->basis) != 0)
                    return OSARC_OK;
                basis = r->basis;
                sum_g += r->value;
                found++;
            }
    }
    if (found != 4)
        return OSARC_OK;
    const osarc_dxa_result alm = {.quantity = "alm",
                                  .unit = "kg",
                                  .site = "whole_body",
                                  .side = "",
                                  .value = sum_g / 1000,
                                  .refused = "",
                                  .warning = SUM,
                                  .basis = basis,
                                  .reference = ""};
    return osarc_dxa_report_add(report, &alm, err);
}

size_t osarc_dxa_report_taken(const osarc_dxa_report *report)
{
    size_t taken = 0;
    for (size_t i = 0; report && i < report->count; i++)
        taken += isnan(report->results[i].value) ? 0 : 1;
    return taken;
}

static int holds(const char *text, const char *word)
{
    return text && strcasestr(text, word) != NULL;
}

const char *osarc_dxa_report_basis(const char *manufacturer, const char *model)
{
    /* GE makes much besides densitometers: its name alone is no scale */
    static const char *const LUNAR[] = {"lunar", "prodigy", "idxa", "dpx", "encore"};
    if (holds(manufacturer, "hologic"))
        return "DXA-Hologic";
    if (holds(manufacturer, "norland"))
        return "DXA-Norland";
    if (holds(manufacturer, "lunar"))
        return "DXA-Lunar";
    int ge = manufacturer &&
             (holds(manufacturer, "general electric") || !strncasecmp(manufacturer, "GE", 2));
    for (size_t i = 0; ge && i < sizeof(LUNAR) / sizeof(LUNAR[0]); i++)
        if (holds(model, LUNAR[i]))
            return "DXA-Lunar";
    return "DXA-unknown";
}

void osarc_dxa_report_free(osarc_dxa_report *report)
{
    if (!report)
        return;
    osi_free(report->results);
    memset(report, 0, sizeof(*report));
}
