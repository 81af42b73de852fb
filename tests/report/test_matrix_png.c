/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/report.h>

#include "png_help.h"

TestSuite(report_matrix_png, .init = make_folder, .fini = drop_folder);

static osarc_error err = OSARC_ERROR_INIT;
static const char *const NAMES[] = {"ewgsop2", "fnih"};
static double shades[4] = {0, 1, NAN, 0.5};
static const char *const TEXTS[4] = {"12", NULL, NULL, "7"};
static osarc_matrix matrix = {"Title", "legend", NAMES, 2, shades, TEXTS};

static int grey_at(const picture *p, uint32_t x, uint32_t y)
{
    const uint8_t *rgb = p->rgb + 3 * ((size_t) y * p->width + x);
    cr_expect(rgb[0] == rgb[1] && rgb[1] == rgb[2], "a colour at %u %u", x, y);
    return rgb[0];
}

/* Cells are 54 pixels; corners are looked at, where no letter stands. */
Test(report_matrix_png, is_darker_for_more_and_has_no_colour)
{
    EXPECT_OK(osarc_report_matrix_png(&matrix, path, &err));
    picture p = read_png();
    uint32_t left = 20 + 190;
    uint32_t top = 20 + 48 + 190;
    cr_assert(gt(u32, p.height, top + 108));
    cr_expect(eq(int, grey_at(&p, left + 5, top + 5), 0xFF));
    cr_expect(eq(int, grey_at(&p, left + 54 + 5, top + 5), 0x20));
    cr_expect(eq(int, grey_at(&p, left + 5, top + 54 + 5), 0xFF));
    cr_expect(lt(int, abs(grey_at(&p, left + 54 + 5, top + 54 + 5) - 0x8F), 2));
    /* the stroke of a cell of which nothing is known */
    cr_expect(lt(int, grey_at(&p, left + 27, top + 54 + 27), 0xE0));
    osi_free(p.rgb);
}

Test(report_matrix_png, gives_the_same_bytes_twice)
{
    size_t sizes[2];
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(osarc_report_matrix_png(&matrix, path, &err));
        bytes[i] = read_whole(&sizes[i]);
    }
    cr_assert(eq(sz, sizes[0], sizes[1]));
    cr_expect(0 == memcmp(bytes[0], bytes[1], sizes[0]));
    osi_free(bytes[0]);
    osi_free(bytes[1]);
}

Test(report_matrix_png, refuses_shades_and_sizes_that_cannot_be)
{
    osarc_matrix bad = matrix;
    double dark[4] = {0, 1.01, 0, 0};
    bad.shades = dark;
    EXPECT_REFUSED(osarc_report_matrix_png(&bad, path, &err), OSARC_ERR_ARGUMENT);
    bad = matrix;
    bad.count = 0;
    EXPECT_REFUSED(osarc_report_matrix_png(&bad, path, &err), OSARC_ERR_ARGUMENT);
    bad.count = 65;
    EXPECT_REFUSED(osarc_report_matrix_png(&bad, path, &err), OSARC_ERR_ARGUMENT);
    bad = matrix;
    bad.names = NULL;
    EXPECT_REFUSED(osarc_report_matrix_png(&bad, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_matrix_png(NULL, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_matrix_png(&matrix, "/nowhere/x.png", &err), OSARC_ERR_IO);
}
