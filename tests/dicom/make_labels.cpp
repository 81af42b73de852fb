/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_labels.h"

#include <memory>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fgfracon.h>
#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmfg/fgseg.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>
#include <dcmtk/dcmseg/segutils.h>

namespace
{

struct failed {
};

void need(const OFCondition &condition)
{
    if (condition.bad()) {
        fprintf(stderr, "making a test file: %s\n", condition.text());
        throw failed{};
    }
}

template <class Body> int attempt(Body &&body)
{
    try {
        body();
        return 1;
    } catch (const failed &) {
        return 0;
    }
}

std::string print(double value)
{
    char text[32];
    snprintf(text, sizeof(text), "%.9g", value);
    return text;
}

OFString of(double value)
{
    return print(value).c_str();
}

std::string join(const double *values, size_t count)
{
    std::string text;
    for (size_t i = 0; i < count; i++)
        text += (i ? "\\" : "") + print(values[i]);
    return text;
}

DcmSegmentation *create(const osarc_grid &grid)
{
    IODGeneralEquipmentModule::EquipmentInfo equipment("osarc", "test", "1", "1");
    ContentIdentificationMacro content("1", "LABELS", "test labels", "osarc");
    DcmSegmentation *seg = nullptr;
    need(DcmSegmentation::createBinarySegmentation(seg, static_cast<Uint16>(grid.size[1]),
                                                   static_cast<Uint16>(grid.size[0]), equipment,
                                                   content));
    return seg;
}

void add_shared(DcmSegmentation &seg, const osarc_grid &grid, bool between)
{
    const auto *d = grid.direction;
    std::unique_ptr<FGPlaneOrientationPatient> axes(FGPlaneOrientationPatient::createMinimal(
        of(d[0][0]), of(d[0][1]), of(d[0][2]), of(d[1][0]), of(d[1][1]), of(d[1][2])));
    FGPixelMeasures measures;
    need(measures.setPixelSpacing(
        (print(grid.spacing_mm[1]) + "\\" + print(grid.spacing_mm[0])).c_str()));
    need(measures.setSliceThickness(of(grid.spacing_mm[2])));
    if (between)
        need(measures.setSpacingBetweenSlices(of(grid.spacing_mm[2])));
    need(seg.addForAllFrames(*axes));
    need(seg.addForAllFrames(measures));
}

Uint16 add_segment(DcmSegmentation &seg, const char *name, const char *code)
{
    DcmSegment *segment = nullptr;
    Uint16 number = 0;
    need(DcmSegment::create(segment, name, CodeSequenceMacro("85756007", "SCT", "Tissue"),
                            CodeSequenceMacro(code, "SCT", name), DcmSegTypes::SAT_MANUAL));
    need(seg.addSegment(segment, number));
    return number;
}

void add_frames(DcmSegmentation &seg, const seg_spec &spec, size_t which, Uint16 number,
                std::vector<Uint8> &all)
{
    const osarc_grid &grid = *osarc_mask_grid(spec.masks[which]);
    size_t plane = grid.size[0] * grid.size[1];
    std::vector<Uint8> pixels(plane);
    for (size_t z = 0; z < grid.size[2]; z++) {
        bool any = false;
        for (size_t i = 0; i < plane; i++) {
            pixels[i] = osarc_mask_labels(spec.masks[which])[z * plane + i] == spec.labels[which];
            any |= pixels[i] != 0;
        }
        if (!any && spec.skip_empty)
            continue;
        all.insert(all.end(), pixels.begin(), pixels.end());
        double ijk[3] = {0, 0, static_cast<double>(z)};
        double lps[3];
        osarc_grid_position_mm(&grid, ijk, lps);
        std::unique_ptr<FGPlanePosPatient> position(
            FGPlanePosPatient::createMinimal(of(lps[0]), of(lps[1]), of(lps[2])));
        FGFrameContent content;
        need(content.setStackID("1"));
        need(content.setInStackPositionNumber(static_cast<Uint32>(z + 1)));
        need(content.setDimensionIndexValues(number, 0));
        need(content.setDimensionIndexValues(static_cast<Uint32>(z + 1), 1));
        OFVector<FGBase *> groups;
        groups.push_back(position.get());
        groups.push_back(&content);
        need(seg.addFrame(pixels.data(), number, groups));
    }
}

void fill_identity(DcmSegmentation &seg, const char *frame_uid)
{
    char uid[100];
    need(seg.getFrameOfReference().setFrameOfReferenceUID(frame_uid));
    need(seg.getStudy().setStudyInstanceUID(dcmGenerateUniqueIdentifier(uid)));
    need(seg.getSeries().setSeriesNumber("1"));
    IODMultiframeDimensionModule &dimensions = seg.getDimensions();
    need(dimensions.addDimensionIndex(DCM_ReferencedSegmentNumber, "2.25.1",
                                      DCM_SegmentIdentificationSequence, "segment"));
    need(dimensions.addDimensionIndex(DCM_ImagePositionPatient, "2.25.1", DCM_PlanePositionSequence,
                                      "slice"));
}

void put(DcmItem &item, const DcmTagKey &tag, const std::string &value)
{
    need(item.putAndInsertString(tag, value.c_str()));
}

DcmItem &add_item(DcmItem &item, const DcmTagKey &tag)
{
    DcmItem *added = nullptr;
    need(item.findOrCreateSequenceItem(tag, added, -2));
    return *added;
}

void save(DcmFileFormat &file, const std::string &path)
{
    need(file.saveFile(path.c_str(), EXS_LittleEndianExplicit));
}

/* DCMTK 3.6.7 shifts frames that do not end on a byte wrongly: pack the bits as PS3.5 8.1.1 says.
 */
void pack_again(const char *path, const std::vector<Uint8> &all)
{
    std::vector<Uint8> bits((all.size() + 15) / 16 * 2);
    for (size_t i = 0; i < all.size(); i++)
        bits[i / 8] = static_cast<Uint8>(bits[i / 8] | all[i] << (i % 8));
    DcmFileFormat file;
    need(file.loadFile(path));
    need(file.loadAllDataIntoMemory());
    need(file.getDataset()->putAndInsertUint8Array(DCM_PixelData, bits.data(),
                                                   static_cast<unsigned long>(bits.size())));
    save(file, path);
}

} // namespace

