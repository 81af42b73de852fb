/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_femur.h>

/* Rows of a femur made by hand in an image of a checkerboard, so that every number is known. */

#define SIDE  12
#define COUNT (SIDE * SIDE * SIDE)
#define ROWS  5

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_image *image;
    size_t voxels[COUNT];
    osarc_acquisition acquisition;
    osarc_measure_context context;
    osarc_femur femur;
    osarc_femur_level level;
    osarc_findings *findings;
} scene;

/* 190 and 210 HU by turns: a mean of 200. */
static void make(scene *s)
{
    osarc_grid grid = {.size = {SIDE, SIDE, SIDE},
                       .spacing_mm = {1, 1, 1},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_image_create(&s->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    int16_t *hu = osarc_image_fill(s->image);
    for (size_t i = 0; i < COUNT; i++) {
        hu[i] = (i % SIDE + i / SIDE % SIDE + i / (SIDE * SIDE)) % 2 ? 210 : 190;
        s->voxels[i] = i;
    }
    osarc_acquisition_init(&s->acquisition);
    snprintf(s->acquisition.modality, sizeof(s->acquisition.modality), "CT");
    s->acquisition.contrast = OSARC_CONTRAST_NONE;
    s->acquisition.kvp = 120;
    s->context = (osarc_measure_context){"case", &s->acquisition, ""};
    s->femur = (osarc_femur){.side = OSARC_SIDE_RIGHT,
                             .side_from = "as made",
                             .head_radius_mm = 24,
                             .head_in_view = 1,
                             .neck_least_mm = 31,
                             .neck_shaft_deg = 127,
                             .anteversion_deg = NAN};
    s->level = (osarc_femur_level){.femur = &s->femur, .head = {s->voxels, COUNT, NULL}};
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
}

static void drop(scene *s)
{
    osarc_image_free(s->image);
    osarc_findings_free(s->findings);
}

static void measure(scene *s)
{
    EXPECT_OK(osarc_measure_femurs(s->findings, &s->context, s->image, &s->level, 1, &err));
}

/* The only row of that quantity. */
static const osarc_finding *find(const scene *s, const char *quantity)
{
    const osarc_finding *found = NULL;
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        if (strcmp(row->quantity, quantity) != 0)
            continue;
        cr_assert(found == NULL, "%s twice", quantity);
        found = row;
    }
    cr_assert(found != NULL, "no %s", quantity);
    return found;
}

static void expect_value(const scene *s, const char *quantity, const char *level, const char *unit,
                         double value, osarc_quality quality)
{
    const osarc_finding *row = find(s, quantity);
    cr_expect(eq(str, (char *) row->site, "femur"));
    cr_expect(eq(str, (char *) row->side, "right"));
    cr_expect(eq(str, (char *) row->level, (char *) level));
    cr_expect(eq(str, (char *) row->unit, (char *) unit));
    cr_expect(epsilon_eq(dbl, row->value, value, 1e-9), "%s", quantity);
    cr_expect(eq(int, (int) row->quality, (int) quality), "%s: %s", quantity, row->note);
}

static void expect_refused_row(const scene *s, const char *quantity, const char *why)
{
    const osarc_finding *row = find(s, quantity);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", quantity);
    cr_expect(isnan(row->value), "%s", quantity);
    cr_expect(strstr(row->note, why) != NULL, "%s: '%s'", quantity, row->note);
}

Test(measure_femur, each_landmark_has_its_row_with_its_unit)
{
    scene s;
    make(&s);
    measure(&s);
    cr_expect(eq(sz, osarc_findings_count(s.findings), ROWS));
    expect_value(&s, "hu_trabecular", "head", "HU", 200, OSARC_QUALITY_OK);
    expect_value(&s, "radius", "head", "mm", 24, OSARC_QUALITY_OK);
    expect_value(&s, "width", "neck", "mm", 31, OSARC_QUALITY_OK);
    expect_value(&s, "neck_shaft_angle", "neck", "deg", 127, OSARC_QUALITY_OK);
    /* 10 HU about the mean, by turns: neighbours are no more alike than by chance, so the interval
     * is narrower than the spread of one voxel */
    const osarc_finding *head = find(&s, "hu_trabecular");
    cr_expect(lt(dbl, head->ci_low, 200));
    cr_expect(gt(dbl, head->ci_high, 200));
    cr_expect(lt(dbl, head->ci_high - head->ci_low, 10));
    drop(&s);
}

Test(measure_femur, an_anteversion_that_is_known_has_its_row)
{
    scene s;
    make(&s);
    s.femur.anteversion_deg = 14;
    measure(&s);
    expect_value(&s, "anteversion", "neck", "deg", 14, OSARC_QUALITY_OK);
    drop(&s);
}

Test(measure_femur, a_head_that_is_cut_weakens_its_rows)
{
    scene s;
    make(&s);
    s.femur.head_in_view = 0.8;
    measure(&s);
    expect_value(&s, "radius", "head", "mm", 24, OSARC_QUALITY_WARNING);
    cr_expect(strstr(find(&s, "radius")->note, "80 %") != NULL);
    drop(&s);
}

Test(measure_femur, contrast_voltage_and_kernel_weaken_attenuation_alone)
{
    scene s;
    make(&s);
    s.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    measure(&s);
    expect_value(&s, "hu_trabecular", "head", "HU", 200, OSARC_QUALITY_WARNING);
    expect_value(&s, "radius", "head", "mm", 24, OSARC_QUALITY_OK);
    drop(&s);
    make(&s);
    s.acquisition.kvp = 140;
    measure(&s);
    expect_value(&s, "hu_trabecular", "head", "HU", 200, OSARC_QUALITY_WARNING);
    expect_value(&s, "width", "neck", "mm", 31, OSARC_QUALITY_OK);
    drop(&s);
}

Test(measure_femur, refuses_every_row_of_a_femur_with_metal)
{
    scene s;
    make(&s);
    snprintf(s.femur.refused_all, sizeof(s.femur.refused_all), "metal in the hip");
    measure(&s);
    cr_expect(eq(sz, osarc_findings_count(s.findings), ROWS));
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++)
        expect_refused_row(&s, osarc_findings_at(s.findings, i)->quantity, "metal in the hip");
    drop(&s);
}

