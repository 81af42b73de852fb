/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/attenuation.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#include "outline.h"

#define MM3_PER_CM3   1000.0
#define THRESHOLD_KVP 120.0 /* of published HU thresholds */
#define LABEL_L5      27
#define LABEL_T1      43

static int has(const char *text)
{
    return text && text[0];
}

static void describe_contrast(osi_spine_run *run)
{
    const osarc_acquisition *a = run->context->acquisition;
    if (a && a->contrast == OSARC_CONTRAST_GIVEN)
        snprintf(run->contrast, sizeof(run->contrast), "contrast was given, says the header");
    else if (run->input->blood_enhanced)
        snprintf(run->contrast, sizeof(run->contrast),
                 "contrast was given: blood is brighter than it can be without");
}

static void describe_methods(osi_spine_run *run)
{
    const osarc_spine_input *in = run->input;
    const osarc_calibration *c = in->calibration;
    const char *comma = has(in->labels_from) ? ", " : "";
    const char *from = has(in->labels_from) ? in->labels_from : "";
    const char *rung = !c || c->rung == OSARC_RUNG_NONE     ? ""
                       : c->rung == OSARC_RUNG_ASYNCHRONOUS ? "async"
                                                            : c->method;
    snprintf(run->method_hu, sizeof(run->method_hu), "trabecular-mean%s%s", comma, from);
    snprintf(run->method_density, sizeof(run->method_density), "%s%s%s", rung, comma, from);
    if (!rung[0])
        snprintf(run->no_density, sizeof(run->no_density), "no density scale: %s",
                 has(in->calibration_refused) ? in->calibration_refused : "not calibrated");
    else if (run->contrast[0] && !in->accept_contrast)
        snprintf(run->no_density, sizeof(run->no_density),
                 "%s: it raises density; --accept-contrast gives the value as a warning",
                 run->contrast);
}

static void note_contrast(osi_row_note *note, const osi_spine_run *run)
{
    const osarc_acquisition *a = run->context->acquisition;
    if (run->contrast[0])
        osi_row_note_add(note, 1, "%s, which raises the value", run->contrast);
    else if (!run->input->blood_read && (!a || a->contrast == OSARC_CONTRAST_UNKNOWN))
        osi_row_note_add(note, 1, "not known whether contrast was given, which raises the value");
}

static void note_kvp(osi_row_note *note, const osi_spine_run *run)
{
    const osarc_acquisition *a = run->context->acquisition;
    if (!a || isnan(a->kvp))
        osi_row_note_add(note, 1,
                         "tube voltage not known: published HU thresholds are for 120 kVp, none is "
                         "applied");
    else if (a->kvp != THRESHOLD_KVP)
        osi_row_note_add(note, 1,
                         "%s kVp: published HU thresholds are for 120 kVp, none is applied",
                         osi_short(a->kvp, 0).text);
}

void osi_spine_note(osi_row_note *note, const osi_spine_run *run, osi_row_kind kind)
{
    const osarc_acquisition *a = run->context->acquisition;
    if (has(run->context->warnings))
        osi_row_note_add(note, 1, "%s", run->context->warnings);
    if (has(run->input->spine_warnings))
        osi_row_note_add(note, 1, "%s", run->input->spine_warnings);
    if (kind == OSI_ROW_PLAIN)
        return;
    note_contrast(note, run);
    if (a && osarc_kernel_is_sharp(a->manufacturer, a->kernel))
        osi_row_note_add(note, 1, "sharp kernel %s: noise and edges are raised", a->kernel);
    if (kind == OSI_ROW_HU)
        note_kvp(note, run);
    else if (has(run->input->calibration_warnings))
        osi_row_note_add(note, 1, "%s", run->input->calibration_warnings);
}

/* A row of one level, and what is always said of it. */
typedef struct level_row {
    osarc_finding row;
    osi_row_note note;
} level_row;

static void start_row(level_row *out, const osi_spine_run *run, const osi_level *level,
                      const char *quantity, const char *unit, osi_row_kind kind)
{
    out->row = run->blank;
    out->row.site = level->site;
    out->row.level = level->name;
    out->row.quantity = quantity;
    out->row.unit = unit;
    memset(&out->note, 0, sizeof(out->note));
    if (level->other[0]) {
        const osarc_spine_anchors *anchors = run->input->anchors;
        const char *text = anchors ? anchors->text : "";
        osi_row_note_add(&out->note, 1,
                         "anchors disagree: %s by one reading, %s by the other%s%s%s; by the other "
                         "this is the %s of %s",
                         level->name, level->other, text[0] ? " (" : "", text, text[0] ? ")" : "",
                         quantity, level->other);
    }
    osi_row_note_add(&out->note, 1, "%s", level->fracture);
    osi_spine_note(&out->note, run, kind);
}

