/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/attenuation.h>
#include <osi/fail.h>

/*
 * A torso from T10 to the hip bones: mm, x to the left, y to the back, z to the head. The third
 * vertebra from the last lumbar one has its middle at height 0, and so the sacrum stays where it
 * is however many there are.
 */

enum {
    SHEET,
    SHEET_AIR,
    TABLE,
    TABLE_CORE,
    BODY,
    FAT,
    WALL,
    CAVITY,
    PELVIS,
    LIVER,
    AORTA,
    CAVA,
    BOWEL,
    BOWEL_GAS,
    COLON,
    COLON_GAS,
    SIGMOID,
    POCKET_LEFT,
    POCKET_RIGHT,
    KIDNEY_LEFT,
    KIDNEY_RIGHT,
    COUNT
};

#define E OSI_ENDLESS

/* clang-format off */
static const osi_solid SOLIDS[COUNT] = {
    [SHEET] = {"sheet", OSI_BLANKET, OSI_CYLINDER, OSI_CLOTH, 0, OSI_NO_PARENT, {0, 0, 0}, {181, 131, E}, 0},
    [SHEET_AIR] = {"sheet_air", OSI_BLANKET, OSI_CYLINDER, OSI_AIR, 0, SHEET, {0, 0, 0}, {179, 129, E}, 0},
    [TABLE] = {"table", OSI_TABLE, OSI_BOX, OSI_TABLE_SHELL, 0, OSI_NO_PARENT, {0, 145, 0}, {220, 20, E}, 0},
    [TABLE_CORE] = {"table_core", OSI_TABLE, OSI_BOX, OSI_FOAM, 0, TABLE, {0, 145, 0}, {217, 17, E}, 0},
    [BODY] = {"skin", OSI_BODY, OSI_CYLINDER, OSI_SKIN, 0, OSI_NO_PARENT, {0, 0, 0}, {175, 125, E}, 0},
    [FAT] = {"subcutaneous_fat", OSI_BODY, OSI_CYLINDER, OSI_SUBCUTANEOUS_FAT, 0, BODY, {0, 0, 0}, {173, 123, E}, 0},
    [WALL] = {"muscle", OSI_BODY, OSI_CYLINDER, OSI_MUSCLE, 0, FAT, {0, 0, 0}, {152, 103, E}, 0},
    [CAVITY] = {"abdominal_cavity", OSI_BODY, OSI_CYLINDER, OSI_INNER_FAT, 0, WALL, {0, -46, 170}, {122, 50, 226}, 0},
    [PELVIS] = {"pelvic_cavity", OSI_BODY, OSI_CYLINDER, OSI_INNER_FAT, 0, WALL, {0, -40, -226}, {66, 50, 170}, 0},
    [LIVER] = {"liver", OSI_BODY, OSI_ELLIPSOID, OSI_ORGAN, 0, CAVITY, {-68, -48, 110}, {46, 34, 66}, 0},
    [AORTA] = {"aorta", OSI_BODY, OSI_CYLINDER, OSI_BLOOD, OSI_ENHANCED_BLOOD, CAVITY, {8, -8, 173}, {9, 9, 220}, 0},
    [CAVA] = {"vena_cava", OSI_BODY, OSI_CYLINDER, OSI_BLOOD, OSI_ENHANCED_BLOOD, CAVITY, {-16, -9, 173}, {10, 8, 220}, 0},
    [BOWEL] = {"bowel", OSI_BODY, OSI_CYLINDER, OSI_BOWEL, OSI_ENHANCED_BOWEL, CAVITY, {30, -62, 60}, {24, 16, 100}, 0},
    [BOWEL_GAS] = {"bowel_gas", OSI_BODY, OSI_ELLIPSOID, OSI_GAS, 0, BOWEL, {30, -65, 60}, {14, 8, 60}, 0},
    [COLON] = {"colon", OSI_BODY, OSI_CYLINDER, OSI_BOWEL, OSI_ENHANCED_BOWEL, CAVITY, {92, -46, 60}, {15, 16, 110}, 0},
    [COLON_GAS] = {"colon_gas", OSI_BODY, OSI_CYLINDER, OSI_GAS, 0, COLON, {92, -50, 60}, {8, 7, 100}, 0},
    [SIGMOID] = {"sigmoid", OSI_BODY, OSI_ELLIPSOID, OSI_BOWEL, OSI_ENHANCED_BOWEL, PELVIS, {20, -50, -120}, {24, 18, 40}, 0},
    [POCKET_LEFT] = {"fat_of_kidney_left", OSI_BODY, OSI_ELLIPSOID, OSI_INNER_FAT, 0, WALL, {80, 27, 50}, {33, 26, 78}, 0},
    [POCKET_RIGHT] = {"fat_of_kidney_right", OSI_BODY, OSI_ELLIPSOID, OSI_INNER_FAT, 0, WALL, {-80, 27, 44}, {33, 26, 78}, 0},
    [KIDNEY_LEFT] = {"kidney_left", OSI_BODY, OSI_ELLIPSOID, OSI_KIDNEY, OSI_ENHANCED_KIDNEY, POCKET_LEFT, {80, 27, 52}, {23, 18, 50}, 0},
    [KIDNEY_RIGHT] = {"kidney_right", OSI_BODY, OSI_ELLIPSOID, OSI_KIDNEY, OSI_ENHANCED_KIDNEY, POCKET_RIGHT, {-80, 27, 46}, {23, 18, 50}, 0},
};
/* clang-format on */

