/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/threads.h>

#include "femur_limits.h"

/* Which of the places that may be heads are, at most one a side. */

static int is_aside(const femur_head *h, double midline_mm, double slack_mm)
{
    double off = fabs(h->centre_mm[0] - midline_mm);
    return !(off < FROM_MIDLINE_MM - slack_mm) && !(off > FAR_MIDLINE_MM + slack_mm);
}

/* Two witnesses: HU that falls off clearly all round, or, where thick slices blur that, ridges that
 * lie on one sphere with it. */
static int is_clear(const femur_head *h, double least_score)
{
    if (h->score >= least_score && h->score >= CHOSEN_CLEAR * h->rms_mm)
        return 1;
    return h->ridge_share >= RIDGE_SHARE && h->ridge_share >= RIDGE_CLEAR * h->ridge_mm &&
           h->off_ridge_mm <= RIDGE_OFF_MM && h->score >= RIDGE_SCORE &&
           h->score >= RIDGE_SCORE_CLEAR * h->rms_mm && h->socket_share >= RIDGE_SOCKET;
}

/* After it was refined. Without a midline the socket has to tell the side. */
static int is_head(const femur_head *h, double midline_mm, double least_score)
{
    double more = isnan(midline_mm) ? WALL_MORE : -WALL_LESS;
    return h->rim_share > 0 && h->radius_mm >= CHOSEN_LEAST_MM && h->rms_mm <= HEAD_ROUND_MM &&
           is_clear(h, least_score) && h->socket_share >= CHOSEN_SOCKET &&
           h->wall_share >= CHOSEN_WALL && h->wall_share >= h->other_share + more &&
           is_aside(h, midline_mm, 0);
}

/* Two heads of one pelvis. */
static int is_pair(const femur_head *a, const femur_head *b)
{
    double apart = (a->centre_mm[0] - b->centre_mm[0]) * a->lateral;
    return a->lateral != b->lateral && apart >= 2 * FROM_MIDLINE_MM &&
           apart <= 2 * FAR_MIDLINE_MM && fabs(a->centre_mm[2] - b->centre_mm[2]) <= UNEVEN_MM &&
           fabs(a->centre_mm[1] - b->centre_mm[1]) <= UNEVEN_MM;
}

/* Metal bears no witness to a side or a shape. */
static double weigh(const femur_head *h)
{
    double clear = h->score / fmax(h->rms_mm, ROUND_MM);
    return (h->metal_mm3 < METAL_MM3 ? 1 : 0.01) * clear * clear * h->socket_share;
}

static double apart_mm(const femur_head *a, const femur_head *b)
{
    double off = 0;
    for (int c = 0; c < 3; c++)
        off += pow(a->centre_mm[c] - b->centre_mm[c], 2);
    return sqrt(off);
}

/* From one start; 1 when it leads to a head. */
static int refine(femur_head *h, const sampler *s, double midline_mm, double least_score,
                  osarc_status *status)
{
    const femur_head ridge = *h;
    femur_joint_read(h, s, midline_mm);
    if (h->socket_share < CHOSEN_SOCKET / 2)
        return 0;
    h->rim_share = 0;
    const femur_head start = *h;
    /* where socket and rim are one, a smaller sphere may fit the rim itself */
    for (int n = 0; n < 3 && !*status; n++) {
        femur_head next = n < 2 ? start : *h;
        next.radius_mm -= n > 0 ? INNER_START_MM : 0;
        next.rim_share = 0;
        *status = femur_head_refine(&next, s, NULL);
        if (next.rim_share > 0 && (h->rim_share <= 0 || next.rms_mm < h->rms_mm))
            *h = next;
        if (h->rim_share > 0 && h->rms_mm <= ROUND_MM)
            break;
    }
    if (*status || h->rim_share <= 0 || h->rms_mm > HEAD_ROUND_MM)
        return 0;
    h->off_ridge_mm = apart_mm(h, &ridge);
    midline_mm = femur_midline_mm(s, h->centre_mm[2]);
    femur_joint_read(h, s, midline_mm);
    h->score = femur_head_score(h, s);
    if (!is_head(h, midline_mm, least_score))
        return 0;
    h->metal_mm3 = femur_head_metal_mm3(h, s);
    return 1;
}

static double ridge_clear(const femur_head *h)
{
    return h->ridge_share > 0 ? h->ridge_share / h->ridge_mm : 0;
}

/* Adds a sphere where it belongs among those that are clearer; one of several alike is kept. */
static size_t add_start(femur_head starts[FEMUR_STARTS], size_t count, const femur_head *h)
{
    size_t at = 0;
    while (at < count && ridge_clear(&starts[at]) >= ridge_clear(h)) {
        if (apart_mm(&starts[at], h) < STARTS_APART_MM)
            return count;
        at++;
    }
    if (at == FEMUR_STARTS)
        return count;
    size_t kept = at;
    for (size_t n = at; n < count; n++)
        if (apart_mm(&starts[n], h) >= STARTS_APART_MM)
            starts[kept++] = starts[n];
    count = kept < FEMUR_STARTS ? kept : FEMUR_STARTS - 1;
    memmove(&starts[at + 1], &starts[at], (count - at) * sizeof(*starts));
    starts[at] = *h;
    return count + 1;
}

/* Spheres through ridges from the corners of a cube round a ball, on the sides of the body it may
 * be on, clearest first. */
