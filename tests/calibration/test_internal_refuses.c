/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal_help.h"

static void expect_refused(osarc_tissue_samples s, double kvp, const char *word)
{
    static const osarc_internal_method METHODS[] = {OSARC_INTERNAL_LINEAR_MU,
                                                    OSARC_INTERNAL_MICHALSKI2020};
    for (size_t i = 0; i < COUNT(METHODS); i++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_acquisition acquisition = at_kvp(kvp);
        osarc_calibration c;
        EXPECT_REFUSED(osarc_calibrate_internal(&c, &s, METHODS[i], &acquisition, NULL, &err),
                       OSARC_ERR_QUALITY);
        cr_expect(ne(ptr, strstr(err.text, word), NULL), "%s", err.text);
        /* no plausible number is left behind */
        cr_expect(eq(int, c.rung, OSARC_RUNG_NONE));
        cr_expect(isnan(osarc_calibration_mg_cm3(&c, 150)));
    }
}

Test(calibration_internal_refuses, air_that_is_not_air)
{
    osarc_tissue_samples s = patient();
    s.air_hu = -1031;
    expect_refused(s, 120, "air");
    s.air_hu = -979;
    expect_refused(s, 120, "air");
}

Test(calibration_internal_refuses, fat_that_is_not_fat)
{
    osarc_tissue_samples s = patient();
    s.fat_hu = -131;
    expect_refused(s, 120, "adipose");
    s.fat_hu = -69;
    expect_refused(s, 120, "adipose");
}

Test(calibration_internal_refuses, muscle_that_is_not_muscle)
{
    osarc_tissue_samples s = patient();
    s.muscle_hu = -6;
    expect_refused(s, 120, "muscle");
    s.muscle_hu = 66;
    expect_refused(s, 120, "muscle");
}

Test(calibration_internal_refuses, blood_that_is_not_blood)
{
    osarc_tissue_samples s = patient();
    s.blood_hu = -21;
    expect_refused(s, 120, "blood");
    s.blood_hu = 61;
    expect_refused(s, 120, "blood");
}

Test(calibration_internal_refuses, cortical_bone_that_is_not_resolved_or_is_metal)
{
    osarc_tissue_samples s = patient();
    s.cortical_hu = 949;
    expect_refused(s, 120, "cortical bone");
    s.cortical_hu = 2601;
    expect_refused(s, 120, "cortical bone");
    s.cortical_hu = INFINITY;
    expect_refused(s, 120, "cortical bone");
}

Test(calibration_internal_refuses, two_tissues)
{
    osarc_tissue_samples s = nothing();
    expect_refused(s, 120, "0 tissues");
    s.cortical_hu = 1200;
    s.fat_hu = -100;
    expect_refused(s, 120, "2 tissues");
    /* a third that does not count */
    s.blood_hu = 50;
    s.blood_enhanced = 1;
    expect_refused(s, 120, "2 tissues");
}

/* Without bone and without a tube voltage nothing tells the energy. */
Test(calibration_internal_refuses, linear_mu_what_cannot_tell_the_energy)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s = patient();
    s.cortical_hu = NAN;
    osarc_calibration c;
    EXPECT_REFUSED(osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, NULL, NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(eq(int, c.rung, OSARC_RUNG_NONE));
    static const double UNUSABLE_KVP[] = {NAN, 0, 60, 120000};
    for (size_t i = 0; i < COUNT(UNUSABLE_KVP); i++) {
        osarc_acquisition acquisition = at_kvp(UNUSABLE_KVP[i]);
        EXPECT_REFUSED(
            osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, &acquisition, NULL, &err),
            OSARC_ERR_QUALITY);
    }
    osarc_acquisition acquisition = at_kvp(120);
    EXPECT_OK(osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, &acquisition, NULL, &err));
    cr_expect(eq(sz, c.point_count, 4));
}

/* Its five steps would give 81 keV, the energy of fat, and densities a third off. */
Test(calibration_internal_refuses, michalski2020_tissues_without_bone)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s = patient();
    s.cortical_hu = NAN;
    osarc_acquisition acquisition = at_kvp(120);
    osarc_calibration c;
    EXPECT_REFUSED(
        osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_MICHALSKI2020, &acquisition, NULL, &err),
        OSARC_ERR_QUALITY);
    cr_expect(eq(int, c.rung, OSARC_RUNG_NONE));
}

/* Each within its gate, all together at no energy: 4 SD off in three tissues. */
Test(calibration_internal_refuses, linear_mu_tissues_that_contradict_each_other)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s = patient();
    s.muscle_hu = -5;
    s.blood_hu = -20;
    s.fat_hu = -70;
    s.air_hu = -1030;
    osarc_acquisition acquisition = at_kvp(120);
    osarc_calibration c;
    EXPECT_REFUSED(
        osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, &acquisition, NULL, &err),
        OSARC_ERR_QUALITY);
    cr_expect(ne(ptr, strstr(err.text, "contradict"), NULL));
}

Test(calibration_internal_refuses, calls_without_what_it_needs)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s = patient();
    osarc_calibration c;
    EXPECT_REFUSED(osarc_calibrate_internal(NULL, &s, OSARC_INTERNAL_LINEAR_MU, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_internal(&c, NULL, OSARC_INTERNAL_LINEAR_MU, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_internal(&c, &s, (osarc_internal_method) 2, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
}
