/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

#include "catalogue.h"
#include "facts.h"

#define MIN_KV_APART 5.0
/* Of a pixel; printed numbers are rounded, other detectors and magnifications are farther off. */
#define SAME_SPACING 1e-3

int osi_may_be_densitometry(const osi_file *file)
{
    const osi_header *h = file->header;
    return h && !file->reason && osi_projection_modality(h->acquisition.modality) &&
           !osi_is_colour(&h->pixels) && h->pixels.rows > 0 && h->pixels.columns > 0;
}

/* Deep enough for attenuation: what is made for looking at has 8 bits. */
static int is_raw(const osi_file *file)
{
    return osi_may_be_densitometry(file) && file->header->pixels.bits_allocated == 16 &&
           file->header->pixels.offset > 0;
}

static int is_densitometer(const osi_file *file)
{
    return file->header->kind == OSI_KIND_DXA ||
           strcmp(file->header->acquisition.modality, "BMD") == 0;
}

static const char PROCESSED[] =
    "made for looking at (PresentationIntentType): its values are no intensities";

static int is_processed(const osi_header *header)
{
    return strcmp(header->projection.intent, "FOR PRESENTATION") == 0;
}

static int is_one_scan(const osi_file *a, const osi_file *b)
{
    const osarc_acquisition *p = &a->header->acquisition;
    const osarc_acquisition *q = &b->header->acquisition;
    return p->series_uid[0] && strcmp(p->series_uid, q->series_uid) == 0 &&
           strcmp(p->study_uid, q->study_uid) == 0 && strcmp(p->patient_id, q->patient_id) == 0 &&
           strcmp(a->header->projection.protocol, b->header->projection.protocol) == 0;
}

void osi_row_take_view(osi_series_row *row, const osi_header *header)
{
    osarc_series *view = &row->view;
    osi_spacing_from from =
        osi_projection_spacing(view->pixel_mm, &header->projection, header->shared.spacing_mm,
                               header->pixels.columns, header->pixels.rows);
    view->view = osarc_dxa_view_name(osarc_dxa_view_of(header->projection.protocol));
    view->spacing_from = osi_spacing_from_word(from);
    char spacing[96] = "pixel spacing not stated";
    if (from != OSI_SPACING_NONE)
        snprintf(spacing, sizeof(spacing), "%u x %u pixels of %.4g x %.4g mm (%s)",
                 header->pixels.columns, header->pixels.rows, view->pixel_mm[0], view->pixel_mm[1],
                 view->spacing_from);
    snprintf(row->description, sizeof(row->description), "%.16s dxa, view %s",
             header->acquisition.modality, view->view);
    if (row->is_pair)
        snprintf(row->text, sizeof(row->text), "two energies, %s", spacing);
    else
        snprintf(row->text, sizeof(row->text),
                 "a picture of a finished scan, %s; it holds no density: two energies are needed",
                 spacing);
}

/* `files`: low, high; twice the same one for two frames. */
static osarc_status add_pair(osarc_catalogue *catalogue, const size_t files[2],
                             const size_t frames[2], osarc_error *err)
{
    osi_series_row *row;
    osarc_status status = osi_listing_add(&row, catalogue, err);
    if (status)
        return status;
    row->file = files[0];
    row->is_pair = 1;
    row->view.acquisition = catalogue->files.items[files[0]]->header->acquisition;
    row->view.decision = OSARC_DECISION_DXA_PAIR;
    row->view.reason = "dxa_pair";
    row->view.frame_count = 2;
    row->view.file_count = files[0] == files[1] ? 1 : 2;
    for (int i = 0; i < 2; i++) {
        row->pair_file[i] = files[i];
        row->pair_frame[i] = frames[i];
        catalogue->files.items[files[i]]->is_paired = 1;
    }
    osi_row_take_view(row, catalogue->files.items[files[0]]->header);
    return OSARC_OK;
}

/* Images of a densitometer that should be a pair and are none. */
static osarc_status add_refusal(osarc_catalogue *catalogue, size_t first, size_t count,
                                const char *reason, const char *text, osarc_error *err)
{
    osi_series_row *row;
    osarc_status status = osi_listing_add(&row, catalogue, err);
    if (status)
        return status;
    osi_file *file = catalogue->files.items[first];
    row->file = first;
    row->view.acquisition = file->header->acquisition;
    row->view.decision = OSARC_DECISION_REFUSED;
    row->view.status = OSARC_ERR_QUALITY;
    row->view.frame_count = count;
    osi_row_take_view(row, file->header);
    row->view.reason = reason;
    snprintf(row->text, sizeof(row->text), "%s: %s", file->name, text);
    for (size_t i = first; i < catalogue->files.count; i++) {
        osi_file *other = catalogue->files.items[i];
        if (!is_raw(other) || !is_one_scan(file, other))
            continue;
        other->is_paired = 1;
        other->view.status = OSARC_ERR_QUALITY;
        snprintf(other->text, sizeof(other->text), "%s", row->text);
        row->view.file_count++;
    }
    return OSARC_OK;
}

