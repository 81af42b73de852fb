/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agreement_private.h"

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/text.h>

#include "plot.h"

#define MINUS "\xE2\x88\x92"
#define CROWD 300

static void widen(osi_axis *axis, double value)
{
    if (!isfinite(value))
        return;
    axis->low = isfinite(axis->low) ? fmin(axis->low, value) : value;
    axis->high = isfinite(axis->high) ? fmax(axis->high, value) : value;
}

/* "folder/name.png", "folder/name_2.png" ... */
static osarc_status save(osi_plot *plot, const char *folder, const char *name, size_t number,
                         osarc_error *err)
{
    osi_text path = {0};
    osarc_status status = osi_text_printf(&path, err, "%s/%s", folder, name);
    if (!status && number > 0)
        status = osi_text_printf(&path, err, "_%zu", number + 1);
    if (!status)
        status = osi_text_printf(&path, err, ".png");
    if (!status)
        status = osi_plot_write(plot, path.data, err);
    osi_free(path.data);
    return status;
}

/* Three digits are enough to read off a picture. */
static const char *print_short(char out[40], double value)
{
    double power = value == 0 ? 0 : floor(log10(fabs(value)));
    return osi_plot_number(out, value, power > 2 ? 0 : power < -6 ? 9 : 2 - (int) power);
}

static void draw_limit(osi_plot *plot, osi_estimate e, osi_ink line, const char *what)
{
    if (e.quality == OSARC_QUALITY_REFUSED)
        return;
    char number[40];
    char text[96];
    snprintf(text, sizeof(text), "%s\n%s", what, print_short(number, e.value));
    osi_plot_level(plot, e.value, line, text);
}

static osarc_status draw_differences(const osarc_agreement *a, const osi_group *g,
                                     const char *folder, size_t number, osarc_error *err)
{
    double *mean = osi_alloc(g->count, sizeof(*mean), err);
    double *difference = osi_alloc(g->count, sizeof(*difference), err);
    osi_text x_label = {0};
    osi_text y_label = {0};
    osi_plot *plot = NULL;
    osi_ink bias_line = {0, 0, 0, 1, 1.1, OSI_DASH_SOLID, OSI_MARKER_CIRCLE};
    osi_ink limit_line = {0.835, 0.369, 0.0, 1, 1.1, OSI_DASH_LONG, OSI_MARKER_CIRCLE};
    osi_ink zero_line = {0.45, 0.45, 0.45, 1, 0.6, OSI_DASH_DOT, OSI_MARKER_CIRCLE};
    osi_ink bias_band = {0.25, 0.25, 0.25, 0.16, 0, OSI_DASH_SOLID, OSI_MARKER_CIRCLE};
    osi_ink limit_band = {0.835, 0.369, 0.0, 0.16, 0, OSI_DASH_SOLID, OSI_MARKER_CIRCLE};
    const osi_legend legend[] = {
        {g->subjects ? "pair" : "case", osi_plot_ink(0), OSI_LEGEND_MARKER},
        {"bias", bias_line, OSI_LEGEND_LINE},
        {"limits of agreement", limit_line, OSI_LEGEND_LINE},
        {"95 % intervals", limit_band, OSI_LEGEND_BAND}};
    osi_plot_options options = {.title = a->group_count > 1 ? g->name : NULL,
                                .x = {.low = NAN, .high = NAN},
                                .y = {.low = NAN, .high = NAN},
                                .width_mm = 130,
                                .height_mm = 95,
                                .right_mm = 19,
                                .legend = legend,
                                .legend_count = 4};
    osarc_status status = mean && difference ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status)
        status = osi_text_printf(&x_label, err, "Mean of %s and %s", a->method, a->reference);
    if (!status)
        status = osi_text_printf(&y_label, err, "%s " MINUS " %s", a->method, a->reference);
    if (!status) {
        for (size_t i = 0; i < g->count; i++) {
            difference[i] = g->y[i] - g->x[i];
            mean[i] = g->x[i] + difference[i] / 2;
            widen(&options.x, mean[i]);
            widen(&options.y, difference[i]);
        }
        widen(&options.y, 0);
        widen(&options.y, g->limit_low.value);
        widen(&options.y, g->limit_low.low);
        widen(&options.y, g->limit_high.value);
        widen(&options.y, g->limit_high.high);
        options.x.label = x_label.data;
        options.y.label = y_label.data;
        status = osi_plot_create(&plot, &options, err);
    }
    if (!status) {
        int crowd = g->count > CROWD; /* hides the lines when it lies over them */
        osi_plot_band(plot, g->limit_low.low, g->limit_low.high, limit_band);
        osi_plot_band(plot, g->limit_high.low, g->limit_high.high, limit_band);
        osi_plot_band(plot, g->bias.low, g->bias.high, bias_band);
        if (crowd)
            osi_plot_points(plot, mean, difference, g->count, osi_plot_ink(0));
        osi_plot_level(plot, 0, zero_line, NULL);
        draw_limit(plot, g->limit_low, limit_line, MINUS "1.96 SD");
        draw_limit(plot, g->limit_high, limit_line, "+1.96 SD");
        draw_limit(plot, g->bias, bias_line, "bias");
        if (!crowd)
            osi_plot_points(plot, mean, difference, g->count, osi_plot_ink(0));
        status = save(plot, folder, "bland_altman", number, err);
    }
    osi_plot_free(plot);
    osi_free(x_label.data);
    osi_free(y_label.data);
    osi_free(mean);
    osi_free(difference);
    return status;
}

