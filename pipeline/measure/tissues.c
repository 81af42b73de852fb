/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/text.h>

#include "sums.h"

#define Z_95         1.959963984540054 /* 97.5 % point of the normal distribution */
#define MM3_PER_CM3  1000.0
#define SAME_GRID_MM 0.01
#define NOTE_SIZE    1024
#define BODY         0 /* in place of a label: all labels but the phantom's */

/* When a row is measured: always; only once muscle is told apart from organs; only before that. */
typedef enum row_when {
    ALWAYS,
    NEEDS_MUSCLE,
    UNTIL_MUSCLE
} row_when;

typedef struct tissue_row {
    uint8_t label;
    row_when when;
    const char *volume;
    const char *attenuation;       /* NULL where a mean says nothing */
    const char *label_attenuation; /* NULL as well */
    const char *note;
} tissue_row;

static const tissue_row TISSUES[] = {
    {BODY, ALWAYS, "body_volume", NULL, NULL, "all inside the skin, gas too"},
    {OSARC_TISSUE_SUBCUTANEOUS_FAT, ALWAYS, "sat_volume", "sat_attenuation",
     "sat_label_attenuation", ""},
    {OSARC_TISSUE_VISCERAL_FAT, UNTIL_MUSCLE, "inner_fat_volume", "inner_fat_attenuation",
     "inner_fat_label_attenuation",
     "all fat inside the muscle wall or fascia; visceral and intermuscular fat are not told apart"},
    {OSARC_TISSUE_VISCERAL_FAT, NEEDS_MUSCLE, "vat_volume", "vat_attenuation",
     "vat_label_attenuation", ""},
    {OSARC_TISSUE_MUSCLE, NEEDS_MUSCLE, "muscle_volume", "muscle_attenuation",
     "muscle_label_attenuation", ""},
    {OSARC_TISSUE_INTERMUSCULAR_FAT, NEEDS_MUSCLE, "imat_volume", "imat_attenuation",
     "imat_label_attenuation", ""},
    {OSARC_TISSUE_SOFT, ALWAYS, "soft_tissue_volume", "soft_tissue_attenuation",
     "soft_tissue_label_attenuation", "muscle and organs together"},
    {OSARC_TISSUE_COMPACT_BONE, ALWAYS, "compact_bone_volume", "compact_bone_attenuation",
     "compact_bone_label_attenuation", ""},
    {OSARC_TISSUE_TRABECULAR_BONE, ALWAYS, "trabecular_bone_volume", "trabecular_bone_attenuation",
     "trabecular_bone_label_attenuation", "bone marrow with its trabeculae"},
    {OSARC_TISSUE_GAS, ALWAYS, "gas_volume", "gas_attenuation", "gas_label_attenuation",
     "lung, bowel and other gas inside the skin"},
    {OSARC_TISSUE_METAL, ALWAYS, "metal_volume", NULL, NULL, ""},
};
#define TISSUE_ROWS (sizeof(TISSUES) / sizeof(TISSUES[0]))

typedef struct measuring {
    osarc_findings *findings;
    const osarc_image *image;
    osarc_finding blank; /* what all rows of the series share */
    osi_label_sums sums;
    double voxel_cm3;
    double head_to_foot_mm;
    char cut[512];        /* what weakens every value; "" when nothing does */
    const char *contrast; /* what weakens attenuation; "" when nothing does */
} measuring;

static void fill_blank(measuring *m, const osarc_measure_context *context)
{
    const osarc_acquisition *acquisition = context->acquisition;
    m->blank = (osarc_finding){.case_id = context->case_id,
                               .value = NAN,
                               .ci_low = NAN,
                               .ci_high = NAN,
                               .site = "whole_scan"};
    if (!acquisition)
        return;
    m->blank.patient_id = acquisition->patient_id;
    m->blank.study_uid = acquisition->study_uid;
    m->blank.series_uid = acquisition->series_uid;
    m->blank.modality = acquisition->modality;
}

static void describe_weaknesses(measuring *m, const osarc_measure_context *context,
                                double cut_fraction)
{
    char number[OSI_NUMBER_SIZE];
    const osarc_acquisition *acquisition = context->acquisition;
    m->contrast = acquisition && acquisition->contrast == OSARC_CONTRAST_GIVEN
                      ? "contrast was given: attenuation is raised where it goes"
                      : "";
    if (isnan(cut_fraction))
        snprintf(m->cut, sizeof(m->cut), "not known whether the field of view cuts the body");
    else if (cut_fraction > 0)
        snprintf(m->cut, sizeof(m->cut), "the field of view cuts %s %% of the body outline",
                 osi_number_print(number, round(1e4 * cut_fraction) / 100));
    if (!context->warnings || !context->warnings[0])
        return;
    size_t used = strlen(m->cut);
    snprintf(m->cut + used, sizeof(m->cut) - used, "%s%s", used ? "; " : "", context->warnings);
}

