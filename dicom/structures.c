/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From contours in patient coordinates to layers of labels on the slices they were drawn on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "contours.h"
#include "label_file.h"

/* Contours may lie off their slice by this share of the slice distance: printed positions. */
#define OFF_SLICE 0.1

/* How a contour lies on the grid. */
typedef struct placed {
    const osi_contour *contour;
    double *xy; /* points in pixel indices */
    long slice;
    double low[2];
    double high[2];
} placed;

/* One ROI on the grid, slice by slice. */
typedef struct drawing {
    const osarc_grid *grid;
    placed *contours; /* sorted by slice */
    size_t count;
    size_t *first; /* of each slice that has contours; one more at the end */
    size_t slices;
    uint8_t *raster;
} drawing;

/* What a reader is told about one structure set. */
typedef struct remarks {
    size_t off_grid; /* contours beyond the slices of the series */
    size_t clipped;  /* contours that reach beyond a slice */
    size_t crossing; /* pairs that cross */
    size_t missing;  /* slices without contour between slices with one */
    size_t skipped;  /* points and open lines */
} remarks;

static int compare_slices(const void *a, const void *b)
{
    const placed *p = a;
    const placed *q = b;
    if (p->slice != q->slice)
        return p->slice < q->slice ? -1 : 1;
    return (p->contour > q->contour) - (p->contour < q->contour);
}

static osarc_status place(placed *out, const osi_contour *contour, const osarc_grid *grid,
                          osarc_error *err)
{
    *out = (placed){.contour = contour};
    out->xy = osi_alloc_raw(contour->count, 2 * sizeof(double), err);
    if (!out->xy)
        return OSARC_ERR_MEMORY;
    double height = 0;
    for (size_t i = 0; i < contour->count; i++) {
        double ijk[3];
        osarc_grid_index(grid, contour->points_mm + 3 * i, ijk);
        if (i == 0)
            height = round(ijk[2]);
        if (!(fabs(ijk[2] - height) <= OFF_SLICE))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "a contour lies %.3g slices off the slices of the series; contours "
                            "drawn on this series are needed",
                            fabs(ijk[2] - height));
        for (int c = 0; c < 2; c++) {
            out->xy[2 * i + (size_t) c] = ijk[c];
            out->low[c] = i == 0 ? ijk[c] : fmin(out->low[c], ijk[c]);
            out->high[c] = i == 0 ? ijk[c] : fmax(out->high[c], ijk[c]);
        }
    }
    if (!(fabs(height) < 1e6))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "a contour lies far outside the series");
    out->slice = (long) height;
    return OSARC_OK;
}

static void free_drawing(drawing *d)
{
    for (size_t i = 0; d->contours && i < d->count; i++)
        osi_free(d->contours[i].xy);
    osi_free(d->contours);
    osi_free(d->first);
    osi_free(d->raster);
}

static int is_clipped(const placed *p, const osarc_grid *grid)
{
    for (int c = 0; c < 2; c++)
        if (p->low[c] < -0.5 || p->high[c] > (double) grid->size[c] - 0.5)
            return 1;
    return 0;
}

/* Contours of the ROI that lie on the grid, sorted by slice. */
static osarc_status fill_drawing(drawing *d, const osi_roi *roi, remarks *seen, osarc_error *err)
{
    const size_t *size = d->grid->size;
    d->contours = osi_alloc(roi->contour_count, sizeof(*d->contours), err);
    d->first = osi_alloc(roi->contour_count + 1, sizeof(*d->first), err);
    d->raster = osi_alloc_raw((size[0] + 1) * size[1], 1, err);
    if (!d->contours || !d->first || !d->raster)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < roi->contour_count; i++) {
        placed *p = &d->contours[d->count];
        osarc_status status = place(p, &roi->contours[i], d->grid, err);
        if (status) {
            osi_free(p->xy);
            p->xy = NULL;
            return status;
        }
        if (p->slice < 0 || (size_t) p->slice >= size[2]) {
            osi_free(p->xy);
            p->xy = NULL;
            seen->off_grid++;
            continue;
        }
        seen->clipped += (size_t) is_clipped(p, d->grid);
        d->count++;
    }
    qsort(d->contours, d->count, sizeof(*d->contours), compare_slices);
    for (size_t i = 0; i < d->count; i++)
        if (i == 0 || d->contours[i].slice != d->contours[i - 1].slice)
            d->first[d->slices++] = i;
    d->first[d->slices] = d->count;
    if (d->count > 0)
        seen->missing +=
            (size_t) (d->contours[d->count - 1].slice - d->contours[0].slice + 1) - d->slices;
    seen->skipped += roi->skipped;
    return OSARC_OK;
}

static osarc_status give_plane(osi_plane *out, void *payload, size_t index, osarc_error *err)
{
    drawing *d = payload;
    const size_t *size = d->grid->size;
    (void) err;
    memset(d->raster, 0, (size[0] + 1) * size[1]);
    for (size_t i = d->first[index]; i < d->first[index + 1]; i++)
        osi_contour_mark(d->raster, size, d->contours[i].xy, d->contours[i].contour->count);
    osi_contour_fill(d->raster, size);
    *out = (osi_plane){.slice = (size_t) d->contours[d->first[index]].slice,
                       .bytes = d->raster,
                       .stride = size[0] + 1};
    return OSARC_OK;
}

