/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/hip.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "femur_limits.h"
#include "femur_parts.h"

#define FEMURS_MAX 2

struct osarc_hip {
    osarc_femur femurs[FEMURS_MAX];
    size_t count;
    osarc_mask *voxels;
};

/* What the search works on. */
typedef struct search {
    sampler s;
    femur_grid all;
    femur_grid near;
    uint8_t *labels;
    femur_head heads[FEMURS_MAX]; /* same order as the femurs */
    size_t count;
    double midline_mm;
    int threads;
} search;

static void clear(osarc_femur *f, int lateral, const char *side_from)
{
    memset(f, 0, sizeof(*f));
    f->side = lateral > 0 ? OSARC_SIDE_LEFT : OSARC_SIDE_RIGHT;
    f->label = lateral > 0 ? OSARC_FEMUR_LEFT : OSARC_FEMUR_RIGHT;
    f->side_from = side_from;
    double *places[] = {f->head_mm,    f->neck_mm,    f->neck_axis, f->shaft_mm,
                        f->shaft_axis, f->greater_mm, f->lesser_mm};
    for (size_t n = 0; n < sizeof(places) / sizeof(*places); n++)
        for (int a = 0; a < 3; a++)
            places[n][a] = NAN;
    f->head_radius_mm = f->head_in_view = NAN;
    f->neck_section_mm2 = f->neck_least_mm = NAN;
    f->neck_shaft_deg = f->anteversion_deg = f->neck_forward_deg = NAN;
}

static void refuse(osarc_femur *f, const char *why)
{
    if (!f->refused_all[0])
        snprintf(f->refused_all, sizeof(f->refused_all), "%s", why);
}

/* Heads, and what speaks against one at once. */
static osarc_status find_heads(osarc_hip *hip, search *w, osarc_error *err)
{
    femur_head balls[FEMUR_MAX_BALLS];
    size_t count = 0;
    osarc_status status = femur_grid_all(&w->all, &w->s, SEARCH_MM, w->threads, err);
    if (!status)
        status = femur_balls_find(balls, &count, &w->all, w->threads, err);
    if (status)
        return status;
    status = femur_heads_choose(w->heads, &w->count, balls, count, &w->s, w->threads, err);
    hip->count = w->count;
    for (size_t n = 0; n < w->count && !status; n++) {
        osarc_femur *f = &hip->femurs[n];
        const femur_head *h = &w->heads[n];
        w->midline_mm = femur_midline_mm(&w->s, h->centre_mm[2]);
        clear(f, h->lateral,
              isnan(w->midline_mm) ? "the floor of the socket lies to the middle of the body"
                                   : "the head's place beside the middle of the body");
        memcpy(f->head_mm, h->centre_mm, sizeof(f->head_mm));
        f->head_radius_mm = h->radius_mm;
        f->head_in_view = h->view_share;
        if (h->metal_mm3 >= METAL_MM3)
            refuse(f, "metal in the hip");
        else if (h->view_share < HEAD_IN_VIEW)
            refuse(f, "the view cuts the head");
    }
    return status;
}

/* The side on which no head was found, where the mirror image of the other is in view. */
static void add_other_side(osarc_hip *hip, search *w)
{
    if (w->count != 1 || isnan(w->midline_mm))
        return;
    const femur_head *h = &w->heads[0];
    femur_head mirror = *h;
    mirror.centre_mm[0] = 2 * w->midline_mm - h->centre_mm[0];
    femur_joint_read(&mirror, &w->s, w->midline_mm);
    mirror.metal_mm3 = femur_head_metal_mm3(&mirror, &w->s);
    if (mirror.view_share < HEAD_IN_VIEW)
        return;
    const int at = h->lateral < 0; /* right before left */
    hip->femurs[1] = hip->femurs[0];
    w->heads[1] = w->heads[0];
    clear(&hip->femurs[at], -h->lateral, "the mirror image of the other head");
    w->heads[at] = mirror;
    hip->count = w->count = 2;
    refuse(&hip->femurs[at], mirror.metal_mm3 >= METAL_MM3
                                 ? "metal in the hip"
                                 : "no head where the mirror image of the other lies");
}