static osarc_status add_hu(const osi_spine_run *run, const osi_level *level, const char *quantity,
                           double value, const osi_measured *measured, osarc_error *err)
{
    level_row r;
    start_row(&r, run, level, quantity, "HU", OSI_ROW_HU);
    r.row.method = run->method_hu;
    r.row.value = value;
    if (level->refused[0])
        return osi_row_refuse(run->findings, &r.row, level->refused, err);
    if (measured) {
        osi_measured_tell(&r.note, measured, "HU");
        osi_row_note_add(&r.note, 0, "%s voxels vary as one",
                         osi_short(level->region.alike, 1).text);
    }
    return osi_row_add(run->findings, &r.row, measured ? osi_measured_half(measured) : NAN, &r.note,
                       err);
}

static osarc_status add_hu_rows(const osi_spine_run *run, const osi_level *level, osarc_error *err)
{
    const osi_region_stats *region = &level->region;
    osi_measured measured = osi_level_hu(level);
    osarc_status status = add_hu(run, level, "hu_trabecular", region->mean, &measured, err);
    if (!status)
        status = add_hu(run, level, "hu_trabecular_median", region->median, NULL, err);
    if (!status)
        status = add_hu(run, level, "hu_trabecular_sd", region->sd, NULL, err);
    if (status)
        return status;
    level_row r;
    start_row(&r, run, level, "trabecular_region_volume", "cm3", OSI_ROW_PLAIN);
    if (level->refused[0])
        return osi_row_refuse(run->findings, &r.row, level->refused, err);
    r.row.method = run->method_hu;
    r.row.value = (double) region->count *
                  osarc_grid_voxel_mm3(osarc_image_grid(run->input->image)) / MM3_PER_CM3;
    return osi_row_add(run->findings, &r.row, NAN, &r.note, err);
}

/* What fat takes from a density at one energy: of the fat found, or of every tenth of the volume.
 */
static void note_fat(osi_row_note *note, const osarc_marrow_fat *fat, const osarc_calibration *c)
{
    if (fat && isfinite(fat->condition) && isfinite(fat->density_error_mg_cm3)) {
        osi_row_note_add(note, 0, "fat in marrow takes about %s mg/cm3 from it",
                         osi_short(fat->density_error_mg_cm3, 1).text);
        return;
    }
    double kev = isfinite(c->effective_energy_kev) ? c->effective_energy_kev
                                                   : osarc_effective_energy_kev(c->kvp);
    osarc_absorber mineral =
        strcmp(c->basis, "HA") == 0 ? OSARC_ABSORBER_HYDROXYAPATITE : OSARC_ABSORBER_K2HPO4;
    double tenth = -0.1 * osarc_absorber_hu(OSARC_ABSORBER_TRIGLYCERIDE, kev) /
                   osarc_mineral_hu_per_mg_cm3(mineral, kev);
    if (isfinite(tenth))
        osi_row_note_add(note, 0,
                         "every 10 %% of fat by volume in marrow take about %s mg/cm3 from it, and "
                         "one energy does not tell how much there is",
                         osi_short(tenth, 1).text);
}

static osarc_status add_trabecular_density(const osi_spine_run *run, const osi_level *level,
                                           osarc_error *err)
{
    level_row r;
    start_row(&r, run, level, "vbmd_trabecular", "mg/cm3", OSI_ROW_DENSITY);
    if (level->refused[0] || run->no_density[0])
        return osi_row_refuse(run->findings, &r.row,
                              level->refused[0] ? level->refused : run->no_density, err);
    osi_measured measured = osi_level_density(level, run->input->calibration);
    r.row.method = run->method_density;
    r.row.basis = run->input->calibration->basis;
    r.row.value = measured.value;
    osi_measured_tell(&r.note, &measured, "mg/cm3");
    note_fat(&r.note, level->in->marrow_fat, run->input->calibration);
    return osi_row_add(run->findings, &r.row, osi_measured_half(&measured), &r.note, err);
}

/* Why a body gives no density; NULL when it does. */
static const char *refuse_body(const osi_spine_run *run, const osi_level *level, double mean)
{
    const osarc_vertebra *v = level->in->vertebra;
    const osarc_region *body = &level->in->body;
    if (v->spoiled[0] || !v->whole)
        return level->refused;
    if (has(body->refused) || !body->voxels || body->count == 0)
        return has(body->refused) ? body->refused : "no voxels of the body were found";
    if (isnan(mean))
        return "the field of view cuts the body";
    return run->no_density[0] ? run->no_density : NULL;
}

