/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/distance.h>

/* A fixed sequence, so that a failure can be looked at again. */
static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static double brute_mm(const uint8_t *set, const size_t size[3], const double spacing_mm[3],
                       size_t x, size_t y, size_t z)
{
    double best = INFINITY;
    for (size_t k = 0; k < size[2]; k++)
        for (size_t j = 0; j < size[1]; j++)
            for (size_t i = 0; i < size[0]; i++) {
                if (!set[(k * size[1] + j) * size[0] + i])
                    continue;
                double dx = ((double) i - (double) x) * spacing_mm[0];
                double dy = ((double) j - (double) y) * spacing_mm[1];
                double dz = ((double) k - (double) z) * spacing_mm[2];
                double d = sqrt(dx * dx + dy * dy + dz * dz);
                best = d < best ? d : best;
            }
    return best;
}

/* Relative 1e-6: a few roundings of a float's 24 bits. */
static void expect_like_brute(const uint8_t *set, const size_t size[3], const double spacing_mm[3],
                              double cap_mm)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t count = size[0] * size[1] * size[2];
    float *got = osi_alloc(count, sizeof(float), &err);
    float *one = osi_alloc(count, sizeof(float), &err);
    EXPECT_OK(osi_distance_limited_mm(got, set, size, spacing_mm, cap_mm, 2, &err));
    EXPECT_OK(osi_distance_limited_mm(one, set, size, spacing_mm, cap_mm, 1, &err));
    cr_expect(memcmp(got, one, count * sizeof(float)) == 0, "threads change the bytes");
    size_t i = 0;
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++)
            for (size_t x = 0; x < size[0]; x++, i++) {
                double wanted = brute_mm(set, size, spacing_mm, x, y, z);
                if (isinf(wanted) || wanted > cap_mm)
                    cr_assert(got[i] == INFINITY, "%zu %zu %zu: %g over the cap, got %g", x, y, z,
                              wanted, (double) got[i]);
                else
                    cr_assert(fabs((double) got[i] - wanted) <= 1e-6 * wanted,
                              "%zu %zu %zu: wanted %.9g got %.9g", x, y, z, wanted,
                              (double) got[i]);
            }
    osi_free(got);
    osi_free(one);
}

static void expect_random(const size_t size[3], const double spacing_mm[3], uint32_t one_in,
                          double cap_mm, uint32_t seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t count = size[0] * size[1] * size[2];
    uint8_t *set = osi_alloc(count, 1, &err);
    for (size_t i = 0; i < count; i++)
        set[i] = next_number(&seed) % one_in == 0 ? 200 : 0;
    expect_like_brute(set, size, spacing_mm, cap_mm);
    osi_free(set);
}

Test(base_distance, equals_brute_force_on_sparse_and_dense_sets)
{
    const size_t sizes[][3] = {{11, 9, 7}, {40, 5, 4}, {3, 33, 5}, {4, 5, 35}, {70, 3, 3}};
    const double spacings[][3] = {{1, 1, 1}, {0.977, 0.977, 4.25}, {3, 0.5, 0.7}};
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
        for (size_t p = 0; p < 3; p++)
            for (uint32_t one_in = 2; one_in < 3000; one_in *= 6)
                expect_random(sizes[s], spacings[p], one_in, INFINITY, one_in + (uint32_t) s);
}

Test(base_distance, with_a_cap_equals_brute_force_up_to_the_cap)
{
    const size_t size[3] = {34, 11, 8};
    const double spacings[][3] = {{1, 1, 1}, {0.977, 0.977, 4.25}, {3, 0.5, 0.7}};
    const double caps[] = {0.2, 1, 2, 5, 12.4, 60};
    for (size_t p = 0; p < 3; p++)
        for (size_t c = 0; c < sizeof(caps) / sizeof(caps[0]); c++) {
            expect_random(size, spacings[p], 40, caps[c], 7);
            expect_random(size, spacings[p], 3000, caps[c], 8);
        }
}

Test(base_distance, works_on_lines_planes_and_a_single_voxel)
{
    const double spacing[3] = {1, 2, 3};
    const size_t sizes[][3] = {{1, 1, 1},   {50, 1, 1},  {1, 50, 1},  {1, 1, 50},
                               {20, 1, 20}, {1, 19, 34}, {33, 18, 1}, {2, 2, 2}};
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        expect_random(sizes[s], spacing, 1, INFINITY, 1);
        expect_random(sizes[s], spacing, 4, INFINITY, 3);
        expect_random(sizes[s], spacing, 4, 6, 5);
    }
}