static void draw_alone(uint8_t *raster, const placed *p, const size_t *size)
{
    memset(raster, 0, (size[0] + 1) * size[1]);
    osi_contour_mark(raster, size, p->xy, p->contour->count);
    osi_contour_fill(raster, size);
}

static int boxes_meet(const placed *a, const placed *b)
{
    for (int c = 0; c < 2; c++)
        if (a->high[c] < b->low[c] || b->high[c] < a->low[c])
            return 0;
    return 1;
}

/*
 * CLOSED_PLANAR does not say what two contours of one ROI that cross mean: exclusive or leaves out
 * what they share, which a reader must know.
 */
static osarc_status count_crossing(const drawing *d, remarks *seen, osarc_error *err)
{
    const size_t *size = d->grid->size;
    uint8_t *other = osi_alloc_raw((size[0] + 1) * size[1], 1, err);
    if (!other)
        return OSARC_ERR_MEMORY;
    for (size_t s = 0; s < d->slices; s++)
        for (size_t i = d->first[s]; i < d->first[s + 1]; i++) {
            int drawn = 0;
            for (size_t k = i + 1; k < d->first[s + 1]; k++) {
                const placed *a = &d->contours[i];
                const placed *b = &d->contours[k];
                if (a->contour->is_xor || b->contour->is_xor || !boxes_meet(a, b))
                    continue;
                if (!drawn)
                    draw_alone(d->raster, a, size);
                drawn = 1;
                draw_alone(other, b, size);
                seen->crossing += osi_contour_relate(d->raster, other, size) == OSI_CONTOURS_CROSS;
            }
        }
    osi_free(other);
    return OSARC_OK;
}

static osarc_status add_roi(osarc_label_file *file, const osi_roi *roi, remarks *seen,
                            size_t *on_grid, osarc_error *err)
{
    drawing d = {.grid = &file->grid};
    osarc_status status = fill_drawing(&d, roi, seen, err);
    if (!status)
        status = count_crossing(&d, seen, err);
    if (!status)
        status = osi_layers_add(file, (uint8_t) roi->id.number, give_plane, &d, d.slices, err);
    *on_grid += d.count;
    free_drawing(&d);
    return status;
}

static osarc_status remark(osarc_notes *notes, const remarks *seen, osarc_error *err)
{
    const struct {
        size_t count;
        const char *code;
        const char *text;
    } rows[] = {
        {seen->off_grid, "contours_off_grid", "contours lie beyond the slices of the series"},
        {seen->clipped, "contours_clipped", "contours reach beyond their slice and are cut there"},
        {seen->crossing, "contours_cross",
         "pairs of contours of one structure cross: what they share counts as outside"},
        {seen->missing, "slices_without_contour",
         "slices between contours have none and are left empty"},
        {seen->skipped, "contours_not_closed", "points and open lines are left out"},
    };
    osarc_status status = OSARC_OK;
    for (size_t i = 0; notes && !status && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].count > 0)
            status = osarc_notes_add(notes, OSARC_NOTE_WARNING, rows[i].code, err, "%zu %s",
                                     rows[i].count, rows[i].text);
    return status;
}

/* ROI numbers are labels when they can be; else the order in the file is. */
static osarc_status number_rois(osi_structures *structures, osarc_notes *notes, osarc_error *err)
{
    int seen[256] = {0};
    int fine = 1;
    for (size_t i = 0; i < structures->roi_count; i++) {
        long number = structures->rois[i].id.number;
        fine &= number >= 1 && number <= 255 && !seen[number]++;
        if (!fine)
            break;
    }
    if (fine)
        return OSARC_OK;
    for (size_t i = 0; i < structures->roi_count; i++)
        structures->rois[i].id.number = (long) i + 1;
    if (!notes)
        return OSARC_OK;
    return osarc_notes_add(notes, OSARC_NOTE_WARNING, "rois_renumbered", err,
                           "ROI numbers are not all distinct within 1 to 255: labels are the order "
                           "in the file");
}

static osarc_status name_rois(osarc_label_file *file, const osi_structures *structures,
                              osarc_error *err)
{
    osi_named *names = osi_alloc(structures->roi_count, sizeof(*names), err);
    if (!names)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < structures->roi_count; i++)
        names[i] = structures->rois[i].id;
    osarc_status status = osi_layers_name(file, names, structures->roi_count, err);
    osi_free(names);
    return status;
}

osarc_status osi_structures_to_labels(osarc_label_file *file, osi_structures *structures,
                                      const osarc_grid *grid, osarc_notes *notes, osarc_error *err)
{
    remarks seen = {0};
    size_t on_grid = 0;
    file->grid = *grid;
    memcpy(file->frame_of_reference_uid, structures->frame_of_reference_uid, OSARC_TEXT_SIZE);
    osarc_status status = number_rois(structures, notes, err);
    if (!status)
        status = name_rois(file, structures, err);
    for (size_t i = 0; !status && i < structures->roi_count; i++)
        status = add_roi(file, &structures->rois[i], &seen, &on_grid, err);
    if (status)
        return status;
    if (on_grid == 0)
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "none of the contours lies on a slice of the series");
    return remark(notes, &seen, err);
}
