/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dual_energy.h>
#include <osi/alloc.h>

#include "marrow_help.h"

/* Soft balls of bone and fat in soft tissue: analytic, so that a shift of any part of a voxel is
 * exact. Brightness differs with energy, places do not. */
#define BALLS 60

typedef struct ball {
    double mm[3];
    double radius_mm;
    int is_bone;
} ball;

typedef struct scene {
    osarc_grid grid;
    ball balls[BALLS];
} scene;

static scene make_scene(const double spacing_mm[3], uint64_t seed)
{
    scene s = {.grid = {.direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
    for (int a = 0; a < 3; a++) {
        s.grid.spacing_mm[a] = spacing_mm[a];
        s.grid.size[a] = (size_t) (96 / spacing_mm[a]);
        s.grid.origin_mm[a] = -48 + 20 * a;
    }
    for (int i = 0; i < BALLS; i++) {
        for (int a = 0; a < 3; a++)
            s.balls[i].mm[a] = s.grid.origin_mm[a] + 96 * next_even(&seed);
        s.balls[i].radius_mm = 4 + 8 * next_even(&seed);
        s.balls[i].is_bone = i % 2;
    }
    return s;
}

/* What the balls add at a place; edges are blurred by 1 mm. */
static double sum_of_balls(const scene *s, const double at[3], double bone, double fat)
{
    double hu = 0;
    for (int b = 0; b < BALLS; b++) {
        const ball *ball = &s->balls[b];
        double square = 0;
        for (int a = 0; a < 3; a++)
            square += pow(at[a] - ball->mm[a], 2);
        if (square > 15 * 15)
            continue;
        double inside = 0.5 * erfc((sqrt(square) - ball->radius_mm) / sqrt(2));
        hu += inside * (ball->is_bone ? bone : fat);
    }
    return hu;
}

/* The scene moved by so many mm, as one of the two scans. */
static osarc_image *draw(const scene *s, const double mm[3], int is_high, double noise,
                         uint64_t seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, &s->grid, OSARC_UNIT_HU, 0.25, 0, &err));
    int16_t *stored = osarc_image_fill(image);
    const size_t *size = s->grid.size;
    int thirds = s->grid.spacing_mm[2] > 3 ? 3 : 1; /* a thick slice is a mean over its thickness */
    double bone = is_high ? 180 : 350;
    double fat = is_high ? -75 : -110;
    for (size_t i = 0; i < osarc_grid_count(&s->grid); i++) {
        double hu = is_high ? 42 : 46;
        for (int t = 0; t < thirds; t++) {
            const double ijk[3] = {(double) (i % size[0]), (double) (i / size[0] % size[1]),
                                   (double) (i / size[0] / size[1]) + (t + 0.5) / thirds - 0.5};
            double at[3];
            osarc_grid_position_mm(&s->grid, ijk, at);
            for (int c = 0; c < 3; c++)
                at[c] -= mm[c];
            hu += sum_of_balls(s, at, bone, fat) / thirds;
        }
        stored[i] = (int16_t) lround((hu + noise * next_normal(&seed)) / 0.25);
    }
    return image;
}

static const double NOWHERE[3] = {0, 0, 0};
static const double FINE[3] = {1.2, 1.2, 2.0};

/* A tenth of a pixel is what the mean of a region needs: its edge is not in it. */
Test(calibration_dual_energy, finds_a_shift_to_a_tenth_of_a_pixel)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double shifts[][3] = {
        {0, 0, 0}, {0.3, -0.5, 0.4}, {0.6, 1.3, -1.0}, {-2.4, 2.4, 2.0}, {3.1, -2.9, 1.7}};
    const double spacings[][3] = {{1.2, 1.2, 2.0}, {1.5, 1.1, 5.0}};
    const double noise[] = {20, 12.6}; /* of the same dose, in slices 2.5 times as thick */
    double worst = 0;
    double least = 1;
    for (size_t p = 0; p < 2; p++) {
        scene s = make_scene(spacings[p], 3 + p);
        osarc_image *low = draw(&s, NOWHERE, 0, noise[p], 1);
        for (size_t i = 0; i < 5; i++) {
            osarc_image *high = draw(&s, shifts[i], 1, noise[p], 2);
            osarc_energy_shift shift;
            EXPECT_OK(osarc_energy_pair_shift(&shift, low, high, NULL, &err));
            for (int a = 0; a < 3; a++) {
                double off = fabs(shift.mm[a] - shifts[i][a]) / spacings[p][a];
                cr_expect(le(dbl, off, 0.1));
                worst = fmax(worst, off);
            }
            least = fmin(least, shift.confidence);
            cr_expect(gt(dbl, shift.confidence, 0.5));
            cr_expect(le(dbl, shift.confidence, 1));
            osarc_image_free(high);
        }
        osarc_image_free(low);
    }
    printf("off by at most %.3f of a voxel, confidence at least %.2f\n", worst, least);
}

