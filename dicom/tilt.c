/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tilt.h"

#include <math.h>

/* A shift this close to whole pixels needs no interpolation. */
#define WHOLE_PIXELS 1e-6

/* A shift as a whole part and a weight of the next pixel. */
static long split_shift(double shift, double *weight_out)
{
    double nearest = floor(shift + 0.5);
    if (fabs(shift - nearest) < WHOLE_PIXELS)
        shift = nearest;
    double whole = floor(shift);
    *weight_out = shift - whole;
    return (long) whole;
}

void osi_slice_shift(int16_t *out, osi_plane out_size, const int16_t *in, osi_plane in_size,
                     double columns_off, double rows_off)
{
    double column_weight;
    double row_weight;
    long column_shift = split_shift(columns_off, &column_weight);
    long row_shift = split_shift(rows_off, &row_weight);
    int column_next = column_weight > 0;
    int row_next = row_weight > 0;
    const double weight[2][2] = {
        {(1 - row_weight) * (1 - column_weight), (1 - row_weight) * column_weight},
        {row_weight * (1 - column_weight), row_weight * column_weight}};
    long columns = (long) in_size.columns;
    long rows = (long) in_size.rows;
    for (size_t r = 0; r < out_size.rows; r++) {
        long from_row = (long) r + row_shift;
        int16_t *to = out + r * out_size.columns;
        for (size_t c = 0; c < out_size.columns; c++) {
            long from_column = (long) c + column_shift;
            to[c] = OSARC_OUTSIDE;
            if (from_row < 0 || from_row + row_next >= rows || from_column < 0 ||
                from_column + column_next >= columns)
                continue;
            const int16_t *from = in + from_row * columns + from_column;
            double sum = 0;
            int all_there = 1;
            for (int dr = 0; dr <= row_next; dr++) {
                for (int dc = 0; dc <= column_next; dc++) {
                    int16_t value = from[dr * columns + dc];
                    all_there &= value != OSARC_OUTSIDE;
                    sum += weight[dr][dc] * value;
                }
            }
            if (all_there)
                to[c] = (int16_t) floor(sum + 0.5);
        }
    }
}
