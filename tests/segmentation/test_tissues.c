/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osi/alloc.h>

static osarc_phantom *make(const char *kind, const osarc_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, kind, options, &err));
    return phantom;
}

static osarc_mask *segment(const osarc_image *image, osarc_segment_report *report,
                           const osarc_segment_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_segment_tissues(&mask, report, image, NULL, options, &err));
    return mask;
}

static double truth_cm3(const osarc_phantom *phantom, const char *quantity)
{
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++)
        if (strcmp(osarc_phantom_truth(phantom, i)->quantity, quantity) == 0)
            return osarc_phantom_truth(phantom, i)->value;
    cr_assert(0, "no truth for %s", quantity);
    return NAN;
}

static double volume_cm3(const osarc_mask *mask, osarc_tissue tissue)
{
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    return (double) counts[tissue] * osarc_grid_voxel_mm3(osarc_mask_grid(mask)) / 1000;
}

static const struct {
    const char *quantity;
    osarc_tissue tissue;
} VOLUMES[] = {
    {"sat_volume", OSARC_TISSUE_SUBCUTANEOUS_FAT},
    {"inner_fat_volume", OSARC_TISSUE_VISCERAL_FAT},
    {"soft_tissue_volume", OSARC_TISSUE_SOFT},
    {"compact_bone_volume", OSARC_TISSUE_COMPACT_BONE},
    {"trabecular_bone_volume", OSARC_TISSUE_TRABECULAR_BONE},
    {"gas_volume", OSARC_TISSUE_GAS},
};

static int is_bone(osarc_tissue t)
{
    return t == OSARC_TISSUE_COMPACT_BONE || t == OSARC_TISSUE_TRABECULAR_BONE;
}

/* Within a share of the closed-form volume of every tissue. */
static void expect_volumes(const char *kind, osarc_phantom_options options, double share,
                           double bone_share)
{
    osarc_phantom *phantom = make(kind, &options);
    osarc_segment_options wanted = {.contrast_given = options.contrast};
    osarc_mask *mask = segment(osarc_phantom_image(phantom), NULL, &wanted);
    for (size_t i = 0; i < sizeof(VOLUMES) / sizeof(VOLUMES[0]); i++) {
        if (VOLUMES[i].tissue == OSARC_TISSUE_GAS && strcmp(kind, "thigh") == 0)
            continue;
        double truth = truth_cm3(phantom, VOLUMES[i].quantity);
        double found = volume_cm3(mask, VOLUMES[i].tissue);
        double wanted_share = is_bone(VOLUMES[i].tissue) ? bone_share : share;
        cr_expect(epsilon_eq(dbl, found, truth, wanted_share * truth), "%s %s: %.2f cm3, true %.2f",
                  kind, VOLUMES[i].quantity, found, truth);
    }
    osarc_mask_free(mask);
    osarc_phantom_free(phantom);
}

/* 1 %: what a study of agreement needs at 1 mm voxels without noise. */
Test(segmentation_tissues, finds_every_volume_of_the_abdomen_within_one_percent)
{
    expect_volumes("abdomen",
                   (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 1, .length_mm = 80}, 0.01,
                   0.01);
}

Test(segmentation_tissues, finds_every_volume_of_the_thighs_within_one_percent)
{
    expect_volumes("thigh", (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 1, .length_mm = 60},
                   0.01, 0.01);
}

/* Noise of 20 HU moves one voxel in a few hundred over a limit: 2 % of the small volumes. */
Test(segmentation_tissues, finds_volumes_in_noise)
{
    expect_volumes("abdomen",
                   (osarc_phantom_options){
                       .pixel_mm = 1, .slice_mm = 2, .length_mm = 80, .noise_sd_hu = 20, .seed = 3},
                   0.025, 0.025);
}

/* Ends of organs are blurred over 5 mm, and end plates of 1 to 2 mm are not seen at all. */
Test(segmentation_tissues, finds_volumes_in_thick_slices)
{
    expect_volumes("abdomen",
                   (osarc_phantom_options){.pixel_mm = 0.7, .slice_mm = 5, .length_mm = 100}, 0.025,
                   0.07);
}

Test(segmentation_tissues, gives_the_same_volumes_in_every_plane_and_position)
{
    double first[OSARC_TISSUE_COUNT] = {0};
    for (int plane = 0; plane < 3; plane++)
        for (int way = 0; way < 2; way++) {
            osarc_phantom_options options = {.pixel_mm = 2,
                                             .slice_mm = 2,
                                             .length_mm = 60,
                                             .plane = plane,
                                             .feet_first = way,
                                             .prone = way};
            osarc_phantom *phantom = make("abdomen", &options);
            osarc_mask *mask = segment(osarc_phantom_image(phantom), NULL, NULL);
            for (osarc_tissue t = 0; t < OSARC_TISSUE_COUNT; t++) {
                double cm3 = volume_cm3(mask, t);
                if (plane == 0 && way == 0)
                    first[t] = cm3;
                else if (t != OSARC_TISSUE_OUTSIDE) /* the box round the body differs */
                    cr_expect(epsilon_eq(dbl, cm3, first[t], 0.002 * first[t] + 0.05),
                              "plane %d way %d label %d: %.3f, %.3f", plane, way, (int) t, cm3,
                              first[t]);
            }
            osarc_mask_free(mask);
            osarc_phantom_free(phantom);
        }
}

