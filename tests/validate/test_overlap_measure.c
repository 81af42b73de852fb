/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>

#include "overlap_measure.h"

/* Two small label volumes on one grid. */
typedef struct pair {
    osarc_grid grid;
    size_t count;
    uint8_t *reference;
    uint8_t *test;
} pair;

static pair new_pair(size_t nx, size_t ny, size_t nz, double sx, double sy, double sz)
{
    osarc_error err = OSARC_ERROR_INIT;
    pair p = {.grid = {.size = {nx, ny, nz},
                       .spacing_mm = {sx, sy, sz},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
              .count = nx * ny * nz};
    p.reference = osi_alloc(p.count, 1, &err);
    p.test = osi_alloc(p.count, 1, &err);
    return p;
}

static void free_pair(pair *p)
{
    osi_free(p->reference);
    osi_free(p->test);
}

static void set_box(const pair *p, uint8_t *labels, uint8_t label, const size_t low[3],
                    const size_t high[3])
{
    for (size_t z = low[2]; z < high[2]; z++)
        for (size_t y = low[1]; y < high[1]; y++)
            memset(labels + (z * p->grid.size[1] + y) * p->grid.size[0] + low[0], label,
                   high[0] - low[0]);
}

static void set_voxel(const pair *p, uint8_t *labels, size_t x, size_t y, size_t z)
{
    labels[(z * p->grid.size[1] + y) * p->grid.size[0] + x] = 1;
}

static osi_overlap_job new_job(const pair *p, uint8_t reference_label, uint8_t test_label)
{
    osi_extent r[256];
    osi_extent t[256];
    osi_label_extents(r, p->reference, p->grid.size, 2);
    osi_label_extents(t, p->test, p->grid.size, 1);
    return (osi_overlap_job){.grid = &p->grid,
                             .reference = p->reference,
                             .test = p->test,
                             .reference_label = reference_label,
                             .test_label = test_label,
                             .extent = osi_extent_join(&r[reference_label], &t[test_label]),
                             .tolerances_mm = {1, 2},
                             .tolerance_count = 2,
                             .threads = 2};
}

static osi_overlap_numbers measure(const pair *p, uint8_t reference_label, uint8_t test_label)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_overlap_numbers n;
    osi_overlap_job job = new_job(p, reference_label, test_label);
    EXPECT_OK(osi_overlap_measure(&n, &job, &err));
    return n;
}

/* 1e-6 relative: distances are kept as floats. */
static void expect_mm(double got, double wanted)
{
    cr_expect(fabs(got - wanted) <= 1e-6 * fmax(1, fabs(wanted)), "got %.9g wanted %.9g", got,
              wanted);
}

Test(validate_overlap_measure, of_two_voxels_is_the_length_between_them_on_any_spacing)
{
    pair p = new_pair(9, 9, 9, 0.5, 1, 4);
    set_voxel(&p, p.reference, 2, 3, 4);
    set_voxel(&p, p.test, 5, 7, 6);
    osi_overlap_numbers n = measure(&p, 1, 1);
    double wanted = sqrt(1.5 * 1.5 + 4 * 4 + 8 * 8);
    expect_mm(n.hd_mm, wanted);
    expect_mm(n.hd95_mm, wanted);
    expect_mm(n.hd95_pooled_mm, wanted);
    expect_mm(n.assd_mm, wanted);
    cr_expect(eq(dbl, n.surface_dice[0], 0.0));
    cr_expect(eq(u64, n.both, 0));
    cr_expect(eq(u64, n.reference_only, 1));
    cr_expect(eq(u64, n.test_only, 1));
    expect_mm(n.test_centroid_mm[2] - n.reference_centroid_mm[2], 8);
    free_pair(&p);
}

/*
 * A box of 10 voxels a side, moved by one: 324 of its 488 boundary voxels stay boundary, the others
 * (the face of 100 left behind, and 64 inside the other's face) lie one voxel off.
 */
