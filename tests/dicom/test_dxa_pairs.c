/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>

#include "dx_help.h"

Test(dicom_dxa, tells_two_energies_apart_by_their_voltage)
{
    static const char *const MODALITIES[] = {"DX", "CR", "OT", "SC", "BMD"};
    for (size_t m = 0; m < 5; m++) {
        const char *folder = make_folder();
        /* the high one first by name */
        save_dx(folder, "a.dcm",
                &(dx_image){.modality = MODALITIES[m], .kvp = "140", .base = 1000});
        save_dx(folder, "b.dcm", &(dx_image){.modality = MODALITIES[m]});
        osarc_catalogue *catalogue = look(folder);
        osarc_dxa_pair *pair = NULL;
        cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), 1));
        const osarc_series *row = osarc_catalogue_series(catalogue, 0);
        cr_expect(row->decision == OSARC_DECISION_DXA_PAIR, "%s", row->text);
        cr_expect(eq(str, (char *) row->view, "ap_spine"));
        cr_expect(eq(str, (char *) row->spacing_from, "PixelSpacing"));
        EXPECT_OK(osarc_dxa_read(&pair, catalogue, 0, NULL, &err));
        const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
        cr_expect(eq(dbl, facts->kvp[0], 76));
        cr_expect(eq(dbl, facts->kvp[1], 140));
        cr_expect(eq(dbl, facts->spacing_mm[0], 0.6));
        cr_expect(eq(dbl, facts->spacing_mm[1], 0.5));
        cr_expect(eq(dbl, facts->ceiling[0], 65535));
        cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[13], 13));
        cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_HIGH)[13], 1013));
        osarc_dxa_pair_free(pair);
        osarc_catalogue_free(catalogue);
        remove_folder(folder);
    }
}

Test(dicom_dxa, takes_two_frames_of_one_file)
{
    const char *folder = make_folder();
    osarc_dxa_pair *pair = NULL;
    osarc_dxa_stated stated;
    save_dx(folder, "a.dcm", &(dx_image){.frames = 2, .kvp = ""});
    osarc_catalogue *catalogue = look(folder);
    osarc_dxa_stated_init(&stated);
    stated.kvp[0] = 70;
    stated.kvp[1] = 140;
    stated.air[0] = 500;
    EXPECT_OK(osarc_dxa_read(&pair, catalogue, 0, &stated, &err));
    cr_expect(eq(dbl, osarc_dxa_pair_facts(pair)->kvp[1], 140));
    cr_expect(eq(dbl, osarc_dxa_pair_facts(pair)->air[0], 500));
    cr_expect(isnan(osarc_dxa_pair_facts(pair)->air[1]));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_HIGH)[0], 80));
    osarc_dxa_pair_free(pair);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa, reads_attenuation_with_its_scale)
{
    const char *folder = make_folder();
    osarc_dxa_pair *pair = NULL;
    save_dx(folder, "a.dcm", &(dx_image){.relation = "LOG", .sign = -1, .slope = "0.25"});
    save_dx(folder, "b.dcm",
            &(dx_image){.relation = "LOG", .sign = 1, .slope = "0.25", .kvp = "140"});
    osarc_catalogue *catalogue = look(folder);
    EXPECT_OK(osarc_dxa_read(&pair, catalogue, 0, NULL, &err));
    cr_expect(eq(int, osarc_dxa_pair_facts(pair)->is_log, 1));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[8], 2.5F));
    /* more intensity for higher values: attenuation is its negative */
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_HIGH)[8], -2.5F));
    osarc_dxa_pair_free(pair);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa, what_the_user_says_of_values_goes_before_the_header)
{
    const char *folder = make_folder();
    osarc_dxa_pair *pair = NULL;
    osarc_dxa_stated stated;
    save_dx(folder, "a.dcm", &(dx_image){.relation = "LOG", .sign = 2, .slope = "0.25"});
    save_dx(folder, "b.dcm",
            &(dx_image){.relation = "LOG", .sign = 1, .slope = "0.25", .kvp = "140"});
    osarc_catalogue *catalogue = look(folder);
    osarc_dxa_stated_init(&stated);
    stated.values = 2;
    EXPECT_OK(osarc_dxa_read(&pair, catalogue, 0, &stated, &err));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[8], 2.5F));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_HIGH)[8], 2.5F));
    osarc_dxa_pair_free(pair);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa, takes_spacing_from_the_best_attribute)
{
    static const struct {
        dx_image image;
        const char *from;
        double mm[2];
    } CASES[] = {
        {{.imager = "1\\2", .nominal = "3\\4", .area = {50, 40}}, "PixelSpacing", {0.6, 0.5}},
        {{.spacing = "", .imager = "1\\2", .nominal = "3\\4"}, "ImagerPixelSpacing", {2, 1}},
        {{.spacing = "", .nominal = "3\\4"}, "NominalScannedPixelSpacing", {4, 3}},
        {{.spacing = "", .area = {50, 40}}, "ExposedArea", {5, 5}},
        {{.spacing = ""}, "", {NAN, NAN}},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *folder = make_folder();
        dx_image image = CASES[i].image;
        image.is_byte = 1;
        save_dx(folder, "a.dcm", &image);
        osarc_catalogue *catalogue = look(folder);
        const osarc_series *row = osarc_catalogue_series(catalogue, 0);
        cr_expect(eq(str, (char *) row->reason, "dxa"));
        cr_expect(eq(str, (char *) row->spacing_from, (char *) CASES[i].from));
        for (int a = 0; a < 2; a++)
            cr_expect(isnan(CASES[i].mm[a]) ? isnan(row->pixel_mm[a])
                                            : row->pixel_mm[a] == CASES[i].mm[a],
                      "%zu: %g", i, row->pixel_mm[a]);
        osarc_catalogue_free(catalogue);
        remove_folder(folder);
    }
}