Test(segmentation_tissues, gives_the_same_bytes_with_one_thread_and_three)
{
    osarc_phantom_options options = {
        .pixel_mm = 2, .slice_mm = 3, .length_mm = 60, .noise_sd_hu = 35};
    osarc_phantom *phantom = make("abdomen", &options);
    osarc_segment_options one = {.threads = 1};
    osarc_segment_options three = {.threads = 3};
    osarc_mask *a = segment(osarc_phantom_image(phantom), NULL, &one);
    osarc_mask *b = segment(osarc_phantom_image(phantom), NULL, &three);
    size_t count = osarc_grid_count(osarc_mask_grid(a));
    cr_expect(eq(int, memcmp(osarc_mask_labels(a), osarc_mask_labels(b), count), 0));
    osarc_mask_free(a);
    osarc_mask_free(b);
    osarc_phantom_free(phantom);
}

Test(segmentation_tissues, leaves_the_table_out_of_the_body)
{
    osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 4, .length_mm = 60};
    for (int touches = 0; touches < 2; touches++) {
        options.table_touches = touches;
        osarc_phantom *phantom = make("abdomen", &options);
        osarc_segment_report report;
        osarc_mask *mask = segment(osarc_phantom_image(phantom), &report, NULL);
        const uint8_t *ours = osarc_mask_labels(mask);
        const uint8_t *truth = osarc_mask_labels(osarc_phantom_tissue(phantom));
        size_t wrong = 0;
        size_t body = 0;
        for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(mask)); i++) {
            wrong += ours[i] && !truth[i];
            body += truth[i] != 0;
        }
        /* half a percent: where a table touches, a blurred voxel may be of either */
        cr_expect(lt(dbl, (double) wrong, 0.005 * (double) body));
        cr_expect(gt(dbl, report.removed_cm3, 50.0));
        osarc_mask_free(mask);
        osarc_phantom_free(phantom);
    }
}

/* The phantom's enhanced vessels, kidneys and bowel are 400 cm3; its bone is 130 cm3. */
Test(segmentation_tissues, does_not_take_most_of_the_contrast_for_bone)
{
    osarc_phantom_options options = {.pixel_mm = 1, .slice_mm = 2, .length_mm = 80, .contrast = 1};
    osarc_phantom *phantom = make("abdomen", &options);
    osarc_segment_options told = {.contrast_given = 1};
    osarc_mask *mask = segment(osarc_phantom_image(phantom), NULL, &told);
    double bone = volume_cm3(mask, OSARC_TISSUE_COMPACT_BONE) +
                  volume_cm3(mask, OSARC_TISSUE_TRABECULAR_BONE);
    double truth =
        truth_cm3(phantom, "compact_bone_volume") + truth_cm3(phantom, "trabecular_bone_volume");
    cr_expect(lt(dbl, bone, 1.15 * truth), "%.1f cm3, true %.1f", bone, truth);
    cr_expect(gt(dbl, bone, 0.97 * truth));
    osarc_mask_free(mask);
    osarc_phantom_free(phantom);
}

Test(segmentation_tissues, measures_how_much_of_the_outline_the_view_cuts)
{
    osarc_phantom_options whole = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 20};
    osarc_phantom_options tight = whole;
    tight.matrix = 110; /* 220 mm; the body is wider */
    osarc_phantom *a = make("abdomen", &whole);
    osarc_phantom *b = make("abdomen", &tight);
    osarc_segment_report seen;
    osarc_mask_free(segment(osarc_phantom_image(a), &seen, NULL));
    cr_expect(eq(dbl, seen.body_cut_fraction, 0.0));
    osarc_mask_free(segment(osarc_phantom_image(b), &seen, NULL));
    cr_expect(gt(dbl, seen.body_cut_fraction, 0.2));
    osarc_phantom_free(a);
    osarc_phantom_free(b);
}

/* 5 %: at the very edge of the view nothing tells on which side of the wall fat lies. */
Test(segmentation_tissues, keeps_inner_fat_inside_where_the_view_cuts_the_muscle_wall)
{
    osarc_phantom_options options = {
        .pixel_mm = 1.5, .slice_mm = 3, .length_mm = 60, .matrix = 150};
    osarc_phantom *phantom = make("abdomen", &options);
    osarc_mask *mask = segment(osarc_phantom_image(phantom), NULL, NULL);
    for (osarc_tissue t = OSARC_TISSUE_SUBCUTANEOUS_FAT; t <= OSARC_TISSUE_VISCERAL_FAT; t++) {
        double truth = volume_cm3(osarc_phantom_tissue(phantom), t);
        double found = volume_cm3(mask, t);
        cr_expect(epsilon_eq(dbl, found, truth, 0.05 * truth), "label %d: %.1f cm3, true %.1f",
                  (int) t, found, truth);
    }
    osarc_mask_free(mask);
    osarc_phantom_free(phantom);
}

