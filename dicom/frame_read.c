/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame_read.h"

#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "codec.h"
#include "header.h"

#define INFLATED_LIMIT ((size_t) 1 << 30)

size_t osi_frame_bytes(const osi_pixels *pixels)
{
    return (size_t) pixels->rows * pixels->columns * (pixels->bits_allocated / 8U);
}

static void forget(osi_loaded *loaded)
{
    osi_free(loaded->inflated);
    loaded->inflated = NULL;
    loaded->size = 0;
    osi_fragments_free(&loaded->fragments);
}

osarc_status osi_loaded_read(osi_loaded *loaded, osi_file *file, osarc_error *err)
{
    forget(loaded);
    osarc_status status = osi_file_load(&loaded->file, file, err);
    if (status)
        return status;
    loaded->size = (size_t) file->view.size_bytes;
    size_t offset;
    if (file->header->deflated && osi_dicom_is_deflated(loaded->file.data, loaded->size, &offset))
        status = osi_inflate(&loaded->inflated, &loaded->size, loaded->file.data + offset,
                             loaded->size - offset, INFLATED_LIMIT, err);
    if (!status && file->header->pixels.open)
        status = osi_fragments_read(&loaded->fragments, loaded->file.data, loaded->size,
                                    &file->header->pixels, err);
    return status;
}

static osarc_status take_native(const uint8_t **out, osi_block *room, const osi_loaded *loaded,
                                const osi_pixels *pixels, size_t number, osarc_error *err)
{
    const uint8_t *bytes = loaded->inflated ? loaded->inflated : loaded->file.data;
    size_t size = osi_frame_bytes(pixels);
    size_t begin = pixels->offset + number * size;
    if (pixels->offset == 0 || begin + size > loaded->size)
        return osi_fail(err, OSARC_ERR_FORMAT, "pixels are missing: %zu bytes needed, %zu there",
                        size, loaded->size > begin ? loaded->size - begin : 0);
    if (!pixels->big_endian || pixels->bits_allocated == 8) {
        *out = bytes + begin;
        return OSARC_OK;
    }
    osarc_status status = osi_block_need(room, size, err);
    if (status)
        return status;
    for (size_t i = 0; i + 1 < size; i += 2) {
        room->data[i] = bytes[begin + i + 1];
        room->data[i + 1] = bytes[begin + i];
    }
    *out = room->data;
    return OSARC_OK;
}

osarc_status osi_loaded_frame(const uint8_t **out, osi_block *room, const osi_loaded *loaded,
                              const osi_file *file, size_t number, osarc_error *err)
{
    *out = NULL;
    const osi_pixels *pixels = &file->header->pixels;
    if (!pixels->open)
        return take_native(out, room, loaded, pixels, number, err);
    if (number >= loaded->fragments.frames)
        return osi_fail(err, OSARC_ERR_FORMAT, "frame %zu is missing", number);
    size_t first = loaded->fragments.first_of[number];
    size_t end = loaded->fragments.first_of[number + 1];
    osarc_status status = osi_block_need(room, osi_frame_bytes(pixels) + 1, err);
    if (!status)
        status = osi_codec_decode(room->data, pixels, loaded->file.data,
                                  loaded->fragments.items + first, end - first, err);
    if (!status)
        *out = room->data;
    return status;
}

void osi_loaded_free(osi_loaded *loaded)
{
    forget(loaded);
    osi_free(loaded->file.data);
    memset(loaded, 0, sizeof(*loaded));
}

/* Rescale and bit layout belong to what pixels say. */
static int has_same_meaning(const osi_pixels *p, const osi_pixels *q, const osi_frame *a,
                            const osi_frame *b)
{
    return a->slope == b->slope && a->intercept == b->intercept && p->rows == q->rows &&
           p->columns == q->columns && p->bits_allocated == q->bits_allocated &&
           p->bits_stored == q->bits_stored && p->high_bit == q->high_bit &&
           p->is_signed == q->is_signed;
}

osarc_status osi_frames_same_pixels(int *same_out, void *payload, const osi_frame *a,
                                    const osi_frame *b, osarc_error *err)
{
    const osi_files *files = payload;
    osi_file *file[2] = {files->items[a->file], files->items[b->file]};
    const osi_pixels *pixels = &file[0]->header->pixels;
    *same_out = 0;
    if (!has_same_meaning(pixels, &file[1]->header->pixels, a, b))
        return OSARC_OK;
    osi_loaded loaded[2] = {{.size = 0}, {.size = 0}};
    osi_block room[2] = {{NULL, 0}, {NULL, 0}};
    const uint8_t *raw[2] = {NULL, NULL};
    const size_t number[2] = {a->number, b->number};
    osarc_status status = OSARC_OK;
    for (int i = 0; i < 2 && !status; i++) {
        status = osi_loaded_read(&loaded[i], file[i], err);
        if (!status)
            status = osi_loaded_frame(&raw[i], &room[i], &loaded[i], file[i], number[i], err);
    }
    if (!status)
        *same_out = memcmp(raw[0], raw[1], osi_frame_bytes(pixels)) == 0;
    for (int i = 0; i < 2; i++) {
        osi_loaded_free(&loaded[i]);
        osi_free(room[i].data);
    }
    /* a file that cannot be read is no copy; what ails it is told where it is used */
    return status == OSARC_ERR_MEMORY || status == OSARC_ERR_INTERNAL ? status : OSARC_OK;
}