extern "C" int make_seg(const char *path, const seg_spec *spec)
{
    return attempt([&] {
        const osarc_grid &grid = *osarc_mask_grid(spec->masks[0]);
        std::unique_ptr<DcmSegmentation> seg(create(grid));
        fill_identity(*seg, spec->frame_uid);
        add_shared(*seg, grid, !spec->without_between);
        std::vector<Uint8> all;
        for (size_t i = 0; i < spec->count; i++) {
            Uint16 number =
                add_segment(*seg, spec->names[i], spec->codes ? spec->codes[i] : "3138006");
            add_frames(*seg, *spec, i, number, all);
        }
        need(seg->saveFile(path));
        if (grid.size[0] * grid.size[1] % 8 != 0)
            pack_again(path, all);
    });
}

extern "C" int make_rtstruct(const char *path, const rtstruct_spec *spec)
{
    return attempt([&] {
        DcmFileFormat file;
        DcmDataset &data = *file.getDataset();
        put(data, DCM_SOPClassUID, UID_RTStructureSetStorage);
        put(data, DCM_SOPInstanceUID, "2.25.77");
        put(data, DCM_SeriesInstanceUID, "2.25.78");
        put(data, DCM_StudyInstanceUID, "2.25.79");
        put(data, DCM_Modality, "RTSTRUCT");
        DcmItem &frame = add_item(data, DCM_ReferencedFrameOfReferenceSequence);
        put(frame, DCM_FrameOfReferenceUID, spec->frame_uid);
        DcmItem &study = add_item(frame, DCM_RTReferencedStudySequence);
        put(add_item(study, DCM_RTReferencedSeriesSequence), DCM_SeriesInstanceUID,
            spec->series_uid);
        for (size_t i = 0; i < spec->roi_count; i++) {
            DcmItem &roi = add_item(data, DCM_StructureSetROISequence);
            put(roi, DCM_ROINumber, std::to_string(spec->numbers[i]));
            put(roi, DCM_ROIName, spec->names[i]);
            put(roi, DCM_ReferencedFrameOfReferenceUID, spec->frame_uid);
            DcmItem &drawn = add_item(data, DCM_ROIContourSequence);
            put(drawn, DCM_ReferencedROINumber, std::to_string(spec->numbers[i]));
            for (size_t k = 0; k < spec->contour_count; k++) {
                const contour_spec &from = spec->contours[k];
                if (from.roi != spec->numbers[i])
                    continue;
                DcmItem &contour = add_item(drawn, DCM_ContourSequence);
                put(contour, DCM_ContourGeometricType, from.type);
                put(contour, DCM_NumberOfContourPoints, std::to_string(from.count));
                put(contour, DCM_ContourData, join(from.points_mm, 3 * from.count));
            }
        }
        save(file, path);
    });
}

