/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which images are a pair, and which way they run. */
#include <expect.h>
#include <osarc/dicom.h>

#include "dx_help.h"

/* Both energies of one view; the first row as read, and whether sides were assumed. */
static void expect_columns(const char *protocol, const char *orientation, float first, int assumed)
{
    const char *folder = make_folder();
    osarc_dxa_pair *pair = NULL;
    save_dx(folder, "a.dcm", &(dx_image){.protocol = protocol, .orientation = orientation});
    save_dx(
        folder, "b.dcm",
        &(dx_image){.protocol = protocol, .orientation = orientation, .kvp = "140", .base = 1000});
    osarc_catalogue *catalogue = look(folder);
    EXPECT_OK(osarc_dxa_read(&pair, catalogue, 0, NULL, &err));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[20], 20 + first));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[29], 29 - first));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_HIGH)[20], 1020 + first));
    cr_expect(eq(int, osarc_dxa_pair_facts(pair)->sides_assumed, assumed), "%s", protocol);
    osarc_dxa_pair_free(pair);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa_judged, turns_columns_to_the_left_of_the_patient)
{
    expect_columns("Total Body", "L\\F", 0, 0);
    expect_columns("Total Body", "R\\F", 9, 0);
    expect_columns("Left Femur", "R\\F", 9, 0);
    expect_columns("Total Body", NULL, 0, 1);
    expect_columns("Right Femur", NULL, 0, 1);
    expect_columns("AP Spine", NULL, 0, 0);
    /* steps of a wedge belong to nobody */
    expect_columns("Calibration wedge", "R\\F", 0, 0);
}

Test(dicom_dxa_judged, refuses_pixels_and_orientations_that_differ)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){.orientation = "L\\F"});
    save_dx(folder, "b.dcm",
            &(dx_image){.kvp = "140", .orientation = "L\\F", .spacing = "0.55\\0.6"});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_sizes");
    save_dx(folder, "b.dcm", &(dx_image){.kvp = "140", .orientation = "A\\F"});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_orientation");
    save_dx(folder, "b.dcm",
            &(dx_image){.kvp = "140", .orientation = "L\\F", .intent = "FOR PRESENTATION"});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_processed");
    save_dx(folder, "b.dcm", &(dx_image){.kvp = "140", .orientation = "L\\F"});
    expect_row(folder, OSARC_DECISION_DXA_PAIR, "dxa_pair");
    remove_folder(folder);
}

Test(dicom_dxa_judged, refuses_two_frames_made_for_looking_at)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){.frames = 2, .intent = "FOR PRESENTATION"});
    expect_row(folder, OSARC_DECISION_REFUSED, "dxa_processed");
    remove_folder(folder);
}

/* Two radiographs, from front and from the side, at two voltages. */
static void expect_radiographs(const dx_image *front, const dx_image *side)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", front);
    save_dx(folder, "b.dcm", side);
    osarc_catalogue *catalogue = look(folder);
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++)
        cr_expect(osarc_catalogue_series(catalogue, i)->decision == OSARC_DECISION_NOT_A_VOLUME,
                  "%s", osarc_catalogue_series(catalogue, i)->text);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

Test(dicom_dxa_judged, radiographs_of_two_voltages_are_no_pair)
{
    dx_image front = {.modality = "DX", .kvp = "75", .protocol = "L-SPINE"};
    dx_image side = {.modality = "DX", .kvp = "90", .protocol = "L-SPINE"};
    front.intent = side.intent = "FOR PRESENTATION";
    expect_radiographs(&front, &side);
    front.intent = side.intent = "FOR PROCESSING";
    front.orientation = "L\\F";
    side.orientation = "A\\F";
    expect_radiographs(&front, &side);
    /* a protocol that is no view of a densitometer */
    side.orientation = front.orientation;
    front.protocol = side.protocol = "Chest";
    expect_radiographs(&front, &side);
}

/* Images that nothing but a view's name speaks for may be radiographs: they stay what they are, and
 * the row says what a pair would need. */
static void expect_hint(const char *folder, const char *reason, const char *words)
{
    osarc_catalogue *catalogue = look(folder);
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), 1));
    const osarc_series *row = osarc_catalogue_series(catalogue, 0);
    cr_expect(row->decision == OSARC_DECISION_NOT_A_VOLUME, "%s", row->text);
    cr_expect(eq(str, (char *) row->reason, (char *) reason));
    cr_expect(strstr(row->text, words) != NULL, "%s", row->text);
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++)
        cr_expect(eq(sz, osarc_catalogue_input(catalogue, i)->series, 0));
    osarc_catalogue_free(catalogue);
}

Test(dicom_dxa_judged, images_of_no_stated_densitometer_are_told_what_a_pair_lacks)
{
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){.modality = "DX"});
    expect_hint(folder, "dxa_one_energy", "the image of the other is missing");
    save_dx(folder, "b.dcm", &(dx_image){.modality = "DX", .kvp = "140", .rows = 9});
    expect_hint(folder, "dxa_sizes", "different sizes");
    save_dx(folder, "b.dcm", &(dx_image){.modality = "DX"});
    expect_hint(folder, "dxa_energies", "tube voltages");
    save_dx(folder, "b.dcm",
            &(dx_image){.modality = "DX", .kvp = "140", .intent = "FOR PRESENTATION"});
    expect_hint(folder, "dxa_processed", "made for looking at");
    save_dx(folder, "b.dcm", &(dx_image){.modality = "DX", .kvp = "140"});
    save_dx(folder, "c.dcm", &(dx_image){.modality = "DX", .kvp = "100"});
    expect_hint(folder, "dxa_many", "more than two");
    remove_folder(folder);
    folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){.modality = "DX", .protocol = "Scan"});
    save_dx(folder, "b.dcm", &(dx_image){.modality = "DX", .protocol = "Scan", .kvp = "140"});
    expect_hint(folder, "dxa_no_view", "names no view");
    remove_folder(folder);
}
