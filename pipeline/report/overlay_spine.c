/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "overlay_brush.h"

#define DEFAULT_CENTRE_HU 250
#define DEFAULT_WIDTH_HU  1000

/* What is shown around the middles of the bodies, in mm. */
#define MARGIN_Z     35.0
#define MARGIN_FRONT 70.0
#define MARGIN_BACK  90.0
#define MARGIN_SIDE  80.0

#define PANEL_HEIGHT      800.0
#define MAX_PIXELS_PER_MM 3.0

#define SAME_GRID_MM 1e-3
#define PANELS       4 /* sagittal and coronal, each plain and with regions */
#define CUTS         2

#define REFUSED_COLOUR 0xE69F00 /* Okabe and Ito's orange */

/* Sorted from the head to the foot, with the line through the middles. */
typedef struct spine_line {
    const osarc_spine_mark **marks;
    size_t count;
} spine_line;

/* A cut that follows the spine across itself: rows are heights, columns one patient axis. */
typedef struct spine_cut {
    overlay_view view;
    int along;       /* patient axis of the columns: 1 sagittal, 0 coronal */
    double first_mm; /* of the leftmost column */
    size_t width;
    overlay_cut samples;
} spine_cut;

typedef struct spine_picture {
    const osarc_image *image;
    const osarc_mask *regions;
    spine_line line;
    double top_mm; /* z of the first row */
    double pixels_per_mm;
    size_t height;
    double low_hu, width_hu;
    spine_cut cuts[CUTS];
    const char *title;
} spine_picture;

static int by_height(const void *a, const void *b)
{
    const osarc_spine_mark *first = *(const osarc_spine_mark *const *) a;
    const osarc_spine_mark *second = *(const osarc_spine_mark *const *) b;
    return (first->centre_mm[2] < second->centre_mm[2]) -
           (first->centre_mm[2] > second->centre_mm[2]);
}

/* Where the line through the middles is at a height, along a patient axis; straight beyond. */
static double line_at(const spine_line *line, double z_mm, int axis)
{
    size_t i = 0;
    while (i + 2 < line->count && z_mm < line->marks[i + 1]->centre_mm[2])
        i++;
    const double *a = line->marks[i]->centre_mm;
    if (line->count == 1)
        return a[axis];
    const double *b = line->marks[i + 1]->centre_mm;
    double length = a[2] - b[2];
    double share = length > 0 ? (a[2] - z_mm) / length : 0;
    return a[axis] + fmin(fmax(share, 0), 1) * (b[axis] - a[axis]);
}

static void find_range(double out[2], const spine_line *line, int axis)
{
    out[0] = INFINITY;
    out[1] = -INFINITY;
    for (size_t i = 0; i < line->count; i++) {
        out[0] = fmin(out[0], line->marks[i]->centre_mm[axis]);
        out[1] = fmax(out[1], line->marks[i]->centre_mm[axis]);
    }
}

static void arrange(spine_picture *p)
{
    static const double BEFORE[3] = {MARGIN_SIDE, MARGIN_FRONT, MARGIN_Z};
    static const double BEHIND[3] = {MARGIN_SIDE, MARGIN_BACK, MARGIN_Z};
    double low[3];
    double high[3];
    overlay_extent_mm(low, high, osarc_image_grid(p->image));
    for (int axis = 0; axis < 3; axis++) {
        double range[2];
        find_range(range, &p->line, axis);
        low[axis] = fmax(low[axis], range[0] - BEFORE[axis]);
        high[axis] = fmin(high[axis], range[1] + BEHIND[axis]);
    }
    double tall = fmax(high[2] - low[2], 1);
    p->pixels_per_mm = fmin(MAX_PIXELS_PER_MM, PANEL_HEIGHT / tall);
    p->height = (size_t) fmax(round(tall * p->pixels_per_mm), 1);
    p->top_mm = high[2] - 0.5 / p->pixels_per_mm;
    p->cuts[0] = (spine_cut){.view = VIEW_SAGITTAL, .along = 1};
    p->cuts[1] = (spine_cut){.view = VIEW_CORONAL, .along = 0};
    for (int c = 0; c < CUTS; c++) {
        spine_cut *cut = &p->cuts[c];
        double wide = fmax(high[cut->along] - low[cut->along], 1);
        cut->first_mm = low[cut->along] + 0.5 / p->pixels_per_mm;
        cut->width = (size_t) fmax(round(wide * p->pixels_per_mm), 1);
    }
}

