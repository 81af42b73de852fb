/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NOTCH_STEP_MM  0.05
#define GREATER_TOP_MM 20.0 /* over its middle */
#define REACH_MM       80.0 /* farther than any bone from the neck's axis, */
#define REST_UP_MM     40.0 /* and beyond the box from where the axes cross */
#define REST_SIDE_MM   50.0

/* Lengths of the line that crosses the plane at `along` from the head's centre on the neck's axis,
 * `over` above it. */
static void chords_at(double out_mm[3], const osi_femur *f, double along, double over)
{
    double s = sin(OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180);
    double c = cos(OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180);
    double back = OSI_FEMUR_ALONG_MM - along;
    osi_femur_chords(out_mm, f, back * s + over * c, -back * c + over * s);
}

/* How far the bone reaches from the neck's axis, in one go; way 1 upwards, -1 downwards. */
static double height(const osi_femur *f, double along, double way, double step_mm)
{
    for (int i = 0; i * step_mm < REACH_MM; i++) {
        double chords[3];
        chords_at(chords, f, along, way * (i + 0.5) * step_mm);
        if (chords[0] <= 0)
            return i * step_mm;
    }
    return REACH_MM;
}

/* On the plane of the axes, from their crossing: x to the middle of the body, y up. */
static void lay(double out_mm[2], const osi_femur *f, const double own_mm[3])
{
    double a = f->anteversion_deg * M_PI / 180;
    out_mm[0] = -(own_mm[0] - f->cross_mm[0]) * cos(a) - (own_mm[1] - f->cross_mm[1]) * sin(a);
    out_mm[1] = own_mm[2] - f->cross_mm[2];
}

/* The line from the trochanter's tip that touches the head from above: a point, and the unit vector
 * across it that points into the bone. */
static void find_bridge(double tip_mm[2], double down[2], const osi_femur *f)
{
    static const double HEAD[3] = {0, 0, 0};
    const double top[3] = {f->greater_mm[0], f->greater_mm[1], f->greater_mm[2] + GREATER_TOP_MM};
    double head[2];
    lay(tip_mm, f, top);
    lay(head, f, HEAD);
    double way[2] = {head[0] - tip_mm[0], head[1] - tip_mm[1]};
    double angle = atan2(way[1], way[0]) + asin(OSI_FEMUR_HEAD_MM / hypot(way[0], way[1]));
    down[0] = sin(angle);
    down[1] = -cos(angle);
}

static double find_notch(const osi_femur *f)
{
    double s = sin(OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180);
    double c = cos(OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180);
    double tip[2];
    double down[2];
    double deepest = -INFINITY;
    double notch = 0;
    find_bridge(tip, down, f);
    double from = OSARC_HIP_NECK_FROM_RADII * OSI_FEMUR_HEAD_MM;
    for (int i = 0; from + i * NOTCH_STEP_MM < OSI_FEMUR_ALONG_MM; i++) {
        double along = from + i * NOTCH_STEP_MM;
        double up = height(f, along, 1, NOTCH_STEP_MM);
        double back = OSI_FEMUR_ALONG_MM - along;
        double depth =
            (back * s + up * c - tip[0]) * down[0] + (-back * c + up * s - tip[1]) * down[1];
        deepest = fmax(deepest, depth);
        if (depth >= deepest - OSARC_HIP_NOTCH_WITHIN_MM)
            notch = along;
        else if (depth < deepest - 5)
            break;
    }
    return notch;
}

static void add(osarc_phantom_hip_region *sum, const double chords_mm[3],
                const osi_femur_mineral *mineral, double pixel_mm2)
{
    if (chords_mm[0] <= 0)
        return;
    sum->area_cm2 += pixel_mm2 / 100;
    sum->volume_cm3 += chords_mm[0] * pixel_mm2 / 1000;
    sum->compact_cm3 += (chords_mm[0] - chords_mm[1]) * pixel_mm2 / 1000;
    sum->bmc_g += ((chords_mm[0] - chords_mm[1]) * mineral->compact_mg_cm3 +
                   (chords_mm[1] - chords_mm[2]) * mineral->core_mg_cm3) *
                  pixel_mm2 / 1e6;
}

static void add_neck(osarc_phantom_hip_region *neck, const osi_femur *f, double notch,
                     const osi_femur_mineral *mineral, double step_mm)
{
    int columns = (int) round(OSARC_HIP_NECK_BOX_MM / step_mm);
    for (int i = 0; i < columns; i++)
        for (int way = -1; way <= 1; way += 2) {
            double along = notch - OSARC_HIP_NECK_BOX_MM + (i + 0.5) * step_mm;
            double end = height(f, along, way, step_mm);
            for (int j = 0; (j + 0.5) * step_mm < end; j++) {
                double chords[3];
                chords_at(chords, f, along, way * (j + 0.5) * step_mm);
                add(neck, chords, mineral, step_mm * step_mm);
            }
        }
}

