/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TORSO_HELP_H
#define TORSO_HELP_H

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_torso.h>

/*
 * Slabs of known width: 10 columns each of subcutaneous fat, visceral fat, muscle and fat between,
 * 20 rows, 12 slices of 4 mm; voxels of 2 mm in plane, so 10 columns are 8 cm2.
 */
#define COLUMNS 40
#define ROWS    20
#define SLICES  12
#define SLAB    8.0

typedef struct scene {
    osarc_image *image;
    osarc_mask *mask;
    osarc_vertebra vertebra;
    const osarc_vertebra *vertebrae[2];
    osarc_torso_input input;
    osarc_acquisition acquisition;
    osarc_measure_context context;
    osarc_findings *findings;
    float cut[SLICES];
    float interpolated[SLICES];
    float open_cm2[SLICES];
} scene;

static const int16_t HU[4] = {-100, -90, 40, -80};

static inline void set_up(scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_grid grid = {.size = {COLUMNS, ROWS, SLICES},
                             .spacing_mm = {2, 2, 4},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_image_create(&s->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s->mask, &grid, &err));
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
        osarc_mask_fill(s->mask)[i] = (uint8_t) (1 + i % COLUMNS / 10);
        osarc_image_fill(s->image)[i] = HU[i % COLUMNS / 10];
    }
    s->vertebra = (osarc_vertebra){.label = 29, .whole = 1, .centre_mm = {40, 20, 22}};
    s->vertebrae[0] = &s->vertebra;
    osarc_acquisition_init(&s->acquisition);
    s->acquisition.kvp = 120;
    s->acquisition.contrast = OSARC_CONTRAST_NONE;
    s->context = (osarc_measure_context){"1", &s->acquisition, NULL};
    s->input = (osarc_torso_input){.image = s->image,
                                   .tissue = s->mask,
                                   .vertebrae = s->vertebrae,
                                   .vertebra_count = 1,
                                   .axis = 2,
                                   .plane_count = SLICES,
                                   .cut_share = s->cut,
                                   .interpolated_share = s->interpolated,
                                   .open_cm2 = s->open_cm2,
                                   .height_m = 2,
                                   .noise_sd_hu = 10,
                                   .threads = 2};
}

static inline void tear_down(scene *s)
{
    osarc_findings_free(s->findings);
    osarc_mask_free(s->mask);
    osarc_image_free(s->image);
}

static inline void measure(scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_measure_torso(s->findings, &s->context, &s->input, &err));
}

static inline const osarc_finding *find(const scene *s, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *f = osarc_findings_at(s->findings, i);
        if (strcmp(f->quantity, quantity) == 0)
            return f;
    }
    cr_assert(0, "no row of %s", quantity);
    return NULL;
}

static inline void expect_value(const scene *s, const char *quantity, double value)
{
    const osarc_finding *f = find(s, quantity);
    cr_expect(ne(int, (int) f->quality, OSARC_QUALITY_REFUSED), "%s: %s", quantity, f->note);
    /* counts are whole: only rounding of the product remains */
    cr_expect(epsilon_eq(dbl, f->value, value, 1e-9), "%s", quantity);
}

static inline void expect_refused(const scene *s, const char *quantity, const char *why)
{
    const osarc_finding *f = find(s, quantity);
    cr_expect(eq(int, (int) f->quality, OSARC_QUALITY_REFUSED), "%s", quantity);
    cr_expect(strstr(f->note, why) != NULL, "%s: %s", quantity, f->note);
}

#endif