static osarc_status sample(spine_cut *cut, const spine_picture *p, int threads, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(p->image);
    size_t count = cut->width * p->height;
    cut->samples.grey = osi_alloc_raw(count, 2, err);
    if (!cut->samples.grey)
        return OSARC_ERR_MEMORY;
    cut->samples.labels = cut->samples.grey + count;
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t y = 0; y < p->height; y++) {
        double lps[3];
        lps[2] = p->top_mm - (double) y / p->pixels_per_mm;
        lps[1 - cut->along] = line_at(&p->line, lps[2], 1 - cut->along);
        for (size_t x = 0; x < cut->width; x++) {
            double ijk[3];
            size_t pixel = y * cut->width + x;
            lps[cut->along] = cut->first_mm + (double) x / p->pixels_per_mm;
            osarc_grid_index(grid, lps, ijk);
            overlay_sample_at(&cut->samples.grey[pixel], &cut->samples.labels[pixel], p->image,
                              p->regions, ijk, p->low_hu, p->width_hu);
        }
    }
    return OSARC_OK;
}

static void copy_panel(const brush *b, double left, double top, const spine_picture *p,
                       const spine_cut *cut, int coloured)
{
    if (!cut->samples.grey)
        return;
    cairo_surface_flush(b->surface);
    for (size_t y = 0; y < p->height; y++) {
        uint32_t *to =
            (uint32_t *) (void *) (b->bytes + ((size_t) top + y) * b->stride) + (size_t) left;
        for (size_t x = 0; x < cut->width; x++) {
            size_t pixel = y * cut->width + x;
            uint8_t label = coloured && cut->samples.labels[pixel] ? OSARC_TISSUE_TRABECULAR_BONE
                                                                   : OSARC_TISSUE_OUTSIDE;
            to[x] = overlay_blend(cut->samples.grey[pixel], label);
        }
    }
    cairo_surface_mark_dirty(b->surface);
}

/* In front of the body, or on its left side, so that the region stays free. */
static void draw_names(const brush *b, double left, double top, const spine_picture *p,
                       const spine_cut *cut)
{
    brush_font(b, TEXT_SIZE, 1);
    for (size_t i = 0; i < p->line.count; i++) {
        const osarc_spine_mark *mark = p->line.marks[i];
        double off = cut->along == 1 ? -mark->depth_mm / 2 - 6 : mark->width_mm / 2 + 6;
        double x = (mark->centre_mm[cut->along] + off - cut->first_mm) * p->pixels_per_mm;
        double y = (p->top_mm - mark->centre_mm[2]) * p->pixels_per_mm;
        x = fmin(fmax(x, 30), (double) cut->width - 30);
        y = fmin(fmax(y, 30), (double) p->height - 30);
        brush_rimmed(b, left + x, top + y, cut->along == 1 ? 1 : 0,
                     mark->measured ? 0xFFFFFF : REFUSED_COLOUR, mark->name);
    }
}