static void name_line(char out[120], const char *name, const osi_line *line)
{
    char slope[40];
    char intercept[40];
    double at = line->intercept.value;
    print_short(slope, line->slope.value);
    print_short(intercept, fabs(at));
    snprintf(out, 120, "%s: y = %sx %s %s", name, slope, at < 0 ? MINUS : "+", intercept);
}

static void draw_line(osi_plot *plot, const osi_line *line, const double x[2], osi_ink ink)
{
    double slope = line->slope.value;
    double at = line->intercept.value;
    osi_plot_line(plot, x[0], at + slope * x[0], x[1], at + slope * x[1], ink);
}

static osarc_status draw_scatter(const osarc_agreement *a, const osi_group *g, const char *folder,
                                 size_t number, osarc_error *err)
{
    osi_ink identity = {0.45, 0.45, 0.45, 1, 0.8, OSI_DASH_DOT, OSI_MARKER_CIRCLE};
    osi_ink deming = {0, 0, 0, 1, 1.1, OSI_DASH_SOLID, OSI_MARKER_CIRCLE};
    osi_ink passing = osi_plot_ink(1);
    char names[2][120];
    osi_legend legend[3] = {{"identity", identity, OSI_LEGEND_LINE}};
    size_t lines = 1;
    if (isfinite(g->deming.slope.value)) {
        name_line(names[0], "Deming", &g->deming);
        legend[lines++] = (osi_legend){names[0], deming, OSI_LEGEND_LINE};
    }
    if (isfinite(g->passing_bablok.slope.value)) {
        name_line(names[1],
                  "Passing\xE2\x80\x93"
                  "Bablok",
                  &g->passing_bablok);
        legend[lines++] = (osi_legend){names[1], passing, OSI_LEGEND_LINE};
    }
    osi_plot_options options = {.title = a->group_count > 1 ? g->name : NULL,
                                .x = {.label = a->reference, .low = NAN, .high = NAN},
                                .y = {.label = a->method, .low = NAN, .high = NAN},
                                .width_mm = 110,
                                .height_mm = 118,
                                .equal = 1,
                                .legend = legend,
                                .legend_count = lines};
    for (size_t i = 0; i < g->mean_count; i++) {
        widen(&options.x, g->mean_x[i]);
        widen(&options.y, g->mean_y[i]);
    }
    osi_plot *plot = NULL;
    osarc_status status = osi_plot_create(&plot, &options, err);
    if (status)
        return status;
    double x[2];
    double y[2];
    char text[64];
    osi_plot_range(plot, x, y);
    int crowd = g->mean_count > CROWD; /* hides the lines when it lies over them */
    if (crowd)
        osi_plot_points(plot, g->mean_x, g->mean_y, g->mean_count, osi_plot_ink(0));
    osi_plot_line(plot, x[0], x[0], x[1], x[1], identity);
    draw_line(plot, &g->deming, x, deming);
    draw_line(plot, &g->passing_bablok, x, passing);
    if (!crowd)
        osi_plot_points(plot, g->mean_x, g->mean_y, g->mean_count, osi_plot_ink(0));
    snprintf(text, sizeof(text), "n = %zu%s", g->mean_count, g->subjects ? " (means)" : "");
    osi_plot_text(plot, -1, 1, text);
    status = save(plot, folder, "scatter", number, err);
    osi_plot_free(plot);
    return status;
}

