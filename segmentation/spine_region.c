/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/alloc.h>
#include <osi/fail.h>

#include "spine_parts.h"

/* share of the depth, from the canal, where the basivertebral vein enters */
#define REGION_VEIN_SHARE 0.36
#define REGION_MIN_CM3    0.5

osarc_status osarc_spine_trabecular(size_t **voxels_out, size_t *count_out,
                                    const osarc_spine *spine, size_t index,
                                    const osarc_trabecular_options *options, osarc_error *err)
{
    if (!voxels_out || !count_out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no place for the voxels");
    *voxels_out = NULL;
    *count_out = 0;
    if (!spine || index >= spine->count)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no vertebra %zu", index);
    const osarc_vertebra *v = &spine->vertebrae[index];
    const level_part *part = &spine->parts[index];
    if (!v->whole)
        return osi_fail(err, OSARC_ERR_QUALITY, "the view cuts the vertebral body");
    if (v->spoiled[0])
        return osi_fail(err, OSARC_ERR_QUALITY, "%s", v->spoiled);
    double deeper = options ? options->deeper_mm : 0;
    double up = options ? options->up_mm : 0;
    double lower_mm = part->plate_mm[0] + deeper;
    double upper_mm = part->plate_mm[1] + deeper;
    double wall_mm = spine->wall_mm + deeper;
    size_t *voxels = osi_alloc_raw(part->voxel_count + 1, sizeof(*voxels), err);
    if (!voxels)
        return OSARC_ERR_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < part->voxel_count; i++) {
        const body_voxel *b = &part->voxels[i];
        if (b->within_wall_mm >= wall_mm && b->over_lower_mm - up >= lower_mm &&
            b->under_upper_mm + up >= upper_mm &&
            b->from_back_mm >= REGION_VEIN_SHARE * part->depth_mm + deeper)
            voxels[count++] = b->index;
    }
    double cm3 = (double) count * osarc_grid_voxel_mm3(osarc_mask_grid(spine->bodies)) / 1000;
    if (cm3 < REGION_MIN_CM3) {
        osi_free(voxels);
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "only %.2f cm3 of the body lie %.1f mm from its wall and %.1f mm from its "
                        "end plates, %.1f cm3 are needed",
                        cm3, wall_mm, fmax(lower_mm, upper_mm), REGION_MIN_CM3);
    }
    *voxels_out = voxels;
    *count_out = count;
    return OSARC_OK;
}

void osarc_spine_margins(const osarc_spine *spine, double *wall_mm, double *plate_mm)
{
    *wall_mm = spine->wall_mm;
    *plate_mm = spine->plate_mm;
}

void osarc_voxels_free(size_t *voxels)
{
    osi_free(voxels);
}
