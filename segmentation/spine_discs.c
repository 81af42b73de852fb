/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_discs.h"

#include <string.h>

#include <osi/alloc.h>

/*
 * Two signals repeat once a level: pedicles beside the canal, which no loss of trabecular bone
 * hides, and discs between end plates. A chain of discs is chosen for its score and for the
 * evenness of its spacing.
 */

/* mm: where signals are read */
#define BODY_HALF      14
#define BODY_BACK      (-14)
#define PEDICLE_LOW    10
#define PEDICLE_HIGH   21
#define PEDICLE_BACK   (-1)
#define PEDICLE_FRONT  (-10)
#define PLATE_APART    6.0  /* from the middle of a disc to its end plates */
#define PLATE_MORE     2.0  /* or so much nearer or farther */
#define PEDICLE_BELOW  13.0 /* from a disc down to the pedicles of the vertebra under it */
#define FORAMEN_ABOVE  6.0  /* from a disc up to the widest of the foramen */
#define BODY_ROWS      14   /* from back to front, STRAIGHT_MM each */
#define TILTS          5
#define TILT_STEP_DEG  6.0 /* a lumbosacral disc stands askew to the canal */
#define BASELINE_MM    20.0
#define PEDICLE_SD_HU  25.0
#define PLATE_SD_HU    15.0
#define SIGNAL_LIMIT   1.5
#define PEDICLE_WEIGHT 0.5
#define PLATE_WEIGHT   0.7
#define OUT_OF_VIEW    (-3.0)
#define FAINT          1.0
#define END_SHORT      0.72   /* of the next level's height */
#define DISC_COST      (-0.2) /* a chain goes on over a faint disc */

static int steps(double mm)
{
    return (int) lround(mm / STRAIGHT_MM);
}

/* Mean over the middle columns of each row of the body's interior, NAN outside the view. */
static void read_rows(double row[BODY_ROWS], const straight *st, size_t s)
{
    for (int n = 0; n < BODY_ROWS; n++) {
        double sum = 0;
        int seen = 0;
        for (int u = -steps(BODY_HALF); u <= steps(BODY_HALF); u++) {
            float hu = st->hu[straight_index(s, u, steps(BODY_BACK) - n)];
            if (isfinite(hu)) {
                sum += hu;
                seen++;
            }
        }
        row[n] = seen ? sum / seen : NAN;
    }
}

/* Mean over the rows in a plane through s, tilted by `slope` steps a row. */
static double read_tilted(const double (*rows)[BODY_ROWS], size_t count, double s, double slope)
{
    double sum = 0;
    int seen = 0;
    for (int n = 0; n < BODY_ROWS; n++) {
        double at = s + slope * (n - (BODY_ROWS - 1) / 2.0);
        if (!(at >= 0 && at <= (double) count - 1))
            continue;
        size_t low = (size_t) at;
        size_t high = low + 1 < count ? low + 1 : low;
        double hu = rows[low][n] + (at - (double) low) * (rows[high][n] - rows[low][n]);
        if (isfinite(hu)) {
            sum += hu;
            seen++;
        }
    }
    return seen ? sum / seen : NAN;
}

/* The brightest of three planes where the end plate on one side of a disc may lie. */
static double read_plate(const double (*rows)[BODY_ROWS], size_t count, double s, double slope,
                         double steps_per_mm)
{
    double most = NAN;
    for (int n = -1; n <= 1; n++)
        most = fmax(most, read_tilted(rows, count,
                                      s + (PLATE_APART + n * PLATE_MORE) * steps_per_mm, slope));
    return most;
}

