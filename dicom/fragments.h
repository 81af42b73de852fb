/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_FRAGMENTS_H
#define OSI_DICOM_FRAGMENTS_H

/* Compressed pixel data: which bytes of a file belong to which frame. */

#include "frame.h"

OSARC_BEGIN_DECLS

typedef struct osi_fragment {
    size_t offset; /**< In the file. */
    size_t size;
} osi_fragment;

typedef struct osi_fragments {
    osi_fragment *items;
    size_t count;
    size_t *first_of; /**< For each frame, its first fragment; one more entry at the end. */
    size_t frames;
} osi_fragments;

/**
 * @retval OSARC_ERR_FORMAT  cut short, or frames that cannot be told apart
 */
OSARC_MUST_CHECK osarc_status osi_fragments_read(osi_fragments *out, const uint8_t *bytes,
                                                 size_t size, const osi_pixels *pixels,
                                                 osarc_error *err);

void osi_fragments_free(osi_fragments *fragments);

OSARC_END_DECLS

#endif
