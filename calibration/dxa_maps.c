/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "dxa.h"

#define SAME_KVP 0.5
/* Beyond the wedge a polynomial means nothing; a little is let pass. */
#define BEYOND       1.05
#define BEYOND_SHARE 0.02
#define NOISE_MM     6.0 /* side of the squares whose scatter tells the noise */
#define MIN_SQUARES  10
#define NOISY_G_CM2  0.16 /* of a pixel: specks of it look like thin bone */
/* Outside these fractions of fat nothing is soft tissue; tables may be off by so much. */
#define LEAST_FAT (-2.0)
#define MOST_FAT  3.0

/*
 * For pairs without a calibration: energies that attenuate as much as the two beams of beam.h do
 * behind 25 g/cm2 of muscle, a trunk of 24 cm. No others: for tubes that switch between 70, 100 and
 * 140 kV this model and what is told of the devices in use differ by over 30 keV.
 */
static const struct {
    double kvp[2];
    double energy_kev[2];
} ASSUMED[] = {{{48, 80}, {39.8, 66.0}}, {{46, 100}, {37.7, 71.8}}};

static osarc_status take_energies(osarc_dxa_maps *out, const osarc_dxa_facts *facts,
                                  osarc_notes *notes, osarc_error *err)
{
    const double *given = facts->energy_kev;
    int known = isfinite(given[0]) && isfinite(given[1]);
    memcpy(out->energy_kev, given, sizeof(out->energy_kev));
    for (size_t i = 0; !known && i < sizeof(ASSUMED) / sizeof(ASSUMED[0]); i++)
        if (fabs(ASSUMED[i].kvp[0] - facts->kvp[0]) <= SAME_KVP &&
            fabs(ASSUMED[i].kvp[1] - facts->kvp[1]) <= SAME_KVP) {
            memcpy(out->energy_kev, ASSUMED[i].energy_kev, sizeof(out->energy_kev));
            known = 1;
        }
    if (!known)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no calibration, and no effective energies are known for %g and %g kV: a "
                        "calibration, or energies in the file beside the images, are needed",
                        facts->kvp[0], facts->kvp[1]);
    if (!(out->energy_kev[0] >= 20 && out->energy_kev[1] <= 150 &&
          out->energy_kev[1] - out->energy_kev[0] >= 8))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "effective energies of %g and %g keV, 20 to 150 with 8 between them are "
                        "needed",
                        out->energy_kev[0], out->energy_kev[1]);
    if (!notes)
        return OSARC_OK;
    return osarc_notes_add(notes, OSARC_NOTE_WARNING, "dxa_uncalibrated", err,
                           "no calibration: masses by tables at %.1f and %.1f keV, which know "
                           "nothing of beam hardening and scatter; densities may be off by 15 %% "
                           "and more",
                           out->energy_kev[0], out->energy_kev[1]);
}

static int differ(const char *a, const char *b)
{
    return a[0] == '\0' || strcmp(a, b) != 0;
}

static osarc_status check_device(const osarc_dxa_calibration *c, const osarc_dxa_facts *facts,
                                 osarc_error *err)
{
    const osarc_acquisition *a = &facts->acquisition;
    const char *what = differ(c->manufacturer, a->manufacturer)     ? "manufacturer"
                       : differ(c->device_model, a->model)          ? "model"
                       : differ(c->device_serial, a->device_serial) ? "serial number"
                                                                    : NULL;
    if (what)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the calibration was not made on this device: another %s, or none stated",
                        what);
    for (int e = 0; e < 2; e++)
        if (isfinite(c->kvp[e]) && !(fabs(c->kvp[e] - facts->kvp[e]) <= SAME_KVP))
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "the calibration was made at %g kV, the image at %g", c->kvp[e],
                            facts->kvp[e]);
    return OSARC_OK;
}

/* What residuals of both energies are in the fraction of fat, by the ratios of lean and fat. */
static double fat_sd(const osarc_dxa_calibration *c)
{
    osarc_dxa_material lean = dxa_material(OSARC_ABSORBER_MUSCLE, c->energy_kev);
    osarc_dxa_material fat = dxa_material(OSARC_ABSORBER_TRIGLYCERIDE, c->energy_kev);
    double ratio = lean.low / lean.high;
    return ratio * hypot(c->residual_share[0], c->residual_share[1]) / (ratio - fat.low / fat.high);
}

