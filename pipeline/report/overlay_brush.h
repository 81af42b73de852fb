/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_REPORT_OVERLAY_BRUSH_H
#define OSARC_REPORT_OVERLAY_BRUSH_H

/* What the pictures are drawn with: one surface of pixels, its letters and its scale bar. */

#include <cairo.h>
#include <pango/pangocairo.h>

#include "overlay.h"

#define BACKGROUND 0x181818
#define PALE       0xE8E8E8
#define DIM        0xA8A8A8

/* Pixels. */
#define MARGIN      20.0
#define GAP         16.0
#define TITLE_SIZE  20.0
#define TEXT_SIZE   15.0
#define LETTER_SIZE 17.0
#define LINE        24.0
#define BAR_MM      50.0
#define BAR_ROOM    28.0 /* under the panel */

typedef struct brush {
    cairo_t *cairo;
    PangoLayout *text;
    cairo_surface_t *surface;
    uint8_t *bytes; /* of the surface */
    size_t stride;
} brush;

/* Makes the pixels, and a brush for them; brush_close ends the brush and leaves the pixels. */
OSARC_MUST_CHECK osarc_status brush_open(brush *b, overlay_pixels *pixels, size_t width,
                                         size_t height, osarc_error *err);
void brush_close(brush *b);

/* OSARC_ERR_UNSUPPORTED when no font is installed: a picture without its sides is a danger. */
OSARC_MUST_CHECK osarc_status brush_check_letters(const brush *b, osarc_error *err);

/* What went wrong while drawing, if anything. */
OSARC_MUST_CHECK osarc_status brush_status(const brush *b, osarc_error *err);

void brush_colour(const brush *b, uint32_t rgb);
void brush_font(const brush *b, double size, int bold);

/* anchor 0: text begins at x, 0.5: is centred on it, 1: ends there; y is its middle. Its width. */
double brush_text(const brush *b, double x, double y, double anchor, uint32_t rgb,
                  const char *text);

/* With a dark rim, to be read on any grey. */
void brush_rimmed(const brush *b, double x, double y, double anchor, uint32_t rgb,
                  const char *text);

/* Letters of the patient's sides around a panel. */
void brush_sides(const brush *b, const overlay_axes *axes, double left, double top, double width,
                 double height);

/* 5 cm. */
void brush_bar(const brush *b, double left, double middle, double pixels_per_mm);

/* The title on the left and the window on the right of the first line. */
OSARC_MUST_CHECK osarc_status brush_title(const brush *b, double width, const char *title,
                                          double low_hu, double width_hu, osarc_error *err);

#endif
