/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plane.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/threads.h>

typedef struct stack {
    uint32_t *items;
    size_t count;
    size_t room;
} stack;

static int push(stack *s, uint32_t item)
{
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 4096;
        uint32_t *items = osi_realloc(s->items, room, sizeof(*items), NULL);
        if (!items)
            return 1;
        s->items = items;
        s->room = room;
    }
    s->items[s->count++] = item;
    return 0;
}

/* Fills the free run through (x, y) and pushes one seed for each free run above and below it. */
static int fill_run(stack *s, uint8_t *open, const uint8_t *wall, size_t width, size_t height,
                    uint32_t seed)
{
    size_t y = seed / width;
    size_t left = seed % width;
    size_t row = y * width;
    if (open[seed] || wall[seed])
        return 0;
    size_t right = left;
    while (left > 0 && !wall[row + left - 1] && !open[row + left - 1])
        left--;
    while (right + 1 < width && !wall[row + right + 1] && !open[row + right + 1])
        right++;
    for (size_t x = left; x <= right; x++)
        open[row + x] = 1;
    for (int side = 0; side < 2; side++) {
        if (side == 0 ? y == 0 : y + 1 == height)
            continue;
        size_t other = side == 0 ? row - width : row + width;
        int inside = 0;
        for (size_t x = left; x <= right; x++) {
            int is_free = !wall[other + x] && !open[other + x];
            if (is_free && !inside && push(s, (uint32_t) (other + x)))
                return 1;
            inside = is_free;
        }
    }
    return 0;
}

int plane_flood(uint8_t *open, const uint8_t *wall, size_t width, size_t height)
{
    stack s = {0};
    int failed = 0;
    for (size_t x = 0; x < width && !failed; x++)
        failed = push(&s, (uint32_t) x) || push(&s, (uint32_t) ((height - 1) * width + x));
    for (size_t y = 0; y < height && !failed; y++)
        failed = push(&s, (uint32_t) (y * width)) || push(&s, (uint32_t) (y * width + width - 1));
    while (s.count && !failed)
        failed = fill_run(&s, open, wall, width, height, s.items[--s.count]);
    osi_free(s.items);
    return failed;
}

/* A disc as half widths of its rows, in voxels; half[0] is its middle row. */
typedef struct disc {
    size_t rows;
    size_t *half;
} disc;

static int make_disc(disc *d, const double mm[2], double radius_mm, size_t most_rows)
{
    double r = radius_mm * (1 + 1e-6); /* a distance of exactly the radius is within it */
    d->rows = (size_t) fmin(floor(r / mm[1]), (double) most_rows);
    d->half = osi_alloc(d->rows + 1, sizeof(*d->half), NULL);
    for (size_t v = 0; d->half && v <= d->rows; v++) {
        double up = (double) v * mm[1];
        d->half[v] = (size_t) floor(sqrt(fmax(0, r * r - up * up)) / mm[0]);
    }
    return d->half != NULL;
}

static void add_bytes(uint8_t *restrict to, const uint8_t *restrict from, size_t count)
{
    for (size_t x = 0; x < count; x++)
        to[x] |= from[x];
}

/* Each row, ever wider, goes to the rows that the disc's rows of that width reach. */
static void near_plane(uint8_t *near, uint8_t *wide, const uint8_t *set, size_t width,
                       size_t height, const disc *d)
{
    memset(near, 0, width * height);
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = set + y * width;
        if (!memchr(row, 1, width))
            continue;
        memcpy(wide, row, width);
        size_t half = 0;
        for (size_t v = d->rows + 1; v-- > 0;) {
            for (; half < d->half[v] && half + 1 < width; half++) {
                add_bytes(wide, row + half + 1, width - half - 1);
                add_bytes(wide + half + 1, row, width - half - 1);
            }
            if (v <= y)
                add_bytes(near + (y - v) * width, wide, width);
            if (v > 0 && y + v < height)
                add_bytes(near + (y + v) * width, wide, width);
        }
    }
}

int plane_near(uint8_t *near, const uint8_t *set, const size_t size[3], const double mm[2],
               double radius_mm, int threads)
{
    disc d = {0};
    size_t area = size[0] * size[1];
    int failed = !make_disc(&d, mm, radius_mm, size[1]);
    if (failed)
        return 1;
#pragma omp parallel num_threads(osi_threads(threads)) reduction(| : failed)
    {
        uint8_t *wide = osi_alloc_raw(size[0], 1, NULL);
        failed |= !wide;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < size[2]; k++)
            if (wide)
                near_plane(near + k * area, wide, set + k * area, size[0], size[1], &d);
        osi_free(wide);
    }
    osi_free(d.half);
    return failed;
}
