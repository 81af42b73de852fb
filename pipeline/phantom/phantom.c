/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/attenuation.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/grid.h>

/* 2^28 voxels: 512 x 512 x 1024, 0.8 GB with labels. */
#define MAX_VOXELS ((size_t) 1 << 28)

#define DEFAULT_KVP 120

static const osi_kind *const KINDS[] = {&osi_kind_abdomen, &osi_kind_thigh, &osi_kind_spine,
                                        &osi_kind_hip};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

static const char *const KIND_NAMES[KIND_COUNT + 1] = {"abdomen", "thigh", "spine", "hip", NULL};

const char *const *osarc_phantom_kinds(void)
{
    return KIND_NAMES;
}

static const osi_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(KINDS[i]->name, name) == 0)
            return KINDS[i];
    return NULL;
}

osarc_status osi_mineral_fill_defaults(osarc_phantom_options *o, double otherwise_mg_cm3,
                                       osarc_error *err)
{
    if (o->basis[0] == '\0')
        snprintf(o->basis, sizeof(o->basis), "K2HPO4");
    if (strncmp(o->basis, "K2HPO4", sizeof(o->basis)) != 0 &&
        strncmp(o->basis, "HA", sizeof(o->basis)) != 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "basis is \"%.15s\", K2HPO4 and HA are there",
                        o->basis);
    return osi_take(&o->trabecular_mg_cm3, otherwise_mg_cm3, 1, 400, "trabecular density in mg/cm3",
                    err);
}

osarc_status osi_take(double *value, double otherwise, double low, double high, const char *what,
                      osarc_error *err)
{
    if (*value == 0)
        *value = otherwise;
    else if (!(*value >= low && *value <= high))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s is %g, %g to %g allowed", what, *value, low,
                        high);
    return OSARC_OK;
}

/* What is given for a kind that does not have it; NULL: nothing. */
static const char *misplaced(const osarc_phantom_options *o, const osi_kind *kind)
{
    int is_spine = kind == &osi_kind_spine;
    int is_hip = kind == &osi_kind_hip;
    int of_both = o->effective_kev != 0 || o->centre_z_mm != 0 || o->trabecular_mg_cm3 != 0 ||
                  o->basis[0] || o->metal[0];
    int of_spine = o->marrow_fat != 0 || o->second_kvp != 0 || o->second_effective_kev != 0 ||
                   o->rotate_deg != 0 || o->tilt_deg != 0 || o->scoliosis_deg != 0 ||
                   o->rods_tilt_deg != 0 || o->lumbar || o->without_ribs || o->without_sacrum ||
                   o->fracture[0] || o->cement[0] || o->rods[0];
    int of_hip = o->leg_turn_deg != 0 || o->anteversion_deg != 0 || o->joint_gap_mm != 0 ||
                 o->cortical_mg_cm3 != 0;
    if ((of_both || of_spine) && !is_spine && !is_hip)
        return "the spine";
    if (of_spine && is_hip)
        return "the spine";
    if (of_hip && !is_hip)
        return "the hip";
    if ((o->muscle_fat != 0 || o->streaks) && kind != &osi_kind_thigh)
        return "the thigh";
    return NULL;
}

