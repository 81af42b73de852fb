/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>

#include "overlay.h"

/* Stacks as they are scanned: row and column direction; slices along row x column or against it. */
typedef struct stack {
    const char *name;
    double row[3];
    double column[3];
    int against;
} stack;

static const stack STACKS[] = {
    {"axial", {1, 0, 0}, {0, 1, 0}, 0},
    {"axial from below", {1, 0, 0}, {0, 1, 0}, 1},
    {"axial feet first", {-1, 0, 0}, {0, 1, 0}, 0},
    {"axial prone", {-1, 0, 0}, {0, -1, 0}, 0},
    {"sagittal", {0, 1, 0}, {0, 0, -1}, 0},
    {"sagittal, other side", {0, -1, 0}, {0, 0, -1}, 0},
    {"coronal", {1, 0, 0}, {0, 0, -1}, 0},
    {"coronal, other side", {-1, 0, 0}, {0, 0, -1}, 1},
    {"oblique", {0.96, 0.28, 0}, {-0.28, 0.96, 0}, 0},
};
#define STACK_COUNT (sizeof(STACKS) / sizeof(STACKS[0]))

static osarc_grid make_grid(const stack *s)
{
    osarc_grid grid = {
        .size = {40, 36, 20}, .spacing_mm = {1, 1.5, 4}, .origin_mm = {17, -90, 400}};
    for (int c = 0; c < 3; c++) {
        int d = (c + 1) % 3;
        int e = (c + 2) % 3;
        double across = s->row[d] * s->column[e] - s->row[e] * s->column[d];
        grid.direction[0][c] = s->row[c];
        grid.direction[1][c] = s->column[c];
        grid.direction[2][c] = s->against ? -across : across;
    }
    return grid;
}

static void middle_of(const osarc_grid *grid, double lps_out[3])
{
    double ijk[3];
    for (int axis = 0; axis < 3; axis++)
        ijk[axis] = (double) grid->size[axis] / 2; /* a voxel's centre */
    osarc_grid_position_mm(grid, ijk, lps_out);
}

typedef struct volume {
    osarc_image *image;
    osarc_mask *mask;
    double middle_mm[3];
} volume;

/* HU rises along patient z; the label tells the octant: 1, +1 for left, +2 for back, +4 for head.
 */
static volume make_volume(const stack *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = make_grid(s);
    volume v = {NULL, NULL, {0, 0, 0}};
    EXPECT_OK(osarc_image_create(&v.image, &grid, OSARC_UNIT_HU, 0.125, 0, &err));
    EXPECT_OK(osarc_mask_create(&v.mask, &grid, &err));
    middle_of(&grid, v.middle_mm);
    size_t at = 0;
    for (size_t k = 0; k < grid.size[2]; k++)
        for (size_t j = 0; j < grid.size[1]; j++)
            for (size_t i = 0; i < grid.size[0]; i++, at++) {
                double ijk[3] = {(double) i, (double) j, (double) k};
                double lps[3];
                osarc_grid_position_mm(&grid, ijk, lps);
                osarc_image_fill(v.image)[at] = (int16_t) lround((lps[2] - v.middle_mm[2]) * 8);
                osarc_mask_fill(v.mask)[at] =
                    (uint8_t) (1 + (lps[0] > v.middle_mm[0]) + 2 * (lps[1] > v.middle_mm[1]) +
                               4 * (lps[2] > v.middle_mm[2]));
            }
    return v;
}

static void free_volume(volume *v)
{
    osarc_image_free(v->image);
    osarc_mask_free(v->mask);
}

static overlay_cut make_cut(const overlay_plane *plane)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t count = plane->width * plane->height;
    overlay_cut cut;
    cut.grey = osi_alloc(count, 2, &err);
    cr_assert(cut.grey != NULL);
    cut.labels = cut.grey + count;
    return cut;
}

static uint8_t label_at(const overlay_cut *cut, const overlay_plane *plane, double x, double y)
{
    size_t column = (size_t) (x * (double) plane->width);
    size_t row = (size_t) (y * (double) plane->height);
    return cut->labels[row * plane->width + column];
}

