/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A square table of numbers as a picture for print: each cell has its number, and a grey that is
 * darker for more. */
#include <osarc/report.h>

#include <math.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "overlay_brush.h"

#define NAMES_MAX  64
#define CELL       54.0
#define LABEL_ROOM 190.0
#define CELL_SIZE  15.0
#define WHITE      0xFFFFFF
#define BLACK      0x000000
#define RULE       0x808080
#define DARKEST    0x20 /* of a full cell: white letters stand out on it */
#define TURN       0.5  /* from here on letters are white */

static void fill_cell(const brush *b, double left, double top, double shade)
{
    unsigned grey = isnan(shade) ? 0xFF : 0xFF - (unsigned) lround(shade * (0xFF - DARKEST));
    brush_colour(b, grey << 16 | grey << 8 | grey);
    cairo_rectangle(b->cairo, left, top, CELL, CELL);
    cairo_fill(b->cairo);
    if (isnan(shade)) { /* nothing known: a stroke, so that it is not taken for none */
        brush_colour(b, RULE);
        cairo_set_line_width(b->cairo, 1);
        cairo_move_to(b->cairo, left + 6, top + CELL - 6);
        cairo_line_to(b->cairo, left + CELL - 6, top + 6);
        cairo_stroke(b->cairo);
    }
}

static void draw_cells(const brush *b, const osarc_matrix *m, double left, double top)
{
    brush_font(b, CELL_SIZE, 0);
    for (size_t r = 0; r < m->count; r++)
        for (size_t c = 0; c < m->count; c++) {
            double shade = m->shades[r * m->count + c];
            double x = left + CELL * (double) c;
            double y = top + CELL * (double) r;
            const char *text = m->texts[r * m->count + c];
            fill_cell(b, x, y, shade);
            if (text)
                brush_text(b, x + CELL / 2, y + CELL / 2, 0.5, shade > TURN ? WHITE : BLACK, text);
        }
    brush_colour(b, RULE);
    cairo_set_line_width(b->cairo, 1);
    for (size_t i = 0; i <= m->count; i++) {
        double at = CELL * (double) i;
        double end = CELL * (double) m->count;
        cairo_move_to(b->cairo, left, round(top + at) + 0.5);
        cairo_line_to(b->cairo, left + end, round(top + at) + 0.5);
        cairo_move_to(b->cairo, round(left + at) + 0.5, top);
        cairo_line_to(b->cairo, round(left + at) + 0.5, top + end);
    }
    cairo_stroke(b->cairo);
}

static void draw_names(const brush *b, const osarc_matrix *m, double left, double top)
{
    brush_font(b, TEXT_SIZE, 0);
    for (size_t i = 0; i < m->count; i++) {
        double at = CELL * ((double) i + 0.5);
        brush_text(b, left - 8, top + at, 1, BLACK, m->names[i]);
        cairo_save(b->cairo);
        cairo_translate(b->cairo, left + at, top - 8);
        cairo_rotate(b->cairo, -acos(0)); /* a quarter turn */
        brush_text(b, 0, 0, 0, BLACK, m->names[i]);
        cairo_restore(b->cairo);
    }
}

static void draw(const brush *b, const osarc_matrix *m, double width, double height)
{
    double left = MARGIN + LABEL_ROOM;
    double top = MARGIN + 2 * LINE + LABEL_ROOM;
    brush_colour(b, WHITE);
    cairo_rectangle(b->cairo, 0, 0, width, height);
    cairo_fill(b->cairo);
    brush_font(b, TITLE_SIZE, 1);
    brush_text(b, MARGIN, MARGIN + LINE / 2, 0, BLACK, m->title ? m->title : "");
    draw_names(b, m, left, top);
    draw_cells(b, m, left, top);
    brush_font(b, TEXT_SIZE, 0);
    brush_text(b, MARGIN, MARGIN + 1.5 * LINE, 0, BLACK, m->legend ? m->legend : "");
}

osarc_status osarc_report_matrix_png(const osarc_matrix *matrix, const char *path, osarc_error *err)
{
    if (!matrix || !path || !matrix->names || !matrix->shades || !matrix->texts)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "names, cells and a path are needed");
    if (matrix->count < 1 || matrix->count > NAMES_MAX)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%zu names, 1 to %d are needed", matrix->count,
                        NAMES_MAX);
    for (size_t i = 0; i < matrix->count * matrix->count; i++)
        if (matrix->shades[i] < 0 || matrix->shades[i] > 1)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "a shade is %g, 0 to 1 is needed",
                            matrix->shades[i]);
    overlay_pixels pixels = {0};
    brush b;
    double side = CELL * (double) matrix->count;
    double width = fmax(2 * MARGIN + LABEL_ROOM + side, 900);
    double height = 2 * MARGIN + 2 * LINE + LABEL_ROOM + side;
    osarc_status status = brush_open(&b, &pixels, (size_t) width, (size_t) height, err);
    if (status)
        return status;
    status = brush_check_letters(&b, err);
    if (!status) {
        draw(&b, matrix, width, height);
        status = brush_status(&b, err);
    }
    brush_close(&b);
    if (!status)
        status = overlay_png_write(&pixels, 1, path, err);
    osi_free(pixels.pixels);
    return status;
}
