/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/report.h>

#include "overlay.h"
#include "png_help.h"

TestSuite(report_overlay_spine, .init = make_folder, .fini = drop_folder);

/* 200 x 200 x 240 mm at 2 mm; two regions of 20 mm a side, the lower one 30 mm farther left. */
typedef struct scene {
    osarc_image *image;
    osarc_mask *regions;
    osarc_spine_mark marks[2];
} scene;

#define NX 100
#define NZ 120

static scene make_scene(osarc_unit unit)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {NX, NX, NZ},
                       .spacing_mm = {2, 2, 2},
                       .origin_mm = {-99, -99, 1},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    scene s = {0};
    s.marks[0] = (osarc_spine_mark){"L4", {30, 0, 70}, 34, 45, 0};
    s.marks[1] = (osarc_spine_mark){"L3", {0, 0, 170}, 34, 45, 1};
    EXPECT_OK(osarc_image_create(&s.image, &grid, unit, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s.regions, &grid, &err));
    for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
        double ijk[3] = {(double) (i % NX), (double) (i / NX % NX), (double) (i / NX / NX)};
        double lps[3];
        osarc_grid_position_mm(&grid, ijk, lps);
        osarc_image_fill(s.image)[i] = 250; /* the middle of the window: grey 128 */
        for (int m = 0; m < 2; m++) {
            const double *c = s.marks[m].centre_mm;
            if (fabs(lps[0] - c[0]) < 10 && fabs(lps[1] - c[1]) < 10 && fabs(lps[2] - c[2]) < 10)
                osarc_mask_fill(s.regions)[i] = 29;
        }
    }
    return s;
}

static void free_scene(scene *s)
{
    osarc_image_free(s->image);
    osarc_mask_free(s->regions);
}

static uint32_t region_colour(void)
{
    return overlay_blend(128, OSARC_TISSUE_TRABECULAR_BONE);
}

/* Both regions are seen in both cuts though one lies 30 mm beside the other. */
Test(report_overlay_spine, follows_the_spine_across_a_bend)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    osarc_overlay_options options = {.title = "series 1"};
    EXPECT_OK(osarc_report_spine_png(s.image, s.regions, s.marks, 2, &options, path, &err));
    picture p = read_png();
    double middle;
    /* 170 mm tall at 3 pixels a mm; four squares of 20 mm, less names over them and slant at the
     * edges */
    double square = 20 * 3 * 20 * 3;
    size_t seen = count_colour(&p, region_colour(), 0, p.width, &middle);
    cr_expect(gt(dbl, (double) seen, 0.93 * 4 * square));
    cr_expect(lt(dbl, (double) seen, 1.02 * 4 * square));
    osi_free(p.rgb);
    free_scene(&s);
}

/* The patient's left is on the right of the coronal cut. */
Test(report_overlay_spine, shows_each_region_on_its_side)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    double middle[2];
    for (int m = 0; m < 2; m++) {
        memset(osarc_mask_fill(s.regions), 0, NX * NX * NZ);
        double ijk[3];
        osarc_grid_index(osarc_mask_grid(s.regions), s.marks[m].centre_mm, ijk);
        for (int k = -4; k <= 4; k++)
            for (int i = -4; i <= 4; i++)
                for (int j = -4; j <= 4; j++)
                    osarc_mask_fill(s.regions)[(((size_t) ijk[2] + (size_t) k) * NX +
                                                (size_t) ijk[1] + (size_t) j) *
                                                   NX +
                                               (size_t) ijk[0] + (size_t) i] = 28;
        EXPECT_OK(osarc_report_spine_png(s.image, s.regions, s.marks, 2, NULL, path, &err));
        picture p = read_png();
        cr_assert(
            gt(sz, count_colour(&p, region_colour(), p.width * 3 / 4, p.width, &middle[m]), 100u));
        osi_free(p.rgb);
    }
    /* L4 lies 30 mm to the left of L3: 90 pixels to the right */
    cr_expect(epsilon_eq(dbl, middle[0] - middle[1], 90, 6));
    free_scene(&s);
}

Test(report_overlay_spine, writes_the_same_bytes_for_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    char *first = NULL;
    size_t first_size = 0;
    for (int threads = 1; threads < 4; threads++) {
        osarc_overlay_options options = {.threads = threads};
        size_t size = 0;
        EXPECT_OK(osarc_report_spine_png(s.image, s.regions, s.marks, 2, &options, path, &err));
        char *bytes = read_whole(&size);
        if (!first) {
            first = bytes;
            first_size = size;
            continue;
        }
        cr_assert(eq(sz, size, first_size));
        cr_expect(memcmp(bytes, first, size) == 0);
        osi_free(bytes);
    }
    osi_free(first);
    free_scene(&s);
}

Test(report_overlay_spine, draws_one_vertebra_at_the_edge_of_a_thin_slab)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {60, 60, 2},
                       .spacing_mm = {4, 4, 2},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image = NULL;
    osarc_mask *regions = NULL;
    const osarc_spine_mark mark = {"?", {0, 0, 0}, 34, 45, 0};
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&regions, &grid, &err));
    EXPECT_OK(osarc_report_spine_png(image, regions, &mark, 1, NULL, path, &err));
    picture p = read_png();
    cr_expect(p.width <= 2500 && p.height <= 1200, "%u x %u", p.width, p.height);
    osi_free(p.rgb);
    osarc_image_free(image);
    osarc_mask_free(regions);
}

Test(report_overlay_spine, refuses_what_does_not_fit_together)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    scene density = make_scene(OSARC_UNIT_MG_CM3);
    osarc_grid moved = *osarc_image_grid(s.image);
    moved.origin_mm[0] += 4;
    osarc_mask *other = NULL;
    EXPECT_OK(osarc_mask_create(&other, &moved, &err));
    EXPECT_REFUSED(osarc_report_spine_png(s.image, other, s.marks, 2, NULL, path, &err),
                   OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(osarc_report_spine_png(density.image, s.regions, s.marks, 2, NULL, path, &err),
                   OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_report_spine_png(s.image, s.regions, s.marks, 0, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_spine_png(NULL, s.regions, s.marks, 2, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_spine_png(s.image, s.regions, s.marks, 2, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    s.marks[1].centre_mm[2] = 1000;
    EXPECT_REFUSED(osarc_report_spine_png(s.image, s.regions, s.marks, 2, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    s.marks[1].centre_mm[2] = NAN;
    EXPECT_REFUSED(osarc_report_spine_png(s.image, s.regions, s.marks, 2, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(int, entries(), 0));
    osarc_mask_free(other);
    free_scene(&density);
    free_scene(&s);
}

Test(report_overlay_spine, leaves_nothing_behind_when_it_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    osarc_overlay_options options = {.title = "t", .threads = 1};
    EXPECT_REFUSED(osarc_report_spine_png(s.image, s.regions, s.marks, 2, &options, nowhere, &err),
                   OSARC_ERR_IO);
    long n = 0;
    osarc_status status;
    do {
        osi_alloc_fail_at(++n);
        status = osarc_report_spine_png(s.image, s.regions, s.marks, 2, &options, path, &err);
        cr_assert(status == OSARC_OK || (status == OSARC_ERR_MEMORY && entries() == 0));
    } while (status);
    cr_expect(gt(long, n, 5));
    free_scene(&s);
}
