/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "marrow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

/* Beyond this, 1 keV of error in one energy moves the fraction by over a quarter. */
#define MAX_CONDITION 650.0
#define MAX_HALF      0.5  /* of an interval; wider than that is no answer */
#define SLACK_MG_CM3  10.0 /* below nothing: 15 HU in an image, as scanners differ by */
/* Successive parts of the list: longer than noise is correlated, enough for a spread. */
#define PARTS    20
#define ROUNDING 1e-9   /* a volume so little outside is not moved */
#define T_PARTS  2.0930 /* Student's t, 97.5 %, 19 degrees of freedom */

typedef struct materials {
    double inverse[3][3]; /* (low, high, sum) to (mineral, fat, soft) by volume */
    double condition;
} materials;

typedef struct answer {
    double fraction;
    double mineral_mg_cm3;
} answer;

typedef struct sums {
    double low, high;
    size_t count;
} sums;

static double mg_cm3_of(double volume)
{
    return 1000 * osarc_absorber_density_g_cm3(MINERAL) * volume;
}

static double relative(osarc_absorber absorber, double kev)
{
    return 1 + osarc_absorber_hu(absorber, kev) / 1000;
}

static double norm(double m[3][3])
{
    double sum = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            sum += m[i][j] * m[i][j];
    return sqrt(sum);
}

/* Attenuations in units of water's; the condition number is that of the Frobenius norm. */
static materials solve_for(osarc_absorber soft, double low_kev, double high_kev)
{
    const osarc_absorber parts[3] = {MINERAL, FAT, soft};
    double m[3][3];
    for (int k = 0; k < 3; k++) {
        m[0][k] = relative(parts[k], low_kev);
        m[1][k] = relative(parts[k], high_kev);
        m[2][k] = 1;
    }
    materials s;
    double determinant = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            int r = (j + 1) % 3;
            int t = (j + 2) % 3;
            int c = (i + 1) % 3;
            int d = (i + 2) % 3;
            s.inverse[i][j] = m[r][c] * m[t][d] - m[r][d] * m[t][c];
            if (i == 0)
                determinant += s.inverse[i][j] * m[j][i];
        }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            s.inverse[i][j] /= determinant;
    s.condition = norm(m) * norm(s.inverse);
    return s;
}

static void find_volumes(double out[3], const materials *s, double low_hu, double high_hu)
{
    for (int i = 0; i < 3; i++)
        out[i] = s->inverse[i][0] * (1 + low_hu / 1000) + s->inverse[i][1] * (1 + high_hu / 1000) +
                 s->inverse[i][2];
}

static answer find_answer(const materials *s, double low_hu, double high_hu)
{
    double v[3];
    find_volumes(v, s, low_hu, high_hu);
    return (answer){v[1] / (v[1] + v[2]), mg_cm3_of(v[0])};
}

osarc_marrow_fat marrow_fat_none(const char *method)
{
    osarc_marrow_fat none = {.fraction = NAN,
                             .ci = {NAN, NAN},
                             .mineral_mg_cm3 = NAN,
                             .mineral_ci = {NAN, NAN},
                             .density_error_mg_cm3 = NAN,
                             .condition = NAN,
                             .residual = NAN};
    snprintf(none.method, sizeof(none.method), "%s", method);
    return none;
}

static osarc_status check_energy(const osarc_effective_energy *e, osarc_error *err)
{
    if (!(e->kev >= OSARC_ATTENUATION_LOW_KEV && e->kev <= OSARC_ATTENUATION_HIGH_KEV))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an energy of %g keV, %d to %d are in the table",
                        e->kev, OSARC_ATTENUATION_LOW_KEV, OSARC_ATTENUATION_HIGH_KEV);
    if (is_interval(e->ci_kev) &&
        !(e->ci_kev[0] >= OSARC_ATTENUATION_LOW_KEV && e->ci_kev[0] <= e->kev &&
          e->ci_kev[1] >= e->kev && e->ci_kev[1] <= OSARC_ATTENUATION_HIGH_KEV))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "an interval of %g to %g keV does not hold its energy of %g keV",
                        e->ci_kev[0], e->ci_kev[1], e->kev);
    if (!(e->half_hu >= 0 && isfinite(e->half_hu)))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "CT numbers good to %g HU", e->half_hu);
    return OSARC_OK;
}

static osarc_status check_energies(const osarc_effective_energy *low,
                                   const osarc_effective_energy *high, osarc_error *err)
{
    osarc_status status = check_energy(low, err);
    if (!status)
        status = check_energy(high, err);
    if (status)
        return status;
    double top = is_interval(low->ci_kev) ? low->ci_kev[1] : low->kev;
    double bottom = is_interval(high->ci_kev) ? high->ci_kev[0] : high->kev;
    if (top >= bottom)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the low energy may be %g keV and the high one %g keV: they cannot be told "
                        "apart",
                        top, bottom);
    double condition = solve_for(SOFT, low->kev, high->kev).condition;
    if (!(condition <= MAX_CONDITION))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%g and %g keV are too near each other: the condition number is %.0f, at "
                        "most %.0f is allowed",
                        low->kev, high->kev, condition, MAX_CONDITION);
    return OSARC_OK;
}

