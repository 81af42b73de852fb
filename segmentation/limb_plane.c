/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>
#include <string.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "limb_limits.h"
#include "plane.h"

/* One limb in one slice, at full resolution: muscle groups, the fascia round them, what is in it.
 */

typedef struct box {
    size_t x0, y0;
    size_t size[3];
    size_t count;
    double mm[3];
    uint8_t *own;   /* of the limb */
    uint8_t *group; /* muscle groups and bone */
    uint8_t *thick; /* of those, what is no sheet or strand */
    uint8_t *set;
    uint8_t *in; /* inside the fascia */
    uint8_t *code;
    uint32_t *part;
    float *mm_to;
} box;

static uint8_t owner_at(const limb_view *view, const uint8_t *owner, size_t x, size_t y)
{
    size_t sx = x / view->f[0];
    size_t sy = y / view->f[1];
    uint8_t here = owner[sy * view->s[0] + sx];
    if (here)
        return here;
    /* the rim of the body, which the stride has missed */
    for (size_t v = sy ? sy - 1 : 0; v <= sy + 1 && v < view->s[1]; v++)
        for (size_t u = sx ? sx - 1 : 0; u <= sx + 1 && u < view->s[0]; u++)
            if (owner[v * view->s[0] + u])
                here = owner[v * view->s[0] + u];
    return here;
}

static int find_box(box *b, const limb_view *view, const uint8_t *owner, size_t limb)
{
    size_t low[2] = {SIZE_MAX, SIZE_MAX};
    size_t high[2] = {0, 0};
    for (size_t y = 0, i = 0; y < view->s[1]; y++)
        for (size_t x = 0; x < view->s[0]; x++, i++)
            if (owner[i] == limb + 1) {
                const size_t at[2] = {x, y};
                for (int a = 0; a < 2; a++) {
                    low[a] = at[a] < low[a] ? at[a] : low[a];
                    high[a] = at[a] > high[a] ? at[a] : high[a];
                }
            }
    if (low[0] > high[0])
        return 0;
    size_t from[2];
    for (int a = 0; a < 2; a++) {
        from[a] = low[a] > 1 ? (low[a] - 1) * view->f[a] : 0;
        size_t to = (high[a] + 2) * view->f[a];
        to = to < view->n[a] ? to : view->n[a];
        b->size[a] = to - from[a];
        b->mm[a] = view->mm[a];
    }
    b->x0 = from[0];
    b->y0 = from[1];
    b->size[2] = 1;
    b->mm[2] = 1;
    b->count = b->size[0] * b->size[1];
    return 1;
}

static osarc_status make_box(box *b, osarc_error *err)
{
    uint8_t *bytes = osi_alloc(6, b->count, err);
    b->own = bytes;
    b->part = osi_alloc_raw(b->count, sizeof(*b->part), err);
    b->mm_to = osi_alloc_raw(b->count, sizeof(*b->mm_to), err);
    if (!bytes || !b->part || !b->mm_to)
        return OSARC_ERR_MEMORY;
    b->group = bytes + b->count;
    b->set = bytes + 2 * b->count;
    b->in = bytes + 3 * b->count;
    b->code = bytes + 4 * b->count;
    b->thick = bytes + 5 * b->count;
    return OSARC_OK;
}

static void free_box(box *b)
{
    osi_free(b->own);
    osi_free(b->part);
    osi_free(b->mm_to);
}

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE ||
           label == OSARC_TISSUE_METAL;
}

/* CT-number limits as stored numbers. */
typedef struct bounds {
    int16_t fat_low, fat_high, muscle_high;
} bounds;

/* Fat-like voxels on the very surface are skin blurred with air. */
static void mark_skin(box *b, const limb_view *view, size_t z, const bounds *at)
{
    ptrdiff_t pitch = (ptrdiff_t) view->n[0];
    for (size_t y = 1; y + 1 < b->size[1]; y++)
        for (size_t x = 1; x + 1 < b->size[0]; x++) {
            size_t i = y * b->size[0] + x;
            if (b->code[i] != OSARC_TISSUE_SUBCUTANEOUS_FAT)
                continue;
            const int16_t *v = view->v + limb_voxel(view, b->x0 + x, b->y0 + y, z);
            if (v[-1] < at->fat_low || v[1] < at->fat_low || v[-pitch] < at->fat_low ||
                v[pitch] < at->fat_low)
                b->code[i] = OSARC_TISSUE_SOFT;
        }
}

