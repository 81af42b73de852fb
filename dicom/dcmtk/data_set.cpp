/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data_set.hpp"

#include <cmath>
#include <memory>

#include <dcmtk/dcmdata/dcistrmb.h>

#include <osi/alloc.h>
#include <osi/text.h>

#include "claims.h"
#include "codec.h"
#include "header.h"

namespace osi
{

namespace
{

void need(osarc_status status, const osarc_error &err)
{
    if (status)
        throw failure{status, err.text};
}

void read(DcmObject &object, const uint8_t *bytes, size_t size, E_TransferSyntax syntax)
{
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(size));
    stream.setEos();
    object.transferInit();
    OFCondition condition = object.read(stream, syntax, EGL_noChange, 0xFFFFFFFFU);
    object.transferEnd();
    check(condition, "DICOM file");
}

} // namespace

void parse(DcmDataset &data, const uint8_t *bytes, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_data_set found;
    size_t offset = 0;
    prepare_dcmtk();
    if (!osi_dicom_is_deflated(bytes, size, &offset)) {
        need(osi_claims_check(&found, bytes, size, 0, &err), err);
        read(data, bytes + found.at, size - found.at,
             found.encoding.big_endian    ? EXS_BigEndianExplicit
             : found.encoding.explicit_vr ? EXS_LittleEndianExplicit
                                          : EXS_LittleEndianImplicit);
        return;
    }
    uint8_t *inflated = nullptr;
    size_t inflated_size = 0;
    need(osi_inflate(&inflated, &inflated_size, bytes + offset, size - offset, OSI_LABEL_FILE_LIMIT,
                     &err),
         err);
    std::unique_ptr<uint8_t, void (*)(void *)> owner(inflated, osi_free);
    need(osi_claims_check(&found, inflated, inflated_size, 1, &err), err);
    read(data, inflated, inflated_size, EXS_LittleEndianExplicit);
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
