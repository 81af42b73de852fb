/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>

#include "parts.h"

static osarc_phantom *make(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, kind, &options, &err));
    return phantom;
}

/* Every voxel's shares are kept, so drawing loses at most what a nearly flat 0.5 mm piece is off.
 */
static void expect_conserved(const char *kind, osarc_phantom_options options)
{
    osarc_phantom *phantom = make(kind, options);
    double exact[OSI_MATERIAL_COUNT];
    osi_scene_volumes_mm3(exact, &phantom->scene, phantom->low_z_mm, phantom->high_z_mm);
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++)
        if (exact[m] > 0)
            cr_expect(epsilon_eq(dbl, phantom->covered_mm3[m], exact[m], 5e-4 * exact[m]), "%s: %s",
                      kind, osi_material_name((osi_material) m));
    osarc_phantom_free(phantom);
}

Test(phantom_draw, keeps_the_volume_of_every_material_at_any_voxel_size)
{
    expect_conserved("abdomen", (osarc_phantom_options){.pixel_mm = 2, .length_mm = 60});
    expect_conserved("abdomen",
                     (osarc_phantom_options){.pixel_mm = 3, .slice_mm = 5, .length_mm = 60});
    expect_conserved("thigh",
                     (osarc_phantom_options){.pixel_mm = 1.3, .slice_mm = 10, .length_mm = 20});
    expect_conserved("thigh",
                     (osarc_phantom_options){.pixel_mm = 5, .slice_mm = 5, .length_mm = 60});
}

Test(phantom_draw, keeps_the_volume_of_every_material_in_every_plane)
{
    for (int plane = 0; plane < 3; plane++)
        for (int way = 0; way < 4; way++)
            expect_conserved("abdomen", (osarc_phantom_options){.pixel_mm = 3,
                                                                .slice_mm = 4,
                                                                .length_mm = 24,
                                                                .plane = plane,
                                                                .feet_first = way & 1,
                                                                .prone = way >> 1});
}

/* The same point in space holds the same tissue and HU, whichever way the stack runs. */
Test(phantom_draw, draws_the_same_body_in_every_plane_and_position)
{
    osarc_phantom *base =
        make("abdomen", (osarc_phantom_options){.pixel_mm = 4, .slice_mm = 4, .length_mm = 48});
    const osarc_grid *g = osarc_image_grid(base->image);
    for (int turn = 1; turn < 12; turn++) {
        osarc_phantom *other = make("abdomen", (osarc_phantom_options){.pixel_mm = 4,
                                                                       .slice_mm = 4,
                                                                       .length_mm = 48,
                                                                       .plane = turn / 4,
                                                                       .feet_first = turn & 1,
                                                                       .prone = (turn >> 1) & 1});
        const osarc_grid *h = osarc_image_grid(other->image);
        size_t seen = 0;
        for (size_t i = 0; i < osarc_grid_count(g); i += 29) {
            double at[3] = {(double) (i % g->size[0]), (double) (i / g->size[0] % g->size[1]),
                            (double) (i / g->size[0] / g->size[1])};
            double lps[3];
            double there[3];
            osarc_grid_position_mm(g, at, lps);
            if (fabs(lps[1]) > 126) /* the table is turned with the patient */
                continue;
            osarc_grid_index(h, lps, there);
            size_t index =
                ((size_t) lround(there[2]) * h->size[1] + (size_t) lround(there[1])) * h->size[0] +
                (size_t) lround(there[0]);
            for (int a = 0; a < 3; a++)
                cr_assert(epsilon_eq(dbl, there[a], round(there[a]), 1e-6));
            /* 2 HU: pieces are summed in another order, and rounding may fall apart */
            cr_expect(epsilon_eq(dbl, osarc_image_value(other->image, index),
                                 osarc_image_value(base->image, i), 2));
            seen++;
        }
        cr_expect(gt(sz, seen, 1000));
        osarc_phantom_free(other);
    }
    osarc_phantom_free(base);
}

