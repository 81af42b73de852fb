/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cairo.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include <plot_private.h>

static const osi_plot_options PLAIN = {.title = "Title",
                                       .x = {.label = "x", .low = 0, .high = 10},
                                       .y = {.label = "y", .low = -1, .high = 1}};

static void read_back(uint8_t **bytes, size_t *size, const char *path)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_file_read(bytes, size, path, 1 << 24, &err));
}

static void draw_something(osi_plot *plot)
{
    const double x[] = {1, 2, NAN, 4, 30};
    const double y[] = {0, .5, .5, -.5, 9};
    const double out[] = {.9};
    osi_box box = {-.5, -.2, 0, .2, .5, out, 1};
    osi_plot_band(plot, -.2, .2, osi_plot_shade(1));
    osi_plot_level(plot, 0, osi_plot_ink(4), "zero");
    osi_plot_area(plot, x, y, y, 2, osi_plot_shade(0));
    osi_plot_path(plot, x, y, 5, osi_plot_ink(2));
    for (size_t i = 0; i < 6; i++)
        osi_plot_points(plot, x, y, 5, osi_plot_ink(i));
    osi_plot_box(plot, 6, 1, &box, osi_plot_ink(1));
    osi_plot_text(plot, 1, 1, "n = 5");
}

Test(validate_plot, the_same_drawing_gives_the_same_bytes)
{
    osarc_error err = OSARC_ERROR_INIT;
    char folder[] = "/tmp/osarc-plot-XXXXXX";
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    uint8_t *bytes[2];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        char path[64];
        snprintf(path, sizeof(path), "%s/%d.png", folder, i);
        osi_plot *plot = NULL;
        EXPECT_OK(osi_plot_create(&plot, &PLAIN, &err));
        draw_something(plot);
        EXPECT_OK(osi_plot_write(plot, path, &err));
        osi_plot_free(plot);
        read_back(&bytes[i], &size[i], path);
    }
    cr_assert(eq(sz, size[0], size[1]));
    cr_expect(memcmp(bytes[0], bytes[1], size[0]) == 0);
    /* signature, IHDR, then pHYs: 300 dpi is 11811 (0x2E23) pixels per metre */
    static const uint8_t PHYS[] = {0,    0, 0, 9,    'p',  'H', 'Y',  's',  0,    0,   0x2E,
                                   0x23, 0, 0, 0x2E, 0x23, 1,   0x78, 0xA5, 0x3F, 0x76};
    cr_expect(memcmp(bytes[0] + 33, PHYS, sizeof(PHYS)) == 0);
    osi_free(bytes[0]);
    osi_free(bytes[1]);
    EXPECT_OK(osi_folder_remove(folder, &err));
}

Test(validate_plot, a_written_picture_opens_at_the_stated_size)
{
    osarc_error err = OSARC_ERROR_INIT;
    char path[] = "/tmp/osarc-plot-XXXXXX";
    int file = mkstemp(path);
    cr_assert(file >= 0);
    close(file);
    osi_plot *plot = NULL;
    EXPECT_OK(osi_plot_create(&plot, &PLAIN, &err));
    EXPECT_OK(osi_plot_write(plot, path, &err));
    osi_plot_free(plot);
    cairo_surface_t *back = cairo_image_surface_create_from_png(path);
    cr_expect(eq(int, cairo_image_surface_get_width(back), (int) lround(120 / 25.4 * 300)));
    cr_expect(eq(int, cairo_image_surface_get_height(back), (int) lround(90 / 25.4 * 300)));
    cairo_surface_destroy(back);
    unlink(path);
}

Test(validate_plot, ticks_are_round_numbers_inside_the_range)
{
    osi_ticks t;
    osi_ticks_choose(&t, -0.0153, 0.0333, 5);
    cr_expect(eq(sz, t.count, 5));
    cr_expect(eq(str, t.text[0],
                 "\xE2\x88\x92"
                 "0.01"));
    cr_expect(eq(str, t.text[1], "0.00"));
    cr_expect(eq(str, t.text[4], "0.03"));
    osi_ticks_choose(&t, 0, 1, 5);
    cr_expect(eq(sz, t.count, 6));
    cr_expect(eq(str, t.text[1], "0.2"));
    osi_ticks_choose(&t, 120, 690, 6);
    cr_expect(eq(str, t.text[0], "200"));
    osi_ticks_choose(&t, 0, 3e7, 5);
    cr_expect(eq(str, t.text[1], "5e+06"));
}

