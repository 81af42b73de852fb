/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spine_scene.h"

/* Vertebrae of synthetic spines, whose names, places and contents are known. */

#define FINE   .pixel_mm = 1.2, .slice_mm = 1.5
#define MIDDLE .pixel_mm = 2, .slice_mm = 2.5

static osarc_error err = OSARC_ERROR_INIT;
static const char *const LUMBAR[] = {"L1", "L2", "L3", "L4", "L5"};

/* All of L1 to L5 where they are: within a slice of 2 mm and half a disc (3 mm) of the truth. */
static void expect_lumbar(const spine_scene *scene)
{
    for (int i = 0; i < 5; i++) {
        const osarc_vertebra *v = scene_level(scene, LUMBAR[i], NULL);
        const osarc_phantom_level *truth = scene_truth(scene, LUMBAR[i]);
        cr_assert(v != NULL && truth != NULL, "%s is not found", LUMBAR[i]);
        double off = scene_distance(v->centre_mm, truth->centre_mm);
        cr_expect(lt(dbl, off, 5.0), "%s is %.1f mm off", LUMBAR[i], off);
        cr_expect(v->whole);
        cr_expect(eq(u8, v->other_label, 0));
    }
}

Test(spine, names_vertebrae_between_sacrum_and_last_rib_and_reads_their_trabecular_bone)
{
    spine_scene scene = scene_make((osarc_phantom_options){FINE});
    expect_lumbar(&scene);
    const osarc_spine_anchors *anchors = osarc_spine_anchors_of(scene.spine);
    cr_expect(anchors->sacrum && anchors->last_rib);
    cr_expect(eq(int, anchors->lumbar_count, 5));
    for (int i = 0; i < 5; i++) {
        const osarc_phantom_level *truth = scene_truth(&scene, LUMBAR[i]);
        const osarc_vertebra *v = scene_level(&scene, LUMBAR[i], NULL);
        /* bone is one material: nothing else may be in the region, but for a blurred voxel */
        cr_expect(epsilon_eq(dbl, scene_hu(&scene, LUMBAR[i]), truth->hu, 1.0));
        /* half a voxel at each border, as a shell of 1.2 mm is thinner than a voxel, and 0.5 mm */
        cr_expect(epsilon_eq(dbl, v->height_middle_mm, truth->height_middle_mm, 2.0));
        cr_expect(epsilon_eq(dbl, v->body_cm3, truth->body_cm3, 0.15 * truth->body_cm3));
    }
    scene_free(&scene);
}

Test(spine, gives_both_readings_where_four_or_six_vertebrae_lie_between_rib_and_sacrum)
{
    for (int lumbar = 4; lumbar <= 6; lumbar += 2) {
        spine_scene scene = scene_make((osarc_phantom_options){MIDDLE, .lumbar = lumbar});
        const osarc_spine_anchors *anchors = osarc_spine_anchors_of(scene.spine);
        cr_expect(eq(int, anchors->lumbar_count, lumbar));
        size_t named = 0;
        for (size_t i = 0; i < osarc_spine_count(scene.spine); i++) {
            const osarc_vertebra *v = osarc_spine_at(scene.spine, i);
            named += v->label > 0;
            /* numbers rise towards the head: counted from the rib a level is one off */
            if (v->label && v->other_label)
                cr_expect(eq(int, v->other_label - v->label, lumbar == 4 ? 1 : -1));
        }
        cr_expect(ge(sz, named, (size_t) lumbar));
        scene_free(&scene);
    }
}

Test(spine, takes_one_anchor_where_the_other_is_missing)
{
    spine_scene ribs = scene_make((osarc_phantom_options){MIDDLE, .without_sacrum = 1});
    expect_lumbar(&ribs);
    cr_expect(eq(int, osarc_spine_anchors_of(ribs.spine)->sacrum, 0));
    scene_free(&ribs);
    spine_scene sacrum = scene_make((osarc_phantom_options){MIDDLE, .without_ribs = 1});
    expect_lumbar(&sacrum);
    cr_expect(eq(int, osarc_spine_anchors_of(sacrum.spine)->last_rib, 0));
    scene_free(&sacrum);
}