#define THORACIC 3
#define L1       THORACIC
#define UNITS    (OSI_LEVEL_MAX + 1) /* S1 is the last */

/* Sizes by name, from T10 down. */
static const osi_vertebra SIZES[OSI_LEVEL_MAX] = {
    {.name = "T10",
     .label = 34,
     .half_width_mm = 17.5,
     .depth_mm = 30,
     .half_height_mm = 11.5,
     .disc_mm = 5,
     .spinous_mm = 14,
     .rib_end_deg = 50},
    {.name = "T11",
     .label = 33,
     .half_width_mm = 18.5,
     .depth_mm = 31,
     .half_height_mm = 12,
     .disc_mm = 5.5,
     .spinous_mm = 15,
     .rib_end_deg = 55},
    {.name = "T12",
     .label = 32,
     .half_width_mm = 20,
     .depth_mm = 31,
     .half_height_mm = 12.5,
     .disc_mm = 7,
     .spinous_mm = 17,
     .rib_end_deg = 85},
    {.name = "L1",
     .label = 31,
     .half_width_mm = 21.5,
     .depth_mm = 32,
     .half_height_mm = 13,
     .disc_mm = 8.5,
     .spinous_mm = 20},
    {.name = "L2",
     .label = 30,
     .half_width_mm = 22.5,
     .depth_mm = 33,
     .half_height_mm = 13.5,
     .disc_mm = 9.5,
     .spinous_mm = 22},
    {.name = "L3",
     .label = 29,
     .half_width_mm = 23,
     .depth_mm = 33,
     .half_height_mm = 13.5,
     .disc_mm = 10.5,
     .spinous_mm = 22},
    {.name = "L4",
     .label = 28,
     .half_width_mm = 24,
     .depth_mm = 34,
     .half_height_mm = 13.5,
     .disc_mm = 11,
     .spinous_mm = 20},
    {.name = "L5",
     .label = 27,
     .half_width_mm = 25,
     .depth_mm = 34,
     .half_height_mm = 13.5,
     .disc_mm = 10.5,
     .spinous_mm = 12},
    {.name = "L6",
     .label = 0,
     .half_width_mm = 25,
     .depth_mm = 34,
     .half_height_mm = 13.5,
     .disc_mm = 10.5,
     .spinous_mm = 12},
};

/* Density of each level less that of L2: a value that is read at another level shows. */
static const double DENSITY_STEP_MG_CM3[OSI_LEVEL_MAX] = {12, 9, 6, 3, 0, -3, -6, -9, -12};

#define LUMBAR_DEFAULT     5
#define TRABECULAR_DEFAULT 120
#define ADDED_LEVEL_MM     36 /* about what one lumbar vertebra with its disc takes */
#define MIDDLE_Y_MM        26 /* of the body at height 0 */

/* Lean to the back, from S1 up; thoracic levels have their own. */
static const double LUMBAR_LEAN_DEG[] = {-32, -14, -5, 0, 2, 4, 4};
static const double THORACIC_LEAN_DEG[THORACIC] = {6, 6, 5};

