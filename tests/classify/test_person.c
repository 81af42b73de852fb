/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a patient is, by table and header. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/classify.h>
#include <osi/file.h>

static osarc_acquisition header(osarc_sex sex, double age_years, double height_m)
{
    osarc_acquisition a;
    osarc_acquisition_init(&a);
    snprintf(a.patient_id, sizeof(a.patient_id), "P1");
    a.sex = sex;
    a.age_years = age_years;
    a.height_m = height_m;
    return a;
}

static osarc_clinical *table(const char *text)
{
    char path[] = "/tmp/osarc_ctxa_XXXXXX";
    osarc_error err = OSARC_ERROR_INIT;
    osarc_clinical *clinical = NULL;
    int file = mkstemp(path);
    cr_assert(ge(int, file, 0));
    close(file);
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
    EXPECT_OK(osarc_clinical_read(&clinical, path, NULL, &err));
    remove(path);
    return clinical;
}

Test(person, the_table_goes_before_the_header)
{
    osarc_acquisition a = header(OSARC_SEX_FEMALE, 60, 1.62);
    osarc_clinical *c = table("patient_id,age_years,height_m,weight_kg,menopausal\n"
                              "P1,71,1.61,55,post\n");
    osarc_patient_facts p = osarc_patient_facts_of(c, &a);
    cr_expect(eq(int, p.person.sex, OSARC_SEX_FEMALE));
    cr_expect(eq(dbl, p.person.age_years, 71));
    cr_expect(eq(dbl, p.height_m, 1.61));
    cr_expect(eq(dbl, p.weight_kg, 55));
    cr_expect(eq(int, p.person.menopause, OSARC_MENOPAUSE_POST));
    osarc_clinical_free(c);
}

Test(person, without_a_table_the_header_stands)
{
    osarc_acquisition a = header(OSARC_SEX_MALE, 60, 1.8);
    osarc_patient_facts p = osarc_patient_facts_of(NULL, &a);
    cr_expect(eq(int, p.person.sex, OSARC_SEX_MALE));
    cr_expect(eq(dbl, p.person.age_years, 60));
    cr_expect(eq(dbl, p.height_m, 1.8));
    cr_expect(isnan(p.weight_kg) != 0);
    cr_expect(eq(int, p.person.menopause, OSARC_MENOPAUSE_UNKNOWN));
}

Test(person, two_sexes_are_none)
{
    osarc_acquisition a = header(OSARC_SEX_FEMALE, 60, NAN);
    osarc_clinical *c = table("patient_id,sex\nP1,M\n");
    cr_expect(eq(int, osarc_patient_facts_of(c, &a).person.sex, OSARC_SEX_UNKNOWN));
    a.sex = OSARC_SEX_UNKNOWN;
    cr_expect(eq(int, osarc_patient_facts_of(c, &a).person.sex, OSARC_SEX_MALE));
    osarc_clinical_free(c);
}

/* 3 cm is the limit in classes: no more than that is one height. */
Test(person, two_heights_are_none)
{
    static const struct {
        const char *text;
        double height_m;
    } CASES[] = {{"patient_id,height_m\nP1,1.60\n", NAN},
                 {"patient_id,height_m\nP1,1.61\n", 1.61},
                 {"patient_id,height_m\nP1,1.67\n", 1.67},
                 {"patient_id,height_m\nP1,1.68\n", NAN}};
    osarc_acquisition a = header(OSARC_SEX_FEMALE, 60, 1.64);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        osarc_clinical *c = table(CASES[i].text);
        double height_m = osarc_patient_facts_of(c, &a).height_m;
        if (isnan(CASES[i].height_m))
            cr_expect(isnan(height_m) != 0, "%s", CASES[i].text);
        else
            cr_expect(eq(dbl, height_m, CASES[i].height_m));
        osarc_clinical_free(c);
    }
}

Test(person, a_table_that_overrules_the_header_does)
{
    osarc_acquisition a = header(OSARC_SEX_FEMALE, 60, 1.64);
    osarc_clinical *c = table("patient_id,sex,height_m,overrules_header\nP1,M,1.80,yes\n");
    osarc_patient_facts p = osarc_patient_facts_of(c, &a);
    cr_expect(eq(int, p.person.sex, OSARC_SEX_MALE));
    cr_expect(eq(dbl, p.height_m, 1.8));
    osarc_clinical_free(c);
}

Test(person, what_cannot_be_is_not_known)
{
    osarc_acquisition a = header(OSARC_SEX_FEMALE, 999, 164);
    osarc_patient_facts p = osarc_patient_facts_of(NULL, &a);
    cr_expect(isnan(p.person.age_years) != 0);
    cr_expect(isnan(p.height_m) != 0);
}

Test(person, a_scan_without_an_id_takes_nothing_from_the_table)
{
    osarc_acquisition a = header(OSARC_SEX_UNKNOWN, NAN, NAN);
    osarc_clinical *c = table("patient_id,sex,height_m\nP1,M,1.80\n");
    a.patient_id[0] = '\0';
    osarc_patient_facts p = osarc_patient_facts_of(c, &a);
    cr_expect(eq(int, p.person.sex, OSARC_SEX_UNKNOWN));
    cr_expect(isnan(p.height_m) != 0);
    osarc_clinical_free(c);
}

Test(person, of_several_scans_is_who_classes_stand_on)
{
    osarc_acquisition a[2] = {header(OSARC_SEX_FEMALE, 60, 1.62),
                              header(OSARC_SEX_UNKNOWN, 61, 1.61)};
    const osarc_patient_scan scans[2] = {{&a[0], 1}, {&a[1], 2}};
    const osarc_patient patient = {.patient_id = "P1", .scans = scans, .scan_count = 2};
    snprintf(a[0].study_date, sizeof(a[0].study_date), "20240101");
    snprintf(a[1].study_date, sizeof(a[1].study_date), "20250101");
    osarc_patient_facts p = osarc_patient_facts_all(&patient);
    cr_expect(eq(int, p.person.sex, OSARC_SEX_FEMALE));
    cr_expect(eq(dbl, p.person.age_years, 61)); /* of the most recent */
    cr_expect(eq(dbl, p.height_m, 1.61));
    a[1].sex = OSARC_SEX_MALE;
    a[1].height_m = 1.75;
    p = osarc_patient_facts_all(&patient);
    cr_expect(eq(int, p.person.sex, OSARC_SEX_UNKNOWN));
    cr_expect(isnan(p.height_m) != 0);
}
