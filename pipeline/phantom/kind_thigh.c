/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* Two thighs side by side: mm, x to the left, y to the back, z to the head. */

enum {
    TABLE,
    TABLE_CORE,
    /* parts of one limb, left first */
    SKIN,
    FAT,
    MUSCLE,
    VESSELS,
    ARTERY,
    VEIN,
    SEPTUM_LATERAL,
    SEPTUM_MEDIAL,
    SEPTUM_BACK,
    SHAFT,
    CANAL,
    LIMB_END,
    LIMB_COUNT = LIMB_END - SKIN,
    COUNT = LIMB_END + LIMB_COUNT
};

#define E OSI_ENDLESS

#define BODY_PART(part, shape, material, enhanced, of, x, y, a, b, turn)                           \
    {                                                                                              \
        part, OSI_BODY, shape, material, enhanced, of, {x, y, 0}, {a, b, E}, turn                  \
    }

/* side is 1 for the left limb and -1 for the right, which is its mirror image. */
#define LIMB(first, side, name)                                                                    \
    [first] = BODY_PART("skin_" name, OSI_CYLINDER, OSI_SKIN, 0, OSI_NO_PARENT, (side) *95, 0, 80, \
                        78, 0),                                                                    \
    [(first) + 1] = BODY_PART("subcutaneous_fat_" name, OSI_CYLINDER, OSI_SUBCUTANEOUS_FAT, 0,     \
                              first, (side) *95, 0, 78, 76, 0),                                    \
    [(first) + 2] = BODY_PART("muscle_" name, OSI_CYLINDER, OSI_MUSCLE, 0, (first) + 1,            \
                              (side) *96, 0, 64, 62, 0),                                           \
    [(first) + 3] = BODY_PART("vessel_sheath_" name, OSI_CYLINDER, OSI_INTERMUSCULAR_FAT, 0,       \
                              (first) + 2, (side) *62, -14, 12, 9, 0),                             \
    [(first) + 4] = BODY_PART("artery_" name, OSI_CYLINDER, OSI_BLOOD, OSI_ENHANCED_BLOOD,         \
                              (first) + 3, (side) *57, -15, 4, 4, 0),                              \
    [(first) + 5] = BODY_PART("vein_" name, OSI_CYLINDER, OSI_BLOOD, OSI_ENHANCED_BLOOD,           \
                              (first) + 3, (side) *67, -13, 4, 4, 0),                              \
    [(first) + 6] = BODY_PART("septum_lateral_" name, OSI_CYLINDER, OSI_INTERMUSCULAR_FAT, 0,      \
                              (first) + 2, (side) *132, 14, 20, 3, (side) *35),                    \
    [(first) + 7] = BODY_PART("septum_medial_" name, OSI_CYLINDER, OSI_INTERMUSCULAR_FAT, 0,       \
                              (first) + 2, (side) *66, 18, 22, 3, (side) * -50),                   \
    [(first) + 8] = BODY_PART("septum_back_" name, OSI_CYLINDER, OSI_INTERMUSCULAR_FAT, 0,         \
                              (first) + 2, (side) *104, 36, 18, 3, (side) *80),                    \
    [(first) + 9] = BODY_PART("shaft_" name, OSI_CYLINDER, OSI_COMPACT_BONE, 0, (first) + 2,       \
                              (side) *101, -8, 14, 14, 0),                                         \
    [(first) + 10] = BODY_PART("canal_" name, OSI_CYLINDER, OSI_FAT_MARROW, 0, (first) + 9,        \
                               (side) *101, -8, 7, 7, 0)

/* clang-format off */
static const osi_solid SOLIDS[COUNT] = {
    [TABLE] = {"table", OSI_TABLE, OSI_BOX, OSI_TABLE_SHELL, 0, OSI_NO_PARENT, {0, 98, 0}, {220, 20, E}, 0},
    [TABLE_CORE] = {"table_core", OSI_TABLE, OSI_BOX, OSI_FOAM, 0, TABLE, {0, 98, 0}, {217, 17, E}, 0},
    LIMB(SKIN, 1, "left"),
    LIMB(LIMB_END, -1, "right"),
};
/* clang-format on */

const osi_kind osi_kind_thigh = {"thigh", SOLIDS, COUNT, 185, 100, 0, NULL, 0};
