/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_OVERLAP_HELP_H
#define OSARC_TEST_OVERLAP_HELP_H

/* Small cubes on small grids. */

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/overlap.h>

static inline osarc_grid new_grid(size_t nx, size_t ny, size_t nz, double mm)
{
    return (osarc_grid){.size = {nx, ny, nz},
                        .spacing_mm = {mm, mm, mm},
                        .origin_mm = {-10, 5, 100},
                        .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}

static inline osarc_mask *new_mask(const osarc_grid *grid)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    return mask;
}

/* Fills [low, low + edge) on each axis. */
static inline void set_cube(osarc_mask *mask, uint8_t label, size_t x0, size_t y0, size_t z0,
                            size_t edge)
{
    const size_t *s = osarc_mask_grid(mask)->size;
    for (size_t z = z0; z < z0 + edge; z++)
        for (size_t y = y0; y < y0 + edge; y++)
            memset(osarc_mask_fill(mask) + (z * s[1] + y) * s[0] + x0, label, edge);
}

static inline osarc_status add(osarc_overlap *overlap, const char *case_id,
                               const osarc_mask *reference, const osarc_mask *test,
                               osarc_error *err)
{
    const osarc_overlap_side r = {.layers = &reference, .layer_count = 1};
    const osarc_overlap_side t = {.layers = &test, .layer_count = 1};
    return osarc_overlap_add(overlap, case_id, &r, &t, err);
}

static inline const osarc_overlap_row *find(const osarc_overlap *overlap, const char *case_id,
                                            const char *label, const char *metric)
{
    for (size_t i = 0; i < osarc_overlap_count(overlap); i++) {
        const osarc_overlap_row *row = osarc_overlap_at(overlap, i);
        if (!strcmp(row->case_id, case_id) && !strcmp(row->label, label) &&
            !strcmp(row->metric, metric))
            return row;
    }
    cr_assert(0, "no row %s %s %s", case_id, label, metric);
    return NULL;
}

static inline const osarc_overlap_summary *find_total(const osarc_overlap *overlap,
                                                      const char *label, const char *metric)
{
    for (size_t i = 0; i < osarc_overlap_summary_count(overlap); i++) {
        const osarc_overlap_summary *row = osarc_overlap_summary_at(overlap, i);
        if (!strcmp(row->label, label) && !strcmp(row->metric, metric))
            return row;
    }
    cr_assert(0, "no summary %s %s", label, metric);
    return NULL;
}

static inline void expect_value(const osarc_overlap_row *row, double wanted)
{
    cr_expect(fabs(row->value - wanted) <= 1e-6 * fmax(1, fabs(wanted)), "%s: got %.9g wanted %.9g",
              row->metric, row->value, wanted);
}

static inline osarc_overlap *new_overlap(const osarc_overlap_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_overlap *overlap;
    EXPECT_OK(osarc_overlap_create(&overlap, options, &err));
    return overlap;
}

#endif
