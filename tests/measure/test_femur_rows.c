/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_femur.h>

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_image *image;
    osarc_measure_context context;
    osarc_femur femur;
    osarc_femur_level level;
    osarc_findings *findings;
} scene;

static void make(scene *s)
{
    const osarc_grid grid = {
        .size = {4, 4, 4}, .spacing_mm = {1, 1, 1}, .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_image_create(&s->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    s->context = (osarc_measure_context){"case", NULL, ""};
    s->femur = (osarc_femur){.side_from = "as made",
                             .head_radius_mm = 24,
                             .head_in_view = 1,
                             .neck_least_mm = 31,
                             .neck_shaft_deg = 127,
                             .anteversion_deg = NAN};
    s->level = (osarc_femur_level){.femur = &s->femur, .head = {NULL, 0, "too little of it"}};
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
}

static void expect_side(osarc_side side, const char *name)
{
    scene s;
    make(&s);
    s.femur.side = side;
    EXPECT_OK(osarc_measure_femurs(s.findings, &s.context, s.image, &s.level, 1, &err));
    cr_expect(gt(sz, osarc_findings_count(s.findings), 3));
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++)
        cr_expect(eq(str, (char *) osarc_findings_at(s.findings, i)->side, (char *) name));
    osarc_findings_free(s.findings);
    osarc_image_free(s.image);
}

Test(measure_femur_rows, have_the_side_and_none_when_it_is_not_known)
{
    expect_side(OSARC_SIDE_LEFT, "left");
    expect_side(OSARC_SIDE_RIGHT, "right");
    expect_side(OSARC_SIDE_UNKNOWN, "");
}

Test(measure_femur_rows, have_a_unit_when_the_femur_is_refused)
{
    scene s;
    make(&s);
    snprintf(s.femur.refused_all, sizeof(s.femur.refused_all), "metal in it");
    EXPECT_OK(osarc_measure_femurs(s.findings, &s.context, s.image, &s.level, 1, &err));
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++) {
        const osarc_finding *row = osarc_findings_at(s.findings, i);
        cr_expect(eq(int, row->quality, OSARC_QUALITY_REFUSED));
        cr_expect(gt(sz, strlen(row->unit), 0), "%s", row->quantity);
        if (strcmp(row->quantity, "hu_trabecular") == 0)
            cr_expect(eq(str, (char *) row->unit, "HU"));
    }
    osarc_findings_free(s.findings);
    osarc_image_free(s.image);
}