#define S1_HALF_HEIGHT_MM 14

double osi_spine_extra_mm(const osarc_phantom_options *o)
{
    return o->lumbar > 0 ? ADDED_LEVEL_MM * (double) (o->lumbar - LUMBAR_DEFAULT) : 0;
}

static osarc_status check_level(const char *text, size_t room, const osarc_phantom_options *o,
                                const char *what, osarc_error *err)
{
    if (text[0] == '\0')
        return OSARC_OK;
    for (int i = 0; i < THORACIC + o->lumbar; i++)
        if (strncmp(text, SIZES[i].name, room) == 0)
            return OSARC_OK;
    return osi_fail(err, OSARC_ERR_ARGUMENT, "%s is at \"%.7s\", T10 to %s are there", what, text,
                    SIZES[THORACIC + o->lumbar - 1].name);
}

osarc_status osi_spine_fill_defaults(osarc_phantom_options *o, osarc_error *err)
{
    if (o->lumbar == 0)
        o->lumbar = LUMBAR_DEFAULT;
    if (o->lumbar < 4 || o->lumbar > 6)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%d lumbar vertebrae asked, 4 to 6 allowed",
                        o->lumbar);
    osarc_status status = osi_mineral_fill_defaults(o, TRABECULAR_DEFAULT, err);
    if (!status)
        status = osi_take(&o->marrow_fat, 0, 0, 0.95, "marrow fat fraction", err);
    if (!status)
        status = osi_take(&o->second_kvp, 0, 70, 150, "second tube voltage in kV", err);
    if (!status && o->second_kvp == 0 && o->second_effective_kev != 0)
        status = osi_fail(err, OSARC_ERR_ARGUMENT,
                          "a second effective energy is given without a second voltage");
    if (!status)
        status = osi_take(&o->second_effective_kev,
                          o->second_kvp > 0 ? osi_effective_energy_kev(o->second_kvp) : 0, 40, 120,
                          "second effective energy in keV", err);
    if (!status)
        status = osi_take(&o->rotate_deg, 0, -30, 30, "rotation in degrees", err);
    if (!status)
        status = osi_take(&o->tilt_deg, 0, -20, 20, "tilt in degrees", err);
    if (!status)
        status = osi_take(&o->scoliosis_deg, 0, -20, 20, "scoliosis in degrees", err);
    if (!status)
        status = osi_take(&o->rods_tilt_deg, 0, -10, 10, "tilt of the rods in degrees", err);
    if (!status)
        status = check_level(o->fracture, sizeof(o->fracture), o, "the fracture", err);
    if (!status)
        status = check_level(o->metal, sizeof(o->metal), o, "metal", err);
    if (!status)
        status = check_level(o->cement, sizeof(o->cement), o, "cement", err);
    if (status)
        return status;
    if (o->metal[0] && strncmp(o->metal, o->cement, sizeof(o->metal)) == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "metal and cement are both at %.7s", o->metal);
    o->rods[sizeof(o->rods) - 1] = '\0';
    if (o->rods[0] && !osarc_rod_model_find(o->rods))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no rod phantom \"%.31s\" is known", o->rods);
    if (!o->rods[0] && o->rods_tilt_deg != 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "rods are tilted, but none are asked for");
    return OSARC_OK;
}

static int is_level(const char *text, const osi_vertebra *v)
{
    return text[0] && strncmp(text, v->name, 8) == 0;
}

/* Lean to the side: an arc with its top in the middle, the ends tilted against each other. */
static double side_lean_deg(double z_mm, const osarc_phantom_options *o)
{
    double span_mm = 110;
    double share = fmax(-1, fmin(1, (z_mm - 40) / span_mm));
    return o->scoliosis_deg / 2 * share;
}

/* One after the other along the curve, from `from` up or down. */
static void place_next(osi_vertebra *next, const osi_vertebra *from, double back_deg,
                       double side_deg, double disc_mm, int up)
{
    double along[3];
    double length = 0;
    double sign = up ? 1 : -1;
    osi_frame frame = osi_frame_upright(from->frame.origin_mm);
    osi_frame_lean(&frame, side_deg, back_deg, 0);
    for (int c = 0; c < 3; c++) {
        along[c] = from->frame.axes[2][c] + frame.axes[2][c];
        length += along[c] * along[c];
    }
    for (int c = 0; c < 3; c++)
        frame.origin_mm[c] +=
            sign * (from->half_height_mm * from->frame.axes[2][c] +
                    disc_mm * along[c] / sqrt(length) + next->half_height_mm * frame.axes[2][c]);
    next->frame = frame;
}

