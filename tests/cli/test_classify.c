/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <unistd.h>

#include <expect.h>
#include <program.h>

static program_result r;
static char folder[] = "/tmp/osarc_classify_XXXXXX";

static void make(const char *text)
{
    char path[64];
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/in.csv", folder);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

/* `osarc classify in.csv -o out.csv` with more behind it, in the folder. */
static void classify(const char *more)
{
    char line[512];
    snprintf(line, sizeof(line), "classify %s/in.csv -o %s/out.csv %s", folder, folder, more);
    run_program(&r, line);
}

static int says(const char *words)
{
    return strstr(r.text, words) != NULL;
}

static size_t read_out(char *text, size_t room)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/out.csv", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    size_t size = fread(text, 1, room - 1, file);
    text[size] = '\0';
    fclose(file);
    return size;
}

static void drop(void)
{
    char line[128];
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}

Test(cli_classify, writes_rows_for_each_patient)
{
    static char text[65536];
    make("patient_id,sex,grip_kg,alm_kg,alm_method,height_m,tug_s\n"
         "A,M,24,18,dxa,1.7,25\nB,F,30,,,,\n");
    classify("--definition ewgsop2");
    cr_expect(eq(int, r.code, 0));
    cr_expect(says("2 patients, 8 rows"));
    cr_assert(gt(sz, read_out(text, sizeof(text)), 0u));
    cr_expect(strstr(text, "A,A,ewgsop2,result,met,severe,,") != NULL);
    cr_expect(strstr(text, "B,B,ewgsop2,result,not_met,none,,") != NULL);
    drop();
}

Test(cli_classify, names_refused_cells_by_row_and_column)
{
    make("patient_id,grip_kg\nSMITH,weak\n");
    classify(ERRORS_ONLY);
    cr_expect(eq(int, r.code, 0));
    cr_expect(says("row 2, column grip_kg"));
    cr_expect(eq(int, says("SMITH"), 0));
    drop();
}

Test(cli_classify, tells_how_sure_with_the_precision_of_a_site)
{
    static char text[65536];
    char more[128];
    make("patient_id,sex,menopausal,t_lumbar\nA,F,post,-2.8\n");
    snprintf(more, sizeof(more), "%s/site.csv", folder);
    FILE *file = fopen(more, "w");
    fputs("quantity,sd\nt_lumbar,0.3\n", file);
    fclose(file);
    snprintf(more, sizeof(more), "--definition who --precision %s/site.csv", folder);
    classify(more);
    cr_expect(eq(int, r.code, 0));
    cr_assert(gt(sz, read_out(text, sizeof(text)), 0u));
    cr_expect(strstr(text, "A,A,who,result,met,osteoporosis,0.841345,") != NULL);
    cr_expect(strstr(text, ",0.36,\"t_lumbar > -2.5: low_bone_mass (by 0.3, 0.36 LSC)\"") != NULL,
              "%s", text); /* 0.3 in 2.77 * 0.3 */
    classify("--definition who --margins --overwrite");
    cr_expect(eq(int, r.code, 0));
    cr_assert(gt(sz, read_out(text, sizeof(text)), 0u));
    cr_expect(strstr(text, "A,A,who,result,met,osteoporosis,,") != NULL);
    cr_expect(strstr(text, "t_lumbar > -2.5: low_bone_mass (by 0.3)") != NULL, "%s", text);
    drop();
}

Test(cli_classify, refuses_a_precision_file_by_row_and_column)
{
    char more[160];
    make("patient_id,sex,menopausal,t_lumbar\nA,F,post,-2.8\n");
    snprintf(more, sizeof(more), "--precision %s/in.csv" ERRORS_ONLY, folder);
    classify(more);
    cr_expect(eq(int, r.code, 22));
    cr_expect(says("column 1 of the precision file"));
    classify("--precision /nowhere.csv" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 20));
    drop();
}

