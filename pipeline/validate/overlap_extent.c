/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlap_measure.h"

#include <string.h>

#include <osi/threads.h>

static void start_extents(osi_extent out[256])
{
    for (size_t label = 0; label < 256; label++)
        out[label] = (osi_extent){.low = {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
}

static void add_run(osi_extent *e, const size_t low[3], size_t length)
{
    for (int axis = 0; axis < 3; axis++) {
        size_t high = low[axis] + (axis == 0 ? length : 1);
        e->low[axis] = low[axis] < e->low[axis] ? low[axis] : e->low[axis];
        e->high[axis] = high > e->high[axis] ? high : e->high[axis];
    }
    e->count += length;
}

/* Eight voxels at a time: label maps are mostly long runs. */
static size_t run_end(const uint8_t *row, size_t from, size_t count)
{
    uint64_t same = 0x0101010101010101u * (uint64_t) row[from];
    size_t x = from + 1;
    while (x + 8 <= count) {
        uint64_t eight;
        memcpy(&eight, row + x, 8);
        if (eight != same)
            break;
        x += 8;
    }
    while (x < count && row[x] == row[from])
        x++;
    return x;
}

osi_extent osi_extent_join(const osi_extent *a, const osi_extent *b)
{
    osi_extent joined = *a;
    for (int axis = 0; axis < 3; axis++) {
        joined.low[axis] = b->low[axis] < a->low[axis] ? b->low[axis] : a->low[axis];
        joined.high[axis] = b->high[axis] > a->high[axis] ? b->high[axis] : a->high[axis];
    }
    joined.count = a->count + b->count;
    return joined;
}

void osi_label_extents(osi_extent out[256], const uint8_t *labels, const size_t size[3],
                       int threads)
{
    start_extents(out);
#pragma omp parallel num_threads(osi_threads(threads))
    {
        osi_extent own[256];
        start_extents(own);
#pragma omp for schedule(static)
        for (size_t z = 0; z < size[2]; z++)
            for (size_t y = 0; y < size[1]; y++) {
                const uint8_t *row = labels + (z * size[1] + y) * size[0];
                for (size_t x = 0; x < size[0];) {
                    size_t end = run_end(row, x, size[0]);
                    add_run(&own[row[x]], (const size_t[3]){x, y, z}, end - x);
                    x = end;
                }
            }
#pragma omp critical(osi_label_extents)
        for (size_t label = 0; label < 256; label++)
            out[label] = osi_extent_join(&out[label], &own[label]);
    }
}
