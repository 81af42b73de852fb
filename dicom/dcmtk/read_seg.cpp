/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data_set.hpp"

#include <cmath>
#include <vector>

#include <dcmtk/dcmdata/dcpixel.h>

#include <osi/alloc.h>

namespace
{

struct seg_owner {
    osi_seg seg = {};

    ~seg_owner()
    {
        osi_seg_free(&seg);
    }
};

template <class T> T *new_array(size_t count)
{
    void *block = osi_alloc(count, sizeof(T), nullptr);
    if (!block)
        throw std::bad_alloc();
    return static_cast<T *>(block);
}

[[noreturn]] void refuse(osarc_status status, const char *text)
{
    throw osi::failure{status, text};
}

size_t size_of(DcmItem &item, const DcmTagKey &tag, const char *what)
{
    long value = osi::whole_of(item, tag, what);
    if (value < 1 || value > 65535)
        throw osi::failure{OSARC_ERR_FORMAT, std::string(what) + " is " + std::to_string(value)};
    return static_cast<size_t>(value);
}

void read_type(osi_seg &seg, DcmItem &data)
{
    std::string type = osi::text_of(data, DCM_SegmentationType);
    size_t bits = size_of(data, DCM_BitsAllocated, "bits allocated");
    if (type == "BINARY" && bits == 1)
        seg.type = OSI_SEG_BINARY;
    else if (type == "FRACTIONAL" && bits == 8)
        seg.type = OSI_SEG_FRACTIONAL;
    else if (type == "LABELMAP" && (bits == 8 || bits == 16))
        seg.type = OSI_SEG_LABELMAP;
    else
        throw osi::failure{OSARC_ERR_UNSUPPORTED, "segmentation type '" + type.substr(0, 16) +
                                                      "' with " + std::to_string(bits) + " bits"};
    seg.bits = bits;
    seg.largest = 255;
    if (seg.type == OSI_SEG_FRACTIONAL)
        seg.largest = static_cast<double>(
            size_of(data, DCM_MaximumFractionalValue, "maximum fractional value"));
    if (size_of(data, DCM_SamplesPerPixel, "samples per pixel") != 1)
        refuse(OSARC_ERR_UNSUPPORTED, "several samples per pixel");
    seg.rows = size_of(data, DCM_Rows, "number of rows");
    seg.columns = size_of(data, DCM_Columns, "number of columns");
}

/* What kind of thing a segment is, as "SCT:36470004". */
void read_code(osi_named &to, DcmItem &segment)
{
    DcmItem *type = osi::first_item(segment, DCM_SegmentedPropertyTypeCodeSequence);
    if (!type)
        return;
    std::string code = osi::text_of(*type, DCM_CodingSchemeDesignator).substr(0, 16) + ":" +
                       osi::text_of(*type, DCM_CodeValue).substr(0, 16);
    code.copy(to.code, OSI_CODE_SIZE - 1);
}

void read_segments(osi_seg &seg, DcmItem &data)
{
    DcmSequenceOfItems *list = nullptr;
    if (data.findAndGetSequence(DCM_SegmentSequence, list).bad() || list->card() == 0)
        refuse(OSARC_ERR_FORMAT, "no segments are described");
    seg.segments = new_array<osi_named>(list->card());
    for (DcmObject *at = nullptr; (at = list->nextInContainer(at)) != nullptr;) {
        auto &item = *static_cast<DcmItem *>(at);
        osi_named &to = seg.segments[seg.segment_count];
        to.number = osi::whole_of(item, DCM_SegmentNumber, "segment number");
        osi::copy_text(to.name, osi::text_of(item, DCM_SegmentLabel));
        read_code(to, item);
        if (to.number == 0 && seg.type == OSI_SEG_LABELMAP)
            continue; /* the background, described */
        seg.segment_count++;
    }
    if (seg.segment_count == 0)
        refuse(OSARC_ERR_FORMAT, "no segments are described");
}

/* An item of a functional group: of the frame itself, else of all frames. */
DcmItem &group(DcmItem *frame, DcmItem *shared, const DcmTagKey &tag, const char *what)
{
    DcmItem *found = frame ? osi::first_item(*frame, tag) : nullptr;
    if (!found && shared)
        found = osi::first_item(*shared, tag);
    if (!found)
        throw osi::failure{OSARC_ERR_UNSUPPORTED,
                           std::string(what) + " is not stated: only segmentations whose frames "
                                               "lie in patient space are read"};
    return *found;
}

void check_same(const double *a, const double *b, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++)
        if (!(std::fabs(a[i] - b[i]) <= 1e-4))
            throw osi::failure{OSARC_ERR_GEOMETRY, std::string(what) + " differs between frames"};
}

struct plane {
    double axes[6];
    double spacing_mm[2]; /* between rows, between columns */
    double between_mm;
    double thickness_mm;
};

