/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference that is known to be empty beyond its grid, carried on to a grid that holds the test.
 */
#include "overlap_private.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

/* Voxels to add before and after, so that the labelled part of a test grid lies inside. */
static void find_margins(double before[3], double after[3], const osarc_grid *grid,
                         const osarc_grid *test, const osi_extent *extent)
{
    for (int axis = 0; axis < 3; axis++) {
        before[axis] = 0;
        after[axis] = 0;
    }
    for (int corner = 0; extent->count > 0 && corner < 8; corner++) {
        double ijk[3];
        double lps[3];
        double index[3];
        for (int axis = 0; axis < 3; axis++)
            ijk[axis] =
                (corner >> axis) & 1 ? (double) extent->high[axis] - 1 : (double) extent->low[axis];
        osarc_grid_position_mm(test, ijk, lps);
        osarc_grid_index(grid, lps, index);
        for (int axis = 0; axis < 3; axis++) {
            double nearest = floor(index[axis] + 0.5);
            before[axis] = fmax(before[axis], -nearest);
            after[axis] = fmax(after[axis], nearest - (double) grid->size[axis] + 1);
        }
    }
}

static void join_labels(osi_extent *out, const osarc_mask *mask, int threads)
{
    osi_extent extents[256];
    osi_label_extents(extents, osarc_mask_labels(mask), osarc_mask_grid(mask)->size, threads);
    *out = extents[1];
    for (size_t label = 2; label < 256; label++)
        *out = osi_extent_join(out, &extents[label]);
}

static osarc_status copy_into(osarc_mask **out, const osarc_mask *from, const osarc_grid *grid,
                              const size_t shift[3], osarc_error *err)
{
    osarc_status status = osarc_mask_create(out, grid, err);
    if (status)
        return status;
    const osarc_grid *old = osarc_mask_grid(from);
    const uint8_t *labels = osarc_mask_labels(from);
    uint8_t *to = osarc_mask_fill(*out);
    for (size_t z = 0; z < old->size[2]; z++)
        for (size_t y = 0; y < old->size[1]; y++)
            memcpy(to + ((z + shift[2]) * grid->size[1] + y + shift[1]) * grid->size[0] + shift[0],
                   labels + (z * old->size[1] + y) * old->size[0], old->size[0]);
    return OSARC_OK;
}

void osi_layers_free(osarc_mask **layers, size_t count)
{
    for (size_t i = 0; layers && i < count; i++)
        osarc_mask_free(layers[i]);
    osi_free(layers);
}

osarc_status osi_overlap_extend(osarc_mask ***out, const osarc_overlap_side *side,
                                const osarc_overlap_side *test, int threads, osarc_error *err)
{
    *out = NULL;
    osi_extent extent = {.low = {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
    for (size_t i = 0; i < test->layer_count; i++) {
        osi_extent own;
        join_labels(&own, test->layers[i], threads);
        extent = osi_extent_join(&extent, &own);
    }
    osarc_grid grid = *osarc_mask_grid(side->layers[0]);
    double before[3];
    double after[3];
    find_margins(before, after, &grid, osarc_mask_grid(test->layers[0]), &extent);
    size_t shift[3];
    double added = 0;
    for (int axis = 0; axis < 3; axis++) {
        if (!(before[axis] + after[axis] < 65536))
            return osi_fail(err, OSARC_ERR_GEOMETRY, "reference and test lie too far apart");
        added += before[axis] + after[axis];
        shift[axis] = (size_t) before[axis];
        grid.size[axis] += (size_t) before[axis] + (size_t) after[axis];
    }
    if (added == 0)
        return OSARC_OK;
    osarc_grid_position_mm(osarc_mask_grid(side->layers[0]),
                           (const double[3]){-before[0], -before[1], -before[2]}, grid.origin_mm);
    osarc_mask **layers = osi_alloc(side->layer_count, sizeof(osarc_mask *), err);
    osarc_status status = layers ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < side->layer_count; i++)
        status = copy_into(&layers[i], side->layers[i], &grid, shift, err);
    if (status) {
        osi_layers_free(layers, side->layer_count);
        return status;
    }
    *out = layers;
    return OSARC_OK;
}
