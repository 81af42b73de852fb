/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_PNG_HELP_H
#define OSARC_TEST_PNG_HELP_H

/* The picture that was written, read back. */

#include <png.h>

#include "scratch.h"

typedef struct picture {
    uint32_t width, height;
    uint8_t *rgb;
} picture;

static inline picture read_png(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    picture p = {0, 0, NULL};
    size_t size = 0;
    char *bytes = read_whole(&size);
    png_image png;
    memset(&png, 0, sizeof(png));
    png.version = PNG_IMAGE_VERSION;
    cr_assert(png_image_begin_read_from_memory(&png, bytes, size) != 0, "%s", png.message);
    cr_assert(eq(u32, png.format, PNG_FORMAT_RGB));
    p.width = png.width;
    p.height = png.height;
    p.rgb = osi_alloc(PNG_IMAGE_SIZE(png), 1, &err);
    cr_assert(png_image_finish_read(&png, NULL, p.rgb, 0, NULL) != 0, "%s", png.message);
    cr_assert(eq(u32, png.warning_or_error, 0));
    osi_free(bytes);
    return p;
}

/* How many pixels have a colour, and where their middle is across the picture. */
static inline size_t count_colour(const picture *p, uint32_t rgb, uint32_t x_from, uint32_t x_to,
                                  double *middle_x_out)
{
    size_t count = 0;
    double sum = 0;
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = x_from; x < x_to; x++) {
            const uint8_t *c = p->rgb + 3 * ((size_t) y * p->width + x);
            if (((uint32_t) c[0] << 16 | (uint32_t) c[1] << 8 | c[2]) == rgb) {
                count++;
                sum += x;
            }
        }
    *middle_x_out = sum / (double) count;
    return count;
}

#endif
