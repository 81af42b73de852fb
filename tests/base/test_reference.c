/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NHANES III (Looker 1998): neck 0.858 (0.120), total hip 0.942 (0.122) g/cm2. */
#include <expect.h>

#include <math.h>
#include <string.h>

#include <osarc/reference.h>

static osarc_error err;

static const osarc_person WOMAN = {OSARC_SEX_FEMALE, 70, OSARC_MENOPAUSE_POST, NULL};
static const osarc_person MAN = {OSARC_SEX_MALE, 66, OSARC_MENOPAUSE_UNKNOWN, NULL};

static osarc_bmd on(osarc_bmd_scale scale, osarc_bmd_site site, double value)
{
    return (osarc_bmd){.value_g_cm2 = value, .site = site, .scale = scale};
}

static osarc_bmd_score t_of(osarc_bmd bmd, const osarc_person *person, const char *id)
{
    osarc_bmd_score score;
    EXPECT_OK(osarc_t_score(&score, &bmd, person, id, NULL, &err));
    return score;
}

static double t_hologic(osarc_bmd_site site, double value)
{
    return t_of(on(OSARC_BMD_HOLOGIC, site, value), &WOMAN, NULL).value;
}

Test(base_reference, the_necks_boundaries_fall_into_the_class_they_belong_to)
{
    cr_expect(eq(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.738), -1.0));
    cr_expect(lt(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.7379), -1.0));
    cr_expect(eq(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.558), -2.5));
    cr_expect(gt(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.559), -2.5));
    cr_expect(lt(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.557), -2.5));
    cr_expect(eq(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.858), 0.0));
}

Test(base_reference, the_total_hips_boundaries_fall_into_the_class_they_belong_to)
{
    cr_expect(eq(dbl, t_hologic(OSARC_BMD_TOTAL_HIP, 0.820), -1.0));
    cr_expect(lt(dbl, t_hologic(OSARC_BMD_TOTAL_HIP, 0.8199), -1.0));
    cr_expect(eq(dbl, t_hologic(OSARC_BMD_TOTAL_HIP, 0.637), -2.5));
    cr_expect(gt(dbl, t_hologic(OSARC_BMD_TOTAL_HIP, 0.638), -2.5));
}

Test(base_reference, values_near_a_tenth_are_not_drawn_to_it)
{
    /* a tenth of a mg/cm2 is 0.0008 of an SD, a million times what is taken for rounding */
    cr_expect(epsilon_eq(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.5581), -2.499166667, 1e-8));
    cr_expect(epsilon_eq(dbl, t_hologic(OSARC_BMD_FEMORAL_NECK, 0.5579), -2.500833333, 1e-8));
}

Test(base_reference, a_lunar_neck_has_a_t_score_after_a_named_conversion_only)
{
    osarc_bmd bmd = on(OSARC_BMD_LUNAR, OSARC_BMD_FEMORAL_NECK, 1.0379617);
    osarc_bmd_score score;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &WOMAN, NULL, NULL, &err), OSARC_ERR_UNIT);
    cr_expect(isnan(score.value));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_REFUSED));
    EXPECT_OK(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_HOLOGIC, "lu2001", &err));
    score = t_of(bmd, &WOMAN, NULL);
    /* the density is given to 1e-7 g/cm2, which is 1e-6 of an SD */
    cr_expect(epsilon_eq(dbl, score.value, 0, 1e-6));
    cr_expect(eq(str, score.basis, "DXA-Hologic (lu2001 DXA-Lunar>DXA-Hologic)"));
    cr_expect(eq(str, score.reference, "nhanes3_neck_f"));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_OK));
}

Test(base_reference, men_and_all_ancestries_are_compared_with_white_women_at_the_hip)
{
    osarc_person person = MAN;
    person.ancestry = "chinese";
    osarc_bmd_score score = t_of(on(OSARC_BMD_HOLOGIC, OSARC_BMD_TOTAL_HIP, 0.942), &person, NULL);
    cr_expect(eq(dbl, score.value, 0));
    cr_expect(eq(str, score.reference, "nhanes3_total_f"));
}

