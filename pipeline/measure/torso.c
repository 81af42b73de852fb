/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_torso.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/measure_spine.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#include "rows.h"
#include "torso_rows.h"

#define SAME_GRID_MM 0.01
#define WHOLE_SLICE  256.0
#define NEXT_PLANES  3.0 /* a level is also read one slice off, to tell how it moves */

#define FIRST_LABEL 34 /* T10: above it, shoulders and breast take part */
#define LAST_LABEL  27 /* L5 */

/* Beyond these shares a row is refused. */
#define CUT_SAT_MAX    0.05
#define CUT_MAX        0.15
#define NOT_SEEN_MAX   0.80
#define NOT_SEEN_TELL  0.50
#define REFERENCE_KVP  120.0
#define THICK_SLICE_MM 5.0
/* In thick slices the middle of a body is found to one slice, and half a slice mixes with the next.
 */
#define THICK_STEPS 1.5
/* What slices of 8.5 mm moved values by, against 5 mm, at most: areas at the same place, the others
 * level by level. */
#define THICK_SHARE      0.033
#define THICK_LOW_SHARE  0.15
#define THICK_IMAT_SHARE 0.30
#define WITHIN_MM        2.5 /* closing: narrower gaps are inside a muscle's outline */

static const struct {
    const char *quantity;
    const char *unit;
} VALUES[OSI_TORSO_VALUES] = {
    [OSI_MUSCLE_AREA] = {"muscle_area", "cm2"},
    [OSI_SAT_AREA] = {"sat_area", "cm2"},
    [OSI_VAT_AREA] = {"vat_area", "cm2"},
    [OSI_IMAT_AREA] = {"imat_area", "cm2"},
    [OSI_MUSCLE_INDEX] = {"muscle_index", "cm2/m2"},
    [OSI_MUSCLE_HU] = {"muscle_attenuation", "HU"},
    [OSI_SAT_HU] = {"sat_attenuation", "HU"},
    [OSI_LOW_AREA] = {"muscle_low_attenuation_area", "cm2"},
    [OSI_NORMAL_AREA] = {"muscle_normal_attenuation_area", "cm2"},
    [OSI_IMAT_FRACTION] = {"imat_fraction", "1"},
    [OSI_FAT_FRACTION] = {"muscle_fat_fraction", "1"},
    [OSI_WINDOW_MUSCLE_AREA] = {"muscle_window_area", "cm2"},
    [OSI_WINDOW_IMAT_AREA] = {"imat_window_area", "cm2"},
};

const char *osarc_imat_definition_name(osarc_imat_definition definition)
{
    if (definition == OSARC_IMAT_BETWEEN_AND_WITHIN)
        return "between-and-within";
    return definition == OSARC_IMAT_WITHIN ? "within" : NULL;
}

static int is_about_hu(int value)
{
    return value == OSI_MUSCLE_HU || value == OSI_SAT_HU || value == OSI_LOW_AREA ||
           value == OSI_NORMAL_AREA || value == OSI_FAT_FRACTION;
}

static int is_about_imat(int value)
{
    return value == OSI_IMAT_AREA || value == OSI_IMAT_FRACTION || value == OSI_WINDOW_IMAT_AREA;
}

/* Means and mixtures move by the slices next to them, which their interval holds already. */
static double thick_share(int value)
{
    int low = value == OSI_LOW_AREA || value == OSI_NORMAL_AREA;
    double other = is_about_hu(value) ? 0 : THICK_SHARE;
    return is_about_imat(value) ? THICK_IMAT_SHARE : low ? THICK_LOW_SHARE : other;
}

/* As thick as they say, or as far apart as they lie. */
static double find_slice_mm(const osi_torso_run *run)
{
    const osarc_acquisition *a = run->context->acquisition;
    return a && a->slice_thickness_mm > run->plane_mm ? a->slice_thickness_mm : run->plane_mm;
}

