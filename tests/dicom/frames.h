/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_FRAMES_H
#define OSARC_TEST_FRAMES_H

/* Slices as a header would describe them, made by hand. */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <series.h>

#define FRAMES_MAX 64

/* Orientations of rows and columns, by the way slices lie. */
static const double AXIAL[6] = {1, 0, 0, 0, 1, 0};

static osi_frame frames[FRAMES_MAX];
static osi_fate fates[FRAMES_MAX];
static osi_stacks stacks;
static osarc_error err;
static int asked_for_pixels;

static inline osarc_status pixels_are_same(int *same_out, void *payload, const osi_frame *a,
                                           const osi_frame *b, osarc_error *error)
{
    (void) a;
    (void) b;
    (void) error;
    asked_for_pixels++;
    *same_out = *(int *) payload;
    return OSARC_OK;
}

/* A stack along its normal, spacing_mm apart, in no order that means anything. */
static inline void lay(size_t first, size_t count, const double orientation[6], double spacing_mm)
{
    for (size_t i = 0; i < count; i++) {
        size_t place =
            count < 3 ? i : (i * 7 + 3) % count; /* 7 shares no factor with the counts used */
        osi_frame *f = &frames[first + i];
        memset(f, 0, sizeof(*f));
        f->file = first + i;
        f->file_name = "slice";
        f->patient_id = "p";
        f->study_uid = "1.2";
        f->series_uid = "1.2.3";
        f->frame_of_reference_uid = "1.2.4";
        snprintf(f->image_type, sizeof(f->image_type), "ORIGINAL\\PRIMARY\\AXIAL");
        memcpy(f->row, orientation, sizeof(f->row));
        memcpy(f->column, orientation + 3, sizeof(f->column));
        f->spacing_mm[0] = f->spacing_mm[1] = 0.5;
        f->thickness_mm = spacing_mm;
        f->kvp = 120;
        f->slope = 1;
        f->intercept = -1024;
        f->acquisition_number = 1;
        f->temporal_position = NAN;
        f->rows = 40;
        f->columns = 50;
        f->bits_stored = 12;
        for (int c = 0; c < 3; c++) {
            int d = (c + 1) % 3;
            int e = (c + 2) % 3;
            double normal = f->row[d] * f->column[e] - f->row[e] * f->column[d];
            f->position_mm[c] = 10 + 3 * c + (double) place * spacing_mm * normal;
        }
    }
}

static inline void sort_out(size_t count, int same)
{
    asked_for_pixels = 0;
    EXPECT_OK(osi_stacks_make(&stacks, fates, frames, count, pixels_are_same, &same, &err));
}

static inline int has_note(const osi_stack *stack, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(stack->notes); i++)
        if (strcmp(osarc_notes_at(stack->notes, i)->code, code) == 0)
            return 1;
    return 0;
}

#endif
