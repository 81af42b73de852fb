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
    int is_pair;       /**< Two images of a densitometer: low, high. */
    size_t pair_file[2];
    size_t pair_frame[2];
    size_t file;     /**< The first of its files. */
    double depth_mm; /**< Of its first slice. */
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

/** A new row, at the end. */
OSARC_MUST_CHECK osarc_status osi_listing_add(osi_series_row **out, osarc_catalogue *catalogue,
                                              osarc_error *err);

/** A row for each two densitometer images that belong together, whose files are marked. */
OSARC_MUST_CHECK osarc_status osi_pairs_make(osarc_catalogue *catalogue, osarc_error *err);

/** 1 when a file is an image as densitometers store them. */
int osi_may_be_densitometry(const osi_file *file);

/** View and pixel spacing of such a file, into its row. */
void osi_row_take_view(osi_series_row *row, const osi_header *header);

/** Sorts files and stacks into rows; the last step of a catalogue. */
OSARC_MUST_CHECK osarc_status osi_rows_make(osarc_catalogue *catalogue, osarc_error *err);

OSARC_END_DECLS

#endif
