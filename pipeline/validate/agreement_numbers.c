/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agreement_private.h"

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/text.h>

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

#define ON_MEANS "on the means of the subjects"

static const char *means_note(const osi_group *g)
{
    return g->subjects ? ON_MEANS : NULL;
}

static osarc_status add_limits(osarc_agreement *out, osi_group *g, osarc_error *err)
{
    osi_bland_altman b;
    osarc_status status = osi_bland_altman_find(&b, g->mean_x, g->mean_y, g->mean_count, err);
    if (status)
        return status;
    g->bias = b.bias;
    g->limit_low = b.limit_low;
    g->limit_high = b.limit_high;
    if (!g->subjects) {
        const osi_named rows[] = {{"bias", b.bias, NULL},
                                  {"bias_p", b.bias_p, NULL},
                                  {"sd_difference", b.sd_difference, NULL},
                                  {"limit_low", b.limit_low, NULL},
                                  {"limit_high", b.limit_high, NULL}};
        status = osi_agreement_add_all(out, g->name, rows, COUNT_OF(rows), err);
    } else {
        osi_bland_altman_repeated r;
        status = osi_bland_altman_repeat(&r, g->x, g->y, g->subject, g->count, g->subjects, err);
        g->bias = r.bias;
        g->limit_low = r.limit_low_varying;
        g->limit_high = r.limit_high_varying;
        const char *varying = "true value may vary within a subject";
        const char *constant = "true value constant within a subject";
        const osi_named rows[] = {{"bias", r.bias, "repeated pairs"},
                                  {"sd_difference", r.sd_varying, varying},
                                  {"limit_low", r.limit_low_varying, varying},
                                  {"limit_high", r.limit_high_varying, varying},
                                  {"sd_difference_constant", r.sd_constant, constant},
                                  {"limit_low_constant", r.limit_low_constant, constant},
                                  {"limit_high_constant", r.limit_high_constant, constant},
                                  {"within_subject_sd_method", r.within_sd_y, NULL},
                                  {"within_subject_sd_reference", r.within_sd_x, NULL},
                                  {"within_subject_sd_difference", r.within_sd_difference, NULL}};
        if (!status)
            status = osi_agreement_add_all(out, g->name, rows, COUNT_OF(rows), err);
    }
    const osi_named slope[] = {{"proportional_bias_slope", b.slope, means_note(g)},
                               {"proportional_bias_p", b.slope_p, means_note(g)}};
    return status ? status : osi_agreement_add_all(out, g->name, slope, COUNT_OF(slope), err);
}

static osarc_status add_ratio(osarc_agreement *out, const osi_group *g, osarc_error *err)
{
    if (!out->logarithm)
        return OSARC_OK;
    osi_bland_altman b;
    osarc_status status = osi_bland_altman_ratio(&b, g->mean_x, g->mean_y, g->mean_count, err);
    const char *note = means_note(g);
    const osi_named rows[] = {{"ratio", b.bias, note},
                              {"ratio_limit_low", b.limit_low, note},
                              {"ratio_limit_high", b.limit_high, note},
                              {"ratio_sd_log", b.sd_difference, note},
                              {"ratio_proportional_slope", b.slope, note},
                              {"ratio_proportional_p", b.slope_p, note}};
    return status ? status : osi_agreement_add_all(out, g->name, rows, COUNT_OF(rows), err);
}

static osarc_status add_errors(osarc_agreement *out, const osi_group *g, osarc_error *err)
{
    osi_errors e;
    osarc_status status = osi_errors_find(&e, g->mean_x, g->mean_y, g->mean_count, err);
    const char *note = means_note(g);
    const osi_named rows[] = {{"mean_method", osi_mean(g->mean_y, g->mean_count), note},
                              {"mean_reference", osi_mean(g->mean_x, g->mean_count), note},
                              {"mae", e.mae, note},
                              {"rmse", e.rmse, note},
                              {"mape_percent", e.mape_percent, note}};
    return status ? status : osi_agreement_add_all(out, g->name, rows, COUNT_OF(rows), err);
}

static osarc_status add_lines(osarc_agreement *out, osi_group *g, osarc_error *err)
{
    osi_line plain;
    osi_passing_bablok p;
    osi_line_least_squares(&plain, g->mean_x, g->mean_y, g->mean_count);
    osarc_status status =
        osi_line_deming(&g->deming, g->mean_x, g->mean_y, g->mean_count, out->deming_lambda, err);
    if (!status)
        status = osi_passing_bablok_find(&p, g->mean_x, g->mean_y, g->mean_count, err);
    if (status)
        return status;
    g->passing_bablok = p.line;
    char lambda[64];
    char number[OSI_NUMBER_SIZE];
    snprintf(lambda, sizeof(lambda), "lambda %s (method over reference)",
             osi_number_print(number, out->deming_lambda));
    const char *note = means_note(g);
    const osi_named rows[] = {{"least_squares_slope", plain.slope, note},
                              {"least_squares_intercept", plain.intercept, note},
                              {"deming_slope", g->deming.slope, lambda},
                              {"deming_intercept", g->deming.intercept, lambda},
                              {"passing_bablok_slope", p.line.slope, note},
                              {"passing_bablok_intercept", p.line.intercept, note},
                              {"passing_bablok_cusum", p.cusum, note},
                              {"passing_bablok_cusum_p", p.cusum_p, note}};
    return osi_agreement_add_all(out, g->name, rows, COUNT_OF(rows), err);
}

