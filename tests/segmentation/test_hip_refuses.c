/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spine_scene.h"

#include <osarc/hip.h>

/* What is no femur, what is not whole, and what is asked wrongly. */

static osarc_error err = OSARC_ERROR_INIT;

typedef struct hips {
    osarc_phantom *phantom;
    osarc_image *image;
    osarc_mask *tissue;
    osarc_hip *hip;
} hips;

/* Slices first to last, counted from the feet. */
static hips look(osarc_phantom_options options, const char *kind, double from_mm, double to_mm)
{
    hips h = {NULL, NULL, NULL, NULL};
    EXPECT_OK(osarc_phantom_create(&h.phantom, kind, &options, &err));
    const osarc_image *whole = osarc_phantom_image(h.phantom);
    osarc_grid grid = *osarc_image_grid(whole);
    size_t plane = grid.size[0] * grid.size[1];
    size_t first = SIZE_MAX;
    size_t last = 0;
    for (size_t z = 0; z < grid.size[2]; z++) {
        double p[3];
        osarc_grid_position_mm(&grid, (double[3]){0, 0, (double) z}, p);
        if (p[2] < from_mm || p[2] > to_mm)
            continue;
        first = first == SIZE_MAX ? z : first;
        last = z;
    }
    cr_assert(lt(sz, first, last));
    osarc_grid_position_mm(osarc_image_grid(whole), (double[3]){0, 0, (double) first},
                           grid.origin_mm);
    grid.size[2] = last - first + 1;
    EXPECT_OK(osarc_image_create(&h.image, &grid, OSARC_UNIT_HU, osarc_image_step(whole),
                                 osarc_image_offset(whole), &err));
    memcpy(osarc_image_fill(h.image), osarc_image_stored(whole) + first * plane,
           grid.size[2] * plane * sizeof(int16_t));
    EXPECT_OK(osarc_segment_tissues(&h.tissue, NULL, h.image, NULL, NULL, &err));
    EXPECT_OK(osarc_hip_find(&h.hip, h.image, h.tissue, NULL, NULL, &err));
    return h;
}

static void release(hips *h)
{
    osarc_hip_free(h->hip);
    osarc_mask_free(h->tissue);
    osarc_image_free(h->image);
    osarc_phantom_free(h->phantom);
}

static double head_z(const osarc_phantom_options *options)
{
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "hip", options, &err));
    double z = osarc_phantom_femur_at(phantom, 0)->femur.head_mm[2];
    osarc_phantom_free(phantom);
    return z;
}

static const osarc_phantom_options PLAIN = {.pixel_mm = 1.5, .slice_mm = 3};

Test(hip_refuses, metal_refuses_its_side_alone)
{
    osarc_phantom_options options = PLAIN;
    snprintf(options.metal, sizeof(options.metal), "left");
    hips h = look(options, "hip", -INFINITY, INFINITY);
    cr_assert(eq(sz, osarc_hip_count(h.hip), 2));
    const osarc_femur *right = osarc_hip_at(h.hip, 0);
    const osarc_femur *left = osarc_hip_at(h.hip, 1);
    cr_expect(eq(str, (char *) right->refused_all, ""));
    cr_expect(strstr(left->refused_all, "metal") != NULL, "%s", left->refused_all);
    cr_expect(eq(int, (int) left->side, OSARC_SIDE_LEFT));
    size_t *voxels = NULL;
    size_t count = 0;
    EXPECT_REFUSED_SAYING(osarc_hip_trabecular(&voxels, &count, h.hip, 1, &err), OSARC_ERR_QUALITY,
                          "metal");
    cr_expect(voxels == NULL);
    release(&h);
}

Test(hip_refuses, a_view_that_ends_in_the_neck_measures_the_head_alone)
{
    hips h = look(PLAIN, "hip", head_z(&PLAIN) - 8, INFINITY);
    cr_assert(eq(sz, osarc_hip_count(h.hip), 2));
    for (size_t n = 0; n < 2; n++) {
        const osarc_femur *f = osarc_hip_at(h.hip, n);
        cr_expect(eq(str, (char *) f->refused_all, ""));
        cr_expect(strstr(f->refused_neck, "view") != NULL, "%s", f->refused_neck);
        cr_expect(f->refused_total[0] != '\0');
        cr_expect(lt(dbl, f->head_in_view, 1));
    }
    release(&h);
}

