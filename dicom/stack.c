/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/order.h>

/* Slice positions are often rounded to 0.1 mm: half of that, and a little. */
#define ROUNDING_MM 0.06
/* ... or this share of the slice spacing, whichever is more. */
#define UNEVEN_SHARE 0.01
/* Less than this is not worth a note. */
#define EXACT_MM 0.005
/* A distance this many times the usual one is a gap; less is an uneven stack. */
#define GAP_FACTOR 1.5
/* In-plane drift from first to last slice that may be left as it is, in pixels. */
#define DRIFT_PIXELS 0.25
/* Slices may lie this far off the line through the first and the last one. */
#define OFF_LINE_MM    0.1
#define TILT_LIMIT_DEG 45.0
/* What headers with few digits leave of unit length and right angles. */
#define UNIT_TOLERANCE 1e-3
#define MAX_PIXEL_MM   10.0
#define MAX_SLICE_MM   50.0
/* Beyond these a rescale does not lead to HU. */
#define MAX_SLOPE     1000.0
#define MAX_INTERCEPT 100000.0
#define RADIAN_DEG    57.29577951308232

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(double out[3], const double a[3], const double b[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

double osi_frame_depth_mm(const osi_frame *frame)
{
    double normal[3];
    cross(normal, frame->row, frame->column);
    return dot(normal, frame->position_mm);
}

__attribute__((format(printf, 4, 5))) static void
refuse(osi_stack *stack, osarc_status status, const char *reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(stack->text, sizeof(stack->text), format, args);
    va_end(args);
    stack->decision = OSARC_DECISION_REFUSED;
    stack->status = status;
    stack->reason = reason;
}

static int is_unit(const double v[3])
{
    return fabs(dot(v, v) - 1) < 2 * UNIT_TOLERANCE;
}

/* What every slice must say before it can have a place and a value. */
static int check_frame(osi_stack *stack, const osi_frame *frame)
{
    const char *name = frame->file_name;
    if (!isfinite(frame->spacing_mm[0]) || !isfinite(frame->spacing_mm[1]))
        refuse(stack, OSARC_ERR_GEOMETRY, "no_pixel_spacing",
               "%s has no PixelSpacing: sizes in mm are not known", name);
    else if (!(frame->spacing_mm[0] > 0 && frame->spacing_mm[0] <= MAX_PIXEL_MM &&
               frame->spacing_mm[1] > 0 && frame->spacing_mm[1] <= MAX_PIXEL_MM))
        refuse(stack, OSARC_ERR_GEOMETRY, "pixel_spacing",
               "%s has a PixelSpacing of %g by %g mm, over 0 to %g mm needed", name,
               frame->spacing_mm[0], frame->spacing_mm[1], MAX_PIXEL_MM);
    else if (!isfinite(frame->position_mm[0] + frame->position_mm[1] + frame->position_mm[2]))
        refuse(stack, OSARC_ERR_GEOMETRY, "no_position", "%s has no ImagePositionPatient", name);
    else if (!isfinite(dot(frame->row, frame->column)))
        refuse(stack, OSARC_ERR_GEOMETRY, "no_orientation", "%s has no ImageOrientationPatient",
               name);
    else if (!is_unit(frame->row) || !is_unit(frame->column) ||
             fabs(dot(frame->row, frame->column)) > UNIT_TOLERANCE)
        refuse(stack, OSARC_ERR_GEOMETRY, "orientation",
               "%s has an ImageOrientationPatient that is not two unit vectors at right angles",
               name);
    else if (!isfinite(frame->slope) || !isfinite(frame->intercept))
        refuse(stack, OSARC_ERR_UNIT, "no_rescale",
               "%s has no RescaleSlope and RescaleIntercept: its values are not HU", name);
    else if (!(frame->slope > 0 && frame->slope <= MAX_SLOPE &&
               fabs(frame->intercept) <= MAX_INTERCEPT))
        refuse(stack, OSARC_ERR_UNIT, "rescale",
               "%s has a RescaleSlope of %g and RescaleIntercept of %g: not HU", name, frame->slope,
               frame->intercept);
    else if (frame->rescale_type[0] && strcmp(frame->rescale_type, "HU") != 0)
        refuse(stack, OSARC_ERR_UNIT, "not_hu", "%s has values of type %s (RescaleType), HU needed",
               name, frame->rescale_type);
    else
        return 1;
    return 0;
}

typedef struct placed {
    double depth_mm;
    size_t frame;
} placed;

static int by_depth(const void *a, const void *b)
{
    const placed *first = a;
    const placed *second = b;
    if (first->depth_mm != second->depth_mm)
        return first->depth_mm < second->depth_mm ? -1 : 1;
    return (first->frame > second->frame) - (first->frame < second->frame);
}

int osi_may_drop(size_t dropped, size_t count)
{
    return dropped <= 2 || dropped <= count / 10;
}

/* Slices with missing pixels are left out where they are the first or the last ones. */
static osarc_status trim_damaged(osi_stack *stack, osi_fate *fates, const osi_frame *frames,
                                 osarc_error *err)
{
    size_t first = 0;
    size_t end = stack->used;
    while (first < end && frames[stack->members[first]].damaged)
        first++;
    while (end > first && frames[stack->members[end - 1]].damaged)
        end--;
    if (first == end) {
        refuse(stack, OSARC_ERR_FORMAT, "damaged", "%s is damaged: pixels are missing",
               frames[stack->members[0]].file_name);
        return OSARC_OK;
    }
    for (size_t i = first; i < end; i++) {
        if (frames[stack->members[i]].damaged) {
            refuse(stack, OSARC_ERR_FORMAT, "damaged_slice",
                   "%s is damaged (pixels are missing), and it lies inside the stack; "
                   "an undamaged copy is needed",
                   frames[stack->members[i]].file_name);
            return OSARC_OK;
        }
    }
    size_t left_out = stack->used - (end - first);
    if (left_out == 0)
        return OSARC_OK;
    if (!osi_may_drop(left_out, stack->used)) {
        refuse(stack, OSARC_ERR_FORMAT, "damaged", "%zu of %zu slices are damaged, one is %s",
               left_out, stack->used, frames[stack->members[first ? 0 : end]].file_name);
        return OSARC_OK;
    }
    size_t *reordered = osi_alloc(stack->used, sizeof(*reordered), err);
    if (!reordered)
        return OSARC_ERR_MEMORY;
    size_t at = 0;
    for (size_t i = first; i < end; i++)
        reordered[at++] = stack->members[i];
    for (size_t i = 0; i < stack->used; i++) {
        if (i >= first && i < end)
            continue;
        fates[stack->members[i]] = OSI_FATE_DAMAGED_END;
        reordered[at++] = stack->members[i];
    }
    memcpy(stack->members, reordered, stack->used * sizeof(*reordered));
    osi_free(reordered);
    stack->used = end - first;
    return osarc_notes_add(stack->notes, OSARC_NOTE_WARNING, "damaged_end_dropped", err,
                           "%zu damaged slices at an end of the stack were left out", left_out);
}

/* Even spacing, or the reason why not. */
static osarc_status judge_spacing(osi_stack *stack, const placed *slices, double *spacing_out,
                                  osarc_error *err)
{
    size_t steps = stack->used - 1;
    double *step_mm = osi_alloc(steps, sizeof(*step_mm), err);
    if (!step_mm)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < steps; i++)
        step_mm[i] = slices[i + 1].depth_mm - slices[i].depth_mm;
    qsort(step_mm, steps, sizeof(*step_mm), osi_by_double);
    double usual = step_mm[steps / 2];
    osi_free(step_mm);

    double even = (slices[steps].depth_mm - slices[0].depth_mm) / (double) steps;
    double worst = 0;
    *spacing_out = even;
    for (size_t i = 0; i < steps; i++) {
        double from = slices[i].depth_mm;
        double to = slices[i + 1].depth_mm;
        if (to - from > GAP_FACTOR * usual) {
            refuse(stack, OSARC_ERR_GEOMETRY, "gap",
                   "a gap of %.2f mm between the slices at %.2f and %.2f mm, where slices are "
                   "%.2f mm apart: %.0f missing",
                   to - from, from, to, usual, fmax(1, round((to - from) / usual) - 1));
            return OSARC_OK;
        }
        worst = fmax(worst, fabs(to - slices[0].depth_mm - (double) (i + 1) * even));
        worst = fmax(worst, fabs(to - from - usual) / 2);
    }
    double allowed = fmax(ROUNDING_MM, UNEVEN_SHARE * even);
    if (worst > allowed) {
        refuse(stack, OSARC_ERR_GEOMETRY, "uneven_spacing",
               "slices are not evenly spaced: %.3f mm off a regular stack of %.3f mm, at most "
               "%.3f mm allowed",
               worst, even, allowed);
        return OSARC_OK;
    }
    if (worst > EXACT_MM)
        return osarc_notes_add(stack->notes, OSARC_NOTE_INFO, "spacing_rounded", err,
                               "slice positions are up to %.3f mm off a regular stack of %.4f mm; "
                               "taken as regular",
                               worst, even);
    return OSARC_OK;
}

/* Slices straight behind each other, sheared by gantry tilt, or neither. */
static osarc_status judge_line(osi_stack *stack, const osi_frame *frames, const double normal[3],
                               osarc_error *err)
{
    const osi_frame *first = &frames[stack->members[0]];
    const osi_frame *last = &frames[stack->members[stack->used - 1]];
    double steps = (double) (stack->used - 1);
    double step_mm[3];
    for (int c = 0; c < 3; c++)
        step_mm[c] = (last->position_mm[c] - first->position_mm[c]) / steps;
    double along[2] = {dot(step_mm, first->row), dot(step_mm, first->column)};
    for (size_t i = 0; i < stack->used; i++) {
        const osi_frame *frame = &frames[stack->members[i]];
        double off[3];
        for (int c = 0; c < 3; c++)
            off[c] = frame->position_mm[c] - first->position_mm[c];
        double off_row = dot(off, first->row) - (double) i * along[0];
        double off_column = dot(off, first->column) - (double) i * along[1];
        if (hypot(off_row, off_column) > OFF_LINE_MM) {
            refuse(stack, OSARC_ERR_GEOMETRY, "shifted_slices",
                   "%s lies %.2f mm beside the stack of the other slices, at most %.2f mm allowed",
                   frame->file_name, hypot(off_row, off_column), OFF_LINE_MM);
            return OSARC_OK;
        }
    }
    stack->shift[0] = along[0] / first->spacing_mm[0];
    stack->shift[1] = along[1] / first->spacing_mm[1];
    if (steps * fmax(fabs(stack->shift[0]), fabs(stack->shift[1])) <= DRIFT_PIXELS) {
        stack->shift[0] = stack->shift[1] = 0;
        return OSARC_OK;
    }
    double sideways = hypot(along[0], along[1]);
    int leading = fabs(along[1]) >= fabs(along[0]);
    double tilt = atan2(sideways, dot(step_mm, normal)) * RADIAN_DEG;
    stack->tilt_deg = along[leading] < 0 ? -tilt : tilt;
    if (tilt > TILT_LIMIT_DEG) {
        refuse(stack, OSARC_ERR_GEOMETRY, "tilt",
               "slices are stacked %.1f degrees off their normal, at most %.0f allowed", tilt,
               TILT_LIMIT_DEG);
        return OSARC_OK;
    }
    return osarc_notes_add(stack->notes, OSARC_NOTE_INFO, "tilt_corrected", err,
                           "a gantry tilt of %.1f degrees was corrected: slices moved within their "
                           "plane, linear interpolation",
                           stack->tilt_deg);
}

/* The grid widens by what tilted slices stick out, so that nothing is cut off. */
static void widen(long *first_out, size_t *size, double shift, size_t used)
{
    double end = shift * (double) (used - 1);
    double low = floor(fmin(0, end));
    double high = ceil(fmax(0, end));
    *first_out = (long) low;
    *size += (size_t) (high - low);
}

static void make_grid(osi_stack *stack, const osi_frame *first, const double normal[3],
                      double spacing_mm)
{
    osarc_grid *grid = &stack->grid;
    grid->size[0] = first->columns;
    grid->size[1] = first->rows;
    grid->size[2] = stack->used;
    widen(&stack->first_column, &grid->size[0], stack->shift[0], stack->used);
    widen(&stack->first_row, &grid->size[1], stack->shift[1], stack->used);
    grid->spacing_mm[0] = first->spacing_mm[0];
    grid->spacing_mm[1] = first->spacing_mm[1];
    grid->spacing_mm[2] = spacing_mm;
    double row_length = sqrt(dot(first->row, first->row));
    double column_length = sqrt(dot(first->column, first->column));
    double normal_length = sqrt(dot(normal, normal));
    for (int c = 0; c < 3; c++) {
        grid->direction[0][c] = first->row[c] / row_length;
        grid->direction[1][c] = first->column[c] / column_length;
        grid->direction[2][c] = normal[c] / normal_length;
        grid->origin_mm[c] =
            first->position_mm[c] +
            (double) stack->first_column * grid->spacing_mm[0] * grid->direction[0][c] +
            (double) stack->first_row * grid->spacing_mm[1] * grid->direction[1][c];
    }
}

static osarc_status note_thickness(osi_stack *stack, const osi_frame *first, osarc_error *err)
{
    double spacing = stack->grid.spacing_mm[2];
    double thickness = first->thickness_mm;
    if (stack->used == 1)
        return osarc_notes_add(stack->notes, OSARC_NOTE_WARNING, "single_slice", err,
                               "one slice alone; its thickness of %.2f mm is taken as its extent",
                               thickness);
    if (thickness > spacing * (1 + UNEVEN_SHARE) + EXACT_MM)
        return osarc_notes_add(stack->notes, OSARC_NOTE_INFO, "overlapping_slices", err,
                               "slices %.2f mm thick every %.2f mm: neighbours overlap", thickness,
                               spacing);
    if (thickness > 0 && thickness < spacing * (1 - UNEVEN_SHARE) - EXACT_MM)
        return osarc_notes_add(stack->notes, OSARC_NOTE_WARNING, "slices_apart", err,
                               "slices %.2f mm thick every %.2f mm: what lies between is not seen",
                               thickness, spacing);
    return OSARC_OK;
}

static osarc_status judge_ordered(osi_stack *stack, osi_fate *fates, const osi_frame *frames,
                                  placed *slices, osarc_error *err)
{
    osarc_status status = trim_damaged(stack, fates, frames, err);
    if (status || stack->decision != OSARC_DECISION_USABLE)
        return status;
    const osi_frame *first = &frames[stack->members[0]];
    double normal[3];
    cross(normal, first->row, first->column);
    double spacing = first->thickness_mm;
    if (stack->used == 1) {
        if (!(spacing > 0)) {
            refuse(stack, OSARC_ERR_GEOMETRY, "single_slice",
                   "%s is one slice alone and has no SliceThickness", first->file_name);
            return OSARC_OK;
        }
    } else {
        for (size_t i = 0; i < stack->used; i++)
            slices[i].depth_mm = osi_frame_depth_mm(&frames[stack->members[i]]);
        status = judge_spacing(stack, slices, &spacing, err);
        if (status || stack->decision != OSARC_DECISION_USABLE)
            return status;
        status = judge_line(stack, frames, normal, err);
        if (status || stack->decision != OSARC_DECISION_USABLE)
            return status;
    }
    if (spacing > MAX_SLICE_MM) {
        refuse(stack, OSARC_ERR_GEOMETRY, "slice_spacing",
               "slices are %.1f mm apart, at most %.0f mm allowed", spacing, MAX_SLICE_MM);
        return OSARC_OK;
    }
    make_grid(stack, first, normal, spacing);
    return note_thickness(stack, first, err);
}

osarc_status osi_stack_judge(osi_stack *stack, osi_fate *fates, const osi_frame *frames,
                             osarc_error *err)
{
    for (size_t i = 0; i < stack->used; i++)
        if (!check_frame(stack, &frames[stack->members[i]]))
            return OSARC_OK;
    placed *slices = osi_alloc(stack->used, sizeof(*slices), err);
    if (!slices)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < stack->used; i++)
        slices[i] = (placed){osi_frame_depth_mm(&frames[stack->members[i]]), stack->members[i]};
    qsort(slices, stack->used, sizeof(*slices), by_depth);
    for (size_t i = 0; i < stack->used; i++)
        stack->members[i] = slices[i].frame;
    osarc_status status = judge_ordered(stack, fates, frames, slices, err);
    osi_free(slices);
    return status;
}
