/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot_private.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define MANY_POINTS 300
#define SMALL_PT    2.0

void osi_plot_use_ink(cairo_t *cairo, const osi_ink *ink)
{
    static const double DASHES[][4] = {{0}, {6, 3}, {3, 2}, {1, 2}};
    static const int DASH_COUNTS[] = {0, 2, 2, 2};
    double opacity = ink->opacity > 0 ? ink->opacity : 1;
    cairo_set_source_rgba(cairo, ink->red, ink->green, ink->blue, opacity);
    cairo_set_line_width(cairo, ink->width_pt > 0 ? ink->width_pt : 0.9);
    cairo_set_dash(cairo, DASHES[ink->dash], DASH_COUNTS[ink->dash], 0);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
}

static void trace_marker(cairo_t *cairo, double x, double y, double r, osi_marker marker)
{
    switch (marker) {
    case OSI_MARKER_SQUARE:
        cairo_rectangle(cairo, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
        break;
    case OSI_MARKER_TRIANGLE:
        cairo_move_to(cairo, x, y - 1.2 * r);
        cairo_line_to(cairo, x + 1.1 * r, y + 0.8 * r);
        cairo_line_to(cairo, x - 1.1 * r, y + 0.8 * r);
        cairo_close_path(cairo);
        break;
    case OSI_MARKER_DIAMOND:
        cairo_move_to(cairo, x, y - 1.25 * r);
        cairo_line_to(cairo, x + 1.25 * r, y);
        cairo_line_to(cairo, x, y + 1.25 * r);
        cairo_line_to(cairo, x - 1.25 * r, y);
        cairo_close_path(cairo);
        break;
    case OSI_MARKER_CROSS:
        cairo_move_to(cairo, x - r, y - r);
        cairo_line_to(cairo, x + r, y + r);
        cairo_move_to(cairo, x - r, y + r);
        cairo_line_to(cairo, x + r, y - r);
        break;
    case OSI_MARKER_CIRCLE:
    case OSI_MARKER_RING:
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, x, y, r, 0, 2 * M_PI);
        break;
    }
}

void osi_plot_draw_marker(cairo_t *cairo, double x_pt, double y_pt, double radius_pt,
                          const osi_ink *ink)
{
    cairo_new_path(cairo);
    trace_marker(cairo, x_pt, y_pt, radius_pt, ink->marker);
    cairo_set_dash(cairo, NULL, 0, 0);
    if (ink->marker == OSI_MARKER_RING || ink->marker == OSI_MARKER_CROSS) {
        cairo_set_line_width(cairo, 0.9);
        cairo_stroke(cairo);
        return;
    }
    /* a thin white rim keeps markers that overlap apart, unless they are tiny */
    cairo_fill_preserve(cairo);
    if (radius_pt < SMALL_PT) {
        cairo_new_path(cairo);
        return;
    }
    cairo_set_source_rgba(cairo, 1, 1, 1, 0.9);
    cairo_set_line_width(cairo, 0.35);
    cairo_stroke(cairo);
}

