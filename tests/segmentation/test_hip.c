/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/hip.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osarc/spine.h>

#define DEGREES (180 / M_PI)

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_phantom *phantom;
    osarc_image *image;
    osarc_mask *tissue;
    osarc_notes *notes;
    osarc_hip *hip;
} scene;

/* Slices first to last of a phantom; the x axis of the grid turned round when asked. */
static osarc_image *take(const osarc_image *from, size_t first, size_t last, int turned)
{
    osarc_grid grid = *osarc_image_grid(from);
    osarc_image *out = NULL;
    const int16_t *stored = osarc_image_stored(from);
    last = last < grid.size[2] ? last : grid.size[2] - 1;
    for (int a = 0; a < 3; a++)
        grid.origin_mm[a] += (double) first * grid.spacing_mm[2] * grid.direction[2][a];
    for (int a = 0; a < 3 && turned; a++) {
        grid.origin_mm[a] +=
            (double) (grid.size[0] - 1) * grid.spacing_mm[0] * grid.direction[0][a];
        grid.direction[0][a] = -grid.direction[0][a];
    }
    grid.size[2] = last - first + 1;
    EXPECT_OK(osarc_image_create(&out, &grid, OSARC_UNIT_HU, osarc_image_step(from),
                                 osarc_image_offset(from), &err));
    int16_t *to = osarc_image_fill(out);
    for (size_t row = 0; row < grid.size[1] * grid.size[2]; row++)
        for (size_t x = 0; x < grid.size[0]; x++)
            to[row * grid.size[0] + x] = stored[(row + first * grid.size[1]) * grid.size[0] +
                                                (turned ? grid.size[0] - 1 - x : x)];
    return out;
}

static scene look(osarc_phantom_options options, const char *kind, size_t first, size_t last,
                  int turned)
{
    scene s = {NULL, NULL, NULL, NULL, NULL};
    EXPECT_OK(osarc_phantom_create(&s.phantom, kind, &options, &err));
    s.image = take(osarc_phantom_image(s.phantom), first, last, turned);
    EXPECT_OK(osarc_notes_create(&s.notes, &err));
    EXPECT_OK(osarc_segment_tissues(&s.tissue, NULL, s.image, NULL, NULL, &err));
    EXPECT_OK(osarc_hip_find(&s.hip, s.image, s.tissue, s.notes, NULL, &err));
    return s;
}

static void release(scene *s)
{
    osarc_hip_free(s->hip);
    osarc_notes_free(s->notes);
    osarc_mask_free(s->tissue);
    osarc_image_free(s->image);
    osarc_phantom_free(s->phantom);
}

static double off_mm(const double a[3], const double b[3])
{
    return sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
}

static double off_deg(const double a[3], const double b[3])
{
    double c = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return acos(fmin(fmax(c, -1), 1)) * DEGREES;
}

static const osarc_femur *truth_of(const scene *s, osarc_side side)
{
    for (size_t n = 0; n < osarc_phantom_femur_count(s->phantom); n++)
        if (osarc_phantom_femur_at(s->phantom, n)->femur.side == side)
            return &osarc_phantom_femur_at(s->phantom, n)->femur;
    return NULL;
}

/* Against the drawing. Half a slice for places on the sphere, whose rim is blurred. Axes and lesser
 * trochanter are fitted to many edges: a degree, a third of a slice. The greater trochanter's tip
 * is blunt: its middle is less sure than its height. */
static void expect_drawn(const scene *s, const osarc_femur *f, double slice_mm)
{
    const osarc_femur *t = truth_of(s, f->side);
    cr_assert(t != NULL);
    printf("%d: head %.1f mm, radius %.1f, neck %.1f deg, shaft %.1f deg, greater %.1f, lesser "
           "%.1f mm, forward %.1f of %.1f deg; '%s' '%s' '%s'\n",
           (int) f->side, off_mm(f->head_mm, t->head_mm), f->head_radius_mm - t->head_radius_mm,
           off_deg(f->neck_axis, t->neck_axis), off_deg(f->shaft_axis, t->shaft_axis),
           off_mm(f->greater_mm, t->greater_mm), off_mm(f->lesser_mm, t->lesser_mm),
           f->neck_forward_deg, t->neck_forward_deg, f->refused_all, f->refused_neck,
           f->refused_total);
    cr_expect(eq(str, (char *) f->refused_all, ""));
    cr_expect(eq(str, (char *) f->refused_neck, ""));
    cr_expect(eq(str, (char *) f->refused_total, ""));
    cr_expect(lt(dbl, off_mm(f->head_mm, t->head_mm), 0.5 + slice_mm / 2));
    cr_expect(lt(dbl, fabs(f->head_radius_mm - t->head_radius_mm), 0.5 + slice_mm / 2));
    cr_expect(lt(dbl, off_deg(f->neck_axis, t->neck_axis), 1));
    cr_expect(lt(dbl, fabs(f->neck_forward_deg - t->neck_forward_deg), 1));
    cr_expect(lt(dbl, off_deg(f->shaft_axis, t->shaft_axis), 1));
    cr_expect(lt(dbl, off_mm(f->greater_mm, t->greater_mm), 1 + slice_mm / 2));
    cr_expect(lt(dbl, off_mm(f->lesser_mm, t->lesser_mm), 0.5 + slice_mm / 3));
    /* half way down a rim thinner than a slice: a third of one */
    cr_expect(lt(dbl, fabs(f->neck_least_mm - t->neck_least_mm), 0.3 + slice_mm / 3));
    /* a sixth of a slice at each of its edges */
    cr_expect(lt(dbl, fabs(sqrt(f->neck_section_mm2 / t->neck_section_mm2) - 1),
                 slice_mm / 6 / (t->neck_least_mm / 2)));
}

