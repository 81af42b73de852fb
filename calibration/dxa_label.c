/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>
#include <osi/components.h>

#include "dxa.h"

/* A pixel is bone over this, and soft tissue starts so far from it. */
#define BONE_G_CM2     0.15
#define BONE_NOISES    3.0
#define NOISE_APART_PX 3    /* means over 3 x 3 pixels */
#define SPECK_MM2      25.0 /* less is no bone: the tip of a finger has more */
#define MARGIN_MM      2.5
/* Where the body ends within a pixel, attenuation says little of what it is made of. */
#define AIR_MARGIN_MM 1.5

/* SD of the smoothed mineral in soft tissue, by the median of what pixels of a row differ by that
 * share no neighbour. What a guess of the ratio is off by varies over centimetres and is no noise:
 * taken for it, thin bone would be lost in it. */
static double noise_of(const float *smoothed, const uint8_t *pixels, const osarc_dxa_maps *m,
                       double *room)
{
    size_t count = 0;
    for (size_t y = 0; y < m->rows; y++)
        for (size_t x = NOISE_APART_PX; x < m->columns; x++) {
            size_t i = y * m->columns + x;
            size_t before = i - NOISE_APART_PX;
            if (pixels[i] == OSARC_DXA_SOFT && pixels[before] == OSARC_DXA_SOFT)
                room[count++] = fabsf(smoothed[i] - smoothed[before]);
        }
    return count ? gsl_stats_select(room, 1, count, count / 2) / 0.6745 * M_SQRT1_2 : 0;
}

/* Whether a pixel has a neighbour of another kind. */
static int is_rim(const uint8_t *pixels, const osarc_dxa_maps *m, long x, long y)
{
    size_t at = (size_t) y * m->columns + (size_t) x;
    return (x > 0 && pixels[at - 1] != pixels[at]) ||
           (x + 1 < (long) m->columns && pixels[at + 1] != pixels[at]) ||
           (y > 0 && pixels[at - m->columns] != pixels[at]) ||
           (y + 1 < (long) m->rows && pixels[at + m->columns] != pixels[at]);
}

/* Soft tissue so near becomes what `kind` is; air counts before bone. */
static void clear_around(uint8_t *pure, const uint8_t *pixels, uint8_t kind, double margin_mm,
                         const osarc_dxa_maps *m)
{
    /* laying the images on each other carries an edge a pixel further */
    long mx = (long) ceil(margin_mm / m->spacing_mm[0]) + 1;
    long my = (long) ceil(margin_mm / m->spacing_mm[1]) + 1;
    for (long y = 0; y < (long) m->rows; y++)
        for (long x = 0; x < (long) m->columns; x++) {
            size_t at = (size_t) y * m->columns + (size_t) x;
            if (pixels[at] != kind || !is_rim(pixels, m, x, y))
                continue;
            for (long v = y > my ? y - my : 0; v <= y + my && v < (long) m->rows; v++)
                for (long u = x > mx ? x - mx : 0; u <= x + mx && u < (long) m->columns; u++) {
                    uint8_t *there = &pure[(size_t) v * m->columns + (size_t) u];
                    if (*there == OSARC_DXA_SOFT)
                        *there = kind;
                }
        }
}

/* Specks of noise are no bone: each would take the soft tissue around it away. */
static osarc_status drop_specks(uint8_t *pixels, uint8_t *is_bone, const osarc_dxa_maps *m,
                                osarc_error *err)
{
    const size_t size[3] = {m->columns, m->rows, 1};
    size_t count = m->columns * m->rows;
    double least = SPECK_MM2 / (m->spacing_mm[0] * m->spacing_mm[1]);
    uint32_t found = 0;
    size_t *sizes = NULL;
    uint32_t *numbers = osi_alloc_raw(count, sizeof(*numbers), err);
    if (!numbers)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        is_bone[i] = pixels[i] == OSARC_DXA_BONE;
    osarc_status status = osi_components(numbers, &found, &sizes, is_bone, size, err);
    for (size_t i = 0; !status && i < count; i++)
        if (is_bone[i] && (double) sizes[numbers[i]] < least)
            pixels[i] = OSARC_DXA_SOFT;
    osi_free(sizes);
    osi_free(numbers);
    return status;
}

osarc_status dxa_bone_label(uint8_t *pixels, uint8_t *pure, const float *smoothed, double *room,
                            const osarc_dxa_maps *m, osarc_error *err)
{
    size_t count = m->columns * m->rows;
    double threshold = fmax(BONE_G_CM2, BONE_NOISES * noise_of(smoothed, pixels, m, room));
    for (size_t i = 0; i < count; i++)
        if (pixels[i] == OSARC_DXA_SOFT || pixels[i] == OSARC_DXA_BONE)
            pixels[i] = smoothed[i] > threshold ? OSARC_DXA_BONE : OSARC_DXA_SOFT;
    osarc_status status = drop_specks(pixels, pure, m, err);
    if (status)
        return status;
    memcpy(pure, pixels, count);
    clear_around(pure, pixels, OSARC_DXA_AIR, AIR_MARGIN_MM, m);
    clear_around(pure, pixels, OSARC_DXA_BONE, MARGIN_MM, m);
    return OSARC_OK;
}
