/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_body.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

/*
 * The wall of a body: in every direction from its axis the place where bone ends, as one closed
 * line a height that bends no more than a body does. Where a pedicle or a rib joins and nothing
 * ends, its neighbours carry the line.
 */

#define WALL_LOW_MM   7.0
#define WALL_STEP_MM  0.75
#define WALL_STEPS    44
#define WALL_BEND     2   /* steps from one direction to the next at most */
#define WALL_STIFF    9.0 /* what a step costs, in HU of edge */
#define WALL_USUAL_HU 250.0
#define WALL_FAR      0.3   /* loss of belief over the whole reach: the first edge is the wall */
#define BRIGHT_HU     160.0 /* beyond the wall of a body there is disc, muscle, fat or canal */
#define BACK_EDGE_HU  60.0
#define BACK_USUAL_MM (-9.0)
#define BACK_SLACK_MM 0.5
#define BACK_FROM_MM  2.0
#define BACK_STEPS    30
#define IN_CANAL      1000.0
#define REFINE_STEPS  5
#define REFINE_MM     0.5
#define EDGE_MIN_HU   60.0
#define LAPS          2 /* round and round until the line closes */

static double read_wall(const float row[WALL_RAYS], double turn)
{
    double at = turn * WALL_RAYS;
    double low = floor(at);
    size_t i = (size_t) low % WALL_RAYS;
    return row[i] + (at - low) * (row[(i + 1) % WALL_RAYS] - row[i]);
}

double wall_distance(const body_model *b, double share, double u_mm, double v_mm)
{
    double turn = atan2(v_mm - b->axis_v_mm, u_mm - b->axis_u_mm) / (2 * M_PI);
    if (turn < 0)
        turn += 1;
    double at = fmax(0, fmin(WALL_ROWS - 1, share * (WALL_ROWS - 1)));
    size_t low = (size_t) at < WALL_ROWS - 1 ? (size_t) at : WALL_ROWS - 2;
    double here = read_wall(b->wall_mm[low], turn);
    return here + (at - (double) low) * (read_wall(b->wall_mm[low + 1], turn) - here);
}

/* Mean over a little height, so that one bright or dark plane does not draw the wall. */
static double read_level(const straight *st, const body_model *b, double share, double u, double v)
{
    double low = plate_height(b->lower, b, u, v);
    double high = plate_height(b->upper, b, u, v);
    double sum = 0;
    for (int n = -1; n <= 1; n++)
        sum += straight_hu(st, low + (share + 0.06 * n) * (high - low), u, v);
    return sum / 3;
}

static void score_edges(double score[WALL_RAYS][WALL_STEPS], const straight *st,
                        const body_model *b, double share)
{
    for (int n = 0; n < WALL_RAYS; n++) {
        double angle = 2 * M_PI * n / WALL_RAYS;
        double hu[WALL_STEPS + 4];
        for (int i = 0; i < WALL_STEPS + 4; i++) {
            double r = WALL_LOW_MM + (i - 2) * WALL_STEP_MM;
            hu[i] = read_level(st, b, share, b->axis_u_mm + r * cos(angle),
                               b->axis_v_mm + r * sin(angle));
        }
        double to_canal =
            sin(angle) > 0 ? (b->back_mm + BACK_SLACK_MM - b->axis_v_mm) / sin(angle) : HUGE_VAL;
        for (int i = 0; i < WALL_STEPS; i++) {
            double fall = hu[i] - hu[i + 4];
            double belief = 1 - WALL_FAR * i / WALL_STEPS;
            double beyond = hu[i + 4] > BRIGHT_HU ? 0.5 : 1;
            score[n][i] = isfinite(fall)
                              ? fmax(-50, fall / (1 + fabs(fall) / WALL_USUAL_HU)) * belief * beyond
                              : 0;
            if (WALL_LOW_MM + i * WALL_STEP_MM > to_canal)
                score[n][i] = -IN_CANAL;
        }
    }
}

/* The best closed line: the chain is run over the circle twice and the second lap is kept. */
static void draw_line(float row[WALL_RAYS], double score[WALL_RAYS][WALL_STEPS])
{
    static const int TOTAL = (LAPS + 1) * WALL_RAYS;
    double total[WALL_STEPS];
    double before[WALL_STEPS];
    int8_t from[(LAPS + 1) * WALL_RAYS][WALL_STEPS];
    memset(before, 0, sizeof(before));
    for (int t = 0; t < TOTAL; t++) {
        for (int i = 0; i < WALL_STEPS; i++) {
            double best = -HUGE_VAL;
            for (int m = -WALL_BEND; m <= WALL_BEND; m++) {
                if (i + m < 0 || i + m >= WALL_STEPS)
                    continue;
                double here = before[i + m] - WALL_STIFF * abs(m);
                if (here > best) {
                    best = here;
                    from[t][i] = (int8_t) m;
                }
            }
            total[i] = best + score[t % WALL_RAYS][i];
        }
        memcpy(before, total, sizeof(before));
    }
    int at = 0;
    for (int i = 1; i < WALL_STEPS; i++)
        if (total[i] > total[at])
            at = i;
    for (int t = TOTAL - 1; t >= WALL_RAYS; t--) {
        if (t < 2 * WALL_RAYS)
            row[t % WALL_RAYS] = (float) (WALL_LOW_MM + at * WALL_STEP_MM);
        at += from[t][at];
    }
}

