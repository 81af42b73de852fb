/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>

#include "parts.h"

#define COARSE .pixel_mm = 4, .slice_mm = 5, .length_mm = 20

static osarc_phantom *make(osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "thigh", &options, &err));
    return phantom;
}

static double truth(const osarc_phantom *phantom, const char *quantity, const char *side)
{
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *t = osarc_phantom_truth(phantom, i);
        if (strcmp(t->quantity, quantity) == 0 && strcmp(t->tissue, side) == 0)
            return t->value;
    }
    return NAN;
}

Test(phantom_thigh, streaks_have_the_area_of_their_boxes)
{
    osarc_phantom *plain = make((osarc_phantom_options){COARSE, .muscle_fat = 0.1});
    osarc_phantom *streaks = make((osarc_phantom_options){COARSE, .streaks = 1});
    /* 32 x 4, 28 x 2, 20 x 1 and 20 x 4 mm, the last as wide as a pixel */
    double wanted_cm2 = (32 * 4 + 28 * 2 + 20 * 1 + 20 * 4) / 100.0;
    for (int side = 0; side < 2; side++) {
        const char *name = side ? "right" : "left";
        cr_expect(epsilon_eq(
            dbl, truth(streaks, "thigh_imat_area", name) - truth(plain, "thigh_imat_area", name),
            wanted_cm2, 1e-9));
        cr_expect(epsilon_eq(dbl,
                             truth(plain, "thigh_muscle_area", name) -
                                 truth(streaks, "thigh_muscle_area", name),
                             wanted_cm2, 1e-9));
    }
    osarc_phantom_free(streaks);
    osarc_phantom_free(plain);
}

Test(phantom_thigh, draws_streaks_whole)
{
    osarc_phantom *p =
        make((osarc_phantom_options){.pixel_mm = 1, .slice_mm = 5, .length_mm = 10, .streaks = 1});
    double imat_mm3 =
        10 * 100 * (truth(p, "thigh_imat_area", "left") + truth(p, "thigh_imat_area", "right"));
    /* shares of voxels are to a few parts in a thousand of those on a border */
    cr_expect(epsilon_eq(dbl, p->covered_mm3[OSI_INTERMUSCULAR_FAT], imat_mm3, 0.002 * imat_mm3));
    osarc_phantom_free(p);
}

Test(phantom_thigh, fat_of_muscle_is_in_the_right_limb_alone)
{
    osarc_phantom *p = make((osarc_phantom_options){COARSE, .muscle_fat = 0.2});
    cr_expect(eq(dbl, truth(p, "thigh_muscle_fat_fraction", "left"), 0));
    /* CT numbers are whole: half a HU of 153 */
    cr_expect(
        epsilon_eq(dbl, truth(p, "thigh_muscle_fat_fraction", "right"), 0.2, 0.5 / 153 + 1e-9));
    osarc_phantom_free(p);
}

static void expect_refused(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_REFUSED(osarc_phantom_create(&phantom, kind, &options, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, (void *) phantom, NULL));
}

Test(phantom_thigh, refuses_fat_that_is_no_share)
{
    expect_refused("thigh", (osarc_phantom_options){COARSE, .muscle_fat = 0.7});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .muscle_fat = -0.1});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .muscle_fat = NAN});
}

Test(phantom_thigh, refuses_its_options_for_other_kinds)
{
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .muscle_fat = 0.1});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .streaks = 1});
    expect_refused("spine", (osarc_phantom_options){COARSE, .muscle_fat = 0.1});
    expect_refused("spine", (osarc_phantom_options){COARSE, .streaks = 1});
}
