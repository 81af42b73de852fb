/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/gzip.h>

#include <string.h>

#include <libdeflate.h>
#include <omp.h>
#include <zlib.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

/* Fixed, so that the bytes do not depend on who compresses which piece; small, so that many a
   piece of a mask holds nothing but zeros, which are packed once and copied. */
#define PIECE_SIZE ((size_t) 1 << 16)

/* What a piece of noise grows to, and a flush, with room to spare. */
#define PIECE_ROOM (PIECE_SIZE + PIECE_SIZE / 8 + 4096)

/* Room around the pieces: the larger of both containers. */
#define HEADER_ROOM  10
#define TRAILER_ROOM 8

/* No time, no name, unknown system: nothing in the header depends on where it was made. */
static const uint8_t GZIP_HEADER[HEADER_ROOM] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};

/* Window of 32 KiB, fastest level. */
static const uint8_t ZLIB_HEADER[2] = {0x78, 0x01};

typedef enum container {
    CONTAINER_GZIP,
    CONTAINER_ZLIB
} container;

typedef struct piece {
    size_t size;
    uint32_t sum; /* CRC-32 or Adler-32, as the container asks */
    int failed;
} piece;

/* A whole piece of zeros, packed as small as can be. */
typedef struct zeros {
    piece result;
    uint8_t bytes[256];
} zeros;

static size_t piece_bytes(size_t size, size_t index)
{
    size_t left = size - index * PIECE_SIZE;
    return left < PIECE_SIZE ? left : PIECE_SIZE;
}

/* One independent run of deflate blocks that ends on a byte. */
static void compress_piece(piece *result, z_stream *stream, uint8_t *out, size_t room,
                           const uint8_t *bytes, size_t size, int last, container kind)
{
    stream->next_in = (Bytef *) bytes;
    stream->avail_in = (uInt) size;
    stream->next_out = out;
    stream->avail_out = (uInt) room;
    int code = deflateReset(stream);
    if (code == Z_OK)
        code = deflate(stream, last ? Z_FINISH : Z_FULL_FLUSH);
    result->failed =
        code != (last ? Z_STREAM_END : Z_OK) || stream->avail_in != 0 || stream->avail_out == 0;
    result->size = stream->total_out;
    result->sum = kind == CONTAINER_GZIP ? libdeflate_crc32(0, bytes, size)
                                         : libdeflate_adler32(1, bytes, size);
}

static int open_stream(z_stream *stream, int level)
{
    memset(stream, 0, sizeof(*stream));
    return deflateInit2(stream, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) ==
           Z_OK;
}

static int is_zero(const uint8_t *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static osarc_status compress_zeros(zeros *z, container kind, osarc_error *err)
{
    z_stream stream;
    uint8_t *nothing = osi_alloc(PIECE_SIZE, 1, err);
    if (!nothing)
        return OSARC_ERR_MEMORY;
    if (!open_stream(&stream, Z_BEST_COMPRESSION)) {
        osi_free(nothing);
        return osi_fail(err, OSARC_ERR_MEMORY, "out of memory for compression");
    }
    compress_piece(&z->result, &stream, z->bytes, sizeof(z->bytes), nothing, PIECE_SIZE, 0, kind);
    deflateEnd(&stream);
    osi_free(nothing);
    return OSARC_OK;
}

static size_t store_le32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t) (value >> (8 * i));
    return 4;
}

static size_t store_be32(uint8_t *out, uint32_t value)
{
    return store_le32(out, __builtin_bswap32(value));
}

/* Moves the pieces together behind the header and ends the stream. */
static osarc_status join_pieces(uint8_t *out, size_t *size_out, const piece *pieces, size_t count,
                                size_t size, container kind, osarc_error *err)
{
    int gzip = kind == CONTAINER_GZIP;
    size_t used = gzip ? sizeof(GZIP_HEADER) : sizeof(ZLIB_HEADER);
    uLong sum = gzip ? 0 : 1;
    memcpy(out, gzip ? GZIP_HEADER : ZLIB_HEADER, used);
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].failed)
            return osi_fail(err, OSARC_ERR_INTERNAL, "compression of piece %zu failed", i);
        memmove(out + used, out + HEADER_ROOM + i * PIECE_ROOM, pieces[i].size);
        used += pieces[i].size;
        z_off_t length = (z_off_t) piece_bytes(size, i);
        sum = gzip ? crc32_combine(sum, pieces[i].sum, length)
                   : adler32_combine(sum, pieces[i].sum, length);
    }
    if (gzip) {
        used += store_le32(out + used, (uint32_t) sum);
        used += store_le32(out + used, (uint32_t) size);
    } else {
        used += store_be32(out + used, (uint32_t) sum);
    }
    *size_out = used;
    return OSARC_OK;
}

