/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as people make them: what is wrong is told by row and column, and nothing else is lost. */
#include <unistd.h>

#include <expect.h>
#include <program.h>

static program_result r;
static char folder[] = "/tmp/osarc_tables_XXXXXX";
static char out[65536];

static void classify(const char *text, size_t size)
{
    char line[512];
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(line, sizeof(line), "%s/in.csv", folder);
    FILE *in = fopen(line, "w");
    cr_assert(in != NULL);
    cr_assert(eq(sz, fwrite(text, 1, size, in), size));
    fclose(in);
    snprintf(line, sizeof(line),
             "classify %s/in.csv -o %s/out.csv --definition sdoc 2>&1 >/dev/null", folder, folder);
    run_program(&r, line);
    snprintf(line, sizeof(line), "%s/out.csv", folder);
    FILE *file = fopen(line, "r");
    size_t used = file ? fread(out, 1, sizeof(out) - 1, file) : 0;
    out[used] = '\0';
    if (file)
        fclose(file);
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}

static int says(const char *words)
{
    return strstr(r.text, words) != NULL;
}

/* The rows of B, whose row is right, are all there: weak and slow. */
static void expect_b(void)
{
    cr_expect(strstr(out, "\nB,B,sdoc,strength,met,") != NULL, "%s", out);
    cr_expect(strstr(out, "\nB,B,sdoc,performance,met,") != NULL, "%s", out);
    cr_expect(strstr(out, "\nB,B,sdoc,result,met,confirmed,") != NULL, "%s", out);
}

/* Behind the names of columns nothing stands but rows of B. */
static void expect_only_b(void)
{
    size_t lines = 0;
    for (const char *at = strchr(out, '\n'); at && at[1]; at = strchr(at + 1, '\n')) {
        cr_expect(strncmp(at + 1, "B,B,sdoc,", 9) == 0, "%.40s", at + 1);
        lines++;
    }
    cr_expect(eq(sz, lines, 3u)); /* two arms and the result */
}

typedef struct bad {
    const char *text;
    const char *words;  /* on standard error */
    const char *others; /* of what is right beside it, in the file; NULL: rows of B are all */
} bad;

#define HEAD "patient_id,sex,grip_kg,gait_speed_m_s\n"
#define B    "B,F,15,0.7\n"

Test(cli_bad_tables, tell_row_and_column_and_lose_nothing_else)
{
    static const bad TABLES[] = {
        /* wrong headers */
        {"patient_id,sex,grip_kg,gait_speed_m_s,heigth_m\nB,F,15,0.7,1.6\n",
         "row 1, column 5: 'heigth_m' is not known and not used; there is height_m", NULL},
        {"patient_id,sex,grip_kg,gait_speed_m_s,height_cm\nB,F,15,0.7,160\n",
         "row 1, column 5: 'height_cm' is not known and not used; there is height_m", NULL},
        {"patient_id,sex,grip_kg,gait_speed_m_s,Shoe size\nB,F,15,0.7,40\n",
         "row 1, column 5: 'Shoe size' is not known and not used", NULL},
        /* two rows of one patient */
        {HEAD "A,F,15,0.7\n" B "A,F,30,1.2\n", "rows 2 and 4: refused, both are of the same",
         "\nA,A,sdoc,strength,unknown,"},
        /* metres where centimetres are asked for, and the other way */
        {"patient_id,sex,grip_kg,gait_speed_m_s,calf_circumference_cm\nA,F,30,0.7,0.34\nB,F,15,0.7,"
         "34\n",
         "row 2, column calf_circumference_cm: refused, needed is cm, 10 to 80",
         "\nA,A,sdoc,strength,not_met,"},
        {"patient_id,sex,grip_kg,gait_speed_m_s,height_m\nA,F,30,0.7,162\nB,F,15,0.7,1.62\n",
         "row 2, column height_m: refused, needed is metres, 0.5 to 2.5",
         "\nA,A,sdoc,strength,not_met,"},
        /* a German woman */
        {HEAD "A,W,30,0.7\n" B, "row 2, column sex: refused, needed is one of F|M",
         "\nA,A,sdoc,performance,met,"},
        /* decimal commas */
        {HEAD "A,F,\"15,5\",0.7\n" B,
         "row 2, column grip_kg: refused, needed is a number with a "
         "decimal point, not a comma",
         "\nA,A,sdoc,performance,met,"},
        {HEAD "A,F,15,5,0.7\n" B,
         "row 2: refused, it has not as many cells as the first row (a "
         "decimal comma?)",
         NULL},
        /* formulas */
        {HEAD "A,F,=14+1,0.7\n" B,
         "row 2, column grip_kg: refused, needed is the value of the "
         "formula",
         "\nA,A,sdoc,performance,met,"},
        {HEAD "=A1,F,15,0.7\n" B,
         "row 2, column patient_id: refused, needed is the value of the "
         "formula",
         NULL},
        {HEAD "A,F,#N/A,0.7\n" B, "row 2, column grip_kg: refused, needed is kg, 0 to 120",
         "\nA,A,sdoc,performance,met,"},
        /* units in cells */
        {HEAD "A,F,15 kg,0.7\n" B, "row 2, column grip_kg: refused, needed is kg",
         "\nA,A,sdoc,performance,met,"},
        {HEAD "\n,,,\nA,F,weak,0.7\n" B ",,,\n,,,\n", "row 4, column grip_kg: refused",
         "\nA,A,sdoc,performance,met,"},
        {HEAD ",F,15,0.7\n" B, "row 2: refused, no patient_id", NULL},
    };
    for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]); i++) {
        classify(TABLES[i].text, strlen(TABLES[i].text));
        cr_expect(eq(int, r.code, 0));
        cr_expect(says(TABLES[i].words), "%zu: %s", i, r.text);
        if (TABLES[i].others)
            cr_expect(strstr(out, TABLES[i].others) != NULL, "%zu: %s", i, out);
        else
            expect_only_b();
        expect_b();
    }
}

