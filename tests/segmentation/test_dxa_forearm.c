/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forearms of drawn maps, whose tips and regions are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_forearm.h>
#include <osarc/forearm_region.h>
#include <osi/alloc.h>

#include "dxa_drawing.h"

static unsigned noise = 7;

/* Lengths in mm. Upright, the hand above, the radius to the right. */
typedef struct drawing {
    double spacing[2];
    double width, height;
    double tip[2]; /* of the ulna, from the upper left corner */
    double deg;    /* turned clockwise about the middle */
    double apart;  /* of the two shafts, from middle to middle */
    double gap;    /* between the ulna and the wrist */
    double wide;   /* half of the radius at the wrist */
    double noise, scale;
    double second; /* another forearm so far to the right; 0: none */
    int mirrored, down, without_wrist;
    int hollow, hand; /* shafts of compact bone around marrow; bones of the middle hand */
} drawing;

static const drawing USUAL = {.spacing = {0.5, 0.5},
                              .width = 110,
                              .height = 150,
                              .tip = {40, 35},
                              .apart = 28,
                              .gap = 6,
                              .wide = 15,
                              .scale = 1};

/* Mineral along the beam through a tube whose marrow is 0.6 of it wide, over its mean. */
static double tube(const drawing *d, double q)
{
    double inner = 0.36 - q * q;
    if (!d->hollow)
        return 1;
    return (sqrt(fmax(0, 1 - q * q)) - (inner > 0 ? sqrt(inner) : 0)) / (M_PI / 4 * 0.64);
}

/* across: from the tip to the radius; down: to the elbow. */
static double bone_at(const drawing *d, double across, double down)
{
    double ulna = across - 3;
    double radius = across - 3 - d->apart;
    /* styloid 5 wide, head 16, shaft 12 to 15 */
    double half = down < 6 ? 0 : down < 20 ? 8 : 6 + (down - 20) / 80;
    if (down >= 0 && (fabs(ulna) < half || (down < 6.5 && fabs(across) < 2.5)))
        return 0.65 * (fabs(ulna) < half ? tube(d, ulna / half) : 1);
    double end = -3 - 0.3 * fmax(0, radius);
    double flare = d->wide - 7;
    half = 7 + (down < 35 ? flare * fmin(1, (35 - down) / 20) : 0);
    if (down >= end && fabs(radius) < half)
        return 0.7 * tube(d, radius / half);
    if (d->without_wrist || down > -d->gap)
        return 0;
    if (d->hand && down < -d->gap - 34)
        return across > -6 && across < 44 && fabs(remainder(across + 1, 10)) < 3.5 ? 0.4 : 0;
    /* over the ulna a bone of its own, over the radius two */
    double v = (-down - d->gap - 7) / 7;
    double u = remainder(across - 3, 16) / 7.5;
    int beyond_radius = across - 3 < 10 || down < end - 2;
    return beyond_radius && across > -8 && across < 48 && u * u + v * v < 1 ? 0.5 : 0;
}

static double place_at(const drawing *d, double x, double y)
{
    double c = cos(d->deg * M_PI / 180);
    double s = sin(d->deg * M_PI / 180);
    x = (d->mirrored ? -1 : 1) * (x - d->width / 2);
    y = (d->down ? -1 : 1) * (y - d->height / 2);
    double across = c * x + s * y + d->width / 2 - d->tip[0];
    double down = c * y - s * x + d->height / 2 - d->tip[1];
    double bone = bone_at(d, across, down);
    return d->second > 0 ? bone + bone_at(d, across - d->second, down) : bone;
}

static void draw(const drawing *d)
{
    start_picture(d->width, d->height, d->spacing);
    for (size_t j = 0; j < picture.rows; j++)
        for (size_t i = 0; i < picture.columns; i++) {
            double bone = pixel_drawn(d, place_at, i, j);
            map[j * picture.columns + i] = (float) (d->scale * bone + d->noise * frand(&noise));
        }
}

static osarc_dxa_forearm find_in(double forearm_mm)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_forearm forearm;
    EXPECT_OK(osarc_dxa_forearm_find(&forearm, &picture, forearm_mm, &err));
    return forearm;
}

