/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plane.h"

#include <osi/alloc.h>

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
