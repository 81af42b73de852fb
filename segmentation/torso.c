/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/denoise.h>
#include <osi/fail.h>
#include <osi/threads.h>

#define SAME_GRID_MM   0.01
#define LEAST_NOISE_HU 5.0

/* Share of the wall's inner side that was not seen in a plane. */
static float interpolated_share(const torso_rays *r, size_t k)
{
    size_t missing = 0;
    for (size_t n = 0; n < RAYS; n++)
        missing += !r->seen[k * RAYS + n];
    return (float) missing / RAYS;
}

static int is_arm(const torso_grid *g, size_t x, size_t y, size_t k)
{
    size_t bx = x / g->factor[0];
    size_t by = y / g->factor[1];
    return bx >= g->start[0] && bx - g->start[0] < g->size[0] && by >= g->start[1] &&
           by - g->start[1] < g->size[1] &&
           g->arm[torso_index(g, bx - g->start[0], by - g->start[1], k)];
}

static int has_zero_byte(uint64_t eight)
{
    return ((eight - 0x0101010101010101U) & ~eight & 0x8080808080808080U) != 0;
}

/* Whether eight voxels of a row, and all next to them, are labelled alike: all or none. */
static int is_plain(const uint8_t *label, const torso_grid *g)
{
    const ptrdiff_t next[4] = {-1, 1, -(ptrdiff_t) g->stride[1], (ptrdiff_t) g->stride[1]};
    uint64_t own;
    memcpy(&own, label, sizeof(own));
    if (own == 0)
        return 1;
    int any_zero = has_zero_byte(own);
    for (int n = 0; n < 4 && !any_zero; n++) {
        uint64_t other;
        memcpy(&other, label + next[n], sizeof(other));
        any_zero = has_zero_byte(other);
    }
    return !any_zero;
}

/* Share of the trunk's outline in a plane that lies on the edge of the view. */
static float cut_share(const torso_grid *g, const osarc_image *image, const uint8_t *label,
                       size_t k)
{
    const int16_t *stored = osarc_image_stored(image);
    size_t outline = 0;
    size_t cut = 0;
    for (size_t y = 0; y < g->full[1]; y++)
        for (size_t x = 0; x < g->full[0]; x++) {
            size_t i = (k + g->first) * g->stride[2] + y * g->stride[1] + x * g->stride[0];
            if (g->stride[0] == 1 && x > 0 && x + 9 < g->full[0] && y > 0 && y + 1 < g->full[1] &&
                is_plain(label + i, g)) {
                x += 7;
                continue;
            }
            if (!label[i] || is_arm(g, x, y, k))
                continue;
            const int edge[4] = {x == 0, x + 1 == g->full[0], y == 0, y + 1 == g->full[1]};
            const size_t next[4] = {edge[0] ? i : i - g->stride[0], edge[1] ? i : i + g->stride[0],
                                    edge[2] ? i : i - g->stride[1], edge[3] ? i : i + g->stride[1]};
            for (int n = 0; n < 4; n++)
                if (edge[n] || !label[next[n]]) {
                    outline++;
                    cut += edge[n] || stored[next[n]] == OSARC_OUTSIDE;
                }
        }
    return outline ? (float) cut / (float) outline : 0;
}

/* Fat labelled as under the skin beside and before a vertebral body. */
static float open_cm2(const torso_grid *g, size_t k)
{
    const torso_plane *p = &g->plane[k];
    size_t blocks = 0;
    if ((long) k < g->lowest || (long) k > g->highest)
        return 0;
    for (size_t y = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++) {
            if (g->label[torso_index(g, x, y, k)] != OSARC_TISSUE_SUBCUTANEOUS_FAT)
                continue;
            double along;
            double aside;
            torso_turn(g, torso_at_mm(g, 0, x) - p->body[0], torso_at_mm(g, 1, y) - p->body[1],
                       &along, &aside);
            blocks += along > 0 && hypot(along / (p->half_deep + BEFORE_SPINE_MM),
                                         aside / (p->half_wide + BEFORE_SPINE_MM)) < 1;
        }
    return (float) ((double) blocks * g->mm[0] * g->mm[1] / 100);
}