static void name_area(char out[200], const char *score, osi_estimate auc)
{
    char area[40];
    char low[40];
    char high[40];
    osi_plot_number(area, auc.value, 3);
    if (isfinite(auc.low))
        snprintf(out, 200, "%.70s: AUC %s (%s to %s)", score, area,
                 osi_plot_number(low, auc.low, 3), osi_plot_number(high, auc.high, 3));
    else
        snprintf(out, 200, "%.70s: AUC %s", score, area);
}

static osarc_status draw_curve(osi_plot *plot, const osarc_agreement *a, const osi_group *g,
                               const double *score, osi_ink ink, double *x, double *y,
                               osarc_error *err)
{
    size_t points;
    osarc_status status =
        osi_roc_curve(x, y, &points, score, g->positive, g->count, a->low_is_positive, err);
    if (!status)
        osi_plot_path(plot, x, y, points, ink);
    return status;
}

static osarc_status draw_roc(const osarc_agreement *a, const osi_group *g, const char *folder,
                             size_t number, osarc_error *err)
{
    if (g->roc.auc.quality == OSARC_QUALITY_REFUSED)
        return OSARC_OK;
    int compared = a->second[0] != '\0';
    osi_ink chance = {0.45, 0.45, 0.45, 1, 0.8, OSI_DASH_DOT, OSI_MARKER_CIRCLE};
    osi_ink best = {0, 0, 0, 1, 1, OSI_DASH_SOLID, OSI_MARKER_RING};
    osi_ink inks[2] = {osi_plot_ink(0), osi_plot_ink(1)};
    inks[0].width_pt = inks[1].width_pt = 1.5;
    char names[2][200];
    name_area(names[0], a->method, g->roc.auc);
    if (compared)
        name_area(names[1], a->second, g->roc.auc_second);
    osi_legend legend[3] = {{names[0], inks[0], OSI_LEGEND_LINE}};
    size_t entries = 1;
    if (compared)
        legend[entries++] = (osi_legend){names[1], inks[1], OSI_LEGEND_LINE};
    legend[entries++] = (osi_legend){"Youden point", best, OSI_LEGEND_MARKER};
    osi_plot_options options = {.title = a->group_count > 1 ? g->name : NULL,
                                .x = {.label = "1 " MINUS " specificity", .high = 1, .exact = 1},
                                .y = {.label = "Sensitivity", .high = 1, .exact = 1},
                                .width_mm = 110,
                                .height_mm = 118,
                                .equal = 1,
                                .legend = legend,
                                .legend_count = entries};
    double *x = osi_alloc(g->count + 1, sizeof(*x), err);
    double *y = osi_alloc(g->count + 1, sizeof(*y), err);
    osi_plot *plot = NULL;
    osarc_status status = x && y ? osi_plot_create(&plot, &options, err) : OSARC_ERR_MEMORY;
    if (!status) {
        osi_plot_line(plot, 0, 0, 1, 1, chance);
        if (compared)
            status = draw_curve(plot, a, g, g->second, inks[1], x, y, err);
        if (!status)
            status = draw_curve(plot, a, g, g->y, inks[0], x, y, err);
        double at_x = 1 - g->roc.specificity.value;
        osi_plot_points(plot, &at_x, &g->roc.sensitivity.value, 1, best);
    }
    if (!status)
        status = save(plot, folder, "roc", number, err);
    osi_plot_free(plot);
    osi_free(x);
    osi_free(y);
    return status;
}

osarc_status osi_agreement_plot(const osarc_agreement *agreement, const char *folder,
                                osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < agreement->group_count && i < OSI_PLOTTED_GROUPS && !status; i++) {
        const osi_group *g = &agreement->groups[i];
        if (agreement->kind == OSARC_AGREEMENT_ROC)
            status = draw_roc(agreement, g, folder, i, err);
        if (agreement->kind != OSARC_AGREEMENT_NUMBERS)
            continue;
        status = draw_differences(agreement, g, folder, i, err);
        if (!status)
            status = draw_scatter(agreement, g, folder, i, err);
    }
    return status;
}
