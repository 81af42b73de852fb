/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <dxa_phantoms.h>
#include <expect.h>
#include <osarc/dxa_phantom.h>

static osarc_error err = OSARC_ERROR_INIT;

/* Value of the low (0) or high image at mm from the middle. */
static double value_at(const osarc_dxa_phantom *phantom, int energy, double x_mm, double y_mm)
{
    const osarc_dxa_pair *pair = osarc_dxa_phantom_pair(phantom);
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    size_t x = (size_t) lround(x_mm / facts->spacing_mm[0] + ((double) facts->columns - 1) / 2);
    size_t y = (size_t) lround(y_mm / facts->spacing_mm[1] + ((double) facts->rows - 1) / 2);
    return osarc_dxa_pair_values(pair, (osarc_dxa_energy) energy)[y * facts->columns + x];
}

/* -ln of the mean transmission of a beam, summed up here on its own. */
static double expected_log(const char *pair, int energy, double lean, double fat, double mineral)
{
    double weights[OSARC_BEAM_ENERGIES];
    double sum = 0;
    EXPECT_OK(osarc_beam_weights(weights, &osarc_beam_pair_find(pair)->beams[energy], &err));
    for (int i = 0; i < OSARC_BEAM_ENERGIES; i++) {
        double kev = OSARC_ATTENUATION_LOW_KEV + i;
        sum += weights[i] *
               exp(-lean * osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_MUSCLE, kev) -
                   fat * osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_TRIGLYCERIDE, kev) -
                   mineral * osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_HYDROXYAPATITE, kev));
    }
    return -log(sum);
}

Test(phantom_dxa, attenuates_as_its_plates_do)
{
    static const char *const PAIRS[] = {"40/70", "38/76", "70/140"};
    for (size_t p = 0; p < 3; p++) {
        osarc_dxa_phantom_options options = {0};
        strcpy(options.beams, PAIRS[p]);
        osarc_dxa_phantom *phantom = draw("dxa-spine", &options);
        for (int e = 0; e < 2; e++) {
            double air = value_at(phantom, e, -85, 0);
            double wanted = expected_log(PAIRS[p], e, 12, 4, 1.0);
            /* the middle of L2 at x = 0, where the ramp of fat is 0; half a step of storage each,
             * and the ramp over half a pixel */
            double got = value_at(phantom, e, 0, -21) - air;
            cr_expect(epsilon_eq(dbl, got, wanted, 1e-3), "%s %d: %g, %g", PAIRS[p], e, got,
                      wanted);
        }
        osarc_dxa_phantom_free(phantom);
    }
}

Test(phantom_dxa, stores_intensities_when_asked)
{
    osarc_dxa_phantom_options options = {.linear = 1};
    osarc_dxa_phantom *phantom = draw("dxa-wedge", &options);
    cr_expect(eq(dbl, value_at(phantom, 0, -58, 0), 60000));
    cr_expect(eq(int, osarc_dxa_pair_facts(osarc_dxa_phantom_pair(phantom))->is_log, 0));
    cr_expect(lt(dbl, value_at(phantom, 0, 0, 0), value_at(phantom, 1, 0, 0)));
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa, moves_the_high_image_by_what_was_asked)
{
    const osarc_dxa_phantom_options still = {0};
    osarc_dxa_phantom_options moved = {.shift_px = {2, -1}};
    osarc_dxa_phantom *a = draw("dxa-spine", &still);
    osarc_dxa_phantom *b = draw("dxa-spine", &moved);
    const osarc_dxa_pair *first = osarc_dxa_phantom_pair(a);
    const osarc_dxa_pair *second = osarc_dxa_phantom_pair(b);
    size_t columns = osarc_dxa_pair_facts(first)->columns;
    size_t rows = osarc_dxa_pair_facts(first)->rows;
    size_t off = 0;
    size_t low_off = 0;
    for (size_t y = 2; y < rows - 2; y++)
        for (size_t x = 2; x < columns - 2; x++) {
            size_t i = y * columns + x;
            size_t there = (y - 1) * columns + x + 2;
            /* last bits of places may fall on either side of an edge of storage */
            off += fabsf(osarc_dxa_pair_values(first, OSARC_DXA_HIGH)[i] -
                         osarc_dxa_pair_values(second, OSARC_DXA_HIGH)[there]) > 0.001F;
            low_off += osarc_dxa_pair_values(first, OSARC_DXA_LOW)[i] !=
                       osarc_dxa_pair_values(second, OSARC_DXA_LOW)[i];
        }
    cr_expect(eq(sz, off, 0));
    cr_expect(eq(sz, low_off, 0));
    osarc_dxa_phantom_free(a);
    osarc_dxa_phantom_free(b);
}

