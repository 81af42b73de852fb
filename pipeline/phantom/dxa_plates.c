/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_plates.h"

#include <math.h>
#include <string.h>

#define LEAN DXA_LEAN
#define FAT  DXA_FAT
#define BONE DXA_BONE

void dxa_add_plate(dxa_scene *scene, const dxa_plate *plate)
{
    if (scene->count < DXA_MAX_PLATES)
        scene->plates[scene->count++] = *plate;
}

void dxa_add_truth(dxa_scene *scene, const char *region, const char *quantity, double value,
                   const char *unit)
{
    if (scene->truth_count < DXA_MAX_TRUTHS)
        scene->truths[scene->truth_count++] = (osarc_dxa_truth){region, quantity, value, unit};
}

static double area_cm2(const dxa_plate *plate)
{
    double box = 4 * plate->half_mm[0] * plate->half_mm[1] / 100;
    return plate->profile == DXA_ELLIPSE ? box * M_PI / 4 : box;
}

/* Of one absorber; a ramp adds as much on one side as it takes on the other. */
static double mass_g(const dxa_plate *plate, int slot)
{
    double mean = plate->profile == DXA_ROUND ? M_PI / 4 : plate->profile == DXA_RAMP ? 0 : 1;
    return mean * area_cm2(plate) * plate->g_cm2[slot];
}

void dxa_scene_at(double out[DXA_SLOTS], const dxa_scene *scene, const double at_mm[2])
{
    memset(out, 0, DXA_SLOTS * sizeof(*out));
    for (size_t i = 0; i < scene->count; i++) {
        const dxa_plate *p = &scene->plates[i];
        double dx = at_mm[0] - p->centre_mm[0];
        double dy = at_mm[1] - p->centre_mm[1];
        double c = cos(p->angle_deg * M_PI / 180);
        double s = sin(p->angle_deg * M_PI / 180);
        double u = (c * dx + s * dy) / p->half_mm[0];
        double v = (c * dy - s * dx) / p->half_mm[1];
        int is_in = p->profile == DXA_ELLIPSE ? u * u + v * v < 1 : fabs(u) < 1 && fabs(v) < 1;
        if (!is_in)
            continue;
        double share = p->profile == DXA_ROUND ? sqrt(1 - u * u) : p->profile == DXA_RAMP ? u : 1;
        for (int k = 0; k < DXA_SLOTS; k++)
            out[k] += share * p->g_cm2[k];
    }
    for (size_t i = 0; i < scene->outline_count; i++) {
        const dxa_outline *o = &scene->outlines[i];
        if (at_mm[0] >= o->low_mm[0] && at_mm[0] <= o->high_mm[0] && at_mm[1] >= o->low_mm[1] &&
            at_mm[1] <= o->high_mm[1])
            out[BONE] += dxa_outline_at(o, at_mm);
    }
}

/* ---- wedge ---- */

#define STEP_MM 15.0

void dxa_build_wedge(dxa_scene *scene, const osarc_dxa_phantom_options *options)
{
    static const double ALUMINIUM[OSARC_DXA_WEDGE_COLUMNS] = {0, 1, 2, 3, 4.5, 6};
    static const double MINERAL[OSARC_DXA_WEDGE_COLUMNS] = {0, 0.5, 1, 1.5, 2, 3};
    static const double PLASTIC[OSARC_DXA_WEDGE_ROWS] = {4, 8, 12, 16, 20, 26, 32};
    static const char *const BONE_STEPS[] = {"column_1", "column_2", "column_3",
                                             "column_4", "column_5", "column_6"};
    static const char *const SOFT_STEPS[] = {"row_1", "row_2", "row_3", "row_4",
                                             "row_5", "row_6", "row_7"};
    int is_metal = strcmp(options->wedge, "al-pmma") == 0;
    const double half_mm[2] = {OSARC_DXA_WEDGE_COLUMNS * STEP_MM / 2,
                               OSARC_DXA_WEDGE_ROWS * STEP_MM / 2};
    scene->absorbers[LEAN] = is_metal ? OSARC_ABSORBER_PMMA : OSARC_ABSORBER_POLYETHYLENE;
    scene->absorbers[FAT] = scene->absorbers[LEAN];
    scene->absorbers[BONE] = is_metal ? OSARC_ABSORBER_ALUMINIUM : OSARC_ABSORBER_HYDROXYAPATITE;
    scene->view = OSARC_DXA_VIEW_WEDGE;
    scene->protocol = "Calibration wedge";
    for (int i = 0; i < OSARC_DXA_WEDGE_COLUMNS; i++) {
        double mass = is_metal ? ALUMINIUM[i] : MINERAL[i];
        dxa_plate step = {.centre_mm = {(i + 0.5) * STEP_MM - half_mm[0], 0},
                          .half_mm = {STEP_MM / 2, half_mm[1]},
                          .g_cm2 = {0, 0, mass}};
        dxa_add_plate(scene, &step);
        dxa_add_truth(scene, BONE_STEPS[i], is_metal ? "aluminium" : "hydroxyapatite", mass,
                      "g/cm2");
    }
    for (int i = 0; i < OSARC_DXA_WEDGE_ROWS; i++) {
        dxa_plate step = {.centre_mm = {0, (i + 0.5) * STEP_MM - half_mm[1]},
                          .half_mm = {half_mm[0], STEP_MM / 2},
                          .g_cm2 = {PLASTIC[i], 0, 0}};
        dxa_add_plate(scene, &step);
        dxa_add_truth(scene, SOFT_STEPS[i], is_metal ? "pmma" : "polyethylene", PLASTIC[i],
                      "g/cm2");
    }
    for (int a = 0; a < 2; a++)
        scene->half_view_mm[a] = half_mm[a] + 15;
}