/* Tissue by CT number alone, bone by its label; marrow that the cortex closes in is bone as well.
 */
static osarc_status code_alone(box *b, const limb_view *view, size_t z, const bounds *at)
{
    for (size_t y = 0, i = 0; y < b->size[1]; y++)
        for (size_t x = 0; x < b->size[0]; x++, i++) {
            size_t from = limb_voxel(view, b->x0 + x, b->y0 + y, z);
            b->set[i] = b->own[i] && is_bone(view->t[from]);
            if (!b->own[i])
                continue;
            int16_t v = view->v[from];
            if (b->set[i])
                b->code[i] = view->t[from];
            else if (v >= at->fat_low && v < at->fat_high)
                b->code[i] = OSARC_TISSUE_SUBCUTANEOUS_FAT;
            else if (v >= at->fat_high && v < at->muscle_high)
                b->code[i] = OSARC_TISSUE_MUSCLE;
            else
                b->code[i] = v < at->fat_low && view->t[from] == OSARC_TISSUE_GAS
                                 ? OSARC_TISSUE_GAS
                                 : OSARC_TISSUE_SOFT;
        }
    mark_skin(b, view, z, at);
    uint8_t *open = b->in;
    memset(open, 0, b->count);
    if (plane_flood(open, b->set, b->size[0], b->size[1]))
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < b->count; i++)
        if (!open[i] && !b->set[i] && b->own[i])
            b->code[i] = OSARC_TISSUE_TRABECULAR_BONE;
    return OSARC_OK;
}

/* Groups opened, so that skin and strands through fat do not reach out of the fascia. */
static osarc_status find_thick(box *b, double pixel_cm2)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    double reach_mm = GROUP_THICK_MM + fmax(b->mm[0], b->mm[1]);
    osarc_status status = osi_components(b->part, &count, &sizes, b->thick, b->size, NULL);
    for (size_t i = 0; i < b->count && !status; i++)
        b->thick[i] = b->part[i] && (double) sizes[b->part[i]] * pixel_cm2 >= THICK_CM2;
    osi_free(sizes);
    if (!status)
        status = osi_distance_limited_mm(b->mm_to, b->thick, b->size, b->mm, reach_mm, 1, NULL);
    for (size_t i = 0; i < b->count && !status; i++)
        b->thick[i] = b->group[i] && b->mm_to[i] <= reach_mm;
    return status;
}

/* Muscle groups: soft tissue under the skin in pieces that are large and thick enough. */
static osarc_status find_groups(box *b)
{
    osarc_status status;
    for (size_t i = 0; i < b->count; i++)
        b->set[i] = !b->own[i];
    status =
        osi_distance_limited_mm(b->mm_to, b->set, b->size, b->mm, LIMB_SKIN_MM + 0.01, 1, NULL);
    if (status)
        return status;
    for (size_t i = 0; i < b->count; i++) {
        b->group[i] =
            b->mm_to[i] > LIMB_SKIN_MM && (b->code[i] == OSARC_TISSUE_MUSCLE ||
                                           b->code[i] == OSARC_TISSUE_SOFT || is_bone(b->code[i]));
        b->set[i] = !b->group[i];
    }
    status = osi_distance_limited_mm(b->mm_to, b->set, b->size, b->mm, 2 * GROUP_THICK_MM, 1, NULL);
    uint32_t count = 0;
    size_t *sizes = NULL;
    if (!status)
        status = osi_components(b->part, &count, &sizes, b->group, b->size, NULL);
    if (status)
        return status;
    double pixel_cm2 = b->mm[0] * b->mm[1] / 100;
    for (size_t i = 0; i < b->count; i++) {
        b->group[i] = b->part[i] && (double) sizes[b->part[i]] * pixel_cm2 >= GROUP_CM2;
        b->thick[i] = b->group[i] && b->mm_to[i] >= GROUP_THICK_MM;
    }
    osi_free(sizes);
    return find_thick(b, pixel_cm2);
}