static void expect_same_bytes(const osarc_phantom *a, const osarc_phantom *b)
{
    size_t count = osarc_grid_count(osarc_image_grid(a->image));
    cr_assert(eq(sz, count, osarc_grid_count(osarc_image_grid(b->image))));
    cr_expect(zero(int, memcmp(osarc_image_stored(a->image), osarc_image_stored(b->image),
                               count * sizeof(int16_t))));
    cr_expect(zero(int, memcmp(osarc_mask_labels(a->tissue), osarc_mask_labels(b->tissue), count)));
    cr_expect(zero(int, memcmp(a->covered_mm3, b->covered_mm3, sizeof(a->covered_mm3))));
}

Test(phantom_draw, gives_the_same_bytes_with_any_number_of_threads)
{
    osarc_phantom_options options = {.pixel_mm = 3, .slice_mm = 4, .noise_sd_hu = 15, .seed = 7};
    options.threads = 1;
    osarc_phantom *one = make("abdomen", options);
    options.threads = 2;
    osarc_phantom *two = make("abdomen", options);
    options.threads = 5;
    osarc_phantom *five = make("abdomen", options);
    expect_same_bytes(one, two);
    expect_same_bytes(one, five);
    osarc_phantom_free(one);
    osarc_phantom_free(two);
    osarc_phantom_free(five);
}

Test(phantom_draw, another_seed_gives_other_noise_and_the_same_body)
{
    osarc_phantom_options options = {.pixel_mm = 3, .slice_mm = 4, .noise_sd_hu = 15, .seed = 1};
    osarc_phantom *a = make("thigh", options);
    options.seed = 2;
    osarc_phantom *b = make("thigh", options);
    size_t count = osarc_grid_count(osarc_image_grid(a->image));
    cr_expect(ne(
        int,
        memcmp(osarc_image_stored(a->image), osarc_image_stored(b->image), count * sizeof(int16_t)),
        0));
    cr_expect(zero(int, memcmp(osarc_mask_labels(a->tissue), osarc_mask_labels(b->tissue), count)));
    osarc_phantom_free(a);
    osarc_phantom_free(b);
}

Test(phantom_draw, noise_has_the_mean_spread_and_independence_asked_for)
{
    osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 2, .seed = 11};
    osarc_phantom *clean = make("abdomen", options);
    options.noise_sd_hu = 20;
    osarc_phantom *noisy = make("abdomen", options);
    const int16_t *p = osarc_image_stored(clean->image);
    const int16_t *q = osarc_image_stored(noisy->image);
    size_t count = osarc_grid_count(osarc_image_grid(clean->image));
    size_t width = osarc_image_grid(clean->image)->size[0];
    double n = 0;
    double sum = 0;
    double squares = 0;
    double pairs = 0;
    double pair_count = 0;
    for (size_t i = width; i < count; i++) {
        if (p[i] < -500)
            continue;
        double d = q[i] - p[i];
        n++;
        sum += d;
        squares += d * d;
        if (p[i - 1] > -500 && p[i - width] > -500) {
            pairs += d * ((q[i - 1] - p[i - 1]) + (q[i - width] - p[i - width]));
            pair_count += 2;
        }
    }
    /* 5 standard errors of a mean, of an SD and of a correlation over n voxels */
    cr_expect(gt(dbl, n, 5e5));
    cr_expect(epsilon_eq(dbl, sum / n, 0, 5 * 20 / sqrt(n)));
    double sd = sqrt(squares / n);
    cr_expect(epsilon_eq(dbl, sd, sqrt(20 * 20 + 1 / 12.0), 5 * 20 / sqrt(2 * n)));
    cr_expect(epsilon_eq(dbl, pairs / pair_count / 400, 0, 5 / sqrt(pair_count)));
    osarc_phantom_free(clean);
    osarc_phantom_free(noisy);
}

