/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "torso_help.h"

static void expect_areas(const osarc_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    drawn d = draw(options);
    osarc_torso torso = {0};
    EXPECT_OK(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err));
    double muscle = area_cm2(d.tissue, OSARC_TISSUE_MUSCLE);
    double between = area_cm2(d.tissue, OSARC_TISSUE_INTERMUSCULAR_FAT);
    double visceral = area_cm2(d.tissue, OSARC_TISSUE_VISCERAL_FAT);
    double truth = muscle_truth_cm2();
    printf("muscle %.2f of %.2f cm2, between %.2f, visceral %.2f\n", muscle, truth, between,
           visceral);
    cr_expect(lt(dbl, fabs(muscle / truth - 1), 0.01), "muscle %g of %g cm2", muscle, truth);
    cr_expect(gt(sz, torso.plane_count, 0));
    osarc_torso_clear(&torso);
    drop(&d);
}

Test(torso, muscle_of_a_drawn_torso_is_within_a_hundredth)
{
    expect_areas(
        &(osarc_phantom_options){.pixel_mm = 0.8, .slice_mm = 2, .noise_sd_hu = 10, .seed = 1});
}

Test(torso, so_it_is_at_coarser_and_finer_pixels)
{
    expect_areas(&(osarc_phantom_options){.pixel_mm = 1, .slice_mm = 3, .noise_sd_hu = 10});
    expect_areas(&(osarc_phantom_options){.pixel_mm = 0.6, .slice_mm = 5, .noise_sd_hu = 10});
}

Test(torso, organs_stay_other_soft_tissue)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 1, .slice_mm = 3, .noise_sd_hu = 10};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    EXPECT_OK(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err));
    const osarc_grid *grid = osarc_mask_grid(d.tissue);
    /* middles of liver, kidneys, aorta and colon wall */
    static const double ORGANS[][3] = {
        {-70, -36, 19}, {88, 22, 6}, {-88, 22, -6}, {6, -12, 19}, {103, -24, 19}};
    for (size_t i = 0; i < sizeof(ORGANS) / sizeof(ORGANS[0]); i++) {
        double ijk[3];
        osarc_grid_index(grid, ORGANS[i], ijk);
        size_t at =
            ((size_t) lround(ijk[2]) * grid->size[1] + (size_t) lround(ijk[1])) * grid->size[0] +
            (size_t) lround(ijk[0]);
        cr_expect(eq(u8, osarc_mask_labels(d.tissue)[at], OSARC_TISSUE_SOFT), "organ %zu", i);
    }
    osarc_torso_clear(&torso);
    drop(&d);
}

Test(torso, the_same_bytes_come_for_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 1.5, .slice_mm = 5, .noise_sd_hu = 10};
    drawn one = draw(&options);
    drawn three = draw(&options);
    osarc_torso torso = {0};
    osarc_torso_options threads = {.threads = 1};
    EXPECT_OK(osarc_torso_part(&torso, one.tissue, osarc_phantom_image(one.phantom), &one.spine,
                               &threads, &err));
    osarc_torso_clear(&torso);
    threads.threads = 3;
    EXPECT_OK(osarc_torso_part(&torso, three.tissue, osarc_phantom_image(three.phantom),
                               &three.spine, &threads, &err));
    osarc_torso_clear(&torso);
    cr_expect(eq(int,
                 memcmp(osarc_mask_labels(one.tissue), osarc_mask_labels(three.tissue),
                        osarc_grid_count(osarc_mask_grid(one.tissue))),
                 0));
    drop(&one);
    drop(&three);
}

/* What is refused leaves the labels as they were. */
static void expect_untouched(const osarc_mask *mask)
{
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    cr_expect(eq(u64, counts[OSARC_TISSUE_MUSCLE] + counts[OSARC_TISSUE_INTERMUSCULAR_FAT], 0));
}

Test(torso, without_a_body_of_a_vertebra_it_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    memset(osarc_mask_fill(d.spine.bodies), 0, osarc_grid_count(osarc_mask_grid(d.tissue)));
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    expect_untouched(d.tissue);
    d.spine.count = 0;
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    drop(&d);
}

