/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/binomial.h>

enum {
    COLUMNS = 7,
    ROWS = 5
};

/* Sixteenths in the middle; at a corner 4, 2, 2 and 1 of the nine that are there. */
Test(base_binomial, spreads_a_pixel_by_its_weights)
{
    float in[ROWS * COLUMNS] = {0};
    float out[ROWS * COLUMNS];
    in[2 * COLUMNS + 3] = 16;
    osi_binomial(out, in, COLUMNS, ROWS, 1);
    for (int y = 0; y < ROWS; y++)
        for (int x = 0; x < COLUMNS; x++) {
            static const float WEIGHT[3] = {2, 1, 0};
            int dx = x > 3 ? x - 3 : 3 - x;
            int dy = y > 2 ? y - 2 : 2 - y;
            float expected = dx > 1 || dy > 1 ? 0 : WEIGHT[dx] * WEIGHT[dy];
            cr_expect(eq(flt, out[y * COLUMNS + x], expected), "%d %d", x, y);
        }
    memset(in, 0, sizeof(in));
    in[0] = 9;
    osi_binomial(out, in, COLUMNS, ROWS, 1);
    cr_expect(eq(flt, out[0], 4));
    cr_expect(eq(flt, out[1], 1.5F)); /* 2 of 12 */
    cr_expect(eq(flt, out[COLUMNS], 1.5F));
}

/* What is even, or rises evenly away from the edges, stays; whole numbers leave no rounding. */
Test(base_binomial, leaves_planes_as_they_are)
{
    static const size_t SIZES[][2] = {{1, 1}, {2, 3}, {1, 5}, {3, 1}, {COLUMNS, ROWS}};
    for (size_t s = 0; s < sizeof(SIZES) / sizeof(SIZES[0]); s++) {
        float in[ROWS * COLUMNS];
        float out[ROWS * COLUMNS];
        size_t columns = SIZES[s][0];
        for (size_t i = 0; i < ROWS * COLUMNS; i++)
            in[i] = 5;
        osi_binomial(out, in, columns, SIZES[s][1], 1);
        for (size_t i = 0; i < columns * SIZES[s][1]; i++)
            cr_expect(eq(flt, out[i], 5), "%zu %zu", s, i);
        for (size_t i = 0; i < ROWS * COLUMNS; i++)
            in[i] = (float) (3 * (i % columns) + 7 * (i / columns));
        osi_binomial(out, in, columns, SIZES[s][1], 1);
        for (size_t y = 1; y + 1 < SIZES[s][1]; y++)
            for (size_t x = 1; x + 1 < columns; x++)
                cr_expect(eq(flt, out[y * columns + x], in[y * columns + x]), "%zu %zu", x, y);
    }
}

Test(base_binomial, is_the_same_with_any_number_of_threads)
{
    float in[ROWS * COLUMNS];
    float one[ROWS * COLUMNS];
    float more[ROWS * COLUMNS];
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        in[i] = 0.1F * (float) (i * i % 23);
    osi_binomial(one, in, COLUMNS, ROWS, 1);
    for (int threads = 2; threads < 9; threads++) {
        osi_binomial(more, in, COLUMNS, ROWS, threads);
        cr_expect(eq(int, memcmp(one, more, sizeof(one)), 0), "%d", threads);
    }
}
