/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/reference.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "overlay_brush.h"

/* A projected femur as a densitometer prints it. */

#define PIXELS_PER_MM 4.0
#define WHITE_G_CM2   1.8 /* shafts are about that */
#define ROUND_MM      6.0 /* shown around the bone */
#define LEAST_WIDTH   560.0
#define MOST_PIXELS   2000.0 /* of a panel, either way */
#define PANELS_MAX    2

#define REGION_COUNT 3

/* Okabe and Ito's blue, green and orange. */
static const uint32_t COLOURS[REGION_COUNT + 1] = {0, 0x56B4E9, 0x009E73, 0xE69F00};

/* Where columns of the table end, from the left of a panel. */
static const double COLUMNS[] = {230, 320, 440, 540};
#define COLUMN_COUNT (sizeof(COLUMNS) / sizeof(COLUMNS[0]))

/* What of a plane is shown, and where. */
typedef struct frame {
    const osarc_hip_panel *panel;
    double low_mm[2];
    double high_mm[2];
    double left, top; /* of its picture */
    double scale;     /* pixels a mm */
    size_t width, height;
} frame;

static void find_frame(frame *f, const osarc_hip_panel *panel)
{
    f->panel = panel;
    for (int d = 0; d < 2; d++) {
        f->low_mm[d] = INFINITY;
        f->high_mm[d] = -INFINITY;
    }
    for (size_t j = 0; j < panel->size[1]; j++)
        for (size_t i = 0; i < panel->size[0]; i++) {
            if (!panel->labels[j * panel->size[0] + i])
                continue;
            const double at[2] = {panel->origin_mm[0] + (double) i * panel->pixel_mm,
                                  panel->origin_mm[1] + (double) j * panel->pixel_mm};
            for (int d = 0; d < 2; d++) {
                f->low_mm[d] = fmin(f->low_mm[d], at[d] - ROUND_MM);
                f->high_mm[d] = fmax(f->high_mm[d], at[d] + ROUND_MM);
            }
        }
    if (f->low_mm[0] > f->high_mm[0])
        for (int d = 0; d < 2; d++) {
            f->low_mm[d] = panel->origin_mm[d];
            f->high_mm[d] = panel->origin_mm[d] + 10;
        }
    double longest = fmax(f->high_mm[0] - f->low_mm[0], f->high_mm[1] - f->low_mm[1]);
    f->scale = fmin(PIXELS_PER_MM, MOST_PIXELS / longest);
    f->width = (size_t) ceil((f->high_mm[0] - f->low_mm[0]) * f->scale);
    f->height = (size_t) ceil((f->high_mm[1] - f->low_mm[1]) * f->scale);
}

/* On the plane, from a pixel of the picture. */
static void place_of(double out_mm[2], const frame *f, double x, double y)
{
    double across = (x + 0.5) / f->scale;
    out_mm[0] = f->panel->is_left ? f->high_mm[0] - across : f->low_mm[0] + across;
    out_mm[1] = f->high_mm[1] - (y + 0.5) / f->scale;
}

static void move(double out[2], const frame *f, const double at_mm[2])
{
    double across = f->panel->is_left ? f->high_mm[0] - at_mm[0] : at_mm[0] - f->low_mm[0];
    out[0] = f->left + across * f->scale;
    out[1] = f->top + (f->high_mm[1] - at_mm[1]) * f->scale;
}

/* The pixel under a place; SIZE_MAX outside. */
static size_t pixel_at(const osarc_hip_panel *p, const double at_mm[2])
{
    double i = round((at_mm[0] - p->origin_mm[0]) / p->pixel_mm);
    double j = round((at_mm[1] - p->origin_mm[1]) / p->pixel_mm);
    if (!(i >= 0 && j >= 0 && i < (double) p->size[0] && j < (double) p->size[1]))
        return SIZE_MAX;
    return (size_t) j * p->size[0] + (size_t) i;
}

static double density_at(const osarc_hip_panel *p, const double at_mm[2])
{
    double x = (at_mm[0] - p->origin_mm[0]) / p->pixel_mm;
    double y = (at_mm[1] - p->origin_mm[1]) / p->pixel_mm;
    if (!(x >= 0 && y >= 0 && x < (double) p->size[0] - 1 && y < (double) p->size[1] - 1))
        return 0;
    size_t n = (size_t) y * p->size[0] + (size_t) x;
    double fx = x - floor(x);
    double fy = y - floor(y);
    const float *row = p->g_cm2 + n;
    const float *next = row + p->size[0];
    return (1 - fy) * ((1 - fx) * (double) row[0] + fx * (double) row[1]) +
           fy * ((1 - fx) * (double) next[0] + fx * (double) next[1]);
}

