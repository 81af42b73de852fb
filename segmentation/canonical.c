/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "canonical.h"

#include <math.h>

void canonical_axes(const osarc_grid *grid, int axis_out[3])
{
    int last = 2;
    for (int a = 0; a < 2; a++)
        if (fabs(grid->direction[a][2]) > fabs(grid->direction[last][2]))
            last = a;
    int n = 0;
    for (int a = 0; a < 3; a++)
        if (a != last)
            axis_out[n++] = a;
    axis_out[2] = last;
}

int canonical_is_identity(const int axis[3])
{
    return axis[0] == 0 && axis[1] == 1;
}

void canonical_copy(void *out, const void *in, const osarc_grid *grid, const int axis[3],
                    size_t bytes, int to_canonical, int threads)
{
    const size_t step[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    size_t nx = grid->size[axis[0]];
    size_t ny = grid->size[axis[1]];
    size_t nz = grid->size[axis[2]];
    size_t sx = step[axis[0]];
    size_t sy = step[axis[1]];
    size_t sz = step[axis[2]];
    /* y outside: neighbouring z then share the cache lines of the image's first axis */
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t y = 0; y < ny; y++)
        for (size_t z = 0; z < nz; z++)
            for (size_t x = 0; x < nx; x++) {
                size_t image = x * sx + y * sy + z * sz;
                size_t canonical = (z * ny + y) * nx + x;
                size_t from = to_canonical ? image : canonical;
                size_t to = to_canonical ? canonical : image;
                if (bytes == 2)
                    ((int16_t *) out)[to] = ((const int16_t *) in)[from];
                else
                    ((uint8_t *) out)[to] = ((const uint8_t *) in)[from];
            }
}
