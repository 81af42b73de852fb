/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phase_shift.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/spectrum.h>

#define BLUR_MM  1.0 /* SD: about what a scan resolves; finer waves are noise */
#define MAX_STEP 0.5 /* voxels, of one step to the peak */
#define STEPS    20
#define SETTLED  1e-5 /* voxels */

typedef struct peak {
    double value;
    double gradient[3];
    double curvature[3][3];
} peak;

/* Frequency of wave i in radians a voxel; the wave that is its own mirror has no direction. */
static double frequency(size_t i, size_t count)
{
    double turn = i <= count / 2 ? (double) i : (double) i - (double) count;
    return 2 * M_PI * turn / (double) count;
}

static int is_own_mirror(size_t i, size_t count)
{
    return count > 1 && 2 * i == count;
}

/*
 * Phases of conj(a) * b in place of a, each with the root of its amplitude: pure phases would let
 * noise weigh as much as content, full amplitudes the box itself. Returns the sum of weights.
 */
static double cross_phases(double *a, const double *b, const size_t size[3],
                           const double spacing_mm[3])
{
    double total = 0;
    double *wave = a;
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++)
            for (size_t x = 0; x <= size[0] / 2; x++, wave += 2, b += 2) {
                double real = wave[0] * b[0] + wave[1] * b[1];
                double imaginary = wave[0] * b[1] - wave[1] * b[0];
                double amplitude = hypot(real, imaginary);
                double u = BLUR_MM * frequency(x, size[0]) / spacing_mm[0];
                double v = BLUR_MM * frequency(y, size[1]) / spacing_mm[1];
                double w = BLUR_MM * frequency(z, size[2]) / spacing_mm[2];
                double weight = exp(-0.5 * (u * u + v * v + w * w)) / sqrt(amplitude);
                if (!(amplitude > 0) || is_own_mirror(x, size[0]) || is_own_mirror(y, size[1]) ||
                    is_own_mirror(z, size[2]))
                    weight = 0;
                wave[0] = weight * real;
                wave[1] = weight * imaginary;
                total += (x == 0 ? 1 : 2) * (weight > 0 ? weight * amplitude : 0);
            }
    return total;
}

static void find_highest(double shift[3], const double *volume, const size_t size[3])
{
    size_t count = size[0] * size[1] * size[2];
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (volume[i] > volume[best])
            best = i;
    const size_t at[3] = {best % size[0], best / size[0] % size[1], best / size[0] / size[1]};
    for (int a = 0; a < 3; a++)
        shift[a] = at[a] <= size[a] / 2 ? (double) at[a] : (double) at[a] - (double) size[a];
}

/* The correlation between voxels, with its first and second derivatives. */
static void look_at(peak *out, const double *waves, const size_t size[3], const double shift[3])
{
    memset(out, 0, sizeof(*out));
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++) {
            double k[3] = {0, frequency(y, size[1]), frequency(z, size[2])};
            double phase = k[1] * shift[1] + k[2] * shift[2];
            /* one wave to the next along x turns by the same angle */
            double c = cos(phase);
            double s = sin(phase);
            double turn_c = cos(2 * M_PI * shift[0] / (double) size[0]);
            double turn_s = sin(2 * M_PI * shift[0] / (double) size[0]);
            for (size_t x = 0; x <= size[0] / 2; x++, waves += 2) {
                k[0] = frequency(x, size[0]);
                double twice = x == 0 ? 1 : 2;
                double real = twice * (waves[0] * c - waves[1] * s);
                double imaginary = twice * (waves[0] * s + waves[1] * c);
                out->value += real;
                for (int i = 0; i < 3; i++) {
                    out->gradient[i] -= k[i] * imaginary;
                    for (int j = 0; j <= i; j++)
                        out->curvature[i][j] -= k[i] * k[j] * real;
                }
                double next = c * turn_c - s * turn_s;
                s = s * turn_c + c * turn_s;
                c = next;
            }
        }
    /* an image has no third axis: nothing curves along it, and nothing moves */
    for (int i = 0; i < 3; i++)
        if (size[i] == 1)
            out->curvature[i][i] = -1;
}

/* Newton's step up a peak; 0 when the ground does not curve down in all directions (Cholesky). */
static int find_step(double step[3], const peak *p)
{
    double l[3][3];
    double y[3];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = -p->curvature[i][j];
            for (int k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            if (i == j && !(sum > 0))
                return 0;
            l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
        }
        y[i] = p->gradient[i];
        for (int k = 0; k < i; k++)
            y[i] -= l[i][k] * y[k];
        y[i] /= l[i][i];
    }
    for (int i = 2; i >= 0; i--) {
        step[i] = y[i];
        for (int k = i + 1; k < 3; k++)
            step[i] -= l[k][i] * step[k];
        step[i] /= l[i][i];
    }
    return 1;
}

/* From the highest voxel to the peak near it; its value, 0 when there is none. */
static double climb(double shift[3], const double *waves, const size_t size[3])
{
    const double start[3] = {shift[0], shift[1], shift[2]};
    for (int n = 0; n < STEPS; n++) {
        peak here;
        double step[3];
        look_at(&here, waves, size, shift);
        if (!find_step(step, &here))
            return 0;
        double longest = fmax(fabs(step[0]), fmax(fabs(step[1]), fabs(step[2])));
        if (longest < SETTLED)
            return here.value;
        for (int a = 0; a < 3; a++) {
            shift[a] += step[a] * fmin(1, MAX_STEP / longest);
            if (fabs(shift[a] - start[a]) > 1)
                return 0;
        }
    }
    return 0;
}

osarc_status find_phase_shift(double shift_out[3], double *height_out, double *a, double *b,
                              const size_t size[3], const double spacing_mm[3], osarc_error *err)
{
    size_t waves = OSI_WAVES(size);
    double *phases = osi_alloc_raw(2 * waves, sizeof(*phases), err);
    double *scratch = phases ? osi_alloc_raw(2 * waves, sizeof(*scratch), err) : NULL;
    osarc_status status = scratch ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status)
        status = osi_spectrum_waves(phases, a, size, err);
    if (!status)
        status = osi_spectrum_waves(scratch, b, size, err);
    if (!status) {
        double total = cross_phases(phases, scratch, size, spacing_mm);
        memcpy(scratch, phases, 2 * waves * sizeof(*scratch));
        status = osi_spectrum_volume(a, scratch, size, err);
        if (!status) {
            find_highest(shift_out, a, size);
            double height = climb(shift_out, phases, size);
            *height_out = total > 0 ? fmax(0, height / total) : 0;
        }
    }
    osi_free(scratch);
    osi_free(phases);
    return status;
}
