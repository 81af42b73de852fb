/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/distance.h>

#include <math.h>
#include <omp.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/row.h>
#include <osi/threads.h>
#include <osi/wide.h>

/*
 * Squared distances axis by axis. The first axis is a scan of each row for its nearest set voxel.
 * On the others each voxel of a line is the apex of a parabola and the answer is the lower
 * envelope (Meijster, Roerdink, Hesselink 2000; Felzenszwalb, Huttenlocher 2012). With a short
 * reach the envelope is the minimum over a window, which runs on whole rows at once.
 */

/* columns worked on together: one block of a 600-row line stays in the second-level cache */
#define BLOCK 32

/* window of rows up to which trying them all is faster than the envelope */
#define MAX_WINDOW 24

/* A line is a column of the block: element i at values[i * BLOCK]. */
typedef struct line_job {
    size_t count;
    double squared_mm2; /* spacing squared */
    size_t window;      /* rows to each side; 0: no limit, use the envelope */
    float cap_mm2;
} line_job;

/* A part of the envelope: value + ((y - apex) spacing)^2, lowest from `from` on. */
typedef struct parabola {
    double apex;
    double value;
    double from;
    size_t at; /* apex as an index */
} parabola;

/* What one thread needs for lines of up to `longest` elements. */
typedef struct workspace {
    float *block;       /* longest x BLOCK: values of the line block */
    float *result;      /* longest x BLOCK */
    double *half;       /* half[d] = 1 / (2 d spacing^2) for d >= 1 */
    float *square;      /* square[d] = (d spacing)^2 */
    float *line;        /* one column of block */
    float *answer;      /* one column of result */
    parabola *stack;    /* the envelope so far */
    uint32_t *begins;   /* envelope: parts that begin at each element */
    uint8_t *row_state; /* of each row of the block */
} workspace;

enum {
    ROW_NONE = 0,
    ROW_SOME = 1,
    ROW_ZERO = 2
};

static void free_workspace(workspace *w)
{
    osi_free(w->block);
    osi_free(w->result);
    osi_free(w->half);
    osi_free(w->square);
    osi_free(w->line);
    osi_free(w->answer);
    osi_free(w->stack);
    osi_free(w->begins);
    osi_free(w->row_state);
}

static int fill_workspace(workspace *w, size_t longest, osarc_error *err)
{
    memset(w, 0, sizeof(*w));
    w->block = osi_alloc_raw(longest * BLOCK, sizeof(float), err);
    w->result = osi_alloc_raw(longest * BLOCK, sizeof(float), err);
    w->half = osi_alloc_raw(longest + 1, sizeof(double), err);
    w->square = osi_alloc_raw(longest + 1, sizeof(float), err);
    w->line = osi_alloc_raw(longest, sizeof(float), err);
    w->answer = osi_alloc_raw(longest, sizeof(float), err);
    w->stack = osi_alloc_raw(longest + 1, sizeof(parabola), err);
    w->begins = osi_alloc_raw(longest + 1, sizeof(*w->begins), err);
    w->row_state = osi_alloc_raw(longest + 1, 1, err);
    return w->block && w->result && w->half && w->square && w->line && w->answer && w->stack &&
           w->begins && w->row_state;
}

static void fill_tables(workspace *w, const line_job *job)
{
    w->half[0] = 0;
    for (size_t d = 0; d <= job->count; d++) {
        double step = (double) d;
        w->square[d] = (float) (step * step * job->squared_mm2);
        if (d > 0)
            w->half[d] = 1 / (2 * step * job->squared_mm2);
    }
}

/* The first axis: squared distance to the nearest set voxel of the same row. */
static void scan_row(float *out, const uint8_t *set, size_t count, const float *square)
{
    size_t start = 0;
    while (start < count) {
        size_t next = osi_find_set(set, start, count);
        size_t gap = next - start;
        if (start == 0 && next == count) {
            for (size_t x = 0; x < count; x++)
                out[x] = INFINITY;
            return;
        }
        size_t half = start == 0 ? 0 : next == count ? gap : gap / 2;
        memcpy(out + start, square + 1, half * sizeof(float));
        for (size_t x = start + half; x < next; x++)
            out[x] = square[next - x];
        for (start = next; start < count && set[start]; start++)
            out[start] = 0;
    }
}

/*
 * Lower envelope over elements [first, last] of w->line into w->answer; a set voxel can only stand
 * at either end, because nothing reaches past one.
 */
