/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_FRAME_READ_H
#define OSI_DICOM_FRAME_READ_H

/* From a file to the pixels of its frames. */

#include "files.h"
#include "fragments.h"

OSARC_BEGIN_DECLS

/** A whole file in memory, used again for one after another. All-zero is a valid empty one. */
typedef struct osi_loaded {
    osi_block file;
    uint8_t *inflated; /**< When the data set is deflated. */
    size_t size;       /**< Of the bytes that pixels.offset counts in. */
    osi_fragments fragments;
} osi_loaded;

/** Reads the whole file, its sha256, and where its frames are. */
OSARC_MUST_CHECK osarc_status osi_loaded_read(osi_loaded *loaded, osi_file *file, osarc_error *err);

/**
 * Pixels of one frame, little endian. Safe for several threads with a room each.
 * @param[out] out  Borrowed: from `loaded`, or from `room`.
 */
OSARC_MUST_CHECK osarc_status osi_loaded_frame(const uint8_t **out, osi_block *room,
                                               const osi_loaded *loaded, const osi_file *file,
                                               size_t number, osarc_error *err);

/** 1 when a file's frames can be read straight to their places. */
int osi_frames_can_stream(const osi_file *file);

/**
 * Reads a file once, front to end: its sha256, and the stored pixels of frame i to place[i] (NULL:
 * not wanted), 16 bits each, to be turned into HU where they lie. Needs no room for the file.
 */
OSARC_MUST_CHECK osarc_status osi_frames_stream(osi_file *file, int16_t *const *place,
                                                osarc_error *err);

void osi_loaded_free(osi_loaded *loaded);

/** Bytes of one frame when not compressed. */
size_t osi_frame_bytes(const osi_pixels *pixels);

/** Whether two frames hold the same stored pixels; an osi_same_pixels. `payload` is the osi_files.
 */
OSARC_MUST_CHECK osarc_status osi_frames_same_pixels(int *same_out, void *payload,
                                                     const osi_frame *a, const osi_frame *b,
                                                     osarc_error *err);

OSARC_END_DECLS

#endif
