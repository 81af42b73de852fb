/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "rows.h"

#define MM2_PER_CM2 100.0
#define MM3_PER_CM3 1000.0
#define MG_PER_G    1000.0

/* How far the box and the lines may be misplaced, half of a 95 % interval. */
#define PLACED_MM 1.0

/* Of a voxel's longest side: so far the bone's edge may lie from where it is drawn, as held against
 * synthetic hips of 0.7 to 3 mm. */
#define EDGE_SHARE 0.1

/* Noise of voxels nearer than that to each other is taken as one. */
#define ALIKE_MM 2.0

/* So much lies between trabecular bone that is read and compact bone, at least a voxel. */
#define AWAY_MM 1.5

/* Compact bone is told by a limit, over which noise carries trabecular voxels. When it carries more
 * than that share, what is left of them reads too low. */
#define STRAY_SHARE 0.02

#define LEAST_VOXELS 20

typedef struct sums {
    double bmc_g;
    double area_cm2;
    double volume_cm3;
} sums;

static void add_pixel(sums *s, const osarc_hip_projection *p, size_t n, double share)
{
    double cm2 = share * p->pixel_mm * p->pixel_mm / MM2_PER_CM2;
    s->bmc_g += (double) p->g_cm2[n] * cm2;
    s->area_cm2 += osi_hip_is_bone(p, n) ? cm2 : 0;
    s->volume_cm3 += (double) p->bone_mm[n] * cm2 / 10;
}

/* How much of a pixel lies over a line across the shaft. */
static double share_over(const osarc_hip_projection *p, double y_mm, double line_mm)
{
    return fmin(fmax(0.5 + (y_mm - line_mm) / p->pixel_mm, 0), 1);
}

/* Lines across the shaft run along rows of pixels: a row they cross is shared out. */
static void sum_regions(sums out[OSARC_HIP_REGION_COUNT], const uint8_t *labels,
                        const osarc_hip_projection *p, const osi_hip_moves *moves)
{
    const double cross = p->cross_mm[1] + moves->line_mm;
    const double last = p->last_mm + moves->line_mm;
    memset(out, 0, OSARC_HIP_REGION_COUNT * sizeof(*out));
    for (size_t j = 0; j < p->size[1]; j++) {
        double y = p->origin_mm[1] + (double) j * p->pixel_mm;
        double over = share_over(p, y, cross);
        double inside = isnan(last) ? 0 : share_over(p, y, last);
        for (size_t i = 0; i < p->size[0]; i++) {
            size_t n = j * p->size[0] + i;
            int beyond = labels[n] == OSARC_HIP_PIXEL_TROCHANTER ||
                         labels[n] == OSARC_HIP_PIXEL_INTERTROCHANTER ||
                         (labels[n] == OSARC_HIP_PIXEL_OTHER && y <= last);
            if (labels[n] == OSARC_HIP_PIXEL_NECK)
                add_pixel(&out[OSARC_HIP_NECK], p, n, 1);
            if (!beyond)
                continue;
            add_pixel(&out[OSARC_HIP_TROCHANTER], p, n, over);
            add_pixel(&out[OSARC_HIP_INTERTROCHANTER], p, n, fmax(inside - over, 0));
        }
    }
    for (int r = 0; r < OSARC_HIP_TOTAL; r++) {
        out[OSARC_HIP_TOTAL].bmc_g += out[r].bmc_g;
        out[OSARC_HIP_TOTAL].area_cm2 += out[r].area_cm2;
        out[OSARC_HIP_TOTAL].volume_cm3 += out[r].volume_cm3;
    }
}

/* CT number of a density; the scale rises. */
static double hu_of(const osarc_calibration *c, double mg_cm3)
{
    double hu = (mg_cm3 - c->density[0]) / c->density[1];
    for (int i = 0; i < 20 && c->density[2] != 0; i++) {
        double slope = c->density[1] + 2 * c->density[2] * hu;
        hu -= (osarc_calibration_mg_cm3(c, hu) - mg_cm3) / slope;
    }
    return hu;
}

/* Standard error of a mean over that volume. */
static double noise_half(const osi_hip_block *b, double volume_mm3)
{
    double voxel = osarc_grid_voxel_mm3(&b->grid);
    double alike = fmax(voxel, ALIKE_MM * ALIKE_MM * ALIKE_MM);
    return OSI_Z_95 * b->noise_mg_cm3 * sqrt(alike / fmax(volume_mm3, alike));
}

static void set(osarc_hip_value *out, double value, double fit, double noise)
{
    *out = (osarc_hip_value){value, fit, noise, 0};
}