Test(phantom_dxa, counts_photons_as_poisson_does)
{
    osarc_dxa_phantom_options options = {.photons = 10000, .linear = 1, .seed = 5};
    osarc_dxa_phantom *phantom = draw("dxa-spine", &options);
    const osarc_dxa_pair *pair = osarc_dxa_phantom_pair(phantom);
    size_t columns = osarc_dxa_pair_facts(pair)->columns;
    double sum = 0;
    double square = 0;
    double count = 0;
    /* air, left of the body: 10000 photons have an SD of 100 */
    for (size_t y = 0; y < osarc_dxa_pair_facts(pair)->rows; y++)
        for (size_t x = 0; x < 20; x++) {
            double photons = osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[y * columns + x] / 6;
            sum += photons;
            square += photons * photons;
            count++;
        }
    double mean = sum / count;
    /* 6680 pixels: 4 standard errors, 1.2 of the mean and 3.5 % of the SD */
    cr_expect(epsilon_eq(dbl, mean, 10000, 5));
    cr_expect(epsilon_eq(dbl, sqrt(square / count - mean * mean), 100, 4));
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa, gives_the_same_values_for_any_number_of_threads)
{
    osarc_dxa_phantom_options one = {.photons = 1e5, .threads = 1};
    osarc_dxa_phantom_options two = {.photons = 1e5, .threads = 2};
    osarc_dxa_phantom *a = draw("dxa-wedge", &one);
    osarc_dxa_phantom *b = draw("dxa-wedge", &two);
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(osarc_dxa_phantom_pair(a));
    for (int e = 0; e < 2; e++)
        cr_expect(memcmp(osarc_dxa_pair_values(osarc_dxa_phantom_pair(a), (osarc_dxa_energy) e),
                         osarc_dxa_pair_values(osarc_dxa_phantom_pair(b), (osarc_dxa_energy) e),
                         facts->columns * facts->rows * sizeof(float)) == 0);
    osarc_dxa_phantom_free(a);
    osarc_dxa_phantom_free(b);
}

Test(phantom_dxa, knows_its_truth_in_closed_form)
{
    osarc_dxa_phantom *spine = draw("dxa-spine", NULL);
    cr_expect(eq(dbl, truth_of(spine, "L1", "abmd"), 0.5));
    cr_expect(eq(dbl, truth_of(spine, "L3", "abmd"), 1.5));
    cr_expect(epsilon_eq(dbl, truth_of(spine, "L2", "bone_area"), 4.2 * 3.1, 1e-12));
    cr_expect(epsilon_eq(dbl, truth_of(spine, "L1-L4", "bmc"),
                         0.5 * 12 + 13.02 + 1.5 * 14.08 + 15.18, 1e-9));
    osarc_dxa_phantom_free(spine);
    osarc_dxa_phantom *body = draw("dxa-body", NULL);
    /* an elliptic cylinder of 7.5 cm half and 85 cm, 12 g/cm2 in its middle; and of the trunk, one
     * of 16 cm half and 18 g/cm2, what lies under a line at 40 degrees, as sums of thin strips */
    double under_g = 0;
    for (int i = 0; i < 16000; i++) {
        double x_cm = (i + 0.5) / 1000;
        under_g += 18 * sqrt(1 - x_cm * x_cm / 256) * x_cm * tan(40 * M_PI / 180) / 1000;
    }
    cr_expect(epsilon_eq(dbl, truth_of(body, "leg_left", "lean_mass"),
                         12 * M_PI / 4 * 4 * 7.4 * 42.5 + under_g, 0.01));
    /* with 8 cm of neck, below a head of 15 */
    cr_expect(epsilon_eq(dbl, truth_of(body, "trunk", "lean_mass"),
                         18 * M_PI / 4 * 4 * 16 * 31 - 2 * under_g + 14 * M_PI / 4 * 15 * 8, 0.02));
    cr_expect(epsilon_eq(dbl, truth_of(body, "head", "lean_mass"), 14 * M_PI / 4 * 15 * 15, 1e-9));
    /* of an elliptic skull of 2 g/cm2, 13 x 15 cm, what lies to 6.5 cm below its middle, as sums of
     * thin strips */
    double skull_g = 0;
    for (int i = 0; i < 14000; i++) {
        double y_cm = (i + 0.5) / 1000 - 7.5;
        skull_g += 2 * 2 * 6.5 * sqrt(1 - y_cm * y_cm / 56.25) / 1000;
    }
    cr_expect(epsilon_eq(dbl, truth_of(body, "head", "bone_mass"), skull_g, 0.01));
    cr_expect(epsilon_eq(dbl, truth_of(body, "arm_left", "bone_mass"), 4 * 0.9 * 31.0, 1e-9));
    cr_expect(epsilon_eq(
        dbl, truth_of(body, "limbs", "alm"),
        (truth_of(body, "leg_left", "lean_mass") + truth_of(body, "leg_right", "lean_mass") +
         truth_of(body, "arm_left", "lean_mass") + truth_of(body, "arm_right", "lean_mass")) /
            1000,
        1e-9));
    cr_expect(eq(ptr, (void *) osarc_dxa_phantom_truth(body, 1000), NULL));
    osarc_dxa_phantom_free(body);
    osarc_dxa_phantom_free(NULL);
}

