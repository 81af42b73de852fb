/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/limb.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "canonical.h"
#include "limb_limits.h"
#include "limb_parts.h"

struct osarc_limbs {
    osarc_limb limb[LIMBS_MAX];
    size_t count;
    osarc_mask *codes;
};

/* What is known of each full slice of a limb. */
typedef struct extent {
    limb_state *state;
    uint8_t *left_out; /* holds voxels that are left out */
    size_t low, high;
} extent;

static void find_longest(size_t run[2], const extent *e, int without_left_out)
{
    size_t best = 0;
    run[0] = 1;
    run[1] = 0;
    for (size_t z = e->low; z <= e->high; z++) {
        size_t end = z;
        while (end <= e->high && e->state[end] == LIMB_WHOLE &&
               !(without_left_out && e->left_out[end]))
            end++;
        if (end - z > best) {
            best = end - z;
            run[0] = z;
            run[1] = end - 1;
        }
        z = end > z ? end - 1 : z;
    }
}

/* Extent, slice of the areas, and what was left out of the extent. */
static void choose(osarc_limb *limb, const extent *e, const limb_track *track,
                   const limb_slice *slices, const limb_view *view, const limb_regions *regions,
                   size_t index)
{
    size_t run[2];
    find_longest(run, e, 0);
    double stack_mm = (double) view->n[2] * view->mm[2];
    double length_mm = run[0] <= run[1] ? (double) (run[1] - run[0] + 1) * view->mm[2] : 0;
    for (size_t z = e->low; z <= e->high; z++) {
        limb->slices_cut += e->state[z] == LIMB_CUT;
        limb->slices_joined += e->state[z] == LIMB_JOINED;
    }
    limb->share_in_view = 1;
    if (length_mm < fmin(MERGED_MIN_MM, 0.5 * stack_mm)) {
        double sum = 0;
        size_t count = 0;
        for (size_t k = track->low; k <= track->high; k++)
            if (regions->state[index][k] == LIMB_CUT) {
                sum += regions->share[index][k];
                count++;
            }
        limb->first = 1;
        limb->last = 0;
        if (count)
            limb->share_in_view = sum / (double) count;
        limb->refused = limb->slices_cut ? "the edge of the view cuts the limb"
                                         : "the limb is joined to the trunk in every slice";
        return;
    }
    limb->first = run[0];
    limb->last = run[1];
    limb->middle = (run[0] + run[1]) / 2;
    size_t clear[2];
    find_longest(clear, e, 1);
    if (clear[0] <= clear[1] &&
        (double) (clear[1] - clear[0] + 1) * view->mm[2] >= fmin(MERGED_MIN_MM, length_mm))
        limb->middle = (clear[0] + clear[1]) / 2;
    size_t feet;
    size_t head;
    if (limb_femur_ends(&feet, &head, track, slices, view, regions->offset_mm[index])) {
        size_t low = limb_middle_of(feet < head ? feet : head, view->f[2], view->n[2]);
        size_t high = limb_middle_of(feet < head ? head : feet, view->f[2], view->n[2]);
        limb->femur_mm = (double) (high - low) * view->mm[2];
        size_t middle = (low + high) / 2;
        if (middle >= limb->first && middle <= limb->last) {
            limb->middle = middle;
            limb->is_mid_thigh = 1;
        }
    }
}

/* To which side of the shaft the pelvis lies: over 0 towards the left. */
static double find_pelvis(const limb_track *track, const limb_slice *slices, const limb_view *view)
{
    double sum = 0;
    for (size_t k = track->low; k <= track->high; k++) {
        double at[2];
        limb_track_at(at, track, slices, view, k);
        for (size_t n = 0; n < slices[k].count; n++) {
            const limb_section *s = &slices[k].sections[n];
            if (s->area_cm2 < HIP_BONE_CM2 ||
                hypot(s->x_mm - at[0], s->y_mm - at[1]) < PELVIS_AWAY_MM)
                continue;
            sum += s->area_cm2 * limb_left_mm(view, s->x_mm - at[0], s->y_mm - at[1]);
        }
    }
    return sum;
}

