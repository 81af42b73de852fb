/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/attenuation.h>

#define ROW_COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum {
    WATER = OSARC_ABSORBER_WATER,
    MUSCLE = OSARC_ABSORBER_MUSCLE,
    ADIPOSE = OSARC_ABSORBER_ADIPOSE,
    BLOOD = OSARC_ABSORBER_BLOOD,
    BONE = OSARC_ABSORBER_CORTICAL_BONE,
    TRIGLYCERIDE = OSARC_ABSORBER_TRIGLYCERIDE,
    HA = OSARC_ABSORBER_HYDROXYAPATITE,
    K2HPO4 = OSARC_ABSORBER_K2HPO4,
    PMMA = OSARC_ABSORBER_PMMA,
    PE = OSARC_ABSORBER_POLYETHYLENE,
    ALUMINIUM = OSARC_ABSORBER_ALUMINIUM
};

/* Four decimals, half a last digit; water of two compilations differs by as much again. */
Test(base_attenuation, holds_the_published_coefficients)
{
    static const double KEV[] = {30, 38, 39, 40, 47, 50, 60, 70, 71, 76, 80, 100, 140};
    static const struct {
        int absorber;
        double cm2_g[13];
    } ROWS[] = {
        {WATER,
         {.3756, .2817, .2747, .2683, .2362, .2270, .2059, .1929, .1918, .1870, .1837, .1708,
          .1539}},
        {MUSCLE,
         {.3783, .2822, .2751, .2685, .2357, .2263, .2048, .1916, .1905, .1857, .1823, .1693,
          .1525}},
        {ADIPOSE,
         {.3064, .2481, .2436, .2396, .2186, .2123, .1974, .1875, .1866, .1828, .1800, .1688,
          .1531}},
        {TRIGLYCERIDE,
         {.2815, .2361, .2326, .2293, .2124, .2072, .1945, .1857, .1850, .1815, .1789, .1683,
          .1530}},
        {BLOOD,
         {.3852, .2857, .2782, .2715, .2376, .2278, .2057, .1921, .1911, .1861, .1827, .1695,
          .1525}},
        {BONE,
         {1.3311, .7470, .7042, .6655, .4763, .4242, .3148, .2570, .2528, .2347, .2229, .1855,
          .1529}},
        {HA,
         {2.0992, 1.1234, 1.0521, .9876, .6729, .5867, .4067, .3131, .3064, .2774, .2589, .2019,
          .1564}},
        {K2HPO4,
         {1.9752, 1.0598, .9930, .9326, .6381, .5574, .3890, .3015, .2952, .2681, .2508, .1971,
          .1540}},
        {PMMA,
         {.3032, .2437, .2392, .2350, .2138, .2074, .1924, .1825, .1817, .1779, .1751, .1641,
          .1487}},
        {PE,
         {.2707, .2332, .2303, .2275, .2130, .2085, .1970, .1888, .1881, .1848, .1823, .1720,
          .1566}},
        {ALUMINIUM,
         {1.1284, .6364, .6006, .5684, .4112, .3682, .2778, .2301, .2266, .2116, .2018, .1704,
          .1422}},
    };
    for (size_t r = 0; r < ROW_COUNT(ROWS); r++)
        for (size_t e = 0; e < ROW_COUNT(KEV); e++)
            cr_expect(
                epsilon_eq(dbl,
                           osarc_mass_attenuation_cm2_g((osarc_absorber) ROWS[r].absorber, KEV[e]),
                           ROWS[r].cm2_g[e], 1e-4),
                "absorber %d at %g keV", ROWS[r].absorber, KEV[e]);
}

/* Air: NIST tables print 0.2080 at 50 keV and 0.1541 at 100 keV. */
Test(base_attenuation, holds_dry_air)
{
    cr_expect(epsilon_eq(dbl, osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_AIR, 50), 0.2080, 3e-4));
    cr_expect(epsilon_eq(dbl, osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_AIR, 100), 0.1541, 3e-4));
}

