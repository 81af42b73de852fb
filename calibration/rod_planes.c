/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#define PIXEL_MM       2.0 /* pixels are joined up to this size */
#define PLANE_STEP_MM  20.0
#define PLANES_MIN     5
#define PLANES_MAX     14
#define AVERAGE_MM     6.0 /* of slices, to both sides: 10 degrees move a rod by 1 mm */
#define AVERAGE_SLICES 5
#define SOLID_HU       (-250.0F) /* an edge to air is no edge of a rod */
#define MIN_SLOPE      6.0F      /* HU per mm */
#define VOTE_SHARE     1.5 /* of a full circle of edges; an edge is two or three pixels wide */
#define MARK           (-((int64_t) 1 << 40))
#define CELL_MM        2.0 /* votes are counted in; 3 x 3 of them belong together */
#define APART_CELLS    3   /* two peaks nearer together are one */
#define APART_MM       6.0

typedef struct bench {
    rod_sheet sheet;
    size_t cells[2];
    uint16_t *votes[2]; /* for brighter, for darker */
    uint16_t *sums;     /* of 3 x 3 cells */
    int64_t *line;
} bench;

static size_t joined(const rod_view *view, int axis)
{
    size_t many = (size_t) (PIXEL_MM / view->mm[axis]);
    return many > 1 ? many : 1;
}

static void measure_sheet(rod_sheet *sheet, const rod_view *view)
{
    for (int axis = 0; axis < 2; axis++) {
        size_t many = joined(view, axis);
        sheet->size[axis] = view->size[axis] / many;
        sheet->mm[axis] = view->mm[axis] * (double) many;
        sheet->middle[axis] = view->mm[axis] * 0.5 * (double) (many - 1);
    }
}

/* Rows of a slice added to a line of sums; a pixel with a voxel outside the view stays marked. */
static void add_row(int64_t *sums, const rod_view *view, size_t row, size_t slice, size_t width,
                    size_t many)
{
    const int16_t *from = view->stored + row * view->stride[1] + slice * view->stride[2];
    size_t stride = view->stride[0];
    for (size_t k = 0; k < many; k++)
        for (size_t i = 0; i < width; i++) {
            int16_t value = from[(i * many + k) * stride];
            sums[i] += value == OSARC_OUTSIDE ? MARK : value;
        }
}

static void fill_sheet(rod_sheet *sheet, int64_t *sums, const rod_view *view, const size_t *slices,
                       size_t slice_count)
{
    size_t width = sheet->size[0];
    size_t many[2] = {joined(view, 0), joined(view, 1)};
    double scale = view->step / (double) (slice_count * many[0] * many[1]);
    for (size_t j = 0; j < sheet->size[1]; j++) {
        memset(sums, 0, width * sizeof(*sums));
        for (size_t s = 0; s < slice_count; s++)
            for (size_t k = 0; k < many[1]; k++)
                add_row(sums, view, j * many[1] + k, slices[s], width, many[0]);
        float *hu = sheet->hu + j * width;
        for (size_t i = 0; i < width; i++)
            hu[i] = sums[i] < MARK / 2 ? ROD_NOWHERE
                                       : (float) (scale * (double) sums[i] + view->offset);
    }
}

/* Slices around the middle one, at most a few, evenly. */
static size_t choose_slices(size_t out[AVERAGE_SLICES], const rod_view *view, size_t middle)
{
    size_t reach = (size_t) (AVERAGE_MM / view->mm[2]);
    size_t count = 0;
    size_t each = reach > AVERAGE_SLICES / 2 ? reach / (AVERAGE_SLICES / 2) : 1;
    out[count++] = middle;
    for (size_t far = each; far <= reach && count + 2 <= AVERAGE_SLICES; far += each)
        if (middle >= far && middle + far < view->size[2]) {
            out[count++] = middle - far;
            out[count++] = middle + far;
        }
    return count;
}

static void count_vote(bench *b, int side, float u, float v)
{
    if (u >= 0 && v >= 0 && u < (float) b->cells[0] && v < (float) b->cells[1])
        b->votes[side][(size_t) v * b->cells[0] + (size_t) u]++;
}

