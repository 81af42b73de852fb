/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot_private.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define TITLE_SIZE_PT  10.5
#define LABEL_SIZE_PT  9.5
#define LEGEND_SIZE_PT 8
#define LEGEND_ROW_PT  12
#define LEGEND_KEY_PT  20
#define EDGE_PT        5
#define MARGIN         0.04
#define SMALLEST_PT    40

/* Okabe and Ito's colours, in an order of clearly different grey. */
static const osi_ink INKS[] = {
    {0.000, 0.447, 0.698, 1, 1.2, OSI_DASH_SOLID, OSI_MARKER_CIRCLE},
    {0.835, 0.369, 0.000, 1, 1.2, OSI_DASH_LONG, OSI_MARKER_SQUARE},
    {0.000, 0.620, 0.451, 1, 1.2, OSI_DASH_SHORT, OSI_MARKER_TRIANGLE},
    {0.902, 0.624, 0.000, 1, 1.2, OSI_DASH_DOT, OSI_MARKER_DIAMOND},
    {0.350, 0.350, 0.350, 1, 1.2, OSI_DASH_SOLID, OSI_MARKER_RING},
    {0.800, 0.475, 0.655, 1, 1.2, OSI_DASH_LONG, OSI_MARKER_CROSS},
};

osi_ink osi_plot_ink(size_t index)
{
    return INKS[index % (sizeof(INKS) / sizeof(INKS[0]))];
}

osi_ink osi_plot_shade(size_t index)
{
    osi_ink ink = osi_plot_ink(index);
    ink.opacity = 0.18;
    return ink;
}

static osarc_status set_range(osi_scale *scale, const osi_axis *axis, const char *which,
                              osarc_error *err)
{
    double low = axis->low;
    double high = axis->high;
    if (axis->categories) {
        low = 0.4;
        high = (double) axis->category_count + 0.6;
    }
    if (!isfinite(low) || !isfinite(high) || low > high || !isfinite(high - low))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the %s axis has no finite range", which);
    double span = high - low;
    double least = 1e-9 * fmax(fabs(low), fabs(high));
    if (span <= least) {
        double half = fmax(0.5 * fabs(low), 0.5);
        low -= half;
        high += half;
    } else if (!axis->exact && !axis->categories) {
        low -= MARGIN * span;
        high += MARGIN * span;
    }
    scale->low = low;
    scale->high = high;
    return OSARC_OK;
}

static void draw_legend_key(cairo_t *cairo, double x_pt, double y_pt, const osi_legend *entry)
{
    osi_plot_use_ink(cairo, &entry->ink);
    if (entry->kind == OSI_LEGEND_MARKER) {
        osi_plot_draw_marker(cairo, x_pt + LEGEND_KEY_PT / 2.0, y_pt, 2.6, &entry->ink);
    } else if (entry->kind == OSI_LEGEND_BAND) {
        cairo_rectangle(cairo, x_pt + 1, y_pt - 3.5, LEGEND_KEY_PT - 2, 7);
        cairo_fill(cairo);
    } else {
        cairo_move_to(cairo, x_pt, y_pt);
        cairo_rel_line_to(cairo, LEGEND_KEY_PT, 0);
        cairo_stroke(cairo);
    }
}

/* Lays the legend out in rows of the given width; draws it when `draw` is 1; returns its rows. */
static size_t lay_legend(osi_plot *plot, const osi_plot_options *options, double left_pt,
                         double width_pt, double top_pt, int draw)
{
    size_t rows = options->legend_count ? 1 : 0;
    double x = 0;
    for (size_t i = 0; i < options->legend_count; i++) {
        osi_label label = {
            .text = options->legend[i].text, .size_pt = LEGEND_SIZE_PT, .anchor_y = 0.5};
        double text_pt;
        double height_pt;
        osi_plot_measure_label(plot->cairo, &label, &text_pt, &height_pt);
        double need = LEGEND_KEY_PT + 4 + text_pt;
        if (x > 0 && x + need > width_pt) {
            rows++;
            x = 0;
        }
        if (draw) {
            double y = top_pt + ((double) rows - 0.5) * LEGEND_ROW_PT;
            draw_legend_key(plot->cairo, left_pt + x, y, &options->legend[i]);
            osi_plot_draw_label(plot->cairo, left_pt + x + LEGEND_KEY_PT + 4, y, &label);
        }
        x += need + 12;
    }
    return rows;
}