/* By how much end plates stand out on both sides of a plane, at the tilt where they do most. */
static double find_plates(const double (*rows)[BODY_ROWS], size_t count, size_t s, double stretch)
{
    double most = 0;
    for (int tilt = -TILTS; tilt <= TILTS; tilt++) {
        double slope = tan(tilt * TILT_STEP_DEG * M_PI / 180);
        double each = 1 / STRAIGHT_MM / stretch;
        double rise = (read_plate(rows, count, (double) s, slope, each) +
                       read_plate(rows, count, (double) s, slope, -each)) /
                          2 -
                      read_tilted(rows, count, (double) s, slope);
        if (isfinite(rise) && (rise > most || tilt == -TILTS))
            most = rise;
    }
    return most;
}

/* The brightest of each column from front to back, over the columns of both pedicles. */
static double read_pedicles(const straight *st, size_t s)
{
    double sum = 0;
    int columns = 0;
    for (int u = steps(PEDICLE_LOW); u <= steps(PEDICLE_HIGH); u++)
        for (int side = -1; side <= 1; side += 2) {
            double most = -1000;
            for (int v = steps(PEDICLE_FRONT); v <= steps(PEDICLE_BACK); v++)
                most = fmax(most, st->hu[straight_index(s, side * u, v)]);
            if (most <= -1000)
                continue;
            sum += most;
            columns++;
        }
    return columns ? sum / columns : NAN;
}

static void smooth(double *out, const double *in, size_t count, double sd)
{
    ptrdiff_t reach = (ptrdiff_t) ceil(4 * sd);
    for (ptrdiff_t i = 0; i < (ptrdiff_t) count; i++) {
        double sum = 0;
        double weights = 0;
        for (ptrdiff_t d = -reach; d <= reach; d++) {
            ptrdiff_t at = i + d < 0                    ? 0
                           : i + d >= (ptrdiff_t) count ? (ptrdiff_t) count - 1
                                                        : i + d;
            double weight = exp(-0.5 * (double) (d * d) / (sd * sd));
            if (!isfinite(in[at]))
                continue;
            sum += weight * in[at];
            weights += weight;
        }
        out[i] = weights > 0 ? sum / weights : NAN;
    }
}

static double read_shifted(const double *f, size_t count, double at)
{
    double inside = fmin(fmax(at, 0), (double) count - 1);
    size_t low = (size_t) inside;
    size_t high = low + 1 < count ? low + 1 : low;
    return f[low] + (inside - (double) low) * (f[high] - f[low]);
}

/* Of what is known. */
static void find_mean_sd(double *mean, double *sd, const double *f, size_t count)
{
    double sum = 0;
    double squares = 0;
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(f[i])) {
            sum += f[i];
            squares += f[i] * f[i];
            known++;
        }
    *mean = known ? sum / (double) known : 0;
    *sd = known ? sqrt(fmax(0, squares / (double) known - *mean * *mean)) : 0;
}

/* What is not known says nothing. */
static double limit(double x)
{
    if (!isfinite(x))
        return 0;
    return fmax(-SIGNAL_LIMIT, fmin(SIGNAL_LIMIT, x));
}

static int in_view(const double row[BODY_ROWS])
{
    int seen = 0;
    for (int n = 0; n < BODY_ROWS; n++)
        seen += isfinite(row[n]);
    return 2 * seen >= BODY_ROWS;
}

static void find_view(size_t *low, size_t *high, const double (*rows)[BODY_ROWS], size_t depth)
{
    *low = 0;
    *high = depth - 1;
    while (*low < *high && !in_view(rows[*low]))
        ++*low;
    while (*low < *high && !in_view(rows[*high]))
        --*high;
}

/* mm along the middle of the bodies, which is longer than the canal where the spine is hollow. */
static void measure_bodies(double *along, const spine_line *line)
{
    double middle = BODY_BACK - STRAIGHT_MM * (BODY_ROWS - 1) / 2;
    double before[3];
    along[0] = 0;
    spine_line_position(line, 0, 0, middle, before);
    for (size_t s = 1; s < line->count; s++) {
        double at[3];
        spine_line_position(line, (double) s, 0, middle, at);
        along[s] = along[s - 1] +
                   fmax(0.1, hypot(hypot(at[0] - before[0], at[1] - before[1]), at[2] - before[2]));
        memcpy(before, at, sizeof(before));
    }
}