/* ---- spine ---- */

void dxa_use_tissues(dxa_scene *scene)
{
    scene->absorbers[LEAN] = OSARC_ABSORBER_MUSCLE;
    scene->absorbers[FAT] = OSARC_ABSORBER_TRIGLYCERIDE;
    scene->absorbers[BONE] = OSARC_ABSORBER_HYDROXYAPATITE;
}

static void add_block(dxa_scene *scene, double y_mm, double width_mm, double height_mm,
                      double g_cm2, const char *region)
{
    dxa_plate block = {.centre_mm = {0, y_mm},
                       .half_mm = {width_mm / 2, height_mm / 2},
                       .g_cm2 = {0, 0, g_cm2},
                       .region = region};
    dxa_add_plate(scene, &block);
}

/* T12 with its ribs at the upper edge of the image, L5 between the crests at the lower one; the
 * crests end at the height of the lower half of L4. */
static void add_neighbours(dxa_scene *scene, double top_mm, double bottom_mm,
                           const osarc_dxa_phantom_options *options)
{
    add_block(scene, top_mm - 8 - 15, 38, 30, 0.9, "T12");
    add_block(scene, bottom_mm + 8 + 16, 48, 32, 1.1, "L5");
    for (int side = -1; side <= 1; side += 2) {
        dxa_plate rib = {.centre_mm = {side * 46.0, top_mm - 12},
                         .half_mm = {26, 4},
                         .angle_deg = side * 25.0,
                         .g_cm2 = {0, 0, 0.4}};
        dxa_plate crest = {.centre_mm = {side * 58.0, bottom_mm + 30},
                           .half_mm = {15, 38},
                           .profile = DXA_ELLIPSE,
                           .g_cm2 = {0, 0, 0.8}};
        if (!options->without_ribs)
            dxa_add_plate(scene, &rib);
        if (!options->without_crests)
            dxa_add_plate(scene, &crest);
    }
}

void dxa_build_spine(dxa_scene *scene, const osarc_dxa_phantom_options *options)
{
    static const char *const NAMES[4] = {"L1", "L2", "L3", "L4"};
    static const double WIDTH_MM[4] = {40, 42, 44, 46};
    static const double HEIGHT_MM[4] = {30, 31, 32, 33};
    const double disc_mm = 8;
    double soft = options->soft_g_cm2;
    double fat = options->fat_fraction * soft;
    double top = -(HEIGHT_MM[0] + HEIGHT_MM[1] + HEIGHT_MM[2] + HEIGHT_MM[3] + 3 * disc_mm) / 2;
    double y = top;
    double sums[2] = {0, 0};
    dxa_plate trunk = {.half_mm = {75, 120}, .g_cm2 = {soft - fat, fat, 0}};
    /* the share of fat differs from side to side by a quarter of itself */
    dxa_plate ramp = {
        .half_mm = {75, 120}, .profile = DXA_RAMP, .g_cm2 = {-0.125 * fat, 0.125 * fat, 0}};
    dxa_use_tissues(scene);
    scene->view = OSARC_DXA_VIEW_SPINE;
    scene->protocol = "AP Spine";
    dxa_add_plate(scene, &trunk);
    dxa_add_plate(scene, &ramp);
    for (int i = 0; i < 4; i++) {
        double area = WIDTH_MM[i] * HEIGHT_MM[i] / 100;
        add_block(scene, y + HEIGHT_MM[i] / 2, WIDTH_MM[i], HEIGHT_MM[i], options->bone_g_cm2[i],
                  NAMES[i]);
        dxa_add_truth(scene, NAMES[i], "abmd", options->bone_g_cm2[i], "g/cm2");
        dxa_add_truth(scene, NAMES[i], "bone_area", area, "cm2");
        dxa_add_truth(scene, NAMES[i], "bmc", area * options->bone_g_cm2[i], "g");
        sums[0] += area;
        sums[1] += area * options->bone_g_cm2[i];
        y += HEIGHT_MM[i] + disc_mm;
    }
    dxa_add_truth(scene, "L1-L4", "abmd", sums[1] / sums[0], "g/cm2");
    dxa_add_truth(scene, "L1-L4", "bone_area", sums[0], "cm2");
    dxa_add_truth(scene, "L1-L4", "bmc", sums[1], "g");
    add_neighbours(scene, top, y - disc_mm, options);
    scene->half_view_mm[0] = 90;
    scene->half_view_mm[1] = 100;
}

