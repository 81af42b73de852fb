/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa.h"

/*
 * Lines are dead when half of the values of each lie off what lies around them to the same side by
 * this, in attenuation. The edge of a body lies off one neighbour only.
 */
#define OFF_LINE  0.08
#define MAX_SHARE 0.02
/* Dead lines side by side: more of them may as well be something that lies there. */
#define MAX_RUN 3

typedef struct lines {
    float *values;
    size_t count, length; /* of lines, of values in each */
    size_t step, next;    /* from a line to the next, from a value to the next */
    const char *what;
} lines;

/* By how many lines away there is a live one on each side; 0: there is none. */
typedef struct around {
    size_t before, after;
} around;

/* What is not measured next to what is attenuates as much as can be. */
static double rise(float from, float to)
{
    return isnan(to) && !isnan(from) ? INFINITY : to - from;
}

/* 1 when half of a line lies over both lines, or over the only one; -1: under; 0: neither. */
static int find_side(const lines *l, size_t i, around to)
{
    const float *line = l->values + i * l->step;
    size_t above = 0;
    size_t below = 0;
    for (size_t k = 0; k < l->length; k++) {
        const float *at = line + k * l->next;
        double before = to.before ? rise(*(at - to.before * l->step), *at) : NAN;
        double after = to.after ? rise(*(at + to.after * l->step), *at) : NAN;
        before = to.before ? before : after;
        after = to.after ? after : before;
        above += before > OFF_LINE && after > OFF_LINE;
        below += before < -OFF_LINE && after < -OFF_LINE;
    }
    return 2 * above >= l->length ? 1 : 2 * below > l->length ? -1 : 0;
}

/* Several lines that attenuate less than the next one at an end of the image may be air where a
 * body ends; no body is thicker there along half of the image. */
static int is_dead_run(const lines *l, size_t first, size_t size)
{
    if (first + size > l->count)
        return 0;
    int at_end = first == 0 || first + size == l->count;
    for (size_t i = first; i < first + size; i++) {
        int side = find_side(l, i,
                             (around){first > 0 ? i - first + 1 : 0,
                                      first + size < l->count ? first + size - i : 0});
        if (side == 0 || (size > 1 && at_end && side < 0))
            return 0;
    }
    return 1;
}

static around find_live(const uint8_t *dead, size_t i, size_t count)
{
    around live = {0, 0};
    for (size_t d = 1; d <= i && !live.before; d++)
        live.before = dead[i - d] ? 0 : d;
    for (size_t d = 1; i + d < count && !live.after; d++)
        live.after = dead[i + d] ? 0 : d;
    return live;
}

static void fill_line(const lines *l, const uint8_t *dead, size_t i)
{
    around to = find_live(dead, i, l->count);
    double share = !to.before  ? 1
                   : !to.after ? 0
                               : (double) to.before / (double) (to.before + to.after);
    for (size_t k = 0; k < l->length; k++) {
        float *at = l->values + i * l->step + k * l->next;
        double before = *(at - to.before * l->step);
        double after = *(at + to.after * l->step);
        *at = (float) (share > 0 && share < 1 ? (1 - share) * before + share * after
                       : share > 0            ? after
                                              : before);
    }
}

static osarc_status mend(const lines *l, osarc_notes *notes, osarc_error *err)
{
    uint8_t *dead = osi_alloc(l->count, 1, err);
    osarc_status status = dead ? OSARC_OK : OSARC_ERR_MEMORY;
    size_t found = 0;
    for (size_t size = 1; !status && size <= MAX_RUN; size++)
        for (size_t i = 0; i < l->count; i++)
            if (is_dead_run(l, i, size))
                memset(dead + i, 1, size);
    for (size_t i = 0; !status && i < l->count; i++)
        found += dead[i];
    if (!status && (double) found > MAX_SHARE * (double) l->count)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "%zu of %zu %s have nothing to do with their neighbours, %g %% allowed",
                          found, l->count, l->what, 100 * MAX_SHARE);
    for (size_t i = 0; !status && i < l->count; i++)
        if (dead[i])
            fill_line(l, dead, i);
    if (!status && found && notes)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "dead_lines", err,
                                 "%zu dead %s filled from their neighbours", found, l->what);
    osi_free(dead);
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
