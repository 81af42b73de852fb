/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_parts.h"

#include <stdio.h>

/*
 * How far cortex and end plates reach into a body differs with slice thickness, kernel and patient.
 * It is read from the scan: the depth at which the mean of all bodies has come down from the bright
 * rim to nearly the even inside.
 */

#define BIN_MM     0.5
#define BINS       24
#define EVEN_FROM  13 /* bins: 6.5 to 9 mm in */
#define EVEN_TO    18
#define RIM_TO     10
#define RIM_MIN_HU 40.0 /* a rim that is no brighter tells nothing */
#define CLEAR_MM   5.0  /* of one rim, where the other is read */
#define VEIN_SHARE 0.4
/* where no rim shows: blurred away, so that it may reach far */
#define WALL_USUAL_MM  3.0
#define PLATE_USUAL_MM 5.0
#define DEPTH_LEAST_MM 3.0
#define DEPTH_MOST_MM  6.0
/* what the border of a region may be brighter than the inside */
#define EXCESS_HU    80.0
#define EXCESS_SHARE 0.65 /* of what the rim is brighter */
#define LAYER_MM     1.0
#define CROSSED_HU   200.0 /* no even bone is so much brighter in one layer than in another */
#define INSIDE_MM    8.0   /* from both end plates */

typedef struct profile {
    double sum[BINS];
    double count[BINS];
} profile;

static void add_body(profile *p, const level_part *part, const sampler *s, int wall)
{
    double sum[BINS] = {0};
    double count[BINS] = {0};
    for (size_t i = 0; i < part->voxel_count; i++) {
        const body_voxel *v = &part->voxels[i];
        double plate = fmin((double) v->over_lower_mm, (double) v->under_upper_mm);
        double depth = wall ? v->within_wall_mm : plate;
        if ((wall ? plate : v->within_wall_mm) < CLEAR_MM || depth < 0 || depth >= BINS * BIN_MM ||
            v->from_back_mm < VEIN_SHARE * part->depth_mm)
            continue;
        size_t bin = (size_t) (depth / BIN_MM);
        sum[bin] += s->stored[v->index] * s->step + s->offset;
        count[bin]++;
    }
    for (size_t b = 0; b < BINS; b++)
        if (count[b] > 0) {
            p->sum[b] += sum[b] / count[b];
            p->count[b]++;
        }
}

/* Mean over three bins; NAN where no body has any. */
static double read_bin(const profile *p, size_t bin)
{
    double sum = 0;
    double count = 0;
    for (size_t b = bin ? bin - 1 : 0; b <= bin + 1 && b < BINS; b++) {
        sum += p->sum[b];
        count += p->count[b];
    }
    return count > 0 ? sum / count : NAN;
}

static double find_depth(const profile *p, double usual_mm)
{
    double even = 0;
    double bins = 0;
    size_t rim = 1;
    for (size_t b = EVEN_FROM; b < EVEN_TO; b++)
        if (isfinite(read_bin(p, b))) {
            even += read_bin(p, b);
            bins++;
        }
    for (size_t b = 1; b < RIM_TO; b++)
        if (read_bin(p, b) > read_bin(p, rim))
            rim = b;
    even /= bins;
    double top = read_bin(p, rim);
    if (!(top - even >= RIM_MIN_HU))
        return usual_mm;
    double limit = even + fmin(EXCESS_HU, EXCESS_SHARE * (top - even));
    for (size_t b = rim + 1; b < BINS; b++) {
        double before = read_bin(p, b - 1);
        double here = read_bin(p, b);
        if (here <= limit && before > limit) {
            double at = BIN_MM * ((double) b - 0.5 + (before - limit) / (before - here));
            return fmax(DEPTH_LEAST_MM, fmin(DEPTH_MOST_MM, at));
        }
    }
    return usual_mm;
}

/* How far a voxel reaches in a direction. */
static double voxel_along_mm(const osarc_grid *grid, const double way[3])
{
    double most = 0;
    for (int a = 0; a < 3; a++) {
        const double *d = grid->direction[a];
        double share = fabs(d[0] * way[0] + d[1] * way[1] + d[2] * way[2]);
        most = fmax(most, share * grid->spacing_mm[a]);
    }
    return most;
}

/* Mean HU of a layer under one end plate, from `depth` on; NAN where there is none. */
static double read_layer(const level_part *part, const sampler *s, int upper, double wall_mm,
                         double depth, double thick)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < part->voxel_count; i++) {
        const body_voxel *v = &part->voxels[i];
        double from = upper ? v->under_upper_mm : v->over_lower_mm;
        double other = upper ? v->over_lower_mm : v->under_upper_mm;
        if (from < depth || from >= depth + thick || other < depth || v->within_wall_mm < wall_mm ||
            v->from_back_mm < VEIN_SHARE * part->depth_mm)
            continue;
        sum += s->stored[v->index] * s->step + s->offset;
        count++;
    }
    return count ? sum / (double) count : NAN;
}

/* One end plate may lie deeper in its slice than others: its own layer tells. */
static double set_plate(const level_part *part, const sampler *s, int upper, double wall_mm,
                        double plate_mm)
{
    double inside = read_layer(part, s, upper, wall_mm, INSIDE_MM, HUGE_VAL);
    while (plate_mm + BIN_MM <= DEPTH_MOST_MM &&
           read_layer(part, s, upper, wall_mm, plate_mm, LAYER_MM) > inside + EXCESS_HU)
        plate_mm += BIN_MM;
    return plate_mm;
}

/* Whether a layer of the region is brighter than bone between end plates can be: one of them. */
static int crosses_plate(const level_part *part, const sampler *s, double wall_mm)
{
    double least = HUGE_VAL;
    double most = -HUGE_VAL;
    double height = 0;
    for (size_t i = 0; i < part->voxel_count; i++)
        height = fmax(height, (double) part->voxels[i].over_lower_mm);
    int layers = (int) ((height - part->plate_mm[0] - part->plate_mm[1]) / LAYER_MM);
    for (int n = 0; n < layers; n++) {
        double hu = read_layer(part, s, 0, wall_mm, part->plate_mm[0] + n * LAYER_MM, LAYER_MM);
        least = fmin(least, hu);
        most = fmax(most, hu);
    }
    return most - least > CROSSED_HU;
}

void spine_set_margins(osarc_spine *spine, const sampler *s)
{
    profile plate = {0};
    profile wall = {0};
    for (size_t i = 0; i < spine->count; i++)
        if (spine->vertebrae[i].whole && !spine->vertebrae[i].spoiled[0]) {
            add_body(&plate, &spine->parts[i], s, 0);
            add_body(&wall, &spine->parts[i], s, 1);
        }
    spine->plate_mm = find_depth(&plate, PLATE_USUAL_MM);
    spine->wall_mm = find_depth(&wall, WALL_USUAL_MM);
    for (size_t i = 0; i < spine->count; i++)
        for (int upper = 0; upper < 2; upper++) {
            level_part *part = &spine->parts[i];
            double voxel_mm = voxel_along_mm(&s->grid, spine->vertebrae[i].up);
            part->plate_mm[upper] =
                set_plate(part, s, upper, spine->wall_mm, fmax(spine->plate_mm, voxel_mm));
        }
    for (size_t i = 0; i < spine->count; i++) {
        osarc_vertebra *v = &spine->vertebrae[i];
        if (v->whole && !v->spoiled[0] && crosses_plate(&spine->parts[i], s, spine->wall_mm)) {
            snprintf(v->spoiled, sizeof(v->spoiled), "end plates and discs cannot be told apart");
            v->sound_around = 1;
        }
    }
}
