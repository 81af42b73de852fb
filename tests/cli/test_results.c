/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/redirect.h>
#include <expect.h>

#include "results.h"
#include "table.h"

static char folder[] = "/tmp/osarc_results_XXXXXX";
static char printed[65536];

static void start(void)
{
    cr_redirect_stdout();
    cr_assert(mkdtemp(folder) != NULL);
}

static void put(const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void stop(void)
{
    char line[64];
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}

static int says(const char *words)
{
    if (!printed[0]) {
        fflush(stdout);
        FILE *out = cr_get_redirected_stdout();
        fclose(stdout);
        printed[fread(printed, 1, sizeof(printed) - 1, out)] = '\0';
    }
    return strstr(printed, words) != NULL;
}

static const char CLASSES[] =
    "case,patient_id,definition,arm,state,class,p_class,rule,inputs,missing\n"
    "A,A,who,bone,unknown,,,\"a, \"\"b\"\"\",,menopausal\n"
    "A,A,who,result,unknown,indeterminate,,r,,menopausal\n"
    "A,A,ewgsop2,result,not_met,none,,r,,\n";

Test(cli_results, prints_the_result_rows_with_what_is_missing, .init = start, .fini = stop)
{
    put("classification.csv", CLASSES);
    cr_expect(cli_print_classes(folder));
    cr_expect(says("indeterminate; missing: menopausal\n"));
    cr_expect(says("none\n"));
    cr_expect(eq(int, says("bone"), 0));
}

Test(cli_results, counts_undecided_definitions_beyond_four, .init = start, .fini = stop)
{
    put("classification.csv",
        "case,patient_id,definition,arm,state,class,p_class,rule,inputs,missing\n"
        "A,A,a,result,unknown,indeterminate,,r,,x\n"
        "A,A,b,result,unknown,indeterminate,,r,,x\n"
        "A,A,c,result,unknown,indeterminate,,r,,x\n"
        "A,A,d,result,unknown,indeterminate,,r,,x\n"
        "A,A,fifth,result,unknown,indeterminate,,r,,x\n"
        "A,A,sixth,result,unknown,indeterminate,,r,,x\n"
        "A,A,decided,result,met,confirmed,,r,,\n");
    cr_expect(cli_print_classes(folder));
    cr_expect(eq(int, says("fifth"), 0));
    cr_expect(says("decided"));
    cr_expect(says("2 more are indeterminate"));
}

Test(cli_results, prints_findings_and_classes_as_one_object, .init = start, .fini = stop)
{
    put("classification.csv", CLASSES);
    put("findings.json", "[{\"quantity\": \"sat_volume\", \"value\": 5.5}]\n");
    cr_expect(cli_print_json(folder));
    cr_expect(says("\"sat_volume\""));
    cr_expect(says("5.5"));
    cr_expect(says("\"a, \\\"b\\\"\""));
}

static void add(osarc_findings *findings, const char *series, const char *quantity, double value,
                osarc_quality quality, const char *note)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_finding row = {.case_id = "A",
                         .series_uid = series,
                         .quantity = quantity,
                         .value = value,
                         .unit = "cm3",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "voxel-count",
                         .quality = quality,
                         .note = note};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

Test(cli_results, prints_volumes_by_series_and_refused_rows_by_reason, .init = start, .fini = stop)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    add(findings, "1.1", "sat_volume", 12.25, OSARC_QUALITY_OK, "");
    add(findings, "1.1", "muscle_volume", NAN, OSARC_QUALITY_REFUSED, "why");
    add(findings, "1.1", "vat_volume", NAN, OSARC_QUALITY_REFUSED, "why");
    add(findings, "1.2", "body_volume", NAN, OSARC_QUALITY_REFUSED, "no pixels");
    add(findings, "1.3", "body_volume", 20, OSARC_QUALITY_WARNING, "cut; all");
    add(findings, "1.3", "sat_volume", 13, OSARC_QUALITY_WARNING, "cut");
    put("run.json", "{\"series\": [{\"series_uid\": \"1.3\", \"case\": \"A\", \"number\": 1}, "
                    "{\"series_uid\": \"1.1\", \"case\": \"A\", \"number\": 3}, "
                    "{\"series_uid\": \"1.2\", \"case\": \"A\", \"why_not\": \"no pixels\"}]}");
    cli_print_volumes(findings, folder);
    osarc_findings_free(findings);
    cr_expect(says("series 3, A\n"));
    cr_expect(says("refused: muscle_volume, vat_volume (why)\n"));
    cr_expect(says("not measured, A\n  refused: body_volume (no pixels)\nseries 1, A\n"));
    cr_expect(says("13.0 cm3 !\n  ! cut\n"));
    cr_expect(eq(int, says("! cut\n  ! cut"), 0));
}

static void add_place(osarc_findings *findings, const char *site, const char *level,
                      const char *side, const char *quantity, const char *unit, double value,
                      osarc_quality quality, const char *note)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_finding row = {.case_id = "A",
                         .series_uid = "1.1",
                         .site = site,
                         .level = level,
                         .side = side,
                         .quantity = quantity,
                         .value = value,
                         .unit = unit,
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "m",
                         .quality = quality,
                         .note = note};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

