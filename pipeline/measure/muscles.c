/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_muscles.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "rows.h"
#include "sums.h"
#include "torso_values.h"

#define SAME_GRID_MM  0.01
#define FIRST_MUSCLE  80
#define MUSCLES       10
#define FEWEST_VOXELS 8
#define REFERENCE_KVP 120.0

/* Numbers of TotalSegmentator's task `total`, left before right. */
static const char *const NAMES[MUSCLES / 2] = {"gluteus_maximus", "gluteus_medius",
                                               "gluteus_minimus", "autochthon", "iliopsoas"};

const char *osarc_muscle_name(uint8_t label)
{
    return label >= FIRST_MUSCLE && label < FIRST_MUSCLE + MUSCLES
               ? NAMES[(label - FIRST_MUSCLE) / 2]
               : NULL;
}

/* Whole numbers, so exact in any order. */
typedef struct muscle_sum {
    uint64_t labelled, muscle, fat;
    int64_t hu; /* of muscle, as stored */
    uint64_t squares;
} muscle_sum;

typedef struct muscle_run {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_muscles_input *in;
    muscle_sum *sums; /* planes x MUSCLES */
    int axis;
    size_t planes;
    double plane_mm, pixel_cm2, fat_hu;
    char method[96];
    osarc_finding blank;
} muscle_run;

typedef struct window {
    int low, high; /* stored, low <= v < high */
} window;

static window read_window(const osarc_image *image, const osarc_hu_window *w)
{
    double high = w->closed ? nextafter(w->high_hu, INFINITY) : w->high_hu;
    return (window){osarc_image_threshold(image, w->low_hu), osarc_image_threshold(image, high)};
}

static void read_plane(muscle_sum *out, const muscle_run *r, const osarc_hu_table *table, size_t k)
{
    const osarc_grid *grid = osarc_image_grid(r->in->image);
    const size_t stride[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    int a0 = r->axis == 0 ? 1 : 0;
    int a1 = r->axis == 2 ? 1 : 2;
    const int16_t *stored = osarc_image_stored(r->in->image);
    const int16_t *held = osarc_image_stored(r->in->smooth ? r->in->smooth : r->in->image);
    const uint8_t *label = osarc_mask_labels(r->in->labels);
    window muscle = read_window(r->in->image, &table->window[OSARC_WINDOW_MUSCLE]);
    window fat = read_window(r->in->image, &table->window[OSARC_WINDOW_ADIPOSE]);
    for (size_t y = 0; y < grid->size[a1]; y++)
        for (size_t x = 0; x < grid->size[a0]; x++) {
            size_t i = k * stride[r->axis] + y * stride[a1] + x * stride[a0];
            if (!osarc_muscle_name(label[i]) || stored[i] == OSARC_OUTSIDE)
                continue;
            muscle_sum *sum = &out[label[i] - FIRST_MUSCLE];
            sum->labelled++;
            sum->fat += held[i] >= fat.low && held[i] < fat.high;
            if (held[i] < muscle.low || held[i] >= muscle.high)
                continue;
            sum->muscle++;
            sum->hu += stored[i];
            sum->squares += (uint64_t) ((int64_t) stored[i] * stored[i]);
        }
}

static void add_times(muscle_sum *a, const muscle_sum *b, uint64_t times)
{
    a->labelled += times * b->labelled;
    a->muscle += times * b->muscle;
    a->fat += times * b->fat;
    a->hu += (int64_t) times * b->hu;
    a->squares += times * b->squares;
}

static double mean_hu(const muscle_run *r, const muscle_sum *s)
{
    if (s->muscle < FEWEST_VOXELS)
        return NAN;
    return (double) s->hu / (double) s->muscle * osarc_image_step(r->in->image) +
           osarc_image_offset(r->in->image);
}

static double half_of_mean(const muscle_run *r, const muscle_sum *s)
{
    double n = (double) s->muscle;
    double variance = ((double) s->squares - (double) s->hu * (double) s->hu / n) / (n - 1);
    return OSI_Z_95 * osarc_image_step(r->in->image) * sqrt(fmax(0, variance) / n);
}

static void tell_hu(osi_row_note *note, const muscle_run *r)
{
    const osarc_acquisition *a = r->context->acquisition;
    if (!a)
        return;
    if (a->contrast == OSARC_CONTRAST_GIVEN)
        osi_row_note_add(note, 1, "contrast was given: muscle reads higher by its phase");
    if (!(a->kvp == REFERENCE_KVP))
        osi_row_note_add(note, 1, "tube voltage other than %s kVp, or not stated",
                         osi_short(REFERENCE_KVP, 0).text);
}

static osarc_status add_row(const muscle_run *r, const char *level, const char *quantity,
                            const char *unit, double value, double half, int is_hu,
                            const osi_row_note *place, osarc_error *err)
{
    osarc_finding row = r->blank;
    osi_row_note note = *place;
    row.level = level;
    row.quantity = quantity;
    row.unit = unit;
    row.method = r->method;
    row.value = value;
    if (r->context->warnings && r->context->warnings[0])
        osi_row_note_add(&note, 1, "%s", r->context->warnings);
    if (is_hu)
        tell_hu(&note, r);
    if (!isfinite(value))
        return osi_row_refuse(r->findings, &row, "too little muscle, or no fat to compare with",
                              err);
    return osi_row_add(r->findings, &row, half, &note, err);
}

static osarc_status refuse_level(const muscle_run *r, const char *level, const char *why,
                                 osarc_error *err)
{
    static const char *const ROWS[][2] = {
        {"muscle_area", "cm2"}, {"imat_area", "cm2"}, {"muscle_attenuation", "HU"}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]) && !status; i++) {
        osarc_finding row = r->blank;
        row.level = level;
        row.quantity = ROWS[i][0];
        row.unit = ROWS[i][1];
        status = osi_row_refuse(r->findings, &row, why, err);
    }
    return status;
}

