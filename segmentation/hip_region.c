/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/hip.h>

#include <math.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "femur_limits.h"

/* Farther from the surface than rim and half a blurred voxel reach. */
static double find_margin(const osarc_grid *grid)
{
    double widest = fmax(grid->spacing_mm[0], fmax(grid->spacing_mm[1], grid->spacing_mm[2]));
    return fmax(CORE_MARGIN_MM, 1.5 * widest);
}

/* Counts the voxels of the core; notes them where there is room. */
static size_t gather(size_t *voxels, const osarc_femur *f, const osarc_mask *mask, double most_mm)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    const uint8_t *codes = osarc_mask_labels(mask);
    double middle[3];
    size_t low[3];
    size_t high[3];
    size_t count = 0;
    osarc_grid_index(grid, f->head_mm, middle);
    for (int a = 0; a < 3; a++) {
        double reach = most_mm / grid->spacing_mm[a];
        double last = (double) grid->size[a] - 1;
        low[a] = (size_t) fmin(fmax(middle[a] - reach, 0), last);
        high[a] = (size_t) fmin(fmax(middle[a] + reach + 1, 0), last);
    }
    for (size_t z = low[2]; z <= high[2]; z++)
        for (size_t y = low[1]; y <= high[1]; y++)
            for (size_t x = low[0]; x <= high[0]; x++) {
                size_t i = (z * grid->size[1] + y) * grid->size[0] + x;
                double p[3];
                double r2 = 0;
                /* no voxel is left out for being bright: that would cut off the mean */
                if (!(codes[i] & OSARC_FEMUR_PRESENT) ||
                    !(codes[i] & OSARC_FEMUR_SECOND) != !f->is_second)
                    continue;
                osarc_grid_position_mm(grid, (double[3]){(double) x, (double) y, (double) z}, p);
                for (int a = 0; a < 3; a++)
                    r2 += (p[a] - f->head_mm[a]) * (p[a] - f->head_mm[a]);
                if (r2 > most_mm * most_mm)
                    continue;
                if (voxels)
                    voxels[count] = i;
                count++;
            }
    return count;
}

osarc_status osarc_hip_trabecular(size_t **voxels_out, size_t *count_out, const osarc_hip *hip,
                                  size_t index, osarc_error *err)
{
    const osarc_femur *f = osarc_hip_at(hip, index);
    *voxels_out = NULL;
    *count_out = 0;
    if (!f)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no femur %zu", index);
    if (f->refused_all[0])
        return osi_fail(err, OSARC_ERR_QUALITY, "%s", f->refused_all);
    const osarc_mask *mask = osarc_hip_voxels(hip);
    double most_mm = f->head_radius_mm - find_margin(osarc_mask_grid(mask));
    size_t count = most_mm > 0 ? gather(NULL, f, mask, most_mm) : 0;
    if (count < CORE_LEAST)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no trabecular bone so far from the head's surface as these voxels need");
    *voxels_out = osi_alloc_raw(count, sizeof(**voxels_out), err);
    if (!*voxels_out)
        return OSARC_ERR_MEMORY;
    *count_out = gather(*voxels_out, f, mask, most_mm);
    return OSARC_OK;
}
