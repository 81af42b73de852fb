/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osi/file.h>

#include "ctxa_step.h"
#include "hip_step.h"

static osarc_acquisition header(osarc_sex sex, double age)
{
    osarc_acquisition a;
    osarc_acquisition_init(&a);
    snprintf(a.patient_id, sizeof(a.patient_id), "P1");
    a.sex = sex;
    a.age_years = age;
    return a;
}

typedef struct scene {
    osarc_phantom *phantom;
    osarc_mask *codes;
    series_bone bone;
    series_result result;
    ctxa_found found;
    osarc_findings *findings;
} scene;

static void make(scene *s, const char *metal)
{
    osarc_error err = OSARC_ERROR_INIT;
    memset(s, 0, sizeof(*s));
    osarc_phantom_options options = {
        .pixel_mm = 1.5, .slice_mm = 1.5, .length_mm = 130, .centre_z_mm = -36};
    snprintf(options.metal, sizeof(options.metal), "%s", metal);
    EXPECT_OK(osarc_phantom_create(&s->phantom, "hip", &options, &err));
    const osarc_mask *structures = osarc_phantom_structures(s->phantom);
    EXPECT_OK(osarc_mask_create(&s->codes, osarc_mask_grid(structures), &err));
    const uint8_t *tissue = osarc_mask_labels(osarc_phantom_tissue(s->phantom));
    uint8_t *code = osarc_mask_fill(s->codes);
    for (size_t v = 0; v < osarc_grid_count(osarc_mask_grid(structures)); v++) {
        uint8_t number = osarc_mask_labels(structures)[v];
        if (number != OSARC_FEMUR_LEFT && number != OSARC_FEMUR_RIGHT)
            continue;
        code[v] = OSARC_FEMUR_PRESENT | (number == OSARC_FEMUR_RIGHT ? OSARC_FEMUR_SECOND : 0);
        code[v] |= tissue[v] == OSARC_TISSUE_COMPACT_BONE ? OSARC_FEMUR_COMPACT : 0;
    }
    double slope = osarc_phantom_scale_of(s->phantom, 0).hu_per_k2hpo4_mg_cm3;
    s->bone.scale.calibration = (osarc_calibration){.rung = OSARC_RUNG_PHANTOM,
                                                    .method = "phantom",
                                                    .basis = "K2HPO4",
                                                    .density = {0, 1 / slope, 0}};
    s->bone.samples.blood_hu = 40;
    s->result.acquisition = header(OSARC_SEX_MALE, 66);
    s->result.acquisition.contrast = OSARC_CONTRAST_NONE;
    s->found.count = 2;
    s->found.codes = s->codes;
    for (size_t i = 0; i < 2; i++)
        s->found.femurs[i] = &osarc_phantom_femur_at(s->phantom, i)->femur;
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
}

static void drop(scene *s)
{
    osarc_phantom_free(s->phantom);
    osarc_mask_free(s->codes);
    osarc_findings_free(s->findings);
}

static ctxa_step run(scene *s)
{
    ctxa_step step;
    osarc_error err = OSARC_ERROR_INIT;
    const run_given given = {.imat = 0};
    const osarc_run_options options = {.threads = 1};
    EXPECT_OK(ctxa_step_run(&step, s->findings, osarc_phantom_image(s->phantom),
                            osarc_phantom_tissue(s->phantom), &s->found, 0, &s->bone, &given,
                            &s->result, "", &options, &err));
    return step;
}

static size_t count_rows(const scene *s, const char *quantity, osarc_quality quality,
                         const char *side)
{
    size_t count = 0;
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        count +=
            !strcmp(row->quantity, quantity) && row->quality == quality && !strcmp(row->side, side);
    }
    return count;
}

