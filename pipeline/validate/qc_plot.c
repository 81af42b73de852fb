/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shewhart's chart and the CUSUM of a series. */
#include "qc_private.h"

#include <math.h>
#include <stdio.h>

#include <osi/alloc.h>
#include <osi/text.h>

#include "plot.h"

static osarc_status save(osi_plot *plot, const char *folder, const char *name, size_t number,
                         osarc_error *err)
{
    osi_text path = {0};
    osarc_status status = osi_text_printf(&path, err, "%s/%s_%zu.png", folder, name, number);
    if (!status)
        status = osi_plot_write(plot, path.data, err);
    osi_free(path.data);
    return status;
}

static const osi_ink MEAN = {0, 0, 0, 1, 1.1, OSI_DASH_SOLID, OSI_MARKER_CIRCLE};
static const osi_ink LIMIT_3S = {0.835, 0.369, 0.0, 1, 1.1, OSI_DASH_LONG, OSI_MARKER_CIRCLE};
static const osi_ink LIMIT_2S = {0.45, 0.45, 0.45, 1, 0.8, OSI_DASH_DOT, OSI_MARKER_CIRCLE};
static const osi_ink ALARM = {0.7, 0.0, 0.1, 1, 1.4, OSI_DASH_SOLID, OSI_MARKER_RING};

/* x of measurements is their number, from 1. */
static void mark_alarms(osi_plot *plot, const osarc_qc_series *s, const double *y, int cusum)
{
    for (size_t i = 0; i < s->alarm_count; i++) {
        const osarc_qc_alarm *a = &s->alarms[i];
        double x = (double) a->at + 1;
        if (a->rule != OSARC_QC_12S && a->rule != OSARC_QC_CERTIFIED &&
            cusum == (a->rule == OSARC_QC_CUSUM))
            osi_plot_points(plot, &x, &y[a->at], 1, ALARM);
    }
}

static osarc_status draw_chart(const osarc_qc_series *s, const double *x, double *y, size_t number,
                               const char *folder, const char *title, osarc_error *err)
{
    const osi_legend legend[] = {{"measurement", osi_plot_ink(0), OSI_LEGEND_MARKER},
                                 {"2 SD", LIMIT_2S, OSI_LEGEND_LINE},
                                 {"3 SD", LIMIT_3S, OSI_LEGEND_LINE},
                                 {"1.5 %", osi_plot_shade(0), OSI_LEGEND_BAND},
                                 {"alarm", ALARM, OSI_LEGEND_MARKER}};
    int is_judged = isfinite(s->sd);
    double most = is_judged ? fmax(3 * s->sd, OSI_QC_ISCD_SHARE * s->mean) : 0;
    osi_plot_options options = {
        .title = title,
        .x = {.label = "measurement", .low = 1, .high = (double) s->count},
        .y = {.label = "phantom value",
              .low = is_judged ? s->mean - most : s->measurements[0].value,
              .high = is_judged ? s->mean + most : s->measurements[0].value},
        .width_mm = 160,
        .height_mm = 90,
        .legend = legend,
        .legend_count = is_judged ? 5 : 1};
    for (size_t i = 0; i < s->count; i++) {
        y[i] = s->measurements[i].value;
        options.y.low = fmin(options.y.low, y[i]);
        options.y.high = fmax(options.y.high, y[i]);
    }
    osi_plot *plot = NULL;
    osarc_status status = osi_plot_create(&plot, &options, err);
    if (status)
        return status;
    if (is_judged) {
        osi_plot_band(plot, s->mean * (1 - OSI_QC_ISCD_SHARE), s->mean * (1 + OSI_QC_ISCD_SHARE),
                      osi_plot_shade(0));
        osi_plot_level(plot, s->mean, MEAN, NULL);
        for (int side = -1; side <= 1; side += 2) {
            osi_plot_level(plot, s->mean + side * 2 * s->sd, LIMIT_2S, NULL);
            osi_plot_level(plot, s->mean + side * 3 * s->sd, LIMIT_3S, NULL);
        }
    }
    osi_plot_points(plot, x, y, s->count, osi_plot_ink(0));
    mark_alarms(plot, s, y, 0);
    status = save(plot, folder, "chart", number, err);
    osi_plot_free(plot);
    return status;
}

static osarc_status draw_cusum(const osarc_qc_series *s, const double *x, double *y, size_t number,
                               const char *folder, const char *title, osarc_error *err)
{
    const osi_ink inks[2] = {osi_plot_ink(0), osi_plot_ink(1)};
    const osi_legend legend[] = {{"upwards", inks[0], OSI_LEGEND_LINE},
                                 {"downwards", inks[1], OSI_LEGEND_LINE},
                                 {"limit", LIMIT_2S, OSI_LEGEND_LINE},
                                 {"alarm", ALARM, OSI_LEGEND_MARKER}};
    osi_plot_options options = {
        .title = title,
        .x = {.label = "measurement", .low = 1, .high = (double) s->count},
        .y = {.label = "CUSUM, SD", .low = -OSI_QC_CUSUM_H - 1, .high = OSI_QC_CUSUM_H + 1},
        .width_mm = 160,
        .height_mm = 70,
        .legend = legend,
        .legend_count = 4};
    for (size_t i = s->baseline_count; i < s->count; i++) {
        options.y.high = fmax(options.y.high, s->measurements[i].cusum[0]);
        options.y.low = fmin(options.y.low, -s->measurements[i].cusum[1]);
    }
    osi_plot *plot = NULL;
    osarc_status status = osi_plot_create(&plot, &options, err);
    if (status)
        return status;
    osi_plot_level(plot, 0, MEAN, NULL);
    osi_plot_level(plot, OSI_QC_CUSUM_H, LIMIT_2S, NULL);
    osi_plot_level(plot, -OSI_QC_CUSUM_H, LIMIT_2S, NULL);
    size_t first = s->baseline_count;
    for (int side = 0; side < 2; side++) {
        for (size_t i = first; i < s->count; i++)
            y[i] = (side ? -1 : 1) * s->measurements[i].cusum[side];
        osi_plot_path(plot, x + first, y + first, s->count - first, inks[side]);
    }
    for (size_t i = first; i < s->count; i++)
        y[i] = s->measurements[i].cusum[0] > s->measurements[i].cusum[1]
                   ? s->measurements[i].cusum[0]
                   : -s->measurements[i].cusum[1];
    mark_alarms(plot, s, y, 1);
    status = save(plot, folder, "cusum", number, err);
    osi_plot_free(plot);
    return status;
}

osarc_status osi_qc_plot(const osarc_qc_series *series, size_t number, const char *folder,
                         osarc_error *err)
{
    char title[160];
    double *x = osi_alloc(series->count, sizeof(*x), err);
    double *y = osi_alloc(series->count, sizeof(*y), err);
    osarc_status status = x && y ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; i < series->count && !status; i++)
        x[i] = (double) i + 1;
    snprintf(title, sizeof(title), "%.60s, %.60s, baseline %zu", series->device, series->phantom,
             series->epoch);
    if (!status)
        status = draw_chart(series, x, y, number, folder, title, err);
    int is_judged =
        series->state == OSARC_QC_IN_CONTROL || series->state == OSARC_QC_OUT_OF_CONTROL;
    if (!status && is_judged && series->count > series->baseline_count)
        status = draw_cusum(series, x, y, number, folder, title, err);
    osi_free(x);
    osi_free(y);
    return status;
}