static osarc_image *make_block(double air_hu, double block_hu, size_t block, osarc_unit unit)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {60, 60, 20},
                       .spacing_mm = {2, 2, 3},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, &grid, unit, 1, 0, &err));
    int16_t *v = osarc_image_fill(image);
    for (size_t k = 0, i = 0; k < 20; k++)
        for (size_t y = 0; y < 60; y++)
            for (size_t x = 0; x < 60; x++, i++)
                v[i] = (int16_t) (x >= 30 - block && x < 30 + block && y >= 30 - block &&
                                          y < 30 + block
                                      ? block_hu
                                      : air_hu);
    return image;
}

Test(segmentation_tissues, labels_metal_and_notes_it)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = make_block(-1000, 50, 20, OSARC_UNIT_HU);
    int16_t *v = osarc_image_fill(image);
    for (size_t k = 8; k < 12; k++)
        for (size_t y = 28; y < 32; y++)
            for (size_t x = 28; x < 32; x++)
                v[(k * 60 + y) * 60 + x] = 3071;
    osarc_notes *notes = NULL;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    osarc_mask *mask = NULL;
    osarc_segment_report report;
    EXPECT_OK(osarc_segment_tissues(&mask, &report, image, notes, NULL, &err));
    cr_expect(epsilon_eq(dbl, report.metal_cm3, 64 * 12 / 1000.0, 1e-9));
    cr_expect(epsilon_eq(dbl, report.metal_slice_fraction, 0.2, 1e-9));
    int noted = 0;
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        noted |= strcmp(osarc_notes_at(notes, i)->code, "metal") == 0;
    cr_expect(noted);
    osarc_mask_free(mask);
    osarc_notes_free(notes);
    osarc_image_free(image);
}

Test(segmentation_tissues, refuses_a_scan_without_a_body)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = (osarc_mask *) -1;
    osarc_image *air = make_block(-1000, -1000, 20, OSARC_UNIT_HU);
    EXPECT_REFUSED(osarc_segment_tissues(&mask, NULL, air, NULL, NULL, &err), OSARC_ERR_QUALITY);
    cr_expect(eq(ptr, mask, NULL));
    osarc_image_free(air);
    osarc_image *tube = make_block(-1000, 50, 2, OSARC_UNIT_HU); /* 8 mm: no body part */
    EXPECT_REFUSED(osarc_segment_tissues(&mask, NULL, tube, NULL, NULL, &err), OSARC_ERR_QUALITY);
    osarc_image_free(tube);
}

Test(segmentation_tissues, refuses_an_image_outside_the_field_of_view_throughout)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    osarc_image *none = make_block(OSARC_OUTSIDE, OSARC_OUTSIDE, 20, OSARC_UNIT_HU);
    EXPECT_REFUSED(osarc_segment_tissues(&mask, NULL, none, NULL, NULL, &err), OSARC_ERR_QUALITY);
    osarc_image_free(none);
}

Test(segmentation_tissues, refuses_densities)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    osarc_image *density = make_block(-1000, 50, 20, OSARC_UNIT_MG_CM3);
    EXPECT_REFUSED(osarc_segment_tissues(&mask, NULL, density, NULL, NULL, &err), OSARC_ERR_UNIT);
    osarc_image_free(density);
}

Test(segmentation_tissues, refuses_missing_arguments)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    EXPECT_REFUSED(osarc_segment_tissues(&mask, NULL, NULL, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_image *image = make_block(-1000, 50, 20, OSARC_UNIT_HU);
    EXPECT_REFUSED(osarc_segment_tissues(NULL, NULL, image, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_image_free(image);
}

Test(segmentation_tissues, says_so_wherever_memory_runs_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = make_block(-1000, 50, 20, OSARC_UNIT_HU);
    osarc_segment_options one = {.threads = 1};
    osarc_mask *mask = NULL;
    osi_alloc_fail_at(1000000);
    EXPECT_OK(osarc_segment_tissues(&mask, NULL, image, NULL, &one, &err));
    osarc_mask_free(mask);
    long asked = osi_alloc_asked();
    /* each early allocation, then every seventh: the planes repeat themselves */
    for (long n = 1; n <= asked; n += n < 80 ? 1 : 7) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(osarc_segment_tissues(&mask, NULL, image, NULL, &one, &err),
                       OSARC_ERR_MEMORY);
        cr_expect(eq(ptr, mask, NULL));
    }
    osi_alloc_fail_at(0);
    osarc_image_free(image);
}
