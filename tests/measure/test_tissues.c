/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure.h>

static osarc_error err = OSARC_ERROR_INIT;
static osarc_acquisition acquisition;
static const osarc_measure_context CONTEXT = {.case_id = "1", .acquisition = &acquisition};
static osarc_image *image;
static osarc_mask *mask;
static osarc_findings *findings;

#define SIDE 20

/* A cube of 20 voxels a side, 0.5 x 0.5 x 2 mm: 0.0005 cm3 a voxel. */
static osarc_grid make_grid(void)
{
    return (osarc_grid){.size = {SIDE, SIDE, SIDE},
                        .spacing_mm = {0.5, 0.5, 2},
                        .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}

static void make(osarc_unit unit, double step, double offset)
{
    osarc_grid grid = make_grid();
    EXPECT_OK(osarc_image_create(&image, &grid, unit, step, offset, &err));
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
    EXPECT_OK(osarc_findings_create(&findings, &err));
    osarc_acquisition_init(&acquisition);
}

static void drop(void)
{
    osarc_image_free(image);
    osarc_mask_free(mask);
    osarc_findings_free(findings);
}

/* A box of one label and one stored value; `to` is past the end. */
static void draw(const size_t from[3], const size_t to[3], uint8_t label, int16_t stored)
{
    for (size_t k = from[2]; k < to[2]; k++)
        for (size_t j = from[1]; j < to[1]; j++)
            for (size_t i = from[0]; i < to[0]; i++) {
                size_t n = (k * SIDE + j) * SIDE + i;
                osarc_mask_fill(mask)[n] = label;
                osarc_image_fill(image)[n] = stored;
            }
}

#define AT(a, b, c) ((const size_t[3]){a, b, c})

static void measure(double cut_fraction)
{
    EXPECT_OK(osarc_measure_tissues(findings, &CONTEXT, image, mask, 12.5, cut_fraction, 2, &err));
}

static const osarc_finding *find(const char *quantity)
{
    const osarc_finding *found = NULL;
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->quantity, quantity)) {
            cr_assert(found == NULL, "%s is there twice", quantity);
            found = row;
        }
    }
    cr_assert(found != NULL, "no row %s", quantity);
    return found;
}

Test(measure_tissues, counts_the_volume_of_each_tissue)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(2, 2, 2), AT(18, 18, 18), OSARC_TISSUE_SUBCUTANEOUS_FAT, -100);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    measure(0);
    cr_expect(epsilon_eq(dbl, find("body_volume")->value, 16 * 16 * 16 * 0.0005, 1e-12));
    cr_expect(epsilon_eq(dbl, find("soft_tissue_volume")->value, 0.5, 1e-12));
    cr_expect(epsilon_eq(dbl, find("sat_volume")->value, (4096 - 1000) * 0.0005, 1e-12));
    cr_expect(eq(dbl, find("metal_volume")->value, 0.0));
    cr_expect(eq(str, (char *) find("sat_volume")->unit, "cm3"));
    drop();
}

Test(measure_tissues, gives_the_interval_of_even_shares_at_the_border)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    measure(0);
    /* 1000 - 512 voxels lie on the border of the cube */
    double half = 1.959963984540054 * 0.0005 * sqrt(488 / 12.0);
    cr_expect(epsilon_eq(dbl, find("soft_tissue_volume")->ci_low, 0.5 - half, 1e-12));
    cr_expect(epsilon_eq(dbl, find("soft_tissue_volume")->ci_high, 0.5 + half, 1e-12));
    cr_expect(epsilon_eq(dbl, find("body_volume")->ci_high, 0.5 + half, 1e-12));
    drop();
}

Test(measure_tissues, reads_attenuation_away_from_the_mixed_border)
{
    make(OSARC_UNIT_HU, 0.5, -10); /* HU = stored / 2 - 10 */
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 0);
    draw(AT(6, 6, 6), AT(14, 14, 14), OSARC_TISSUE_SOFT, 120);
    measure(0);
    cr_expect(epsilon_eq(dbl, find("soft_tissue_attenuation")->value, 50, 1e-12));
    cr_expect(eq(str, (char *) find("soft_tissue_attenuation")->method, "core-mean"));
    double all = (512 * 50 + 488 * -10) / 1000.0;
    cr_expect(epsilon_eq(dbl, find("soft_tissue_label_attenuation")->value, all, 1e-12));
    cr_expect(eq(str, (char *) find("soft_tissue_label_attenuation")->method, "label-mean"));
    drop();
}

