/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/spine.h>

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "spine_labels.h"
#include "spine_parts.h"

/* Shortest piece of a vertebra at the border of the view that is worth a row. */
#define PIECE_MM     8.0
#define SAME_GRID_MM 0.01

static void tell(const osarc_spine_options *o, const char *stage, double done)
{
    if (o && o->progress)
        o->progress(o->payload, stage, done);
}

/* What a search goes through. */
typedef struct search {
    sampler s;
    coarse c;
    straight st;
    uint8_t label[MAX_DISCS], other[MAX_DISCS];
    int lowest; /* disc under the lowest level that counts */
    int threads;
    const uint8_t *given; /* structure labels from elsewhere; NULL: own */
} search;

/* Fits every level that is a vertebra, from head to foot. */
static osarc_status fit_levels(osarc_spine *spine, const search *f, osarc_error *err)
{
    const discs *d = &spine->discs;
    osarc_status failed = OSARC_OK;
    for (size_t i = d->count ? d->count - 1 : 0; i-- > 0;) {
        int at_edge = d->edge[i] || d->edge[i + 1];
        int there = f->given ? f->label[i] > 0 : body_is_there(&f->st, d, i);
        if ((int) i < f->lowest || !there ||
            (at_edge && (d->at[i + 1] - d->at[i]) * STRAIGHT_MM < PIECE_MM))
            continue;
        spine->parts[spine->count].level = i;
        spine->vertebrae[spine->count].label = f->label[i];
        spine->vertebrae[spine->count++].other_label = f->other[i];
    }
#pragma omp parallel for schedule(dynamic) num_threads(f->threads)
    for (size_t n = 0; n < spine->count; n++) {
        level_part *part = &spine->parts[n];
        osarc_status status =
            body_fit(&part->body, &f->st, &spine->line, d, &spine->planes, part->level, NULL);
        if (status) {
#pragma omp critical
            failed = status;
        }
    }
    return failed ? osi_fail(err, failed, "no memory to fit vertebral bodies") : OSARC_OK;
}

/* Whether a body is no larger than vertebrae are: the marrow of a femur is ringed by bone too. */
static int is_sized(const body_model *b)
{
    double width = wall_distance(b, 0.5, b->axis_u_mm + 1, b->axis_v_mm) +
                   wall_distance(b, 0.5, b->axis_u_mm - 1, b->axis_v_mm);
    double depth =
        wall_distance(b, 0.5, b->axis_u_mm, b->axis_v_mm - 1) + b->back_mm - b->axis_v_mm;
    return width <= BODY_WIDEST_MM && depth <= BODY_DEEPEST_MM;
}

/* What nothing names is a spine only when a whole vertebra of it is in view. */
static void drop_doubtful(osarc_spine *spine)
{
    int sure = 0;
    for (size_t i = 0; i < spine->count; i++)
        sure |= spine->vertebrae[i].label ||
                (spine->parts[i].body.whole && is_sized(&spine->parts[i].body));
    if (sure)
        return;
    spine->count = 0;
    memset(&spine->anchors, 0, sizeof(spine->anchors));
    snprintf(spine->anchors.text, sizeof(spine->anchors.text), "no whole vertebra in view");
}

static osarc_status add_notes(osarc_notes *notes, const osarc_spine *spine, osarc_error *err)
{
    if (!notes || spine->count == 0)
        return OSARC_OK;
    const osarc_spine_anchors *a = &spine->anchors;
    int odd = a->lumbar_count && a->lumbar_count != 5;
    return osarc_notes_add(notes, odd ? OSARC_NOTE_WARNING : OSARC_NOTE_INFO, "levels", err, "%s",
                           a->text);
}

/* The canal and the spine unrolled along it; the line stays empty when there is none. */
static osarc_status unroll(osarc_spine *spine, search *f, osarc_error *err)
{
    canal path = {0};
    osarc_status status = coarse_make(&f->c, &f->s, f->threads, err);
    if (!status)
        status = canal_find(&path, &f->c, err);
    if (!status && path.count >= 2)
        status = spine_line_make(&spine->line, &path, &f->c, err);
    canal_free(&path);
    if (!status && spine->line.count)
        status = straight_make(&f->st, &spine->line, &f->s, f->threads, err);
    return status;
}

