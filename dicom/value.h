/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_VALUE_H
#define OSI_DICOM_VALUE_H

/* Values of elements, and where a data set begins in a file. */

#include "elements.h"
#include "frame.h"

OSARC_BEGIN_DECLS

/**
 * Text in UTF-8, trimmed and cut to size. `charset` is what (0008,0005) says; a byte that cannot be
 * turned into UTF-8 becomes '?'.
 */
void osi_value_text(char *out, size_t room, const uint8_t *data, const osi_element *element,
                    const char *charset);

/** Decimal text values separated by backslashes, or binary numbers; NAN for what is not there. */
void osi_value_numbers(double *out, size_t count, const uint8_t *data, const osi_element *element);

/** A binary 16-bit number, or a default when the value has another size. */
uint16_t osi_value_u16(const uint8_t *data, const osi_element *element, uint16_t otherwise);

/** Where the data set begins and how it is written. */
typedef struct osi_start {
    size_t offset;
    osi_encoding encoding;
    char syntax_uid[OSARC_TEXT_SIZE];
    char class_uid[OSARC_TEXT_SIZE]; /**< What the meta header says; a DICOMDIR says it only there.
                                      */
} osi_start;

/** 0 when the bytes do not begin like DICOM. */
int osi_start_find(osi_start *out, const uint8_t *bytes, size_t size);

/** Fills the class, and packing and syntax of the pixels, from the meta header. */
void osi_start_describe(osi_header *header, const osi_start *start);

OSARC_END_DECLS

#endif