/* Bone down from the heads, as far as a femur reaches. */
static osarc_status split(search *w, osarc_error *err)
{
    double low[3];
    double high[3];
    double top = -INFINITY;
    double bottom = INFINITY;
    for (size_t n = 0; n < w->count; n++) {
        top = fmax(top, w->heads[n].centre_mm[2] + SPLIT_OVER_MM);
        bottom = fmin(bottom, w->heads[n].centre_mm[2] - SPLIT_UNDER_MM);
    }
    for (int a = 0; a < 3; a++) {
        low[a] = w->all.origin_mm[a];
        high[a] = low[a] + SEARCH_MM * (double) (w->all.size[a] - 1);
    }
    high[2] = fmin(high[2], top);
    low[2] = fmax(low[2], bottom);
    osarc_status status = femur_grid_box(&w->near, &w->s, PART_MM, low, high, w->threads, err);
    if (!status)
        status = femur_split(&w->labels, &w->near, w->heads, w->count, err);
    for (size_t n = 0; n < w->count && !status; n++)
        status = femur_clean(&w->near, w->labels, (uint8_t) (n + 1), &w->heads[n], err);
    return status;
}

static void check_metal(osarc_femur *f, const search *w, uint8_t label)
{
    double mm3 = 0;
    size_t cells = femur_count(&w->near);
    for (size_t i = 0; i < cells; i++)
        if (w->labels[i] == label && w->near.bone[i] == FEMUR_METAL)
            mm3 += PART_MM * PART_MM * PART_MM;
    if (mm3 >= METAL_MM3)
        refuse(f, "metal in the femur");
}

/* Limits of what adults have, with room for error; out of them lies fracture or a wrong search. */
static void check_shape(osarc_femur *f)
{
    double ball_mm2 = M_PI * f->head_radius_mm * f->head_radius_mm;
    if (!f->refused_neck[0] &&
        (f->neck_section_mm2 < NECK_SHARE_LEAST * ball_mm2 ||
         f->neck_section_mm2 > NECK_SHARE_MOST * ball_mm2 || f->neck_least_mm < NECK_WIDTH_LEAST))
        snprintf(f->refused_neck, sizeof(f->refused_neck),
                 "narrowest section of %.0f mm2 is none of a neck under this head",
                 f->neck_section_mm2);
    if (f->neck_shaft_deg < NECK_SHAFT_LEAST_DEG || f->neck_shaft_deg > NECK_SHAFT_MOST_DEG) {
        snprintf(f->refused_neck, sizeof(f->refused_neck),
                 "neck and shaft at %.0f degrees, %.0f to %.0f needed: fracture or deformity",
                 f->neck_shaft_deg, NECK_SHAFT_LEAST_DEG, NECK_SHAFT_MOST_DEG);
        snprintf(f->refused_total, sizeof(f->refused_total), "%s", f->refused_neck);
    }
    if (f->refused_neck[0] && !f->refused_total[0])
        snprintf(f->refused_total, sizeof(f->refused_total), "%s", f->refused_neck);
}

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE;
}

/* Index + 1 of the femur a place belongs to. The ball is cut on the voxels themselves. */
static uint8_t owner_of(const search *w, const double p[3], int bone)
{
    size_t cell = femur_cell_at(&w->near, p);
    if (cell == SIZE_MAX || (!bone && w->near.bone[cell] != FEMUR_FILLED))
        return 0;
    for (size_t n = 0; n < w->count; n++) {
        const femur_head *h = &w->heads[n];
        double along;
        double r = femur_head_distance_mm(h, p, &along);
        if (r <= h->radius_mm + BALL_RIM_MM)
            return (uint8_t) (n + 1);
        if (r <= h->radius_mm + SOCKET_SEED_MM && along < AWAY_COS * r)
            return 0;
    }
    return w->labels[cell] <= w->count ? w->labels[cell] : 0;
}

