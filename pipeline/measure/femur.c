/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_femur.h>

#include <math.h>

#include <osi/fail.h>

#include "region.h"
#include "rows.h"

#define KVP_ASSUMED 120.0

/* Against the table it would turn with the leg. */
static const char NO_CONDYLES[] =
    "anteversion is the neck's angle with the condyles of the knee: both have to be known";

typedef struct femur_rows {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_image *image;
    const osarc_femur_level *level;
    osarc_finding blank;
} femur_rows;

static void describe(osi_row_note *note, const femur_rows *r)
{
    const osarc_femur *f = r->level->femur;
    if (r->context->warnings && r->context->warnings[0])
        osi_row_note_add(note, 1, "%s", r->context->warnings);
    osi_row_note_add(note, 0, "side: %s", f->side_from);
    if (f->head_in_view < 1)
        osi_row_note_add(note, f->head_in_view < 0.9, "%s %% of the head's surface is in view",
                         osi_short(100 * f->head_in_view, 0).text);
}

static void doubt_hu(osi_row_note *note, const femur_rows *r)
{
    const osarc_acquisition *a = r->context->acquisition;
    if (!a)
        return;
    if (a->contrast == OSARC_CONTRAST_GIVEN)
        osi_row_note_add(note, 1, "contrast was given: attenuation is raised where it goes");
    if (isfinite(a->kvp) && fabs(a->kvp - KVP_ASSUMED) > 0.5)
        osi_row_note_add(note, 1, "%s kVp: CT numbers of bone change with the tube voltage",
                         osi_short(a->kvp, 0).text);
    if (osarc_kernel_is_sharp(a->manufacturer, a->kernel))
        osi_row_note_add(note, 1, "a sharp kernel: noise and edges are raised");
}

static osarc_status add_head_hu(const femur_rows *r, osarc_error *err)
{
    const osarc_region *region = &r->level->head;
    osarc_finding row = r->blank;
    osi_region_stats stats;
    osarc_error why = OSARC_ERROR_INIT;
    osi_row_note note = {0};
    row.level = "head";
    row.quantity = "hu_trabecular";
    row.unit = "HU";
    row.method = "ball-mean";
    if (!region->voxels)
        return osi_row_refuse(r->findings, &row, region->refused, err);
    osarc_status status = osi_region_read(&stats, r->image, region->voxels, region->count, &why);
    if (status == OSARC_ERR_QUALITY)
        return osi_row_refuse(r->findings, &row, why.text, err);
    if (status) {
        if (err)
            *err = why;
        return status;
    }
    row.value = stats.mean;
    describe(&note, r);
    doubt_hu(&note, r);
    osi_row_note_add(&note, 0, "%zu voxels", stats.count);
    return osi_row_add(r->findings, &row, OSI_Z_95 * stats.se, &note, err);
}

static osarc_status add(const femur_rows *r, const char *level, const char *quantity,
                        const char *unit, const char *method, double value, const char *refused,
                        osarc_error *err)
{
    osarc_finding row = r->blank;
    osi_row_note note = {0};
    row.level = level;
    row.quantity = quantity;
    row.unit = unit;
    row.method = method;
    row.value = value;
    if (refused[0])
        return osi_row_refuse(r->findings, &row, refused, err);
    describe(&note, r);
    return osi_row_add(r->findings, &row, NAN, &note, err);
}

static osarc_status add_femur(femur_rows *r, osarc_error *err)
{
    const osarc_femur *f = r->level->femur;
    const char *all = f->refused_all;
    const char *neck = all[0] ? all : f->refused_neck;
    const char *angle = neck[0] ? neck : isnan(f->neck_shaft_deg) ? f->refused_total : "";
    const char *version = neck[0] ? neck : isnan(f->anteversion_deg) ? NO_CONDYLES : "";
    r->blank.site = "femur";
    r->blank.side = osarc_side_name(f->side);
    osarc_status status = OSARC_OK;
    if (all[0]) {
        osarc_finding row = r->blank;
        row.level = "head";
        row.quantity = "hu_trabecular";
        row.unit = "HU";
        status = osi_row_refuse(r->findings, &row, all, err);
    } else {
        status = add_head_hu(r, err);
    }
    if (!status)
        status = add(r, "head", "radius", "mm", "sphere-fit", f->head_radius_mm, all, err);
    if (!status)
        status = add(r, "neck", "width", "mm", "narrowest-section", f->neck_least_mm, neck, err);
    if (!status)
        status = add(r, "neck", "neck_shaft_angle", "deg", "axes", f->neck_shaft_deg, angle, err);
    if (!status)
        status = add(r, "neck", "anteversion", "deg", "condyles", f->anteversion_deg, version, err);
    return status;
}

osarc_status osarc_measure_femurs(osarc_findings *findings, const osarc_measure_context *context,
                                  const osarc_image *image, const osarc_femur_level *levels,
                                  size_t level_count, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (!findings || !context || !image || (level_count && !levels))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "findings, a context, an image and its femurs are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    femur_rows r = {
        .findings = findings, .context = context, .image = image, .blank = osi_row_blank(context)};
    for (size_t n = 0; n < level_count && !status; n++) {
        r.level = &levels[n];
        status = add_femur(&r, err);
    }
    return status;
}
