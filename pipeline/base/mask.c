/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/mask.h>

#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/grid.h>

struct osarc_mask {
    osarc_grid grid;
    uint8_t *labels;
};

static const osarc_label TISSUES[OSARC_TISSUE_COUNT] = {
    {OSARC_TISSUE_OUTSIDE, "outside"},
    {OSARC_TISSUE_SUBCUTANEOUS_FAT, "subcutaneous_fat"},
    {OSARC_TISSUE_VISCERAL_FAT, "visceral_fat"},
    {OSARC_TISSUE_MUSCLE, "skeletal_muscle"},
    {OSARC_TISSUE_INTERMUSCULAR_FAT, "intermuscular_fat"},
    {OSARC_TISSUE_SOFT, "other_soft_tissue"},
    {OSARC_TISSUE_COMPACT_BONE, "compact_bone"},
    {OSARC_TISSUE_TRABECULAR_BONE, "trabecular_bone_and_marrow"},
    {OSARC_TISSUE_GAS, "gas"},
    {OSARC_TISSUE_METAL, "metal"},
    {OSARC_TISSUE_PHANTOM, "phantom"},
};

/* TotalSegmentator v2, task "total": the numbers a user's viewer already knows. */
static const osarc_label STRUCTURES[] = {
    {25, "sacrum"},        {26, "vertebrae_S1"},  {27, "vertebrae_L5"}, {28, "vertebrae_L4"},
    {29, "vertebrae_L3"},  {30, "vertebrae_L2"},  {31, "vertebrae_L1"}, {32, "vertebrae_T12"},
    {33, "vertebrae_T11"}, {34, "vertebrae_T10"}, {35, "vertebrae_T9"}, {36, "vertebrae_T8"},
    {37, "vertebrae_T7"},  {38, "vertebrae_T6"},  {39, "vertebrae_T5"}, {40, "vertebrae_T4"},
    {41, "vertebrae_T3"},  {42, "vertebrae_T2"},  {43, "vertebrae_T1"}, {75, "femur_left"},
    {76, "femur_right"},   {77, "hip_left"},      {78, "hip_right"},
};

const osarc_label *osarc_tissue_labels(size_t *count_out)
{
    *count_out = OSARC_TISSUE_COUNT;
    return TISSUES;
}

const osarc_label *osarc_structure_labels(size_t *count_out)
{
    *count_out = sizeof(STRUCTURES) / sizeof(STRUCTURES[0]);
    return STRUCTURES;
}

osarc_status osarc_mask_create(osarc_mask **out, const osarc_grid *grid, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!grid)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "mask needs a grid");
    osarc_status status = osi_grid_check(grid, err);
    if (status)
        return status;
    osarc_mask *mask = osi_alloc(1, sizeof(*mask), err);
    if (!mask)
        return OSARC_ERR_MEMORY;
    mask->grid = *grid;
    mask->labels = osi_alloc(osarc_grid_count(grid), 1, err);
    if (!mask->labels) {
        osi_free(mask);
        return OSARC_ERR_MEMORY;
    }
    *out = mask;
    return OSARC_OK;
}

const osarc_grid *osarc_mask_grid(const osarc_mask *mask)
{
    return &mask->grid;
}

const uint8_t *osarc_mask_labels(const osarc_mask *mask)
{
    return mask->labels;
}

uint8_t *osarc_mask_fill(osarc_mask *mask)
{
    return mask->labels;
}

void osarc_mask_counts(const osarc_mask *mask, uint64_t counts_out[256])
{
    /* four tables: neighbouring equal labels would otherwise wait on one counter */
    uint64_t parts[4][256];
    memset(parts, 0, sizeof(parts));
    size_t count = osarc_grid_count(&mask->grid);
    for (size_t i = 0; i < count; i++)
        parts[i & 3][mask->labels[i]]++;
    for (size_t label = 0; label < 256; label++)
        counts_out[label] = parts[0][label] + parts[1][label] + parts[2][label] + parts[3][label];
}

void osarc_mask_free(osarc_mask *mask)
{
    if (!mask)
        return;
    osi_free(mask->labels);
    osi_free(mask);
}