static osarc_status fill_defaults(osarc_phantom_options *o, const osi_kind *kind, osarc_error *err)
{
    const char *of = misplaced(o, kind);
    if (of)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an option that only %s has was given for %s", of,
                        kind->name);
    double extra_mm = kind->build ? osi_spine_extra_mm(o) : 0;
    osarc_status status = osi_take(&o->pixel_mm, 1, 0.1, 20, "pixel size in mm", err);
    if (!status)
        status = osi_take(&o->slice_mm, 1, 0.1, 50, "slice spacing in mm", err);
    if (!status)
        status = osi_take(&o->thickness_mm, o->slice_mm, 0.1, 4 * o->slice_mm,
                          "slice thickness in mm", err);
    if (!status)
        status =
            osi_take(&o->length_mm, kind->length_mm + extra_mm, 1, 600, "stack length in mm", err);
    if (!status)
        status = osi_take(&o->centre_z_mm, kind->centre_z_mm + extra_mm / 2, -300, 300,
                          "middle of the stack in mm", err);
    if (!status)
        status = osi_take(&o->noise_sd_hu, 0, 0, 200, "noise in HU", err);
    if (!status)
        status = osi_take(&o->kvp, DEFAULT_KVP, 70, 150, "tube voltage in kV", err);
    if (!status)
        status = osi_take(&o->effective_kev, osi_effective_energy_kev(o->kvp), 40, 120,
                          "effective energy in keV", err);
    if (!status && kind == &osi_kind_spine)
        status = osi_spine_fill_defaults(o, err);
    if (!status && kind == &osi_kind_hip)
        status = osi_hip_fill_defaults(o, err);
    if (!status && !(o->muscle_fat >= 0 && o->muscle_fat <= 0.6))
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "fat in muscle is %g, 0 to 0.6 allowed",
                          o->muscle_fat);
    if (status)
        return status;
    if ((unsigned) o->plane > OSARC_PLANE_CORONAL)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "plane %d does not exist", (int) o->plane);
    if (o->matrix == 0)
        o->matrix = 2 * (size_t) ceil(kind->half_view_mm / o->pixel_mm);
    if (o->matrix < 16 || o->matrix > 4096)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "matrix is %zu, 16 to 4096 allowed", o->matrix);
    return OSARC_OK;
}

static size_t count_along(double length_mm, double spacing_mm)
{
    double count = round(length_mm / spacing_mm);
    return count < 1 ? 1 : (size_t) count;
}

/* Which way columns, rows and slices run when head first and supine. */
static const double DIRECTIONS[3][3][3] = {
    [OSARC_PLANE_AXIAL] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    [OSARC_PLANE_SAGITTAL] = {{0, 1, 0}, {0, 0, -1}, {-1, 0, 0}},
    [OSARC_PLANE_CORONAL] = {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}},
};

static void flip(double direction[3])
{
    for (int c = 0; c < 3; c++)
        if (direction[c] != 0)
            direction[c] = -direction[c];
}

static void make_grid(osarc_grid *grid, const osarc_phantom_options *o)
{
    double view_mm = (double) o->matrix * o->pixel_mm;
    memcpy(grid->direction, DIRECTIONS[o->plane], sizeof(grid->direction));
    grid->spacing_mm[0] = o->pixel_mm;
    grid->spacing_mm[1] = o->pixel_mm;
    grid->spacing_mm[2] = o->slice_mm;
    for (int a = 0; a < 3; a++) {
        double extent_mm = grid->direction[a][2] != 0 ? o->length_mm : view_mm;
        grid->size[a] = count_along(extent_mm, grid->spacing_mm[a]);
    }
    if (o->feet_first) {
        flip(grid->direction[0]);
        flip(grid->direction[2]);
    }
    if (o->prone) {
        flip(grid->direction[0]);
        flip(grid->direction[1]);
    }
    const double middle_mm[3] = {OSI_VIEW_X_MM, OSI_VIEW_Y_MM, o->centre_z_mm};
    for (int c = 0; c < 3; c++) {
        grid->origin_mm[c] = middle_mm[c];
        for (int a = 0; a < 3; a++)
            grid->origin_mm[c] -=
                grid->direction[a][c] * grid->spacing_mm[a] * ((double) grid->size[a] - 1) / 2;
    }
}

static void describe(osarc_phantom *phantom)
{
    const osarc_phantom_options *o = &phantom->options;
    osarc_acquisition *a = &phantom->acquisition;
    osarc_acquisition_init(a);
    snprintf(a->patient_id, sizeof(a->patient_id), "PHANTOM-%s-%" PRIu64, phantom->kind->name,
             o->seed);
    snprintf(a->modality, sizeof(a->modality), "CT");
    snprintf(a->manufacturer, sizeof(a->manufacturer), "osarc");
    snprintf(a->model, sizeof(a->model), "synthetic %s", phantom->kind->name);
    snprintf(a->kernel, sizeof(a->kernel), "SYNTHETIC");
    snprintf(a->patient_position, sizeof(a->patient_position), "%cF%c", o->feet_first ? 'F' : 'H',
             o->prone ? 'P' : 'S');
    a->contrast = o->contrast ? OSARC_CONTRAST_GIVEN : OSARC_CONTRAST_NONE;
    a->kvp = o->kvp;
    a->slice_thickness_mm = o->thickness_mm;
    a->tilt_deg = 0;
    a->reconstruction_diameter_mm = (double) o->matrix * o->pixel_mm;
    phantom->second_acquisition = *a;
    phantom->second_acquisition.kvp = o->second_kvp;
}