Test(run_ctxa_step, measures_both_sides_and_draws_them)
{
    scene s;
    make(&s, "");
    osarc_error err = OSARC_ERROR_INIT;
    ctxa_step step = run(&s);
    cr_expect(eq(sz, count_rows(&s, "abmd", OSARC_QUALITY_OK, "left"), 4));
    cr_expect(eq(sz, count_rows(&s, "abmd", OSARC_QUALITY_OK, "right"), 4));
    cr_expect(eq(sz, count_rows(&s, "t_score", OSARC_QUALITY_WARNING, "left"), 2));
    cr_expect(eq(int, isnan(step.t_scores[0][OSARC_HIP_NECK]), 0));
    cr_expect(isnan(step.t_scores[0][OSARC_HIP_TROCHANTER]));

    char folder[] = "/tmp/osarc_ctxa_XXXXXX";
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "%s/out", folder);
    out_folder out;
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    const char *images = out_path(&out, &err, "images");
    EXPECT_OK(osi_folder_create(images, &err));
    EXPECT_OK(ctxa_step_image(&step, "K2HPO4", 1, &out, 1, &err));
    cr_expect(eq(int, access(out_path(&out, &err, "images/1_hip.png"), R_OK), 0));
    out_close(&out);
    (void) !rmdir(folder);
    ctxa_step_free(&step);
    drop(&s);
}

Test(run_ctxa_step, a_side_that_is_not_known_is_called_neither_left_nor_right)
{
    scene s;
    make(&s, "");
    osarc_femur alone = *s.found.femurs[0];
    alone.side = OSARC_SIDE_UNKNOWN;
    s.found.femurs[0] = &alone;
    s.found.count = 1;
    ctxa_step step = run(&s);
    cr_expect(eq(sz, count_rows(&s, "abmd", OSARC_QUALITY_WARNING, ""), 4));
    cr_expect(eq(sz, count_rows(&s, "t_score", OSARC_QUALITY_WARNING, ""), 2));
    /* the picture finds its scores without a side */
    cr_expect(isfinite(step.t_scores[0][OSARC_HIP_NECK]));
    cr_expect(eq(str, (char *) hip_step_title(OSARC_SIDE_UNKNOWN), "femur, side unknown"));
    cr_expect(eq(str, (char *) hip_step_title(OSARC_SIDE_RIGHT), "right femur"));
    ctxa_step_free(&step);
    drop(&s);
}

Test(run_ctxa_step, metal_refuses_one_side_and_keeps_the_other)
{
    scene s;
    make(&s, "left");
    ctxa_step step = run(&s);
    cr_expect(eq(sz, count_rows(&s, "abmd", OSARC_QUALITY_REFUSED, "left"), 4));
    cr_expect(eq(sz, count_rows(&s, "t_score", OSARC_QUALITY_REFUSED, "left"), 2));
    cr_expect(eq(sz, count_rows(&s, "abmd", OSARC_QUALITY_OK, "right"), 4));
    ctxa_step_free(&step);
    drop(&s);
}

Test(run_ctxa_step, no_scale_refuses_every_row_but_areas)
{
    scene s;
    make(&s, "");
    s.bone.scale.calibration.rung = OSARC_RUNG_NONE;
    ctxa_step step = run(&s);
    static const char *const SIDES[] = {"left", "right"};
    for (int side = 0; side < 2; side++) {
        cr_expect(eq(sz, count_rows(&s, "abmd", OSARC_QUALITY_REFUSED, SIDES[side]), 4));
        cr_expect(eq(sz, count_rows(&s, "t_score", OSARC_QUALITY_REFUSED, SIDES[side]), 2));
    }
    /* of four regions: density, mineral, area and three densities by volume; of two a score */
    cr_expect(eq(sz, osarc_findings_count(s.findings), 2 * (4 * 6 + 2)));
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++) {
        const osarc_finding *row = osarc_findings_at(s.findings, i);
        if (strcmp(row->quantity, "bone_area") == 0) { /* needs no scale */
            cr_expect(gt(dbl, row->value, 1));
            continue;
        }
        cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
        cr_expect(isnan(row->value), "%s", row->quantity);
        cr_expect(ne(int, row->note[0], 0), "%s", row->quantity);
    }
    for (size_t i = 0; i < 2; i++)
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
            cr_expect(isnan(step.t_scores[i][r]));
    ctxa_step_free(&step);
    drop(&s);
}

Test(run_ctxa_step, no_femur_and_nothing_to_say_gives_no_row)
{
    scene s;
    make(&s, "");
    s.found = (ctxa_found){.count = 0};
    ctxa_step step = run(&s);
    cr_expect(eq(sz, osarc_findings_count(s.findings), 0));
    ctxa_step_free(&step);
    drop(&s);
}
