/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dicom.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "dcmtk.hpp"
#include "put.hpp"

namespace
{

constexpr double MOST = 65535;
/* Attenuation is kept to this: finer than the noise of any exposure. */
constexpr double LOG_STEP = 1.0 / 4096;

const char *const VIEWS[OSARC_DXA_VIEW_COUNT] = {
    "",        "AP Spine", "Left Femur", "Right Femur",      "Total Body",
    "Forearm", "LVA",      "Left Knee",  "Calibration wedge"};

void put_study(DcmItem *item, const osarc_dxa_facts *facts, const char *seed)
{
    const osarc_acquisition *a = &facts->acquisition;
    osi::put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
    osi::put(item, DCM_StudyDate, osi::STUDY_DATE);
    osi::put(item, DCM_StudyTime, "000000");
    osi::put(item, DCM_AccessionNumber, "");
    osi::put(item, DCM_Modality, "DX");
    osi::put(item, DCM_PresentationIntentType, "FOR PROCESSING");
    osi::put(item, DCM_Manufacturer, a->manufacturer);
    osi::put(item, DCM_ManufacturerModelName, a->model);
    if (a->device_serial[0])
        osi::put(item, DCM_DeviceSerialNumber, a->device_serial);
    osi::put(item, DCM_ReferringPhysicianName, "");
    osi::put(item, DCM_StudyDescription, "synthetic, not a patient");
    osi::put(item, DCM_SeriesDescription, "synthetic, not a patient");
    const std::string side = facts->side == OSARC_SIDE_LEFT    ? "Left "
                             : facts->side == OSARC_SIDE_RIGHT ? "Right "
                                                               : "";
    osi::put(item, DCM_ProtocolName, side + VIEWS[facts->view]);
    osi::put(item, DCM_StudyInstanceUID, osi::make_uid(seed, "study"));
    osi::put(item, DCM_SeriesInstanceUID, osi::make_uid(seed, "series"));
    osi::put(item, DCM_StudyID, "");
    osi::put(item, DCM_SeriesNumber, "1");
    osi::put(item, DCM_PatientOrientation, "L\\F");
    osi::put(item, DCM_BurnedInAnnotation, "NO");
}

void put_image(DcmItem *item, const osarc_dxa_pair *pair, int energy, const std::string &uid)
{
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    const float *values = osarc_dxa_pair_values(pair, energy ? OSARC_DXA_HIGH : OSARC_DXA_LOW);
    const double step = facts->is_log ? LOG_STEP : 1;
    const std::string spacing =
        osi::print_number(facts->spacing_mm[1]) + "\\" + osi::print_number(facts->spacing_mm[0]);
    const size_t count = facts->columns * facts->rows;
    osi::put(item, DCM_ImageType, "ORIGINAL\\PRIMARY");
    osi::put(item, DCM_SOPClassUID, UID_DigitalXRayImageStorageForProcessing);
    osi::put(item, DCM_SOPInstanceUID, uid);
    osi::put(item, DCM_InstanceNumber, std::to_string(energy + 1));
    osi::put_number(item, DCM_KVP, facts->kvp[energy]);
    osi::put(item, DCM_ImagerPixelSpacing, spacing);
    osi::put(item, DCM_PixelSpacing, spacing);
    osi::put_short(item, DCM_SamplesPerPixel, 1);
    osi::put(item, DCM_PhotometricInterpretation, facts->is_log ? "MONOCHROME2" : "MONOCHROME1");
    osi::put_short(item, DCM_Rows, facts->rows);
    osi::put_short(item, DCM_Columns, facts->columns);
    osi::put_short(item, DCM_BitsAllocated, 16);
    osi::put_short(item, DCM_BitsStored, 16);
    osi::put_short(item, DCM_HighBit, 15);
    osi::put_short(item, DCM_PixelRepresentation, 0);
    osi::put(item, DCM_PixelIntensityRelationship, facts->is_log ? "LOG" : "LIN");
    osi::check(item->putAndInsertSint16(DCM_PixelIntensityRelationshipSign,
                                        static_cast<Sint16>(facts->is_log ? -1 : 1)),
               "header");
    osi::put(item, DCM_RescaleIntercept, "0");
    osi::put(item, DCM_RescaleSlope, osi::print_number(step));
    osi::put(item, DCM_RescaleType, "US");
    std::vector<Uint16> pixels(count);
    for (size_t i = 0; i < count; i++) {
        double stored = std::round(static_cast<double>(values[i]) / step);
        if (!(stored >= 0 && stored <= MOST))
            throw osi::failure{OSARC_ERR_UNIT, "a value of " + osi::print_number(values[i]) +
                                                   " does not fit 16 bit"};
        pixels[i] = static_cast<Uint16>(stored);
    }
    osi::check(item->putAndInsertUint16Array(DCM_PixelData, pixels.data(),
                                             static_cast<unsigned long>(count)),
               "pixels");
}

} // namespace

extern "C" osarc_status osarc_dxa_write(const char *folder, const osarc_dxa_pair *pair,
                                        const char *uid_seed, osarc_error *err)
{
    return osi::guard(err, "densitometer images not written", [&] {
        if (!folder || !pair || !uid_seed || !uid_seed[0])
            throw osi::failure{OSARC_ERR_ARGUMENT, "a folder, a pair and a seed are needed"};
        osi::prepare_dcmtk();
        const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
        for (int energy = 0; energy < 2; energy++) {
            DcmFileFormat file;
            const std::string name = energy ? "/0002.dcm" : "/0001.dcm";
            const std::string uid = osi::make_uid(uid_seed, energy ? "high energy" : "low energy");
            put_study(file.getDataset(), facts, uid_seed);
            osi::put_patient(file.getDataset(), &facts->acquisition);
            put_image(file.getDataset(), pair, energy, uid);
            osi::put_meta(file, UID_DigitalXRayImageStorageForProcessing, uid);
            osi::write_file(file, facts->columns * facts->rows * 2, folder + name);
        }
    });
}
