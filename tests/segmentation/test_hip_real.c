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

/* The right femur of another image of that body: where its head was, moved with the body. */
static void expect_right(const osarc_image *image, const double head_mm[3], double near_mm)
{
    osarc_mask *tissue = NULL;
    osarc_hip *hip = NULL;
    EXPECT_OK(osarc_segment_tissues(&tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_hip_find(&hip, image, tissue, NULL, NULL, &err));
    cr_assert(ge(sz, osarc_hip_count(hip), 1));
    const osarc_femur *right = osarc_hip_at(hip, 0);
    double off = scene_distance(right->head_mm, head_mm);
    printf("head %.1f mm off\n", off);
    cr_expect(eq(int, (int) right->side, OSARC_SIDE_RIGHT));
    cr_expect(eq(str, (char *) right->refused_all, ""));
    cr_expect(lt(dbl, off, near_mm));
    for (size_t n = 1; n < osarc_hip_count(hip); n++) /* metal, or nothing said of it */
        cr_expect(ne(int, osarc_hip_at(hip, n)->refused_all[0], 0));
    osarc_hip_free(hip);
    osarc_mask_free(tissue);
}

/* Of the sphere fitted to the labelled head. */
static const double RIGHT_HEAD_MM[3] = {-81.5, -144.3, 124.5};

/* Turned about the middle of the image: the grid turns with the body. */
static void expect_turned(const spine_scene *scene, int about, double degrees)
{
    const osarc_grid *from = osarc_image_grid(scene->image);
    osarc_grid grid = *from;
    double middle[3];
    double head[3];
    const double half[3] = {((double) from->size[0] - 1) / 2, ((double) from->size[1] - 1) / 2,
                            ((double) from->size[2] - 1) / 2};
    const int u = (about + 1) % 3;
    const int v = (about + 2) % 3;
    const double c = cos(degrees * M_PI / 180);
    const double s = sin(degrees * M_PI / 180);
    osarc_grid_position_mm(from, half, middle);
    for (int a = 0; a < 3; a++) {
        const double *d = from->direction[a];
        grid.direction[a][u] = c * d[u] - s * d[v];
        grid.direction[a][v] = s * d[u] + c * d[v];
        head[a] = RIGHT_HEAD_MM[a] - middle[a];
    }
    const double to[2] = {c * head[u] - s * head[v], s * head[u] + c * head[v]};
    head[u] = to[0];
    head[v] = to[1];
    for (int a = 0; a < 3; a++) {
        head[a] += middle[a];
        grid.origin_mm[a] = middle[a];
        for (int k = 0; k < 3; k++)
            grid.origin_mm[a] -= half[k] * grid.spacing_mm[k] * grid.direction[k][a];
    }
    osarc_image *turned = NULL;
    EXPECT_OK(osarc_image_create(&turned, &grid, OSARC_UNIT_HU, osarc_image_step(scene->image),
                                 osarc_image_offset(scene->image), &err));
    memcpy(osarc_image_fill(turned), osarc_image_stored(scene->image),
           osarc_grid_count(&grid) * sizeof(int16_t));
    expect_right(turned, head, 3.0); /* a voxel */
    osarc_image_free(turned);
}

Test(hip_real, a_patient_who_lies_aslant_changes_nothing)
{
    spine_scene scene = scene_read(SCAN, 0, ALL);
    if (!scene.image)
        return;
    for (int about = 0; about < 3; about++)
        expect_turned(&scene, about, 12);
    expect_turned(&scene, 0, -12);
    scene_free(&scene);
}

/* Slices of 5 mm, each the mean of what it covers of those of 3 mm. */
Test(hip_real, slices_of_5_mm_that_close_the_joint_change_little)
{
    spine_scene scene = scene_read(SCAN, 0, ALL);
    if (!scene.image)
        return;
    const osarc_grid *from = osarc_image_grid(scene.image);
    const int16_t *stored = osarc_image_stored(scene.image);
    const size_t plane = from->size[0] * from->size[1];
    osarc_grid grid = *from;
    osarc_image *thick = NULL;
    grid.spacing_mm[2] = 5;
    grid.size[2] = from->size[2] * 3 / 5;
    for (int a = 0; a < 3; a++)
        grid.origin_mm[a] += (2.5 - 1.5) * from->direction[2][a];
    EXPECT_OK(osarc_image_create(&thick, &grid, OSARC_UNIT_HU, osarc_image_step(scene.image),
                                 osarc_image_offset(scene.image), &err));
    int16_t *to = osarc_image_fill(thick);
    for (size_t z = 0; z < grid.size[2]; z++)
        for (size_t i = 0; i < plane; i++) {
            double sum = 0;
            for (size_t mm = 5 * z; mm < 5 * z + 5; mm++)
                sum += stored[mm / 3 * plane + i];
            to[z * plane + i] = (int16_t) lround(sum / 5);
        }
    expect_right(thick, RIGHT_HEAD_MM, 3.0); /* as before */
    osarc_image_free(thick);
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
