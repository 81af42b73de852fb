/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/report.h>

#include "overlay.h"
#include "png_help.h"

TestSuite(report_overlay, .init = make_folder, .fini = drop_folder);

/* 60 x 50 x 30 voxels of 4, 4, 8 mm; muscle on the patient's right, fat on the left. */
static osarc_grid make_grid(void)
{
    osarc_grid grid = {
        .size = {60, 50, 30},
        .spacing_mm = {4, 4, 8},
        .origin_mm = {-118, -98, -1000},
        .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    };
    return grid;
}

typedef struct scene {
    osarc_image *image;
    osarc_mask *mask;
} scene;

static scene make_scene(osarc_unit unit)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = make_grid();
    scene s = {NULL, NULL};
    EXPECT_OK(osarc_image_create(&s.image, &grid, unit, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s.mask, &grid, &err));
    for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
        osarc_image_fill(s.image)[i] = 40;
        osarc_mask_fill(s.mask)[i] =
            i % 60 < 30 ? OSARC_TISSUE_MUSCLE : OSARC_TISSUE_SUBCUTANEOUS_FAT;
    }
    return s;
}

static void free_scene(scene *s)
{
    osarc_image_free(s->image);
    osarc_mask_free(s->mask);
}

Test(report_overlay, shows_each_tissue_in_its_colour_and_on_its_side)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    osarc_overlay_options options = {.title = "series 1: CT \xC3\xA4 <b>&"};
    EXPECT_OK(osarc_report_overlay_png(s.image, s.mask, NULL, &options, path, &err));
    picture p = read_png();
    /* 240 x 200 x 240 mm: scale is 1560 / 680 mm, axial panel first, 551 pixels wide */
    double scale = 1560.0 / 680;
    uint32_t axial_end = (uint32_t) (20 + 240 * scale);
    uint8_t grey = 128; /* 40 HU in the middle of the window */
    double muscle_x;
    double fat_x;
    size_t muscle =
        count_colour(&p, overlay_blend(grey, OSARC_TISSUE_MUSCLE), 0, axial_end, &muscle_x);
    size_t fat =
        count_colour(&p, overlay_blend(grey, OSARC_TISSUE_SUBCUTANEOUS_FAT), 0, axial_end, &fat_x);
    /* half the axial panel each, less the letters over it */
    double half = 120 * scale * 200 * scale;
    cr_expect(gt(dbl, (double) muscle, 0.98 * half));
    cr_expect(le(dbl, (double) muscle, 1.01 * half));
    cr_expect(gt(dbl, (double) fat, 0.98 * half));
    /* patient's right on the left of the picture, each in the middle of its half */
    cr_expect(epsilon_eq(dbl, muscle_x, 20 + 60 * scale, 3));
    cr_expect(epsilon_eq(dbl, fat_x, 20 + 180 * scale, 3));
    double plain_x;
    size_t plain = count_colour(&p, 0x808080, 0, axial_end, &plain_x);
    cr_expect(gt(dbl, (double) plain, 2 * 0.98 * half)); /* the grey panel above */
    osi_free(p.rgb);
    free_scene(&s);
}

Test(report_overlay, legends_only_what_is_seen)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    for (int round = 0; round < 2; round++) {
        double x;
        EXPECT_OK(osarc_report_overlay_png(s.image, s.mask, NULL, NULL, path, &err));
        picture p = read_png();
        /* swatches are drawn as over a grey of 140, which this scene does not hold */
        size_t metal = count_colour(&p, overlay_blend(140, OSARC_TISSUE_METAL), 0, p.width, &x);
        size_t muscle = count_colour(&p, overlay_blend(140, OSARC_TISSUE_MUSCLE), 0, p.width, &x);
        cr_expect(eq(sz, muscle, 24 * 16));
        cr_expect(eq(sz, metal, round ? 24 * 16 : 0));
        osi_free(p.rgb);
        for (size_t i = 0; i < 60 * 50 * 30; i++)
            if (i % 60 < 30)
                osarc_mask_fill(s.mask)[i] = i % 60 < 10 ? OSARC_TISSUE_METAL : OSARC_TISSUE_MUSCLE;
    }
    free_scene(&s);
}

