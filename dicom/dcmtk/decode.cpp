/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dcmtk.hpp"

#include <memory>

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include "codec.h"
#include "elements.h"

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
        static_cast<void>(item.release());
    }
    return sequence;
}

constexpr size_t RLE_HEAD_BYTES = 64; /* PS3.5 annex G.5: a count and 15 offsets */
constexpr size_t RLE_SEGMENTS_MAX = 15;

/* DCMTK 3.6.7 follows the offsets of RLE segments wherever they lead. */
void check_rle(const uint8_t *bytes, const osi_fragment *fragments, size_t count)
{
    if (count != 1)
        throw osi::failure{OSARC_ERR_FORMAT,
                           "an RLE frame in " + std::to_string(count) + " fragments, 1 needed"};
    const uint8_t *head = bytes + fragments[0].offset;
    const size_t size = fragments[0].size;
    const size_t segments = size < RLE_HEAD_BYTES ? 0 : osi_read_u32(head, 0);
    if (segments == 0 || segments > RLE_SEGMENTS_MAX)
        throw osi::failure{OSARC_ERR_FORMAT, "the header of an RLE frame is damaged"};
    size_t least = RLE_HEAD_BYTES;
    for (size_t i = 1; i <= segments; i++) {
        const size_t offset = osi_read_u32(head + 4 * i, 0);
        if (offset < least || offset >= size)
            throw osi::failure{OSARC_ERR_FORMAT,
                               "RLE segment " + std::to_string(i) + " lies outside its frame"};
        least = offset;
    }
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
        if (pixels->packing == OSI_PACKING_RLE)
            check_rle(bytes, fragments, count);
        osi::prepare_dcmtk();
        DcmDataset data;
        describe(data, *pixels);
        auto element = std::make_unique<DcmPixelData>(DCM_PixelData);
        element->putOriginalRepresentation(DcmXfer(pixels->syntax_uid).getXfer(), nullptr,
                                           make_sequence(bytes, fragments, count).release());
        DcmPixelData *pixel_data = element.get();
        osi::check(data.insert(element.get()), "taking pixels");
        static_cast<void>(element.release());

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
