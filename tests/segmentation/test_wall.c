/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/segmentation.h>

/*
 * Slabs of a trunk drawn the same in every plane: skin to half axes of 180 x 130 mm, 2 mm thick,
 * a wall of muscle from 150 x 100 to 138 x 88 mm, fat and the muscles of the back in it. Voxels
 * hold the mean of what they cover.
 */

#define AIR    (-1000.0)
#define LUNG   (-850.0)
#define FAT    (-100.0)
#define MUSCLE 50.0

typedef double (*scene)(double x, double y);

static int in_ellipse(double x, double y, double half_x, double half_y)
{
    return hypot(x / half_x, y / half_y) < 1;
}

static int in_wall(double x, double y)
{
    return in_ellipse(x, y, 150, 100) && !in_ellipse(x, y, 138, 88);
}

static double trunk(double x, double y)
{
    if (!in_ellipse(x, y, 180, 130))
        return AIR;
    int back = in_ellipse(x, y - 45, 60, 40);
    return !in_ellipse(x, y, 178, 128) || in_wall(x, y) || back ? MUSCLE : FAT;
}

/* In front only two recti, 60 x 6 mm: 16 cm3 each in a slab of 45 mm. */
static double with_recti(double x, double y)
{
    int front = y < 0 && fabs(x) < 100;
    int rectus = fabs(x) > 15 && fabs(x) < 75 && !in_ellipse(x, y, 144, 94);
    return front && in_wall(x, y) && !rectus ? FAT : trunk(x, y);
}

/* Bowel full of gas, 120 mm wide, behind a wall of 1.2 mm. */
static double with_gas(double x, double y)
{
    int front = y < 0 && fabs(x) < 60;
    if (front && in_ellipse(x, y, 138, 88) && y < -50)
        return AIR;
    return front && in_wall(x, y) && !in_ellipse(x, y, 139.2, 89.2) ? FAT : trunk(x, y);
}

/* Bowel all through the cavity but for fat 20 mm wide behind a gap in the wall of 24 mm. */
static double with_gap(double x, double y)
{
    if (y < -45 && fabs(x) < 12 && in_wall(x, y))
        return FAT;
    int inside = in_ellipse(x, y, 138, 88);
    return inside && (y > -45 || fabs(x) > 10) ? MUSCLE : trunk(x, y);
}

/* A fold 90 mm deep with air between two skins, muscle all round. */
static double with_fold(double x, double y)
{
    double aside = fabs(x);
    if (y < -40 && aside < 14 && in_ellipse(x, y, 180, 130))
        return aside < 3 ? AIR : aside < 5 ? MUSCLE : FAT;
    return in_ellipse(x, y, 150, 100) ? MUSCLE : trunk(x, y);
}

/* A vein of 8 mm and a bubble of gas of 16 mm under the skin, both through all planes. */
static double with_vein_and_bubble(double x, double y)
{
    if (hypot(x - 40, y - 108) < 4)
        return MUSCLE;
    return hypot(x + 40, y - 113) < 8 ? AIR : trunk(x, y);
}

/* Lungs in the cavity, and a gland of 2.5 cm2 before the ribs. */
static double with_breast(double x, double y)
{
    if (hypot((x - 60) / 16, (y + 107) / 5) < 1)
        return MUSCLE;
    return in_ellipse(x, y, 138, 88) && fabs(x) > 40 && trunk(x, y) < 0 ? LUNG : trunk(x, y);
}

static osarc_mask *segment(scene hu, double pixel_mm, double slab_mm)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t nx = (size_t) (400 / pixel_mm);
    size_t ny = (size_t) (300 / pixel_mm);
    size_t nz = (size_t) (slab_mm / 3);
    const osarc_grid grid = {.size = {nx, ny, nz},
                             .spacing_mm = {pixel_mm, pixel_mm, 3},
                             .origin_mm = {-200, -150, 0},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image = NULL;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    int16_t *v = osarc_image_fill(image);
    for (size_t y = 0, i = 0; y < ny; y++)
        for (size_t x = 0; x < nx; x++, i++) {
            double sum = 0;
            for (int p = 0; p < 36; p++) {
                double dx = (p % 6 - 2.5) / 6.0;
                double dy = (floor(p / 6.0) - 2.5) / 6.0;
                sum += hu(((double) x + dx) * pixel_mm - 200, ((double) y + dy) * pixel_mm - 150);
            }
            for (size_t k = 0; k < nz; k++)
                v[k * nx * ny + i] = (int16_t) lround(sum / 36);
        }
    EXPECT_OK(osarc_segment_tissues(&mask, NULL, image, NULL, NULL, &err));
    osarc_image_free(image);
    return mask;
}

