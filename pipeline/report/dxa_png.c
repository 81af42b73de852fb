/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "overlay_brush.h"

#define PANEL_HEIGHT_PX   720.0
#define PANEL_WIDTH_PX    560.0
#define MAX_PIXELS_PER_MM 4.0
#define MAX_SIDE          4096
#define MAX_PANELS        4

/* Outlines, by label in turn: told apart on grey, also by those who see no red or green. */
static const uint32_t COLOURS[] = {0xF0B84A, 0x58B6F0, 0xE878C8, 0x7BD88F, 0xF07A5A, 0xB6A6FF};

typedef struct frame {
    double pixels_per_mm;
    size_t width, height; /* of a panel on paper */
} frame;

static osarc_status check(const osarc_dxa_panel *panels, size_t count, const char *path,
                          osarc_error *err)
{
    if (!panels || count == 0 || count > MAX_PANELS || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "1 to %d panels and a path are needed",
                        MAX_PANELS);
    for (size_t i = 0; i < count; i++) {
        const osarc_dxa_panel *p = &panels[i];
        if (!p->values || p->columns < 1 || p->rows < 1 || p->columns > MAX_SIDE ||
            p->rows > MAX_SIDE || !(p->spacing_mm[0] > 0) || !(p->spacing_mm[1] > 0) ||
            !(p->high > p->low))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "panel %zu has no values, size or window", i);
    }
    return OSARC_OK;
}

static frame make_frame(const osarc_dxa_panel *p)
{
    double width_mm = (double) p->columns * p->spacing_mm[0];
    double height_mm = (double) p->rows * p->spacing_mm[1];
    frame f = {.pixels_per_mm = fmin(MAX_PIXELS_PER_MM,
                                     fmin(PANEL_WIDTH_PX / width_mm, PANEL_HEIGHT_PX / height_mm))};
    f.width = (size_t) fmax(1, floor(width_mm * f.pixels_per_mm));
    f.height = (size_t) fmax(1, floor(height_mm * f.pixels_per_mm));
    return f;
}

/* The map's pixel under a pixel of paper. */
static size_t pixel_at(const osarc_dxa_panel *p, const frame *f, size_t x, size_t y)
{
    double column = ((double) x + 0.5) / f->pixels_per_mm / p->spacing_mm[0];
    double row = ((double) y + 0.5) / f->pixels_per_mm / p->spacing_mm[1];
    size_t i = column < (double) p->columns - 1 ? (size_t) column : p->columns - 1;
    size_t j = row < (double) p->rows - 1 ? (size_t) row : p->rows - 1;
    return j * p->columns + i;
}

static void paint(const brush *b, const osarc_dxa_panel *p, const frame *f, double left, double top)
{
    for (size_t y = 0; y < f->height; y++) {
        uint8_t *line = b->bytes + ((size_t) top + y) * b->stride;
        for (size_t x = 0; x < f->width; x++) {
            size_t at = pixel_at(p, f, x, y);
            double share = (p->values[at] - p->low) / (p->high - p->low);
            uint32_t grey = isnan(share) ? 0 : (uint32_t) (255 * fmin(1, fmax(0, share)));
            uint32_t rgb = grey << 16 | grey << 8 | grey;
            uint8_t label = p->labels ? p->labels[at] : 0;
            if (label && x > 0 && y > 0 && x + 1 < f->width && y + 1 < f->height &&
                (p->labels[pixel_at(p, f, x - 1, y)] != label ||
                 p->labels[pixel_at(p, f, x + 1, y)] != label ||
                 p->labels[pixel_at(p, f, x, y - 1)] != label ||
                 p->labels[pixel_at(p, f, x, y + 1)] != label))
                rgb = COLOURS[label % (sizeof(COLOURS) / sizeof(COLOURS[0]))];
            memcpy(line + 4 * ((size_t) left + x), &rgb, sizeof(rgb));
        }
    }
}

/* Names in the middle of what they name. */
static void name_labels(const brush *b, const osarc_dxa_panel *p, const frame *f, double left,
                        double top)
{
    for (size_t n = 0; p->labels && n < p->name_count; n++) {
        double sum[2] = {0, 0};
        double count = 0;
        for (size_t i = 0; i < p->columns * p->rows; i++)
            if (p->labels[i] == p->names[n].number) {
                size_t row = i / p->columns;
                sum[0] += ((double) (i % p->columns) + 0.5) * p->spacing_mm[0];
                sum[1] += ((double) row + 0.5) * p->spacing_mm[1];
                count++;
            }
        if (count > 0)
            brush_rimmed(b, left + sum[0] / count * f->pixels_per_mm,
                         top + sum[1] / count * f->pixels_per_mm, 0.5, PALE, p->names[n].name);
    }
}