static osarc_dxa_forearm find(const drawing *d, double forearm_mm)
{
    draw(d);
    return find_in(forearm_mm);
}

/* A place of the drawing in mm from the middle of the first pixel. */
static void place(double out[2], const drawing *d, double across, double down)
{
    double c = cos(d->deg * M_PI / 180);
    double s = sin(d->deg * M_PI / 180);
    double x = across + d->tip[0] - d->width / 2;
    double y = down + d->tip[1] - d->height / 2;
    out[0] = (d->mirrored ? -1 : 1) * (c * x - s * y) + d->width / 2 - d->spacing[0] / 2;
    out[1] = (d->down ? -1 : 1) * (s * x + c * y) + d->height / 2 - d->spacing[1] / 2;
}

/* 1 mm: two cells of the work grid. 1 degree moves the region by 1.5 mm at 85. */
static void expect_found(const drawing *d, const char *what)
{
    osarc_dxa_forearm f = find(d, 255);
    double tip[2];
    double elbow[2];
    cr_assert(eq(str, f.refused, (char *) ""), "%s: %s", what, f.refused);
    place(tip, d, 0, 0);
    place(elbow, d, 0, 100);
    double way[2] = {(elbow[0] - tip[0]) / 100, (elbow[1] - tip[1]) / 100};
    double off = (f.tip_mm[0] - tip[0]) * way[0] + (f.tip_mm[1] - tip[1]) * way[1];
    cr_expect(lt(dbl, fabs(off), 1), "%s: tip %g", what, off);
    cr_expect(gt(dbl, f.way[0] * way[0] + f.way[1] * way[1], cos(M_PI / 180)), "%s", what);
    cr_expect(eq(int, f.hand_is_down, d->down));
    cr_expect(epsilon_eq(dbl, f.radius_width_mm, 14, 1.5), "%s: %g", what, f.radius_width_mm);
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT; r++) {
        double ends[2];
        size_t count = 0;
        double low = INFINITY;
        double high = -INFINITY;
        cr_expect(eq(str, f.refused_region[r], (char *) ""), "%s: %s", what, f.refused_region[r]);
        osarc_forearm_region_ends(ends, (osarc_forearm_region) r, 255);
        for (size_t i = 0; i < picture.columns * picture.rows; i++) {
            if (f.labels[i] != OSARC_DXA_FOREARM_ULTRADISTAL + r)
                continue;
            size_t row = i / picture.columns;
            double x = (double) (i % picture.columns) * d->spacing[0] - tip[0];
            double y = (double) row * d->spacing[1] - tip[1];
            count++;
            low = fmin(low, x * way[0] + y * way[1]);
            high = fmax(high, x * way[0] + y * way[1]);
        }
        /* tip and turn together, over 45 mm across */
        cr_expect(epsilon_eq(dbl, low, ends[0], 2), "%s %d: %g", what, r, low);
        cr_expect(epsilon_eq(dbl, high, ends[1], 2), "%s %d: %g", what, r, high);
        double area = (double) count * d->spacing[0] * d->spacing[1];
        if (r == OSARC_FOREARM_THIRD)
            cr_expect(epsilon_eq(dbl, area, 280, 28), "%s: %g", what, area);
    }
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, regions_of_the_radius_lie_where_they_should)
{
    drawing d = USUAL;
    expect_found(&d, "as usual");
    d.mirrored = 1;
    expect_found(&d, "mirrored");
    d.down = 1;
    expect_found(&d, "turned over");
    d = USUAL;
    d.down = 1;
    expect_found(&d, "upside down");
    d = USUAL;
    d.without_wrist = 1;
    expect_found(&d, "without a wrist");
}

Test(segmentation_dxa_forearm, marrow_is_darker_than_the_bone_around_it)
{
    drawing d = USUAL;
    d.hollow = 1;
    expect_found(&d, "hollow");
    d.noise = 0.1;
    d.scale = 0.7;
    d.deg = 6;
    d.tip[0] = 45;
    expect_found(&d, "hollow, thin, aslant");
}