Test(measure_tissues, gives_the_interval_of_the_mean_from_the_spread)
{
    make(OSARC_UNIT_HU, 2, 5);
    draw(AT(0, 0, 0), AT(SIDE, SIDE, SIDE), OSARC_TISSUE_SOFT, 0);
    draw(AT(0, 0, 0), AT(SIDE, SIDE, SIDE / 2), OSARC_TISSUE_SOFT, 10);
    measure(0);
    /* 8000 voxels, half 5 HU, half 25 HU: SD = 10 * sqrt(8000 / 7999) */
    double half = 1.959963984540054 * 10 * sqrt(8000.0 / 7999) / sqrt(8000);
    const osarc_finding *row = find("soft_tissue_attenuation");
    cr_expect(epsilon_eq(dbl, row->value, 15, 1e-12));
    cr_expect(epsilon_eq(dbl, row->ci_high - row->ci_low, 2 * half, 1e-9));
    drop();
}

Test(measure_tissues, leaves_voxels_outside_the_field_of_view_out_of_means)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(0, 0, 0), AT(SIDE, SIDE, SIDE), OSARC_TISSUE_SOFT, 50);
    draw(AT(3, 3, 3), AT(6, 6, 6), OSARC_TISSUE_SOFT, OSARC_OUTSIDE);
    measure(0);
    cr_expect(eq(dbl, find("soft_tissue_attenuation")->value, 50.0));
    cr_expect(eq(dbl, find("soft_tissue_label_attenuation")->value, 50.0));
    cr_expect(epsilon_eq(dbl, find("soft_tissue_volume")->value, 4, 1e-12));
    drop();
}

Test(measure_tissues, leaves_the_phantom_out_of_the_body)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    draw(AT(0, 0, 0), AT(20, 2, 20), OSARC_TISSUE_PHANTOM, 100);
    measure(0);
    cr_expect(epsilon_eq(dbl, find("body_volume")->value, 0.5, 1e-12));
    drop();
}

Test(measure_tissues, tells_the_size_of_a_voxel_and_the_noise)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    measure(0);
    cr_expect(eq(dbl, find("voxel_size_x")->value, 0.5));
    cr_expect(eq(dbl, find("voxel_size_z")->value, 2.0));
    cr_expect(eq(dbl, find("image_noise")->value, 12.5));
    cr_expect(eq(str, (char *) find("image_noise")->site, "image"));
    drop();
}

Test(measure_tissues, names_series_and_patient_in_each_row)
{
    make(OSARC_UNIT_HU, 1, 0);
    strcpy(acquisition.patient_id, "P7");
    strcpy(acquisition.series_uid, "1.2.3");
    measure(0);
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        cr_expect(eq(str, (char *) osarc_findings_at(findings, i)->case_id, "1"));
        cr_expect(eq(str, (char *) osarc_findings_at(findings, i)->patient_id, "P7"));
        cr_expect(eq(str, (char *) osarc_findings_at(findings, i)->series_uid, "1.2.3"));
    }
    drop();
}

Test(measure_tissues, measures_muscle_once_it_is_told_apart)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_MUSCLE, 50);
    draw(AT(8, 8, 8), AT(12, 12, 12), OSARC_TISSUE_VISCERAL_FAT, -90);
    measure(0);
    cr_expect(epsilon_eq(dbl, find("muscle_volume")->value, (1000 - 64) * 0.0005, 1e-12));
    cr_expect(epsilon_eq(dbl, find("vat_volume")->value, 64 * 0.0005, 1e-12));
    cr_expect(eq(dbl, find("muscle_attenuation")->value, 50.0));
    for (size_t i = 0; i < osarc_findings_count(findings); i++)
        cr_expect(ne(str, (char *) osarc_findings_at(findings, i)->quantity, "inner_fat_volume"));
    drop();
}

Test(measure_tissues, refuses_muscle_rows_while_muscle_is_not_told_apart)
{
    static const char *const REFUSED[] = {"muscle_volume",   "vat_volume",
                                          "imat_volume",     "muscle_attenuation",
                                          "vat_attenuation", "imat_attenuation"};
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    draw(AT(8, 8, 8), AT(12, 12, 12), OSARC_TISSUE_VISCERAL_FAT, -90);
    measure(0);
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        cr_expect(eq(int, (int) find(REFUSED[i])->quality, OSARC_QUALITY_REFUSED));
        cr_expect(ne(str, (char *) find(REFUSED[i])->note, ""));
    }
    cr_expect(epsilon_eq(dbl, find("inner_fat_volume")->value, 64 * 0.0005, 1e-12));
    drop();
}

Test(measure_tissues, refuses_the_mean_of_a_tissue_that_is_not_there)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    measure(0);
    cr_expect(eq(dbl, find("sat_volume")->value, 0.0));
    cr_expect(eq(int, (int) find("sat_attenuation")->quality, OSARC_QUALITY_REFUSED));
    cr_expect(eq(int, (int) find("sat_label_attenuation")->quality, OSARC_QUALITY_REFUSED));
    drop();
}

