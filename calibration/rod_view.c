/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>

void rod_view_make(rod_view *out, const osarc_image *image)
{
    const osarc_grid *grid = osarc_image_grid(image);
    size_t stride[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    int along = 0;
    for (int axis = 1; axis < 3; axis++)
        if (fabs(grid->direction[axis][2]) > fabs(grid->direction[along][2]))
            along = axis;
    int order[3] = {along == 0 ? 1 : 0, along == 2 ? 1 : 2, along};
    out->image = image;
    out->stored = osarc_image_stored(image);
    out->step = osarc_image_step(image);
    out->offset = osarc_image_offset(image);
    for (int i = 0; i < 3; i++) {
        out->size[i] = grid->size[order[i]];
        out->stride[i] = stride[order[i]];
        out->mm[i] = grid->spacing_mm[order[i]];
    }
}

static void index_range(ptrdiff_t out[2], double middle_mm, double radius_mm, double mm)
{
    out[0] = (ptrdiff_t) ceil((middle_mm - radius_mm) / mm);
    out[1] = (ptrdiff_t) floor((middle_mm + radius_mm) / mm);
}

rod_spot rod_spot_read(const rod_view *view, size_t slice, double u_mm, double v_mm,
                       double radius_mm)
{
    rod_spot spot = {.whole = 1, .mean_hu = NAN, .sd_hu = NAN};
    ptrdiff_t u[2], v[2];
    int64_t sum = 0;
    int64_t squares = 0;
    index_range(u, u_mm, radius_mm, view->mm[0]);
    index_range(v, v_mm, radius_mm, view->mm[1]);
    if (slice >= view->size[2] || u[0] < 0 || v[0] < 0 || u[1] >= (ptrdiff_t) view->size[0] ||
        v[1] >= (ptrdiff_t) view->size[1]) {
        spot.whole = 0;
        return spot;
    }
    for (ptrdiff_t j = v[0]; j <= v[1]; j++) {
        double dv = (double) j * view->mm[1] - v_mm;
        for (ptrdiff_t i = u[0]; i <= u[1]; i++) {
            double du = (double) i * view->mm[0] - u_mm;
            if (du * du + dv * dv > radius_mm * radius_mm)
                continue;
            int64_t value = view->stored[(size_t) i * view->stride[0] +
                                         (size_t) j * view->stride[1] + slice * view->stride[2]];
            if (value == OSARC_OUTSIDE)
                spot.whole = 0;
            sum += value;
            squares += value * value;
            spot.voxels++;
        }
    }
    if (!spot.voxels || !spot.whole)
        return spot;
    double count = (double) spot.voxels;
    double mean = (double) sum / count;
    double variance = ((double) squares - mean * (double) sum) / fmax(1, count - 1);
    spot.mean_hu = view->step * mean + view->offset;
    spot.sd_hu = view->step * sqrt(fmax(0, variance));
    return spot;
}
