/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/reference.h>
#include <osi/alloc.h>
#include <osi/file.h>

static char folder[] = "/tmp/osarc-test-XXXXXX";
static char path[64];
static osarc_error err;
static osarc_reference_db *db;

static void make_folder(void)
{
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    snprintf(path, sizeof(path), "%s/file.csv", folder);
}

static void drop_folder(void)
{
    osarc_reference_db_free(db);
    EXPECT_OK(osi_folder_remove(folder, &err));
}

TestSuite(base_reference_file, .init = make_folder, .fini = drop_folder);

#define HEADER                                                                                     \
    "id,kind,site,sex,used_for,ancestry,age_from_years,age_to_years,scale,mean,sd,unit,source,"    \
    "confidence,standard\n"
#define GOOD                                                                                       \
    "ours,young_adult,femoral_neck,F,any,,20,29,DXA-Hologic,0.9,0.1,g/cm2,our own,high,yes\n"

static osarc_status read_text(const char *text)
{
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
    return osarc_reference_db_read(&db, path, &err);
}

static void refused(const char *text, const char *where)
{
    EXPECT_REFUSED(read_text(text), OSARC_ERR_FORMAT);
    cr_expect(strstr(err.text, where) != NULL, "'%s' does not tell '%s'", err.text, where);
    cr_expect(eq(ptr, db, NULL));
}

static const osarc_bmd NECK = {
    .value_g_cm2 = 0.75, .site = OSARC_BMD_FEMORAL_NECK, .scale = OSARC_BMD_HOLOGIC};
static const osarc_person MAN = {.sex = OSARC_SEX_MALE, .age_years = 45};

Test(base_reference_file, a_users_standard_population_goes_before_the_published)
{
    EXPECT_OK(read_text(HEADER GOOD));
    cr_assert(eq(sz, osarc_reference_db_count(db), 1));
    osarc_bmd_score score;
    EXPECT_OK(osarc_t_score(&score, &NECK, &MAN, NULL, db, &err));
    cr_expect(eq(str, score.reference, "ours"));
    cr_expect(eq(dbl, score.value, -1.5));
    EXPECT_OK(osarc_t_score(&score, &NECK, &MAN, "nhanes3_neck_f", db, &err));
    cr_expect(eq(dbl, score.value, -0.9));
}

Test(base_reference_file, what_is_not_standard_is_taken_by_name_only)
{
    EXPECT_OK(
        read_text("\xef\xbb\xbf"
                  "source,id,kind,site,sex,scale,mean,sd,unit,confidence\r\n"
                  "\"a, b\",m1,young_adult,femoral_neck,M,DXA-Hologic,0.95,0.1,g/cm2,low\r\n"));
    osarc_bmd_score score;
    EXPECT_OK(osarc_t_score(&score, &NECK, &MAN, NULL, db, &err));
    cr_expect(eq(str, score.reference, "nhanes3_neck_f"));
    EXPECT_OK(osarc_t_score(&score, &NECK, &MAN, "m1", db, &err));
    cr_expect(eq(dbl, score.value, -2.0));
    cr_expect(eq(int, score.quality, OSARC_QUALITY_WARNING));
    cr_expect(eq(str, (char *) osarc_reference_db_at(db, 0)->source, "a, b"));
}

Test(base_reference_file, z_takes_the_persons_ancestry_before_an_unknown_one)
{
    EXPECT_OK(read_text(
        HEADER "a,age_band,femoral_neck,M,,,40,49,DXA-Hologic,0.9,0.1,g/cm2,s,high,yes\n"
               "b,age_band,femoral_neck,M,,black,40,49,DXA-Hologic,1.0,0.1,g/cm2,s,high,yes\n"));
    osarc_bmd_score score;
    osarc_person person = MAN;
    EXPECT_OK(osarc_z_score(&score, &NECK, &person, NULL, db, &err));
    cr_expect(eq(str, score.reference, "a"));
    person.ancestry = "black";
    EXPECT_OK(osarc_z_score(&score, &NECK, &person, NULL, db, &err));
    cr_expect(eq(str, score.reference, "b"));
    cr_expect(eq(dbl, score.value, -2.5));
    person.ancestry = "chinese";
    EXPECT_OK(osarc_z_score(&score, &NECK, &person, NULL, db, &err));
    cr_expect(eq(str, score.reference, "a"));
}

Test(base_reference_file, ancestries_that_differ_by_case_alone_are_refused_as_one)
{
    refused(HEADER "a,age_band,femoral_neck,M,,Black,40,49,DXA-Hologic,0.9,0.1,g/cm2,s,high,yes\n"
                   "b,age_band,femoral_neck,M,,black,40,49,DXA-Hologic,1.0,0.1,g/cm2,s,high,yes\n",
            "row 3, column standard");
}

