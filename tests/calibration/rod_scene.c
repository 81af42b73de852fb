/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_scene.h"

#include <math.h>
#include <string.h>

#include <expect.h>

#define AIR     (-1000.0)
#define FAT     (-95.0)
#define MUSCLE  50.0
#define SPONGY  180.0
#define CORTEX  900.0
#define FOAM    (-930.0)
#define SHELL   (-150.0)
#define TABLE_Y 115.0 /* top of the table in the middle */

static double or_else(double value, double otherwise)
{
    return value > 0 ? value : otherwise;
}

typedef struct place {
    double x, y, z;
} place;

/* Into the phantom's own frame: x along the row, y across it, z along the rods. */
static place to_phantom(const rod_scene *s, place p)
{
    double roll = s->roll_deg * M_PI / 180;
    double half = or_else(s->diameter_mm, s->model->rod_diameter_mm) / 2;
    double middle_y =
        s->beside ? 0 : TABLE_Y - 2 - half - or_else(s->wall_mm, 5); /* rests on the table */
    double x = p.x - s->left_mm - p.z * tan(s->tilt_deg[0] * M_PI / 180);
    double y = p.y - middle_y - p.z * tan(s->tilt_deg[1] * M_PI / 180);
    return (place){x * cos(roll) + y * sin(roll), -x * sin(roll) + y * cos(roll), p.z};
}

static double place_x(const rod_scene *s, size_t rod)
{
    double x = s->model->x_mm[rod] * or_else(s->spread, 1);
    return s->mirrored ? -x : x;
}

void rod_scene_rod(const rod_scene *s, size_t rod, double lps_mm[3])
{
    place zero = to_phantom(s, (place){0, 0, 0});
    double roll = s->roll_deg * M_PI / 180;
    double x = place_x(s, rod) - zero.x;
    double y = s->model->y_mm[rod] - zero.y;
    lps_mm[0] = x * cos(roll) - y * sin(roll);
    lps_mm[1] = x * sin(roll) + y * cos(roll);
    lps_mm[2] = 0;
}

double rod_scene_hu(const rod_scene *s, size_t rod)
{
    const osarc_rod_model *m = s->model;
    double hu = s->intercept_hu + or_else(s->slope, 1.35) * m->density_mg_cm3[rod];
    if (m->water_density_mg_cm3[rod] > 0)
        hu += 0.2174 * m->density_mg_cm3[rod] + m->water_density_mg_cm3[rod] - 999.6;
    return hu;
}

/* Puts a material over what is there; `outside_mm` is the distance beyond its surface. */
static void lay(double *hu, double material, double outside_mm, double blur_mm)
{
    double share = fmin(1, fmax(0, 0.5 - outside_mm / blur_mm));
    *hu += share * (material - *hu);
}

static double ellipse(double x, double y, double a, double b)
{
    double r = hypot(x / a, y / b);
    return r > 0 ? (r - 1) * hypot(x, y) / r : -fmin(a, b);
}

static double body_half_mm(const rod_scene *s)
{
    (void) s;
    return 100;
}

/* Back of the body at the phantom's top, 8 mm above it or pressed into it. */
static place body_middle(const rod_scene *s)
{
    double top = TABLE_Y - 2;
    if (s->model && !s->beside)
        top -= or_else(s->diameter_mm, s->model->rod_diameter_mm) + 2 * or_else(s->wall_mm, 5);
    return (place){s->beside ? 70 : 0, top - body_half_mm(s) + (s->pressed ? 6 : -8), 0};
}

static double draw_body(const rod_scene *s, place p, double *hu, uint8_t *label)
{
    place m = body_middle(s);
    double x = p.x - m.x;
    double y = p.y - m.y;
    double wide = s->beside ? 95 : 150;
    double blur = or_else(s->blur_mm, 1.5);
    double skin = ellipse(x, y, wide, 100);
    if (skin > 2 * blur)
        return skin;
    double wall = ellipse(x, y, wide - 20, 80);
    double organs = ellipse(x, y + 15, wide - 40, 50);
    double spine = hypot(x, y - 45) - 22;
    double canal = hypot(x, y - 75) - 9;
    lay(hu, FAT, skin, blur);
    lay(hu, MUSCLE, wall, blur);
    lay(hu, FAT + 20 * sin(x / 9) * cos(y / 7 + p.z / 25), organs, blur);
    if (s->vessel_hu != 0) {
        lay(hu, s->vessel_hu, hypot(x + 14, y - 5) - 10.5, blur);
        lay(hu, 55, hypot(x - 16, y - 4) - 10.5, blur);
    }
    lay(hu, CORTEX, spine, blur);
    lay(hu, SPONGY, spine + 3, blur);
    lay(hu, CORTEX, canal - 3, blur);
    lay(hu, MUSCLE, canal, blur);
    *label = spine < 0 ? (spine < -3 ? 7 : 6) : wall < 0 ? 5 : 1;
    return skin;
}

