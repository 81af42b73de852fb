/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include <openjpeg.h>

#include <osi/guard.hpp>

#include "codec.h"

namespace
{

/* The fragments of one frame, read as one stream. */
struct source {
    const uint8_t *bytes;
    const osi_fragment *fragments;
    size_t count;
    size_t size;
    size_t at;
};

OPJ_SIZE_T read_some(void *to, OPJ_SIZE_T wanted, void *payload)
{
    auto *from = static_cast<source *>(payload);
    size_t begin = 0;
    size_t done = 0;
    for (size_t i = 0; i < from->count && done < wanted; i++) {
        const osi_fragment &fragment = from->fragments[i];
        if (from->at < begin + fragment.size) {
            size_t inside = from->at - begin;
            size_t take = std::min<size_t>(wanted - done, fragment.size - inside);
            std::memcpy(static_cast<uint8_t *>(to) + done, from->bytes + fragment.offset + inside,
                        take);
            done += take;
            from->at += take;
        }
        begin += fragment.size;
    }
    return done ? done : static_cast<OPJ_SIZE_T>(-1);
}

OPJ_OFF_T skip(OPJ_OFF_T count, void *payload)
{
    auto *from = static_cast<source *>(payload);
    if (count < 0)
        return -1;
    size_t step = std::min<size_t>(static_cast<size_t>(count), from->size - from->at);
    from->at += step;
    return static_cast<OPJ_OFF_T>(step);
}

OPJ_BOOL seek(OPJ_OFF_T to, void *payload)
{
    auto *from = static_cast<source *>(payload);
    if (to < 0 || static_cast<size_t>(to) > from->size)
        return OPJ_FALSE;
    from->at = static_cast<size_t>(to);
    return OPJ_TRUE;
}

/* the library's streams and codecs are both void to the compiler */
struct stream_closer {
    void operator()(opj_stream_t *stream) const
    {
        opj_stream_destroy(stream);
    }
};

struct codec_closer {
    void operator()(opj_codec_t *codec) const
    {
        opj_destroy_codec(codec);
    }
};

struct image_closer {
    void operator()(opj_image_t *image) const
    {
        opj_image_destroy(image);
    }
};

using stream_holder = std::unique_ptr<opj_stream_t, stream_closer>;
using codec_holder = std::unique_ptr<opj_codec_t, codec_closer>;
using image_holder = std::unique_ptr<opj_image_t, image_closer>;

stream_holder open_stream(source &from)
{
    stream_holder stream(opj_stream_default_create(OPJ_TRUE));
    if (!stream)
        throw std::bad_alloc();
    opj_stream_set_user_data(stream.get(), &from, nullptr);
    opj_stream_set_user_data_length(stream.get(), from.size);
    opj_stream_set_read_function(stream.get(), read_some);
    opj_stream_set_skip_function(stream.get(), skip);
    opj_stream_set_seek_function(stream.get(), seek);
    return stream;
}

/* A raw code stream begins with SOC and SIZ markers; some writers put a whole JP2 file in. */
OPJ_CODEC_FORMAT find_format(source &from)
{
    uint8_t head[4] = {0, 0, 0, 0};
    read_some(head, sizeof(head), &from);
    from.at = 0;
    return head[0] == 0xFF && head[1] == 0x4F ? OPJ_CODEC_J2K : OPJ_CODEC_JP2;
}

void check_shape(const opj_image_t &image, const osi_pixels &pixels)
{
    if (image.numcomps != 1 || image.x1 - image.x0 != pixels.columns ||
        image.y1 - image.y0 != pixels.rows || image.comps[0].prec > pixels.bits_allocated)
        throw osi::failure{OSARC_ERR_FORMAT,
                           "the compressed image has another shape than the header says"};
}

/* Only the low bits count: whether they are signed is for the header to say, and read later. */
void copy_out(uint8_t *out, const opj_image_comp_t &component, const osi_pixels &pixels)
{
    size_t count = static_cast<size_t>(pixels.rows) * pixels.columns;
    unsigned shift = static_cast<unsigned>(pixels.high_bit + 1 - pixels.bits_stored);
    if (!component.data || static_cast<size_t>(component.w) * component.h != count)
        throw osi::failure{OSARC_ERR_FORMAT, "the compressed image is incomplete"};
    for (size_t i = 0; i < count; i++) {
        auto bits = static_cast<uint32_t>(component.data[i]) << shift;
        if (pixels.bits_allocated == 8) {
            out[i] = static_cast<uint8_t>(bits);
        } else {
            out[2 * i] = static_cast<uint8_t>(bits);
            out[2 * i + 1] = static_cast<uint8_t>(bits >> 8);
        }
    }
}

} // namespace

extern "C" osarc_status osi_jpeg2000_decode(uint8_t *out, const osi_pixels *pixels,
                                            const uint8_t *bytes, const osi_fragment *fragments,
                                            size_t count, osarc_error *err)
{
    return osi::guard(err, "decompressing JPEG 2000", [&] {
        source from = {bytes, fragments, count, 0, 0};
        for (size_t i = 0; i < count; i++)
            from.size += fragments[i].size;
        auto stream = open_stream(from);
        codec_holder codec(opj_create_decompress(find_format(from)));
        if (!codec)
            throw std::bad_alloc();
        opj_dparameters_t parameters;
        opj_set_default_decoder_parameters(&parameters);
        if (!opj_setup_decoder(codec.get(), &parameters))
            throw osi::failure{OSARC_ERR_INTERNAL, "the decoder cannot be set up"};
        opj_image_t *raw = nullptr;
        bool has_header = opj_read_header(stream.get(), codec.get(), &raw);
        image_holder image(raw);
        if (!has_header || !image)
            throw osi::failure{OSARC_ERR_FORMAT, "the compressed bytes are damaged"};
        check_shape(*image, *pixels);
        /* strict: a stream that is cut short must fail, not come out half empty */
        opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE);
        if (!opj_decode(codec.get(), stream.get(), image.get()) ||
            !opj_end_decompress(codec.get(), stream.get()))
            throw osi::failure{OSARC_ERR_FORMAT, "the compressed bytes are damaged"};
        copy_out(out, image->comps[0], *pixels);
    });
}
