/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_limb.h>

/*
 * A square limb of 40 x 40 voxels of 1 mm in each of 3 slices: 6 voxels of subcutaneous fat of
 * -100 HU round muscle of 50 HU, with a column of intermuscular fat 4 wide.
 */
#define SIDE   40
#define FAT    6
#define SLICES 3

typedef struct limb_case {
    osarc_image *image;
    osarc_mask *codes;
    osarc_findings *findings;
    osarc_acquisition acquisition;
    osarc_limb limb;
    osarc_limb_level level;
    osarc_measure_context context;
    osarc_limb_input input;
} limb_case;

static size_t at(size_t x, size_t y, size_t z)
{
    return (z * (SIDE + 2) + y + 1) * (SIDE + 2) + x + 1;
}

static void make(limb_case *c)
{
    osarc_error err = OSARC_ERROR_INIT;
    memset(c, 0, sizeof(*c));
    osarc_grid grid = {.size = {SIDE + 2, SIDE + 2, SLICES},
                       .spacing_mm = {1, 1, 5},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_image_create(&c->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&c->codes, &grid, &err));
    EXPECT_OK(osarc_findings_create(&c->findings, &err));
    for (size_t z = 0; z < SLICES; z++)
        for (size_t y = 0; y < SIDE; y++)
            for (size_t x = 0; x < SIDE; x++) {
                int is_sat = x < FAT || y < FAT || x >= SIDE - FAT || y >= SIDE - FAT;
                int is_imat = !is_sat && x >= 18 && x < 22;
                osarc_image_fill(c->image)[at(x, y, z)] = is_sat || is_imat ? -100 : 50;
                osarc_mask_fill(c->codes)[at(x, y, z)] = is_sat    ? OSARC_TISSUE_SUBCUTANEOUS_FAT
                                                         : is_imat ? OSARC_TISSUE_INTERMUSCULAR_FAT
                                                                   : OSARC_TISSUE_MUSCLE;
            }
    osarc_acquisition_init(&c->acquisition);
    c->acquisition.kvp = 120;
    c->acquisition.contrast = OSARC_CONTRAST_NONE;
    c->limb = (osarc_limb){.side = OSARC_SIDE_LEFT,
                           .side_from = "a test",
                           .axis = 2,
                           .last = SLICES - 1,
                           .middle = 1,
                           .femur_mm = NAN,
                           .share_in_view = 1,
                           .refused = ""};
    c->level = (osarc_limb_level){.limb = &c->limb};
    c->context = (osarc_measure_context){"a", &c->acquisition, NULL};
    c->input = (osarc_limb_input){.image = c->image,
                                  .codes = c->codes,
                                  .levels = &c->level,
                                  .level_count = 1,
                                  .noise_sd_hu = 10};
}

static void release(limb_case *c)
{
    osarc_findings_free(c->findings);
    osarc_mask_free(c->codes);
    osarc_image_free(c->image);
}

static const osarc_finding *row_of(const limb_case *c, const char *quantity, const char *level)
{
    for (size_t i = 0; i < osarc_findings_count(c->findings); i++) {
        const osarc_finding *row = osarc_findings_at(c->findings, i);
        if (strcmp(row->quantity, quantity) == 0 && strcmp(row->level, level) == 0)
            return row;
    }
    cr_assert(0, "no row of %s at '%s'", quantity, level);
    return NULL;
}

static const osarc_finding *measure(limb_case *c, const char *quantity, const char *level)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_measure_limbs(c->findings, &c->context, &c->input, &err));
    return row_of(c, quantity, level);
}

#define MUSCLE_CM2 ((28 * 28 - 4 * 28) / 100.0)
#define SAT_CM2    ((40 * 40 - 28 * 28) / 100.0)
#define IMAT_CM2   (4 * 28 / 100.0)

Test(measure_limb, areas_of_whole_voxels_are_their_number)
{
    limb_case c;
    make(&c);
    const osarc_finding *row = measure(&c, "muscle_area", "mid-extent");
    cr_expect(epsilon_eq(dbl, row->value, MUSCLE_CM2, 1e-9));
    cr_expect(eq(str, (char *) row->side, "left"));
    cr_expect(eq(str, (char *) row->site, "thigh"));
    cr_expect(epsilon_eq(dbl, row_of(&c, "sat_area", "mid-extent")->value, SAT_CM2, 1e-9));
    row = row_of(&c, "imat_area", "mid-extent");
    cr_expect(epsilon_eq(dbl, row->value, IMAT_CM2, 1e-9));
    cr_expect(
        eq(str, (char *) row->method, "hu-windows aubrey2014, border-shares, between-and-within"));
    cr_expect(epsilon_eq(dbl, row_of(&c, "imat_fraction", "mid-extent")->value,
                         IMAT_CM2 / (IMAT_CM2 + MUSCLE_CM2), 1e-9));
    release(&c);
}

