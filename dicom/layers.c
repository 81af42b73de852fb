/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers of labels on one grid: labels that overlap lie in different ones. */
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "label_file.h"

/* Bytes of all layers of one file: a few hostile numbers must not ask for all memory there is. */
#define LAYERS_LIMIT ((size_t) 1 << 31)

static osarc_status add_layer(osarc_label_file *file, osarc_error *err)
{
    size_t bytes;
    if (__builtin_mul_overflow(file->layer_count + 1, osarc_grid_count(&file->grid), &bytes) ||
        bytes > LAYERS_LIMIT)
        return osi_fail(err, OSARC_ERR_MEMORY, "over %zu MiB of labels", LAYERS_LIMIT >> 20);
    osarc_mask **grown =
        osi_realloc(file->layers, file->layer_count + 1, sizeof(osarc_mask *), err);
    if (!grown)
        return OSARC_ERR_MEMORY;
    file->layers = grown;
    osarc_status status = osarc_mask_create(&grown[file->layer_count], &file->grid, err);
    if (!status)
        file->layer_count++;
    return status;
}

/* 1 when another label is in the way; what was written until then stays. */
static int put_plane(osarc_mask *layer, uint8_t label, const osi_plane *plane)
{
    const size_t *size = osarc_mask_grid(layer)->size;
    uint8_t *slice = osarc_mask_fill(layer) + plane->slice * size[0] * size[1];
    for (size_t y = 0; y < size[1]; y++)
        for (size_t x = 0; x < size[0]; x++) {
            if (!plane->bytes[y * plane->stride + x])
                continue;
            uint8_t *voxel = &slice[y * size[0] + x];
            if (*voxel != 0 && *voxel != label)
                return 1;
            *voxel = label;
        }
    return 0;
}

static void take_back(osarc_mask *layer, uint8_t label)
{
    uint8_t *labels = osarc_mask_fill(layer);
    size_t count = osarc_grid_count(osarc_mask_grid(layer));
    for (size_t i = 0; i < count; i++)
        if (labels[i] == label)
            labels[i] = 0;
}

osarc_status osi_layers_add(osarc_label_file *file, uint8_t label, osi_plane_source source,
                            void *payload, size_t count, osarc_error *err)
{
    for (size_t l = 0;; l++) {
        osarc_status status = l < file->layer_count ? OSARC_OK : add_layer(file, err);
        int met = 0;
        for (size_t i = 0; !status && !met && i < count; i++) {
            osi_plane plane;
            status = source(&plane, payload, i, err);
            if (!status)
                met = put_plane(file->layers[l], label, &plane);
        }
        if (status || !met)
            return status;
        take_back(file->layers[l], label);
    }
}

osarc_status osi_layers_name(osarc_label_file *file, const osi_named *names, size_t count,
                             osarc_error *err)
{
    int seen[256] = {0};
    for (size_t i = 0; i < count; i++) {
        if (names[i].number < 1 || names[i].number > 255)
            return osi_fail(err, OSARC_ERR_UNSUPPORTED, "label number %ld, 1 to 255 allowed",
                            names[i].number);
        if (seen[names[i].number]++)
            return osi_fail(err, OSARC_ERR_FORMAT, "label number %ld is described twice",
                            names[i].number);
    }
    file->names = osi_alloc(count, sizeof(*file->names), err);
    file->texts = osi_alloc(count, sizeof(*file->texts), err);
    file->codes = osi_alloc(count, sizeof(*file->codes), err);
    if (!file->names || !file->texts || !file->codes)
        return OSARC_ERR_MEMORY;
    for (long number = 1; number < 256; number++)
        for (size_t i = 0; seen[number] && i < count; i++) {
            if (names[i].number != number)
                continue;
            size_t n = file->name_count++;
            memcpy(file->texts[n], names[i].name, OSARC_TEXT_SIZE);
            memcpy(file->codes[n], names[i].code, OSI_CODE_SIZE);
            file->names[n] = (osarc_label){(uint8_t) number, file->texts[n]};
        }
    return OSARC_OK;
}

osarc_label_format osarc_label_file_format(const osarc_label_file *file)
{
    return file->format;
}

const char *osarc_label_file_frame_of_reference(const osarc_label_file *file)
{
    return file->frame_of_reference_uid;
}

const osarc_mask *const *osarc_label_file_layers(const osarc_label_file *file, size_t *count_out)
{
    *count_out = file->layer_count;
    return (const osarc_mask *const *) file->layers;
}

const osarc_label *osarc_label_file_names(const osarc_label_file *file, size_t *count_out)
{
    *count_out = file->name_count;
    return file->names;
}

const char *osarc_label_file_code(const osarc_label_file *file, uint8_t number)
{
    for (size_t i = 0; i < file->name_count; i++)
        if (file->names[i].number == number)
            return file->codes[i];
    return "";
}

void osarc_label_file_free(osarc_label_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->layer_count; i++)
        osarc_mask_free(file->layers[i]);
    osi_free(file->layers);
    osi_free(file->names);
    osi_free(file->codes);
    osi_free(file->texts);
    osi_free(file);
}
