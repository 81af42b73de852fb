/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_MATERIAL_H
#define OSI_PHANTOM_MATERIAL_H

/* What phantoms are made of, and its CT number at an energy. */

#include <osarc/mask.h>
#include <osarc/rod_phantom.h>

OSARC_BEGIN_DECLS

/* T10 to T12, L1 to L6. */
#define OSI_LEVEL_MAX 9

typedef enum osi_material {
    OSI_AIR = 0, /* around the body */
    OSI_SKIN,
    OSI_SUBCUTANEOUS_FAT,
    OSI_INNER_FAT,
    OSI_INTERMUSCULAR_FAT,
    OSI_MUSCLE,
    OSI_ORGAN,
    OSI_KIDNEY,
    OSI_BLOOD,
    OSI_BOWEL,
    OSI_COMPACT_BONE,
    OSI_TRABECULAR_BONE,
    OSI_FAT_MARROW,
    OSI_GAS, /* in the body */
    OSI_TABLE_SHELL,
    OSI_FOAM,
    OSI_PLASTIC,
    OSI_WATER,
    OSI_CLOTH,
    OSI_ENHANCED_BLOOD,
    OSI_ENHANCED_KIDNEY,
    OSI_ENHANCED_BOWEL,
    OSI_DISC,
    OSI_CANAL_FLUID,
    OSI_ARCH_BONE, /* compact and spongy, not told apart */
    OSI_METAL,
    OSI_CEMENT,
    OSI_FATTY_MUSCLE, /* muscle with fat spread through it */
    OSI_FEMUR_SHELL,  /* compact bone of known density */
    OSI_FEMUR_CORE,
    OSI_ROD_BASE,
    OSI_ROD,                                 /* one each, from here on */
    OSI_SPONGIOSA = OSI_ROD + OSARC_ROD_MAX, /* of a vertebral body, one each */
    OSI_MATERIAL_COUNT = OSI_SPONGIOSA + OSI_LEVEL_MAX
} osi_material;

const char *osi_material_name(osi_material material);

/* Label it gets today: all inner fat is 2, all soft tissue that is not fat is 5. */
osarc_tissue osi_material_tissue(osi_material material);

/* CT number; NAN for a rod, its base and spongy bone of a level, which depend on options. */
double osi_material_exact_hu(osi_material material, double energy_kev);

/* CT number, rounded to a whole HU as scanners store it. kvp: 70 to 150. */
int osi_material_hu(osi_material material, double kvp);

/* The one energy a tube voltage is taken to act as, in keV. */
double osi_effective_energy_kev(double kvp);

OSARC_END_DECLS

#endif
