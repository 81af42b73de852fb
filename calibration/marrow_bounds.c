/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "marrow.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>

typedef struct numbers {
    double mineral_hu, fat_hu, soft_hu; /* of the pure materials */
} numbers;

static numbers numbers_at(double kev, osarc_absorber soft)
{
    return (numbers){osarc_absorber_hu(MINERAL, kev), osarc_absorber_hu(FAT, kev),
                     osarc_absorber_hu(soft, kev)};
}

/* Share of fat in marrow that reads `hu` with that much mineral; more mineral, more fat. */
static double fraction_at(const numbers *n, double hu, double mineral_mg_cm3)
{
    double volume = mineral_mg_cm3 / (1000 * osarc_absorber_density_g_cm3(MINERAL));
    double marrow_hu = (hu - volume * n->mineral_hu) / (1 - volume);
    return (n->soft_hu - marrow_hu) / (n->soft_hu - n->fat_hu);
}

static double mineral_at(const numbers *n, double hu, double fraction)
{
    double marrow_hu = n->soft_hu + fraction * (n->fat_hu - n->soft_hu);
    return 1000 * osarc_absorber_density_g_cm3(MINERAL) * (hu - marrow_hu) /
           (n->mineral_hu - marrow_hu);
}

static osarc_status check_fractions(double low, double high, double hu,
                                    const osarc_mineral_range *range, osarc_error *err)
{
    if (high < 0)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%.0f HU is denser than soft tissue with %.0f mg/cm3 of mineral", hu,
                        range->high_mg_cm3);
    if (low > 1)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%.0f HU is less than fat with %.0f mg/cm3 of mineral reads", hu,
                        range->low_mg_cm3);
    return OSARC_OK;
}

osarc_status osarc_marrow_fat_model_based(osarc_marrow_fat *out, double mean_hu, double mean_hu_se,
                                          const osarc_calibration *calibration,
                                          const osarc_mineral_range *mineral, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = marrow_fat_none("model-based");
    const osarc_mineral_range any = {0, COMPACT_BONE_MG_CM3};
    const osarc_mineral_range *range = mineral ? mineral : &any;
    if (!calibration || !isfinite(mean_hu) || !(mean_hu_se >= 0 && isfinite(mean_hu_se)))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a mean, its standard error and a calibration are needed");
    if (!(range->low_mg_cm3 >= 0 && range->high_mg_cm3 >= range->low_mg_cm3 &&
          range->high_mg_cm3 <= COMPACT_BONE_MG_CM3))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a mineral density of %g to %g mg/cm3, 0 to %.0f is possible",
                        range->low_mg_cm3, range->high_mg_cm3, COMPACT_BONE_MG_CM3);
    marrow_beam b;
    osarc_status status = marrow_beam_find(&b, calibration, err);
    if (status)
        return status;

    marrow_reading mean = marrow_mean_read(calibration, &b, mean_hu, mean_hu_se);
    double hu = mean.hu;
    double half = mean.half_hu;
    double low = INFINITY;
    double high = -INFINITY;
    for (int e = 0; e < 3; e++) {
        numbers lean = numbers_at(b.kev[e], SOFT);
        numbers dense = numbers_at(b.kev[e], DENSE_SOFT);
        low = fmin(low, fraction_at(&lean, hu + half, range->low_mg_cm3));
        high = fmax(high, fraction_at(&dense, hu - half, range->high_mg_cm3));
    }
    status = check_fractions(low, high, hu, range, err);
    if (status)
        return status;
    low = fmax(0, low);
    high = fmin(1, high);
    out->ci[0] = low;
    out->ci[1] = high;
    out->fraction = 0.5 * (low + high);

    double least = INFINITY;
    double most = -INFINITY;
    for (int e = 0; e < 3; e++) {
        numbers lean = numbers_at(b.kev[e], SOFT);
        numbers dense = numbers_at(b.kev[e], DENSE_SOFT);
        least = fmin(least, mineral_at(&dense, hu - half, low));
        most = fmax(most, mineral_at(&lean, hu + half, high));
    }
    out->mineral_ci[0] = clamp(least, range->low_mg_cm3, range->high_mg_cm3);
    out->mineral_ci[1] = clamp(most, range->low_mg_cm3, range->high_mg_cm3);
    numbers n = numbers_at(b.kev[0], SOFT);
    out->mineral_mg_cm3 =
        clamp(mineral_at(&n, hu, out->fraction), out->mineral_ci[0], out->mineral_ci[1]);

    double marrow = 1 - out->mineral_mg_cm3 / (1000 * osarc_absorber_density_g_cm3(MINERAL));
    out->density_error_mg_cm3 = -out->fraction * marrow * n.fat_hu * mean.mg_per_hu;
    return OSARC_OK;
}
