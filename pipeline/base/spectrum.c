/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/spectrum.h>

#include <math.h>

#include <fftw3.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#define MIN_SIDE 4
#define MAX_SIDE 1024

struct osi_spectrum {
    size_t side;
    double *square;
    fftw_complex *waves; /* side rows of side/2 + 1 */
    fftw_plan plan;
};

osarc_status osi_spectrum_create(osi_spectrum **out, size_t side, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (side < MIN_SIDE || side > MAX_SIDE)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "squares of %zu values a side, %d to %d allowed",
                        side, MIN_SIDE, MAX_SIDE);
    osi_spectrum *s = osi_alloc(1, sizeof(*s), err);
    if (!s)
        return OSARC_ERR_MEMORY;
    s->side = side;
    s->square = osi_alloc(side * side, sizeof(*s->square), err);
    s->waves = osi_alloc(side * (side / 2 + 1), sizeof(*s->waves), err);
    /* an estimated plan is the same on every run; a measured one is not */
    if (s->square && s->waves)
        s->plan = fftw_plan_dft_r2c_2d((int) side, (int) side, s->square, s->waves,
                                       FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    if (!s->plan) {
        osi_spectrum_free(s);
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory for a transform");
    }
    *out = s;
    return OSARC_OK;
}

double *osi_spectrum_square(osi_spectrum *spectrum)
{
    return spectrum->square;
}

void osi_spectrum_power(osi_spectrum *spectrum, double *bins)
{
    size_t n = spectrum->side;
    size_t columns = n / 2 + 1;
    fftw_execute(spectrum->plan);
    for (size_t y = 0; y < n; y++) {
        double v = y <= n / 2 ? (double) y : (double) y - (double) n;
        for (size_t x = y == 0 ? 1 : 0; x < columns; x++) {
            size_t bin = (size_t) sqrt((double) (x * x) + v * v);
            if (bin >= n / 2)
                continue;
            const double *wave = spectrum->waves[y * columns + x];
            /* the half that is not stored mirrors this one */
            double twice = x == 0 || 2 * x == n ? 1 : 2;
            bins[bin] += twice * (wave[0] * wave[0] + wave[1] * wave[1]);
        }
    }
}

void osi_spectrum_free(osi_spectrum *spectrum)
{
    if (!spectrum)
        return;
    if (spectrum->plan)
        fftw_destroy_plan(spectrum->plan);
    osi_free(spectrum->waves);
    osi_free(spectrum->square);
    osi_free(spectrum);
}
