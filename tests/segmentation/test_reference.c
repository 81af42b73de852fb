/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/segmentation.h>
#include <osi/alloc.h>
#include <osi/distance.h>
#include <osi/file.h>
#include <osi/nifti.h>

/* Against the labels of another program on real scans: a reference, not the truth. */

static int read_bytes(uint8_t **bytes, size_t *size, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    osarc_error err = OSARC_ERROR_INIT;
    if (osi_file_read(bytes, size, path, (size_t) 1 << 30, &err) == OSARC_OK)
        return 1;
    printf("skipped: %s is not here\n", name);
    return 0;
}

static osarc_mask *segment_file(const char *name)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    if (!read_bytes(&bytes, &size, name))
        return NULL;
    osarc_image *image = NULL;
    osarc_mask *mask = NULL;
    EXPECT_OK(osi_nifti_read_image(&image, bytes, size, 0, &err));
    EXPECT_OK(osarc_segment_tissues(&mask, NULL, image, NULL, NULL, &err));
    osarc_image_free(image);
    osi_free(bytes);
    return mask;
}

static osarc_mask *read_labels(const char *name)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    osarc_mask *mask = NULL;
    cr_assert(read_bytes(&bytes, &size, name));
    EXPECT_OK(osi_nifti_read_mask(&mask, bytes, size, &err));
    osi_free(bytes);
    return mask;
}

Test(segmentation_reference, subcutaneous_fat_agrees_at_dice_095)
{
    osarc_mask *ours = segment_file("ct_slab_tissues_3mm/ct.nii.gz");
    if (!ours)
        return;
    osarc_mask *theirs = read_labels("ct_slab_tissues_3mm/subcutaneous_fat.nii.gz");
    size_t both = 0;
    size_t sum = 0;
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(ours)); i++) {
        int a = osarc_mask_labels(ours)[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT;
        int b = osarc_mask_labels(theirs)[i] != 0;
        both += a && b;
        sum += (size_t) (a + b);
    }
    double dice = 2 * (double) both / (double) sum;
    printf("subcutaneous fat: Dice %.4f\n", dice);
    cr_expect(ge(dbl, dice, 0.95));
    osarc_mask_free(ours);
    osarc_mask_free(theirs);
}

static int is_labelled_bone(uint8_t label)
{
    return (label >= 25 && label <= 50) || (label >= 75 && label <= 78);
}

static int is_rib(uint8_t label)
{
    return label >= 92 && label <= 117;
}

Test(segmentation_reference, bone_holds_the_labelled_bone_and_stays_within_a_voxel_of_it)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *ours = segment_file("ct_spine_pelvis_3mm/ct.nii.gz");
    if (!ours)
        return;
    osarc_mask *theirs = read_labels("ct_spine_pelvis_3mm/labels_total.nii.gz");
    const osarc_grid *grid = osarc_mask_grid(ours);
    size_t count = osarc_grid_count(grid);
    uint8_t *any = osi_alloc(count, 1, &err);
    float *mm = osi_alloc(count, sizeof(*mm), &err);
    cr_assert(any && mm);
    for (size_t i = 0; i < count; i++) {
        uint8_t label = osarc_mask_labels(theirs)[i];
        any[i] = is_labelled_bone(label) || is_rib(label);
    }
    EXPECT_OK(osi_distance_mm(mm, any, grid->size, grid->spacing_mm, 0, &err));
    size_t labelled = 0, held = 0, bone = 0, near = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t t = osarc_mask_labels(ours)[i];
        int is_bone = t == OSARC_TISSUE_COMPACT_BONE || t == OSARC_TISSUE_TRABECULAR_BONE ||
                      t == OSARC_TISSUE_METAL;
        int wanted = is_labelled_bone(osarc_mask_labels(theirs)[i]);
        labelled += (size_t) wanted;
        held += wanted && is_bone;
        bone += (size_t) is_bone;
        near += is_bone && mm[i] < 3 * 1.7321; /* faces, edges and corners of a 3 mm voxel */
    }
    double recall = (double) held / (double) labelled;
    double precision = (double) near / (double) bone;
    printf("bone: %.4f of the labelled is held, %.4f of ours lies within a voxel\n", recall,
           precision);
    cr_expect(ge(dbl, recall, 0.97));
    cr_expect(ge(dbl, precision, 0.95));
    osi_free(any);
    osi_free(mm);
    osarc_mask_free(ours);
    osarc_mask_free(theirs);
}
