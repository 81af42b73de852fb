/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "label.h"

#include <string.h>

#include <osarc/hu_windows.h>
#include <osarc/mask.h>
#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

#include "limits.h"
#include "plane.h"

/* Limits as stored numbers. */
typedef struct limits {
    int16_t body, gas, fat_low, fat_high, soft, bone_edge, bone_seed, compact, marrow_low, metal,
        metal_seed;
    double edge_share;
} limits;

typedef struct frame {
    const int16_t *stored;
    const work *w;
    limits at;
    size_t pitch, area;          /* of the image's planes */
    size_t width, height, depth; /* of the part with body in it, where stored starts */
} frame;

static limits read_limits(const osarc_image *image)
{
    const osarc_hu_window *fat = osarc_hu_window_get(OSARC_WINDOW_ADIPOSE);
    return (limits){
        .body = osarc_image_threshold(image, BODY_HU),
        .gas = osarc_image_threshold(image, GAS_HU),
        .fat_low = osarc_image_threshold(image, fat->low_hu),
        .fat_high = osarc_image_threshold(image, fat->high_hu),
        .soft = osarc_image_threshold(image, SOFT_HU),
        .bone_edge = osarc_image_threshold(image, BONE_EDGE_HU),
        .bone_seed = osarc_image_threshold(image, BONE_SEED_HU),
        .compact = osarc_image_threshold(image, COMPACT_HU),
        .marrow_low = osarc_image_threshold(image, MARROW_LOW_HU),
        .metal = osarc_image_threshold(image, METAL_HU),
        .metal_seed = osarc_image_threshold(image, METAL_SEED_HU),
    };
}

/* Marks work voxels within one voxel (edges and corners too) of the body surface and of bone. */
static osarc_status mark_near(work *w, osarc_error *err)
{
    size_t plane = w->size[0] * w->size[1];
    uint8_t *near = osi_alloc(w->count, 1, err);
    if (!near)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t k = 0; k < w->size[2]; k++) {
        size_t z0 = k ? k - 1 : 0;
        size_t z1 = k + 1 < w->size[2] ? k + 1 : k;
        for (size_t y = 1; y + 1 < w->size[1]; y++)
            for (size_t x = 1; x + 1 < w->size[0]; x++) {
                unsigned any = 0;
                unsigned all = 255;
                for (size_t z = z0; z <= z1; z++)
                    for (size_t v = y - 1; v <= y + 1; v++) {
                        const uint8_t *row = w->flags + z * plane + v * w->size[0] + x;
                        any |= row[-1] | (unsigned) row[0] | row[1];
                        all &= row[-1] & (unsigned) row[0] & row[1];
                    }
                unsigned add = any & WORK_BONE ? WORK_NEAR : 0;
                if ((any & WORK_BODY) && !(all & WORK_BODY))
                    add |= WORK_EDGE;
                near[work_index(w, x, y, k)] = (uint8_t) add;
            }
    }
    for (size_t i = 0; i < w->count; i++)
        w->flags[i] |= near[i];
    osi_free(near);
    return OSARC_OK;
}

/*
 * A bright voxel next to bone: compact where it is over half-way between the brightest and the
 * darkest around it, so that a blurred edge lies where the bone ends.
 */
static uint8_t label_bright(const frame *f, size_t x, size_t y, size_t z, unsigned flags)
{
    const int16_t *plane = f->stored + z * f->area;
    int16_t here = plane[y * f->pitch + x];
    size_t x0 = x > 2 ? x - 2 : 0;
    size_t x1 = x + 2 < f->width ? x + 2 : f->width - 1;
    size_t y0 = y > 2 ? y - 2 : 0;
    size_t y1 = y + 2 < f->height ? y + 2 : f->height - 1;
    int high = here;
    int low = here;
    for (size_t v = y0; v <= y1; v++)
        for (size_t u = x0; u <= x1; u++) {
            int value = plane[v * f->pitch + u];
            if (value > high)
                high = value;
            if (value < low)
                low = value;
        }
    for (int side = 0; side < 2; side++) {
        if (side ? z + 1 == f->depth : z == 0)
            continue;
        int value = side ? plane[f->area + y * f->pitch + x]
                         : f->stored[(z - 1) * f->area + y * f->pitch + x];
        if (value > high)
            high = value;
        if (value < low)
            low = value;
    }
    int inside = (flags & WORK_MARROW) != 0;
    if (!inside &&
        (high < f->at.bone_seed || here < f->at.soft + f->at.edge_share * (high - f->at.soft)))
        return OSARC_TISSUE_SOFT;
    if (high < f->at.compact)
        return OSARC_TISSUE_TRABECULAR_BONE;
    /* on the outside a voxel is blurred compact bone; inside it is compact from half-way up */
    if (!inside || low >= f->at.compact || 2 * here >= high + low)
        return OSARC_TISSUE_COMPACT_BONE;
    return OSARC_TISSUE_TRABECULAR_BONE;
}