Test(base_distance, around_one_voxel_is_the_length_of_the_offset)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {301, 201, 101};
    const double spacing[3] = {0.75, 1.25, 4};
    size_t count = size[0] * size[1] * size[2];
    uint8_t *set = osi_alloc(count, 1, &err);
    float *out = osi_alloc(count, sizeof(float), &err);
    set[(50 * size[1] + 100) * size[0] + 150] = 1;
    EXPECT_OK(osi_distance_mm(out, set, size, spacing, 0, &err));
    size_t i = 0;
    double worst = 0;
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++)
            for (size_t x = 0; x < size[0]; x++, i++) {
                double wanted =
                    sqrt(pow(((double) x - 150) * 0.75, 2) + pow(((double) y - 100) * 1.25, 2) +
                         pow(((double) z - 50) * 4, 2));
                double off = fabs((double) out[i] - wanted);
                worst = off > worst ? off : worst;
            }
    cr_expect(lt(dbl, worst, 3e-5)); /* 250 mm in a float */
    osi_free(set);
    osi_free(out);
}

Test(base_distance, to_a_plane_is_exact_on_whole_millimetres)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {40, 50, 60};
    const double spacing[3] = {1, 2, 5};
    size_t count = size[0] * size[1] * size[2];
    uint8_t *set = osi_alloc(count, 1, &err);
    float *out = osi_alloc(count, sizeof(float), &err);
    for (size_t i = 0; i < size[0] * size[1]; i++)
        set[i + 10 * size[0] * size[1]] = 1;
    EXPECT_OK(osi_distance_mm(out, set, size, spacing, 0, &err));
    for (size_t z = 0; z < size[2]; z++)
        cr_expect(
            eq(flt, out[z * size[0] * size[1] + 777], 5 * (float) (z > 10 ? z - 10 : 10 - z)));
    osi_free(set);
    osi_free(out);
}

Test(base_distance, of_an_empty_set_is_infinite)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {9, 8, 7};
    const double spacing[3] = {1, 1, 1};
    uint8_t set[504] = {0};
    float out[504];
    EXPECT_OK(osi_distance_mm(out, set, size, spacing, 0, &err));
    for (int i = 0; i < 504; i++)
        cr_expect(isinf(out[i]));
}

Test(base_distance, refuses_a_spacing_that_is_no_length)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {2, 2, 2};
    uint8_t set[8] = {1};
    float out[8];
    const double bad[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) {
        const double spacing[3] = {1, bad[i], 1};
        EXPECT_REFUSED(osi_distance_mm(out, set, size, spacing, 0, &err), OSARC_ERR_ARGUMENT);
    }
}

Test(base_distance, refuses_a_size_of_nothing_and_one_that_overflows)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double spacing[3] = {1, 1, 1};
    uint8_t set[8] = {1};
    float out[8];
    const size_t none[3] = {2, 0, 2};
    const size_t huge[3] = {SIZE_MAX / 2, 3, 2};
    EXPECT_REFUSED(osi_distance_mm(out, set, none, spacing, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_distance_mm(out, set, huge, spacing, 0, &err), OSARC_ERR_ARGUMENT);
}

Test(base_distance, refuses_a_cap_that_is_not_over_zero)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {2, 2, 2};
    const double spacing[3] = {1, 1, 1};
    uint8_t set[8] = {1};
    float out[8];
    EXPECT_REFUSED(osi_distance_limited_mm(out, set, size, spacing, 0, 0, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_distance_limited_mm(out, set, size, spacing, NAN, 0, &err),
                   OSARC_ERR_ARGUMENT);
}

Test(base_distance, says_so_when_any_of_its_allocations_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {4, 4, 4};
    const double spacing[3] = {1, 1, 1};
    uint8_t set[64] = {1};
    float out[64];
    for (long n = 1;; n++) {
        osi_alloc_fail_at(n);
        osarc_status status = osi_distance_mm(out, set, size, spacing, 2, &err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        if (asked < n)
            break;
        cr_assert(eq(int, status, OSARC_ERR_MEMORY));
    }
}
