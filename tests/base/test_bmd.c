/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers: Hui 1997, Lu 2001 and Genant 1994, worked out by hand from the printed equations. */
#include <expect.h>

#include <math.h>
#include <string.h>

#include <osarc/bmd.h>

/* of binary numbers only: a few steps of 1e-16 */
#define EXACT 1e-12

static osarc_error err;

static osarc_bmd measured(double value, osarc_bmd_site site, osarc_bmd_scale scale)
{
    return (osarc_bmd){.value_g_cm2 = value, .site = site, .scale = scale};
}

static double converted(double value, osarc_bmd_site site, osarc_bmd_scale from, osarc_bmd_scale to,
                        const char *id)
{
    osarc_bmd bmd = measured(value, site, from);
    EXPECT_OK(osarc_bmd_convert(&bmd, &bmd, to, id, &err));
    cr_expect(eq(int, bmd.scale, to));
    return bmd.value_g_cm2;
}

Test(base_bmd, young_means_are_what_makers_print_on_their_own_scale)
{
    /* three printed digits */
    cr_expect(epsilon_eq(
        dbl, converted(0.858, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_HOLOGIC, OSARC_BMD_LUNAR, "lu2001"),
        1.038, 0.0005));
    cr_expect(epsilon_eq(
        dbl, converted(0.942, OSARC_BMD_TOTAL_HIP, OSARC_BMD_HOLOGIC, OSARC_BMD_LUNAR, "lu2001"),
        1.008, 0.0005));
    cr_expect(epsilon_eq(
        dbl,
        converted(0.858, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_HOLOGIC, OSARC_BMD_NORLAND, "lu2001"),
        0.960, 0.0005));
    cr_expect(epsilon_eq(
        dbl, converted(0.942, OSARC_BMD_TOTAL_HIP, OSARC_BMD_HOLOGIC, OSARC_BMD_NORLAND, "lu2001"),
        0.919, 0.0005));
    cr_expect(epsilon_eq(
        dbl,
        converted(1.047, OSARC_BMD_LUMBAR_L1_L4, OSARC_BMD_HOLOGIC, OSARC_BMD_LUNAR, "hui1997"),
        1.182, 0.0005));
}

Test(base_bmd, published_equations_give_their_pivots)
{
    const double pivot[] = {
        [OSARC_BMD_HOLOGIC] = 0.972, [OSARC_BMD_LUNAR] = 1.100, [OSARC_BMD_NORLAND] = 0.969};
    for (int from = OSARC_BMD_HOLOGIC; from <= OSARC_BMD_NORLAND; from++)
        cr_expect(epsilon_eq(dbl,
                             converted(pivot[from], OSARC_BMD_LUMBAR_L1_L4, (osarc_bmd_scale) from,
                                       OSARC_BMD_STANDARDIZED, "hui1997"),
                             1.0436, EXACT));
    cr_expect(epsilon_eq(dbl,
                         converted(1.0, OSARC_BMD_LUMBAR_L1_L4, OSARC_BMD_LUNAR, OSARC_BMD_HOLOGIC,
                                   "genant1994_direct"),
                         0.881, EXACT));
    cr_expect(epsilon_eq(dbl,
                         converted(1.0, OSARC_BMD_LUMBAR_L2_L4, OSARC_BMD_NORLAND,
                                   OSARC_BMD_STANDARDIZED, "genant1994"),
                         1.0761, EXACT));
    cr_expect(epsilon_eq(
        dbl,
        converted(0.7, OSARC_BMD_TROCHANTER, OSARC_BMD_NORLAND, OSARC_BMD_STANDARDIZED, "lu2001"),
        0.7297, EXACT));
}

/* Every id, site and pair of scales: there and back, or refused both ways. */
Test(base_bmd, every_conversion_goes_there_and_back)
{
    static const char *const IDS[] = {"hui1997", "genant1994", "lu2001", "genant1994_direct"};
    int tried = 0;
    for (size_t id = 0; id < 4; id++)
        for (int site = 0; site < OSARC_BMD_SITE_COUNT; site++)
            for (int from = 1; from < OSARC_BMD_SCALE_COUNT; from++)
                for (int to = 1; to < OSARC_BMD_SCALE_COUNT; to++) {
                    osarc_bmd bmd = measured(0.8125, (osarc_bmd_site) site, (osarc_bmd_scale) from);
                    osarc_bmd back;
                    if (osarc_bmd_convert(&back, &bmd, (osarc_bmd_scale) to, IDS[id], &err))
                        continue;
                    EXPECT_OK(
                        osarc_bmd_convert(&back, &back, (osarc_bmd_scale) from, IDS[id], &err));
                    cr_expect(epsilon_eq(dbl, back.value_g_cm2, 0.8125, EXACT));
                    tried++;
                }
    /* 12 ordered pairs of 4 scales at 2 spines by 2 ids and 3 hips by 1; direct: 2 at 2 spines */
    cr_expect(eq(int, tried, 12 * 7 + 4));
}

