/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "noise.h"

#include <math.h>
#include <stdlib.h>

#include <osi/alloc.h>
#include <osi/denoise.h>
#include <osi/fail.h>

#include "itk/median.h"
#include "limits.h"

#define LOW_HU    (-200.0) /* fat and soft tissue with much noise */
#define HIGH_HU   150.0
#define LAG_MM    2.0
#define SAMPLE_MM 3.0

osarc_status find_noise_hu(double *out, const int16_t *stored, const osarc_image *image,
                           const size_t size[3], const double spacing_mm[3], int threads,
                           osarc_error *err)
{
    int low = osarc_image_threshold(image, LOW_HU);
    int high = osarc_image_threshold(image, HIGH_HU);
    size_t lag = (size_t) fmax(1, floor(LAG_MM / spacing_mm[0] + 0.5));
    size_t stride[3];
    for (int a = 0; a < 3; a++)
        stride[a] = (size_t) fmax(1, floor(SAMPLE_MM / spacing_mm[a]));
    size_t bins = (size_t) (high - low) + 1;
    uint32_t *count = osi_alloc((size_t) threads * bins, sizeof(*count), err);
    if (!count)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int t = 0; t < threads; t++)
        for (size_t z = (size_t) t * stride[2]; z < size[2]; z += (size_t) threads * stride[2])
            for (size_t y = 0; y < size[1]; y += stride[1]) {
                const int16_t *row = stored + (z * size[1] + y) * size[0];
                for (size_t x = lag; x < size[0]; x += stride[0])
                    if (row[x] >= low && row[x] <= high && row[x - lag] >= low &&
                        row[x - lag] <= high)
                        count[(size_t) t * bins + (size_t) abs(row[x] - row[x - lag])]++;
            }
    *out = osi_noise_of_differences(count, threads, bins, osarc_image_step(image));
    osi_free(count);
    return OSARC_OK;
}

osarc_status smooth_planes(int16_t **out, const int16_t *stored, const osarc_image *image,
                           double noise_hu, const size_t size[3], const double spacing_mm[3],
                           int threads, osarc_error *err)
{
    /* a cortex of one voxel would be lost to the median */
    int16_t bone =
        osarc_image_threshold(image, fmax(BONE_SEED_HU, SOFT_HU + CORTEX_SDS * noise_hu));
    size_t area = size[0] * size[1];
    size_t radius = (size_t) fmax(1, floor(SMOOTH_MM / spacing_mm[0] + 0.5));
    int16_t *copy = osi_alloc_raw(area * size[2], sizeof(*copy), err);
    if (!copy)
        return OSARC_ERR_MEMORY;
    osarc_status status = OSARC_OK;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t z = 0; z < size[2]; z++) {
        const int16_t *from = stored + z * area;
        int16_t *to = copy + z * area;
        osarc_error why = OSARC_ERROR_INIT;
        osarc_status one = median_plane(to, from, size[0], size[1], radius, &why);
        if (one) {
#pragma omp critical
            {
                status = one;
                if (err)
                    *err = why;
            }
            continue;
        }
        for (size_t i = 0; i < area; i++)
            if (from[i] == OSARC_OUTSIDE || to[i] == OSARC_OUTSIDE || from[i] >= bone)
                to[i] = from[i];
    }
    if (status) {
        osi_free(copy);
        return status;
    }
    *out = copy;
    return OSARC_OK;
}
