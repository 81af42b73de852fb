/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa.h"

/*
 * A line is dead when half of its values lie off both neighbours to the same side by this, in
 * attenuation. The edge of a body lies off one neighbour only.
 */
#define OFF_LINE  0.08
#define MAX_SHARE 0.02

typedef struct lines {
    float *values;
    size_t count, length; /* of lines, of values in each */
    size_t step, next;    /* from a line to the next, from a value to the next */
    const char *what;
} lines;

static int by_value(const void *a, const void *b)
{
    double x = *(const float *) a;
    double y = *(const float *) b;
    return (x > y) - (x < y);
}

/* Median of how far a line lies off the nearer of its two neighbours, where they agree on a side.
 */
static double off_neighbours(const lines *l, size_t i, float *room)
{
    const float *line = l->values + i * l->step;
    for (size_t k = 0; k < l->length; k++) {
        const float *at = line + k * l->next;
        double before = i > 0 ? *at - *(at - l->step) : *at - *(at + l->step);
        double after = i + 1 < l->count ? *at - *(at + l->step) : before;
        double nearer = fabs(before) < fabs(after) ? before : after;
        room[k] = (float) (before * after > 0 && isfinite(nearer) ? nearer : 0);
    }
    qsort(room, l->length, sizeof(*room), by_value);
    return room[l->length / 2];
}

static void fill_line(const lines *l, size_t i)
{
    for (size_t k = 0; k < l->length; k++) {
        float *at = l->values + i * l->step + k * l->next;
        float before = i > 0 ? *(at - l->step) : *(at + l->step);
        float after = i + 1 < l->count ? *(at + l->step) : before;
        *at = (before + after) / 2;
    }
}

static osarc_status mend(const lines *l, osarc_notes *notes, osarc_error *err)
{
    float *room = osi_alloc_raw(l->length, sizeof(*room), err);
    uint8_t *dead = room ? osi_alloc(l->count, 1, err) : NULL;
    osarc_status status = dead ? OSARC_OK : OSARC_ERR_MEMORY;
    size_t found = 0;
    for (size_t i = 0; !status && i < l->count; i++) {
        dead[i] = fabs(off_neighbours(l, i, room)) > OFF_LINE;
        found += dead[i];
    }
    if (!status && (double) found > MAX_SHARE * (double) l->count)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "%zu of %zu %s have nothing to do with their neighbours, %g %% allowed",
                          found, l->count, l->what, 100 * MAX_SHARE);
    for (size_t i = 0; !status && i < l->count; i++)
        if (dead[i])
            fill_line(l, i);
    if (!status && found && notes)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "dead_lines", err,
                                 "%zu dead %s filled from their neighbours", found, l->what);
    osi_free(dead);
    osi_free(room);
    return status;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through the lines made of it */
osarc_status dxa_lines_mend(float *values, size_t columns, size_t rows, osarc_notes *notes,
                            osarc_error *err)
{
    const lines down = {values, rows, columns, columns, 1, "rows"};
    const lines across = {values, columns, rows, 1, columns, "columns"};
    osarc_status status = mend(&down, notes, err);
    return status ? status : mend(&across, notes, err);
}
