/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <math.h>
#include <string.h>

#include "femur_limits.h"

/*
 * What tells a hip from a vertebra, a sacrum or a trochanter: bone leaves the ball on one side, as
 * the neck does, and meets it again past the rim everywhere else, as the socket does.
 */

#define WAYS 600

typedef struct way {
    double d[3];
    int seen;   /* as far as the neck reaches */
    int solid;  /* in bone all the way */
    int socket; /* bone again past the rim */
} way;

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE ||
           label == OSARC_TISSUE_METAL;
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static int is_outside(const sampler *s, size_t voxel)
{
    return voxel == SIZE_MAX || s->stored[voxel] == OSARC_OUTSIDE;
}

static void read_ways(way ways[WAYS], femur_head *h, const sampler *s)
{
    size_t rim_seen = 0;
    for (size_t n = 0; n < WAYS; n++) {
        way *w = &ways[n];
        double z = 1 - (2 * (double) n + 1) / WAYS;
        double turn = M_PI * (1 + sqrt(5.0)) * ((double) n + 0.5);
        double side = sqrt(1 - z * z);
        *w = (way){.d = {side * cos(turn), side * sin(turn), z}, .seen = 1, .solid = 1};
        for (int past = -4; past <= (int) NECK_REACH_MM; past++) {
            double p[3];
            for (int a = 0; a < 3; a++)
                p[a] = h->centre_mm[a] + (h->radius_mm + past) * w->d[a];
            size_t voxel = sample_nearest(s, p);
            if (past == 0)
                rim_seen += !is_outside(s, voxel);
            if (is_outside(s, voxel)) {
                w->seen = 0;
                continue;
            }
            int bone = is_bone(s->tissue[voxel]);
            w->solid &= bone;
            w->socket |= bone && past >= SOCKET_NEAR_MM && past <= SOCKET_FAR_MM;
        }
        w->solid &= w->seen;
    }
    h->view_share = (double) rim_seen / WAYS;
}

/* The direction on one side of the body round which most stay in bone, and their mean. */
static double find_neck(double neck[3], const way ways[WAYS], int lateral)
{
    double best = 0;
    memset(neck, 0, 3 * sizeof(*neck));
    for (size_t n = 0; n < WAYS; n++) {
        const double *d = ways[n].d;
        double sum[3] = {0};
        double solid = 0;
        double all = 0;
        double seen = 0;
        if (lateral * d[0] < NECK_LEAST_X || d[2] > NECK_HIGH_Z || d[2] < NECK_LOW_Z ||
            fabs(d[1]) > NECK_MOST_Y)
            continue;
        for (size_t m = 0; m < WAYS; m++) {
            if (dot(d, ways[m].d) < NECK_CONE_COS)
                continue;
            all++;
            seen += ways[m].seen;
            solid += ways[m].solid;
            for (int a = 0; a < 3 && ways[m].solid; a++)
                sum[a] += ways[m].d[a];
        }
        if (seen < all / 2 || solid / seen <= best)
            continue;
        best = solid / seen;
        double length = sqrt(dot(sum, sum));
        for (int a = 0; a < 3; a++)
            neck[a] = sum[a] / length;
    }
    return best;
}

static double find_socket(const way ways[WAYS], const double neck[3])
{
    size_t all = 0;
    size_t met = 0;
    for (size_t n = 0; n < WAYS; n++) {
        if (!ways[n].seen || fabs(ways[n].d[2]) > HIGH_LAT || dot(neck, ways[n].d) > AWAY_COS)
            continue;
        all++;
        met += (size_t) ways[n].socket;
    }
    return all < WAYS / 20 ? 0 : (double) met / (double) all;
}

/* Bone across a gap, to one side of the body: the floor of the socket. */
static double find_wall(const way ways[WAYS], int side)
{
    size_t all = 0;
    size_t met = 0;
    for (size_t n = 0; n < WAYS; n++) {
        const way *w = &ways[n];
        if (!w->seen || fabs(w->d[2]) > HIGH_LAT || side * w->d[0] < WALL_LEAST_X)
            continue;
        all++;
        met += (size_t) (w->socket && !w->solid);
    }
    return all < WAYS / 60 ? 0 : (double) met / (double) all;
}

