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

/* Against each pair of pixels; pixels of 1.5 x 2 mm, radii on and between their distances. */
Test(segmentation_plane, near_is_what_a_disc_round_a_set_pixel_reaches)
{
    static const double RADII[4] = {0.5, 2, 2.5, 7};
    const size_t size[3] = {W, H, 2};
    const double mm[2] = {1.5, 2};
    uint8_t set[2 * W * H] = {0};
    uint8_t near[2 * W * H];
    set[2 * W + 3] = set[5 * W + 8] = set[0] = 1; /* the second plane stays empty */
    for (size_t n = 0; n < 4; n++) {
        cr_assert(eq(int, plane_near(near, set, size, mm, RADII[n], 1), 0));
        for (size_t i = 0; i < 2 * W * H; i++) {
            int is_near = 0;
            for (size_t j = 0; j < W * H && i < W * H; j++) {
                double dx = mm[0] * ((double) (i % W) - (double) (j % W));
                double dy = mm[1] * ((double) (i / W) - (double) (j / W));
                is_near |= set[j] && dx * dx + dy * dy <= RADII[n] * RADII[n];
            }
            cr_expect(eq(int, near[i], is_near));
        }
    }
}

Test(segmentation_plane, near_reports_that_memory_is_out)
{
    const size_t size[3] = {W, H, 1};
    const double mm[2] = {1, 1};
    uint8_t set[W * H] = {0};
    uint8_t near[W * H];
    for (long n = 1; n <= 2; n++) {
        osi_alloc_fail_at(n);
        cr_expect(eq(int, plane_near(near, set, size, mm, 3, 1), 1));
        osi_alloc_fail_at(0);
    }
}
