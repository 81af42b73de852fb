/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exclude_step.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/threads.h>

osarc_status exclude_read(osarc_label_file **out, const char *path, int threads, osarc_error *err)
{
    const osarc_label_options options = {.threads = threads};
    osarc_status status = osarc_label_file_read(out, path, &options, NULL, err);
    return status ? osi_fail_context(err, status, path) : OSARC_OK;
}

static void add_layer(uint8_t *out, const osarc_grid *grid, const osarc_mask *layer, int threads)
{
    const osarc_grid *map = osarc_mask_grid(layer);
    const uint8_t *labels = osarc_mask_labels(layer);
    const size_t rows = grid->size[1] * grid->size[2];
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t r = 0; r < rows; r++) {
        size_t j = r % grid->size[1];
        size_t k = r / grid->size[1];
        for (size_t i = 0; i < grid->size[0]; i++) {
            double lps[3];
            double at[3];
            const double ijk[3] = {(double) i, (double) j, (double) k};
            osarc_grid_position_mm(grid, ijk, lps);
            osarc_grid_index(map, lps, at);
            size_t from = 0;
            size_t step = 1;
            int inside = 1;
            for (int a = 0; a < 3; a++) {
                double index = floor(at[a] + 0.5);
                inside &= index >= 0 && index < (double) map->size[a];
                from += inside ? (size_t) index * step : 0;
                step *= map->size[a];
            }
            if (inside && labels[from])
                out[r * grid->size[0] + i] = 1;
        }
    }
}

osarc_status exclude_on_grid(osarc_mask **out, const osarc_label_file *exclude,
                             const osarc_grid *grid, const osarc_acquisition *acquisition,
                             osarc_notes *notes, int threads, osarc_error *err)
{
    size_t count = 0;
    const osarc_mask *const *layers = osarc_label_file_layers(exclude, &count);
    const char *theirs = osarc_label_file_frame_of_reference(exclude);
    *out = NULL;
    if (osarc_label_file_format(exclude) != OSARC_LABELS_NIFTI &&
        (!theirs[0] || strcmp(theirs, acquisition->frame_of_reference_uid) != 0))
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "exclude_elsewhere", err,
                               "nothing was left out: the mask lies in another frame of reference");
    osarc_status status = osarc_mask_create(out, grid, err);
    for (size_t i = 0; i < count && !status; i++)
        add_layer(osarc_mask_fill(*out), grid, layers[i], threads);
    if (status)
        return status;
    uint64_t counts[256];
    osarc_mask_counts(*out, counts);
    if (counts[1])
        return osarc_notes_add(notes, OSARC_NOTE_INFO, "excluded", err,
                               "%.2f cm3 are left out by the mask given",
                               (double) counts[1] * osarc_grid_voxel_mm3(grid) / 1000);
    osarc_mask_free(*out);
    *out = NULL;
    return osarc_notes_add(notes, OSARC_NOTE_WARNING, "exclude_elsewhere", err,
                           "nothing was left out: the mask holds nothing on this scan");
}