/* mm along the bodies for each mm along the canal. */
static double find_stretch(const double *along, size_t count, size_t s)
{
    size_t reach = (size_t) steps(PEDICLE_BELOW);
    size_t low = s > reach ? s - reach : 0;
    size_t high = s + reach < count ? s + reach : count - 1;
    double stretch = (along[high] - along[low]) / ((double) (high - low) * STRAIGHT_MM);
    return fmax(0.7, fmin(1.8, stretch));
}

/* score[s]: how much a disc at s explains. work: four arrays of that size; rows: one of each. */
static void score_places(double *score, double *work, double (*rows)[BODY_ROWS],
                         const double *along, const straight *st)
{
    size_t n = st->depth;
    double *plates = work;
    double *pedicle = work + n;
    double *smoothed = work + 2 * n;
    double *base = work + 3 * n;
#pragma omp parallel for schedule(static) num_threads(st->threads)
    for (size_t s = 0; s < n; s++) {
        read_rows(rows[s], st, s);
        pedicle[s] = read_pedicles(st, s);
    }
#pragma omp parallel for schedule(static) num_threads(st->threads)
    for (size_t s = 0; s < n; s++)
        plates[s] = in_view(rows[s]) ? find_plates((const double(*)[BODY_ROWS]) rows, n, s,
                                                   find_stretch(along, n, s))
                                     : NAN;
    smooth(smoothed, pedicle, n, 3 / STRAIGHT_MM);
    smooth(base, smoothed, n, BASELINE_MM / STRAIGHT_MM);
    for (size_t s = 0; s < n; s++)
        pedicle[s] = smoothed[s] - base[s];
    smooth(smoothed, plates, n, 1);
    double mean = 0;
    double pedicle_sd = 0;
    double plate_mean = 0;
    double plate_sd = 0;
    find_mean_sd(&mean, &pedicle_sd, pedicle, n);
    find_mean_sd(&plate_mean, &plate_sd, smoothed, n);
    pedicle_sd = fmax(PEDICLE_SD_HU, pedicle_sd);
    plate_sd = fmax(PLATE_SD_HU, plate_sd);
    for (size_t s = 0; s < n; s++) {
        double half_way = STRAIGHT_MM * (1 + find_stretch(along, n, s)) / 2;
        double below = read_shifted(pedicle, n, (double) s - PEDICLE_BELOW / half_way);
        double above = read_shifted(pedicle, n, (double) s + FORAMEN_ABOVE / half_way);
        score[s] = PEDICLE_WEIGHT * (limit(below / pedicle_sd) - limit(above / pedicle_sd)) +
                   PLATE_WEIGHT * limit((smoothed[s] - plate_mean) / plate_sd) - DISC_COST;
    }
    for (size_t s = 0; s < n; s++)
        if (!in_view(rows[s]))
            score[s] = OUT_OF_VIEW;
}

/* Best chain that ends with a disc at s and the one before it `h` steps lower. */
typedef struct link {
    double total;
    int before; /* spacing of the link below, as an index; -1: none */
} link;