Test(segmentation_dxa_forearm, the_middle_hand_is_no_second_forearm)
{
    drawing d = USUAL;
    d.hand = 1;
    d.height = 220;
    d.tip[1] = 100;
    expect_found(&d, "hand above");
    d.down = 1;
    expect_found(&d, "hand below");
}

Test(segmentation_dxa_forearm, a_forearm_may_lie_aslant)
{
    for (int deg = -10; deg <= 10; deg += 5) {
        drawing d = USUAL;
        d.deg = deg;
        d.tip[0] = 45;
        expect_found(&d, "aslant");
        d.mirrored = 1;
        expect_found(&d, "aslant, mirrored");
    }
}

Test(segmentation_dxa_forearm, noise_and_other_pixels_move_little)
{
    drawing d = USUAL;
    d.noise = 0.1;
    expect_found(&d, "noise");
    d.spacing[0] = 0.6;
    d.spacing[1] = 1.05;
    expect_found(&d, "oblong pixels");
    d.noise = 0.05;
    d.scale = 0.5;
    expect_found(&d, "thin bone");
}

Test(segmentation_dxa_forearm, the_radius_is_the_bone_that_is_wide_at_the_wrist)
{
    drawing d = USUAL;
    osarc_dxa_forearm f = find(&d, 255);
    double at[2];
    size_t labels[2];
    for (int k = 0; k < 2; k++) {
        place(at, &d, k ? 3 + d.apart : 3, 85);
        labels[k] = f.labels[(size_t) lround(at[1] / d.spacing[1]) * picture.columns +
                             (size_t) lround(at[0] / d.spacing[0])];
    }
    cr_expect(eq(sz, labels[0], (size_t) OSARC_DXA_FOREARM_OTHER));
    cr_expect(eq(sz, labels[1], (size_t) OSARC_DXA_FOREARM_THIRD));
    osarc_dxa_forearm_free(&f);
}

static void expect_none(const drawing *d, const char *words)
{
    osarc_dxa_forearm f = find(d, 255);
    cr_expect(strstr(f.refused, words) != NULL, "'%s' and not '%s'", f.refused, words);
    cr_expect(eq(ptr, f.labels, NULL));
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, a_length_is_never_guessed)
{
    draw(&USUAL);
    osarc_dxa_forearm f = find_in(NAN);
    cr_expect(eq(str, f.refused, (char *) ""));
    cr_expect(eq(str, f.refused_region[OSARC_FOREARM_ULTRADISTAL], (char *) ""));
    cr_expect(strstr(f.refused_region[OSARC_FOREARM_THIRD], "length of the forearm") != NULL);
    cr_expect(strstr(f.refused_region[OSARC_FOREARM_MID], "length of the forearm") != NULL);
    for (size_t i = 0; i < picture.columns * picture.rows; i++)
        cr_assert(f.labels[i] != OSARC_DXA_FOREARM_THIRD && f.labels[i] != OSARC_DXA_FOREARM_MID);
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, a_picture_that_ends_too_early_has_no_33_percent)
{
    drawing d = USUAL;
    d.height = 120; /* 85 below the tip; 95 are needed */
    osarc_dxa_forearm f = find(&d, 255);
    cr_assert(eq(str, f.refused, (char *) ""));
    const char *why = f.refused_region[OSARC_FOREARM_THIRD];
    cr_expect(strstr(why, "before the region does") != NULL, "'%s'", why);
    cr_expect(eq(str, f.refused_region[OSARC_FOREARM_MID], (char *) ""));
    osarc_dxa_forearm_free(&f);
    /* a shorter forearm reaches it */
    f = find(&d, 210);
    cr_expect(eq(str, f.refused_region[OSARC_FOREARM_THIRD], (char *) ""));
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, a_side_that_cuts_a_bone_refuses)
{
    drawing d = USUAL;
    d.width = 71; /* the radius reaches to 78 */
    expect_none(&d, "side cuts a bone");
    /* the bone is whole, the soft tissue beside it is not */
    d.width = 79.5;
    osarc_dxa_forearm f = find(&d, 255);
    if (!f.refused[0])
        cr_expect(strstr(f.refused_region[OSARC_FOREARM_THIRD], "soft tissue") != NULL);
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, two_forearms_are_one_too_many)
{
    drawing d = USUAL;
    d.width = 200;
    d.tip[0] = 50;
    d.second = 75;
    expect_none(&d, "more than two long bones");
}

