/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "material.h"

#include <limits.h>
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

/* In place of a fixed CT number. */
#define OF_OPTIONS INT_MIN

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
    [OSI_DISC] = {"disc", {[MUSCLE] = 1.095}, OSARC_TISSUE_SOFT, 0},
    [OSI_CANAL_FLUID] = {"canal_fluid", {[MUSCLE] = 1.022}, OSARC_TISSUE_SOFT, 0},
    [OSI_ARCH_BONE] = {"arch_bone",
                       {[MUSCLE] = 0.45, [ADIPOSE] = 0.068, [BONE] = 0.93},
                       OSARC_TISSUE_COMPACT_BONE,
                       0},
    [OSI_METAL] = {"metal", {0}, OSARC_TISSUE_METAL, 3071},
    [OSI_CEMENT] = {"cement", {0}, OSARC_TISSUE_COMPACT_BONE, 1600},
    [OSI_FATTY_MUSCLE] = {"fatty_muscle", {0}, OSARC_TISSUE_SOFT, OF_OPTIONS},
    [OSI_FEMUR_SHELL] = {"femur_shell", {0}, OSARC_TISSUE_COMPACT_BONE, OF_OPTIONS},
    [OSI_FEMUR_CORE] = {"femur_core", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_ROD_BASE] = {"rod_base", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD] = {"rod_1", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 1] = {"rod_2", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 2] = {"rod_3", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 3] = {"rod_4", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 4] = {"rod_5", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 5] = {"rod_6", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 6] = {"rod_7", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_ROD + 7] = {"rod_8", {0}, OSARC_TISSUE_PHANTOM, OF_OPTIONS},
    [OSI_SPONGIOSA] = {"spongiosa_t10", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 1] = {"spongiosa_t11", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 2] = {"spongiosa_t12", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 3] = {"spongiosa_l1", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 4] = {"spongiosa_l2", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 5] = {"spongiosa_l3", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 6] = {"spongiosa_l4", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 7] = {"spongiosa_l5", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
    [OSI_SPONGIOSA + 8] = {"spongiosa_l6", {0}, OSARC_TISSUE_TRABECULAR_BONE, OF_OPTIONS},
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

double osi_material_exact_hu(osi_material material, double energy_kev)
{
    const mixture *mix = &MIXTURES[material];
    double linear = 0;
    double mass = 0;
    for (int a = 0; a < OSARC_ABSORBER_COUNT; a++) {
        if (mix->g_cm3[a] > 0)
            linear += mix->g_cm3[a] * osarc_mass_attenuation_cm2_g((osarc_absorber) a, energy_kev);
        mass += mix->g_cm3[a];
    }
    if (mass <= 0)
        return mix->fixed_hu == OF_OPTIONS ? (double) NAN : (double) mix->fixed_hu;
    return 1000 * (linear / osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, energy_kev) - 1);
}

int osi_material_hu(osi_material material, double kvp)
{
    return (int) lround(osi_material_exact_hu(material, osi_effective_energy_kev(kvp)));
}
