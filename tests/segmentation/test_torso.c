/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osarc/torso.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "spine_parts.h"

/* The drawn torso: muscle wall 150 x 100 mm round a cavity of 138 x 86 mm, back muscle of
 * 58 x 40 mm at y 42 with vertebrae, all half axes; see the phantom's table. */

typedef struct drawn {
    osarc_phantom *phantom;
    osarc_mask *tissue;
    struct osarc_spine spine; /* only what the torso asks for */
} drawn;

static void fill_bodies(drawn *d, const osarc_grid *grid)
{
    uint8_t *body = osarc_mask_fill(d->spine.bodies);
    for (size_t k = 0, i = 0; k < grid->size[2]; k++)
        for (size_t y = 0; y < grid->size[1]; y++)
            for (size_t x = 0; x < grid->size[0]; x++, i++) {
                const double ijk[3] = {(double) x, (double) y, (double) k};
                double lps[3];
                osarc_grid_position_mm(grid, ijk, lps);
                for (int v = -2; v <= 2; v++)
                    if (fabs(lps[2] - 38 * v) < 14 && hypot(lps[0] / 23, (lps[1] - 21) / 17) < 1)
                        body[i] = (uint8_t) (v + 3);
            }
}

static drawn draw(const osarc_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    drawn d = {0};
    EXPECT_OK(osarc_phantom_create(&d.phantom, "abdomen", options, &err));
    const osarc_image *image = osarc_phantom_image(d.phantom);
    EXPECT_OK(osarc_segment_tissues(&d.tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_mask_create(&d.spine.bodies, osarc_image_grid(image), &err));
    d.spine.count = 1;
    d.spine.vertebrae[0] = (osarc_vertebra){
        .label = 29, .whole = 1, .centre_mm = {0, 21, 0}, .up = {0, 0, 1}, .back = {0, 1, 0}};
    fill_bodies(&d, osarc_image_grid(image));
    return d;
}

static void drop(drawn *d)
{
    osarc_mask_free(d->spine.bodies);
    osarc_mask_free(d->tissue);
    osarc_phantom_free(d->phantom);
}

static int in_ellipse(double x, double y, double cx, double cy, double half_x, double half_y)
{
    return hypot((x - cx) / half_x, (y - cy) / half_y) < 1;
}

/* Left out of the comparison: the canal, and the drawn muscle in front of the middle of the body,
 * where no muscle lies in anyone. */
static int is_compared(double x, double y)
{
    int canal = fabs(x) < 14 && y > 34 && y < 60;
    int front = in_ellipse(x, y, 0, 42, 59, 41) && y < 21;
    return !canal && !front;
}

/* Muscle as drawn in the plane through the middle of the middle vertebra; see the phantom's table.
 */
static int is_muscle(double x, double y)
{
    if (!in_ellipse(x, y, 0, 0, 150, 100))
        return 0;
    if (!in_ellipse(x, y, 0, -2, 138, 86))
        return 1;
    double turn = 20 * M_PI / 180;
    for (int side = -1; side <= 1; side += 2) {
        double u = (x - 32 * side) * cos(turn) + (y - 47) * side * sin(turn);
        double v = -(x - 32 * side) * side * sin(turn) + (y - 47) * cos(turn);
        if (hypot(u / 12, v / 4) < 1)
            return 0;
    }
    double spinous = sqrt(1 - 25.0 / 144);
    return in_ellipse(x, y, 0, 42, 58, 40) && !in_ellipse(x, y, 0, 21, 23, 17) &&
           !in_ellipse(x, y, 0, 53, 16, 12) && !in_ellipse(x, y, 0, 75, 4 * spinous, 6 * spinous);
}

static double muscle_truth_cm2(void)
{
    const double step = 0.2;
    size_t count = 0;
    for (double y = -110; y < 110; y += step)
        for (double x = -160; x < 160; x += step)
            count += is_muscle(x, y) && is_compared(x, y);
    return (double) count * step * step / 100;
}

/* Area of a label in the plane next to z 0, as far as it is compared. */
static double area_cm2(const osarc_mask *mask, uint8_t label)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    const double middle[3] = {0, 0, 0};
    double ijk[3];
    osarc_grid_index(grid, middle, ijk);
    size_t k = (size_t) lround(ijk[2]);
    size_t count = 0;
    for (size_t y = 0; y < grid->size[1]; y++)
        for (size_t x = 0; x < grid->size[0]; x++) {
            const double at[3] = {(double) x, (double) y, (double) k};
            double lps[3];
            osarc_grid_position_mm(grid, at, lps);
            size_t i = (k * grid->size[1] + y) * grid->size[0] + x;
            count += osarc_mask_labels(mask)[i] == label && is_compared(lps[0], lps[1]);
        }
    return (double) count * grid->spacing_mm[0] * grid->spacing_mm[1] / 100;
}

