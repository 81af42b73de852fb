/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a drawn body, whose cut lines are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_regions.h>
#include <osi/alloc.h>

#define MOST (700 * 1000)

static float map[MOST];
static uint8_t body[MOST];
static osarc_dxa_picture picture;

/* Lengths in mm, from the picture's middle and its upper edge. */
typedef struct drawing {
    double spacing[2];
    double size; /* of the body, times the lengths that are drawn */
    double width, height;
    double shift;    /* of the body to its left */
    double hip_deg;  /* of the femoral necks' line over the horizontal */
    double arm_gap;  /* between arm and trunk; 0: they touch */
    double one_arm;  /* 1: the left one lies against the trunk */
    double cut_feet; /* rows left out below */
    double grey;     /* of soft tissue */
    double thighs;   /* 1: they touch down to the knee */
    int without_skull, without_pelvis, one_leg;
} drawing;

static const drawing USUAL = {
    .spacing = {3, 3}, .size = 1, .width = 660, .height = 1840, .hip_deg = 40, .arm_gap = 30};

#define CROWN  60.0
#define CHIN   290.0
#define NECK   330.0 /* shoulders begin */
#define ARMPIT 480.0
#define CREST  800.0
#define CROTCH 1000.0
#define SOLES  1780.0

static int is_trunk(double x, double y)
{
    if (y > NECK && y < ARMPIT)
        return fabs(x) < 210; /* with the shoulders */
    return y >= ARMPIT && y < CROTCH && fabs(x) < 160;
}

static int is_arm(const drawing *d, double x, double y)
{
    double gap = d->one_arm > 0 && x > 0 ? 0 : d->arm_gap;
    return y >= ARMPIT && y < 1100 && fabs(x) >= 160 + gap && fabs(x) < 160 + gap + 60;
}

static int is_leg(const drawing *d, double x, double y)
{
    double gap = d->thighs > 0 && y < 1350 ? 0 : 12;
    if (d->one_leg && x > 0)
        return 0;
    return y >= CROTCH && y < SOLES && fabs(x) > gap && fabs(x) < 150;
}

static int is_body(const drawing *d, double x, double y)
{
    if (y >= CROWN && y < CHIN)
        return fabs(x) < 75;
    if (y >= CHIN && y <= NECK)
        return fabs(x) < 60;
    return is_trunk(x, y) || is_arm(d, x, y) || is_leg(d, x, y);
}

static double bone_at(const drawing *d, double x, double y)
{
    double out = fabs(x);
    if (!d->without_skull && y > CROWN + 10 && y < CHIN && out < 70)
        return 2;
    if (y >= CHIN && y < 850 && out < 20)
        return 1; /* spine */
    if (y > 350 && y < 700 && out > 20 && out < 130 && fmod(y, 30) < 8)
        return 0.4; /* ribs */
    if (out > 185 && y > NECK + 20 && y < 1050)
        return out < 215 && out > 195 ? 1 : 0; /* arm */
    /* pelvis above the line of the hips, femurs below it, little bone on it */
    double line = CROTCH - out * tan(d->hip_deg * M_PI / 180);
    double off = (y - line) * cos(d->hip_deg * M_PI / 180);
    if (!d->without_pelvis && y > CREST && y < 960 && out < 130 && off < -12)
        return 1;
    if (off > 12 && out > 70 && out < 105 && y < 1760)
        return 1.2;
    if (fabs(off) <= 12 && out > 75 && out < 100)
        return 0.6; /* the necks */
    return 0;
}

/* Place of a pixel's middle in the drawing. */
static void place_of(double out[2], const drawing *d, size_t column, size_t row)
{
    out[0] = ((double) column + 0.5) * d->spacing[0] / d->size - d->width / 2 - d->shift;
    out[1] = ((double) row + 0.5) * d->spacing[1] / d->size;
}

static void draw(const drawing *d)
{
    picture = (osarc_dxa_picture){
        .bone = map,
        .columns = (size_t) lround(d->width * d->size / d->spacing[0]),
        .rows = (size_t) lround((d->height - d->cut_feet) * d->size / d->spacing[1]),
        .spacing_mm = {d->spacing[0], d->spacing[1]}};
    cr_assert(picture.columns * picture.rows <= MOST);
    for (size_t j = 0; j < picture.rows; j++)
        for (size_t i = 0; i < picture.columns; i++) {
            double at_mm[2];
            size_t at = j * picture.columns + i;
            place_of(at_mm, d, i, j);
            body[at] = (uint8_t) is_body(d, at_mm[0], at_mm[1]);
            map[at] = body[at] ? (float) (bone_at(d, at_mm[0], at_mm[1]) + d->grey) : 0;
        }
}