static void note_body(osi_row_note *note, double fit, double outline, const char *unit, int digits)
{
    if (isnan(fit) || isnan(outline))
        osi_row_note_add(note, 0, "%s of the interval not known", isnan(fit) ? "fit" : "outline");
    else
        osi_row_note_add(note, 0,
                         "half interval in %s: fit %s, outline %s (half a voxel all round)", unit,
                         osi_short(fit, digits).text, osi_short(outline, digits).text);
}

static osarc_status add_body_rows(const osi_spine_run *run, const osi_level *level,
                                  osarc_error *err)
{
    const osarc_region *body = &level->in->body;
    const osarc_calibration *calibration = run->input->calibration;
    level_row density;
    level_row mass;
    osi_body read = {.hu = NAN};
    double square;
    if (body->voxels)
        osi_region_mean(&read.hu, &square, run->input->image, body->voxels, body->count);
    start_row(&density, run, level, "vbmd_integral", "mg/cm3", OSI_ROW_DENSITY);
    start_row(&mass, run, level, "bmc", "g", OSI_ROW_DENSITY);
    const char *why = refuse_body(run, level, read.hu);
    if (why) {
        osarc_status status = osi_row_refuse(run->findings, &density.row, why, err);
        return status ? status : osi_row_refuse(run->findings, &mass.row, why, err);
    }
    osarc_status status =
        osi_body_read(&read, run->input->image, calibration, body->voxels, body->count, err);
    if (status)
        return status;
    double fit = osarc_calibration_half_mg_cm3(calibration, read.hu);
    double fit_g = fit * read.cm3 / 1000; /* mg to g */
    density.row.method = mass.row.method = run->method_density;
    density.row.basis = mass.row.basis = calibration->basis;
    density.row.value = read.density_mg_cm3;
    mass.row.value = read.mass_g;
    osi_row_note_add(&density.note, 0, "whole vertebral body with its shell");
    osi_row_note_add(&mass.note, 0, "vertebral body without posterior elements, %s cm3",
                     osi_short(read.cm3, 2).text);
    note_body(&density.note, fit, read.outline_mg_cm3, "mg/cm3", 2);
    note_body(&mass.note, fit_g, read.outline_g, "g", 3);
    status = osi_row_add(run->findings, &density.row, hypot(fit, read.outline_mg_cm3),
                         &density.note, err);
    return status ? status
                  : osi_row_add(run->findings, &mass.row, hypot(fit_g, read.outline_g), &mass.note,
                                err);
}

static osarc_status add_heights(const osi_spine_run *run, const osi_level *level, osarc_error *err)
{
    const osarc_vertebra *v = level->in->vertebra;
    const struct {
        const char *quantity;
        double mm;
    } heights[3] = {{"vertebra_height_anterior", v->height_anterior_mm},
                    {"vertebra_height_middle", v->height_middle_mm},
                    {"vertebra_height_posterior", v->height_posterior_mm}};
    osarc_status status = OSARC_OK;
    for (int i = 0; i < 3 && !status; i++) {
        level_row r;
        start_row(&r, run, level, heights[i].quantity, "mm", OSI_ROW_PLAIN);
        r.row.method = has(run->input->labels_from) ? "end-plates, labels from file" : "end-plates";
        r.row.value = heights[i].mm;
        if (v->spoiled[0])
            status = osi_row_refuse(run->findings, &r.row, level->refused, err);
        else if (!isfinite(heights[i].mm))
            status = osi_row_refuse(run->findings, &r.row, "the view cuts its body", err);
        else
            status = osi_row_add(run->findings, &r.row, NAN, &r.note, err);
    }
    return status;
}

/* An interval this wide is no answer. */
#define FRACTION_OPEN 0.9

static void tell_marrow_fat(osi_row_note *note, const osarc_marrow_fat *fat)
{
    if (isnan(fat->condition)) {
        osi_row_note_add(note, 1,
                         "one energy cannot tell fat from mineral: the interval is over an assumed "
                         "range of true density");
        return;
    }
    osi_row_note_add(
        note, 0,
        "mineral %s mg/cm3 HA with the fat accounted for; condition %s, residual %s, "
        "%s %% of voxels moved into [0, 1]",
        osi_short(fat->mineral_mg_cm3, 1).text, osi_short(fat->condition, 1).text,
        osi_short(fat->residual, 4).text,
        osi_short(fat->voxels ? 100.0 * (double) fat->clamped / (double) fat->voxels : 0, 1).text);
}

