/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <osarc/hu_windows.h>

typedef struct limits {
    int16_t fat_low, fat_high;
} limits;

/* What has become fat is of the kind that most of the fat around it is; on skin and at gas it
 * stays. */
static uint8_t choose_fat(const uint8_t *label, const int16_t *stored, ptrdiff_t dx, ptrdiff_t dy,
                          int16_t fat_low)
{
    const ptrdiff_t next[8] = {dx, -dx, dy, -dy, dx + dy, dx - dy, dy - dx, -dx - dy};
    int under_skin = 0;
    int inner = 0;
    for (int n = 0; n < 8; n++) {
        uint8_t l = label[next[n]];
        if (n < 4 && (l == OSARC_TISSUE_OUTSIDE || stored[next[n]] < fat_low))
            return OSARC_TISSUE_SOFT;
        under_skin += l == OSARC_TISSUE_SUBCUTANEOUS_FAT;
        inner += l == OSARC_TISSUE_VISCERAL_FAT;
    }
    return under_skin > inner ? OSARC_TISSUE_SUBCUTANEOUS_FAT : OSARC_TISSUE_VISCERAL_FAT;
}

static void drop_fat(uint8_t *label, const int16_t *smooth, size_t count, size_t stride, limits at)
{
    for (size_t x = 0; x < count; x++) {
        uint8_t l = label[x * stride];
        int16_t s = smooth[x * stride];
        int fat = (l == OSARC_TISSUE_SUBCUTANEOUS_FAT) | (l == OSARC_TISSUE_VISCERAL_FAT);
        int none = (s < at.fat_low) | (s >= at.fat_high);
        label[x * stride] = (fat & none) ? OSARC_TISSUE_SOFT : l;
    }
}

/* Fat that is none becomes soft first, so that what is new fat sees only fat that stays. */
static void relabel(uint8_t *label, const torso_grid *g, const int16_t *stored,
                    const int16_t *smooth, limits at)
{
    ptrdiff_t dx = (ptrdiff_t) g->stride[0];
    ptrdiff_t dy = (ptrdiff_t) g->stride[1];
    for (size_t y = 1; y + 1 < g->full[1] && g->full[0] > 2; y++) {
        size_t row = y * g->stride[1] + g->stride[0];
        drop_fat(label + row, smooth + row, g->full[0] - 2, g->stride[0], at);
    }
    for (size_t y = 1; y + 1 < g->full[1]; y++)
        for (size_t x = 1; x + 1 < g->full[0]; x++) {
            size_t i = y * g->stride[1] + x * g->stride[0];
            if (label[i] == OSARC_TISSUE_SOFT && smooth[i] >= at.fat_low && smooth[i] < at.fat_high)
                label[i] = choose_fat(label + i, stored + i, dx, dy, at.fat_low);
        }
}

void torso_relabel(osarc_mask *tissue, const torso_grid *g, const osarc_image *image,
                   const osarc_image *smooth)
{
    const osarc_hu_window *fat = osarc_hu_window_get(OSARC_WINDOW_ADIPOSE);
    const limits at = {osarc_image_threshold(image, fat->low_hu),
                       osarc_image_threshold(image, fat->high_hu)};
    uint8_t *label = osarc_mask_fill(tissue);
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = g->first; k < g->first + g->depth; k++) {
        size_t start = k * g->stride[2];
        relabel(label + start, g, osarc_image_stored(image) + start,
                osarc_image_stored(smooth) + start, at);
    }
}