static osarc_dxa_body find(const drawing *d)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_body found;
    draw(d);
    EXPECT_OK(osarc_dxa_body_find(&found, &picture, body, &err));
    return found;
}

/* Cut lines within 5 mm, which is less than two cells of the 3 mm grid. */
static void expect_found(const drawing *d)
{
    osarc_dxa_body b = find(d);
    double half[2] = {d->spacing[0] / 2, d->spacing[1] / 2};
    double size = d->size;
    cr_assert(eq(str, b.refused, (char *) ""));
    cr_expect(epsilon_eq(dbl, b.chin_mm, CHIN * size - half[1], 5));
    cr_expect(epsilon_eq(dbl, b.crest_mm, CREST * size - half[1], 5));
    cr_expect(epsilon_eq(dbl, b.crotch_mm[0], (d->width / 2 + d->shift) * size - half[0], 5));
    cr_expect(epsilon_eq(dbl, b.crotch_mm[1], CROTCH * size - half[1], 5));
    for (int side = 0; side < 2; side++) {
        double out = side ? 1 : -1;
        double gap = d->width / 2 + d->shift + out * (160 + d->arm_gap / 2);
        cr_expect(epsilon_eq(dbl, b.armpit_mm[side][0], gap * size - half[0], 5));
        cr_expect(epsilon_eq(dbl, b.armpit_mm[side][1], ARMPIT * size, 5));
        cr_expect(epsilon_eq(dbl, b.leg_deg[side], d->hip_deg, 4));
    }
    double android = 0.2 * (CREST - CHIN) * size;
    cr_expect(epsilon_eq(dbl, b.android_mm[1] - b.android_mm[0], android, 2));
    cr_expect(epsilon_eq(dbl, b.gynoid_mm[1] - b.gynoid_mm[0], 2 * android, 4));
    cr_expect(epsilon_eq(dbl, b.gynoid_mm[0] - b.crest_mm, 1.5 * android, 3));
    size_t wrong = 0, all = 0;
    for (size_t i = 0; i < picture.columns * picture.rows; i++) {
        if (!body[i])
            continue;
        double at_mm[2];
        place_of(at_mm, d, i % picture.columns, i / picture.columns);
        double x = at_mm[0];
        double y = at_mm[1];
        double line = CROTCH - fabs(x) * tan(d->hip_deg * M_PI / 180);
        int wanted = y < CHIN ? OSARC_DXA_BODY_HEAD
                     : is_arm(d, x, y)
                         ? (x > 0 ? OSARC_DXA_BODY_ARM_LEFT : OSARC_DXA_BODY_ARM_RIGHT)
                     : y > line ? (x > 0 ? OSARC_DXA_BODY_LEG_LEFT : OSARC_DXA_BODY_LEG_RIGHT)
                                : OSARC_DXA_BODY_TRUNK;
        if (y > NECK && y < ARMPIT)
            continue; /* the shoulder is cut where its joint is, and none is drawn */
        all++;
        wrong += b.labels[i] != wanted;
    }
    cr_expect(lt(dbl, (double) wrong, 0.02 * (double) all));
    osarc_dxa_body_free(&b);
}

Test(dxa_body, cut_lines_are_those_drawn)
{
    expect_found(&USUAL);
}

/* From 1.5 m to 1.9 m, on pixels that are not square. */
Test(dxa_body, small_and_large_bodies_are_cut_as_well)
{
    static const double SIZES[] = {0.87, 1.1};
    for (size_t i = 0; i < 2; i++) {
        drawing d = USUAL;
        d.size = SIZES[i];
        expect_found(&d);
        d.spacing[0] = 2.4;
        d.spacing[1] = 3.4;
        expect_found(&d);
    }
}

Test(dxa_body, place_and_spacing_do_not_matter)
{
    drawing d = USUAL;
    d.shift = 25;
    expect_found(&d);
    d = USUAL;
    d.spacing[0] = 2.4;
    d.spacing[1] = 5;
    expect_found(&d);
}

/* In finished pictures soft tissue is grey, too. */
Test(dxa_body, soft_tissue_that_is_grey_moves_nothing)
{
    drawing d = USUAL;
    d.grey = 0.8;
    expect_found(&d);
}

