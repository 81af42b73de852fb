/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One case: the grids brought together, every label measured. */
#include "overlap_private.h"

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

/* Headers print positions to a few hundredths of a mm; voxels of masks are never that small. */
#define SAME_GRID_MM 0.05

#define NOTE_SIZE 1024

/* One side on the grid of the reference. */
typedef struct layered {
    const osarc_overlap_side *side;
    const uint8_t **labels;
    uint8_t **owned; /* regridded layers */
    osi_extent (*extents)[256];
    osi_regrid *regrids;
} layered;

static osarc_status check_side(const osarc_overlap_side *side, const char *which, osarc_error *err)
{
    if (!side || !side->layers || side->layer_count == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the %s has no mask", which);
    for (size_t i = 0; i < side->layer_count; i++) {
        if (!side->layers[i])
            return osi_fail(err, OSARC_ERR_ARGUMENT, "mask %zu of the %s is NULL", i, which);
        if (!osarc_grid_same(osarc_mask_grid(side->layers[0]), osarc_mask_grid(side->layers[i]),
                             SAME_GRID_MM))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "the masks of the %s lie on several grids",
                            which);
    }
    return OSARC_OK;
}

static osarc_status check_frames(const osarc_overlap_side *reference,
                                 const osarc_overlap_side *test, osarc_error *err)
{
    const char *a = reference->frame_of_reference_uid;
    const char *b = test->frame_of_reference_uid;
    if (a && b && a[0] && b[0] && strcmp(a, b) != 0)
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "reference and test have different frames of reference: their positions "
                        "cannot be compared; masks of the same acquisition are needed");
    return OSARC_OK;
}

static void free_layered(layered *l)
{
    for (size_t i = 0; l->owned && i < l->side->layer_count; i++)
        osi_free(l->owned[i]);
    osi_free(l->labels);
    osi_free(l->owned);
    osi_free(l->extents);
    osi_free(l->regrids);
}

/* `onto` is the reference. */
static osarc_status fill_layered(layered *l, const osarc_overlap_side *side,
                                 const osarc_overlap_side *onto, int threads, osarc_error *err)
{
    size_t n = side->layer_count;
    *l = (layered){.side = side};
    l->labels = osi_alloc(n, sizeof(*l->labels), err);
    l->owned = osi_alloc(n, sizeof(*l->owned), err);
    l->extents = osi_alloc(n, sizeof(*l->extents), err);
    l->regrids = osi_alloc(n, sizeof(*l->regrids), err);
    if (!l->labels || !l->owned || !l->extents || !l->regrids)
        return OSARC_ERR_MEMORY;
    const osarc_grid *grid = osarc_mask_grid(onto->layers[0]);
    for (size_t i = 0; i < n; i++) {
        l->labels[i] = osarc_mask_labels(side->layers[i]);
        l->regrids[i].exact = 1;
        if (!osarc_grid_same(osarc_mask_grid(side->layers[i]), grid, SAME_GRID_MM)) {
            osarc_status status = osi_mask_regrid(&l->owned[i], &l->regrids[i], side->layers[i],
                                                  onto->layers, onto->layer_count, threads, err);
            if (status)
                return status;
            l->labels[i] = l->owned[i];
        }
        osi_label_extents(l->extents[i], l->labels[i], grid->size, threads);
    }
    return OSARC_OK;
}

/* The layer that holds a label; the first when none does. */
static size_t find_layer(const layered *l, uint8_t label)
{
    for (size_t i = 0; i < l->side->layer_count; i++)
        if (l->extents[i][label].count > 0 || l->regrids[i].outside[label] > 0)
            return i;
    return 0;
}

static const char *find_in(const osarc_label *names, size_t count, uint8_t label)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].number == label && names[i].name)
            return names[i].name;
    return "";
}