/* Between the outer ends of its labels in the row nearest. */
static void draw_edge(const brush *b, const osarc_dxa_panel *p, const osarc_dxa_band *band,
                      double row_mm, const frame *f, double left, double top)
{
    long row = lround(row_mm / p->spacing_mm[1]);
    size_t first = p->columns;
    size_t last = 0;
    if (row < 0 || row >= (long) p->rows)
        return;
    for (size_t x = 0; x < p->columns; x++) {
        uint8_t label = p->labels[(size_t) row * p->columns + x];
        if (label >= 32 || !(band->labels >> label & 1u))
            continue;
        first = x < first ? x : first;
        last = x;
    }
    if (first == p->columns)
        return;
    double y = top + (row_mm + p->spacing_mm[1] / 2) * f->pixels_per_mm;
    static const double DASHES[2] = {5, 3};
    cairo_set_dash(b->cairo, DASHES, 2, 0);
    cairo_set_line_width(b->cairo, 1);
    brush_colour(b, PALE);
    cairo_move_to(b->cairo, left + (double) first * p->spacing_mm[0] * f->pixels_per_mm, y);
    cairo_line_to(b->cairo, left + ((double) last + 1) * p->spacing_mm[0] * f->pixels_per_mm, y);
    cairo_stroke(b->cairo);
    cairo_set_dash(b->cairo, NULL, 0, 0);
}

static void draw_bands(const brush *b, const osarc_dxa_panel *p, const frame *f, double left,
                       double top)
{
    for (size_t i = 0; p->labels && p->bands && i < p->band_count; i++) {
        const osarc_dxa_band *band = &p->bands[i];
        double middle_mm = (band->rows_mm[0] + band->rows_mm[1] + p->spacing_mm[1]) / 2;
        for (int k = 0; k < 2; k++)
            draw_edge(b, p, band, band->rows_mm[k], f, left, top);
        brush_rimmed(b, left + (double) f->width / 2, top + middle_mm * f->pixels_per_mm, 0.5, DIM,
                     band->name);
    }
}

osarc_status osarc_report_dxa_png(const osarc_dxa_panel *panels, size_t count, const char *title,
                                  int threads, const char *path, osarc_error *err)
{
    osarc_status status = check(panels, count, path, err);
    if (status)
        return status;
    frame f = make_frame(&panels[0]);
    size_t top = (size_t) (MARGIN + 2 * LINE + LETTER_SIZE);
    size_t step = f.width + (size_t) (2 * LETTER_SIZE + 2 * GAP);
    size_t width = (size_t) (2 * MARGIN) + count * step;
    size_t height = top + f.height + (size_t) (LETTER_SIZE + BAR_ROOM + 2 * MARGIN);
    overlay_pixels pixels = {0};
    brush b;
    status = brush_open(&b, &pixels, width, height, err);
    if (status)
        return status;
    status = brush_check_letters(&b, err);
    if (!status) {
        brush_colour(&b, BACKGROUND);
        cairo_paint(b.cairo);
        brush_font(&b, TITLE_SIZE, 1);
        brush_text(&b, MARGIN, MARGIN + LINE / 2, 0, PALE, title ? title : "");
        cairo_surface_flush(b.surface);
        for (size_t i = 0; i < count; i++)
            if (panels[i].columns == panels[0].columns && panels[i].rows == panels[0].rows)
                paint(&b, &panels[i], &f, MARGIN + LETTER_SIZE + GAP + (double) (i * step),
                      (double) top);
        cairo_surface_mark_dirty(b.surface);
        for (size_t i = 0; i < count; i++) {
            double left = MARGIN + LETTER_SIZE + GAP + (double) (i * step);
            brush_font(&b, TEXT_SIZE, 0);
            brush_text(&b, left, MARGIN + 1.5 * LINE, 0, DIM, panels[i].caption);
            if (!panels[i].is_limb)
                brush_sides(&b, overlay_view_axes(VIEW_CORONAL), left, (double) top,
                            (double) f.width, (double) f.height);
            brush_font(&b, TEXT_SIZE, 1);
            draw_bands(&b, &panels[i], &f, left, (double) top);
            name_labels(&b, &panels[i], &f, left, (double) top);
            brush_bar(&b, left, (double) (top + f.height) + LETTER_SIZE + BAR_ROOM / 2,
                      f.pixels_per_mm);
        }
        status = brush_status(&b, err);
    }
    brush_close(&b);
    if (!status)
        status = overlay_png_write(&pixels, threads, path, err);
    osi_free(pixels.pixels);
    return status;
}
