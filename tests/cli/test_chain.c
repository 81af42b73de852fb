/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From images to classes: synthetic scans of a healthy, a sarcopenic, an osteoporotic and an
 * osteosarcopenic woman, with a clinical table, get the classes that their true values demand. */
#include "chain_help.h"

TestSuite(cli_chain, .init = chain_start, .fini = chain_stop, .timeout = 300);

#define PATIENTS 4

static int is_weak(int patient)
{
    return patient == 1 || patient == 3;
}

static int is_brittle(int patient)
{
    return patient >= 2;
}

/* ---- spine: density by CT against a density phantom, lean mass from the table ---- */

/* Mean of L1 and L2, as K2HPO4. */
static double true_density(const char *scan)
{
    json_t *root = read_truth(scan);
    double sum = 0;
    size_t i;
    json_t *level;
    json_array_foreach(json_object_get(root, "levels"), i, level)
    {
        const char *name = json_string_value(json_object_get(level, "name"));
        if (strcmp(name, "L1") == 0 || strcmp(name, "L2") == 0)
            sum += json_number_value(json_object_get(level, "k2hpo4_mg_cm3")) / 2;
    }
    json_decref(root);
    return sum;
}

/* Chinese consensus 2020. */
static const char *qct_class(double mg_cm3)
{
    return mg_cm3 < 80 ? "osteoporosis" : mg_cm3 > 120 ? "normal" : "low_bone_mass";
}

Test(cli_chain, spines_from_slices_to_the_class_that_is_true)
{
    char table[1024] = "patient_id,sex,age_years,menopausal,height_m,grip_kg,alm_kg,alm_method,"
                       "gait_speed_m_s,t_total_hip\n";
    woman women[PATIENTS];
    char id[32];
    char scan[32];
    for (int i = 0; i < PATIENTS; i++) {
        women[i] = (woman){is_weak(i) ? 13 : 18, 1.6, is_weak(i) ? 14 : 25, 1,
                           is_brittle(i) ? -2.8 : -0.5};
        osarc("phantom spine -o in/%d --seed %d --trabecular %d --rods mindways3_ct --slice 3 "
              "--length 330 --pixel 2",
              i, i, is_brittle(i) ? 40 : 150);
        snprintf(table + strlen(table), sizeof(table) - strlen(table),
                 "PHANTOM-spine-%d,F,70,post,1.6,%g,%g,dxa,%g,%g\n", i, women[i].grip_kg,
                 women[i].alm_kg, women[i].gait_m_s, women[i].t);
    }
    /* the last was scanned twice: pixels of another size make another series */
    osarc("phantom spine -o in/4 --seed 3 --trabecular 40 --rods mindways3_ct --slice 3 "
          "--length 330 --pixel 2.1");
    put_file("table.csv", table);
    osarc("run in -o out --clinical table.csv");
    for (int i = 0; i < PATIENTS; i++) {
        snprintf(id, sizeof(id), "PHANTOM-spine-%d", i);
        snprintf(scan, sizeof(scan), "in/%d", i);
        double truth = true_density(scan);
        measured m = find_measured("out", id, "L1-L2", "", "vbmd_trabecular");
        cr_expect(is_clear(truth, 80, &m) && is_clear(truth, 120, &m), "%d: %g", i, truth);
        expect_woman("out", id, &women[i]);
        expect_class("out", id, "qct_spine", qct_class(truth));
    }
    cr_expect(strstr(read_out("out", "classification.csv"), "not used: vbmd_lumbar_mg_cm3=") !=
              NULL);
}

/* ---- densitometer: bone of a spine and lean mass of a body, both measured ---- */

