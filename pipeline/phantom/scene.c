/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

#define TABLE_GAP_MM 5

static int is_used(const osi_solid *solid, const osarc_phantom_options *options)
{
    switch (solid->role) {
    case OSI_BODY:
        return 1;
    case OSI_TABLE:
    case OSI_TUBE:
        return !options->without_table;
    case OSI_BLANKET:
        return options->blanket;
    }
    return 0;
}

void osi_scene_make(osi_scene *out, const osi_kind *kind, const osarc_phantom_options *options)
{
    memset(out, 0, sizeof(*out));
    out->count = kind->count;
    for (size_t i = 0; i < kind->count; i++) {
        osi_solid *solid = &out->solids[i];
        *solid = kind->solids[i];
        out->used[i] = is_used(solid, options);
        if (options->contrast && solid->enhanced != OSI_AIR)
            solid->material = solid->enhanced;
        if (solid->role == OSI_TABLE && !options->table_touches)
            solid->centre_mm[1] += TABLE_GAP_MM;
        if (solid->role == OSI_TABLE && options->prone)
            solid->centre_mm[1] = -solid->centre_mm[1];
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