/* Each edge votes for the middles of the circles it may belong to, along its slope. */
static void vote(bench *b, size_t i, size_t j, float gu, float gv, rod_radii radii)
{
    const float cell = (float) CELL_MM;
    float step = (float) fmin(b->sheet.mm[0], b->sheet.mm[1]);
    float low = (float) radii.low_mm;
    int steps = 1 + (int) ((float) (radii.high_mm - radii.low_mm) / step);
    float scale = 1 / (cell * sqrtf(gu * gu + gv * gv));
    float u = (float) i * (float) b->sheet.mm[0] / cell;
    float v = (float) j * (float) b->sheet.mm[1] / cell;
    for (int k = 0; k < steps; k++) {
        float far = (low + (float) k * step) * scale;
        count_vote(b, 0, u + far * gu, v + far * gv);
        count_vote(b, 1, u - far * gu, v - far * gv);
    }
}

static void collect_votes(bench *b, rod_radii radii)
{
    const rod_sheet *sheet = &b->sheet;
    size_t width = sheet->size[0];
    float per_u = 1 / (8 * (float) sheet->mm[0]);
    float per_v = 1 / (8 * (float) sheet->mm[1]);
    for (size_t j = 1; j + 1 < sheet->size[1]; j++) {
        const float *up = sheet->hu + (j - 1) * width;
        const float *at = up + width;
        const float *down = at + width;
        for (size_t i = 1; i + 1 < width; i++) {
            if (at[i] < SOLID_HU)
                continue;
            float left = up[i - 1] + 2 * at[i - 1] + down[i - 1];
            float right = up[i + 1] + 2 * at[i + 1] + down[i + 1];
            float above = up[i - 1] + 2 * up[i] + up[i + 1];
            float below = down[i - 1] + 2 * down[i] + down[i + 1];
            float gu = (right - left) * per_u;
            float gv = (below - above) * per_v;
            if (gu * gu + gv * gv < MIN_SLOPE * MIN_SLOPE)
                continue;
            if (fminf(fminf(at[i - 1], at[i + 1]), fminf(up[i], down[i])) < SOLID_HU)
                continue;
            vote(b, i, j, gu, gv, radii);
        }
    }
}

static void sum_votes(bench *b, const uint16_t *votes)
{
    size_t width = b->cells[0];
    for (size_t j = 1; j + 1 < b->cells[1]; j++)
        for (size_t i = 1; i + 1 < width; i++) {
            const uint16_t *p = votes + j * width + i;
            const uint16_t *q = p - width;
            const uint16_t *r = p + width;
            int sum = q[-1] + q[0] + q[1] + p[-1] + p[0] + p[1] + r[-1] + r[0] + r[1];
            b->sums[j * width + i] = (uint16_t) (sum > UINT16_MAX ? UINT16_MAX : sum);
        }
}

/* 1 when no cell near is higher, and none before it in memory as high. */
static int is_peak(const bench *b, size_t i, size_t j)
{
    size_t width = b->cells[0];
    uint16_t value = b->sums[j * width + i];
    size_t from[2] = {i > APART_CELLS ? i - APART_CELLS : 0, j > APART_CELLS ? j - APART_CELLS : 0};
    for (size_t v = from[1]; v <= j + APART_CELLS && v < b->cells[1]; v++)
        for (size_t u = from[0]; u <= i + APART_CELLS && u < width; u++) {
            uint16_t other = b->sums[v * width + u];
            int before = v < j || (v == j && u < i);
            if (other > value || (before && other == value))
                return 0;
        }
    return 1;
}

static int near_another(const rod_plane *plane, const rod_disc *disc)
{
    for (size_t i = 0; i < plane->count; i++)
        if (hypot(plane->discs[i].u_mm - disc->u_mm, plane->discs[i].v_mm - disc->v_mm) < APART_MM)
            return 1;
    return 0;
}

static void find_discs(rod_plane *plane, bench *b, int sign, rod_radii radii)
{
    const rod_sheet *sheet = &b->sheet;
    double pixel = fmax(sheet->mm[0], sheet->mm[1]);
    uint16_t least = (uint16_t) (VOTE_SHARE * 2 * M_PI * radii.low_mm / pixel);
    sum_votes(b, b->votes[sign > 0 ? 0 : 1]);
    for (size_t j = 1; j + 1 < b->cells[1]; j++)
        for (size_t i = 1; i + 1 < b->cells[0]; i++) {
            rod_disc disc;
            if (b->sums[j * b->cells[0] + i] < least || plane->count == ROD_DISCS_MAX ||
                !is_peak(b, i, j))
                continue;
            if (rod_disc_fit(&disc, sheet, sheet->middle[0] + ((double) i + 0.5) * CELL_MM,
                             sheet->middle[1] + ((double) j + 0.5) * CELL_MM, sign, radii) &&
                !near_another(plane, &disc))
                plane->discs[plane->count++] = disc;
        }
}