static uint8_t label_at(const frame *f, double x, double y)
{
    double at[2];
    place_of(at, f, x, y);
    size_t n = pixel_at(f->panel, at);
    uint8_t label = n == SIZE_MAX ? 0 : f->panel->labels[n];
    return label <= REGION_COUNT ? label : 0;
}

/* Grey, and in colour where a region begins: two pixels wide. */
static void copy_image(const brush *b, const frame *f)
{
    static const double AROUND[4][2] = {{-2, 0}, {2, 0}, {0, -2}, {0, 2}};
    cairo_surface_flush(b->surface);
    for (size_t y = 0; y < f->height; y++) {
        uint32_t *to =
            (uint32_t *) (void *) (b->bytes + ((size_t) f->top + y) * b->stride) + (size_t) f->left;
        for (size_t x = 0; x < f->width; x++) {
            double at[2];
            place_of(at, f, (double) x, (double) y);
            double share = density_at(f->panel, at) / WHITE_G_CM2;
            uint32_t grey = (uint32_t) lround(255 * fmin(fmax(share, 0), 1));
            uint8_t label = label_at(f, (double) x, (double) y);
            int edge = 0;
            for (int n = 0; n < 4 && label; n++)
                edge |= label_at(f, (double) x + AROUND[n][0], (double) y + AROUND[n][1]) != label;
            to[x] = edge ? COLOURS[label] : grey << 16 | grey << 8 | grey;
        }
    }
    cairo_surface_mark_dirty(b->surface);
}

static void draw_line(const brush *b, const frame *f, const double ends_mm[2][2])
{
    double from[2];
    double to[2];
    move(from, f, ends_mm[0]);
    move(to, f, ends_mm[1]);
    if (!isfinite(from[0] + from[1] + to[0] + to[1]))
        return;
    cairo_move_to(b->cairo, from[0], from[1]);
    cairo_line_to(b->cairo, to[0], to[1]);
    cairo_stroke(b->cairo);
}

static void draw_marks(const brush *b, const frame *f)
{
    static const double DASHES[2] = {8, 6};
    const osarc_hip_panel *p = f->panel;
    cairo_save(b->cairo);
    cairo_rectangle(b->cairo, f->left, f->top, (double) f->width, (double) f->height);
    cairo_clip(b->cairo);
    cairo_set_line_width(b->cairo, 1.5);
    cairo_set_dash(b->cairo, DASHES, 2, 0);
    brush_colour(b, 0xF0E442);
    draw_line(b, f, p->neck_mm);
    draw_line(b, f, p->shaft_mm);
    double head[2];
    move(head, f, p->head_mm);
    if (isfinite(head[0] + head[1]) && p->head_radius_mm > 0) {
        cairo_new_sub_path(b->cairo);
        cairo_arc(b->cairo, head[0], head[1], p->head_radius_mm * f->scale, 0, 2 * M_PI);
        cairo_stroke(b->cairo);
    }
    cairo_set_dash(b->cairo, NULL, 0, 0);
    brush_colour(b, 0xFFFFFF);
    for (int c = 0; c < 4; c++) {
        const double side[2][2] = {{p->box_mm[c][0], p->box_mm[c][1]},
                                   {p->box_mm[(c + 1) % 4][0], p->box_mm[(c + 1) % 4][1]}};
        draw_line(b, f, side);
    }
    cairo_restore(b->cairo);
}

static void put_number(const brush *b, double x, double y, double value, int decimals)
{
    char text[OSI_NUMBER_SIZE + 8];
    double scale = pow(10, decimals);
    if (!isfinite(value)) {
        brush_text(b, x, y, 1, DIM, "-");
        return;
    }
    osi_number_print(text, round(value * scale) / scale);
    /* columns line up: 0.79 is 0.790 */
    size_t size = strlen(text);
    const char *point = strchr(text, '.');
    size_t after = point ? size - (size_t) (point - text) - 1 : 0;
    if (!point)
        text[size++] = '.';
    for (; after < (size_t) decimals && size + 1 < sizeof(text); after++)
        text[size++] = '0';
    text[size] = '\0';
    brush_text(b, x, y, 1, PALE, text);
}

