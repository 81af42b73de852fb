/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <math.h>
#include <string.h>

/*
 * A label map puts a border at most that share of a voxel beside the true surface, on average
 * over the surface: its threshold need not lie half way between the two sides. Voxels as large
 * as the skin is thick mix three materials, and no threshold is right for them.
 */
#define BORDER_SHARE        0.1
#define BORDER_SHARE_COARSE 0.5
#define FINE_MM             1.5
#define CORE_SHARE          1.5 /* how deep a border is, is known to about half */
#define ALLOWED_SHARE       0.01
#define ALLOWED_HU          1
#define ALLOWED_HU_COARSE   0.05 /* of the attenuation, HU + 1000 */

static const char WHOLE_REASON[] = "1 % of the value";
static const char BORDER_REASON[] = "a tenth of a voxel along the surface";
static const char COARSE_REASON[] = "half a voxel along the surface: thin layers are not resolved";
static const char HU_REASON[] = "1 HU";
static const char COARSE_HU_REASON[] = "5 % of the attenuation: no voxel is whole in a thin layer";
static const char CORE_REASON[] =
    "1 HU, and voxels on a border, of thin parts above all, are left out";

/* What a label's rows are called. */
typedef struct tissue_names {
    osarc_tissue tissue;
    const char *volume;
    const char *area;
    const char *attenuation;
} tissue_names;

static const tissue_names NAMES[] = {
    {OSARC_TISSUE_SUBCUTANEOUS_FAT, "sat_volume", "sat_area", "sat_attenuation"},
    {OSARC_TISSUE_VISCERAL_FAT, "inner_fat_volume", "inner_fat_area", "inner_fat_attenuation"},
    {OSARC_TISSUE_SOFT, "soft_tissue_volume", "soft_tissue_area", "soft_tissue_attenuation"},
    {OSARC_TISSUE_COMPACT_BONE, "compact_bone_volume", "compact_bone_area",
     "compact_bone_attenuation"},
    {OSARC_TISSUE_TRABECULAR_BONE, "trabecular_bone_volume", "trabecular_bone_area",
     "trabecular_bone_attenuation"},
    {OSARC_TISSUE_GAS, "gas_volume", "gas_area", "gas_attenuation"},
};
#define NAME_COUNT (sizeof(NAMES) / sizeof(NAMES[0]))

void osi_phantom_add_truth(osarc_phantom *phantom, const char *quantity, const char *tissue,
                           double value, const char *unit, double tolerance, const char *reason)
{
    if (phantom->truth_count < OSI_MAX_TRUTHS)
        phantom->truths[phantom->truth_count++] =
            (osarc_truth){quantity, tissue, value, unit, tolerance, reason};
}

static double mean_voxel_mm(const osarc_phantom_options *o)
{
    return cbrt(o->pixel_mm * o->pixel_mm * o->thickness_mm);
}

static int is_coarse(const osarc_phantom_options *o)
{
    return fmax(o->pixel_mm, o->thickness_mm) > FINE_MM;
}

/* How far borders may be off. */
static double edge_mm(const osarc_phantom_options *o)
{
    return (is_coarse(o) ? BORDER_SHARE_COARSE : BORDER_SHARE) * mean_voxel_mm(o);
}

/* 1 % of an amount, or what its border allows where that is more. */
static void add_amount(osarc_phantom *phantom, const char *quantity, const char *tissue,
                       double value, double border, const char *unit)
{
    double share = ALLOWED_SHARE * value;
    if (border > share)
        osi_phantom_add_truth(phantom, quantity, tissue, value, unit, border,
                              is_coarse(&phantom->options) ? COARSE_REASON : BORDER_REASON);
    else
        osi_phantom_add_truth(phantom, quantity, tissue, value, unit, share, WHOLE_REASON);
}

typedef struct border {
    double of_label[OSARC_TISSUE_COUNT];
    double of_material[OSI_MATERIAL_COUNT];
} border;

