/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/report.h>

#include "png_help.h"

TestSuite(report_overlay_hip, .init = make_folder, .fini = drop_folder);

#define SIDE 120 /* pixels of 0.5 mm */

/* A block of bone of 50 mm: its inner third is neck, its outer third intertrochanteric. */
typedef struct scene {
    float g_cm2[SIDE * SIDE];
    uint8_t labels[SIDE * SIDE];
    osarc_hip_line lines[4];
    osarc_hip_panel panel;
} scene;

static void make(scene *s)
{
    memset(s, 0, sizeof(*s));
    for (size_t j = 10; j < 110; j++)
        for (size_t i = 10; i < 110; i++) {
            s->g_cm2[j * SIDE + i] = 0.904F;
            s->labels[j * SIDE + i] = i >= 77 ? 1 : i >= 43 ? 2 : 3;
        }
    static const char *const NAMES[4] = {"neck", "trochanter", "intertrochanter", "total"};
    for (int r = 0; r < 4; r++)
        s->lines[r] = (osarc_hip_line){NAMES[r], 5, 4, 0.8, -0.5};
    s->panel = (osarc_hip_panel){.size = {SIDE, SIDE},
                                 .pixel_mm = 0.5,
                                 .g_cm2 = s->g_cm2,
                                 .labels = s->labels,
                                 .heading = "right femur",
                                 .head_mm = {40, 40},
                                 .head_radius_mm = 10,
                                 .neck_mm = {{40, 40}, {10, 20}},
                                 .shaft_mm = {{10, 20}, {10, 0}},
                                 .box_mm = {{NAN, NAN}, {NAN, NAN}, {NAN, NAN}, {NAN, NAN}},
                                 .lines = s->lines,
                                 .line_count = 4};
}

static void expect_sides(scene *s, int is_left)
{
    osarc_error err = OSARC_ERROR_INIT;
    double neck = 0;
    double shaft = 0;
    s->panel.is_left = is_left;
    EXPECT_OK(osarc_report_hip_png(&s->panel, 1, "series 1", path, 1, &err));
    picture p = read_png();
    /* outlines of a third of the block, 2 pixels wide: over 2 * 2 * 200 of each */
    cr_expect(gt(sz, count_colour(&p, 0x56B4E9, 0, p.width, &neck), 600));
    cr_expect(gt(sz, count_colour(&p, 0xE69F00, 0, p.width, &shaft), 600));
    cr_expect(eq(int, neck > shaft, !is_left));
    osi_free(p.rgb);
}

Test(report_overlay_hip, outlines_each_region_with_the_middle_of_the_body_inside)
{
    scene s;
    make(&s);
    expect_sides(&s, 0);
    expect_sides(&s, 1);
}

Test(report_overlay_hip, shows_density_as_grey)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s;
    double middle;
    make(&s);
    EXPECT_OK(osarc_report_hip_png(&s.panel, 1, NULL, path, 1, &err));
    picture p = read_png();
    /* 0.904 of 1.8 g/cm2 is 128; 200 x 200 pixels less outlines and axes */
    cr_expect(gt(sz, count_colour(&p, 0x808080, 0, p.width, &middle), 0.85 * 200 * 200));
    osi_free(p.rgb);
}

Test(report_overlay_hip, two_femurs_stand_side_by_side)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s;
    make(&s);
    EXPECT_OK(osarc_report_hip_png(&s.panel, 1, "a", path, 1, &err));
    picture one = read_png();
    const osarc_hip_panel both[2] = {s.panel, s.panel};
    EXPECT_OK(osarc_report_hip_png(both, 2, "a", path, 1, &err));
    picture two = read_png();
    cr_expect(gt(u32, two.width, one.width + 500));
    cr_expect(eq(u32, two.height, one.height));
    osi_free(one.rgb);
    osi_free(two.rgb);
}

Test(report_overlay_hip, draws_a_plane_without_bone)
{
    osarc_error err = OSARC_ERROR_INIT;
    scene s;
    make(&s);
    memset(s.labels, 0, sizeof(s.labels));
    EXPECT_OK(osarc_report_hip_png(&s.panel, 1, "a", path, 1, &err));
}

static void expect_refused(const osarc_hip_panel *panels, size_t count, const char *to,
                           osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_REFUSED(osarc_report_hip_png(panels, count, "a", to, 1, &err), wanted);
}

Test(report_overlay_hip, refuses_what_it_cannot_draw)
{
    scene s;
    make(&s);
    const osarc_hip_panel three[3] = {s.panel, s.panel, s.panel};
    expect_refused(NULL, 1, path, OSARC_ERR_ARGUMENT);
    expect_refused(&s.panel, 0, path, OSARC_ERR_ARGUMENT);
    expect_refused(three, 3, path, OSARC_ERR_ARGUMENT);
    expect_refused(&s.panel, 1, NULL, OSARC_ERR_ARGUMENT);
    osarc_hip_panel broken = s.panel;
    broken.g_cm2 = NULL;
    expect_refused(&broken, 1, path, OSARC_ERR_ARGUMENT);
    broken = s.panel;
    broken.pixel_mm = 0;
    expect_refused(&broken, 1, path, OSARC_ERR_ARGUMENT);
    broken = s.panel;
    broken.heading = NULL;
    expect_refused(&broken, 1, path, OSARC_ERR_ARGUMENT);
    expect_refused(&s.panel, 1, "/nowhere/a.png", OSARC_ERR_IO);
}
