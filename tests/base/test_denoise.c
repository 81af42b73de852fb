/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osi/denoise.h>

/* Muscle of 40 HU with a sheet of fat of -100 HU, so many pixels wide, every 16 pixels. */
#define SIDE  96
#define DEPTH 4
#define EVERY 16

typedef struct scene {
    osarc_image *image;
    osarc_mask *mask;
    osi_planes planes;
} scene;

/* The same on every machine: sum of twelve even numbers, SD 1. */
static double draw(uint32_t *state)
{
    double sum = -6;
    for (int n = 0; n < 12; n++) {
        *state = *state * 1664525U + 1013904223U;
        sum += (*state >> 8) / 16777216.0;
    }
    return sum;
}

static int is_fat(size_t i, size_t width)
{
    return i % SIDE % EVERY < width;
}

static scene set_up(double noise_hu, size_t width)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_grid grid = {.size = {SIDE, SIDE, DEPTH},
                             .spacing_mm = {1, 1, 3},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    scene s = {NULL, NULL, {2, 0, DEPTH}};
    uint32_t state = 7;
    EXPECT_OK(osarc_image_create(&s.image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s.mask, &grid, &err));
    for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
        double hu = (is_fat(i, width) ? -100 : 40) + noise_hu * draw(&state);
        osarc_image_fill(s.image)[i] = (int16_t) lround(hu);
        osarc_mask_fill(s.mask)[i] = 1;
    }
    return s;
}

static void tear_down(scene *s)
{
    osarc_mask_free(s->mask);
    osarc_image_free(s->image);
}

/* Share of voxels on the wrong side of half-way, -30 HU. */
static double wrong_share(const osarc_image *image, size_t width)
{
    size_t count = osarc_grid_count(osarc_image_grid(image));
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += (osarc_image_stored(image)[i] < -30) != is_fat(i, width);
    return (double) wrong / (double) count;
}

Test(denoise, noise_is_read_from_even_tissue)
{
    osarc_error err = OSARC_ERROR_INIT;
    double found;
    scene s = set_up(20, 0);
    EXPECT_OK(osi_noise_hu(&found, s.image, s.mask, s.planes, 2, &err));
    /* 9216 pairs: the median's standard error is 1.2 %, and HU are whole */
    cr_expect(epsilon_eq(dbl, found, 20, 1));
    tear_down(&s);
}

/* Mean and SD of a column of voxels of one tissue, through all rows and planes. */
static double column_mean(const osarc_image *image, size_t x)
{
    double sum = 0;
    for (size_t n = 0; n < SIDE * DEPTH; n++)
        sum += osarc_image_stored(image)[n * SIDE + x];
    return sum / (SIDE * DEPTH);
}

static double column_sd(const osarc_image *image, size_t x)
{
    double mean = column_mean(image, x);
    double sum = 0;
    for (size_t n = 0; n < SIDE * DEPTH; n++) {
        double off = osarc_image_stored(image)[n * SIDE + x] - mean;
        sum += off * off;
    }
    return sqrt(sum / (SIDE * DEPTH - 1));
}

/*
 * Fat 8 wide, muscle 8 wide. A mean of 25 voxels that all count has a fifth of the noise, but those
 * whose surroundings differ by chance count less: a half is asked for, a copy that changes nothing
 * has all of it. Beside an edge fewer are alike: three quarters. A plain mean of 3 pixels would
 * move the columns at an edge by a third of 140 HU; 4 HU are 4 standard errors of a column's mean.
 */
Test(denoise, noise_falls_to_less_than_half_and_edges_stay)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *less = NULL;
    scene s = set_up(20, 8);
    EXPECT_OK(osi_denoise(&less, s.image, s.mask, s.planes, 20, 2, &err));
    for (size_t x = EVERY; x < 2 * EVERY; x++) {
        size_t from_edge = x % 8 < 4 ? x % 8 : 7 - x % 8;
        double most = from_edge > 1 ? 0.5 : 0.75;
        double before = column_sd(s.image, x);
        double after = column_sd(less, x);
        cr_expect(lt(dbl, after, most * before), "column %zu: %g after %g HU", x, after, before);
        double truth = is_fat(x, 8) ? -100 : 40;
        cr_expect(epsilon_eq(dbl, column_mean(less, x), truth, 4), "column %zu", x);
    }
    osarc_image_free(less);
    tear_down(&s);
}