/* How far a solid along z, which may lean, reaches to the sides of the stack's middle. */
static void find_reach(double out_mm[2], const osi_solid *solid, double half_length_mm)
{
    double axes[3][3];
    osi_solid_axes(axes, solid);
    for (int c = 0; c < 2; c++) {
        double lean = fabs(axes[2][c] / axes[2][2]);
        out_mm[c] = hypot(axes[0][c] * solid->half_mm[0], axes[1][c] * solid->half_mm[1]) +
                    lean * half_length_mm;
    }
}

/* What the grid covers of z, and whether it holds the body across. */
static void find_extent(osarc_phantom *phantom, const osarc_grid *grid)
{
    double half_mm[3] = {0};
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 3; c++)
            half_mm[c] +=
                fabs(grid->direction[a][c]) * grid->spacing_mm[a] * (double) grid->size[a] / 2;
    phantom->low_z_mm = phantom->options.centre_z_mm - half_mm[2];
    phantom->high_z_mm = phantom->options.centre_z_mm + half_mm[2];
    phantom->whole = 1;
    for (size_t i = 0; i < phantom->scene.count; i++) {
        const osi_solid *solid = &phantom->scene.solids[i];
        if (solid->role != OSI_BODY || solid->parent != OSI_NO_PARENT)
            continue;
        double reach_mm[2];
        find_reach(reach_mm, solid, half_mm[2]);
        double x = fabs(solid->centre_mm[0] - OSI_VIEW_X_MM);
        double y = fabs(solid->centre_mm[1] - OSI_VIEW_Y_MM);
        double wide = fmax(reach_mm[0], reach_mm[1]);
        if (x + reach_mm[0] > half_mm[0] || y + reach_mm[1] > half_mm[1] ||
            (phantom->options.circle_padding && hypot(x, y) + wide > half_mm[0]))
            phantom->whole = 0;
    }
}

static osarc_status build(osarc_phantom *phantom, osarc_error *err)
{
    osarc_grid grid;
    make_grid(&grid, &phantom->options);
    size_t voxels = osarc_grid_count(&grid);
    if (voxels == 0 || voxels > MAX_VOXELS)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "%zu x %zu x %zu voxels asked, at most %zu allowed in all", grid.size[0],
                        grid.size[1], grid.size[2], MAX_VOXELS);
    const osarc_phantom_options *o = &phantom->options;
    osarc_status status = osarc_image_create(&phantom->image, &grid, OSARC_UNIT_HU, 1, 0, err);
    if (!status)
        status = osarc_mask_create(&phantom->tissue, &grid, err);
    if (!status && (phantom->kind->build || phantom->kind->paint))
        status = osarc_mask_create(&phantom->structures, &grid, err);
    if (!status && o->second_kvp > 0)
        status = osarc_image_create(&phantom->second_image, &grid, OSARC_UNIT_HU, 1, 0, err);
    if (status)
        return status;
    osi_scene_make(&phantom->scene, phantom->kind, o);
    find_extent(phantom, &grid);
    osi_canvas canvas = {
        phantom->image,         phantom->tissue, phantom->structures, phantom->covered_mm3, 0,
        phantom->kind->is_exact};
    status = osi_scene_draw(&canvas, &phantom->scene, o, err);
    if (!status && phantom->second_image) {
        osi_canvas second = {phantom->second_image, NULL, NULL, NULL, 1, phantom->kind->is_exact};
        status = osi_scene_draw(&second, &phantom->scene, o, err);
    }
    if (!status && phantom->kind->paint)
        status = phantom->kind->paint(phantom, err);
    if (status)
        return status;
    describe(phantom);
    osi_phantom_find_truths(phantom);
    return OSARC_OK;
}

