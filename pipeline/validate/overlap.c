/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlap_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#define DEFAULT_RESAMPLES 9999
#define LEAST_RESAMPLES   999
#define MOST_RESAMPLES    1000000

static osarc_status check_options(const osarc_overlap_options *options, osarc_error *err)
{
    if (options->tolerance_count > OSI_TOLERANCES_MAX)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%zu tolerances given, at most %d allowed",
                        options->tolerance_count, OSI_TOLERANCES_MAX);
    for (size_t i = 0; i < options->tolerance_count; i++) {
        double mm = options->tolerances_mm[i];
        if (!(mm > 0) || !isfinite(mm))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "tolerance %g mm, a length over 0 needed", mm);
        for (size_t k = 0; k < i; k++)
            if (options->tolerances_mm[k] == mm)
                return osi_fail(err, OSARC_ERR_ARGUMENT, "tolerance %g mm is given twice", mm);
    }
    for (size_t i = 0; i < options->pair_count; i++) {
        osarc_label_pair pair = options->pairs[i];
        if (pair.reference == 0 || pair.test == 0)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "label 0 is the background");
        for (size_t k = 0; k < i; k++)
            if (options->pairs[k].reference == pair.reference &&
                options->pairs[k].test == pair.test)
                return osi_fail(err, OSARC_ERR_ARGUMENT, "labels %d:%d are given twice",
                                pair.reference, pair.test);
    }
    if (options->resamples != 0 &&
        (options->resamples < LEAST_RESAMPLES || options->resamples > MOST_RESAMPLES))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%zu resamples, %d to %d allowed",
                        options->resamples, LEAST_RESAMPLES, MOST_RESAMPLES);
    return OSARC_OK;
}

osarc_status osarc_overlap_create(osarc_overlap **out, const osarc_overlap_options *options,
                                  osarc_error *err)
{
    static const double DEFAULT_TOLERANCES_MM[] = {1, 2};
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    osarc_overlap_options o = options ? *options : (osarc_overlap_options){0};
    if (!o.tolerances_mm || o.tolerance_count == 0) {
        o.tolerances_mm = DEFAULT_TOLERANCES_MM;
        o.tolerance_count = 2;
    }
    if (!o.pairs)
        o.pair_count = 0;
    osarc_status status = check_options(&o, err);
    if (status)
        return status;

    osarc_overlap *overlap = osi_alloc(1, sizeof(*overlap), err);
    if (!overlap)
        return OSARC_ERR_MEMORY;
    overlap->numbering = o.numbering;
    overlap->seed = o.seed;
    overlap->resamples = o.resamples ? o.resamples : DEFAULT_RESAMPLES;
    overlap->threads = o.threads;
    overlap->tolerance_count = o.tolerance_count;
    memcpy(overlap->tolerances_mm, o.tolerances_mm, o.tolerance_count * sizeof(double));
    if (o.pair_count > 0) {
        overlap->pairs = osi_alloc_raw(o.pair_count, sizeof(*overlap->pairs), err);
        if (!overlap->pairs) {
            osi_free(overlap);
            return OSARC_ERR_MEMORY;
        }
        memcpy(overlap->pairs, o.pairs, o.pair_count * sizeof(*o.pairs));
        overlap->pair_count = o.pair_count;
    }
    *out = overlap;
    return OSARC_OK;
}

static void free_entry(osi_overlap_entry *entry)
{
    if (!entry)
        return;
    osi_free(entry->name);
    osi_free(entry->note);
    osi_free(entry);
}

void osi_overlap_drop(osarc_overlap *overlap, size_t from)
{
    while (overlap->entry_count > from)
        free_entry(overlap->entries[--overlap->entry_count]);
}

