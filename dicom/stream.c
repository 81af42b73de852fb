/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "frame_read.h"

int osi_frames_can_stream(const osi_file *file)
{
    const osi_pixels *pixels = &file->header->pixels;
    return !pixels->open && pixels->offset && !file->header->deflated && !pixels->big_endian &&
           pixels->bits_allocated == 16;
}

/* Bytes from..from+size into out: what was read before, then the file. */
static osarc_status take(uint8_t *out, const osi_file *file, int fd, size_t from, size_t size,
                         osarc_error *err)
{
    if (from < file->head_size) {
        size_t there = file->head_size - from < size ? file->head_size - from : size;
        memcpy(out, file->head + from, there);
        out += there;
        from += there;
        size -= there;
    }
    return osi_file_read_at(out, file, fd, from, size, err);
}

static osarc_status stream_open(osi_file *file, int fd, osi_digest *digest, int16_t *const *place,
                                osi_block *rest, osarc_error *err)
{
    const osi_pixels *pixels = &file->header->pixels;
    size_t size = osi_frame_bytes(pixels);
    size_t end = pixels->offset + pixels->frames * size;
    size_t whole = (size_t) file->view.size_bytes;
    if (end > whole)
        return osi_fail(err, OSARC_ERR_FORMAT, "pixels are missing: %zu bytes needed, %zu there",
                        end, whole);
    osarc_status status = osi_block_need(rest, size > pixels->offset ? size : pixels->offset, err);
    if (!status)
        status = take(rest->data, file, fd, 0, pixels->offset, err);
    if (!status)
        status = osi_digest_add(digest, rest->data, pixels->offset, err);
    for (uint32_t i = 0; i < pixels->frames && !status; i++) {
        uint8_t *to = place[i] ? (uint8_t *) place[i] : rest->data;
        status = take(to, file, fd, pixels->offset + i * size, size, err);
        if (!status)
            status = osi_digest_add(digest, to, size, err);
    }
    while (end < whole && !status) {
        size_t step = whole - end < size ? whole - end : size;
        status = take(rest->data, file, fd, end, step, err);
        if (!status)
            status = osi_digest_add(digest, rest->data, step, err);
        end += step;
    }
    return status;
}

osarc_status osi_frames_stream(osi_file *file, int16_t *const *place, osarc_error *err)
{
    osi_digest *digest = NULL;
    osi_block rest = {NULL, 0};
    int fd = osi_file_open(file);
    if (fd < 0)
        return osi_fail(err, file->view.status, "%s", file->text);
    osarc_status status = osi_digest_create(&digest, err);
    if (!status)
        status = stream_open(file, fd, digest, place, &rest, err);
    if (!status)
        status = osi_digest_finish(file->sha256, digest, err);
    close(fd);
    osi_digest_free(digest);
    osi_free(rest.data);
    return status;
}
