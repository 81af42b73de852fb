/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Box plots of Dice by label. */
#include "overlap_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "plot.h"

/* More labels than this make a figure that cannot be read: the first ones are drawn. */
#define MOST_BOXES 40

#define NAME_SIZE 48

/* One label's values and how it is called under the axis. */
typedef struct box_job {
    char name[NAME_SIZE];
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
        snprintf(job->name, sizeof(job->name), "%s", total->name[0] ? total->name : total->label);
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

static osarc_status draw(const box_job *jobs, size_t count, double lowest, const char *path,
                         osarc_error *err)
{
    const char *names[MOST_BOXES];
    for (size_t i = 0; i < count; i++)
        names[i] = jobs[i].name;
    osi_plot_options options = {
        .title = "Dice by label",
        .x = {.low = 0.5,
              .high = (double) count + 0.5,
              .exact = 1,
              .categories = names,
              .category_count = count},
        .y = {.label = "Dice", .low = lowest, .high = 1},
        .width_mm = 60 + 12 * (double) count,
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