Test(base_reference_file, bad_cells_are_refused_by_row_and_column)
{
    static const struct {
        const char *row;
        const char *where;
    } BAD[] = {
        {",young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,", "row 3, column id"},
        {"a b,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,", "column id"},
        {"ours,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,", "column id"},
        {"nhanes3_neck_f,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,",
         "column id"},
        {"a,young,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,", "column kind"},
        {"a,young_adult,heel,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,", "column site"},
        {"a,young_adult,femoral_neck,any,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,", "column sex"},
        {"a,young_adult,femoral_neck,F,all,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,",
         "column used_for"},
        {"a,young_adult,femoral_neck,F,,a word of more than 23 letters,,,DXA-Hologic,0.9,0.1,g/cm2,"
         "s,high,",
         "column ancestry"},
        {"a,age_band,femoral_neck,F,,,,29,DXA-Hologic,0.9,0.1,g/cm2,s,high,",
         "column age_from_years"},
        {"a,age_band,femoral_neck,F,,,30,29,DXA-Hologic,0.9,0.1,g/cm2,s,high,",
         "column age_to_years"},
        {"a,young_adult,femoral_neck,F,,,,,Hologic,0.9,0.1,g/cm2,s,high,", "column scale"},
        {"a,young_adult,femoral_neck,F,,,,,unknown,0.9,0.1,g/cm2,s,high,", "column scale"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,\"0,9\",0.1,g/cm2,s,high,", "column mean"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,858,120,g/cm2,s,high,", "column mean"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0,g/cm2,s,high,", "column sd"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,nan,g/cm2,s,high,", "column sd"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,mg/cm2,s,high,", "column unit"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,,high,", "column source"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,sure,", "column confidence"},
        {"a,young_adult,total_hip,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,low,yes", "column standard"},
        {"a,young_adult,total_hip,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,1", "column standard"},
        {"a,young_adult,femoral_neck,M,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,yes",
         "column standard"},
        {"a,young_adult,femoral_neck,F", "row 3 has 4 cells"},
        {"a,young_adult,femoral_neck,F,,,,,DXA-Hologic,0.9,0.1,g/cm2,s,high,,", "row 3 has over"},
        {"a,\"young", "row 3"},
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        char text[1024];
        snprintf(text, sizeof(text), "%s%s%s\n", HEADER, GOOD, BAD[i].row);
        refused(text, BAD[i].where);
    }
}

Test(base_reference_file, bad_headers_and_empty_tables_are_refused)
{
    refused("", "no population");
    refused(HEADER, "no population");
    refused("id,kind,site\n", "row 1: column sex");
    refused("id,kind,colour\n", "'colour'");
    refused("id,id\n", "twice");
}

Test(base_reference_file, a_long_cell_and_a_zero_byte_are_refused)
{
    char text[1024] = HEADER;
    size_t used = strlen(text);
    memset(text + used, 'a', 300);
    refused(text, "row 2, cell 1");
    static const char BYTES[] = "id,ki\0nd\n";
    EXPECT_OK(osi_file_write(path, BYTES, sizeof(BYTES) - 1, &err));
    EXPECT_REFUSED(osarc_reference_db_read(&db, path, &err), OSARC_ERR_FORMAT);
}

Test(base_reference_file, a_file_that_is_not_there_is_refused)
{
    EXPECT_REFUSED(osarc_reference_db_read(&db, "/nonexistent/file.csv", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_reference_db_read(&db, NULL, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, osarc_reference_db_count(NULL), 0));
    cr_expect(eq(ptr, (void *) osarc_reference_db_at(NULL, 0), NULL));
    osarc_reference_db_free(NULL);
}

Test(base_reference_file, reading_fails_cleanly_without_memory)
{
    EXPECT_OK(osi_file_write(path, HEADER GOOD, strlen(HEADER GOOD), &err));
    for (long turn = 1; turn < 1000; turn++) {
        osi_alloc_fail_at(turn);
        osarc_status status = osarc_reference_db_read(&db, path, &err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        if (asked < turn) {
            cr_expect(eq(int, status, OSARC_OK), "%s", err.text);
            return;
        }
        /* libcsv asks again, for less, so that the file may be read all the same */
        cr_assert(status == OSARC_ERR_MEMORY || osarc_reference_db_count(db) == 1,
                  "allocation %ld: %s", turn, err.text);
        osarc_reference_db_free(db);
        db = NULL;
    }
    cr_fail("no end of allocations");
}