/*
 * The fascia spans the grooves between groups: where a ball from outside cannot go is inside it.
 * On cells of a few voxels, each of them thick throughout, so that no rim of fat gets inside.
 */
static osarc_status find_fascia(box *b)
{
    size_t f[2];
    size_t room[2];
    size_t size[3] = {0, 0, 1};
    double mm[3] = {1, 1, 1};
    for (int a = 0; a < 2; a++) {
        f[a] = (size_t) fmax(1, round(FASCIA_CELL_MM / b->mm[a]));
        mm[a] = b->mm[a] * (double) f[a];
        room[a] = (size_t) ceil(FASCIA_BALL_MM / mm[a]) + 2;
        size[a] = (b->size[a] + f[a] - 1) / f[a] + 2 * room[a];
    }
    double slack_mm = FASCIA_SLACK * fmax(b->mm[0], b->mm[1]);
    size_t count = size[0] * size[1];
    uint8_t *set = osi_alloc(count, 1, NULL);
    float *to = osi_alloc_raw(count, sizeof(*to), NULL);
    osarc_status status = set && to ? OSARC_OK : OSARC_ERR_MEMORY;
    for (int thick = 1; thick >= 0 && !status; thick--)
        for (size_t y = 0, i = 0; y < b->size[1]; y++)
            for (size_t x = 0; x < b->size[0]; x++, i++)
                if (b->thick[i] == thick)
                    set[(y / f[1] + room[1]) * size[0] + x / f[0] + room[0]] = (uint8_t) thick;
    if (!status)
        status = osi_distance_limited_mm(to, set, size, mm, FASCIA_BALL_MM, 1, NULL);
    for (size_t i = 0; i < count && !status; i++)
        set[i] = to[i] > FASCIA_BALL_MM;
    if (!status)
        status = osi_distance_limited_mm(to, set, size, mm, FASCIA_BALL_MM + slack_mm, 1, NULL);
    for (size_t y = 0, i = 0; y < b->size[1] && !status; y++)
        for (size_t x = 0; x < b->size[0]; x++, i++)
            b->in[i] = b->own[i] &&
                       (b->thick[i] || to[(y / f[1] + room[1]) * size[0] + x / f[0] + room[0]] >
                                           FASCIA_BALL_MM + slack_mm);
    osi_free(to);
    osi_free(set);
    return status;
}

static int touches(const box *b, size_t x, size_t y, uint8_t code, int bone)
{
    for (size_t v = y ? y - 1 : 0; v <= y + 1 && v < b->size[1]; v++)
        for (size_t u = x ? x - 1 : 0; u <= x + 1 && u < b->size[0]; u++) {
            uint8_t other = b->code[v * b->size[0] + u];
            if (bone ? is_bone(other) : other == code)
                return 1;
        }
    return 0;
}

/* What is inside the fascia: groups are muscle, other soft tissue vessels, nerves and tendons. */
static void code_inside(box *b)
{
    for (size_t y = 0, i = 0; y < b->size[1]; y++)
        for (size_t x = 0; x < b->size[0]; x++, i++) {
            uint8_t *c = &b->code[i];
            if (!b->own[i] || is_bone(*c))
                continue;
            if (*c == OSARC_TISSUE_SUBCUTANEOUS_FAT && b->in[i])
                *c = OSARC_TISSUE_INTERMUSCULAR_FAT;
            else if (*c == OSARC_TISSUE_MUSCLE && !(b->in[i] && b->group[i]))
                *c = OSARC_TISSUE_SOFT;
            else if (*c == OSARC_TISSUE_SOFT && b->in[i] && touches(b, x, y, 0, 1))
                *c = OSARC_TISSUE_MUSCLE | OSARC_LIMB_EDGE;
        }
}