static osarc_status name_own(osarc_spine *spine, search *f, osarc_error *err)
{
    level_ribs ribs[MAX_DISCS];
    osarc_status status = discs_find(&spine->discs, &f->st, &spine->line, err);
    if (!status)
        status = ribs_find(ribs, &f->c, &spine->line, &spine->discs, &f->s, err);
    if (status)
        return status;
    f->lowest = promontory_find(&f->st, &spine->discs);
    levels_name(f->label, f->other, &spine->anchors, &spine->discs, ribs, f->lowest);
    return OSARC_OK;
}

static osarc_status find(osarc_spine *spine, search *f, osarc_notes *notes,
                         const osarc_spine_options *options, osarc_error *err)
{
    tell(options, "spine", 0.1);
    osarc_status status = unroll(spine, f, err);
    if (status)
        return status;
    tell(options, "vertebrae", 0.4);
    if (spine->line.count && f->given) {
        labels_to_discs(&spine->discs, f->label, &f->st, &spine->line, &f->s, f->given);
        snprintf(spine->anchors.text, sizeof(spine->anchors.text), "levels named by given labels");
    } else if (spine->line.count) {
        status = name_own(spine, f, err);
    }
    if (status)
        return status;
    disc_planes_fit(&spine->planes, &f->st, &spine->discs);
    tell(options, "vertebral bodies", 0.6);
    status = fit_levels(spine, f, err);
    if (!status && !f->given)
        drop_doubtful(spine);
    if (!status)
        status = spine_fill_masks(spine, &f->s, f->given, f->threads, err);
    if (!status)
        status = spine_describe(spine, &f->s, f->threads, err);
    return status ? status : add_notes(notes, spine, err);
}

static osarc_status run(osarc_spine **out, const osarc_image *image, const osarc_mask *tissue,
                        const osarc_mask *given, osarc_notes *notes,
                        const osarc_spine_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "image and tissue labels are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "vertebrae are found in HU, the image has another unit");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(tissue), SAME_GRID_MM) ||
        (given && !osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(given), SAME_GRID_MM)))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and labels lie on other grids");
    osarc_spine *spine = osi_alloc(1, sizeof(*spine), err);
    if (!spine)
        return OSARC_ERR_MEMORY;
    search f = {.lowest = -1, .threads = osi_threads(options ? options->threads : 0)};
    sampler_make(&f.s, image, tissue);
    f.given = given ? osarc_mask_labels(given) : NULL;
    osarc_status status = find(spine, &f, notes, options, err);
    if (!status && given && spine->count == 0)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "the labels hold no vertebra, or not where the spinal canal is");
    straight_free(&f.st);
    coarse_free(&f.c);
    if (status) {
        osarc_spine_free(spine);
        return status;
    }
    *out = spine;
    return OSARC_OK;
}

osarc_status osarc_spine_find(osarc_spine **out, const osarc_image *image, const osarc_mask *tissue,
                              osarc_notes *notes, const osarc_spine_options *options,
                              osarc_error *err)
{
    return run(out, image, tissue, NULL, notes, options, err);
}

osarc_status osarc_spine_from_labels(osarc_spine **out, const osarc_image *image,
                                     const osarc_mask *tissue, const osarc_mask *structures,
                                     osarc_notes *notes, const osarc_spine_options *options,
                                     osarc_error *err)
{
    if (out)
        *out = NULL;
    if (!structures)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "structure labels are needed");
    return run(out, image, tissue, structures, notes, options, err);
}

size_t osarc_spine_count(const osarc_spine *spine)
{
    return spine->count;
}

const osarc_vertebra *osarc_spine_at(const osarc_spine *spine, size_t index)
{
    return index < spine->count ? &spine->vertebrae[index] : NULL;
}

const osarc_spine_anchors *osarc_spine_anchors_of(const osarc_spine *spine)
{
    return &spine->anchors;
}

const osarc_mask *osarc_spine_structures(const osarc_spine *spine)
{
    return spine->structures;
}

const osarc_mask *osarc_spine_bodies(const osarc_spine *spine)
{
    return spine->bodies;
}

void osarc_spine_free(osarc_spine *spine)
{
    if (!spine)
        return;
    for (size_t i = 0; i < spine->count; i++)
        osi_free(spine->parts[i].voxels);
    spine_line_free(&spine->line);
    osarc_mask_free(spine->structures);
    osarc_mask_free(spine->bodies);
    osi_free(spine);
}