Test(base_bmd, the_way_stays_with_the_value)
{
    osarc_bmd bmd = measured(1.0, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_LUNAR);
    EXPECT_OK(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_HOLOGIC, "lu2001", &err));
    cr_expect(eq(str, bmd.conversion, "lu2001 DXA-Lunar>DXA-Hologic"));
    EXPECT_OK(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_STANDARDIZED, "lu2001", &err));
    cr_expect(eq(str, bmd.conversion, "lu2001 DXA-Lunar>DXA-Hologic, lu2001 DXA-Hologic>sBMD"));
}

static osarc_bmd_equation own(void)
{
    return (osarc_bmd_equation){.id = "own",
                                .sites = 1u << OSARC_BMD_TOTAL_HIP,
                                .from = OSARC_BMD_CTXA,
                                .to = OSARC_BMD_HOLOGIC,
                                .slope = 2,
                                .intercept_g_cm2 = -0.5};
}

Test(base_bmd, an_equation_of_the_users_own_goes_both_ways)
{
    osarc_bmd_equation equation = own();
    osarc_bmd bmd = measured(0.75, OSARC_BMD_TOTAL_HIP, OSARC_BMD_CTXA);
    EXPECT_OK(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err));
    cr_expect(eq(dbl, bmd.value_g_cm2, 1.0));
    cr_expect(eq(str, bmd.conversion, "own CTXA>DXA-Hologic"));
    EXPECT_OK(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err));
    cr_expect(eq(dbl, bmd.value_g_cm2, 0.75));
}

Test(base_bmd, refuses_equations_that_are_none_or_not_for_this)
{
    osarc_bmd bmd = measured(0.75, OSARC_BMD_TOTAL_HIP, OSARC_BMD_CTXA);
    osarc_bmd_equation equation = own();
    equation.slope = -1;
    EXPECT_REFUSED(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err), OSARC_ERR_ARGUMENT);
    equation = own();
    equation.intercept_g_cm2 = NAN;
    EXPECT_REFUSED(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err), OSARC_ERR_ARGUMENT);
    equation = own();
    equation.to = OSARC_BMD_CTXA;
    EXPECT_REFUSED(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err), OSARC_ERR_ARGUMENT);
    equation = own();
    equation.sites = 1u << OSARC_BMD_FEMORAL_NECK;
    EXPECT_REFUSED(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err), OSARC_ERR_UNSUPPORTED);
    equation = own();
    bmd.scale = OSARC_BMD_LUNAR;
    EXPECT_REFUSED(osarc_bmd_convert_by(&bmd, &bmd, &equation, &err), OSARC_ERR_UNSUPPORTED);
    cr_expect(eq(dbl, bmd.value_g_cm2, 0.75), "a refusal leaves the value as it was");
}

Test(base_bmd, refuses_what_no_published_equation_is_for)
{
    osarc_bmd bmd = measured(0.8, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_LUNAR);
    EXPECT_REFUSED(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_HOLOGIC, "hui1997", &err),
                   OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_HOLOGIC, "nobody", &err),
                   OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_CTXA, "lu2001", &err),
                   OSARC_ERR_UNSUPPORTED);
    EXPECT_REFUSED(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_HOLOGIC, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_LUNAR, "lu2001", &err),
                   OSARC_ERR_ARGUMENT);
}

Test(base_bmd, refuses_values_that_are_no_density)
{
    osarc_bmd bmd = measured(858, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_LUNAR);
    EXPECT_REFUSED(osarc_bmd_check(&bmd, &err), OSARC_ERR_UNIT);
    cr_expect(strstr(err.text, "mg/cm2") != NULL);
    bmd.value_g_cm2 = 0;
    EXPECT_REFUSED(osarc_bmd_check(&bmd, &err), OSARC_ERR_ARGUMENT);
    bmd.value_g_cm2 = NAN;
    EXPECT_REFUSED(osarc_bmd_check(&bmd, &err), OSARC_ERR_ARGUMENT);
    bmd = measured(0.8, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_SCALE_UNKNOWN);
    EXPECT_REFUSED(osarc_bmd_check(&bmd, &err), OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_bmd_check(NULL, &err), OSARC_ERR_ARGUMENT);
    bmd = measured(0.02, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_STANDARDIZED);
    bmd.value_g_cm2 = 0.015;
    EXPECT_REFUSED(osarc_bmd_convert(&bmd, &bmd, OSARC_BMD_HOLOGIC, "lu2001", &err),
                   OSARC_ERR_ARGUMENT); /* it would be below 0 */
}

Test(base_bmd, refuses_a_value_that_was_converted_too_often)
{
    osarc_bmd bmd = measured(0.8, OSARC_BMD_FEMORAL_NECK, OSARC_BMD_LUNAR);
    osarc_status status = OSARC_OK;
    for (int i = 0; !status && i < 20; i++)
        status = osarc_bmd_convert(&bmd, &bmd, i % 2 ? OSARC_BMD_LUNAR : OSARC_BMD_HOLOGIC,
                                   "lu2001", &err);
    cr_expect(eq(int, status, OSARC_ERR_ARGUMENT));
}