/* Ratios of two energies: what 1e-4 in the smaller coefficient, about 0.2, allows. */
Test(base_attenuation, gives_the_ratios_of_dual_energy)
{
    static const int ABSORBER[] = {WATER, MUSCLE, ADIPOSE, TRIGLYCERIDE, BONE,
                                   HA,    PMMA,   PE,      ALUMINIUM};
    static const struct {
        double low, high;
        double ratio[9];
    } PAIRS[] = {
        {40, 70, {1.3910, 1.4018, 1.2778, 1.2349, 2.5890, 3.1541, 1.2877, 1.2049, 2.4701}},
        {39, 71, {1.4318, 1.4438, 1.3053, 1.2574, 2.7851, 3.4340, 1.3164, 1.2240, 2.6504}},
        {38, 76, {1.5059, 1.5201, 1.3571, 1.3011, 3.1833, 4.0491, 1.3701, 1.2622, 3.0079}},
        {47, 80, {1.2861, 1.2932, 1.2142, 1.1872, 2.1370, 2.5988, 1.2206, 1.1683, 2.0381}},
        {50, 100, {1.3292, 1.3364, 1.2575, 1.2309, 2.2864, 2.9058, 1.2640, 1.2123, 2.1603}},
    };
    for (size_t p = 0; p < ROW_COUNT(PAIRS); p++)
        for (size_t a = 0; a < ROW_COUNT(ABSORBER); a++) {
            osarc_absorber absorber = (osarc_absorber) ABSORBER[a];
            double ratio = osarc_mass_attenuation_cm2_g(absorber, PAIRS[p].low) /
                           osarc_mass_attenuation_cm2_g(absorber, PAIRS[p].high);
            cr_expect(epsilon_eq(dbl, ratio, PAIRS[p].ratio[a], 5e-4), "absorber %d, %g/%g keV",
                      ABSORBER[a], PAIRS[p].low, PAIRS[p].high);
        }
}

/* Whole HU of ICRU-44 tissues: half a HU of rounding. */
Test(base_attenuation, reads_tissues_in_hu)
{
    static const struct {
        int absorber;
        double hu[4]; /* at 50, 60, 70, 80 keV */
    } ROWS[] = {
        {MUSCLE, {47, 44, 43, 42}},
        {ADIPOSE, {-111, -89, -77, -69}},
        {TRIGLYCERIDE, {-160, -131, -114, -104}},
        {WATER, {0, 0, 0, 0}},
    };
    for (size_t r = 0; r < ROW_COUNT(ROWS); r++)
        for (int e = 0; e < 4; e++)
            cr_expect(epsilon_eq(dbl,
                                 osarc_absorber_hu((osarc_absorber) ROWS[r].absorber, 50 + 10 * e),
                                 ROWS[r].hu[e], 0.6),
                      "absorber %d at %d keV", ROWS[r].absorber, 50 + 10 * e);
    cr_expect(epsilon_eq(dbl, osarc_absorber_hu(OSARC_ABSORBER_AIR, 70), -998.9, 0.1));
}

/* K2HPO4 to a last digit; hydroxyapatite as its published ratio to it, two decimals. */
Test(base_attenuation, gives_the_slope_of_minerals_in_water)
{
    static const double SLOPE[] = {2.238, 1.915, 1.672, 1.488, 1.346, 1.235, 1.148};
    for (int e = 0; e < 7; e++)
        cr_expect(epsilon_eq(dbl, osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, 50 + 5 * e),
                             SLOPE[e], 1e-3));
    static const double RATIO[][2] = {{50, 1.01}, {70, 0.97}, {80, 0.95}};
    for (size_t r = 0; r < ROW_COUNT(RATIO); r++)
        cr_expect(
            epsilon_eq(dbl,
                       osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_HYDROXYAPATITE, RATIO[r][0]) /
                           osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, RATIO[r][0]),
                       RATIO[r][1], 0.006));
}