/* All beyond the box, above the last line. */
static void add_rest(osarc_phantom_hip_region regions[], const osi_femur *f, double notch,
                     const osi_femur_mineral *mineral, double step_mm)
{
    double last = f->lesser_mm[2] - f->cross_mm[2] - OSARC_HIP_BELOW_LESSER_MM;
    double neck_u = sin(OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180);
    double neck_v = -cos(OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180);
    int rows = (int) ceil((REST_UP_MM - last) / step_mm);
    int columns = (int) ceil(2 * REST_SIDE_MM / step_mm);
    for (int j = 0; j < rows; j++)
        for (int i = 0; i < columns; i++) {
            double u = (i + 0.5) * step_mm - REST_SIDE_MM;
            double v = last + (j + 0.5) * step_mm;
            double chords[3];
            if (OSI_FEMUR_ALONG_MM - (u * neck_u + v * neck_v) <= notch)
                continue;
            osi_femur_chords(chords, f, u, v);
            add(&regions[v > 0 ? OSARC_HIP_TROCHANTER : OSARC_HIP_INTERTROCHANTER], chords, mineral,
                step_mm * step_mm);
        }
}

void osi_femur_regions(osarc_phantom_hip_region out[OSARC_HIP_REGION_COUNT], const osi_femur *femur,
                       const osi_femur_mineral *mineral, double step_mm)
{
    osarc_phantom_hip_region *total = &out[OSARC_HIP_TOTAL];
    memset(out, 0, OSARC_HIP_REGION_COUNT * sizeof(*out));
    double notch = find_notch(femur);
    add_neck(&out[OSARC_HIP_NECK], femur, notch, mineral, step_mm);
    add_rest(out, femur, notch, mineral, step_mm);
    for (int r = 0; r < OSARC_HIP_TOTAL; r++) {
        total->area_cm2 += out[r].area_cm2;
        total->bmc_g += out[r].bmc_g;
        total->volume_cm3 += out[r].volume_cm3;
        total->compact_cm3 += out[r].compact_cm3;
    }
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        out[r].abmd_g_cm2 = out[r].bmc_g / out[r].area_cm2;
        out[r].integral_mg_cm3 = 1000 * out[r].bmc_g / out[r].volume_cm3;
    }
}

static void turn_way(double out[3], const osi_femur *f, const double own[3])
{
    for (int c = 0; c < 3; c++) {
        out[c] = 0;
        for (int r = 0; r < 3; r++)
            out[c] += f->axes[r][c] * own[r];
    }
}

static double clip(double value)
{
    return fmin(fmax(value, 0), 1);
}

static void place(osarc_femur *out, const osi_femur *f, double low_z_mm, double high_z_mm)
{
    double own[3];
    static const double UP[3] = {0, 0, 1};
    memcpy(out->head_mm, f->head_mm, sizeof(out->head_mm));
    out->head_radius_mm = OSI_FEMUR_HEAD_MM;
    double seen = fmin(high_z_mm, OSI_FEMUR_HEAD_MM) - fmax(low_z_mm, -OSI_FEMUR_HEAD_MM);
    out->head_in_view = clip(seen / (2 * OSI_FEMUR_HEAD_MM));
    for (int c = 0; c < 3; c++)
        own[c] = OSI_FEMUR_WAIST_MM * f->neck[c];
    osi_femur_patient(out->neck_mm, f, own);
    for (int c = 0; c < 3; c++)
        own[c] = -f->neck[c];
    turn_way(out->neck_axis, f, own);
    out->neck_section_mm2 = M_PI * OSI_FEMUR_WAIST_RADIUS * OSI_FEMUR_WAIST_RADIUS;
    out->neck_least_mm = 2 * OSI_FEMUR_WAIST_RADIUS;
    memcpy(own, f->cross_mm, sizeof(own));
    own[2] = f->lesser_mm[2];
    osi_femur_patient(out->shaft_mm, f, own);
    turn_way(out->shaft_axis, f, UP);
    osi_femur_patient(out->lesser_mm, f, f->lesser_peak_mm);
    memcpy(own, f->greater_mm, sizeof(own));
    own[2] += GREATER_TOP_MM;
    osi_femur_patient(out->greater_mm, f, own);
    out->shaft_in_view_mm = fmax(0, (out->shaft_mm[2] - low_z_mm) / out->shaft_axis[2]);
}

void osi_femur_describe(osarc_phantom_femur *out, const osi_femur *femur,
                        const osarc_phantom_options *options, double low_z_mm, double high_z_mm)
{
    osarc_femur *f = &out->femur;
    memset(out, 0, sizeof(*out));
    f->side = femur->side > 0 ? OSARC_SIDE_LEFT : OSARC_SIDE_RIGHT;
    f->label = femur->side > 0 ? OSARC_FEMUR_LEFT : OSARC_FEMUR_RIGHT;
    f->is_second = femur->side > 0 ? 0 : 1;
    f->side_from = "as drawn";
    place(f, femur, low_z_mm, high_z_mm);
    f->neck_shaft_deg = OSI_FEMUR_NECK_SHAFT_DEG;
    f->anteversion_deg = NAN;
    f->neck_forward_deg =
        atan2(-f->neck_axis[1], hypot(f->neck_axis[0], f->neck_axis[2])) * 180 / M_PI;
    if (femur->has_metal)
        snprintf(f->refused_all, sizeof(f->refused_all), "metal in it");
    if (f->head_in_view < 1)
        snprintf(f->refused_neck, sizeof(f->refused_neck), "the view cuts it");
    if (f->shaft_in_view_mm < OSARC_HIP_BELOW_LESSER_MM)
        snprintf(f->refused_total, sizeof(f->refused_total), "the view ends below it too early");
    out->core_mg_cm3 = options->trabecular_mg_cm3;
    out->compact_mg_cm3 = options->cortical_mg_cm3;
}
