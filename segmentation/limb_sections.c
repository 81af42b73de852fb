/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

#include "limb_limits.h"
#include "plane.h"

/* Bones of each slice, and which of them look like the shaft of a long bone. */

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE ||
           label == OSARC_TISSUE_METAL;
}

static void judge(limb_section *s)
{
    double wide = s->high_mm[0] - s->low_mm[0];
    double high = s->high_mm[1] - s->low_mm[1];
    s->is_shaft = s->area_cm2 >= SHAFT_LOW_CM2 && s->area_cm2 <= SHAFT_HIGH_CM2 &&
                  fmax(wide, high) <= SHAFT_WIDE_MM &&
                  fmax(wide, high) <= SHAFT_SLENDER * fmin(wide, high) &&
                  100 * s->area_cm2 >= SHAFT_FILL * wide * high && s->compact >= SHAFT_COMPACT &&
                  s->body_cm2 >= THIGH_LEAST_CM2;
}

/* Reads components of bone into sections; `part` holds their numbers. */
static void collect(limb_slice *slice, const limb_view *view, const uint32_t *part,
                    const uint32_t *body, const uint8_t *label)
{
    double pixel_cm2 = view->smm[0] * view->smm[1] / 100;
    for (size_t n = 0; n < slice->count; n++)
        slice->sections[n] = (limb_section){.low_mm = {INFINITY, INFINITY},
                                            .high_mm = {-INFINITY, -INFINITY},
                                            .number = (uint32_t) n + 1};
    for (size_t y = 0, i = 0; y < view->s[1]; y++)
        for (size_t x = 0; x < view->s[0]; x++, i++) {
            if (!part[i])
                continue;
            limb_section *s = &slice->sections[part[i] - 1];
            const double at[2] = {(double) x * view->smm[0], (double) y * view->smm[1]};
            s->x_mm += at[0];
            s->y_mm += at[1];
            s->area_cm2 += 1;
            s->compact += label[i] != OSARC_TISSUE_TRABECULAR_BONE;
            s->body = body[i];
            for (int a = 0; a < 2; a++) {
                s->low_mm[a] = fmin(s->low_mm[a], at[a] - view->smm[a] / 2);
                s->high_mm[a] = fmax(s->high_mm[a], at[a] + view->smm[a] / 2);
            }
        }
    for (size_t n = 0; n < slice->count; n++) {
        limb_section *s = &slice->sections[n];
        s->x_mm /= s->area_cm2;
        s->y_mm /= s->area_cm2;
        s->compact /= s->area_cm2;
        s->area_cm2 *= pixel_cm2;
        s->body_cm2 = slice->body_cm2[s->body];
        judge(s);
    }
}

/* Bone of a part of the body with gas in it is the trunk's. */
static osarc_status drop_trunk(limb_slice *slice, const limb_view *view, const uint32_t *body,
                               const uint8_t *label)
{
    double *gas_cm2 = osi_alloc((size_t) slice->bodies + 1, sizeof(*gas_cm2), NULL);
    if (!gas_cm2)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < view->s[0] * view->s[1]; i++)
        if (label[i] == OSARC_TISSUE_GAS)
            gas_cm2[body[i]] += view->smm[0] * view->smm[1] / 100;
    for (size_t n = 0; n < slice->count; n++)
        if (gas_cm2[slice->sections[n].body] > GAS_CM2)
            slice->sections[n].is_shaft = 0;
    osi_free(gas_cm2);
    return OSARC_OK;
}

/* What the cortex closes in is marrow, whatever it was taken for: coarse slices lose its label. */
static osarc_status fill_marrow_of(uint8_t *set, uint8_t *label, uint8_t *open,
                                   const size_t size[3])
{
    size_t plane = size[0] * size[1];
    memset(open, 0, plane);
    if (plane_flood(open, set, size[0], size[1]))
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < plane; i++)
        if (!set[i] && !open[i] && label[i]) {
            set[i] = 1;
            label[i] = OSARC_TISSUE_TRABECULAR_BONE;
        }
    return OSARC_OK;
}

static osarc_status read_slice(limb_slice *slice, const limb_view *view, size_t k, osarc_error *err)
{
    const size_t size[3] = {view->s[0], view->s[1], 1};
    size_t plane = size[0] * size[1];
    size_t z = limb_middle_of(k, view->f[2], view->n[2]);
    uint8_t *label = osi_alloc_raw(plane, 1, err);
    uint8_t *set = osi_alloc_raw(plane, 1, err);
    uint8_t *open = osi_alloc_raw(plane, 1, err);
    uint32_t *part = osi_alloc_raw(plane, sizeof(*part), err);
    uint32_t *body = osi_alloc_raw(plane, sizeof(*body), err);
    size_t *sizes = NULL;
    uint32_t count = 0;
    osarc_status status = label && set && open && part && body ? OSARC_OK : OSARC_ERR_MEMORY;
    if (status)
        goto cleanup;
    for (size_t y = 0, i = 0; y < size[1]; y++)
        for (size_t x = 0; x < size[0]; x++, i++) {
            label[i] = view->t[limb_voxel(view, limb_middle_of(x, view->f[0], view->n[0]),
                                          limb_middle_of(y, view->f[1], view->n[1]), z)];
            set[i] = label[i] != 0;
        }
    status = osi_components(body, &slice->bodies, &sizes, set, size, err);
    if (status)
        goto cleanup;
    slice->body_cm2 = osi_alloc((size_t) slice->bodies + 1, sizeof(*slice->body_cm2), err);
    for (uint32_t n = 1; slice->body_cm2 && n <= slice->bodies; n++)
        slice->body_cm2[n] = (double) sizes[n] * view->smm[0] * view->smm[1] / 100;
    osi_free(sizes);
    sizes = NULL;
    for (size_t i = 0; i < plane; i++)
        set[i] = (uint8_t) is_bone(label[i]);
    status = fill_marrow_of(set, label, open, size);
    if (!status)
        status = osi_components(part, &count, &sizes, set, size, err);
    if (status)
        goto cleanup;
    slice->sections = osi_alloc((size_t) count + 1, sizeof(*slice->sections), err);
    if (!slice->body_cm2 || !slice->sections) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    slice->count = count;
    collect(slice, view, part, body, label);
    status = drop_trunk(slice, view, body, label);
cleanup:
    osi_free(sizes);
    osi_free(body);
    osi_free(part);
    osi_free(open);
    osi_free(set);
    osi_free(label);
    return status;
}

osarc_status limb_slices_read(limb_slice **out, const limb_view *view, osarc_error *err)
{
    limb_slice *slices = osi_alloc(view->s[2], sizeof(*slices), err);
    *out = slices;
    if (!slices)
        return OSARC_ERR_MEMORY;
    int failed = 0;
#pragma omp parallel for schedule(dynamic) num_threads(view->threads) reduction(| : failed)
    for (size_t k = 0; k < view->s[2]; k++)
        failed |= read_slice(&slices[k], view, k, NULL) != OSARC_OK;
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to look for limbs") : OSARC_OK;
}

void limb_slices_free(limb_slice *slices, size_t count)
{
    for (size_t k = 0; slices && k < count; k++) {
        osi_free(slices[k].sections);
        osi_free(slices[k].body_cm2);
    }
    osi_free(slices);
}
