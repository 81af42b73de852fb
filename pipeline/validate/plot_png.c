/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot_private.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

/* Signature (8) and IHDR (25): where the resolution chunk belongs. */
#define AFTER_HEADER 33
#define PHYS_SIZE    21

typedef struct sink {
    osi_text bytes;
    osarc_status status;
    osarc_error *err;
} sink;

static cairo_status_t take_bytes(void *payload, const unsigned char *data, unsigned int size)
{
    sink *out = payload;
    if (!out->status)
        out->status = osi_text_add(&out->bytes, (const char *) data, size, out->err);
    return out->status ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void put_u32(unsigned char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char) (value >> (24 - 8 * i));
}

/* The check sum of PNG chunks (PNG, annex D); bit by bit, for a handful of bytes. */
static uint32_t check_sum(const unsigned char *bytes, size_t count)
{
    uint32_t sum = 0xFFFFFFFFu;
    for (size_t i = 0; i < count; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = (sum >> 1) ^ (sum & 1 ? 0xEDB88320u : 0);
    }
    return ~sum;
}

/* Cairo writes no resolution, and a printer needs it: PNG chunk pHYs, pixels per metre. */
static void make_phys(unsigned char out[PHYS_SIZE], double dpi)
{
    uint32_t per_metre = (uint32_t) lround(dpi / 0.0254);
    put_u32(out, 9);
    memcpy(out + 4, "pHYs", 4);
    put_u32(out + 8, per_metre);
    put_u32(out + 12, per_metre);
    out[16] = 1;
    put_u32(out + 17, check_sum(out + 4, 13));
}

osarc_status osi_plot_save(cairo_surface_t *surface, double dpi, const char *path, osarc_error *err)
{
    sink plain = {.err = err};
    osi_text whole = {0};
    cairo_status_t drawn = cairo_surface_write_to_png_stream(surface, take_bytes, &plain);
    osarc_status status = plain.status;
    if (!status && drawn)
        status =
            osi_fail(err, drawn == CAIRO_STATUS_NO_MEMORY ? OSARC_ERR_MEMORY : OSARC_ERR_INTERNAL,
                     "drawing: %s", cairo_status_to_string(drawn));
    if (!status && plain.bytes.size <= AFTER_HEADER)
        status = osi_fail(err, OSARC_ERR_INTERNAL, "drawing: the picture is empty");
    unsigned char phys[PHYS_SIZE];
    make_phys(phys, dpi);
    if (!status)
        status = osi_text_add(&whole, plain.bytes.data, AFTER_HEADER, err);
    if (!status)
        status = osi_text_add(&whole, (const char *) phys, PHYS_SIZE, err);
    if (!status)
        status = osi_text_add(&whole, plain.bytes.data + AFTER_HEADER,
                              plain.bytes.size - AFTER_HEADER, err);
    if (!status)
        status = osi_file_write(path, whole.data, whole.size, err);
    osi_free(plain.bytes.data);
    osi_free(whole.data);
    return status;
}
