/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <unistd.h>

#include <osarc/report.h>

#include "png_help.h"

TestSuite(report_dxa_png, .init = make_folder, .fini = drop_folder);

static osarc_error err = OSARC_ERROR_INIT;
static float values[40 * 60];
static uint8_t labels[40 * 60];

static osarc_dxa_panel make_panel(void)
{
    static const osarc_label NAMES[] = {{29, "L3"}};
    for (size_t i = 0; i < 2400; i++) {
        values[i] = (float) (i % 40) / 40;
        labels[i] = i % 40 > 10 && i % 40 < 30 && i / 40 > 20 && i / 40 < 40 ? 29 : 0;
    }
    values[5] = NAN;
    return (osarc_dxa_panel){.caption = "bone",
                             .values = values,
                             .labels = labels,
                             .names = NAMES,
                             .name_count = 1,
                             .columns = 40,
                             .rows = 60,
                             .spacing_mm = {3, 3},
                             .low = 0,
                             .high = 1};
}

/* Memory that was used before must not show: what is not drawn is background. */
Test(report_dxa_png, draws_the_same_bytes_whatever_memory_held)
{
    osarc_dxa_panel panels[2] = {make_panel(), make_panel()};
    uint8_t *bytes[2];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        uint8_t *dirt = osi_alloc_raw(1 << 24, 1, &err);
        cr_assert(dirt != NULL);
        memset(dirt, i ? 0xA5 : 0x3C, 1 << 24);
        osi_free(dirt);
        EXPECT_OK(osarc_report_dxa_png(panels, 2, "series 1", 1, path, &err));
        EXPECT_OK(osi_file_read(&bytes[i], &sizes[i], path, 1 << 24, &err));
    }
    cr_expect(eq(sz, sizes[0], sizes[1]));
    cr_expect(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
    cr_expect(memcmp(bytes[0], "\x89PNG", 4) == 0);
    osi_free(bytes[0]);
    osi_free(bytes[1]);
}

static const uint8_t *pixel_at(const picture *p, size_t x, size_t y)
{
    cr_assert(x < p->width && y < p->height);
    return p->rgb + 3 * (y * p->width + x);
}

static int is_colour(const uint8_t *rgb, uint32_t wanted)
{
    return ((uint32_t) rgb[0] << 16 | (uint32_t) rgb[1] << 8 | rgb[2]) == wanted;
}

/* The box around all pixels of a colour: left, top, and what lies beyond it. */
static void box_of(size_t box[4], const picture *p, uint32_t colour)
{
    box[0] = p->width;
    box[1] = p->height;
    box[2] = box[3] = 0;
    for (size_t y = 0; y < p->height; y++)
        for (size_t x = 0; x < p->width; x++) {
            if (!is_colour(pixel_at(p, x, y), colour))
                continue;
            box[0] = x < box[0] ? x : box[0];
            box[1] = y < box[1] ? y : box[1];
            box[2] = x + 1 > box[2] ? x + 1 : box[2];
            box[3] = y + 1 > box[3] ? y + 1 : box[3];
        }
}

/* A map of 120 x 180 mm on paper at 4 pixels a mm: each of its pixels is 12 x 12. */
#define CELL 12u

/* Column c holds c / 40: of 0 to 1 that is grey 255 c / 40, of 0 to 2 half of it. One of grey is
 * what rounding may take. */
Test(report_dxa_png, shows_each_value_where_it_is_and_regions_by_their_outline)
{
    static const uint32_t OUTLINE = 0xB6A6FF; /* the sixth colour: 29 = 4 * 6 + 5 */
    osarc_dxa_panel panels[2] = {make_panel(), make_panel()};
    size_t box[4];
    panels[1].labels = NULL;
    panels[1].high = 2;
    EXPECT_OK(osarc_report_dxa_png(panels, 2, "series 1", 1, path, &err));
    picture p = read_png();
    box_of(box, &p, OUTLINE);
    /* columns 11 to 29 and rows 21 to 39 are labelled */
    cr_assert(eq(sz, box[2] - box[0], 19 * CELL));
    cr_assert(eq(sz, box[3] - box[1], 19 * CELL));
    size_t left = box[0] - 11 * CELL;
    size_t top = box[1] - 21 * CELL;
    for (size_t c = 0; c < 40; c++) {
        const uint8_t *rgb = pixel_at(&p, left + c * CELL + CELL / 2, top + 5 * CELL);
        cr_expect(lt(dbl, fabs(rgb[0] - 255.0 * (double) c / 40), 1.001), "column %zu", c);
        cr_expect(rgb[0] == rgb[1] && rgb[1] == rgb[2], "a colour in column %zu", c);
        /* the second panel is as wide as the first, and what is between them */
        rgb =
            pixel_at(&p, left + 40 * CELL + 2 * 17 + 2 * 16 + c * CELL + CELL / 2, top + 5 * CELL);
        cr_expect(lt(dbl, fabs(rgb[0] - 127.5 * (double) c / 40), 1.001), "column %zu", c);
    }
    /* what is not known is black; inside the region, beside its name, the map shows through */
    cr_expect(is_colour(pixel_at(&p, left + 5 * CELL + 6, top + 6), 0));
    const uint8_t *inside = pixel_at(&p, left + 12 * CELL + 6, top + 22 * CELL + 6);
    cr_expect(lt(dbl, fabs(inside[0] - 255.0 * 12 / 40), 1.001));
    osi_free(p.rgb);
}

Test(report_dxa_png, refuses_panels_that_cannot_be_drawn)
{
    osarc_dxa_panel good = make_panel();
    osarc_dxa_panel bad = good;
    bad.values = NULL;
    EXPECT_REFUSED(osarc_report_dxa_png(&bad, 1, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    bad = good;
    bad.high = bad.low;
    EXPECT_REFUSED(osarc_report_dxa_png(&bad, 1, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    bad = good;
    bad.spacing_mm[1] = NAN;
    EXPECT_REFUSED(osarc_report_dxa_png(&bad, 1, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_dxa_png(&good, 0, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_dxa_png(&good, 1, "", 1, NULL, &err), OSARC_ERR_ARGUMENT);
    cr_expect(access(path, F_OK) != 0);
}