Test(cli_bad_tables, are_read_with_byte_order_mark_and_with_any_ends_of_lines)
{
    static const char *const TABLES[] = {"\xef\xbb\xbf" HEAD B,
                                         "patient_id,sex,grip_kg,gait_speed_m_s\r\nB,F,15,0.7\r\n",
                                         "\xef\xbb\xbf\"patient_id\",\"sex\",\"grip_kg\",\"gait_"
                                         "speed_m_s\"\r\n\"B\",\"F\",\"15\",\"0.7\"",
                                         "patient_id,sex,grip_kg,gait_speed_m_s\rB,F,15,0.7\r"};
    for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]); i++) {
        classify(TABLES[i], strlen(TABLES[i]));
        cr_expect(eq(int, r.code, 0));
        cr_expect(eq(str, r.text, ""));
        expect_b();
    }
}

/* Ten million bytes in a cell of each kind: id, number, word, text, and a column not known. */
Test(cli_bad_tables, survive_a_cell_of_ten_million_bytes)
{
    static const char *const ROWS[][3] = {
        {"", ",F,30,0.7,x,1\n", "row 2, column patient_id: refused, it is too long"},
        {"A,", ",30,0.7,x,1\n", "row 2, column sex: refused, needed is a shorter text"},
        {"A,F,", ",0.7,x,1\n", "row 2, column grip_kg: refused, needed is a shorter text"},
        {"A,F,30,0.7,", ",1\n", "row 2, column ancestry: refused, needed is a shorter text"},
        {"A,F,30,0.7,x,", "\n", "row 1, column 6: 'odd' is not known"}};
    static const char HEADER[] = "patient_id,sex,grip_kg,gait_speed_m_s,ancestry,odd\n";
    static const char LAST[] = "B,F,15,0.7,x,1\n";
    size_t size = (size_t) 10 << 20;
    char *text = malloc(size + 256);
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        size_t used = (size_t) snprintf(text, 128, "%s%s", HEADER, ROWS[i][0]);
        memset(text + used, '7', size);
        used += size;
        used += (size_t) snprintf(text + used, 128, "%s%s", ROWS[i][1], LAST);
        classify(text, used);
        cr_expect(eq(int, r.code, 0));
        cr_expect(says(ROWS[i][2]), "%s", r.text);
        expect_b();
    }
    free(text);
}

Test(cli_bad_tables, are_refused_whole_only_where_no_row_can_be_told_from_another)
{
    static const struct {
        const char *text, *words;
    } TABLES[] = {
        {"Patient ID,sex\nB,F\n", "row 1, column 1 of the clinical table: needed is patient_id"},
        {"sex,PatientID\nF,B\n", "row 1, column 2 of the clinical table: needed is patient_id"},
        {"sex,name\nF,B\n", "names no column patient_id"},
        {"patient_id;sex\nB;F\n", "semicolons"},
        {"patient_id,sex,sex\nB,F,F\n", "columns 2 and 3"},
        {"patient_id,sex\nB,\"F\n", "row 2: a quote"},
        {"", "empty"},
    };
    for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]); i++) {
        classify(TABLES[i].text, strlen(TABLES[i].text));
        cr_expect(eq(int, r.code, 22));
        cr_expect(says(TABLES[i].words), "%zu: %s", i, r.text);
        cr_expect(eq(str, out, ""));
    }
    static const char WIDE[] = "\xff\xfep\0a\0t\0";
    classify(WIDE, sizeof(WIDE));
    cr_expect(eq(int, r.code, 22));
    cr_expect(says("UTF-16"));
}

/* Values of two rows of one patient are unknown, and the patient is one. */
Test(cli_bad_tables, a_patient_of_several_rows_has_one_row_for_each_arm)
{
    static const char TABLE[] = HEAD "A,F,15,0.7\n" B "A,F,30,1.2\nA,F,15,0.7\n";
    classify(TABLE, strlen(TABLE));
    cr_expect(eq(int, r.code, 0));
    size_t lines = 0;
    for (const char *at = strstr(out, "\nA,A,sdoc,"); at; at = strstr(at + 1, "\nA,A,sdoc,"))
        lines++;
    cr_expect(eq(sz, lines, 3u), "%s", out); /* two arms and the result */
    cr_expect(strstr(out, "\nA,A,sdoc,result,unknown,indeterminate,") != NULL, "%s", out);
    expect_b();
}