static void tell_scan(osi_row_note *note, const osi_torso_run *run, int value)
{
    const osarc_acquisition *a = run->context->acquisition;
    double thick_mm = find_slice_mm(run);
    if (run->context->warnings && run->context->warnings[0])
        osi_row_note_add(note, 1, "%s", run->context->warnings);
    if (thick_mm > THICK_SLICE_MM)
        osi_row_note_add(note, 1, "slices of %s mm mix tissues", osi_short(thick_mm, 1).text);
    if (thick_mm > THICK_SLICE_MM && is_about_imat(value))
        osi_row_note_add(note, 1, "thin sheets of fat between muscles are lost in them");
    if (!a || !is_about_hu(value))
        return;
    if (a->contrast == OSARC_CONTRAST_GIVEN)
        osi_row_note_add(note, 1, "contrast was given: muscle reads higher by its phase");
    if (a->contrast == OSARC_CONTRAST_UNKNOWN)
        osi_row_note_add(note, 0, "the header does not say whether contrast was given");
    if (isnan(a->kvp))
        osi_row_note_add(note, 1, "tube voltage not stated: windows hold for %s kVp",
                         osi_short(REFERENCE_KVP, 0).text);
    else if (a->kvp != REFERENCE_KVP)
        osi_row_note_add(note, 1, "%s kVp: windows hold for %s kVp", osi_short(a->kvp, 0).text,
                         osi_short(REFERENCE_KVP, 0).text);
    if (osarc_kernel_is_sharp(a->manufacturer, a->kernel))
        osi_row_note_add(note, 1, "sharp kernel %s: noise and edges are raised", a->kernel);
}

static void tell_place(osi_row_note *note, const osi_torso_run *run, const osi_torso_place *place)
{
    if (run->input->level_extent_mm > 0)
        osi_row_note_add(note, 0, "mean over %s mm round the middle of the body",
                         osi_short(place->mm, 1).text);
    else
        osi_row_note_add(note, 0,
                         "axial, through the middle of the body, between the slices next to it");
    if (place->arms_cm2 > 0)
        osi_row_note_add(note, 0, "arms beside the trunk, %s cm2, left out",
                         osi_short(place->arms_cm2, 0).text);
    if (place->cut > 0)
        osi_row_note_add(note, 1, "the field of view cuts %s %% of the outline",
                         osi_short(100 * place->cut, 1).text);
    if (isnan(place->cut))
        osi_row_note_add(note, 0, "not known whether the field of view cuts the body");
    if (place->not_seen > 0)
        osi_row_note_add(note, place->not_seen > NOT_SEEN_TELL,
                         "inner side of the wall taken from its neighbours along %s %%",
                         osi_short(100 * place->not_seen, 0).text);
}

static void tell_value(osi_row_note *note, const osi_torso_run *run, int value)
{
    if (value == OSI_FAT_FRACTION)
        osi_row_note_add(note, 0,
                         "linear mixing of own subcutaneous fat and lean muscle of %s HU (95 %% "
                         "of persons within %s HU)",
                         osi_short(run->scale.lean_hu, 1).text,
                         osi_short(OSI_Z_95 * OSI_LEAN_SD_HU, 1).text);
    if (value == OSI_WINDOW_MUSCLE_AREA || value == OSI_WINDOW_IMAT_AREA)
        osi_row_note_add(note, 0, "voxels of the muscle envelope as scanned, noise and all");
    if (value == OSI_SAT_HU)
        osi_row_note_add(note, 0, "without voxels at its border");
}

/* Why a value is not given; "" when it is. */
static const char *refuse_value(const osi_torso_run *run, const osi_torso_place *place, int value,
                                double found, char *room, size_t size)
{
    double most = value == OSI_SAT_AREA ? CUT_SAT_MAX : CUT_MAX;
    room[0] = '\0';
    if (place->cut > most)
        snprintf(room, size, "the field of view cuts %s %% of the outline, more than %s %%",
                 osi_short(100 * place->cut, 1).text, osi_short(100 * most, 0).text);
    else if (place->open_cm2 > OSI_TORSO_OPEN_CM2)
        snprintf(room, size, "%s", OSI_TORSO_OPEN);
    else if (value != OSI_SAT_AREA && value != OSI_SAT_HU && place->not_seen > NOT_SEEN_MAX)
        snprintf(room, size,
                 "neither fat nor gas shows the inner side of the muscle wall along %s %% of it",
                 osi_short(100 * place->not_seen, 0).text);
    else if (value == OSI_MUSCLE_INDEX && !(run->scale.height_m > 0))
        snprintf(room, size, "height is not known: give height_m in the clinical table");
    else if (!isfinite(found))
        snprintf(room, size, "too little tissue in the slice");
    return room;
}

