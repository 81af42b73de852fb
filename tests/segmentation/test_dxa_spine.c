/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vertebrae of drawn maps, whose edges are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_regions.h>
#include <osi/alloc.h>

#include "dxa_drawing.h"

static unsigned noise = 1;

/* What is drawn; lengths in mm. */
typedef struct drawing {
    double spacing[2];
    double width, height; /* of the picture */
    double first_disc;    /* its middle, from the top */
    double pitch;         /* from disc to disc */
    double gap;           /* height of a disc */
    double half;          /* half the width of a body */
    double slope;         /* sideways for down */
    double scale, base;   /* grey of bone and of nothing */
    double noise;         /* SD as share of bone */
    int without_ribs, without_crest, rib_space, crest_space;
} drawing;

static const drawing USUAL = {.spacing = {0.6, 0.6},
                              .width = 180,
                              .height = 200,
                              .first_disc = 18,
                              .pitch = 37,
                              .gap = 7,
                              .half = 22,
                              .scale = 1,
                              .crest_space = 4};

/* Mineral as share of a vertebra's at a place; x from the axis, y from the top. */
static double bone_at(const drawing *d, double x, double y)
{
    double in_disc = fabs(remainder(y - d->first_disc, d->pitch));
    double value = 0;
    if (fabs(x) <= d->half)
        value = in_disc <= d->gap / 2 ? 0.35 : 1;
    else if (fabs(x) <= 40 && fabs(fabs(in_disc - d->pitch / 2)) < 4)
        value = 0.12; /* transverse process */
    /* a rib from the middle of its vertebra, slanting down outwards */
    double rib = d->first_disc + (d->rib_space - 0.5) * d->pitch + 0.9 * (fabs(x) - 18);
    if (!d->without_ribs && fabs(x) > d->half && fabs(y - rib) < 4)
        value = fmax(value, 0.25);
    double rib_above = rib - 22;
    if (!d->without_ribs && fabs(x) > d->half && fabs(y - rib_above) < 4)
        value = fmax(value, 0.25);
    /* the crest rises outwards to its top */
    double crest = d->first_disc + (d->crest_space - 0.3) * d->pitch + fmax(0, 70 - fabs(x));
    if (!d->without_crest && fabs(x) > 48 && y > crest)
        value = fmax(value, 0.4);
    return value;
}

static double place_at(const drawing *d, double x, double y)
{
    double axis = d->width / 2 + d->slope * (y - d->height / 2);
    return bone_at(d, x - axis, y);
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

static void expect_l1_to_l4(const drawing *d, double tolerance_mm)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_spine spine;
    draw(d);
    EXPECT_OK(osarc_dxa_spine_find(&spine, &picture, &err));
    cr_assert(eq(str, spine.refused, (char *) ""));
    cr_assert(eq(sz, spine.count, 4));
    for (size_t i = 0; i < 4; i++) {
        const osarc_dxa_vertebra *v = &spine.vertebrae[i];
        cr_expect(eq(int, v->label, 31 - (int) i));
        /* discs end in mm from the middle of the first pixel */
        double above = d->first_disc + (double) i * d->pitch - d->spacing[1] / 2;
        double middle = (v->above[0][1] + v->above[1][1]) / 2;
        cr_expect(epsilon_eq(dbl, middle, above, tolerance_mm));
        middle = (v->below[0][1] + v->below[1][1]) / 2;
        cr_expect(epsilon_eq(dbl, middle, above + d->pitch, tolerance_mm));
        cr_expect(epsilon_eq(dbl, v->width_mm, 2 * d->half, 2 * tolerance_mm));
        double area = (double) v->pixel_count * d->spacing[0] * d->spacing[1];
        cr_expect(epsilon_eq(dbl, area, 2 * d->half * d->pitch, 0.05 * 2 * d->half * d->pitch));
    }
    osarc_dxa_spine_free(&spine);
}

/* Edges are known to half a cell of the 1 mm grid. */
Test(dxa_spine, names_and_edges_are_those_drawn)
{
    expect_l1_to_l4(&USUAL, 0.5);
}

/* Of small women and tall men, on three sizes of pixels. */
Test(dxa_spine, small_and_large_spines_are_named_as_well)
{
    static const double SIZES[] = {0.85, 1.12};
    static const double PIXELS[][2] = {{0.3, 0.3}, {0.6, 1.05}, {0.9, 0.9}};
    for (size_t i = 0; i < 2; i++)
        for (size_t p = 0; p < 3; p++) {
            drawing d = USUAL;
            d.half *= SIZES[i];
            d.pitch *= SIZES[i];
            d.gap *= SIZES[i];
            d.height *= SIZES[i];
            d.first_disc *= SIZES[i];
            d.spacing[0] = PIXELS[p][0];
            d.spacing[1] = PIXELS[p][1];
            expect_l1_to_l4(&d, 0.7); /* pixels up to 1.05 mm */
        }
}

Test(dxa_spine, spacing_shape_and_grey_do_not_matter)
{
    drawing d = USUAL;
    d.spacing[0] = 1.2;
    d.spacing[1] = 0.5;
    expect_l1_to_l4(&d, 0.7); /* wider pixels */
    d = USUAL;
    d.scale = 170;
    d.base = 12;
    expect_l1_to_l4(&d, 0.5);
    d.scale = 0.4;
    d.base = -0.1;
    expect_l1_to_l4(&d, 0.5);
}