static void draw_table(const brush *b, const frame *f, double top)
{
    static const char *const HEADS[COLUMN_COUNT] = {"area cm2", "BMC g", "aBMD g/cm2", "T"};
    double y = top + LINE / 2;
    brush_font(b, TEXT_SIZE, 1);
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        brush_text(b, f->left + COLUMNS[c], y, 1, PALE, HEADS[c]);
    brush_font(b, TEXT_SIZE, 0);
    for (size_t i = 0; i < f->panel->line_count; i++) {
        const osarc_hip_line *line = &f->panel->lines[i];
        y += LINE;
        if (i < REGION_COUNT) {
            brush_colour(b, COLOURS[i + 1]);
            cairo_rectangle(b->cairo, f->left, y - 6, 12, 12);
            cairo_fill(b->cairo);
        }
        brush_text(b, f->left + 20, y, 0, PALE, line->name);
        put_number(b, f->left + COLUMNS[0], y, line->area_cm2, 2);
        put_number(b, f->left + COLUMNS[1], y, line->bmc_g, 2);
        put_number(b, f->left + COLUMNS[2], y, line->abmd_g_cm2, 3);
        put_number(b, f->left + COLUMNS[3], y, line->t_score,
                   osarc_score_decimals(line->t_score, 1));
    }
    for (size_t n = 0; n < sizeof(f->panel->notes) / sizeof(f->panel->notes[0]); n++) {
        y += LINE;
        if (f->panel->notes[n] && f->panel->notes[n][0])
            brush_text(b, f->left, y, 0, DIM, f->panel->notes[n]);
    }
}

typedef struct layout {
    frame frames[PANELS_MAX];
    size_t count;
    double width;
    double height;
    double table;
} layout;

static void arrange(layout *l, const osarc_hip_panel *panels, size_t count)
{
    double left = MARGIN;
    size_t tallest = 0;
    size_t lines = 0;
    l->count = count;
    for (size_t i = 0; i < count; i++) {
        frame *f = &l->frames[i];
        find_frame(f, &panels[i]);
        f->left = left;
        f->top = MARGIN + 2 * LINE + 8;
        left += fmax((double) f->width, LEAST_WIDTH) + GAP;
        tallest = f->height > tallest ? f->height : tallest;
        lines = panels[i].line_count > lines ? panels[i].line_count : lines;
    }
    l->width = ceil(left - GAP + MARGIN);
    l->table = l->frames[0].top + (double) tallest + BAR_ROOM + GAP;
    l->height = ceil(l->table + (double) (lines + 5) * LINE + MARGIN);
}

static osarc_status draw(const brush *b, const layout *l, const char *title, osarc_error *err)
{
    char range[64];
    char white[OSI_NUMBER_SIZE];
    brush_colour(b, BACKGROUND);
    cairo_paint(b->cairo);
    osarc_status status = brush_check_letters(b, err);
    if (status)
        return status;
    snprintf(range, sizeof(range), "grey 0 to %s g/cm2", osi_number_print(white, WHITE_G_CM2));
    brush_font(b, TEXT_SIZE, 0);
    brush_text(b, l->width - MARGIN, MARGIN + LINE / 2, 1, DIM, range);
    brush_font(b, TITLE_SIZE, 0);
    brush_text(b, MARGIN, MARGIN + LINE / 2, 0, PALE, title);
    for (size_t i = 0; i < l->count; i++) {
        const frame *f = &l->frames[i];
        copy_image(b, f);
        draw_marks(b, f);
        brush_font(b, TEXT_SIZE, 1);
        brush_text(b, f->left, f->top - LINE / 2 - 2, 0, PALE, f->panel->heading);
        brush_bar(b, f->left, f->top + (double) f->height + BAR_ROOM / 2 + 2, f->scale);
        draw_table(b, f, l->table);
    }
    brush_font(b, TEXT_SIZE, 0);
    brush_text(b, MARGIN, l->height - MARGIN - LINE / 2, 0, DIM,
               "Projected from CT with neck and shaft flat; not a densitometer's image.");
    return brush_status(b, err);
}

static osarc_status check_panels(const osarc_hip_panel *panels, size_t count, osarc_error *err)
{
    if (!panels || count == 0 || count > PANELS_MAX)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%zu femurs, 1 or %d can be shown", count,
                        PANELS_MAX);
    for (size_t i = 0; i < count; i++) {
        const osarc_hip_panel *p = &panels[i];
        if (!p->g_cm2 || !p->labels || !p->heading || p->size[0] < 2 || p->size[1] < 2 ||
            !(p->pixel_mm > 0) || (p->line_count && !p->lines))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "femur %zu has no image, or no heading", i);
    }
    return OSARC_OK;
}

osarc_status osarc_report_hip_png(const osarc_hip_panel *panels, size_t count, const char *title,
                                  const char *path, int threads, osarc_error *err)
{
    layout l;
    brush b;
    overlay_pixels pixels = {0};
    osarc_status status = check_panels(panels, count, err);
    if (!status && !path)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "no path for the picture");
    if (status)
        return status;
    arrange(&l, panels, count);
    status = brush_open(&b, &pixels, (size_t) l.width, (size_t) l.height, err);
    if (status)
        return status;
    status = draw(&b, &l, title ? title : "", err);
    brush_close(&b);
    if (!status)
        status = overlay_png_write(&pixels, threads, path, err);
    osi_free(pixels.pixels);
    return status;
}