Test(report_overlay, writes_the_same_bytes_for_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    for (size_t i = 0; i < 60 * 50 * 30; i++)
        osarc_image_fill(s.image)[i] = (int16_t) (i * 7919 % 1200 - 900);
    char *first = NULL;
    size_t first_size = 0;
    for (int threads = 1; threads < 5; threads++) {
        osarc_overlay_options options = {.threads = threads};
        size_t size = 0;
        EXPECT_OK(osarc_report_overlay_png(s.image, s.mask, NULL, &options, path, &err));
        char *bytes = read_whole(&size);
        if (!first) {
            first = bytes;
            first_size = size;
            continue;
        }
        cr_assert(eq(sz, size, first_size));
        cr_expect(memcmp(bytes, first, size) == 0);
        osi_free(bytes);
    }
    osi_free(first);
    free_scene(&s);
}

Test(report_overlay, draws_slabs_rods_and_single_voxels)
{
    static const struct {
        size_t size[3];
        double spacing_mm[3];
    } SHAPES[] = {
        {{512, 512, 2}, {0.98, 0.98, 2}}, {{2, 2, 900}, {1, 1, 5}},
        {{1, 1, 1}, {0.1, 0.1, 0.1}},     {{1, 1, 1}, {900, 900, 900}},
        {{3000, 3, 3}, {0.1, 10, 10}},
    };
    for (size_t n = 0; n < sizeof(SHAPES) / sizeof(SHAPES[0]); n++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_grid grid = make_grid();
        osarc_image *image = NULL;
        osarc_mask *mask = NULL;
        memcpy(grid.size, SHAPES[n].size, sizeof(grid.size));
        memcpy(grid.spacing_mm, SHAPES[n].spacing_mm, sizeof(grid.spacing_mm));
        EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
        EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
        EXPECT_OK(osarc_report_overlay_png(image, mask, NULL, NULL, path, &err));
        picture p = read_png();
        cr_expect(p.width <= 2500 && p.height <= 1600, "%u x %u", p.width, p.height);
        osi_free(p.rgb);
        osarc_image_free(image);
        osarc_mask_free(mask);
    }
}

Test(report_overlay, refuses_what_does_not_fit_together)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    scene density = make_scene(OSARC_UNIT_MG_CM3);
    osarc_grid moved = make_grid();
    moved.origin_mm[0] += 4;
    osarc_mask *other = NULL;
    EXPECT_OK(osarc_mask_create(&other, &moved, &err));
    static const double OUTSIDE[3] = {0, 0, 0}; /* z is -1002 to -764 */
    static const double NOWHERE[3] = {0, 0, NAN};
    osarc_overlay_options bad = {.window_width_hu = -1};
    osarc_overlay_options worse = {.window_width_hu = NAN};

    EXPECT_REFUSED(osarc_report_overlay_png(s.image, other, NULL, NULL, path, &err),
                   OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(osarc_report_overlay_png(density.image, s.mask, NULL, NULL, path, &err),
                   OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, OUTSIDE, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, NOWHERE, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, NULL, &bad, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, NULL, &worse, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_overlay_png(NULL, s.mask, NULL, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, NULL, NULL, NULL, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(int, entries(), 0));
    osarc_mask_free(other);
    free_scene(&density);
    free_scene(&s);
}

Test(report_overlay, refuses_to_draw_without_a_font_since_sides_could_not_be_told)
{
    osarc_error err = OSARC_ERROR_INIT;
    static const char EMPTY[] = "<?xml version=\"1.0\"?><fontconfig></fontconfig>";
    char fonts[80];
    snprintf(fonts, sizeof(fonts), "%s/fonts.conf", folder);
    EXPECT_OK(osi_file_write(fonts, EMPTY, sizeof(EMPTY) - 1, &err));
    setenv("FONTCONFIG_FILE", fonts, 1);
    scene s = make_scene(OSARC_UNIT_HU);
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, NULL, NULL, path, &err),
                   OSARC_ERR_UNSUPPORTED);
    cr_expect(eq(int, entries(), 1)); /* the list of fonts */
    free_scene(&s);
}

Test(report_overlay, leaves_nothing_behind_when_it_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s = make_scene(OSARC_UNIT_HU);
    osarc_overlay_options options = {.title = "t", .threads = 1};
    EXPECT_REFUSED(osarc_report_overlay_png(s.image, s.mask, NULL, &options, nowhere, &err),
                   OSARC_ERR_IO);
    long n = 0;
    osarc_status status;
    do {
        osi_alloc_fail_at(++n);
        status = osarc_report_overlay_png(s.image, s.mask, NULL, &options, path, &err);
        cr_assert(status == OSARC_OK || (status == OSARC_ERR_MEMORY && entries() == 0));
    } while (status);
    cr_expect(gt(long, n, 8));
    cr_expect(eq(int, entries(), 1));
    free_scene(&s);
}