/* Surface between each label and others, in mm2, between two planes across z. */
static void find_borders(border *out, const osi_scene *scene, double low_z_mm, double high_z_mm)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < scene->count; i++) {
        const osi_solid *solid = &scene->solids[i];
        if (solid->role != OSI_BODY)
            continue;
        osi_material outside =
            solid->parent == OSI_NO_PARENT ? OSI_AIR : scene->solids[solid->parent].material;
        osarc_tissue inner = osi_material_tissue(solid->material);
        osarc_tissue outer = osi_material_tissue(outside);
        if (inner == outer)
            continue;
        double surface = osi_solid_surface_mm2(solid, low_z_mm, high_z_mm);
        out->of_label[inner] += surface;
        out->of_label[outer] += surface;
        out->of_material[solid->material] += surface;
        out->of_material[outside] += surface;
    }
}

/* Mean as it is stored: noise that would go below the lowest number is kept at it. */
static double stored_hu(osi_material material, const osi_scene *scene,
                        const osarc_phantom_options *o)
{
    double hu = scene->hu[0][material];
    double sd = o->noise_sd_hu;
    if (!(sd > 0))
        return hu;
    double above = hu - OSI_LOWEST_HU;
    double z = above / sd;
    return OSI_LOWEST_HU + above * 0.5 * erfc(-z / M_SQRT2) + sd * exp(-z * z / 2) / sqrt(2 * M_PI);
}

/* Sums over the materials of one label. */
typedef struct tissue_sum {
    double volume_mm3;
    double area_mm2;
    double mean_hu;
    double core_hu; /* mean without a voxel's depth along the border */
} tissue_sum;

static tissue_sum sum_tissue(osarc_tissue tissue, const double volumes_mm3[OSI_MATERIAL_COUNT],
                             const double areas_mm2[OSI_MATERIAL_COUNT], const border *whole,
                             const osi_scene *scene, const osarc_phantom_options *o)
{
    tissue_sum sum = {0};
    double core_mm3 = 0;
    for (int i = 0; i < OSI_MATERIAL_COUNT; i++) {
        osi_material m = (osi_material) i;
        if (osi_material_tissue(m) != tissue || volumes_mm3[m] == 0)
            continue;
        double hu = stored_hu(m, scene, o);
        double core = fmax(0, volumes_mm3[m] - mean_voxel_mm(o) * whole->of_material[m]);
        sum.volume_mm3 += volumes_mm3[m];
        sum.area_mm2 += areas_mm2[m];
        sum.mean_hu += volumes_mm3[m] * hu;
        sum.core_hu += core * hu;
        core_mm3 += core;
    }
    sum.mean_hu /= sum.volume_mm3;
    sum.core_hu = core_mm3 > 0 ? sum.core_hu / core_mm3 : sum.mean_hu;
    return sum;
}

static void add_tissues(osarc_phantom *phantom, const double volumes_mm3[OSI_MATERIAL_COUNT])
{
    const osi_scene *scene = &phantom->scene;
    const osarc_phantom_options *o = &phantom->options;
    double areas_mm2[OSI_MATERIAL_COUNT];
    double middle_z_mm = o->centre_z_mm;
    border whole;
    border middle; /* of a slab 1 mm high */
    osi_scene_areas_mm2(areas_mm2, scene, middle_z_mm);
    find_borders(&whole, scene, phantom->low_z_mm, phantom->high_z_mm);
    find_borders(&middle, scene, middle_z_mm - 0.5, middle_z_mm + 0.5);

    for (size_t n = 0; n < NAME_COUNT; n++) {
        const tissue_names *names = &NAMES[n];
        osarc_tissue tissue = names->tissue;
        size_t label_count;
        const char *label = osarc_tissue_labels(&label_count)[tissue].name;
        tissue_sum sum = sum_tissue(tissue, volumes_mm3, areas_mm2, &whole, scene, o);
        if (!(sum.volume_mm3 > 0))
            continue;
        double edge = edge_mm(o);
        add_amount(phantom, names->volume, label, sum.volume_mm3 / 1000,
                   edge * whole.of_label[tissue] / 1000, "cm3");
        if (sum.area_mm2 > 0)
            add_amount(phantom, names->area, label, sum.area_mm2 / 100,
                       edge * middle.of_label[tissue] / 100, "cm2");
        double moved_hu = CORE_SHARE * fabs(sum.core_hu - sum.mean_hu);
        if (is_coarse(o))
            osi_phantom_add_truth(phantom, names->attenuation, label, sum.mean_hu, "HU",
                                  ALLOWED_HU + moved_hu + ALLOWED_HU_COARSE * (sum.mean_hu + 1000),
                                  COARSE_HU_REASON);
        else
            osi_phantom_add_truth(phantom, names->attenuation, label, sum.mean_hu, "HU",
                                  ALLOWED_HU + moved_hu, moved_hu > 1e-9 ? CORE_REASON : HU_REASON);
    }
}