Test(dicom_dxa, refuses_one_energy_alone)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){0});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_one_energy");
    remove_folder(folder);
}

Test(dicom_dxa, refuses_sizes_that_differ_and_voltages_that_do_not)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){0});
    save_dx(folder, "b.dcm", &(dx_image){.kvp = "140", .rows = 9});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_sizes");
    save_dx(folder, "b.dcm", &(dx_image){.kvp = "78"});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_energies");
    save_dx(folder, "b.dcm", &(dx_image){.kvp = ""});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_energies");
    save_dx(folder, "b.dcm", &(dx_image){.kvp = "140"});
    save_dx(folder, "c.dcm", &(dx_image){.kvp = "100"});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_many");
    remove_folder(folder);
}

Test(dicom_dxa, leaves_radiographs_alone)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){.modality = "DX", .protocol = "Chest PA"});
    expect_row(folder, OSARC_DECISION_NOT_A_VOLUME, "other_modality");
    remove_folder(folder);
}

/* Two files of the same values but for one fact, read. */
static void expect_read_refused(const dx_image *low, osarc_status wanted, const char *word)
{
    const char *folder = make_folder();
    osarc_dxa_pair *pair = NULL;
    dx_image high = *low;
    high.kvp = "140";
    save_dx(folder, "a.dcm", low);
    save_dx(folder, "b.dcm", &high);
    osarc_catalogue *catalogue = look(folder);
    EXPECT_REFUSED(osarc_dxa_read(&pair, catalogue, 0, NULL, &err), wanted);
    cr_expect(strstr(err.text, word) != NULL, "%s", err.text);
    cr_expect(eq(ptr, pair, NULL));
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa, refuses_what_headers_leave_open)
{
    expect_read_refused(&(dx_image){.sign = -1}, OSARC_ERR_QUALITY, "inverted");
    expect_read_refused(&(dx_image){.relation = ""}, OSARC_ERR_UNIT, "neither LIN nor LOG");
    expect_read_refused(&(dx_image){.relation = "LOG", .sign = -1}, OSARC_ERR_UNIT, "no scale");
    expect_read_refused(&(dx_image){.relation = "LOG", .sign = 2, .slope = "0"}, OSARC_ERR_UNIT,
                        "PixelIntensityRelationshipSign");
    expect_read_refused(&(dx_image){.orientation = "L\\H"}, OSARC_ERR_GEOMETRY, "upright");
    expect_read_refused(&(dx_image){.spacing = ""}, OSARC_ERR_GEOMETRY, "spacing");
}

