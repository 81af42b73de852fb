/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/fail.h>

#include "limb_limits.h"

/* Which part of each slice belongs to which limb, and whether the limb is whole there. */

typedef struct plane_room {
    size_t size[3];
    double mm[3];
    size_t count;
    uint8_t *set, *soft, *owner;
    uint32_t *body, *part;
    float *mm_to[LIMBS_MAX + 1]; /* to the cores of each limb, then of what is no limb */
    float *depth;
    int touched; /* another part with a core of its own touches a limb */
} plane_room;

static osarc_status make_room(plane_room *r, const limb_view *view, osarc_error *err)
{
    r->size[0] = view->s[0];
    r->size[1] = view->s[1];
    r->size[2] = 1;
    memcpy(r->mm, view->smm, sizeof(r->mm));
    r->count = r->size[0] * r->size[1];
    r->set = osi_alloc_raw(r->count, 1, err);
    r->soft = osi_alloc_raw(2 * r->count, 1, err);
    r->body = osi_alloc_raw(r->count, sizeof(*r->body), err);
    r->part = osi_alloc_raw(r->count, sizeof(*r->part), err);
    r->depth = osi_alloc_raw((LIMBS_MAX + 2) * r->count, sizeof(float), err);
    for (size_t n = 0; r->depth && n <= LIMBS_MAX; n++)
        r->mm_to[n] = r->depth + (n + 1) * r->count;
    return r->set && r->soft && r->body && r->part && r->depth ? OSARC_OK : OSARC_ERR_MEMORY;
}

static void free_room(plane_room *r)
{
    osi_free(r->set);
    osi_free(r->soft);
    osi_free(r->body);
    osi_free(r->part);
    osi_free(r->depth);
}

static size_t pixel_at(const plane_room *r, const double at_mm[2])
{
    double x = fmax(0, fmin((double) r->size[0] - 1, round(at_mm[0] / r->mm[0])));
    double y = fmax(0, fmin((double) r->size[1] - 1, round(at_mm[1] / r->mm[1])));
    return (size_t) y * r->size[0] + (size_t) x;
}

/*
 * Cores: what of the body stays when a margin is taken off all round. The shafts' cores belong to
 * the limbs, others of some size to what is no limb. 1 when each limb has a core of its own.
 */
static int find_cores(plane_room *r, const uint8_t *set, double margin_mm, double reach_mm,
                      double at_mm[][2], const int *there, size_t limbs, int *failed)
{
    uint8_t *core = r->set;
    uint32_t count = 0;
    size_t *sizes = NULL;
    uint32_t own[LIMBS_MAX] = {0};
    for (size_t i = 0; i < r->count; i++)
        core[i] = !set[i];
    *failed |= osi_distance_limited_mm(r->depth, core, r->size, r->mm, margin_mm, 1, NULL) != 0;
    for (size_t i = 0; i < r->count; i++)
        core[i] = set[i] && r->depth[i] > margin_mm;
    *failed |= osi_components(r->part, &count, &sizes, core, r->size, NULL) != 0;
    if (*failed)
        return 0;
    int apart = 1;
    for (size_t n = 0; n < limbs; n++) {
        own[n] = there[n] ? r->part[pixel_at(r, at_mm[n])] : 0;
        apart &= !there[n] || own[n];
        for (size_t m = 0; m < n; m++)
            apart &= !own[n] || own[n] != own[m];
    }
    double pixel_cm2 = r->mm[0] * r->mm[1] / 100;
    r->touched = 0;
    for (size_t n = 0; n <= limbs; n++) {
        int any = 0;
        for (size_t i = 0; i < r->count; i++) {
            uint32_t c = r->part[i];
            int is_own = 0;
            for (size_t m = 0; m < limbs; m++)
                is_own |= c && c == own[m];
            core[i] = n < limbs ? own[n] && c == own[n]
                                : c && !is_own && (double) sizes[c] * pixel_cm2 >= FOREIGN_CM2;
            any |= core[i];
            for (size_t m = 0; core[i] && n == limbs && m < limbs; m++)
                r->touched |= there[m] && r->body[i] == r->body[pixel_at(r, at_mm[m])];
        }
        size_t to = n < limbs ? n : LIMBS_MAX;
        if (any)
            *failed |=
                osi_distance_limited_mm(r->mm_to[to], core, r->size, r->mm, reach_mm, 1, NULL) != 0;
        else
            for (size_t i = 0; i < r->count; i++)
                r->mm_to[to][i] = INFINITY;
    }
    osi_free(sizes);
    return apart;
}

