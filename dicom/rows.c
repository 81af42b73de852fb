/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "catalogue.h"
#include "facts.h"
#include "judge.h"

osarc_status osi_listing_add(osi_series_row **out, osarc_catalogue *catalogue, osarc_error *err)
{
    *out = NULL;
    if (catalogue->row_count == catalogue->row_room) {
        size_t room = catalogue->row_room ? 2 * catalogue->row_room : 8;
        osi_series_row **rows = osi_realloc(catalogue->rows, room, sizeof(osi_series_row *), err);
        if (!rows)
            return OSARC_ERR_MEMORY;
        catalogue->rows = rows;
        catalogue->row_room = room;
    }
    osi_series_row *row = osi_alloc(1, sizeof(*row), err);
    if (!row)
        return OSARC_ERR_MEMORY;
    osarc_acquisition_init(&row->view.acquisition);
    row->stack = SIZE_MAX;
    row->view.text = row->text;
    row->view.description = row->description;
    row->view.view = row->view.spacing_from = "";
    row->view.pixel_mm[0] = row->view.pixel_mm[1] = NAN;
    catalogue->rows[catalogue->row_count++] = row;
    *out = row;
    return OSARC_OK;
}

/* A number that is not the same in all files of a series is none of the series. */
static void merge_numbers(osarc_acquisition *into, const osarc_acquisition *from)
{
    double *const a[] = {&into->age_years,
                         &into->height_m,
                         &into->weight_kg,
                         &into->kvp,
                         &into->slice_thickness_mm,
                         &into->table_height_mm,
                         &into->reconstruction_diameter_mm};
    const double b[] = {from->age_years,
                        from->height_m,
                        from->weight_kg,
                        from->kvp,
                        from->slice_thickness_mm,
                        from->table_height_mm,
                        from->reconstruction_diameter_mm};
    for (size_t i = 0; i < sizeof(b) / sizeof(b[0]); i++)
        if (*a[i] != b[i])
            *a[i] = NAN;
    if (from->contrast == OSARC_CONTRAST_GIVEN)
        into->contrast = OSARC_CONTRAST_GIVEN;
}

/* Which way slices lie, by the patient axis their normal is nearest to. */
static const char *plane_of(const osi_frame *frame)
{
    double normal[3];
    for (int c = 0; c < 3; c++) {
        int d = (c + 1) % 3;
        int e = (c + 2) % 3;
        normal[c] = frame->row[d] * frame->column[e] - frame->row[e] * frame->column[d];
    }
    static const char *const PLANES[] = {"sagittal", "coronal", "axial"};
    for (int c = 0; c < 3; c++)
        if (fabs(normal[c]) > 0.7071)
            return PLANES[c];
    return "oblique";
}

static void mark_inputs(osarc_catalogue *catalogue, const osi_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        osi_file *file = catalogue->files.items[catalogue->frames[stack->members[i]].file];
        if (stack->decision != OSARC_DECISION_USABLE) {
            file->view.status = stack->status;
            snprintf(file->text, sizeof(file->text), "%s", stack->text);
        } else if (catalogue->fates[stack->members[i]] == OSI_FATE_DUPLICATE) {
            snprintf(file->text, sizeof(file->text), "the same slice as in another file");
        } else if (catalogue->fates[stack->members[i]] == OSI_FATE_DAMAGED_END) {
            file->view.status = OSARC_ERR_FORMAT;
            snprintf(file->text, sizeof(file->text),
                     "damaged (pixels are missing), at an end of its series: left out");
        }
    }
}

static void describe_stack(osi_series_row *row, const osi_stack *stack, const osi_frame *first)
{
    osarc_series *view = &row->view;
    view->decision = stack->decision;
    view->status = stack->status;
    view->reason = stack->reason;
    view->frame_count = stack->count;
    view->acquisition.tilt_deg = stack->tilt_deg;
    snprintf(row->description, sizeof(row->description), "CT %s, %zu slice%s of %u x %u",
             plane_of(first), stack->used, stack->used == 1 ? "" : "s", first->columns,
             first->rows);
    if (stack->decision != OSARC_DECISION_USABLE) {
        view->acquisition.tilt_deg = NAN;
        snprintf(row->text, sizeof(row->text), "%s", stack->text);
        return;
    }
    view->grid = stack->grid;
    if (stack->used == 1)
        snprintf(row->text, sizeof(row->text), "1 slice %.4g mm thick, pixels of %.4g x %.4g mm",
                 stack->grid.spacing_mm[2], stack->grid.spacing_mm[0], stack->grid.spacing_mm[1]);
    else
        snprintf(row->text, sizeof(row->text), "%zu slices every %.4g mm, pixels of %.4g x %.4g mm",
                 stack->used, stack->grid.spacing_mm[2], stack->grid.spacing_mm[0],
                 stack->grid.spacing_mm[1]);
}