/* Voxels of gas blurred with bowel wall read as fat; the bowel's, not visceral fat. */
static void clear_gas_rim(uint8_t *label, const torso_grid *g, const osarc_grid *grid, size_t k)
{
    const double mm[2] = {grid->spacing_mm[g->axis[0]], grid->spacing_mm[g->axis[1]]};
    long rx = (long) fmax(1, floor(GAS_RIM_MM / 2 / mm[0]));
    long ry = (long) fmax(1, floor(GAS_RIM_MM / 2 / mm[1]));
    uint8_t *plane = label + (k + g->first) * g->stride[2];
    for (long y = ry; y + ry < (long) g->full[1]; y++)
        for (long x = rx; x + rx < (long) g->full[0]; x++) {
            uint8_t *at = plane + (size_t) y * g->stride[1] + (size_t) x * g->stride[0];
            if (*at != OSARC_TISSUE_VISCERAL_FAT)
                continue;
            int gas = 0;
            for (long v = -ry; v <= ry && !gas; v++)
                for (long u = -rx; u <= rx && !gas; u++)
                    gas = at[v * (long) g->stride[1] + u * (long) g->stride[0]] == OSARC_TISSUE_GAS;
            if (gas)
                *at = OSARC_TISSUE_SOFT;
        }
}

static uint8_t relabel(uint8_t label, uint8_t flags)
{
    if (label != OSARC_TISSUE_SOFT && label != OSARC_TISSUE_VISCERAL_FAT)
        return label;
    if ((flags & CANAL) || ((flags & GUT) && label == OSARC_TISSUE_VISCERAL_FAT))
        return OSARC_TISSUE_SOFT;
    if (label == OSARC_TISSUE_SOFT)
        return flags & MUSCLE ? OSARC_TISSUE_MUSCLE : label;
    if (flags & BETWEEN)
        return OSARC_TISSUE_INTERMUSCULAR_FAT;
    return (flags & (IN_WALL | MUSCLE)) ? label : OSARC_TISSUE_SUBCUTANEOUS_FAT;
}

static void relabel_plane(uint8_t *label, const torso_grid *g, size_t k)
{
    for (size_t y = 0; y < g->size[1] * g->factor[1]; y++) {
        size_t i = torso_index(g, 0, y / g->factor[1], k);
        uint8_t *at = label + (k + g->first) * g->stride[2] +
                      (y + g->start[1] * g->factor[1]) * g->stride[1] +
                      g->start[0] * g->factor[0] * g->stride[0];
        for (size_t x = 0; x < g->size[0]; x++, i++)
            for (size_t u = 0; u < g->factor[0]; u++, at += g->stride[0])
                if (*at && !g->arm[i])
                    *at = relabel(*at, g->flags[i]);
    }
}

static osarc_status write_arms(osarc_torso *out, const torso_grid *g, const osarc_grid *grid,
                               osarc_error *err)
{
    if (!g->any_arm)
        return OSARC_OK;
    osarc_status status = osarc_mask_create(&out->arms, grid, err);
    if (status)
        return status;
    uint8_t *to = osarc_mask_fill(out->arms);
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        for (size_t y = 0; y < g->full[1]; y++)
            for (size_t x = 0; x < g->full[0]; x++)
                to[(k + g->first) * g->stride[2] + y * g->stride[1] + x * g->stride[0]] =
                    (uint8_t) is_arm(g, x, y, k);
    return OSARC_OK;
}

static osarc_status finish(osarc_torso *out, osarc_mask *tissue, const osarc_image *image,
                           const torso_grid *g, const torso_rays *r, osarc_error *err)
{
    uint8_t *label = osarc_mask_fill(tissue);
    out->cut_share = osi_alloc(g->depth, sizeof(*out->cut_share), err);
    out->interpolated_share = osi_alloc(g->depth, sizeof(*out->interpolated_share), err);
    out->open_cm2 = osi_alloc(g->depth, sizeof(*out->open_cm2), err);
    if (!out->cut_share || !out->interpolated_share || !out->open_cm2)
        return OSARC_ERR_MEMORY;
    out->axis = g->axis[2];
    out->first_plane = g->first;
    out->plane_count = g->depth;
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++) {
        out->cut_share[k] = cut_share(g, image, label, k);
        out->interpolated_share[k] = interpolated_share(r, k);
        out->open_cm2[k] = open_cm2(g, k);
        clear_gas_rim(label, g, osarc_mask_grid(tissue), k);
        relabel_plane(label, g, k);
    }
    return write_arms(out, g, osarc_mask_grid(tissue), err);
}