/* What an entry says beyond its pair: everything is copied. */
static osarc_status add_entry(osarc_overlap *overlap, const osi_overlap_entry *from,
                              const char *name, const char *note, osarc_error *err)
{
    if (overlap->entry_count == overlap->entry_room) {
        size_t room = overlap->entry_room ? 2 * overlap->entry_room : 256;
        osi_overlap_entry **grown = osi_realloc(overlap->entries, room, sizeof(*grown), err);
        if (!grown)
            return OSARC_ERR_MEMORY;
        overlap->entries = grown;
        overlap->entry_room = room;
    }
    osi_overlap_entry *entry = osi_alloc(1, sizeof(*entry), err);
    if (!entry)
        return OSARC_ERR_MEMORY;
    *entry = *from;
    entry->case_index = overlap->case_count;
    entry->name = osi_strdup(name, err);
    entry->note = osi_strdup(note, err);
    if (!entry->name || !entry->note) {
        free_entry(entry);
        return OSARC_ERR_MEMORY;
    }
    entry->row.label = entry->label;
    entry->row.metric = entry->metric;
    entry->row.name = entry->name;
    entry->row.note = entry->note;
    overlap->entries[overlap->entry_count++] = entry;
    return OSARC_OK;
}

static void print_label(char out[OSI_LABEL_TEXT], osarc_label_pair pair)
{
    if (pair.reference == pair.test)
        snprintf(out, OSI_LABEL_TEXT, "%u", (unsigned) pair.reference);
    else
        snprintf(out, OSI_LABEL_TEXT, "%u:%u", (unsigned) pair.reference, (unsigned) pair.test);
}

/* One metric; `why` says why there is no value where there is none. */
static osarc_status add_metric(osarc_overlap *overlap, const osi_overlap_finding *finding,
                               osi_presence presence, const char *metric, double value,
                               const char *unit, const char *why, osarc_error *err)
{
    int known = isfinite(value);
    osi_overlap_entry entry = {.pair = finding->pair, .presence = presence};
    entry.row.value = known ? value : NAN;
    entry.row.unit = unit;
    entry.row.quality = known ? finding->quality : OSARC_QUALITY_REFUSED;
    print_label(entry.label, finding->pair);
    osi_text_copy(entry.metric, sizeof(entry.metric), metric);
    return add_entry(overlap, &entry, finding->name, known ? finding->note : why, err);
}

/* A value of the table of metrics. */
typedef struct metric_row {
    const char *metric;
    double value;
    const char *unit;
} metric_row;

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static const char *explain(osi_presence presence, const osi_overlap_finding *finding)
{
    if (presence == OSI_PRESENT_NONE)
        return "neither reference nor test holds this label";
    if (presence == OSI_PRESENT_ONE)
        return finding->numbers.reference_only > 0 ? "the test does not hold this label"
                                                   : "the reference does not hold this label";
    return "not known";
}

static osarc_status add_surface_dice(osarc_overlap *overlap, const osi_overlap_finding *finding,
                                     osi_presence presence, const char *why, osarc_error *err)
{
    for (size_t i = 0; i < overlap->tolerance_count; i++) {
        char metric[OSI_METRIC_TEXT];
        char mm[OSI_NUMBER_SIZE];
        snprintf(metric, sizeof(metric), "surface_dice_%smm",
                 osi_number_print(mm, overlap->tolerances_mm[i]));
        double value =
            presence == OSI_PRESENT_ONE ? 0 : finding->numbers.surface_dice[i]; /* none within */
        osarc_status status = add_metric(overlap, finding, presence, metric, value, "1", why, err);
        if (status)
            return status;
    }
    return OSARC_OK;
}