Test(dxa_body, the_cut_of_the_legs_follows_the_necks)
{
    for (double deg = 30; deg <= 50; deg += 10) {
        drawing d = USUAL;
        d.hip_deg = deg;
        expect_found(&d);
    }
}

Test(dxa_body, an_arm_against_the_trunk_is_refused_and_the_other_stays)
{
    drawing d = USUAL;
    d.one_arm = 1;
    osarc_dxa_body b = find(&d);
    cr_expect(strstr(b.refused_arm[1], "no gap") != NULL);
    cr_expect(eq(str, b.refused_arm[0], (char *) ""));
    for (size_t i = 0; i < picture.columns * picture.rows; i++)
        cr_assert(b.labels[i] != OSARC_DXA_BODY_ARM_LEFT);
    osarc_dxa_body_free(&b);
}

Test(dxa_body, an_arm_cut_by_the_picture_is_told)
{
    drawing d = USUAL;
    d.width = 460;
    osarc_dxa_body b = find(&d);
    cr_expect(b.arm_is_cut[0] && b.arm_is_cut[1]);
    osarc_dxa_body_free(&b);
}

Test(dxa_body, feet_cut_by_the_picture_are_told)
{
    drawing d = USUAL;
    d.cut_feet = 150;
    osarc_dxa_body b = find(&d);
    cr_expect(strstr(b.warning, "feet") != NULL, "'%s'", b.warning);
    cr_expect(b.feet_are_cut && 0 == b.crown_is_cut);
    osarc_dxa_body_free(&b);
    b = find(&USUAL);
    cr_expect(eq(int, b.feet_are_cut + b.crown_is_cut, 0));
    osarc_dxa_body_free(&b);
}

/* Cells of 3 mm that reach beyond the picture's last pixels. */
Test(dxa_body, what_the_edge_cuts_is_told_whatever_the_size_of_a_pixel)
{
    static const double SIZES_MM[] = {2.3, 2.7, 3.003, 3.2};
    for (size_t i = 0; i < sizeof(SIZES_MM) / sizeof(SIZES_MM[0]); i++) {
        drawing d = USUAL;
        d.width = 460;
        d.cut_feet = 150;
        d.spacing[0] = d.spacing[1] = SIZES_MM[i];
        osarc_dxa_body b = find(&d);
        cr_expect(b.arm_is_cut[0] && b.arm_is_cut[1], "%g mm", SIZES_MM[i]);
        cr_expect(eq(int, b.feet_are_cut, 1), "%g mm", SIZES_MM[i]);
        osarc_dxa_body_free(&b);
    }
}

Test(dxa_body, thighs_that_touch_are_told)
{
    drawing d = USUAL;
    d.thighs = 1;
    osarc_dxa_body b = find(&d);
    cr_expect(strstr(b.warning, "thighs touch") != NULL, "'%s'", b.warning);
    /* 60 mm below the pubis, which ends at 960 here */
    cr_expect(epsilon_eq(dbl, b.crotch_mm[1], 1020, 12));
    osarc_dxa_body_free(&b);
}

static void expect_refused(const drawing *d, const char *words)
{
    osarc_dxa_body b = find(d);
    cr_expect(strstr(b.refused, words) != NULL, "'%s'", b.refused);
    cr_expect(b.labels == NULL);
    osarc_dxa_body_free(&b);
}

Test(dxa_body, what_is_no_whole_body_is_refused)
{
    drawing d = USUAL;
    d.cut_feet = 950;
    expect_refused(&d, "are needed");
    d = USUAL;
    d.one_leg = 1;
    expect_refused(&d, "no two legs");
    d = USUAL;
    d.without_skull = 1;
    expect_refused(&d, "no skull");
}

Test(dxa_body, an_empty_picture_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_body b;
    draw(&USUAL);
    memset(body, 0, sizeof(body));
    EXPECT_OK(osarc_dxa_body_find(&b, &picture, body, &err));
    cr_expect(b.refused[0] != '\0');
    osarc_dxa_body_free(&b);
}

Test(dxa_body, what_is_no_picture_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_body b;
    draw(&USUAL);
    EXPECT_REFUSED(osarc_dxa_body_find(NULL, &picture, body, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_body_find(&b, NULL, body, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_body_find(&b, &picture, NULL, &err), OSARC_ERR_ARGUMENT);
    picture.spacing_mm[0] = INFINITY;
    EXPECT_REFUSED(osarc_dxa_body_find(&b, &picture, body, &err), OSARC_ERR_GEOMETRY);
}
