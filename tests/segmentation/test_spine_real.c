/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

#include "spine_scene.h"

/* Real scans: against the labels of another program, and after changes that change no name. */

#define SPINE "ct_spine_pelvis_3mm/ct.nii.gz"
#define ALL   SIZE_MAX

static osarc_error err = OSARC_ERROR_INIT;

typedef struct overlap {
    double dice;
    double centre_mm[3];
    double eroded_hu;
} overlap;

/* Whether a voxel and its six neighbours carry the label. */
static int is_inner(const uint8_t *label, const uint8_t *body, const osarc_grid *g, size_t i,
                    uint8_t wanted)
{
    size_t step[3] = {1, g->size[0], g->size[0] * g->size[1]};
    size_t count = osarc_grid_count(g);
    for (int a = 0; a < 3; a++) {
        if (i < step[a] || i + step[a] >= count)
            return 0;
        for (int side = -1; side <= 1; side++) {
            size_t n = side < 0 ? i - step[a] : i + (size_t) side * step[a];
            if (label[n] != wanted || !body[n])
                return 0;
        }
    }
    return 1;
}

/* Of a level, as another program labels it, and as we do. */
static overlap compare(const spine_scene *scene, const osarc_mask *total, const osarc_mask *bodies,
                       uint8_t label, int body_only)
{
    const osarc_grid *g = osarc_image_grid(scene->image);
    const uint8_t *theirs = osarc_mask_labels(total);
    const uint8_t *inside = osarc_mask_labels(bodies);
    const uint8_t *ours = osarc_mask_labels(osarc_spine_structures(scene->spine));
    const uint8_t *own = osarc_mask_labels(osarc_spine_bodies(scene->spine));
    overlap out = {0};
    double both = 0;
    double sum = 0;
    double reference = 0;
    double inner = 0;
    for (size_t i = 0; i < osarc_grid_count(g); i++) {
        int a = theirs[i] == label && (!body_only || inside[i]);
        int b = ours[i] == label && (!body_only || own[i]);
        both += a && b;
        sum += a + b;
        if (!a)
            continue;
        size_t row = i / g->size[0] % g->size[1];
        size_t slice = i / g->size[0] / g->size[1];
        const double ijk[3] = {(double) (i % g->size[0]), (double) row, (double) slice};
        double at[3];
        osarc_grid_position_mm(g, ijk, at);
        for (int c = 0; c < 3; c++)
            out.centre_mm[c] += at[c];
        reference++;
        if (body_only && is_inner(theirs, inside, g, i, label)) {
            out.eroded_hu += osarc_image_value(scene->image, i);
            inner++;
        }
    }
    for (int c = 0; c < 3; c++)
        out.centre_mm[c] /= reference;
    out.dice = 2 * both / sum;
    out.eroded_hu /= inner;
    return out;
}

Test(spine_real, levels_lie_where_another_program_puts_them)
{
    spine_scene scene = scene_read(SPINE, 0, ALL);
    if (!scene.spine)
        return;
    osarc_mask *total = scene_labels("ct_spine_pelvis_3mm/labels_total.nii.gz");
    osarc_mask *bodies = scene_labels("ct_spine_pelvis_3mm/labels_vertebrae_body.nii.gz");
    for (uint8_t label = 27; label <= 32; label++) {
        const char *name = osarc_vertebra_name(label);
        const osarc_vertebra *v = scene_level(&scene, name, NULL);
        cr_assert(v != NULL, "%s is not found", name);
        overlap body = compare(&scene, total, bodies, label, 1);
        overlap all = compare(&scene, total, bodies, label, 0);
        double off = scene_distance(v->centre_mm, body.centre_mm);
        double hu = scene_hu(&scene, name);
        printf("%s: centre %.1f mm, Dice of body %.3f, of all %.3f, HU %.1f against %.1f\n", name,
               off, body.dice, all.dice, hu, body.eroded_hu);
        cr_expect(lt(dbl, off, 4.0));
        cr_expect(ge(dbl, body.dice, 0.85));
        cr_expect(ge(dbl, all.dice, 0.80));
        if (label < 32)
            cr_expect(lt(dbl, fabs(hu - body.eroded_hu), 10.0));
        else
            cr_expect(eq(int, v->whole, 0));
    }
    osarc_mask_free(total);
    osarc_mask_free(bodies);
    scene_free(&scene);
}

/* z of the middles of bodies in the labels of the scan. */
static const struct {
    const char *name;
    double z_mm;
} PLACES[] = {{"T12", 416.3}, {"L1", 386.2}, {"L2", 351.8},
              {"L3", 316.0},  {"L4", 278.2}, {"L5", 241.6}};