/* ---- body ---- */

/* Lean, fat and bone under the legs' cut on one side of the trunk. It is an elliptic cylinder over
 * the crotch: the integral of x tan(angle) sqrt(1 - x2 / half2) is tan(angle) half2 / 3. */
static double under_cut_g(const dxa_plate *trunk, int slot)
{
    double half_cm = trunk->half_mm[0] / 10;
    return trunk->g_cm2[slot] * tan(OSARC_DXA_BODY_LEG_DEG * M_PI / 180) * half_cm * half_cm / 3;
}

/* Head and neck, from the crown to the shoulders. The chin is where half of the skull's width is
 * left, as in a head whose jaw ends there. */
#define CROWN_MM      (-850.0)
#define CHIN_MM       (-700.0)
#define NECK_MM       (-620.0)
#define SKULL_MM      (-765.0)
#define SKULL_HALF_MM 75.0
#define SKULL_G_CM2   2.0

/* Of the skull, an ellipse, what lies below the chin: a segment of it. */
static double under_chin_g(const dxa_plate *skull)
{
    double h = (CHIN_MM - SKULL_MM) / SKULL_HALF_MM;
    double half_cm2 = skull->half_mm[0] * skull->half_mm[1] / 100;
    return SKULL_G_CM2 * half_cm2 * (acos(h) - h * sqrt(1 - h * h));
}

static const dxa_plate *find_skull(const dxa_scene *scene)
{
    size_t i = 0;
    while (i + 1 < scene->count && scene->plates[i].profile != DXA_ELLIPSE)
        i++;
    return &scene->plates[i];
}

static void add_body_truths(dxa_scene *scene, const dxa_plate *trunk)
{
    static const char *const REGIONS[] = {"head",      "trunk",    "arm_left",
                                          "arm_right", "leg_left", "leg_right"};
    double total[DXA_SLOTS] = {0, 0, 0};
    double limbs_g = 0;
    for (size_t r = 0; r < sizeof(REGIONS) / sizeof(REGIONS[0]); r++) {
        double mass[DXA_SLOTS] = {0, 0, 0};
        for (size_t i = 0; i < scene->count; i++)
            for (int k = 0; k < DXA_SLOTS; k++)
                if (strcmp(scene->plates[i].region, REGIONS[r]) == 0)
                    mass[k] += mass_g(&scene->plates[i], k);
        double legs = r == 1 ? -2 : r >= 4 ? 1 : 0;
        for (int k = 0; k < DXA_SLOTS; k++)
            mass[k] += legs * under_cut_g(trunk, k);
        if (r < 2)
            mass[BONE] += (r == 0 ? -1 : 1) * under_chin_g(find_skull(scene));
        dxa_add_truth(scene, REGIONS[r], "lean_mass", mass[LEAN], "g");
        dxa_add_truth(scene, REGIONS[r], "fat_mass", mass[FAT], "g");
        dxa_add_truth(scene, REGIONS[r], "bone_mass", mass[BONE], "g");
        dxa_add_truth(scene, REGIONS[r], "fat_percent",
                      mass[FAT] / (mass[LEAN] + mass[FAT] + mass[BONE]), "1");
        for (int k = 0; k < DXA_SLOTS; k++)
            total[k] += mass[k];
        limbs_g += r >= 2 ? mass[LEAN] : 0;
    }
    dxa_add_truth(scene, "total", "lean_mass", total[LEAN], "g");
    dxa_add_truth(scene, "total", "fat_mass", total[FAT], "g");
    dxa_add_truth(scene, "total", "bone_mass", total[BONE], "g");
    dxa_add_truth(scene, "total", "fat_percent",
                  total[FAT] / (total[LEAN] + total[FAT] + total[BONE]), "1");
    dxa_add_truth(scene, "limbs", "alm", limbs_g / 1000, "kg");
}