Test(measure_limb, volumes_are_areas_times_slice_distance)
{
    limb_case c;
    make(&c);
    const osarc_finding *row = measure(&c, "muscle_volume", "extent");
    cr_expect(epsilon_eq(dbl, row->value, MUSCLE_CM2 * 1.5, 1e-9));
    cr_expect(strstr(row->note, "extent z 0 to 10 mm") != NULL);
    release(&c);
}

Test(measure_limb, a_border_voxel_counts_by_its_share)
{
    limb_case c;
    make(&c);
    /* the column's last voxels are half muscle: -25 HU, which the window calls muscle */
    for (size_t z = 0; z < SLICES; z++)
        for (size_t y = FAT; y < SIDE - FAT; y++) {
            osarc_image_fill(c.image)[at(21, y, z)] = -25;
            osarc_mask_fill(c.codes)[at(21, y, z)] = OSARC_TISSUE_MUSCLE;
        }
    const osarc_finding *row = measure(&c, "imat_area", "mid-extent");
    /* the mean of muscle away from its border is 50 still; the ends of the column touch fat under
     * the skin too and are shared with it */
    cr_expect(epsilon_eq(dbl, row->value, 3.5 * 28 / 100, 0.02));
    cr_expect(
        epsilon_eq(dbl, row_of(&c, "imat_window_area", "mid-extent")->value, 3.0 * 28 / 100, 1e-9));
    release(&c);
}

/* A femur of 6 x 6 voxels with marrow of 2 x 2, and a column of half fat, half muscle. */
Test(measure_limb, areas_of_all_tissues_sum_up_to_the_limb)
{
    static const char *const PARTS[] = {"muscle_area", "sat_area", "imat_area", "compact_bone_area",
                                        "marrow_area"};
    osarc_error err = OSARC_ERROR_INIT;
    limb_case c;
    make(&c);
    for (size_t z = 0; z < SLICES; z++) {
        for (size_t y = 10; y < 16; y++)
            for (size_t x = 10; x < 16; x++) {
                int marrow = x >= 12 && x < 14 && y >= 12 && y < 14;
                osarc_image_fill(c.image)[at(x, y, z)] = marrow ? -60 : 900;
                osarc_mask_fill(c.codes)[at(x, y, z)] =
                    marrow ? OSARC_TISSUE_TRABECULAR_BONE : OSARC_TISSUE_COMPACT_BONE;
            }
        for (size_t y = FAT; y < SIDE - FAT; y++)
            osarc_image_fill(c.image)[at(21, y, z)] = -25;
    }
    double sum = 0;
    EXPECT_OK(osarc_measure_limbs(c.findings, &c.context, &c.input, &err));
    for (size_t n = 0; n < sizeof(PARTS) / sizeof(PARTS[0]); n++)
        sum += row_of(&c, PARTS[n], "mid-extent")->value;
    /* what a share takes from one tissue it gives to another */
    cr_expect(epsilon_eq(dbl, sum, SIDE * SIDE / 100.0, 1e-9));
    release(&c);
}

/* The column's middle, two voxels wide, does not reach the fascia. */
Test(measure_limb, the_other_definition_counts_only_fat_within)
{
    limb_case c;
    make(&c);
    for (size_t z = 0; z < SLICES; z++)
        for (size_t y = FAT; y < SIDE - FAT; y++)
            for (size_t x = 19; x < 21; x++)
                osarc_mask_fill(c.codes)[at(x, y, z)] |= OSARC_LIMB_WITHIN;
    c.input.imat = OSARC_IMAT_WITHIN;
    const osarc_finding *row = measure(&c, "imat_area", "mid-extent");
    cr_expect(epsilon_eq(dbl, row->value, 2 * 28 / 100.0, 1e-9));
    cr_expect(eq(str, (char *) row->method, "hu-windows aubrey2014, border-shares, within"));
    cr_expect(epsilon_eq(dbl, row_of(&c, "imat_fraction", "mid-extent")->value,
                         0.56 / (0.56 + MUSCLE_CM2), 1e-9));
    release(&c);
}

