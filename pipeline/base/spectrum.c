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

/* the same plan, and so the same bytes, wherever the memory happens to lie */
#define PLAN_FLAGS (FFTW_ESTIMATE | FFTW_UNALIGNED)

static osarc_status check_size(const void *a, const void *b, const size_t size[3], osarc_error *err)
{
    if (!a || !b || !size)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a volume and room for its waves are needed");
    for (int i = 0; i < 3; i++)
        if (size[i] < 1 || size[i] > MAX_SIDE)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "a side of %zu values, 1 to %d allowed",
                            size[i], MAX_SIDE);
    return OSARC_OK;
}

static osarc_status run_plan(fftw_plan plan, osarc_error *err)
{
    if (!plan)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory for a transform");
    fftw_execute(plan);
    fftw_destroy_plan(plan);
    return OSARC_OK;
}

osarc_status osi_spectrum_waves(double *waves_out, double *volume, const size_t size[3],
                                osarc_error *err)
{
    osarc_status status = check_size(waves_out, volume, size, err);
    if (status)
        return status;
    return run_plan(fftw_plan_dft_r2c_3d((int) size[2], (int) size[1], (int) size[0], volume,
                                         (fftw_complex *) waves_out,
                                         PLAN_FLAGS | FFTW_PRESERVE_INPUT),
                    err);
}

osarc_status osi_spectrum_volume(double *volume_out, double *waves, const size_t size[3],
                                 osarc_error *err)
{
    osarc_status status = check_size(volume_out, waves, size, err);
    if (status)
        return status;
    return run_plan(fftw_plan_dft_c2r_3d((int) size[2], (int) size[1], (int) size[0],
                                         (fftw_complex *) waves, volume_out, PLAN_FLAGS),
                    err);
}
