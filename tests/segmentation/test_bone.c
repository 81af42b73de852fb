/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/segmentation.h>

/* Hand-drawn bones in a block of soft tissue. */

typedef struct drawing {
    osarc_image *image;
    int16_t *v;
    size_t n[3];
} drawing;

static drawing draw(double pixel_mm, double slice_mm, size_t nx, size_t ny, size_t nz)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {nx, ny, nz},
                       .spacing_mm = {pixel_mm, pixel_mm, slice_mm},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    drawing d = {NULL, NULL, {nx, ny, nz}};
    EXPECT_OK(osarc_image_create(&d.image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    d.v = osarc_image_fill(d.image);
    for (size_t k = 0, i = 0; k < nz; k++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++, i++)
                d.v[i] = x < 4 || y < 4 || x + 4 >= nx || y + 4 >= ny ? -1000 : 45;
    return d;
}

/* A box of voxels, ends included. */
static void fill(drawing *d, int16_t hu, size_t x0, size_t x1, size_t y0, size_t y1, size_t z0,
                 size_t z1)
{
    for (size_t z = z0; z <= z1; z++)
        for (size_t y = y0; y <= y1; y++)
            for (size_t x = x0; x <= x1; x++)
                d->v[(z * d->n[1] + y) * d->n[0] + x] = hu;
}

static double share_of(const osarc_mask *mask, osarc_tissue label, size_t x0, size_t x1, size_t y0,
                       size_t y1, size_t z0, size_t z1)
{
    const size_t *n = osarc_mask_grid(mask)->size;
    size_t found = 0;
    for (size_t z = z0; z <= z1; z++)
        for (size_t y = y0; y <= y1; y++)
            for (size_t x = x0; x <= x1; x++)
                found += osarc_mask_labels(mask)[(z * n[1] + y) * n[0] + x] == label;
    return (double) found / (double) ((x1 - x0 + 1) * (y1 - y0 + 1) * (z1 - z0 + 1));
}

static osarc_mask *segment(drawing *d)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_segment_tissues(&mask, NULL, d->image, NULL, NULL, &err));
    osarc_image_free(d->image);
    return mask;
}

/* At 3 mm the thin wall between a vertebra and the canal behind it is not seen. */
Test(segmentation_bone, leaves_the_spinal_canal_out_where_the_wall_before_it_is_lost)
{
    drawing d = draw(3, 3, 70, 70, 50);
    fill(&d, 800, 24, 45, 24, 48, 0, 49); /* cortex and arch */
    fill(&d, 90, 26, 43, 26, 37, 0, 49);  /* interior, open to the back */
    fill(&d, 20, 31, 38, 38, 42, 0, 49);  /* canal */
    for (size_t z = 0; z < 50; z += 10)
        fill(&d, 350, 24, 45, 24, 36, z, z); /* end plates */
    osarc_mask *mask = segment(&d);
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_SOFT, 32, 37, 39, 42, 5, 44), 0.95));
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_TRABECULAR_BONE, 26, 43, 26, 34, 5, 44), 0.85));
    osarc_mask_free(mask);
}

/* Marrow sees no bone along a shaft either, but the ring round it is compact and small. */
Test(segmentation_bone, keeps_the_marrow_of_a_shaft)
{
    drawing d = draw(1.5, 3, 70, 70, 40);
    fill(&d, 1200, 26, 43, 26, 43, 0, 39);
    fill(&d, 10, 31, 38, 31, 38, 0, 39);
    osarc_mask *mask = segment(&d);
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_TRABECULAR_BONE, 31, 38, 31, 38, 0, 39), 0.9));
    osarc_mask_free(mask);
}

/* No ray out of plane tells anything in a single slice. */
Test(segmentation_bone, fills_marrow_in_a_single_slice)
{
    drawing d = draw(1, 5, 100, 100, 1);
    fill(&d, 600, 30, 69, 30, 69, 0, 0);
    fill(&d, 90, 33, 66, 33, 66, 0, 0);
    osarc_mask *mask = segment(&d);
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_TRABECULAR_BONE, 34, 65, 34, 65, 0, 0), 0.99));
    osarc_mask_free(mask);
}

/* A median over three pixels would wipe out a wall of one. */
Test(segmentation_bone, keeps_a_thin_cortex_in_noise)
{
    drawing d = draw(1.5, 1.5, 80, 80, 12);
    size_t count = d.n[0] * d.n[1] * d.n[2];
    fill(&d, 450, 25, 54, 25, 25, 0, 11);
    fill(&d, 450, 25, 54, 54, 54, 0, 11);
    fill(&d, 450, 25, 25, 25, 54, 0, 11);
    fill(&d, 450, 54, 54, 25, 54, 0, 11);
    unsigned state = 1;
    for (size_t i = 0; i < count; i++) { /* uniform, SD 35 HU */
        state = state * 1664525u + 1013904223u;
        d.v[i] = (int16_t) (d.v[i] + (int) ((state >> 16) % 121) - 60);
    }
    osarc_mask *mask = segment(&d);
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_COMPACT_BONE, 26, 53, 25, 25, 0, 11), 0.9));
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_COMPACT_BONE, 54, 54, 26, 53, 0, 11), 0.9));
    osarc_mask_free(mask);
}

/* Where the least volumes are those of whole organs, a slice of them holds less. */
Test(segmentation_bone, keeps_the_wall_and_bone_of_a_single_slice)
{
    drawing d = draw(2, 3, 130, 110, 1);
    fill(&d, -100, 4, 125, 4, 105, 0, 0);
    fill(&d, 50, 30, 99, 30, 79, 0, 0); /* a muscle wall of 8 cm3 */
    fill(&d, -100, 33, 96, 33, 76, 0, 0);
    fill(&d, 700, 60, 65, 60, 65, 0, 0); /* 0.43 cm3 */
    osarc_mask *mask = segment(&d);
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_VISCERAL_FAT, 36, 93, 36, 57, 0, 0), 0.99));
    cr_expect(ge(dbl, share_of(mask, OSARC_TISSUE_COMPACT_BONE, 60, 65, 60, 65, 0, 0), 0.99));
    osarc_mask_free(mask);
}

/* Vessels and noise open the thin cortex of a vertebra: here a seventh of its voxels is lost. */
Test(segmentation_bone, fills_most_of_a_vertebra_behind_a_cortex_with_holes)
{
    drawing d = draw(1.5, 1.5, 80, 80, 30);
    size_t inside = 0;
    for (size_t z = 4; z < 26; z++)
        for (size_t y = 0; y < 80; y++)
            for (size_t x = 0; x < 80; x++) {
                double r = hypot((double) x - 39.5, (double) y - 39.5);
                int shell = z == 4 || z == 25 || r > 12.7;
                if (r > 14)
                    continue;
                inside += !shell;
                d.v[(z * 80 + y) * 80 + x] = shell && (x + 2 * y + 3 * z) % 7 ? 450 : 60;
            }
    osarc_mask *mask = segment(&d);
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    cr_expect(ge(dbl, (double) counts[OSARC_TISSUE_TRABECULAR_BONE], 0.5 * (double) inside));
    osarc_mask_free(mask);
}
