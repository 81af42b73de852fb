/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osarc/phantom.h>
#include <osarc/run.h>
#include <osi/file.h>
#include <osi/nifti.h>

static char base[64];
static char scan[96];
static char out[96];
static char mask_path[96];

static void enter(void)
{
    snprintf(base, sizeof(base), "/tmp/osarc_limb_XXXXXX");
    cr_assert(mkdtemp(base) != NULL);
    snprintf(scan, sizeof(scan), "%s/scan", base);
    snprintf(out, sizeof(out), "%s/out", base);
    snprintf(mask_path, sizeof(mask_path), "%s/mask.nii.gz", base);
}

static void leave(void)
{
    (void) !osi_folder_remove(base, NULL);
}

static osarc_phantom *write_scan(osarc_phantom_options wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osi_folder_create(scan, &err));
    EXPECT_OK(osarc_phantom_create(&phantom, "thigh", &wanted, &err));
    osarc_ct_write_options how = {.acquisition = osarc_phantom_acquisition(phantom),
                                  .uid_seed = "limb step test"};
    EXPECT_OK(osarc_ct_write(scan, osarc_phantom_image(phantom), &how, &err));
    return phantom;
}

static osarc_findings *run(const char *input, osarc_run_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    options.out_folder = out;
    options.overwrite = 1;
    EXPECT_OK(osarc_run(NULL, &findings, &input, 1, &options, &err));
    return findings;
}

static const osarc_finding *row_of(const osarc_findings *findings, const char *quantity,
                                   const char *side)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (strcmp(row->site, "thigh") == 0 && strcmp(row->quantity, quantity) == 0 &&
            strcmp(row->side, side) == 0)
            return row;
    }
    return NULL;
}

/* Closed form; tolerances stand with the truth: 1 %, 0.005 and 0.01. */
static void expect_truth(double pixel_mm)
{
    osarc_phantom *phantom = write_scan((osarc_phantom_options){.pixel_mm = pixel_mm,
                                                                .slice_mm = 3,
                                                                .length_mm = 45,
                                                                .noise_sd_hu = 10,
                                                                .seed = 1,
                                                                .streaks = 1,
                                                                .muscle_fat = 0.1});
    osarc_findings *findings = run(scan, (osarc_run_options){0});
    size_t compared = 0;
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *truth = osarc_phantom_truth(phantom, i);
        if (strncmp(truth->quantity, "thigh_", 6) != 0)
            continue;
        const osarc_finding *row = row_of(findings, truth->quantity + 6, truth->tissue);
        cr_assert(row != NULL, "no row of %s", truth->quantity);
        cr_expect(epsilon_eq(dbl, row->value, truth->value, truth->tolerance), "%s %s at %g mm",
                  truth->tissue, truth->quantity, pixel_mm);
        compared++;
    }
    cr_expect(eq(sz, compared, 10));
    osarc_findings_free(findings);
    osarc_phantom_free(phantom);
}

Test(run_limb_step, measures_thin_streaks_and_fatty_muscle, .init = enter, .fini = leave)
{
    expect_truth(0.7);
}

Test(run_limb_step, measures_them_at_pixels_of_a_millimetre, .init = enter, .fini = leave)
{
    expect_truth(1);
}

#define COARSE .pixel_mm = 2, .slice_mm = 5, .length_mm = 50

Test(run_limb_step, leaves_a_lesion_out_and_says_so, .init = enter, .fini = leave)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = write_scan((osarc_phantom_options){COARSE});
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_mask_create(&mask, osarc_image_grid(osarc_phantom_image(phantom)), &err));
    const osarc_grid *grid = osarc_mask_grid(mask);
    /* a column of 20 x 20 mm in the front of the left thigh, in every slice */
    for (size_t k = 0; k < grid->size[2]; k++)
        for (size_t n = 0; n < 100; n++) {
            double ijk[3];
            osarc_grid_index(grid, (double[3]){101, -45, 0}, ijk);
            size_t i = (size_t) ijk[0] + n % 10;
            size_t j = (size_t) ijk[1] + n / 10;
            osarc_mask_fill(mask)[(k * grid->size[1] + j) * grid->size[0] + i] = 9;
        }
    EXPECT_OK(osi_nifti_write_mask(mask_path, mask, OSI_NIFTI_AS_DICOM_CONVERTERS, 0, &err));
    osarc_findings *whole = run(scan, (osarc_run_options){0});
    osarc_findings *less = run(scan, (osarc_run_options){.exclude_path = mask_path});
    const osarc_finding *row = row_of(less, "muscle_window_area", "left");
    cr_assert(row != NULL);
    cr_expect(
        epsilon_eq(dbl, row->value, row_of(whole, "muscle_window_area", "left")->value - 4, 1e-6));
    cr_expect(strstr(row->note, "left out by the mask given: 4 cm2") != NULL);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    row = row_of(less, "muscle_window_area", "right");
    cr_expect(strstr(row->note, "left out") == NULL);
    osarc_findings_free(less);
    osarc_findings_free(whole);
    osarc_mask_free(mask);
    osarc_phantom_free(phantom);
}

