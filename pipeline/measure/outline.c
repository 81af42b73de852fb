/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outline.h"

#include <math.h>
#include <stdint.h>

#include <osi/alloc.h>

#include "region.h"

#define MM3_PER_CM3 1000.0
#define MG_PER_G    1000.0

/* A region in the box round it, with a free voxel on every side. */
typedef struct outline_box {
    uint8_t *is_in;
    size_t low[3];
    size_t size[3];
} outline_box;

static void split(size_t ijk[3], size_t index, const size_t size[3])
{
    ijk[0] = index % size[0];
    ijk[1] = index / size[0] % size[1];
    ijk[2] = index / size[0] / size[1];
}

static size_t find_place(const outline_box *box, const osarc_grid *grid, size_t voxel)
{
    size_t at[3];
    split(at, voxel, grid->size);
    return ((at[2] - box->low[2] + 1) * box->size[1] + at[1] - box->low[1] + 1) * box->size[0] +
           at[0] - box->low[0] + 1;
}

static osarc_status fill_box(outline_box *box, const osarc_grid *grid, const size_t *voxels,
                             size_t count, osarc_error *err)
{
    size_t high[3] = {0, 0, 0};
    for (int a = 0; a < 3; a++)
        box->low[a] = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t at[3];
        split(at, voxels[i], grid->size);
        for (int a = 0; a < 3; a++) {
            box->low[a] = at[a] < box->low[a] ? at[a] : box->low[a];
            high[a] = at[a] > high[a] ? at[a] : high[a];
        }
    }
    for (int a = 0; a < 3; a++)
        box->size[a] = high[a] - box->low[a] + 3;
    box->is_in = osi_alloc(box->size[0] * box->size[1] * box->size[2], 1, err);
    if (!box->is_in)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        box->is_in[find_place(box, grid, voxels[i])] = 1;
    return OSARC_OK;
}

/* The voxels that have all six neighbours in the region. */
static osarc_status find_inner(size_t **inner_out, size_t *count_out, const osarc_grid *grid,
                               const size_t *voxels, size_t count, osarc_error *err)
{
    *inner_out = NULL;
    *count_out = 0;
    size_t *inner = osi_alloc_raw(count + 1, sizeof(*inner), err);
    if (!inner)
        return OSARC_ERR_MEMORY;
    outline_box box = {0};
    osarc_status status = count ? fill_box(&box, grid, voxels, count, err) : OSARC_OK;
    if (status) {
        osi_free(inner);
        return status;
    }
    const size_t steps[3] = {1, box.size[0], box.size[0] * box.size[1]};
    for (size_t i = 0; i < count; i++) {
        size_t at = find_place(&box, grid, voxels[i]);
        int all = 1;
        for (int a = 0; a < 3; a++)
            all &= box.is_in[at - steps[a]] && box.is_in[at + steps[a]];
        if (all)
            inner[(*count_out)++] = voxels[i];
    }
    osi_free(box.is_in);
    *inner_out = inner;
    return OSARC_OK;
}

static double read_density(double *hu_out, const osarc_image *image,
                           const osarc_calibration *calibration, const size_t *voxels, size_t count)
{
    const double *d = calibration->density;
    double square;
    osi_region_mean(hu_out, &square, image, voxels, count);
    return d[0] + d[1] * *hu_out + d[2] * square;
}

osarc_status osi_body_read(osi_body *out, const osarc_image *image,
                           const osarc_calibration *calibration, const size_t *voxels, size_t count,
                           osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    double voxel_cm3 = osarc_grid_voxel_mm3(grid) / MM3_PER_CM3;
    double inner_hu;
    size_t *inner = NULL;
    size_t inner_count = 0;
    osarc_status status = find_inner(&inner, &inner_count, grid, voxels, count, err);
    if (status)
        return status;
    out->density_mg_cm3 = read_density(&out->hu, image, calibration, voxels, count);
    out->cm3 = (double) count * voxel_cm3;
    out->mass_g = out->density_mg_cm3 * out->cm3 / MG_PER_G;
    double density = read_density(&inner_hu, image, calibration, inner, inner_count);
    double mass_g = density * (double) inner_count * voxel_cm3 / MG_PER_G;
    out->outline_mg_cm3 = fabs(out->density_mg_cm3 - density) / 2;
    out->outline_g = fabs(out->mass_g - mass_g) / 2;
    osi_free(inner);
    return OSARC_OK;
}
