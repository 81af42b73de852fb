/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solid.h"

#include <math.h>
#include <string.h>

osi_frame osi_frame_upright(const double origin_mm[3])
{
    osi_frame frame = {.axes = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    memcpy(frame.origin_mm, origin_mm, sizeof(frame.origin_mm));
    return frame;
}

/* Each row turned from one patient axis towards another. */
static void turn_rows(double rows[3][3], int from, int to, double deg)
{
    double c = cos(deg * M_PI / 180);
    double s = sin(deg * M_PI / 180);
    for (int r = 0; r < 3; r++) {
        double a = rows[r][from];
        double b = rows[r][to];
        rows[r][from] = c * a - s * b;
        rows[r][to] = s * a + c * b;
    }
}

void osi_frame_lean(osi_frame *frame, double left_deg, double back_deg, double turn_deg)
{
    turn_rows(frame->axes, 2, 0, left_deg);
    turn_rows(frame->axes, 2, 1, back_deg);
    turn_rows(frame->axes, 0, 1, turn_deg);
}

void osi_frame_point(double out_mm[3], const osi_frame *frame, const double local_mm[3])
{
    for (int c = 0; c < 3; c++) {
        out_mm[c] = frame->origin_mm[c];
        for (int a = 0; a < 3; a++)
            out_mm[c] += local_mm[a] * frame->axes[a][c];
    }
}

void osi_solid_axes(double out[3][3], const osi_solid *solid)
{
    double turn = solid->turn_deg * M_PI / 180;
    const double turned[3][3] = {{cos(turn), sin(turn), 0}, {-sin(turn), cos(turn), 0}, {0, 0, 1}};
    double sum = 0;
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 3; c++)
            sum += fabs(solid->axes[a][c]);
    memcpy(out, sum > 0 ? solid->axes : turned, sizeof(turned));
}

void osi_solid_move(osi_solid *solid, const osi_frame *frame)
{
    double own[3][3];
    const double at_mm[3] = {solid->centre_mm[0], solid->centre_mm[1], solid->centre_mm[2]};
    osi_solid_axes(own, solid);
    osi_frame_point(solid->centre_mm, frame, at_mm);
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 3; c++) {
            solid->axes[a][c] = 0;
            for (int f = 0; f < 3; f++)
                solid->axes[a][c] += own[a][f] * frame->axes[f][c];
        }
}