Test(hip_refuses, a_view_without_the_shaft_has_a_neck_and_no_total)
{
    hips h = look(PLAIN, "hip", head_z(&PLAIN) - 75, INFINITY);
    cr_assert(eq(sz, osarc_hip_count(h.hip), 2));
    for (size_t n = 0; n < 2; n++) {
        const osarc_femur *f = osarc_hip_at(h.hip, n);
        cr_expect(eq(str, (char *) f->refused_neck, ""));
        cr_expect(strstr(f->refused_total, "shaft") != NULL, "%s", f->refused_total);
    }
    release(&h);
}

Test(hip_refuses, shafts_and_trochanters_without_a_head_are_no_femur)
{
    hips h = look(PLAIN, "hip", -INFINITY, head_z(&PLAIN) - 12);
    cr_expect(eq(sz, osarc_hip_count(h.hip), 0));
    release(&h);
}

Test(hip_refuses, a_spine_has_no_femur)
{
    hips h =
        look((osarc_phantom_options){.pixel_mm = 1.5, .slice_mm = 3}, "spine", -INFINITY, INFINITY);
    cr_expect(eq(sz, osarc_hip_count(h.hip), 0));
    release(&h);
}

Test(hip_refuses, a_thigh_has_no_head)
{
    hips h =
        look((osarc_phantom_options){.pixel_mm = 1.5, .slice_mm = 5}, "thigh", -INFINITY, INFINITY);
    cr_expect(eq(sz, osarc_hip_count(h.hip), 0));
    release(&h);
}

static void make(osarc_image **image, osarc_mask **tissue, size_t side, osarc_unit unit)
{
    const osarc_grid grid = {
        {side, side, side}, {1, 1, 1}, {0, 0, 0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_image_create(image, &grid, unit, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(tissue, &grid, &err));
}

Test(hip_refuses, what_is_no_ct)
{
    osarc_image *image = NULL;
    osarc_mask *tissue = NULL;
    osarc_hip *hip = NULL;
    make(&image, &tissue, 8, OSARC_UNIT_MG_CM3);
    EXPECT_REFUSED(osarc_hip_find(&hip, image, tissue, NULL, NULL, &err), OSARC_ERR_UNIT);
    cr_expect(hip == NULL);
    osarc_image_free(image);
    osarc_mask_free(tissue);
}

Test(hip_refuses, grids_that_differ)
{
    osarc_image *image = NULL;
    osarc_image *other = NULL;
    osarc_mask *tissue = NULL;
    osarc_mask *small = NULL;
    osarc_hip *hip = NULL;
    make(&image, &tissue, 8, OSARC_UNIT_HU);
    make(&other, &small, 6, OSARC_UNIT_HU);
    EXPECT_REFUSED(osarc_hip_find(&hip, image, small, NULL, NULL, &err), OSARC_ERR_GEOMETRY);
    osarc_image_free(image);
    osarc_image_free(other);
    osarc_mask_free(tissue);
    osarc_mask_free(small);
}

Test(hip_refuses, nothing_to_look_at)
{
    osarc_image *image = NULL;
    osarc_mask *tissue = NULL;
    osarc_hip *hip = NULL;
    make(&image, &tissue, 8, OSARC_UNIT_HU);
    EXPECT_REFUSED(osarc_hip_find(&hip, NULL, tissue, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_hip_find(NULL, image, tissue, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_hip_find(&hip, image, tissue, NULL, NULL, &err));
    cr_expect(eq(sz, osarc_hip_count(hip), 0));
    size_t *voxels = NULL;
    size_t count = 0;
    EXPECT_REFUSED(osarc_hip_trabecular(&voxels, &count, hip, 0, &err), OSARC_ERR_ARGUMENT);
    osarc_hip_free(hip);
    osarc_hip_free(NULL);
    osarc_image_free(image);
    osarc_mask_free(tissue);
}
