/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

/* Two slices closer than this lie at one place. */
#define SAME_PLACE_MM 0.01
/* Components of directions that agree to this are one direction (0.06 degrees). */
#define SAME_DIRECTION 1e-3
#define SAME_SPACING   1e-4
#define SAME_KVP       0.5

/* Equal within a tolerance; two absent numbers are equal. */
static int near_equal(double a, double b, double tolerance)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return fabs(a - b) <= tolerance;
}

/* From the third value on: the first two tell only whether pixels were processed again. */
static const char *type_tail(const char *image_type)
{
    for (int i = 0; i < 2; i++) {
        const char *next = strchr(image_type, '\\');
        if (!next)
            return "";
        image_type = next + 1;
    }
    return image_type;
}

static int is_alike(const osi_frame *a, const osi_frame *b)
{
    if (a->rows != b->rows || a->columns != b->columns || !near_equal(a->kvp, b->kvp, SAME_KVP))
        return 0;
    for (int i = 0; i < 2; i++)
        if (!near_equal(a->spacing_mm[i], b->spacing_mm[i], SAME_SPACING))
            return 0;
    for (int i = 0; i < 3; i++)
        if (!near_equal(a->row[i], b->row[i], SAME_DIRECTION) ||
            !near_equal(a->column[i], b->column[i], SAME_DIRECTION))
            return 0;
    return strcmp(a->series_uid, b->series_uid) == 0 && strcmp(a->study_uid, b->study_uid) == 0 &&
           strcmp(a->frame_of_reference_uid, b->frame_of_reference_uid) == 0 &&
           strcmp(a->patient_id, b->patient_id) == 0 && strcmp(a->kernel, b->kernel) == 0 &&
           strcmp(type_tail(a->image_type), type_tail(b->image_type)) == 0;
}

/* What tells apart slices at one place, in the order it is tried. */
typedef enum separator {
    BY_ACQUISITION = 0,
    BY_TIME = 1,
    BY_TYPE = 2,
    SEPARATORS = 3
} separator;

static int is_same_part(const osi_frame *a, const osi_frame *b, separator by)
{
    switch (by) {
    case BY_ACQUISITION:
        return near_equal(a->acquisition_number, b->acquisition_number, 0);
    case BY_TIME:
        return near_equal(a->temporal_position, b->temporal_position, 0);
    default:
        return strcmp(a->image_type, b->image_type) == 0;
    }
}

static int is_same_depth(const osi_frame *a, const osi_frame *b)
{
    return fabs(osi_frame_depth_mm(a) - osi_frame_depth_mm(b)) < SAME_PLACE_MM;
}

static int is_same_place(const osi_frame *a, const osi_frame *b)
{
    for (int c = 0; c < 3; c++)
        if (!(fabs(a->position_mm[c] - b->position_mm[c]) < SAME_PLACE_MM))
            return 0;
    for (int by = 0; by < SEPARATORS; by++)
        if (!is_same_part(a, b, (separator) by))
            return 0;
    return 1;
}

typedef struct maker {
    osi_stacks *stacks;
    osi_fate *fates;
    const osi_frame *frames;
    size_t room;
    osi_same_pixels same;
    void *payload;
} maker;

static osarc_status add_stack(maker *m, const size_t *members, size_t count, osarc_error *err)
{
    if (m->stacks->count == m->room) {
        size_t room = m->room ? 2 * m->room : 8;
        osi_stack *items = osi_realloc(m->stacks->items, room, sizeof(*items), err);
        if (!items)
            return OSARC_ERR_MEMORY;
        m->stacks->items = items;
        m->room = room;
    }
    osi_stack *stack = &m->stacks->items[m->stacks->count++];
    memset(stack, 0, sizeof(*stack));
    stack->reason = "usable";
    stack->members = osi_alloc(count, sizeof(*stack->members), err);
    if (!stack->members)
        return OSARC_ERR_MEMORY;
    memcpy(stack->members, members, count * sizeof(*members));
    stack->count = count;
    stack->used = count;
    return osarc_notes_create(&stack->notes, err);
}

typedef struct deep {
    double depth_mm;
    size_t frame;
} deep;