Test(dicom_dxa, refuses_to_read_what_is_no_pair)
{
    const char *folder = make_folder();
    osarc_dxa_pair *pair = NULL;
    save_dx(folder, "a.dcm", &(dx_image){.is_byte = 1});
    osarc_catalogue *catalogue = look(folder);
    EXPECT_REFUSED(osarc_dxa_read(&pair, catalogue, 0, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_read(&pair, catalogue, 7, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_read(NULL, catalogue, 0, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa, writes_what_it_reads)
{
    const char *folder = make_folder();
    osarc_dxa_facts facts;
    osarc_dxa_pair *pair = NULL;
    osarc_dxa_pair *back = NULL;
    osarc_dxa_facts_init(&facts);
    facts.columns = 12;
    facts.rows = 9;
    facts.spacing_mm[0] = 0.6;
    facts.spacing_mm[1] = 1.05;
    facts.kvp[0] = 76;
    facts.kvp[1] = 140;
    facts.view = OSARC_DXA_VIEW_FEMUR_LEFT;
    facts.is_log = 1;
    EXPECT_OK(osarc_dxa_pair_create(&pair, &facts, &err));
    for (size_t i = 0; i < 108; i++) {
        osarc_dxa_pair_fill(pair, OSARC_DXA_LOW)[i] = (float) i / 16;
        osarc_dxa_pair_fill(pair, OSARC_DXA_HIGH)[i] = (float) i / 32;
    }
    EXPECT_OK(osarc_dxa_write(folder, pair, "seed", &err));
    osarc_catalogue *catalogue = look(folder);
    EXPECT_OK(osarc_dxa_read(&back, catalogue, 0, NULL, &err));
    for (int e = 0; e < 2; e++)
        cr_expect(memcmp(osarc_dxa_pair_values(pair, (osarc_dxa_energy) e),
                         osarc_dxa_pair_values(back, (osarc_dxa_energy) e),
                         108 * sizeof(float)) == 0);
    cr_expect(osarc_dxa_pair_facts(back)->view == OSARC_DXA_VIEW_FEMUR_LEFT);
    cr_expect(eq(dbl, osarc_dxa_pair_facts(back)->spacing_mm[1], 1.05));
    osarc_dxa_pair_free(back);
    osarc_catalogue_free(catalogue);
    osarc_dxa_pair_fill(pair, OSARC_DXA_LOW)[0] = 17;
    EXPECT_REFUSED(osarc_dxa_write(folder, pair, "seed", &err), OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_dxa_write(folder, pair, "", &err), OSARC_ERR_ARGUMENT);
    osarc_dxa_pair_free(pair);
    remove_folder(folder);
}

/* Four public pictures of a densitometer: ExposedArea is all they say of their size. */
Test(dicom_dxa, names_real_pictures_and_their_pixels)
{
    static const struct {
        const char *view;
        double mm[2];
    } ROWS[] = {{"ap_spine", {180.0 / 716, 197.0 / 780}},
                {"left_femur", {170.0 / 680, 150.0 / 600}},
                {"total_body", {658.0 / 272, 1920.0 / 791}}};
    const char *folder = OSARC_REAL_DATA "/dxa_lunar";
    if (access(folder, R_OK) != 0) {
        puts("real scans are absent");
        return;
    }
    osarc_catalogue *catalogue = look(folder);
    for (size_t i = 0; i < 3; i++) {
        const osarc_series *row = NULL;
        for (size_t r = 0; r < osarc_catalogue_series_count(catalogue); r++)
            if (strcmp(osarc_catalogue_series(catalogue, r)->view, ROWS[i].view) == 0)
                row = osarc_catalogue_series(catalogue, r);
        cr_assert(row != NULL, "%s", ROWS[i].view);
        cr_expect(eq(str, (char *) row->spacing_from, "ExposedArea"));
        /* quotients of what the header says */
        for (int a = 0; a < 2; a++)
            cr_expect(epsilon_eq(dbl, row->pixel_mm[a], ROWS[i].mm[a], 1e-6));
        cr_expect(strstr(row->text, "holds no density") != NULL);
    }
    osarc_catalogue_free(catalogue);
}
