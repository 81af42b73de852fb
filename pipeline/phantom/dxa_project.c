/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_plates.h"

#include <math.h>

#include <osi/threads.h>

/* Places a pixel and a side at which the beam is followed: its detector adds up intensities. */
#define SUBPIXELS 4
/* Mass that changes by less: intensity of the mean is the mean to a part in ten million. */
#define EVEN_G_CM2 0.005

/* What the largest stored number stands for. */
#define AIR_VALUE   60000.0
#define FULL_VALUE  65535.0
#define AIR_LOG     0.25 /* so that air must be looked for in attenuation, too */
#define LOG_STEPS   4096.0
#define FEW_PHOTONS 30.0

typedef struct beam_table {
    size_t count;
    double weight[OSARC_BEAM_ENERGIES];
    double cm2_g[OSARC_BEAM_ENERGIES][DXA_SLOTS];
} beam_table;

static osarc_status fill_table(beam_table *out, const dxa_scene *scene, const osarc_beam *beam,
                               osarc_error *err)
{
    double weights[OSARC_BEAM_ENERGIES];
    osarc_status status = osarc_beam_weights(weights, beam, err);
    out->count = 0;
    for (int i = 0; !status && i < OSARC_BEAM_ENERGIES; i++) {
        if (!(weights[i] > 0))
            continue;
        double kev = OSARC_ATTENUATION_LOW_KEV + i;
        out->weight[out->count] = weights[i];
        for (int k = 0; k < DXA_SLOTS; k++)
            out->cm2_g[out->count][k] = osarc_mass_attenuation_cm2_g(scene->absorbers[k], kev);
        out->count++;
    }
    return status;
}

static double transmit(const beam_table *table, const double g_cm2[DXA_SLOTS])
{
    double sum = 0;
    for (size_t i = 0; i < table->count; i++) {
        double exponent = 0;
        for (int k = 0; k < DXA_SLOTS; k++)
            exponent += table->cm2_g[i][k] * g_cm2[k];
        sum += table->weight[i] * exp(-exponent);
    }
    return sum;
}

static int is_same(const double a[DXA_SLOTS], const double b[DXA_SLOTS])
{
    int same = 1;
    for (int k = 0; k < DXA_SLOTS; k++)
        same &= a[k] == b[k];
    return same;
}

/* Mean over a pixel; one that holds nearly the same everywhere is followed once. */
static double transmit_pixel(const beam_table *table, const dxa_scene *scene,
                             const double centre_mm[2], double pixel_mm)
{
    double here[SUBPIXELS * SUBPIXELS][DXA_SLOTS];
    double mean[DXA_SLOTS] = {0, 0, 0};
    int is_even = 1;
    for (int i = 0; i < SUBPIXELS * SUBPIXELS; i++) {
        int line = i / SUBPIXELS;
        const double at[2] = {centre_mm[0] + ((i % SUBPIXELS + 0.5) / SUBPIXELS - 0.5) * pixel_mm,
                              centre_mm[1] + (((double) line + 0.5) / SUBPIXELS - 0.5) * pixel_mm};
        dxa_scene_at(here[i], scene, at);
        for (int k = 0; k < DXA_SLOTS; k++) {
            is_even &= fabs(here[i][k] - here[0][k]) < EVEN_G_CM2;
            mean[k] += here[i][k] / (SUBPIXELS * SUBPIXELS);
        }
    }
    if (is_even)
        return transmit(table, mean);
    double sum = 0;
    double last = 0;
    for (int i = 0; i < SUBPIXELS * SUBPIXELS; i++) {
        if (i == 0 || !is_same(here[i], here[i - 1]))
            last = transmit(table, here[i]);
        sum += last;
    }
    return sum / (SUBPIXELS * SUBPIXELS);
}

static uint64_t scramble(uint64_t x)
{
    /* splitmix64 */
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

double dxa_uniform(uint64_t *state)
{
    *state = scramble(*state);
    return ((double) (*state >> 11) + 0.5) * 0x1p-53;
}

/* Photons that are counted: Poisson; many of them are normal. Depends on seed and pixel only. */
static double count_photons(double mean, uint64_t seed, uint64_t pixel)
{
    uint64_t state = scramble(scramble(seed) ^ pixel);
    if (mean > FEW_PHOTONS) {
        double u = dxa_uniform(&state);
        double v = dxa_uniform(&state);
        return fmax(0, round(mean + sqrt(mean) * sqrt(-2 * log(u)) * cos(2 * M_PI * v)));
    }
    double floor_of = exp(-mean);
    double product = dxa_uniform(&state);
    double count = 0;
    while (product > floor_of) {
        product *= dxa_uniform(&state);
        count++;
    }
    return count;
}

static float store(double transmitted, const osarc_dxa_phantom_options *o)
{
    if (o->linear)
        return (float) fmin(FULL_VALUE, round(AIR_VALUE * transmitted));
    /* no photon counted: as if it were half of one */
    double least = o->photons > 0 ? 0.5 / o->photons : 1e-12;
    double log_value = AIR_LOG - log(fmax(least, transmitted));
    double steps = fmin(FULL_VALUE, fmax(0, round(LOG_STEPS * log_value)));
    return (float) (steps / LOG_STEPS);
}

static void project_one(float *out, const dxa_scene *scene, const beam_table *table,
                        const osarc_dxa_facts *facts, const osarc_dxa_phantom_options *o,
                        int is_high)
{
    long count = (long) (facts->columns * facts->rows);
    /* what is at p in the low image is at p + shift in the high one */
    const double shift_px[2] = {is_high ? o->shift_px[0] : 0, is_high ? o->shift_px[1] : 0};
    uint64_t seed = o->seed ^ (is_high ? 0x5ec0dd0a7a5eedu : 0);
    int threads = osi_threads(o->threads);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (long i = 0; i < count; i++) {
        size_t row = (size_t) i / facts->columns;
        const double px[2] = {(double) ((size_t) i % facts->columns), (double) row};
        const size_t size[2] = {facts->columns, facts->rows};
        double at[2];
        for (int a = 0; a < 2; a++)
            at[a] =
                (px[a] - ((double) size[a] - 1) / 2 - shift_px[a]) * o->pixel_mm - o->offset_mm[a];
        double transmitted = transmit_pixel(table, scene, at, o->pixel_mm);
        if (o->photons > 0)
            transmitted = count_photons(o->photons * transmitted, seed, (uint64_t) i) / o->photons;
        out[i] = store(transmitted, o);
    }
}

osarc_status dxa_project(osarc_dxa_pair *pair, const dxa_scene *scene,
                         const osarc_dxa_phantom_options *options, osarc_error *err)
{
    const osarc_beam_pair *beams = osarc_beam_pair_find(options->beams);
    for (int e = 0; e < 2; e++) {
        beam_table table;
        osarc_status status = fill_table(&table, scene, &beams->beams[e], err);
        if (status)
            return status;
        project_one(osarc_dxa_pair_fill(pair, (osarc_dxa_energy) e), scene, &table,
                    osarc_dxa_pair_facts(pair), options, e);
    }
    return OSARC_OK;
}