/* The file's own name comes first, the reference's before the test's. */
static const char *find_name(const osarc_overlap *overlap, const layered *r, const layered *t,
                             osarc_label_pair pair)
{
    const char *name =
        r->side->names ? find_in(r->side->names, r->side->name_count, pair.reference) : "";
    if (!name[0] && t->side->names)
        name = find_in(t->side->names, t->side->name_count, pair.test);
    if (name[0] || overlap->numbering == OSARC_NUMBERING_NONE)
        return name;
    size_t count;
    const osarc_label *table = overlap->numbering == OSARC_NUMBERING_TISSUE
                                   ? osarc_tissue_labels(&count)
                                   : osarc_structure_labels(&count);
    return find_in(table, count, pair.test);
}

/* Adds a remark after a "; "; what does not fit is cut. */
static void add_remark(char *out, size_t room, const char *remark)
{
    size_t used = strlen(out);
    if (!remark || !remark[0])
        return;
    if (used > 0 && used + 3 < room) {
        memcpy(out + used, "; ", 3);
        used += 2;
    }
    osi_text_copy(out + used, room - used, remark);
}

static void add_count(char *out, size_t room, uint64_t count, const char *remark)
{
    char text[128];
    snprintf(text, sizeof(text), "%llu %s", (unsigned long long) count, remark);
    add_remark(out, room, count > 0 ? text : NULL);
}

static void explain(char *out, size_t room, const layered *r, const layered *t,
                    const osi_regrid *info, osarc_label_pair pair)
{
    out[0] = '\0';
    if (!info->exact)
        add_remark(out, room, "test resampled on to the reference grid, nearest neighbour");
    add_count(out, room, info->outside[pair.test],
              "test voxels lie outside the reference grid and are left out");
    add_count(out, room, t->side->empty_beyond ? 0 : info->uncovered[pair.reference],
              "reference voxels lie outside the test grid and count as missed");
    add_remark(out, room, r->side->note);
    add_remark(out, room, t->side->note);
}

static osarc_status add_pair(osarc_overlap *overlap, const layered *r, const layered *t,
                             osarc_label_pair pair, osarc_error *err)
{
    char note[NOTE_SIZE];
    size_t from = find_layer(r, pair.reference);
    size_t to = find_layer(t, pair.test);
    osi_overlap_job job = {
        .grid = osarc_mask_grid(r->side->layers[0]),
        .reference = r->labels[from],
        .test = t->labels[to],
        .reference_label = pair.reference,
        .test_label = pair.test,
        .extent = osi_extent_join(&r->extents[from][pair.reference], &t->extents[to][pair.test]),
        .tolerance_count = overlap->tolerance_count,
        .threads = overlap->threads,
    };
    memcpy(job.tolerances_mm, overlap->tolerances_mm, sizeof(job.tolerances_mm));
    osi_overlap_finding finding = {.name = find_name(overlap, r, t, pair),
                                   .pair = pair,
                                   .note = note,
                                   .voxel_mm3 = osarc_grid_voxel_mm3(job.grid)};
    explain(note, sizeof(note), r, t, &t->regrids[to], pair);
    finding.quality = note[0] ? OSARC_QUALITY_WARNING : OSARC_QUALITY_OK;
    osarc_status status = osi_overlap_measure(&finding.numbers, &job, err);
    return status ? status : osi_overlap_add_rows(overlap, &finding, err);
}

static int holds(const layered *l, uint8_t label)
{
    for (size_t i = 0; i < l->side->layer_count; i++)
        if (l->extents[i][label].count > 0)
            return 1;
    return 0;
}

static osarc_status add_pairs(osarc_overlap *overlap, const layered *r, const layered *t,
                              osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (overlap->pairs) {
        for (size_t i = 0; !status && i < overlap->pair_count; i++)
            status = add_pair(overlap, r, t, overlap->pairs[i], err);
        return status;
    }
    size_t before = overlap->entry_count;
    for (unsigned label = 1; !status && label < 256; label++)
        if (holds(r, (uint8_t) label) || holds(t, (uint8_t) label))
            status =
                add_pair(overlap, r, t, (osarc_label_pair){(uint8_t) label, (uint8_t) label}, err);
    if (!status && overlap->entry_count == before)
        return osi_fail(err, OSARC_ERR_QUALITY, "neither reference nor test holds any label");
    return status;
}