osarc_status osarc_phantom_create(osarc_phantom **out, const char *kind,
                                  const osarc_phantom_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!kind)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no kind of phantom given");
    const osi_kind *found = find_kind(kind);
    if (!found)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "no phantom \"%.40s\": abdomen, thigh, spine and hip are there, and of a "
                        "densitometer dxa-wedge, dxa-spine, dxa-hip and dxa-body",
                        kind);
    osarc_phantom_options filled = {0};
    if (options)
        filled = *options;
    osarc_status status = fill_defaults(&filled, found, err);
    if (status)
        return status;

    osarc_phantom *phantom = osi_alloc(1, sizeof(*phantom), err);
    if (!phantom)
        return OSARC_ERR_MEMORY;
    phantom->kind = found;
    phantom->options = filled;
    status = build(phantom, err);
    if (status) {
        osarc_phantom_free(phantom);
        return status;
    }
    *out = phantom;
    return OSARC_OK;
}

const char *osarc_phantom_kind(const osarc_phantom *phantom)
{
    return phantom->kind->name;
}

const osarc_phantom_options *osarc_phantom_settings(const osarc_phantom *phantom)
{
    return &phantom->options;
}

const osarc_image *osarc_phantom_image(const osarc_phantom *phantom)
{
    return phantom->image;
}

const osarc_acquisition *osarc_phantom_acquisition(const osarc_phantom *phantom)
{
    return &phantom->acquisition;
}

const osarc_mask *osarc_phantom_tissue(const osarc_phantom *phantom)
{
    return phantom->tissue;
}

const osarc_mask *osarc_phantom_structures(const osarc_phantom *phantom)
{
    return phantom->structures;
}

const osarc_image *osarc_phantom_second_image(const osarc_phantom *phantom)
{
    return phantom->second_image;
}

const osarc_acquisition *osarc_phantom_second_acquisition(const osarc_phantom *phantom)
{
    return phantom->second_image ? &phantom->second_acquisition : NULL;
}

size_t osarc_phantom_level_count(const osarc_phantom *phantom)
{
    return phantom->scene.level_count;
}

const osarc_phantom_level *osarc_phantom_level_at(const osarc_phantom *phantom, size_t index)
{
    return index < phantom->scene.level_count ? &phantom->scene.levels[index] : NULL;
}

size_t osarc_phantom_femur_count(const osarc_phantom *phantom)
{
    return phantom->femur_count;
}

const osarc_phantom_femur *osarc_phantom_femur_at(const osarc_phantom *phantom, size_t index)
{
    return index < phantom->femur_count ? &phantom->femurs[index] : NULL;
}

size_t osarc_phantom_rod_count(const osarc_phantom *phantom)
{
    return phantom->scene.rod_count;
}

const osarc_phantom_rod *osarc_phantom_rod_at(const osarc_phantom *phantom, size_t index)
{
    return index < phantom->scene.rod_count ? &phantom->scene.rods[index] : NULL;
}

osarc_phantom_scale osarc_phantom_scale_of(const osarc_phantom *phantom, int second)
{
    const osarc_phantom_options *o = &phantom->options;
    double energies_kev[2];
    osi_scene_energies_kev(energies_kev, o);
    double energy_kev = energies_kev[second != 0];
    osarc_phantom_scale scale = {NAN, NAN, NAN, NAN};
    if (!(energy_kev > 0))
        return scale;
    scale.kvp = second ? o->second_kvp : o->kvp;
    scale.effective_kev = energy_kev;
    scale.hu_per_k2hpo4_mg_cm3 = osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, energy_kev);
    scale.hu_per_ha_mg_cm3 = osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_HYDROXYAPATITE, energy_kev);
    return scale;
}

size_t osarc_phantom_truth_count(const osarc_phantom *phantom)
{
    return phantom->truth_count;
}

const osarc_truth *osarc_phantom_truth(const osarc_phantom *phantom, size_t index)
{
    return index < phantom->truth_count ? &phantom->truths[index] : NULL;
}

void osarc_phantom_free(osarc_phantom *phantom)
{
    if (!phantom)
        return;
    osarc_image_free(phantom->image);
    osarc_image_free(phantom->second_image);
    osarc_mask_free(phantom->tissue);
    osarc_mask_free(phantom->structures);
    osi_free(phantom);
}