static osarc_status add_value(const osi_torso_run *run, const osi_torso_place *place,
                              const char *level, int value, osarc_error *err)
{
    char why[200];
    osarc_finding row = run->blank;
    row.level = level;
    row.quantity = VALUES[value].quantity;
    row.unit = VALUES[value].unit;
    row.value = place->value[value];
    row.method = run->method[value == OSI_IMAT_AREA || value == OSI_IMAT_FRACTION];
    if (refuse_value(run, place, value, row.value, why, sizeof(why))[0])
        return osi_row_refuse(run->findings, &row, why, err);
    osi_row_note note = {0};
    tell_scan(&note, run, value);
    tell_place(&note, run, place);
    tell_value(&note, run, value);
    double half = hypot(place->half[value], place->moved[value]);
    if (find_slice_mm(run) > THICK_SLICE_MM)
        half = hypot(half, thick_share(value) * row.value);
    if (isfinite(half)) {
        int bounded = value != OSI_MUSCLE_HU && value != OSI_SAT_HU;
        int share = value == OSI_IMAT_FRACTION || value == OSI_FAT_FRACTION;
        row.ci_low = bounded ? fmax(0, row.value - half) : row.value - half;
        row.ci_high = share ? fmin(1, row.value + half) : row.value + half;
    }
    return osi_row_add(run->findings, &row, NAN, &note, err);
}

static osarc_status refuse_level(const osi_torso_run *run, const char *level, const char *why,
                                 osarc_error *err)
{
    osarc_status status = OSARC_OK;
    osarc_finding row = run->blank;
    row.level = level;
    for (int v = 0; v < OSI_TORSO_VALUES && !status; v++) {
        row.quantity = VALUES[v].quantity;
        row.unit = VALUES[v].unit;
        status = osi_row_refuse(run->findings, &row, why, err);
    }
    return status;
}

/* Sum over a stretch, each slice by the part of it that lies in the stretch. Returns 0 when the
 * slices are not all there; weight_out is 256 for a whole slice. */
static int sum_span(osi_plane_sum *out, double *weight_out, const osi_torso_run *run,
                    osi_torso_span span)
{
    long from = lround(span.low);
    long to = lround(span.high);
    *weight_out = 0;
    memset(out, 0, sizeof(*out));
    for (long k = from; k <= to; k++) {
        double part = fmin(span.high, (double) k + 0.5) - fmax(span.low, (double) k - 0.5);
        long weight = lround(WHOLE_SLICE * part);
        if (weight <= 0)
            continue;
        if (k < 0 || k >= (long) run->input->plane_count)
            return 0;
        osi_plane_sum_add_times(out, &run->sums[k], (uint64_t) weight);
        *weight_out += (double) weight;
    }
    return *weight_out > 0;
}

/* Those that lie in the stretch by more than half. */
static void sum_main_planes(osi_plane_sum *out, const osi_torso_place *place,
                            const osi_torso_run *run)
{
    memset(out, 0, sizeof(*out));
    for (long k = place->from; k <= place->to; k++)
        osi_plane_sum_add_times(out, &run->sums[k], 1);
}

static double worst_share(const float *shares, long from, long to)
{
    double worst = 0;
    if (!shares)
        return NAN;
    for (long k = from; k <= to; k++)
        worst = fmax(worst, (double) shares[k]);
    return worst;
}