Test(report_overlay_plane, puts_the_patients_left_on_the_right_whatever_the_stack)
{
    for (size_t s = 0; s < STACK_COUNT; s++) {
        volume v = make_volume(&STACKS[s]);
        const osarc_grid *grid = osarc_image_grid(v.image);
        for (int view = 0; view < VIEW_COUNT; view++) {
            overlay_plane plane;
            overlay_plane_make(&plane, (overlay_view) view, grid, v.middle_mm, 0.5);
            overlay_cut cut = make_cut(&plane);
            overlay_sample(&cut, v.image, v.mask, &plane, -50, 100, 2);
            /* bits of the octants at upper left and lower right; the cut's own bit is left out */
            static const int UPPER_LEFT[VIEW_COUNT] = {0, 4,
                                                       4}; /* front right; head right; head front */
            static const int LOWER_RIGHT[VIEW_COUNT] = {3, 1,
                                                        2}; /* back left; foot left; foot back */
            static const int SEEN[VIEW_COUNT] = {3, 5, 6};
            int upper_left = label_at(&cut, &plane, 0.35, 0.35) - 1;
            int lower_right = label_at(&cut, &plane, 0.65, 0.65) - 1;
            cr_expect(UPPER_LEFT[view] == (upper_left & SEEN[view]), "%s, %s", STACKS[s].name,
                      overlay_view_axes((overlay_view) view)->name);
            cr_expect(LOWER_RIGHT[view] == (lower_right & SEEN[view]), "%s, %s", STACKS[s].name,
                      overlay_view_axes((overlay_view) view)->name);
            osi_free(cut.grey);
        }
        free_volume(&v);
    }
}

Test(report_overlay_plane, writes_the_letters_that_radiologists_expect)
{
    static const char EDGES[VIEW_COUNT][4] = {
        /* left, right, top, bottom */
        {'R', 'L', 'A', 'P'},
        {'R', 'L', 'H', 'F'},
        {'A', 'P', 'H', 'F'},
    };
    for (int view = 0; view < VIEW_COUNT; view++) {
        const overlay_axes *axes = overlay_view_axes((overlay_view) view);
        cr_expect(eq(chr, overlay_letter(axes->right, -axes->right_sign), EDGES[view][0]));
        cr_expect(eq(chr, overlay_letter(axes->right, axes->right_sign), EDGES[view][1]));
        cr_expect(eq(chr, overlay_letter(axes->down, -axes->down_sign), EDGES[view][2]));
        cr_expect(eq(chr, overlay_letter(axes->down, axes->down_sign), EDGES[view][3]));
        cr_expect(eq(int, axes->right + axes->down + axes->across, 3)); /* each axis once */
    }
}

Test(report_overlay_plane, keeps_millimetres_equal_both_ways_for_any_voxel)
{
    for (size_t s = 0; s + 1 < STACK_COUNT; s++) { /* the oblique box is larger than its voxels */
        osarc_grid grid = make_grid(&STACKS[s]);
        double middle[3];
        double extent[3] = {0, 0, 0};
        middle_of(&grid, middle);
        for (int axis = 0; axis < 3; axis++)
            for (int c = 0; c < 3; c++)
                extent[c] += fabs(grid.direction[axis][c]) * (double) grid.size[axis] *
                             grid.spacing_mm[axis];
        for (int view = 0; view < VIEW_COUNT; view++) {
            const overlay_axes *axes = overlay_view_axes((overlay_view) view);
            overlay_plane plane;
            overlay_plane_make(&plane, (overlay_view) view, &grid, middle, 0.5);
            cr_expect(eq(sz, plane.width, (size_t) lround(extent[axes->right] * 2)));
            cr_expect(eq(sz, plane.height, (size_t) lround(extent[axes->down] * 2)));
        }
    }
}

Test(report_overlay_plane, interpolates_between_slices_and_not_across_what_was_not_measured)
{
    volume v = make_volume(&STACKS[0]);
    const osarc_grid *grid = osarc_image_grid(v.image);
    overlay_plane plane;
    overlay_plane_make(&plane, VIEW_CORONAL, grid, v.middle_mm, 0.5);
    overlay_cut cut = make_cut(&plane);
    overlay_sample(&cut, v.image, v.mask, &plane, -50, 100, 1);
    double edge = 2; /* half a slice: beyond the last centre the ramp stops */
    for (size_t y = 0; y < plane.height; y++) {
        double z = plane.first_mm[2] + (double) y * plane.down_mm[2] - v.middle_mm[2];
        double top = 9 * 4; /* slices 0 to 19, the middle being slice 10 */
        double ramp = fmin(fmax(z, -40), top);
        cr_expect(le(dbl, fabs(z), 40 + edge));
        double grey = fmin(fmax((ramp + 50) / 100 * 255, 0), 255);
        /* half a grey level of rounding; linear values come through interpolation exactly */
        cr_expect(epsilon_eq(dbl, cut.grey[y * plane.width + 3], grey, 0.51));
    }
    /* slice 10 not measured: nothing within a slice of it is grey */
    size_t slice = grid->size[0] * grid->size[1];
    for (size_t i = 0; i < slice; i++)
        osarc_image_fill(v.image)[10 * slice + i] = OSARC_OUTSIDE;
    overlay_sample(&cut, v.image, v.mask, &plane, -50, 100, 1);
    for (size_t y = 0; y < plane.height; y++) {
        double z = plane.first_mm[2] + (double) y * plane.down_mm[2] - v.middle_mm[2];
        uint8_t grey = cut.grey[y * plane.width + 3];
        cr_expect(fabs(z) < 4 ? grey == 0 : grey > 0);
    }
    osi_free(cut.grey);
    free_volume(&v);
}

