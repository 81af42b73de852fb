/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/components.h>

static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Flood fill from each first voxel in memory order. */
static uint32_t flood(uint32_t *out, const uint8_t *set, const size_t size[3], size_t *stack)
{
    size_t step[3] = {1, size[0], size[0] * size[1]};
    size_t count = step[2] * size[2];
    uint32_t number = 0;
    memset(out, 0, count * sizeof(*out));
    for (size_t seed = 0; seed < count; seed++) {
        if (!set[seed] || out[seed])
            continue;
        size_t top = 0;
        stack[top++] = seed;
        out[seed] = ++number;
        while (top > 0) {
            size_t at = stack[--top];
            size_t ijk[3] = {at % size[0], at / step[1] % size[1], at / step[2]};
            for (int axis = 0; axis < 3; axis++)
                for (int way = 0; way < 2; way++) {
                    if (way ? ijk[axis] + 1 == size[axis] : ijk[axis] == 0)
                        continue;
                    size_t to = way ? at + step[axis] : at - step[axis];
                    if (!set[to] || out[to])
                        continue;
                    out[to] = number;
                    stack[top++] = to;
                }
        }
    }
    return number;
}

static void expect_like_flood(const size_t size[3], uint32_t percent, uint32_t seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t count = size[0] * size[1] * size[2];
    uint8_t *set = osi_alloc(count, 1, &err);
    uint32_t *got = osi_alloc(count, sizeof(*got), &err);
    uint32_t *wanted = osi_alloc(count, sizeof(*wanted), &err);
    size_t *stack = osi_alloc(count, sizeof(*stack), &err);
    for (size_t i = 0; i < count; i++)
        set[i] = next_number(&seed) % 100 < percent ? (uint8_t) (1 + i % 255) : 0;
    memset(got, 0xee, count * sizeof(*got));
    uint32_t found;
    size_t *sizes;
    EXPECT_OK(osi_components(got, &found, &sizes, set, size, &err));
    cr_assert(eq(u32, found, flood(wanted, set, size, stack)));
    cr_assert(memcmp(got, wanted, count * sizeof(*got)) == 0);
    for (size_t i = 0; i < count; i++)
        sizes[wanted[i]]--;
    for (uint32_t n = 0; n <= found; n++)
        cr_assert(eq(sz, sizes[n], 0));
    osi_free(sizes);
    osi_free(stack);
    osi_free(wanted);
    osi_free(got);
    osi_free(set);
}

Test(base_components, equal_a_flood_fill_at_every_density)
{
    const size_t sizes[][3] = {{37, 23, 19}, {8, 40, 5},  {64, 3, 30}, {1, 30, 30},
                               {30, 1, 30},  {30, 30, 1}, {200, 1, 1}, {1, 1, 1}};
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
        for (uint32_t percent = 0; percent <= 100; percent += 10)
            expect_like_flood(sizes[s], percent, percent + 1);
}

Test(base_components, a_spiral_is_one_and_its_tips_do_not_touch_over_corners)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {7, 7, 1};
    const char *const rows[] = {"1111111", "0000001", "1111101", "1000101",
                                "1011101", "1000001", "1111111"};
    uint8_t set[49];
    for (size_t i = 0; i < 49; i++)
        set[i] = rows[i / 7][i % 7] == '1';
    uint32_t out[49];
    uint32_t count;
    size_t *sizes;
    EXPECT_OK(osi_components(out, &count, &sizes, set, size, &err));
    cr_expect(eq(u32, count, 1));
    osi_free(sizes);

    const size_t two[3] = {2, 2, 2};
    const uint8_t corners[8] = {1, 0, 0, 1, 0, 1, 1, 0};
    EXPECT_OK(osi_components(out, &count, &sizes, corners, two, &err));
    cr_expect(eq(u32, count, 4));
    osi_free(sizes);
}

Test(base_components, of_nothing_are_none)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {3, 3, 3};
    const uint8_t set[27] = {0};
    uint32_t out[27];
    uint32_t count = 9;
    size_t *sizes;
    EXPECT_OK(osi_components(out, &count, &sizes, set, size, &err));
    cr_expect(eq(u32, count, 0));
    cr_expect(eq(sz, sizes[0], 27));
    osi_free(sizes);
}

Test(base_components, refuse_a_size_of_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {3, 0, 3};
    const uint8_t set[1] = {0};
    uint32_t out[1];
    uint32_t count;
    size_t *sizes = (size_t *) -1;
    EXPECT_REFUSED(osi_components(out, &count, &sizes, set, size, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, sizes, NULL));
}

Test(base_components, refuse_a_size_that_overflows)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {3, SIZE_MAX / 2, 3};
    const uint8_t set[1] = {0};
    uint32_t out[1];
    uint32_t count;
    size_t *sizes;
    EXPECT_REFUSED(osi_components(out, &count, &sizes, set, size, &err), OSARC_ERR_ARGUMENT);
}

Test(base_components, say_so_when_any_of_their_allocations_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {4, 4, 4};
    uint8_t set[64];
    memset(set, 1, sizeof(set));
    uint32_t out[64];
    for (long n = 1;; n++) {
        uint32_t count;
        size_t *sizes;
        osi_alloc_fail_at(n);
        osarc_status status = osi_components(out, &count, &sizes, set, size, &err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        if (asked < n) {
            osi_free(sizes);
            break;
        }
        cr_assert(eq(int, status, OSARC_ERR_MEMORY));
        cr_assert(eq(ptr, sizes, NULL));
    }
}
