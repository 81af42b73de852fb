/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include "scene.h"

static const osi_kind *const KINDS[] = {&osi_kind_abdomen, &osi_kind_thigh, &osi_kind_spine};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

/* Options that add or move solids; the last of each kind is the plainest. */
static const osarc_phantom_options SPINES[] = {
    {.lumbar = 4, .scoliosis_deg = 20, .fracture = "L2", .metal = "L1", .cement = "L3"},
    {.lumbar = 6, .scoliosis_deg = -20, .fracture = "T11", .metal = "T12", .cement = "L6"},
    {.scoliosis_deg = 20, .rotate_deg = 15, .tilt_deg = 15, .rods = "qrm_bdc_6"},
    {.metal = "L5", .fracture = "L5", .rods = "mindways3_ct", .rods_tilt_deg = 5},
    {.lumbar = 5},
};
#define SPINE_COUNT (sizeof(SPINES) / sizeof(SPINES[0]))

static size_t variant_count(const osi_kind *kind)
{
    return kind->build ? SPINE_COUNT : 1;
}

/* As osarc_phantom_create makes it. */
static osi_scene *make_scene(const osi_kind *kind, size_t variant)
{
    static osi_scene scene;
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom_options options = {.kvp = 120, .length_mm = kind->length_mm};
    if (kind->build) {
        options = SPINES[variant];
        options.kvp = 120;
        options.length_mm = kind->length_mm;
        EXPECT_OK(osi_spine_fill_defaults(&options, &err));
    }
    osi_scene_make(&scene, kind, &options);
    return &scene;
}

/* Point on the surface of a solid: a runs round it, b from end to end; the closest end to it. */
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
    if (solid->cut > 0 && v > solid->cut) {
        u *= solid->cut / v;
        v = solid->cut;
    }
    if (solid->arc_deg[0] != solid->arc_deg[1]) {
        /* first half of the round outside, the rest inside */
        double share = a / M_PI;
        double inner = share < 1 ? 1 : solid->hole_mm[0] / solid->half_mm[0];
        double at = solid->arc_deg[0] +
                    (share < 1 ? share : share - 1) * (solid->arc_deg[1] - solid->arc_deg[0]);
        u = inner * cos(at * M_PI / 180);
        v = inner * sin(at * M_PI / 180);
    }
    double axes[3][3];
    osi_solid_axes(axes, solid);
    double end = 1 + solid->wedge[0] * u + solid->wedge[1] * v;
    const double own[3] = {u * solid->half_mm[0], v * solid->half_mm[1],
                           b * end * (solid->half_mm[2] >= OSI_ENDLESS ? 300 : solid->half_mm[2])};
    for (int c = 0; c < 3; c++) {
        out[c] = solid->centre_mm[c];
        for (int i = 0; i < 3; i++)
            out[c] += own[i] * axes[i][c];
    }
}

/* 1 when all of the surface of `a` is inside (wanted 1) or outside (wanted 0) of `b`. */
static int surface_lies(const osi_solid *a, const osi_solid *b, int wanted)
{
    osi_solid other = *b;
    /* parts that touch are inside and outside */
    for (int c = 0; c < 3; c++)
        other.half_mm[c] += other.half_mm[c] < 1000 ? (wanted ? 1e-6 : -1e-6) : 0;
    osi_placed placed;
    osi_solid_place(&placed, &other);
    for (int turn = 0; turn < 360; turn += 2)
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
        for (size_t v = 0; v < variant_count(KINDS[k]); v++) {
            const osi_scene *scene = make_scene(KINDS[k], v);
            for (size_t i = 0; i < scene->count; i++) {
                const osi_solid *solid = &scene->solids[i];
                if (solid->parent == OSI_NO_PARENT)
                    continue;
                cr_assert(lt(int, solid->parent, (int) i), "%s comes before its parent",
                          solid->name);
                cr_expect(surface_lies(solid, &scene->solids[solid->parent], 1), "%zu: %s", v,
                          solid->name);
            }
        }
}

static int may_meet(const osi_solid *a, const osi_solid *b)
{
    double reach[2][3];
    osi_solid_extent(reach[0], a);
    osi_solid_extent(reach[1], b);
    for (int c = 0; c < 3; c++)
        if (fabs(a->centre_mm[c] - b->centre_mm[c]) > reach[0][c] + reach[1][c])
            return 0;
    return 1;
}