Test(segmentation_dxa_forearm, without_bone_there_is_nothing)
{
    drawing d = USUAL;
    d.scale = 0;
    d.noise = 0.02;
    expect_none(&d, "no bones of a forearm");
}

Test(segmentation_dxa_forearm, a_tip_that_is_not_seen_is_not_guessed)
{
    drawing d = USUAL;
    d.tip[1] = -10; /* the hand lies above the picture */
    expect_none(&d, "tip of the ulna is not seen");
    d = USUAL;
    d.tip[1] = 0.3; /* cut at the tip: what follows is not known to be a gap */
    expect_none(&d, "tip of the ulna is not seen");
}

Test(segmentation_dxa_forearm, bones_as_wide_as_each_other_are_not_told_apart)
{
    drawing d = USUAL;
    d.wide = 7;
    d.without_wrist = 1;
    expect_none(&d, "cannot be told apart");
}

Test(segmentation_dxa_forearm, bones_that_lie_over_each_other_are_refused)
{
    drawing d = USUAL;
    d.apart = 11;
    expect_none(&d, "apart from each other");
}

Test(segmentation_dxa_forearm, a_bone_that_is_no_radius_is_refused)
{
    drawing d = USUAL;
    d.spacing[0] = 1.1; /* twice as wide in truth as the drawing says */
    draw(&d);
    picture.spacing_mm[0] = 2.2;
    osarc_dxa_forearm f = find_in(255);
    cr_expect(f.refused[0] || strstr(f.refused_region[OSARC_FOREARM_THIRD], "mm wide") != NULL);
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, a_picture_as_large_as_a_body_is_refused)
{
    draw(&USUAL);
    picture.spacing_mm[1] = 6;
    osarc_dxa_forearm f = find_in(255);
    cr_expect(strstr(f.refused, "of a forearm 700 at most") != NULL, "'%s'", f.refused);
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, one_bone_is_no_forearm)
{
    drawing d = USUAL;
    d.tip[0] = -40; /* nothing but the radius' side is left */
    d.width = 60;
    osarc_dxa_forearm f = find(&d, 255);
    cr_expect(ne(str, f.refused, (char *) ""));
    cr_expect(eq(ptr, f.labels, NULL));
    osarc_dxa_forearm_free(&f);
}

Test(segmentation_dxa_forearm, what_is_no_map_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_forearm f;
    draw(&USUAL);
    EXPECT_REFUSED(osarc_dxa_forearm_find(NULL, &picture, 255, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_forearm_find(&f, NULL, 255, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_forearm_find(&f, &picture, 25.5, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_forearm_find(&f, &picture, 500, &err), OSARC_ERR_ARGUMENT);
    picture.is_display = 1;
    EXPECT_REFUSED(osarc_dxa_forearm_find(&f, &picture, 255, &err), OSARC_ERR_ARGUMENT);
    picture.is_display = 0;
    picture.spacing_mm[1] = NAN;
    EXPECT_REFUSED(osarc_dxa_forearm_find(&f, &picture, 255, &err), OSARC_ERR_GEOMETRY);
    cr_expect(eq(ptr, f.labels, NULL));
    osarc_dxa_forearm_free(NULL);
}

/* A hostile map: any numbers give a refusal or a forearm, and no fault. */
Test(segmentation_dxa_forearm, numbers_that_are_none_do_no_harm)
{
    drawing d = USUAL;
    d.noise = 0.2;
    draw(&d);
    for (size_t i = 0; i < picture.columns * picture.rows; i += 37)
        map[i] = i % 2 ? NAN : INFINITY;
    osarc_dxa_forearm f = find_in(255);
    osarc_dxa_forearm_free(&f);
    for (size_t i = 0; i < picture.columns * picture.rows; i++)
        map[i] = NAN;
    f = find_in(255);
    cr_expect(ne(str, f.refused, (char *) ""));
    osarc_dxa_forearm_free(&f);
}