typedef int (*region)(double x, double y);

/* Share of the fat in a region that is labelled as under the skin. */
static double share_under_skin(const osarc_mask *mask, region where)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    const uint8_t *label = osarc_mask_labels(mask);
    size_t under = 0;
    size_t all = 0;
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        size_t x = i % grid->size[0];
        size_t y = i / grid->size[0] % grid->size[1];
        int fat =
            label[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT || label[i] == OSARC_TISSUE_VISCERAL_FAT;
        if (fat &&
            where((double) x * grid->spacing_mm[0] - 200, (double) y * grid->spacing_mm[1] - 150)) {
            all++;
            under += label[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT;
        }
    }
    cr_assert(gt(sz, all, 0));
    return (double) under / (double) all;
}

static int in_cavity(double x, double y)
{
    return in_ellipse(x, y, 134, 84);
}

static int under_skin(double x, double y)
{
    return !in_ellipse(x, y, 154, 104);
}

static int beside_vein_and_bubble(double x, double y)
{
    return hypot(x - 40, y - 108) < 20 || hypot(x + 40, y - 113) < 20;
}

static int behind_gland(double x, double y)
{
    return fabs(x - 60) < 14 && y < 0 && !in_ellipse(x, y, 154, 104);
}

static int deep_in_fold(double x, double y)
{
    return fabs(x) < 14 && y > -90 && y < -45;
}

/* Where the small ball rests in the mouth of a gap of 24 mm it is about half as deep as that. */
static int deep_in_cavity(double x, double y)
{
    return in_ellipse(x, y, 124, 74);
}

static void expect_kept_apart(scene hu, double slab_mm, region inside)
{
    osarc_mask *mask = segment(hu, 3, slab_mm);
    double leaked = share_under_skin(mask, inside);
    double kept = share_under_skin(mask, under_skin);
    cr_expect(lt(dbl, leaked, 0.01), "%.1f %% of inner fat taken for fat under the skin",
              100 * leaked);
    /* beside gaps the ball leaves some of it on the inner side */
    cr_expect(gt(dbl, kept, 0.97), "%.1f %% of the fat under the skin found", 100 * kept);
    osarc_mask_free(mask);
}

Test(segmentation_wall, thin_recti_in_a_slab_are_wall)
{
    expect_kept_apart(with_recti, 45, in_cavity);
}

Test(segmentation_wall, so_they_are_in_a_thinner_slab)
{
    expect_kept_apart(with_recti, 12, in_cavity);
}

Test(segmentation_wall, bowel_full_of_gas_keeps_the_ball_out)
{
    expect_kept_apart(with_gas, 45, in_cavity);
}

Test(segmentation_wall, fat_behind_a_gap_is_not_under_the_skin)
{
    expect_kept_apart(with_gap, 30, deep_in_cavity);
}

/* 0.9: the bottom of the fold is round. */
Test(segmentation_wall, fat_of_a_fold_with_skin_in_it_is_under_the_skin)
{
    osarc_mask *mask = segment(with_fold, 1.5, 30);
    cr_expect(gt(dbl, share_under_skin(mask, deep_in_fold), 0.9));
    osarc_mask_free(mask);
}

/* 0.95: what the skin is not told from. */
Test(segmentation_wall, fat_round_a_gland_before_ribs_is_under_the_skin)
{
    osarc_mask *mask = segment(with_breast, 1.5, 12);
    cr_expect(gt(dbl, share_under_skin(mask, behind_gland), 0.95));
    osarc_mask_free(mask);
}

Test(segmentation_wall, a_vein_and_a_bubble_under_the_skin_are_no_wall)
{
    osarc_mask *mask = segment(with_vein_and_bubble, 3, 30);
    cr_expect(gt(dbl, share_under_skin(mask, beside_vein_and_bubble), 0.99));
    osarc_mask_free(mask);
}