static PangoLayout *make_layout(cairo_t *cairo, const osi_label *label)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, "DejaVu Sans, Liberation Sans, Sans");
    pango_font_description_set_weight(font, label->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    /* absolute: pango's points would depend on the screen's resolution */
    pango_font_description_set_absolute_size(font, label->size_pt * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
    cairo_font_options_destroy(options);
    pango_layout_set_text(layout, label->text, -1);
    return layout;
}

void osi_plot_measure_label(cairo_t *cairo, const osi_label *label, double *width_pt_out,
                            double *height_pt_out)
{
    PangoLayout *layout = make_layout(cairo, label);
    int width;
    int height;
    pango_layout_get_size(layout, &width, &height);
    *width_pt_out = (double) width / PANGO_SCALE;
    *height_pt_out = (double) height / PANGO_SCALE;
    g_object_unref(layout);
}

void osi_plot_draw_label(cairo_t *cairo, double x_pt, double y_pt, const osi_label *label)
{
    double width;
    double height;
    osi_plot_measure_label(cairo, label, &width, &height);
    PangoLayout *layout = make_layout(cairo, label);
    if (label->anchor_x > 0.75)
        pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_translate(cairo, x_pt, y_pt);
    cairo_rotate(cairo, label->turn_rad);
    cairo_move_to(cairo, -label->anchor_x * width, -label->anchor_y * height);
    pango_cairo_show_layout(cairo, layout);
    cairo_restore(cairo);
    cairo_new_path(cairo);
    g_object_unref(layout);
}

/* Clips to the axes, and half a line's width around them. */
static void begin(osi_plot *plot, const osi_ink *ink)
{
    double rim = 0.8;
    cairo_save(plot->cairo);
    cairo_rectangle(plot->cairo, plot->x.start_pt - rim, plot->y.end_pt - rim,
                    plot->x.end_pt - plot->x.start_pt + 2 * rim,
                    plot->y.start_pt - plot->y.end_pt + 2 * rim);
    cairo_clip(plot->cairo);
    osi_plot_use_ink(plot->cairo, ink);
}

static void end(osi_plot *plot)
{
    cairo_restore(plot->cairo);
}

/* Cairo counts in 24.8 fixed point: far outside is as good as just outside. */
static double paper(const osi_scale *scale, double value)
{
    return fmin(fmax(osi_scale_pt(scale, value), -5000), 5000);
}

void osi_plot_band(osi_plot *plot, double y_low, double y_high, osi_ink ink)
{
    if (!isfinite(y_low) || !isfinite(y_high))
        return;
    begin(plot, &ink);
    double low = paper(&plot->y, y_low);
    double high = paper(&plot->y, y_high);
    cairo_rectangle(plot->cairo, plot->x.start_pt, high, plot->x.end_pt - plot->x.start_pt,
                    low - high);
    cairo_fill(plot->cairo);
    end(plot);
}

void osi_plot_level(osi_plot *plot, double y, osi_ink ink, const char *text)
{
    if (!isfinite(y))
        return;
    begin(plot, &ink);
    double at = paper(&plot->y, y);
    cairo_move_to(plot->cairo, plot->x.start_pt, at);
    cairo_line_to(plot->cairo, plot->x.end_pt, at);
    cairo_stroke(plot->cairo);
    end(plot);
    osi_label label = {.text = text, .size_pt = 7.5, .anchor_y = 0.5};
    if (text && y >= plot->y.low && y <= plot->y.high)
        osi_plot_draw_label(plot->cairo, plot->x.end_pt + 4, at, &label);
}

void osi_plot_area(osi_plot *plot, const double *x, const double *low, const double *high,
                   size_t count, osi_ink ink)
{
    begin(plot, &ink);
    for (size_t i = 0; i < count; i++)
        if (isfinite(x[i]) && isfinite(low[i]))
            cairo_line_to(plot->cairo, paper(&plot->x, x[i]), paper(&plot->y, low[i]));
    for (size_t i = count; i-- > 0;)
        if (isfinite(x[i]) && isfinite(high[i]))
            cairo_line_to(plot->cairo, paper(&plot->x, x[i]), paper(&plot->y, high[i]));
    cairo_fill(plot->cairo);
    end(plot);
}

void osi_plot_path(osi_plot *plot, const double *x, const double *y, size_t count, osi_ink ink)
{
    begin(plot, &ink);
    for (size_t i = 0; i < count; i++)
        if (isfinite(x[i]) && isfinite(y[i]))
            cairo_line_to(plot->cairo, paper(&plot->x, x[i]), paper(&plot->y, y[i]));
    cairo_stroke(plot->cairo);
    end(plot);
}

void osi_plot_line(osi_plot *plot, double x0, double y0, double x1, double y1, osi_ink ink)
{
    double x[2] = {x0, x1};
    double y[2] = {y0, y1};
    if (isfinite(x0) && isfinite(y0) && isfinite(x1) && isfinite(y1))
        osi_plot_path(plot, x, y, 2, ink);
}

void osi_plot_points(osi_plot *plot, const double *x, const double *y, size_t count, osi_ink ink)
{
    double radius = count > MANY_POINTS ? 1.2 : 2.3;
    if (count > MANY_POINTS && (ink.opacity <= 0 || ink.opacity >= 1))
        ink.opacity = count > 5 * MANY_POINTS ? 0.3 : 0.55;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i]) || x[i] < plot->x.low || x[i] > plot->x.high ||
            y[i] < plot->y.low || y[i] > plot->y.high)
            continue;
        /* not clipped: a marker on the edge is a whole marker */
        osi_plot_use_ink(plot->cairo, &ink);
        osi_plot_draw_marker(plot->cairo, paper(&plot->x, x[i]), paper(&plot->y, y[i]), radius,
                             &ink);
    }
}

