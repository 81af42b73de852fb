/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_DCMTK_PUT_HPP
#define OSI_DICOM_DCMTK_PUT_HPP

/* What every synthetic DICOM file needs. */

#include <string>

#include <osarc/scan.h>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

namespace osi
{

/* Not a date of anything: the header must have one. */
extern const char *const STUDY_DATE;

/* A text of at most 16 letters that reads back as the number, or as near as that allows. */
std::string print_number(double value);

/* A UID under 2.25 from a digest: a UUID of version 8 written as one decimal number. */
std::string make_uid(const char *seed, const std::string &role);

void put(DcmItem *item, const DcmTagKey &tag, const std::string &value);
void put_short(DcmItem *item, const DcmTagKey &tag, size_t value);
void put_number(DcmItem *item, const DcmTagKey &tag, double value);
void put_patient(DcmItem *item, const osarc_acquisition *a);

/* Of our own making, so that the bytes do not depend on the version of the toolkit. */
void put_meta(DcmFileFormat &file, const char *class_uid, const std::string &instance_uid);

/* Whole or not at all. */
void write_file(DcmFileFormat &file, size_t pixel_bytes, const std::string &path);

} // namespace osi

#endif