Test(validate_overlap_measure, of_a_box_moved_by_one_voxel_follows_from_counting_its_faces)
{
    pair p = new_pair(14, 13, 12, 2, 2, 2);
    set_box(&p, p.reference, 7, (const size_t[3]){1, 1, 1}, (const size_t[3]){11, 11, 11});
    set_box(&p, p.test, 9, (const size_t[3]){2, 1, 1}, (const size_t[3]){12, 11, 11});
    osi_overlap_numbers n = measure(&p, 7, 9);
    cr_expect(eq(u64, n.both, 900));
    cr_expect(eq(u64, n.reference_only, 100));
    cr_expect(eq(u64, n.test_only, 100));
    expect_mm(n.hd_mm, 2);
    expect_mm(n.hd95_mm, 2);
    expect_mm(n.hd95_pooled_mm, 2);
    expect_mm(n.assd_mm, 2 * 164.0 / 488);
    double kept = 256 + 64 * sqrt(2) + 4 * sqrt(3);
    double all = 384 + 96 * sqrt(2) + 8 * sqrt(3);
    expect_mm(n.surface_dice[0], kept / all);
    cr_expect(eq(dbl, n.surface_dice[1], 1.0)); /* 2 mm off is within 2 mm */
    expect_mm(n.test_centroid_mm[0] - n.reference_centroid_mm[0], 2);
    free_pair(&p);
}

/* One far voxel beside 40 that agree: percentiles by linear interpolation between order statistics.
 */
Test(validate_overlap_measure, tells_the_two_conventions_of_hd95_apart)
{
    pair p = new_pair(60, 1, 1, 1, 1, 1);
    set_box(&p, p.reference, 1, (const size_t[3]){0, 0, 0}, (const size_t[3]){9, 1, 1});
    set_box(&p, p.test, 1, (const size_t[3]){0, 0, 0}, (const size_t[3]){9, 1, 1});
    set_voxel(&p, p.test, 28, 0, 0); /* 20 from voxel 8 */
    osi_overlap_numbers n = measure(&p, 1, 1);
    expect_mm(n.hd_mm, 20);
    expect_mm(n.hd95_mm, 20 * (0.95 * 9 - 8));          /* 10 values, the last is 20 */
    expect_mm(n.hd95_pooled_mm, 20 * (0.95 * 18 - 17)); /* 19 values */
    expect_mm(n.assd_mm, 20.0 / 19);
    free_pair(&p);
}

/* Tolerances: half a voxel's diagonal on distances; 2 % on Dice of balls 20 voxels in radius. */
Test(validate_overlap_measure, of_balls_within_balls_is_what_geometry_says)
{
    pair p = new_pair(60, 60, 30, 0.5, 0.5, 1);
    size_t i = 0;
    for (size_t z = 0; z < 30; z++)
        for (size_t y = 0; y < 60; y++)
            for (size_t x = 0; x < 60; x++, i++) {
                double r2 = pow(0.5 * (double) x - 14.75, 2) + pow(0.5 * (double) y - 14.75, 2) +
                            pow((double) z - 14.5, 2);
                p.reference[i] = r2 < 100;
                p.test[i] = r2 < 144;
            }
    osi_overlap_numbers n = measure(&p, 1, 1);
    double half_diagonal = 0.5 * sqrt(0.25 + 0.25 + 1);
    cr_expect(lt(dbl, fabs(n.hd_mm - 2), 2 * half_diagonal));
    cr_expect(lt(dbl, fabs(n.assd_mm - 2), half_diagonal));
    double dice = 2 * (double) n.both /
                  (2 * (double) n.both + (double) n.reference_only + (double) n.test_only);
    cr_expect(lt(dbl, fabs(dice - 2 * 1000.0 / (1000 + 1728)), 0.02));
    cr_expect(eq(u64, n.reference_only, 0));
    free_pair(&p);
}

static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static int is_boundary(const pair *p, const uint8_t *labels, size_t x, size_t y, size_t z)
{
    const size_t *s = p->grid.size;
    size_t i = (z * s[1] + y) * s[0] + x;
    if (!labels[i])
        return 0;
    return x == 0 || y == 0 || z == 0 || x + 1 == s[0] || y + 1 == s[1] || z + 1 == s[2] ||
           !labels[i - 1] || !labels[i + 1] || !labels[i - s[0]] || !labels[i + s[0]] ||
           !labels[i - s[0] * s[1]] || !labels[i + s[0] * s[1]];
}

/* Distances from the boundary of one to that of the other, by trying all pairs. */
static size_t brute(double *out, const pair *p, const uint8_t *from, const uint8_t *to)
{
    const size_t *s = p->grid.size;
    const double *mm = p->grid.spacing_mm;
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        size_t x = i % s[0];
        size_t y = i / s[0] % s[1];
        size_t z = i / (s[0] * s[1]);
        if (!is_boundary(p, from, x, y, z))
            continue;
        double best = INFINITY;
        for (size_t k = 0; k < p->count; k++) {
            size_t u = k % s[0];
            size_t v = k / s[0] % s[1];
            size_t w = k / (s[0] * s[1]);
            if (!is_boundary(p, to, u, v, w))
                continue;
            best = fmin(best, sqrt(pow(mm[0] * ((double) u - (double) x), 2) +
                                   pow(mm[1] * ((double) v - (double) y), 2) +
                                   pow(mm[2] * ((double) w - (double) z), 2)));
        }
        out[count++] = best;
    }
    return count;
}