int osi_torso_measure_span(osi_torso_place *out, const osi_torso_run *run, osi_torso_span span)
{
    osi_plane_sum sum;
    double weight;
    memset(out, 0, sizeof(*out));
    if (!sum_span(&sum, &weight, run, span))
        return 0;
    out->from = (long) ceil(span.low - 1e-9);
    out->to = (long) floor(span.high - 1e-9);
    out->to = out->to < out->from ? out->from : out->to;
    out->mm = (span.high - span.low) * run->plane_mm;
    out->cut = worst_share(run->input->cut_share, out->from, out->to);
    out->not_seen = worst_share(run->input->interpolated_share, out->from, out->to);
    out->open_cm2 = worst_share(run->input->open_cm2, out->from, out->to);
    out->arms_cm2 = run->scale.pixel_cm2 * (double) sum.arms / weight;
    for (int as = 0; as < OSI_COUNTS; as++)
        out->voxels[as] = (double) sum.voxels[as] / WHOLE_SLICE;
    osi_torso_values(out->value, &sum, weight, &run->scale);
    const double steps[4] = {-1, 1, -THICK_STEPS, THICK_STEPS};
    for (int n = 0; n < (find_slice_mm(run) > THICK_SLICE_MM ? 4 : 2); n++) {
        double moved[OSI_TORSO_VALUES];
        osi_torso_span next = {span.low + steps[n], span.high + steps[n]};
        if (!sum_span(&sum, &weight, run, next))
            continue;
        osi_torso_values(moved, &sum, weight, &run->scale);
        for (int v = 0; v < OSI_TORSO_VALUES; v++)
            out->moved[v] = fmax(out->moved[v], fabs(moved[v] - out->value[v]));
    }
    sum_main_planes(&sum, out, run);
    osi_torso_halves(out->half, &sum, (double) (out->to - out->from + 1), &run->scale);
    for (int as = 0; as < OSI_COUNTS; as++)
        out->edge[as] = (double) sum.edge[as];
    return 1;
}

/* Where the middle of a body lies, in slices from the first one done. */
static double find_middle(const osi_torso_run *run, const osarc_vertebra *v)
{
    double ijk[3];
    osarc_grid_index(osarc_image_grid(run->input->image), v->centre_mm, ijk);
    return ijk[run->input->axis] - (double) run->input->first_plane;
}

static osarc_status add_level(osi_torso_run *run, const osarc_vertebra *v, osarc_error *err)
{
    const char *name = osarc_vertebra_name(v->label);
    run->blank.site = name[0] == 'T' ? "thoracic" : "lumbar";
    if (!v->whole)
        return refuse_level(run, name, "the body is cut by the view: its middle is not known", err);
    if (v->spoiled[0] && !v->sound_around) {
        char why[128];
        snprintf(why, sizeof(why), "the slice is spoiled by %s", v->spoiled);
        return refuse_level(run, name, why, err);
    }
    double half = fmax(0.5, run->input->level_extent_mm / run->plane_mm);
    double at = find_middle(run, v);
    osi_torso_place place;
    if (!osi_torso_measure_span(&place, run, (osi_torso_span){at - half, at + half}))
        return refuse_level(run, name, "the view ends within the slices asked for", err);
    if (run->level_count < OSI_TORSO_LEVELS)
        run->levels[run->level_count++] = (osi_torso_level){v->label, at, place};
    osarc_status status = OSARC_OK;
    for (int i = 0; i < OSI_TORSO_VALUES && !status; i++)
        status = add_value(run, &place, name, i, err);
    return status;
}

static osarc_status add_levels(osi_torso_run *run, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    int any = 0;
    int only_above = 0;
    for (size_t i = 0; i < run->input->vertebra_count && !status; i++) {
        const osarc_vertebra *v = run->input->vertebrae[i];
        only_above |= v->label > FIRST_LABEL;
        if (v->label < LAST_LABEL || v->label > FIRST_LABEL)
            continue;
        any = 1;
        status = add_level(run, v, err);
    }
    if (!status && !any)
        status = refuse_level(run, "",
                              only_above ? "only levels above T10 in view"
                                         : "no vertebra that has a name in view",
                              err);
    return status;
}