/* Noise of a tenth of the bone in each pixel of 0.6 mm. */
Test(dxa_spine, noise_moves_edges_by_less_than_a_millimetre)
{
    drawing d = USUAL;
    d.noise = 0.1;
    expect_l1_to_l4(&d, 1);
}

/* Specks of noise over the crest are no crest, and lines through noise no ribs, wherever the spine
 * lies in the picture. */
Test(dxa_spine, names_hold_under_noise_wherever_the_spine_lies)
{
    for (int i = 0; i < 8; i++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_dxa_spine spine;
        drawing d = USUAL;
        d.noise = 0.2;
        d.first_disc = 12 + 2 * i;
        draw(&d);
        EXPECT_OK(osarc_dxa_spine_find(&spine, &picture, &err));
        cr_expect(eq(str, spine.refused, (char *) ""));
        cr_expect(eq(int, spine.vertebrae[0].label, 31));
        osarc_dxa_spine_free(&spine);
    }
}

Test(dxa_spine, a_slanting_spine_is_followed)
{
    drawing d = USUAL;
    d.slope = 0.15;
    expect_l1_to_l4(&d, 1);
}

/* Finished pictures are white where nothing was scanned; that is no bone. */
Test(dxa_spine, white_margins_of_a_finished_picture_are_left_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_spine spine;
    drawing d = USUAL;
    d.scale = 180;
    draw(&d);
    for (size_t j = 0; j < picture.rows; j++)
        for (size_t i = 0; i < picture.columns; i++)
            if (i < 20 + j / 30 || i + 10 > picture.columns)
                map[j * picture.columns + i] = 252;
    picture.is_display = 1;
    EXPECT_OK(osarc_dxa_spine_find(&spine, &picture, &err));
    cr_assert(eq(sz, spine.count, 4));
    cr_expect(eq(int, spine.vertebrae[0].label, 31));
    osarc_dxa_spine_free(&spine);
}

static void expect_refused(const drawing *d, const char *words)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_spine spine;
    draw(d);
    EXPECT_OK(osarc_dxa_spine_find(&spine, &picture, &err));
    cr_expect(strstr(spine.refused, words) != NULL, "'%s'", spine.refused);
    for (size_t i = 0; i < spine.count; i++)
        cr_expect(eq(int, spine.vertebrae[i].label, 0));
    osarc_dxa_spine_free(&spine);
}

Test(dxa_spine, without_rib_and_crest_nothing_is_named)
{
    drawing d = USUAL;
    d.without_ribs = d.without_crest = 1;
    expect_refused(&d, "no vertebra can be named");
}

Test(dxa_spine, rib_and_crest_that_differ_name_nothing)
{
    drawing d = USUAL;
    d.first_disc = 10;
    d.rib_space = 1;
    d.crest_space = 4;
    expect_refused(&d, "differently");
}

Test(dxa_spine, one_anchor_is_enough_and_is_told)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (int i = 0; i < 2; i++) {
        drawing d = USUAL;
        osarc_dxa_spine spine;
        d.without_ribs = i == 0;
        d.without_crest = i == 1;
        draw(&d);
        EXPECT_OK(osarc_dxa_spine_find(&spine, &picture, &err));
        cr_expect(eq(int, spine.vertebrae[0].label, 31));
        cr_expect(strstr(spine.warning, i ? "last rib alone" : "iliac crest alone") != NULL);
        osarc_dxa_spine_free(&spine);
    }
}

Test(dxa_spine, a_map_without_bone_has_no_spine)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_spine spine;
    drawing d = USUAL;
    d.half = 0;
    d.without_ribs = d.without_crest = 1;
    d.noise = 0.05;
    expect_refused(&d, "no column of bone");
    for (size_t i = 0; i < MAP_MOST; i++)
        map[i] = 1;
    EXPECT_OK(osarc_dxa_spine_find(&spine, &picture, &err));
    cr_expect(eq(sz, spine.count, 0));
    cr_expect(spine.refused[0] != '\0');
    osarc_dxa_spine_free(&spine);
}

Test(dxa_spine, a_picture_that_is_too_low_is_refused)
{
    drawing d = USUAL;
    d.height = 60;
    expect_refused(&d, "mm high");
}

Test(dxa_spine, a_shaft_without_discs_is_no_spine)
{
    drawing d = USUAL;
    d.gap = 0;
    d.first_disc = 1000;
    d.pitch = 5000;
    d.without_ribs = d.without_crest = 1;
    expect_refused(&d, "no two discs");
}

Test(dxa_spine, what_is_no_picture_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_spine spine;
    draw(&USUAL);
    EXPECT_REFUSED(osarc_dxa_spine_find(NULL, &picture, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_spine_find(&spine, NULL, &err), OSARC_ERR_ARGUMENT);
    picture.spacing_mm[0] = NAN;
    EXPECT_REFUSED(osarc_dxa_spine_find(&spine, &picture, &err), OSARC_ERR_GEOMETRY);
    picture.spacing_mm[0] = 0;
    EXPECT_REFUSED(osarc_dxa_spine_find(&spine, &picture, &err), OSARC_ERR_GEOMETRY);
    draw(&USUAL);
    picture.rows = 4;
    EXPECT_REFUSED(osarc_dxa_spine_find(&spine, &picture, &err), OSARC_ERR_GEOMETRY);
    picture.bone = NULL;
    EXPECT_REFUSED(osarc_dxa_spine_find(&spine, &picture, &err), OSARC_ERR_ARGUMENT);
}