/* Noise over the fewest HU that move a border makes a copy with less. */
static osarc_status smooth_planes_of(osarc_torso *out, const torso_grid *g,
                                     const osarc_image *image, const osarc_mask *tissue,
                                     osarc_error *err)
{
    const osi_planes planes = {g->axis[2], g->first, g->depth};
    double noise_hu = NAN;
    osarc_status status = osi_noise_hu(&noise_hu, image, tissue, planes, g->threads, err);
    if (!status && noise_hu > LEAST_NOISE_HU)
        status = osi_denoise(&out->smooth, image, tissue, planes, noise_hu, g->threads, err);
    return status;
}

/* Only these labels ever become others; two bits tell which one it was, 0: none of them. */
static const uint8_t CHANGING[4] = {0, OSARC_TISSUE_SUBCUTANEOUS_FAT, OSARC_TISSUE_VISCERAL_FAT,
                                    OSARC_TISSUE_SOFT};

static osarc_status keep_labels(uint8_t **out, const torso_grid *g, const osarc_mask *tissue,
                                osarc_error *err)
{
    const uint8_t *label = osarc_mask_labels(tissue);
    size_t count = osarc_grid_count(osarc_mask_grid(tissue));
    uint8_t bits[256] = {0};
    for (uint8_t n = 1; n < 4; n++)
        bits[CHANGING[n]] = n;
    *out = osi_alloc(count / 4 + 1, 1, err);
    if (!*out)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(static) num_threads(g->threads)
    for (size_t i = 0; i < count / 4; i++) {
        const uint8_t *l = label + 4 * i;
        (*out)[i] = (uint8_t) (bits[l[0]] | bits[l[1]] << 2 | bits[l[2]] << 4 | bits[l[3]] << 6);
    }
    for (size_t i = count / 4 * 4; i < count; i++)
        (*out)[i / 4] |= (uint8_t) (bits[label[i]] << 2 * (i % 4));
    return OSARC_OK;
}

static void restore_labels(osarc_mask *tissue, const uint8_t *before)
{
    uint8_t *label = osarc_mask_fill(tissue);
    size_t count = before ? osarc_grid_count(osarc_mask_grid(tissue)) : 0;
    for (size_t i = 0; i < count; i++) {
        int n = before[i / 4] >> 2 * (i % 4) & 3;
        label[i] = n ? CHANGING[n] : label[i];
    }
}

osarc_status osarc_torso_part(osarc_torso *out, osarc_mask *tissue, const osarc_image *image,
                              const osarc_spine *spine, const osarc_torso_options *options,
                              osarc_error *err)
{
    torso_grid g = {0};
    torso_rays r = {0};
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    memset(out, 0, sizeof(*out));
    if (!tissue || !image || !spine)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "labels, image and spine are needed");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and tissue labels lie on other grids");
    int threads = osi_threads(options ? options->threads : 0);
    uint8_t *before = NULL;
    osarc_status status = torso_grid_plan(&g, osarc_image_grid(image), spine, threads, err);
    if (!status)
        status = smooth_planes_of(out, &g, image, tissue, err);
    if (!status)
        status = keep_labels(&before, &g, tissue, err);
    const osarc_image *read = out->smooth ? out->smooth : image;
    if (!status && out->smooth)
        torso_relabel(tissue, &g, image, read);
    if (!status)
        status = torso_grid_fill(&g, read, tissue, err);
    if (!status)
        status = torso_find_regions(&g, err);
    if (!status)
        status = torso_rays_make(&r, &g, err);
    if (!status)
        status = torso_mark(&g, &r, err);
    if (!status)
        status = finish(out, tissue, image, &g, &r, err);
    if (status) {
        osarc_torso_clear(out);
        restore_labels(tissue, before);
    }
    osi_free(before);
    torso_rays_free(&r);
    torso_grid_free(&g);
    return status;
}

void osarc_torso_clear(osarc_torso *torso)
{
    if (!torso)
        return;
    osi_free(torso->cut_share);
    osi_free(torso->interpolated_share);
    osi_free(torso->open_cm2);
    osarc_image_free(torso->smooth);
    osarc_mask_free(torso->arms);
    memset(torso, 0, sizeof(*torso));
}
