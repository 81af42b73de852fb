/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From slices to classes: made spines with a density phantom under them, and a clinical table. */
#include <unistd.h>

#include <expect.h>
#include <program.h>

static program_result r;
static char folder[] = "/tmp/osarc_chain_XXXXXX";
static char rows[1 << 20];

/* Into a folder of that number; `more`: pixels of another size make another series. */
static void make_spine(int number, int seed, const char *density, const char *more)
{
    char line[512];
    snprintf(line, sizeof(line),
             "phantom spine -o %s/in/%d --seed %d --trabecular %s --rods mindways3_ct --slice 3 "
             "--length 330 --quiet %s",
             folder, number, seed, density, more);
    run_program(&r, line);
    cr_assert(eq(int, r.code, 0));
}

static void write_table(void)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/table.csv", folder);
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL);
    fputs("patient_id,sex,age_years,menopausal,grip_kg,alm_kg,alm_method,height_m,gait_speed_m_s,"
          "t_total_hip\n"
          "PHANTOM-spine-0,F,70,post,25,18,dxa,1.60,1.2,-0.5\n"
          "PHANTOM-spine-1,F,70,post,14,13,dxa,1.60,1.0,-0.5\n"
          "PHANTOM-spine-2,F,70,post,25,18,dxa,1.60,1.2,-2.8\n"
          "PHANTOM-spine-3,F,70,post,14,13,dxa,1.60,1.0,-2.8\n",
          file);
    fclose(file);
}

static void read_rows(void)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/out/classification.csv", folder);
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL);
    rows[fread(rows, 1, sizeof(rows) - 1, file)] = '\0';
    fclose(file);
}

/* The class of a patient by a definition stands there, once. */
static void expect_class(int patient, const char *definition, const char *class_name)
{
    char start[160];
    snprintf(start, sizeof(start), "\nPHANTOM-spine-%d,PHANTOM-spine-%d,%s,result,", patient,
             patient, definition);
    const char *row = strstr(rows, start);
    cr_assert(row != NULL, "no row%s", start);
    cr_expect(strstr(row + 1, start) == NULL, "twice:%s", start);
    const char *class_at = strchr(row + strlen(start), ',') + 1;
    size_t size = strlen(class_name);
    cr_expect(0 == strncmp(class_at, class_name, size) && class_at[size] == ',', "%s: %.60s", start,
              class_at);
}

/* Healthy, sarcopenic, osteoporotic, both; spongy bone of 150 and 60 mg/cm3, as the table says of
 * the hip. Patient 3 was scanned twice. */
Test(cli_chain, from_slices_to_the_class_that_is_true)
{
    static const char *const DENSITY[] = {"150", "150", "60", "60"};
    static const char *const LEAN[] = {"none", "confirmed", "none", "confirmed"};
    static const char *const BONE[] = {"normal", "normal", "osteoporosis", "osteoporosis"};
    char line[256];
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(line, sizeof(line), "mkdir %s/in", folder);
    cr_assert(eq(int, system(line), 0));
    for (int i = 0; i < 4; i++)
        make_spine(i, i, DENSITY[i], "--pixel 2");
    make_spine(4, 3, "60", "--pixel 2.1");
    write_table();
    snprintf(line, sizeof(line), "run %s/in -o %s/out --clinical %s/table.csv --quiet", folder,
             folder, folder);
    run_program(&r, line);
    cr_assert(eq(int, r.code, 0));
    read_rows();
    for (int i = 0; i < 4; i++) {
        expect_class(i, "ewgsop2", LEAN[i]);
        expect_class(i, "who", BONE[i]);
        expect_class(i, "qct_spine", BONE[i]);
        expect_class(i, "os_strict:ewgsop2", i == 3 ? "osteosarcopenia" : "none");
    }
    cr_expect(strstr(rows, "not used: vbmd_lumbar_mg_cm3=") != NULL);
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}