Test(cli_chain, densitometer_images_to_the_class_that_is_true)
{
    static const char *const MINERALS[] = {"0.98,1.02,1.06,1.1", "0.6,0.65,0.7,0.7"};
    static const char SCALE[] = "{\"scale\": \"hologic\"}\n";
    char table[256];
    osarc("phantom dxa-wedge -o wedge --photons 10000000");
    osarc("calibrate wedge --wedge al-pmma -o cal.json");
    for (int i = 0; i < PATIENTS; i++) {
        char in[3][16];
        snprintf(in[0], sizeof(in[0]), "body%d", i);
        snprintf(in[1], sizeof(in[1]), "spine%d", i);
        snprintf(in[2], sizeof(in[2]), "out%d", i);
        osarc("phantom dxa-body -o %s --pixel 4 --photons 1000000 --shift 0.3,0.6 --limb-lean %s",
              in[0], is_weak(i) ? "0.35" : "1");
        osarc("phantom dxa-spine -o %s --photons 1000000 --shift 0.7,-0.4 --minerals %s", in[1],
              MINERALS[is_brittle(i)]);
        for (int k = 0; k < 2; k++) {
            char name[64];
            snprintf(name, sizeof(name), "%s/dxa.json", in[k]);
            put_file(name, SCALE);
        }
        /* Hologic, white women: 1.047 (0.110) g/cm2 of L1 to L4 */
        woman w = {.alm_kg = true_value(in[0], "limbs", "alm"),
                   .height_m = 1.7,
                   .grip_kg = is_weak(i) ? 12 : 25,
                   .gait_m_s = i == 3 ? 0.7 : 1.1,
                   .t = (true_value(in[1], "L1-L4", "abmd") - 1.047) / 0.110};
        snprintf(table, sizeof(table),
                 "patient_id,sex,age_years,menopausal,height_m,grip_kg,gait_speed_m_s\n"
                 "PHANTOM-DXA,F,60,post,1.7,%g,%g\n",
                 w.grip_kg, w.gait_m_s);
        put_file("table.csv", table);
        osarc("run %s %s -o %s --clinical table.csv --dxa-calibration cal.json", in[0], in[1],
              in[2]);
        measured alm = find_measured(in[2], "PHANTOM-DXA", "", "", "alm");
        measured t = find_measured(in[2], "PHANTOM-DXA", "L1-L4", "", "t_score");
        cr_expect(is_clear(w.alm_kg, 15, &alm), "%d: %g of %g to %g", i, w.alm_kg, alm.low,
                  alm.high);
        cr_expect(is_clear(w.alm_kg, 5.5 * 1.7 * 1.7, &alm));
        cr_expect(is_clear(w.t, -2.5, &t) && is_clear(w.t, -1, &t), "%d: %g", i, w.t);
        /* 2 degrees of each leg's cut are 92 g, a pixel of its crotch 90 g; 1 % of lean */
        cr_expect(epsilon_eq(dbl, alm.value, w.alm_kg, 2 * (0.092 + 0.09) + 0.01 * w.alm_kg));
        expect_woman(in[2], "PHANTOM-DXA", &w);
    }
}

/* ---- hip: projected from CT, on the scale of a density phantom scanned before ---- */

/* Lower of neck and total hip by NHANES III, white women: 0.858 (0.120), 0.942 (0.122) g/cm2. */
static double true_t_of_hip(const char *scan, double t_out[2])
{
    static const char *const REGIONS[2] = {"neck", "total"};
    static const double MEAN[2] = {0.858, 0.942};
    static const double SD[2] = {0.120, 0.122};
    json_t *root = read_truth(scan);
    json_t *regions =
        json_object_get(json_array_get(json_object_get(root, "femurs"), 0), "regions");
    for (int r = 0; r < 2; r++)
        t_out[r] = (json_number_value(
                        json_object_get(json_object_get(regions, REGIONS[r]), "abmd_g_cm2")) -
                    MEAN[r]) /
                   SD[r];
    json_decref(root);
    return fmin(t_out[0], t_out[1]);
}

