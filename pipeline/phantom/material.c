/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "material.h"

#include <math.h>

/* What tissues are mixed from: elemental compositions of ICRU Report 44, and triglyceride. */
enum basis {
    MUSCLE,
    ADIPOSE,
    BLOOD,
    BONE,
    TRIGLYCERIDE,
    BASIS_COUNT
};

typedef struct attenuation {
    int energy_kev;
    double water;
    double basis[BASIS_COUNT];
} attenuation;

/*
 * Total mass attenuation with coherent scatter, cm2/g. Source: xraylib 4.0.0, from the mass
 * fractions of ICRU Report 44 and C55H98O6.
 */
static const attenuation TABLE[] = {
    {50, 0.22694, {0.22626, 0.21231, 0.22779, 0.42422, 0.20719}},
    {51, 0.22423, {0.22350, 0.21045, 0.22494, 0.40941, 0.20564}},
    {52, 0.22170, {0.22091, 0.20869, 0.22228, 0.39569, 0.20417}},
    {53, 0.21931, {0.21847, 0.20703, 0.21977, 0.38295, 0.20276}},
    {54, 0.21707, {0.21618, 0.20545, 0.21741, 0.37110, 0.20142}},
    {55, 0.21494, {0.21402, 0.20394, 0.21518, 0.36006, 0.20014}},
    {56, 0.21294, {0.21197, 0.20251, 0.21307, 0.34976, 0.19892}},
    {57, 0.21103, {0.21003, 0.20114, 0.21108, 0.34015, 0.19774}},
    {58, 0.20923, {0.20819, 0.19983, 0.20919, 0.33115, 0.19662}},
    {59, 0.20751, {0.20644, 0.19858, 0.20739, 0.32273, 0.19553}},
    {60, 0.20587, {0.20478, 0.19738, 0.20568, 0.31483, 0.19449}},
    {61, 0.20431, {0.20319, 0.19622, 0.20405, 0.30741, 0.19348}},
    {62, 0.20282, {0.20168, 0.19511, 0.20250, 0.30043, 0.19251}},
    {63, 0.20139, {0.20023, 0.19404, 0.20101, 0.29386, 0.19157}},
    {64, 0.20002, {0.19884, 0.19301, 0.19959, 0.28767, 0.19065}},
    {65, 0.19871, {0.19751, 0.19201, 0.19822, 0.28183, 0.18977}},
    {66, 0.19745, {0.19623, 0.19105, 0.19691, 0.27632, 0.18891}},
    {67, 0.19624, {0.19500, 0.19011, 0.19565, 0.27110, 0.18808}},
    {68, 0.19507, {0.19381, 0.18921, 0.19444, 0.26616, 0.18727}},
    {69, 0.19394, {0.19267, 0.18833, 0.19327, 0.26148, 0.18648}},
    {70, 0.19285, {0.19157, 0.18747, 0.19215, 0.25705, 0.18571}},
    {71, 0.19180, {0.19051, 0.18664, 0.19106, 0.25284, 0.18496}},
    {72, 0.19078, {0.18948, 0.18584, 0.19001, 0.24883, 0.18423}},
    {73, 0.18980, {0.18848, 0.18505, 0.18899, 0.24503, 0.18351}},
    {74, 0.18884, {0.18752, 0.18428, 0.18801, 0.24140, 0.18281}},
    {75, 0.18792, {0.18658, 0.18353, 0.18705, 0.23795, 0.18213}},
    {76, 0.18702, {0.18568, 0.18280, 0.18613, 0.23465, 0.18146}},
    {77, 0.18614, {0.18479, 0.18209, 0.18523, 0.23151, 0.18080}},
    {78, 0.18529, {0.18394, 0.18139, 0.18436, 0.22851, 0.18016}},
    {79, 0.18446, {0.18310, 0.18071, 0.18351, 0.22564, 0.17953}},
    {80, 0.18366, {0.18229, 0.18004, 0.18268, 0.22289, 0.17891}},
};
#define TABLE_COUNT (sizeof(TABLE) / sizeof(TABLE[0]))

/*
 * An assumption, not a measurement: what a water-filled tube spectrum behind a body acts as.
 * Published estimates for 120 kVp lie between 60 and 75 keV.
 */
static const struct {
    double kvp;
    double energy_kev;
} EFFECTIVE[] = {{70, 51.5}, {80, 55}, {100, 62}, {120, 69}, {140, 76}, {150, 79.5}};
#define EFFECTIVE_COUNT (sizeof(EFFECTIVE) / sizeof(EFFECTIVE[0]))

typedef struct mixture {
    const char *name;
    double g_cm3[BASIS_COUNT]; /* all 0: the CT number is fixed */
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
    size_t i = 1;
    while (i + 1 < EFFECTIVE_COUNT && kvp > EFFECTIVE[i].kvp)
        i++;
    double share = (kvp - EFFECTIVE[i - 1].kvp) / (EFFECTIVE[i].kvp - EFFECTIVE[i - 1].kvp);
    return EFFECTIVE[i - 1].energy_kev +
           share * (EFFECTIVE[i].energy_kev - EFFECTIVE[i - 1].energy_kev);
}

int osi_material_hu(osi_material material, double kvp)
{
    const mixture *mix = &MIXTURES[material];
    double energy_kev = osi_effective_energy_kev(kvp);
    size_t i = (size_t) (energy_kev - TABLE[0].energy_kev);
    if (i > TABLE_COUNT - 2)
        i = TABLE_COUNT - 2;
    double share = energy_kev - TABLE[i].energy_kev;
    double water = TABLE[i].water + share * (TABLE[i + 1].water - TABLE[i].water);
    double linear = 0;
    double mass = 0;
    for (int b = 0; b < BASIS_COUNT; b++) {
        double low = TABLE[i].basis[b];
        double high = TABLE[i + 1].basis[b];
        linear += mix->g_cm3[b] * (low + share * (high - low));
        mass += mix->g_cm3[b];
    }
    if (mass <= 0)
        return mix->fixed_hu;
    return (int) lround(1000 * (linear / water - 1));
}
