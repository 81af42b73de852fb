/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/tbs.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define LAGS_MOST   512
#define BLOCKS      10    /* of rows, for the interval */
#define PAIRS_LEAST 500.0 /* at a distance: a region of about 2 cm2 at 0.6 mm */

/* A step from pixel to pixel. */
typedef struct lag {
    ptrdiff_t across, down;
    double log_mm;
} lag;

/* Sums of squared differences of a lag, by the block of rows they begin in. */
typedef struct sums {
    double squares[BLOCKS];
    double pairs[BLOCKS];
} sums;

static size_t list_lags(lag *out, const double spacing[2])
{
    static const int WAYS[4][2] = {{1, 0}, {0, 1}, {1, 1}, {1, -1}};
    size_t count = 0;
    for (int w = 0; w < 4; w++)
        for (int n = 1; count < LAGS_MOST; n++) {
            double mm = n * hypot(WAYS[w][0] * spacing[0], WAYS[w][1] * spacing[1]);
            if (mm > OSARC_TBS_TO_MM)
                break;
            if (mm >= OSARC_TBS_FROM_MM)
                out[count++] = (lag){n * WAYS[w][0], n * WAYS[w][1], log(mm)};
        }
    return count;
}

static int in_region(const osarc_tbs_input *in, size_t i)
{
    return in->labels[i] >= in->from_label && in->labels[i] <= in->to_label &&
           isfinite(in->bone_g_cm2[i]);
}

/* Rows of the region from its first to its last, in blocks of equal height. */
static void sum_lag(sums *out, const osarc_tbs_input *in, const lag *l, size_t first, size_t last)
{
    memset(out, 0, sizeof(*out));
    for (size_t y = first; y <= last; y++) {
        ptrdiff_t other = (ptrdiff_t) y + l->down;
        if (other < 0 || other >= (ptrdiff_t) in->rows)
            continue;
        size_t block = (y - first) * BLOCKS / (last - first + 1);
        double squares = 0;
        double pairs = 0;
        for (size_t x = 0; x + (size_t) l->across < in->columns; x++) {
            size_t a = y * in->columns + x;
            size_t b = (size_t) other * in->columns + x + (size_t) l->across;
            if (!in_region(in, a) || !in_region(in, b))
                continue;
            double d = (double) in->bone_g_cm2[a] - (double) in->bone_g_cm2[b];
            squares += d * d;
            pairs += 1;
        }
        out->squares[block] += squares;
        out->pairs[block] += pairs;
    }
}

/* The slope with one block left out, or with none when `without` is BLOCKS. */
static double slope_of(const sums *all, const lag *lags, size_t count, double noise, int without)
{
    double s = 0, sx = 0, sxx = 0, sy = 0, sxy = 0;
    for (size_t i = 0; i < count; i++) {
        double squares = 0;
        double pairs = 0;
        for (int b = 0; b < BLOCKS; b++)
            if (b != without) {
                squares += all[i].squares[b];
                pairs += all[i].pairs[b];
            }
        double variogram = squares / pairs - 2 * noise * noise;
        if (pairs < PAIRS_LEAST || !(variogram > 0))
            return NAN;
        double y = log(variogram);
        s += 1;
        sx += lags[i].log_mm;
        sxx += lags[i].log_mm * lags[i].log_mm;
        sy += y;
        sxy += lags[i].log_mm * y;
    }
    return (s * sxy - sx * sy) / (s * sxx - sx * sx);
}

/* Of the texture at the shortest distance. */
static double noise_share(const sums *all, const lag *lags, size_t count, double noise)
{
    size_t nearest = 0;
    double squares = 0;
    double pairs = 0;
    for (size_t i = 1; i < count; i++)
        nearest = lags[i].log_mm < lags[nearest].log_mm ? i : nearest;
    for (int b = 0; b < BLOCKS; b++) {
        squares += all[nearest].squares[b];
        pairs += all[nearest].pairs[b];
    }
    return 2 * noise * noise * pairs / squares;
}

static osarc_status check_input(const osarc_tbs_input *in, osarc_error *err)
{
    if (!in || !in->bone_g_cm2 || !in->labels || in->columns == 0 || in->rows == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a map and a region are needed");
    for (int a = 0; a < 2; a++)
        if (!(in->spacing_mm[a] > 0.05 && in->spacing_mm[a] <= OSARC_TBS_TO_MM / 2))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "pixels of %g x %g mm; texture needs 0.05 to %g mm", in->spacing_mm[0],
                            in->spacing_mm[1], OSARC_TBS_TO_MM / 2);
    return OSARC_OK;
}

static int find_rows(size_t *first, size_t *last, const osarc_tbs_input *in)
{
    int found = 0;
    for (size_t i = 0; i < in->columns * in->rows; i++)
        if (in_region(in, i)) {
            if (!found)
                *first = i / in->columns;
            *last = i / in->columns;
            found = 1;
        }
    return found && *last - *first + 1 >= BLOCKS;
}

osarc_status osarc_tbs_measure(osarc_tbs *out, const osarc_tbs_input *in, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a place for the score is needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = check_input(in, err);
    if (status)
        return status;
    lag lags[LAGS_MOST];
    size_t count = list_lags(lags, in->spacing_mm);
    double noise = isfinite(in->noise_sd_g_cm2) ? in->noise_sd_g_cm2 : 0;
    size_t first = 0;
    size_t last = 0;
    if (!find_rows(&first, &last, in))
        return osi_fail(err, OSARC_ERR_QUALITY, "the region is under %d rows high", BLOCKS);
    sums *all = osi_alloc(count, sizeof(*all), err);
    if (!all)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        sum_lag(&all[i], in, &lags[i], first, last);
    for (int b = 0; b < BLOCKS; b++)
        out->pairs += (size_t) all[0].pairs[b];
    out->value = slope_of(all, lags, count, noise, BLOCKS);
    /* jackknife */
    double mean = 0;
    double parts[BLOCKS];
    for (int b = 0; b < BLOCKS; b++)
        mean += (parts[b] = slope_of(all, lags, count, noise, b)) / BLOCKS;
    double variance = 0;
    for (int b = 0; b < BLOCKS; b++)
        variance += (parts[b] - mean) * (parts[b] - mean) * (BLOCKS - 1) / BLOCKS;
    double share = noise_share(all, lags, count, noise);
    osi_free(all);
    if (share > OSARC_TBS_NOISE_SHARE)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "noise is %.0f %% of the texture at the shortest distance, %.0f %% are "
                        "allowed: behind bone it is not known well enough to be taken out",
                        100 * share, 100 * OSARC_TBS_NOISE_SHARE);
    if (!isfinite(out->value) || !isfinite(variance))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the region is too small, or noise is all its texture");
    out->ci_low = out->value - 1.96 * sqrt(variance);
    out->ci_high = out->value + 1.96 * sqrt(variance);
    return OSARC_OK;
}