/* Where the femurs lie to each other, else to which side of its limb the femur lies. */
static void find_sides(osarc_limbs *out, const limb_track *tracks, const limb_slice *slices,
                       const limb_view *view, const limb_regions *regions)
{
    double left[LIMBS_MAX] = {0};
    for (size_t n = 0; n < out->count; n++) {
        osarc_limb *limb = &out->limb[n];
        double offset = regions->offset_mm[n];
        double at[2];
        limb_track_at(at, &tracks[n], slices, view, (tracks[n].low + tracks[n].high) / 2);
        left[n] = limb_left_mm(view, at[0], at[1]);
        limb->side_from = "not known: the femur lies in the middle of its limb";
        if (fabs(offset) >= SIDE_OFFSET_MM) {
            limb->side = offset > 0 ? OSARC_SIDE_LEFT : OSARC_SIDE_RIGHT;
            limb->side_from = "the femur lies to the outside of its limb";
        }
        double pelvis = find_pelvis(&tracks[n], slices, view);
        if (limb->slices_joined && pelvis != 0) {
            limb->side = pelvis < 0 ? OSARC_SIDE_LEFT : OSARC_SIDE_RIGHT;
            limb->side_from = "where the pelvis lies";
        }
    }
    if (out->count == 2) {
        size_t on_left = left[0] > left[1] ? 0 : 1;
        for (size_t n = 0; n < 2; n++) {
            out->limb[n].side = n == on_left ? OSARC_SIDE_LEFT : OSARC_SIDE_RIGHT;
            out->limb[n].side_from = "where both femurs lie";
        }
    }
}

/* A limb that shows no femur, cut by the edge of the view beside the one that does. */
static void find_other(osarc_limbs *out, const limb_regions *regions, const limb_view *view)
{
    const osarc_limb *own = &out->limb[0];
    if (out->count != 1 || own->side == OSARC_SIDE_UNKNOWN || own->refused[0])
        return;
    double sum = 0;
    double whole = 0;
    size_t seen = 0;
    size_t all = 0;
    for (size_t k = own->first / view->f[2]; k <= own->last / view->f[2]; k++) {
        double other = regions->other_cm2[0][k];
        all++;
        whole += regions->area_cm2[0][k];
        if (own->side == OSARC_SIDE_LEFT ? other < 0 : other > 0) {
            sum += fabs(other);
            seen++;
        }
    }
    if (2 * seen < all)
        return;
    osarc_limb *other = &out->limb[1];
    *other = (osarc_limb){.is_second = 1,
                          .side = own->side == OSARC_SIDE_LEFT ? OSARC_SIDE_RIGHT : OSARC_SIDE_LEFT,
                          .side_from = "it lies to the inside of the other one",
                          .axis = own->axis,
                          .first = 1,
                          .femur_mm = NAN,
                          .share_in_view = fmin(1, sum / whole),
                          .refused = "the edge of the view cuts the limb"};
    out->count = 2;
}

static osarc_status code_limb(osarc_limbs *out, uint8_t *codes, const limb_track *tracks,
                              const limb_slice *slices, const limb_view *view,
                              const limb_regions *regions, size_t n, osarc_error *err)
{
    extent e = {0};
    e.state = osi_alloc(view->n[2], sizeof(*e.state), err);
    e.left_out = osi_alloc(view->n[2], 1, err);
    int failed = !e.state || !e.left_out;
    e.low = tracks[n].low * view->f[2];
    e.high = (tracks[n].high + 1) * view->f[2];
    e.high = (e.high < view->n[2] ? e.high : view->n[2]) - 1;
    size_t plane = view->n[0] * view->n[1];
#pragma omp parallel for schedule(dynamic) num_threads(view->threads) reduction(| : failed)
    for (size_t z = e.low; z <= e.high; z++) {
        if (failed)
            continue;
        int cut = 0;
        e.state[z] = regions->state[n][z / view->f[2]];
        if (e.state[z] != LIMB_WHOLE)
            continue;
        failed |= limb_plane_code(codes, &cut, view, regions, n, z, NULL) != OSARC_OK;
        if (cut)
            e.state[z] = LIMB_CUT;
        unsigned mine = n ? OSARC_LIMB_SECOND : 0;
        for (size_t i = z * plane; i < (z + 1) * plane && !e.left_out[z]; i++)
            e.left_out[z] =
                (codes[i] & OSARC_LIMB_EXCLUDED) && (codes[i] & OSARC_LIMB_SECOND) == mine;
    }
    if (!failed) {
        osarc_limb *limb = &out->limb[n];
        choose(limb, &e, &tracks[n], slices, view, regions, n);
        /* beside the extent nothing is told */
        for (size_t z = e.low; z <= e.high; z++)
            if (limb->refused[0] || z < limb->first || z > limb->last)
                for (size_t i = z * plane; i < (z + 1) * plane; i++)
                    if (codes[i] && !(codes[i] & OSARC_LIMB_SECOND) == (n == 0))
                        codes[i] = 0;
    }
    osi_free(e.left_out);
    osi_free(e.state);
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to label limbs") : OSARC_OK;
}

