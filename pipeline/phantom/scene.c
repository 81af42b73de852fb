/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <math.h>
#include <string.h>

#define TABLE_GAP_MM 5

static int is_used(const osi_solid *solid, const osarc_phantom_options *options)
{
    switch (solid->role) {
    case OSI_BODY:
    case OSI_RODS:
        return 1;
    case OSI_TABLE:
    case OSI_TUBE:
        return !options->without_table;
    case OSI_BLANKET:
        return options->blanket;
    }
    return 0;
}

void osi_scene_energies_kev(double out[2], const osarc_phantom_options *options)
{
    out[0] = options->effective_kev > 0 ? options->effective_kev
                                        : osi_effective_energy_kev(options->kvp);
    out[1] = NAN;
    if (options->second_kvp > 0)
        out[1] = options->second_effective_kev > 0 ? options->second_effective_kev
                                                   : osi_effective_energy_kev(options->second_kvp);
}

int osi_scene_add(osi_scene *scene, const osi_solid *solid, const osi_frame *frame)
{
    if (scene->count == OSI_MAX_SOLIDS)
        return OSI_NO_PARENT;
    scene->solids[scene->count] = *solid;
    if (frame)
        osi_solid_move(&scene->solids[scene->count], frame);
    return (int) scene->count++;
}

/* Lower when there is a rod phantom on it, and as far as the body leans out. */
static void place_table(osi_solid *solid, const osarc_phantom_options *options, double lower_mm)
{
    if (!options->table_touches)
        solid->centre_mm[1] += TABLE_GAP_MM;
    solid->centre_mm[1] += lower_mm;
    if (options->prone)
        solid->centre_mm[1] = -solid->centre_mm[1];
}

void osi_scene_make(osi_scene *out, const osi_kind *kind, const osarc_phantom_options *options)
{
    double energies_kev[2];
    memset(out, 0, sizeof(*out));
    osi_scene_energies_kev(energies_kev, options);
    for (int v = 0; v < 2; v++)
        for (int m = 0; m < OSI_MATERIAL_COUNT; m++) {
            double hu = osi_material_exact_hu((osi_material) m, energies_kev[v]);
            out->hu[v][m] = kind->is_exact ? hu : round(hu);
        }
    for (size_t i = 0; i < kind->count; i++)
        out->solids[out->count++] = kind->solids[i];
    if (kind->build)
        kind->build(out, options);
    if (kind->adapt)
        kind->adapt(out, options);
    double lower_mm = out->lower_mm;
    for (size_t i = 0; i < out->count; i++) {
        osi_solid *solid = &out->solids[i];
        out->used[i] = is_used(solid, options);
        if (options->contrast && solid->enhanced != OSI_AIR)
            solid->material = solid->enhanced;
        if (solid->role == OSI_TABLE)
            place_table(solid, options, lower_mm);
    }
}

static void add(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, const osi_solid *solid,
                double amount)
{
    out[solid->material] += amount;
    if (solid->parent != OSI_NO_PARENT)
        out[scene->solids[solid->parent].material] -= amount;
}

void osi_scene_volumes_mm3(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, double low_z_mm,
                           double high_z_mm)
{
    memset(out, 0, OSI_MATERIAL_COUNT * sizeof(*out));
    for (size_t i = 0; i < scene->count; i++)
        if (scene->solids[i].role == OSI_BODY)
            add(out, scene, &scene->solids[i],
                osi_solid_volume_mm3(&scene->solids[i], low_z_mm, high_z_mm));
}

void osi_scene_areas_mm2(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, double z_mm)
{
    memset(out, 0, OSI_MATERIAL_COUNT * sizeof(*out));
    for (size_t i = 0; i < scene->count; i++)
        if (scene->solids[i].role == OSI_BODY)
            add(out, scene, &scene->solids[i], osi_solid_area_mm2(&scene->solids[i], z_mm));
}
