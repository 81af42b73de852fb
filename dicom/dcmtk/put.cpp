/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "put.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include <osi/digest.h>
#include <osi/file.h>
#include <osi/text.h>

#include "dcmtk.hpp"

#include <dcmtk/dcmdata/dcostrmb.h>

namespace
{

constexpr size_t HEADER_ROOM = 65536;
constexpr size_t NUMBER_MAX = 16; /* letters in a decimal string */
constexpr const char *IMPLEMENTATION_UID = "2.25.186703925103460124098104915803516843309";

} // namespace

namespace osi
{

const char *const STUDY_DATE = "20000101";

std::string print_number(double value)
{
    if (value == 0)
        return "0";
    std::string best;
    for (int digits = 6; digits <= 16; digits++) {
        char text[64];
        std::snprintf(text, sizeof(text), "%.*g", digits, value);
        for (char *c = text; *c; c++)
            if (!std::strchr("0123456789+-eE", *c))
                *c = '.';
        if (std::strlen(text) > NUMBER_MAX)
            break;
        best = text;
        double back = 0;
        if (osi_number_read(text, &back) && back == value)
            break;
    }
    return best;
}

std::string make_uid(const char *seed, const std::string &role)
{
    std::string text = std::string("osarc/") + seed + "/" + role;
    char hex[OSI_SHA256_SIZE];
    osarc_error err = OSARC_ERROR_INIT;
    osarc_status status = osi_sha256(hex, text.data(), text.size(), &err);
    if (status)
        throw osi::failure{status, err.text};
    hex[12] = '8';
    hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) & 3];
    std::string digits(39, '0');
    for (size_t i = 0; i < 32; i++) {
        int carry = hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10;
        for (size_t d = digits.size(); d-- > 0;) {
            int value = (digits[d] - '0') * 16 + carry;
            digits[d] = static_cast<char>('0' + value % 10);
            carry = value / 10;
        }
    }
    return "2.25." + digits.substr(digits.find_first_not_of('0'));
}

void put(DcmItem *item, const DcmTagKey &tag, const std::string &value)
{
    osi::check(item->putAndInsertString(DcmTag(tag), value.c_str()), "header");
}

void put_short(DcmItem *item, const DcmTagKey &tag, size_t value)
{
    osi::check(item->putAndInsertUint16(DcmTag(tag), static_cast<Uint16>(value)), "header");
}

void put_number(DcmItem *item, const DcmTagKey &tag, double value)
{
    if (std::isfinite(value))
        put(item, tag, print_number(value));
}

void put_patient(DcmItem *item, const osarc_acquisition *a)
{
    static const char *const SEXES[] = {"", "F", "M"};
    put(item, DCM_PatientName, "PHANTOM");
    put(item, DCM_PatientID, a->patient_id);
    put(item, DCM_PatientBirthDate, "");
    put(item, DCM_PatientSex, SEXES[a->sex]);
    put(item, DCM_QualityControlSubject, "YES");
    if (std::isfinite(a->age_years) && a->age_years >= 0 && a->age_years < 1000) {
        char age[8];
        std::snprintf(age, sizeof(age), "%03dY", static_cast<int>(a->age_years));
        put(item, DCM_PatientAge, age);
    }
    put_number(item, DCM_PatientSize, a->height_m);
    put_number(item, DCM_PatientWeight, a->weight_kg);
}

/* Of our own making, so that the bytes do not depend on the version of the toolkit. */
void put_meta(DcmFileFormat &file, const char *class_uid, const std::string &instance_uid)
{
    DcmMetaInfo *meta = file.getMetaInfo();
    const Uint8 version[2] = {0, 1};
    osi::check(meta->putAndInsertUint32(DCM_FileMetaInformationGroupLength, 0), "header");
    osi::check(meta->putAndInsertUint8Array(DCM_FileMetaInformationVersion, version, 2), "header");
    put(meta, DCM_MediaStorageSOPClassUID, class_uid);
    put(meta, DCM_MediaStorageSOPInstanceUID, instance_uid);
    put(meta, DCM_TransferSyntaxUID, UID_LittleEndianExplicitTransferSyntax);
    put(meta, DCM_ImplementationClassUID, IMPLEMENTATION_UID);
    put(meta, DCM_ImplementationVersionName, "OSARC");
    Uint32 length = meta->calcElementLength(EXS_LittleEndianExplicit, EET_ExplicitLength);
    /* 128 + 4 bytes of preamble and magic, and 12 of the length itself, do not count */
    osi::check(meta->putAndInsertUint32(DCM_FileMetaInformationGroupLength, length - 144),
               "header");
}

void write_file(DcmFileFormat &file, size_t pixel_bytes, const std::string &path)
{
    std::vector<Uint8> buffer(pixel_bytes + HEADER_ROOM);
    DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
    file.transferInit();
    check(file.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr, EGL_withoutGL,
                     EPD_withoutPadding, 0, 0, 0, EWM_dontUpdateMeta),
          "encoding");
    file.transferEnd();
    void *bytes = nullptr;
    offile_off_t size = 0;
    stream.flushBuffer(bytes, size);
    osarc_error err = OSARC_ERROR_INIT;
    osarc_status status = osi_file_write(path.c_str(), bytes, static_cast<size_t>(size), &err);
    if (status)
        throw failure{status, err.text};
}

} // namespace osi
