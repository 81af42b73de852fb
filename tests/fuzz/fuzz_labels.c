/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segmentations and structure sets, the latter on a fixed grid instead of a series found on disk.
 */
#include <stdlib.h>

#include <label_file.h>
#include <osi/alloc.h>

#include "fuzz_file.h"

static const osarc_grid GRID = {
    .size = {16, 14, 6},
    .spacing_mm = {1, 1, 3},
    .origin_mm = {-10, -20, 30},
    .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_label_options options = {.fraction = 0.5, .threads = 1};
    osi_seg seg = {0};
    osi_structures structures = {0};
    osarc_label_file *file = osi_alloc(1, sizeof(*file), &err);
    if (!file)
        return 0;
    osarc_status status = osi_seg_read(&seg, bytes, size, &err);
    if (!status)
        status = osi_seg_to_labels(file, &seg, &options, NULL, &err);
    osi_seg_free(&seg);
    osarc_label_file_free(file);
    file = osi_alloc(1, sizeof(*file), &err);
    status = file ? osi_structures_read(&structures, bytes, size, &err) : OSARC_ERR_MEMORY;
    if (!status)
        status = osi_structures_to_labels(file, &structures, &GRID, NULL, &err);
    osi_structures_free(&structures);
    osarc_label_file_free(file);
    return 0;
}