/* The grid turned by 90 degrees: its first axis runs to the head. */
Test(calibration_dual_energy, gives_the_shift_in_patient_coordinates)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 5);
    const double turned[3][3] = {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}};
    memcpy(s.grid.direction, turned, sizeof(turned));
    for (int b = 0; b < BALLS; b++)
        for (int a = 0; a < 3; a++)
            s.balls[b].mm[a] += s.grid.origin_mm[0] - s.grid.origin_mm[a];
    for (int a = 0; a < 3; a++)
        s.grid.origin_mm[a] = s.grid.origin_mm[0];
    const double moved[3] = {1.0, -0.7, 1.6};
    osarc_image *low = draw(&s, NOWHERE, 0, 10, 1);
    osarc_image *high = draw(&s, moved, 1, 10, 2);
    osarc_energy_shift shift;
    EXPECT_OK(osarc_energy_pair_shift(&shift, low, high, NULL, &err));
    for (int a = 0; a < 3; a++)
        cr_expect(epsilon_eq(dbl, shift.mm[a], moved[a], 0.12));
    osarc_image_free(high);
    osarc_image_free(low);
}

Test(calibration_dual_energy, compares_images_where_it_is_asked_to)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 7);
    const double moved[3] = {0.5, 0.8, -0.9};
    osarc_image *low = draw(&s, NOWHERE, 0, 10, 1);
    osarc_image *high = draw(&s, moved, 1, 10, 2);
    const double corner[3] = {s.grid.origin_mm[0] + 5, s.grid.origin_mm[1] + 90,
                              s.grid.origin_mm[2] + 3};
    osarc_energy_shift shift;
    EXPECT_OK(osarc_energy_pair_shift(&shift, low, high, corner, &err));
    for (int a = 0; a < 3; a++)
        cr_expect(epsilon_eq(dbl, shift.mm[a], moved[a], 0.15));
    osarc_image_free(high);
    osarc_image_free(low);
}

Test(calibration_dual_energy, refuses_images_that_do_not_fit_each_other)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene one = make_scene(FINE, 9);
    scene other = make_scene(FINE, 10);
    osarc_image *low = draw(&one, NOWHERE, 0, 10, 1);
    osarc_image *high = draw(&other, NOWHERE, 1, 10, 2);
    osarc_energy_shift shift;
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, low, high, NULL, &err), OSARC_ERR_QUALITY);
    cr_expect(isnan(shift.mm[0]));
    cr_expect(isnan(shift.confidence));
    osarc_image_free(high);
    osarc_image_free(low);
}

Test(calibration_dual_energy, refuses_a_patient_who_moved_too_far)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 11);
    const double moved[3] = {4.0, 3.6, 0};
    osarc_image *low = draw(&s, NOWHERE, 0, 10, 1);
    osarc_image *high = draw(&s, moved, 1, 10, 2);
    osarc_energy_shift shift;
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, low, high, NULL, &err), OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "5.4 mm") != NULL, "%s", err.text);
    cr_expect(isnan(shift.mm[0]));
    osarc_image_free(high);
    osarc_image_free(low);
}

static osarc_image *even_image(const osarc_grid *grid, osarc_unit unit, double noise)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, grid, unit, 1, 0, &err));
    uint64_t seed = (uint64_t) noise + 1;
    for (size_t i = 0; noise > 0 && i < osarc_grid_count(grid); i++)
        osarc_image_fill(image)[i] = (int16_t) lround(noise * next_normal(&seed));
    return image;
}