static int by_depth(const void *a, const void *b)
{
    const deep *first = a;
    const deep *second = b;
    if (first->depth_mm != second->depth_mm)
        return first->depth_mm < second->depth_mm ? -1 : 1;
    return (first->frame > second->frame) - (first->frame < second->frame);
}

static osarc_status sort_by_depth(const osi_frame *frames, size_t *members, size_t count,
                                  osarc_error *err)
{
    deep *sorted = osi_alloc(count, sizeof(*sorted), err);
    if (!sorted)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        double depth = osi_frame_depth_mm(&frames[members[i]]);
        sorted[i] = (deep){isnan(depth) ? 0 : depth, members[i]};
    }
    qsort(sorted, count, sizeof(*sorted), by_depth);
    for (size_t i = 0; i < count; i++)
        members[i] = sorted[i].frame;
    osi_free(sorted);
    return OSARC_OK;
}

static size_t first_repeat(const osi_frame *frames, const size_t *members, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (is_same_depth(&frames[members[i - 1]], &frames[members[i]]))
            return i;
    return 0;
}

/* Of slices that are there twice one stays; the others move behind *used. */
static osarc_status drop_duplicates(maker *m, size_t *members, size_t count, size_t *used,
                                    osarc_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const osi_frame *frame = &m->frames[members[i]];
        size_t twin = kept;
        for (size_t j = kept; j-- > 0 && is_same_depth(&m->frames[members[j]], frame);)
            if (is_same_place(&m->frames[members[j]], frame))
                twin = j;
        int is_copy = 0;
        if (twin < kept) {
            const osi_frame *other = &m->frames[members[twin]];
            is_copy = other->damaged || frame->damaged;
            osarc_status status =
                is_copy ? OSARC_OK : m->same(&is_copy, m->payload, other, frame, err);
            if (status)
                return status;
            if (is_copy && other->damaged && !frame->damaged) {
                size_t swap = members[twin];
                members[twin] = members[i];
                members[i] = swap;
            }
        }
        if (is_copy) {
            m->fates[members[i]] = OSI_FATE_DUPLICATE;
        } else {
            size_t swap = members[kept];
            members[kept++] = members[i];
            members[i] = swap;
        }
    }
    *used = kept;
    return OSARC_OK;
}

/* Parts of a group by one separator: part_of[i] for each member; the count of parts. */
static size_t make_parts(size_t *part_of, const osi_frame *frames, const size_t *members,
                         size_t count, separator by)
{
    size_t parts = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && !is_same_part(&frames[members[j]], &frames[members[i]], by))
            j++;
        part_of[i] = j < i ? part_of[j] : parts++;
    }
    return parts;
}

static size_t take_part(size_t *out, const size_t *members, const size_t *part_of, size_t count,
                        size_t part)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++)
        if (part_of[i] == part)
            out[taken++] = members[i];
    return taken;
}

/* Splits where one separator leaves every part without two slices at one place. */
static osarc_status split_repeats(maker *m, const size_t *members, size_t count, int *split_out,
                                  osarc_error *err)
{
    *split_out = 0;
    size_t *part_of = osi_alloc(count, 2 * sizeof(*part_of), err);
    if (!part_of)
        return OSARC_ERR_MEMORY;
    size_t *part = part_of + count;
    osarc_status status = OSARC_OK;
    for (int by = 0; by < SEPARATORS && !*split_out; by++) {
        size_t parts = make_parts(part_of, m->frames, members, count, (separator) by);
        int clean = parts > 1;
        for (size_t p = 0; p < parts && clean; p++) {
            size_t taken = take_part(part, members, part_of, count, p);
            clean = !first_repeat(m->frames, part, taken);
        }
        for (size_t p = 0; p < parts && clean && !status; p++) {
            size_t taken = take_part(part, members, part_of, count, p);
            status = add_stack(m, part, taken, err);
            if (!status)
                status = osi_stack_judge(&m->stacks->items[m->stacks->count - 1], m->fates,
                                         m->frames, err);
        }
        *split_out = clean;
    }
    osi_free(part_of);
    return status;
}

