/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished pictures of densitometers: grey levels as stored, the right way round. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/dicom.h>

#include "make_dicom.h"

static osarc_error err = OSARC_ERROR_INIT;

#define DX_CLASS "1.2.840.10008.5.1.4.1.1.1.1.1"
#define COLUMNS  10
#define ROWS     8

/* Pixel i is i. NULL: as usual; "": left out. */
typedef struct grey_file {
    const char *photometric, *orientation, *protocol, *spacing, *modality;
    int frames;
} grey_file;

static void put_if(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr,
                   const char *text, const char *usual)
{
    const char *value = text ? text : usual;
    if (value[0])
        put_text(to, group, element, vr, value);
}

static osarc_catalogue *look(const char *folder)
{
    osarc_catalogue *catalogue = NULL;
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    return catalogue;
}

static osarc_status read_one(osarc_dxa_grey *out, const grey_file *f)
{
    static dicom_bytes to;
    int frames = f->frames ? f->frames : 1;
    memset(&to, 0, sizeof(to));
    put_start(&to, DX_CLASS, "1.2.840.10008.1.2.1");
    put_text(&to, 0x0008, 0x0016, "UI", DX_CLASS);
    put_if(&to, 0x0008, 0x0060, "CS", f->modality, "CR");
    put_text(&to, 0x0010, 0x0020, "LO", "P1");
    put_if(&to, 0x0018, 0x1030, "LO", f->protocol, "AP Spine");
    put_text(&to, 0x0020, 0x000D, "UI", "1.2.3");
    put_text(&to, 0x0020, 0x000E, "UI", "1.2.3.4");
    put_if(&to, 0x0020, 0x0020, "CS", f->orientation, "L\\F");
    put_u16(&to, 0x0028, 0x0002, 1);
    put_if(&to, 0x0028, 0x0004, "CS", f->photometric, "MONOCHROME2");
    if (frames > 1)
        put_text(&to, 0x0028, 0x0008, "IS", "2");
    put_u16(&to, 0x0028, 0x0010, ROWS);
    put_u16(&to, 0x0028, 0x0011, COLUMNS);
    put_if(&to, 0x0028, 0x0030, "DS", f->spacing, "2\\0.5");
    put_u16(&to, 0x0028, 0x0100, 8);
    put_u16(&to, 0x0028, 0x0101, 8);
    put_u16(&to, 0x0028, 0x0102, 7);
    put_u16(&to, 0x0028, 0x0103, 0);
    put_head(&to, 0x7FE0, 0x0010, "OB", (uint32_t) (COLUMNS * ROWS * frames));
    for (int n = 0; n < frames; n++)
        for (int i = 0; i < COLUMNS * ROWS; i++) {
            uint8_t byte = (uint8_t) i;
            put_raw(&to, &byte, 1);
        }
    const char *folder = make_folder();
    save(folder, "a.dcm", to.data, to.size);
    osarc_catalogue *catalogue = look(folder);
    osarc_status status = osarc_dxa_grey_read(out, catalogue, 0, &err);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
    return status;
}

Test(dxa_grey, levels_size_and_view_are_as_stored)
{
    osarc_dxa_grey grey;
    EXPECT_OK(read_one(&grey, &(grey_file){.protocol = "Left Femur"}));
    cr_expect(eq(sz, grey.columns, COLUMNS));
    cr_expect(eq(sz, grey.rows, ROWS));
    cr_expect(epsilon_eq(dbl, grey.spacing_mm[0], 0.5, 1e-9));
    cr_expect(epsilon_eq(dbl, grey.spacing_mm[1], 2, 1e-9));
    cr_expect(grey.view == OSARC_DXA_VIEW_FEMUR_LEFT && grey.sides_stated);
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        cr_assert(eq(dbl, (double) grey.values[i], (double) i));
    osarc_dxa_grey_free(&grey);
}

Test(dxa_grey, pictures_that_run_to_the_right_are_turned_round)
{
    osarc_dxa_grey grey;
    EXPECT_OK(read_one(&grey, &(grey_file){.orientation = "R\\F"}));
    cr_expect(eq(dbl, (double) grey.values[0], COLUMNS - 1));
    cr_expect(eq(dbl, (double) grey.values[COLUMNS - 1], 0));
    osarc_dxa_grey_free(&grey);
}

Test(dxa_grey, inverted_levels_are_turned_over)
{
    osarc_dxa_grey grey;
    EXPECT_OK(read_one(&grey, &(grey_file){.photometric = "MONOCHROME1"}));
    cr_expect(eq(dbl, (double) grey.values[3], 252));
    osarc_dxa_grey_free(&grey);
}

Test(dxa_grey, unstated_sides_are_told)
{
    osarc_dxa_grey grey;
    EXPECT_OK(read_one(&grey, &(grey_file){.orientation = ""}));
    cr_expect(eq(int, grey.sides_stated, 0));
    osarc_dxa_grey_free(&grey);
}

Test(dxa_grey, pictures_that_do_not_stand_upright_are_refused)
{
    static const char *const WAYS[] = {"L\\H", "P\\F", "F\\L", "X"};
    for (size_t i = 0; i < 4; i++) {
        osarc_dxa_grey grey;
        EXPECT_REFUSED(read_one(&grey, &(grey_file){.orientation = WAYS[i]}), OSARC_ERR_GEOMETRY);
        cr_expect(grey.values == NULL);
    }
}

Test(dxa_grey, a_picture_without_spacing_is_refused)
{
    osarc_dxa_grey grey;
    EXPECT_REFUSED(read_one(&grey, &(grey_file){.spacing = ""}), OSARC_ERR_GEOMETRY);
}

Test(dxa_grey, several_frames_are_refused)
{
    osarc_dxa_grey grey;
    EXPECT_REFUSED(read_one(&grey, &(grey_file){.frames = 2}), OSARC_ERR_UNSUPPORTED);
}

Test(dxa_grey, another_modality_and_no_file_are_refused)
{
    osarc_dxa_grey grey;
    EXPECT_REFUSED(read_one(&grey, &(grey_file){.modality = "MR"}), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_grey_read(&grey, NULL, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_grey_read(NULL, NULL, 0, &err), OSARC_ERR_ARGUMENT);
}