static void mark_voxels(osarc_hip *hip, const search *w)
{
    const osarc_grid *grid = &w->s.grid;
    uint8_t *out = osarc_mask_fill(hip->voxels);
#pragma omp parallel for schedule(static) num_threads(osi_threads(w->threads))
    for (size_t z = 0; z < grid->size[2]; z++)
        for (size_t y = 0; y < grid->size[1]; y++)
            for (size_t x = 0; x < grid->size[0]; x++) {
                size_t i = (z * grid->size[1] + y) * grid->size[0] + x;
                double p[3];
                if (w->s.tissue[i] == OSARC_TISSUE_OUTSIDE)
                    continue;
                osarc_grid_position_mm(grid, (double[3]){(double) x, (double) y, (double) z}, p);
                uint8_t owner = owner_of(w, p, is_bone(w->s.tissue[i]));
                if (!owner || hip->femurs[owner - 1].refused_all[0])
                    continue;
                out[i] =
                    (uint8_t) (OSARC_FEMUR_PRESENT | (owner == 2 ? OSARC_FEMUR_SECOND : 0) |
                               (w->s.tissue[i] == OSARC_TISSUE_COMPACT_BONE ? OSARC_FEMUR_COMPACT
                                                                            : 0));
            }
}

static const char *side_word(osarc_side side)
{
    return side == OSARC_SIDE_UNKNOWN ? "unknown side," : osarc_side_name(side);
}

static osarc_status note_refusals(const osarc_hip *hip, osarc_notes *notes, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t n = 0; notes && n < hip->count && !status; n++) {
        const osarc_femur *f = &hip->femurs[n];
        if (f->refused_all[0])
            status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "femur_refused", err,
                                     "%s femur: %s", side_word(f->side), f->refused_all);
    }
    return status;
}

static osarc_status find(osarc_hip *hip, search *w, osarc_error *err)
{
    osarc_status status = find_heads(hip, w, err);
    if (status || w->count == 0)
        return status;
    add_other_side(hip, w);
    status = split(w, err);
    if (status)
        return status;
    for (size_t n = 0; n < hip->count; n++) {
        osarc_femur *f = &hip->femurs[n];
        f->is_second = n == 1;
        check_metal(f, w, (uint8_t) (n + 1));
        if (f->refused_all[0])
            continue;
        femur_axes_find(f, &w->s, &w->near, w->labels, (uint8_t) (n + 1), &w->heads[n]);
        check_shape(f);
    }
    mark_voxels(hip, w);
    return OSARC_OK;
}

osarc_status osarc_hip_find(osarc_hip **out, const osarc_image *image, const osarc_mask *tissue,
                            osarc_notes *notes, const osarc_hip_options *options, osarc_error *err)
{
    search w;
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no place for the hip");
    *out = NULL;
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image and its tissue are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(tissue), 0.01))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and tissue lie on different grids");
    memset(&w, 0, sizeof(w));
    w.midline_mm = NAN;
    w.threads = options ? options->threads : 0;
    sampler_make(&w.s, image, tissue);
    osarc_hip *hip = osi_alloc(1, sizeof(*hip), err);
    osarc_status status =
        hip ? osarc_mask_create(&hip->voxels, osarc_image_grid(image), err) : OSARC_ERR_MEMORY;
    if (!status)
        status = find(hip, &w, err);
    if (!status)
        status = note_refusals(hip, notes, err);
    femur_grid_free(&w.all);
    femur_grid_free(&w.near);
    osi_free(w.labels);
    if (status)
        osarc_hip_free(hip);
    else
        *out = hip;
    return status;
}

size_t osarc_hip_count(const osarc_hip *hip)
{
    return hip->count;
}

const osarc_femur *osarc_hip_at(const osarc_hip *hip, size_t index)
{
    return index < hip->count ? &hip->femurs[index] : NULL;
}

const osarc_mask *osarc_hip_voxels(const osarc_hip *hip)
{
    return hip->voxels;
}

void osarc_hip_free(osarc_hip *hip)
{
    if (!hip)
        return;
    osarc_mask_free(hip->voxels);
    osi_free(hip);
}