static int is_measured(double low_hu, double high_hu)
{
    return isfinite(low_hu) && isfinite(high_hu);
}

/* The list in parts of the same number of measured voxels. */
static void add_parts(sums parts[PARTS], const double *low_hu, const double *high_hu, size_t count,
                      size_t measured)
{
    memset(parts, 0, PARTS * sizeof(*parts));
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_measured(low_hu[i], high_hu[i]))
            continue;
        sums *part = &parts[seen++ * PARTS / measured];
        part->low += low_hu[i];
        part->high += high_hu[i];
        part->count++;
    }
}

/* Half the 95 % interval of scatter, by leaving out a part at a time. */
static answer find_scatter(const materials *s, const sums parts[PARTS], const sums *all)
{
    answer without[PARTS];
    answer mean = {0, 0};
    for (int p = 0; p < PARTS; p++) {
        double n = (double) (all->count - parts[p].count);
        without[p] = find_answer(s, (all->low - parts[p].low) / n, (all->high - parts[p].high) / n);
        mean.fraction += without[p].fraction / PARTS;
        mean.mineral_mg_cm3 += without[p].mineral_mg_cm3 / PARTS;
    }
    answer square = {0, 0};
    for (int p = 0; p < PARTS; p++) {
        double f = without[p].fraction - mean.fraction;
        double m = without[p].mineral_mg_cm3 - mean.mineral_mg_cm3;
        square.fraction += f * f;
        square.mineral_mg_cm3 += m * m;
    }
    double scale = (PARTS - 1.0) / PARTS;
    return (answer){T_PARTS * sqrt(scale * square.fraction),
                    T_PARTS * sqrt(scale * square.mineral_mg_cm3)};
}

static void widen(answer *half, answer value, answer other)
{
    half->fraction = fmax(half->fraction, fabs(other.fraction - value.fraction));
    half->mineral_mg_cm3 =
        fmax(half->mineral_mg_cm3, fabs(other.mineral_mg_cm3 - value.mineral_mg_cm3));
}

/* What the interval of one energy, `which`, does to the answer. */
static answer find_energy_part(const osarc_effective_energy *const energies[2], int which,
                               const double mean_hu[2], answer value)
{
    answer half = {0, 0};
    for (int end = 0; end < 2 && is_interval(energies[which]->ci_kev); end++) {
        double kev[2] = {energies[0]->kev, energies[1]->kev};
        kev[which] = energies[which]->ci_kev[end];
        materials s = solve_for(SOFT, kev[0], kev[1]);
        widen(&half, value, find_answer(&s, mean_hu[0], mean_hu[1]));
    }
    return half;
}

static void count_clamped(osarc_marrow_fat *out, const materials *s, const double *low_hu,
                          const double *high_hu, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_measured(low_hu[i], high_hu[i]))
            continue;
        double v[3];
        find_volumes(v, s, low_hu[i], high_hu[i]);
        double sum = 0;
        int moved = 0;
        for (int k = 0; k < 3; k++) {
            double inside = fmin(1, fmax(0, v[k]));
            moved |= fabs(inside - v[k]) > ROUNDING;
            sum += inside;
        }
        out->clamped += (size_t) moved;
        square += (sum - 1) * (sum - 1);
    }
    out->residual = sqrt(square / (double) out->voxels);
}

static osarc_status check_answer(answer value, answer half, osarc_error *err)
{
    if (!(half.fraction <= MAX_HALF))
        return osi_fail(
            err, OSARC_ERR_QUALITY,
            "the fat fraction is open to +- %.2f, at most %.2f is allowed: energies have "
            "to be known better, or voxels to be more",
            half.fraction, MAX_HALF);
    double outside = fmax(-value.fraction, value.fraction - 1);
    if (!(outside <= half.fraction))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the two energies give a fat fraction of %.2f: this is not mineral, fat "
                        "and soft tissue alone",
                        value.fraction);
    if (!(value.mineral_mg_cm3 >= -half.mineral_mg_cm3 - SLACK_MG_CM3 &&
          value.mineral_mg_cm3 <= COMPACT_BONE_MG_CM3))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the two energies give %.0f mg/cm3 of mineral, 0 to %.0f is possible",
                        value.mineral_mg_cm3, COMPACT_BONE_MG_CM3);
    return OSARC_OK;
}

/* What an error of the scale, the same in all voxels of one image, does to the answer. */
static answer find_scale_part(const materials *s, int which, const double mean_hu[2],
                              double half_hu, answer value)
{
    answer half = {0, 0};
    for (int sign = -1; sign <= 1; sign += 2) {
        double hu[2] = {mean_hu[0], mean_hu[1]};
        hu[which] += sign * half_hu;
        widen(&half, value, find_answer(s, hu[0], hu[1]));
    }
    return half;
}