Test(measure_femur, refuses_width_and_angle_of_a_neck_that_is_cut_and_keeps_the_head)
{
    scene s;
    make(&s);
    snprintf(s.femur.refused_neck, sizeof(s.femur.refused_neck), "the view cuts the neck");
    measure(&s);
    expect_refused_row(&s, "width", "the view cuts the neck");
    expect_refused_row(&s, "neck_shaft_angle", "the view cuts the neck");
    expect_refused_row(&s, "anteversion", "the view cuts the neck");
    expect_value(&s, "radius", "head", "mm", 24, OSARC_QUALITY_OK);
    drop(&s);
}

Test(measure_femur, refuses_an_angle_without_a_shaft_and_keeps_the_width)
{
    scene s;
    make(&s);
    s.femur.neck_shaft_deg = NAN;
    snprintf(s.femur.refused_total, sizeof(s.femur.refused_total), "less of the shaft in view");
    measure(&s);
    expect_refused_row(&s, "neck_shaft_angle", "less of the shaft in view");
    expect_value(&s, "width", "neck", "mm", 31, OSARC_QUALITY_OK);
    drop(&s);
}

Test(measure_femur, refuses_anteversion_without_the_condyles)
{
    scene s;
    make(&s);
    measure(&s);
    expect_refused_row(&s, "anteversion", "condyles");
    drop(&s);
}

Test(measure_femur, refuses_attenuation_of_a_head_without_spongy_bone_or_out_of_view)
{
    scene s;
    make(&s);
    s.level.head = (osarc_region){NULL, 0, "no trabecular bone"};
    measure(&s);
    expect_refused_row(&s, "hu_trabecular", "no trabecular bone");
    drop(&s);
    make(&s);
    osarc_image_fill(s.image)[7] = OSARC_OUTSIDE;
    measure(&s);
    expect_refused_row(&s, "hu_trabecular", "");
    expect_value(&s, "radius", "head", "mm", 24, OSARC_QUALITY_OK);
    drop(&s);
}

Test(measure_femur, refuses_images_in_other_units_and_calls_without_their_parts)
{
    scene s;
    osarc_image *raw = NULL;
    make(&s);
    EXPECT_OK(osarc_image_create(&raw, osarc_image_grid(s.image), OSARC_UNIT_MG_CM3, 1, 0, &err));
    EXPECT_REFUSED(osarc_measure_femurs(s.findings, &s.context, raw, &s.level, 1, &err),
                   OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_measure_femurs(NULL, &s.context, s.image, &s.level, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_femurs(s.findings, NULL, s.image, &s.level, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_femurs(s.findings, &s.context, NULL, &s.level, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_femurs(s.findings, &s.context, s.image, NULL, 1, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, osarc_findings_count(s.findings), 0));
    EXPECT_OK(osarc_measure_femurs(s.findings, &s.context, s.image, NULL, 0, &err));
    cr_expect(eq(sz, osarc_findings_count(s.findings), 0));
    osarc_image_free(raw);
    drop(&s);
}
