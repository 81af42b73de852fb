/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>

#include "sbmd_step.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_findings *findings;

static void put(const char *basis, const char *site, const char *level, double value)
{
    const osarc_finding row = {.case_id = "1",
                               .patient_id = "P1",
                               .site = site,
                               .level = level,
                               .quantity = "abmd",
                               .value = value,
                               .unit = "g/cm2",
                               .ci_low = value - 0.02,
                               .ci_high = value + 0.02,
                               .method = "report",
                               .basis = basis,
                               .quality = OSARC_QUALITY_OK,
                               .note = "as stated"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

/* Published (Lu 2001, Hui 1997), by hand: 0.939 * 0.9 - 0.023 and so on. */
static const struct {
    const char *basis, *site, *level;
    double mg_cm2;
} CASES[] = {{"DXA-Lunar", "femur", "neck", 822.1},
             {"DXA-Lunar", "femur", "trochanter", 812.1},
             {"DXA-Lunar", "femur", "total", 850.1},
             {"DXA-Norland", "femur", "neck", 892.5},
             {"DXA-Norland", "femur", "trochanter", 921.9},
             {"DXA-Norland", "femur", "total", 936.8},
             {"DXA-Hologic", "femur", "trochanter", 977.5},
             {"DXA-Hologic", "femur", "neck", 997.3},
             {"DXA-Hologic", "femur", "total", 913.2},
             {"DXA-Lunar", "lumbar", "L1-L4", 849.94},
             {"DXA-Norland", "lumbar", "L2-L4", 976.3733},
             {"DXA-Hologic", "lumbar", "L1-L4", 967.64},
             {"sBMD", "femur", "total", 900}};
#define CASE_COUNT (sizeof(CASES) / sizeof(CASES[0]))

Test(run_sbmd, follows_the_published_equations)
{
    EXPECT_OK(osarc_findings_create(&findings, &err));
    for (size_t i = 0; i < CASE_COUNT; i++)
        put(CASES[i].basis, CASES[i].site, CASES[i].level, 0.9);
    EXPECT_OK(sbmd_rows_add(findings, &err));
    cr_assert(eq(sz, osarc_findings_count(findings), 2 * CASE_COUNT));
    for (size_t i = 0; i < CASE_COUNT; i++) {
        const osarc_finding *row = osarc_findings_at(findings, CASE_COUNT + i);
        cr_expect(eq(str, (char *) row->quantity, "sbmd"));
        cr_expect(eq(str, (char *) row->unit, "mg/cm2"));
        cr_expect(eq(str, (char *) row->basis, "sBMD"));
        cr_expect(eq(str, (char *) row->level, (char *) CASES[i].level));
        cr_expect(epsilon_eq(dbl, row->value, CASES[i].mg_cm2, 1e-3), "%zu: %g", i, row->value);
        cr_expect(row->ci_low < row->value && row->value < row->ci_high);
        cr_expect(strstr(row->note, "3.5 % off in one person") != NULL, "%s", row->note);
        /* what was measured stays */
        cr_expect(epsilon_eq(dbl, osarc_findings_at(findings, i)->value, 0.9, 1e-12));
    }
    osarc_findings_free(findings);
}

Test(run_sbmd, refuses_what_no_equation_was_published_for)
{
    static const struct {
        const char *basis, *site, *level, *words;
    } REFUSED[] = {{"DXA-Lunar", "femur", "intertrochanter", "no equation"},
                   {"DXA-Norland", "femur", "", "no equation"},
                   {"DXA-Lunar", "lumbar", "L3", "no equation"},
                   {"DXA-Hologic", "forearm", "radius-33", "no equation"},
                   {"DXA-unknown", "femur", "neck", "not known"},
                   {"HA", "femur", "neck", "hydroxyapatite"}};
    size_t count = sizeof(REFUSED) / sizeof(REFUSED[0]);
    EXPECT_OK(osarc_findings_create(&findings, &err));
    for (size_t i = 0; i < count; i++)
        put(REFUSED[i].basis, REFUSED[i].site, REFUSED[i].level, 0.9);
    EXPECT_OK(sbmd_rows_add(findings, &err));
    for (size_t i = 0; i < count; i++) {
        const osarc_finding *row = osarc_findings_at(findings, count + i);
        cr_expect(isnan(row->value) && isnan(row->ci_low));
        cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
        cr_expect(strstr(row->note, REFUSED[i].words) != NULL, "%s", row->note);
    }
    osarc_findings_free(findings);
}

Test(run_sbmd, leaves_other_rows_alone)
{
    osarc_finding row = {.case_id = "1",
                         .site = "femur",
                         .level = "neck",
                         .quantity = "abmd",
                         .value = 0.8,
                         .unit = "g/cm2",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "ctxa",
                         .basis = "K2HPO4"};
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    row.method = "report";
    row.quantity = "bmc";
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    EXPECT_OK(sbmd_rows_add(findings, &err));
    cr_expect(eq(sz, osarc_findings_count(findings), 2));
    osarc_findings_free(findings);
}
