/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader sees of report.html, in a browser. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <expect.h>
#include <program.h>

static char folder[] = "/tmp/osarc_page_XXXXXX";

static void start(void)
{
    cr_assert(mkdtemp(folder) != NULL);
}

static void stop(void)
{
    char line[64];
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}

TestSuite(cli_report, .init = start, .fini = stop, .timeout = 240);

static int has_browser(void)
{
    if (system("command -v chromium >/dev/null && command -v pdftotext >/dev/null") == 0)
        return 1;
    printf("chromium or pdftotext is absent: the report was not looked at\n");
    return 0;
}

static void put_table(const char *patient)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/c.csv", folder);
    FILE *file = fopen(path, "w");
    fprintf(file,
            "patient_id,sex,age_years,height_m,weight_kg,menopausal,grip_kg,gait_speed_m_s,"
            "gait_distance_m,alm_kg,alm_method,t_lumbar,vitamin_d_25oh_nmol_l,ctx_ng_ml\n"
            "%s,F,70,1.60,60,post,15,0.7,4,12,dxa,-2.8,40,0.5\n",
            patient);
    fclose(file);
}

static void run_with(const char *scan, const char *more, int wanted)
{
    static program_result result;
    char arguments[512];
    snprintf(arguments, sizeof(arguments),
             "run '%s' -o %s/out --overwrite --quiet --clinical %s/c.csv %s >/dev/null", scan,
             folder, folder, more);
    run_program(&result, arguments);
    cr_assert(eq(int, result.code, wanted));
}

/* Prints the page as a reader would and returns how many sheets; `text` gets what stands there. */
static int print_page(char *text, size_t room)
{
    char line[512];
    snprintf(line, sizeof(line),
             "cd %s && chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer "
             "--user-data-dir=%s/profile --print-to-pdf=p.pdf file://%s/out/report.html "
             ">/dev/null 2>&1 && pdftotext -layout p.pdf p.txt",
             folder, folder, folder);
    cr_assert(eq(int, system(line), 0));
    snprintf(line, sizeof(line), "%s/p.txt", folder);
    FILE *file = fopen(line, "r");
    cr_assert(file != NULL);
    size_t size = fread(text, 1, room - 1, file);
    fclose(file);
    text[size] = '\0';
    int sheets = 0;
    for (const char *s = text; *s; s++)
        sheets += *s == '\f';
    return sheets;
}

static void expect_shown(const char *text, const char *words, int wanted)
{
    int found = strstr(text, words) != NULL;
    cr_expect(found == wanted, "'%s' is %s on the printed page", words,
              found ? "shown" : "not shown");
}

Test(cli_report, a_printed_report_has_two_pages_with_classes_values_and_laboratory)
{
    static char text[200000];
    if (!has_browser())
        return;
    put_table("PHANTOM-abdomen-1");
    run_with(OSARC_SAMPLES "/ct_abdomen", "--guidance", 0);
    int sheets = print_page(text, sizeof(text));
    cr_expect(le(int, sheets, 2));
    expect_shown(text, "PHANTOM-abdomen-1", 1);
    expect_shown(text, "osteoporosis", 1);
    expect_shown(text, "osteosarcopenia", 1);
    expect_shown(text, "25(OH)D", 1);
    expect_shown(text, "below", 1);
    expect_shown(text, "another metabolite", 1);
    /* long tables stay on the screen */
    expect_shown(text, "All values, with their notes", 0);
}

Test(cli_report, a_report_in_chinese_shows_chinese)
{
    static char text[200000];
    if (!has_browser())
        return;
    put_table("PHANTOM-abdomen-1");
    run_with(OSARC_SAMPLES "/ct_abdomen", "--lang zh", 0);
    cr_expect(le(int, print_page(text, sizeof(text)), 2));
    expect_shown(text, "骨质疏松", 1);
    expect_shown(text, "Classes by published definitions", 0);
    expect_shown(text, "another metabolite", 0);
}

