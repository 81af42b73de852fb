/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>

#include "canonical.h"

static osarc_grid make_grid(int x, int y, int z)
{
    osarc_grid grid = {.size = {2, 3, 4}, .spacing_mm = {1, 1, 1}};
    const int along[3] = {x, y, z};
    for (int a = 0; a < 3; a++)
        grid.direction[a][along[a]] = 1;
    return grid;
}

Test(segmentation_canonical, leaves_axial_stacks_as_they_are)
{
    osarc_grid grid = make_grid(0, 1, 2);
    int axis[3];
    canonical_axes(&grid, axis);
    cr_expect(canonical_is_identity(axis));
}

Test(segmentation_canonical, leaves_feet_first_stacks_as_they_are)
{
    osarc_grid grid = make_grid(0, 1, 2);
    grid.direction[0][0] = -1;
    grid.direction[2][2] = -1;
    int axis[3];
    canonical_axes(&grid, axis);
    cr_expect(canonical_is_identity(axis));
}

Test(segmentation_canonical, puts_the_head_foot_axis_last)
{
    osarc_grid grid = make_grid(0, 2, 1); /* coronal */
    int axis[3];
    canonical_axes(&grid, axis);
    cr_expect(eq(int, axis[2], 1));
    cr_expect(eq(int, canonical_is_identity(axis), 0));
}

Test(segmentation_canonical, finds_the_head_foot_axis_of_oblique_stacks)
{
    osarc_grid grid = make_grid(0, 1, 2);
    grid.direction[1][1] = 0.6; /* rows run closer to head-foot than slices do */
    grid.direction[1][2] = 0.8;
    grid.direction[2][1] = -0.8;
    grid.direction[2][2] = 0.6;
    int axis[3];
    canonical_axes(&grid, axis);
    cr_expect(eq(int, axis[2], 1));
}

Test(segmentation_canonical, a_copy_there_and_back_changes_nothing)
{
    for (int last = 0; last < 3; last++) {
        osarc_grid grid = make_grid(0, 1, 2);
        memset(grid.direction, 0, sizeof(grid.direction));
        for (int a = 0; a < 3; a++)
            grid.direction[a][a == last ? 2 : a == 2 ? last : a] = 1;
        int axis[3];
        canonical_axes(&grid, axis);
        cr_assert(eq(int, axis[2], last));
        int16_t in[24];
        int16_t turned[24];
        int16_t back[24];
        for (int16_t i = 0; i < 24; i++)
            in[i] = i;
        canonical_copy(turned, in, &grid, axis, 2, 1, 2);
        canonical_copy(back, turned, &grid, axis, 2, 0, 1);
        cr_expect(eq(int, memcmp(in, back, sizeof(in)), 0));
        /* the first voxel's neighbour on the last axis is the image's neighbour on that axis */
        const int step[3] = {1, 2, 6};
        int plane = 24 / (int) grid.size[last];
        cr_expect(eq(int, turned[plane], step[last]));
    }
}
