/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/limb.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>

#include "limb_parts.h"

typedef struct found {
    osarc_phantom *phantom;
    osarc_mask *tissue;
    osarc_limbs *limbs;
} found;

static found find(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    found f = {NULL, NULL, NULL};
    EXPECT_OK(osarc_phantom_create(&f.phantom, kind, &options, &err));
    EXPECT_OK(
        osarc_segment_tissues(&f.tissue, NULL, osarc_phantom_image(f.phantom), NULL, NULL, &err));
    EXPECT_OK(osarc_limbs_find(&f.limbs, osarc_phantom_image(f.phantom), f.tissue, NULL, &err));
    return f;
}

static void release(found *f)
{
    osarc_limbs_free(f->limbs);
    osarc_mask_free(f->tissue);
    osarc_phantom_free(f->phantom);
}

/* LPS x of the middle of a limb's voxels. */
static double middle_x_mm(const osarc_limbs *limbs, const osarc_limb *limb)
{
    const osarc_mask *codes = osarc_limbs_codes(limbs);
    const osarc_grid *grid = osarc_mask_grid(codes);
    const uint8_t *code = osarc_mask_labels(codes);
    double sum = 0;
    size_t count = 0;
    for (size_t k = 0, n = 0; k < grid->size[2]; k++)
        for (size_t j = 0; j < grid->size[1]; j++)
            for (size_t i = 0; i < grid->size[0]; i++, n++)
                if (code[n] && !(code[n] & OSARC_LIMB_SECOND) == !limb->is_second) {
                    double lps[3];
                    osarc_grid_position_mm(grid, (double[3]){(double) i, (double) j, (double) k},
                                           lps);
                    sum += lps[0];
                    count++;
                }
    return sum / (double) count;
}

/* Both thighs lie 95 mm beside the middle. */
static void expect_sides(osarc_phantom_options options)
{
    found f = find("thigh", options);
    cr_assert(eq(sz, osarc_limbs_count(f.limbs), 2));
    for (size_t n = 0; n < 2; n++) {
        const osarc_limb *limb = osarc_limbs_at(f.limbs, n);
        double x_mm = limb->side == OSARC_SIDE_LEFT ? 95 : -95;
        cr_expect(ne(int, (int) limb->side, OSARC_SIDE_UNKNOWN));
        cr_expect(eq(str, (char *) limb->refused, ""));
        cr_expect(epsilon_eq(dbl, middle_x_mm(f.limbs, limb), x_mm, 2));
    }
    cr_expect(
        ne(int, (int) osarc_limbs_at(f.limbs, 0)->side, (int) osarc_limbs_at(f.limbs, 1)->side));
    release(&f);
}

#define COARSE .pixel_mm = 2, .slice_mm = 5, .length_mm = 60

Test(segmentation_limb, finds_both_thighs_and_their_sides)
{
    expect_sides((osarc_phantom_options){COARSE});
}

Test(segmentation_limb, finds_the_sides_whatever_the_order_of_the_stack)
{
    expect_sides((osarc_phantom_options){COARSE, .feet_first = 1});
    expect_sides((osarc_phantom_options){COARSE, .prone = 1});
    expect_sides((osarc_phantom_options){COARSE, .feet_first = 1, .prone = 1});
}

Test(segmentation_limb, finds_them_in_coronal_and_sagittal_stacks)
{
    expect_sides((osarc_phantom_options){
        .pixel_mm = 2, .slice_mm = 2, .length_mm = 60, .plane = OSARC_PLANE_CORONAL});
    expect_sides((osarc_phantom_options){
        .pixel_mm = 2, .slice_mm = 2, .length_mm = 60, .plane = OSARC_PLANE_SAGITTAL});
}

Test(segmentation_limb, labels_the_tissues_of_the_extent)
{
    found f = find("thigh", (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 5, .length_mm = 30});
    uint64_t counts[256];
    osarc_limbs_label(f.limbs, f.tissue);
    osarc_mask_counts(f.tissue, counts);
    /* septa and sheath; the closed form less vessels, to a tenth of a voxel along 0.8 m of border
     */
    double imat_cm2 = (double) counts[OSARC_TISSUE_INTERMUSCULAR_FAT] / 6 / 100;
    cr_expect(epsilon_eq(dbl, imat_cm2, 16.08, 0.8));
    cr_expect(eq(u64, counts[OSARC_TISSUE_VISCERAL_FAT], 0));
    release(&f);
}

Test(segmentation_limb, vessels_are_no_muscle)
{
    found f = find("thigh", (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 5, .length_mm = 30});
    const osarc_grid *grid = osarc_mask_grid(osarc_limbs_codes(f.limbs));
    /* middle of the left artery */
    double ijk[3];
    osarc_grid_index(grid, (double[3]){57, -15, 0}, ijk);
    size_t at =
        ((size_t) lround(ijk[2]) * grid->size[1] + (size_t) lround(ijk[1])) * grid->size[0] +
        (size_t) lround(ijk[0]);
    int label = osarc_mask_labels(osarc_limbs_codes(f.limbs))[at] & OSARC_LIMB_TISSUE;
    cr_expect(eq(int, label, OSARC_TISSUE_SOFT));
    release(&f);
}

Test(segmentation_limb, a_trunk_has_no_limb)
{
    found f = find("abdomen", (osarc_phantom_options){COARSE});
    cr_expect(eq(sz, osarc_limbs_count(f.limbs), 0));
    cr_expect(eq(ptr, (void *) osarc_limbs_at(f.limbs, 0), NULL));
    release(&f);
}