static int is_same_spacing(const osi_header *a, const osi_header *b)
{
    double mm[2][2];
    const osi_header *const both[2] = {a, b};
    for (int i = 0; i < 2; i++)
        if (osi_projection_spacing(mm[i], &both[i]->projection, both[i]->shared.spacing_mm,
                                   both[i]->pixels.columns,
                                   both[i]->pixels.rows) == OSI_SPACING_NONE)
            return 1;
    return fabs(mm[0][0] - mm[1][0]) <= SAME_SPACING * mm[0][0] &&
           fabs(mm[0][1] - mm[1][1]) <= SAME_SPACING * mm[0][1];
}

/* What stands against two files as a pair; NULL for nothing. */
static const char *fault_of(const osi_header *a, const osi_header *b, const char **reason)
{
    *reason = "dxa_processed";
    if (is_processed(a) || is_processed(b))
        return PROCESSED;
    *reason = "dxa_sizes";
    if (a->pixels.rows != b->pixels.rows || a->pixels.columns != b->pixels.columns)
        return "the images of the two energies have different sizes";
    if (!is_same_spacing(a, b))
        return "the pixels of the two energies have different sizes";
    *reason = "dxa_orientation";
    if (strcmp(a->projection.orientation, b->projection.orientation) != 0)
        return "the images of the two energies have different PatientOrientation";
    *reason = "dxa_energies";
    if (!(fabs(a->shared.kvp - b->shared.kvp) >= MIN_KV_APART))
        return "two images whose tube voltages are not stated or the same: they cannot be told "
               "apart as low and high energy";
    return NULL;
}

/* Images that may be radiographs: left where they are, with what stands against a pair. */
static void hint(osarc_catalogue *catalogue, size_t first, const char *reason, const char *fault)
{
    const osi_file *file = catalogue->files.items[first];
    for (size_t i = first; i < catalogue->files.count; i++) {
        osi_file *other = catalogue->files.items[i];
        if (i != first && (!is_raw(other) || !is_one_scan(file, other)))
            continue;
        other->dxa_reason = reason;
        other->dxa_fault = fault;
    }
}

/* What stands against the images of a scan as two energies; NULL for nothing. */
static const char *fault_of_scan(const osi_header *a, const osi_header *b, size_t count,
                                 const char **reason)
{
    *reason = "dxa_many";
    if (count > 2 || (count == 2 && (a->pixels.frames != 1 || b->pixels.frames != 1)))
        return "more than two images in one series and view: which two belong together is not "
               "stated";
    if (count == 2)
        return fault_of(a, b, reason);
    *reason = "dxa_processed";
    if (is_processed(a))
        return PROCESSED;
    *reason = "dxa_one_energy";
    return a->pixels.frames == 2 ? NULL : "one energy alone: the image of the other is missing";
}

/* One scan, whose first file this is. */
static osarc_status judge_scan(osarc_catalogue *catalogue, size_t first, osarc_error *err)
{
    osi_file *const *items = catalogue->files.items;
    size_t files[2] = {first, first};
    size_t count = 0;
    for (size_t i = first; i < catalogue->files.count; i++)
        if (is_raw(items[i]) && (i == first || is_one_scan(items[first], items[i]))) {
            if (count < 2)
                files[count] = i;
            count++;
        }
    const osi_header *a = items[files[0]]->header;
    const osi_header *b = items[files[1]]->header;
    int is_known = is_densitometer(items[first]);
    int has_view = osarc_dxa_view_of(a->projection.protocol) != OSARC_DXA_VIEW_UNKNOWN;
    const char *reason;
    const char *fault = fault_of_scan(a, b, count, &reason);
    if (!fault && (is_known || has_view)) {
        const size_t frames[2] = {0, count == 1};
        const size_t swapped[2] = {files[1], files[0]};
        return add_pair(catalogue, count == 1 || a->shared.kvp < b->shared.kvp ? files : swapped,
                        frames, err);
    }
    if (is_known)
        return add_refusal(catalogue, first, count == 1 ? a->pixels.frames : count, reason, fault,
                           err);
    if (fault && has_view)
        hint(catalogue, first, reason, fault);
    else if (!fault && count == 2)
        hint(catalogue, first, "dxa_no_view",
             "their modality is not BMD and ProtocolName names no view of a densitometer");
    return OSARC_OK;
}

osarc_status osi_pairs_make(osarc_catalogue *catalogue, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    osi_file *const *items = catalogue->files.items;
    for (size_t i = 0; !status && i < catalogue->files.count; i++) {
        if (!is_raw(items[i]) || items[i]->is_paired)
            continue;
        int is_first = 1;
        for (size_t j = 0; j < i && is_first; j++)
            is_first = !is_raw(items[j]) || !is_one_scan(items[j], items[i]);
        if (is_first)
            status = judge_scan(catalogue, i, err);
    }
    return status;
}