double femur_head_metal_mm3(const femur_head *h, const sampler *s)
{
    double reach_mm = h->radius_mm + METAL_REACH_MM;
    const int reach = (int) (reach_mm / 2);
    double mm3 = 0;
    for (int z = -reach; z <= reach; z++)
        for (int y = -reach; y <= reach; y++)
            for (int x = -reach; x <= reach; x++) {
                const double p[3] = {h->centre_mm[0] + 2 * x, h->centre_mm[1] + 2 * y,
                                     h->centre_mm[2] + 2 * z};
                if (4 * (x * x + y * y + z * z) > reach_mm * reach_mm)
                    continue;
                size_t voxel = sample_nearest(s, p);
                if (voxel != SIZE_MAX && s->tissue[voxel] == OSARC_TISSUE_METAL)
                    mm3 += 8;
            }
    return mm3;
}

void femur_neck_guess(double neck[3], int lateral)
{
    neck[0] = lateral * 0.8;
    neck[1] = 0;
    neck[2] = -0.6;
}

void femur_joint_read(femur_head *h, const sampler *s, double midline_mm)
{
    way ways[WAYS];
    double best = -1;
    read_ways(ways, h, s);
    for (int lateral = -1; lateral <= 1; lateral += 2) {
        double neck[3];
        if (lateral * (h->centre_mm[0] - midline_mm) < 0)
            continue;
        double share = find_neck(neck, ways, lateral);
        if (share < NECK_LEAST) /* cut by the view, perhaps */
            femur_neck_guess(neck, lateral);
        double socket = find_socket(ways, neck);
        double wall = find_wall(ways, -lateral);
        double both = fmin(fmax(share, NECK_LEAST), NECK_ENOUGH) * socket * wall;
        if (both <= best)
            continue;
        best = both;
        h->lateral = lateral;
        h->neck_share = share;
        h->socket_share = socket;
        h->wall_share = wall;
        h->other_share = find_wall(ways, lateral);
        memcpy(h->neck, neck, sizeof(neck));
    }
}

enum {
    ROW_EMPTY,
    ROW_WHOLE,
    ROW_CUT
};

/* Where body begins and ends along a row of the patient's left-right. */
static int find_width(double ends[2], const sampler *s, double y, double z, const double low[3],
                      const double high[3])
{
    int found = ROW_EMPTY;
    int was_out = 1;
    const int steps = (int) ((high[0] - low[0]) / ROW_STEP_MM) + 3;
    for (int n = 0; n < steps; n++) {
        double x = low[0] + ROW_STEP_MM * (n - 1);
        size_t voxel = sample_nearest(s, (double[3]){x, y, z});
        int out = is_outside(s, voxel);
        int body = !out && s->tissue[voxel] != OSARC_TISSUE_OUTSIDE;
        if ((body && was_out) || (out && found == ROW_WHOLE && x - ends[1] < 6))
            return ROW_CUT;
        if (body) {
            if (found == ROW_EMPTY)
                ends[0] = x;
            found = ROW_WHOLE;
            ends[1] = x;
        }
        was_out = out;
    }
    return found;
}

static double find_middle(const sampler *s, double z_mm)
{
    double low[3] = {INFINITY, INFINITY, INFINITY};
    double high[3] = {-INFINITY, -INFINITY, -INFINITY};
    double left = -INFINITY;
    double right = INFINITY;
    for (unsigned corner = 0; corner < 8; corner++) {
        double ijk[3];
        double p[3];
        for (int a = 0; a < 3; a++)
            ijk[a] = corner >> a & 1 ? (double) s->grid.size[a] - 1 : 0;
        osarc_grid_position_mm(&s->grid, ijk, p);
        for (int a = 0; a < 3; a++) {
            low[a] = fmin(low[a], p[a]);
            high[a] = fmax(high[a], p[a]);
        }
    }
    for (int n = 0; n <= (int) ((high[1] - low[1]) / ROWS_APART_MM); n++) {
        double y = low[1] + ROWS_APART_MM * n;
        double ends[2] = {NAN, NAN};
        int found = find_width(ends, s, y, z_mm, low, high);
        if (found == ROW_CUT)
            return NAN;
        if (found == ROW_EMPTY)
            continue;
        right = fmin(right, ends[0]);
        left = fmax(left, ends[1]);
    }
    return left > right ? (left + right) / 2 : NAN;
}

double femur_midline_mm(const sampler *s, double z_mm)
{
    double middle = find_middle(s, z_mm);
    for (int n = 1; isnan(middle) && n <= (int) (MIDLINE_FAR_MM / 10); n++) {
        double off = 10.0 * n;
        middle = find_middle(s, z_mm + off);
        if (isnan(middle))
            middle = find_middle(s, z_mm - off);
    }
    return middle;
}
