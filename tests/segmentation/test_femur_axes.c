/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osi/alloc.h>

#include "femur_outline.h"

/* Landmarks of the phantom's left femur in a grid that ends where it is told to. */

#define CELL_MM 1.5

static osarc_error err = OSARC_ERROR_INIT;

static const osarc_phantom_femur *find_left(const osarc_phantom *phantom)
{
    for (size_t n = 0; n < osarc_phantom_femur_count(phantom); n++)
        if (osarc_phantom_femur_at(phantom, n)->femur.side == OSARC_SIDE_LEFT)
            return osarc_phantom_femur_at(phantom, n);
    return NULL;
}

static osarc_femur find(const osarc_phantom *phantom, double top_mm)
{
    const osarc_femur *truth = &find_left(phantom)->femur;
    const osarc_mask *structures = osarc_phantom_structures(phantom);
    const osarc_grid *grid = osarc_mask_grid(structures);
    const femur_head head = {
        .centre_mm = {truth->head_mm[0], truth->head_mm[1], truth->head_mm[2]},
        .radius_mm = truth->head_radius_mm,
        .lateral = 1,
        .neck = {-truth->neck_axis[0], -truth->neck_axis[1], -truth->neck_axis[2]},
        .view_share = 1};
    double low[3] = {truth->head_mm[0] - 40, truth->head_mm[1] - 60, truth->lesser_mm[2] - 200};
    double high[3] = {truth->head_mm[0] + 90, truth->head_mm[1] + 60, top_mm};
    osarc_femur out = {.side = OSARC_SIDE_LEFT, .head_in_view = 1};
    sampler s;
    femur_grid g;
    for (int a = 0; a < 3; a++) {
        out.head_mm[a] = truth->head_mm[a];
        out.lesser_mm[a] = out.greater_mm[a] = out.neck_mm[a] = NAN;
    }
    sampler_make(&s, osarc_phantom_image(phantom), osarc_phantom_tissue(phantom));
    EXPECT_OK(femur_grid_box(&g, &s, CELL_MM, low, high, 1, &err));
    /* bone past the end: whoever reads there takes the femur for whole */
    size_t plane = g.size[0] * g.size[1];
    uint8_t *longer = osi_realloc(g.bone, femur_count(&g) + plane, 1, &err);
    cr_assert(longer != NULL);
    g.bone = longer;
    memset(longer + femur_count(&g), FEMUR_BONE, plane);
    uint8_t *labels = osi_alloc(femur_count(&g), 1, &err);
    cr_assert(labels != NULL);
    for (size_t i = 0; i < femur_count(&g); i++) {
        double p[3];
        double ijk[3];
        femur_place(&g, i, p);
        osarc_grid_index(grid, p, ijk);
        size_t v = 0;
        int in = 1;
        for (int a = 2; a >= 0; a--) {
            long k = lround(ijk[a]);
            in &= k >= 0 && k < (long) grid->size[a];
            v = v * grid->size[a] + (in ? (size_t) k : 0);
        }
        labels[i] = in && osarc_mask_labels(structures)[v] == OSARC_FEMUR_LEFT;
    }
    femur_axes_find(&out, &s, &g, labels, 1, &head);
    osi_free(labels);
    femur_grid_free(&g);
    return out;
}

Test(femur_axes, the_greater_trochanter_is_found_where_the_grid_holds_it)
{
    const osarc_phantom_options options = {.pixel_mm = 1.2, .slice_mm = 3};
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "hip", &options, &err));
    const osarc_femur *truth = &find_left(phantom)->femur;
    osarc_femur f = find(phantom, truth->head_mm[2] + 40);
    /* a slice */
    cr_expect(lt(dbl, fabs(f.greater_mm[2] - truth->greater_mm[2]), 3));
    osarc_phantom_free(phantom);
}

/* The highest cell lies in the last slice: what is above it is not known. */
Test(femur_axes, a_greater_trochanter_that_ends_with_the_grid_has_no_tip)
{
    const osarc_phantom_options options = {.pixel_mm = 1.2, .slice_mm = 3};
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "hip", &options, &err));
    osarc_femur f = find(phantom, find_left(phantom)->femur.greater_mm[2] - 8);
    cr_expect(isnan(f.greater_mm[0]));
    cr_expect(isnan(f.greater_mm[2]));
    osarc_phantom_free(phantom);
}