/* All vertebrae and S1, from the head down; the number of them. */
static size_t place(osi_vertebra out[UNITS], const osarc_phantom_options *o)
{
    size_t count = THORACIC + (size_t) o->lumbar + 1;
    size_t middle = count - 4;
    double lean[UNITS];
    for (size_t i = 0; i < count; i++) {
        out[i] = i + 1 < count ? SIZES[i] : (osi_vertebra){.half_height_mm = S1_HALF_HEIGHT_MM};
        out[i].is_thoracic = i < THORACIC;
        out[i].spongiosa = (osi_material) (OSI_SPONGIOSA + (int) i);
        lean[i] = i < THORACIC ? THORACIC_LEAN_DEG[i] : LUMBAR_LEAN_DEG[count - 1 - i];
    }
    /* the last one is shaped as L5 is, whatever its number */
    out[count - 2].spinous_mm = SIZES[L1 + 4].spinous_mm;
    const double origin_mm[3] = {0, MIDDLE_Y_MM, 0};
    out[middle].frame = osi_frame_upright(origin_mm);
    osi_frame_lean(&out[middle].frame, side_lean_deg(0, o), lean[middle], 0);
    for (size_t i = middle; i-- > 0;) {
        double z = out[i + 1].frame.origin_mm[2] + ADDED_LEVEL_MM;
        place_next(&out[i], &out[i + 1], lean[i], side_lean_deg(z, o), out[i].disc_mm, 1);
    }
    for (size_t i = middle + 1; i < count; i++) {
        double z = out[i - 1].frame.origin_mm[2] - ADDED_LEVEL_MM;
        /* the sacrum stands straight on the hip bones */
        double side = i + 1 < count ? side_lean_deg(z, o) : 0;
        place_next(&out[i], &out[i - 1], lean[i], side, out[i - 1].disc_mm, 0);
    }
    return count;
}

static void fill_density(osarc_phantom_level *level, osi_scene *scene, const osi_vertebra *v,
                         size_t index, const osarc_phantom_options *o)
{
    double energies_kev[2];
    osi_scene_energies_kev(energies_kev, o);
    const osarc_absorber mineral = OSARC_ABSORBER_HYDROXYAPATITE;
    osarc_absorber basis = strcmp(o->basis, "HA") == 0 ? mineral : OSARC_ABSORBER_K2HPO4;
    double asked = fmax(1, o->trabecular_mg_cm3 + DENSITY_STEP_MG_CM3[index]);
    /* bone is hydroxyapatite: the basis says what its density at the first energy is told in */
    double density = asked * osarc_mineral_hu_per_mg_cm3(basis, energies_kev[0]) /
                     osarc_mineral_hu_per_mg_cm3(mineral, energies_kev[0]);
    for (int e = 0; e < 2; e++) {
        double slope = osarc_mineral_hu_per_mg_cm3(mineral, energies_kev[e]);
        /* a mg/cm3 of mineral displaces that share of what is around it */
        double displaced = osarc_mass_attenuation_cm2_g(mineral, energies_kev[e]) /
                               osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, energies_kev[e]) -
                           slope;
        double around = 1 - displaced * density / 1000;
        double fat_hu = osarc_absorber_hu(OSARC_ABSORBER_TRIGLYCERIDE, energies_kev[e]);
        double soft_hu = osarc_absorber_hu(OSARC_ABSORBER_MUSCLE, energies_kev[e]);
        double marrow_hu = o->marrow_fat * fat_hu + (1 - o->marrow_fat) * soft_hu;
        scene->hu[e][v->spongiosa] = slope * density + (o->marrow_fat > 0 ? around * marrow_hu : 0);
    }
    level->mineral_mg_cm3 = asked;
    level->marrow_fat = o->marrow_fat;
    level->hu = scene->hu[0][v->spongiosa];
    level->second_hu = scene->hu[1][v->spongiosa];
    level->k2hpo4_mg_cm3 =
        level->hu / osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, energies_kev[0]);
    level->ha_mg_cm3 =
        level->hu / osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_HYDROXYAPATITE, energies_kev[0]);
}

