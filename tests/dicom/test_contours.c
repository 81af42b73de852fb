/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>

#include "contours.h"

#define W 20
#define H 16

static size_t draw(uint8_t *raster, const double *const *polygons, const size_t *counts,
                   size_t count)
{
    const size_t size[2] = {W, H};
    memset(raster, 0, (W + 1) * H);
    for (size_t i = 0; i < count; i++)
        osi_contour_mark(raster, size, polygons[i], counts[i]);
    osi_contour_fill(raster, size);
    size_t inside = 0;
    for (size_t i = 0; i < (W + 1) * H; i++)
        inside += raster[i];
    return inside;
}

static int at(const uint8_t *raster, size_t x, size_t y)
{
    return raster[y * (W + 1) + x];
}

static const double BOX[] = {1.5, 1.5, 11.5, 1.5, 11.5, 11.5, 1.5, 11.5};
static const double HOLE[] = {4.5, 4.5, 4.5, 8.5, 8.5, 8.5, 8.5, 4.5};

Test(dicom_contours, fill_the_pixels_whose_centres_lie_inside)
{
    uint8_t raster[(W + 1) * H];
    const double *polygons[] = {BOX};
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){4}, 1), 100));
    cr_expect(eq(int, at(raster, 2, 2), 1));
    cr_expect(eq(int, at(raster, 11, 11), 1));
    cr_expect(eq(int, at(raster, 1, 5), 0));
    cr_expect(eq(int, at(raster, 12, 5), 0));
}

Test(dicom_contours, nested_ones_make_a_hole_whichever_way_they_run)
{
    uint8_t raster[(W + 1) * H];
    const double *polygons[] = {BOX, HOLE};
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){4, 4}, 2), 84));
    cr_expect(eq(int, at(raster, 6, 6), 0));
    cr_expect(eq(int, at(raster, 3, 6), 1));
    cr_expect(eq(int, at(raster, 10, 6), 1));
}

/* One outline that goes in along a channel of no width, round the hole and out again. */
Test(dicom_contours, a_keyhole_makes_the_same_hole)
{
    const double keyhole[] = {1.5, 1.5, 11.5, 1.5, 11.5, 11.5, 1.5, 11.5, 1.5, 6.2, 4.5, 6.2,
                              4.5, 8.5, 8.5,  8.5, 8.5,  4.5,  4.5, 4.5,  4.5, 6.2, 1.5, 6.2};
    uint8_t raster[(W + 1) * H];
    uint8_t nested[(W + 1) * H];
    const double *one[] = {keyhole};
    const double *two[] = {BOX, HOLE};
    cr_expect(eq(sz, draw(raster, one, (const size_t[]){12}, 1), 84));
    draw(nested, two, (const size_t[]){4, 4}, 2);
    cr_expect(memcmp(raster, nested, sizeof(raster)) == 0);
}

Test(dicom_contours, several_on_a_slice_are_all_there)
{
    const double second[] = {13.5, 2.5, 17.5, 2.5, 17.5, 5.5, 13.5, 5.5};
    uint8_t raster[(W + 1) * H];
    const double *polygons[] = {BOX, second};
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){4, 4}, 2), 112));
}

/* Corners on pixel centres: each centre belongs to one of two neighbours, never to both. */
Test(dicom_contours, that_share_an_edge_share_no_pixel)
{
    const double left[] = {2, 2, 7, 2, 7, 9, 2, 9};
    const double right[] = {7, 2, 12, 2, 12, 9, 7, 9};
    uint8_t a[(W + 1) * H];
    uint8_t b[(W + 1) * H];
    const size_t size[2] = {W, H};
    const double *l[] = {left};
    const double *r[] = {right};
    cr_expect(eq(sz, draw(a, l, (const size_t[]){4}, 1), 35));
    cr_expect(eq(sz, draw(b, r, (const size_t[]){4}, 1), 35));
    cr_expect(eq(int, osi_contour_relate(a, b, size), OSI_CONTOURS_APART));
}

Test(dicom_contours, come_close_to_the_area_of_a_circle)
{
    double circle[720];
    for (int i = 0; i < 360; i++) {
        circle[2 * i] = 9.3 + 6.4 * cos(i * M_PI / 180);
        circle[2 * i + 1] = 7.4 + 6.4 * sin(i * M_PI / 180);
    }
    uint8_t raster[(W + 1) * H];
    const double *polygons[] = {circle};
    double inside = (double) draw(raster, polygons, (const size_t[]){360}, 1);
    /* the pixels a circle of this size cuts leave about their root's worth of error */
    cr_expect(lt(dbl, fabs(inside - M_PI * 6.4 * 6.4), 6));
}

Test(dicom_contours, beyond_the_raster_are_cut_at_its_edge)
{
    const double large[] = {-100, -50, 400, -50, 400, 300, -100, 300};
    const double left[] = {-30, -30, 3.5, -30, 3.5, 90, -30, 90};
    uint8_t raster[(W + 1) * H];
    const double *polygons[] = {large};
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){4}, 1), W * H));
    polygons[0] = left;
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){4}, 1), 4 * H));
}

Test(dicom_contours, without_area_hold_no_pixel)
{
    const double line[] = {1, 1, 9, 9};
    const double point[] = {5, 5};
    const double nowhere[] = {NAN, 1, 5, NAN, 9, 9};
    uint8_t raster[(W + 1) * H];
    const double *polygons[] = {line};
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){2}, 1), 0));
    polygons[0] = point;
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){1}, 1), 0));
    cr_expect(eq(sz, draw(raster, polygons, (const size_t[]){0}, 1), 0));
    polygons[0] = nowhere;
    draw(raster, polygons, (const size_t[]){3}, 1); /* must only come back */
}

Test(dicom_contours, are_told_to_cross_when_neither_holds_the_other)
{
    const double moved[] = {6.5, 6.5, 16.5, 6.5, 16.5, 14.5, 6.5, 14.5};
    const size_t size[2] = {W, H};
    uint8_t box[(W + 1) * H];
    uint8_t other[(W + 1) * H];
    const double *polygons[] = {BOX};
    draw(box, polygons, (const size_t[]){4}, 1);
    polygons[0] = moved;
    draw(other, polygons, (const size_t[]){4}, 1);
    cr_expect(eq(int, osi_contour_relate(box, other, size), OSI_CONTOURS_CROSS));
    polygons[0] = HOLE;
    draw(other, polygons, (const size_t[]){4}, 1);
    cr_expect(eq(int, osi_contour_relate(other, box, size), OSI_CONTOURS_NESTED));
}
