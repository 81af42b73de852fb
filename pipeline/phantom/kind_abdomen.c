/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/*
 * A torso at the waist: mm, x to the left, y to the back, z to the head, 0 in the middle.
 * What ends inside the stack has a length; the rest runs through it.
 */

enum {
    SHEET,
    SHEET_AIR,
    TABLE,
    TABLE_CORE,
    TUBE,
    TUBE_LUMEN,
    BODY,
    FAT,
    WALL,
    CAVITY,
    BACK,
    VERTEBRA,
    VERTEBRA_CORE,
    ARCH,
    CANAL,
    SPINOUS,
    TRANSVERSE_LEFT,
    TRANSVERSE_RIGHT,
    LIVER,
    KIDNEY_LEFT,
    KIDNEY_RIGHT,
    AORTA,
    CAVA,
    BOWEL,
    BOWEL_GAS,
    COLON,
    COLON_GAS,
    LOOP,
    LOOP_GAS,
    COUNT
};

#define E OSI_ENDLESS

/* clang-format off */
static const osi_solid SOLIDS[COUNT] = {
    [SHEET] = {"sheet", OSI_BLANKET, OSI_CYLINDER, OSI_CLOTH, 0, OSI_NO_PARENT, {0, 0, 0}, {181, 131, E}, 0},
    [SHEET_AIR] = {"sheet_air", OSI_BLANKET, OSI_CYLINDER, OSI_AIR, 0, SHEET, {0, 0, 0}, {179, 129, E}, 0},
    [TABLE] = {"table", OSI_TABLE, OSI_BOX, OSI_TABLE_SHELL, 0, OSI_NO_PARENT, {0, 145, 0}, {220, 20, E}, 0},
    [TABLE_CORE] = {"table_core", OSI_TABLE, OSI_BOX, OSI_FOAM, 0, TABLE, {0, 145, 0}, {217, 17, E}, 0},
    [TUBE] = {"tube", OSI_TUBE, OSI_CYLINDER, OSI_PLASTIC, 0, OSI_NO_PARENT, {128, -122, 0}, {3, 3, E}, 0},
    [TUBE_LUMEN] = {"tube_lumen", OSI_TUBE, OSI_CYLINDER, OSI_WATER, 0, TUBE, {128, -122, 0}, {2, 2, E}, 0},
    [BODY] = {"skin", OSI_BODY, OSI_CYLINDER, OSI_SKIN, 0, OSI_NO_PARENT, {0, 0, 0}, {175, 125, E}, 0},
    [FAT] = {"subcutaneous_fat", OSI_BODY, OSI_CYLINDER, OSI_SUBCUTANEOUS_FAT, 0, BODY, {0, 0, 0}, {173, 123, E}, 0},
    [WALL] = {"muscle_wall", OSI_BODY, OSI_CYLINDER, OSI_MUSCLE, 0, FAT, {0, 0, 0}, {150, 100, E}, 0},
    [CAVITY] = {"inner_fat", OSI_BODY, OSI_CYLINDER, OSI_INNER_FAT, 0, WALL, {0, -2, 0}, {138, 86, E}, 0},
    [BACK] = {"back_muscle", OSI_BODY, OSI_CYLINDER, OSI_MUSCLE, 0, CAVITY, {0, 42, 0}, {58, 40, E}, 0},
    [VERTEBRA] = {"vertebral_shell", OSI_BODY, OSI_CYLINDER, OSI_COMPACT_BONE, 0, BACK, {0, 21, 0}, {23, 17, E}, 0},
    [VERTEBRA_CORE] = {"vertebral_core", OSI_BODY, OSI_CYLINDER, OSI_TRABECULAR_BONE, 0, VERTEBRA, {0, 21, 0}, {20, 14, E}, 0},
    [ARCH] = {"arch", OSI_BODY, OSI_CYLINDER, OSI_COMPACT_BONE, 0, BACK, {0, 51, 0}, {15, 11, E}, 0},
    [CANAL] = {"canal", OSI_BODY, OSI_CYLINDER, OSI_ORGAN, 0, ARCH, {0, 50, 0}, {10, 6, E}, 0},
    [SPINOUS] = {"spinous_process", OSI_BODY, OSI_ELLIPSOID, OSI_COMPACT_BONE, 0, BACK, {0, 72, 5}, {4, 7, 22}, 0},
    [TRANSVERSE_LEFT] = {"transverse_process_left", OSI_BODY, OSI_ELLIPSOID, OSI_COMPACT_BONE, 0, BACK, {32, 46, -8}, {12, 4, 8}, 20},
    [TRANSVERSE_RIGHT] = {"transverse_process_right", OSI_BODY, OSI_ELLIPSOID, OSI_COMPACT_BONE, 0, BACK, {-32, 46, -8}, {12, 4, 8}, -20},
    [LIVER] = {"liver", OSI_BODY, OSI_ELLIPSOID, OSI_ORGAN, 0, CAVITY, {-70, -36, 40}, {42, 28, 70}, 0},
    [KIDNEY_LEFT] = {"kidney_left", OSI_BODY, OSI_ELLIPSOID, OSI_KIDNEY, OSI_ENHANCED_KIDNEY, CAVITY, {88, 22, 6}, {24, 20, 48}, 0},
    [KIDNEY_RIGHT] = {"kidney_right", OSI_BODY, OSI_ELLIPSOID, OSI_KIDNEY, OSI_ENHANCED_KIDNEY, CAVITY, {-88, 22, -6}, {24, 20, 48}, 0},
    [AORTA] = {"aorta", OSI_BODY, OSI_CYLINDER, OSI_BLOOD, OSI_ENHANCED_BLOOD, CAVITY, {6, -12, 0}, {9, 9, E}, 0},
    [CAVA] = {"vena_cava", OSI_BODY, OSI_CYLINDER, OSI_BLOOD, OSI_ENHANCED_BLOOD, CAVITY, {-16, -10, 0}, {10, 8, E}, 0},
    [BOWEL] = {"bowel", OSI_BODY, OSI_CYLINDER, OSI_BOWEL, OSI_ENHANCED_BOWEL, CAVITY, {28, -50, 0}, {26, 16, E}, 0},
    [BOWEL_GAS] = {"bowel_gas", OSI_BODY, OSI_ELLIPSOID, OSI_GAS, 0, BOWEL, {28, -54, 0}, {16, 9, 40}, 0},
    [COLON] = {"colon", OSI_BODY, OSI_CYLINDER, OSI_BOWEL, OSI_ENHANCED_BOWEL, CAVITY, {90, -24, 0}, {16, 18, E}, 0},
    [COLON_GAS] = {"colon_gas", OSI_BODY, OSI_CYLINDER, OSI_GAS, 0, COLON, {90, -28, 0}, {9, 8, E}, 0},
    [LOOP] = {"loop", OSI_BODY, OSI_ELLIPSOID, OSI_BOWEL, OSI_ENHANCED_BOWEL, CAVITY, {72, -56, -20}, {14, 10, 30}, 0},
    [LOOP_GAS] = {"loop_gas", OSI_BODY, OSI_ELLIPSOID, OSI_GAS, 0, LOOP, {72, -58, -20}, {7, 5, 15}, 0},
};
/* clang-format on */

const osi_kind osi_kind_abdomen = {"abdomen", SOLIDS, COUNT, 185, 120};