static osarc_status add_concordance(osarc_agreement *out, const osi_group *g, osarc_error *err)
{
    double *scores = osi_alloc(2 * g->mean_count + 1, sizeof(*scores), err);
    if (!scores)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < g->mean_count; i++) {
        scores[2 * i] = g->mean_x[i];
        scores[2 * i + 1] = g->mean_y[i];
    }
    osi_icc icc;
    osi_concordance c;
    osi_icc_find(&icc, scores, g->mean_count, 2);
    osi_free(scores);
    osarc_status status = osi_concordance_find(&c, g->mean_x, g->mean_y, g->mean_count, err);
    const char *note = means_note(g);
    const osi_named rows[] = {
        {"icc_1_1", icc.icc_1_1, note},     {"icc_2_1", icc.icc_2_1, note},
        {"icc_3_1", icc.icc_3_1, note},     {"icc_1_k", icc.icc_1_k, note},
        {"icc_2_k", icc.icc_2_k, note},     {"icc_3_k", icc.icc_3_k, note},
        {"ccc", c.ccc, "moments over n"},   {"ccc_unbiased", c.ccc_unbiased, "moments over n - 1"},
        {"ccc_accuracy", c.accuracy, note}, {"pearson_r", c.pearson, note},
        {"spearman_rho", c.spearman, note}};
    return status ? status : osi_agreement_add_all(out, g->name, rows, COUNT_OF(rows), err);
}

static osarc_status add_change(osarc_agreement *out, const osi_group *g, const char *suffix,
                               osi_estimate lsc, osarc_error *err)
{
    if (out->change == 0)
        return OSARC_OK;
    char name[64];
    char note[128];
    char change[OSI_NUMBER_SIZE];
    char limit[OSI_NUMBER_SIZE];
    snprintf(name, sizeof(name), "change_exceeds_lsc%s", suffix);
    if (lsc.quality == OSARC_QUALITY_REFUSED)
        return osi_agreement_add(out, g->name, name, lsc, NULL, err);
    snprintf(note, sizeof(note), "change %s, LSC %s", osi_number_print(change, out->change),
             osi_number_print(limit, lsc.value));
    osi_estimate e = osi_known(osi_change_is_real(out->change, lsc.value), NAN, NAN, lsc.count);
    e.quality = lsc.quality;
    return osi_agreement_add(out, g->name, name, e, note, err);
}

static osarc_status add_one_precision(osarc_agreement *out, const osi_group *g, const char *suffix,
                                      const double *values, const size_t *subject, size_t count,
                                      size_t subjects, const char *note, osarc_error *err)
{
    osi_precision p;
    osarc_status status = osi_precision_find(&p, values, subject, count, subjects, err);
    osi_estimate df = p.rms_sd.quality == OSARC_QUALITY_REFUSED
                          ? p.rms_sd
                          : osi_known(p.degrees_of_freedom, NAN, NAN, p.rms_sd.count);
    const osi_named rows[] = {{"rms_sd", p.rms_sd, note},
                              {"rms_cv_percent", p.rms_cv_percent, note},
                              {"lsc", p.lsc, note},
                              {"lsc_percent", p.lsc_percent, note},
                              {"precision_df", df, note}};
    for (size_t i = 0; i < COUNT_OF(rows) && !status; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s%s", rows[i].name, suffix);
        const osi_named one = {name, rows[i].estimate, rows[i].note};
        status = osi_agreement_add_all(out, g->name, &one, 1, err);
    }
    return status ? status : add_change(out, g, suffix, p.lsc, err);
}

/* With repeats each column's own; without, the two columns as a pair of repeats. */
static osarc_status add_precision(osarc_agreement *out, const osi_group *g, osarc_error *err)
{
    if (g->subjects) {
        osarc_status status = add_one_precision(out, g, "_method", g->y, g->subject, g->count,
                                                g->subjects, NULL, err);
        return status ? status
                      : add_one_precision(out, g, "_reference", g->x, g->subject, g->count,
                                          g->subjects, NULL, err);
    }
    double *values = osi_alloc(2 * g->count + 1, sizeof(*values), err);
    size_t *subject = osi_alloc(2 * g->count + 1, sizeof(*subject), err);
    osarc_status status = values && subject ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; i < g->count && !status; i++) {
        values[i] = g->x[i];
        values[g->count + i] = g->y[i];
        subject[i] = subject[g->count + i] = i;
    }
    if (!status)
        status = add_one_precision(out, g, "", values, subject, 2 * g->count, g->count,
                                   "both columns taken as repeats", err);
    osi_free(values);
    osi_free(subject);
    return status;
}

osarc_status osi_agreement_numbers(osarc_agreement *out, osi_group *group, osarc_error *err)
{
    osarc_status status = add_limits(out, group, err);
    if (!status)
        status = add_ratio(out, group, err);
    if (!status)
        status = add_errors(out, group, err);
    if (!status)
        status = add_lines(out, group, err);
    if (!status)
        status = add_concordance(out, group, err);
    return status ? status : add_precision(out, group, err);
}
