/* SPDX-License-Identifier: GPL-3.0-or-later */
/* osarc calibrate --qc: what is printed and returned. */
#include <unistd.h>

#include <expect.h>
#include <program.h>

static program_result r;
static char folder[] = "/tmp/osarc_qc_XXXXXX";

#define HEAD "date,device,phantom,value,baseline_mean,baseline_sd\n"

static void judge(const char *text, const char *more)
{
    char line[512];
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(line, sizeof(line), "%s/qc.csv", folder);
    FILE *file = fopen(line, "w");
    cr_assert(file != NULL);
    fputs(text, file);
    fclose(file);
    snprintf(line, sizeof(line), "calibrate --qc %s/qc.csv -o %s/out %s", folder, folder, more);
    run_program(&r, line);
}

static void clean(void)
{
    char line[64];
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}

static void expect_says(const char *words)
{
    cr_expect(strstr(r.text, words) != NULL, "'%s' is not in: %s", words, r.text);
}

Test(cli_quality_control, a_device_in_control_is_0_with_charts)
{
    char path[64];
    judge(HEAD "2025-01-01,A,spine,1.001,1,0.004\n2025-01-02,A,spine,0.998,1,0.004\n", "");
    cr_expect(eq(int, r.code, 0));
    expect_says("A, spine, baseline 1: in_control");
    snprintf(path, sizeof(path), "%s/out/chart_1.png", folder);
    cr_expect(eq(int, access(path, R_OK), 0));
    clean();
}

Test(cli_quality_control, a_device_out_of_control_is_80_and_told)
{
    judge(HEAD "2025-01-01,A,spine,1.001,1,0.004\n2025-01-02,A,spine,1.013,1,0.004\n", "--json");
    cr_expect(eq(int, r.code, 80));
    expect_says("\"state\": \"out_of_control\"");
    clean();
    judge(HEAD "2025-01-01,A,spine,1.001,1,0.004\n2025-01-02,A,spine,1.013,1,0.004\n", ERRORS_ONLY);
    expect_says("1 of 1 out of control");
    clean();
}

Test(cli_quality_control, nothing_judged_yet_is_21)
{
    judge("date,device,phantom,value\n2025-01-01,A,spine,1.001\n", ERRORS_ONLY);
    cr_expect(eq(int, r.code, 21));
    expect_says("nothing is judged yet");
    clean();
}

Test(cli_quality_control, a_bad_cell_is_22_with_its_row_and_column)
{
    judge(HEAD "2025-01-01,A,spine,low,1,0.004\n", ERRORS_ONLY);
    cr_expect(eq(int, r.code, 22));
    expect_says("row 2, column 'value'");
    clean();
}

Test(cli_quality_control, wrong_usage_is_1)
{
    static const char *const LINES[] = {"calibrate --qc x.csv INPUT",
                                        "calibrate --qc x.csv --wedge al-pmma",
                                        "calibrate --qc x.csv --qc-baseline 9",
                                        "calibrate --qc-baseline 20 INPUT -o OUT",
                                        "calibrate -o OUT",
                                        "calibrate INPUT"};
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        char line[128];
        snprintf(line, sizeof(line), "%s%s", LINES[i], ERRORS_ONLY);
        run_program(&r, line);
        cr_expect(eq(int, r.code, 1), "%s: %d", LINES[i], r.code);
    }
    run_program(&r, "calibrate --qc /nowhere/qc.csv" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 20));
}
