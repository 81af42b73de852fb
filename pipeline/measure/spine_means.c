/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL_L1   31
#define LABELS_MAX 4

/* Labels fall from head to foot. */
typedef struct span {
    const char *name;
    int count; /* of vertebrae, from L1 on */
} span;

static const span SPANS[] = {{"L1-L2", 2}, {"L1-L4", 4}};

/* Vertebrae over which a mean goes. */
typedef struct chosen {
    const osi_level *levels[LABELS_MAX];
    int count;
    char over[64];  /* "L1, L2" */
    char out[1024]; /* which are left out, and why */
} chosen;

static void append(char *text, size_t room, const char *between, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, room - used, "%s%s", used ? between : "", more);
}

static int label_under(const osi_level *level, int other)
{
    const osarc_vertebra *v = level->in->vertebra;
    return other && v->other_label ? v->other_label : v->label;
}

static const osi_level *find_level(const osi_spine_run *run, int label, int other)
{
    for (size_t i = 0; i < run->level_count; i++)
        if (label_under(&run->levels[i], other) == label)
            return &run->levels[i];
    return NULL;
}

static void choose(chosen *out, const osi_spine_run *run, const span *wanted, int other)
{
    memset(out, 0, sizeof(*out));
    for (int i = 0; i < wanted->count; i++) {
        int label = LABEL_L1 - i;
        const char *name = osarc_vertebra_name((uint8_t) label);
        const osi_level *level = find_level(run, label, other);
        const char *why = !level              ? "not in view"
                          : level->refused[0] ? level->refused
                                              : level->fracture;
        if (!why[0]) {
            out->levels[out->count++] = level;
            append(out->over, sizeof(out->over), ", ", name);
            continue;
        }
        char text[256];
        snprintf(text, sizeof(text), "%s: %s", name, why);
        append(out->out, sizeof(out->out), "; ", text);
    }
}

/* L1-L2 asks for both; L1-L4 for any two. */
#define NEEDED 2

/*
 * The fit is the same for all levels and placement follows one way of placing: neither shrinks
 * with their number. Noise is independent between levels.
 */
static osi_measured read_mean(const osi_spine_run *run, const chosen *over, int density)
{
    osi_measured mean = {0, 0, 0, 0};
    double squares = 0;
    for (int i = 0; i < over->count; i++) {
        osi_measured one = density ? osi_level_density(over->levels[i], run->input->calibration)
                                   : osi_level_hu(over->levels[i]);
        mean.value += one.value / over->count;
        mean.fit += one.fit / over->count;
        mean.placement += one.placement / over->count;
        squares += one.noise * one.noise;
    }
    mean.noise = sqrt(squares) / over->count;
    return mean;
}

static void tell_other_reading(osi_row_note *note, const osi_spine_run *run, const span *wanted,
                               int density, const char *unit)
{
    int differ = 0;
    for (size_t i = 0; i < run->level_count; i++)
        differ |= run->levels[i].other[0] != '\0';
    if (!differ)
        return;
    chosen over;
    choose(&over, run, wanted, 1);
    if (over.count < NEEDED)
        osi_row_note_add(note, 1, "anchors disagree: under the other reading %s cannot be measured",
                         wanted->name);
    else
        osi_row_note_add(note, 1, "anchors disagree: under the other reading %s is %s %s",
                         wanted->name, osi_short(read_mean(run, &over, density).value, 1).text,
                         unit);
}

static osarc_status add_mean(const osi_spine_run *run, const span *wanted, int density,
                             osarc_error *err)
{
    const char *unit = density ? "mg/cm3" : "HU";
    osarc_finding row = run->blank;
    row.site = "lumbar";
    row.level = wanted->name;
    row.quantity = density ? "vbmd_trabecular" : "hu_trabecular";
    row.unit = unit;
    chosen over;
    choose(&over, run, wanted, 0);
    if (density && run->no_density[0])
        return osi_row_refuse(run->findings, &row, run->no_density, err);
    if (over.count < NEEDED) {
        char why[1200];
        snprintf(why, sizeof(why), "two whole and sound vertebrae are needed; %s", over.out);
        return osi_row_refuse(run->findings, &row, why, err);
    }
    osi_row_note note = {0};
    if (over.out[0])
        osi_row_note_add(&note, 1, "left out: %s", over.out);
    osi_measured mean = read_mean(run, &over, density);
    tell_other_reading(&note, run, wanted, density, unit);
    osi_spine_note(&note, run, density ? OSI_ROW_DENSITY : OSI_ROW_HU);
    osi_row_note_add(&note, 0, "mean of %s", over.over);
    osi_measured_tell(&note, &mean, unit);
    row.method = density ? run->method_density : run->method_hu;
    row.basis = density ? run->input->calibration->basis : NULL;
    row.value = mean.value;
    return osi_row_add(run->findings, &row, osi_measured_half(&mean), &note, err);
}

osarc_status osi_spine_means(osi_spine_run *run, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(SPANS) / sizeof(SPANS[0]) && !status; i++) {
        status = add_mean(run, &SPANS[i], 0, err);
        if (!status)
            status = add_mean(run, &SPANS[i], 1, err);
    }
    return status;
}