/* On a log-log chord the coefficient at the geometric middle is the geometric mean. */
Test(base_attenuation, is_log_log_between_whole_kev)
{
    double low = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_K2HPO4, 62);
    double high = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_K2HPO4, 63);
    double middle = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_K2HPO4, sqrt(62.0 * 63.0));
    cr_expect(epsilon_eq(dbl, middle, sqrt(low * high), 1e-12));
}

/* Each absorber: no step at whole keV larger than what the power law over it allows. */
Test(base_attenuation, falls_without_a_jump)
{
    for (int a = 0; a < OSARC_ABSORBER_COUNT; a++)
        for (double kev = 10.25; kev <= 200; kev += 0.25) {
            double ratio = osarc_mass_attenuation_cm2_g((osarc_absorber) a, kev) /
                           osarc_mass_attenuation_cm2_g((osarc_absorber) a, kev - 0.25);
            cr_expect(lt(dbl, ratio, 1.0), "absorber %d at %g keV", a, kev);
            /* no coefficient falls faster than the cube of energy */
            cr_expect(gt(dbl, ratio, pow((kev - 0.25) / kev, 3.2)), "absorber %d at %g keV", a,
                      kev);
        }
}

Test(base_attenuation, ends_where_the_table_ends)
{
    cr_expect(epsilon_eq(dbl, osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, 10), 5.32987, 0));
    cr_expect(gt(dbl, osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_ALUMINIUM, 200), 0.0));
    static const double OUTSIDE[] = {-70, 0, 9.999, 200.001, 1e300, INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < ROW_COUNT(OUTSIDE); i++) {
        cr_expect(isnan(osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, OUTSIDE[i])));
        cr_expect(isnan(osarc_absorber_hu(OSARC_ABSORBER_WATER, OUTSIDE[i])));
        cr_expect(isnan(osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, OUTSIDE[i])));
    }
}

Test(base_attenuation, knows_no_other_absorber)
{
    static const int OTHER[] = {-1, OSARC_ABSORBER_COUNT, 1000};
    for (size_t i = 0; i < ROW_COUNT(OTHER); i++) {
        cr_expect(isnan(osarc_mass_attenuation_cm2_g((osarc_absorber) OTHER[i], 70)));
        cr_expect(isnan(osarc_absorber_density_g_cm3((osarc_absorber) OTHER[i])));
        cr_expect(isnan(osarc_absorber_hu((osarc_absorber) OTHER[i], 70)));
    }
}

Test(base_attenuation, gives_no_mineral_slope_for_what_is_no_mineral)
{
    for (int a = 0; a < OSARC_ABSORBER_COUNT; a++)
        if (a != HA && a != K2HPO4)
            cr_expect(isnan(osarc_mineral_hu_per_mg_cm3((osarc_absorber) a, 70)));
}

/* The points of the table, and half way between two. */
Test(base_attenuation, expects_an_energy_of_a_tube_voltage)
{
    cr_expect(epsilon_eq(dbl, osarc_effective_energy_kev(70), 51.5, 1e-12));
    cr_expect(epsilon_eq(dbl, osarc_effective_energy_kev(120), 69, 1e-12));
    cr_expect(epsilon_eq(dbl, osarc_effective_energy_kev(130), 72.5, 1e-12));
    cr_expect(epsilon_eq(dbl, osarc_effective_energy_kev(150), 79.5, 1e-12));
}

Test(base_attenuation, expects_none_of_a_voltage_no_ct_tube_has)
{
    static const double KVP[] = {0, -120, 69.9, 150.1, 120000, INFINITY, NAN};
    for (size_t i = 0; i < ROW_COUNT(KVP); i++)
        cr_expect(isnan(osarc_effective_energy_kev(KVP[i])), "%g kV", KVP[i]);
}