static osarc_status draw(const brush *b, const spine_picture *p, double width, double height,
                         osarc_error *err)
{
    brush_colour(b, BACKGROUND);
    cairo_paint(b->cairo);
    osarc_status status = brush_check_letters(b, err);
    if (!status)
        status = brush_title(b, width, p->title, p->low_hu, p->width_hu, err);
    if (status)
        return status;
    double left = MARGIN;
    double top = MARGIN + 2 * LINE + 8;
    for (int panel = 0; panel < PANELS; panel++) {
        const spine_cut *cut = &p->cuts[panel / 2];
        char caption[64];
        snprintf(caption, sizeof(caption), "%s, along the spine",
                 overlay_view_axes(cut->view)->name);
        if (panel % 2 == 0) {
            brush_font(b, TEXT_SIZE, 1);
            brush_text(b, left, top - LINE / 2 - 2, 0, PALE, caption);
            brush_bar(b, left, top + (double) p->height + BAR_ROOM / 2 + 2, p->pixels_per_mm);
        }
        copy_panel(b, left, top, p, cut, panel % 2);
        brush_sides(b, overlay_view_axes(cut->view), left, top, (double) cut->width,
                    (double) p->height);
        if (panel % 2)
            draw_names(b, left, top, p, cut);
        left += (double) cut->width + GAP;
    }
    brush_font(b, TEXT_SIZE, 0);
    brush_text(b, MARGIN, height - MARGIN - 3 * LINE / 2, 0, PALE,
               "Coloured: the trabecular regions that were measured. White: names of vertebrae; "
               "orange: nothing was measured in it.");
    brush_text(b, MARGIN, height - MARGIN - LINE / 2, 0, DIM,
               "Each row is cut where the line through the middles of the bodies runs, so a bend "
               "across the picture is not seen in it.");
    return brush_status(b, err);
}

static osarc_status make_pixels(overlay_pixels *out, const spine_picture *p, osarc_error *err)
{
    brush b;
    double width = 2 * MARGIN + 3 * GAP;
    for (int c = 0; c < CUTS; c++)
        width += 2 * (double) p->cuts[c].width;
    width = fmax(width, 1000);
    double height = 2 * MARGIN + 2 * LINE + 8 + (double) p->height + BAR_ROOM + GAP + 2 * LINE;
    osarc_status status = brush_open(&b, out, (size_t) ceil(width), (size_t) ceil(height), err);
    if (status)
        return status;
    status = draw(&b, p, ceil(width), ceil(height), err);
    brush_close(&b);
    return status;
}

static osarc_status check_inputs(const osarc_image *image, const osarc_mask *regions,
                                 const osarc_spine_mark *marks, size_t count, osarc_error *err)
{
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the picture needs an image in HU");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(regions), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and regions have different grids");
    for (size_t i = 0; i < count; i++) {
        double ijk[3];
        osarc_grid_index(osarc_image_grid(image), marks[i].centre_mm, ijk);
        for (int axis = 0; axis < 3; axis++)
            if (!(ijk[axis] >= -0.5 &&
                  ijk[axis] <= (double) osarc_image_grid(image)->size[axis] - 0.5))
                return osi_fail(err, OSARC_ERR_ARGUMENT, "the middle of vertebra %zu lies outside",
                                i);
    }
    return OSARC_OK;
}

osarc_status osarc_report_spine_png(const osarc_image *image, const osarc_mask *regions,
                                    const osarc_spine_mark *marks, size_t count,
                                    const osarc_overlay_options *options, const char *path,
                                    osarc_error *err)
{
    if (!image || !regions || !marks || count == 0 || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image, regions, vertebrae and a path needed");
    osarc_status status = check_inputs(image, regions, marks, count, err);
    if (status)
        return status;
    int given = options && options->window_width_hu > 0;
    double centre = given ? options->window_centre_hu : DEFAULT_CENTRE_HU;
    spine_picture p = {.image = image, .regions = regions, .line = {NULL, count}};
    overlay_pixels pixels = {0};
    p.title = options && options->title ? options->title : "";
    p.width_hu = given ? options->window_width_hu : DEFAULT_WIDTH_HU;
    p.low_hu = centre - p.width_hu / 2;
    int threads = options ? options->threads : 0;
    p.line.marks = osi_alloc_raw(count, sizeof(*p.line.marks), err);
    if (!p.line.marks)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        p.line.marks[i] = &marks[i];
    qsort(p.line.marks, count, sizeof(*p.line.marks), by_height);
    arrange(&p);
    for (int c = 0; c < CUTS && !status; c++)
        status = sample(&p.cuts[c], &p, threads, err);
    if (!status)
        status = make_pixels(&pixels, &p, err);
    if (!status)
        status = overlay_png_write(&pixels, threads, path, err);
    osi_free(pixels.pixels);
    for (int c = 0; c < CUTS; c++)
        osi_free(p.cuts[c].samples.grey);
    osi_free(p.line.marks);
    return status;
}
