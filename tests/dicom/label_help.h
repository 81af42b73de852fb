/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_LABEL_HELP_H
#define OSARC_TEST_LABEL_HELP_H

/* A folder of test files, and masks to write into it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom_masks.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "make_labels.h"

#define FRAME "2.25.1234"

typedef struct scratch {
    char folder[64];
    char path[96];
} scratch;

static inline scratch new_scratch(const char *name)
{
    scratch s;
    strcpy(s.folder, "/tmp/osarc_labels_XXXXXX");
    cr_assert(ne(ptr, mkdtemp(s.folder), NULL));
    snprintf(s.path, sizeof(s.path), "%s/%s", s.folder, name);
    return s;
}

static inline void end_scratch(const scratch *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(s->folder, &err));
}

/* Oblique by 30 degrees about the first axis, slices from head to foot. */
static inline osarc_grid oblique_grid(size_t nx, size_t ny, size_t nz)
{
    const double c = 0.86602540378443865;
    return (osarc_grid){.size = {nx, ny, nz},
                        .spacing_mm = {0.75, 1.25, 3},
                        .origin_mm = {-12.5, 40.25, -103.5},
                        .direction = {{1, 0, 0}, {0, c, 0.5}, {0, -0.5, c}}};
}

static inline osarc_grid axial_grid(size_t nx, size_t ny, size_t nz)
{
    return (osarc_grid){.size = {nx, ny, nz},
                        .spacing_mm = {1, 1, 3},
                        .origin_mm = {-10, -20, 30},
                        .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}

static inline osarc_mask *new_mask(const osarc_grid *grid)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    return mask;
}

static inline osarc_notes *new_notes(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_notes *notes;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    return notes;
}

static inline int has_note(const osarc_notes *notes, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (!strcmp(osarc_notes_at(notes, i)->code, code))
            return 1;
    return 0;
}

/* The label at voxel (i, j, k) of a grid, wherever the layer's own grid has it. */
static inline int label_at(const osarc_mask *layer, const osarc_grid *grid, size_t i, size_t j,
                           size_t k)
{
    const osarc_grid *own = osarc_mask_grid(layer);
    double lps[3];
    double ijk[3];
    size_t at[3];
    osarc_grid_position_mm(grid, (const double[3]){(double) i, (double) j, (double) k}, lps);
    osarc_grid_index(own, lps, ijk);
    for (int axis = 0; axis < 3; axis++) {
        double whole = (double) (long) (ijk[axis] + 100.5) - 100;
        cr_assert(ijk[axis] - whole < 1e-3 && whole - ijk[axis] < 1e-3, "off the lattice: %g",
                  ijk[axis]);
        if (whole < 0 || whole >= (double) own->size[axis])
            return 0;
        at[axis] = (size_t) whole;
    }
    return osarc_mask_labels(layer)[(at[2] * own->size[1] + at[1]) * own->size[0] + at[0]];
}

#endif