static void look_at(rod_plane *plane, bench *b, const rod_view *view, rod_radii radii)
{
    size_t slices[AVERAGE_SLICES];
    size_t count = choose_slices(slices, view, plane->slice);
    size_t cells = b->cells[0] * b->cells[1];
    fill_sheet(&b->sheet, b->line, view, slices, count);
    memset(b->votes[0], 0, cells * sizeof(uint16_t));
    memset(b->votes[1], 0, cells * sizeof(uint16_t));
    memset(b->sums, 0, cells * sizeof(uint16_t));
    collect_votes(b, radii);
    find_discs(plane, b, 1, radii);
    find_discs(plane, b, -1, radii);
}

static size_t place_planes(rod_plane *planes, const rod_view *view)
{
    double length = (double) (view->size[2] - 1) * view->mm[2];
    size_t count = 1 + (size_t) (length / PLANE_STEP_MM + 0.5);
    if (count > PLANES_MAX)
        count = PLANES_MAX;
    if (count < PLANES_MIN)
        count = PLANES_MIN;
    if (count > view->size[2])
        count = view->size[2];
    for (size_t i = 0; i < count; i++) {
        planes[i].slice =
            count == 1 ? 0 : (i * (view->size[2] - 1) + (count - 1) / 2) / (count - 1);
        planes[i].w_mm = (double) planes[i].slice * view->mm[2];
        planes[i].count = 0;
    }
    return count;
}

static void bench_free(bench *b)
{
    osi_free(b->line);
    osi_free(b->sums);
    osi_free(b->votes[1]);
    osi_free(b->votes[0]);
    osi_free(b->sheet.hu);
}

static osarc_status bench_make(bench *b, const rod_view *view, osarc_error *err)
{
    memset(b, 0, sizeof(*b));
    measure_sheet(&b->sheet, view);
    for (int axis = 0; axis < 2; axis++)
        b->cells[axis] = 1 + (size_t) ((double) b->sheet.size[axis] * b->sheet.mm[axis] / CELL_MM);
    size_t cells = b->cells[0] * b->cells[1];
    b->sheet.hu = osi_alloc_raw(b->sheet.size[0] * b->sheet.size[1], sizeof(float), err);
    b->votes[0] = b->sheet.hu ? osi_alloc_raw(cells, sizeof(uint16_t), err) : NULL;
    b->votes[1] = b->votes[0] ? osi_alloc_raw(cells, sizeof(uint16_t), err) : NULL;
    b->sums = b->votes[1] ? osi_alloc_raw(cells, sizeof(uint16_t), err) : NULL;
    b->line = b->sums ? osi_alloc_raw(b->sheet.size[0], sizeof(int64_t), err) : NULL;
    return b->line ? OSARC_OK : OSARC_ERR_MEMORY;
}

static osarc_status look_at_all(rod_plane *planes, size_t count, const rod_view *view,
                                rod_radii radii, int threads, osarc_error *err)
{
    bench benches[PLANES_MAX];
    int workers = osi_threads(threads);
    if ((size_t) workers > count)
        workers = (int) count;
    osarc_status status = OSARC_OK;
    int made = 0;
    while (!status && made < workers)
        status = bench_make(&benches[made++], view, err);
    if (!status) {
#pragma omp parallel for num_threads(workers) schedule(dynamic)
        for (size_t i = 0; i < count; i++)
            look_at(&planes[i], &benches[omp_get_thread_num()], view, radii);
    }
    while (made)
        bench_free(&benches[--made]);
    return status;
}

osarc_status rod_planes_find(rod_plane **out, size_t *count_out, const rod_view *view,
                             rod_radii radii, int threads, osarc_error *err)
{
    rod_sheet sheet;
    *out = NULL;
    *count_out = 0;
    measure_sheet(&sheet, view);
    if (sheet.size[0] < 8 || sheet.size[1] < 8)
        return OSARC_OK;
    rod_plane *planes = osi_alloc(PLANES_MAX, sizeof(*planes), err);
    if (!planes)
        return OSARC_ERR_MEMORY;
    size_t count = place_planes(planes, view);
    osarc_status status = look_at_all(planes, count, view, radii, threads, err);
    if (status) {
        osi_free(planes);
        return status;
    }
    *out = planes;
    *count_out = count;
    return OSARC_OK;
}