/* 1.7 m long, arms beside the trunk. Wings of the pelvis and necks of the femurs lie 6 mm off the
 * line that parts legs from trunk. */
void dxa_build_body(dxa_scene *scene, const osarc_dxa_phantom_options *options)
{
    static const double TURN = OSARC_DXA_BODY_LEG_DEG;
    static const dxa_plate TRUNK = {{0, -310}, {160, 310}, 0, DXA_ROUND, {18, 7, 0}, "trunk"};
    static const dxa_plate PLATES[] = {
        {{0, (CROWN_MM + CHIN_MM) / 2},
         {75, (CHIN_MM - CROWN_MM) / 2},
         0,
         DXA_ROUND,
         {14, 3, 0},
         "head"},
        {{0, (CHIN_MM + NECK_MM) / 2},
         {75, (NECK_MM - CHIN_MM) / 2},
         0,
         DXA_ROUND,
         {14, 3, 0},
         "trunk"},
        {{0, SKULL_MM}, {65, SKULL_HALF_MM}, 0, DXA_ELLIPSE, {0, 0, SKULL_G_CM2}, "head"},
        {{0, -340}, {20, 270}, 0, DXA_FLAT, {0, 0, 1}, "trunk"},
        {{95, -480}, {45, 4}, 20, DXA_FLAT, {0, 0, 0.5}, "trunk"},
        {{-95, -480}, {45, 4}, -20, DXA_FLAT, {0, 0, 0.5}, "trunk"},
        {{95, -420}, {45, 4}, 20, DXA_FLAT, {0, 0, 0.5}, "trunk"},
        {{-95, -420}, {45, 4}, -20, DXA_FLAT, {0, 0, 0.5}, "trunk"},
        {{230, -230}, {42, 330}, 0, DXA_ROUND, {6.5, 2.5, 0}, "arm_left"},
        {{230, -230}, {9, 310}, 0, DXA_FLAT, {0, 0, 1}, "arm_left"},
        {{-230, -230}, {42, 330}, 0, DXA_ROUND, {6, 3, 0}, "arm_right"},
        {{-230, -230}, {9, 310}, 0, DXA_FLAT, {0, 0, 1}, "arm_right"},
        {{84, 425}, {74, 425}, 0, DXA_ROUND, {12, 5, 0}, "leg_left"},
        {{84, 402.5}, {13, 432.5}, 0, DXA_FLAT, {0, 0, 1.5}, "leg_left"},
        {{-84, 425}, {74, 425}, 0, DXA_ROUND, {12.5, 4.5, 0}, "leg_right"},
        {{-84, 402.5}, {13, 432.5}, 0, DXA_FLAT, {0, 0, 1.5}, "leg_right"},
    };
    dxa_use_tissues(scene);
    scene->view = OSARC_DXA_VIEW_WHOLE_BODY;
    scene->protocol = "Total Body";
    dxa_add_plate(scene, &TRUNK);
    for (size_t i = 0; i < sizeof(PLATES) / sizeof(PLATES[0]); i++) {
        dxa_plate plate = PLATES[i];
        if (strncmp(plate.region, "arm", 3) == 0 || strncmp(plate.region, "leg", 3) == 0)
            plate.g_cm2[LEAN] *= options->limb_lean;
        dxa_add_plate(scene, &plate);
    }
    for (int side = -1; side <= 1; side += 2) {
        /* along the line and off it, from the crotch */
        static const double WING_MM[2] = {97, 31};
        static const double FEMUR_MM[2] = {105, -18};
        double along[2] = {side * cos(TURN * M_PI / 180), -sin(TURN * M_PI / 180)};
        double off[2] = {-side * sin(TURN * M_PI / 180), -cos(TURN * M_PI / 180)};
        dxa_plate wing = {.half_mm = {53, 25},
                          .angle_deg = -side * TURN,
                          .g_cm2 = {0, 0, 1.2},
                          .region = "trunk"};
        dxa_plate neck = {.half_mm = {35, 12},
                          .angle_deg = -side * TURN,
                          .g_cm2 = {0, 0, 0.8},
                          .region = side > 0 ? "leg_left" : "leg_right"};
        for (int a = 0; a < 2; a++) {
            wing.centre_mm[a] = WING_MM[0] * along[a] + WING_MM[1] * off[a];
            neck.centre_mm[a] = FEMUR_MM[0] * along[a] + FEMUR_MM[1] * off[a];
        }
        dxa_add_plate(scene, &wing);
        dxa_add_plate(scene, &neck);
    }
    add_body_truths(scene, &TRUNK);
    scene->half_view_mm[0] = 330;
    scene->half_view_mm[1] = 900;
}