Test(base_reference, a_man_has_no_standard_population_at_the_spine)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_LUMBAR_L1_L4, 1.0);
    osarc_bmd_score score;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &MAN, NULL, NULL, &err), OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &MAN, "hologic_l1_l4_f", NULL, &err),
                   OSARC_ERR_UNSUPPORTED);
}

Test(base_reference, the_spine_has_the_makers_population_with_a_warning)
{
    osarc_bmd_score score =
        t_of(on(OSARC_BMD_HOLOGIC, OSARC_BMD_LUMBAR_L1_L4, 0.937), &WOMAN, NULL);
    cr_expect(eq(dbl, score.value, -1.0));
    cr_expect(eq(str, score.reference, "hologic_l1_l4_f"));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_WARNING));
    score = t_of(on(OSARC_BMD_LUNAR, OSARC_BMD_LUMBAR_L2_L4, 0.90), &WOMAN, NULL);
    cr_expect(eq(dbl, score.value, -2.5));
}

Test(base_reference, other_populations_are_taken_by_name)
{
    osarc_bmd_score score =
        t_of(on(OSARC_BMD_LUNAR, OSARC_BMD_FEMORAL_NECK, 0.627), &WOMAN, "zhang2007_neck_f");
    cr_expect(eq(dbl, score.value, -2.5));
    score = t_of(on(OSARC_BMD_HOLOGIC, OSARC_BMD_FEMORAL_NECK, 0.767), &WOMAN, "xue2021_neck_f");
    cr_expect(eq(dbl, score.value, -1.0));
}

Test(base_reference, low_confidence_is_never_chosen_but_may_be_named)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_TROCHANTER, 0.609);
    osarc_bmd_score score;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &WOMAN, NULL, NULL, &err), OSARC_ERR_UNSUPPORTED);
    score = t_of(bmd, &WOMAN, "nhanes3_trochanter_f");
    cr_expect(eq(dbl, score.value, -1.0));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_WARNING));
    size_t count;
    const osarc_reference *rows = osarc_references(&count);
    for (size_t i = 0; i < count; i++)
        cr_expect(rows[i].confidence != OSARC_CONFIDENCE_LOW || !rows[i].standard, "%s",
                  rows[i].id);
}

Test(base_reference, every_population_has_an_id_of_its_own_a_source_and_a_unit)
{
    size_t count;
    const osarc_reference *rows = osarc_references(&count);
    cr_assert(eq(sz, count, 31));
    for (size_t i = 0; i < count; i++) {
        cr_expect(rows[i].id[0] && rows[i].source[0], "%zu", i);
        cr_expect(rows[i].mean > rows[i].sd && rows[i].sd > 0, "%s", rows[i].id);
        cr_expect(eq(str, (char *) rows[i].unit, "g/cm2"));
        for (size_t j = 0; j < i; j++)
            cr_expect(ne(str, (char *) rows[i].id, (char *) rows[j].id));
    }
}

Test(base_reference, cts_hip_has_a_t_score_that_says_it_is_not_converted)
{
    osarc_bmd_score score = t_of(on(OSARC_BMD_CTXA, OSARC_BMD_FEMORAL_NECK, 0.738), &WOMAN, NULL);
    cr_expect(eq(dbl, score.value, -1.0));
    cr_expect(eq(str, score.basis, "CTXA unconverted"));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_WARNING));
    cr_expect(score.note[0] != '\0');
}

Test(base_reference, cts_spine_has_no_t_score)
{
    osarc_bmd bmd = on(OSARC_BMD_CTXA, OSARC_BMD_LUMBAR_L1_L4, 0.9);
    osarc_bmd_score score;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &WOMAN, NULL, NULL, &err), OSARC_ERR_UNIT);
}

Test(base_reference, z_scores_go_by_whole_years_and_sex)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_LUMBAR_L1_L4, 0.852);
    osarc_person person = WOMAN;
    osarc_bmd_score score;
    person.age_years = 60.9;
    EXPECT_OK(osarc_z_score(&score, &bmd, &person, NULL, NULL, &err));
    cr_expect(eq(dbl, score.value, -1.0));
    cr_expect(eq(str, score.reference, "nhanes_l1_l4_f_51_60"));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_WARNING));
    person.sex = OSARC_SEX_MALE;
    person.age_years = 61;
    EXPECT_OK(osarc_z_score(&score, &bmd, &person, NULL, NULL, &err));
    cr_expect(eq(str, score.reference, "nhanes_l1_l4_m_61_70"));
}

