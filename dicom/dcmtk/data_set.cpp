/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data_set.hpp"

#include <cmath>

#include <dcmtk/dcmdata/dcistrmb.h>

#include <osi/text.h>

namespace osi
{

void parse(DcmFileFormat &file, const uint8_t *bytes, size_t size)
{
    prepare_dcmtk();
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(size));
    stream.setEos();
    file.transferInit();
    OFCondition condition = file.read(stream, EXS_Unknown, EGL_noChange, 0xFFFFFFFFU);
    file.transferEnd();
    check(condition, "DICOM file");
}

std::string text_of(DcmItem &item, const DcmTagKey &tag, unsigned long position)
{
    OFString value;
    if (item.findAndGetOFString(tag, value, position).bad())
        return std::string();
    return std::string(value.c_str());
}

void copy_text(char out[OSARC_TEXT_SIZE], const std::string &text)
{
    osi_text_copy(out, OSARC_TEXT_SIZE, text.c_str());
}

bool number_of(double &out, DcmItem &item, const DcmTagKey &tag, unsigned long position)
{
    Float64 value = 0;
    if (item.findAndGetFloat64(tag, value, position).good() && std::isfinite(value)) {
        out = value;
        return true;
    }
    return osi_number_read(text_of(item, tag, position).c_str(), &out) != 0;
}

void numbers_of(double *out, unsigned long count, DcmItem &item, const DcmTagKey &tag,
                const char *what)
{
    for (unsigned long i = 0; i < count; i++)
        if (!number_of(out[i], item, tag, i))
            throw failure{OSARC_ERR_FORMAT, std::string(what) + " is missing or not a number"};
}

long whole_of(DcmItem &item, const DcmTagKey &tag, const char *what)
{
    double value = 0;
    Uint16 small = 0;
    if (item.findAndGetUint16(tag, small).good())
        return small;
    if (!number_of(value, item, tag) || value != std::floor(value) || std::fabs(value) > 2147483647)
        throw failure{OSARC_ERR_FORMAT, std::string(what) + " is missing or not a whole number"};
    return static_cast<long>(value);
}

DcmItem *first_item(DcmItem &item, const DcmTagKey &tag)
{
    DcmItem *first = nullptr;
    return item.findAndGetSequenceItem(tag, first, 0).good() ? first : nullptr;
}

} // namespace osi

extern "C" osarc_status osi_sop_class(char out[OSARC_TEXT_SIZE], const uint8_t *bytes, size_t size,
                                      osarc_error *err)
{
    out[0] = '\0';
    return osi::guard(err, "reading labels", [&] {
        DcmFileFormat file;
        osi::prepare_dcmtk();
        DcmInputBufferStream stream;
        stream.setBuffer(bytes, static_cast<offile_off_t>(size));
        stream.setEos();
        file.transferInit();
        OFCondition condition =
            file.readUntilTag(stream, EXS_Unknown, EGL_noChange, 0xFFFFFFFFU, DCM_StudyDate);
        file.transferEnd();
        std::string uid = osi::text_of(*file.getDataset(), DCM_SOPClassUID);
        if (uid.empty())
            throw osi::failure{OSARC_ERR_FORMAT,
                               "neither NIfTI nor DICOM, or damaged in its first bytes"};
        (void) condition; /* a file cut off later on is told by its own reader */
        osi::copy_text(out, uid);
    });
}
