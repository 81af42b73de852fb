/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>

#include "limb_parts.h"

/*
 * A right femur as sections every 3 mm from the feet up: tibia, joint, condyles, shaft, trochanter,
 * neck and head. x to the left, so that lateral is towards 0.
 */
#define COUNT          160
#define JOINT          10
#define FLARE_END      25
#define SHAFT_END      130
#define TROCHANTER_END 148

typedef struct leg {
    limb_view view;
    limb_slice slices[COUNT];
    limb_section sections[COUNT];
    int section[COUNT];
    limb_track track;
} leg;

static limb_section box(double low_x, double high_x, double area_cm2)
{
    return (limb_section){.x_mm = (low_x + high_x) / 2,
                          .y_mm = 0,
                          .area_cm2 = area_cm2,
                          .low_mm = {low_x, -15},
                          .high_mm = {high_x, 15}};
}

static void make(leg *l)
{
    memset(l, 0, sizeof(*l));
    l->view = (limb_view){.s = {100, 100, COUNT}, .smm = {2, 2, 3}, .up = 1, .left = 1};
    for (size_t k = 0; k < COUNT; k++) {
        l->slices[k] = (limb_slice){.sections = &l->sections[k], .count = 1};
        l->section[k] = -1;
        if (k < JOINT)
            l->sections[k] = box(60, 130, 30);
        else if (k == JOINT)
            l->sections[k] = box(80, 100, 4); /* between the bones */
        else if (k < FLARE_END)
            l->sections[k] = box(60, 130, 35);
        else if (k < SHAFT_END) {
            l->sections[k] = box(80, 110, 6);
            l->section[k] = 0;
        } else if (k < TROCHANTER_END)
            l->sections[k] = box(60, 120, 15);
        else
            l->sections[k] = box(95, 150, 16);
    }
    l->track =
        (limb_track){.low = FLARE_END, .high = SHAFT_END - 1, .section = l->section, .area_cm2 = 6};
}

Test(segmentation_limb_femur, goes_from_the_condyles_to_the_top_of_the_trochanter)
{
    leg l;
    size_t feet = 0;
    size_t head = 0;
    make(&l);
    cr_assert(eq(int, limb_femur_ends(&feet, &head, &l.track, l.slices, &l.view, -20), 1));
    cr_expect(eq(sz, feet, JOINT + 1));
    cr_expect(eq(sz, head, TROCHANTER_END - 1));
}

Test(segmentation_limb_femur, is_not_whole_without_the_joint)
{
    leg l;
    size_t feet;
    size_t head;
    make(&l);
    for (size_t k = 0; k <= JOINT; k++)
        l.sections[k] = box(60, 130, 35);
    cr_expect(eq(int, limb_femur_ends(&feet, &head, &l.track, l.slices, &l.view, -20), 0));
}

Test(segmentation_limb_femur, is_not_whole_without_the_trochanter)
{
    leg l;
    size_t feet;
    size_t head;
    make(&l);
    l.view.s[2] = TROCHANTER_END;
    cr_expect(eq(int, limb_femur_ends(&feet, &head, &l.track, l.slices, &l.view, -20), 0));
}

Test(segmentation_limb_femur, is_not_measured_where_lateral_is_not_known)
{
    leg l;
    size_t feet;
    size_t head;
    make(&l);
    cr_expect(eq(int, limb_femur_ends(&feet, &head, &l.track, l.slices, &l.view, 1), 0));
    cr_expect(eq(int, limb_femur_ends(&feet, &head, &l.track, l.slices, &l.view, NAN), 0));
}