Test(phantom_dxa, refuses_options_out_of_range)
{
    static const osarc_dxa_phantom_options BAD[] = {
        {.pixel_mm = 20},          {.pixel_mm = -1},     {.photons = 5},
        {.shift_px = {6, 0}},      {.soft_g_cm2 = 40},   {.fat_fraction = 0.9},
        {.bone_g_cm2 = {0, 0, 4}}, {.beams = "120/140"}, {.wedge = "al-pmma"},
        {.offset_mm = {0, NAN}},   {.pixel_mm = NAN}};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        osarc_dxa_phantom *phantom = (osarc_dxa_phantom *) -1;
        EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-spine", &BAD[i], &err),
                       OSARC_ERR_ARGUMENT);
        cr_expect(eq(ptr, phantom, NULL));
    }
}

Test(phantom_dxa, moves_a_body_by_its_seed_alone)
{
    static const char *const KINDS[] = {"dxa-spine", "dxa-body"};
    for (size_t k = 0; k < 2; k++) {
        const osarc_dxa_phantom_options one = {.repositioned = 1, .seed = 1};
        const osarc_dxa_phantom_options two = {.repositioned = 1, .seed = 2};
        osarc_dxa_phantom *a = draw(KINDS[k], &one);
        osarc_dxa_phantom *b = draw(KINDS[k], &two);
        osarc_dxa_phantom *c = draw(KINDS[k], &two);
        const double *at[3] = {osarc_dxa_phantom_settings(a)->offset_mm,
                               osarc_dxa_phantom_settings(b)->offset_mm,
                               osarc_dxa_phantom_settings(c)->offset_mm};
        for (int i = 0; i < 2; i++) {
            cr_expect(fabs(at[0][i]) <= 10 && fabs(at[0][i]) > 0);
            cr_expect(fabs(at[0][i] - at[1][i]) > 0);
            cr_expect(eq(dbl, at[1][i], at[2][i]));
        }
        osarc_dxa_phantom_free(a);
        osarc_dxa_phantom_free(b);
        osarc_dxa_phantom_free(c);
    }
    osarc_dxa_phantom *phantom = NULL;
    const osarc_dxa_phantom_options wedge = {.repositioned = 1};
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-wedge", &wedge, &err),
                   OSARC_ERR_ARGUMENT);
    const osarc_dxa_phantom_options twice = {.repositioned = 1, .offset_mm = {1, 0}};
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-body", &twice, &err),
                   OSARC_ERR_ARGUMENT);
}

Test(phantom_dxa, refuses_options_of_another_kind)
{
    osarc_dxa_phantom *phantom = NULL;
    const osarc_dxa_phantom_options soft = {.soft_g_cm2 = 20};
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-body", &soft, &err), OSARC_ERR_ARGUMENT);
    const osarc_dxa_phantom_options lean = {.limb_lean = 0.5};
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-spine", &lean, &err),
                   OSARC_ERR_ARGUMENT);
    const osarc_dxa_phantom_options thin = {.limb_lean = 0.1};
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-body", &thin, &err), OSARC_ERR_ARGUMENT);
    const osarc_dxa_phantom_options wedge = {.wedge = "steel"};
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-wedge", &wedge, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-foot", NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_phantom_create(NULL, "dxa-body", NULL, &err), OSARC_ERR_ARGUMENT);
}
