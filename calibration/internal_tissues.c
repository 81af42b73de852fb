/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal.h"

#include <math.h>

#include <osi/fail.h>

/*
 * Gates: those published with the internal calibration of Michalski 2020 (Med Eng Phys 78:55): air
 * -1030 to -980, adipose tissue -100 +- 30, muscle 30 +- 35, blood 20 +- 40, cortical bone 1200 +-
 * 250. Only bone may be brighter, up to ICRU cortical bone at 50 keV: a thick shaft at low voltage
 * is.
 *
 * Spread of patients round ICRU-44 tissue, SD:
 * air            scanner tolerance, -970 to -1005 HU (ACR accreditation)
 * adipose tissue lipid mass fraction 0.54 to 0.85, density 0.925 to 0.970 in six bodies (Martin
 * 1994, Int J Obes 18:79): 0.12 of lipid, 20 HU muscle         49 +- 3 lean, 34 +- 4 HU obese with
 * diabetes (Goodpaster 2000, J Appl Physiol 89:104), and lower with age blood          36 to 48 HU
 * in the aorta without and 25 to 36 with anaemia, ICRU whole blood is 56 cortical bone  the
 * published 1200 +- 250 lies a quarter below ICRU bone at 120 kV: pores (4 to over 9 %, Feik 1997,
 * J Anat 191:407) and partial volume. Nothing makes it brighter than by its mineral, 5 %
 */
const osi_reference_tissue OSI_REFERENCE_TISSUES[OSI_TISSUE_KINDS] = {
    {"air", OSARC_ABSORBER_AIR, {-1030, -980}, {-1030, -980}, 10, 10, 0},
    {"adipose tissue", OSARC_ABSORBER_ADIPOSE, {-130, -70}, {-130, -70}, 20, 20, 0},
    {"muscle", OSARC_ABSORBER_MUSCLE, {-5, 65}, {-5, 65}, 12, 12, 0},
    {"blood", OSARC_ABSORBER_BLOOD, {-20, 60}, {-20, 60}, 15, 15, 0},
    {"cortical bone", OSARC_ABSORBER_CORTICAL_BONE, {950, 2600}, {950, 1450}, 0.25, 0.05, 1},
};

#define TISSUES_NEEDED 3

double osi_tissue_sd_hu(const osi_tissue_set *set, size_t i, double reference_hu, int below)
{
    const osi_reference_tissue *t = set->tissue[i];
    double spread = below ? t->spread_hu : t->above_hu;
    return hypot(t->relative ? spread * reference_hu : spread, set->se[i]);
}

int osi_tissue_set_has(const osi_tissue_set *set, osarc_absorber absorber)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->tissue[i]->absorber == absorber)
            return 1;
    return 0;
}

static osarc_status note(osarc_notes *notes, osarc_severity severity, const char *code,
                         const osi_reference_tissue *t, double hu, const char *text,
                         osarc_error *err)
{
    if (!notes)
        return OSARC_OK;
    return osarc_notes_add(notes, severity, code, err, "%s reads %.0f HU: %s", t->name, hu, text);
}

osarc_status osi_tissue_set_take(osi_tissue_set *out, const osarc_tissue_samples *samples,
                                 osarc_notes *notes, osarc_error *err)
{
    *out = (osi_tissue_set){0};
    const double hu[OSI_TISSUE_KINDS] = {samples->air_hu, samples->fat_hu, samples->muscle_hu,
                                         samples->blood_hu, samples->cortical_hu};
    const double se[OSI_TISSUE_KINDS] = {samples->air_se, samples->fat_se, samples->muscle_se,
                                         samples->blood_se, samples->cortical_se};
    for (size_t i = 0; i < OSI_TISSUE_KINDS; i++) {
        const osi_reference_tissue *t = &OSI_REFERENCE_TISSUES[i];
        if (isnan(hu[i]))
            continue;
        osarc_status status = OSARC_OK;
        if (t->absorber == OSARC_ABSORBER_BLOOD && samples->blood_enhanced) {
            status = note(notes, OSARC_NOTE_WARNING, "internal_blood_enhanced", t, hu[i],
                          "contrast medium, left out of the internal calibration", err);
            if (status)
                return status;
            continue;
        }
        if (!(hu[i] >= t->possible[0] && hu[i] <= t->possible[1]))
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "%s reads %.0f HU, %.0f to %.0f is plausible: no internal calibration",
                            t->name, hu[i], t->possible[0], t->possible[1]);
        if (hu[i] < t->usual[0] || hu[i] > t->usual[1])
            status = note(notes, OSARC_NOTE_INFO, "internal_bone_bright", t, hu[i],
                          "brighter than published samples", err);
        if (status)
            return status;
        out->tissue[out->count] = t;
        out->hu[out->count] = hu[i];
        out->se[out->count] = isfinite(se[i]) && se[i] > 0 ? se[i] : 0;
        out->count++;
    }
    if (out->count < TISSUES_NEEDED)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%zu tissues could be sampled, at least %d needed for an internal "
                        "calibration",
                        out->count, TISSUES_NEEDED);
    return OSARC_OK;
}
