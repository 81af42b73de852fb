/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_forearm_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

#define MOST_RUNS 8
#define BELOW_MM  15.0 /* 45 mm to each side, turned by 18 degrees */

/* Bone of a row, from one end to the other. */
typedef struct run {
    size_t first, last;
} run;

static void flip_rows(dxa_plane *p)
{
    for (size_t y = 0; y < p->ny / 2; y++)
        for (size_t x = 0; x < p->nx; x++) {
            size_t a = y * p->nx + x;
            size_t b = (p->ny - 1 - y) * p->nx + x;
            float value = p->value[a];
            uint8_t ok = p->ok[a];
            p->value[a] = p->value[b];
            p->value[b] = value;
            p->ok[a] = p->ok[b];
            p->ok[b] = ok;
        }
}

static osarc_status find_level(dxa_arm *arm, osarc_error *err)
{
    const dxa_plane *p = &arm->plane;
    size_t count = 0;
    double *bone = osi_alloc_raw(p->nx * p->ny, sizeof(*bone), err);
    if (!bone)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < p->nx * p->ny; i++)
        if (p->ok[i] && p->value[i] > (float) ARM_BONE_G_CM2)
            bone[count++] = p->value[i];
    if ((double) count * p->mm * p->mm / 100 < ARM_BONE_CM2)
        snprintf(arm->why, sizeof(arm->why), "no bones of a forearm are seen");
    arm->level = dxa_quantile(bone, count, 0.5);
    arm->limit = fmax(ARM_SHARE * arm->level, ARM_SHARE * ARM_BONE_G_CM2);
    osi_free(bone);
    return OSARC_OK;
}

osarc_status dxa_arm_make(dxa_arm *arm, const osarc_dxa_picture *picture, int flip,
                          osarc_error *err)
{
    memset(arm, 0, sizeof(*arm));
    arm->is_flipped = flip;
    osarc_status status = dxa_plane_make(&arm->plane, picture, ARM_GRID_MM, err);
    for (size_t i = 0; !status && i < arm->plane.nx * arm->plane.ny; i++)
        arm->plane.value[i] = fminf(arm->plane.value[i], (float) ARM_CLIP_G_CM2);
    if (!status && flip)
        flip_rows(&arm->plane);
    if (!status)
        status = dxa_plane_blur(&arm->plane, ARM_BLUR_MM, ARM_BLUR_MM, err);
    if (!status)
        status = find_level(arm, err);
    if (status)
        dxa_arm_free(arm);
    return status;
}

void dxa_arm_free(dxa_arm *arm)
{
    dxa_plane_free(&arm->plane);
    osi_free(arm->value);
    osi_free(arm->ok);
    osi_free(arm->seam);
    osi_free(arm->ends[0]);
    osi_free(arm->ends[1]);
    arm->value = arm->seam = arm->ends[0] = arm->ends[1] = NULL;
    arm->ok = NULL;
}

/* Runs of a row that are wide enough; over MOST_RUNS are as good as MOST_RUNS. */
static size_t runs_of(run out[MOST_RUNS], const dxa_arm *arm, size_t y)
{
    const dxa_plane *p = &arm->plane;
    const float *row = p->value + y * p->nx;
    size_t least = (size_t) lround(BONE_LEAST_MM / p->mm);
    size_t count = 0;
    for (size_t x = 0; x < p->nx && count < MOST_RUNS;) {
        if (!((double) row[x] > arm->limit)) {
            x++;
            continue;
        }
        run r = {x, x};
        while (r.last + 1 < p->nx && (double) row[r.last + 1] > arm->limit)
            r.last++;
        if (r.last - r.first + 1 >= least)
            out[count++] = r;
        x = r.last + 1;
    }
    return count;
}

static int is_shaft(const dxa_arm *arm, run r)
{
    double width = (double) (r.last - r.first + 1) * arm->plane.mm;
    return width >= SHAFT_FROM_MM && width <= SHAFT_TO_MM;
}

typedef struct sums {
    double n, y, yy, x[2], xy[2];
} sums;

static void add_row(sums *s, size_t y, const run runs[2])
{
    double at = (double) y;
    s->n += 1;
    s->y += at;
    s->yy += at * at;
    for (int k = 0; k < 2; k++) {
        double middle = ((double) runs[k].first + (double) runs[k].last) / 2;
        s->x[k] += middle;
        s->xy[k] += at * middle;
    }
}