/* All inside the skin; its only border is the skin's outer side. */
static void add_body(osarc_phantom *phantom, const double volumes_mm3[OSI_MATERIAL_COUNT])
{
    const osi_scene *scene = &phantom->scene;
    double volume_mm3 = 0;
    double skin_mm2 = 0;
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++)
        volume_mm3 += volumes_mm3[m];
    for (size_t i = 0; i < scene->count; i++)
        if (scene->solids[i].role == OSI_BODY && scene->solids[i].parent == OSI_NO_PARENT)
            skin_mm2 +=
                osi_solid_surface_mm2(&scene->solids[i], phantom->low_z_mm, phantom->high_z_mm);
    if (!(volume_mm3 > 0))
        return;
    add_amount(phantom, "body_volume", "", volume_mm3 / 1000,
               edge_mm(&phantom->options) * skin_mm2 / 1000, "cm3");
}

static void add_materials(osarc_phantom *phantom, const double volumes_mm3[OSI_MATERIAL_COUNT])
{
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++) {
        const char *name = osi_material_name((osi_material) m);
        if (volumes_mm3[m] == 0)
            continue;
        if (phantom->whole && volumes_mm3[m] > 0)
            add_amount(phantom, "material_volume", name, volumes_mm3[m] / 1000, 0, "cm3");
        osi_phantom_add_truth(phantom, "material_hu", name, phantom->scene.hu[0][m], "HU",
                              ALLOWED_HU, HU_REASON);
    }
}

/* What densitometry would see of each femur, which is the same for both. */
static void add_hip(osarc_phantom *phantom)
{
    static const char FINE[] = "2 % of the value, of voxels up to 1.5 mm";
    static const char COARSE[] = "4 % of the value, of slices up to 3 mm";
    double share = is_coarse(&phantom->options) ? 0.04 : 0.02;
    const char *why = is_coarse(&phantom->options) ? COARSE : FINE;
    for (int n = 0; n < OSARC_HIP_REGION_COUNT && phantom->femur_count > 0; n++) {
        const osarc_phantom_hip_region *r = &phantom->femurs[0].regions[n];
        const char *name = osarc_hip_region_name((osarc_hip_region) n);
        osi_phantom_add_truth(phantom, "femur_abmd", name, r->abmd_g_cm2, "g/cm2",
                              share * r->abmd_g_cm2, why);
        osi_phantom_add_truth(phantom, "femur_bmc", name, r->bmc_g, "g", share * r->bmc_g, why);
        osi_phantom_add_truth(phantom, "femur_bone_area", name, r->area_cm2, "cm2",
                              share * r->area_cm2, why);
    }
}

void osi_phantom_find_truths(osarc_phantom *phantom)
{
    double volumes_mm3[OSI_MATERIAL_COUNT];
    osi_scene_volumes_mm3(volumes_mm3, &phantom->scene, phantom->low_z_mm, phantom->high_z_mm);
    if (phantom->whole)
        add_body(phantom, volumes_mm3);
    /* what is painted over the solids has no volume in closed form */
    if (phantom->whole && !phantom->kind->paint)
        add_tissues(phantom, volumes_mm3);
    if (!phantom->kind->paint)
        add_materials(phantom, volumes_mm3);
    add_hip(phantom);
    if (phantom->whole && phantom->kind == &osi_kind_thigh &&
        (phantom->options.streaks || phantom->options.muscle_fat > 0))
        osi_thigh_find_truths(phantom);
}