static osarc_status add_marrow_fat(const osi_spine_run *run, const osi_level *level,
                                   osarc_error *err)
{
    const osarc_marrow_fat *fat = level->in->marrow_fat;
    const char *why = level->in->marrow_fat_refused;
    level_row r;
    start_row(&r, run, level, "marrow_fat_fraction", "1", OSI_ROW_DENSITY);
    if (level->refused[0] || run->no_density[0])
        why = level->refused[0] ? level->refused : run->no_density;
    else if (!fat || !isfinite(fat->fraction))
        why = has(why) ? why : "no fat fraction could be worked out";
    else if (fat->ci[1] - fat->ci[0] > FRACTION_OPEN)
        why = "one energy cannot tell fat from mineral: it leaves almost every fraction open";
    else
        why = NULL;
    if (why)
        return osi_row_refuse(run->findings, &r.row, why, err);
    char method[64];
    snprintf(method, sizeof(method), "%s%s%s", fat->method,
             has(run->input->labels_from) ? ", " : "",
             has(run->input->labels_from) ? run->input->labels_from : "");
    tell_marrow_fat(&r.note, fat);
    r.row.method = method;
    r.row.value = fat->fraction;
    if (isfinite(fat->ci[0]) && isfinite(fat->ci[1])) {
        r.row.ci_low = fmin(fat->ci[0], fat->fraction);
        r.row.ci_high = fmax(fat->ci[1], fat->fraction);
    }
    return osi_row_add(run->findings, &r.row, NAN, &r.note, err);
}

static osarc_status add_level(const osi_spine_run *run, const osi_level *level, osarc_error *err)
{
    osarc_status status = add_hu_rows(run, level, err);
    if (!status)
        status = add_trabecular_density(run, level, err);
    if (!status)
        status = add_body_rows(run, level, err);
    if (!status)
        status = add_heights(run, level, err);
    return status ? status : add_marrow_fat(run, level, err);
}

/* Vertebrae that are there and cannot be named, or no vertebra at all, are told once. */
static osarc_status add_nameless(const osi_spine_run *run, osarc_error *err)
{
    static const char *const QUANTITIES[2][2] = {{"hu_trabecular", "HU"},
                                                 {"vbmd_trabecular", "mg/cm3"}};
    const osarc_spine_anchors *anchors = run->input->anchors;
    char why[512];
    if (run->unnamed) {
        const char *text = anchors && anchors->text[0] ? anchors->text : "";
        snprintf(why, sizeof(why),
                 "%zu of %zu vertebrae in view without a name: nothing anchors the level%s%s%s",
                 run->unnamed, run->unnamed + run->level_count, text[0] ? " (" : "", text,
                 text[0] ? ")" : "");
    } else if (run->level_count == 0) {
        snprintf(why, sizeof(why), "%s",
                 has(run->input->spine_refused) ? run->input->spine_refused
                                                : "no vertebra found in view");
    } else {
        return OSARC_OK;
    }
    osarc_status status = OSARC_OK;
    for (int i = 0; i < 2 && !status; i++) {
        osarc_finding row = run->blank;
        row.site = "lumbar";
        row.quantity = QUANTITIES[i][0];
        row.unit = QUANTITIES[i][1];
        status = osi_row_refuse(run->findings, &row, why, err);
    }
    return status;
}

static osarc_status read_levels(osi_spine_run *run, osarc_error *err)
{
    const osarc_spine_input *in = run->input;
    run->levels = osi_alloc(in->level_count ? in->level_count : 1, sizeof(*run->levels), err);
    if (!run->levels)
        return OSARC_ERR_MEMORY;
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < in->level_count && !status; i++) {
        uint8_t label = in->levels[i].vertebra->label;
        if (label == 0) {
            run->unnamed++;
            continue;
        }
        if (label < LABEL_L5 || label > LABEL_T1)
            continue; /* sacrum and neck are no levels of these measures */
        status = osi_level_read(&run->levels[run->level_count++], in->image, &in->levels[i], err);
    }
    osi_levels_suspect(run->levels, run->level_count);
    return status;
}

osarc_status osarc_measure_spine(osarc_findings *findings, const osarc_measure_context *context,
                                 const osarc_spine_input *input, osarc_error *err)
{
    if (!findings || !context || !input || !input->image || (input->level_count && !input->levels))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, image and levels are needed");
    for (size_t i = 0; i < input->level_count; i++)
        if (!input->levels[i].vertebra)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "level %zu has no vertebra", i);
    if (osarc_image_unit(input->image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    osi_spine_run run = {.findings = findings, .context = context, .input = input};
    run.blank = osi_row_blank(context);
    describe_contrast(&run);
    describe_methods(&run);
    osarc_status status = read_levels(&run, err);
    for (size_t i = 0; i < run.level_count && !status; i++)
        status = add_level(&run, &run.levels[i], err);
    if (!status)
        status = add_nameless(&run, err);
    if (!status && run.level_count)
        status = osi_spine_means(&run, err);
    osi_free(run.levels);
    return status;
}
