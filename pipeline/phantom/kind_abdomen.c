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
    /* five vertebrae, from the feet up, with these parts each */
    FIRST_VERTEBRA,
    VERTEBRA_SIZE = 6,
    VERTEBRA_COUNT = 5,
    COUNT = FIRST_VERTEBRA + VERTEBRA_SIZE * VERTEBRA_COUNT
};

#define E OSI_ENDLESS

/* clang-format off */

/* A body with its core, an arch around the canal, processes apart from both; 10 mm of disc above. */
#define VERTEBRA(at, z)                                                                            \
    [at] = {"vertebral_shell", OSI_BODY, OSI_CYLINDER,  OSI_COMPACT_BONE,                          \
            0,                 BACK,     {0, 21, (z)}, {23, 17, 14}},                              \
    [(at) + 1] = {"vertebral_core", OSI_BODY, OSI_CYLINDER,  OSI_TRABECULAR_BONE,                  \
                  0,                at,       {0, 21, (z)}, {20, 14, 11}},                         \
    [(at) + 2] = {"arch",                                                                          \
                  OSI_BODY,                                                                        \
                  OSI_CYLINDER,                                                                    \
                  OSI_COMPACT_BONE,                                                                \
                  0,                                                                               \
                  BACK,                                                                            \
                  {0, 53, (z) -2},                                                                 \
                  {16, 12, 7},                                                                    \
                  0,                                                                               \
                  {12, 8}},                                                                        \
    [(at) + 3] = {"spinous_process", OSI_BODY, OSI_ELLIPSOID,    OSI_COMPACT_BONE,                 \
                  0,                 BACK,     {0, 75, (z) -5}, {4, 6, 12}},                       \
    [(at) + 4] = {"transverse_process_left", OSI_BODY, OSI_ELLIPSOID, OSI_COMPACT_BONE, 0, BACK,   \
                  {32, 47, (z)},             {12, 4, 8}, 20},                                      \
    [(at) + 5] = {                                                                                 \
        "transverse_process_right", OSI_BODY, OSI_ELLIPSOID, OSI_COMPACT_BONE, 0, BACK,            \
        {-32, 47, (z)},             {12, 4, 8}, -20}

#define NTH(n) (FIRST_VERTEBRA + (n) * VERTEBRA_SIZE)

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
    VERTEBRA(NTH(0), -76),
    VERTEBRA(NTH(1), -38),
    VERTEBRA(NTH(2), 0),
    VERTEBRA(NTH(3), 38),
    VERTEBRA(NTH(4), 76),
};
/* clang-format on */

const osi_kind osi_kind_abdomen = {"abdomen", SOLIDS, COUNT, 185, 120, 0, NULL, NULL, 0, NULL};
