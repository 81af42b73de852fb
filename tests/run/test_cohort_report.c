/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/run.h>
#include <osi/alloc.h>
#include <osi/file.h>

static osarc_error err = OSARC_ERROR_INIT;
static char folder[] = "/tmp/osarc_cohort_XXXXXX";
static char report[64];
static osarc_definitions *set;

/* Classifies a table and writes its report. */
static osarc_status write_report(const char *table, const char *definitions)
{
    char path[64];
    osarc_clinical *clinical = NULL;
    strcpy(folder, "/tmp/osarc_cohort_XXXXXX"); /* banned-ok */
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/in.csv", folder);
    snprintf(report, sizeof(report), "%s/report", folder);
    EXPECT_OK(osi_file_write(path, table, strlen(table), &err));
    EXPECT_OK(osarc_clinical_read(&clinical, path, NULL, &err));
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    snprintf(path, sizeof(path), "%s/out.csv", folder);
    osarc_cohort_options options = {.definitions = definitions, .report_folder = report};
    osarc_status status = osarc_cohort_write(path, NULL, set, clinical, &options, &err);
    osarc_clinical_free(clinical);
    return status;
}

static void stop(void)
{
    osarc_definitions_free(set);
    EXPECT_OK(osi_folder_remove(folder, &err));
}

static void expect_lines(const char *name, const char *const *lines, size_t count)
{
    char path[128];
    uint8_t *bytes = NULL;
    size_t size = 0;
    snprintf(path, sizeof(path), "%s/%s", report, name);
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 20, &err));
    char *text = osi_alloc(size + 2, 1, &err);
    text[0] = '\n';
    memcpy(text + 1, bytes, size);
    for (size_t i = 0; i < count; i++) {
        char line[256];
        snprintf(line, sizeof(line), "\n%s\n", lines[i]);
        cr_expect(strstr(text, line) != NULL, "%s: no line %s in%s", name, lines[i], text);
    }
    osi_free(text);
    osi_free(bytes);
}

#define EXPECT_LINES(name, lines) expect_lines(name, lines, sizeof(lines) / sizeof((lines)[0]))

/* Six patients, counted by hand. SDOC: weak (grip under 35.5 or 20 kg) and slow (under 0.8 m/s).
 * FNIH needs lean mass by body mass index: at 2 m and 100 kg that is 25 kg/m2, and 0.512 of it
 * 12.8 kg. */
static const char TABLE[] = "patient_id,sex,age_years,menopausal,t_lumbar,grip_kg,gait_speed_m_s,"
                            "height_m,weight_kg,alm_kg,alm_method,survey_weight\n"
                            "A,F,55,post,-2.6,15,0.7,2,100,12,dxa,\n" /* all */
                            "B,F,65,post,-1.5,15,0.7,2,100,14,dxa,\n" /* sdoc */
                            "C,F,65,post,-2.7,25,1.2,2,100,14,dxa,\n" /* who */
                            "D,M,82,,-0.5,40,1.2,2,100,14,dxa,\n"     /* none */
                            "E,M,75,,-2.5,30,0.7,2,100,,dxa,\n"       /* sdoc, who */
                            "F,,75,post,,15,0.7,2,100,12,dxa,\n";     /* sdoc, fnih; no T */