static osarc_status pack(uint8_t **out, size_t *size_out, const uint8_t *bytes, size_t size,
                         container kind, int threads, osarc_error *err)
{
    if (!out || !size_out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    *size_out = 0;
    if (!bytes && size)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "bytes are needed");

    size_t count = size ? (size - 1) / PIECE_SIZE + 1 : 1;
    size_t workers = (size_t) osi_threads(threads);
    if (workers > count)
        workers = count;
    zeros z;
    osarc_status status = compress_zeros(&z, kind, err);
    if (status)
        return status;
    status = OSARC_ERR_MEMORY;
    uint8_t *packed = osi_alloc_raw(HEADER_ROOM + count * PIECE_ROOM + TRAILER_ROOM, 1, err);
    piece *pieces = packed ? osi_alloc(count, sizeof(*pieces), err) : NULL;
    if (!pieces)
        goto cleanup;

#pragma omp parallel num_threads((int) workers)
    {
        z_stream stream;
        int opened = open_stream(&stream, Z_BEST_SPEED);
#pragma omp for schedule(dynamic, 8)
        for (size_t i = 0; i < count; i++) {
            const uint8_t *from = size ? bytes + i * PIECE_SIZE : GZIP_HEADER;
            uint8_t *to = packed + HEADER_ROOM + i * PIECE_ROOM;
            size_t length = piece_bytes(size, i);
            if (i + 1 < count && !z.result.failed && is_zero(from, length)) {
                pieces[i] = z.result;
                memcpy(to, z.bytes, z.result.size);
            } else if (opened) {
                compress_piece(&pieces[i], &stream, to, PIECE_ROOM, from, length, i + 1 == count,
                               kind);
            } else {
                pieces[i].failed = 1;
            }
        }
        if (opened)
            deflateEnd(&stream);
    }
    status = join_pieces(packed, size_out, pieces, count, size, kind, err);
    if (status)
        goto cleanup;
    *out = osi_realloc(packed, *size_out, 1, err);
    if (*out)
        packed = NULL;
    else
        status = OSARC_ERR_MEMORY;

cleanup:
    if (status)
        *size_out = 0;
    osi_free(packed);
    osi_free(pieces);
    return status;
}

osarc_status osi_gzip(uint8_t **out, size_t *size_out, const uint8_t *bytes, size_t size,
                      int threads, osarc_error *err)
{
    return pack(out, size_out, bytes, size, CONTAINER_GZIP, threads, err);
}

osarc_status osi_zlib(uint8_t **out, size_t *size_out, const uint8_t *bytes, size_t size,
                      int threads, osarc_error *err)
{
    return pack(out, size_out, bytes, size, CONTAINER_ZLIB, threads, err);
}

/* The last member's own note of its size: right for nearly every file, and only a first guess. */
static size_t guess_size(const uint8_t *bytes, size_t size, size_t limit)
{
    size_t guess = 0;
    for (size_t i = 0; i < 4 && size >= 4; i++)
        guess |= (size_t) bytes[size - 4 + i] << (8 * i);
    /* deflate shrinks to 1/1032 at best: a larger claim is a lie */
    if (guess / 1032 > size)
        guess = size * 4;
    if (guess < 4096)
        guess = 4096;
    return guess < limit ? guess : limit;
}

/* Room for more, up to one byte past the limit's last. */
static osarc_status grow(uint8_t **data, size_t *room, size_t limit, osarc_error *err)
{
    if (*room >= limit)
        return osi_fail(err, OSARC_ERR_MEMORY, "inflates to over %zu bytes, the most allowed",
                        limit);
    size_t more = *room < limit / 2 ? 2 * *room : limit;
    uint8_t *larger = osi_realloc(*data, more, 1, err);
    if (!larger)
        return OSARC_ERR_MEMORY;
    *data = larger;
    *room = more;
    return OSARC_OK;
}

static osarc_status inflate_members(uint8_t **data, size_t *used, size_t *room,
                                    struct libdeflate_decompressor *inflater, const uint8_t *bytes,
                                    size_t size, size_t limit, osarc_error *err)
{
    size_t at = 0;
    while (at < size) {
        size_t taken = 0;
        size_t made = 0;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            inflater, bytes + at, size - at, *data + *used, *room - *used, &taken, &made);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
            osarc_status status = grow(data, room, limit, err);
            if (status)
                return status;
            continue;
        }
        if (result != LIBDEFLATE_SUCCESS)
            return osi_fail(err, OSARC_ERR_FORMAT, "gzip data damaged or cut off, %s",
                            at ? "after a whole member" : "in its first member");
        at += taken;
        *used += made;
    }
    return OSARC_OK;
}

osarc_status osi_gunzip(uint8_t **out, size_t *size_out, const uint8_t *bytes, size_t size,
                        size_t limit, osarc_error *err)
{
    if (!out || !size_out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    *size_out = 0;
    if (!bytes)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "bytes are needed");
    if (size == 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "gzip data is empty");

    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    if (!inflater)
        return osi_fail(err, OSARC_ERR_MEMORY, "out of memory");
    size_t used = 0;
    size_t room = guess_size(bytes, size, limit);
    osarc_status status = OSARC_ERR_MEMORY;
    uint8_t *data = osi_alloc_raw(room, 1, err);
    if (data)
        status = inflate_members(&data, &used, &room, inflater, bytes, size, limit, err);
    libdeflate_free_decompressor(inflater);
    if (status) {
        osi_free(data);
        return status;
    }
    *out = data;
    *size_out = used;
    return OSARC_OK;
}

int osi_gzip_is(const uint8_t *bytes, size_t size)
{
    return bytes && size >= 3 && memcmp(bytes, GZIP_HEADER, 3) == 0;
}

size_t osi_gunzip_start(uint8_t *out, size_t room, const uint8_t *bytes, size_t size)
{
    z_stream stream;
    memset(&stream, 0, sizeof(stream));
    if (room > UINT32_MAX || inflateInit2(&stream, MAX_WBITS + 16) != Z_OK)
        return 0;
    stream.next_in = (Bytef *) bytes;
    stream.avail_in = size < UINT32_MAX ? (uInt) size : UINT32_MAX;
    stream.next_out = out;
    stream.avail_out = (uInt) room;
    int code = inflate(&stream, Z_SYNC_FLUSH);
    size_t made = stream.total_out;
    inflateEnd(&stream);
    return code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR ? made : 0;
}