Test(cli_results, knows_whether_anything_was_measured)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    cr_expect(eq(int, cli_any_measured(findings), 0));
    add_place(findings, "lumbar", "L1", "", "abmd", "g/cm2", NAN, OSARC_QUALITY_REFUSED, "why");
    cr_expect(eq(int, cli_any_measured(findings), 0));
    add_place(findings, "lumbar", "L2", "", "abmd", "g/cm2", 1, OSARC_QUALITY_WARNING, "thin");
    cr_expect(eq(int, cli_any_measured(findings), 1));
    osarc_findings_free(findings);
}

Test(cli_results, tells_where_each_value_is_from, .init = start, .fini = stop)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    add_place(findings, "thigh", "", "left", "muscle_volume", "cm3", 1000, OSARC_QUALITY_OK, "");
    add_place(findings, "thigh", "", "right", "muscle_volume", "cm3", 900, OSARC_QUALITY_WARNING,
              "cut");
    add_place(findings, "femur", "neck", "left", "abmd", "g/cm2", 0.75, OSARC_QUALITY_OK, "");
    add_place(findings, "femur", "neck", "left", "t_score", "1", -0.9, OSARC_QUALITY_OK, "");
    add_place(findings, "lumbar", "L1-L4", "", "t_score", "1", -2.4999, OSARC_QUALITY_OK, "");
    add_place(findings, "lumbar", "L1-L4", "", "abmd", "g/cm2", NAN, OSARC_QUALITY_REFUSED,
              "one vertebra is left");
    add_place(findings, "lumbar", "L1-L2", "", "abmd", "g/cm2", NAN, OSARC_QUALITY_REFUSED,
              "one vertebra is left");
    cli_print_volumes(findings, folder);
    osarc_findings_free(findings);
    cr_expect(says("series, A\n")); /* no manifest tells its number */
    cr_expect(says("1000.0 cm3 thigh left\n"));
    cr_expect(says("900.0 cm3 ! thigh right\n"));
    cr_expect(says("0.75 g/cm2 femur neck left\n"));
    cr_expect(says("-0.90  femur neck left\n"));
    cr_expect(says("-2.4999  lumbar L1-L4\n")); /* -2.5 would be another class */
    cr_expect(says("refused: abmd (one vertebra is left)\n"));
}

static void add_level(osarc_findings *findings, const char *level, const char *quantity,
                      double value, osarc_quality quality, const char *note)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_finding row = {.case_id = "A",
                         .site = "lumbar",
                         .level = level,
                         .quantity = quantity,
                         .value = value,
                         .unit = "1",
                         .ci_low = value - 4,
                         .ci_high = value + 4,
                         .method = "phantom",
                         .basis = "K2HPO4",
                         .quality = quality,
                         .note = note};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

Test(cli_results, prints_a_line_for_each_vertebra, .init = start, .fini = stop)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    add_level(findings, "L1", "hu_trabecular", 128.4, OSARC_QUALITY_WARNING, "fracture; more");
    add_level(findings, "L1", "vbmd_trabecular", 93.25, OSARC_QUALITY_OK, "");
    add_level(findings, "L2", "hu_trabecular", 120, OSARC_QUALITY_OK, "");
    add_level(findings, "L2", "vbmd_trabecular", NAN, OSARC_QUALITY_REFUSED, "contrast");
    add_level(findings, "L3", "hu_trabecular", NAN, OSARC_QUALITY_REFUSED, "metal");
    add_level(findings, "L3", "vbmd_trabecular", NAN, OSARC_QUALITY_REFUSED, "metal");
    cli_print_volumes(findings, folder);
    osarc_findings_free(findings);
    cr_expect(says("    L1              128.4 !       93.2 (89.2 to 97.2) K2HPO4\n"));
    cr_expect(says("    L2              120.0            -\n"));
    cr_expect(says("    L3         refused: metal\n"));
    cr_expect(says("  ! L1: fracture\n  contrast\n"));
    cr_expect(eq(int, says("refused: hu_trabecular"), 0));
}

Test(cli_results, names_a_file_only_when_it_is_there, .init = start, .fini = stop)
{
    cr_expect(eq(int, cli_has_file(folder, "report.html"), 0));
    put("report.html", "<p>");
    cr_expect(cli_has_file(folder, "report.html"));
}

Test(cli_results, refuses_results_that_are_not_there, .init = start, .fini = stop)
{
    cr_expect(eq(int, cli_print_classes(folder), 0));
    cr_expect(eq(int, cli_print_json(folder), 0));
}

Test(cli_results, refuses_findings_that_are_no_json, .init = start, .fini = stop)
{
    put("classification.csv", CLASSES);
    put("findings.json", "[{");
    cr_expect(eq(int, cli_print_json(folder), 0));
}

Test(cli_results, refuses_a_table_with_rows_of_other_lengths, .init = start, .fini = stop)
{
    cli_table table;
    put("t.csv", "a,b\n1,2,3\n");
    cr_expect(eq(int, cli_table_read(&table, folder, "t.csv"), 0));
    put("t.csv", "a,b\n1,\"2\n");
    cr_expect(eq(int, cli_table_read(&table, folder, "t.csv"), 0));
}

Test(cli_results, find_no_cell_in_a_column_that_is_not_there, .init = start, .fini = stop)
{
    cli_table table;
    put("t.csv", "a,b\n1,2\n");
    cr_assert(cli_table_read(&table, folder, "t.csv"));
    cr_expect(eq(str, (char *) cli_table_cell(&table, 1, "b"), "2"));
    cr_expect(eq(str, (char *) cli_table_cell(&table, 1, "c"), ""));
    cli_table_free(&table);
}
