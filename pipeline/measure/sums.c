/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sums.h"

#include <string.h>

#include <osi/threads.h>

/* The labels of a row of voxels and of the four rows around it. At the edge of the grid a row
 * stands in for its missing neighbour: the end of the scan is no border of the tissue. */
typedef struct row_view {
    const int16_t *stored;
    const uint8_t *labels;
    const uint8_t *around[4];
    size_t size;
} row_view;

static size_t find_run_end(const uint8_t *labels, size_t from, size_t size)
{
    uint8_t label = labels[from];
    uint64_t eight = 0x0101010101010101u * label;
    size_t end = from + 1;
    for (uint64_t next; end + 8 <= size; end += 8) {
        memcpy(&next, labels + end, 8);
        if (next != eight)
            break;
    }
    while (end < size && labels[end] == label)
        end++;
    return end;
}

/* A run is at most 65535 voxels long, so that none of these can overflow 32 bits. */
static void add_run(osi_label_sum *sum, const row_view *row, size_t from, size_t to)
{
    const int16_t *stored = row->stored;
    uint32_t read = 0;
    int32_t total = 0;
    for (size_t i = from; i < to; i++) {
        int inside = stored[i] != OSARC_OUTSIDE;
        read += (uint32_t) inside;
        total += inside ? stored[i] : 0;
    }
    sum->voxels += to - from;
    sum->read_voxels += read;
    sum->sum += total;
}

static void add_core(osi_label_sum *sum, const row_view *row, size_t from, size_t to)
{
    const int16_t *stored = row->stored;
    const uint8_t *a = row->around[0];
    const uint8_t *b = row->around[1];
    const uint8_t *c = row->around[2];
    const uint8_t *d = row->around[3];
    uint8_t label = row->labels[from];
    uint32_t count = 0;
    int32_t total = 0;
    uint32_t square_low = 0; /* the square's two halves, each of 16 bits */
    uint32_t square_high = 0;
    from += from > 0;
    to -= to < row->size;
    for (size_t i = from; i < to; i++) {
        uint8_t other =
            (uint8_t) ((a[i] ^ label) | (b[i] ^ label) | (c[i] ^ label) | (d[i] ^ label));
        int core = other == 0 && stored[i] != OSARC_OUTSIDE;
        int32_t value = core ? stored[i] : 0;
        uint32_t square = (uint32_t) (value * value);
        count += (uint32_t) core;
        total += value;
        square_low += square & 0xffff;
        square_high += square >> 16;
    }
    sum->core_voxels += count;
    sum->core_sum += total;
    sum->core_square_sum += ((uint64_t) square_high << 16) + square_low;
}

static uint64_t count_skin(const row_view *row, size_t from, size_t to)
{
    uint32_t count = 0;
    for (size_t i = from; i < to; i++)
        count += (row->around[0][i] == 0) | (row->around[1][i] == 0) | (row->around[2][i] == 0) |
                 (row->around[3][i] == 0);
    return count;
}

/* The two voxels at the ends of a run, where they touch label 0 only along the row. */
static uint64_t count_skin_ends(const row_view *row, size_t from, size_t to)
{
    int at_start = from > 0 && row->labels[from - 1] == 0;
    int at_end = to < row->size && row->labels[to] == 0;
    uint64_t count = 0;
    if (at_start)
        count += count_skin(row, from, from + 1) == 0;
    if (at_end && !(at_start && to - from == 1))
        count += count_skin(row, to - 1, to) == 0;
    return count;
}

static void add_row(osi_label_sums *sums, const row_view *row)
{
    for (size_t from = 0, to; from < row->size; from = to) {
        to = find_run_end(row->labels, from, row->size);
        uint8_t label = row->labels[from];
        if (label == 0) {
            sums->label[0].voxels += to - from;
            continue;
        }
        add_run(&sums->label[label], row, from, to);
        add_core(&sums->label[label], row, from, to);
        sums->skin_voxels += count_skin(row, from, to) + count_skin_ends(row, from, to);
    }
}

static void add_sums(osi_label_sums *to, const osi_label_sums *from)
{
    for (size_t i = 0; i < 256; i++) {
        to->label[i].voxels += from->label[i].voxels;
        to->label[i].read_voxels += from->label[i].read_voxels;
        to->label[i].sum += from->label[i].sum;
        to->label[i].core_voxels += from->label[i].core_voxels;
        to->label[i].core_sum += from->label[i].core_sum;
        to->label[i].core_square_sum += from->label[i].core_square_sum;
    }
    to->skin_voxels += from->skin_voxels;
}

void osi_label_sums_read(osi_label_sums *out, const osarc_image *image, const osarc_mask *mask,
                         int threads)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const size_t nx = grid->size[0];
    const size_t ny = grid->size[1];
    const size_t nz = grid->size[2];
    const int16_t *stored = osarc_image_stored(image);
    const uint8_t *labels = osarc_mask_labels(mask);
    memset(out, 0, sizeof(*out));
#pragma omp parallel num_threads(osi_threads(threads))
    {
        osi_label_sums mine = {0};
#pragma omp for schedule(static)
        for (size_t r = 0; r < ny * nz; r++) {
            size_t j = r % ny;
            size_t k = r / ny;
            const uint8_t *here = labels + r * nx;
            row_view row = {.stored = stored + r * nx,
                            .labels = here,
                            .around = {j > 0 ? here - nx : here, j + 1 < ny ? here + nx : here,
                                       k > 0 ? here - nx * ny : here,
                                       k + 1 < nz ? here + nx * ny : here},
                            .size = nx};
            add_row(&mine, &row);
        }
#pragma omp critical(osi_label_sums)
        add_sums(out, &mine);
    }
}
