/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Box plots of Dice by label. */
#include "overlap_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "plot.h"

/* More labels than this make a figure that cannot be read: the first ones are drawn. */
#define MOST_BOXES 40

#define NAME_SIZE 48

/* A letter of a name under the axis, and the widest figure; beyond it numbers stand for names. */
#define LETTER_MM  2.2
#define LEAST_MM   12
#define MARGINS_MM 30
#define WIDEST_MM  400

/* One label's values and how it is called under the axis. */
typedef struct box_job {
    char name[NAME_SIZE];
    const char *label;
    double *values;
    size_t count;
} box_job;

static size_t collect(box_job *jobs, double *values, const osarc_overlap *overlap)
{
    size_t used = 0;
    size_t count = 0;
    for (size_t i = 0; i < overlap->total_count && count < MOST_BOXES; i++) {
        const osarc_overlap_summary *total = &overlap->totals[i].row;
        if (strcmp(total->metric, "dice") != 0 || total->count == 0)
            continue;
        box_job *job = &jobs[count++];
        job->values = values + used;
        job->count = 0;
        job->label = total->label;
        osi_text_copy(job->name, sizeof(job->name), total->name);
        for (size_t k = 0; k < overlap->entry_count; k++) {
            const osarc_overlap_row *row = &overlap->entries[k]->row;
            if (!strcmp(row->label, total->label) && !strcmp(row->metric, "dice") &&
                row->quality != OSARC_QUALITY_REFUSED)
                job->values[job->count++] = row->value;
        }
        used += job->count;
    }
    return count;
}

/* The width of the figure; names too long for it give way to numbers. */
static double fit_names(const char **names, const box_job *jobs, size_t count)
{
    for (int use_names = 1;; use_names = 0) {
        size_t longest = 0;
        for (size_t i = 0; i < count; i++) {
            names[i] = use_names && jobs[i].name[0] ? jobs[i].name : jobs[i].label;
            longest = strlen(names[i]) > longest ? strlen(names[i]) : longest;
        }
        double width = MARGINS_MM + (double) count * fmax(LEAST_MM, LETTER_MM * (double) longest);
        if (width <= WIDEST_MM || !use_names)
            return fmax(width, 80);
    }
}

static osarc_status draw(const box_job *jobs, size_t count, double lowest, const char *path,
                         osarc_error *err)
{
    const char *names[MOST_BOXES];
    double width_mm = fit_names(names, jobs, count);
    osi_plot_options options = {
        .title = "Dice by label",
        .x = {.low = 0.5,
              .high = (double) count + 0.5,
              .exact = 1,
              .categories = names,
              .category_count = count},
        .y = {.label = "Dice", .low = lowest, .high = 1},
        .width_mm = width_mm,
    };
    osi_plot *plot = NULL;
    osarc_status status = osi_plot_create(&plot, &options, err);
    for (size_t i = 0; !status && i < count; i++) {
        osi_box box;
        double *outliers = NULL;
        double x = (double) i + 1;
        status = osi_box_from_values(&box, &outliers, jobs[i].values, jobs[i].count, err);
        if (!status && jobs[i].count == 1)
            osi_plot_points(plot, &x, jobs[i].values, 1, osi_plot_ink(0));
        else if (!status)
            osi_plot_box(plot, x, 0.6, &box, osi_plot_ink(0));
        osi_free(outliers);
    }
    if (!status)
        status = osi_plot_write(plot, path, err);
    osi_plot_free(plot);
    return status;
}

osarc_status osi_overlap_plot(const osarc_overlap *overlap, const char *folder, osarc_error *err)
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/overlap_dice.png", folder);
    if (length < 0 || (size_t) length >= sizeof(path))
        return osi_fail(err, OSARC_ERR_IO, "the path of the output folder is too long");
    box_job *jobs = osi_alloc(MOST_BOXES, sizeof(*jobs), err);
    double *values = osi_alloc_raw(overlap->entry_count, sizeof(*values), err);
    osarc_status status = jobs && values ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        size_t count = collect(jobs, values, overlap);
        double lowest = 1;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < jobs[i].count; k++)
                lowest = fmin(lowest, jobs[i].values[k]);
        if (count > 0)
            status = draw(jobs, count, lowest, path, err);
    }
    osi_free(values);
    osi_free(jobs);
    return status;
}