Test(measure_tissues, refuses_the_mean_of_a_sheet_without_a_core)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    draw(AT(5, 5, 5), AT(7, 15, 15), OSARC_TISSUE_SUBCUTANEOUS_FAT, -100);
    measure(0);
    cr_expect(eq(int, (int) find("sat_attenuation")->quality, OSARC_QUALITY_REFUSED));
    cr_expect(eq(dbl, find("sat_label_attenuation")->value, -100.0));
    drop();
}

Test(measure_tissues, warns_of_a_body_that_is_cut)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(0, 0, 0), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    measure(0.034);
    const osarc_finding *row = find("soft_tissue_volume");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "cuts 3.4 % of the body outline") != NULL, "%s", row->note);
    cr_expect(eq(int, (int) find("voxel_size_x")->quality, OSARC_QUALITY_OK));
    drop();
}

Test(measure_tissues, warns_when_it_is_not_known_whether_the_body_is_cut)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(5, 5, 5), AT(15, 15, 15), OSARC_TISSUE_SOFT, 50);
    measure(NAN);
    cr_expect(eq(int, (int) find("body_volume")->quality, OSARC_QUALITY_WARNING));
    drop();
}

Test(measure_tissues, refuses_noise_that_is_not_known)
{
    make(OSARC_UNIT_HU, 1, 0);
    EXPECT_OK(osarc_measure_tissues(findings, &CONTEXT, image, mask, NAN, 0, 1, &err));
    cr_expect(eq(int, (int) find("image_noise")->quality, OSARC_QUALITY_REFUSED));
    drop();
}

Test(measure_tissues, refuses_an_image_that_is_not_in_hu)
{
    make(OSARC_UNIT_MG_CM3, 1, 0);
    EXPECT_REFUSED(osarc_measure_tissues(findings, &CONTEXT, image, mask, 1, 0, 1, &err),
                   OSARC_ERR_UNIT);
    cr_expect(eq(sz, osarc_findings_count(findings), 0u));
    drop();
}

Test(measure_tissues, refuses_labels_on_another_grid)
{
    make(OSARC_UNIT_HU, 1, 0);
    osarc_mask *other = NULL;
    osarc_grid grid = make_grid();
    grid.origin_mm[2] = 0.1;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    EXPECT_REFUSED(osarc_measure_tissues(findings, &CONTEXT, image, other, 1, 0, 1, &err),
                   OSARC_ERR_GEOMETRY);
    osarc_mask_free(other);
    drop();
}

Test(measure_tissues, refuses_to_work_without_an_image)
{
    make(OSARC_UNIT_HU, 1, 0);
    EXPECT_REFUSED(osarc_measure_tissues(findings, &CONTEXT, NULL, mask, 1, 0, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_tissues(NULL, &CONTEXT, image, mask, 1, 0, 1, &err),
                   OSARC_ERR_ARGUMENT);
    drop();
}

Test(measure_tissues, turns_what_weakens_the_scan_into_warnings)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(2, 2, 2), AT(12, 12, 12), OSARC_TISSUE_SUBCUTANEOUS_FAT, -100);
    osarc_measure_context context = CONTEXT;
    context.warnings = "lossy compression";
    EXPECT_OK(osarc_measure_tissues(findings, &context, image, mask, 12.5, 0, 2, &err));
    const osarc_finding *row = find("sat_volume");
    cr_expect(eq(int, row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "lossy compression") != NULL);
    drop();
}

Test(measure_tissues, warns_of_contrast_in_attenuation_alone)
{
    make(OSARC_UNIT_HU, 1, 0);
    draw(AT(2, 2, 2), AT(12, 12, 12), OSARC_TISSUE_SUBCUTANEOUS_FAT, -100);
    acquisition.contrast = OSARC_CONTRAST_GIVEN;
    measure(0);
    cr_expect(eq(int, find("sat_volume")->quality, OSARC_QUALITY_OK));
    cr_expect(eq(int, find("sat_attenuation")->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(find("sat_attenuation")->note, "contrast") != NULL);
    drop();
}

Test(measure_tissues, tells_the_frequency_of_noise_or_why_not)
{
    make(OSARC_UNIT_HU, 1, 0);
    EXPECT_OK(osarc_measure_noise_frequency(findings, &CONTEXT, 0.25, &err));
    cr_expect(eq(dbl, find("noise_frequency")->value, 0.25));
    drop();
    make(OSARC_UNIT_HU, 1, 0);
    EXPECT_OK(osarc_measure_noise_frequency(findings, &CONTEXT, NAN, &err));
    cr_expect(eq(int, find("noise_frequency")->quality, OSARC_QUALITY_REFUSED));
    EXPECT_REFUSED(osarc_measure_noise_frequency(NULL, &CONTEXT, 0.25, &err), OSARC_ERR_ARGUMENT);
    drop();
}
