/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include "solid.h"

static const osi_solid CYLINDER = {
    .shape = OSI_CYLINDER, .centre_mm = {3, -2, 1}, .half_mm = {12, 7, 9}, .turn_deg = 25};
static const osi_solid ELLIPSOID = {
    .shape = OSI_ELLIPSOID, .centre_mm = {3, -2, 1}, .half_mm = {12, 7, 9}, .turn_deg = 25};
static const osi_solid BOX = {
    .shape = OSI_BOX, .centre_mm = {3, -2, 1}, .half_mm = {12, 7, 9}, .turn_deg = 25};
static const osi_solid RING = {.shape = OSI_CYLINDER,
                               .centre_mm = {3, -2, 1},
                               .half_mm = {12, 7, 9},
                               .turn_deg = 25,
                               .hole_mm = {8, 5}};
static const osi_solid *const ALL[] = {&CYLINDER, &ELLIPSOID, &BOX, &RING};
#define ALL_COUNT (sizeof(ALL) / sizeof(ALL[0]))

/* Midpoints every 0.2 mm: the surface of 1000 mm2 is off by far less than 0.2 % of 3000 mm3. */
static double count_mm3(const osi_solid *solid, double low_z, double high_z)
{
    const double STEP = 0.2;
    osi_placed placed;
    osi_solid_place(&placed, solid);
    size_t inside = 0;
    for (double z = low_z + STEP / 2; z < high_z; z += STEP)
        for (double y = -22 + STEP / 2; y < 20; y += STEP)
            for (double x = -20 + STEP / 2; x < 22; x += STEP) {
                const double point[3] = {x, y, z};
                inside += (size_t) osi_solid_holds(&placed, point);
            }
    return (double) inside * STEP * STEP * STEP;
}

Test(phantom_solid, volumes_in_closed_form_are_those_of_counted_points)
{
    for (size_t i = 0; i < ALL_COUNT; i++) {
        double whole = osi_solid_volume_mm3(ALL[i], -50, 50);
        double part = osi_solid_volume_mm3(ALL[i], -3, 6);
        cr_expect(epsilon_eq(dbl, count_mm3(ALL[i], -9, 11), whole, 0.002 * whole));
        cr_expect(epsilon_eq(dbl, count_mm3(ALL[i], -3, 6), part, 0.002 * part));
    }
}

Test(phantom_solid, volume_is_the_sum_of_areas)
{
    for (size_t i = 0; i < ALL_COUNT; i++) {
        double sum = 0;
        for (double z = -20 + 0.005; z < 20; z += 0.01)
            sum += 0.01 * osi_solid_area_mm2(ALL[i], z);
        double whole = osi_solid_volume_mm3(ALL[i], -20, 20);
        cr_expect(epsilon_eq(dbl, sum, whole, 1e-4 * whole));
    }
}

Test(phantom_solid, has_nothing_beyond_its_ends)
{
    for (size_t i = 0; i < ALL_COUNT; i++) {
        cr_expect(zero(dbl, osi_solid_volume_mm3(ALL[i], 10, 30)));
        cr_expect(zero(dbl, osi_solid_area_mm2(ALL[i], -8.001)));
        cr_expect(zero(dbl, osi_solid_surface_mm2(ALL[i], 10.5, 30)));
    }
}

Test(phantom_solid, surfaces_are_those_of_a_sphere_a_tube_and_a_cube)
{
    osi_solid sphere = {.shape = OSI_ELLIPSOID, .half_mm = {10, 10, 10}};
    osi_solid tube = {.shape = OSI_CYLINDER, .half_mm = {10, 10, OSI_ENDLESS}};
    osi_solid cube = {.shape = OSI_BOX, .half_mm = {10, 10, 10}};
    cr_expect(epsilon_eq(dbl, osi_solid_surface_mm2(&sphere, -50, 50), 400 * M_PI, 1e-6));
    cr_expect(epsilon_eq(dbl, osi_solid_surface_mm2(&tube, -5, 5), 200 * M_PI, 1e-6));
    cr_expect(epsilon_eq(dbl, osi_solid_surface_mm2(&cube, -50, 50), 2400, 1e-6));
}

Test(phantom_solid, a_box_that_is_called_inside_or_outside_is_so_at_every_corner)
{
    const double half[3] = {1, 0.7, 2};
    for (size_t i = 0; i < ALL_COUNT; i++) {
        osi_placed placed;
        osi_solid_place(&placed, ALL[i]);
        osi_reach reach = osi_solid_reach(&placed, half);
        size_t sure = 0;
        for (double z = -14; z <= 16; z += 1.3)
            for (double y = -16; y <= 12; y += 0.9)
                for (double x = -14; x <= 20; x += 0.9) {
                    const double at[3] = {x, y, z};
                    double unit[3];
                    for (int a = 0; a < 3; a++) {
                        unit[a] = 0;
                        for (int c = 0; c < 3; c++)
                            unit[a] += placed.to_unit[a][c] * (at[c] - placed.centre_mm[c]);
                    }
                    int side = osi_solid_side(&placed, &reach, unit);
                    if (side < 0)
                        continue;
                    sure++;
                    for (int corner = 0; corner < 8; corner++) {
                        const double point[3] = {x + ((corner & 1) ? half[0] : -half[0]),
                                                 y + ((corner & 2) ? half[1] : -half[1]),
                                                 z + ((corner & 4) ? half[2] : -half[2])};
                        cr_expect(eq(int, osi_solid_holds(&placed, point), side));
                    }
                }
        cr_expect(gt(sz, sure, 500));
    }
}

Test(phantom_solid, shares_of_small_boxes_add_up_to_the_volume)
{
    const double half[3] = {0.15, 0.15, 0.15};
    for (size_t i = 0; i < ALL_COUNT; i++) {
        osi_placed placed;
        osi_solid_place(&placed, ALL[i]);
        double sum = 0;
        for (double z = -14; z < 16; z += 0.3)
            for (double y = -20; y < 16; y += 0.3)
                for (double x = -20; x < 24; x += 0.3) {
                    const double at[3] = {x, y, z};
                    sum += 0.027 * osi_solid_share(&placed, at, half);
                }
        double whole = osi_solid_volume_mm3(ALL[i], -50, 50);
        cr_expect(epsilon_eq(dbl, sum, whole, 5e-4 * whole));
    }
}

Test(phantom_solid, a_flat_face_is_shared_exactly)
{
    osi_solid box = {.shape = OSI_BOX, .half_mm = {10, 10, 10}};
    osi_placed placed;
    osi_solid_place(&placed, &box);
    const double half[3] = {0.5, 0.5, 0.5};
    const double at[3] = {10.3, 0, 0};
    cr_expect(epsilon_eq(dbl, osi_solid_share(&placed, at, half), 0.2, 1e-12));
    const double corner[3] = {9.75, 10.25, -10};
    cr_expect(epsilon_eq(dbl, osi_solid_share(&placed, corner, half), 0.75 * 0.25 * 0.5, 1e-12));
}
