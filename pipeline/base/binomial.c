/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/binomial.h>
#include <osi/threads.h>

static float mean_at(const float *in, size_t columns, size_t rows, size_t x, size_t y)
{
    double sum = 0;
    double weights = 0;
    for (size_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < rows; v++)
        for (size_t u = x > 0 ? x - 1 : 0; u <= x + 1 && u < columns; u++) {
            double w = (v == y ? 2 : 1) * (u == x ? 2 : 1);
            sum += w * in[v * columns + u];
            weights += w;
        }
    return (float) (sum / weights);
}

/* A row and its neighbours, all of whose pixels but the first and the last have eight. */
static void inner(float *out, const float *above, const float *row, const float *below,
                  size_t columns)
{
    for (size_t x = 1; x + 1 < columns; x++) {
        double sum = (double) above[x - 1] + 2.0 * above[x] + above[x + 1];
        sum = sum + 2.0 * row[x - 1] + 4.0 * row[x] + 2.0 * row[x + 1];
        sum = sum + below[x - 1] + 2.0 * below[x] + below[x + 1];
        out[x] = (float) (sum / 16);
    }
}

void osi_binomial(float *out, const float *in, size_t columns, size_t rows, int threads)
{
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t y = 0; y < rows; y++) {
        const float *row = in + y * columns;
        int is_inner = y > 0 && y + 1 < rows && columns > 2;
        if (is_inner)
            inner(out + y * columns, row - columns, row, row + columns, columns);
        for (size_t x = 0; x < columns; x += is_inner ? columns - 1 : 1)
            out[y * columns + x] = mean_at(in, columns, rows, x, y);
    }
}