Test(calibration_dual_energy, refuses_tissue_too_even_to_compare)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 11);
    osarc_image *flat = even_image(&s.grid, OSARC_UNIT_HU, 0);
    osarc_image *noise = even_image(&s.grid, OSARC_UNIT_HU, 20);
    osarc_image *other_noise = even_image(&s.grid, OSARC_UNIT_HU, 25);
    osarc_energy_shift shift;
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, flat, flat, NULL, &err), OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, flat, noise, NULL, &err), OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, noise, other_noise, NULL, &err),
                   OSARC_ERR_QUALITY);
    osarc_image_free(other_noise);
    osarc_image_free(noise);
    osarc_image_free(flat);
}

Test(calibration_dual_energy, refuses_grids_that_differ_and_boxes_with_too_little_in_them)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 11);
    osarc_image *low = even_image(&s.grid, OSARC_UNIT_HU, 20);
    osarc_grid moved = s.grid;
    moved.origin_mm[2] += 0.5;
    osarc_image *elsewhere = even_image(&moved, OSARC_UNIT_HU, 20);
    osarc_energy_shift shift;
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, low, elsewhere, NULL, &err), OSARC_ERR_GEOMETRY);
    const double outside[3] = {500, 0, 0};
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, low, low, outside, &err), OSARC_ERR_GEOMETRY);
    const double nowhere[3] = {NAN, 0, 0};
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, low, low, nowhere, &err), OSARC_ERR_GEOMETRY);
    osarc_grid thin = s.grid;
    thin.size[2] = 7;
    osarc_image *slab = even_image(&thin, OSARC_UNIT_HU, 20);
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, slab, slab, NULL, &err), OSARC_ERR_GEOMETRY);
    osarc_image_free(slab);
    osarc_image_free(elsewhere);
    osarc_image_free(low);
}

Test(calibration_dual_energy, refuses_densities_and_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 11);
    osarc_image *hu = even_image(&s.grid, OSARC_UNIT_HU, 20);
    osarc_image *density = even_image(&s.grid, OSARC_UNIT_MG_CM3, 20);
    osarc_energy_shift shift = {{0, 0, 0}, 1};
    const size_t voxel = 0;
    double value;
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, hu, density, NULL, &err), OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, density, hu, NULL, &err), OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, NULL, hu, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_energy_pair_shift(&shift, hu, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_energy_pair_shift(NULL, hu, hu, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_energy_pair_resample(&value, hu, hu, &shift, &voxel, 1, &err),
                   OSARC_ERR_ARGUMENT); /* a shift that was refused */
    shift = (osarc_energy_shift){{0, 0, 0}, 1};
    EXPECT_REFUSED(osarc_energy_pair_resample(&value, hu, density, &shift, &voxel, 1, &err),
                   OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_energy_pair_resample(NULL, hu, hu, &shift, &voxel, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_energy_pair_resample(&value, hu, hu, NULL, &voxel, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_energy_pair_resample(&value, hu, hu, &shift, NULL, 1, &err),
                   OSARC_ERR_ARGUMENT);
    const size_t past = osarc_grid_count(&s.grid);
    EXPECT_REFUSED(osarc_energy_pair_resample(&value, hu, hu, &shift, &past, 1, &err),
                   OSARC_ERR_ARGUMENT);
    osarc_image_free(density);
    osarc_image_free(hu);
}

/* Linear between voxels, so a plane of values comes back exactly. */
Test(calibration_dual_energy, reads_values_at_the_shifted_place)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 11);
    const size_t *size = s.grid.size;
    osarc_image *low = even_image(&s.grid, OSARC_UNIT_HU, 0);
    osarc_image *high = even_image(&s.grid, OSARC_UNIT_HU, 0);
    for (size_t i = 0; i < osarc_grid_count(&s.grid); i++)
        osarc_image_fill(high)[i] = (int16_t) (2 * (i % size[0]) + 3 * (i / size[0] % size[1]) +
                                               5 * (i / size[0] / size[1]));
    /* 0.5, -0.25 and 1.5 voxels */
    osarc_energy_shift shift = {{0.6, -0.3, 3.0}, 1};
    const size_t voxels[] = {(10 * size[1] + 20) * size[0] + 30, (size[2] - 1) * size[1] * size[0],
                             (3 * size[1] + 3) * size[0] + size[0] - 1};
    double hu[3];
    EXPECT_OK(osarc_energy_pair_resample(hu, low, high, &shift, voxels, 3, &err));
    cr_expect(epsilon_eq(dbl, hu[0], 2 * 30.5 + 3 * 19.75 + 5 * 11.5, 1e-6));
    cr_expect(isnan(hu[1]));
    cr_expect(isnan(hu[2]));
    /* without a shift each voxel is itself, at the faces too */
    memset(&shift, 0, sizeof(shift));
    EXPECT_OK(osarc_energy_pair_resample(hu, low, high, &shift, voxels, 3, &err));
    for (int i = 0; i < 3; i++)
        cr_expect(epsilon_eq(dbl, hu[i], osarc_image_value(high, voxels[i]), 1e-9));
    /* next to what was not measured nothing is known */
    osarc_image_fill(high)[voxels[0] + 1] = OSARC_OUTSIDE;
    shift.mm[0] = 0.1;
    EXPECT_OK(osarc_energy_pair_resample(hu, low, high, &shift, voxels, 1, &err));
    cr_expect(isnan(hu[0]));
    osarc_image_free(high);
    osarc_image_free(low);
}

