/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dicom.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include <osi/text.h>

#include "dcmtk.hpp"
#include "put.hpp"

namespace
{

/* Where scanners start counting: stored = HU + 1024. */
constexpr int INTERCEPT_HU = -1024;

constexpr size_t FILES_MAX = 9999;

using osi::make_uid;
using osi::print_number;
using osi::put;
using osi::put_number;
using osi::put_patient;
using osi::put_short;

struct scale {
    bool is_signed = true;
    bool has_padding = false;
    int shift = 0; /* stored in the file = stored in the image + shift */
    double slope = 1;
    double intercept = 0;
};

struct series {
    const osarc_image *image = nullptr;
    const osarc_ct_write_options *options = nullptr;
    scale how;
    std::string study_uid;
    std::string series_uid;
    std::string frame_uid;
    std::string role; /* of its UIDs, before what each is for */
};

scale find_scale(const osarc_image *image, int padding_value)
{
    const int16_t *stored = osarc_image_stored(image);
    size_t count = osarc_grid_count(osarc_image_grid(image));
    int low = INT16_MAX;
    int high = INT16_MIN;
    scale how;
    for (size_t i = 0; i < count; i++) {
        if (stored[i] == OSARC_OUTSIDE) {
            how.has_padding = true;
            continue;
        }
        low = stored[i] < low ? stored[i] : low;
        high = stored[i] > high ? stored[i] : high;
    }
    how.slope = osarc_image_step(image);
    how.intercept = osarc_image_offset(image);
    if (how.slope == 1 && how.intercept == std::floor(how.intercept)) {
        double shift = how.intercept - INTERCEPT_HU;
        if (std::fabs(shift) > 65536)
            throw osi::failure{OSARC_ERR_UNIT, "values are too far from HU for 16 bit"};
        how.shift = static_cast<int>(shift);
        how.intercept = INTERCEPT_HU;
    }
    how.is_signed = how.has_padding ? padding_value < 0 : low + how.shift < 0;
    int least = how.is_signed ? INT16_MIN : 0;
    int most = how.is_signed ? INT16_MAX : UINT16_MAX;
    if (low <= high && (low + how.shift < least || high + how.shift > most))
        throw osi::failure{OSARC_ERR_UNIT, "stored values " + std::to_string(low + how.shift) +
                                               " to " + std::to_string(high + how.shift) +
                                               " do not fit " +
                                               (how.is_signed ? "signed" : "unsigned") + " 16 bit"};
    if (how.has_padding)
        for (size_t i = 0; i < count; i++)
            if (stored[i] != OSARC_OUTSIDE && stored[i] + how.shift == padding_value)
                throw osi::failure{OSARC_ERR_ARGUMENT,
                                   "the padding value " + std::to_string(padding_value) +
                                       " is also a measured value: another one is needed"};
    return how;
}

void put_study(DcmItem *item, const series &s)
{
    const osarc_acquisition *a = s.options->acquisition;
    put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
    put(item, DCM_StudyDate, osi::STUDY_DATE);
    put(item, DCM_StudyTime, "000000");
    put(item, DCM_AccessionNumber, "");
    put(item, DCM_Modality, "CT");
    put(item, DCM_Manufacturer, a->manufacturer);
    put(item, DCM_ManufacturerModelName, a->model);
    if (a->device_serial[0])
        put(item, DCM_DeviceSerialNumber, a->device_serial);
    put(item, DCM_ReferringPhysicianName, "");
    put(item, DCM_StudyDescription, "synthetic, not a patient");
    put(item, DCM_SeriesDescription, "synthetic, not a patient");
    put(item, DCM_StudyInstanceUID, s.study_uid);
    put(item, DCM_SeriesInstanceUID, s.series_uid);
    put(item, DCM_StudyID, "");
    put(item, DCM_SeriesNumber, std::to_string(s.options->series + 1));
    put(item, DCM_AcquisitionNumber, std::to_string(s.options->series + 1));
    put(item, DCM_FrameOfReferenceUID, s.frame_uid);
    put(item, DCM_PositionReferenceIndicator, "");
}

void put_acquisition(DcmItem *item, const osarc_acquisition *a)
{
    if (a->contrast != OSARC_CONTRAST_UNKNOWN)
        put(item, DCM_ContrastBolusAgent,
            a->contrast == OSARC_CONTRAST_GIVEN ? "SYNTHETIC" : "NONE");
    put(item, DCM_SliceThickness, "");
    put(item, DCM_KVP, "");
    put_number(item, DCM_SliceThickness, a->slice_thickness_mm);
    put_number(item, DCM_KVP, a->kvp);
    put_number(item, DCM_ReconstructionDiameter, a->reconstruction_diameter_mm);
    put_number(item, DCM_GantryDetectorTilt, a->tilt_deg);
    put_number(item, DCM_TableHeight, a->table_height_mm);
    put(item, DCM_ConvolutionKernel, a->kernel);
    put(item, DCM_PatientPosition, a->patient_position);
}

void put_slice(DcmItem *item, const series &s, size_t slice)
{
    const osarc_grid *grid = osarc_image_grid(s.image);
    const double corner[3] = {0, 0, static_cast<double>(slice)};
    double at_mm[3];
    osarc_grid_position_mm(grid, corner, at_mm);
    std::string position;
    std::string orientation;
    for (int c = 0; c < 3; c++)
        position += (c ? "\\" : "") + print_number(at_mm[c]);
    for (int c = 0; c < 6; c++)
        orientation += (c ? "\\" : "") + print_number(grid->direction[c / 3][c % 3]);
    put(item, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    put(item, DCM_SOPClassUID, UID_CTImageStorage);
    put(item, DCM_SOPInstanceUID,
        make_uid(s.options->uid_seed, s.role + "slice " + std::to_string(slice + 1)));
    put(item, DCM_InstanceNumber, std::to_string(slice + 1));
    put(item, DCM_ImagePositionPatient, position);
    put(item, DCM_ImageOrientationPatient, orientation);
    put(item, DCM_PixelSpacing,
        print_number(grid->spacing_mm[1]) + "\\" + print_number(grid->spacing_mm[0]));
}

void put_pixels(DcmItem *item, const series &s, size_t slice)
{
    const osarc_grid *grid = osarc_image_grid(s.image);
    size_t count = grid->size[0] * grid->size[1];
    const int16_t *stored = osarc_image_stored(s.image) + slice * count;
    put_short(item, DCM_SamplesPerPixel, 1);
    put(item, DCM_PhotometricInterpretation, "MONOCHROME2");
    put_short(item, DCM_Rows, grid->size[1]);
    put_short(item, DCM_Columns, grid->size[0]);
    put_short(item, DCM_BitsAllocated, 16);
    put_short(item, DCM_BitsStored, 16);
    put_short(item, DCM_HighBit, 15);
    put_short(item, DCM_PixelRepresentation, s.how.is_signed);
    put(item, DCM_BurnedInAnnotation, "NO");
    put(item, DCM_RescaleIntercept, print_number(s.how.intercept));
    put(item, DCM_RescaleSlope, print_number(s.how.slope));
    put(item, DCM_RescaleType, "HU");
    if (s.how.has_padding) {
        DcmTag tag(DCM_PixelPaddingValue, s.how.is_signed ? EVR_SS : EVR_US);
        osi::check(s.how.is_signed ? item->putAndInsertSint16(tag, s.options->padding_value)
                                   : item->putAndInsertUint16(
                                         tag, static_cast<Uint16>(s.options->padding_value)),
                   "padding");
    }
    std::vector<Uint16> pixels(count);
    for (size_t i = 0; i < count; i++)
        pixels[i] = static_cast<Uint16>(stored[i] == OSARC_OUTSIDE ? s.options->padding_value
                                                                   : stored[i] + s.how.shift);
    osi::check(item->putAndInsertUint16Array(DCM_PixelData, pixels.data(),
                                             static_cast<unsigned long>(count)),
               "pixels");
}

void write_slice(const std::string &folder, const series &s, size_t slice)
{
    DcmFileFormat file;
    DcmDataset *dataset = file.getDataset();
    put_study(dataset, s);
    put_patient(dataset, s.options->acquisition);
    put_acquisition(dataset, s.options->acquisition);
    put_slice(dataset, s, slice);
    put_pixels(dataset, s, slice);
    OFString uid;
    osi::check(dataset->findAndGetOFString(DCM_SOPInstanceUID, uid), "header");
    osi::put_meta(file, UID_CTImageStorage, uid.c_str());

    const osarc_grid *grid = osarc_image_grid(s.image);
    char name[16];
    std::snprintf(name, sizeof(name), "/%04zu.dcm", slice + 1);
    osi::write_file(file, grid->size[0] * grid->size[1] * 2, folder + name);
}

} // namespace

extern "C" osarc_status osarc_ct_write(const char *folder, const osarc_image *image,
                                       const osarc_ct_write_options *options, osarc_error *err)
{
    return osi::guard(err, "CT series not written", [&] {
        if (!folder || !image || !options || !options->acquisition || !options->uid_seed ||
            !options->uid_seed[0])
            throw osi::failure{OSARC_ERR_ARGUMENT,
                               "a folder, an image, an acquisition and a seed are needed"};
        if (osarc_image_unit(image) != OSARC_UNIT_HU)
            throw osi::failure{OSARC_ERR_UNIT, "the image is not in HU"};
        size_t slices = osarc_image_grid(image)->size[2];
        if (slices > FILES_MAX)
            throw osi::failure{OSARC_ERR_ARGUMENT, std::to_string(slices) + " slices, at most " +
                                                       std::to_string(FILES_MAX) +
                                                       " files in one folder"};
        osi::prepare_dcmtk();
        series s;
        s.image = image;
        s.options = options;
        s.how = find_scale(image, options->padding_value);
        s.study_uid = make_uid(options->uid_seed, "study");
        if (options->series > 0)
            s.role = "series " + std::to_string(options->series + 1) + " ";
        s.series_uid = make_uid(options->uid_seed, s.role + "series");
        s.frame_uid = make_uid(options->uid_seed, "frame of reference");
        for (size_t slice = 0; slice < slices; slice++)
            write_slice(folder, s, slice);
    });
}