static osarc_status note_copies(osi_stack *stack, size_t copies, osarc_error *err)
{
    return osarc_notes_add(stack->notes, OSARC_NOTE_INFO, "duplicates_dropped", err,
                           "%zu slices are there twice with the same pixels; one of each was used",
                           copies);
}

/* Copies of slices of several stacks are all listed with the last one. */
static osarc_status append_copies(osi_stack *stack, const size_t *copies, size_t count,
                                  osarc_error *err)
{
    size_t *members = osi_realloc(stack->members, stack->count + count, sizeof(*members), err);
    if (!members)
        return OSARC_ERR_MEMORY;
    memcpy(members + stack->count, copies, count * sizeof(*copies));
    stack->members = members;
    stack->count += count;
    return note_copies(stack, count, err);
}

static osarc_status make_stack(maker *m, const size_t *members, size_t count, size_t used,
                               osarc_error *err)
{
    osarc_status status = add_stack(m, members, count, err);
    if (status)
        return status;
    osi_stack *stack = &m->stacks->items[m->stacks->count - 1];
    stack->used = used;
    if (used < count) {
        status = note_copies(stack, count - used, err);
        if (status)
            return status;
    }
    size_t repeat = first_repeat(m->frames, members, used);
    if (repeat) {
        const osi_frame *frame = &m->frames[members[repeat]];
        stack->decision = OSARC_DECISION_REFUSED;
        stack->status = OSARC_ERR_GEOMETRY;
        stack->reason = "doubled_positions";
        snprintf(stack->text, sizeof(stack->text),
                 "two different slices at %.2f mm (one is %s), and nothing in the headers tells "
                 "which belongs to the volume",
                 osi_frame_depth_mm(frame), frame->file_name);
        return OSARC_OK;
    }
    return osi_stack_judge(stack, m->fates, m->frames, err);
}

static osarc_status make_group(maker *m, size_t *members, size_t count, osarc_error *err)
{
    osarc_status status = sort_by_depth(m->frames, members, count, err);
    if (status)
        return status;
    size_t used = count;
    if (first_repeat(m->frames, members, count))
        status = drop_duplicates(m, members, count, &used, err);
    if (!status && first_repeat(m->frames, members, used)) {
        int split = 0;
        status = split_repeats(m, members, used, &split, err);
        if (!status && split && used < count)
            status = append_copies(&m->stacks->items[m->stacks->count - 1], members + used,
                                   count - used, err);
        if (status || split)
            return status;
    }
    return status ? status : make_stack(m, members, count, used, err);
}

osarc_status osi_stacks_make(osi_stacks *out, osi_fate *fates, const osi_frame *frames,
                             size_t count, osi_same_pixels same, void *payload, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    if (count == 0)
        return OSARC_OK;
    maker m = {.stacks = out, .fates = fates, .frames = frames, .same = same, .payload = payload};
    size_t *part_of = osi_alloc(count, 2 * sizeof(*part_of), err);
    size_t *firsts = osi_alloc(count, sizeof(*firsts), err);
    osarc_status status = part_of && firsts ? OSARC_OK : OSARC_ERR_MEMORY;
    size_t groups = 0;
    for (size_t i = 0; i < count && !status; i++) {
        fates[i] = OSI_FATE_USED;
        size_t g = groups; /* newest first: files of one series come together */
        while (g-- > 0 && !is_alike(&frames[firsts[g]], &frames[i]))
            continue;
        if (g == SIZE_MAX) {
            g = groups;
            firsts[groups++] = i;
        }
        part_of[i] = g;
    }
    for (size_t g = 0; g < groups && !status; g++) {
        size_t *members = part_of + count;
        size_t taken = 0;
        for (size_t i = firsts[g]; i < count; i++)
            if (part_of[i] == g)
                members[taken++] = i;
        status = make_group(&m, members, taken, err);
    }
    osi_free(part_of);
    osi_free(firsts);
    if (status)
        osi_stacks_free(out);
    return status;
}

void osi_stacks_free(osi_stacks *stacks)
{
    for (size_t i = 0; i < stacks->count; i++) {
        osi_free(stacks->items[i].members);
        osarc_notes_free(stacks->items[i].notes);
    }
    osi_free(stacks->items);
    memset(stacks, 0, sizeof(*stacks));
}