static uint8_t label_voxel(const frame *f, int16_t v, unsigned flags, size_t x, size_t y, size_t z)
{
    if (v == OSARC_OUTSIDE || !(flags & (WORK_BODY | WORK_EDGE)))
        return OSARC_TISSUE_OUTSIDE;
    if ((flags & WORK_EDGE) && v < f->at.body)
        return OSARC_TISSUE_OUTSIDE;
    if (v >= f->at.metal_seed)
        return OSARC_TISSUE_METAL;
    if ((flags & (WORK_NEAR | WORK_FALSE)) == WORK_NEAR) {
        if (v >= f->at.bone_edge)
            return label_bright(f, x, y, z, flags);
        if ((flags & WORK_MARROW) && v >= f->at.marrow_low)
            return OSARC_TISSUE_TRABECULAR_BONE;
    }
    if (v < f->at.gas)
        return flags & WORK_EDGE ? OSARC_TISSUE_SOFT : OSARC_TISSUE_GAS; /* skin blurred with air */
    if (v >= f->at.fat_low && v < f->at.fat_high)
        return flags & (WORK_OUTER | WORK_EDGE) ? OSARC_TISSUE_SUBCUTANEOUS_FAT
                                                : OSARC_TISSUE_VISCERAL_FAT;
    return OSARC_TISSUE_SOFT;
}

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE ||
           label == OSARC_TISSUE_METAL;
}

/* Pin holes between the marrow of the work grid and the cortex of the full one. */
static int close_bone_plane(uint8_t *labels, const frame *f, double pixel_mm2)
{
    const size_t MAX_PIXELS = (size_t) (PIN_HOLE_CM2 * 100 / pixel_mm2);
    size_t x0 = f->width, x1 = 0, y0 = f->height, y1 = 0;
    for (size_t y = 0; y < f->height; y++)
        for (size_t x = 0; x < f->width; x++)
            if (is_bone(labels[y * f->pitch + x])) {
                x0 = x < x0 ? x : x0;
                x1 = x > x1 ? x : x1;
                y0 = y < y0 ? y : y0;
                y1 = y;
            }
    if (x0 > x1)
        return 0;
    size_t width = x1 - x0 + 1;
    size_t height = y1 - y0 + 1;
    const size_t size[3] = {width, height, 1};
    uint8_t *wall = osi_alloc_raw(width * height, 1, NULL);
    uint8_t *hole = osi_alloc(width * height, 1, NULL);
    uint32_t *part = osi_alloc_raw(width * height, sizeof(*part), NULL);
    uint32_t count = 0;
    size_t *sizes = NULL;
    int failed = !wall || !hole || !part;
    if (!failed) {
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++)
                wall[y * width + x] = (uint8_t) is_bone(labels[(y + y0) * f->pitch + x + x0]);
        failed = plane_flood(hole, wall, width, height);
        for (size_t i = 0; i < width * height; i++)
            hole[i] = !(hole[i] | wall[i]);
    }
    failed = failed || osi_components(part, &count, &sizes, hole, size, NULL) != OSARC_OK;
    for (size_t i = 0; !failed && count && i < width * height; i++) {
        uint8_t *label = &labels[(i / width + y0) * f->pitch + i % width + x0];
        if (part[i] && sizes[part[i]] <= MAX_PIXELS && *label != OSARC_TISSUE_GAS)
            *label = OSARC_TISSUE_TRABECULAR_BONE;
    }
    osi_free(sizes);
    osi_free(part);
    osi_free(hole);
    osi_free(wall);
    return failed;
}

/* Flags of the work voxels over a row of image blocks; entry 0 is the first block of the part. */
static const uint8_t *block_flags(const work *w, size_t block_row, size_t k)
{
    size_t x = (size_t) ((ptrdiff_t) w->block_low[0] + w->shift[0]);
    size_t y = (size_t) ((ptrdiff_t) (w->block_low[1] + block_row) + w->shift[1]);
    return w->flags + work_index(w, x, y, k);
}

/* Solid voxels in work voxels that are mostly air belong to the body only where they touch it. */
static void trim_rim(uint8_t *labels, const frame *f, size_t z)
{
    const work *w = f->w;
    ptrdiff_t up = (ptrdiff_t) w->size[0];
    ptrdiff_t pitch = (ptrdiff_t) f->pitch;
    for (size_t by = 0, y = 0; y < f->height; by++) {
        size_t y_end = y + w->factor[1] < f->height ? y + w->factor[1] : f->height;
        const uint8_t *flags = block_flags(w, by, z / w->factor[2]);
        for (size_t bx = 0, x = 0; x < f->width; bx++) {
            size_t x_end = x + w->factor[0] < f->width ? x + w->factor[0] : f->width;
            const uint8_t *here = flags + bx;
            if ((*here & (WORK_BODY | WORK_EDGE)) == WORK_EDGE)
                for (size_t v = y; v < y_end; v++)
                    for (size_t u = x; u < x_end; u++) {
                        uint8_t *at = labels + v * f->pitch + u;
                        int touches = (u == x && x > 0 && (here[-1] & WORK_BODY) && at[-1]) ||
                                      (u + 1 == x_end && x_end < f->width &&
                                       (here[1] & WORK_BODY) && at[1]) ||
                                      (v == y && y > 0 && (here[-up] & WORK_BODY) && at[-pitch]) ||
                                      (v + 1 == y_end && y_end < f->height &&
                                       (here[up] & WORK_BODY) && at[pitch]);
                        if (!touches)
                            *at = OSARC_TISSUE_OUTSIDE;
                    }
            x = x_end;
        }
        y = y_end;
    }
}