/*
 * Each pixel of the parts of the body that hold a shaft goes to the nearest core; what is farther
 * from it than the margin is something thin that touches the limb.
 */
static void share_out(plane_room *r, double at_mm[][2], const int *there, size_t limbs,
                      double farthest_mm)
{
    uint32_t own[LIMBS_MAX] = {0};
    for (size_t n = 0; n < limbs && n < LIMBS_MAX; n++)
        own[n] = there[n] ? r->body[pixel_at(r, at_mm[n])] : 0;
    for (size_t i = 0; i < r->count; i++) {
        r->owner[i] = 0;
        if (!r->body[i])
            continue;
        float nearest = r->mm_to[LIMBS_MAX][i];
        r->owner[i] = FOREIGN;
        for (size_t n = 0; n < limbs; n++)
            if (r->body[i] == own[n] && r->mm_to[n][i] < nearest) {
                nearest = r->mm_to[n][i];
                r->owner[i] = nearest <= farthest_mm ? (uint8_t) (n + 1) : FOREIGN;
            }
    }
}

static int is_joined(const plane_room *r, const limb_slice *slice, const double at_mm[2],
                     size_t limb)
{
    for (size_t n = 0; n < slice->count; n++) {
        const limb_section *s = &slice->sections[n];
        const double centre[2] = {s->x_mm, s->y_mm};
        if (s->area_cm2 >= PELVIS_CM2 && r->owner[pixel_at(r, centre)] == limb + 1 &&
            hypot(s->x_mm - at_mm[0], s->y_mm - at_mm[1]) > PELVIS_AWAY_MM)
            return 1;
    }
    return 0;
}

/* Outline, edge and area of one limb in a slice; the ellipse of its outline where it is cut. */
static osarc_status measure_limb(limb_regions *out, const plane_room *r, const limb_view *view,
                                 const double at_mm[2], size_t limb, size_t k)
{
    size_t area = 0;
    size_t edge = 0;
    size_t rim = 0;
    double *xy = osi_alloc_raw(2 * r->count, sizeof(*xy), NULL);
    if (!xy)
        return OSARC_ERR_MEMORY;
    for (size_t y = 0, i = 0; y < r->size[1]; y++)
        for (size_t x = 0; x < r->size[0]; x++, i++) {
            if (r->owner[i] != limb + 1)
                continue;
            area++;
            if (limb_at_edge(view, x, y, k)) {
                edge++;
                continue;
            }
            if (!r->owner[i - 1] || !r->owner[i + 1] || !r->owner[i - r->size[0]] ||
                !r->owner[i + r->size[0]]) {
                xy[2 * rim] = (double) x * r->mm[0] - at_mm[0];
                xy[2 * rim + 1] = (double) y * r->mm[1] - at_mm[1];
                rim++;
            }
        }
    double pixel_mm2 = r->mm[0] * r->mm[1];
    double mm2 = (double) area * pixel_mm2;
    out->area_cm2[limb][k] = mm2 / 100;
    out->share[limb][k] = 1;
    if ((double) edge * fmin(r->mm[0], r->mm[1]) > CUT_MM) {
        double whole_mm2 = limb_ellipse_mm2(xy, rim);
        if (!(whole_mm2 > mm2 && whole_mm2 < 8 * mm2))
            whole_mm2 = mm2 * (double) (rim + edge) / (double) (rim ? rim : 1);
        out->share[limb][k] = fmin(1, mm2 / whole_mm2);
        out->state[limb][k] = LIMB_CUT;
    }
    osi_free(xy);
    return OSARC_OK;
}