static double draw_phantom(const rod_scene *s, place p, double *hu)
{
    double blur = or_else(s->blur_mm, 1.5);
    double radius = or_else(s->diameter_mm, s->model->rod_diameter_mm) / 2;
    place q = to_phantom(s, p);
    double end = s->from_mm < s->to_mm ? fmax(s->from_mm - p.z, p.z - s->to_mm) : -1e3;
    double wide = fabs(s->model->x_mm[0]) * or_else(s->spread, 1) + radius + 8;
    double deep = radius + or_else(s->wall_mm, 5);
    double bend = 0;
    for (size_t rod = 0; rod < s->model->rod_count; rod++)
        if (fabs(q.x - place_x(s, rod)) < 18 * or_else(s->spread, 1))
            bend = s->model->y_mm[rod];
    double outside = fmax(end, fmax(fabs(q.x) - wide, fabs(q.y - bend) - deep));
    if (outside > 2 * blur)
        return outside;
    double inside_hu = s->base_set ? s->base_hu : s->model->base_hu;
    for (size_t rod = 0; rod < s->model->rod_count; rod++)
        lay(&inside_hu, rod_scene_hu(s, rod),
            hypot(q.x - place_x(s, rod), q.y - s->model->y_mm[rod]) - radius, blur);
    if (fabs(p.z) < s->spoiled_mm / 2)
        inside_hu += 60 * sin(q.x / 3 + q.y / 5) + 35;
    lay(hu, inside_hu, outside, blur);
    return outside;
}

static double draw_table(const rod_scene *s, place p)
{
    double hu = AIR;
    double top = TABLE_Y + (s->flat ? 0 : -p.x * p.x / 1800);
    double blur = or_else(s->blur_mm, 1.5);
    double side = fabs(p.x) - 190;
    if (p.y < top - 10 || p.y > top + 45)
        return hu;
    lay(&hu, SHELL, fmax(side, fmax(top - p.y, p.y - top - 3)), blur);
    lay(&hu, FOAM, fmax(side, fmax(top + 3 - p.y, p.y - top - 30)), blur);
    lay(&hu, SHELL, fmax(side, fmax(top + 30 - p.y, p.y - top - 33)), blur);
    lay(&hu, -80, hypot(p.x - 60, p.y - TABLE_Y - 17) - 4, blur); /* rods in the table */
    lay(&hu, -80, hypot(p.x + 60, p.y - TABLE_Y - 17) - 4, blur);
    return hu;
}

static double gaussian(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        *state = *state * 6364136223846793005U + 1442695040888963407U;
        sum += (double) (*state >> 40) / (double) (1 << 24) - 0.5;
    }
    return sum * sqrt(3.0);
}

/* Index axes onto LPS axes: axial xyz, sagittal yzx, coronal xzy. */
static void make_grid(osarc_grid *grid, const rod_scene *s)
{
    static const int AXES[3][3] = {{0, 1, 2}, {1, 2, 0}, {0, 2, 1}};
    double width = or_else(s->width_mm, 400);
    double extent[3] = {width, width, or_else(s->length_mm, 100)};
    memset(grid, 0, sizeof(*grid));
    for (int i = 0; i < 3; i++) {
        int axis = AXES[s->plane][i];
        grid->spacing_mm[i] = i == 2 ? or_else(s->slice_mm, 2.5) : or_else(s->pixel_mm, 0.8);
        grid->size[i] = (size_t) lround(extent[axis] / grid->spacing_mm[i]);
        double sign = s->reversed ? -1 : 1;
        grid->direction[i][axis] = sign;
        grid->origin_mm[axis] =
            -sign * (double) (grid->size[i] - 1) * grid->spacing_mm[i] / 2 + (axis == 1 ? 40 : 0);
    }
}

static void draw_voxel(const rod_scene *s, place p, double *hu, uint8_t *label)
{
    *hu = draw_table(s, p);
    *label = 0;
    if (s->model && s->pressed) {
        uint8_t inner;
        double skin = s->no_body ? 1 : draw_body(s, p, hu, &inner);
        double plastic = draw_phantom(s, p, hu);
        *label = skin < 0 ? inner : plastic < 0 ? 1 : 0;
        return;
    }
    if (s->model)
        draw_phantom(s, p, hu);
    if (!s->no_body) {
        uint8_t inner;
        if (draw_body(s, p, hu, &inner) < 0)
            *label = inner;
    }
}

void rod_scene_make(rod_scan *out, const rod_scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid;
    out->image = NULL;
    out->tissue = NULL;
    make_grid(&grid, s);
    EXPECT_OK(osarc_image_create(&out->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&out->tissue, &grid, &err));
    int16_t *stored = osarc_image_fill(out->image);
    uint8_t *labels = osarc_mask_fill(out->tissue);
    uint64_t state = s->seed + 88172645463325252U;
    for (size_t k = 0, at = 0; k < grid.size[2]; k++)
        for (size_t j = 0; j < grid.size[1]; j++)
            for (size_t i = 0; i < grid.size[0]; i++, at++) {
                const double ijk[3] = {(double) i, (double) j, (double) k};
                double lps[3];
                double hu;
                osarc_grid_position_mm(&grid, ijk, lps);
                draw_voxel(s, (place){lps[0], lps[1], lps[2]}, &hu, &labels[at]);
                if (s->noise_hu > 0)
                    hu += s->noise_hu * gaussian(&state);
                stored[at] = (int16_t) lround(fmax(-1024, hu));
                if (s->circle && hypot(lps[0], lps[1] - 40) > or_else(s->width_mm, 400) / 2)
                    stored[at] = OSARC_OUTSIDE;
            }
}

void rod_scan_free(rod_scan *scan)
{
    osarc_image_free(scan->image);
    osarc_mask_free(scan->tissue);
}