/* Grey by the weights of Rec. 601: the first five inks differ by 0.04 or more on paper. */
Test(validate_plot, inks_are_told_apart_in_grey_or_by_marker_and_dash)
{
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < i; j++) {
            osi_ink a = osi_plot_ink(i);
            osi_ink b = osi_plot_ink(j);
            cr_expect(a.marker != b.marker);
        }
    cr_expect(eq(dbl, osi_plot_ink(7).red, osi_plot_ink(1).red));
}

/* R, type 7: quartiles of 1 to 9 and 30 are 3.25, 5.5, 7.75; the fence is at 14.5. */
Test(validate_plot, boxes_follow_tukey)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[] = {30, 1, 2, 3, 4, 9, 8, 7, 6, 5};
    osi_box box;
    double *outliers = NULL;
    EXPECT_OK(osi_box_from_values(&box, &outliers, values, 10, &err));
    cr_expect(epsilon_eq(dbl, box.quartile_low, 3.25, 1e-12));
    cr_expect(epsilon_eq(dbl, box.median, 5.5, 1e-12));
    cr_expect(epsilon_eq(dbl, box.quartile_high, 7.75, 1e-12));
    cr_expect(eq(dbl, box.whisker_low, 1.0));
    cr_expect(eq(dbl, box.whisker_high, 9.0));
    cr_expect(eq(sz, box.outlier_count, 1));
    cr_expect(eq(dbl, outliers[0], 30.0));
    osi_free(outliers);
}

Test(validate_plot, refuses_a_box_of_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_box box;
    double *outliers = (double *) -1;
    EXPECT_REFUSED(osi_box_from_values(&box, &outliers, NULL, 0, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, outliers, NULL));
}

Test(validate_plot, refuses_axes_without_a_finite_range)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_plot *plot = (osi_plot *) -1;
    osi_plot_options bad = PLAIN;
    bad.x.high = NAN;
    EXPECT_REFUSED(osi_plot_create(&plot, &bad, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, plot, NULL));
    bad = PLAIN;
    bad.y.low = 2;
    EXPECT_REFUSED(osi_plot_create(&plot, &bad, &err), OSARC_ERR_ARGUMENT);
    bad = PLAIN;
    bad.x.high = INFINITY;
    EXPECT_REFUSED(osi_plot_create(&plot, &bad, &err), OSARC_ERR_ARGUMENT);
}

Test(validate_plot, refuses_paper_too_small_or_too_large)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_plot *plot = NULL;
    osi_plot_options bad = PLAIN;
    bad.width_mm = 15;
    EXPECT_REFUSED(osi_plot_create(&plot, &bad, &err), OSARC_ERR_ARGUMENT);
    bad.width_mm = 5000;
    EXPECT_REFUSED(osi_plot_create(&plot, &bad, &err), OSARC_ERR_ARGUMENT);
}

Test(validate_plot, widens_a_range_of_one_value)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_plot *plot = NULL;
    osi_plot_options one = PLAIN;
    one.x.low = one.x.high = 5;
    one.equal = 1;
    EXPECT_OK(osi_plot_create(&plot, &one, &err));
    double x[2];
    double y[2];
    osi_plot_range(plot, x, y);
    cr_expect(lt(dbl, x[0], 5.0));
    cr_expect(gt(dbl, x[1], 5.0));
    cr_expect(eq(dbl, x[0], y[0]));
    osi_plot_free(plot);
}

Test(validate_plot, refuses_a_folder_that_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_plot *plot = NULL;
    EXPECT_OK(osi_plot_create(&plot, &PLAIN, &err));
    EXPECT_REFUSED(osi_plot_write(plot, "/tmp/no-such-folder/plot.png", &err), OSARC_ERR_IO);
    osi_plot_free(plot);
}

Test(validate_plot, numbers_on_pictures_keep_their_digits)
{
    char out[40];
    cr_expect(eq(str, (char *) osi_plot_number(out, 1, 2), "1.00"));
    cr_expect(eq(str, (char *) osi_plot_number(out, -0.0152, 3),
                 "\xE2\x88\x92"
                 "0.015"));
    cr_expect(eq(str, (char *) osi_plot_number(out, -0.0001, 2), "0.00"));
    cr_expect(eq(str, (char *) osi_plot_number(out, 78.06, 1), "78.1"));
    cr_expect(eq(str, (char *) osi_plot_number(out, 1e20, 2), "1e+20"));
}
