/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Femurs of drawn maps, whose axes and sections are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_regions.h>
#include <osarc/hip_region.h>
#include <osi/alloc.h>

#include "dxa_drawing.h"

static unsigned noise = 7;

/* Lengths in mm; a left femur, its outer side to the right, unless `right`. */
typedef struct drawing {
    double spacing[2];
    double size; /* of the bone, times the lengths that are drawn */
    double width, height;
    double shaft_x, shaft_half;
    double cross_y;   /* where the axes cross */
    double deg;       /* between neck and shaft */
    double neck_half; /* half its width at the narrowest */
    double narrowest; /* from the crossing, along the neck */
    double head;      /* from the crossing */
    double head_radius;
    double lesser; /* how far it stands out */
    double scale, base, noise;
    int right, without_neck, without_pelvis;
} drawing;

static const drawing USUAL = {.spacing = {0.5, 0.5},
                              .size = 1,
                              .width = 160,
                              .height = 150,
                              .shaft_x = 105,
                              .shaft_half = 15,
                              .cross_y = 75,
                              .deg = 128,
                              .neck_half = 17,
                              .narrowest = 34,
                              .head = 62,
                              .head_radius = 23,
                              .lesser = 3,
                              .scale = 1};

static double bone_at(const drawing *d, double x, double y)
{
    double turn = (180 - d->deg) * M_PI / 180;
    double way[2] = {-sin(turn), -cos(turn)};
    double dx = x - d->shaft_x;
    double dy = y - d->cross_y;
    double along = dx * way[0] + dy * way[1];
    double over = fabs(dx * way[1] - dy * way[0]);
    /* shaft up to the crossing, wider from 20 mm below it */
    double lesser_y = d->cross_y + 30;
    double flare = y < lesser_y - 5 ? fmin((lesser_y - 5 - y) * 0.35, 9) : 0;
    double bump = d->lesser * fmax(0, 1 - fabs(y - lesser_y) / 6);
    if (y > d->cross_y - 4 && dx >= -d->shaft_half - flare - bump && dx <= d->shaft_half + flare)
        return 0.9;
    /* trochanter: to the outer side of the axis, up to a tip, over which no neck rises */
    double tip = 27 + fmax(0, 0.8 * (d->deg - 128));
    if (dx > -4 && dx < 26 && y <= d->cross_y + 4 && y > d->cross_y - tip)
        return 0.7;
    if (d->without_neck)
        return 0;
    double half = d->neck_half + 0.012 * (along - d->narrowest) * (along - d->narrowest);
    if (along > 0 && along < d->head && over < half && (dx < -4 || y > d->cross_y - tip + 3))
        return 0.8;
    double hx = dx - d->head * way[0];
    double hy = dy - d->head * way[1];
    if (hypot(hx, hy) < d->head_radius)
        return 1;
    /* a pelvis over and medial of the head */
    if (!d->without_pelvis && hypot(hx, hy) < d->head_radius + 8 && hx < 5 && hy < 8)
        return 0.6;
    return 0;
}

static double place_at(const drawing *d, double x, double y)
{
    x = (d->right ? d->width - x : x) / d->size;
    return bone_at(d, x, y / d->size);
}

static void draw(const drawing *d)
{
    start_picture(d->width, d->height, d->spacing);
    for (size_t j = 0; j < picture.rows; j++)
        for (size_t i = 0; i < picture.columns; i++) {
            double bone = pixel_drawn(d, place_at, i, j);
            map[j * picture.columns + i] =
                (float) (d->base + d->scale * (bone + d->noise * frand(&noise)));
        }
}

static osarc_dxa_femur find(const drawing *d)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_femur femur;
    draw(d);
    EXPECT_OK(osarc_dxa_femur_find(&femur, &picture, &err));
    return femur;
}

/* The outline is taken at a fifth of the way to bone after a blur of 2 mm, which lies up to 1.2 mm
 * outside: 2.5 mm for a width. The trochanter on one side bends the fitted axis, most
 * where the neck is steep: 7 degrees, and what they move the crossing by. */
static void expect_found(const drawing *d)
{
    osarc_dxa_femur f = find(d);
    cr_assert(eq(str, f.refused, (char *) ""));
    cr_expect(eq(int, f.side, d->right ? OSARC_SIDE_RIGHT : OSARC_SIDE_LEFT));
    double size = d->size;
    cr_expect(epsilon_eq(dbl, f.shaft_width_mm, 2 * d->shaft_half * size, 2.5));
    cr_expect(epsilon_eq(dbl, f.neck_width_mm, 2 * d->neck_half * size, 2.5));
    cr_expect(epsilon_eq(dbl, f.neck_shaft_deg, d->deg, 7));
    double cross_x = d->right ? d->width - d->shaft_x * size : d->shaft_x * size;
    cr_expect(epsilon_eq(dbl, f.cross_mm[0], cross_x, 2));
    cr_expect(epsilon_eq(dbl, f.cross_mm[1], d->cross_y * size, 6));
    /* 20 mm below the lesser trochanter, which is 30 mm below the crossing */
    double last = 30 * size + OSARC_HIP_BELOW_LESSER_MM;
    cr_expect(epsilon_eq(dbl, f.last_mm[1], d->cross_y * size + last, 4));
    cr_expect(eq(str, f.refused_total, (char *) ""));
    size_t count[6] = {0};
    for (size_t i = 0; i < picture.columns * picture.rows; i++)
        count[f.labels[i]]++;
    double cm2 = d->spacing[0] * d->spacing[1] / 100;
    double box = OSARC_HIP_NECK_BOX_MM * 2 * d->neck_half * size / 100;
    cr_expect(epsilon_eq(dbl, (double) count[OSARC_DXA_FEMUR_NECK] * cm2, box, 0.12 * box));
    double inter = last * (2 * d->shaft_half + 5) * size / 100;
    cr_expect(epsilon_eq(dbl, (double) count[OSARC_DXA_FEMUR_INTERTROCHANTER] * cm2, inter,
                         0.15 * inter));
    /* head, and the pelvis over it where one is drawn, are of no region */
    double head = M_PI * d->head_radius * d->head_radius * size * size / 100;
    cr_expect(gt(dbl, (double) count[OSARC_DXA_FEMUR_BESIDE] * cm2, 0.8 * head));
    cr_expect(gt(sz, count[OSARC_DXA_FEMUR_TROCHANTER], 0));
    osarc_dxa_femur_free(&f);
}

