/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data_set.hpp"

#include <map>

#include <osi/alloc.h>
#include <osi/text.h>

namespace
{

struct structures_owner {
    osi_structures all = {};

    ~structures_owner()
    {
        osi_structures_free(&all);
    }
};

template <class T> T *new_array(size_t count)
{
    void *block = osi_alloc(count, sizeof(T), nullptr);
    if (!block)
        throw std::bad_alloc();
    return static_cast<T *>(block);
}

/* Numbers between backslashes, read in place: an element of a hundred thousand is one walk. */
size_t read_points(double *out, const char *text, size_t limit)
{
    char number[64];
    size_t count = 0;
    while (*text && count < limit) {
        size_t length = std::strcspn(text, "\\");
        if (length == 0 || length >= sizeof(number))
            break;
        std::memcpy(number, text, length);
        number[length] = '\0';
        if (!osi_number_read(number, &out[count]))
            break;
        count++;
        text += length;
        if (*text == '\\')
            text++;
        else
            break;
    }
    return *text ? 0 : count;
}

void read_contour(osi_contour &out, DcmItem &item)
{
    const char *text = nullptr;
    if (item.findAndGetString(DCM_ContourData, text).bad() || !text)
        throw osi::failure{OSARC_ERR_FORMAT, "a contour has no points"};
    size_t values = 1;
    for (const char *at = text; *at; at++)
        values += *at == '\\';
    out.points_mm = new_array<double>(values);
    if (values % 3 != 0 || read_points(out.points_mm, text, values) != values)
        throw osi::failure{OSARC_ERR_FORMAT, "the points of a contour are not triples of numbers"};
    out.count = values / 3;
    double said = 0;
    if (osi::number_of(said, item, DCM_NumberOfContourPoints) &&
        said != static_cast<double>(out.count))
        throw osi::failure{OSARC_ERR_FORMAT, "a contour has " + std::to_string(out.count) +
                                                 " points and states " +
                                                 std::to_string(static_cast<long>(said))};
}

void read_roi(osi_roi &roi, DcmItem &item)
{
    DcmSequenceOfItems *list = nullptr;
    if (item.findAndGetSequence(DCM_ContourSequence, list).bad())
        return; /* an ROI without contours is empty */
    roi.contours = new_array<osi_contour>(list->card());
    for (DcmObject *at = nullptr; (at = list->nextInContainer(at)) != nullptr;) {
        auto &one = *static_cast<DcmItem *>(at);
        std::string type = osi::text_of(one, DCM_ContourGeometricType);
        bool is_xor = type == "CLOSEDPLANAR_XOR" || type == "CLOSED_PLANAR_XOR";
        if (type != "CLOSED_PLANAR" && !is_xor) {
            roi.skipped++;
            continue;
        }
        osi_contour &to = roi.contours[roi.contour_count++];
        to.is_xor = is_xor;
        read_contour(to, one);
    }
}

/* ROI numbers as the file has them, and where each lies in the list. */
std::map<long, size_t> read_ids(osi_structures &all, DcmItem &data)
{
    DcmSequenceOfItems *list = nullptr;
    if (data.findAndGetSequence(DCM_StructureSetROISequence, list).bad() || list->card() == 0)
        throw osi::failure{OSARC_ERR_FORMAT, "no structures are described"};
    if (list->card() > 255)
        throw osi::failure{OSARC_ERR_UNSUPPORTED,
                           std::to_string(list->card()) + " structures, at most 255 are read"};
    std::map<long, size_t> where;
    all.rois = new_array<osi_roi>(list->card());
    for (DcmObject *at = nullptr; (at = list->nextInContainer(at)) != nullptr;) {
        auto &item = *static_cast<DcmItem *>(at);
        osi_roi &roi = all.rois[all.roi_count];
        roi.id.number = osi::whole_of(item, DCM_ROINumber, "ROI number");
        osi::copy_text(roi.id.name, osi::text_of(item, DCM_ROIName));
        std::string frame = osi::text_of(item, DCM_ReferencedFrameOfReferenceUID);
        if (all.frame_of_reference_uid[0] == '\0')
            osi::copy_text(all.frame_of_reference_uid, frame);
        else if (!frame.empty() && frame != all.frame_of_reference_uid)
            throw osi::failure{OSARC_ERR_GEOMETRY,
                               "structures in several frames of reference in one file"};
        if (!where.emplace(roi.id.number, all.roi_count++).second)
            throw osi::failure{OSARC_ERR_FORMAT, "two structures have the same number"};
    }
    return where;
}

void read_reference(osi_structures &all, DcmItem &data)
{
    DcmItem *at = osi::first_item(data, DCM_ReferencedFrameOfReferenceSequence);
    if (!at)
        return;
    osi::copy_text(all.frame_of_reference_uid, osi::text_of(*at, DCM_FrameOfReferenceUID));
    at = osi::first_item(*at, DCM_RTReferencedStudySequence);
    if (at)
        at = osi::first_item(*at, DCM_RTReferencedSeriesSequence);
    if (at)
        osi::copy_text(all.series_uid, osi::text_of(*at, DCM_SeriesInstanceUID));
}

void read_rois(osi_structures &all, DcmItem &data)
{
    std::map<long, size_t> where = read_ids(all, data);
    DcmSequenceOfItems *list = nullptr;
    if (data.findAndGetSequence(DCM_ROIContourSequence, list).bad())
        throw osi::failure{OSARC_ERR_FORMAT, "no contours"};
    for (DcmObject *at = nullptr; (at = list->nextInContainer(at)) != nullptr;) {
        auto &item = *static_cast<DcmItem *>(at);
        auto found = where.find(osi::whole_of(item, DCM_ReferencedROINumber, "number of an ROI"));
        if (found == where.end())
            throw osi::failure{OSARC_ERR_FORMAT, "contours of a structure that is not described"};
        osi_roi &roi = all.rois[found->second];
        if (roi.contours)
            throw osi::failure{OSARC_ERR_FORMAT, "contours of one structure come twice"};
        read_roi(roi, item);
    }
}

} // namespace

extern "C" void osi_structures_free(osi_structures *structures)
{
    for (size_t i = 0; i < structures->roi_count; i++) {
        osi_roi &roi = structures->rois[i];
        for (size_t k = 0; k < roi.contour_count; k++)
            osi_free(roi.contours[k].points_mm);
        osi_free(roi.contours);
    }
    osi_free(structures->rois);
    *structures = osi_structures{};
}

extern "C" osarc_status osi_structures_read(osi_structures *out, const uint8_t *bytes, size_t size,
                                            osarc_error *err)
{
    *out = osi_structures{};
    return osi::guard(err, "reading a structure set", [&] {
        structures_owner owner;
        DcmDataset data;
        osi::parse(data, bytes, size);
        read_reference(owner.all, data);
        read_rois(owner.all, data);
        *out = owner.all;
        owner.all = osi_structures{};
    });
}
