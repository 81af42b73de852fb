/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include "scene.h"

static const osi_kind *const KINDS[] = {&osi_kind_abdomen, &osi_kind_thigh};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

/* Point on the surface of a solid; a runs round it, b from end to end. */
static void surface_point(double out[3], const osi_solid *solid, double a, double b)
{
    double wide = solid->shape == OSI_ELLIPSOID ? sqrt(1 - b * b) : 1;
    double u = wide * cos(a);
    double v = wide * sin(a);
    if (solid->shape == OSI_BOX) {
        double longest = fmax(fabs(u), fabs(v));
        u /= longest;
        v /= longest;
    }
    double length = solid->half_mm[2] >= OSI_ENDLESS ? 300 : solid->half_mm[2];
    double turn = solid->turn_deg * M_PI / 180;
    u *= solid->half_mm[0];
    v *= solid->half_mm[1];
    out[0] = solid->centre_mm[0] + u * cos(turn) - v * sin(turn);
    out[1] = solid->centre_mm[1] + u * sin(turn) + v * cos(turn);
    out[2] = solid->centre_mm[2] + b * length;
}

/* 1 when all of the surface of `a` is inside (wanted 1) or outside (wanted 0) of `b`. */
static int surface_lies(const osi_solid *a, const osi_solid *b, int wanted)
{
    osi_placed placed;
    osi_solid_place(&placed, b);
    for (int turn = 0; turn < 360; turn++)
        for (int step = -10; step <= 10; step++) {
            double point[3];
            surface_point(point, a, turn * M_PI / 180, step / 10.0);
            if (osi_solid_holds(&placed, point) != wanted)
                return 0;
        }
    return 1;
}

Test(phantom_kinds, every_solid_lies_whole_inside_its_parent)
{
    for (size_t k = 0; k < KIND_COUNT; k++)
        for (size_t i = 0; i < KINDS[k]->count; i++) {
            const osi_solid *solid = &KINDS[k]->solids[i];
            if (solid->parent == OSI_NO_PARENT)
                continue;
            cr_assert(lt(int, solid->parent, (int) i), "%s comes before its parent", solid->name);
            cr_expect(surface_lies(solid, &KINDS[k]->solids[solid->parent], 1), "%s", solid->name);
        }
}

Test(phantom_kinds, no_two_children_of_one_parent_meet)
{
    for (size_t k = 0; k < KIND_COUNT; k++)
        for (size_t i = 0; i < KINDS[k]->count; i++)
            for (size_t j = 0; j < KINDS[k]->count; j++) {
                const osi_solid *a = &KINDS[k]->solids[i];
                const osi_solid *b = &KINDS[k]->solids[j];
                if (i == j || a->parent != b->parent || a->role == OSI_BLANKET ||
                    b->role == OSI_BLANKET)
                    continue;
                cr_expect(surface_lies(a, b, 0), "%s meets %s", a->name, b->name);
            }
}

Test(phantom_kinds, every_table_is_full_and_fits)
{
    for (size_t k = 0; k < KIND_COUNT; k++) {
        cr_assert(le(sz, KINDS[k]->count, OSI_MAX_SOLIDS));
        for (size_t i = 0; i < KINDS[k]->count; i++) {
            const osi_solid *solid = &KINDS[k]->solids[i];
            cr_assert(ne(ptr, (void *) solid->name, NULL), "%s: solid %zu", KINDS[k]->name, i);
            cr_expect(solid->material != OSI_AIR || solid->role == OSI_BLANKET, "%s", solid->name);
            for (int a = 0; a < 3; a++)
                cr_expect(gt(dbl, solid->half_mm[a], 0));
        }
    }
}

static int in_box(const osi_placed *placed, const double point[3])
{
    for (int c = 0; c < 3; c++)
        if (point[c] < placed->low_mm[c] || point[c] > placed->high_mm[c])
            return 0;
    return 1;
}

/* Counting points is blind to the parents that the closed form goes by. */
Test(phantom_kinds, volumes_in_closed_form_are_those_of_counted_points)
{
    const double STEP = 1;
    for (size_t k = 0; k < KIND_COUNT; k++) {
        osarc_phantom_options options = {.without_table = 1};
        osi_scene scene;
        osi_scene_make(&scene, KINDS[k], &options);
        osi_placed placed[OSI_MAX_SOLIDS];
        for (size_t i = 0; i < scene.count; i++)
            osi_solid_place(&placed[i], &scene.solids[i]);
        double counted[OSI_MATERIAL_COUNT] = {0};
        for (double z = -56 + 0.37; z < 56; z += 2)
            for (double y = -126 + 0.17; y < 126; y += STEP)
                for (double x = -180 + 0.13; x < 180; x += STEP) {
                    const double point[3] = {x, y, z};
                    size_t s = scene.count;
                    while (s-- > 0)
                        if (scene.used[s] && in_box(&placed[s], point) &&
                            osi_solid_holds(&placed[s], point)) {
                            counted[placed[s].material] += STEP * STEP * 2;
                            break;
                        }
                }
        double exact[OSI_MATERIAL_COUNT];
        osi_scene_volumes_mm3(exact, &scene, -56, 56);
        for (int m = 1; m < OSI_MATERIAL_COUNT; m++)
            /* 2.5 %: points every 1 by 1 by 2 mm in an artery 8 mm wide and a shell 3 mm thick */
            cr_expect(epsilon_eq(dbl, counted[m], exact[m], 0.025 * exact[m]), "%s %s",
                      KINDS[k]->name, osi_material_name((osi_material) m));
    }
}

Test(phantom_kinds, contrast_changes_vessels_kidneys_and_bowel_only)
{
    osarc_phantom_options plain = {0};
    osarc_phantom_options given = {.contrast = 1};
    osi_scene a;
    osi_scene b;
    osi_scene_make(&a, &osi_kind_abdomen, &plain);
    osi_scene_make(&b, &osi_kind_abdomen, &given);
    for (size_t i = 0; i < a.count; i++) {
        osi_material was = a.solids[i].material;
        int enhances = was == OSI_BLOOD || was == OSI_KIDNEY || was == OSI_BOWEL;
        cr_expect(eq(int, was != b.solids[i].material, enhances), "%s", a.solids[i].name);
        cr_expect(eq(int, osi_material_tissue(was), osi_material_tissue(b.solids[i].material)));
    }
}

Test(phantom_kinds, the_table_moves_and_the_body_stays)
{
    osarc_phantom_options off = {0};
    osarc_phantom_options touching = {.table_touches = 1, .prone = 1};
    osi_scene a;
    osi_scene b;
    osi_scene_make(&a, &osi_kind_abdomen, &off);
    osi_scene_make(&b, &osi_kind_abdomen, &touching);
    double back = 0;
    for (size_t i = 0; i < a.count; i++) {
        const osi_solid *p = &a.solids[i];
        const osi_solid *q = &b.solids[i];
        if (p->role == OSI_BODY) {
            cr_expect(zero(dbl, p->centre_mm[1] - q->centre_mm[1]));
            back = fmax(back, p->centre_mm[1] + p->half_mm[1]);
        }
    }
    cr_expect(epsilon_eq(dbl, a.solids[2].centre_mm[1] - a.solids[2].half_mm[1], back + 5, 1e-9));
    cr_expect(epsilon_eq(dbl, b.solids[2].centre_mm[1] + b.solids[2].half_mm[1], -back, 1e-9));
}