/* At 28 HU, 0.6 % of muscle and fat lie beyond half-way (70 HU, 2.5 SD). */
Test(denoise, sheets_of_fat_keep_their_width)
{
    for (size_t width = 1; width <= 4; width++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_image *less = NULL;
        scene s = set_up(28, width);
        EXPECT_OK(osi_denoise(&less, s.image, s.mask, s.planes, 28, 2, &err));
        double before = wrong_share(s.image, width);
        double after = wrong_share(less, width);
        cr_expect(lt(dbl, after, before / 3), "width %zu: %g after %g", width, after, before);
        osarc_image_free(less);
        tear_down(&s);
    }
}

Test(denoise, without_noise_nothing_moves)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *less = NULL;
    scene s = set_up(0, 2);
    EXPECT_OK(osi_denoise(&less, s.image, s.mask, s.planes, 5, 2, &err));
    size_t count = osarc_grid_count(osarc_image_grid(s.image));
    cr_expect(eq(
        int, memcmp(osarc_image_stored(less), osarc_image_stored(s.image), count * sizeof(int16_t)),
        0));
    osarc_image_free(less);
    tear_down(&s);
}

Test(denoise, what_is_not_asked_for_stays)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *less = NULL;
    scene s = set_up(20, 2);
    size_t plane = (size_t) SIDE * SIDE;
    memset(osarc_mask_fill(s.mask) + plane, 0, 10 * SIDE);
    s.planes.first = 1;
    s.planes.count = 1;
    EXPECT_OK(osi_denoise(&less, s.image, s.mask, s.planes, 20, 2, &err));
    const int16_t *a = osarc_image_stored(less);
    const int16_t *b = osarc_image_stored(s.image);
    cr_expect(eq(int, memcmp(a, b, (plane + 10 * SIDE) * sizeof(*a)), 0));
    cr_expect(ne(int, memcmp(a + plane, b + plane, plane * sizeof(*a)), 0));
    cr_expect(eq(int, memcmp(a + 2 * plane, b + 2 * plane, 2 * plane * sizeof(*a)), 0));
    osarc_image_free(less);
    tear_down(&s);
}

Test(denoise, planes_may_run_along_any_axis_with_any_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *one = NULL;
    osarc_image *three = NULL;
    scene s = set_up(20, 2);
    s.planes = (osi_planes){0, 0, SIDE};
    EXPECT_OK(osi_denoise(&one, s.image, s.mask, s.planes, 20, 1, &err));
    EXPECT_OK(osi_denoise(&three, s.image, s.mask, s.planes, 20, 3, &err));
    size_t count = osarc_grid_count(osarc_image_grid(s.image));
    cr_expect(
        eq(int, memcmp(osarc_image_stored(one), osarc_image_stored(three), count * sizeof(int16_t)),
           0));
    /* each plane is of one tissue: at least half of the noise goes */
    cr_expect(lt(dbl, column_sd(one, 8), column_sd(s.image, 8) / 2));
    osarc_image_free(one);
    osarc_image_free(three);
    tear_down(&s);
}

Test(denoise, too_little_tissue_has_no_noise)
{
    osarc_error err = OSARC_ERROR_INIT;
    double found = 1;
    scene s = set_up(20, 0);
    memset(osarc_mask_fill(s.mask), 0, osarc_grid_count(osarc_mask_grid(s.mask)));
    EXPECT_OK(osi_noise_hu(&found, s.image, s.mask, s.planes, 2, &err));
    cr_expect(isnan(found));
    tear_down(&s);
}

Test(denoise, senseless_input_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *less = NULL;
    double found;
    scene s = set_up(20, 0);
    EXPECT_REFUSED(osi_denoise(&less, NULL, s.mask, s.planes, 20, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_denoise(&less, s.image, s.mask, s.planes, 0, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_denoise(&less, s.image, s.mask, (osi_planes){3, 0, 1}, 20, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_denoise(&less, s.image, s.mask, (osi_planes){2, 1, DEPTH}, 20, 1, &err),
                   OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(osi_noise_hu(&found, s.image, s.mask, (osi_planes){2, 1, DEPTH}, 1, &err),
                   OSARC_ERR_GEOMETRY);
    cr_expect(less == NULL);
    cr_expect(isnan(found));
    tear_down(&s);
}
