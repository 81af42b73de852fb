/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real label maps against themselves moved by one voxel: what must come out follows from counting.
 */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "overlap_help.h"

#define LABELS OSARC_REAL_DATA "/ct_spine_pelvis_3mm/labels_total.nii.gz"

static osarc_mask *read_labels(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    osarc_mask *mask;
    EXPECT_OK(osi_file_read(&bytes, &size, LABELS, 1 << 28, &err));
    EXPECT_OK(osi_nifti_read_mask(&mask, bytes, size, &err));
    osi_free(bytes);
    return mask;
}

static osarc_mask *move(const osarc_mask *mask, const size_t step[3])
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    const size_t *s = grid->size;
    osarc_mask *moved = new_mask(grid);
    for (size_t z = step[2]; z < s[2]; z++)
        for (size_t y = step[1]; y < s[1]; y++)
            for (size_t x = step[0]; x < s[0]; x++)
                osarc_mask_fill(moved)[(z * s[1] + y) * s[0] + x] = osarc_mask_labels(
                    mask)[((z - step[2]) * s[1] + y - step[1]) * s[0] + x - step[0]];
    return moved;
}

/* Voxels of a label, those that keep it after the move, and whether it lies clear of the edges. */
typedef struct counts {
    uint64_t all;
    uint64_t kept;
    int inside;
} counts;

static void count_labels(counts out[256], const osarc_mask *mask, const osarc_mask *moved)
{
    const size_t *s = osarc_mask_grid(mask)->size;
    memset(out, 0, 256 * sizeof(*out));
    for (int label = 0; label < 256; label++)
        out[label].inside = 1;
    size_t i = 0;
    for (size_t z = 0; z < s[2]; z++)
        for (size_t y = 0; y < s[1]; y++)
            for (size_t x = 0; x < s[0]; x++, i++) {
                uint8_t label = osarc_mask_labels(mask)[i];
                out[label].all++;
                out[label].kept += osarc_mask_labels(moved)[i] == label;
                if (x == 0 || y == 0 || z == 0 || x + 1 == s[0] || y + 1 == s[1] || z + 1 == s[2])
                    out[label].inside = 0;
            }
}

static void expect_moved(const osarc_overlap *overlap, const char *name, const counts wanted[256])
{
    int compared = 0;
    for (int label = 1; label < 256; label++) {
        char text[8];
        if (wanted[label].all == 0 || !wanted[label].inside)
            continue; /* at the edge the move cuts a part off */
        compared++;
        snprintf(text, sizeof(text), "%d", label);
        expect_value(find(overlap, name, text, "dice"),
                     (double) wanted[label].kept / (double) wanted[label].all);
        expect_value(find(overlap, name, text, "hd"), 3);
        expect_value(find(overlap, name, text, "centroid_distance"), 3);
        expect_value(find(overlap, name, text, "volume_difference"), 0);
        expect_value(find(overlap, name, text, "volume_test"), 27 * (double) wanted[label].all);
        cr_expect(le(dbl, find(overlap, name, text, "hd95")->value, 3.0));
        cr_expect(le(dbl, find(overlap, name, text, "assd")->value, 3.0));
    }
    cr_expect(gt(int, compared, 20));
}

Test(validate_overlap_real, labels_moved_by_one_voxel_of_3_mm_are_3_mm_off)
{
    osarc_error err = OSARC_ERROR_INIT;
    if (access(LABELS, R_OK) != 0) {
        puts("no real scans here: skipped");
        return;
    }
    static const size_t STEPS[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    osarc_mask *mask = read_labels();
    osarc_overlap *overlap = new_overlap(NULL);
    for (int axis = 0; axis < 3; axis++) {
        const char name[2] = {(char) ('x' + axis), '\0'};
        counts wanted[256];
        osarc_mask *moved = move(mask, STEPS[axis]);
        count_labels(wanted, mask, moved);
        EXPECT_OK(add(overlap, name, mask, moved, &err));
        expect_moved(overlap, name, wanted);
        osarc_mask_free(moved);
    }
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}

Test(validate_overlap_real, labels_against_themselves_agree_in_everything)
{
    osarc_error err = OSARC_ERROR_INIT;
    if (access(LABELS, R_OK) != 0) {
        puts("no real scans here: skipped");
        return;
    }
    osarc_mask *mask = read_labels();
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "same", mask, mask, &err));
    for (size_t i = 0; i < osarc_overlap_count(overlap); i++) {
        const osarc_overlap_row *row = osarc_overlap_at(overlap, i);
        cr_assert(eq(int, row->quality, OSARC_QUALITY_OK));
        if (!strcmp(row->unit, "1"))
            cr_expect(eq(dbl, row->value, 1.0));
        else if (!strcmp(row->unit, "mm"))
            cr_expect(eq(dbl, row->value, 0.0));
    }
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}
