/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cairo.h>
#include <pango/pangocairo.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "utf8.h"

#define FAMILY "DejaVu Sans, Liberation Sans, Sans"

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
#define SWATCH      16.0
#define MIN_WIDTH   900.0
#define MIN_PANEL   96.0 /* a thin slab still has room for its letters */
#define BAR_MM      50.0
#define BAR_ROOM    28.0 /* under the panel */

/* Where things stand. */
typedef struct layout {
    double left[VIEW_COUNT];
    double panel_width[VIEW_COUNT];
    double panel_height[VIEW_COUNT];
    double grey_top;
    double colour_top;
    double legend_top;
    double width;
    double height;
} layout;

typedef struct brush {
    cairo_t *cairo;
    PangoLayout *text;
    uint8_t *bytes; /* of the surface */
    size_t stride;
} brush;

static void set_colour(cairo_t *cairo, uint32_t rgb)
{
    cairo_set_source_rgb(cairo, (rgb >> 16) / 255.0, ((rgb >> 8) & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

static void set_font(const brush *b, double size, int bold)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FAMILY);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    /* absolute: points would depend on the screen's resolution */
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(b->text, font);
    pango_font_description_free(font);
}

static double text_width(const brush *b, const char *text, int *height_out)
{
    int width = 0;
    pango_layout_set_text(b->text, text, -1);
    pango_layout_get_pixel_size(b->text, &width, height_out);
    return width;
}

/* anchor 0: text begins at x, 0.5: is centred on it, 1: ends there; y is its middle. */
static double put_text(const brush *b, double x, double y, double anchor, uint32_t rgb,
                       const char *text)
{
    int height = 0;
    double width = text_width(b, text, &height);
    cairo_move_to(b->cairo, round(x - anchor * width), round(y - height / 2.0));
    set_colour(b->cairo, rgb);
    pango_cairo_show_layout(b->cairo, b->text);
    return width;
}

/* A letter with a dark rim, to be read on any grey. */
static void put_letter(const brush *b, double x, double y, char letter)
{
    char text[2] = {letter, '\0'};
    int height = 0;
    double width = text_width(b, text, &height);
    cairo_move_to(b->cairo, round(x - width / 2), round(y - height / 2.0));
    pango_cairo_layout_path(b->cairo, b->text);
    set_colour(b->cairo, 0x000000);
    cairo_set_line_width(b->cairo, 3);
    cairo_stroke_preserve(b->cairo);
    set_colour(b->cairo, 0xFFFFFF);
    cairo_fill(b->cairo);
}

static size_t legend_columns(const layout *l)
{
    double columns = floor((l->width - 2 * MARGIN) / 250);
    return columns < 1 ? 1 : (size_t) columns;
}

static size_t legend_rows(const layout *l, const overlay_picture *picture)
{
    size_t count = 0;
    for (size_t label = 1; label < 256; label++)
        count += picture->present[label] != 0;
    return (count + legend_columns(l) - 1) / legend_columns(l);
}

static void arrange(layout *l, const overlay_picture *picture)
{
    double x = MARGIN;
    double bar = BAR_MM * picture->pixels_per_mm + 60;
    double tallest = 0;
    for (int v = 0; v < VIEW_COUNT; v++) {
        l->left[v] = x;
        l->panel_width[v] = fmax((double) picture->planes[v].width, fmax(ceil(bar), 220));
        l->panel_height[v] = fmax((double) picture->planes[v].height, MIN_PANEL);
        tallest = fmax(tallest, l->panel_height[v]);
        x += l->panel_width[v] + GAP;
    }
    l->width = fmax(x - GAP + MARGIN, MIN_WIDTH);
    l->grey_top = MARGIN + 2 * LINE + 8;
    l->colour_top = l->grey_top + tallest + BAR_ROOM + 4;
    l->legend_top = l->colour_top + tallest + GAP;
    l->height = l->legend_top + LINE * (double) (legend_rows(l, picture) + 1) + MARGIN;
}

static void copy_panel(const brush *b, double left, double top, const overlay_plane *plane,
                       const overlay_cut *cut, int coloured)
{
    uint32_t table[OSARC_TISSUE_COUNT + 1][256];
    for (size_t label = 0; label <= OSARC_TISSUE_COUNT; label++)
        for (size_t grey = 0; grey < 256; grey++)
            table[label][grey] = overlay_blend((uint8_t) grey, coloured ? (uint8_t) label : 0);
    for (size_t y = 0; y < plane->height; y++) {
        uint32_t *to =
            (uint32_t *) (void *) (b->bytes + ((size_t) top + y) * b->stride) + (size_t) left;
        for (size_t x = 0; x < plane->width; x++) {
            size_t pixel = y * plane->width + x;
            size_t label = cut->labels[pixel];
            to[x] =
                table[label < OSARC_TISSUE_COUNT ? label : OSARC_TISSUE_COUNT][cut->grey[pixel]];
        }
    }
}

static void draw_letters(const brush *b, const overlay_axes *axes, double left, double top,
                         double width, double height)
{
    set_font(b, LETTER_SIZE, 1);
    put_letter(b, left + 12, top + height / 2, overlay_letter(axes->right, -axes->right_sign));
    put_letter(b, left + width - 12, top + height / 2,
               overlay_letter(axes->right, axes->right_sign));
    put_letter(b, left + width / 2, top + 13, overlay_letter(axes->down, -axes->down_sign));
    put_letter(b, left + width / 2, top + height - 13, overlay_letter(axes->down, axes->down_sign));
}

static void draw_bar(const brush *b, double left, double middle, double pixels_per_mm)
{
    double length = BAR_MM * pixels_per_mm;
    set_colour(b->cairo, PALE);
    cairo_rectangle(b->cairo, left, middle - 2, length, 4);
    cairo_rectangle(b->cairo, left, middle - 6, 2, 12);
    cairo_rectangle(b->cairo, left + length - 2, middle - 6, 2, 12);
    cairo_fill(b->cairo);
    set_font(b, TEXT_SIZE, 0);
    put_text(b, left + length + 8, middle, 0, PALE, "5 cm");
}

static void print_position(char *out, size_t room, const overlay_axes *axes,
                           const double centre_mm[3])
{
    /* by whole numbers: a locale may print a comma */
    double tenths = round(centre_mm[axes->across] * 10);
    int whole = (int) fabs(tenths) / 10;
    int rest = (int) fabs(tenths) % 10;
    snprintf(out, room, "%s   %c %s%d.%d mm", axes->name, "xyz"[axes->across],
             tenths < 0 ? "-" : "", whole, rest);
}

static void draw_view(const brush *b, const layout *l, const overlay_picture *picture, int v)
{
    const overlay_axes *axes = overlay_view_axes((overlay_view) v);
    const overlay_plane *plane = &picture->planes[v];
    double left = l->left[v] + floor((l->panel_width[v] - (double) plane->width) / 2);
    double down = floor((l->panel_height[v] - (double) plane->height) / 2);
    char caption[64];
    print_position(caption, sizeof(caption), axes, picture->centre_mm);
    set_font(b, TEXT_SIZE, 1);
    put_text(b, l->left[v], l->grey_top - LINE / 2 - 2, 0, PALE, caption);

    for (int coloured = 0; coloured < 2; coloured++) {
        double top = coloured ? l->colour_top : l->grey_top;
        set_colour(b->cairo, 0x000000);
        cairo_rectangle(b->cairo, l->left[v], top, l->panel_width[v], l->panel_height[v]);
        cairo_fill(b->cairo);
        cairo_surface_flush(cairo_get_target(b->cairo));
        copy_panel(b, left, top + down, plane, &picture->cuts[v], coloured);
        cairo_surface_mark_dirty(cairo_get_target(b->cairo));
        draw_letters(b, axes, l->left[v], top, l->panel_width[v], l->panel_height[v]);
    }
    draw_bar(b, l->left[v], l->grey_top + l->panel_height[v] + BAR_ROOM / 2 + 2,
             picture->pixels_per_mm);
}

static const char *tissue_name(size_t label, char *buffer, size_t room)
{
    size_t count = 0;
    const osarc_label *labels = osarc_tissue_labels(&count);
    snprintf(buffer, room, "label %zu", label);
    for (size_t i = 0; i < count; i++)
        if (labels[i].number == label)
            snprintf(buffer, room, "%s", labels[i].name);
    for (char *c = buffer; *c; c++)
        if (*c == '_')
            *c = ' ';
    return buffer;
}

static void draw_legend(const brush *b, const layout *l, const overlay_picture *picture)
{
    size_t columns = legend_columns(l);
    size_t place = 0;
    set_font(b, TEXT_SIZE, 0);
    for (size_t label = 1; label < 256; label++) {
        if (!picture->present[label])
            continue;
        char name[64];
        double x = MARGIN + 250 * (double) (place % columns);
        size_t row = place / columns;
        double middle = l->legend_top + LINE * (double) row + LINE / 2;
        set_colour(b->cairo, overlay_blend(140, (uint8_t) label)); /* as over soft tissue */
        cairo_rectangle(b->cairo, x, middle - SWATCH / 2, SWATCH * 1.5, SWATCH);
        cairo_fill(b->cairo);
        put_text(b, x + SWATCH * 1.5 + 8, middle, 0, PALE, tissue_name(label, name, sizeof(name)));
        place++;
    }
    put_text(b, MARGIN, l->height - MARGIN - LINE / 2, 0, DIM,
             "Seen from the feet, the front and the left. Positions in DICOM patient coordinates: "
             "x to the left, y to the back, z to the head.");
}

static osarc_status draw_title(const brush *b, const layout *l, const overlay_picture *picture,
                               osarc_error *err)
{
    char window[64];
    double centre = picture->window_low_hu + picture->window_width_hu / 2;
    char low[OSI_NUMBER_SIZE];
    char high[OSI_NUMBER_SIZE];
    snprintf(window, sizeof(window), "window %s to %s HU",
             osi_number_print(low, centre - picture->window_width_hu / 2),
             osi_number_print(high, centre + picture->window_width_hu / 2));
    set_font(b, TEXT_SIZE, 0);
    double used = put_text(b, l->width - MARGIN, MARGIN + LINE / 2, 1, DIM, window);

    osi_text title = {0};
    osarc_status status = utf8_add(&title, picture->title, err);
    if (!status && title.size) {
        set_font(b, TITLE_SIZE, 0);
        pango_layout_set_ellipsize(b->text, PANGO_ELLIPSIZE_END);
        pango_layout_set_single_paragraph_mode(b->text, TRUE);
        pango_layout_set_width(b->text, (int) (l->width - 2 * MARGIN - used - GAP) * PANGO_SCALE);
        put_text(b, MARGIN, MARGIN + LINE / 2, 0, PALE, title.data);
        pango_layout_set_width(b->text, -1);
    }
    osi_free(title.data);
    return status;
}

/* Without a font every letter is an empty box, and a picture without its sides is a danger. */
static osarc_status check_letters(const brush *b, osarc_error *err)
{
    set_font(b, LETTER_SIZE, 1);
    pango_layout_set_text(b->text, "RLAPHF 0123456789-. mm", -1);
    if (pango_layout_get_unknown_glyphs_count(b->text) == 0)
        return OSARC_OK;
    return osi_fail(err, OSARC_ERR_UNSUPPORTED,
                    "no font is installed, so a picture could not tell left from right: install "
                    "one, such as fonts-dejavu-core");
}

static osarc_status draw_all(const brush *b, const layout *l, const overlay_picture *picture,
                             osarc_error *err)
{
    set_colour(b->cairo, BACKGROUND);
    cairo_paint(b->cairo);
    osarc_status status = check_letters(b, err);
    if (!status)
        status = draw_title(b, l, picture, err);
    if (status)
        return status;
    for (int v = 0; v < VIEW_COUNT; v++)
        draw_view(b, l, picture, v);
    draw_legend(b, l, picture);
    cairo_status_t drawn = cairo_status(b->cairo);
    if (drawn)
        return osi_fail(err,
                        drawn == CAIRO_STATUS_NO_MEMORY ? OSARC_ERR_MEMORY : OSARC_ERR_INTERNAL,
                        "drawing: %s", cairo_status_to_string(drawn));
    return OSARC_OK;
}

osarc_status overlay_draw(overlay_pixels *out, const overlay_picture *picture, osarc_error *err)
{
    layout l;
    arrange(&l, picture);
    out->width = (size_t) ceil(l.width);
    out->height = (size_t) ceil(l.height);
    out->pixels = osi_alloc_raw(out->width * out->height, sizeof(*out->pixels), err);
    if (!out->pixels)
        return OSARC_ERR_MEMORY;

    /* RGB24 is one 32-bit word a pixel, so rows of ours need no padding */
    brush b = {.bytes = (uint8_t *) out->pixels, .stride = out->width * sizeof(*out->pixels)};
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        b.bytes, CAIRO_FORMAT_RGB24, (int) out->width, (int) out->height, (int) b.stride);
    b.cairo = cairo_create(surface);
    b.text = pango_cairo_create_layout(b.cairo);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango_layout_get_context(b.text), options);
    cairo_font_options_destroy(options);
    osarc_status status = draw_all(&b, &l, picture, err);
    g_object_unref(b.text);
    cairo_destroy(b.cairo);
    cairo_surface_flush(surface);
    cairo_surface_destroy(surface);
    return status;
}
