/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "material.h"

#include <math.h>

#include <osarc/attenuation.h>

/* What tissues are mixed from. */
enum basis {
    MUSCLE = OSARC_ABSORBER_MUSCLE,
    ADIPOSE = OSARC_ABSORBER_ADIPOSE,
    BLOOD = OSARC_ABSORBER_BLOOD,
    BONE = OSARC_ABSORBER_CORTICAL_BONE,
    TRIGLYCERIDE = OSARC_ABSORBER_TRIGLYCERIDE
};

typedef struct mixture {
    const char *name;
    double g_cm3[OSARC_ABSORBER_COUNT]; /* all 0: the CT number is fixed */
    osarc_tissue tissue;
    int fixed_hu;
} mixture;

/*
 * Subcutaneous fat is 0.4 adipose tissue and 0.6 triglyceride by volume; compact bone 0.62 bone
 * mineral matrix and 0.38 soft tissue; trabecular bone 0.1 matrix, and marrow half fat and half
 * blood; marrow of a shaft 0.88 adipose tissue. Contrast is a level, not an iodine density.
 */
static const mixture MIXTURES[OSI_MATERIAL_COUNT] = {
    [OSI_AIR] = {"air", {0}, OSARC_TISSUE_OUTSIDE, -1000},
    [OSI_SKIN] = {"skin", {[MUSCLE] = 0.945, [ADIPOSE] = 0.095}, OSARC_TISSUE_SOFT, 0},
    [OSI_SUBCUTANEOUS_FAT] = {"subcutaneous_fat",
                              {[ADIPOSE] = 0.38, [TRIGLYCERIDE] = 0.552},
                              OSARC_TISSUE_SUBCUTANEOUS_FAT,
                              0},
    [OSI_INNER_FAT] = {"inner_fat",
                       {[ADIPOSE] = 0.38, [TRIGLYCERIDE] = 0.552},
                       OSARC_TISSUE_VISCERAL_FAT,
                       0},
    [OSI_INTERMUSCULAR_FAT] = {"intermuscular_fat",
                               {[ADIPOSE] = 0.38, [TRIGLYCERIDE] = 0.552},
                               OSARC_TISSUE_VISCERAL_FAT,
                               0},
    [OSI_MUSCLE] = {"muscle", {[MUSCLE] = 1.06}, OSARC_TISSUE_SOFT, 0},
    [OSI_ORGAN] = {"organ", {[MUSCLE] = 1.05}, OSARC_TISSUE_SOFT, 0},
    [OSI_KIDNEY] = {"kidney", {[MUSCLE] = 1.04}, OSARC_TISSUE_SOFT, 0},
    [OSI_BLOOD] = {"blood", {[BLOOD] = 1.05}, OSARC_TISSUE_SOFT, 0},
    [OSI_BOWEL] = {"bowel", {[MUSCLE] = 1.03}, OSARC_TISSUE_SOFT, 0},
    [OSI_COMPACT_BONE] = {"compact_bone",
                          {[MUSCLE] = 0.399, [BONE] = 1.19},
                          OSARC_TISSUE_COMPACT_BONE,
                          0},
    [OSI_TRABECULAR_BONE] = {"trabecular_bone",
                             {[ADIPOSE] = 0.4275, [BLOOD] = 0.477, [BONE] = 0.192},
                             OSARC_TISSUE_TRABECULAR_BONE,
                             0},
    [OSI_FAT_MARROW] = {"fat_marrow",
                        {[ADIPOSE] = 0.836, [BLOOD] = 0.127},
                        OSARC_TISSUE_TRABECULAR_BONE,
                        0},
    [OSI_GAS] = {"gas", {0}, OSARC_TISSUE_GAS, -1000},
    [OSI_TABLE_SHELL] = {"table_shell", {0}, OSARC_TISSUE_OUTSIDE, 60},
    [OSI_FOAM] = {"foam", {0}, OSARC_TISSUE_OUTSIDE, -900},
    [OSI_PLASTIC] = {"plastic", {0}, OSARC_TISSUE_OUTSIDE, 120},
    [OSI_WATER] = {"water", {0}, OSARC_TISSUE_OUTSIDE, 0},
    [OSI_CLOTH] = {"cloth", {0}, OSARC_TISSUE_OUTSIDE, -850},
    [OSI_ENHANCED_BLOOD] = {"enhanced_blood", {0}, OSARC_TISSUE_SOFT, 300},
    [OSI_ENHANCED_KIDNEY] = {"enhanced_kidney", {0}, OSARC_TISSUE_SOFT, 200},
    [OSI_ENHANCED_BOWEL] = {"enhanced_bowel", {0}, OSARC_TISSUE_SOFT, 250},
};

const char *osi_material_name(osi_material material)
{
    return MIXTURES[material].name;
}

osarc_tissue osi_material_tissue(osi_material material)
{
    return MIXTURES[material].tissue;
}

double osi_effective_energy_kev(double kvp)
{
    return osarc_effective_energy_kev(kvp);
}

int osi_material_hu(osi_material material, double kvp)
{
    const mixture *mix = &MIXTURES[material];
    double energy_kev = osi_effective_energy_kev(kvp);
    double linear = 0;
    double mass = 0;
    for (int a = 0; a < OSARC_ABSORBER_COUNT; a++) {
        if (mix->g_cm3[a] > 0)
            linear += mix->g_cm3[a] * osarc_mass_attenuation_cm2_g((osarc_absorber) a, energy_kev);
        mass += mix->g_cm3[a];
    }
    if (mass <= 0)
        return mix->fixed_hu;
    double water = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, energy_kev);
    return (int) lround(1000 * (linear / water - 1));
}
