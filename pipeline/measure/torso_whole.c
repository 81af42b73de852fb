/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

#define L3_LABEL 29
#define L5_LABEL 27
#define L1_LABEL 31

#define CUT_MAX 0.15

static const struct {
    const char *quantity;
    int as;
} VOLUMES[] = {{"muscle_volume", OSI_COUNTS_MUSCLE},
               {"sat_volume", OSI_COUNTS_SAT},
               {"vat_volume", OSI_COUNTS_VAT},
               {"imat_volume", OSI_COUNTS_IMAT}};
#define VOLUME_ROWS (sizeof(VOLUMES) / sizeof(VOLUMES[0]))

/* The highest and lowest lumbar level that was measured; 0 when there are not two. */
static int find_ends(const osi_torso_run *run, const osi_torso_level **high,
                     const osi_torso_level **low)
{
    *high = *low = NULL;
    for (size_t i = 0; i < run->level_count; i++) {
        const osi_torso_level *level = &run->levels[i];
        if (level->label < L5_LABEL || level->label > L1_LABEL)
            continue;
        if (!*high || level->label > (*high)->label)
            *high = level;
        if (!*low || level->label < (*low)->label)
            *low = level;
    }
    return *high && *high != *low;
}

static osarc_status refuse_volumes(const osi_torso_run *run, const char *why, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    osarc_finding row = run->blank;
    row.site = "abdomen";
    row.unit = "cm3";
    for (size_t i = 0; i < VOLUME_ROWS && !status; i++) {
        row.quantity = VOLUMES[i].quantity;
        status = osi_row_refuse(run->findings, &row, why, err);
    }
    return status;
}

osarc_status osi_torso_add_volumes(const osi_torso_run *run, osarc_error *err)
{
    const osi_torso_level *high;
    const osi_torso_level *low;
    osi_torso_place place;
    char level[16];
    char why[160];
    if (!find_ends(run, &high, &low))
        return refuse_volumes(run, "fewer than two lumbar levels measured", err);
    const osi_torso_span span = {fmin(high->middle, low->middle), fmax(high->middle, low->middle)};
    if (!osi_torso_measure_span(&place, run, span))
        return refuse_volumes(run, "the view ends between the levels", err);
    if (place.cut > CUT_MAX) {
        snprintf(why, sizeof(why), "the field of view cuts %s %% of the outline of a slice",
                 osi_short(100 * place.cut, 1).text);
        return refuse_volumes(run, why, err);
    }
    if (place.open_cm2 > OSI_TORSO_OPEN_CM2)
        return refuse_volumes(run, OSI_TORSO_OPEN, err);
    snprintf(level, sizeof(level), "%s-%s", osarc_vertebra_name(high->label),
             osarc_vertebra_name(low->label));
    double cm3 = run->scale.pixel_cm2 * run->plane_mm / 10;
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < VOLUME_ROWS && !status; i++) {
        int as = VOLUMES[i].as;
        osarc_finding row = run->blank;
        osi_row_note note = {0};
        row.site = "abdomen";
        row.level = level;
        row.quantity = VOLUMES[i].quantity;
        row.unit = "cm3";
        row.method = run->method[as == OSI_COUNTS_IMAT];
        row.value = cm3 * place.voxels[as];
        if (run->context->warnings && run->context->warnings[0])
            osi_row_note_add(&note, 1, "%s", run->context->warnings);
        osi_row_note_add(&note, 0, "from the middle of %s to the middle of %s, %s mm",
                         osarc_vertebra_name(high->label), osarc_vertebra_name(low->label),
                         osi_short(place.mm, 1).text);
        if (place.arms_cm2 > 0)
            osi_row_note_add(&note, 0, "arms beside the trunk left out");
        if (place.cut > 0)
            osi_row_note_add(&note, 1, "the field of view cuts up to %s %% of a slice's outline",
                             osi_short(100 * place.cut, 1).text);
        double half = OSI_Z_95 * cm3 * sqrt(place.edge[as] / 12);
        row.ci_low = fmax(0, row.value - half);
        row.ci_high = row.value + half;
        status = osi_row_add(run->findings, &row, NAN, &note, err);
    }
    return status;
}

/* Mourtzakis 2008, Appl Physiol Nutr Metab 33:997: mass of the whole body from areas at L3. */
static const struct {
    const char *quantity;
    double kg_per_cm2, kg, see_kg;
    int of_fat;
} SURROGATES[] = {
    {"fat_free_mass_l3", 0.30, 6.06, 0.72, 0},
    {"fat_mass_l3", 0.042, 11.2, 0.80, 1},
};
#define SURROGATE_ROWS (sizeof(SURROGATES) / sizeof(SURROGATES[0]))

static const osi_torso_level *find_level(const osi_torso_run *run, uint8_t label)
{
    for (size_t i = 0; i < run->level_count; i++)
        if (run->levels[i].label == label)
            return &run->levels[i];
    return NULL;
}

osarc_status osi_torso_add_surrogates(const osi_torso_run *run, osarc_error *err)
{
    const osi_torso_level *l3 = find_level(run, L3_LABEL);
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < SURROGATE_ROWS && !status; i++) {
        osarc_finding row = run->blank;
        row.site = "whole_body";
        row.level = "total";
        row.quantity = SURROGATES[i].quantity;
        row.unit = "kg";
        row.method = "l3-area-regression";
        row.reference = "mourtzakis2008";
        if (!l3) {
            status = osi_row_refuse(run->findings, &row, "the areas at L3 are needed", err);
            continue;
        }
        const double *v = l3->place.value;
        double cm2 = SURROGATES[i].of_fat ? v[OSI_SAT_AREA] + v[OSI_VAT_AREA] + v[OSI_IMAT_AREA]
                                          : v[OSI_MUSCLE_AREA];
        if (l3->place.cut > 0.01) {
            status = osi_row_refuse(run->findings, &row, "the field of view cuts the outline at L3",
                                    err);
            continue;
        }
        if (l3->place.open_cm2 > OSI_TORSO_OPEN_CM2) {
            status = osi_row_refuse(run->findings, &row, OSI_TORSO_OPEN, err);
            continue;
        }
        osi_row_note note = {0};
        row.value = SURROGATES[i].kg_per_cm2 * cm2 + SURROGATES[i].kg;
        osi_row_note_add(&note, 1,
                         "estimate for the whole body from one slice, found in adults with "
                         "cancer; interval from the published standard error of %s kg; not "
                         "appendicular lean mass",
                         osi_short(SURROGATES[i].see_kg, 2).text);
        status = osi_row_add(run->findings, &row, OSI_Z_95 * SURROGATES[i].see_kg, &note, err);
    }
    return status;
}