/* Moves the line, where an edge shows, to the place where HU have come half-way down. */
static void refine_line(body_model *b, const straight *st, int r)
{
    double share = (r + 0.5) / WALL_ROWS;
    for (int n = 0; n < WALL_RAYS; n++) {
        double angle = 2 * M_PI * n / WALL_RAYS;
        double hu[2 * REFINE_STEPS + 1];
        int high = 0;
        int seen = 1;
        for (int i = 0; i <= 2 * REFINE_STEPS; i++) {
            double at = b->wall_mm[r][n] + (i - REFINE_STEPS) * REFINE_MM;
            hu[i] = read_level(st, b, share, b->axis_u_mm + at * cos(angle),
                               b->axis_v_mm + at * sin(angle));
            seen = seen && isfinite(hu[i]);
            if (i <= REFINE_STEPS && hu[i] > hu[high])
                high = i;
        }
        int low = high;
        for (int i = high; i <= 2 * REFINE_STEPS; i++)
            if (hu[i] < hu[low])
                low = i;
        if (!seen || hu[high] - hu[low] < EDGE_MIN_HU)
            continue;
        double half = (hu[low] + hu[high]) / 2;
        for (int i = high + 1; i <= low; i++)
            if (hu[i] <= half) {
                double at = i - 1 + (hu[i - 1] - half) / (hu[i - 1] - hu[i]) - REFINE_STEPS;
                b->wall_mm[r][n] += (float) (at * REFINE_MM);
                break;
            }
    }
}

/* Each height between its neighbours, each direction between its. */
static void smooth(body_model *b)
{
    float raw[WALL_ROWS][WALL_RAYS];
    memcpy(raw, b->wall_mm, sizeof(raw));
    for (int r = 0; r < WALL_ROWS; r++)
        for (int n = 0; n < WALL_RAYS; n++) {
            float sum = 0;
            float weights = 0;
            for (int dr = -1; dr <= 1; dr++)
                for (int dn = -1; dn <= 1; dn++) {
                    if (r + dr < 0 || r + dr >= WALL_ROWS)
                        continue;
                    float weight = (float) ((2 - abs(dr)) * (2 - abs(dn)));
                    sum += weight * raw[r + dr][(n + dn + WALL_RAYS) % WALL_RAYS];
                    weights += weight;
                }
            b->wall_mm[r][n] = sum / weights;
        }
}

/* Where the canal ends and the body begins, going forward from the middle of the canal. */
static double find_back(const body_model *b, const straight *st)
{
    double found[64];
    size_t count = 0;
    for (int n = 0; n < 8; n++)
        for (int column = -3; column <= 3; column++) {
            double u = 2.0 * column;
            double share = n < 4 ? 0.1 + 0.08 * n : 0.9 - 0.08 * (n - 4); /* not at the vein */
            double most = BACK_EDGE_HU;
            double at = NAN;
            for (int i = 0; i < BACK_STEPS; i++) {
                double v = BACK_FROM_MM - i * WALL_STEP_MM;
                double rise =
                    read_level(st, b, share, u, v - 1.5) - read_level(st, b, share, u, v + 1.5);
                if (rise > most) {
                    most = rise;
                    at = v;
                } else if (isfinite(at) && at - v > 3)
                    break;
            }
            if (isfinite(at) && count < sizeof(found) / sizeof(found[0]))
                found[count++] = at;
        }
    if (count == 0)
        return BACK_USUAL_MM;
    gsl_sort(found, 1, count);
    return gsl_stats_median_from_sorted_data(found, 1, count);
}

static void find_rows(body_model *b, const straight *st)
{
    for (int r = 0; r < WALL_ROWS; r++) {
        double score[WALL_RAYS][WALL_STEPS];
        score_edges(score, st, b, (r + 0.5) / WALL_ROWS);
        draw_line(b->wall_mm[r], score);
        refine_line(b, st, r);
    }
    smooth(b);
}

static void move_axis(body_model *b)
{
    double area = 0;
    double u = 0;
    double v = 0;
    for (int r = 0; r < WALL_ROWS; r++)
        for (int n = 0; n < WALL_RAYS; n++) {
            double angle = 2 * M_PI * n / WALL_RAYS;
            double distance = b->wall_mm[r][n];
            area += distance * distance / 2;
            u += distance * distance * distance / 3 * cos(angle);
            v += distance * distance * distance / 3 * sin(angle);
        }
    /* plates are given about the axis: move them along */
    double du = u / area;
    double dv = v / area;
    double *plates[2] = {b->lower, b->upper};
    for (int i = 0; i < 2; i++) {
        double x = du / PLATE_UNIT_MM;
        double y = dv / PLATE_UNIT_MM;
        double *p = plates[i];
        p[0] += p[1] * x + p[2] * y + p[3] * x * x + p[4] * y * y;
        p[1] += 2 * p[3] * x;
        p[2] += 2 * p[4] * y;
    }
    b->axis_u_mm += du;
    b->axis_v_mm += dv;
}

void body_wall_fit(body_model *b, const straight *st)
{
    b->back_mm = find_back(b, st);
    find_rows(b, st);
    move_axis(b);
    find_rows(b, st);
}