Test(run_limb_step, warns_when_a_mask_lies_elsewhere, .init = enter, .fini = leave)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = write_scan((osarc_phantom_options){COARSE});
    osarc_mask *mask = NULL;
    osarc_grid grid = {.size = {4, 4, 4},
                       .spacing_mm = {2, 2, 2},
                       .origin_mm = {5000, 0, 0},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
    osarc_mask_fill(mask)[3] = 1;
    EXPECT_OK(osi_nifti_write_mask(mask_path, mask, OSI_NIFTI_AS_GRID, 0, &err));
    osarc_findings *findings = run(scan, (osarc_run_options){.exclude_path = mask_path});
    const osarc_finding *row = row_of(findings, "muscle_area", "left");
    cr_assert(row != NULL);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "nothing was left out") != NULL);
    osarc_findings_free(findings);
    osarc_mask_free(mask);
    osarc_phantom_free(phantom);
}

static void expect_no_run(const char *exclude, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *input = scan;
    osarc_run_options options = {.out_folder = out, .exclude_path = exclude};
    EXPECT_REFUSED(osarc_run(NULL, NULL, &input, 1, &options, &err), wanted);
}

Test(run_limb_step, refuses_a_mask_that_cannot_be_read, .init = enter, .fini = leave)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom_free(write_scan((osarc_phantom_options){COARSE}));
    char path[128];
    snprintf(path, sizeof(path), "%s/none.nii", base);
    expect_no_run(path, OSARC_ERR_IO);
    EXPECT_OK(osi_file_write(path, "no mask", 7, &err));
    expect_no_run(path, OSARC_ERR_FORMAT);
}

Test(run_limb_step, refuses_limbs_that_the_view_cuts, .init = enter, .fini = leave)
{
    osarc_phantom_free(write_scan((osarc_phantom_options){COARSE, .matrix = 130}));
    osarc_findings *findings = run(scan, (osarc_run_options){0});
    for (int side = 0; side < 2; side++) {
        const osarc_finding *row = row_of(findings, "muscle_area", side ? "right" : "left");
        cr_assert(row != NULL);
        cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
        cr_expect(strstr(row->note, "of its cross-section in view") != NULL);
    }
    osarc_findings_free(findings);
}

/* Rows of a real thigh, its tumour left out. */
static void expect_real(const char *name, double z_low_mm, double z_high_mm)
{
    char image[160];
    char tumour[160];
    snprintf(image, sizeof(image), "%s/%s/image", OSARC_REAL_DATA, name);
    snprintf(tumour, sizeof(tumour), "%s/%s/tumour_rtstruct/RS.dcm", OSARC_REAL_DATA, name);
    if (access(image, R_OK) != 0) {
        printf("skipped: no %s\n", image);
        return;
    }
    osarc_findings *findings = run(image, (osarc_run_options){.exclude_path = tumour});
    const osarc_finding *area = row_of(findings, "muscle_area", "left");
    const osarc_finding *volume = row_of(findings, "muscle_volume", "left");
    const osarc_finding *other = row_of(findings, "muscle_area", "right");
    cr_assert(area && volume && other);
    /* areas of a slice without tumour, volumes without it */
    cr_expect(ne(int, (int) area->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(area->note, "left out by the mask") == NULL);
    const char *at = strstr(area->note, "slice at z ");
    cr_assert(at != NULL);
    double z_mm = atof(at + 11);
    cr_expect(ge(dbl, z_mm, z_low_mm));
    cr_expect(le(dbl, z_mm, z_high_mm));
    cr_expect(strstr(volume->note, "left out by the mask given") != NULL);
    /* the crop leaves a sliver of the other thigh */
    cr_expect(eq(int, (int) other->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(other->note, "% of its cross-section in view") != NULL);
    osarc_findings_free(findings);
}

/* Tumour in slices 16 to 97 and 16 to 73 of the stack, from its lowest: 3.27 mm each. */
Test(run_limb_step, measures_a_real_thigh_above_its_tumour, .init = enter, .fini = leave)
{
    expect_real("ct_thigh_a", 531 + 98 * 3.27, 531 + 114 * 3.27);
}

Test(run_limb_step, measures_a_real_thigh_below_its_tumour, .init = enter, .fini = leave)
{
    expect_real("ct_thigh_b", 675, 675 + 16 * 3.27);
}

static void expect_no_thigh(const char *name)
{
    char image[160];
    snprintf(image, sizeof(image), "%s/%s", OSARC_REAL_DATA, name);
    if (access(image, R_OK) != 0) {
        printf("skipped: no %s\n", image);
        return;
    }
    osarc_findings *findings = run(image, (osarc_run_options){0});
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (strcmp(row->site, "thigh") == 0)
            cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s has %s", name,
                      row->quantity);
    }
    osarc_findings_free(findings);
}

Test(run_limb_step, finds_no_thigh_in_a_trunk, .init = enter, .fini = leave)
{
    expect_no_thigh("ct_abdomen_pelvis");
}

Test(run_limb_step, finds_no_thigh_in_arms_beside_a_trunk, .init = enter, .fini = leave)
{
    expect_no_thigh("ct_j2k_slab");
}

Test(run_limb_step, refuses_a_thigh_that_the_crop_cuts_in_every_slice, .init = enter, .fini = leave)
{
    expect_no_thigh("ct_femur_a/image");
}