/* What single energies would show, in place. */
static osarc_status straighten(dxa_levels *l, const osarc_dxa_calibration *c, int threads,
                               osarc_notes *notes, osarc_error *err)
{
    size_t beyond = 0;
    size_t body = 0;
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))                        \
    reduction(+ : beyond, body)
    for (size_t i = 0; i < l->columns * l->rows; i++) {
        double low = l->low[i];
        double high = l->high[i];
        if (isnan(low) || isnan(high))
            continue;
        body += high > c->range[1][0] / 2;
        if (low > BEYOND * c->range[0][1] || high > BEYOND * c->range[1][1]) {
            beyond++;
            l->low[i] = l->high[i] = NAN;
            continue;
        }
        l->low[i] = (float) dxa_surface_at(c->coefficients[0], low, high);
        l->high[i] = (float) dxa_surface_at(c->coefficients[1], low, high);
    }
    if (body && (double) beyond > BEYOND_SHARE * (double) body)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%.0f %% of the body attenuates more than the thickest step of the "
                        "calibration",
                        100 * (double) beyond / (double) body);
    if (beyond && notes)
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "beyond_calibration", err,
                               "%zu pixels attenuate more than the thickest step of the "
                               "calibration and are left out",
                               beyond);
    return OSARC_OK;
}

static osarc_status make_arrays(osarc_dxa_maps *out, const dxa_levels *l, osarc_error *err)
{
    size_t count = l->columns * l->rows;
    out->columns = l->columns;
    out->rows = l->rows;
    memcpy(out->spacing_mm, l->spacing_mm, sizeof(out->spacing_mm));
    memcpy(out->shift_px, l->shift_px, sizeof(out->shift_px));
    memcpy(out->air, l->air, sizeof(out->air));
    out->bone_g_cm2 = osi_alloc(count, sizeof(float), err);
    out->lean_g_cm2 = out->bone_g_cm2 ? osi_alloc(count, sizeof(float), err) : NULL;
    out->fat_g_cm2 = out->lean_g_cm2 ? osi_alloc(count, sizeof(float), err) : NULL;
    out->pixels = out->fat_g_cm2 ? osi_alloc(count, 1, err) : NULL;
    return out->pixels ? OSARC_OK : OSARC_ERR_MEMORY;
}

typedef struct tissues {
    osarc_dxa_material lean, fat, mineral;
} tissues;

/* Mineral and soft tissue of the share of fat that lies around; no mineral next to air. */
static osarc_status split_mixed(double out[3], const tissues *t, const dxa_levels *l, size_t i,
                                double ratio, int is_air, osarc_error *err)
{
    double share = osarc_dxa_fat_fraction(ratio, &t->lean, &t->fat);
    share = fmin(MOST_FAT, fmax(LEAST_FAT, share));
    osarc_dxa_material soft = {share * t->fat.low + (1 - share) * t->lean.low,
                               share * t->fat.high + (1 - share) * t->lean.high};
    double mass = l->high[i] / soft.high;
    osarc_status status = OSARC_OK;
    if (!is_air)
        status = osarc_dxa_solve(&out[0], &mass, l->low[i], l->high[i], &t->mineral, &soft, err);
    out[1] = mass * (1 - share);
    out[2] = mass * share;
    return status;
}

/* Two equations a pixel: lean and fat, or mineral and soft tissue. */
static osarc_status split(osarc_dxa_maps *m, const dxa_levels *l, const float *ratio,
                          const uint8_t *pure, osarc_error *err)
{
    const tissues t = {dxa_material(OSARC_ABSORBER_MUSCLE, m->energy_kev),
                       dxa_material(OSARC_ABSORBER_TRIGLYCERIDE, m->energy_kev),
                       dxa_material(OSARC_ABSORBER_HYDROXYAPATITE, m->energy_kev)};
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        double mass[3] = {pure[i] == OSARC_DXA_AIR ? 0 : m->bone_g_cm2[i], 0, 0};
        osarc_status status = OSARC_OK;
        if (pure[i] == OSARC_DXA_SOFT)
            status =
                osarc_dxa_solve(&mass[1], &mass[2], l->low[i], l->high[i], &t.lean, &t.fat, err);
        else if (m->pixels[i] == OSARC_DXA_SOFT || m->pixels[i] == OSARC_DXA_BONE)
            status = split_mixed(mass, &t, l, i, ratio[i], pure[i] == OSARC_DXA_AIR, err);
        if (status)
            return status;
        if (m->pixels[i] == OSARC_DXA_SOFT && pure[i] == OSARC_DXA_BONE)
            m->pixels[i] = OSARC_DXA_RIM;
        m->bone_g_cm2[i] = (float) mass[0];
        m->lean_g_cm2[i] = (float) mass[1];
        m->fat_g_cm2[i] = (float) mass[2];
    }
    return OSARC_OK;
}

/* Half of the squares differ from the next one by less than this many SD: sqrt(2) * 0.6745. */
static double spread(double *differences, size_t count)
{
    if (count < MIN_SQUARES)
        return NAN;
    return gsl_stats_select(differences, 1, count, count / 2) / (M_SQRT2 * 0.6745);
}

/* What squares of soft tissue differ by from the one before in their row, or from the one above, is
 * noise, neighbouring pixels that repeat each other included. */