static void fill_values(osarc_hip_values *v, const sums *s, const osi_hip_block *b,
                        const osarc_calibration *c)
{
    double density = s->bmc_g * MG_PER_G / s->volume_cm3;
    double fit = osarc_calibration_half_mg_cm3(c, hu_of(c, density));
    double noise = noise_half(b, s->volume_cm3 * MM3_PER_CM3); /* NAN: no interval */
    double to_g = s->volume_cm3 / MG_PER_G;
    v->volume_cm3 = s->volume_cm3;
    set(&v->integral_mg_cm3, density, fit, noise);
    set(&v->bmc_g, s->bmc_g, fit * to_g, noise * to_g);
    set(&v->abmd_g_cm2, s->bmc_g / s->area_cm2, fit * to_g / s->area_cm2,
        noise * to_g / s->area_cm2);
    set(&v->area_cm2, s->area_cm2, 0, 0);
}

static void spread(double range[2], double value)
{
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

/* As placed, and box and lines moved either way. */
static const osi_hip_moves MOVES[] = {
    {0, 0}, {PLACED_MM, 0}, {-PLACED_MM, 0}, {0, PLACED_MM}, {0, -PLACED_MM}};
enum {
    MOVE_COUNT = sizeof(MOVES) / sizeof(MOVES[0])
};

/* Half of what the values move by. */
static void find_placement(osarc_hip_projection *p, sums moved[MOVE_COUNT][OSARC_HIP_REGION_COUNT])
{
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        double ranges[4][2];
        osarc_hip_value *values[4] = {&p->values[r].abmd_g_cm2, &p->values[r].bmc_g,
                                      &p->values[r].area_cm2, &p->values[r].integral_mg_cm3};
        for (int i = 0; i < 4; i++)
            ranges[i][0] = ranges[i][1] = values[i]->value;
        for (int m = 1; m < MOVE_COUNT; m++) {
            const sums *s = &moved[m][r];
            spread(ranges[0], s->bmc_g / s->area_cm2);
            spread(ranges[1], s->bmc_g);
            spread(ranges[2], s->area_cm2);
            spread(ranges[3], s->bmc_g * MG_PER_G / s->volume_cm3);
        }
        for (int i = 0; i < 4; i++)
            values[i]->placement = (ranges[i][1] - ranges[i][0]) / 2;
    }
}

/* Length of a region's edge against what is no bone, in mm. Steps of pixels are longer than a line
 * that runs any way, by 4 / pi in the mean. */
static double edge_length(const osarc_hip_projection *p, uint8_t label)
{
    size_t steps = 0;
    for (size_t j = 1; j + 1 < p->size[1]; j++)
        for (size_t i = 1; i + 1 < p->size[0]; i++) {
            const uint8_t *at = p->labels + j * p->size[0] + i;
            if (*at == label)
                steps += (size_t) ((at[-1] == 0) + (at[1] == 0)) +
                         (size_t) ((*(at - p->size[0]) == 0) + (at[p->size[0]] == 0));
        }
    return (double) steps * p->pixel_mm * M_PI / 4;
}

/* Where the edge may lie moves the area, and with it the density. */
static void add_edges(osarc_hip_projection *p, const osi_hip_block *b)
{
    const double *spacing = b->grid.spacing_mm;
    double far_mm = EDGE_SHARE * fmax(spacing[0], fmax(spacing[1], spacing[2]));
    double all_cm2 = 0;
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        osarc_hip_values *v = &p->values[r];
        double cm2 = all_cm2;
        if (r < OSARC_HIP_TOTAL)
            cm2 = edge_length(p, (uint8_t) (OSARC_HIP_PIXEL_NECK + r)) * far_mm / MM2_PER_CM2;
        all_cm2 += cm2;
        v->area_cm2.placement = hypot(v->area_cm2.placement, cm2);
        v->abmd_g_cm2.placement =
            hypot(v->abmd_g_cm2.placement, v->abmd_g_cm2.value * cm2 / v->area_cm2.value);
    }
}

static int is_away(const osi_hip_block *b, const size_t at[3])
{
    size_t low[3];
    size_t high[3];
    for (int a = 0; a < 3; a++) {
        size_t reach = (size_t) ceil(AWAY_MM / b->grid.spacing_mm[a] - 1e-9);
        if (at[a] < reach || at[a] + reach >= b->size[a])
            return 0;
        low[a] = at[a] - reach;
        high[a] = at[a] + reach;
    }
    for (size_t k = low[2]; k <= high[2]; k++)
        for (size_t j = low[1]; j <= high[1]; j++)
            for (size_t i = low[0]; i <= high[0]; i++) {
                size_t n = (k * b->size[1] + j) * b->size[0] + i;
                if (b->compact[n] || (b->kind[n] != OSI_HIP_DEEP && b->kind[n] != OSI_HIP_EDGE))
                    return 0;
            }
    return 1;
}

typedef struct means {
    double sum[2];
    double count[2];
    double inside; /* voxels with bone all round that are not compact */
    double strays; /* or compact, and hardly one beside them is */
} means;