static void envelope(workspace *w, size_t first, size_t last, double squared)
{
    const float *f = w->line;
    float *g = w->answer;
    parabola *stack = w->stack;
    size_t top = 0;
    for (size_t u = first; u <= last; u++) {
        if (f[u] == INFINITY)
            continue;
        double apex = (double) u;
        double value = (double) f[u];
        double from = -1;
        while (top > 0) {
            const parabola *old = &stack[top - 1];
            from = (value - old->value) * w->half[u - old->at] + 0.5 * (apex + old->apex);
            if (from > old->from)
                break;
            top--;
            from = -1;
        }
        if (from < (double) last)
            stack[top++] = (parabola){.apex = apex, .value = value, .from = from, .at = u};
    }
    if (top == 0) {
        for (size_t y = first; y <= last; y++)
            g[y] = INFINITY;
        return;
    }
    /* how many parts begin at each element: a branch on that could not be foretold */
    memset(w->begins + first, 0, (last - first + 1) * sizeof(*w->begins));
    for (size_t q = 1; q < top; q++) {
        size_t at = stack[q].from < (double) first ? first : (size_t) stack[q].from + 1;
        w->begins[at]++;
    }
    size_t q = 0;
    for (size_t y = first; y <= last; y++) {
        q += w->begins[y];
        double step = (double) y - stack[q].apex;
        g[y] = (float) (stack[q].value + step * step * squared);
    }
}

static void envelope_column(workspace *w, size_t column, const line_job *job)
{
    float *f = w->line;
    float *g = w->answer;
    for (size_t y = 0; y < job->count; y++)
        f[y] = w->block[y * BLOCK + column];
    size_t first = 0;
    for (size_t y = 0; y < job->count; y++) {
        if (f[y] > 0)
            continue;
        if (y > first + 1 || (y > first && f[first] > 0))
            envelope(w, first, y, job->squared_mm2);
        g[y] = 0;
        first = y;
    }
    if (first + 1 < job->count || f[first] > 0)
        envelope(w, first, job->count - 1, job->squared_mm2);
    for (size_t y = 0; y < job->count; y++)
        w->result[y * BLOCK + column] = g[y];
}

/* Minimum over the rows within the window, on all columns of the block at once. */
OSI_WIDE
static void window_rows(workspace *w, const line_job *job)
{
    for (size_t y = 0; y < job->count; y++) {
        float *restrict g = w->result + y * BLOCK;
        memcpy(g, w->block + y * BLOCK, BLOCK * sizeof(float));
        if (w->row_state[y] == ROW_ZERO)
            continue;
        size_t low = y > job->window ? y - job->window : 0;
        size_t high = job->count - y > job->window ? y + job->window : job->count - 1;
        for (size_t v = low; v <= high; v++) {
            if (w->row_state[v] == ROW_NONE || v == y)
                continue;
            const float *restrict f = w->block + v * BLOCK;
            float add = w->square[v > y ? v - y : y - v];
            for (size_t c = 0; c < BLOCK; c++) {
                float value = f[c] + add;
                g[c] = value < g[c] ? value : g[c];
            }
        }
    }
}

/* On bits: as order they do as well, and a loop of them runs several columns at a time. */
OSI_WIDE
static int read_state(const float *row)
{
    uint32_t infinity;
    uint32_t bits[BLOCK];
    memcpy(&infinity, &(float){INFINITY}, sizeof(infinity));
    memcpy(bits, row, sizeof(bits));
    uint32_t over_zero = 0;
    uint32_t finite = 0;
    for (size_t c = 0; c < BLOCK; c++) {
        over_zero |= bits[c];
        finite |= bits[c] ^ infinity;
    }
    return finite == 0 ? ROW_NONE : over_zero ? ROW_SOME : ROW_ZERO;
}

/* One block of lines: element i of column c lies at values[i * stride + c]. */
static void work_block(workspace *w, float *values, size_t stride, size_t columns,
                       const line_job *job, int last_axis)
{
    int any = 0;
    int all = 1;
    for (size_t y = 0; y < job->count; y++) {
        float *row = w->block + y * BLOCK;
        memcpy(row, values + y * stride, columns * sizeof(float));
        for (size_t c = columns; c < BLOCK; c++)
            row[c] = INFINITY;
        w->row_state[y] = (uint8_t) read_state(row);
        any |= w->row_state[y] != ROW_NONE;
        all &= w->row_state[y] == ROW_ZERO;
    }
    if (!any || all)
        return;
    if (job->window > 0)
        window_rows(w, job);
    else
        for (size_t c = 0; c < columns; c++)
            envelope_column(w, c, job);
    for (size_t y = 0; y < job->count; y++) {
        const float *row = w->result + y * BLOCK;
        float *to = values + y * stride;
        if (last_axis)
            for (size_t c = 0; c < columns; c++)
                to[c] = row[c] <= job->cap_mm2 ? sqrtf(row[c]) : INFINITY;
        else
            memcpy(to, row, columns * sizeof(float));
    }
}