/* Makes room for one more case and copies its name there; it counts once case_count is raised. */
static osarc_status begin_case(osarc_overlap *overlap, const char *case_id, osarc_error *err)
{
    if (!case_id || !case_id[0])
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a case needs a name");
    for (size_t i = 0; i < overlap->case_count; i++)
        if (!strcmp(overlap->cases[i], case_id))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "case %zu has the name of case %zu",
                            overlap->case_count + 1, i + 1);
    char **grown = osi_realloc(overlap->cases, overlap->case_count + 1, sizeof(*grown), err);
    if (!grown)
        return OSARC_ERR_MEMORY;
    overlap->cases = grown;
    grown[overlap->case_count] = osi_strdup(case_id, err);
    return grown[overlap->case_count] ? OSARC_OK : OSARC_ERR_MEMORY;
}

/* Keeps the case, or leaves the collection as it was. */
static osarc_status end_case(osarc_overlap *overlap, size_t before, osarc_status status)
{
    if (status) {
        osi_overlap_drop(overlap, before);
        osi_free(overlap->cases[overlap->case_count]);
        return status;
    }
    for (size_t i = before; i < overlap->entry_count; i++)
        overlap->entries[i]->row.case_id = overlap->cases[overlap->case_count];
    overlap->case_count++;
    osi_overlap_free_totals(overlap);
    return OSARC_OK;
}

static osarc_status compare_on_one_grid(osarc_overlap *overlap, const osarc_overlap_side *reference,
                                        const osarc_overlap_side *test, osarc_error *err)
{
    layered r = {.side = reference};
    layered t = {.side = test};
    osarc_status status = fill_layered(&r, reference, reference, overlap->threads, err);
    if (!status)
        status = fill_layered(&t, test, reference, overlap->threads, err);
    if (!status)
        status = add_pairs(overlap, &r, &t, err);
    free_layered(&r);
    free_layered(&t);
    return status;
}

static osarc_status compare(osarc_overlap *overlap, const osarc_overlap_side *reference,
                            const osarc_overlap_side *test, osarc_error *err)
{
    osarc_mask **larger = NULL;
    osarc_overlap_side side = *reference;
    if (reference->empty_beyond) {
        osarc_status status = osi_overlap_extend(&larger, reference, test, overlap->threads, err);
        if (status)
            return status;
        if (larger)
            side.layers = (const osarc_mask *const *) larger;
    }
    osarc_status status = compare_on_one_grid(overlap, &side, test, err);
    osi_layers_free(larger, reference->layer_count);
    return status;
}

osarc_status osarc_overlap_add(osarc_overlap *overlap, const char *case_id,
                               const osarc_overlap_side *reference, const osarc_overlap_side *test,
                               osarc_error *err)
{
    if (!overlap)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "overlap is NULL");
    osarc_status status = check_side(reference, "reference", err);
    if (!status)
        status = check_side(test, "test", err);
    if (!status)
        status = check_frames(reference, test, err);
    if (!status)
        status = begin_case(overlap, case_id, err);
    if (status)
        return status;
    size_t before = overlap->entry_count;
    return end_case(overlap, before, compare(overlap, reference, test, err));
}

osarc_status osarc_overlap_refuse(osarc_overlap *overlap, const char *case_id, const char *reason,
                                  osarc_error *err)
{
    if (!overlap || !reason || !reason[0])
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a refused case needs a reason");
    osarc_status status = begin_case(overlap, case_id, err);
    if (status)
        return status;
    size_t before = overlap->entry_count;
    status = osi_overlap_add_refusal(overlap, reason, err);
    status = end_case(overlap, before, status);
    overlap->refused_count += !status;
    return status;
}