static osarc_status add_stack_row(osarc_catalogue *catalogue, size_t index, osarc_error *err)
{
    const osi_stack *stack = &catalogue->stacks.items[index];
    const osi_frame *first = &catalogue->frames[stack->members[0]];
    osi_series_row *row;
    osarc_status status = osi_listing_add(&row, catalogue, err);
    if (status)
        return status;
    row->stack = index;
    row->file = first->file;
    double depth_mm = osi_frame_depth_mm(first);
    row->depth_mm = isnan(depth_mm) ? 0 : depth_mm;
    row->view.acquisition = catalogue->files.items[first->file]->header->acquisition;
    row->view.acquisition.kvp = first->kvp;
    row->view.acquisition.slice_thickness_mm = first->thickness_mm;
    memcpy(row->view.acquisition.kernel, first->kernel, sizeof(first->kernel));
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < stack->count; i++) {
        size_t file = catalogue->frames[stack->members[i]].file;
        row->view.file_count += file != last;
        if (file != last && file != first->file)
            merge_numbers(&row->view.acquisition,
                          &catalogue->files.items[file]->header->acquisition);
        last = file;
    }
    describe_stack(row, stack, first);
    mark_inputs(catalogue, stack);
    return OSARC_OK;
}

static void describe_nifti(osi_series_row *row, const osarc_grid *grid)
{
    snprintf(row->view.acquisition.modality, OSARC_TEXT_SIZE, "CT");
    snprintf(row->description, sizeof(row->description), "NIfTI, %zu x %zu x %zu", grid->size[0],
             grid->size[1], grid->size[2]);
    snprintf(row->text, sizeof(row->text),
             "voxels of %.4g x %.4g x %.4g mm; no patient facts, taken as HU if the values can be",
             grid->spacing_mm[0], grid->spacing_mm[1], grid->spacing_mm[2]);
    row->view.grid = *grid;
    row->view.is_nifti = 1;
    row->view.frame_count = grid->size[2];
}

/* Images of a densitometer share a row when they are of one view. */
static int has_view(const osarc_series *row, const osi_header *header)
{
    return header->kind != OSI_KIND_DXA ||
           strcmp(row->view, osarc_dxa_view_name(osarc_dxa_view_of(header->projection.protocol))) ==
               0;
}

/* Files that make no volume share a row when they are of one series and left out for one reason. */
static osi_series_row *find_row(const osarc_catalogue *catalogue, size_t first_row,
                                const osi_file *file, const char *reason)
{
    for (size_t i = catalogue->row_count; i-- > first_row;) {
        const osarc_series *view = &catalogue->rows[i]->view;
        const osarc_acquisition *facts = &file->header->acquisition;
        if (strcmp(view->reason, reason) == 0 &&
            strcmp(view->acquisition.series_uid, facts->series_uid) == 0 &&
            strcmp(view->acquisition.study_uid, facts->study_uid) == 0 &&
            strcmp(view->acquisition.patient_id, facts->patient_id) == 0 &&
            has_view(view, file->header) &&
            catalogue->files.items[catalogue->rows[i]->file]->header)
            return catalogue->rows[i];
    }
    return NULL;
}

/* An image may hold what its device has worked out. */
static void add_results(osi_series_row *row, const osi_file *file)
{
    size_t used = strlen(row->text);
    if (file->report.count && row->view.decision != OSARC_DECISION_DXA_REPORT)
        snprintf(row->text + used, sizeof(row->text) - used,
                 "; %zu results of its device are in it", osarc_dxa_report_taken(&file->report));
}