static osarc_status lay_out(osi_plot *plot, const osi_plot_options *options, double width_pt,
                            double height_pt, osarc_error *err)
{
    const osi_axis *x = &options->x;
    const osi_axis *y = &options->y;
    double right_mm = options->right_mm > 0 ? options->right_mm : 4;
    double left = EDGE_PT + osi_plot_tick_room(plot->cairo, y, &plot->y) + (y->label ? 15 : 0);
    double right = width_pt - right_mm * OSI_PT_PER_MM;
    double top = EDGE_PT + (options->title ? 18 : 4);
    double legend_pt = width_pt - EDGE_PT - left;
    size_t rows = lay_legend(plot, options, left, legend_pt, 0, 0);
    double below =
        EDGE_PT + 16 + (x->label ? 15 : 0) + (double) rows * LEGEND_ROW_PT + (rows ? 4 : 0);
    double bottom = height_pt - below;
    if (options->equal) {
        double side = fmin(right - left, bottom - top);
        right = left + side;
        top = bottom - side;
    }
    if (right - left < SMALLEST_PT || bottom - top < SMALLEST_PT)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a plot of %.0f by %.0f mm leaves no room for axes",
                        width_pt / OSI_PT_PER_MM, height_pt / OSI_PT_PER_MM);
    plot->x.start_pt = left;
    plot->x.end_pt = right;
    plot->y.start_pt = bottom;
    plot->y.end_pt = top;
    osi_plot_draw_axes(plot, x, y);

    osi_label title = {options->title, TITLE_SIZE_PT, 1, 0, 1, 0};
    osi_label x_label = {x->label, LABEL_SIZE_PT, 0, 0.5, 0, 0};
    osi_label y_label = {y->label, LABEL_SIZE_PT, 0, 0.5, 0, -M_PI / 2};
    if (options->title)
        osi_plot_draw_label(plot->cairo, left, top - 5, &title);
    if (x->label)
        osi_plot_draw_label(plot->cairo, (left + right) / 2, bottom + 16, &x_label);
    if (y->label)
        osi_plot_draw_label(plot->cairo, left - osi_plot_tick_room(plot->cairo, y, &plot->y) - 15,
                            (top + bottom) / 2, &y_label);
    lay_legend(plot, options, left, legend_pt, bottom + 16 + (x->label ? 17 : 2), 1);
    return OSARC_OK;
}

static osarc_status open_surface(osi_plot *plot, double width_pt, double height_pt,
                                 osarc_error *err)
{
    double scale = OSI_PLOT_DPI / 72.0;
    plot->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int) lround(width_pt * scale),
                                               (int) lround(height_pt * scale));
    plot->cairo = cairo_create(plot->surface);
    cairo_status_t drawn = cairo_status(plot->cairo);
    if (drawn)
        return osi_fail(err, OSARC_ERR_MEMORY, "drawing: %s", cairo_status_to_string(drawn));
    cairo_set_source_rgb(plot->cairo, 1, 1, 1);
    cairo_paint(plot->cairo);
    cairo_scale(plot->cairo, scale, scale);
    return OSARC_OK;
}

osarc_status osi_plot_create(osi_plot **out, const osi_plot_options *options, osarc_error *err)
{
    *out = NULL;
    double width_mm = options->width_mm > 0 ? options->width_mm : 120;
    double height_mm = options->height_mm > 0 ? options->height_mm : 90;
    if (!(width_mm <= 1000 && height_mm <= 1000))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a plot may be 1000 mm wide and high at most");
    osi_plot *plot = osi_alloc(1, sizeof(*plot), err);
    if (!plot)
        return OSARC_ERR_MEMORY;
    plot->equal = options->equal;
    osarc_status status = set_range(&plot->x, &options->x, "x", err);
    if (!status)
        status = set_range(&plot->y, &options->y, "y", err);
    if (!status && options->equal) {
        plot->x.low = plot->y.low = fmin(plot->x.low, plot->y.low);
        plot->x.high = plot->y.high = fmax(plot->x.high, plot->y.high);
    }
    if (!status)
        status = open_surface(plot, width_mm * OSI_PT_PER_MM, height_mm * OSI_PT_PER_MM, err);
    if (!status)
        status = lay_out(plot, options, width_mm * OSI_PT_PER_MM, height_mm * OSI_PT_PER_MM, err);
    if (status)
        osi_plot_free(plot);
    else
        *out = plot;
    return status;
}

void osi_plot_range(const osi_plot *plot, double x_out[2], double y_out[2])
{
    x_out[0] = plot->x.low;
    x_out[1] = plot->x.high;
    y_out[0] = plot->y.low;
    y_out[1] = plot->y.high;
}

osarc_status osi_plot_write(osi_plot *plot, const char *path, osarc_error *err)
{
    osi_plot_draw_frame(plot);
    cairo_surface_flush(plot->surface);
    cairo_status_t drawn = cairo_status(plot->cairo);
    if (drawn)
        return osi_fail(err,
                        drawn == CAIRO_STATUS_NO_MEMORY ? OSARC_ERR_MEMORY : OSARC_ERR_INTERNAL,
                        "drawing: %s", cairo_status_to_string(drawn));
    return osi_plot_save(plot->surface, OSI_PLOT_DPI, path, err);
}

void osi_plot_free(osi_plot *plot)
{
    if (!plot)
        return;
    cairo_destroy(plot->cairo);
    cairo_surface_destroy(plot->surface);
    osi_free(plot);
}