/* First and second axis of one slice, while it is in the cache. */
static void work_slice(workspace *w, float *out, const uint8_t *set, const size_t size[3],
                       const float *square_x, const line_job *job)
{
    for (size_t y = 0; y < size[1]; y++)
        scan_row(out + y * size[0], set + y * size[0], size[0], square_x);
    for (size_t x = 0; x < size[0]; x += BLOCK)
        work_block(w, out + x, size[0], size[0] - x < BLOCK ? size[0] - x : BLOCK, job, 0);
}

static size_t steps_within(double cap_mm, double spacing_mm, size_t longest)
{
    double steps = floor(cap_mm / spacing_mm * (1 + 1e-9));
    return steps < (double) longest ? (size_t) steps : longest;
}

static osarc_status transform(float *out, const uint8_t *set, const size_t size[3],
                              const double spacing_mm[3], double cap_mm, int threads,
                              osarc_error *err)
{
    line_job jobs[3];
    for (int axis = 0; axis < 3; axis++) {
        size_t steps = steps_within(cap_mm, spacing_mm[axis], size[axis]);
        double cap = cap_mm * (1 + 1e-6); /* a distance of exactly the cap is within it */
        jobs[axis] = (line_job){
            .count = size[axis],
            .squared_mm2 = spacing_mm[axis] * spacing_mm[axis],
            .window = steps <= MAX_WINDOW && steps < size[axis] ? (steps > 0 ? steps : 1) : 0,
            .cap_mm2 = (float) (cap * cap),
        };
    }
    size_t reach_x = steps_within(cap_mm, spacing_mm[0], size[0]);
    float *square_x = osi_alloc_raw(size[0] + 1, sizeof(float), err);
    if (!square_x)
        return OSARC_ERR_MEMORY;
    for (size_t d = 0; d <= size[0]; d++)
        square_x[d] =
            d <= reach_x ? (float) ((double) d * (double) d * jobs[0].squared_mm2) : INFINITY;

    int team = osi_threads(threads);
    size_t longest = size[1] > size[2] ? size[1] : size[2];
    workspace *spaces = osi_alloc((size_t) team, sizeof(*spaces), err);
    int ready = spaces != NULL;
    for (int t = 0; ready && t < team; t++)
        ready = fill_workspace(&spaces[t], longest, err);

    size_t plane = size[0] * size[1];
    size_t blocks = (plane + BLOCK - 1) / BLOCK;
    for (int axis = 1; ready && axis < 3; axis++) {
        for (int t = 0; t < team; t++)
            fill_tables(&spaces[t], &jobs[axis]);
        size_t parts = axis == 1 ? size[2] : blocks;
#pragma omp parallel for num_threads(team) schedule(dynamic, 8)
        for (size_t part = 0; part < parts; part++) {
            workspace *own = &spaces[omp_get_thread_num()];
            size_t at = part * (axis == 1 ? plane : BLOCK);
            if (axis == 1)
                work_slice(own, out + at, set + at, size, square_x, &jobs[1]);
            else
                work_block(own, out + at, plane, plane - at < BLOCK ? plane - at : BLOCK, &jobs[2],
                           1);
        }
    }
    for (int t = 0; spaces && t < team; t++)
        free_workspace(&spaces[t]);
    osi_free(spaces);
    osi_free(square_x);
    return ready ? OSARC_OK : OSARC_ERR_MEMORY;
}

osarc_status osi_distance_limited_mm(float *out_mm, const uint8_t *set, const size_t size[3],
                                     const double spacing_mm[3], double cap_mm, int threads,
                                     osarc_error *err)
{
    if (!out_mm || !set || !size || !spacing_mm)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "distance needs voxels, a size and a spacing");
    size_t count = 1;
    for (int axis = 0; axis < 3; axis++) {
        if (size[axis] < 1 || __builtin_mul_overflow(count, size[axis], &count))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "distance on %zu voxels along axis %d",
                            size[axis], axis);
        if (!(spacing_mm[axis] > 0) || !isfinite(spacing_mm[axis]))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "distance with a spacing of %g mm on axis %d",
                            spacing_mm[axis], axis);
    }
    if (!(cap_mm > 0))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "distance limit is %g mm, over 0 needed", cap_mm);
    return transform(out_mm, set, size, spacing_mm, cap_mm, threads, err);
}

osarc_status osi_distance_mm(float *out_mm, const uint8_t *set, const size_t size[3],
                             const double spacing_mm[3], int threads, osarc_error *err)
{
    return osi_distance_limited_mm(out_mm, set, size, spacing_mm, INFINITY, threads, err);
}
