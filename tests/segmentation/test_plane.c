/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>

#include "plane.h"

#define W 9
#define H 7

static void flood(uint8_t *open, const char *const rows[H])
{
    uint8_t wall[W * H];
    for (size_t y = 0; y < H; y++)
        for (size_t x = 0; x < W; x++)
            wall[y * W + x] = rows[y][x] == '#';
    memset(open, 0, W * H);
    cr_assert(eq(int, plane_flood(open, wall, W, H), 0));
}

Test(segmentation_plane, does_not_enter_a_closed_ring)
{
    static const char *const ROWS[H] = {".........", "..#####..", "..#...#..", "..#...#..",
                                        "..#...#..", "..#####..", "........."};
    uint8_t open[W * H];
    flood(open, ROWS);
    cr_expect(eq(int, open[3 * W + 4], 0));
    cr_expect(eq(int, open[0], 1));
    cr_expect(eq(int, open[3 * W + 2], 0)); /* the wall itself */
}

Test(segmentation_plane, enters_through_a_gap_of_one_pixel_and_round_corners)
{
    static const char *const ROWS[H] = {".........", "..#####..", "..#.#.#..", "..#.#.#..",
                                        "..#...#..", "..#.###..", "........."};
    uint8_t open[W * H];
    flood(open, ROWS);
    cr_expect(eq(int, open[2 * W + 5], 1));
}

Test(segmentation_plane, does_not_pass_diagonal_gaps)
{
    static const char *const ROWS[H] = {"#########", "#...#...#", "#..#.#..#", "#.#...#.#",
                                        "#..#.#..#", "#...#...#", "#########"};
    uint8_t open[W * H];
    flood(open, ROWS);
    for (size_t i = 0; i < W * H; i++)
        cr_expect(eq(int, open[i], 0));
}

Test(segmentation_plane, reports_that_memory_is_out)
{
    uint8_t wall[W * H] = {0};
    uint8_t open[W * H] = {0};
    osi_alloc_fail_at(1);
    cr_expect(eq(int, plane_flood(open, wall, W, H), 1));
    osi_alloc_fail_at(0);
}