static int is_stray(const osi_hip_block *b, size_t n, const size_t at[3])
{
    const size_t stride[3] = {1, b->size[0], b->size[0] * b->size[1]};
    int beside = 0;
    for (int a = 0; a < 3; a++) {
        beside += at[a] > 0 && b->compact[n - stride[a]];
        beside += at[a] + 1 < b->size[a] && b->compact[n + stride[a]];
    }
    return beside <= 1;
}

/* Densities as read, by the pixel under a voxel's middle: trabecular, compact. */
static void sum_kinds(means out[OSARC_HIP_REGION_COUNT], const osarc_hip_projection *p,
                      const osi_hip_block *b, const osi_hip_frame *frame)
{
    size_t n = 0;
    memset(out, 0, OSARC_HIP_REGION_COUNT * sizeof(*out));
    for (size_t k = 0; k < b->size[2]; k++)
        for (size_t j = 0; j < b->size[1]; j++)
            for (size_t i = 0; i < b->size[0]; i++, n++) {
                const size_t at[3] = {i, j, k};
                if (b->kind[n] != OSI_HIP_DEEP && b->kind[n] != OSI_HIP_EDGE)
                    continue;
                const double index[3] = {(double) (b->first[0] + i), (double) (b->first[1] + j),
                                         (double) (b->first[2] + k)};
                double place[3];
                double laid[2];
                osarc_grid_position_mm(&b->grid, index, place);
                osi_hip_frame_lay(laid, frame, place);
                size_t x = (size_t) lround((laid[0] - p->origin_mm[0]) / p->pixel_mm);
                size_t y = (size_t) lround((laid[1] - p->origin_mm[1]) / p->pixel_mm);
                uint8_t label = p->labels[y * p->size[0] + x];
                if (label == OSARC_HIP_PIXEL_NONE || label == OSARC_HIP_PIXEL_OTHER)
                    continue;
                means *m = &out[label - OSARC_HIP_PIXEL_NECK];
                int compact = b->compact[n];
                if (b->kind[n] == OSI_HIP_DEEP) {
                    m->inside += !compact;
                    m->strays += compact && is_stray(b, n, at);
                }
                if (!compact && !is_away(b, at))
                    continue;
                m->sum[compact] += (double) b->density[n];
                m->count[compact] += 1;
            }
    for (int r = 0; r < OSARC_HIP_TOTAL; r++) {
        for (int c = 0; c < 2; c++) {
            out[OSARC_HIP_TOTAL].sum[c] += out[r].sum[c];
            out[OSARC_HIP_TOTAL].count[c] += out[r].count[c];
        }
        out[OSARC_HIP_TOTAL].inside += out[r].inside;
        out[OSARC_HIP_TOTAL].strays += out[r].strays;
    }
}

static int is_cut_off(const means *m)
{
    return m->strays > STRAY_SHARE * (m->inside + m->strays);
}

static osarc_hip_value mean_value(const means *m, int kind, const osi_hip_block *b,
                                  const osarc_calibration *c)
{
    osarc_hip_value out = {NAN, NAN, NAN, NAN};
    if (m->count[kind] < LEAST_VOXELS || (kind == 0 && is_cut_off(m)))
        return out;
    out.value = m->sum[kind] / m->count[kind];
    out.fit = osarc_calibration_half_mg_cm3(c, hu_of(c, out.value));
    out.noise = noise_half(b, m->count[kind] * osarc_grid_voxel_mm3(&b->grid));
    return out;
}

static void refuse(osarc_hip_values *v, const char *why)
{
    if (!v->refused[0])
        snprintf(v->refused, sizeof(v->refused), "%s", why);
}

static void refuse_parts(osarc_hip_projection *p, const osarc_femur *femur,
                         const sums s[OSARC_HIP_REGION_COUNT])
{
    osarc_hip_values *v = p->values;
    if (femur->refused_neck[0])
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
            refuse(&v[r], femur->refused_neck);
    if (isnan(p->box_mm[0]))
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
            refuse(&v[r], "the box of the neck has no place");
    for (int r = OSARC_HIP_INTERTROCHANTER; r <= OSARC_HIP_TOTAL; r++) {
        if (femur->refused_total[0])
            refuse(&v[r], femur->refused_total);
        if (isnan(p->last_mm))
            refuse(&v[r], "the lesser trochanter is not in view, which its last line goes by");
        if (femur->shaft_in_view_mm < OSARC_HIP_BELOW_LESSER_MM) {
            char why[160];
            snprintf(why, sizeof(why),
                     "%.0f mm of the shaft are in view below the lesser trochanter, %.0f needed",
                     fmax(0, femur->shaft_in_view_mm), OSARC_HIP_BELOW_LESSER_MM);
            refuse(&v[r], why);
        }
    }
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
        if (!(s[r].area_cm2 > 0) || !(s[r].volume_cm3 > 0))
            refuse(&v[r], "no bone lies in the region");
}

