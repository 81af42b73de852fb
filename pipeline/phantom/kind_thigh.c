/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <math.h>

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

#define WIDEST_MM 4

/* Fat between the fibres of the left muscle; half_mm[1] 0: as wide as a pixel. */
static const struct {
    double x_mm, y_mm, half_mm[2], turn_deg;
} STREAKS[] = {
    {96, -45, {16, 2}, 12},
    {130, -27, {14, 1}, -20},
    {130, -8, {10, 0.5}, 17},
    {60, -36, {10, 0}, 40},
};

static void add_streaks(osi_scene *scene, double pixel_mm)
{
    for (size_t n = 0; n < sizeof(STREAKS) / sizeof(STREAKS[0]); n++)
        for (int side = 1; side >= -1; side -= 2) {
            double half_mm =
                STREAKS[n].half_mm[1] > 0 ? STREAKS[n].half_mm[1] : fmin(pixel_mm, WIDEST_MM) / 2;
            const osi_solid streak = {
                .name = side > 0 ? "streak_left" : "streak_right",
                .shape = OSI_BOX,
                .material = OSI_INTERMUSCULAR_FAT,
                .parent = (side > 0 ? SKIN : LIMB_END) + MUSCLE - SKIN,
                .centre_mm = {side * STREAKS[n].x_mm, STREAKS[n].y_mm, 0},
                .half_mm = {STREAKS[n].half_mm[0], half_mm, E},
                .turn_deg = side * STREAKS[n].turn_deg,
            };
            (void) osi_scene_add(scene, &streak, NULL);
        }
}

static void adapt(osi_scene *scene, const osarc_phantom_options *options)
{
    for (int v = 0; v < 2; v++) {
        double *hu = scene->hu[v];
        double fat_hu = hu[OSI_SUBCUTANEOUS_FAT] - hu[OSI_MUSCLE];
        hu[OSI_FATTY_MUSCLE] = round(hu[OSI_MUSCLE] + options->muscle_fat * fat_hu);
    }
    if (options->muscle_fat > 0)
        scene->solids[LIMB_END + MUSCLE - SKIN].material = OSI_FATTY_MUSCLE;
    if (options->streaks)
        add_streaks(scene, options->pixel_mm);
}

const osi_kind osi_kind_thigh = {"thigh", SOLIDS, COUNT, 185, 100, 0, NULL, adapt, 0, NULL};

static const char AREA_REASON[] = "1 % of the value, of voxels up to 1 mm and noise up to 10 HU";
static const char IMAT_REASON[] = "0.005, of voxels up to 1 mm and noise up to 10 HU";
static const char FAT_REASON[] = "0.01, for noise of the means that it stands on";

static int is_of(const osi_scene *scene, size_t solid, size_t limb)
{
    while (solid != limb && scene->solids[solid].parent != OSI_NO_PARENT)
        solid = (size_t) scene->solids[solid].parent;
    return solid == limb;
}

/* Area of a material of the limb whose skin is that solid. */
static double area_mm2(const osi_scene *scene, size_t limb, osi_material material, double z_mm)
{
    double sum = 0;
    for (size_t i = 0; i < scene->count; i++) {
        const osi_solid *s = &scene->solids[i];
        if (!is_of(scene, i, limb))
            continue;
        double area = osi_solid_area_mm2(s, z_mm);
        sum += s->material == material ? area : 0;
        if (s->parent != OSI_NO_PARENT && scene->solids[s->parent].material == material)
            sum -= area;
    }
    return sum;
}

void osi_thigh_find_truths(osarc_phantom *phantom)
{
    static const char *const SIDES[2] = {"left", "right"};
    const size_t first[2] = {SKIN, LIMB_END};
    const osi_scene *scene = &phantom->scene;
    double z_mm = phantom->options.centre_z_mm;
    for (size_t n = 0; n < 2; n++) {
        osi_material m = scene->solids[first[n] + MUSCLE - SKIN].material;
        double muscle = area_mm2(scene, first[n], m, z_mm);
        double imat = area_mm2(scene, first[n], OSI_INTERMUSCULAR_FAT, z_mm);
        double sat = area_mm2(scene, first[n], OSI_SUBCUTANEOUS_FAT, z_mm);
        double lean_hu = scene->hu[0][OSI_MUSCLE];
        double fat_hu = scene->hu[0][OSI_SUBCUTANEOUS_FAT];
        osi_phantom_add_truth(phantom, "thigh_muscle_area", SIDES[n], muscle / 100, "cm2",
                              muscle / 10000, AREA_REASON);
        osi_phantom_add_truth(phantom, "thigh_imat_area", SIDES[n], imat / 100, "cm2", imat / 10000,
                              AREA_REASON);
        osi_phantom_add_truth(phantom, "thigh_sat_area", SIDES[n], sat / 100, "cm2", sat / 10000,
                              AREA_REASON);
        osi_phantom_add_truth(phantom, "thigh_imat_fraction", SIDES[n], imat / (imat + muscle), "1",
                              0.005, IMAT_REASON);
        osi_phantom_add_truth(phantom, "thigh_muscle_fat_fraction", SIDES[n],
                              (lean_hu - scene->hu[0][m]) / (lean_hu - fat_hu), "1", 0.01,
                              FAT_REASON);
    }
}