/* Fat-like voxels on the very surface are skin blurred with air. */
static void mark_skin(uint8_t *labels, const frame *f, const int16_t *stored)
{
    const int16_t air = f->at.fat_low;
    ptrdiff_t pitch = (ptrdiff_t) f->pitch;
    for (size_t y = 1; y + 1 < f->height; y++)
        for (size_t x = 1; x + 1 < f->width; x++) {
            uint8_t *at = labels + y * f->pitch + x;
            const int16_t *v = stored + y * f->pitch + x;
            if (*at == OSARC_TISSUE_SUBCUTANEOUS_FAT &&
                (!at[-1] || !at[1] || !at[-pitch] || !at[pitch] || v[-1] < air || v[1] < air ||
                 v[-pitch] < air || v[pitch] < air))
                *at = OSARC_TISSUE_SOFT;
        }
}

static size_t grow_metal(uint8_t *labels, const frame *f, const int16_t *stored)
{
    size_t metal = 0;
    for (size_t y = 0; y < f->height; y++)
        for (size_t x = 0; x < f->width; x++)
            metal += labels[y * f->pitch + x] == OSARC_TISSUE_METAL;
    if (metal == 0)
        return 0;
    for (size_t y = 1; y + 1 < f->height; y++)
        for (size_t x = 1; x + 1 < f->width; x++) {
            size_t i = y * f->pitch + x;
            if (labels[i] == OSARC_TISSUE_METAL || stored[i] < f->at.metal)
                continue;
            if (labels[i - 1] == OSARC_TISSUE_METAL || labels[i + 1] == OSARC_TISSUE_METAL ||
                labels[i - f->pitch] == OSARC_TISSUE_METAL ||
                labels[i + f->pitch] == OSARC_TISSUE_METAL) {
                labels[i] = OSARC_TISSUE_METAL;
                metal++;
            }
        }
    return metal;
}

static void label_plane(uint8_t *labels, const frame *f, const int16_t *stored, size_t z)
{
    const work *w = f->w;
    for (size_t by = 0, y = 0; y < f->height; by++) {
        size_t y_end = y + w->factor[1] < f->height ? y + w->factor[1] : f->height;
        const uint8_t *flags = block_flags(w, by, z / w->factor[2]);
        for (; y < y_end; y++)
            for (size_t bx = 0, x = 0; x < f->width; bx++) {
                size_t x_end = x + w->factor[0] < f->width ? x + w->factor[0] : f->width;
                if (!(flags[bx] & (WORK_BODY | WORK_EDGE))) {
                    x = x_end; /* labels start as 0 */
                    continue;
                }
                for (; x < x_end; x++)
                    labels[y * f->pitch + x] =
                        label_voxel(f, stored[y * f->pitch + x], flags[bx], x, y, z);
            }
    }
}

osarc_status label_voxels(uint8_t *labels, const int16_t *stored, const osarc_image *image, work *w,
                          size_t *metal_out, size_t *metal_planes_out, osarc_error *err)
{
    size_t low[2];
    size_t size[2];
    for (int a = 0; a < 2; a++) {
        low[a] = w->block_low[a] * w->factor[a];
        size_t high = w->block_high[a] * w->factor[a];
        size[a] = (high < w->full[a] ? high : w->full[a]) - low[a];
    }
    size_t pitch = w->full[0];
    size_t area = pitch * w->full[1];
    size_t corner = low[1] * pitch + low[0];
    frame f = {stored + corner, w, read_limits(image), pitch, area, size[0], size[1], w->full[2]};
    f.at.edge_share = blend_by_voxel(w, FINE_MM, EDGE_SHARE, EDGE_SHARE_COARSE);
    double pixel_mm2 = w->full_mm[0] * w->full_mm[1];
    int failed = 0;
    size_t metal = 0;
    size_t planes = 0;
    osarc_status status = mark_near(w, err);
    if (status)
        return status;
#pragma omp parallel for schedule(dynamic) num_threads(w->threads) \
    reduction(| : failed) reduction(+ : metal, planes)
    for (size_t z = 0; z < f.depth; z++) {
        uint8_t *out = labels + corner + z * area;
        const int16_t *plane = f.stored + z * area;
        label_plane(out, &f, plane, z);
        trim_rim(out, &f, z);
        size_t here = grow_metal(out, &f, plane);
        metal += here;
        planes += here > 0;
        failed |= close_bone_plane(out, &f, pixel_mm2);
        mark_skin(out, &f, plane);
    }
    if (failed)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory to label voxels");
    *metal_out = metal;
    *metal_planes_out = planes;
    return OSARC_OK;
}