/* Why nothing is measured at a level; "" when it is. */
static const char *find_fault(const osarc_vertebra *v, int in_view, char *room, size_t size)
{
    room[0] = '\0';
    if (!v->whole)
        snprintf(room, size, "the body is cut by the view: its middle is not known");
    else if (v->spoiled[0] && !v->sound_around)
        snprintf(room, size, "the slice is spoiled by %s", v->spoiled);
    else if (!in_view)
        snprintf(room, size, "the view ends within the slices asked for");
    return room;
}

/* Between the two slices next to the middle of the body, the nearer one more. */
static osarc_status add_level(const muscle_run *r, int m, const osarc_vertebra *v, osarc_error *err)
{
    double ijk[3];
    osarc_grid_index(osarc_image_grid(r->in->image), v->centre_mm, ijk);
    double at = ijk[r->axis];
    long below = (long) floor(at);
    uint64_t weight = (uint64_t) lround(256 * (at - (double) below));
    int in_view = below >= 0 && below + 1 < (long) r->planes;
    muscle_sum sum = {0};
    for (long side = 0; side < 2; side++) { /* at the end of the view, its last slice */
        long last = (long) r->planes - 1;
        long k = below + side < 0 ? 0 : below + side > last ? last : below + side;
        add_times(&sum, r->sums + (size_t) k * MUSCLES + m, side ? weight : 256 - weight);
    }
    if (sum.labelled < 256)
        return OSARC_OK; /* the muscle does not lie at this level */
    osi_row_note note = {0};
    const char *level = osarc_vertebra_name(v->label);
    char why[128];
    if (find_fault(v, in_view, why, sizeof(why))[0])
        return refuse_level(r, level, why, err);
    osi_row_note_add(&note, 0,
                     "axial, through the middle of the body, between the slices next to it");
    osarc_status status = add_row(r, level, "muscle_area", "cm2",
                                  (double) sum.muscle / 256 * r->pixel_cm2, NAN, 0, &note, err);
    if (!status)
        status = add_row(r, level, "imat_area", "cm2", (double) sum.fat / 256 * r->pixel_cm2, NAN,
                         0, &note, err);
    if (!status)
        status =
            add_row(r, level, "muscle_attenuation", "HU", mean_hu(r, &sum), NAN, 1, &note, err);
    return status;
}

static double plane_z_mm(const muscle_run *r, size_t k)
{
    const osarc_grid *grid = osarc_image_grid(r->in->image);
    double ijk[3];
    double lps[3];
    for (int a = 0; a < 3; a++)
        ijk[a] = ((double) grid->size[a] - 1) / 2;
    ijk[r->axis] = (double) k;
    osarc_grid_position_mm(grid, ijk, lps);
    return lps[2];
}