/* A shaft that is nowhere apart from the trunk: an upper femur, an arm or no femur at all. */
static void drop_joined(osarc_limbs *out)
{
    while (out->count && out->limb[out->count - 1].refused[0] &&
           !out->limb[out->count - 1].slices_cut)
        out->count--;
}

static osarc_status find(osarc_limbs *out, const limb_view *view, osarc_error *err)
{
    limb_slice *slices = NULL;
    limb_track tracks[LIMBS_MAX] = {{0}};
    limb_regions regions = {0};
    uint8_t *codes = NULL;
    size_t voxels = osarc_grid_count(view->grid);
    osarc_status status = limb_slices_read(&slices, view, err);
    if (!status)
        status = limb_tracks_find(tracks, &out->count, slices, view, err);
    if (status || out->count == 0)
        goto cleanup;
    codes = view->own_v ? osi_alloc(voxels, 1, err) : osarc_mask_fill(out->codes);
    status = codes ? limb_regions_find(&regions, tracks, out->count, slices, view, err)
                   : OSARC_ERR_MEMORY;
    for (size_t n = 0; n < out->count && !status; n++) {
        out->limb[n] =
            (osarc_limb){.is_second = n > 0, .axis = view->axis[2], .femur_mm = NAN, .refused = ""};
        status = code_limb(out, codes, tracks, slices, view, &regions, n, err);
    }
    if (status)
        goto cleanup;
    find_sides(out, tracks, slices, view, &regions);
    drop_joined(out);
    find_other(out, &regions, view);
    if (view->own_v)
        canonical_copy(osarc_mask_fill(out->codes), codes, view->grid, view->axis, 1, 0,
                       view->threads);
cleanup:
    if (view->own_v)
        osi_free(codes);
    limb_regions_free(&regions);
    for (size_t n = 0; n < LIMBS_MAX; n++)
        limb_track_free(&tracks[n]);
    limb_slices_free(slices, view->s[2]);
    return status;
}

osarc_status osarc_limbs_find(osarc_limbs **out, const osarc_image *image, const osarc_mask *tissue,
                              const osarc_limb_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "image and tissue labels are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "limbs are found in HU, the image has another unit");
    const osarc_grid *grid = osarc_image_grid(image);
    const osarc_mask *exclude = options ? options->exclude : NULL;
    if (!osarc_grid_same(grid, osarc_mask_grid(tissue), 0.01) ||
        (exclude && !osarc_grid_same(grid, osarc_mask_grid(exclude), 0.01)))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and masks lie on different grids");
    limb_view view = {0};
    osarc_limbs *limbs = osi_alloc(1, sizeof(*limbs), err);
    osarc_status status = limbs ? osarc_mask_create(&limbs->codes, grid, err) : OSARC_ERR_MEMORY;
    if (!status)
        status = limb_view_create(&view, image, tissue, options, err);
    if (!status)
        status = find(limbs, &view, err);
    limb_view_free(&view);
    if (status)
        osarc_limbs_free(limbs);
    else
        *out = limbs;
    return status;
}

size_t osarc_limbs_count(const osarc_limbs *limbs)
{
    return limbs->count;
}

const osarc_limb *osarc_limbs_at(const osarc_limbs *limbs, size_t index)
{
    return index < limbs->count ? &limbs->limb[index] : NULL;
}

const osarc_mask *osarc_limbs_codes(const osarc_limbs *limbs)
{
    return limbs->codes;
}

void osarc_limbs_label(const osarc_limbs *limbs, osarc_mask *tissue)
{
    const uint8_t *codes = osarc_mask_labels(limbs->codes);
    uint8_t *labels = osarc_mask_fill(tissue);
    size_t count = osarc_grid_count(osarc_mask_grid(tissue));
    for (size_t i = 0; i < count; i++)
        if (codes[i])
            labels[i] =
                codes[i] & OSARC_LIMB_EXCLUDED ? OSARC_TISSUE_SOFT : codes[i] & OSARC_LIMB_TISSUE;
}

void osarc_limbs_free(osarc_limbs *limbs)
{
    if (!limbs)
        return;
    osarc_mask_free(limbs->codes);
    osi_free(limbs);
}