osarc_status osi_hip_values_sum(osarc_hip_projection *p, const osi_hip_block *b,
                                const osi_hip_frame *frame, const osarc_hip_input *in,
                                osarc_error *err)
{
    size_t pixels = p->size[0] * p->size[1];
    sums s[MOVE_COUNT][OSARC_HIP_REGION_COUNT];
    means kinds[OSARC_HIP_REGION_COUNT];
    uint8_t *labels = osi_alloc_raw(pixels, 1, err);
    if (!labels)
        return OSARC_ERR_MEMORY;
    for (size_t m = MOVE_COUNT; m-- > 0;) {
        osi_hip_label(labels, p, &MOVES[m]);
        sum_regions(s[m], labels, p, &MOVES[m]);
    }
    for (size_t n = 0; n < pixels; n++)
        p->labels[n] = osi_hip_is_bone(p, n) ? labels[n] : OSARC_HIP_PIXEL_NONE;
    osi_free(labels);
    refuse_parts(p, in->femur, s[0]);
    sum_kinds(kinds, p, b, frame);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        fill_values(&p->values[r], &s[0][r], b, in->calibration);
        p->values[r].trabecular_mg_cm3 = mean_value(&kinds[r], 0, b, in->calibration);
        p->values[r].compact_mg_cm3 = mean_value(&kinds[r], 1, b, in->calibration);
    }
    find_placement(p, s);
    add_edges(p, b);
    return OSARC_OK;
}

static osarc_status check(const osarc_hip_input *in, osarc_error *err)
{
    if (!in || !in->image || !in->tissue || !in->codes || !in->femur)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image, two masks and a femur are needed");
    if ((unsigned) in->neck > OSARC_NECK_AT_NARROWEST)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "rule %d for the neck does not exist",
                        (int) in->neck);
    if (osarc_image_unit(in->image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    const osarc_grid *grid = osarc_image_grid(in->image);
    if (!osarc_grid_same(grid, osarc_mask_grid(in->tissue), 1e-3) ||
        !osarc_grid_same(grid, osarc_mask_grid(in->codes), 1e-3))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and masks are on different grids");
    if (in->femur->refused_all[0])
        return osi_fail(err, OSARC_ERR_QUALITY, "%s", in->femur->refused_all);
    /* without a neck there may be no axis to lay flat */
    if (in->femur->refused_neck[0] && !isfinite(in->femur->neck_axis[0]))
        return osi_fail(err, OSARC_ERR_QUALITY, "%s", in->femur->refused_neck);
    return OSARC_OK;
}

/* Lengths and areas do not stand on the scale: CT numbers will do. */
static const osarc_calibration NO_SCALE = {.density = {0, 1, 0}};

static void forget_densities(osarc_hip_projection *p)
{
    static const osarc_hip_value NONE = {NAN, NAN, NAN, NAN};
    osi_free(p->g_cm2);
    p->g_cm2 = NULL;
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        osarc_hip_values *v = &p->values[r];
        v->abmd_g_cm2 = v->bmc_g = v->integral_mg_cm3 = NONE;
        v->trabecular_mg_cm3 = v->compact_mg_cm3 = NONE;
    }
}

osarc_status osarc_hip_project(osarc_hip_projection **out, const osarc_hip_input *in,
                               osarc_error *err)
{
    osi_hip_frame frame;
    osi_hip_block block = {0};
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    osarc_status status = check(in, err);
    if (!status)
        status = osi_hip_frame_make(&frame, in->femur, err);
    if (status)
        return status;
    osarc_hip_projection *p = osi_alloc(1, sizeof(*p), err);
    if (!p)
        return OSARC_ERR_MEMORY;
    osarc_hip_input used = *in;
    int has_scale = in->calibration && in->calibration->rung != OSARC_RUNG_NONE;
    used.calibration = has_scale ? in->calibration : &NO_SCALE;
    status = osi_hip_block_read(&block, &used, err);
    if (!status)
        status = osi_hip_block_sort(&block, err);
    if (!status)
        status = osi_hip_splat(p, &block, &frame, err);
    if (!status) {
        osi_hip_place(p, &frame, in->femur, in->neck);
        status = osi_hip_values_sum(p, &block, &frame, &used, err);
    }
    if (!status && !has_scale)
        forget_densities(p);
    osi_hip_block_free(&block);
    if (status) {
        osarc_hip_projection_free(p);
        return status;
    }
    *out = p;
    return OSARC_OK;
}

void osarc_hip_projection_free(osarc_hip_projection *projection)
{
    if (!projection)
        return;
    osi_free(projection->g_cm2);
    osi_free(projection->bone_mm);
    osi_free(projection->labels);
    osi_free(projection);
}
