/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qc_private.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/text.h>

#include "json_text.h"

#define DIGITS 9

/* What a broken rule says, in words. */
static const char *words_of(osarc_qc_rule rule)
{
    static const char *const WORDS[] = {
        "over 2 SD off the baseline (warning)",
        "over 3 SD off the baseline",
        "two in a row over 2 SD off on one side",
        "two in a row over 2 SD off on different sides",
        "four in a row over 1 SD off on one side",
        "ten in a row on one side of the baseline",
        "over 1.5 % off the baseline",
        "the mean has shifted",
        "the baseline is over 1.5 % off the certified value",
    };
    return WORDS[rule];
}

static osarc_status print_alarm(osi_text *text, const osarc_qc_series *s, const osarc_qc_alarm *a,
                                osarc_error *err)
{
    const osarc_qc_measurement *m = &s->measurements[a->at];
    osarc_status status = osi_text_printf(text, err, "  %s  row %-5zu %-10s %s", m->date, m->row,
                                          osarc_qc_rule_name(a->rule), words_of(a->rule));
    if (!status && a->rule == OSARC_QC_CUSUM)
        status = osi_text_printf(text, err, " by about %+.4f (%+.2f %%) since %s, row %zu",
                                 a->shift, 100 * a->shift / s->mean, s->measurements[a->since].date,
                                 s->measurements[a->since].row);
    return status ? status : osi_text_add(text, "\n", 1, err);
}

static osarc_status print_series(osi_text *text, const osarc_qc_series *s, osarc_error *err)
{
    osarc_status status =
        osi_text_printf(text, err, "%s, %s, baseline %zu%s: %s\n", s->device, s->phantom, s->epoch,
                        s->is_current ? "" : " (before)", osarc_qc_state_name(s->state));
    if (!status && s->why[0])
        status = osi_text_printf(text, err, "  %s\n", s->why);
    if (!status && isfinite(s->sd))
        status = osi_text_printf(text, err,
                                 "  %zu measurements, baseline %s: mean %.4f, SD %.4f (%.2f %%)\n",
                                 s->count, s->baseline_count ? "of the first" : "as stated",
                                 s->mean, s->sd, 100 * s->sd / s->mean);
    if (!status && isfinite(s->certified) && isfinite(s->mean))
        status = osi_text_printf(text, err, "  certified %.4f: %+.2f %% off\n", s->certified,
                                 100 * (s->mean / s->certified - 1));
    for (size_t i = 0; i < s->alarm_count && !status; i++)
        status = print_alarm(text, s, &s->alarms[i], err);
    return status;
}

static json_t *alarms_json(const osarc_qc_series *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->alarm_count; i++) {
        const osarc_qc_alarm *a = &s->alarms[i];
        const osarc_qc_measurement *m = &s->measurements[a->at];
        const osarc_qc_measurement *since = &s->measurements[a->since];
        json_array_append_new(
            list,
            json_pack("{s:s,s:b,s:s,s:I,s:o,s:o,s:s,s:I,s:o}", "rule", osarc_qc_rule_name(a->rule),
                      "is_alarm", a->rule != OSARC_QC_12S, "date", m->date, "row",
                      (json_int_t) m->row, "value", osi_json_number(m->value), "z",
                      osi_json_number(m->z), "since_date", since->date, "since_row",
                      (json_int_t) since->row, "shift", osi_json_number(a->shift)));
    }
    return list;
}

static json_t *series_json(const osarc_qc_series *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const osarc_qc_measurement *m = &s->measurements[i];
        json_array_append_new(list,
                              json_pack("{s:s,s:I,s:o,s:b,s:o,s:o,s:o}", "date", m->date, "row",
                                        (json_int_t) m->row, "value", osi_json_number(m->value),
                                        "is_baseline", m->is_baseline, "z", osi_json_number(m->z),
                                        "cusum_up", osi_json_number(m->cusum[0]), "cusum_down",
                                        osi_json_number(m->cusum[1])));
    }
    return json_pack("{s:s,s:s,s:I,s:b,s:s,s:s,s:I,s:o,s:o,s:o,s:o,s:o}", "device", s->device,
                     "phantom", s->phantom, "baseline", (json_int_t) s->epoch, "is_current",
                     s->is_current, "state", osarc_qc_state_name(s->state), "why", s->why,
                     "baseline_count", (json_int_t) s->baseline_count, "mean",
                     osi_json_number(s->mean), "sd", osi_json_number(s->sd), "certified",
                     osi_json_number(s->certified), "broken_rules", alarms_json(s), "measurements",
                     list);
}

static osarc_status print_json(char **out, const osarc_qc *qc, osarc_error *err)
{
    json_t *list = json_array();
    int failed = !list;
    for (size_t i = 0; i < qc->count && !failed; i++) {
        json_t *series = series_json(&qc->series[i]);
        failed = !series || json_array_append_new(list, series);
    }
    json_t *whole = failed ? NULL
                           : json_pack("{s:s,s:f,s:f,s:f,s:O}", "version", osarc_version(),
                                       "iscd_share", OSI_QC_ISCD_SHARE, "cusum_k", OSI_QC_CUSUM_K,
                                       "cusum_h", OSI_QC_CUSUM_H, "series", list);
    json_decref(list);
    return osi_json_print(out, whole, DIGITS, err);
}

osarc_status osi_qc_print(osarc_qc *qc, osarc_error *err)
{
    osi_text table = {0};
    osarc_status status = osi_text_add(&table, "", 0, err);
    for (size_t i = 0; i < qc->count && !status; i++)
        status = print_series(&table, &qc->series[i], err);
    qc->table = table.data;
    return status ? status : print_json(&qc->json, qc, err);
}