static void expect_areas(const osarc_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    drawn d = draw(options);
    osarc_torso torso = {0};
    EXPECT_OK(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err));
    double muscle = area_cm2(d.tissue, OSARC_TISSUE_MUSCLE);
    double between = area_cm2(d.tissue, OSARC_TISSUE_INTERMUSCULAR_FAT);
    double visceral = area_cm2(d.tissue, OSARC_TISSUE_VISCERAL_FAT);
    double truth = muscle_truth_cm2();
    printf("muscle %.2f of %.2f cm2, between %.2f, visceral %.2f\n", muscle, truth, between,
           visceral);
    cr_expect(lt(dbl, fabs(muscle / truth - 1), 0.01), "muscle %g of %g cm2", muscle, truth);
    cr_expect(gt(sz, torso.plane_count, 0));
    osarc_torso_clear(&torso);
    drop(&d);
}

Test(torso, muscle_of_a_drawn_torso_is_within_a_hundredth)
{
    expect_areas(
        &(osarc_phantom_options){.pixel_mm = 0.8, .slice_mm = 2, .noise_sd_hu = 10, .seed = 1});
}

Test(torso, so_it_is_at_coarser_and_finer_pixels)
{
    expect_areas(&(osarc_phantom_options){.pixel_mm = 1, .slice_mm = 3, .noise_sd_hu = 10});
    expect_areas(&(osarc_phantom_options){.pixel_mm = 0.6, .slice_mm = 5, .noise_sd_hu = 10});
}

Test(torso, organs_stay_other_soft_tissue)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 1, .slice_mm = 3, .noise_sd_hu = 10};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    EXPECT_OK(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err));
    const osarc_grid *grid = osarc_mask_grid(d.tissue);
    /* middles of liver, kidneys, aorta and colon wall */
    static const double ORGANS[][3] = {
        {-70, -36, 19}, {88, 22, 6}, {-88, 22, -6}, {6, -12, 19}, {103, -24, 19}};
    for (size_t i = 0; i < sizeof(ORGANS) / sizeof(ORGANS[0]); i++) {
        double ijk[3];
        osarc_grid_index(grid, ORGANS[i], ijk);
        size_t at =
            ((size_t) lround(ijk[2]) * grid->size[1] + (size_t) lround(ijk[1])) * grid->size[0] +
            (size_t) lround(ijk[0]);
        cr_expect(eq(u8, osarc_mask_labels(d.tissue)[at], OSARC_TISSUE_SOFT), "organ %zu", i);
    }
    osarc_torso_clear(&torso);
    drop(&d);
}

Test(torso, the_same_bytes_come_for_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 1.5, .slice_mm = 5, .noise_sd_hu = 10};
    drawn one = draw(&options);
    drawn three = draw(&options);
    osarc_torso torso = {0};
    osarc_torso_options threads = {.threads = 1};
    EXPECT_OK(osarc_torso_part(&torso, one.tissue, osarc_phantom_image(one.phantom), &one.spine,
                               &threads, &err));
    osarc_torso_clear(&torso);
    threads.threads = 3;
    EXPECT_OK(osarc_torso_part(&torso, three.tissue, osarc_phantom_image(three.phantom),
                               &three.spine, &threads, &err));
    osarc_torso_clear(&torso);
    cr_expect(eq(int,
                 memcmp(osarc_mask_labels(one.tissue), osarc_mask_labels(three.tissue),
                        osarc_grid_count(osarc_mask_grid(one.tissue))),
                 0));
    drop(&one);
    drop(&three);
}

/* What is refused leaves the labels as they were. */
static void expect_untouched(const osarc_mask *mask)
{
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    cr_expect(eq(u64, counts[OSARC_TISSUE_MUSCLE] + counts[OSARC_TISSUE_INTERMUSCULAR_FAT], 0));
}