/* Vertebrae of the drawn torso are as round and as wide as a shaft. */
Test(segmentation_limb, vertebrae_of_a_trunk_with_bowel_are_no_shaft)
{
    found f =
        find("abdomen", (osarc_phantom_options){.pixel_mm = 0.8, .slice_mm = 3, .noise_sd_hu = 10});
    cr_expect(eq(sz, osarc_limbs_count(f.limbs), 0u));
    release(&f);
}

Test(segmentation_limb, limbs_that_the_view_cuts_are_refused_with_their_share)
{
    /* 280 mm of 350: each thigh of 160 loses 35 mm on its outer side */
    found f = find("thigh", (osarc_phantom_options){COARSE, .matrix = 140});
    cr_assert(eq(sz, osarc_limbs_count(f.limbs), 2));
    for (size_t n = 0; n < 2; n++) {
        const osarc_limb *limb = osarc_limbs_at(f.limbs, n);
        cr_expect(ne(str, (char *) limb->refused, ""));
        /* a segment of 35 mm of an ellipse 160 wide is 16.3 % of it */
        cr_expect(epsilon_eq(dbl, limb->share_in_view, 0.837, 0.03));
    }
    release(&f);
}

Test(segmentation_limb, what_a_mask_excludes_is_marked)
{
    osarc_error err = OSARC_ERROR_INIT;
    found f = find("thigh", (osarc_phantom_options){COARSE});
    osarc_mask *exclude = NULL;
    osarc_limbs *limbs = NULL;
    EXPECT_OK(osarc_mask_create(&exclude, osarc_mask_grid(f.tissue), &err));
    uint64_t muscle = 0;
    const uint8_t *before = osarc_mask_labels(osarc_limbs_codes(f.limbs));
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(f.tissue)); i += 7)
        if (before[i]) {
            osarc_mask_fill(exclude)[i] = 3;
            muscle++;
        }
    osarc_limb_options options = {.exclude = exclude};
    EXPECT_OK(osarc_limbs_find(&limbs, osarc_phantom_image(f.phantom), f.tissue, &options, &err));
    uint64_t marked = 0;
    const uint8_t *after = osarc_mask_labels(osarc_limbs_codes(limbs));
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(f.tissue)); i++)
        marked += (after[i] & OSARC_LIMB_EXCLUDED) != 0;
    cr_expect(eq(u64, marked, muscle));
    osarc_limbs_free(limbs);
    osarc_mask_free(exclude);
    release(&f);
}

Test(segmentation_limb, does_not_depend_on_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    found f = find("thigh", (osarc_phantom_options){COARSE, .noise_sd_hu = 20});
    for (int threads = 1; threads <= 3; threads++) {
        osarc_limbs *limbs = NULL;
        osarc_limb_options options = {.threads = threads};
        EXPECT_OK(
            osarc_limbs_find(&limbs, osarc_phantom_image(f.phantom), f.tissue, &options, &err));
        cr_expect(eq(int,
                     memcmp(osarc_mask_labels(osarc_limbs_codes(limbs)),
                            osarc_mask_labels(osarc_limbs_codes(f.limbs)),
                            osarc_grid_count(osarc_mask_grid(f.tissue))),
                     0));
        osarc_limbs_free(limbs);
    }
    release(&f);
}

Test(segmentation_limb, an_ellipse_of_which_half_is_seen_is_completed)
{
    double xy[200];
    for (size_t i = 0; i < 100; i++) {
        double a = M_PI * (double) i / 99;
        xy[2 * i] = 5 + 80 * cos(a);
        xy[2 * i + 1] = -7 + 60 * sin(a);
    }
    cr_expect(epsilon_eq(dbl, limb_ellipse_mm2(xy, 100), M_PI * 80 * 60, 1));
}

Test(segmentation_limb, points_that_are_no_ellipse_have_no_area)
{
    double line[60];
    double hyperbola[60];
    for (size_t i = 0; i < 30; i++) {
        double t = -1 + (double) i / 15;
        line[2 * i] = 100 * t;
        line[2 * i + 1] = 50;
        hyperbola[2 * i] = 50 * cosh(t);
        hyperbola[2 * i + 1] = 50 * sinh(t);
    }
    cr_expect(isnan(limb_ellipse_mm2(line, 30)));
    cr_expect(isnan(limb_ellipse_mm2(hyperbola, 30)));
    cr_expect(isnan(limb_ellipse_mm2(line, 5)));
}

Test(segmentation_limb, refuses_what_it_cannot_use)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_limbs *limbs = NULL;
    osarc_image *density = NULL;
    osarc_mask *other = NULL;
    found f = find("thigh", (osarc_phantom_options){COARSE});
    const osarc_image *image = osarc_phantom_image(f.phantom);
    osarc_grid grid = *osarc_image_grid(image);
    EXPECT_OK(osarc_image_create(&density, &grid, OSARC_UNIT_MG_CM3, 1, 0, &err));
    grid.size[0]--;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    osarc_limb_options options = {.exclude = other};
    EXPECT_REFUSED(osarc_limbs_find(NULL, image, f.tissue, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_limbs_find(&limbs, NULL, f.tissue, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_limbs_find(&limbs, image, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_limbs_find(&limbs, density, f.tissue, NULL, &err), OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_limbs_find(&limbs, image, other, NULL, &err), OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(osarc_limbs_find(&limbs, image, f.tissue, &options, &err), OSARC_ERR_GEOMETRY);
    cr_expect(eq(ptr, (void *) limbs, NULL));
    osarc_limbs_free(NULL);
    osarc_mask_free(other);
    osarc_image_free(density);
    release(&f);
}