Test(dxa_femur, axes_and_sections_are_those_drawn)
{
    expect_found(&USUAL);
}

Test(dxa_femur, a_right_femur_is_called_right)
{
    drawing d = USUAL;
    d.right = 1;
    expect_found(&d);
}

Test(dxa_femur, spacing_and_grey_do_not_matter)
{
    drawing d = USUAL;
    d.spacing[0] = 1;
    d.spacing[1] = 0.7;
    expect_found(&d);
    d = USUAL;
    d.scale = 150;
    d.base = 20;
    expect_found(&d);
}

/* Of small women and tall men, on three sizes of pixels. */
Test(dxa_femur, small_and_large_femurs_are_found_as_well)
{
    static const double SIZES[] = {0.85, 1.1};
    static const double PIXELS[][2] = {{0.25, 0.25}, {0.6, 1.05}, {1, 1}};
    for (size_t i = 0; i < 2; i++)
        for (size_t p = 0; p < 3; p++) {
            drawing d = USUAL;
            d.size = SIZES[i];
            d.spacing[0] = PIXELS[p][0];
            d.spacing[1] = PIXELS[p][1];
            d.right = (int) p % 2;
            expect_found(&d);
        }
}

Test(dxa_femur, steeper_and_flatter_necks_are_followed)
{
    for (double deg = 118; deg <= 140; deg += 11) {
        drawing d = USUAL;
        d.deg = deg;
        expect_found(&d);
    }
}

Test(dxa_femur, noise_does_not_move_it)
{
    drawing d = USUAL;
    d.noise = 0.1;
    expect_found(&d);
}

static void expect_refused(const drawing *d, const char *words)
{
    osarc_dxa_femur f = find(d);
    cr_expect(strstr(f.refused, words) != NULL, "'%s'", f.refused);
    cr_expect(f.labels == NULL);
    osarc_dxa_femur_free(&f);
}

Test(dxa_femur, a_shaft_without_a_neck_is_no_femur)
{
    drawing d = USUAL;
    d.without_neck = 1;
    expect_refused(&d, "no neck leaves the shaft");
}

Test(dxa_femur, an_empty_map_has_no_femur)
{
    drawing d = USUAL;
    d.scale = 0;
    expect_refused(&d, "no shaft");
    d.scale = 1;
    d.cross_y = 400; /* nothing of it in view */
    expect_refused(&d, "no shaft");
}

Test(dxa_femur, a_shaft_too_wide_is_no_femur)
{
    drawing d = USUAL;
    d.shaft_half = 30;
    expect_refused(&d, "no shaft");
}

Test(dxa_femur, a_picture_that_ends_too_high_gives_no_total_hip)
{
    drawing d = USUAL;
    d.height = 118;
    osarc_dxa_femur f = find(&d);
    cr_assert(eq(str, f.refused, (char *) ""));
    cr_expect(f.refused_total[0] != '\0');
    osarc_dxa_femur_free(&f);
}

Test(dxa_femur, a_lesser_trochanter_that_stands_out_is_told)
{
    drawing d = USUAL;
    d.lesser = 9;
    osarc_dxa_femur f = find(&d);
    cr_expect(strstr(f.warning, "turned out") != NULL, "'%s'", f.warning);
    osarc_dxa_femur_free(&f);
}

Test(dxa_femur, what_is_no_picture_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_femur f;
    draw(&USUAL);
    EXPECT_REFUSED(osarc_dxa_femur_find(NULL, &picture, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_femur_find(&f, NULL, &err), OSARC_ERR_ARGUMENT);
    picture.spacing_mm[1] = -1;
    EXPECT_REFUSED(osarc_dxa_femur_find(&f, &picture, &err), OSARC_ERR_GEOMETRY);
    draw(&USUAL);
    picture.columns = 3;
    EXPECT_REFUSED(osarc_dxa_femur_find(&f, &picture, &err), OSARC_ERR_GEOMETRY);
    picture.bone = NULL;
    EXPECT_REFUSED(osarc_dxa_femur_find(&f, &picture, &err), OSARC_ERR_ARGUMENT);
}