osarc_status osarc_marrow_fat_two_energies(osarc_marrow_fat *out, const double *low_hu,
                                           const double *high_hu, size_t count,
                                           const osarc_effective_energy *low,
                                           const osarc_effective_energy *high, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = marrow_fat_none("three-material");
    if (!low_hu || !high_hu || !low || !high || count == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "values at two energies are needed");
    osarc_status status = check_energies(low, high, err);
    if (status)
        return status;
    size_t measured = 0;
    for (size_t i = 0; i < count; i++)
        measured += (size_t) is_measured(low_hu[i], high_hu[i]);
    if (measured < PARTS || measured < count - measured)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%zu of %zu voxels have a value at both energies, half of them and %d are "
                        "needed",
                        measured, count, PARTS);

    sums parts[PARTS];
    sums all = {0, 0, 0};
    add_parts(parts, low_hu, high_hu, count, measured);
    for (int p = 0; p < PARTS; p++) {
        all.low += parts[p].low;
        all.high += parts[p].high;
        all.count += parts[p].count;
    }
    const osarc_effective_energy *const energies[2] = {low, high};
    const double mean_hu[2] = {all.low / (double) measured, all.high / (double) measured};
    materials s = solve_for(SOFT, low->kev, high->kev);
    materials with_blood = solve_for(DENSE_SOFT, low->kev, high->kev);
    answer value = find_answer(&s, mean_hu[0], mean_hu[1]);
    answer half = find_scatter(&s, parts, &all);
    answer more[5] = {{0, 0},
                      find_energy_part(energies, 0, mean_hu, value),
                      find_energy_part(energies, 1, mean_hu, value),
                      find_scale_part(&s, 0, mean_hu, low->half_hu, value),
                      find_scale_part(&s, 1, mean_hu, high->half_hu, value)};
    widen(&more[0], value, find_answer(&with_blood, mean_hu[0], mean_hu[1]));
    for (int i = 0; i < 5; i++) {
        half.fraction = hypot(half.fraction, more[i].fraction);
        half.mineral_mg_cm3 = hypot(half.mineral_mg_cm3, more[i].mineral_mg_cm3);
    }
    status = check_answer(value, half, err);
    if (status)
        return status;

    out->fraction = clamp(value.fraction, 0, 1);
    out->mineral_mg_cm3 = fmax(0, value.mineral_mg_cm3);
    for (int end = 0; end < 2; end++) {
        double sign = end ? 1 : -1;
        out->ci[end] = clamp(value.fraction + sign * half.fraction, 0, 1);
        out->mineral_ci[end] = fmax(0, value.mineral_mg_cm3 + sign * half.mineral_mg_cm3);
    }
    double marrow = 1 - out->mineral_mg_cm3 / mg_cm3_of(1);
    out->density_error_mg_cm3 =
        osarc_fat_density_error_mg_cm3(out->fraction * marrow, MINERAL, high->kev);
    out->condition = s.condition;
    out->voxels = measured;
    count_clamped(out, &s, low_hu, high_hu, count);
    return OSARC_OK;
}

/* The list on the scale of an ideal scanner, and how well energy and scale are known. */
static osarc_status read_scale(osarc_effective_energy *out, double *ideal_hu, const double *hu,
                               size_t count, const osarc_calibration *calibration, osarc_error *err)
{
    marrow_beam beam;
    osarc_status status = marrow_beam_find(&beam, calibration, err);
    if (status)
        return status;
    double sum = 0;
    size_t measured = 0;
    for (size_t i = 0; i < count; i++) {
        ideal_hu[i] = marrow_mean_read(calibration, &beam, hu[i], 0).hu;
        sum += isfinite(hu[i]) ? hu[i] : 0;
        measured += (size_t) !!isfinite(hu[i]);
    }
    double mean = measured > 0 ? sum / (double) measured : 0;
    *out =
        (osarc_effective_energy){.kev = beam.kev[0],
                                 .ci_kev = {beam.kev[1], beam.kev[2]},
                                 .half_hu = marrow_mean_read(calibration, &beam, mean, 0).half_hu};
    return OSARC_OK;
}

osarc_status osarc_marrow_fat_two_scales(osarc_marrow_fat *out, const double *low_hu,
                                         const double *high_hu, size_t count,
                                         const osarc_calibration *low,
                                         const osarc_calibration *high, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = marrow_fat_none("three-material");
    if (!low_hu || !high_hu || !low || !high || count == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "values at two energies and their calibrations are needed");
    osarc_effective_energy energies[2];
    double *ideal = osi_alloc_raw(count, 2 * sizeof(*ideal), err);
    if (!ideal)
        return OSARC_ERR_MEMORY;
    osarc_status status = read_scale(&energies[0], ideal, low_hu, count, low, err);
    if (!status)
        status = read_scale(&energies[1], ideal + count, high_hu, count, high, err);
    if (!status)
        status = osarc_marrow_fat_two_energies(out, ideal, ideal + count, count, &energies[0],
                                               &energies[1], err);
    osi_free(ideal);
    return status;
}

double osarc_fat_density_error_mg_cm3(double fat_volume_fraction, osarc_absorber mineral,
                                      double energy_kev)
{
    return -fat_volume_fraction * osarc_absorber_hu(FAT, energy_kev) /
           osarc_mineral_hu_per_mg_cm3(mineral, energy_kev);
}