Test(torso, without_a_body_of_a_vertebra_it_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    memset(osarc_mask_fill(d.spine.bodies), 0, osarc_grid_count(osarc_mask_grid(d.tissue)));
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    expect_untouched(d.tissue);
    d.spine.count = 0;
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    drop(&d);
}

Test(torso, labels_of_another_grid_are_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    osarc_mask *other = NULL;
    osarc_grid grid = *osarc_mask_grid(d.tissue);
    grid.spacing_mm[0] *= 1.5;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    EXPECT_REFUSED(
        osarc_torso_part(&torso, other, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_GEOMETRY);
    osarc_mask_free(other);
    drop(&d);
}

Test(torso, a_body_that_is_not_labelled_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    memset(osarc_mask_fill(d.tissue), 0, osarc_grid_count(osarc_mask_grid(d.tissue)));
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    drop(&d);
}

Test(torso, missing_arguments_are_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_torso torso = {0};
    EXPECT_REFUSED(osarc_torso_part(NULL, NULL, NULL, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_torso_part(&torso, NULL, NULL, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_torso_clear(NULL);
    osarc_torso_clear(&torso);
}

/* Against labels of another program on a real scan of 3 mm: a reference, not the truth. */

static uint8_t *read_bytes(size_t *size, const char *name)
{
    char path[512];
    uint8_t *bytes = NULL;
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    if (osi_file_read(&bytes, size, path, (size_t) 1 << 30, NULL))
        printf("skipped: %s is not here\n", name);
    return bytes;
}

/* Muscles that stand in the reference, within the muscle window, found again at L3; and how much
 * of what is found lies in organs. */
Test(torso, muscles_of_a_real_scan_are_found_at_l3)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t size;
    uint8_t *bytes = read_bytes(&size, "ct_spine_pelvis_3mm/ct.nii.gz");
    if (!bytes)
        return;
    osarc_image *image = NULL;
    osarc_mask *tissue = NULL;
    osarc_mask *theirs = NULL;
    osarc_spine *spine = NULL;
    osarc_torso torso = {0};
    EXPECT_OK(osi_nifti_read_image(&image, bytes, size, 0, &err));
    osi_free(bytes);
    bytes = read_bytes(&size, "ct_spine_pelvis_3mm/labels_total.nii.gz");
    cr_assert(bytes != NULL);
    EXPECT_OK(osi_nifti_read_mask(&theirs, bytes, size, &err));
    osi_free(bytes);
    EXPECT_OK(osarc_segment_tissues(&tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_spine_find(&spine, image, tissue, NULL, NULL, &err));
    EXPECT_OK(osarc_torso_part(&torso, tissue, image, spine, NULL, &err));
    const osarc_grid *grid = osarc_mask_grid(tissue);
    size_t area = grid->size[0] * grid->size[1];
    size_t wanted = 0, found = 0, ours = 0, in_organs = 0;
    for (size_t k = 0; k < grid->size[2]; k++) {
        const uint8_t *label = osarc_mask_labels(theirs) + k * area;
        if (!memchr(label, 29, area))
            continue;
        for (size_t i = 0; i < area; i++) {
            double hu = osarc_image_value(image, k * area + i);
            int is_ours = osarc_mask_labels(tissue)[k * area + i] == OSARC_TISSUE_MUSCLE;
            int is_muscle = label[i] >= 80 && label[i] <= 89 && hu >= -30 && hu <= 150;
            wanted += (size_t) is_muscle;
            found += (size_t) (is_muscle && is_ours);
            ours += (size_t) is_ours;
            in_organs += is_ours && ((label[i] >= 1 && label[i] <= 24) || label[i] == 52 ||
                                     label[i] == 63 || label[i] == 64);
        }
    }
    cr_expect(gt(dbl, (double) found / (double) wanted, 0.95), "%zu of %zu", found, wanted);
    cr_expect(lt(dbl, (double) in_organs / (double) ours, 0.03), "%zu of %zu", in_organs, ours);
    osarc_torso_clear(&torso);
    osarc_spine_free(spine);
    osarc_mask_free(theirs);
    osarc_mask_free(tissue);
    osarc_image_free(image);
}