static osarc_status add_file_row(osarc_catalogue *catalogue, size_t index, size_t first_row,
                                 osarc_error *err)
{
    osi_file *file = catalogue->files.items[index];
    osi_verdict verdict = osi_file_judge(file);
    osi_series_row *row = NULL;
    if (file->header && !file->reason)
        row = find_row(catalogue, first_row, file, verdict.reason);
    if (!row) {
        osarc_status status = osi_listing_add(&row, catalogue, err);
        if (status)
            return status;
        row->file = index;
        row->view.decision = verdict.decision;
        row->view.status = verdict.status;
        row->view.reason = verdict.reason;
        memcpy(row->text, verdict.text, sizeof(row->text));
        if (file->header && !file->reason) {
            row->view.acquisition = file->header->acquisition;
            snprintf(row->description, sizeof(row->description), "%.16s %s",
                     file->header->acquisition.modality, osi_kind_word(file->header->kind));
            if (file->header->kind == OSI_KIND_DXA)
                osi_row_take_view(row, file->header);
            add_results(row, file);
        } else if (file->is_labels && !file->reason) {
            snprintf(row->description, sizeof(row->description), "NIfTI label map");
        } else if (file->is_nifti && !file->reason) {
            describe_nifti(row, &file->nifti_grid);
        } else {
            snprintf(row->description, sizeof(row->description), "file");
        }
    }
    row->view.file_count++;
    if (file->header && !file->reason)
        row->view.frame_count += file->header->pixels.frames;
    if (verdict.decision != OSARC_DECISION_USABLE &&
        verdict.decision != OSARC_DECISION_DXA_REPORT) {
        file->view.status = verdict.status;
        if (!file->reason)
            snprintf(file->text, sizeof(file->text), "%s", verdict.text);
    }
    return OSARC_OK;
}

static int by_series(const void *a, const void *b)
{
    const osi_series_row *first = *(osi_series_row *const *) a;
    const osi_series_row *second = *(osi_series_row *const *) b;
    int order = (first->view.decision == OSARC_DECISION_UNREADABLE) -
                (second->view.decision == OSARC_DECISION_UNREADABLE);
    if (!order)
        order = strcmp(first->view.acquisition.patient_id, second->view.acquisition.patient_id);
    if (!order)
        order = strcmp(first->view.acquisition.study_uid, second->view.acquisition.study_uid);
    if (!order)
        order = strcmp(first->view.acquisition.series_uid, second->view.acquisition.series_uid);
    if (!order && first->depth_mm != second->depth_mm)
        order = first->depth_mm < second->depth_mm ? -1 : 1;
    return order ? order : (first->file > second->file) - (first->file < second->file);
}

/* Which row a file is listed in. */
static void link_inputs(osarc_catalogue *catalogue, size_t row_index)
{
    const osi_series_row *row = catalogue->rows[row_index];
    if (row->stack == SIZE_MAX) {
        catalogue->files.items[row->file]->view.series = row_index;
        if (row->is_pair)
            catalogue->files.items[row->pair_file[1]]->view.series =
                catalogue->files.items[row->pair_file[0]]->view.series = row_index;
        return;
    }
    const osi_stack *stack = &catalogue->stacks.items[row->stack];
    for (size_t i = 0; i < stack->count; i++)
        catalogue->files.items[catalogue->frames[stack->members[i]].file]->view.series = row_index;
}

osarc_status osi_rows_make(osarc_catalogue *catalogue, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < catalogue->stacks.count && !status; i++)
        status = add_stack_row(catalogue, i, err);
    if (!status)
        status = osi_pairs_make(catalogue, err);
    size_t first_row = catalogue->row_count;
    for (size_t i = 0; i < catalogue->files.count && !status; i++)
        if (!osi_file_has_slices(catalogue->files.items[i]) &&
            !catalogue->files.items[i]->is_paired)
            status = add_file_row(catalogue, i, first_row, err);
    if (status || catalogue->row_count == 0)
        return status;
    qsort(catalogue->rows, catalogue->row_count, sizeof(osi_series_row *), by_series);
    for (size_t i = 0; i < catalogue->row_count; i++)
        link_inputs(catalogue, i);
    /* the other files of rows that are no stack */
    for (size_t i = 0; i < catalogue->files.count; i++) {
        osi_file *file = catalogue->files.items[i];
        if (file->view.series != SIZE_MAX)
            continue;
        osi_verdict verdict = osi_file_judge(file);
        const osi_series_row *row = find_row(catalogue, 0, file, verdict.reason);
        for (size_t r = 0; row && r < catalogue->row_count; r++)
            if (catalogue->rows[r] == row)
                file->view.series = r;
    }
    return OSARC_OK;
}
