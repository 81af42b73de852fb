/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#include "canonical.h"
#include "limb_limits.h"

osarc_status limb_view_create(limb_view *view, const osarc_image *image, const osarc_mask *tissue,
                              const osarc_limb_options *options, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const osarc_mask *exclude = options ? options->exclude : NULL;
    size_t count = osarc_grid_count(grid);
    memset(view, 0, sizeof(*view));
    view->grid = grid;
    view->image = image;
    view->threads = osi_threads(options ? options->threads : 0);
    view->windows = options && options->windows ? *options->windows : osarc_hu_table_default();
    canonical_axes(grid, view->axis);
    for (int a = 0; a < 3; a++) {
        double stride = a < 2 ? STRIDE_MM : STRIDE_SLICE_MM;
        view->n[a] = grid->size[view->axis[a]];
        view->mm[a] = grid->spacing_mm[view->axis[a]];
        view->f[a] = (size_t) fmax(1, floor(stride / view->mm[a] + 0.25));
        view->s[a] = (view->n[a] + view->f[a] - 1) / view->f[a];
        view->smm[a] = view->mm[a] * (double) view->f[a];
    }
    view->up = grid->direction[view->axis[2]][2] < 0 ? -1 : 1;
    view->left = grid->direction[view->axis[0]][0];
    view->left_y = grid->direction[view->axis[1]][0];
    view->v = osarc_image_stored(image);
    view->t = osarc_mask_labels(tissue);
    view->ex = exclude ? osarc_mask_labels(exclude) : NULL;
    if (canonical_is_identity(view->axis))
        return OSARC_OK;
    view->own_v = osi_alloc_raw(count, sizeof(*view->own_v), err);
    view->own_t = osi_alloc_raw(count, 1, err);
    view->own_ex = exclude ? osi_alloc_raw(count, 1, err) : NULL;
    if (!view->own_v || !view->own_t || (exclude && !view->own_ex))
        return OSARC_ERR_MEMORY;
    canonical_copy(view->own_v, view->v, grid, view->axis, sizeof(*view->v), 1, view->threads);
    canonical_copy(view->own_t, view->t, grid, view->axis, 1, 1, view->threads);
    if (exclude)
        canonical_copy(view->own_ex, view->ex, grid, view->axis, 1, 1, view->threads);
    view->v = view->own_v;
    view->t = view->own_t;
    view->ex = exclude ? view->own_ex : NULL;
    return OSARC_OK;
}

void limb_view_free(limb_view *view)
{
    osi_free(view->own_v);
    osi_free(view->own_t);
    osi_free(view->own_ex);
    memset(view, 0, sizeof(*view));
}

double limb_left_mm(const limb_view *view, double x_mm, double y_mm)
{
    return x_mm * view->left + y_mm * view->left_y;
}

int limb_at_edge(const limb_view *view, size_t x, size_t y, size_t z)
{
    if (x == 0 || y == 0 || x + 1 == view->s[0] || y + 1 == view->s[1])
        return 1;
    size_t fx = limb_middle_of(x, view->f[0], view->n[0]);
    size_t fy = limb_middle_of(y, view->f[1], view->n[1]);
    size_t fz = limb_middle_of(z, view->f[2], view->n[2]);
    const int16_t *at = view->v + limb_voxel(view, fx, fy, fz);
    ptrdiff_t dx = (ptrdiff_t) view->f[0];
    ptrdiff_t dy = (ptrdiff_t) (view->f[1] * view->n[0]);
    return at[-dx] == OSARC_OUTSIDE || at[0] == OSARC_OUTSIDE ||
           (fx + view->f[0] < view->n[0] && at[dx] == OSARC_OUTSIDE) || at[-dy] == OSARC_OUTSIDE ||
           (fy + view->f[1] < view->n[1] && at[dy] == OSARC_OUTSIDE);
}
