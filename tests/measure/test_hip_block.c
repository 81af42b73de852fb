/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>

#include "hip.h"

/* A cube of marrow without mineral, with parts in it that are known. Voxels of 1.5 mm. */

#define SIDE 24
#define FROM 3
#define TO   20

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_image *image;
    osarc_mask *tissue;
    osarc_mask *codes;
    osarc_femur femur;
    osarc_calibration calibration;
    osi_hip_block block;
} scene;

static size_t place(size_t i, size_t j, size_t k)
{
    return (k * SIDE + j) * SIDE + i;
}

static void make(scene *s)
{
    const osarc_grid grid = {.size = {SIDE, SIDE, SIDE},
                             .spacing_mm = {1.5, 1.5, 1.5},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_image_create(&s->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s->tissue, &grid, &err));
    EXPECT_OK(osarc_mask_create(&s->codes, &grid, &err));
    memset(osarc_mask_fill(s->tissue), OSARC_TISSUE_MUSCLE, SIDE * SIDE * SIDE);
    for (size_t k = FROM; k <= TO; k++)
        for (size_t j = FROM; j <= TO; j++)
            for (size_t i = FROM; i <= TO; i++) {
                osarc_image_fill(s->image)[place(i, j, k)] = -50;
                osarc_mask_fill(s->codes)[place(i, j, k)] = OSARC_FEMUR_PRESENT;
            }
    s->femur.shaft_axis[2] = 1;
    s->femur.lesser_mm[0] = NAN;
    s->calibration = (osarc_calibration){.rung = OSARC_RUNG_PHANTOM, .density = {0, 1, 0}};
}

static double mineral_at(scene *s, size_t i, size_t j, size_t k)
{
    const osarc_hip_input in = {.image = s->image,
                                .tissue = s->tissue,
                                .codes = s->codes,
                                .femur = &s->femur,
                                .calibration = &s->calibration};
    EXPECT_OK(osi_hip_block_read(&s->block, &in, &err));
    EXPECT_OK(osi_hip_block_sort(&s->block, &err));
    const osi_hip_block *b = &s->block;
    const size_t at[3] = {i - b->first[0], j - b->first[1], k - b->first[2]};
    double mineral = (double) b->mineral[(at[2] * b->size[1] + at[1]) * b->size[0] + at[0]];
    osi_hip_block_free(&s->block);
    return mineral;
}

static void drop(scene *s)
{
    osarc_image_free(s->image);
    osarc_mask_free(s->tissue);
    osarc_mask_free(s->codes);
}

Test(measure_hip_block, marrow_without_mineral_counts_as_none)
{
    scene s;
    make(&s);
    cr_expect(eq(dbl, mineral_at(&s, 11, 11, 11), 0));
    drop(&s);
}

Test(measure_hip_block, compact_bone_in_such_marrow_counts)
{
    scene s;
    make(&s);
    osarc_image_fill(s.image)[place(11, 11, 11)] = 400;
    osarc_mask_fill(s.codes)[place(11, 11, 11)] |= OSARC_FEMUR_COMPACT;
    cr_expect(eq(dbl, mineral_at(&s, 11, 11, 11), 400));
    drop(&s);
}

/* 27 voxels of 30 in marrow of -50: of a box that reaches 2 mm, two voxels either way, the mean is
 * negative; of one that reaches 1.5 mm it is not. */
Test(measure_hip_block, marrow_is_told_from_noise_by_all_within_2_mm)
{
    scene s;
    make(&s);
    for (size_t k = 10; k <= 12; k++)
        for (size_t j = 10; j <= 12; j++)
            for (size_t i = 10; i <= 12; i++)
                osarc_image_fill(s.image)[place(i, j, k)] = 30;
    cr_expect(eq(dbl, mineral_at(&s, 11, 11, 11), 0));
    drop(&s);
}

Test(measure_hip_block, refuses_a_mask_without_the_femur)
{
    scene s;
    make(&s);
    memset(osarc_mask_fill(s.codes), 0, SIDE * SIDE * SIDE);
    const osarc_hip_input in = {.image = s.image,
                                .tissue = s.tissue,
                                .codes = s.codes,
                                .femur = &s.femur,
                                .calibration = &s.calibration};
    EXPECT_REFUSED(osi_hip_block_read(&s.block, &in, &err), OSARC_ERR_QUALITY);
    osi_hip_block_free(&s.block);
    drop(&s);
}