static osarc_status choose_chain(discs *out, const double *score, const double *along, size_t n,
                                 osarc_error *err)
{
    int low = (int) ceil(DISC_MIN_MM / 1.8 / STRAIGHT_MM);
    int spacings = (int) floor(DISC_MAX_MM / 0.7 / STRAIGHT_MM) - low + 1;
    link *links = osi_alloc(n * (size_t) spacings, sizeof(*links), err);
    if (!links)
        return OSARC_ERR_MEMORY;
    double best = 0;
    size_t best_s = 0;
    int best_h = -1;
    for (size_t s = 0; s < n; s++)
        for (int h = 0; h < spacings; h++) {
            link *here = &links[s * (size_t) spacings + (size_t) h];
            size_t gap = (size_t) low + (size_t) h;
            here->total = -1e9;
            here->before = -1;
            if (gap > s)
                continue;
            double mm = along[s] - along[s - gap];
            if (mm < DISC_MIN_MM || mm > DISC_MAX_MM)
                continue;
            double most = score[s - gap];
            double usual = log(mm / DISC_USUAL_MM) / DISC_SPREAD;
            for (int b = 0; b < spacings; b++) {
                double total = links[(s - gap) * (size_t) spacings + (size_t) b].total;
                if (total <= most)
                    continue;
                double before = along[s - gap] - along[s - gap - (size_t) low - (size_t) b];
                double ratio = log(before / mm) / DISC_RATIO;
                total -= 0.5 * ratio * ratio;
                if (total > most) {
                    most = total;
                    here->before = b;
                }
            }
            here->total = most + score[s] - 0.5 * usual * usual;
            if (here->total > best) {
                best = here->total;
                best_s = s;
                best_h = h;
            }
        }
    size_t s = best_s;
    int h = best_h;
    double top_down[MAX_DISCS];
    size_t count = 0;
    while (h >= 0 && count + 1 < MAX_DISCS) {
        int before = links[s * (size_t) spacings + (size_t) h].before;
        top_down[count++] = (double) s;
        s -= (size_t) (low + h);
        h = before;
        if (h < 0)
            top_down[count++] = (double) s;
    }
    for (size_t i = 0; i < count; i++) {
        out->at[i] = top_down[count - 1 - i];
        out->score[i] = score[(size_t) out->at[i]];
    }
    out->count = count;
    osi_free(links);
    return OSARC_OK;
}

/* Whether the disc nearest to an end of the view is faint and too near to the next to be one. */
static int is_false_end(const discs *d, size_t end, size_t next, size_t after)
{
    double height = fabs(d->at[next] - d->at[end]);
    return d->score[end] < FAINT && height < END_SHORT * fabs(d->at[after] - d->at[next]);
}

/* With the ends of the view as borders. There half of what speaks for a disc is missing. */
static void close_ends(discs *d, const double (*rows)[BODY_ROWS], size_t depth)
{
    double margin = DISC_END_MM / STRAIGHT_MM;
    discs all = *d;
    size_t low;
    size_t high;
    find_view(&low, &high, rows, depth);
    size_t first = 0;
    size_t end = all.count;
    while (first < end && all.at[first] < (double) low + margin)
        first++;
    while (end > first && all.at[end - 1] + margin > (double) high)
        end--;
    if (end >= first + 3 && is_false_end(&all, first, first + 1, first + 2))
        first++;
    if (end >= first + 3 && is_false_end(&all, end - 1, end - 2, end - 3))
        end--;
    memset(d, 0, sizeof(*d));
    d->at[0] = (double) low;
    d->edge[0] = 1;
    d->count = 1;
    for (size_t i = first; i < end && d->count + 1 < MAX_DISCS; i++) {
        d->at[d->count] = all.at[i];
        d->score[d->count++] = all.score[i];
    }
    d->at[d->count] = (double) high;
    d->edge[d->count++] = 1;
}

osarc_status discs_find(discs *out, const straight *st, const spine_line *line, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    if (st->depth < 2)
        return OSARC_OK;
    double *work = osi_alloc(6 * st->depth, sizeof(*work), err);
    double(*rows)[BODY_ROWS] = osi_alloc(st->depth, sizeof(*rows), err);
    if (!work || !rows) {
        osi_free(rows);
        osi_free(work);
        return OSARC_ERR_MEMORY;
    }
    double *along = work + 5 * st->depth;
    measure_bodies(along, line);
    score_places(work, work + st->depth, rows, along, st);
    osarc_status status = choose_chain(out, work, along, st->depth, err);
    if (!status)
        close_ends(out, (const double(*)[BODY_ROWS]) rows, st->depth);
    osi_free(rows);
    osi_free(work);
    return status;
}