Test(cli_report, a_report_of_a_real_scan_has_two_pages)
{
    static char text[200000];
    static const char scan[] = OSARC_REAL_DATA "/ct_abdomen_pelvis";
    if (access(scan, R_OK) != 0) {
        printf("real scans are absent: skipped\n");
        return;
    }
    if (!has_browser())
        return;
    put_table("ACRIN-FLT-Breast_001");
    run_with(scan, "--guidance", 0);
    cr_expect(le(int, print_page(text, sizeof(text)), 2));
    expect_shown(text, "Muscle area", 1);
    expect_shown(text, "aubrey2014", 1); /* the last column: nothing lies beyond the paper */
    expect_shown(text, "osteoporosis: T <= -2.5 or a stated", 1);
    expect_shown(text, "L3", 1);
    expect_shown(text, "140 kVp", 1);
}

/* The page as it was written; the caller frees it. */
static char *read_page(void)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/out/report.html", folder);
    FILE *file = fopen(path, "rb");
    cr_assert(file != NULL);
    cr_assert(eq(int, fseek(file, 0, SEEK_END), 0));
    long size = ftell(file);
    rewind(file);
    char *page = calloc((size_t) size + 1, 1);
    cr_assert(page != NULL);
    cr_assert(eq(sz, fread(page, 1, (size_t) size, file), (size_t) size));
    fclose(file);
    return page;
}

Test(cli_report, classes_by_a_definition_of_the_user_stand_in_it)
{
    static program_result result;
    char more[128];
    char path[64];
    put_table("PHANTOM-abdomen-1");
    snprintf(path, sizeof(path), "%s/mine.json", folder);
    FILE *file = fopen(path, "w");
    fputs("{\"id\":\"mine\",\"kind\":\"sarcopenia\",\"title\":\"Ours\",\"source\":\"us\","
          "\"confidence\":\"L\",\"logic\":\"weak\",\"arms\":{\"strength\":{\"source\":\"us\","
          "\"tests\":[{\"variable\":\"grip_kg\",\"operator\":\"<\",\"both\":16}]}},"
          "\"sarcopenia\":\"strength\",\"classes\":[{\"class\":\"weak\",\"when\":\"strength\","
          "\"met\":true},{\"class\":\"none\",\"when\":\"otherwise\"}]}",
          file);
    fclose(file);
    snprintf(more, sizeof(more), "--definitions %s --definition who,mine", folder);
    run_with(OSARC_SAMPLES "/ct_abdomen", more, 0);
    char *page = read_page();
    cr_expect(
        strstr(
            page,
            "<b>mine</b> <span class=\"s\">confidence L</span></td><td class=\"met\">weak</td>") !=
        NULL);
    cr_expect(strstr(page, "Would change if: grip_kg &gt;= 16: none") != NULL);
    free(page);
    /* told before anything is measured */
    file = fopen(path, "w");
    fputs("{", file);
    fclose(file);
    snprintf(more, sizeof(more),
             "run " OSARC_SAMPLES "/ct_abdomen -o %s/other --definitions %s 2>&1", folder, folder);
    run_program(&result, more);
    cr_expect(eq(int, result.code, 22));
    cr_expect(strstr(result.text, "mine.json") != NULL, "%s", result.text);
}

/* A synthetic scan in folder/in, as one of the patient of the others: ids of one length. */
static void add_scan(const char *arguments, const char *id)
{
    static program_result result;
    char line[512];
    snprintf(line, sizeof(line), "phantom %s -o %s/in/%s --quiet", arguments, folder, id);
    run_program(&result, line);
    cr_assert(eq(int, result.code, 0));
    snprintf(line, sizeof(line), "LC_ALL=C sed -i s/%s/PHANTOM-abdomen-1/ %s/in/%s/*.dcm", id,
             folder, id);
    cr_assert(eq(int, system(line), 0));
}

