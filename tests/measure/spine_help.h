/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_SPINE_HELP_H
#define OSARC_TEST_SPINE_HELP_H

/* A row of boxes that stand for vertebrae L1 to L5, of known HU, and a scale of known slope. */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_spine.h>

#define LEVELS     5
#define BOX        6 /* voxels a side: 216 of 1 mm3 */
#define BOX_VOXELS (BOX * BOX * BOX)
#define ROW_NX     (LEVELS * BOX + 2)

typedef struct spine_case {
    osarc_image *image;
    osarc_findings *findings;
    osarc_acquisition acquisition;
    osarc_vertebra vertebrae[LEVELS];
    osarc_spine_level levels[LEVELS];
    osarc_spine_anchors anchors;
    osarc_calibration calibration;
    osarc_marrow_fat fat;
    osarc_measure_context context;
    osarc_spine_input input;
    size_t voxels[LEVELS][BOX_VOXELS];
} spine_case;

/* Boxes of 1 mm voxels beside each other, 150 HU each; K2HPO4 at 0.8 mg/cm3 per HU, less 10. */
static inline void spine_case_make(spine_case *c)
{
    osarc_error err = OSARC_ERROR_INIT;
    memset(c, 0, sizeof(*c));
    osarc_grid grid = {.size = {ROW_NX, BOX + 2, BOX + 2},
                       .spacing_mm = {1, 1, 1},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_image_create(&c->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_findings_create(&c->findings, &err));
    int16_t *stored = osarc_image_fill(c->image);
    for (size_t n = 0; n < osarc_grid_count(&grid); n++)
        stored[n] = 150;
    osarc_acquisition_init(&c->acquisition);
    c->acquisition.kvp = 120;
    c->acquisition.contrast = OSARC_CONTRAST_NONE;
    for (size_t v = 0; v < LEVELS; v++) {
        size_t count = 0;
        for (size_t k = 1; k <= BOX; k++)
            for (size_t j = 1; j <= BOX; j++)
                for (size_t i = 1 + v * BOX; i < 1 + (v + 1) * BOX; i++)
                    c->voxels[v][count++] = (k * (BOX + 2) + j) * ROW_NX + i;
        c->vertebrae[v] = (osarc_vertebra){.label = (uint8_t) (31 - v),
                                           .whole = 1,
                                           .height_anterior_mm = 27,
                                           .height_middle_mm = 26,
                                           .height_posterior_mm = 28};
        c->levels[v].vertebra = &c->vertebrae[v];
        for (int p = 0; p < OSARC_PLACEMENTS; p++)
            c->levels[v].trabecular[p] = (osarc_region){c->voxels[v], BOX_VOXELS, NULL};
        c->levels[v].body = c->levels[v].trabecular[0];
    }
    c->calibration = (osarc_calibration){.rung = OSARC_RUNG_PHANTOM,
                                         .method = "phantom",
                                         .basis = "K2HPO4",
                                         .density = {-10, 0.8, 0},
                                         .t_95 = 2,
                                         .slope_hu_per_mg_cm3 = 1.25,
                                         .intercept_hu = 12.5,
                                         .slope_ci = {1.2, 1.3},
                                         .intercept_ci = {10, 15},
                                         .r2 = 0.999,
                                         .residual_sd_hu = 1.5,
                                         .effective_energy_kev = NAN,
                                         .energy_ci = {NAN, NAN}};
    c->calibration.covariance[0][0] = 1; /* half an interval of the fit: 2 mg/cm3 */
    c->context = (osarc_measure_context){.case_id = "1", .acquisition = &c->acquisition};
    c->input = (osarc_spine_input){.image = c->image,
                                   .levels = c->levels,
                                   .level_count = LEVELS,
                                   .anchors = &c->anchors,
                                   .calibration = &c->calibration,
                                   .blood_read = 1};
}

static inline void spine_case_drop(spine_case *c)
{
    osarc_image_free(c->image);
    osarc_findings_free(c->findings);
}

static inline void spine_case_fill(spine_case *c, size_t level, int16_t hu)
{
    for (size_t n = 0; n < BOX_VOXELS; n++)
        osarc_image_fill(c->image)[c->voxels[level][n]] = hu;
}

/* The outermost voxels of a box. */
static inline void spine_case_shell(spine_case *c, size_t level, int16_t hu)
{
    for (size_t n = 0; n < BOX_VOXELS; n++) {
        const size_t at[3] = {n % BOX, n / BOX % BOX, n / BOX / BOX};
        int is_inner = 1;
        for (int a = 0; a < 3; a++)
            is_inner &= at[a] > 0 && at[a] + 1 < BOX;
        if (!is_inner)
            osarc_image_fill(c->image)[c->voxels[level][n]] = hu;
    }
}

static inline void spine_case_measure(spine_case *c)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_measure_spine(c->findings, &c->context, &c->input, &err));
}

static inline const osarc_finding *spine_case_try(const spine_case *c, const char *level,
                                                  const char *quantity)
{
    const osarc_finding *found = NULL;
    for (size_t i = 0; i < osarc_findings_count(c->findings); i++) {
        const osarc_finding *row = osarc_findings_at(c->findings, i);
        if (strcmp(row->quantity, quantity) || strcmp(row->level, level))
            continue;
        cr_assert(found == NULL, "%s of %s is there twice", quantity, level);
        found = row;
    }
    return found;
}

static inline const osarc_finding *spine_case_row(const spine_case *c, const char *level,
                                                  const char *quantity)
{
    const osarc_finding *found = spine_case_try(c, level, quantity);
    cr_assert(found != NULL, "no %s of %s", quantity, level);
    return found;
}

static inline void expect_quality(const osarc_finding *row, osarc_quality wanted, const char *words)
{
    cr_expect(row->quality == wanted, "%s of %s is %s: %s", row->quantity, row->level,
              osarc_quality_name(row->quality), row->note);
    cr_expect(strstr(row->note, words) != NULL, "%s of %s: '%s' is not in '%s'", row->quantity,
              row->level, words, row->note);
}

#endif
