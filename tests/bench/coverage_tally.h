/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_BENCH_COVERAGE_TALLY_H
#define OSARC_BENCH_COVERAGE_TALLY_H

/* Seeded draws, and how many intervals hold the truth. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>

typedef struct tally {
    const char *name;
    const char *unit;
    size_t intervals;
    size_t holding;
    size_t refused;
    double error; /* sums */
    double squares;
    double width;
    char last_refusal[200];
} tally;

static inline uint64_t next(uint64_t *state)
{
    /* splitmix64 */
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * ((double) (next(state) >> 11) + 0.5) * 0x1p-53;
}

static inline double normal(uint64_t *state, double mean, double sd)
{
    double u = between(state, 0, 1);
    return mean + sd * sqrt(-2 * log(u)) * cos(2 * M_PI * between(state, 0, 1));
}

/* A number without a sign, as notes and arguments have them; 0 where none begins. */
static inline double read_number(const char *text)
{
    double value = 0;
    double place = 0;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && place <= 0); text++) {
        if (*text == '.') {
            place = 1;
            continue;
        }
        value = 10 * value + (*text - '0');
        place *= 10;
    }
    return place > 0 ? value / place : value;
}

static inline void add_interval(tally *t, double value, double low, double high, double truth)
{
    t->intervals++;
    t->holding += low <= truth && truth <= high;
    t->error += value - truth;
    t->squares += (value - truth) * (value - truth);
    t->width += (high - low) / 2;
}

static inline void refuse(tally *t, const char *why)
{
    t->refused++;
    snprintf(t->last_refusal, sizeof(t->last_refusal), "%.199s", why);
}

/* Wilson's interval of a share, 95 %. */
static inline void print_tally(const tally *t)
{
    double n = (double) t->intervals;
    if (t->intervals == 0) {
        printf("%-28s no interval, %zu refused: %s\n", t->name, t->refused, t->last_refusal);
        return;
    }
    const double z = 1.96;
    double p = (double) t->holding / n;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    printf("%-28s %4zu of %4zu intervals hold the truth: %.3f (%.3f to %.3f)\n", t->name,
           t->holding, t->intervals, p, middle - half, middle + half);
    printf("%-28s mean error %.3g, RMS %.3g, mean half interval %.3g %s; %zu refused%s%s\n", "",
           t->error / n, sqrt(t->squares / n), t->width / n, t->unit, t->refused,
           t->refused ? ", such as: " : "", t->last_refusal);
}

#endif
