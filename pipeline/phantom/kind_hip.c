/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <math.h>
#include <string.h>

#include <osarc/attenuation.h>
#include <osi/fail.h>

/* A block of pelvis and thighs, in which both femurs and their sockets are painted: mm, x to the
 * left, y to the back, z to the head. The centres of the heads are at height 0. */

enum {
    TABLE,
    TABLE_CORE,
    BODY,
    FAT,
    WALL,
    COUNT
};

#define E OSI_ENDLESS

/* clang-format off */
static const osi_solid SOLIDS[COUNT] = {
    [TABLE] = {"table", OSI_TABLE, OSI_BOX, OSI_TABLE_SHELL, 0, OSI_NO_PARENT, {0, 143, 0}, {220, 20, E}, 0},
    [TABLE_CORE] = {"table_core", OSI_TABLE, OSI_BOX, OSI_FOAM, 0, TABLE, {0, 143, 0}, {217, 17, E}, 0},
    [BODY] = {"skin", OSI_BODY, OSI_CYLINDER, OSI_SKIN, 0, OSI_NO_PARENT, {0, 0, 0}, {195, 123, E}, 0},
    [FAT] = {"subcutaneous_fat", OSI_BODY, OSI_CYLINDER, OSI_SUBCUTANEOUS_FAT, 0, BODY, {0, 0, 0}, {193, 121, E}, 0},
    [WALL] = {"muscle", OSI_BODY, OSI_CYLINDER, OSI_MUSCLE, 0, FAT, {0, 0, 0}, {175, 105, E}, 0},
};
/* clang-format on */

#define CORE_DEFAULT_MG_CM3    150
#define COMPACT_DEFAULT_MG_CM3 900

osarc_status osi_hip_fill_defaults(osarc_phantom_options *o, osarc_error *err)
{
    osarc_status status = osi_mineral_fill_defaults(o, CORE_DEFAULT_MG_CM3, err);
    if (!status)
        status = osi_take(&o->leg_turn_deg, 0, -30, 30, "turn of the legs in degrees", err);
    if (!status)
        status = osi_take(&o->anteversion_deg, 0, 0, 40, "anteversion in degrees", err);
    if (!status)
        status = osi_take(&o->joint_gap_mm, 4, 0.5, 8, "joint gap in mm", err);
    if (!status)
        status = osi_take(&o->cortical_mg_cm3, COMPACT_DEFAULT_MG_CM3, 200, 1200,
                          "density of compact bone in mg/cm3", err);
    if (!status && o->cortical_mg_cm3 <= o->trabecular_mg_cm3)
        status = osi_fail(err, OSARC_ERR_ARGUMENT,
                          "compact bone of %g mg/cm3 is not denser than spongy bone of %g",
                          o->cortical_mg_cm3, o->trabecular_mg_cm3);
    if (!status && o->metal[0] && strncmp(o->metal, "left", sizeof(o->metal)) != 0 &&
        strncmp(o->metal, "right", sizeof(o->metal)) != 0)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "metal is at \"%.7s\", left and right are there",
                          o->metal);
    return status;
}

static void adapt(osi_scene *scene, const osarc_phantom_options *o)
{
    double energies_kev[2];
    osi_scene_energies_kev(energies_kev, o);
    osarc_absorber basis =
        strcmp(o->basis, "HA") == 0 ? OSARC_ABSORBER_HYDROXYAPATITE : OSARC_ABSORBER_K2HPO4;
    double slope = osarc_mineral_hu_per_mg_cm3(basis, energies_kev[0]);
    scene->hu[0][OSI_FEMUR_SHELL] = slope * o->cortical_mg_cm3;
    scene->hu[0][OSI_FEMUR_CORE] = slope * o->trabecular_mg_cm3;
}

static osarc_status paint(osarc_phantom *phantom, osarc_error *err)
{
    const osarc_phantom_options *o = &phantom->options;
    for (int n = 0; n < 2; n++) {
        osi_femur *femur = &phantom->drawn[n];
        osi_femur_make(femur, n == 0 ? 1 : -1, o);
        femur->has_metal = strcmp(o->metal, n == 0 ? "left" : "right") == 0;
    }
    osarc_status status = osi_femurs_paint(phantom, err);
    for (int n = 0; n < 2 && !status; n++)
        osi_femur_describe(&phantom->femurs[n], &phantom->drawn[n], o, phantom->low_z_mm,
                           phantom->high_z_mm);
    if (status)
        return status;
    phantom->femur_count = 2;
    /* one is the other in a mirror */
    const osi_femur_mineral mineral = {o->cortical_mg_cm3, o->trabecular_mg_cm3};
    osi_femur_regions(phantom->femurs[0].regions, &phantom->drawn[0], &mineral, OSI_TRUTH_STEP_MM);
    memcpy(phantom->femurs[1].regions, phantom->femurs[0].regions,
           sizeof(phantom->femurs[1].regions));
    return OSARC_OK;
}

const osi_kind osi_kind_hip = {"hip", SOLIDS, COUNT, 205, 220, -45, NULL, adapt, 1, paint};