Test(phantom_kinds, no_two_children_of_one_parent_meet)
{
    for (size_t k = 0; k < KIND_COUNT; k++)
        for (size_t v = 0; v < variant_count(KINDS[k]); v++) {
            const osi_scene *scene = make_scene(KINDS[k], v);
            for (size_t i = 0; i < scene->count; i++)
                for (size_t j = 0; j < scene->count; j++) {
                    const osi_solid *a = &scene->solids[i];
                    const osi_solid *b = &scene->solids[j];
                    if (i == j || a->parent != b->parent || a->role == OSI_BLANKET ||
                        b->role == OSI_BLANKET || !may_meet(a, b))
                        continue;
                    /* a leaning body meets the table beyond the ends of the stack */
                    if ((a->role != OSI_BODY || b->role != OSI_BODY) &&
                        (SPINES[v].tilt_deg != 0 || SPINES[v].rods_tilt_deg != 0))
                        continue;
                    cr_expect(surface_lies(a, b, 0), "%zu: %s at %.0f meets %s at %.0f", v, a->name,
                              a->centre_mm[2], b->name, b->centre_mm[2]);
                }
        }
}

Test(phantom_kinds, every_table_is_full_and_fits)
{
    for (size_t k = 0; k < KIND_COUNT; k++) {
        const osi_scene *scene = make_scene(KINDS[k], 0);
        cr_assert(lt(sz, scene->count, OSI_MAX_SOLIDS));
        for (size_t i = 0; i < scene->count; i++) {
            const osi_solid *solid = &scene->solids[i];
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

/* Volumes counted in points are blind to the parents that the closed form goes by. */
static void expect_counted(const osi_kind *kind, const osi_scene *scene, double low_z,
                           double high_z, double share)
{
    const double STEP = 1;
    const double STEP_Z = 2;
    const double BACK = 126;
    osi_placed placed[OSI_MAX_SOLIDS];
    for (size_t i = 0; i < scene->count; i++)
        osi_solid_place(&placed[i], &scene->solids[i]);
    double counted[OSI_MATERIAL_COUNT] = {0};
    for (double z = low_z + 0.37; z < high_z; z += STEP_Z) {
        size_t near[OSI_MAX_SOLIDS]; /* solids at that height, front to back */
        size_t near_count = 0;
        for (size_t s = scene->count; s-- > 0;)
            if (scene->solids[s].role == OSI_BODY && placed[s].low_mm[2] <= z &&
                z <= placed[s].high_mm[2])
                near[near_count++] = s;
        for (double y = -BACK + 0.17; y < BACK; y += STEP)
            for (double x = -180 + 0.13; x < 180; x += STEP) {
                const double point[3] = {x, y, z};
                for (size_t n = 0; n < near_count; n++)
                    if (in_box(&placed[near[n]], point) &&
                        osi_solid_holds(&placed[near[n]], point)) {
                        counted[placed[near[n]].material] += STEP * STEP * STEP_Z;
                        break;
                    }
            }
    }
    double exact[OSI_MATERIAL_COUNT];
    osi_scene_volumes_mm3(exact, scene, low_z, high_z);
    for (int m = 1; m < OSI_MATERIAL_COUNT; m++)
        cr_expect(epsilon_eq(dbl, counted[m], exact[m], share * exact[m]), "%s %s", kind->name,
                  osi_material_name((osi_material) m));
}

Test(phantom_kinds, volumes_in_closed_form_are_those_of_counted_points)
{
    for (size_t k = 0; k < KIND_COUNT; k++)
        for (size_t v = 0; v < variant_count(KINDS[k]); v++) {
            const osi_scene *scene = make_scene(KINDS[k], v);
            /* what leans must lie whole between the planes */
            double half = KINDS[k]->build ? 300 : 56;
            if (KINDS[k]->build && SPINES[v].tilt_deg != 0)
                continue;
            /* points every 1 by 1 by 2 mm in an artery 8 mm wide and a shell 3 mm thick; the spine
             * has shells of 1.2 mm and screws 6 mm across */
            expect_counted(KINDS[k], scene, -half, half, KINDS[k]->build ? 0.035 : 0.025);
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
