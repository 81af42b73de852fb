/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <expect.h>
#include <osarc/density.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "spine_frame.h"

#define FILE_LIMIT ((size_t) 1 << 28)
#define SCAN       OSARC_REAL_DATA "/ct_spine_pelvis_3mm/"

static void read_bytes(const char *name, uint8_t **bytes, size_t *size)
{
    osarc_error err = OSARC_ERROR_INIT;
    char path[512];
    snprintf(path, sizeof(path), "%s%s", SCAN, name);
    EXPECT_OK(osi_file_read(bytes, size, path, FILE_LIMIT, &err));
}

static osarc_mask *read_mask(const char *name)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    osarc_mask *mask;
    read_bytes(name, &bytes, &size);
    EXPECT_OK(osi_nifti_read_mask(&mask, bytes, size, &err));
    osi_free(bytes);
    return mask;
}

static osarc_image *read_image(const char *name)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    osarc_image *image;
    read_bytes(name, &bytes, &size);
    EXPECT_OK(osi_nifti_read_image(&image, bytes, size, 2, &err));
    osi_free(bytes);
    return image;
}

/* Middles of the bodies that are labelled, head first (T12 is 32, L5 is 27). */
static size_t find_line(double centre[6][3])
{
    osarc_mask *spine = read_mask("labels_spine.nii.gz");
    osarc_mask *bodies = read_mask("labels_vertebrae_body.nii.gz");
    const osarc_grid *grid = osarc_mask_grid(spine);
    size_t count = 0;
    for (int label = 32; label >= 27; label--) {
        double sum[3] = {0};
        double voxels = 0;
        for (size_t i = 0; i < osarc_grid_count(grid); i++) {
            if (osarc_mask_labels(spine)[i] != label || !osarc_mask_labels(bodies)[i])
                continue;
            const double ijk[3] = {(double) (i % grid->size[0]),
                                   (double) (i / grid->size[0] % grid->size[1]),
                                   (double) (i / grid->size[0] / grid->size[1])};
            double at[3];
            osarc_grid_position_mm(grid, ijk, at);
            for (int a = 0; a < 3; a++)
                sum[a] += at[a];
            voxels++;
        }
        cr_assert(gt(dbl, voxels, 0.0));
        for (int a = 0; a < 3; a++)
            centre[count][a] = sum[a] / voxels;
        count++;
    }
    osarc_mask_free(bodies);
    osarc_mask_free(spine);
    return count;
}

/* Median of the aorta as another program labels it (52), wall and all. */
static double labelled_aorta_hu(const osarc_image *image)
{
    osarc_mask *total = read_mask("labels_total.nii.gz");
    size_t bins[400] = {0};
    size_t count = 0;
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(total)); i++) {
        double hu = osarc_image_value(image, i);
        if (osarc_mask_labels(total)[i] == 52 && hu >= -100 && hu < 300) {
            bins[(size_t) (hu + 100)]++;
            count++;
        }
    }
    osarc_mask_free(total);
    size_t below = 0;
    size_t i = 0;
    while (below < count / 2)
        below += bins[i++];
    return (double) i - 100;
}

/* 5 HU: two standard errors, and the wall and fat that labels take in. */
Test(calibration_vessel, reads_the_aorta_of_a_patient_as_labels_do)
{
    FILE *there = fopen(SCAN "ct.nii.gz", "rb"); /* banned-ok */
    if (!there) {
        printf("no real scan here: skipped\n");
        return;
    }
    fclose(there);
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = read_image("ct.nii.gz");
    osarc_mask *nothing;
    EXPECT_OK(osarc_mask_create(&nothing, osarc_image_grid(image), &err));
    double centre[6][3];
    double back[6][3] = {{0, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}};
    osarc_spine_line line = {(const double(*)[3]) centre, (const double(*)[3]) back,
                             find_line(centre)};
    osarc_tissue_samples s;
    EXPECT_OK(osarc_tissue_samples_read(&s, image, nothing, &line, NULL, 2, &err));
    cr_expect(eq(str, (char *) s.blood_from, "aorta"));
    cr_expect(epsilon_eq(dbl, s.blood_hu, labelled_aorta_hu(image), 5));
    cr_expect(eq(int, s.blood_enhanced, 0));
    osarc_mask_free(nothing);
    osarc_image_free(image);
}

/* A spine that leans 30 degrees and turns: left, back and up stay at right angles. */
Test(calibration_vessel, stands_square_on_a_leaning_spine)
{
    osarc_error err = OSARC_ERROR_INIT;
    static const double CENTRE[2][3] = {{20, 0, 34.64}, {0, 0, 0}};
    static const double BACK[2][3] = {{0.2, 1, 0.3}, {0, 2, 0}};
    const osarc_spine_line line = {CENTRE, BACK, 2};
    osi_spine_frame *frames;
    EXPECT_OK(osi_spine_frames(&frames, &line, &err));
    for (int i = 0; i < 2; i++) {
        const double *l = frames[i].left;
        const double *b = frames[i].back;
        const double *u = frames[i].up;
        cr_expect(epsilon_eq(dbl, l[0] * b[0] + l[1] * b[1] + l[2] * b[2], 0, 1e-12));
        cr_expect(epsilon_eq(dbl, l[0] * u[0] + l[1] * u[1] + l[2] * u[2], 0, 1e-12));
        cr_expect(epsilon_eq(dbl, b[0] * u[0] + b[1] * u[1] + b[2] * u[2], 0, 1e-12));
        cr_expect(gt(dbl, l[0], 0.5));
        cr_expect(epsilon_eq(dbl, u[0], 0.5, 1e-4));
    }
    double in[3];
    const double left_of_it[3] = {10, 0, 0};
    osi_spine_frame_in(&frames[1], left_of_it, in);
    cr_expect(epsilon_eq(dbl, in[0], 10 * cos(M_PI / 6), 1e-3));
    osi_free(frames);
}

/* 40 mm between two vertebrae and 16 mm past each: 72 mm in steps of 5 mm, ends included. */
Test(calibration_vessel, puts_levels_evenly_along_the_spine)
{
    osarc_error err = OSARC_ERROR_INIT;
    static const double CENTRE[3][3] = {{0, 0, 40}, {0, 0, 20}, {0, 0, 0}};
    static const double BACK[3][3] = {{0, 1, 0}, {0, 1, 0}, {0, 1, 0}};
    const osarc_spine_line line = {CENTRE, BACK, 3};
    osi_spine_frame *frames, *levels;
    size_t count;
    EXPECT_OK(osi_spine_frames(&frames, &line, &err));
    EXPECT_OK(osi_spine_levels(&levels, &count, frames, 3, 5, 16, &err));
    cr_expect(eq(sz, count, 15));
    for (size_t i = 0; i < count; i++)
        cr_expect(epsilon_eq(dbl, levels[i].centre_mm[2], 56 - 5 * (double) i, 1e-9));
    osi_free(levels);
    osi_free(frames);
}

Test(calibration_vessel, refuses_a_spine_of_no_length)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_spine_frame *frames;
    const osarc_spine_line none = {NULL, NULL, 0};
    EXPECT_REFUSED(osi_spine_frames(&frames, &none, &err), OSARC_ERR_ARGUMENT);
    static const double CENTRE[2][3] = {{0, 0, 0}, {0, 0, 0}};
    static const double BACK[2][3] = {{0, 1, 0}, {0, 1, 0}};
    const osarc_spine_line same = {CENTRE, BACK, 2};
    EXPECT_REFUSED(osi_spine_frames(&frames, &same, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, frames, NULL));
}