/* Rows and pictures of three scans: what no class stands on stays on the screen. */
Test(cli_report, a_printed_report_of_several_scans_has_two_pages_and_says_what_is_left_out)
{
    static char text[200000];
    char line[64];
    if (!has_browser())
        return;
    snprintf(line, sizeof(line), "%s/in", folder);
    cr_assert(eq(int, mkdir(line, 0700), 0));
    add_scan("abdomen --seed 1 --noise 10 --pixel 2 --slice 5", "PHANTOM-abdomen-1");
    add_scan("spine --seed 100 --slice 3 --length 330 --pixel 2 --rods mindways3_ct",
             "PHANTOM-spine-100");
    add_scan("hip --seed 10000 --pixel 1.5 --slice 2", "PHANTOM-hip-10000");
    put_table("PHANTOM-abdomen-1");
    run_with(line, "--guidance", 0);
    cr_expect(eq(int, print_page(text, sizeof(text)), 2));
    expect_shown(text, "femur total left, scan", 1);
    expect_shown(text, "femur trochanter left, scan", 0);
    expect_shown(text, "more of these values are not printed", 1);
    expect_shown(text, "another metabolite", 1);
    run_with(line, "--guidance --lang zh", 0);
    cr_expect(eq(int, print_page(text, sizeof(text)), 2));
}

static void expect_written(const char *page, const char *const *words, size_t count, int wanted)
{
    for (size_t i = 0; i < count; i++)
        cr_expect(eq(int, strstr(page, words[i]) != NULL, wanted), "'%s'", words[i]);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Whole in one file: values with intervals, classes with rules, what is missing, pictures; and
 * nothing fetched, nothing of the header but the id. */
Test(cli_report, a_report_of_a_real_scan_is_whole_in_both_languages)
{
    static const char scan[] = OSARC_REAL_DATA "/ct_abdomen_pelvis";
    static const char *const BOTH[] = {"ACRIN-FLT-Breast_001",
                                       "<td>lumbar spine L1-L2</td>",
                                       " &hellip; ",
                                       "osteoporosis: T ",
                                       "t_lumbar=-2.8 (table)",
                                       "in healthy people of 20 to 30 years",
                                       "data:image/png;base64,",
                                       "K2HPO4"};
    static const char *const ENGLISH[] = {"<html lang=\"en\">",     "severe sarcopenia", "Missing",
                                          "the view cuts the neck", "25(OH)D",           "below"};
    static const char *const CHINESE[] = {"<html lang=\"zh-Hans\">", "重度肌少症", "缺失",
                                          "视野截断股骨颈",          "25(OH)D",    "偏低"};
    /* what a browser would fetch, and the day of the header */
    static const char *const NOWHERE[] = {"http://", "https://", "src=\"/", "url(",
                                          "<script", "<link",    "@import", "19600104"};
    if (access(scan, R_OK) != 0) {
        printf("real scans are absent: skipped\n");
        return;
    }
    put_table("ACRIN-FLT-Breast_001");
    for (int chinese = 0; chinese < 2; chinese++) {
        run_with(scan, chinese ? "--lang zh" : "", 0);
        char *page = read_page();
        expect_written(page, BOTH + (chinese ? 2 : 0), COUNT(BOTH) - (chinese ? 2 : 0), 1);
        expect_written(page, chinese ? CHINESE : ENGLISH, COUNT(ENGLISH), 1);
        expect_written(page, NOWHERE, COUNT(NOWHERE), 0);
        /* one line for all that is refused for one reason, here and among all values */
        const char *reason = chinese ? "视野截断股骨颈" : "the view cuts the neck";
        const char *first = strstr(page, reason);
        cr_assert(first != NULL);
        const char *second = strstr(first + 1, reason);
        cr_expect(second == NULL || strstr(second + 1, reason) == NULL);
        free(page);
    }
}

Test(cli_report, a_language_that_is_not_there_is_refused_before_the_work)
{
    put_table("x");
    run_with(OSARC_SAMPLES "/ct_abdomen", "--lang de", 1);
    char path[64];
    snprintf(path, sizeof(path), "%s/out/report.html", folder);
    cr_expect(access(path, F_OK) != 0);
}