Test(measure_limb, what_lies_between_two_windows_is_neither_fat_nor_muscle)
{
    limb_case c;
    make(&c);
    for (size_t z = 0; z < SLICES; z++)
        for (size_t y = FAT + 5; y < FAT + 15; y++) {
            osarc_image_fill(c.image)[at(10, y, z)] = -40; /* coded as fat: under muscle's window */
            osarc_mask_fill(c.codes)[at(10, y, z)] = OSARC_TISSUE_INTERMUSCULAR_FAT;
        }
    osarc_hu_table table = osarc_hu_table_default();
    table.window[OSARC_WINDOW_ADIPOSE].high_hu = -50;
    table.window[OSARC_WINDOW_VISCERAL].high_hu = -50;
    c.input.windows = &table;
    const osarc_finding *row = measure(&c, "imat_window_area", "mid-extent");
    cr_expect(epsilon_eq(dbl, row->value, IMAT_CM2, 1e-9));
    cr_expect(epsilon_eq(dbl, row_of(&c, "muscle_window_area", "mid-extent")->value,
                         MUSCLE_CM2 - 0.1, 1e-9));
    release(&c);
}

Test(measure_limb, lean_mass_of_arms_and_legs_is_refused_with_what_is_in_view)
{
    limb_case c;
    make(&c);
    const osarc_finding *row = measure(&c, "alm", "total");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(row->note, "1 of 2 thighs, 15 mm") != NULL, "%s", row->note);
    release(&c);
}

Test(measure_limb, fat_of_muscle_mixes_a_lean_point_and_own_fat)
{
    limb_case c;
    make(&c);
    c.input.lean_hu = 65;
    c.input.lean_half_hu = 3;
    const osarc_finding *row = measure(&c, "muscle_fat_fraction", "mid-extent");
    cr_expect(epsilon_eq(dbl, row->value, 15.0 / 165, 1e-9));
    cr_expect(epsilon_eq(dbl, row->ci_low, 12.0 / 162, 1e-9));
    cr_expect(epsilon_eq(dbl, row->ci_high, 18.0 / 168, 1e-9));
    release(&c);
}

Test(measure_limb, the_lean_point_is_stated)
{
    limb_case c;
    make(&c);
    const osarc_finding *row = measure(&c, "muscle_fat_fraction", "mid-extent");
    cr_expect(strstr(row->note, "lean point") != NULL);
    cr_expect(strstr(row->note, "fat point -100 HU") != NULL);
    /* 1.06 g/cm3 of muscle reads 53 HU at 120 kVp */
    cr_expect(epsilon_eq(dbl, row->value, 3.0 / 153, 0.004));
    release(&c);
}

Test(measure_limb, what_is_left_out_is_told_and_not_counted)
{
    limb_case c;
    make(&c);
    for (size_t y = FAT; y < FAT + 10; y++)
        osarc_mask_fill(c.codes)[at(10, y, 1)] |= OSARC_LIMB_EXCLUDED;
    const osarc_finding *row = measure(&c, "muscle_window_area", "mid-extent");
    cr_expect(epsilon_eq(dbl, row->value, MUSCLE_CM2 - 0.1, 1e-9));
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "left out by the mask given: 0.1 cm2 (of it muscle 0.1") != NULL);
    release(&c);
}

Test(measure_limb, an_interval_holds_a_slice_up_and_down)
{
    limb_case c;
    make(&c);
    for (size_t y = FAT; y < SIDE - FAT; y++)
        osarc_mask_fill(c.codes)[at(8, y, 2)] = 0;
    const osarc_finding *row = measure(&c, "muscle_area", "mid-extent");
    cr_expect(ge(dbl, row->ci_high - row->value, 0.13));
    cr_expect(lt(dbl, row->ci_low, row->value));
    release(&c);
}

Test(measure_limb, contrast_and_voltage_weaken_attenuation)
{
    limb_case c;
    make(&c);
    c.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    c.acquisition.kvp = 100;
    const osarc_finding *row = measure(&c, "muscle_attenuation", "mid-extent");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "contrast was given") != NULL);
    cr_expect(strstr(row->note, "100 kVp") != NULL);
    cr_expect(eq(int, (int) row_of(&c, "muscle_area", "mid-extent")->quality, OSARC_QUALITY_OK));
    release(&c);
}