/* What else the edge of the view cuts: area on each side of a limb, towards the left positive. */
static void measure_others(limb_regions *out, const plane_room *r, const limb_view *view,
                           const double at_mm[2], size_t limb, size_t k)
{
    double left_cm2[2] = {0, 0};
    int at_edge[2] = {0, 0};
    double pixel_cm2 = r->mm[0] * r->mm[1] / 100;
    double own = limb_left_mm(view, at_mm[0], at_mm[1]);
    double sum = 0;
    size_t count = 0;
    for (size_t y = 0, i = 0; y < r->size[1]; y++)
        for (size_t x = 0; x < r->size[0]; x++, i++) {
            double left = limb_left_mm(view, (double) x * r->mm[0], (double) y * r->mm[1]) - own;
            if (r->owner[i] == limb + 1) {
                sum += left;
                count++;
            } else if (r->owner[i] == FOREIGN) {
                left_cm2[left > 0] += pixel_cm2;
                at_edge[left > 0] |= limb_at_edge(view, x, y, k);
            }
        }
    for (int side = 0; side < 2; side++)
        if (at_edge[side] && left_cm2[side] >= OTHER_LIMB_CM2 &&
            left_cm2[side] > fabs(out->other_cm2[limb][k]))
            out->other_cm2[limb][k] = side ? left_cm2[side] : -left_cm2[side];
    if (count)
        out->aside_mm[limb][k] = -sum / (double) count;
}

/* 1 when what is no limb is much larger than the limb and holds bone: a trunk with an arm beside.
 */
static int is_beside_trunk(const plane_room *r, const limb_slice *slice, double limb_cm2)
{
    size_t foreign = 0;
    double bone_cm2 = 0;
    for (size_t i = 0; i < r->count; i++)
        foreign += r->owner[i] == FOREIGN;
    for (size_t n = 0; n < slice->count; n++) {
        const limb_section *s = &slice->sections[n];
        const double centre[2] = {s->x_mm, s->y_mm};
        if (r->owner[pixel_at(r, centre)] == FOREIGN)
            bone_cm2 += s->area_cm2;
    }
    return (double) foreign * r->mm[0] * r->mm[1] / 100 >= TRUNK_RATIO * limb_cm2 &&
           bone_cm2 >= TRUNK_BONE_CM2;
}