static void expect_both(osarc_phantom_options options)
{
    scene s = look(options, "hip", 0, SIZE_MAX, 0);
    cr_assert(eq(sz, osarc_hip_count(s.hip), 2));
    cr_expect(eq(int, (int) osarc_hip_at(s.hip, 0)->side, OSARC_SIDE_RIGHT));
    cr_expect(eq(int, (int) osarc_hip_at(s.hip, 1)->side, OSARC_SIDE_LEFT));
    for (size_t n = 0; n < 2; n++)
        expect_drawn(&s, osarc_hip_at(s.hip, n), options.slice_mm);
    cr_expect(osarc_hip_at(s.hip, 2) == NULL);
    cr_expect(eq(sz, osarc_notes_count(s.notes), 0));
    release(&s);
}

Test(hip, both_femurs_of_a_phantom_are_as_drawn)
{
    expect_both((osarc_phantom_options){.pixel_mm = 1.2, .slice_mm = 1.5});
}

Test(hip, thick_slices_and_legs_turned_out_change_little)
{
    expect_both((osarc_phantom_options){
        .pixel_mm = 1.2, .slice_mm = 3, .leg_turn_deg = 20, .anteversion_deg = 15});
}

Test(hip, legs_turned_in_with_a_narrow_joint_change_little)
{
    expect_both((osarc_phantom_options){.pixel_mm = 1.2,
                                        .slice_mm = 3,
                                        .leg_turn_deg = -15,
                                        .anteversion_deg = 25,
                                        .joint_gap_mm = 2.5});
}

/* Spongy bone as dense as muscle and its noise, in a thin shell: nothing but the shell is bone to
 * the tissue labels. The head is where it is drawn; 2 mm and 1 mm as in the others. */
Test(hip, heads_of_spongy_bone_no_denser_than_muscle_are_found)
{
    static const double NOISE_HU[] = {0, 15};
    static const double DENSITY[] = {22, 90};
    for (int i = 0; i < 2; i++) {
        scene s = look((osarc_phantom_options){.pixel_mm = 1.2,
                                               .slice_mm = 1.5,
                                               .trabecular_mg_cm3 = DENSITY[i],
                                               .cortical_mg_cm3 = 500,
                                               .noise_sd_hu = NOISE_HU[i]},
                       "hip", 0, SIZE_MAX, 0);
        cr_assert(eq(sz, osarc_hip_count(s.hip), 2), "%g mg/cm3", DENSITY[i]);
        for (size_t n = 0; n < 2; n++) {
            const osarc_femur *f = osarc_hip_at(s.hip, n);
            cr_expect(eq(str, (char *) f->refused_all, ""));
            cr_expect(lt(dbl, off_mm(f->head_mm, truth_of(&s, f->side)->head_mm), 2));
            cr_expect(lt(dbl, fabs(f->head_radius_mm - truth_of(&s, f->side)->head_radius_mm), 1));
            /* measured, or refused with a reason */
            cr_expect(f->refused_neck[0] || f->neck_least_mm > 25);
        }
        release(&s);
    }
}

Test(hip, sides_come_from_the_patient_and_not_from_the_order_of_voxels)
{
    const osarc_phantom_options options = {.pixel_mm = 1.2, .slice_mm = 3};
    scene s = look(options, "hip", 0, SIZE_MAX, 1);
    cr_assert(eq(sz, osarc_hip_count(s.hip), 2));
    for (size_t n = 0; n < 2; n++) {
        const osarc_femur *f = osarc_hip_at(s.hip, n);
        cr_expect(lt(dbl, off_mm(f->head_mm, truth_of(&s, f->side)->head_mm), 2));
        cr_expect(
            eq(int, f->label, f->side == OSARC_SIDE_LEFT ? OSARC_FEMUR_LEFT : OSARC_FEMUR_RIGHT));
    }
    release(&s);
}

