/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/hip.h>

#include "spine_scene.h"

/* A real scan against the labels of another program: right femur sound, metal in the left. */

#define SCAN   "ct_spine_pelvis_3mm/ct.nii.gz"
#define LABELS "ct_spine_pelvis_3mm/labels_total.nii.gz"
#define ALL    SIZE_MAX

static osarc_error err = OSARC_ERROR_INIT;

typedef struct sums {
    double a[16], b[4];
    size_t count;
} sums;

/* Solves the 4 x 4 system; enough for a well-set one. */
static void solve(double x[4], sums *s)
{
    for (int i = 0; i < 4; i++)
        for (int k = i + 1; k < 4; k++) {
            double f = s->a[4 * k + i] / s->a[5 * i];
            for (int j = i; j < 4; j++)
                s->a[4 * k + j] -= f * s->a[4 * i + j];
            s->b[k] -= f * s->b[i];
        }
    for (int i = 3; i >= 0; i--) {
        x[i] = s->b[i];
        for (int j = i + 1; j < 4; j++)
            x[i] -= s->a[4 * i + j] * x[j];
        x[i] /= s->a[5 * i];
    }
}

/* A face between a voxel of the label and another, as a point of the head's surface. */
static void add_face(sums *s, const double p[3], const double sphere[4])
{
    /* the neck leaves to the right and down: what lies that way is no head */
    static const double NECK[3] = {-0.77, 0, -0.64};
    double d[3];
    double r = 0;
    double along = 0;
    for (int a = 0; a < 3; a++) {
        d[a] = p[a] - sphere[a];
        r += d[a] * d[a];
    }
    r = sqrt(r);
    for (int a = 0; a < 3; a++)
        along += d[a] / r * NECK[a];
    if (fabs(r - sphere[3]) > 5 || along > 0.3)
        return;
    const double row[4] = {d[0] / r, d[1] / r, d[2] / r, 1};
    for (int i = 0; i < 4; i++) {
        s->b[i] += row[i] * (r - sphere[3]);
        for (int j = 0; j < 4; j++)
            s->a[4 * i + j] += row[i] * row[j];
    }
    s->count++;
}

/* Least squares through the faces of the labelled head, from a start some mm off. */
static void fit_head(double sphere[4], const osarc_mask *total, uint8_t label)
{
    const osarc_grid *g = osarc_mask_grid(total);
    const uint8_t *labels = osarc_mask_labels(total);
    const size_t step[3] = {1, g->size[0], g->size[0] * g->size[1]};
    for (int turn = 0; turn < 30; turn++) {
        sums s = {0};
        double x[4];
        for (size_t i = 0; i < osarc_grid_count(g); i++) {
            const size_t at[3] = {i % g->size[0], i / step[1] % g->size[1], i / step[2]};
            for (int a = 0; a < 3; a++) {
                double ijk[3] = {(double) at[0], (double) at[1], (double) at[2]};
                double p[3];
                if (at[a] + 1 == g->size[a] ||
                    (labels[i] == label) == (labels[i + step[a]] == label))
                    continue;
                ijk[a] += 0.5;
                osarc_grid_position_mm(g, ijk, p);
                add_face(&s, p, sphere);
            }
        }
        cr_assert(gt(sz, s.count, 200));
        solve(x, &s);
        for (int i = 0; i < 4; i++)
            sphere[i] += x[i];
    }
}

Test(hip_real, right_femur_is_where_another_program_puts_it_and_the_left_is_metal)
{
    spine_scene scene = scene_read(SCAN, 0, ALL);
    if (!scene.image)
        return;
    osarc_hip *hip = NULL;
    osarc_mask *total = scene_labels(LABELS);
    EXPECT_OK(osarc_hip_find(&hip, scene.image, scene.tissue, NULL, NULL, &err));
    cr_assert(eq(sz, osarc_hip_count(hip), 2));
    const osarc_femur *right = osarc_hip_at(hip, 0);
    const osarc_femur *left = osarc_hip_at(hip, 1);
    cr_expect(eq(int, (int) right->side, OSARC_SIDE_RIGHT));
    cr_expect(eq(int, right->label, OSARC_FEMUR_RIGHT));
    cr_expect(eq(str, (char *) right->refused_all, ""));
    cr_expect(eq(int, (int) left->side, OSARC_SIDE_LEFT));
    cr_expect(strstr(left->refused_all, "metal") != NULL, "%s", left->refused_all);

    double both = 0;
    double sum = 0;
    const uint8_t *theirs = osarc_mask_labels(total);
    const uint8_t *ours = osarc_mask_labels(osarc_hip_voxels(hip));
    for (size_t i = 0; i < osarc_grid_count(osarc_image_grid(scene.image)); i++) {
        both += theirs[i] == OSARC_FEMUR_RIGHT && ours[i];
        sum += (theirs[i] == OSARC_FEMUR_RIGHT) + (ours[i] != 0);
    }
    double sphere[4] = {right->head_mm[0] + 4, right->head_mm[1] - 4, right->head_mm[2] + 4, 23};
    fit_head(sphere, total, OSARC_FEMUR_RIGHT);
    double off = scene_distance(right->head_mm, sphere);
    printf("Dice %.3f, head %.1f mm off the labelled one, radius %.1f against %.1f mm\n",
           2 * both / sum, off, right->head_radius_mm, sphere[3]);
    cr_expect(ge(dbl, 2 * both / sum, 0.90));
    cr_expect(lt(dbl, off, 3.0));                                     /* a voxel */
    cr_expect(lt(dbl, fabs(right->head_radius_mm - sphere[3]), 1.5)); /* half of one */
    osarc_mask_free(total);
    osarc_hip_free(hip);
    scene_free(&scene);
}

Test(hip_real, a_scan_that_ends_above_the_hips_has_no_femur)
{
    /* slices from above the heads to the top */
    spine_scene scene = scene_read(SCAN, 24, ALL);
    if (!scene.image)
        return;
    osarc_hip *hip = NULL;
    EXPECT_OK(osarc_hip_find(&hip, scene.image, scene.tissue, NULL, NULL, &err));
    cr_expect(eq(sz, osarc_hip_count(hip), 0));
    osarc_hip_free(hip);
    scene_free(&scene);
}

Test(hip_real, a_vertebra_alone_is_no_femur)
{
    spine_scene scene = scene_read("ct_vertebra_pir/ct.nii.gz", 0, ALL);
    if (!scene.image)
        return;
    osarc_hip *hip = NULL;
    EXPECT_OK(osarc_hip_find(&hip, scene.image, scene.tissue, NULL, NULL, &err));
    cr_expect(eq(sz, osarc_hip_count(hip), 0));
    osarc_hip_free(hip);
    scene_free(&scene);
}