/* The number of names, none of which may be wrong. A body that is cut has its middle elsewhere. */
static size_t count_right_names(const spine_scene *scene)
{
    size_t named = 0;
    for (size_t i = 0; i < osarc_spine_count(scene->spine); i++) {
        const osarc_vertebra *v = osarc_spine_at(scene->spine, i);
        if (!v->label)
            continue;
        named++;
        for (size_t n = 0; n < sizeof(PLACES) / sizeof(PLACES[0]); n++)
            if (strcmp(PLACES[n].name, osarc_vertebra_name(v->label)) == 0)
                cr_expect(lt(dbl, fabs(v->centre_mm[2] - PLACES[n].z_mm), v->whole ? 6.0 : 16.0),
                          "%s at %.0f", PLACES[n].name, v->centre_mm[2]);
    }
    return named;
}

/* Windows of every height and place: most hold no anchor, and no name then. */
Test(spine_real, no_window_of_a_scan_gets_a_wrong_name)
{
    size_t named = 0;
    size_t windows = 0;
    for (size_t depth = 25; depth <= 73; depth += 24)
        for (size_t first = 30; first + depth <= 112; first += 7) {
            spine_scene scene = scene_read(SPINE, first, first + depth - 1);
            if (!scene.spine)
                return;
            named += count_right_names(&scene);
            windows++;
            scene_free(&scene);
        }
    printf("%zu names in %zu windows\n", named, windows);
    cr_expect(gt(sz, named, 5u));
    /* those that begin in L5, whose disc with the sacrum is cut, and that end at its upper plate */
    static const size_t HARD[][2] = {{39, 37}, {40, 63}, {41, 27}, {42, 50}, {4, 50}, {16, 37}};
    for (size_t i = 0; i < sizeof(HARD) / sizeof(HARD[0]); i++) {
        spine_scene scene = scene_read(SPINE, HARD[i][0], HARD[i][0] + HARD[i][1] - 1);
        count_right_names(&scene);
        scene_free(&scene);
    }
}

static void expect_all(osarc_image *image)
{
    spine_scene scene = scene_of(image);
    cr_expect(ge(sz, count_right_names(&scene), 5u));
    scene_free(&scene);
}

Test(spine_real, names_hold_under_noise_and_other_orders_of_the_file)
{
    spine_scene scene = scene_read(SPINE, 0, ALL);
    if (!scene.spine)
        return;
    const osarc_grid grid = *osarc_image_grid(scene.image);
    const int16_t *from = osarc_image_stored(scene.image);
    for (int way = 0; way < 4; way++) {
        osarc_grid turned = grid;
        int axis = way - 1;
        if (axis >= 0)
            for (int c = 0; c < 3; c++) {
                turned.origin_mm[c] += (double) (grid.size[axis] - 1) * grid.spacing_mm[axis] *
                                       grid.direction[axis][c];
                turned.direction[axis][c] = -grid.direction[axis][c];
            }
        osarc_image *image = NULL;
        EXPECT_OK(osarc_image_create(&image, &turned, OSARC_UNIT_HU, osarc_image_step(scene.image),
                                     osarc_image_offset(scene.image), &err));
        uint32_t random = 12345;
        for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
            size_t at[3] = {i % grid.size[0], i / grid.size[0] % grid.size[1],
                            i / grid.size[0] / grid.size[1]};
            if (axis >= 0)
                at[axis] = grid.size[axis] - 1 - at[axis];
            int noise = 0; /* sum of 12 even numbers: SD 30 HU */
            for (int n = 0; axis < 0 && n < 12; n++) {
                random = random * 1664525u + 1013904223u;
                noise += (int) (random >> 16) % 105 - 52;
            }
            size_t source = (at[2] * grid.size[1] + at[1]) * grid.size[0] + at[0];
            int value = from[source] + noise * 30 / 105;
            osarc_image_fill(image)[i] =
                from[source] == OSARC_OUTSIDE ? OSARC_OUTSIDE : (int16_t) value;
        }
        expect_all(image);
    }
    scene_free(&scene);
}

Test(spine_real, a_slab_is_named_from_its_last_rib)
{
    spine_scene scene = scene_read("ct_slab_tissues_3mm/ct.nii.gz", 0, ALL);
    if (!scene.spine)
        return;
    cr_expect(osarc_spine_anchors_of(scene.spine)->last_rib);
    cr_expect(eq(int, osarc_spine_anchors_of(scene.spine)->sacrum, 0));
    /* the same patient as the scan above, 246.3 mm lower */
    const osarc_vertebra *v = scene_level(&scene, "L1", NULL);
    cr_assert(v != NULL);
    cr_expect(epsilon_eq(dbl, v->centre_mm[2], 386.2 - 246.3, 6));
    scene_free(&scene);
}

Test(spine_real, three_vertebrae_without_anchor_get_no_name)
{
    spine_scene scene = scene_read("ct_vertebra_pir/ct.nii.gz", 0, ALL);
    if (!scene.spine)
        return;
    cr_expect(eq(sz, count_right_names(&scene), 0u));
    cr_expect(gt(sz, osarc_spine_count(scene.spine), 0u));
    scene_free(&scene);
}
