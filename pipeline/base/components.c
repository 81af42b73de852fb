/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/components.h>

#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/row.h>

/* A row's stretch of set voxels, [begin, end), and the run that stands for its component. */
typedef struct run {
    uint32_t begin;
    uint32_t end;
    uint32_t parent;
} run;

typedef struct run_list {
    run *runs;
    size_t count;
    size_t room;
} run_list;

static size_t find_clear(const uint8_t *row, size_t from, size_t count)
{
    const uint8_t *clear = memchr(row + from, 0, count - from);
    return clear ? (size_t) (clear - row) : count;
}

static uint32_t find_root(run *runs, uint32_t at)
{
    while (runs[at].parent != at) {
        runs[at].parent = runs[runs[at].parent].parent;
        at = runs[at].parent;
    }
    return at;
}

/* The earlier run becomes the root, so that roots come in memory order. */
static void unite(run *runs, uint32_t a, uint32_t b)
{
    a = find_root(runs, a);
    b = find_root(runs, b);
    if (a < b)
        runs[b].parent = a;
    else
        runs[a].parent = b;
}

/* Joins the runs of two neighbouring rows where they overlap. */
static void unite_rows(run *runs, size_t a, size_t a_end, size_t b, size_t b_end)
{
    while (a < a_end && b < b_end) {
        if (runs[a].begin < runs[b].end && runs[b].begin < runs[a].end)
            unite(runs, (uint32_t) a, (uint32_t) b);
        if (runs[a].end < runs[b].end)
            a++;
        else
            b++;
    }
}

static osarc_status add_row(run_list *list, const uint8_t *row, size_t count, osarc_error *err)
{
    for (size_t x = osi_find_set(row, 0, count); x < count;) {
        size_t end = find_clear(row, x, count);
        if (list->count == list->room) {
            size_t room = list->room ? 2 * list->room : 4096;
            run *grown = osi_realloc(list->runs, room, sizeof(run), err);
            if (!grown)
                return OSARC_ERR_MEMORY;
            list->runs = grown;
            list->room = room;
        }
        if (list->count >= UINT32_MAX - 1)
            return osi_fail(err, OSARC_ERR_MEMORY, "more than %u runs of voxels", UINT32_MAX - 1);
        list->runs[list->count] = (run){(uint32_t) x, (uint32_t) end, (uint32_t) list->count};
        list->count++;
        x = osi_find_set(row, end, count);
    }
    return OSARC_OK;
}

static osarc_status connect(run_list *list, size_t *first, const uint8_t *set, const size_t size[3],
                            osarc_error *err)
{
    size_t rows = size[1] * size[2];
    for (size_t r = 0; r < rows; r++) {
        first[r] = list->count;
        osarc_status status = add_row(list, set + r * size[0], size[0], err);
        if (status)
            return status;
        if (r % size[1] > 0)
            unite_rows(list->runs, first[r - 1], first[r], first[r], list->count);
        if (r >= size[1])
            unite_rows(list->runs, first[r - size[1]], first[r - size[1] + 1], first[r],
                       list->count);
    }
    first[rows] = list->count;
    return OSARC_OK;
}

/* Roots become numbers from 1; every parent is turned into the number of its run. */
static uint32_t number_runs(run_list *list)
{
    uint32_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t parent = list->runs[i].parent;
        /* parents come earlier and hold their number already */
        list->runs[i].parent = parent == i ? ++count : list->runs[parent].parent;
    }
    return count;
}

static void paint(uint32_t *out, size_t *sizes, const run_list *list, const size_t *first,
                  const size_t size[3])
{
    size_t rows = size[1] * size[2];
    size_t rest = size[0] * rows;
    for (size_t r = 0; r < rows; r++) {
        uint32_t *row = out + r * size[0];
        size_t x = 0;
        for (size_t i = first[r]; i < first[r + 1]; i++) {
            const run *one = &list->runs[i];
            memset(row + x, 0, (one->begin - x) * sizeof(*row));
            for (x = one->begin; x < one->end; x++)
                row[x] = one->parent;
            sizes[one->parent] += one->end - one->begin;
            rest -= one->end - one->begin;
        }
        memset(row + x, 0, (size[0] - x) * sizeof(*row));
    }
    sizes[0] = rest;
}

osarc_status osi_components(uint32_t *out, uint32_t *count_out, size_t **sizes_out,
                            const uint8_t *set, const size_t size[3], osarc_error *err)
{
    if (!out || !count_out || !sizes_out || !set || !size)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "components need voxels and a size");
    *count_out = 0;
    *sizes_out = NULL;
    size_t rows;
    size_t voxels;
    if (size[0] < 1 || size[1] < 1 || size[2] < 1 || size[0] > UINT32_MAX ||
        __builtin_mul_overflow(size[1], size[2], &rows) ||
        __builtin_mul_overflow(size[0], rows, &voxels))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "components of %zu x %zu x %zu voxels", size[0],
                        size[1], size[2]);

    run_list list = {0};
    size_t *first = osi_alloc_raw(rows + 1, sizeof(*first), err);
    osarc_status status = first ? connect(&list, first, set, size, err) : OSARC_ERR_MEMORY;
    if (!status) {
        uint32_t count = number_runs(&list);
        size_t *sizes = osi_alloc((size_t) count + 1, sizeof(*sizes), err);
        if (sizes) {
            paint(out, sizes, &list, first, size);
            *count_out = count;
            *sizes_out = sizes;
        } else {
            status = OSARC_ERR_MEMORY;
        }
    }
    osi_free(list.runs);
    osi_free(first);
    return status;
}
