/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_parts.h"

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define METAL_MIN_CM3  0.1
#define CEMENT_MIN_CM3 0.5
#define RIM_MM         5.0 /* heights are read so far inside the wall */
#define DISC_SEEN_MM   4.0
#define ACROSS_STEPS   2 /* columns on each side of the middle */
#define ACROSS_MM      3.0

static double distance(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

/* Mean distance between the end plates over a few columns about the middle. */
static double read_height(const osarc_spine *spine, const body_model *b, double v)
{
    double sum = 0;
    int count = 0;
    for (int n = -ACROSS_STEPS; n <= ACROSS_STEPS; n++) {
        double u = b->axis_u_mm + n * ACROSS_MM;
        double low[3];
        double high[3];
        spine_line_position(&spine->line, plate_height(b->lower, b, u, v), u, v, low);
        spine_line_position(&spine->line, plate_height(b->upper, b, u, v), u, v, high);
        sum += distance(low, high);
        count++;
    }
    return sum / count;
}

/* Whether the model of the body lies in the view with all its wall, and some of the discs, without
 * which no end plate is told. */
static int in_view(const osarc_spine *spine, const body_model *b, const sampler *s)
{
    for (int r = 0; r <= 4; r++)
        for (int n = 0; n < WALL_RAYS; n += 4) {
            double angle = 2 * M_PI * n / WALL_RAYS;
            double share = r / 4.0;
            double u = b->axis_u_mm + b->wall_mm[(int) (share * (WALL_ROWS - 1))][n] * cos(angle);
            double v = b->axis_v_mm + b->wall_mm[(int) (share * (WALL_ROWS - 1))][n] * sin(angle);
            double low = plate_height(b->lower, b, u, v) - DISC_SEEN_MM / STRAIGHT_MM;
            double high = plate_height(b->upper, b, u, v) + DISC_SEEN_MM / STRAIGHT_MM;
            double at[3];
            spine_line_position(&spine->line, low + share * (high - low), u, v, at);
            if (!isfinite(sample_hu(s, at)))
                return 0;
        }
    return 1;
}

static void set_axes(osarc_vertebra *out, const osarc_spine *spine, const body_model *b)
{
    double low[3];
    double high[3];
    double front[3];
    double behind[3];
    double middle = (b->lower[0] + b->upper[0]) / 2;
    spine_line_position(&spine->line, b->lower[0], b->axis_u_mm, b->axis_v_mm, low);
    spine_line_position(&spine->line, b->upper[0], b->axis_u_mm, b->axis_v_mm, high);
    spine_line_position(&spine->line, middle, b->axis_u_mm, b->axis_v_mm - 10, front);
    spine_line_position(&spine->line, middle, b->axis_u_mm, b->axis_v_mm + 10, behind);
    double length = distance(low, high);
    double share = 0;
    for (int c = 0; c < 3; c++) {
        out->up[c] = (high[c] - low[c]) / length;
        share += out->up[c] * (behind[c] - front[c]);
    }
    double size = 0;
    for (int c = 0; c < 3; c++) {
        out->back[c] = behind[c] - front[c] - share * out->up[c];
        size += out->back[c] * out->back[c];
    }
    for (int c = 0; c < 3; c++)
        out->back[c] /= sqrt(size);
}

/* Lists the voxels of a body, and reads what spoils it. */
static osarc_status list_voxels(osarc_spine *spine, size_t i, const sampler *s, const size_t box[2],
                                size_t body_voxels, osarc_error *err)
{
    level_part *part = &spine->parts[i];
    osarc_vertebra *out = &spine->vertebrae[i];
    const uint8_t *bodies = osarc_mask_labels(spine->bodies);
    double voxel_cm3 = osarc_grid_voxel_mm3(&s->grid) / 1000;
    double sum[3] = {0, 0, 0};
    size_t cement = 0;
    size_t near = spine->line.count / 2;
    part->voxels = osi_alloc(body_voxels, sizeof(*part->voxels), err);
    if (!part->voxels)
        return OSARC_ERR_MEMORY;
    size_t plane = s->grid.size[0] * s->grid.size[1];
    for (size_t at = box[0]; at <= box[1]; at++) {
        if (bodies[at] != i + 1)
            continue;
        size_t row = at / s->grid.size[0] % s->grid.size[1];
        size_t slice = at / plane;
        const double ijk[3] = {(double) (at % s->grid.size[0]), (double) row, (double) slice};
        double lps[3];
        double suv[3];
        body_place place;
        osarc_grid_position_mm(&s->grid, ijk, lps);
        spine_line_locate(&spine->line, lps, &near, suv);
        body_locate(&place, &part->body, suv[0], suv[1], suv[2]);
        part->voxels[part->voxel_count++] =
            (body_voxel){at, (float) place.over_lower_mm, (float) place.under_upper_mm,
                         (float) place.within_wall_mm, (float) (part->body.back_mm - suv[2])};
        for (int c = 0; c < 3; c++)
            sum[c] += lps[c];
        double depth = fmin(place.within_wall_mm, fmin(place.over_lower_mm, place.under_upper_mm));
        cement += depth > 3 && s->stored[at] * s->step + s->offset >= CEMENT_HU;
    }
    for (int c = 0; c < 3; c++)
        out->centre_mm[c] = sum[c] / (double) part->voxel_count;
    out->body_cm3 = (double) part->voxel_count * voxel_cm3;
    if (out->whole && (double) cement * voxel_cm3 >= CEMENT_MIN_CM3 && out->spoiled[0] == '\0')
        snprintf(out->spoiled, sizeof(out->spoiled),
                 "cement, metal or dense sclerosis of %.1f cm3 in the body",
                 (double) cement * voxel_cm3);
    return OSARC_OK;
}

osarc_status spine_describe(osarc_spine *spine, const sampler *s, int threads, osarc_error *err)
{
    size_t body_voxels[MAX_DISCS + 1] = {0};
    size_t box[MAX_DISCS][2];
    size_t all[256] = {0};
    size_t metal[256] = {0};
    size_t count = osarc_grid_count(&s->grid);
    const uint8_t *bodies = osarc_mask_labels(spine->bodies);
    const uint8_t *structures = osarc_mask_labels(spine->structures);
    double voxel_cm3 = osarc_grid_voxel_mm3(&s->grid) / 1000;
    memset(box, 0, sizeof(box));
    for (size_t at = 0; at < count; at++) {
        uint8_t body = bodies[at];
        if (body) {
            if (body_voxels[body - 1]++ == 0)
                box[body - 1][0] = at;
            box[body - 1][1] = at;
        }
        if (structures[at]) {
            all[structures[at]]++;
            metal[structures[at]] += s->tissue[at] == OSARC_TISSUE_METAL;
        }
    }
    int failed = 0;
#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(| : failed)
    for (size_t i = 0; i < spine->count; i++) {
        osarc_vertebra *out = &spine->vertebrae[i];
        const body_model *b = &spine->parts[i].body;
        double front = wall_distance(b, 0.5, b->axis_u_mm, b->axis_v_mm - 1);
        spine->parts[i].depth_mm = front + b->back_mm - b->axis_v_mm;
        spine->parts[i].width_mm = wall_distance(b, 0.5, b->axis_u_mm + 1, b->axis_v_mm) +
                                   wall_distance(b, 0.5, b->axis_u_mm - 1, b->axis_v_mm);
        out->whole = b->whole && in_view(spine, b, s);
        spine_line_position(&spine->line, (b->lower[0] + b->upper[0]) / 2, b->axis_u_mm,
                            b->axis_v_mm, out->centre_mm);
        out->depth_mm = spine->parts[i].depth_mm;
        out->width_mm = spine->parts[i].width_mm;
        set_axes(out, spine, b);
        out->height_anterior_mm = out->height_middle_mm = out->height_posterior_mm = NAN;
        if (out->whole) {
            out->height_anterior_mm = read_height(spine, b, b->axis_v_mm - front + RIM_MM);
            out->height_middle_mm = read_height(spine, b, b->axis_v_mm);
            out->height_posterior_mm = read_height(spine, b, b->back_mm - RIM_MM);
        }
        double metal_cm3 = out->label ? (double) metal[out->label] * voxel_cm3 : 0;
        out->vertebra_cm3 = out->whole && out->label ? (double) all[out->label] * voxel_cm3 : NAN;
        out->spoiled[0] = '\0';
        out->sound_around = 0;
        if (metal_cm3 >= METAL_MIN_CM3)
            snprintf(out->spoiled, sizeof(out->spoiled), "metal of %.1f cm3 in the vertebra",
                     metal_cm3);
        if (body_voxels[i])
            failed |= list_voxels(spine, i, s, box[i], body_voxels[i], NULL) != OSARC_OK;
        else
            out->whole = 0;
    }
    spine_set_margins(spine, s);
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory for the voxels of a vertebra")
                  : OSARC_OK;
}