Test(cli_chain, hips_from_slices_to_the_class_that_is_true)
{
    static const char *const BONE[] = {"--trabecular 250", "--trabecular 110 --cortical 450"};
    char table[1024] = "patient_id,sex,age_years,menopausal,height_m,grip_kg,alm_kg,alm_method,"
                       "gait_speed_m_s\n";
    woman women[PATIENTS];
    char id[32];
    char scan[32];
    double t[2];
    osarc("phantom spine -o rods --slice 3 --length 200 --pixel 2 --rods mindways3_ct");
    osarc("calibrate rods -o cal.json");
    for (int i = 0; i < PATIENTS; i++) {
        snprintf(scan, sizeof(scan), "in/%d", i);
        osarc("phantom hip -o %s --seed %d %s --pixel 1.2 --slice 1.5", scan, i,
              BONE[is_brittle(i)]);
        women[i] = (woman){is_weak(i) ? 13 : 18, 1.6, is_weak(i) ? 14 : 25, i == 3 ? 0.7 : 1,
                           true_t_of_hip(scan, t)};
        snprintf(table + strlen(table), sizeof(table) - strlen(table),
                 "PHANTOM-hip-%d,F,70,post,1.6,%g,%g,dxa,%g\n", i, women[i].grip_kg,
                 women[i].alm_kg, women[i].gait_m_s);
    }
    put_file("table.csv", table);
    /* phantoms have no scanner, which a scale made before cannot be matched with */
    osarc("run in -o out --clinical table.csv --calibration async:cal.json --calibration-force");
    for (int i = 0; i < PATIENTS; i++) {
        snprintf(id, sizeof(id), "PHANTOM-hip-%d", i);
        snprintf(scan, sizeof(scan), "in/%d", i);
        true_t_of_hip(scan, t);
        cr_expect(women[i].t > -1 || women[i].t < -2.5);
        for (int n = 0; n < 4; n++) {
            measured m = find_measured("out", id, n < 2 ? "neck" : "total",
                                       n % 2 ? "right" : "left", "t_score");
            cr_expect(is_clear(t[n / 2], -2.5, &m) && is_clear(t[n / 2], -1, &m),
                      "%d: %g, %g to %g", i, t[n / 2], m.low, m.high);
        }
        expect_woman("out", id, &women[i]);
    }
}

/* The row of a femur's quantity is there, and refused with words. */
static void expect_refused_row(const char *start, const char *words)
{
    const char *row = strstr(read_out("out", "findings.csv"), start);
    cr_assert(row != NULL, "no row%s", start);
    char line[512];
    snprintf(line, sizeof(line), "%.*s", (int) strcspn(row, "\n"), row);
    cr_expect(strstr(line, ",refused,") != NULL && strstr(line, words) != NULL, "%s", line);
}

/* Bone that is nowhere denser than the muscle about it but in its shell. */
Test(cli_chain, a_hip_that_is_hardly_told_from_soft_tissue_is_refused_and_not_left_out)
{
    osarc("phantom hip -o in/0 --trabecular 22 --pixel 1.2 --slice 1.5");
    osarc("run in -o out");
    expect_refused_row(",femur,neck,right,abmd,", "narrowest section");
    expect_refused_row(",femur,neck,left,abmd,", "narrowest section");
    expect_refused_row(",femur,total,left,abmd,", "narrowest section");
    osarc("phantom abdomen -o in/1 --pixel 3 --slice 5");
    osarc("run in/1 -o out --overwrite");
    expect_refused_row(",femur,total,,abmd,", "no head of a femur found");
}

/* ---- abdomen: CT tells neither lean mass of limbs nor, without named vertebrae, bone ---- */