static osarc_status find_noise(osarc_dxa_maps *m, double square_mm, int is_above, osarc_error *err)
{
    size_t side[2];
    for (int a = 0; a < 2; a++)
        side[a] = (size_t) fmax(2, round(square_mm / m->spacing_mm[a]));
    size_t columns = m->columns / side[0];
    size_t rows = m->rows / side[1];
    double area_cm2 =
        (double) side[0] * (double) side[1] * m->spacing_mm[0] * m->spacing_mm[1] / 100;
    double *room = osi_alloc(2 * columns * rows + 2 * columns + 1, sizeof(*room), err);
    double *before = room ? room + 2 * columns * rows : NULL; /* of each column */
    size_t count = 0;
    if (!room)
        return OSARC_ERR_MEMORY;
    for (size_t c = 0; c < 2 * columns; c++)
        before[c] = NAN;
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            double *last = is_above ? before + 2 * c : before;
            if (!is_above && c == 0)
                last[0] = last[1] = NAN;
            double sum[3] = {0, 0, 0};
            size_t soft = 0;
            for (size_t y = r * side[1]; y < (r + 1) * side[1]; y++)
                for (size_t x = c * side[0]; x < (c + 1) * side[0]; x++) {
                    size_t i = y * m->columns + x;
                    soft += m->pixels[i] == OSARC_DXA_SOFT;
                    sum[0] += m->bone_g_cm2[i];
                    sum[1] += m->lean_g_cm2[i];
                    sum[2] += m->fat_g_cm2[i];
                }
            int is_whole = soft == side[0] * side[1];
            double now[2] = {is_whole ? sum[0] / (double) soft : NAN,
                             is_whole ? sum[2] / (sum[1] + sum[2]) : NAN};
            if (is_whole && isfinite(last[0])) {
                room[count] = fabs(now[0] - last[0]);
                room[columns * rows + count++] = fabs(now[1] - last[1]);
            }
            memcpy(last, now, sizeof(now));
        }
    }
    m->bone_noise_g_cm2_cm = spread(room, count) * sqrt(area_cm2);
    m->fat_noise_cm = spread(room + columns * rows, count) * sqrt(area_cm2);
    osi_free(room);
    return OSARC_OK;
}

/* Where noise passes for bone, soft tissue is taken away one-sidedly. */
static osarc_status tell_noise(const osarc_dxa_maps *m, osarc_notes *notes, osarc_error *err)
{
    double pixel_cm = sqrt(m->spacing_mm[0] * m->spacing_mm[1]) / 10;
    double sd = m->bone_noise_g_cm2_cm / pixel_cm;
    if (!notes || !(sd > NOISY_G_CM2))
        return OSARC_OK;
    return osarc_notes_add(notes, OSARC_NOTE_WARNING, "noisy", err,
                           "few photons (noise of %.2f g/cm2 in a pixel): densities may be off by "
                           "5 %%",
                           sd);
}

static osarc_status make(osarc_dxa_maps *out, dxa_levels *l, const osarc_dxa_pair *pair,
                         const osarc_dxa_calibration *c, int threads, osarc_notes *notes,
                         osarc_error *err)
{
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    osarc_status status = c ? check_device(c, facts, err) : OSARC_OK;
    if (!status)
        status = dxa_levels_make(l, pair, threads, notes, err);
    if (!status)
        status = make_arrays(out, l, err);
    if (status)
        return status;
    out->is_calibrated = c != NULL;
    if (c) {
        memcpy(out->energy_kev, c->energy_kev, sizeof(out->energy_kev));
        out->calibration_sd_g_cm2 = c->bone_sd_g_cm2 * dxa_as_mineral(c->wedge.bone, c->energy_kev);
        out->fat_calibration_sd = fat_sd(c);
        status = straighten(l, c, threads, notes, err);
    } else {
        status = take_energies(out, facts, notes, err);
    }
    size_t count = out->columns * out->rows;
    float *ratio = status ? NULL : osi_alloc_raw(count, sizeof(*ratio), err);
    uint8_t *pure = ratio ? osi_alloc_raw(count, 1, err) : NULL;
    if (!status)
        status =
            pure ? dxa_baseline_find(ratio, out->pixels, pure, l->low, l->high, out, threads, err)
                 : OSARC_ERR_MEMORY;
    if (!status)
        status = split(out, l, ratio, pure, err);
    osi_free(pure);
    osi_free(ratio);
    if (!status)
        status = find_noise(out, NOISE_MM, 0, err);
    /* beside the bones of a limb there is little room, and what is there changes to the skin */
    if (!status && isnan(out->bone_noise_g_cm2_cm))
        status = find_noise(out, NOISE_MM / 2, 1, err);
    return status ? status : tell_noise(out, notes, err);
}

osarc_status osarc_dxa_maps_make(osarc_dxa_maps *out, const osarc_dxa_pair *pair,
                                 const osarc_dxa_calibration *calibration, osarc_notes *notes,
                                 const osarc_dxa_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    memset(out, 0, sizeof(*out));
    if (!pair)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a pair of images is needed");
    dxa_levels levels = {0};
    osarc_status status =
        make(out, &levels, pair, calibration, options ? options->threads : 0, notes, err);
    dxa_levels_free(&levels);
    if (status)
        osarc_dxa_maps_free(out);
    return status;
}
