/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>

#include "sums.h"

static osarc_image *image;
static osarc_mask *mask;
static osarc_grid grid;
static osi_label_sums sums;

static void make(size_t x, size_t y, size_t z)
{
    osarc_error err = OSARC_ERROR_INIT;
    grid = (osarc_grid){
        .size = {x, y, z}, .spacing_mm = {1, 1, 1}, .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
}

static void drop(void)
{
    osarc_image_free(image);
    osarc_mask_free(mask);
}

/* The definition in plain words, voxel by voxel. */
static void read_plainly(osi_label_sums *out)
{
    const uint8_t *label = osarc_mask_labels(mask);
    const int16_t *stored = osarc_image_stored(image);
    const long step[3] = {1, (long) grid.size[0], (long) (grid.size[0] * grid.size[1])};
    memset(out, 0, sizeof(*out));
    for (size_t n = 0; n < osarc_grid_count(&grid); n++) {
        size_t at[3] = {n % grid.size[0], n / grid.size[0] % grid.size[1],
                        n / (grid.size[0] * grid.size[1])};
        osi_label_sum *sum = &out->label[label[n]];
        int core = 1;
        int skin = 0;
        sum->voxels++;
        for (int axis = 0; axis < 3; axis++)
            for (int way = -1; way <= 1; way += 2) {
                if ((way < 0 && at[axis] == 0) || (way > 0 && at[axis] + 1 == grid.size[axis]))
                    continue;
                uint8_t other = label[(long) n + way * step[axis]];
                core &= other == label[n];
                skin |= other == 0;
            }
        if (label[n] == 0)
            continue;
        out->skin_voxels += (uint64_t) skin;
        if (stored[n] == OSARC_OUTSIDE)
            continue;
        sum->read_voxels++;
        sum->sum += stored[n];
        if (!core)
            continue;
        sum->core_voxels++;
        sum->core_sum += stored[n];
        sum->core_square_sum += (uint64_t) ((int64_t) stored[n] * stored[n]);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Blocks of labels, with single voxels strewn in and some voxels outside the field of view. */
static void fill_at_random(uint32_t seed)
{
    uint8_t *label = osarc_mask_fill(mask);
    int16_t *stored = osarc_image_fill(image);
    for (size_t n = 0; n < osarc_grid_count(&grid); n++) {
        size_t x = n % grid.size[0] / 9;
        size_t y = n / grid.size[0] % grid.size[1] / 4;
        label[n] = (uint8_t) ((x + y) % 4);
        if (next_random(&seed) % 50 == 0)
            label[n] = (uint8_t) (next_random(&seed) % 11);
        stored[n] = (int16_t) ((int) (next_random(&seed) % 65535) - 32767);
        if (next_random(&seed) % 40 == 0)
            stored[n] = OSARC_OUTSIDE;
    }
}

Test(measure_sums, agree_with_the_definition_voxel_by_voxel)
{
    static const size_t SIZES[][3] = {{37, 21, 9}, {1, 1, 1}, {64, 1, 1}, {1, 17, 5}, {9, 9, 1}};
    for (size_t s = 0; s < sizeof(SIZES) / sizeof(SIZES[0]); s++) {
        static osi_label_sums wanted;
        make(SIZES[s][0], SIZES[s][1], SIZES[s][2]);
        fill_at_random((uint32_t) s + 1);
        read_plainly(&wanted);
        osi_label_sums_read(&sums, image, mask, 2);
        cr_expect(eq(u64, sums.skin_voxels, wanted.skin_voxels));
        for (int l = 0; l < 256; l++)
            if (l > 0)
                cr_expect(
                    eq(int, memcmp(&sums.label[l], &wanted.label[l], sizeof(osi_label_sum)), 0));
        cr_expect(eq(u64, sums.label[0].voxels, wanted.label[0].voxels));
        drop();
    }
}

Test(measure_sums, are_the_same_for_any_number_of_threads)
{
    static osi_label_sums alone;
    make(50, 40, 30);
    fill_at_random(7);
    osi_label_sums_read(&alone, image, mask, 1);
    for (int threads = 2; threads <= 8; threads++) {
        osi_label_sums_read(&sums, image, mask, threads);
        cr_expect(eq(int, memcmp(&alone, &sums, sizeof(sums)), 0));
    }
    drop();
}

Test(measure_sums, hold_in_the_longest_row_of_the_largest_values)
{
    make(65535, 3, 3);
    memset(osarc_mask_fill(mask), 5, osarc_grid_count(&grid));
    for (size_t n = 0; n < osarc_grid_count(&grid); n++)
        osarc_image_fill(image)[n] = -32767;
    osi_label_sums_read(&sums, image, mask, 2);
    int64_t count = 65535 * 9;
    cr_expect(eq(i64, sums.label[5].sum, -32767 * count));
    cr_expect(eq(i64, sums.label[5].core_sum, -32767 * count));
    cr_expect(eq(u64, sums.label[5].core_square_sum, (uint64_t) (32767LL * 32767 * count)));
    drop();
}
