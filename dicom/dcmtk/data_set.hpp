/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_DATA_SET_HPP
#define OSI_DICOM_DATA_SET_HPP

/* A DICOM object in memory, and its values as plain ones. */

#include "dcmtk.hpp"

#include <cstdint>
#include <cstring>

#include "label_file.h"

namespace osi
{

/** Parses the data set of a file that lies in memory; a cut-off one is refused. */
void parse(DcmDataset &data, const uint8_t *bytes, size_t size);

/** Text of an element, "" when it is not there. */
std::string text_of(DcmItem &item, const DcmTagKey &tag, unsigned long position = 0);

/** Copies a text into a field, cut to its room, without control bytes. */
void copy_text(char out[OSARC_TEXT_SIZE], const std::string &text);

/** A number of an element; false when it is not there or none. */
bool number_of(double &out, DcmItem &item, const DcmTagKey &tag, unsigned long position = 0);

/** Several numbers of an element; refused when one is missing. */
void numbers_of(double *out, unsigned long count, DcmItem &item, const DcmTagKey &tag,
                const char *what);

/** A whole number; refused when it is missing. */
long whole_of(DcmItem &item, const DcmTagKey &tag, const char *what);

/** The first item of a sequence, NULL when it is not there. */
DcmItem *first_item(DcmItem &item, const DcmTagKey &tag);

} // namespace osi

#endif
