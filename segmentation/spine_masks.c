/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_parts.h"

#include <string.h>

#include <osi/alloc.h>

#define HALF_WIDTH_MM  56.0 /* tips of transverse processes */
#define RIB_LEVEL_MM   38.0 /* of levels that carry ribs */
#define AHEAD_MM       62.0
#define BEHIND_MM      66.0
#define GIVEN_SLACK_MM 4.0 /* where a given label may go beyond the wall that is seen */
/* shares of a level's height by which borders lie off the disc, behind the canal */
#define LAMINA_DROP    0.35 /* laminae and spinous processes hang below their body */
#define FACET_RISE     0.18 /* upper joint processes stand above theirs */
#define FACET_ASIDE_MM 12.0
#define FACET_BACK_MM  14.0

/* Bone of posterior elements: not what only borders on it. */
static int is_bone(const sampler *s, size_t at)
{
    double hu = s->stored[at] * s->step + s->offset;
    switch (s->tissue[at]) {
    case OSARC_TISSUE_METAL:
        return 1;
    case OSARC_TISSUE_COMPACT_BONE:
        return hu >= RING_HU;
    case OSARC_TISSUE_TRABECULAR_BONE:
        return hu >= THIN_HU;
    default:
        return 0;
    }
}

/* Part of the grid that the line runs through, with room on all sides. */
static void find_box(const osarc_spine *spine, const sampler *s, size_t low[3], size_t high[3])
{
    double reach = hypot(HALF_WIDTH_MM, BEHIND_MM);
    double from[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    double to[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < spine->line.count; i++) {
        double ijk[3];
        osarc_grid_index(&s->grid, spine->line.point[i].at_mm, ijk);
        for (int a = 0; a < 3; a++) {
            double more = reach / s->grid.spacing_mm[a];
            from[a] = fmin(from[a], ijk[a] - more);
            to[a] = fmax(to[a], ijk[a] + more);
        }
    }
    for (int a = 0; a < 3; a++) {
        double last = (double) s->grid.size[a] - 1;
        low[a] = (size_t) fmax(0, fmin(last, floor(from[a])));
        high[a] = (size_t) fmax(0, fmin(last, ceil(to[a])));
    }
}

/* Height of the border above (or under) level `disc` at (u, v), as seen by its posterior parts. */
static double border_height(const osarc_spine *spine, size_t disc, double u, double v, double back)
{
    const disc_planes *p = &spine->planes;
    const discs *d = &spine->discs;
    double at =
        p->at[disc] + p->slope_u[disc] * u + p->slope_v[disc] * (fmin(v, back) - BODY_MIDDLE_MM);
    if (v <= back || d->edge[disc])
        return at;
    double height =
        disc + 1 < d->count ? d->at[disc + 1] - d->at[disc] : d->at[disc] - d->at[disc - 1];
    if (disc > 0 && disc + 1 < d->count)
        height = (d->at[disc + 1] - d->at[disc - 1]) / 2;
    int facet = fabs(u) >= FACET_ASIDE_MM && v < FACET_BACK_MM;
    return at + (facet ? FACET_RISE : -LAMINA_DROP) * height;
}

/* The vertebra, counted from 1, to which a place behind the bodies belongs; 0: none. */
static uint8_t find_owner(const osarc_spine *spine, double s, double u, double v)
{
    for (size_t i = 0; i < spine->count; i++) {
        const level_part *part = &spine->parts[i];
        double back = part->body.back_mm;
        if (s < border_height(spine, part->level, u, v, back) ||
            s >= border_height(spine, part->level + 1, u, v, back))
            continue;
        int thoracic = spine->vertebrae[i].label >= 32;
        if (fabs(u) > (thoracic ? RIB_LEVEL_MM : HALF_WIDTH_MM) || v > BEHIND_MM)
            return 0;
        /* beside the body: not the joint of a rib, vessels, spurs */
        if (v < back - 4 && fabs(u) > 0) {
            double share = 0.5;
            double out = hypot(u - part->body.axis_u_mm, v - part->body.axis_v_mm) -
                         wall_distance(&part->body, share, u, v);
            if (out > 3)
                return v < back - 10 ? 0 : (uint8_t) (i + 1);
        }
        return (uint8_t) (i + 1);
    }
    return 0;
}

/* The vertebra, counted from 1, whose body holds the place; 0: none. */
static uint8_t find_body(const osarc_spine *spine, double s, double u, double v)
{
    for (size_t i = 0; i < spine->count; i++) {
        const level_part *part = &spine->parts[i];
        if (s < spine->discs.at[part->level] - 8 || s > spine->discs.at[part->level + 1] + 8)
            continue;
        body_place place;
        body_locate(&place, &part->body, s, u, v);
        if (place.share >= 0 && place.share <= 1 && place.within_wall_mm >= 0)
            return (uint8_t) (i + 1);
    }
    return 0;
}

/* The same where a label says which vertebra it is: the model only parts body and arch. */
static uint8_t find_given_body(const osarc_spine *spine, uint8_t label, double s, double u,
                               double v)
{
    for (size_t i = 0; label && i < spine->count; i++) {
        const level_part *part = &spine->parts[i];
        if (spine->vertebrae[i].label != label)
            continue;
        body_place place;
        body_locate(&place, &part->body, s, u, v);
        return v <= part->body.back_mm && place.within_wall_mm >= -GIVEN_SLACK_MM
                   ? (uint8_t) (i + 1)
                   : 0;
    }
    return 0;
}

osarc_status spine_fill_masks(osarc_spine *spine, const sampler *s, const uint8_t *given,
                              int threads, osarc_error *err)
{
    osarc_status status = osarc_mask_create(&spine->structures, &s->grid, err);
    if (!status)
        status = osarc_mask_create(&spine->bodies, &s->grid, err);
    if (!status && given)
        memcpy(osarc_mask_fill(spine->structures), given, osarc_grid_count(&s->grid));
    if (status || spine->count == 0)
        return status;
    uint8_t *structures = osarc_mask_fill(spine->structures);
    uint8_t *bodies = osarc_mask_fill(spine->bodies);
    size_t low[3];
    size_t high[3];
    find_box(spine, s, low, high);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t k = low[2]; k <= high[2]; k++)
        for (size_t j = low[1]; j <= high[1]; j++) {
            size_t near = spine->line.count / 2;
            for (size_t i = low[0]; i <= high[0]; i++) {
                size_t at = (k * s->grid.size[1] + j) * s->grid.size[0] + i;
                if (s->tissue[at] == OSARC_TISSUE_OUTSIDE || s->stored[at] == OSARC_OUTSIDE)
                    continue;
                const double ijk[3] = {(double) i, (double) j, (double) k};
                double lps[3];
                double suv[3];
                osarc_grid_position_mm(&s->grid, ijk, lps);
                if (!spine_line_locate(&spine->line, lps, &near, suv) ||
                    fabs(suv[1]) > HALF_WIDTH_MM || suv[2] < -AHEAD_MM || suv[2] > BEHIND_MM)
                    continue;
                if (given) {
                    bodies[at] = find_given_body(spine, given[at], suv[0], suv[1], suv[2]);
                    continue;
                }
                uint8_t body = find_body(spine, suv[0], suv[1], suv[2]);
                uint8_t owner = body;
                if (!body && is_bone(s, at))
                    owner = find_owner(spine, suv[0], suv[1], suv[2]);
                if (!owner)
                    continue;
                bodies[at] = body;
                structures[at] = spine->vertebrae[owner - 1].label;
            }
        }
    return OSARC_OK;
}