static osarc_acquisition made_at(double kvp)
{
    osarc_acquisition a;
    osarc_acquisition_init(&a);
    a.kvp = kvp;
    snprintf(a.frame_of_reference_uid, sizeof(a.frame_of_reference_uid), "1.2.3");
    snprintf(a.patient_id, sizeof(a.patient_id), "PHANTOM");
    return a;
}

Test(calibration_dual_energy, takes_a_pair_of_voltages_in_one_frame_of_reference)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition low = made_at(80);
    osarc_acquisition high = made_at(140);
    EXPECT_OK(osarc_energy_pair_check(&low, &high, &err));
    high.kvp = 110;
    EXPECT_OK(osarc_energy_pair_check(&low, &high, &err));
}

Test(calibration_dual_energy, refuses_what_is_no_pair)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition low = made_at(80);
    const double voltages[] = {80, 109.9, 70, NAN};
    for (size_t i = 0; i < 4; i++) {
        osarc_acquisition high = made_at(voltages[i]);
        EXPECT_REFUSED(osarc_energy_pair_check(&low, &high, &err), OSARC_ERR_QUALITY);
    }
    osarc_acquisition high = made_at(140);
    high.contrast = OSARC_CONTRAST_GIVEN;
    EXPECT_REFUSED(osarc_energy_pair_check(&low, &high, &err), OSARC_ERR_QUALITY);
    high = made_at(140);
    high.frame_of_reference_uid[0] = '9';
    EXPECT_REFUSED(osarc_energy_pair_check(&low, &high, &err), OSARC_ERR_GEOMETRY);
    high = made_at(140);
    high.patient_id[0] = 'X';
    EXPECT_REFUSED(osarc_energy_pair_check(&low, &high, &err), OSARC_ERR_GEOMETRY);
    high = made_at(140);
    low.frame_of_reference_uid[0] = high.frame_of_reference_uid[0] = '\0';
    EXPECT_REFUSED(osarc_energy_pair_check(&low, &high, &err), OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(osarc_energy_pair_check(NULL, &high, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_energy_pair_check(&low, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(calibration_dual_energy, says_so_when_memory_runs_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(FINE, 11);
    osarc_image *image = even_image(&s.grid, OSARC_UNIT_HU, 20);
    osarc_energy_shift shift;
    for (long n = 1; n <= 4; n++) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(osarc_energy_pair_shift(&shift, image, image, NULL, &err), OSARC_ERR_MEMORY);
        osi_alloc_fail_at(0);
    }
    osarc_image_free(image);
}
