/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <string.h>

#include <osarc/attenuation.h>

/* A rod phantom between the back and the table. */

#define BACK_GAP_MM 3
#define AROUND_MM   4 /* of plastic around the rods */
#define BASE_HU     60

/* The equation that calibrations with Mindways phantoms solve; water reads 0. */
#define MINDWAYS_DISPLACED 0.2174
#define MINDWAYS_WATER     999.6

static double rod_hu(const osarc_rod_model *model, size_t i, double energy_kev)
{
    osarc_absorber mineral =
        strcmp(model->basis, "HA") == 0 ? OSARC_ABSORBER_HYDROXYAPATITE : OSARC_ABSORBER_K2HPO4;
    double slope = osarc_mineral_hu_per_mg_cm3(mineral, energy_kev);
    if (model->water_density_mg_cm3[i] > 0)
        return model->water_density_mg_cm3[i] - MINDWAYS_WATER +
               (slope + MINDWAYS_DISPLACED) * model->density_mg_cm3[i];
    return slope * model->density_mg_cm3[i];
}

void osi_add_rods(osi_scene *scene, const osarc_phantom_options *o, double back_mm)
{
    const osarc_rod_model *model = osarc_rod_model_find(o->rods);
    double energies_kev[2];
    osi_scene_energies_kev(energies_kev, o);
    double radius = model->rod_diameter_mm / 2;
    double half_x = 0;
    double half_y = 0;
    for (size_t i = 0; i < model->rod_count; i++) {
        half_x = fmax(half_x, fabs(model->x_mm[i]) + radius + AROUND_MM);
        half_y = fmax(half_y, fabs(model->y_mm[i]) + radius + AROUND_MM);
    }
    double tilt = o->rods_tilt_deg * M_PI / 180;
    double swing = fabs(tan(tilt)) * o->length_mm / 2;
    double middle = back_mm + BACK_GAP_MM + half_y / cos(tilt) + swing;
    double way = o->prone ? -1 : 1;
    scene->lower_mm += 2 * half_y + BACK_GAP_MM + 2 * swing;

    /* turned over with the table, so that the rods keep their order seen from the feet */
    const double origin_mm[3] = {0, way * middle, o->centre_z_mm};
    osi_frame frame = osi_frame_upright(origin_mm);
    osi_frame_lean(&frame, 0, way * o->rods_tilt_deg, o->prone ? 180 : 0);
    osi_solid base = {.name = "rod_base",
                      .role = OSI_RODS,
                      .shape = OSI_BOX,
                      .material = OSI_ROD_BASE,
                      .parent = OSI_NO_PARENT,
                      .half_mm = {half_x, half_y, OSI_ENDLESS}};
    int parent = osi_scene_add(scene, &base, &frame);
    for (int v = 0; v < 2; v++)
        scene->hu[v][OSI_ROD_BASE] = isnan(model->base_hu) ? BASE_HU : model->base_hu;
    for (size_t i = 0; i < model->rod_count; i++) {
        osi_solid rod = {.name = "rod",
                         .role = OSI_RODS,
                         .shape = OSI_CYLINDER,
                         .material = (osi_material) (OSI_ROD + (int) i),
                         .parent = parent,
                         .centre_mm = {model->x_mm[i], model->y_mm[i], 0},
                         .half_mm = {radius, radius, OSI_ENDLESS}};
        int index = osi_scene_add(scene, &rod, &frame);
        for (int v = 0; v < 2; v++)
            scene->hu[v][OSI_ROD + i] = rod_hu(model, i, energies_kev[v]);
        osarc_phantom_rod *out = &scene->rods[scene->rod_count++];
        out->density_mg_cm3 = model->density_mg_cm3[i];
        out->water_density_mg_cm3 = model->water_density_mg_cm3[i];
        out->diameter_mm = model->rod_diameter_mm;
        out->hu = scene->hu[0][OSI_ROD + i];
        out->second_hu = scene->hu[1][OSI_ROD + i];
        if (index >= 0)
            memcpy(out->centre_mm, scene->solids[index].centre_mm, sizeof(out->centre_mm));
        memcpy(out->along, frame.axes[2], sizeof(out->along));
    }
}