/* Fat in pieces that reach neither the fascia nor bone nor vessels lies within muscle. */
static osarc_status mark_within(box *b)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    for (size_t i = 0; i < b->count; i++)
        b->set[i] = b->code[i] == OSARC_TISSUE_INTERMUSCULAR_FAT;
    osarc_status status = osi_components(b->part, &count, &sizes, b->set, b->size, NULL);
    osi_free(sizes);
    if (status)
        return status;
    uint8_t *between = osi_alloc((size_t) count + 1, 1, NULL);
    if (!between)
        return OSARC_ERR_MEMORY;
    for (size_t y = 0, i = 0; y < b->size[1]; y++)
        for (size_t x = 0; x < b->size[0]; x++, i++)
            if (b->part[i] && (touches(b, x, y, OSARC_TISSUE_SUBCUTANEOUS_FAT, 0) ||
                               touches(b, x, y, OSARC_TISSUE_SOFT, 0) || touches(b, x, y, 0, 1)))
                between[b->part[i]] = 1;
    for (size_t i = 0; i < b->count; i++)
        if (b->part[i] && !between[b->part[i]])
            b->code[i] |= OSARC_LIMB_WITHIN;
    osi_free(between);
    return OSARC_OK;
}

/* 1 when the edge of the view takes something off. */
static int is_cut(const box *b, const limb_view *view, size_t z)
{
    double mm = 0;
    for (size_t y = 0, i = 0; y < b->size[1]; y++)
        for (size_t x = 0; x < b->size[0]; x++, i++) {
            if (!b->own[i])
                continue;
            size_t fx = b->x0 + x;
            size_t fy = b->y0 + y;
            const int16_t *v = view->v + limb_voxel(view, fx, fy, z);
            int side =
                fx == 0 || fx + 1 == view->n[0] || v[-1] == OSARC_OUTSIDE || v[1] == OSARC_OUTSIDE;
            int end = fy == 0 || fy + 1 == view->n[1] ||
                      v[-(ptrdiff_t) view->n[0]] == OSARC_OUTSIDE || v[view->n[0]] == OSARC_OUTSIDE;
            mm += side ? view->mm[1] : end ? view->mm[0] : 0;
        }
    return mm > CUT_MM;
}

osarc_status limb_plane_code(uint8_t *codes, int *cut_out, const limb_view *view,
                             const limb_regions *regions, size_t limb, size_t z, osarc_error *err)
{
    const osarc_hu_window *fat = &view->windows.window[OSARC_WINDOW_ADIPOSE];
    const osarc_hu_window *muscle = &view->windows.window[OSARC_WINDOW_MUSCLE];
    const bounds at = {
        osarc_image_threshold(view->image, fat->low_hu),
        osarc_image_threshold(view->image, muscle->low_hu),
        osarc_image_threshold(view->image, muscle->closed ? nextafter(muscle->high_hu, INFINITY)
                                                          : muscle->high_hu),
    };
    const uint8_t *owner = regions->owner + z / view->f[2] * view->s[0] * view->s[1];
    box b = {0};
    *cut_out = 0;
    if (!find_box(&b, view, owner, limb))
        return OSARC_OK;
    osarc_status status = make_box(&b, err);
    for (size_t y = 0, i = 0; y < b.size[1] && !status; y++)
        for (size_t x = 0; x < b.size[0]; x++, i++)
            b.own[i] = view->t[limb_voxel(view, b.x0 + x, b.y0 + y, z)] &&
                       owner_at(view, owner, b.x0 + x, b.y0 + y) == limb + 1;
    if (!status)
        *cut_out = is_cut(&b, view, z);
    if (!status && !*cut_out) {
        status = code_alone(&b, view, z, &at);
        if (!status)
            status = find_groups(&b);
        if (!status)
            status = find_fascia(&b);
        if (!status) {
            code_inside(&b);
            status = mark_within(&b);
        }
        for (size_t y = 0, i = 0; y < b.size[1] && !status; y++)
            for (size_t x = 0; x < b.size[0]; x++, i++) {
                if (!b.code[i])
                    continue;
                size_t to = limb_voxel(view, b.x0 + x, b.y0 + y, z);
                unsigned code = b.code[i] | (limb ? OSARC_LIMB_SECOND : 0);
                if (view->ex && view->ex[to])
                    code |= OSARC_LIMB_EXCLUDED;
                codes[to] = (uint8_t) code;
            }
    }
    free_box(&b);
    return status;
}
