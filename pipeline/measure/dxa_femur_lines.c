/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_dxa.h>

#include <math.h>
#include <string.h>

#include <osarc/hip_region.h>
#include <osi/fail.h>

#define NECK            (1 + OSARC_HIP_NECK)
#define TROCHANTER      (1 + OSARC_HIP_TROCHANTER)
#define INTERTROCHANTER (1 + OSARC_HIP_INTERTROCHANTER)

static double along(const double at[2], const double from[2], const double way[2])
{
    return (at[0] - from[0]) * way[0] + (at[1] - from[1]) * way[1];
}

static uint8_t label_at(const osarc_dxa_femur_lines *l, const double at[2], double box_mm,
                        double lines_mm)
{
    double neck = along(at, l->neck_mm, l->neck_way) - box_mm;
    double up = along(at, l->shaft_mm, l->shaft_way) - lines_mm;
    if (neck > l->box_mm[1])
        return OSARC_DXA_LABEL_BESIDE;
    if (neck >= l->box_mm[0])
        return NECK;
    if (up > l->cross_up_mm)
        return TROCHANTER;
    return up > l->last_up_mm ? INTERTROCHANTER : OSARC_DXA_LABEL_SHAFT;
}

/* Bone on the other side of the box's inner end belongs to it where the box has moved over it. */
static int is_of_neck(const osarc_dxa_femur_lines *l, const double at[2], double box_mm)
{
    const double over[2] = {-l->neck_way[1], l->neck_way[0]};
    double neck = along(at, l->neck_mm, l->neck_way);
    return neck > l->box_mm[0] + box_mm && neck <= l->box_mm[1] + box_mm &&
           fabs(along(at, l->neck_mm, over)) <= l->neck_reach_mm;
}

osarc_status osarc_dxa_femur_move(uint8_t *out, const osarc_dxa_femur_input *input, double box_mm,
                                  double lines_mm, osarc_error *err)
{
    if (!out || !input || !input->maps || !input->labels)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "maps and labels are needed");
    const osarc_dxa_maps *m = input->maps;
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        size_t row = i / m->columns;
        const double at[2] = {(double) (i % m->columns) * m->spacing_mm[0],
                              (double) row * m->spacing_mm[1]};
        uint8_t label = input->labels[i];
        out[i] = label;
        if (label == OSARC_DXA_LABEL_BESIDE ? is_of_neck(&input->lines, at, box_mm) : label != 0)
            out[i] = label_at(&input->lines, at, box_mm, lines_mm);
    }
    return OSARC_OK;
}