extern "C" int make_ct(const char *folder, const osarc_grid *grid, const char *frame_uid,
                       const char *series_uid)
{
    return attempt([&] {
        std::vector<Uint16> pixels(grid->size[0] * grid->size[1]);
        for (size_t z = 0; z < grid->size[2]; z++) {
            DcmFileFormat file;
            DcmDataset &data = *file.getDataset();
            double ijk[3] = {0, 0, static_cast<double>(z)};
            double lps[3];
            osarc_grid_position_mm(grid, ijk, lps);
            put(data, DCM_SOPClassUID, UID_CTImageStorage);
            put(data, DCM_SOPInstanceUID, std::string(series_uid) + "." + std::to_string(z + 1));
            put(data, DCM_SeriesInstanceUID, series_uid);
            put(data, DCM_StudyInstanceUID, "2.25.79");
            put(data, DCM_FrameOfReferenceUID, frame_uid);
            put(data, DCM_Modality, "CT");
            put(data, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
            put(data, DCM_ImagePositionPatient, join(lps, 3));
            put(data, DCM_ImageOrientationPatient, join(&grid->direction[0][0], 6));
            put(data, DCM_PixelSpacing,
                print(grid->spacing_mm[1]) + "\\" + print(grid->spacing_mm[0]));
            put(data, DCM_SliceThickness, print(grid->spacing_mm[2]));
            put(data, DCM_KVP, "120");
            put(data, DCM_RescaleSlope, "1");
            put(data, DCM_RescaleIntercept, "-1024");
            put(data, DCM_PhotometricInterpretation, "MONOCHROME2");
            need(data.putAndInsertUint16(DCM_SamplesPerPixel, 1));
            need(data.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(grid->size[1])));
            need(data.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(grid->size[0])));
            need(data.putAndInsertUint16(DCM_BitsAllocated, 16));
            need(data.putAndInsertUint16(DCM_BitsStored, 16));
            need(data.putAndInsertUint16(DCM_HighBit, 15));
            need(data.putAndInsertUint16(DCM_PixelRepresentation, 0));
            need(data.putAndInsertUint16Array(DCM_PixelData, pixels.data(),
                                              static_cast<unsigned long>(pixels.size())));
            save(file, std::string(folder) + "/" + std::to_string(z) + ".dcm");
        }
    });
}

extern "C" int edit_dicom(const char *path, unsigned group, unsigned element, const char *value)
{
    return attempt([&] {
        DcmFileFormat file;
        need(file.loadFile(path));
        need(file.loadAllDataIntoMemory());
        DcmTagKey tag(static_cast<Uint16>(group), static_cast<Uint16>(element));
        if (value)
            need(file.getDataset()->putAndInsertString(tag, value));
        else
            need(file.getDataset()->findAndDeleteElement(tag, OFTrue, OFTrue));
        save(file, path);
    });
}

extern "C" int edit_fractional(const char *path, unsigned value, unsigned largest)
{
    return attempt([&] {
        DcmFileFormat file;
        need(file.loadFile(path));
        need(file.loadAllDataIntoMemory());
        DcmDataset &data = *file.getDataset();
        const Uint8 *bits = nullptr;
        Uint16 rows = 0;
        Uint16 columns = 0;
        Sint32 frames = 0;
        need(data.findAndGetUint8Array(DCM_PixelData, bits));
        need(data.findAndGetUint16(DCM_Rows, rows));
        need(data.findAndGetUint16(DCM_Columns, columns));
        need(data.findAndGetSint32(DCM_NumberOfFrames, frames));
        std::vector<Uint8> bytes(static_cast<size_t>(rows) * columns * static_cast<size_t>(frames));
        for (size_t i = 0; i < bytes.size(); i++)
            bytes[i] = (bits[i / 8] >> (i % 8)) & 1 ? static_cast<Uint8>(value) : 0;
        put(data, DCM_SegmentationType, "FRACTIONAL");
        put(data, DCM_SegmentationFractionalType, "PROBABILITY");
        need(data.putAndInsertUint16(DCM_MaximumFractionalValue, static_cast<Uint16>(largest)));
        need(data.putAndInsertUint16(DCM_BitsAllocated, 8));
        need(data.putAndInsertUint16(DCM_BitsStored, 8));
        need(data.putAndInsertUint16(DCM_HighBit, 7));
        need(data.putAndInsertUint8Array(DCM_PixelData, bytes.data(),
                                         static_cast<unsigned long>(bytes.size())));
        save(file, path);
    });
}