static void expect_no_names(spine_scene *scene)
{
    cr_expect(gt(sz, osarc_spine_count(scene->spine), 0u));
    for (size_t i = 0; i < osarc_spine_count(scene->spine); i++)
        cr_expect(eq(u8, osarc_spine_at(scene->spine, i)->label, 0));
    cr_expect(strstr(osarc_spine_anchors_of(scene->spine)->text, "no names") != NULL);
    scene_free(scene);
}

Test(spine, names_nothing_without_an_anchor)
{
    spine_scene bare =
        scene_make((osarc_phantom_options){MIDDLE, .without_ribs = 1, .without_sacrum = 1});
    expect_no_names(&bare);
    /* three lumbar vertebrae of a body that has both */
    spine_scene cut =
        scene_make((osarc_phantom_options){MIDDLE, .length_mm = 90, .centre_z_mm = 1e-9});
    expect_no_names(&cut);
}

Test(spine, finds_no_vertebra_in_a_thigh)
{
    osarc_phantom *thigh = NULL;
    osarc_mask *tissue = NULL;
    osarc_spine *spine = NULL;
    EXPECT_OK(osarc_phantom_create(&thigh, "thigh", NULL, &err));
    const osarc_image *image = osarc_phantom_image(thigh);
    EXPECT_OK(osarc_segment_tissues(&tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_spine_find(&spine, image, tissue, NULL, NULL, &err));
    cr_expect(eq(sz, osarc_spine_count(spine), 0u));
    osarc_spine_free(spine);
    osarc_mask_free(tissue);
    osarc_phantom_free(thigh);
}

Test(spine, holds_for_other_orientations_of_stack_and_body)
{
    const osarc_phantom_options MANY[] = {
        {MIDDLE, .feet_first = 1, .rotate_deg = 15},
        {MIDDLE, .prone = 1, .tilt_deg = -12},
        {MIDDLE, .plane = OSARC_PLANE_SAGITTAL, .scoliosis_deg = 20},
    };
    for (size_t i = 0; i < sizeof(MANY) / sizeof(MANY[0]); i++) {
        spine_scene scene = scene_make(MANY[i]);
        expect_lumbar(&scene);
        scene_free(&scene);
    }
}

/* Slices of 3 and 5 mm blur a shell of 3 mm and over 1000 HU: 1 % of it is 10 HU. */
Test(spine, holds_for_thick_slices_noise_and_thin_bone)
{
    const osarc_phantom_options MANY[] = {
        {.pixel_mm = 1, .slice_mm = 3, .noise_sd_hu = 20, .seed = 3},
        {.pixel_mm = 1, .slice_mm = 5, .kvp = 80},
        {.pixel_mm = 1.2, .slice_mm = 2, .trabecular_mg_cm3 = 40},
    };
    for (size_t i = 0; i < sizeof(MANY) / sizeof(MANY[0]); i++) {
        spine_scene scene = scene_make(MANY[i]);
        expect_lumbar(&scene);
        for (int n = 0; n < 5; n++) {
            double off = scene_hu(&scene, LUMBAR[n]) - scene_truth(&scene, LUMBAR[n])->hu;
            cr_expect(lt(dbl, fabs(off), 8.0), "scan %zu, %s: %.1f HU", i, LUMBAR[n], off);
        }
        scene_free(&scene);
    }
}

Test(spine, reads_a_wedge_from_heights)
{
    spine_scene scene = scene_make((osarc_phantom_options){FINE, .fracture = "L1"});
    const osarc_vertebra *v = scene_level(&scene, "L1", NULL);
    cr_assert(v != NULL);
    /* 70 % of the height in front */
    cr_expect(epsilon_eq(dbl, v->height_anterior_mm / v->height_posterior_mm, 0.72, 0.08));
    v = scene_level(&scene, "L2", NULL);
    cr_expect(epsilon_eq(dbl, v->height_anterior_mm / v->height_posterior_mm, 1, 0.08));
    scene_free(&scene);
}

static void expect_spoiled(const spine_scene *scene, const char *level, const char *word)
{
    size_t index;
    size_t *voxels = (size_t *) &index;
    size_t count = 1;
    cr_assert(scene_level(scene, level, &index) != NULL);
    EXPECT_REFUSED_SAYING(osarc_spine_trabecular(&voxels, &count, scene->spine, index, NULL, &err),
                          OSARC_ERR_QUALITY, word);
    cr_expect(voxels == NULL && count == 0);
}

Test(spine, refuses_levels_with_screws_or_cement_and_measures_the_others)
{
    spine_scene scene = scene_make((osarc_phantom_options){MIDDLE, .metal = "L4", .cement = "L1"});
    expect_spoiled(&scene, "L4", "metal");
    expect_spoiled(&scene, "L1", "cement");
    /* slices of 2.5 mm hold end plates, 600 HU brighter, by at most 3 in 1000 of the region */
    cr_expect(epsilon_eq(dbl, scene_hu(&scene, "L2"), scene_truth(&scene, "L2")->hu, 2.0));
    scene_free(&scene);
}

Test(spine, refuses_the_region_of_a_body_that_the_view_cuts)
{
    spine_scene scene =
        scene_make((osarc_phantom_options){MIDDLE, .length_mm = 200, .centre_z_mm = -60});
    size_t *voxels;
    size_t count;
    size_t cut = 0;
    for (size_t i = 0; i < osarc_spine_count(scene.spine); i++)
        if (!osarc_spine_at(scene.spine, i)->whole) {
            cut++;
            cr_expect(isnan(osarc_spine_at(scene.spine, i)->height_middle_mm));
            EXPECT_REFUSED_SAYING(
                osarc_spine_trabecular(&voxels, &count, scene.spine, i, NULL, &err),
                OSARC_ERR_QUALITY, "cuts");
        }
    cr_expect(gt(sz, cut, 0u));
    scene_free(&scene);
}

static void expect_same_with_one_thread(const spine_scene *scene)
{
    osarc_spine *one = NULL;
    osarc_spine_options threads = {.threads = 1};
    EXPECT_OK(osarc_spine_find(&one, scene->image, scene->tissue, NULL, &threads, &err));
    size_t bytes = osarc_grid_count(osarc_image_grid(scene->image));
    cr_expect(memcmp(osarc_mask_labels(osarc_spine_structures(one)),
                     osarc_mask_labels(osarc_spine_structures(scene->spine)), bytes) == 0);
    cr_expect(memcmp(osarc_mask_labels(osarc_spine_bodies(one)),
                     osarc_mask_labels(osarc_spine_bodies(scene->spine)), bytes) == 0);
    osarc_spine_free(one);
}

Test(spine, is_the_same_whatever_the_threads_and_regions_shrink_until_they_are_refused)
{
    spine_scene scene = scene_make((osarc_phantom_options){MIDDLE});
    size_t index;
    size_t before = SIZE_MAX;
    expect_same_with_one_thread(&scene);
    cr_assert(scene_level(&scene, "L3", &index) != NULL);
    for (int deeper = -1; deeper <= 3; deeper++) {
        osarc_trabecular_options options = {.deeper_mm = deeper};
        size_t *voxels = NULL;
        size_t count = 0;
        EXPECT_OK(osarc_spine_trabecular(&voxels, &count, scene.spine, index, &options, &err));
        cr_expect(lt(sz, count, before));
        before = count;
        osarc_voxels_free(voxels);
    }
    osarc_trabecular_options all = {.deeper_mm = 20};
    size_t *voxels = NULL;
    EXPECT_REFUSED_SAYING(osarc_spine_trabecular(&voxels, &before, scene.spine, index, &all, &err),
                          OSARC_ERR_QUALITY, "end plates");
    scene_free(&scene);
}