static const char *judge_edge(const double seen[4], double rows)
{
    if (seen[1] >= SHAFTS_SHARE * rows)
        return NULL;
    if (seen[2] >= rows / 2)
        return "the picture's side cuts a bone of the forearm";
    if (seen[3] >= rows / 2)
        return "more than two long bones run to the picture's edge: one forearm alone is needed";
    return "radius and ulna do not both run to the picture's edge, apart from each other";
}

/* Two shafts through the lowest rows with bone; a line through each. */
static void find_shafts(dxa_arm *arm, size_t *bottom_out, sums *s)
{
    run runs[MOST_RUNS];
    const dxa_plane *p = &arm->plane;
    size_t wanted = (size_t) lround(SHAFTS_SEEN_MM / p->mm);
    size_t bottom = p->ny;
    double seen[4] = {0, 0, 0, 0};
    while (bottom > 0 && runs_of(runs, arm, bottom - 1) == 0)
        bottom--;
    size_t rows = bottom < wanted ? bottom : wanted;
    memset(s, 0, sizeof(*s));
    for (size_t k = 0; k < rows; k++) {
        size_t y = bottom - 1 - k;
        size_t count = runs_of(runs, arm, y);
        int is_cut = count > 0 && (runs[0].first == 0 || runs[count - 1].last + 1 == p->nx);
        int is_pair = count == 2 && !is_cut && is_shaft(arm, runs[0]) && is_shaft(arm, runs[1]);
        seen[1] += is_pair;
        seen[2] += is_cut;
        seen[3] += count > 2;
        if (is_pair)
            add_row(s, y, runs);
    }
    const char *why =
        rows < wanted ? "the picture is too short for a forearm" : judge_edge(seen, (double) rows);
    if (why)
        snprintf(arm->why, sizeof(arm->why), "%s", why);
    *bottom_out = bottom;
}

/* Samples along rows that lie across the arm. */
static osarc_status lay_straight(dxa_arm *arm, osarc_error *err)
{
    const dxa_plane *p = &arm->plane;
    double cos_most = fmax(0.5, -arm->way[1]);
    arm->nu = 2 * (p->nx / 2) + 1;
    arm->nv = (size_t) (arm->from[1] / cos_most) + 1;
    arm->value = osi_alloc(arm->nu * arm->nv, sizeof(*arm->value), err);
    arm->ok = arm->value ? osi_alloc(arm->nu * arm->nv, 1, err) : NULL;
    if (!arm->ok)
        return OSARC_ERR_MEMORY;
    for (size_t v = 0; v < arm->nv; v++)
        for (size_t u = 0; u < arm->nu; u++) {
            double across = (double) u - arm->middle;
            double x = arm->from[0] + (double) v * arm->way[0] - across * arm->way[1];
            double y = arm->from[1] + (double) v * arm->way[1] + across * arm->way[0];
            arm->value[v * arm->nu + u] = (float) dxa_at(p, x, y);
            arm->ok[v * arm->nu + u] =
                x >= 0 && y >= 0 && x <= (double) p->nx - 1 && y <= (double) p->ny - 1;
        }
    return OSARC_OK;
}

osarc_status dxa_arm_straighten(dxa_arm *arm, osarc_error *err)
{
    size_t bottom = 0;
    sums s;
    find_shafts(arm, &bottom, &s);
    if (arm->why[0])
        return OSARC_OK;
    arm->stage = 1;
    double slope[2];
    double at[2];
    for (int k = 0; k < 2; k++) {
        slope[k] = (s.n * s.xy[k] - s.y * s.x[k]) / (s.n * s.yy - s.y * s.y);
        at[k] = s.x[k] / s.n + slope[k] * ((double) (bottom - 1) - s.y / s.n);
    }
    double mean = (slope[0] + slope[1]) / 2;
    double length = sqrt(1 + mean * mean);
    arm->way[0] = -mean / length;
    arm->way[1] = -1 / length;
    arm->middle = floor((double) arm->plane.nx / 2);
    /* rows begin below the picture: the lower edge lies aslant in it */
    double back = BELOW_MM / ARM_GRID_MM;
    double middle = (at[0] + at[1]) / 2;
    arm->from[0] = middle - back * arm->way[0];
    arm->from[1] = (double) (bottom - 1) - back * arm->way[1];
    /* lines of both in the straight picture: what each leans more than the mean */
    for (int k = 0; k < 2; k++) {
        arm->line[k][1] = (mean - slope[k]) / length;
        arm->line[k][0] = arm->middle + (at[k] - middle) / length - back * arm->line[k][1];
    }
    return lay_straight(arm, err);
}
