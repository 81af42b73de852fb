/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dcmtk.hpp"

#include <memory>

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include "codec.h"

namespace
{

void put(DcmDataset &data, const DcmTagKey &tag, unsigned value)
{
    osi::check(data.putAndInsertUint16(tag, static_cast<Uint16>(value)), "describing pixels");
}

/* The codecs read the shape of a frame from a data set: one with just that. */
void describe(DcmDataset &data, const osi_pixels &pixels)
{
    put(data, DCM_SamplesPerPixel, pixels.samples);
    put(data, DCM_Rows, pixels.rows);
    put(data, DCM_Columns, pixels.columns);
    put(data, DCM_BitsAllocated, pixels.bits_allocated);
    put(data, DCM_BitsStored, pixels.bits_stored);
    put(data, DCM_HighBit, pixels.high_bit);
    put(data, DCM_PixelRepresentation, pixels.is_signed ? 1 : 0);
    osi::check(data.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2"),
               "describing pixels");
    osi::check(data.putAndInsertString(DCM_NumberOfFrames, "1"), "describing pixels");
}

std::unique_ptr<DcmPixelSequence> make_sequence(const uint8_t *bytes, const osi_fragment *fragments,
                                                size_t count)
{
    auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, EVR_OB));
    osi::check(sequence->insert(new DcmPixelItem(DcmTag(DCM_Item, EVR_OB))), "offset table");
    for (size_t i = 0; i < count; i++) {
        auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
        osi::check(item->putUint8Array(bytes + fragments[i].offset,
                                       static_cast<unsigned long>(fragments[i].size)),
                   "taking a fragment");
        osi::check(sequence->insert(item.get()), "taking a fragment");
        item.release();
    }
    return sequence;
}

} // namespace

extern "C" osarc_status osi_codec_decode(uint8_t *out, const osi_pixels *pixels,
                                         const uint8_t *bytes, const osi_fragment *fragments,
                                         size_t count, osarc_error *err)
{
    if (pixels->packing == OSI_PACKING_JPEG_2000)
        return osi_jpeg2000_decode(out, pixels, bytes, fragments, count, err);
    return osi::guard(err, "decompressing", [&] {
        if (pixels->packing == OSI_PACKING_UNKNOWN || pixels->packing == OSI_PACKING_NATIVE)
            throw osi::failure{OSARC_ERR_UNSUPPORTED,
                               std::string("no decoder for transfer syntax ") + pixels->syntax_uid};
        osi::prepare_dcmtk();
        DcmDataset data;
        describe(data, *pixels);
        auto element = std::make_unique<DcmPixelData>(DCM_PixelData);
        element->putOriginalRepresentation(DcmXfer(pixels->syntax_uid).getXfer(), nullptr,
                                           make_sequence(bytes, fragments, count).release());
        DcmPixelData *pixel_data = element.get();
        osi::check(data.insert(element.get()), "taking pixels");
        element.release();

        Uint32 size =
            static_cast<Uint32>(pixels->rows) * pixels->columns * (pixels->bits_allocated / 8U);
        size += size & 1U;
        Uint32 fragment = 1; /* behind the offset table */
        OFString color_model;
        osi::check(pixel_data->getUncompressedFrame(&data, 0, fragment, out, size, color_model),
                   "compressed pixels");
        if (pixels->bits_allocated > 8)
            osi::check(swapIfNecessary(EBO_LittleEndian, gLocalByteOrder, out, size, 2),
                       "byte order");
    });
}
