/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hu.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include <osi/fail.h>

/* Pixels worked on at a time: stays in the first-level cache. */
#define BLOCK 1024

static int is_whole(double value)
{
    return value == floor(value);
}

static double largest_hu(const osi_frame *frame)
{
    double low = frame->is_signed ? -ldexp(1, frame->bits_stored - 1) : 0;
    double high = ldexp(1, frame->bits_stored - frame->is_signed) - 1;
    /* under OSI_OUTSIDE_HU nothing needs to be kept */
    low = fmax(frame->slope * low + frame->intercept, OSI_OUTSIDE_HU);
    return fmax(fabs(low), fabs(frame->slope * high + frame->intercept));
}

osi_scale osi_scale_choose(const osi_frame *const *frames, size_t count)
{
    osi_scale scale = {.step = 1};
    int all_whole = 1;
    int all_same = 1;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        const osi_frame *frame = frames[i];
        all_whole &= is_whole(frame->slope) && is_whole(frame->intercept);
        all_same &= frame->slope == frames[0]->slope && frame->intercept == frames[0]->intercept;
        largest = fmax(largest, largest_hu(frame));
    }
    if (all_whole)
        return scale;
    if (all_same) {
        scale.shared = 1;
        for (size_t i = 0; i < count; i++)
            if (!frames[i]->is_signed && frames[i]->bits_stored == 16)
                scale.lift = INT16_MAX;
        scale.step = frames[0]->slope;
        scale.offset = frames[0]->intercept + scale.lift * scale.step;
        return scale;
    }
    scale.is_rounded = 1;
    scale.step = ldexp(1, -5); /* finer than any rounding of a reconstruction */
    while (scale.step * INT16_MAX < largest && scale.step < 1)
        scale.step *= 2;
    return scale;
}

osarc_status osi_pixels_check(const osi_pixels *pixels, osarc_error *err)
{
    if (pixels->rows == 0 || pixels->columns == 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "an image of %u by %u pixels", pixels->columns,
                        pixels->rows);
    if (pixels->samples != 1)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "%u samples a pixel (colour), 1 needed",
                        pixels->samples);
    if (pixels->bits_allocated != 8 && pixels->bits_allocated != 16)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "%u bits allocated, 8 or 16 needed",
                        pixels->bits_allocated);
    if (pixels->bits_stored < 1 || pixels->bits_stored > pixels->bits_allocated ||
        pixels->high_bit + 1 < pixels->bits_stored || pixels->high_bit >= pixels->bits_allocated)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "bits stored %u, high bit %u and bits allocated %u do not fit together",
                        pixels->bits_stored, pixels->high_bit, pixels->bits_allocated);
    return OSARC_OK;
}

/* Bits above and below the stored ones may hold anything: shifted out, the sign drawn along. */
static void unpack(int32_t *out, const uint8_t *raw, size_t count, const osi_pixels *pixels)
{
    int up = 31 - pixels->high_bit;
    int down = 32 - pixels->bits_stored;
    if (pixels->bits_allocated == 8) {
        for (size_t i = 0; i < count; i++) {
            uint32_t bits = (uint32_t) raw[i] << up;
            out[i] = pixels->is_signed ? (int32_t) bits >> down : (int32_t) (bits >> down);
        }
        return;
    }
    if (pixels->is_signed) {
        for (size_t i = 0; i < count; i++) {
            uint16_t bits;
            memcpy(&bits, raw + 2 * i, sizeof(bits));
            out[i] = (int32_t) ((uint32_t) le16toh(bits) << up) >> down;
        }
    } else {
        for (size_t i = 0; i < count; i++) {
            uint16_t bits;
            memcpy(&bits, raw + 2 * i, sizeof(bits));
            out[i] = (int32_t) ((uint32_t) le16toh(bits) << up >> down);
        }
    }
}

/* A raw 16-bit padding value, read as a pixel is. */
static int32_t padding_pixel(uint16_t raw, const osi_pixels *pixels)
{
    return pixels->is_signed ? (int16_t) raw : raw;
}

static size_t scale_whole(int16_t *out, const int32_t *pixel, size_t count, int32_t slope,
                          int32_t intercept, int32_t last_outside)
{
    int32_t over = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t hu = pixel[i] * slope + intercept;
        over += hu > INT16_MAX;
        hu = hu > INT16_MAX ? INT16_MAX : hu;
        out[i] = (int16_t) (pixel[i] <= last_outside ? OSARC_OUTSIDE : hu);
    }
    return (size_t) over;
}

static size_t scale_shared(int16_t *out, const int32_t *pixel, size_t count, int32_t lift,
                           int32_t last_outside)
{
    int32_t over = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t stored = pixel[i] - lift;
        over += stored > INT16_MAX;
        stored = stored > INT16_MAX ? INT16_MAX : stored;
        stored = stored <= OSARC_OUTSIDE ? OSARC_OUTSIDE + 1 : stored;
        out[i] = (int16_t) (pixel[i] <= last_outside ? OSARC_OUTSIDE : stored);
    }
    return (size_t) over;
}

static size_t scale_rounded(int16_t *out, const int32_t *pixel, size_t count,
                            const osi_frame *frame, double step, int32_t last_outside)
{
    size_t over = 0;
    for (size_t i = 0; i < count; i++) {
        double stored = floor((pixel[i] * frame->slope + frame->intercept) / step + 0.5);
        over += stored > INT16_MAX;
        stored = fmin(stored, INT16_MAX);
        out[i] = (int16_t) (pixel[i] <= last_outside ? OSARC_OUTSIDE : (int32_t) stored);
    }
    return over;
}

/* The largest pixel value that stands for no measurement. */
static int32_t find_last_outside(const osi_frame *frame)
{
    double last = floor((OSI_OUTSIDE_HU - frame->intercept) / frame->slope);
    return (int32_t) fmax(fmin(last, 1e9), -1e9);
}

void osi_hu_convert(int16_t *out, const uint8_t *raw, size_t count, const osi_pixels *pixels,
                    const osi_frame *frame, const osi_scale *scale, osi_hu_counts *counts)
{
    int32_t pixel[BLOCK];
    int32_t last_outside = find_last_outside(frame);
    int32_t low = padding_pixel(pixels->padding, pixels);
    int32_t high = padding_pixel(pixels->padding_limit, pixels);
    if (low > high) {
        int32_t swap = low;
        low = high;
        high = swap;
    }
    int has_padding = pixels->has_padding && high > last_outside &&
                      high * frame->slope + frame->intercept < OSI_PADDING_HU;
    size_t bytes = pixels->bits_allocated / 8;
    for (size_t done = 0; done < count; done += BLOCK) {
        size_t size = count - done < BLOCK ? count - done : BLOCK;
        int16_t *to = out + done;
        unpack(pixel, raw + done * bytes, size, pixels);
        if (scale->shared)
            counts->clamped += scale_shared(to, pixel, size, scale->lift, last_outside);
        else if (scale->is_rounded)
            counts->clamped += scale_rounded(to, pixel, size, frame, scale->step, last_outside);
        else
            counts->clamped += scale_whole(to, pixel, size, (int32_t) frame->slope,
                                           (int32_t) frame->intercept, last_outside);
        if (has_padding)
            for (size_t i = 0; i < size; i++)
                to[i] = pixel[i] >= low && pixel[i] <= high ? OSARC_OUTSIDE : to[i];
        int32_t outside = 0;
        for (size_t i = 0; i < size; i++)
            outside += to[i] == OSARC_OUTSIDE;
        counts->outside += (size_t) outside;
    }
}
