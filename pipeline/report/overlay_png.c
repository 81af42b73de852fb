/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/gzip.h>
#include <osi/text.h>
#include <osi/threads.h>

/* PNG filter 2: each byte less the one above it, which leaves the smallest files here. */
#define FILTER_UP 2

/* What libpng's callbacks need to know of a picture being written. */
typedef struct png_job {
    osi_text bytes;
    osarc_status status;
    osarc_error *err;
    const uint8_t *packed;
    size_t packed_size;
} png_job;

static void take_bytes(png_structp png, png_bytep bytes, png_size_t size)
{
    png_job *job = png_get_io_ptr(png);
    job->status = osi_text_add(&job->bytes, (const char *) bytes, size, job->err);
    if (job->status)
        png_error(png, "stopped");
}

static void flush_nothing(png_structp png)
{
    (void) png;
}

static void take_error(png_structp png, png_const_charp text)
{
    png_job *job = png_get_error_ptr(png);
    if (!job->status)
        job->status = osi_fail(job->err, OSARC_ERR_INTERNAL, "PNG writer: %s", text);
    png_longjmp(png, 1);
}

static void take_warning(png_structp png, png_const_charp text)
{
    (void) png;
    (void) text;
}

static void put_be32(uint8_t *out, size_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t) (value >> (24 - 8 * i));
}

/* The three chunks a PNG needs; nothing that tells when or where it was made. */
static void write_chunks(png_structp png, png_job *job, const overlay_pixels *pixels)
{
    uint8_t header[13] = {0};
    put_be32(header, pixels->width);
    put_be32(header + 4, pixels->height);
    header[8] = 8;                  /* bits */
    header[9] = PNG_COLOR_TYPE_RGB; /* then: deflate, the usual filters, not interlaced */
    png_set_write_fn(png, job, take_bytes, flush_nothing);
    png_write_sig(png);
    png_write_chunk(png, (png_const_bytep) "IHDR", header, sizeof(header));
    png_write_chunk(png, (png_const_bytep) "IDAT", job->packed, job->packed_size);
    png_write_chunk(png, (png_const_bytep) "IEND", NULL, 0);
}

/* Apart, so that nothing is live across the jump but pointers that do not change. */
static osarc_status encode(png_job *job, const overlay_pixels *pixels)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, job, take_error, take_warning);
    if (!png)
        return osi_fail(job->err, OSARC_ERR_MEMORY, "out of memory for PNG");
    if (setjmp(png_jmpbuf(png)) == 0)
        write_chunks(png, job, pixels);
    png_destroy_write_struct(&png, NULL);
    return job->status;
}

static void filter_rows(uint8_t *out, const overlay_pixels *pixels, int threads)
{
    size_t width = pixels->width;
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t y = 0; y < pixels->height; y++) {
        const uint32_t *row = pixels->pixels + y * width;
        const uint32_t *above = row - width;
        uint8_t *to = out + y * (3 * width + 1);
        *to++ = FILTER_UP;
        for (size_t x = 0; x < width; x++) {
            uint32_t old = y ? above[x] : 0;
            *to++ = (uint8_t) ((row[x] >> 16) - (old >> 16));
            *to++ = (uint8_t) ((row[x] >> 8) - (old >> 8));
            *to++ = (uint8_t) (row[x] - old);
        }
    }
}

osarc_status overlay_png_write(const overlay_pixels *pixels, int threads, const char *path,
                               osarc_error *err)
{
    png_job job = {.err = err};
    size_t size = (3 * pixels->width + 1) * pixels->height;
    uint8_t *packed = NULL;
    uint8_t *rows = osi_alloc_raw(size, 1, err);
    if (!rows)
        return OSARC_ERR_MEMORY;
    filter_rows(rows, pixels, threads);
    osarc_status status = osi_zlib(&packed, &job.packed_size, rows, size, threads, err);
    osi_free(rows);
    job.packed = packed;
    if (!status)
        status = encode(&job, pixels);
    if (!status)
        status = osi_file_write(path, job.bytes.data, job.bytes.size, err);
    osi_free(job.bytes.data);
    osi_free(packed);
    return status;
}
