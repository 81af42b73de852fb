/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay_brush.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "utf8.h"

#define FAMILY "DejaVu Sans, Liberation Sans, Sans"

osarc_status brush_open(brush *b, overlay_pixels *pixels, size_t width, size_t height,
                        osarc_error *err)
{
    memset(b, 0, sizeof(*b));
    pixels->width = width;
    pixels->height = height;
    pixels->pixels = osi_alloc_raw(width * height, sizeof(*pixels->pixels), err);
    if (!pixels->pixels)
        return OSARC_ERR_MEMORY;
    /* RGB24 is one 32-bit word a pixel, so rows of ours need no padding */
    b->bytes = (uint8_t *) pixels->pixels;
    b->stride = width * sizeof(*pixels->pixels);
    b->surface = cairo_image_surface_create_for_data(b->bytes, CAIRO_FORMAT_RGB24, (int) width,
                                                     (int) height, (int) b->stride);
    b->cairo = cairo_create(b->surface);
    b->text = pango_cairo_create_layout(b->cairo);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango_layout_get_context(b->text), options);
    cairo_font_options_destroy(options);
    return OSARC_OK;
}

void brush_close(brush *b)
{
    g_object_unref(b->text);
    cairo_destroy(b->cairo);
    cairo_surface_flush(b->surface);
    cairo_surface_destroy(b->surface);
}

osarc_status brush_check_letters(const brush *b, osarc_error *err)
{
    brush_font(b, LETTER_SIZE, 1);
    pango_layout_set_text(b->text, "RLAPHF 0123456789-. mm", -1);
    if (pango_layout_get_unknown_glyphs_count(b->text) == 0)
        return OSARC_OK;
    return osi_fail(err, OSARC_ERR_UNSUPPORTED,
                    "no font is installed, so a picture could not tell left from right: install "
                    "one, such as fonts-dejavu-core");
}

osarc_status brush_status(const brush *b, osarc_error *err)
{
    cairo_status_t drawn = cairo_status(b->cairo);
    if (!drawn)
        return OSARC_OK;
    return osi_fail(err, drawn == CAIRO_STATUS_NO_MEMORY ? OSARC_ERR_MEMORY : OSARC_ERR_INTERNAL,
                    "drawing: %s", cairo_status_to_string(drawn));
}

void brush_colour(const brush *b, uint32_t rgb)
{
    cairo_set_source_rgb(b->cairo, (rgb >> 16) / 255.0, ((rgb >> 8) & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

void brush_font(const brush *b, double size, int bold)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FAMILY);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    /* absolute: points would depend on the screen's resolution */
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(b->text, font);
    pango_font_description_free(font);
}

static double place_text(const brush *b, double x, double y, double anchor, const char *text)
{
    int width = 0;
    int height = 0;
    pango_layout_set_text(b->text, text, -1);
    pango_layout_get_pixel_size(b->text, &width, &height);
    cairo_move_to(b->cairo, round(x - anchor * width), round(y - height / 2.0));
    return width;
}

double brush_text(const brush *b, double x, double y, double anchor, uint32_t rgb, const char *text)
{
    double width = place_text(b, x, y, anchor, text);
    brush_colour(b, rgb);
    pango_cairo_show_layout(b->cairo, b->text);
    return width;
}

void brush_rimmed(const brush *b, double x, double y, double anchor, uint32_t rgb, const char *text)
{
    place_text(b, x, y, anchor, text);
    pango_cairo_layout_path(b->cairo, b->text);
    brush_colour(b, 0x000000);
    cairo_set_line_width(b->cairo, 3);
    cairo_stroke_preserve(b->cairo);
    brush_colour(b, rgb);
    cairo_fill(b->cairo);
}

static void put_side(const brush *b, double x, double y, int axis, int sign)
{
    char text[2] = {overlay_letter(axis, sign), '\0'};
    brush_rimmed(b, x, y, 0.5, 0xFFFFFF, text);
}

void brush_sides(const brush *b, const overlay_axes *axes, double left, double top, double width,
                 double height)
{
    brush_font(b, LETTER_SIZE, 1);
    put_side(b, left + 12, top + height / 2, axes->right, -axes->right_sign);
    put_side(b, left + width - 12, top + height / 2, axes->right, axes->right_sign);
    put_side(b, left + width / 2, top + 13, axes->down, -axes->down_sign);
    put_side(b, left + width / 2, top + height - 13, axes->down, axes->down_sign);
}

void brush_bar(const brush *b, double left, double middle, double pixels_per_mm)
{
    double length = BAR_MM * pixels_per_mm;
    brush_colour(b, PALE);
    cairo_rectangle(b->cairo, left, middle - 2, length, 4);
    cairo_rectangle(b->cairo, left, middle - 6, 2, 12);
    cairo_rectangle(b->cairo, left + length - 2, middle - 6, 2, 12);
    cairo_fill(b->cairo);
    brush_font(b, TEXT_SIZE, 0);
    brush_text(b, left + length + 8, middle, 0, PALE, "5 cm");
}

osarc_status brush_title(const brush *b, double width, const char *title, double low_hu,
                         double width_hu, osarc_error *err)
{
    char window[64];
    char low[OSI_NUMBER_SIZE];
    char high[OSI_NUMBER_SIZE];
    snprintf(window, sizeof(window), "window %s to %s HU", osi_number_print(low, low_hu),
             osi_number_print(high, low_hu + width_hu));
    brush_font(b, TEXT_SIZE, 0);
    double used = brush_text(b, width - MARGIN, MARGIN + LINE / 2, 1, DIM, window);
    osi_text clean = {0};
    osarc_status status = utf8_add(&clean, title, err);
    if (!status && clean.size) {
        brush_font(b, TITLE_SIZE, 0);
        pango_layout_set_ellipsize(b->text, PANGO_ELLIPSIZE_END);
        pango_layout_set_single_paragraph_mode(b->text, TRUE);
        pango_layout_set_width(b->text, (int) (width - 2 * MARGIN - used - GAP) * PANGO_SCALE);
        brush_text(b, MARGIN, MARGIN + LINE / 2, 0, PALE, clean.data);
        pango_layout_set_width(b->text, -1);
    }
    osi_free(clean.data);
    return status;
}
