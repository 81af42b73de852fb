/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PLOT_PRIVATE_H
#define OSI_PLOT_PRIVATE_H

/* What the files of the plot share. Paper lengths are in pt (1/72 inch), origin top left. */

#include <cairo.h>
#include <pango/pangocairo.h>

#include "plot.h"

#define OSI_PT_PER_MM (72.0 / 25.4)

typedef struct osi_scale {
    double low; /* what the axis shows */
    double high;
    double start_pt; /* where low lies on paper */
    double end_pt;
} osi_scale;

struct osi_plot {
    cairo_surface_t *surface;
    cairo_t *cairo;
    osi_scale x;
    osi_scale y;
    int equal;
};

static inline double osi_scale_pt(const osi_scale *scale, double value)
{
    return scale->start_pt +
           (value - scale->low) / (scale->high - scale->low) * (scale->end_pt - scale->start_pt);
}

void osi_plot_use_ink(cairo_t *cairo, const osi_ink *ink);
void osi_plot_draw_marker(cairo_t *cairo, double x_pt, double y_pt, double radius_pt,
                          const osi_ink *ink);

typedef struct osi_label {
    const char *text;
    double size_pt;
    int bold;
    double anchor_x; /* 0: text begins at the point, 0.5: centred, 1: ends there */
    double anchor_y; /* 0: text is below the point, 1: above */
    double turn_rad;
} osi_label;

void osi_plot_draw_label(cairo_t *cairo, double x_pt, double y_pt, const osi_label *label);
void osi_plot_measure_label(cairo_t *cairo, const osi_label *label, double *width_pt_out,
                            double *height_pt_out);

/* Axes: ticks at round numbers. */
#define OSI_TICKS_MAX 24
#define OSI_TICK_SIZE 48
typedef struct osi_ticks {
    double at[OSI_TICKS_MAX];
    char text[OSI_TICKS_MAX][OSI_TICK_SIZE];
    size_t count;
} osi_ticks;

void osi_ticks_choose(osi_ticks *out, double low, double high, size_t wanted);
void osi_plot_draw_frame(osi_plot *plot);
void osi_plot_draw_axes(osi_plot *plot, const osi_axis *x, const osi_axis *y);

/* Width that the tick texts of a standing axis take. */
double osi_plot_tick_room(cairo_t *cairo, const osi_axis *axis, const osi_scale *scale);

/* Encodes the surface as PNG with its resolution, and writes it. */
osarc_status osi_plot_save(cairo_surface_t *surface, double dpi, const char *path,
                           osarc_error *err);

#define OSI_PLOT_DPI 300.0

#endif
