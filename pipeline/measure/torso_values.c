/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_values.h"

#include <math.h>

#include "rows.h"

double osi_fat_fraction(double muscle_hu, double fat_hu, double lean_hu)
{
    if (!(lean_hu > fat_hu))
        return NAN;
    return fmin(1, fmax(0, (lean_hu - muscle_hu) / (lean_hu - fat_hu)));
}

static double mean_hu(int64_t sum, uint64_t count, const osi_torso_scale *s)
{
    return count ? (double) sum / (double) count * s->step + s->offset : NAN;
}

/* Half the interval of a mean of independent voxels. */
static double half_of_mean(int64_t sum, uint64_t squares, uint64_t count, const osi_torso_scale *s)
{
    double n = (double) count;
    if (count < 2)
        return NAN;
    double variance = ((double) squares - (double) sum * (double) sum / n) / (n - 1);
    return OSI_Z_95 * s->step * sqrt(fmax(0, variance) / n);
}

void osi_torso_values(double out[OSI_TORSO_VALUES], const osi_plane_sum *sum, double planes,
                      const osi_torso_scale *s)
{
    double cm2 = s->pixel_cm2 / planes;
    double muscle = cm2 * (double) sum->voxels[OSI_COUNTS_MUSCLE];
    double imat = cm2 * (double) sum->voxels[OSI_COUNTS_IMAT];
    out[OSI_MUSCLE_AREA] = muscle;
    out[OSI_SAT_AREA] = cm2 * (double) sum->voxels[OSI_COUNTS_SAT];
    out[OSI_VAT_AREA] = cm2 * (double) sum->voxels[OSI_COUNTS_VAT];
    out[OSI_IMAT_AREA] = imat;
    out[OSI_MUSCLE_INDEX] = s->height_m > 0 ? muscle / (s->height_m * s->height_m) : NAN;
    out[OSI_WINDOW_MUSCLE_AREA] = cm2 * (double) sum->window_muscle;
    out[OSI_WINDOW_IMAT_AREA] = cm2 * (double) sum->window_imat;
    out[OSI_MUSCLE_HU] = mean_hu(sum->muscle_sum, sum->voxels[OSI_COUNTS_MUSCLE], s);
    out[OSI_SAT_HU] = mean_hu(sum->sat_core_sum, sum->sat_core, s);
    out[OSI_LOW_AREA] = cm2 * (double) sum->low;
    out[OSI_NORMAL_AREA] = cm2 * (double) sum->normal;
    out[OSI_IMAT_FRACTION] = imat + muscle > 0 ? imat / (imat + muscle) : NAN;
    out[OSI_FAT_FRACTION] = osi_fat_fraction(out[OSI_MUSCLE_HU], out[OSI_SAT_HU], s->lean_hu);
}

/* Each border voxel belongs by a share that is not known, even over one voxel: variance 1/12. */
static double half_of_area(uint64_t edge, double cm2)
{
    return OSI_Z_95 * cm2 * sqrt((double) edge / 12);
}

void osi_torso_halves(double out[OSI_TORSO_VALUES], const osi_plane_sum *sum, double planes,
                      const osi_torso_scale *s)
{
    double cm2 = s->pixel_cm2 / planes;
    double value[OSI_TORSO_VALUES];
    osi_torso_values(value, sum, planes, s);
    for (int i = OSI_MUSCLE_AREA; i <= OSI_IMAT_AREA; i++) {
        static const int AS[] = {OSI_COUNTS_MUSCLE, OSI_COUNTS_SAT, OSI_COUNTS_VAT,
                                 OSI_COUNTS_IMAT};
        out[i] = half_of_area(sum->edge[AS[i]], cm2);
    }
    out[OSI_MUSCLE_INDEX] =
        s->height_m > 0 ? out[OSI_MUSCLE_AREA] / (s->height_m * s->height_m) : NAN;
    out[OSI_MUSCLE_HU] =
        half_of_mean(sum->muscle_sum, sum->muscle_square_sum, sum->voxels[OSI_COUNTS_MUSCLE], s);
    out[OSI_SAT_HU] = half_of_mean(sum->sat_core_sum, sum->sat_core_square_sum, sum->sat_core, s);
    /* a border voxel of muscle may belong to neither */
    out[OSI_LOW_AREA] = out[OSI_NORMAL_AREA] = out[OSI_MUSCLE_AREA];
    out[OSI_WINDOW_MUSCLE_AREA] = out[OSI_MUSCLE_AREA];
    out[OSI_WINDOW_IMAT_AREA] = out[OSI_IMAT_AREA];
    double imat = value[OSI_IMAT_AREA];
    double muscle = value[OSI_MUSCLE_AREA];
    double whole = imat + muscle;
    out[OSI_IMAT_FRACTION] =
        whole > 0
            ? hypot(out[OSI_IMAT_AREA] * muscle, out[OSI_MUSCLE_AREA] * imat) / (whole * whole)
            : NAN;
    double fat = value[OSI_SAT_HU];
    double hu = value[OSI_MUSCLE_HU];
    double lean = s->lean_hu;
    double span = lean - fat;
    double by_lean = (hu - fat) / (span * span) * OSI_Z_95 * OSI_LEAN_SD_HU;
    double by_fat = (lean - hu) / (span * span) * out[OSI_SAT_HU];
    out[OSI_FAT_FRACTION] = hypot(hypot(by_lean, by_fat), out[OSI_MUSCLE_HU] / span);
}