Test(measure_limb, a_limb_that_is_cut_is_refused_with_its_share)
{
    limb_case c;
    make(&c);
    c.limb.refused = "the edge of the view cuts the limb";
    c.limb.share_in_view = 0.62;
    const osarc_finding *row = measure(&c, "muscle_area", "");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(row->note, "62 %") != NULL);
    cr_expect(eq(int, (int) row_of(&c, "muscle_volume", "")->quality, OSARC_QUALITY_REFUSED));
    release(&c);
}

Test(measure_limb, without_fat_under_the_skin_no_fraction_is_given)
{
    limb_case c;
    make(&c);
    uint8_t *code = osarc_mask_fill(c.codes);
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(c.codes)); i++)
        if (code[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT)
            code[i] = OSARC_TISSUE_SOFT;
    const osarc_finding *row = measure(&c, "muscle_fat_fraction", "mid-extent");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(
        eq(str, (char *) row_of(&c, "muscle_area", "mid-extent")->method, "hu-windows aubrey2014"));
    release(&c);
}

Test(measure_limb, without_marrow_or_scale_nothing_is_said_of_them)
{
    limb_case c;
    make(&c);
    c.level.marrow.refused = "the marrow canal is too narrow for these voxels";
    const osarc_finding *row = measure(&c, "marrow_attenuation", "shaft");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(eq(int, (int) row_of(&c, "marrow_density", "shaft")->quality, OSARC_QUALITY_REFUSED));
    cr_expect(
        eq(int, (int) row_of(&c, "marrow_fat_fraction", "shaft")->quality, OSARC_QUALITY_REFUSED));
    release(&c);
}

Test(measure_limb, density_of_marrow_needs_a_scale_and_no_contrast)
{
    limb_case c;
    make(&c);
    size_t voxels[25];
    for (size_t n = 0; n < 25; n++)
        voxels[n] = at(8 + n % 5, 8 + n / 5, 1);
    c.level.marrow = (osarc_region){voxels, 25, NULL};
    const osarc_finding *row = measure(&c, "marrow_density", "shaft");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    release(&c);
    make(&c);
    osarc_calibration scale = {
        .rung = OSARC_RUNG_PHANTOM, .method = "phantom", .basis = "HA", .density = {-10, 0.8, 0}};
    c.level.marrow = (osarc_region){voxels, 25, NULL};
    c.input.calibration = &scale;
    row = measure(&c, "marrow_density", "shaft");
    cr_expect(epsilon_eq(dbl, row->value, 30, 1e-9));
    cr_expect(eq(str, (char *) row->basis, "HA"));
    release(&c);
    make(&c);
    c.level.marrow = (osarc_region){voxels, 25, NULL};
    c.input.calibration = &scale;
    c.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    row = measure(&c, "marrow_density", "shaft");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    release(&c);
}

Test(measure_limb, refuses_what_it_cannot_use)
{
    osarc_error err = OSARC_ERROR_INIT;
    limb_case c;
    osarc_image *density = NULL;
    osarc_mask *other = NULL;
    make(&c);
    osarc_grid grid = *osarc_image_grid(c.image);
    EXPECT_OK(osarc_image_create(&density, &grid, OSARC_UNIT_MG_CM3, 1, 0, &err));
    grid.size[1]++;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    EXPECT_REFUSED(osarc_measure_limbs(NULL, &c.context, &c.input, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_limbs(c.findings, NULL, &c.input, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_limbs(c.findings, &c.context, NULL, &err), OSARC_ERR_ARGUMENT);
    c.input.image = density;
    EXPECT_REFUSED(osarc_measure_limbs(c.findings, &c.context, &c.input, &err), OSARC_ERR_UNIT);
    c.input.image = c.image;
    c.input.codes = other;
    EXPECT_REFUSED(osarc_measure_limbs(c.findings, &c.context, &c.input, &err), OSARC_ERR_GEOMETRY);
    c.input.codes = c.codes;
    c.limb.last = SLICES;
    EXPECT_REFUSED(osarc_measure_limbs(c.findings, &c.context, &c.input, &err), OSARC_ERR_ARGUMENT);
    c.limb.last = 0;
    EXPECT_REFUSED(osarc_measure_limbs(c.findings, &c.context, &c.input, &err), OSARC_ERR_ARGUMENT);
    osarc_mask_free(other);
    osarc_image_free(density);
    release(&c);
}