Test(cli_classify, reports_a_cohort_and_replaces_a_report_only_when_asked)
{
    char more[160];
    make("patient_id,sex,grip_kg,gait_speed_m_s\nA,F,15,0.7\nB,M,40,1.2\n");
    snprintf(more, sizeof(more), "--cohort-report %s/report", folder);
    classify(more);
    cr_expect(eq(int, r.code, 0));
    snprintf(more, sizeof(more), "%s/report/prevalence.csv", folder);
    cr_expect(eq(int, access(more, F_OK), 0));
    snprintf(more, sizeof(more), "%s/report/agreement_os.png", folder);
    cr_expect(eq(int, access(more, F_OK), 0));
    snprintf(more, sizeof(more), "rm %s/out.csv", folder);
    cr_assert(eq(int, system(more), 0));
    snprintf(more, sizeof(more), "--cohort-report %s/report" ERRORS_ONLY, folder);
    classify(more);
    cr_expect(eq(int, r.code, 40));
    cr_expect(says("--overwrite"));
    snprintf(more, sizeof(more), "--overwrite --cohort-report %s/report", folder);
    classify(more);
    cr_expect(eq(int, r.code, 0));
    drop();
    run_program(&r, "classify --list --cohort-report /tmp/x" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
}

Test(cli_classify, refuses_to_replace_a_file_unasked)
{
    static char text[65536];
    make("patient_id,grip_kg\nA,24\n");
    classify("");
    cr_expect(eq(int, r.code, 0));
    classify(ERRORS_ONLY);
    cr_expect(eq(int, r.code, 40));
    cr_expect(says("--overwrite"));
    classify("--overwrite");
    cr_expect(eq(int, r.code, 0));
    cr_expect(gt(sz, read_out(text, sizeof(text)), 0u));
    drop();
}

Test(cli_classify, refuses_a_definition_that_does_not_exist)
{
    static char text[65536];
    make("patient_id,grip_kg\nA,24\n");
    classify("--definition ewgsop3" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("there are ewgsop1, ewgsop2"));
    cr_expect(eq(sz, read_out(text, sizeof(text)), 0u));
    drop();
}

Test(cli_classify, refuses_a_table_without_patients)
{
    make("patient_id,grip_kg\n");
    classify(ERRORS_ONLY);
    cr_expect(eq(int, r.code, 21));
    drop();
}

Test(cli_classify, refuses_what_is_no_table)
{
    make("name,grip_kg\nA,24\n");
    classify(ERRORS_ONLY);
    cr_expect(eq(int, r.code, 22));
    cr_expect(says("patient_id"));
    drop();
}

Test(cli_classify, refuses_a_file_that_is_not_there)
{
    run_program(&r, "classify /nowhere/in.csv -o /tmp/osarc_never.csv" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 20));
}

Test(cli_classify, refuses_a_place_that_cannot_be_written)
{
    make("patient_id,grip_kg\nA,24\n");
    char line[256];
    snprintf(line, sizeof(line), "classify %s/in.csv -o /nowhere/out.csv" ERRORS_ONLY, folder);
    run_program(&r, line);
    cr_expect(eq(int, r.code, 40));
    drop();
}

Test(cli_classify, refuses_to_run_without_a_place_for_the_answer)
{
    run_program(&r, "classify in.csv" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("-o OUT is needed"));
}

Test(cli_classify, refuses_to_replace_the_table_it_reads)
{
    run_program(&r, "classify --overwrite in.csv -o in.csv" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("replace the table"));
}

Test(cli_classify, lists_and_explains_the_definitions)
{
    run_program(&r, "classify --list");
    cr_expect(eq(int, r.code, 0));
    cr_expect(says("\nos_broad:awgs2025") && says("\nseed_literal"));
    run_program(&r, "classify --explain awgs2014");
    cr_expect(eq(int, r.code, 0));
    cr_expect(says("arm strength: grip_kg < 26 (M), < 18 (F) ["));
    run_program(&r, "classify --explain ewgsop3" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("--list"));
    run_program(&r, "classify --list in.csv" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
}

static void make_definition(const char *text)
{
    char path[64];
    make("patient_id,sex,grip_kg\nA,M,31\n");
    snprintf(path, sizeof(path), "%s/mine.json", folder);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static const char MINE[] =
    "{\"id\":\"mine\",\"kind\":\"sarcopenia\",\"title\":\"Ours\",\"source\":\"us\","
    "\"confidence\":\"L\",\"logic\":\"weak\",\"arms\":{\"strength\":{\"source\":\"us\","
    "\"tests\":[{\"variable\":\"grip_kg\",\"operator\":\"<\",\"both\":32}]}},"
    "\"sarcopenia\":\"strength\",\"classes\":[{\"class\":\"weak\",\"when\":\"strength\","
    "\"met\":true},{\"class\":\"none\",\"when\":\"otherwise\"}]}";

Test(cli_classify, takes_definitions_of_the_user)
{
    static char text[65536];
    char more[128];
    make_definition(MINE);
    snprintf(more, sizeof(more), "--definitions %s --definition mine,os_strict:mine", folder);
    classify(more);
    cr_expect(eq(int, r.code, 0));
    cr_assert(gt(sz, read_out(text, sizeof(text)), 0u));
    cr_expect(strstr(text, "A,A,mine,result,met,weak,,") != NULL);
    cr_expect(strstr(text, "A,A,os_strict:mine,result,unknown,indeterminate,,") != NULL);
    drop();
}

Test(cli_classify, refuses_a_definition_with_file_place_and_reason)
{
    char more[128];
    make_definition("{\"id\": \"x\",,}");
    snprintf(more, sizeof(more), "--definitions %s" ERRORS_ONLY, folder);
    classify(more);
    cr_expect(eq(int, r.code, 22));
    cr_expect(says("mine.json: line 1, column 1"));
    drop();
}