static size_t find_starts(femur_head starts[FEMUR_STARTS], const femur_head *ball, const sampler *s,
                          double midline_mm, osarc_status *status)
{
    static const double CORNERS[8][3] = {{1, 1, 1},    {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1},
                                         {-1, -1, -1}, {-1, 1, 1},  {1, -1, 1},  {1, 1, -1}};
    size_t count = 0;
    for (int lateral = -1; lateral <= 1; lateral += 2) {
        if (lateral * (ball->centre_mm[0] - midline_mm) < 0)
            continue;
        for (int c = 0; c < 8 && !*status; c++) {
            femur_head h = *ball;
            h.radius_mm = RIDGE_START_MM;
            femur_neck_guess(h.neck, lateral);
            for (int a = 0; a < 3; a++)
                h.centre_mm[a] += RIDGE_APART_MM * CORNERS[c][a];
            *status = femur_head_ridge(&h, s, NULL);
            if (ridge_clear(&h) >= RIDGE_LEAST && h.radius_mm >= HEAD_LEAST_MM - 1 &&
                h.radius_mm <= HEAD_MOST_MM)
                count = add_start(starts, count, &h);
        }
    }
    return count;
}

/* The best head among starts; 1 when there is one. */
static int try_starts(femur_head *out, femur_head *starts, size_t count, const sampler *s,
                      double midline_mm, double least_score, osarc_status *status)
{
    int found = 0;
    for (size_t n = 0; n < count && !*status; n++) {
        if (found && (out->score >= PLAIN_CLEAR * out->rms_mm ||
                      ridge_clear(&starts[n]) < RIDGE_NEXT * ridge_clear(out)))
            break;
        if (!refine(&starts[n], s, midline_mm, least_score, status) ||
            (found && weigh(&starts[n]) <= weigh(out)))
            continue;
        found = 1;
        *out = starts[n];
    }
    return found;
}

/* From a ball to the head it lies in; 1 when there is one. */
static int settle(femur_head *out, const femur_head *ball, const sampler *s, double least_score,
                  osarc_status *status)
{
    femur_head starts[FEMUR_STARTS];
    double midline = femur_midline_mm(s, ball->centre_mm[2]);
    if (!is_aside(ball, midline, SEARCH_FAR_MM))
        return 0;
    size_t count = find_starts(starts, ball, s, midline, status);
    if (count == 0 || try_starts(out, starts, count, s, midline, least_score, status))
        return count > 0;
    /* where rim and socket lie well apart, ridges may have led to the socket */
    count = femur_head_search(starts, ball, s);
    return try_starts(out, starts, count, s, midline, least_score, status);
}

/* The other head may be where the mirror image of the one is, though nothing
 * spoke for it. */
static int find_mirror(femur_head *out, const femur_head *one, const sampler *s,
                       osarc_status *status)
{
    femur_head ball = *one;
    double midline = femur_midline_mm(s, one->centre_mm[2]);
    if (isnan(midline))
        return 0;
    ball.rim_share = ball.ridge_share = 0;
    ball.centre_mm[0] = 2 * midline - one->centre_mm[0];
    return settle(out, &ball, s, MIRROR_SCORE, status) && is_pair(one, out);
}

/* The best of those found, and the best that may be the other of its pelvis. */
static void pick_pair(const femur_head **best, const femur_head **other, const femur_head *heads,
                      const int *found, size_t count)
{
    *best = *other = NULL;
    for (size_t n = 0; n < count; n++)
        if (found[n] && (!*best || weigh(&heads[n]) > weigh(*best)))
            *best = &heads[n];
    for (size_t n = 0; *best && n < count; n++)
        if (found[n] && is_pair(*best, &heads[n]) && (!*other || weigh(&heads[n]) > weigh(*other)))
            *other = &heads[n];
}

osarc_status femur_heads_choose(femur_head chosen[2], size_t *chosen_out, const femur_head *balls,
                                size_t count, const sampler *s, int threads, osarc_error *err)
{
    femur_head heads[FEMUR_MAX_BALLS];
    int found[FEMUR_MAX_BALLS] = {0};
    osarc_status failed[FEMUR_MAX_BALLS] = {OSARC_OK};
    *chosen_out = 0;
    const femur_head *best = NULL;
    const femur_head *other = NULL;
    osarc_status status = OSARC_OK;
    size_t large = 0;
    while (large < count && balls[large].ball_mm >= LARGE_BALL_MM)
        large++;
    /* a pair in the largest balls, which come first, needs no look at the others */
    for (size_t from = 0, to = large; from < count && !other && !status; from = to, to = count) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(osi_threads(threads))
        for (size_t n = from; n < to; n++)
            found[n] = settle(&heads[n], &balls[n], s, CHOSEN_SCORE, &failed[n]);
        pick_pair(&best, &other, heads, found, to);
        for (size_t n = from; n < to; n++)
            status = failed[n] ? failed[n] : status;
    }
    femur_head mirror;
    if (best && !other && !status && find_mirror(&mirror, best, s, &status))
        other = &mirror;
    if (status)
        return osi_fail(err, status, "no memory for the rim of a head");
    if (!best || (best->metal_mm3 >= METAL_MM3 && isnan(femur_midline_mm(s, best->centre_mm[2]))))
        return OSARC_OK;
    chosen[0] = !other || best->lateral < 0 ? *best : *other;
    if (other)
        chosen[1] = best->lateral < 0 ? *other : *best;
    *chosen_out = other ? 2 : 1;
    return OSARC_OK;
}