/* Noise below the floor is cut off, so gas reads higher: the truth says by how much. */
Test(phantom_draw, mean_of_noisy_gas_is_the_mean_of_what_is_stored)
{
    osarc_phantom_options options = {
        .pixel_mm = 1, .slice_mm = 8, .seed = 5, .noise_sd_hu = 25, .length_mm = 80};
    osarc_phantom *phantom = make("abdomen", options);
    const osarc_grid *g = osarc_image_grid(phantom->image);
    const double lps[3] = {90, -28, 0};
    double at[3];
    osarc_grid_index(g, lps, at);
    double sum = 0;
    double count = 0;
    for (size_t k = 0; k < g->size[2]; k++)
        for (int y = -5; y <= 5; y++)
            for (int x = -5; x <= 5; x++) {
                size_t j = (size_t) (lround(at[1]) + y);
                size_t i = (size_t) (lround(at[0]) + x);
                sum += osarc_image_stored(phantom->image)[(k * g->size[1] + j) * g->size[0] + i];
                count++;
            }
    for (size_t i = 0; i < phantom->truth_count; i++)
        if (strcmp(phantom->truths[i].quantity, "gas_attenuation") == 0) {
            cr_expect(gt(dbl, phantom->truths[i].value, -999));
            cr_expect(epsilon_eq(dbl, sum / count, phantom->truths[i].value, 5 * 25 / sqrt(count)));
        }
    osarc_phantom_free(phantom);
}

Test(phantom_draw, labels_by_majority_and_keeps_whole_voxels_at_their_material)
{
    osarc_phantom *phantom = make("thigh", (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 10});
    const osarc_grid *g = osarc_image_grid(phantom->image);
    static const struct {
        double lps[3];
        osi_material material;
    } POINTS[] = {
        {{101, -8, 0}, OSI_FAT_MARROW},        {{111, -8, 0}, OSI_COMPACT_BONE},
        {{95, 69, 0}, OSI_SUBCUTANEOUS_FAT},   {{130, -30, 0}, OSI_MUSCLE},
        {{-101, -8, 0}, OSI_FAT_MARROW},       {{0, 0, 0}, OSI_AIR},
        {{132, 14, 0}, OSI_INTERMUSCULAR_FAT}, {{0, 103, 0}, OSI_FOAM},
    };
    for (size_t i = 0; i < sizeof(POINTS) / sizeof(POINTS[0]); i++) {
        double at[3];
        osarc_grid_index(g, POINTS[i].lps, at);
        size_t index = ((size_t) lround(at[2]) * g->size[1] + (size_t) lround(at[1])) * g->size[0] +
                       (size_t) lround(at[0]);
        cr_expect(eq(int, osarc_image_stored(phantom->image)[index],
                     osi_material_hu(POINTS[i].material, 120)));
        cr_expect(eq(int, osarc_mask_labels(phantom->tissue)[index],
                     osi_material_tissue(POINTS[i].material)));
    }
    osarc_phantom_free(phantom);
}

Test(phantom_draw, marks_what_lies_outside_the_circle_of_view)
{
    osarc_phantom *phantom = make(
        "abdomen", (osarc_phantom_options){.pixel_mm = 2, .slice_mm = 20, .circle_padding = 1});
    const osarc_grid *g = osarc_image_grid(phantom->image);
    size_t count = osarc_grid_count(g);
    size_t outside = 0;
    for (size_t i = 0; i < count; i++)
        if (osarc_image_stored(phantom->image)[i] == OSARC_OUTSIDE) {
            outside++;
            cr_assert(zero(int, osarc_mask_labels(phantom->tissue)[i]));
        }
    /* a square less its inscribed circle; 1 %: pixels on the circle */
    cr_expect(epsilon_eq(dbl, (double) outside / (double) count, 1 - M_PI / 4, 0.01));
    cr_expect(eq(int, phantom->whole, 1));
    osarc_phantom_free(phantom);
}

Test(phantom_draw, never_goes_below_the_lowest_number_of_a_scanner)
{
    osarc_phantom *phantom =
        make("thigh", (osarc_phantom_options){.pixel_mm = 4, .slice_mm = 20, .noise_sd_hu = 60});
    size_t count = osarc_grid_count(osarc_image_grid(phantom->image));
    int lowest = 0;
    for (size_t i = 0; i < count; i++)
        if (osarc_image_stored(phantom->image)[i] < lowest)
            lowest = osarc_image_stored(phantom->image)[i];
    cr_expect(eq(int, lowest, -1024));
    osarc_phantom_free(phantom);
}