osarc_status osi_overlap_add_rows(osarc_overlap *overlap, const osi_overlap_finding *finding,
                                  osarc_error *err)
{
    const osi_overlap_numbers *n = &finding->numbers;
    double both = (double) n->both;
    double reference = both + (double) n->reference_only;
    double test = both + (double) n->test_only;
    osi_presence presence = reference > 0 && test > 0   ? OSI_PRESENT_BOTH
                            : reference > 0 || test > 0 ? OSI_PRESENT_ONE
                                                        : OSI_PRESENT_NONE;
    double mm3 = presence == OSI_PRESENT_NONE ? NAN : finding->voxel_mm3;
    double d[3];
    for (int c = 0; c < 3; c++)
        d[c] = n->test_centroid_mm[c] - n->reference_centroid_mm[c];
    const metric_row overlaps[] = {
        {"dice", ratio(2 * both, reference + test), "1"},
        {"jaccard", ratio(both, reference + test - both), "1"},
        {"sensitivity", ratio(both, reference), "1"},
        {"precision", ratio(both, test), "1"},
        {"hd", n->hd_mm, "mm"},
        {"hd95", n->hd95_mm, "mm"},
        {"hd95_pooled", n->hd95_pooled_mm, "mm"},
        {"assd", n->assd_mm, "mm"},
    };
    const metric_row volumes[] = {
        {"volume_reference", reference * mm3, "mm3"},
        {"volume_test", test * mm3, "mm3"},
        {"volume_difference", (test - reference) * mm3, "mm3"},
        {"centroid_distance", sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]), "mm"},
        {"centroid_difference_left", d[0], "mm"},
        {"centroid_difference_back", d[1], "mm"},
        {"centroid_difference_head", d[2], "mm"},
    };
    const char *why = explain(presence, finding);
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < sizeof(overlaps) / sizeof(overlaps[0]); i++)
        status = add_metric(overlap, finding, presence, overlaps[i].metric, overlaps[i].value,
                            overlaps[i].unit, why, err);
    if (!status)
        status = add_surface_dice(overlap, finding, presence, why, err);
    for (size_t i = 0; !status && i < sizeof(volumes) / sizeof(volumes[0]); i++)
        status = add_metric(overlap, finding, presence, volumes[i].metric, volumes[i].value,
                            volumes[i].unit, why, err);
    return status;
}

osarc_status osi_overlap_add_refusal(osarc_overlap *overlap, const char *reason, osarc_error *err)
{
    osi_overlap_entry entry = {.presence = OSI_PRESENT_UNKNOWN};
    entry.row.value = NAN;
    entry.row.unit = "";
    entry.row.quality = OSARC_QUALITY_REFUSED;
    osi_text_copy(entry.metric, sizeof(entry.metric), "all");
    return add_entry(overlap, &entry, "", reason, err);
}

size_t osarc_overlap_case_count(const osarc_overlap *overlap)
{
    return overlap->case_count;
}

size_t osarc_overlap_refused_count(const osarc_overlap *overlap)
{
    return overlap->refused_count;
}

size_t osarc_overlap_count(const osarc_overlap *overlap)
{
    return overlap->entry_count;
}

const osarc_overlap_row *osarc_overlap_at(const osarc_overlap *overlap, size_t index)
{
    return index < overlap->entry_count ? &overlap->entries[index]->row : NULL;
}

size_t osarc_overlap_summary_count(const osarc_overlap *overlap)
{
    return overlap->total_count;
}

const osarc_overlap_summary *osarc_overlap_summary_at(const osarc_overlap *overlap, size_t index)
{
    return index < overlap->total_count ? &overlap->totals[index].row : NULL;
}

const char *osarc_overlap_json(const osarc_overlap *overlap)
{
    return overlap->json;
}

void osi_overlap_free_totals(osarc_overlap *overlap)
{
    for (size_t i = 0; i < overlap->total_count; i++) {
        osi_free(overlap->totals[i].name);
        osi_free(overlap->totals[i].note);
    }
    osi_free(overlap->totals);
    overlap->totals = NULL;
    overlap->total_count = 0;
    osi_free(overlap->json);
    overlap->json = NULL;
}

void osarc_overlap_free(osarc_overlap *overlap)
{
    if (!overlap)
        return;
    osi_overlap_drop(overlap, 0);
    osi_overlap_free_totals(overlap);
    for (size_t i = 0; i < overlap->case_count; i++)
        osi_free(overlap->cases[i]);
    osi_free(overlap->cases);
    osi_free(overlap->entries);
    osi_free(overlap->pairs);
    osi_free(overlap);
}