Test(run_cohort_report, counts_what_can_be_counted_by_hand)
{
    EXPECT_OK(write_report(TABLE, "sdoc,fnih,who,os_broad:sdoc"));
    /* Wilson of 4 of 6 and of 2 of 3 */
    static const char *const PREVALENCE[] = {
        "sdoc,sarcopenia,all,all,6,6,4,0.666667,0.299993,0.903229,no,6",
        "sdoc,sarcopenia,F,all,3,3,2,0.666667,0.20766,0.938508,no,3",
        "sdoc,sarcopenia,unknown,70-79,1,1,1,1,0.206549,1,no,1",
        "fnih,sarcopenia,all,all,6,6,2,0.333333,0.0967714,0.700007,no,6",
        "who,bone,all,all,6,5,3,0.6,0.230724,0.882379,no,5",
        "who,bone,unknown,all,1,0,0,,,,no,"};
    EXPECT_LINES("prevalence.csv", PREVALENCE);
    /* A, F both; B, E sdoc alone; C, D neither: 4 of 6 agree, chance 4/6*2/6 + 2/6*4/6 = 4/9 */
    static const char *const AGREEMENT[] = {
        "kind,a,b,both,only_a,only_b,neither,n,unknown,percent,kappa,ci_low,ci_high",
        "sarcopenia,fnih,sdoc,2,0,2,2,6,0,66.6667,0.4,-0.143161,0.943161"};
    EXPECT_LINES("agreement.csv", AGREEMENT);
    static const char *const OVERLAP[] = {
        "sdoc,who,2,1,1,1,5,1,0.4,0.117621,0.769276",
        "sdoc,low_bone_mass_or_worse,3,0,1,1,5,1,0.6,0.230724,0.882379"};
    EXPECT_LINES("overlap.csv", OVERLAP);
    static const char *const MISSING[] = {"column,sex,6,1,16.6667", "column,t_lumbar,6,1,16.6667",
                                          "column,grip_kg,6,0,0",   "column,sppb,6,6,100",
                                          "class,who,6,1,16.6667",  "class,sdoc,6,0,0"};
    EXPECT_LINES("missing.csv", MISSING);
    char path[128];
    snprintf(path, sizeof(path), "%s/agreement_sarcopenia.png", report);
    cr_expect(eq(int, access(path, F_OK), 0));
    snprintf(path, sizeof(path), "%s/agreement_bone.png", report); /* one definition has no pair */
    cr_expect(ne(int, access(path, F_OK), 0));
    stop();
}

Test(run_cohort_report, has_all_tables_where_no_font_can_draw_the_picture)
{
    static const char EMPTY[] = "<?xml version=\"1.0\"?><fontconfig></fontconfig>";
    char fonts[] = "/tmp/osarc_fonts_XXXXXX";
    int file = mkstemp(fonts);
    cr_assert(file >= 0 && write(file, EMPTY, sizeof(EMPTY) - 1) == (ssize_t) (sizeof(EMPTY) - 1));
    close(file);
    setenv("FONTCONFIG_FILE", fonts, 1);
    EXPECT_OK(write_report(TABLE, "sdoc,fnih,who"));
    static const char *const AGREEMENT[] = {
        "sarcopenia,fnih,sdoc,2,0,2,2,6,0,66.6667,0.4,-0.143161,0.943161"};
    EXPECT_LINES("agreement.csv", AGREEMENT);
    static const char *const MISSING[] = {"class,who,6,1,16.6667"};
    EXPECT_LINES("missing.csv", MISSING);
    char path[128];
    snprintf(path, sizeof(path), "%s/agreement_sarcopenia.png", report);
    cr_expect(ne(int, access(path, F_OK), 0));
    unlink(fonts);
    stop();
}

/* Weights 3 and 1: prevalence 3/4, effective size 16/10. One without a weight does not count. */
Test(run_cohort_report, weighs_a_survey)
{
    EXPECT_OK(write_report("patient_id,sex,grip_kg,gait_speed_m_s,survey_weight\n"
                           "A,F,15,0.7,3\nB,F,30,1.2,1\nC,F,15,0.7,\n",
                           "sdoc"));
    static const char *const LINES[] = {
        "sdoc,sarcopenia,all,all,3,2,1,0.75,0.169138,0.977881,yes,1.6"};
    EXPECT_LINES("prevalence.csv", LINES);
    stop();
}

Test(run_cohort_report, refuses_a_folder_that_cannot_be_made)
{
    osarc_clinical *clinical = NULL;
    EXPECT_OK(write_report(TABLE, "who"));
    char path[64];
    snprintf(path, sizeof(path), "%s/in.csv", folder);
    EXPECT_OK(osarc_clinical_read(&clinical, path, NULL, &err));
    snprintf(path, sizeof(path), "%s/out.csv", folder);
    osarc_cohort_options options = {.report_folder = "/nowhere/report"};
    EXPECT_OK(osi_file_write(path, "older", 5, &err));
    EXPECT_REFUSED(osarc_cohort_write(path, NULL, set, clinical, &options, &err), OSARC_ERR_IO);
    uint8_t *bytes = NULL;
    size_t size = 0;
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 20, &err));
    cr_expect(eq(sz, size, 5)); /* what was there stays */
    osi_free(bytes);
    osarc_clinical_free(clinical);
    stop();
}