static osarc_status check_input(const osarc_torso_input *input, osarc_error *err)
{
    if (!input->image || osarc_image_unit(input->image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    if (input->refused && input->refused[0])
        return OSARC_OK;
    if (!input->tissue || !osarc_grid_same(osarc_image_grid(input->image),
                                           osarc_mask_grid(input->tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and tissue labels lie on other grids");
    if (input->smooth && (!osarc_grid_same(osarc_image_grid(input->image),
                                           osarc_image_grid(input->smooth), SAME_GRID_MM) ||
                          osarc_image_step(input->smooth) != osarc_image_step(input->image) ||
                          osarc_image_offset(input->smooth) != osarc_image_offset(input->image)))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and its smooth copy lie on other grids");
    if (input->arms && !osarc_grid_same(osarc_image_grid(input->image),
                                        osarc_mask_grid(input->arms), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and arms lie on other grids");
    if (input->axis < 0 || input->axis > 2 ||
        input->first_plane + input->plane_count > osarc_image_grid(input->image)->size[input->axis])
        return osi_fail(err, OSARC_ERR_ARGUMENT, "planes out of the grid");
    if (!(input->level_extent_mm >= 0) || !(input->least_mm2 >= 0) ||
        !osarc_imat_definition_name(input->imat))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "extent, least size or definition out of range");
    return input->windows ? osarc_hu_table_check(input->windows, err) : OSARC_OK;
}

/* The planes that levels, volumes and their neighbours need. */
static void find_planes(size_t *first, size_t *end, const osi_torso_run *run)
{
    const osarc_torso_input *in = run->input;
    double half = fmax(0.5, in->level_extent_mm / run->plane_mm) + NEXT_PLANES;
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t i = 0; i < in->vertebra_count; i++) {
        double at = find_middle(run, in->vertebrae[i]);
        low = fmin(low, at - half);
        high = fmax(high, at + half);
    }
    *first = low > 0 ? (size_t) fmin(low, (double) in->plane_count) : 0;
    *end = high > 0 ? (size_t) fmin(high + 1, (double) in->plane_count) : 0;
    *end = *end < *first ? *first : *end;
}

static void name_methods(osi_torso_run *run)
{
    const osarc_torso_input *in = run->input;
    const char *from = in->labels_from ? in->labels_from : "";
    snprintf(run->method[0], sizeof(run->method[0]), "hu-windows %s%s%s", run->windows.name,
             from[0] ? ", " : "", from);
    snprintf(run->method[1], sizeof(run->method[1]), "hu-windows %s, %s%s%s", run->windows.name,
             osarc_imat_definition_name(in->imat), from[0] ? ", " : "", from);
}

osarc_status osi_torso_open(osi_torso_run *run, osarc_error *err)
{
    const osarc_torso_input *in = run->input;
    const osarc_grid *grid = osarc_image_grid(in->image);
    run->windows = in->windows ? *in->windows : osarc_hu_table_default();
    run->plane_mm = grid->spacing_mm[in->axis];
    run->scale = (osi_torso_scale){osarc_grid_voxel_mm3(grid) / run->plane_mm / 100,
                                   osarc_image_step(in->image), osarc_image_offset(in->image),
                                   in->height_m, in->lean_hu > 0 ? in->lean_hu : OSI_LEAN_HU};
    name_methods(run);
    double voxel_mm =
        fmax(grid->spacing_mm[(in->axis + 1) % 3], grid->spacing_mm[(in->axis + 2) % 3]);
    const osi_plane_rule rule = {
        .windows = &run->windows,
        .smooth = in->smooth,
        .arms = in->arms,
        .least_mm2 = in->least_mm2,
        .closing_mm = in->imat == OSARC_IMAT_WITHIN ? fmax(WITHIN_MM, 1.05 * voxel_mm) : 0};
    run->sums = osi_alloc(in->plane_count + 1, sizeof(*run->sums), err);
    if (!run->sums)
        return OSARC_ERR_MEMORY;
    size_t first;
    size_t end;
    find_planes(&first, &end, run);
    return osi_plane_sums_read(run->sums + first, in->image, in->tissue, in->axis,
                               in->first_plane + first, end - first, &rule, in->threads, err);
}

osarc_status osarc_measure_torso(osarc_findings *findings, const osarc_measure_context *context,
                                 const osarc_torso_input *input, osarc_error *err)
{
    if (!findings || !context || !input)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context and input are needed");
    osarc_status status = check_input(input, err);
    if (status)
        return status;
    osi_torso_run run = {.findings = findings, .context = context, .input = input};
    run.blank = osi_row_blank(context);
    run.blank.site = "lumbar";
    if (input->refused && input->refused[0])
        return refuse_level(&run, "", input->refused, err);
    status = osi_torso_open(&run, err);
    if (!status)
        status = add_levels(&run, err);
    if (!status)
        status = osi_torso_add_volumes(&run, err);
    if (!status)
        status = osi_torso_add_surrogates(&run, err);
    osi_free(run.sums);
    return status;
}
