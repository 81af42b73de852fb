/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

static osarc_error err = OSARC_ERROR_INIT;

static void find(spine_scene *scene)
{
    EXPECT_OK(osarc_segment_tissues(&scene->tissue, NULL, scene->image, NULL, NULL, &err));
    EXPECT_OK(osarc_spine_find(&scene->spine, scene->image, scene->tissue, NULL, NULL, &err));
    cr_assert(scene->spine != NULL);
}

spine_scene scene_make(osarc_phantom_options options)
{
    spine_scene scene = {0};
    EXPECT_OK(osarc_phantom_create(&scene.phantom, "spine", &options, &err));
    scene.image = osarc_phantom_image(scene.phantom);
    find(&scene);
    return scene;
}

spine_scene scene_of(osarc_image *image)
{
    spine_scene scene = {.own_image = image, .image = image};
    find(&scene);
    return scene;
}

static int read_bytes(uint8_t **bytes, size_t *size, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    if (osi_file_read(bytes, size, path, (size_t) 1 << 30, &err) == OSARC_OK)
        return 1;
    printf("skipped: %s is not here\n", name);
    return 0;
}

/* The slices of an image, in a new one. */
static osarc_image *cut(const osarc_image *image, size_t first, size_t last)
{
    osarc_grid grid = *osarc_image_grid(image);
    size_t plane = grid.size[0] * grid.size[1];
    last = last < grid.size[2] ? last : grid.size[2] - 1;
    for (int a = 0; a < 3; a++)
        grid.origin_mm[a] += (double) first * grid.spacing_mm[2] * grid.direction[2][a];
    grid.size[2] = last - first + 1;
    osarc_image *out = NULL;
    EXPECT_OK(osarc_image_create(&out, &grid, OSARC_UNIT_HU, osarc_image_step(image),
                                 osarc_image_offset(image), &err));
    memcpy(osarc_image_fill(out), osarc_image_stored(image) + first * plane,
           grid.size[2] * plane * sizeof(int16_t));
    return out;
}

spine_scene scene_read(const char *name, size_t first, size_t last)
{
    uint8_t *bytes;
    size_t size;
    osarc_image *image = NULL;
    if (!read_bytes(&bytes, &size, name))
        return (spine_scene){0};
    EXPECT_OK(osi_nifti_read_image(&image, bytes, size, 0, &err));
    osi_free(bytes);
    osarc_image *part = cut(image, first, last);
    osarc_image_free(image);
    return scene_of(part);
}

osarc_mask *scene_labels(const char *name)
{
    uint8_t *bytes;
    size_t size;
    osarc_mask *mask = NULL;
    cr_assert(read_bytes(&bytes, &size, name));
    EXPECT_OK(osi_nifti_read_mask(&mask, bytes, size, &err));
    osi_free(bytes);
    return mask;
}

void scene_free(spine_scene *scene)
{
    osarc_spine_free(scene->spine);
    osarc_mask_free(scene->tissue);
    osarc_image_free(scene->own_image);
    osarc_phantom_free(scene->phantom);
    memset(scene, 0, sizeof(*scene));
}

const osarc_vertebra *scene_level(const spine_scene *scene, const char *name, size_t *index_out)
{
    for (size_t i = 0; i < osarc_spine_count(scene->spine); i++) {
        const osarc_vertebra *v = osarc_spine_at(scene->spine, i);
        if (strcmp(osarc_vertebra_name(v->label), name) != 0)
            continue;
        if (index_out)
            *index_out = i;
        return v;
    }
    return NULL;
}

double scene_hu(const spine_scene *scene, const char *name)
{
    size_t index;
    size_t *voxels = NULL;
    size_t count = 0;
    if (!scene_level(scene, name, &index) ||
        osarc_spine_trabecular(&voxels, &count, scene->spine, index, NULL, &err) != OSARC_OK)
        return NAN;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += osarc_image_value(scene->image, voxels[i]);
    osarc_voxels_free(voxels);
    return sum / (double) count;
}

const osarc_phantom_level *scene_truth(const spine_scene *scene, const char *name)
{
    for (size_t i = 0; i < osarc_phantom_level_count(scene->phantom); i++)
        if (strcmp(osarc_phantom_level_at(scene->phantom, i)->name, name) == 0)
            return osarc_phantom_level_at(scene->phantom, i);
    return NULL;
}

double scene_distance(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}