Test(validate_overlap_measure, equals_trying_all_pairs_on_random_blobs)
{
    for (uint32_t seed = 1; seed < 7; seed++) {
        pair p = new_pair(11 + seed, 9, 6, 0.9, 0.9 + 0.2 * seed, 2.5);
        uint32_t state = seed;
        for (size_t i = 0; i < p.count; i++) {
            p.reference[i] = next_number(&state) % 5 < 3 && i % 3 != 0;
            p.test[i] = next_number(&state) % 7 < 2;
        }
        double a[2048];
        double b[2048];
        size_t na = brute(a, &p, p.reference, p.test);
        size_t nb = brute(b, &p, p.test, p.reference);
        double sum = 0;
        double worst = 0;
        for (size_t i = 0; i < na; i++) {
            sum += a[i];
            worst = fmax(worst, a[i]);
        }
        for (size_t i = 0; i < nb; i++) {
            sum += b[i];
            worst = fmax(worst, b[i]);
        }
        osi_overlap_numbers n = measure(&p, 1, 1);
        expect_mm(n.hd_mm, worst);
        expect_mm(n.assd_mm, sum / (double) (na + nb));
        free_pair(&p);
    }
}

Test(validate_overlap_measure, gives_the_same_bytes_with_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    pair p = new_pair(31, 29, 17, 0.7, 0.7, 3);
    uint32_t state = 5;
    for (size_t i = 0; i < p.count; i++) {
        p.reference[i] = next_number(&state) % 3 == 0;
        p.test[i] = next_number(&state) % 3 == 0;
    }
    osi_overlap_numbers first;
    osi_overlap_job job = new_job(&p, 1, 1);
    job.threads = 1;
    memset(&first, 0, sizeof(first));
    EXPECT_OK(osi_overlap_measure(&first, &job, &err));
    for (job.threads = 2; job.threads < 6; job.threads++) {
        osi_overlap_numbers n;
        memset(&n, 0, sizeof(n));
        EXPECT_OK(osi_overlap_measure(&n, &job, &err));
        cr_expect(memcmp(&n, &first, sizeof(n)) == 0);
    }
    free_pair(&p);
}

Test(validate_overlap_measure, has_no_distance_when_one_side_is_empty)
{
    pair p = new_pair(8, 8, 8, 1, 1, 1);
    set_voxel(&p, p.test, 4, 4, 4);
    osi_overlap_numbers n = measure(&p, 1, 1);
    cr_expect(isnan(n.hd_mm));
    cr_expect(isnan(n.hd95_mm));
    cr_expect(isnan(n.hd95_pooled_mm));
    cr_expect(isnan(n.assd_mm));
    cr_expect(isnan(n.surface_dice[0]));
    cr_expect(isnan(n.reference_centroid_mm[0]));
    cr_expect(eq(u64, n.test_only, 1));
    free_pair(&p);
}

Test(validate_overlap_measure, has_no_number_at_all_when_both_sides_are_empty)
{
    pair p = new_pair(8, 8, 8, 1, 1, 1);
    osi_overlap_numbers n = measure(&p, 3, 3);
    cr_expect(isnan(n.hd_mm));
    cr_expect(eq(u64, n.both + n.reference_only + n.test_only, 0));
    free_pair(&p);
}

Test(validate_overlap_measure, says_so_when_any_of_its_allocations_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    pair p = new_pair(8, 8, 8, 1, 1, 1);
    set_voxel(&p, p.reference, 2, 2, 2);
    set_voxel(&p, p.test, 4, 4, 4);
    osi_overlap_job job = new_job(&p, 1, 1);
    for (long at = 1;; at++) {
        osi_overlap_numbers n;
        osi_alloc_fail_at(at);
        osarc_status status = osi_overlap_measure(&n, &job, &err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        if (asked < at)
            break;
        cr_assert(eq(int, status, OSARC_ERR_MEMORY));
        cr_expect(isnan(n.hd_mm));
    }
    free_pair(&p);
}