/* How far the grid reaches along the patient's long axis. */
static double read_head_to_foot_mm(const osarc_grid *grid)
{
    int axis = 0;
    for (int i = 1; i < 3; i++)
        if (fabs(grid->direction[i][2]) > fabs(grid->direction[axis][2]))
            axis = i;
    return (double) grid->size[axis] * grid->spacing_mm[axis];
}

/* Joins what is to be said of a row; a row about a body that is cut becomes a warning. */
static void set_note(const measuring *m, osarc_finding *row, char *buffer, size_t size,
                     const char *first, const char *second)
{
    const char *contrast = strstr(row->quantity, "attenuation") ? m->contrast : "";
    const char *const parts[] = {m->cut, contrast, first, second};
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < 4; i++) {
        if (!parts[i][0] || used >= size)
            continue;
        int more = snprintf(buffer + used, size - used, "%s%s", used ? "; " : "", parts[i]);
        used += more > 0 ? (size_t) more : 0;
    }
    row->note = buffer;
    if ((m->cut[0] || contrast[0]) && row->quality == OSARC_QUALITY_OK)
        row->quality = OSARC_QUALITY_WARNING;
}

static osarc_status add_refused(measuring *m, const char *quantity, const char *unit,
                                const char *note, osarc_error *err)
{
    osarc_finding row = m->blank;
    row.quantity = quantity;
    row.unit = unit;
    row.quality = OSARC_QUALITY_REFUSED;
    row.note = note;
    return osarc_findings_add(m->findings, &row, err);
}

/*
 * Each voxel on the border belongs to the tissue by a share that is not known, taken as even
 * over one voxel and independent: variance 1/12 each. What a reader or another threshold would
 * draw elsewhere is not in this interval.
 */
static osarc_status add_volume(measuring *m, const tissue_row *tissue, osarc_error *err)
{
    const osi_label_sum *sum = &m->sums.label[tissue->label];
    uint64_t voxels = sum->voxels;
    uint64_t border = sum->voxels - sum->core_voxels;
    if (tissue->label == BODY) {
        voxels = 0;
        for (size_t i = 1; i < 256; i++)
            voxels += i == OSARC_TISSUE_PHANTOM ? 0 : m->sums.label[i].voxels;
        border = m->sums.skin_voxels;
    }
    osarc_finding row = m->blank;
    row.quantity = tissue->volume;
    row.unit = "cm3";
    row.method = "voxel-count";
    row.value = m->voxel_cm3 * (double) voxels;
    if (voxels > 0) {
        double half = Z_95 * m->voxel_cm3 * sqrt((double) border / 12);
        row.ci_low = fmax(0, row.value - half);
        row.ci_high = row.value + half;
    }
    char note[NOTE_SIZE];
    char extent[64];
    char number[OSI_NUMBER_SIZE];
    snprintf(extent, sizeof(extent), "over %s mm of scan, head to foot",
             osi_number_print(number, m->head_to_foot_mm));
    set_note(m, &row, note, sizeof(note), tissue->note, extent);
    return osarc_findings_add(m->findings, &row, err);
}

static double to_hu(const measuring *m, int64_t sum, uint64_t count)
{
    return (double) sum / (double) count * osarc_image_step(m->image) +
           osarc_image_offset(m->image);
}

/* Half the interval of a mean: the spread of the voxels over the root of their number. */
static double half_interval_hu(const measuring *m, const osi_label_sum *sum)
{
    double n = (double) sum->core_voxels;
    double mean = (double) sum->core_sum / n;
    double variance = ((double) sum->core_square_sum - n * mean * mean) / (n - 1);
    return Z_95 * osarc_image_step(m->image) * sqrt(fmax(0, variance) / n);
}

static osarc_status add_core_mean(measuring *m, const tissue_row *tissue, osarc_error *err)
{
    const osi_label_sum *sum = &m->sums.label[tissue->label];
    if (sum->voxels == 0)
        return add_refused(m, tissue->attenuation, "HU", "none of it in view", err);
    if (sum->core_voxels == 0)
        return add_refused(m, tissue->attenuation, "HU",
                           "so thin or scattered that every voxel of it touches another tissue",
                           err);
    osarc_finding row = m->blank;
    row.quantity = tissue->attenuation;
    row.unit = "HU";
    row.method = "core-mean";
    row.value = to_hu(m, sum->core_sum, sum->core_voxels);
    if (sum->core_voxels > 1) {
        double half = half_interval_hu(m, sum);
        row.ci_low = row.value - half;
        row.ci_high = row.value + half;
    }
    char note[NOTE_SIZE];
    set_note(m, &row, note, sizeof(note), tissue->note, "");
    return osarc_findings_add(m->findings, &row, err);
}