Test(report_overlay_plane, shows_a_slice_as_it_is_when_cut_through_its_voxels)
{
    volume v = make_volume(&STACKS[0]);
    const osarc_grid *grid = osarc_image_grid(v.image);
    size_t slice = grid->size[0] * grid->size[1];
    for (size_t i = 0; i < slice; i++) { /* the neighbours must not be looked at */
        osarc_image_fill(v.image)[9 * slice + i] = OSARC_OUTSIDE;
        osarc_image_fill(v.image)[11 * slice + i] = OSARC_OUTSIDE;
    }
    overlay_plane plane;
    overlay_plane_make(&plane, VIEW_AXIAL, grid, v.middle_mm, 0.5);
    overlay_cut cut = make_cut(&plane);
    overlay_sample(&cut, v.image, v.mask, &plane, -50, 100, 1);
    for (size_t i = 0; i < plane.width * plane.height; i++)
        cr_assert(eq(int, cut.grey[i], 128)); /* 0 HU of -50 to 50 */
    osi_free(cut.grey);
    free_volume(&v);
}

Test(report_overlay_plane, finds_the_middle_of_what_is_labelled_and_else_of_the_grid)
{
    volume v = make_volume(&STACKS[2]);
    const osarc_grid *grid = osarc_image_grid(v.image);
    uint8_t *labels = osarc_mask_fill(v.mask);
    double lps[3];
    double ijk[3];
    memset(labels, 0, osarc_grid_count(grid));
    overlay_middle_mm(lps, v.mask);
    osarc_grid_index(grid, lps, ijk);
    for (int axis = 0; axis < 3; axis++)
        cr_expect(epsilon_eq(dbl, ijk[axis], (double) grid->size[axis] / 2, 1e-9));
    for (size_t k = 4; k < 9; k++)
        for (size_t j = 10; j < 21; j++)
            for (size_t i = 30; i < 35; i++)
                labels[(k * grid->size[1] + j) * grid->size[0] + i] = 3;
    overlay_middle_mm(lps, v.mask);
    osarc_grid_index(grid, lps, ijk);
    static const double MIDDLE[3] = {32, 15, 6};
    for (int axis = 0; axis < 3; axis++)
        cr_expect(epsilon_eq(dbl, ijk[axis], MIDDLE[axis], 1e-9));
    free_volume(&v);
}

Test(report_overlay_plane, blends_the_colour_of_a_tissue_over_the_grey)
{
    cr_expect(eq(u32, overlay_blend(100, OSARC_TISSUE_OUTSIDE), 0x646464));
    /* 0.6 of 0xD5, 0x5E, 0x00 and 0.4 of 100: 167.8, 96.4, 40 */
    cr_expect(eq(u32, overlay_blend(100, OSARC_TISSUE_MUSCLE), 0xA86028));
    cr_expect(eq(u32, overlay_blend(255, OSARC_TISSUE_COMPACT_BONE), 0xFFFFFF));
    cr_expect(eq(u32, overlay_colour(200), 0x808080));
}

/* Machado, Oliveira and Fernandes, IEEE TVCG 15:1291, 2009: severity 1, linear light. */
static const double SEEN_BY[3][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}}, /* protan */
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}}, /* deutan */
};

static void see(double out[3], uint32_t rgb, const double matrix[3][3])
{
    double light[3];
    for (int c = 0; c < 3; c++)
        light[c] = pow(((rgb >> (16 - 8 * c)) & 255) / 255.0, 2.2);
    for (int r = 0; r < 3; r++) {
        double sum = 0;
        for (int c = 0; c < 3; c++)
            sum += matrix[r][c] * light[c];
        out[r] = 255 * pow(fmin(fmax(sum, 0), 1), 1 / 2.2);
    }
}

Test(report_overlay_plane, has_colours_that_a_colour_blind_reader_tells_apart)
{
    for (int eye = 0; eye < 3; eye++)
        for (uint8_t a = 1; a < OSARC_TISSUE_COUNT; a++)
            for (uint8_t b = (uint8_t) (a + 1); b < OSARC_TISSUE_COUNT; b++) {
                double p[3];
                double q[3];
                see(p, overlay_colour(a), SEEN_BY[eye]);
                see(q, overlay_colour(b), SEEN_BY[eye]);
                double distance =
                    sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
                         (p[2] - q[2]) * (p[2] - q[2]));
                /* a sixth of one channel is seen at once, side by side */
                cr_expect(distance > 43, "%d and %d, eye %d: %.0f", a, b, eye, distance);
            }
}
