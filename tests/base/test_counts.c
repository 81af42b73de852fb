/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/counts.h>

/* Newcombe RG. Stat Med 1998; 17: 857-872, table I, the score interval without correction. */
Test(base_counts, shares_have_the_published_intervals_of_wilson)
{
    static const double WORKED[][4] = {{81, 263, .2553, .3662},
                                       {15, 148, .0624, .1605},
                                       {0, 20, .0000, .1611},
                                       {1, 29, .0061, .1718}};
    for (int i = 0; i < 4; i++) {
        osi_share share = osi_wilson(WORKED[i][0] / WORKED[i][1], WORKED[i][1]);
        cr_expect(epsilon_eq(dbl, share.value, WORKED[i][0] / WORKED[i][1], 1e-12));
        cr_expect(epsilon_eq(dbl, share.low, WORKED[i][2], 5e-5)); /* printed digits */
        cr_expect(epsilon_eq(dbl, share.high, WORKED[i][3], 5e-5));
    }
}

Test(base_counts, refuse_shares_of_nothing_and_those_that_are_none)
{
    cr_expect(isnan(osi_wilson(0.5, 0).value));
    cr_expect(isnan(osi_wilson(NAN, 10).low));
    cr_expect(isnan(osi_wilson(1.1, 10).value));
    cr_expect(isnan(osi_wilson(-0.1, 10).value));
    cr_expect(isnan(osi_wilson(0.5, INFINITY).high));
}

/* Agresti, Categorical Data Analysis: the movie reviews of Siskel and Ebert, kappa 0.389, standard
 * error 0.060. */
Test(base_counts, kappa_has_its_published_value_and_error)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {24, 8, 13, 8, 13, 11, 10, 9, 64};
    osi_kappa kappa;
    EXPECT_OK(osi_kappa_of(&kappa, counts, 3, OSI_WEIGHTS_NONE, &err));
    cr_expect(epsilon_eq(dbl, kappa.value, .389, 5e-4));
    cr_expect(epsilon_eq(dbl, kappa.error, .060, 5e-4));
}

Test(base_counts, refuse_kappa_of_one_class)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {24, 0, 0, 0};
    osi_kappa kappa;
    EXPECT_OK(osi_kappa_of(&kappa, counts, 2, OSI_WEIGHTS_NONE, &err));
    cr_expect(isnan(kappa.value) && isnan(kappa.error));
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osi_kappa_of(&kappa, counts, 2, OSI_WEIGHTS_NONE, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
}