static osarc_status read_plane(limb_regions *out, plane_room *r, const limb_track *tracks,
                               size_t limbs, const limb_slice *slices, const limb_view *view,
                               size_t k)
{
    double at_mm[LIMBS_MAX][2] = {{0}};
    int there[LIMBS_MAX] = {0};
    int any = 0;
    for (size_t n = 0; n < limbs; n++) {
        there[n] = k >= tracks[n].low && k <= tracks[n].high;
        any |= there[n];
        if (there[n])
            limb_track_at(at_mm[n], &tracks[n], slices, view, k);
    }
    if (!any)
        return OSARC_OK;
    size_t z = limb_middle_of(k, view->f[2], view->n[2]);
    int16_t body_from = osarc_image_threshold(view->image, CONTACT_HU);
    int16_t soft_from = osarc_image_threshold(view->image, -30);
    for (size_t y = 0, i = 0; y < r->size[1]; y++)
        for (size_t x = 0; x < r->size[0]; x++, i++) {
            size_t at = limb_voxel(view, limb_middle_of(x, view->f[0], view->n[0]),
                                   limb_middle_of(y, view->f[1], view->n[1]), z);
            r->set[i] = view->t[at] && view->v[at] >= body_from;
            r->soft[i] = view->t[at] && view->t[at] != OSARC_TISSUE_SUBCUTANEOUS_FAT &&
                         (view->v[at] >= soft_from || view->t[at] >= OSARC_TISSUE_COMPACT_BONE);
        }
    uint32_t count;
    size_t *sizes = NULL;
    osarc_status status = osi_components(r->body, &count, &sizes, r->set, r->size, NULL);
    osi_free(sizes);
    if (status)
        return status;
    int failed = 0;
    uint8_t *body = r->soft + r->count; /* second half of the same block */
    memcpy(body, r->set, r->count);
    double farthest_mm = CONTACT_WIDE_MM + CONTACT_MM;
    int apart = find_cores(r, body, CONTACT_WIDE_MM, NEAR_MM, at_mm, there, limbs, &failed);
    if (!apart || !r->touched) {
        farthest_mm = CONTACT_MM + 2 * fmax(r->mm[0], r->mm[1]);
        apart = find_cores(r, body, CONTACT_MM, NEAR_MM, at_mm, there, limbs, &failed);
    }
    if (!apart && limbs > 1 && there[0] && there[1]) {
        farthest_mm = INFINITY;
        apart = find_cores(r, r->soft, CORE_ERODED_MM, FAR_MM, at_mm, there, limbs, &failed);
    }
    if (failed)
        return OSARC_ERR_MEMORY;
    r->owner = out->owner + k * r->count;
    share_out(r, at_mm, there, limbs, farthest_mm);
    for (size_t n = 0; n < limbs && !status; n++) {
        if (!there[n])
            continue;
        out->state[n][k] = LIMB_WHOLE;
        status = measure_limb(out, r, view, at_mm[n], n, k);
        measure_others(out, r, view, at_mm[n], n, k);
        if (!apart || is_joined(r, &slices[k], at_mm[n], n) ||
            is_beside_trunk(r, &slices[k], out->area_cm2[n][k]))
            out->state[n][k] = LIMB_JOINED;
    }
    return status;
}

osarc_status limb_regions_find(limb_regions *out, const limb_track *tracks, size_t count,
                               const limb_slice *slices, const limb_view *view, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    out->owner = osi_alloc(view->s[2] * view->s[0] * view->s[1], 1, err);
    int failed = !out->owner;
    for (size_t n = 0; n < LIMBS_MAX && !failed; n++) {
        out->state[n] = osi_alloc(view->s[2], sizeof(limb_state), err);
        out->share[n] = osi_alloc(view->s[2], sizeof(double), err);
        out->aside_mm[n] = osi_alloc(view->s[2], sizeof(double), err);
        out->area_cm2[n] = osi_alloc(view->s[2], sizeof(double), err);
        out->other_cm2[n] = osi_alloc(view->s[2], sizeof(double), err);
        failed = !out->state[n] || !out->share[n] || !out->aside_mm[n] || !out->area_cm2[n] ||
                 !out->other_cm2[n];
    }
    if (failed)
        return OSARC_ERR_MEMORY;
#pragma omp parallel num_threads(view->threads) reduction(| : failed)
    {
        plane_room r = {0};
        failed |= make_room(&r, view, NULL) != OSARC_OK;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < view->s[2]; k++)
            if (!failed)
                failed |= read_plane(out, &r, tracks, count, slices, view, k) != OSARC_OK;
        free_room(&r);
    }
    if (failed)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory to tell limbs apart");
    for (size_t n = 0; n < count; n++) {
        double sum = 0;
        size_t seen = 0;
        for (size_t k = tracks[n].low; k <= tracks[n].high; k++)
            if (out->state[n][k] == LIMB_WHOLE ||
                (out->state[n][k] == LIMB_CUT && out->share[n][k] >= SIDE_SHARE)) {
                sum += out->aside_mm[n][k];
                seen++;
            }
        out->offset_mm[n] = seen ? sum / (double) seen : NAN;
    }
    return OSARC_OK;
}

void limb_regions_free(limb_regions *regions)
{
    osi_free(regions->owner);
    for (size_t n = 0; n < LIMBS_MAX; n++) {
        osi_free(regions->state[n]);
        osi_free(regions->share[n]);
        osi_free(regions->aside_mm[n]);
        osi_free(regions->area_cm2[n]);
        osi_free(regions->other_cm2[n]);
    }
    memset(regions, 0, sizeof(*regions));
}