/* T by hand from the density in the table: NHANES III, neck. */
Test(cli_chain, abdomens_get_the_class_of_their_table)
{
    char table[1024] = "patient_id,sex,age_years,menopausal,height_m,grip_kg,alm_kg,alm_method,"
                       "gait_speed_m_s,bmd_femoral_neck_g_cm2,bmd_device\n";
    woman women[PATIENTS];
    char id[32];
    for (int i = 0; i < PATIENTS; i++) {
        double bmd = is_brittle(i) ? 0.52 : 0.8;
        women[i] = (woman){is_weak(i) ? 13 : 18, 1.6, is_weak(i) ? 14 : 25, i == 3 ? 0.7 : 1,
                           (bmd - 0.858) / 0.120};
        osarc("phantom abdomen -o in/%d --seed %d --noise 10 --pixel 1.5 --slice 3", i, i);
        snprintf(table + strlen(table), sizeof(table) - strlen(table),
                 "PHANTOM-abdomen-%d,F,70,post,1.6,%g,%g,dxa,%g,%g,hologic\n", i, women[i].grip_kg,
                 women[i].alm_kg, women[i].gait_m_s, bmd);
    }
    put_file("table.csv", table);
    osarc("run in -o out --clinical table.csv");
    for (int i = 0; i < PATIENTS; i++) {
        snprintf(id, sizeof(id), "PHANTOM-abdomen-%d", i);
        expect_woman("out", id, &women[i]);
        /* the scan itself was measured */
        cr_expect(isfinite(find_measured("out", id, "", "", "soft_tissue_volume").value));
    }
}

/* Every definition of sarcopenia with a mass arm, and what CT of the trunk can say of it: nothing.
 * That of SDOC has none, and is decided by the rest. */
Test(cli_chain, muscle_on_ct_is_no_lean_mass_of_limbs_by_any_definition)
{
    static const char *const WITH_MASS[] = {"ewgsop1",  "ewgsop2", "awgs2014",    "awgs2019",
                                            "awgs2025", "fnih",    "fnih_alt",    "iwgs",
                                            "scwd",     "seed",    "seed_literal"};
    static const char *const TABLES[] = {
        "patient_id,sex,age_years,height_m,weight_kg,grip_kg,gait_speed_m_s,gait_distance_m\n"
        "PHANTOM-spine-0,F,70,1.6,60,12,0.7,4\n",
        "patient_id,sex,age_years,height_m,weight_kg,grip_kg,gait_speed_m_s,gait_distance_m,"
        "alm_kg,alm_method,sm_l3_cm2\n"
        "PHANTOM-spine-0,F,70,1.6,60,12,0.7,4,13,ct,90\n"};
    osarc("phantom spine -o in/0 --slice 3 --length 330 --pixel 2");
    for (int k = 0; k < 2; k++) {
        put_file("table.csv", TABLES[k]);
        osarc("run in -o out --overwrite --clinical table.csv");
        const char *text = read_out("out", "findings.csv");
        cr_assert(strstr(text, ",lumbar,L3,,muscle_area,") != NULL);
        cr_expect(strstr(text, ",alm,") == NULL);
        text = read_out("out", "classification.csv");
        for (size_t d = 0; d < sizeof(WITH_MASS) / sizeof(WITH_MASS[0]); d++) {
            const char *row = class_row(text, "PHANTOM-spine-0", WITH_MASS[d], "mass");
            cr_expect(strncmp(row, "unknown,", 8) == 0, "%s: %.60s", WITH_MASS[d], row);
            char line[1024];
            snprintf(line, sizeof(line), "%.*s", (int) strcspn(row, "\n"), row);
            int is_told =
                strstr(line, "alm_kg (muscle on CT is no lean mass of the limbs)") != NULL;
            int is_asked = strstr(line, "alm_kg by dxa") != NULL;
            if (strcmp(WITH_MASS[d], "scwd") != 0)
                cr_expect(k == 0 ? is_told : is_asked, "%s: %s", WITH_MASS[d], line);
        }
        expect_class("out", "PHANTOM-spine-0", "sdoc", "confirmed");
        expect_class("out", "PHANTOM-spine-0", "ewgsop2", "indeterminate");
    }
}