void osi_plot_box(osi_plot *plot, double x, double width, const osi_box *box, osi_ink ink)
{
    if (!isfinite(box->median) || !isfinite(box->whisker_low) || !isfinite(box->whisker_high))
        return;
    osi_ink line = ink;
    line.dash = OSI_DASH_SOLID;
    line.width_pt = 0.8;
    osi_ink fill = ink;
    fill.opacity = 0.3;
    double left = paper(&plot->x, x - width / 2);
    double right = paper(&plot->x, x + width / 2);
    double q1 = paper(&plot->y, box->quartile_low);
    double q3 = paper(&plot->y, box->quartile_high);
    begin(plot, &fill);
    cairo_rectangle(plot->cairo, left, q3, right - left, q1 - q3);
    cairo_fill(plot->cairo);
    end(plot);
    begin(plot, &line);
    cairo_rectangle(plot->cairo, left, q3, right - left, q1 - q3);
    cairo_stroke(plot->cairo);
    end(plot);
    osi_plot_line(plot, x, box->whisker_low, x, box->quartile_low, line);
    osi_plot_line(plot, x, box->quartile_high, x, box->whisker_high, line);
    osi_plot_line(plot, x - width / 4, box->whisker_low, x + width / 4, box->whisker_low, line);
    osi_plot_line(plot, x - width / 4, box->whisker_high, x + width / 4, box->whisker_high, line);
    osi_ink strong = {.width_pt = 1.8};
    osi_plot_line(plot, x - width / 2, box->median, x + width / 2, box->median, strong);
    ink.marker = OSI_MARKER_RING;
    for (size_t i = 0; i < box->outlier_count; i++)
        osi_plot_points(plot, &x, &box->outliers[i], 1, ink);
}

osarc_status osi_box_from_values(osi_box *out, double **outliers_out, const double *values,
                                 size_t count, osarc_error *err)
{
    *outliers_out = NULL;
    if (count == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a box needs one value or more");
    double *sorted = osi_alloc(count, sizeof(*sorted), err);
    double *outliers = osi_alloc(count, sizeof(*outliers), err);
    if (!sorted || !outliers) {
        osi_free(sorted);
        osi_free(outliers);
        return OSARC_ERR_MEMORY;
    }
    memcpy(sorted, values, count * sizeof(*sorted));
    gsl_sort(sorted, 1, count);
    *out = (osi_box){
        .quartile_low = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.25),
        .median = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.5),
        .quartile_high = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.75),
        .outliers = outliers,
    };
    double reach = 1.5 * (out->quartile_high - out->quartile_low);
    out->whisker_low = out->quartile_low;
    out->whisker_high = out->quartile_high;
    for (size_t i = 0; i < count; i++) {
        if (sorted[i] < out->quartile_low - reach || sorted[i] > out->quartile_high + reach) {
            outliers[out->outlier_count++] = sorted[i];
            continue;
        }
        out->whisker_low = fmin(out->whisker_low, sorted[i]);
        out->whisker_high = fmax(out->whisker_high, sorted[i]);
    }
    osi_free(sorted);
    *outliers_out = outliers;
    return OSARC_OK;
}

void osi_plot_text(osi_plot *plot, int corner_x, int corner_y, const char *text)
{
    osi_label label = {.text = text,
                       .size_pt = 8,
                       .anchor_x = corner_x < 0 ? 0 : 1,
                       .anchor_y = corner_y < 0 ? 1 : 0};
    double x = corner_x < 0 ? plot->x.start_pt + 5 : plot->x.end_pt - 5;
    double y = corner_y < 0 ? plot->y.start_pt - 4 : plot->y.end_pt + 3;
    osi_plot_draw_label(plot->cairo, x, y, &label);
}
