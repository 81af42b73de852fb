/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "dxa.h"
#include "phase_shift.h"

#define MAX_SIDE 1024
#define CEILING  12.0 /* of attenuation */
#define AROUND   4    /* pixels to each side */
#define LARGEST  3.0  /* of contrast: next to air the body would not count */

/* Fades to 0 at both ends. */
static void fill_window(double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = 0.5 - 0.5 * cos(2 * M_PI * ((double) i + 1) / ((double) count + 1));
}

/* Sums over all pixels above and to the left, a row and a column more than the image. */
static void sum_up(double *sums, const float *in, size_t columns, size_t rows)
{
    for (size_t i = 0; i < (columns + 1) * (rows + 1); i++) {
        size_t x = i % (columns + 1);
        size_t y = i / (columns + 1);
        if (x == 0 || y == 0) {
            sums[i] = 0;
            continue;
        }
        double value = in[(y - 1) * columns + x - 1];
        sums[i] = exp(-(isnan(value) ? CEILING : fmin(CEILING, value))) + sums[i - 1] +
                  sums[i - columns - 1] - sums[i - columns - 2];
    }
}

static size_t within(long i, size_t count)
{
    return i < 0 ? 0 : (size_t) i > count ? count : (size_t) i;
}

/*
 * Intensity against its mean around, fading to 0 at the sides. A pixel half behind an edge holds
 * half of the intensity, but not half of the attenuation: there an edge would seem to lie aside,
 * the more so the more it attenuates.
 */
static void fill(double *out, const double *sums, size_t columns, size_t rows, const size_t size[3],
                 const double *const windows[2])
{
    size_t left = (columns - size[0]) / 2;
    size_t top = (rows - size[1]) / 2;
    size_t stride = columns + 1;
    for (size_t y = 0; y < size[1]; y++)
        for (size_t x = 0; x < size[0]; x++) {
            size_t u = left + x;
            size_t v = top + y;
            size_t x0 = within((long) u - AROUND, columns);
            size_t x1 = within((long) u + AROUND + 1, columns);
            size_t y0 = within((long) v - AROUND, rows);
            size_t y1 = within((long) v + AROUND + 1, rows);
            double mean = (sums[y1 * stride + x1] - sums[y0 * stride + x1] -
                           sums[y1 * stride + x0] + sums[y0 * stride + x0]) /
                          (double) ((x1 - x0) * (y1 - y0));
            double value = sums[(v + 1) * stride + u + 1] - sums[v * stride + u + 1] -
                           sums[(v + 1) * stride + u] + sums[v * stride + u];
            double contrast = mean > 0 ? fmin(LARGEST, value / mean - 1) : 0;
            out[y * size[0] + x] = windows[0][x] * windows[1][y] * contrast;
        }
}

osarc_status dxa_shift_find(double shift_px[2], double *confidence, const float *a, const float *b,
                            size_t columns, size_t rows, const double spacing_mm[2],
                            osarc_error *err)
{
    const size_t size[3] = {columns < MAX_SIDE ? columns : MAX_SIDE,
                            rows < MAX_SIDE ? rows : MAX_SIDE, 1};
    const double spacing[3] = {spacing_mm[0], spacing_mm[1], 1};
    double shift[3] = {0, 0, 0};
    double *first = osi_alloc_raw(size[0] * size[1], sizeof(*first), err);
    double *second = first ? osi_alloc_raw(size[0] * size[1], sizeof(*second), err) : NULL;
    double *sums = second ? osi_alloc_raw((columns + 1) * (rows + 1), sizeof(*sums), err) : NULL;
    double *window = sums ? osi_alloc_raw(size[0] + size[1], sizeof(*window), err) : NULL;
    osarc_status status = window ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        const double *const windows[2] = {window, window + size[0]};
        fill_window(window, size[0]);
        fill_window(window + size[0], size[1]);
        sum_up(sums, a, columns, rows);
        fill(first, sums, columns, rows, size, windows);
        sum_up(sums, b, columns, rows);
        fill(second, sums, columns, rows, size, windows);
        status = find_phase_shift(shift, confidence, first, second, size, spacing, err);
    }
    shift_px[0] = shift[0];
    shift_px[1] = shift[1];
    osi_free(window);
    osi_free(sums);
    osi_free(second);
    osi_free(first);
    return status;
}

/* Catmull and Rom: passes through the values, and a straight line stays one. */
static void cubic(double out[4], double t)
{
    out[0] = 0.5 * (-t + 2 * t * t - t * t * t);
    out[1] = 0.5 * (2 - 5 * t * t + 3 * t * t * t);
    out[2] = 0.5 * (t + 4 * t * t - 3 * t * t * t);
    out[3] = 0.5 * (-t * t + t * t * t);
}

static size_t clamp(long i, size_t count)
{
    return i < 0 ? 0 : (size_t) i >= count ? count - 1 : (size_t) i;
}

void dxa_shift_undo(float *out, const float *b, size_t columns, size_t rows,
                    const double shift_px[2], int threads)
{
    const double whole[2] = {floor(shift_px[0]), floor(shift_px[1])};
    double across[4];
    double down[4];
    cubic(across, shift_px[0] - whole[0]);
    cubic(down, shift_px[1] - whole[1]);
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < columns; x++) {
            double sum = 0;
            for (int j = 0; j < 4; j++) {
                const float *row = b + columns * clamp((long) y + (long) whole[1] + j - 1, rows);
                for (int i = 0; i < 4; i++)
                    if (down[j] * across[i] != 0)
                        sum += down[j] * across[i] *
                               row[clamp((long) x + (long) whole[0] + i - 1, columns)];
            }
            out[y * columns + x] = (float) sum;
        }
}