Test(hip, voxels_belong_to_the_femur_on_their_side_and_never_change_with_threads)
{
    const osarc_phantom_options options = {.pixel_mm = 1.2, .slice_mm = 3};
    scene s = look(options, "hip", 0, SIZE_MAX, 0);
    const osarc_grid *grid = osarc_image_grid(s.image);
    const uint8_t *codes = osarc_mask_labels(osarc_hip_voxels(s.hip));
    const osarc_hip_options one = {.threads = 1};
    osarc_hip *again = NULL;
    cr_assert(eq(sz, osarc_hip_count(s.hip), 2));
    double middle = (osarc_hip_at(s.hip, 0)->head_mm[0] + osarc_hip_at(s.hip, 1)->head_mm[0]) / 2;
    size_t counts[2] = {0, 0};
    size_t strays = 0;
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        double p[3];
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]),
                               (double) (i / grid->size[0] / grid->size[1])};
        if (!codes[i])
            continue;
        osarc_grid_position_mm(grid, ijk, p);
        int second = codes[i] & OSARC_FEMUR_SECOND ? 1 : 0;
        counts[second]++;
        strays += (p[0] > middle) != second;
    }
    /* mirror images of each other, and no voxel over the middle */
    cr_expect(eq(sz, strays, 0));
    cr_expect(lt(dbl, fabs((double) counts[0] / (double) counts[1] - 1), 0.02));
    EXPECT_OK(osarc_hip_find(&again, s.image, s.tissue, NULL, &one, &err));
    cr_expect(memcmp(codes, osarc_mask_labels(osarc_hip_voxels(again)), osarc_grid_count(grid)) ==
              0);
    for (size_t n = 0; n < 2; n++)
        cr_expect(memcmp(osarc_hip_at(s.hip, n)->head_mm, osarc_hip_at(again, n)->head_mm,
                         3 * sizeof(double)) == 0);
    osarc_hip_free(again);
    release(&s);
}

Test(hip, trabecular_voxels_lie_inside_the_head)
{
    const osarc_phantom_options options = {.pixel_mm = 1.2, .slice_mm = 3};
    scene s = look(options, "hip", 0, SIZE_MAX, 0);
    size_t *voxels = NULL;
    size_t count = 0;
    EXPECT_OK(osarc_hip_trabecular(&voxels, &count, s.hip, 0, &err));
    const osarc_femur *f = osarc_hip_at(s.hip, 0);
    const osarc_grid *grid = osarc_image_grid(s.image);
    cr_expect(gt(sz, count, 1000));
    for (size_t n = 0; n < count; n++) {
        size_t i = voxels[n];
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]),
                               (double) (i / grid->size[0] / grid->size[1])};
        double p[3];
        osarc_grid_position_mm(grid, ijk, p);
        cr_assert(lt(dbl, off_mm(p, f->head_mm), f->head_radius_mm - 4.9));
    }
    osarc_voxels_free(voxels);
    release(&s);
}

/* 329 HU and noise: every eighth voxel is brighter than compact bone begins. 2 HU: seven standard
 * errors of voxels that are as noisy, were only one in ten independent. */
Test(hip, the_mean_of_a_dense_head_is_not_cut_off_by_the_limit_of_compact_bone)
{
    const osarc_phantom_options options = {
        .pixel_mm = 1.2, .slice_mm = 1.5, .trabecular_mg_cm3 = 250, .noise_sd_hu = 20, .seed = 1};
    scene s = look(options, "hip", 0, SIZE_MAX, 0);
    double slope = osarc_phantom_scale_of(s.phantom, 0).hu_per_k2hpo4_mg_cm3;
    cr_assert(eq(sz, osarc_hip_count(s.hip), 2));
    for (size_t n = 0; n < 2; n++) {
        size_t *voxels = NULL;
        size_t count = 0;
        double sum = 0;
        EXPECT_OK(osarc_hip_trabecular(&voxels, &count, s.hip, n, &err));
        for (size_t i = 0; i < count; i++)
            sum += osarc_image_stored(s.image)[voxels[i]] * osarc_image_step(s.image) +
                   osarc_image_offset(s.image);
        cr_expect(epsilon_eq(dbl, sum / (double) count, 250 * slope, 2));
        osarc_voxels_free(voxels);
    }
    release(&s);
}
