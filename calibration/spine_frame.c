/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_frame.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define LEVEL_LIMIT 400 /* a spine is shorter than 1.6 m */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Takes the part along `axis` away and makes the rest a unit; 0 when nothing is left. */
static int make_square(double v[3], const double axis[3])
{
    double along = dot(v, axis);
    for (int a = 0; a < 3; a++)
        v[a] -= along * axis[a];
    double length = sqrt(dot(v, v));
    if (!(length > 0.1))
        return 0;
    for (int a = 0; a < 3; a++)
        v[a] /= length;
    return 1;
}

static int make_unit(double v[3])
{
    double length = sqrt(dot(v, v));
    if (!(length > 1e-3) || !isfinite(length))
        return 0;
    for (int a = 0; a < 3; a++)
        v[a] /= length;
    return 1;
}

static int finish(osi_spine_frame *frame)
{
    if (!make_unit(frame->up) || !make_unit(frame->back) || !make_square(frame->back, frame->up))
        return 0;
    const double *b = frame->back;
    const double *u = frame->up;
    frame->left[0] = b[1] * u[2] - b[2] * u[1];
    frame->left[1] = b[2] * u[0] - b[0] * u[2];
    frame->left[2] = b[0] * u[1] - b[1] * u[0];
    return 1;
}

osarc_status osi_spine_frames(osi_spine_frame **out, const osarc_spine_line *line, osarc_error *err)
{
    *out = NULL;
    if (line->count == 0 || !line->centre_mm || !line->back)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the spine line has no vertebra");
    osi_spine_frame *frames = osi_alloc(line->count, sizeof(*frames), err);
    if (!frames)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < line->count; i++) {
        osi_spine_frame *f = &frames[i];
        size_t above = i > 0 ? i - 1 : 0;
        size_t below = i + 1 < line->count ? i + 1 : i;
        memcpy(f->centre_mm, line->centre_mm[i], sizeof(f->centre_mm));
        memcpy(f->back, line->back[i], sizeof(f->back));
        for (int a = 0; a < 3; a++)
            f->up[a] = above == below ? (a == 2) /* one vertebra alone: towards the head */
                                      : line->centre_mm[above][a] - line->centre_mm[below][a];
        if (!isfinite(dot(f->centre_mm, f->centre_mm)) || !finish(f)) {
            osi_free(frames);
            return osi_fail(err, OSARC_ERR_ARGUMENT,
                            "vertebra %zu of the spine line has no direction of its own", i + 1);
        }
    }
    *out = frames;
    return OSARC_OK;
}

static void blend(osi_spine_frame *out, const osi_spine_frame *a, const osi_spine_frame *b,
                  double share)
{
    for (int n = 0; n < 3; n++) {
        out->centre_mm[n] = a->centre_mm[n] + share * (b->centre_mm[n] - a->centre_mm[n]);
        out->up[n] = a->up[n] + share * (b->up[n] - a->up[n]);
        out->back[n] = a->back[n] + share * (b->back[n] - a->back[n]);
    }
}

osarc_status osi_spine_levels(osi_spine_frame **out, size_t *count_out,
                              const osi_spine_frame *frames, size_t count, double step_mm,
                              double beyond_mm, osarc_error *err)
{
    *out = NULL;
    *count_out = 0;
    osi_spine_frame *levels = osi_alloc(LEVEL_LIMIT, sizeof(*levels), err);
    if (!levels)
        return OSARC_ERR_MEMORY;
    size_t made = 0;
    /* segment -1 and count - 1 are the ends, along the first and the last frame */
    double rest = 0;
    for (size_t s = 0; s <= count; s++) {
        osi_spine_frame from = frames[s > 0 ? s - 1 : 0];
        osi_spine_frame to = frames[s < count ? s : count - 1];
        for (int a = 0; a < 3; a++) {
            if (s == 0)
                from.centre_mm[a] += beyond_mm * from.up[a];
            if (s == count)
                to.centre_mm[a] -= beyond_mm * to.up[a];
        }
        double length = 0;
        for (int a = 0; a < 3; a++)
            length += pow(to.centre_mm[a] - from.centre_mm[a], 2);
        length = sqrt(length);
        double at = rest;
        for (; at < length && made < LEVEL_LIMIT; at += step_mm) {
            blend(&levels[made], &from, &to, at / length);
            made += (size_t) finish(&levels[made]);
        }
        rest = at - length;
    }
    *out = levels;
    *count_out = made;
    return OSARC_OK;
}

void osi_spine_frame_in(const osi_spine_frame *frame, const double lps_mm[3], double out_mm[3])
{
    double d[3];
    for (int a = 0; a < 3; a++)
        d[a] = lps_mm[a] - frame->centre_mm[a];
    out_mm[0] = dot(d, frame->left);
    out_mm[1] = dot(d, frame->back);
    out_mm[2] = dot(d, frame->up);
}
