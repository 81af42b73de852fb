/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>

#include "dxa.h"

#define LINES   3    /* on each side of a step, so that noise counts less */
#define MOST_PX 12   /* of a step */
#define STEP_MM 1.5  /* less is no motion that would move a region */
#define NEARBY  6    /* lines away an edge that slants would step as well */
#define LESS    0.5  /* of the difference is left when lines are moved back */
#define NOISES  4.0  /* over what lines usually differ by */
#define CEILING 12.0 /* of attenuation */

typedef struct step {
    long px;
    double before, after; /* mean square of the difference, as it is and moved back */
} step;

/* Mean of LINES lines, from one on. */
static void mean_lines(double *out, const float *logs, size_t columns, size_t from)
{
    for (size_t x = 0; x < columns; x++) {
        double sum = 0;
        for (size_t k = 0; k < LINES; k++) {
            double value = logs[(from + k) * columns + x];
            sum += isnan(value) ? CEILING : value;
        }
        out[x] = sum / LINES;
    }
}

static double difference(const double *above, const double *below, size_t columns, long px)
{
    double sum = 0;
    for (size_t x = MOST_PX; x + MOST_PX < columns; x++) {
        double off = above[x] - below[(size_t) ((long) x + px)];
        sum += off * off;
    }
    return sum / (double) (columns - 2 * (size_t) MOST_PX);
}

static step find_step(const double *above, const double *below, size_t columns)
{
    step s = {0, difference(above, below, columns, 0), INFINITY};
    s.after = s.before;
    for (long px = -MOST_PX; px <= MOST_PX; px++) {
        double left = difference(above, below, columns, px);
        if (left < s.after) {
            s.after = left;
            s.px = px;
        }
    }
    return s;
}

static int is_step(const step *s, double spacing_mm, double usual)
{
    return fabs((double) s->px) * spacing_mm >= STEP_MM && s->after < LESS * s->before &&
           s->before > NOISES * usual;
}

/* Lines between which the picture steps aside, and above and below which it does not. */
static size_t count_steps(size_t *first, const step *steps, size_t count, double spacing_mm,
                          double usual)
{
    size_t found = 0;
    for (size_t y = 0; y < count; y++) {
        if (!is_step(&steps[y], spacing_mm, usual))
            continue;
        size_t end = y;
        while (end + 1 < count && is_step(&steps[end + 1], spacing_mm, usual))
            end++;
        if (end - y < NEARBY)
            *first = found++ ? *first : (y + end) / 2;
        y = end;
    }
    return found;
}

osarc_status dxa_motion_note(const float *logs, size_t columns, size_t rows, double spacing_mm,
                             osarc_notes *notes, osarc_error *err)
{
    if (!notes || rows < 4 * LINES || columns < 4 * (size_t) MOST_PX)
        return OSARC_OK;
    size_t count = rows - 2 * LINES + 1;
    step *steps = osi_alloc_raw(count, sizeof(*steps), err);
    double *room = steps ? osi_alloc_raw(2 * columns + count, sizeof(*room), err) : NULL;
    osarc_status status = room ? OSARC_OK : OSARC_ERR_MEMORY;
    size_t first = 0;
    size_t found = 0;
    if (!status) {
        double *usual = room + 2 * columns;
        for (size_t y = 0; y < count; y++) {
            mean_lines(room, logs, columns, y);
            mean_lines(room + columns, logs, columns, y + LINES);
            steps[y] = find_step(room, room + columns, columns);
            usual[y] = steps[y].before;
        }
        found = count_steps(&first, steps, count, spacing_mm,
                            gsl_stats_select(usual, 1, count, count / 2));
    }
    if (!status && found)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "motion", err,
                                 "the picture steps aside between lines at %zu places, first below "
                                 "line %zu: the patient may have moved",
                                 found, first + LINES);
    osi_free(room);
    osi_free(steps);
    return status;
}