static osarc_status add_whole(const muscle_run *r, int m, osarc_error *err)
{
    muscle_sum sum = {0};
    size_t first = r->planes;
    size_t last = 0;
    for (size_t k = 0; k < r->planes; k++) {
        const muscle_sum *one = &r->sums[k * MUSCLES + (size_t) m];
        if (!one->labelled)
            continue;
        add_times(&sum, one, 1);
        first = first == r->planes ? k : first;
        last = k;
    }
    osi_row_note note = {0};
    osi_row_note_add(&note, 0, "z %s to %s mm", osi_short(plane_z_mm(r, first), 1).text,
                     osi_short(plane_z_mm(r, last), 1).text);
    if (first == 0 || last + 1 == r->planes)
        osi_row_note_add(&note, 1, "the end of the scan cuts it");
    double cm3 = r->pixel_cm2 * r->plane_mm / 10;
    double hu = mean_hu(r, &sum);
    double half = isfinite(hu) ? half_of_mean(r, &sum) : NAN;
    double lean = r->in->lean_hu > 0 ? r->in->lean_hu : OSI_LEAN_HU;
    double share = isfinite(hu) ? osi_fat_fraction(hu, r->fat_hu, lean) : NAN;
    osarc_status status =
        add_row(r, "", "muscle_volume", "cm3", cm3 * (double) sum.muscle, NAN, 0, &note, err);
    if (!status)
        status = add_row(r, "", "imat_volume", "cm3", cm3 * (double) sum.fat, NAN, 0, &note, err);
    if (!status)
        status = add_row(r, "", "muscle_attenuation", "HU", hu, half, 1, &note, err);
    if (status)
        return status;
    osi_row_note_add(&note, 0,
                     "linear mixing of own subcutaneous fat of %s HU and lean muscle of %s HU",
                     osi_short(r->fat_hu, 1).text, osi_short(lean, 1).text);
    return add_row(r, "", "muscle_fat_fraction", "1", share, NAN, 1, &note, err);
}

/* Mean of the patient's subcutaneous fat away from its borders. */
static osarc_status read_fat(muscle_run *r, osarc_error *err)
{
    r->fat_hu = NAN;
    if (!r->in->tissue)
        return OSARC_OK;
    osi_label_sums *sums = osi_alloc(1, sizeof(*sums), err);
    if (!sums)
        return OSARC_ERR_MEMORY;
    osi_label_sums_read(sums, r->in->image, r->in->tissue, r->in->threads);
    const osi_label_sum *fat = &sums->label[OSARC_TISSUE_SUBCUTANEOUS_FAT];
    if (fat->core_voxels >= FEWEST_VOXELS)
        r->fat_hu =
            (double) fat->core_sum / (double) fat->core_voxels * osarc_image_step(r->in->image) +
            osarc_image_offset(r->in->image);
    osi_free(sums);
    return OSARC_OK;
}

static osarc_status add_muscle(muscle_run *r, int m, osarc_error *err)
{
    uint64_t labelled = 0;
    for (size_t k = 0; k < r->planes; k++)
        labelled += r->sums[k * MUSCLES + (size_t) m].labelled;
    if (!labelled)
        return OSARC_OK;
    r->blank.site = NAMES[m / 2];
    r->blank.side = m % 2 ? "right" : "left";
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < r->in->vertebra_count && !status; i++)
        if (r->in->vertebrae[i]->label)
            status = add_level(r, m, r->in->vertebrae[i], err);
    return status ? status : add_whole(r, m, err);
}

static osarc_status check(const osarc_muscles_input *in, osarc_error *err)
{
    if (!in->image || osarc_image_unit(in->image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    const osarc_grid *grid = osarc_image_grid(in->image);
    if (!in->labels || !osarc_grid_same(grid, osarc_mask_grid(in->labels), SAME_GRID_MM) ||
        (in->tissue && !osarc_grid_same(grid, osarc_mask_grid(in->tissue), SAME_GRID_MM)) ||
        (in->smooth && !osarc_grid_same(grid, osarc_image_grid(in->smooth), SAME_GRID_MM)))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and labels lie on other grids");
    return in->windows ? osarc_hu_table_check(in->windows, err) : OSARC_OK;
}

osarc_status osarc_measure_muscles(osarc_findings *findings, const osarc_measure_context *context,
                                   const osarc_muscles_input *input, osarc_error *err)
{
    if (!findings || !context || !input)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context and input are needed");
    osarc_status status = check(input, err);
    if (status)
        return status;
    const osarc_grid *grid = osarc_image_grid(input->image);
    const osarc_hu_table table = input->windows ? *input->windows : osarc_hu_table_default();
    muscle_run r = {.findings = findings, .context = context, .in = input, .axis = 2};
    r.blank = osi_row_blank(context);
    for (int a = 0; a < 2; a++)
        if (fabs(grid->direction[a][2]) > fabs(grid->direction[r.axis][2]))
            r.axis = a;
    r.planes = grid->size[r.axis];
    r.plane_mm = grid->spacing_mm[r.axis];
    r.pixel_cm2 = osarc_grid_voxel_mm3(grid) / r.plane_mm / 100;
    snprintf(r.method, sizeof(r.method), "hu-windows %s, labels from file", table.name);
    r.sums = osi_alloc(r.planes * MUSCLES, sizeof(*r.sums), err);
    if (!r.sums)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic) num_threads(osi_threads(input->threads))
    for (size_t k = 0; k < r.planes; k++)
        read_plane(r.sums + k * MUSCLES, &r, &table, k);
    status = read_fat(&r, err);
    for (int m = 0; m < MUSCLES && !status; m++)
        status = add_muscle(&r, m, err);
    osi_free(r.sums);
    return status;
}