/* The body as a whole, table and rods apart. */
static void turn_body(osi_scene *scene, const osarc_phantom_options *o)
{
    const double pivot_mm[3] = {0, 0, o->centre_z_mm};
    osi_frame frame = osi_frame_upright(pivot_mm);
    osi_frame_lean(&frame, 0, o->tilt_deg, o->rotate_deg);
    for (size_t i = 0; i < scene->count; i++) {
        osi_solid *solid = &scene->solids[i];
        if (solid->role != OSI_BODY && solid->role != OSI_BLANKET)
            continue;
        for (int c = 0; c < 3; c++)
            solid->centre_mm[c] -= pivot_mm[c];
        osi_solid_move(solid, &frame);
    }
    osi_frame turn = frame;
    memset(turn.origin_mm, 0, sizeof(turn.origin_mm));
    for (size_t i = 0; i < scene->level_count; i++) {
        osarc_phantom_level *level = &scene->levels[i];
        double at[3];
        double up[3];
        double back[3];
        for (int c = 0; c < 3; c++)
            at[c] = level->centre_mm[c] - pivot_mm[c];
        memcpy(up, level->up, sizeof(up));
        memcpy(back, level->back, sizeof(back));
        osi_frame_point(level->centre_mm, &frame, at);
        osi_frame_point(level->up, &turn, up);
        osi_frame_point(level->back, &turn, back);
    }
}

/* How far the body reaches to the back in the stack. */
static double back_of_body(const osi_scene *scene, const osarc_phantom_options *o)
{
    double axes[3][3];
    const osi_solid *skin = &scene->solids[BODY];
    osi_solid_axes(axes, skin);
    return hypot(axes[0][1] * skin->half_mm[0], axes[1][1] * skin->half_mm[1]) +
           fabs(axes[2][1] / axes[2][2]) * o->length_mm / 2;
}

static void find_whole(osarc_phantom_level *level, const osarc_phantom_options *o)
{
    double across[3];
    double reach = fabs(level->up[2]) * level->height_posterior_mm / 2;
    for (int c = 0; c < 3; c++) {
        int d = (c + 1) % 3;
        int e = (c + 2) % 3;
        across[c] = level->up[d] * level->back[e] - level->up[e] * level->back[d];
    }
    reach += hypot(across[2] * level->width_mm / 2, level->back[2] * level->depth_mm / 2);
    level->whole = fabs(level->centre_mm[2] - o->centre_z_mm) + reach <= o->length_mm / 2;
}

static void build(osi_scene *scene, const osarc_phantom_options *o)
{
    osi_vertebra units[UNITS];
    size_t count = place(units, o);
    for (size_t i = 0; i + 1 < count; i++) {
        osi_vertebra *v = &units[i];
        v->is_fractured = is_level(o->fracture, v);
        v->has_metal = is_level(o->metal, v);
        v->has_cement = is_level(o->cement, v);
        if (o->without_ribs)
            v->rib_end_deg = 0;
        osarc_phantom_level *level = &scene->levels[scene->level_count++];
        osi_add_vertebra(scene, v, WALL, level);
        fill_density(level, scene, v, i, o);
        osi_add_ribs(scene, v, WALL);
        if (i + 2 < count)
            osi_add_disc(scene, v, &units[i + 1], WALL);
    }
    if (!o->without_sacrum) {
        osi_add_pelvis(scene, &units[count - 1].frame, WALL);
        /* S1 is a box without an arch: sizes as the disc above it sees them */
        units[count - 1].half_width_mm = units[count - 2].half_width_mm;
        units[count - 1].depth_mm = units[count - 2].depth_mm - 2;
        osi_add_disc(scene, &units[count - 2], &units[count - 1], WALL);
    }
    turn_body(scene, o);
    double back_mm = back_of_body(scene, o);
    scene->lower_mm = back_mm - scene->solids[BODY].half_mm[1];
    if (o->rods[0])
        osi_add_rods(scene, o, back_mm);
    for (size_t i = 0; i < scene->level_count; i++)
        find_whole(&scene->levels[i], o);
}

const osi_kind osi_kind_spine = {"spine", SOLIDS, COUNT, 185, 372, 11, build, NULL, 1, NULL};