Test(torso, labels_of_another_grid_are_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    osarc_mask *other = NULL;
    osarc_grid grid = *osarc_mask_grid(d.tissue);
    grid.spacing_mm[0] *= 1.5;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    EXPECT_REFUSED(
        osarc_torso_part(&torso, other, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_GEOMETRY);
    osarc_mask_free(other);
    drop(&d);
}

Test(torso, a_body_that_is_not_labelled_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    memset(osarc_mask_fill(d.tissue), 0, osarc_grid_count(osarc_mask_grid(d.tissue)));
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    drop(&d);
}

Test(torso, missing_arguments_are_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_torso torso = {0};
    EXPECT_REFUSED(osarc_torso_part(NULL, NULL, NULL, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_torso_part(&torso, NULL, NULL, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_torso_clear(NULL);
    osarc_torso_clear(&torso);
}

/* Against labels of another program on a real scan of 3 mm: a reference, not the truth. */

static uint8_t *read_bytes(size_t *size, const char *name)
{
    char path[512];
    uint8_t *bytes = NULL;
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    if (osi_file_read(&bytes, size, path, (size_t) 1 << 30, NULL))
        printf("skipped: %s is not here\n", name);
    return bytes;
}

/* Over the whole scan, to the hip: iliopsoas and iliac vessels. Voxels of 3 mm lie in part beyond
 * the border of a muscle 30 to 60 mm wide (one in ten), and of vessels 9 to 15 mm wide, half of
 * whose section is border; a third of that may go to the other side. */
static void expect_iliopsoas(const osarc_mask *tissue, const osarc_mask *theirs,
                             const osarc_image *image)
{
    size_t count = osarc_grid_count(osarc_mask_grid(tissue));
    size_t wanted = 0, found = 0, vessels = 0, in_vessels = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t label = osarc_mask_labels(theirs)[i];
        double hu = osarc_image_value(image, i);
        int ours = osarc_mask_labels(tissue)[i] == OSARC_TISSUE_MUSCLE;
        int psoas = (label == 88 || label == 89) && hu >= -30 && hu <= 150;
        int vessel = label >= 65 && label <= 68;
        wanted += (size_t) psoas;
        found += (size_t) (psoas && ours);
        vessels += (size_t) vessel;
        in_vessels += (size_t) (vessel && ours);
    }
    cr_expect(gt(dbl, (double) found / (double) wanted, 0.95), "%zu of %zu", found, wanted);
    cr_expect(lt(dbl, (double) in_vessels / (double) vessels, 0.17), "%zu of %zu", in_vessels,
              vessels);
}

/* Muscles that stand in the reference, within the muscle window, found again at L3; and how much
 * of what is found lies in organs. */
Test(torso, muscles_of_a_real_scan_are_found_at_l3)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t size;
    uint8_t *bytes = read_bytes(&size, "ct_spine_pelvis_3mm/ct.nii.gz");
    if (!bytes)
        return;
    osarc_image *image = NULL;
    osarc_mask *tissue = NULL;
    osarc_mask *theirs = NULL;
    osarc_spine *spine = NULL;
    osarc_torso torso = {0};
    EXPECT_OK(osi_nifti_read_image(&image, bytes, size, 0, &err));
    osi_free(bytes);
    bytes = read_bytes(&size, "ct_spine_pelvis_3mm/labels_total.nii.gz");
    cr_assert(bytes != NULL);
    EXPECT_OK(osi_nifti_read_mask(&theirs, bytes, size, &err));
    osi_free(bytes);
    EXPECT_OK(osarc_segment_tissues(&tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_spine_find(&spine, image, tissue, NULL, NULL, &err));
    EXPECT_OK(osarc_torso_part(&torso, tissue, image, spine, NULL, &err));
    const osarc_grid *grid = osarc_mask_grid(tissue);
    size_t area = grid->size[0] * grid->size[1];
    size_t wanted = 0, found = 0, ours = 0, in_organs = 0;
    expect_iliopsoas(tissue, theirs, image);
    for (size_t k = 0; k < grid->size[2]; k++) {
        const uint8_t *label = osarc_mask_labels(theirs) + k * area;
        if (!memchr(label, 29, area))
            continue;
        for (size_t i = 0; i < area; i++) {
            double hu = osarc_image_value(image, k * area + i);
            int is_ours = osarc_mask_labels(tissue)[k * area + i] == OSARC_TISSUE_MUSCLE;
            int is_muscle = label[i] >= 80 && label[i] <= 89 && hu >= -30 && hu <= 150;
            wanted += (size_t) is_muscle;
            found += (size_t) (is_muscle && is_ours);
            ours += (size_t) is_ours;
            in_organs += is_ours && ((label[i] >= 1 && label[i] <= 24) || label[i] == 52 ||
                                     label[i] == 63 || label[i] == 64);
        }
    }
    cr_expect(gt(dbl, (double) found / (double) wanted, 0.95), "%zu of %zu", found, wanted);
    cr_expect(lt(dbl, (double) in_organs / (double) ours, 0.03), "%zu of %zu", in_organs, ours);
    osarc_torso_clear(&torso);
    osarc_spine_free(spine);
    osarc_mask_free(theirs);
    osarc_mask_free(tissue);
    osarc_image_free(image);
}
