/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/estimates.h>
#include <osi/alloc.h>

/* Newcombe RG. Stat Med 1998; 17: 857-872, table I, the score interval without correction. */
Test(validate_estimates, shares_have_the_published_intervals_of_wilson)
{
    static const double WORKED[][4] = {{81, 263, .2553, .3662},
                                       {15, 148, .0624, .1605},
                                       {0, 20, .0000, .1611},
                                       {1, 29, .0061, .1718}};
    for (int i = 0; i < 4; i++) {
        osarc_interval share = osarc_share(WORKED[i][0] / WORKED[i][1], WORKED[i][1]);
        cr_expect(epsilon_eq(dbl, share.value, WORKED[i][0] / WORKED[i][1], 1e-12));
        cr_expect(epsilon_eq(dbl, share.low, WORKED[i][2], 5e-5)); /* printed digits */
        cr_expect(epsilon_eq(dbl, share.high, WORKED[i][3], 5e-5));
    }
}

Test(validate_estimates, refuse_shares_of_nothing_and_those_that_are_none)
{
    cr_expect(isnan(osarc_share(0.5, 0).value));
    cr_expect(isnan(osarc_share(NAN, 10).low));
    cr_expect(isnan(osarc_share(1.1, 10).value));
    cr_expect(isnan(osarc_share(-0.1, 10).value));
    cr_expect(isnan(osarc_share(0.5, INFINITY).high));
}

/* Agresti, Categorical Data Analysis: the movie reviews of Siskel and Ebert, kappa 0.389, standard
 * error 0.060. */
Test(validate_estimates, kappa_has_its_published_value_and_interval)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {24, 8, 13, 8, 13, 11, 10, 9, 64};
    osarc_interval kappa;
    EXPECT_OK(osarc_kappa(&kappa, counts, 3, &err));
    cr_expect(epsilon_eq(dbl, kappa.value, .389, 5e-4));
    cr_expect(epsilon_eq(dbl, (kappa.high - kappa.low) / 2, 1.96 * .060, 1e-3));
}

Test(validate_estimates, refuse_kappa_of_one_class)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {24, 0, 0, 0};
    osarc_interval kappa;
    EXPECT_OK(osarc_kappa(&kappa, counts, 2, &err));
    cr_expect(isnan(kappa.value) && isnan(kappa.low));
    EXPECT_REFUSED(osarc_kappa(&kappa, counts, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_kappa(NULL, counts, 2, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_kappa(&kappa, NULL, 2, &err), OSARC_ERR_ARGUMENT);
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osarc_kappa(&kappa, counts, 2, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
}
