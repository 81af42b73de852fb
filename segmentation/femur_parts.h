/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_FEMUR_PARTS_H
#define SEGMENTATION_FEMUR_PARTS_H

/* Proximal femurs, from the ball of the head outwards. Places in mm, LPS. */

#include <math.h>

#include <osarc/femur_part.h>
#include <osarc/notes.h>

#include "spine_sample.h"

#define FEMUR_MAX_BALLS 24
#define FEMUR_STARTS    6

/* An even grid along the patient's axes. */
typedef struct femur_grid {
    size_t size[3];
    double mm;
    double origin_mm[3];
    uint8_t *bone; /* FEMUR_OUT, FEMUR_SOFT, FEMUR_BONE or FEMUR_METAL */
    float *hu;     /* clipped to what tells bone from its surroundings; NULL where not asked for */
} femur_grid;

enum {
    FEMUR_OUT,
    FEMUR_SOFT,
    FEMUR_BONE,
    FEMUR_METAL,
    FEMUR_FILLED /* marrow that the tissue labels do not tell from what is outside bone */
};

/* A ball of bone that may be a head. */
typedef struct femur_head {
    double centre_mm[3];
    double radius_mm;
    double ball_mm;      /* radius of the largest ball in bone there, gaps closed */
    double score;        /* 0 to 1: how much of the rim falls off at one radius */
    double rms_mm;       /* of the rim round the sphere, where it was refined */
    double ridge_mm;     /* of ridges round theirs, strays counted fully */
    double ridge_share;  /* of all directions in which one was seen */
    double off_ridge_mm; /* between the two spheres */
    double rim_share;    /* of all directions in which the rim was read */
    int lateral;         /* where the neck leaves: 1 towards the patient's left, -1 right */
    double neck[3];      /* unit, where bone leaves the ball */
    double neck_share;   /* of directions round it that stay in bone */
    double wall_share;   /* of directions to the middle that leave bone and meet it again */
    double other_share;  /* the same to the other side */
    double socket_share; /* of directions away from it that meet bone again past the rim */
    double view_share;   /* of the sphere's surface that is inside the view */
    double metal_mm3;    /* in the ball and METAL_REACH_MM round it */
} femur_head;

/* All bone of the image: no HU. Without bone the grid stays empty. */
osarc_status femur_grid_all(femur_grid *g, const sampler *s, double mm, int threads,
                            osarc_error *err);

/* The bone within `low` to `high`, with HU in it. */
osarc_status femur_grid_box(femur_grid *g, const sampler *s, double mm, const double low[3],
                            const double high[3], int threads, osarc_error *err);

void femur_grid_free(femur_grid *g);

static inline size_t femur_cell(const femur_grid *g, size_t x, size_t y, size_t z)
{
    return (z * g->size[1] + y) * g->size[0] + x;
}

static inline size_t femur_count(const femur_grid *g)
{
    return g->size[0] * g->size[1] * g->size[2];
}

void femur_place(const femur_grid *g, size_t cell, double lps_mm[3]);

/* The cell that holds a place; SIZE_MAX outside the grid. */
size_t femur_cell_at(const femur_grid *g, const double lps_mm[3]);

/* HU between voxels at an index that need not be whole; NAN at the edge of the view. */
static inline double femur_hu_at(const sampler *s, const double ijk[3])
{
    size_t at[3];
    double f[3];
    for (int a = 0; a < 3; a++) {
        if (!(ijk[a] >= 0 && ijk[a] < (double) s->grid.size[a] - 1))
            return NAN;
        at[a] = (size_t) ijk[a];
        f[a] = ijk[a] - (double) at[a];
    }
    size_t row = s->grid.size[0];
    size_t plane = row * s->grid.size[1];
    const int16_t *v = s->stored + at[2] * plane + at[1] * row + at[0];
    const int16_t least =
        (int16_t) (v[0] < v[plane + row + 1] ? v[0] : v[plane + row + 1]); /* two corners tell */
    if (least == OSARC_OUTSIDE)
        return NAN;
    double a = v[0] + f[0] * (v[1] - v[0]);
    double b = v[row] + f[0] * (v[row + 1] - v[row]);
    double c = v[plane] + f[0] * (v[plane + 1] - v[plane]);
    double d = v[plane + row] + f[0] * (v[plane + row + 1] - v[plane + row]);
    a += f[1] * (b - a);
    c += f[1] * (d - c);
    return (a + f[2] * (c - a)) * s->step + s->offset;
}

/* From the head's centre to a place, and how far along the neck that is. */
static inline double femur_head_distance_mm(const femur_head *h, const double p[3],
                                            double *along_mm)
{
    double squared = 0;
    *along_mm = 0;
    for (int a = 0; a < 3; a++) {
        double d = p[a] - h->centre_mm[a];
        squared += d * d;
        *along_mm += d * h->neck[a];
    }
    return sqrt(squared);
}

/* Balls that may lie in a head, largest first. */
osarc_status femur_balls_find(femur_head balls[FEMUR_MAX_BALLS], size_t *count_out,
                              const femur_grid *g, int threads, osarc_error *err);

/* Spheres near a ball round which HU falls, best first; how many. */
size_t femur_head_search(femur_head starts[FEMUR_STARTS], const femur_head *ball, const sampler *s);

/* How much of the rim falls off at one radius about the head's centre. */
double femur_head_score(const femur_head *h, const sampler *s);

/* In the ball and round it, as far as its streaks spoil. */
double femur_head_metal_mm3(const femur_head *h, const sampler *s);

/* As it lies in most. */
void femur_neck_guess(double neck[3], int lateral);

/* Neck, socket and view of a head; where no midline is known (NAN), neck and socket say
 * which side of it is lateral. */
void femur_joint_read(femur_head *h, const sampler *s, double midline_mm);

/* Moves the sphere to the head's surface; neck must be known. */
osarc_status femur_head_refine(femur_head *h, const sampler *s, osarc_error *err);

/* Moves a sphere to the ridges about it, thick slices or not; ridge_share 0 where there are none.
 */
osarc_status femur_head_ridge(femur_head *h, const sampler *s, osarc_error *err);

/* Middle of the body's width near a height; NAN when the view cuts the body on a side there. */
double femur_midline_mm(const sampler *s, double z_mm);

/* The balls that are in heads, at most one a side, refined: right before left. */
osarc_status femur_heads_choose(femur_head chosen[2], size_t *chosen_out, const femur_head *balls,
                                size_t count, const sampler *s, int threads, osarc_error *err);

/*
 * Shares out the bone on the grid from the balls: n + 1 for the femur of heads[n], FEMUR_OTHER for
 * the pelvis and the rest that hangs together with it, 0 for what does not.
 */
#define FEMUR_OTHER 3
osarc_status femur_split(uint8_t **labels_out, const femur_grid *g, const femur_head *heads,
                         size_t count, osarc_error *err);

/* Fills in the marrow of one femur and takes off what is not of it. */
osarc_status femur_clean(femur_grid *g, uint8_t *labels, uint8_t label, const femur_head *h,
                         osarc_error *err);

/* What the split found of one femur, in landmarks. `out` holds head and side already. */
void femur_axes_find(osarc_femur *out, const sampler *s, const femur_grid *g, const uint8_t *labels,
                     uint8_t label, const femur_head *h);

#endif