plane read_plane(DcmItem *frame, DcmItem *shared)
{
    plane p;
    DcmItem &axes = group(frame, shared, DCM_PlaneOrientationSequence, "plane orientation");
    DcmItem &measures = group(frame, shared, DCM_PixelMeasuresSequence, "pixel spacing");
    osi::numbers_of(p.axes, 6, axes, DCM_ImageOrientationPatient, "plane orientation");
    osi::numbers_of(p.spacing_mm, 2, measures, DCM_PixelSpacing, "pixel spacing");
    p.between_mm = NAN;
    p.thickness_mm = NAN;
    (void) osi::number_of(p.between_mm, measures, DCM_SpacingBetweenSlices);
    (void) osi::number_of(p.thickness_mm, measures, DCM_SliceThickness);
    return p;
}

long read_segment_number(DcmItem *frame, DcmItem *shared, osi_seg_type type)
{
    if (type == OSI_SEG_LABELMAP)
        return 0;
    DcmItem &id = group(frame, shared, DCM_SegmentIdentificationSequence, "segment of a frame");
    return osi::whole_of(id, DCM_ReferencedSegmentNumber, "segment of a frame");
}

void keep_plane(osi_seg &seg, const plane &p)
{
    std::memcpy(seg.row, p.axes, sizeof(seg.row));
    std::memcpy(seg.column, p.axes + 3, sizeof(seg.column));
    seg.spacing_mm[0] = p.spacing_mm[1];
    seg.spacing_mm[1] = p.spacing_mm[0];
    seg.between_mm = p.between_mm;
    seg.thickness_mm = p.thickness_mm;
}

void read_frames(osi_seg &seg, DcmItem &data)
{
    DcmSequenceOfItems *list = nullptr;
    DcmItem *shared = osi::first_item(data, DCM_SharedFunctionalGroupsSequence);
    if (data.findAndGetSequence(DCM_PerFrameFunctionalGroupsSequence, list).bad() ||
        list->card() == 0)
        refuse(OSARC_ERR_UNSUPPORTED, "no positions of frames are stated");
    if (osi::whole_of(data, DCM_NumberOfFrames, "number of frames") !=
        static_cast<long>(list->card()))
        refuse(OSARC_ERR_FORMAT, "number of frames and of their positions differ");
    seg.frames = new_array<osi_seg_frame>(list->card());
    plane first = {};
    for (DcmObject *at = nullptr; (at = list->nextInContainer(at)) != nullptr;) {
        auto *item = static_cast<DcmItem *>(at);
        plane p = read_plane(item, shared);
        if (seg.frame_count == 0)
            keep_plane(seg, first = p);
        check_same(p.axes, first.axes, 6, "plane orientation");
        check_same(p.spacing_mm, first.spacing_mm, 2, "pixel spacing");
        osi_seg_frame &to = seg.frames[seg.frame_count++];
        DcmItem &position = group(item, shared, DCM_PlanePositionSequence, "plane position");
        osi::numbers_of(to.position_mm, 3, position, DCM_ImagePositionPatient, "plane position");
        to.segment = read_segment_number(item, shared, seg.type);
    }
}

void read_pixels(osi_seg &seg, DcmDataset &data)
{
    DcmElement *element = nullptr;
    if (DcmXfer(data.getOriginalXfer()).isEncapsulated())
        refuse(OSARC_ERR_UNSUPPORTED, "compressed segmentations are not read");
    if (data.findAndGetElement(DCM_PixelData, element).bad())
        refuse(OSARC_ERR_FORMAT, "no pixel data");
    /* words are given back in this machine's order: only 16-bit values are words */
    Uint8 *bytes = nullptr;
    Uint16 *words = nullptr;
    size_t length = element->getLength();
    if (seg.bits == 16)
        osi::check(element->getUint16Array(words), "pixel data");
    else
        osi::check(element->getUint8Array(bytes), "pixel data");
    if (length == 0 || (!bytes && !words))
        refuse(OSARC_ERR_FORMAT, "no pixel data");
    seg.pixels = new_array<uint8_t>(length);
    seg.pixel_bytes = length;
    if (bytes)
        std::memcpy(seg.pixels, bytes, length);
    for (size_t i = 0; words && i < length / 2; i++) {
        seg.pixels[2 * i] = static_cast<uint8_t>(words[i] & 0xFF);
        seg.pixels[2 * i + 1] = static_cast<uint8_t>(words[i] >> 8);
    }
}

} // namespace

extern "C" void osi_seg_free(osi_seg *seg)
{
    osi_free(seg->frames);
    osi_free(seg->segments);
    osi_free(seg->pixels);
    *seg = osi_seg{};
}

extern "C" osarc_status osi_seg_read(osi_seg *out, const uint8_t *bytes, size_t size,
                                     osarc_error *err)
{
    *out = osi_seg{};
    return osi::guard(err, "reading a segmentation", [&] {
        seg_owner owner;
        DcmDataset data;
        osi::parse(data, bytes, size);
        osi::copy_text(owner.seg.frame_of_reference_uid,
                       osi::text_of(data, DCM_FrameOfReferenceUID));
        read_type(owner.seg, data);
        read_segments(owner.seg, data);
        read_frames(owner.seg, data);
        read_pixels(owner.seg, data);
        *out = owner.seg;
        owner.seg = osi_seg{};
    });
}
