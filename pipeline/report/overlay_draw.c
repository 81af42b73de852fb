/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "overlay_brush.h"

/* Pixels. */
#define SWATCH    16.0
#define MIN_WIDTH 900.0
#define MIN_PANEL 96.0 /* a thin slab still has room for its letters */

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
    brush_font(b, TEXT_SIZE, 1);
    brush_text(b, l->left[v], l->grey_top - LINE / 2 - 2, 0, PALE, caption);

    for (int coloured = 0; coloured < 2; coloured++) {
        double top = coloured ? l->colour_top : l->grey_top;
        brush_colour(b, 0x000000);
        cairo_rectangle(b->cairo, l->left[v], top, l->panel_width[v], l->panel_height[v]);
        cairo_fill(b->cairo);
        cairo_surface_flush(cairo_get_target(b->cairo));
        copy_panel(b, left, top + down, plane, &picture->cuts[v], coloured);
        cairo_surface_mark_dirty(cairo_get_target(b->cairo));
        brush_sides(b, axes, l->left[v], top, l->panel_width[v], l->panel_height[v]);
    }
    brush_bar(b, l->left[v], l->grey_top + l->panel_height[v] + BAR_ROOM / 2 + 2,
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
    brush_font(b, TEXT_SIZE, 0);
    for (size_t label = 1; label < 256; label++) {
        if (!picture->present[label])
            continue;
        char name[64];
        double x = MARGIN + 250 * (double) (place % columns);
        size_t row = place / columns;
        double middle = l->legend_top + LINE * (double) row + LINE / 2;
        brush_colour(b, overlay_blend(140, (uint8_t) label)); /* as over soft tissue */
        cairo_rectangle(b->cairo, x, middle - SWATCH / 2, SWATCH * 1.5, SWATCH);
        cairo_fill(b->cairo);
        brush_text(b, x + SWATCH * 1.5 + 8, middle, 0, PALE,
                   tissue_name(label, name, sizeof(name)));
        place++;
    }
    brush_text(
        b, MARGIN, l->height - MARGIN - LINE / 2, 0, DIM,
        "Seen from the feet, the front and the left. Positions in DICOM patient coordinates: "
        "x to the left, y to the back, z to the head.");
}

static osarc_status draw_all(const brush *b, const layout *l, const overlay_picture *picture,
                             osarc_error *err)
{
    brush_colour(b, BACKGROUND);
    cairo_paint(b->cairo);
    osarc_status status = brush_check_letters(b, err);
    if (!status)
        status = brush_title(b, l->width, picture->title, picture->window_low_hu,
                             picture->window_width_hu, err);
    if (status)
        return status;
    for (int v = 0; v < VIEW_COUNT; v++)
        draw_view(b, l, picture, v);
    draw_legend(b, l, picture);
    return brush_status(b, err);
}

osarc_status overlay_draw(overlay_pixels *out, const overlay_picture *picture, osarc_error *err)
{
    layout l;
    brush b;
    arrange(&l, picture);
    osarc_status status = brush_open(&b, out, (size_t) ceil(l.width), (size_t) ceil(l.height), err);
    if (status)
        return status;
    status = draw_all(&b, &l, picture, err);
    brush_close(&b);
    return status;
}
