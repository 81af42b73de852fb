/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PLOT_H
#define OSI_PLOT_H

/**
 * @file plot.h
 * Figures for print: white ground, 300 dpi, axes at round numbers, inks that differ in grey too.
 *
 * Lengths on paper are in mm or pt, everything else in data units. Make a plot, draw back to
 * front, write it. Points and lines outside the axes are clipped; values that are not finite are
 * skipped. The first failure of the drawing library sticks and is told by osi_plot_write.
 */

#include <osarc/base.h>

typedef struct osi_plot osi_plot;

typedef enum osi_marker {
    OSI_MARKER_CIRCLE = 0,
    OSI_MARKER_SQUARE = 1,
    OSI_MARKER_TRIANGLE = 2,
    OSI_MARKER_DIAMOND = 3,
    OSI_MARKER_RING = 4,
    OSI_MARKER_CROSS = 5
} osi_marker;

typedef enum osi_dash {
    OSI_DASH_SOLID = 0,
    OSI_DASH_LONG = 1,
    OSI_DASH_SHORT = 2,
    OSI_DASH_DOT = 3
} osi_dash;

/** How something is drawn. Zero width means 0.9 pt; zero opacity means 1; black is {0, 0, 0}. */
typedef struct osi_ink {
    double red;
    double green;
    double blue;
    double opacity;
    double width_pt;
    osi_dash dash;
    osi_marker marker;
} osi_ink;

/** One of six inks told apart by colour, by grey, by marker and by dash; wraps around. */
osi_ink osi_plot_ink(size_t index);

/** A light fill for bands, told apart from the ground in grey print. */
osi_ink osi_plot_shade(size_t index);

typedef enum osi_legend_kind {
    OSI_LEGEND_LINE = 0,
    OSI_LEGEND_MARKER = 1,
    OSI_LEGEND_BAND = 2
} osi_legend_kind;

typedef struct osi_legend {
    const char *text;
    osi_ink ink;
    osi_legend_kind kind;
} osi_legend;

typedef struct osi_axis {
    const char *label; /**< May be NULL. */
    double low;        /**< Range of the data; low == high is widened. */
    double high;
    int exact;                     /**< 1: no margin beyond low and high. */
    const char *const *categories; /**< Names at 1, 2, ..., instead of numbers; may be NULL. */
    size_t category_count;
} osi_axis;

/** All-zero but the axes means default. */
typedef struct osi_plot_options {
    const char *title; /**< May be NULL. No patient data. */
    osi_axis x;
    osi_axis y;
    double width_mm;          /**< Default 120. */
    double height_mm;         /**< Default 90. */
    double right_mm;          /**< Room right of the axes for osi_plot_level texts; default 4. */
    int equal;                /**< 1: same range and length on both axes. */
    const osi_legend *legend; /**< Printed under the axes; may be NULL. */
    size_t legend_count;
} osi_plot_options;

/** @retval OSARC_ERR_ARGUMENT a range that is not finite, or sizes that leave no axes */
OSARC_MUST_CHECK osarc_status osi_plot_create(osi_plot **out, const osi_plot_options *options,
                                              osarc_error *err);

/** The range an axis really shows, margins included. */
void osi_plot_range(const osi_plot *plot, double x_out[2], double y_out[2]);

/** A filled strip over the whole width, from y_low to y_high. */
void osi_plot_band(osi_plot *plot, double y_low, double y_high, osi_ink ink);

/** A line over the whole width at y, and a text to its right (lines split by '\n'; may be NULL). */
void osi_plot_level(osi_plot *plot, double y, osi_ink ink, const char *text);

/** A strip between two curves. */
void osi_plot_area(osi_plot *plot, const double *x, const double *low, const double *high,
                   size_t count, osi_ink ink);

void osi_plot_path(osi_plot *plot, const double *x, const double *y, size_t count, osi_ink ink);
void osi_plot_line(osi_plot *plot, double x0, double y0, double x1, double y1, osi_ink ink);

/** Markers; smaller and lighter when there are many. */
void osi_plot_points(osi_plot *plot, const double *x, const double *y, size_t count, osi_ink ink);

/** What a box plot shows; whiskers as the caller defines them. */
typedef struct osi_box {
    double whisker_low;
    double quartile_low;
    double median;
    double quartile_high;
    double whisker_high;
    const double *outliers; /**< May be NULL. */
    size_t outlier_count;
} osi_box;

/** A box at x, width in x units. */
void osi_plot_box(osi_plot *plot, double x, double width, const osi_box *box, osi_ink ink);

/** Quartiles (linear interpolation), whiskers at the last values within 1.5 box lengths (Tukey). */
OSARC_MUST_CHECK osarc_status osi_box_from_values(osi_box *out, double **outliers_out,
                                                  const double *values, size_t count,
                                                  osarc_error *err);

/** A number for a picture: so many digits after the point, '.', and a true minus sign. */
const char *osi_plot_number(char out[40], double value, int decimals);

/** Small text inside the axes at a corner; -1 is left or bottom, 1 is right or top. */
void osi_plot_text(osi_plot *plot, int corner_x, int corner_y, const char *text);

/** Frame and ticks are drawn last, then the file is written: 300 dpi, whole or not at all. */
OSARC_MUST_CHECK osarc_status osi_plot_write(osi_plot *plot, const char *path, osarc_error *err);

/** NULL is allowed. */
void osi_plot_free(osi_plot *plot);

#endif
