/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/fail.h>

#include "limits.h"
#include "plane.h"

/* Cores thick and large enough to be a body part; the rest is table, tube and blanket. */
static osarc_status keep_parts(const work *w, uint8_t *core, const float *depth_mm,
                               osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    float *thickest = NULL;
    uint32_t *part = osi_alloc_raw(w->count, sizeof(*part), err);
    if (!part)
        return OSARC_ERR_MEMORY;
    osarc_status status = osi_components(part, &count, &sizes, core, w->size, err);
    if (status)
        goto cleanup;
    thickest = osi_alloc((size_t) count + 1, sizeof(*thickest), err);
    if (!thickest) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    size_t largest = 0;
    for (uint32_t c = 1; c <= count; c++)
        if (sizes[c] > largest)
            largest = sizes[c];
    for (size_t i = 0; i < w->count; i++)
        if (part[i] && depth_mm[i] > thickest[part[i]])
            thickest[part[i]] = depth_mm[i];
    double least = least_cm3(w, PART_MIN_CM3);
    for (size_t i = 0; i < w->count; i++) {
        uint32_t c = part[i];
        core[i] = c && (sizes[c] == largest ||
                        (thickest[c] >= LIMB_MM && (double) sizes[c] * w->voxel_cm3 >= least));
    }
cleanup:
    osi_free(thickest);
    osi_free(sizes);
    osi_free(part);
    return status;
}

/*
 * Air spaces that the body encloses in an axial plane. Air that is open to the outside in 3-D
 * as well (between thighs or under an arm) is not the body's, unless it is lung.
 */
static osarc_status fill_cavities(work *w, uint8_t *body, osarc_error *err)
{
    uint8_t *open = osi_alloc(w->count, 1, err);
    if (!open)
        return OSARC_ERR_MEMORY;
    size_t plane = w->size[0] * w->size[1];
    int failed = 0;
#pragma omp parallel for schedule(dynamic) num_threads(w->threads) reduction(| : failed)
    for (size_t k = 0; k < w->size[2]; k++)
        failed |= plane_flood(open + k * plane, body + k * plane, w->size[0], w->size[1]);
    osarc_status status = OSARC_OK;
    uint32_t *part = NULL;
    size_t *sizes = NULL;
    int64_t *sums = NULL;
    uint32_t count = 0;
    if (failed) {
        status = osi_fail(err, OSARC_ERR_MEMORY, "no memory to fill body cavities");
        goto cleanup;
    }
    /* closed in its plane: candidates; those that touch open air above or below and hold air, not
     * lung, are open */
    uint8_t *closed = open;
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < w->count; i++)
        closed[i] = !open[i] && !body[i];
    part = osi_alloc_raw(w->count, sizeof(*part), err);
    if (!part) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    status = osi_components(part, &count, &sizes, closed, w->size, err);
    if (status)
        goto cleanup;
    sums = osi_alloc(2 * ((size_t) count + 1), sizeof(*sums), err);
    if (!sums) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    int64_t *touches = sums + count + 1;
    for (size_t i = 0; i < w->count; i++) {
        uint32_t c = part[i];
        if (!c)
            continue;
        sums[c] += w->hu[i];
        if ((i >= plane && !part[i - plane] && !body[i - plane]) ||
            (i + plane < w->count && !part[i + plane] && !body[i + plane]))
            touches[c] = 1;
    }
    for (size_t i = 0; i < w->count; i++) {
        uint32_t c = part[i];
        if (c && (!touches[c] || (double) sums[c] > LUNG_LOW_HU * (double) sizes[c]))
            body[i] = 1;
    }
cleanup:
    osi_free(sums);
    osi_free(sizes);
    osi_free(part);
    osi_free(open);
    return status;
}

osarc_status find_body(work *w, double *removed_cm3, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    uint8_t *solid = osi_alloc_raw(w->count, 1, err);
    uint8_t *core = osi_alloc_raw(w->count, 1, err);
    float *mm = osi_alloc_raw(w->count, sizeof(*mm), err);
    if (!solid || !core || !mm) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    /* depth below the nearest air */
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < w->count; i++)
        core[i] = w->hu[i] <= BODY_HU;
    status = osi_distance_limited_mm(mm, core, w->size, w->mm, LIMB_MM, w->threads, err);
    if (status)
        goto cleanup;
    size_t solids = 0;
    size_t cores = 0;
#pragma omp parallel for schedule(static) num_threads(w->threads) reduction(+ : solids, cores)
    for (size_t i = 0; i < w->count; i++) {
        solid[i] = !core[i];
        solids += solid[i];
        core[i] = mm[i] > OPENING_MM;
        cores += core[i];
    }
    if (cores == 0) {
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "no body in view: nothing over %g HU is thicker than %g mm", BODY_HU,
                          2 * OPENING_MM);
        goto cleanup;
    }
    status = keep_parts(w, core, mm, err);
    double reach = OPENING_MM + 0.75 * fmax(w->mm[0], w->mm[1]);
    if (!status)
        status = osi_distance_limited_mm(mm, core, w->size, w->mm, reach, w->threads, err);
    if (status)
        goto cleanup;
    size_t kept = 0;
#pragma omp parallel for schedule(static) num_threads(w->threads) reduction(+ : kept)
    for (size_t i = 0; i < w->count; i++) {
        core[i] = solid[i] && mm[i] <= reach;
        kept += core[i];
    }
    *removed_cm3 = (double) (solids - kept) * w->voxel_cm3;
    status = fill_cavities(w, core, err);
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < w->count; i++)
        if (core[i])
            w->flags[i] |= WORK_BODY;
cleanup:
    osi_free(mm);
    osi_free(core);
    osi_free(solid);
    return status;
}