static osarc_status add_label_mean(measuring *m, const tissue_row *tissue, osarc_error *err)
{
    const osi_label_sum *sum = &m->sums.label[tissue->label];
    if (sum->read_voxels == 0)
        return add_refused(m, tissue->label_attenuation, "HU", "none of it in view", err);
    osarc_finding row = m->blank;
    row.quantity = tissue->label_attenuation;
    row.unit = "HU";
    row.method = "label-mean";
    row.value = to_hu(m, sum->sum, sum->read_voxels);
    char note[NOTE_SIZE];
    set_note(m, &row, note, sizeof(note), tissue->note, "voxels at its border are mixed");
    return osarc_findings_add(m->findings, &row, err);
}

static osarc_status refuse_tissue(measuring *m, const tissue_row *tissue, osarc_error *err)
{
    static const char WHY[] =
        "muscle is told apart where torso or limbs allow: see those rows, not the whole scan";
    osarc_status status = add_refused(m, tissue->volume, "cm3", WHY, err);
    if (!status)
        status = add_refused(m, tissue->attenuation, "HU", WHY, err);
    return status;
}

static osarc_status add_tissue(measuring *m, const tissue_row *tissue, osarc_error *err)
{
    int muscle = m->sums.label[OSARC_TISSUE_MUSCLE].voxels > 0;
    if (tissue->when == UNTIL_MUSCLE && muscle)
        return OSARC_OK;
    if (tissue->when == NEEDS_MUSCLE && !muscle)
        return refuse_tissue(m, tissue, err);
    osarc_status status = add_volume(m, tissue, err);
    if (!status && tissue->attenuation)
        status = add_core_mean(m, tissue, err);
    if (!status && tissue->label_attenuation)
        status = add_label_mean(m, tissue, err);
    return status;
}

static osarc_status add_image_rows(measuring *m, double noise_sd_hu, osarc_error *err)
{
    static const char *const NAMES[3] = {"voxel_size_x", "voxel_size_y", "voxel_size_z"};
    const osarc_grid *grid = osarc_image_grid(m->image);
    osarc_finding row = m->blank;
    m->blank.site = row.site = "image";
    row.unit = "mm";
    row.method = "header";
    for (int axis = 0; axis < 3; axis++) {
        row.quantity = NAMES[axis];
        row.value = grid->spacing_mm[axis];
        osarc_status status = osarc_findings_add(m->findings, &row, err);
        if (status)
            return status;
    }
    if (!isfinite(noise_sd_hu) || noise_sd_hu < 0)
        return add_refused(m, "image_noise", "HU", "too little even tissue to read noise from",
                           err);
    row.quantity = "image_noise";
    row.unit = "HU";
    row.method = "neighbour-differences";
    row.value = noise_sd_hu;
    return osarc_findings_add(m->findings, &row, err);
}

osarc_status osarc_measure_tissues(osarc_findings *findings, const osarc_measure_context *context,
                                   const osarc_image *image, const osarc_mask *tissue,
                                   double noise_sd_hu, double cut_fraction, int threads,
                                   osarc_error *err)
{
    if (!findings || !context || !image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, image and tissue are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and tissue labels lie on other grids");
    measuring m = {.findings = findings, .image = image};
    fill_blank(&m, context);
    describe_weaknesses(&m, context, cut_fraction);
    m.voxel_cm3 = osarc_grid_voxel_mm3(osarc_image_grid(image)) / MM3_PER_CM3;
    m.head_to_foot_mm = read_head_to_foot_mm(osarc_image_grid(image));
    osi_label_sums_read(&m.sums, image, tissue, threads);
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < TISSUE_ROWS && !status; i++)
        status = add_tissue(&m, &TISSUES[i], err);
    return status ? status : add_image_rows(&m, noise_sd_hu, err);
}

osarc_status osarc_measure_noise_frequency(osarc_findings *findings,
                                           const osarc_measure_context *context,
                                           double frequency_per_mm, osarc_error *err)
{
    if (!findings || !context)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings and context are needed");
    measuring m = {.findings = findings};
    fill_blank(&m, context);
    m.blank.site = "image";
    if (!isfinite(frequency_per_mm) || frequency_per_mm < 0)
        return add_refused(&m, "noise_frequency", "1/mm",
                           "too little even tissue, or pixels too coarse, for a spectrum of noise",
                           err);
    osarc_finding row = m.blank;
    row.quantity = "noise_frequency";
    row.unit = "1/mm";
    row.method = "power-spectrum";
    row.value = frequency_per_mm;
    return osarc_findings_add(findings, &row, err);
}
