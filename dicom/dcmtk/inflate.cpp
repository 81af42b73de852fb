/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dcmtk.hpp"

#include <dcmtk/dcmdata/dcistrmb.h>

#include <osi/alloc.h>

#include "codec.h"

namespace
{

constexpr size_t FIRST_BYTES = 1U << 20;

struct buffer {
    uint8_t *data = nullptr;
    size_t size = 0;
    size_t room = 0;

    ~buffer()
    {
        osi_free(data);
    }

    void grow()
    {
        size_t more = room ? 2 * room : FIRST_BYTES;
        void *block = osi_realloc(data, more, 1, nullptr);
        if (!block)
            throw std::bad_alloc();
        data = static_cast<uint8_t *>(block);
        room = more;
    }
};

} // namespace

extern "C" osarc_status osi_inflate(uint8_t **out, size_t *size_out, const uint8_t *bytes,
                                    size_t size, size_t limit, osarc_error *err)
{
    *out = nullptr;
    *size_out = 0;
    return osi::guard(err, "inflating the data set", [&] {
        osi::prepare_dcmtk();
        DcmInputBufferStream stream;
        stream.setBuffer(bytes, static_cast<offile_off_t>(size));
        stream.setEos();
        osi::check(stream.installCompressionFilter(ESC_zlib), "deflated data set");
        buffer inflated;
        for (;;) {
            if (inflated.size == inflated.room)
                inflated.grow();
            offile_off_t got =
                stream.read(inflated.data + inflated.size,
                            static_cast<offile_off_t>(inflated.room - inflated.size));
            osi::check(stream.status(), "deflated data set");
            if (got <= 0)
                break;
            inflated.size += static_cast<size_t>(got);
            if (inflated.size > limit)
                throw osi::failure{OSARC_ERR_MEMORY,
                                   "over " + std::to_string(limit >> 20) + " MiB when inflated"};
        }
        *size_out = inflated.size;
        *out = inflated.data;
        inflated.data = nullptr;
    });
}
