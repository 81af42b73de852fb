/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/spine.h>

#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "spine_parts.h"

/* Shortest piece of a vertebra at the border of the view that is worth a row. */
#define PIECE_MM 8.0

static void tell(const osarc_spine_options *o, const char *stage, double done)
{
    if (o && o->progress)
        o->progress(o->payload, stage, done);
}

/* Fits every level that is a vertebra, from head to foot; below the promontory is the sacrum. */
static osarc_status fit_levels(osarc_spine *spine, const straight *st, int promontory,
                               const uint8_t label[MAX_DISCS], const uint8_t other[MAX_DISCS],
                               osarc_error *err)
{
    const discs *d = &spine->discs;
    size_t levels[MAX_DISCS];
    osarc_status failed = OSARC_OK;
    for (size_t i = d->count - 1; i-- > 0;) {
        int at_edge = d->edge[i] || d->edge[i + 1];
        if ((int) i < promontory || !body_is_there(st, d, i) ||
            (at_edge && (d->at[i + 1] - d->at[i]) * STRAIGHT_MM < PIECE_MM))
            continue;
        levels[spine->count++] = i;
    }
#pragma omp parallel for schedule(dynamic) num_threads(st->threads)
    for (size_t n = 0; n < spine->count; n++) {
        level_part *part = &spine->parts[n];
        part->level = levels[n];
        spine->vertebrae[n].label = label[levels[n]];
        spine->vertebrae[n].other_label = other[levels[n]];
        osarc_status status =
            body_fit(&part->body, st, &spine->line, d, &spine->planes, levels[n], NULL);
        if (status) {
#pragma omp critical
            failed = status;
        }
    }
    return failed ? osi_fail(err, failed, "no memory to fit vertebral bodies") : OSARC_OK;
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

static osarc_status find(osarc_spine *spine, const sampler *s, const coarse *c, straight *st,
                         osarc_notes *notes, int threads, const osarc_spine_options *options,
                         osarc_error *err)
{
    canal path = {0};
    uint8_t label[MAX_DISCS];
    uint8_t other[MAX_DISCS];
    level_ribs ribs[MAX_DISCS];
    osarc_status status = canal_find(&path, c, err);
    if (status || path.count < 2) {
        canal_free(&path);
        return status;
    }
    status = spine_line_make(&spine->line, &path, c, err);
    canal_free(&path);
    tell(options, "vertebrae", 0.3);
    if (!status)
        status = straight_make(st, &spine->line, s, threads, err);
    if (!status)
        status = discs_find(&spine->discs, st, &spine->line, err);
    if (!status)
        status = ribs_find(ribs, c, &spine->line, &spine->discs, s, err);
    if (status)
        return status;
    int promontory = promontory_find(st, &spine->discs);
    levels_name(label, other, &spine->anchors, &spine->discs, ribs, promontory);
    disc_planes_fit(&spine->planes, st, &spine->discs);
    tell(options, "vertebral bodies", 0.6);
    status = fit_levels(spine, st, promontory, label, other, err);
    if (!status)
        status = spine_fill_masks(spine, s, NULL, threads, err);
    if (!status)
        status = spine_describe(spine, s, threads, err);
    if (!status)
        status = add_notes(notes, spine, err);
    return status;
}

osarc_status osarc_spine_find(osarc_spine **out, const osarc_image *image, const osarc_mask *tissue,
                              osarc_notes *notes, const osarc_spine_options *options,
                              osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "image and tissue labels are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "vertebrae are found in HU, the image has another unit");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(tissue), 0.01))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and tissue labels lie on other grids");
    int threads = osi_threads(options ? options->threads : 0);
    sampler s;
    coarse c = {0};
    straight st = {0};
    osarc_spine *spine = osi_alloc(1, sizeof(*spine), err);
    if (!spine)
        return OSARC_ERR_MEMORY;
    sampler_make(&s, image, tissue);
    osarc_status status = coarse_make(&c, &s, threads, err);
    tell(options, "spine", 0.1);
    if (!status)
        status = find(spine, &s, &c, &st, notes, threads, options, err);
    if (!status && !spine->structures)
        status = spine_fill_masks(spine, &s, NULL, threads, err);
    straight_free(&st);
    coarse_free(&c);
    if (status) {
        osarc_spine_free(spine);
        return status;
    }
    *out = spine;
    return OSARC_OK;
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
