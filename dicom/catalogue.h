/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_CATALOGUE_H
#define OSI_DICOM_CATALOGUE_H

/* What a catalogue holds: files, their slices, and the series made of them. */

#include "files.h"
#include "series.h"

OSARC_BEGIN_DECLS

typedef struct osi_series_row {
    osarc_series view; /**< What callers see; its texts point into this struct or are static. */
    size_t stack;      /**< SIZE_MAX when it is no stack of slices. */
    size_t file;       /**< The first of its files. */
    double depth_mm;   /**< Of its first slice. */
    char text[248];
    char description[96];
} osi_series_row;

struct osarc_catalogue {
    osi_files files;
    osi_frame *frames;
    osi_fate *fates;
    size_t frame_count;
    osi_stacks stacks;
    osi_series_row **rows;
    size_t row_count;
    size_t row_room;
};

/** Fills file->header or the reason why there is none. */
OSARC_MUST_CHECK osarc_status osi_file_examine(osi_file *file, osarc_error *err);

/** Sorts files and stacks into rows; the last step of a catalogue. */
OSARC_MUST_CHECK osarc_status osi_rows_make(osarc_catalogue *catalogue, osarc_error *err);

OSARC_END_DECLS

#endif