Test(base_reference, refuses_a_z_score_outside_the_ages_there_are)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_LUMBAR_L1_L4, 0.852);
    osarc_bmd_score score;
    osarc_person person = WOMAN;
    person.age_years = 81;
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &person, NULL, NULL, &err), OSARC_ERR_UNSUPPORTED);
    person.age_years = 20.9;
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &person, NULL, NULL, &err), OSARC_ERR_UNSUPPORTED);
    person.age_years = NAN;
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &person, NULL, NULL, &err), OSARC_ERR_QUALITY);
    bmd.site = OSARC_BMD_TOTAL_HIP;
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &WOMAN, NULL, NULL, &err), OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &WOMAN, "nhanes_total_f_21_30", NULL, &err),
                   OSARC_ERR_UNSUPPORTED);
}

Test(base_reference, refuses_a_score_without_sex_or_person)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_FEMORAL_NECK, 0.852);
    osarc_person person = WOMAN;
    osarc_bmd_score score;
    person.sex = OSARC_SEX_UNKNOWN;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &person, NULL, NULL, &err), OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "sex") != NULL);
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &person, "nhanes3_neck_f", NULL, &err),
                   OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &person, NULL, NULL, &err), OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, NULL, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_t_score(NULL, &bmd, &WOMAN, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(base_reference, refuses_named_populations_of_another_site_score_or_scale)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_FEMORAL_NECK, 0.852);
    osarc_bmd_score score;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &WOMAN, "nhanes3_total_f", NULL, &err),
                   OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &WOMAN, "nobody", NULL, &err),
                   OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_z_score(&score, &bmd, &WOMAN, "nhanes3_neck_f", NULL, &err),
                   OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &WOMAN, "zhang2007_neck_f", NULL, &err),
                   OSARC_ERR_UNIT);
}

Test(base_reference, refuses_a_t_score_of_the_young)
{
    osarc_bmd bmd = on(OSARC_BMD_HOLOGIC, OSARC_BMD_FEMORAL_NECK, 0.852);
    osarc_person person = WOMAN;
    osarc_bmd_score score;
    person.age_years = 19.5;
    EXPECT_REFUSED(osarc_t_score(&score, &bmd, &person, NULL, NULL, &err), OSARC_ERR_QUALITY);
}

static osarc_score_kind chosen(osarc_person person)
{
    osarc_score_kind kind;
    EXPECT_OK(osarc_score_choose(&kind, &person, &err));
    return kind;
}

Test(base_reference, iscd_says_t_or_z)
{
    osarc_person person = WOMAN;
    cr_expect(eq(int, chosen(person), OSARC_SCORE_T));
    person.menopause = OSARC_MENOPAUSE_PERI;
    cr_expect(eq(int, chosen(person), OSARC_SCORE_T));
    person.menopause = OSARC_MENOPAUSE_PRE;
    cr_expect(eq(int, chosen(person), OSARC_SCORE_Z));
    person = MAN;
    person.age_years = 50;
    cr_expect(eq(int, chosen(person), OSARC_SCORE_T));
    person.age_years = 49.99;
    cr_expect(eq(int, chosen(person), OSARC_SCORE_Z));
    person = (osarc_person){.age_years = 12};
    cr_expect(eq(int, chosen(person), OSARC_SCORE_Z));
}

Test(base_reference, refuses_to_guess_t_or_z)
{
    osarc_score_kind kind;
    osarc_person person = WOMAN;
    person.menopause = OSARC_MENOPAUSE_UNKNOWN;
    EXPECT_REFUSED(osarc_score_choose(&kind, &person, &err), OSARC_ERR_QUALITY);
    person = MAN;
    person.age_years = 0;
    EXPECT_REFUSED(osarc_score_choose(&kind, &person, &err), OSARC_ERR_QUALITY);
    person = (osarc_person){.age_years = 60};
    EXPECT_REFUSED(osarc_score_choose(&kind, &person, &err), OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_score_choose(&kind, NULL, &err), OSARC_ERR_ARGUMENT);
}
