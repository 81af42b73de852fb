/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/classify.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "cells.h"
#include "clinical_rows.h"
#include "columns.h"

#define FILE_LIMIT       ((size_t) 256 << 20)
#define TEXT_LIMIT       200 /* longest cell that is a text; ids are 64 in DICOM */
#define TYPED_COLUMN_MAX 512 /* unknown ones included */

typedef union cell {
    double number;
    const char *word; /* "" or static; texts are owned */
} cell;

struct osi_clinical_row {
    char *id;
    size_t row;  /* as a spreadsheet counts: the header is row 1 */
    int doubled; /* several rows are of that patient: none of them counts */
    int repeats; /* and this is not the first */
    cell cells[OSI_COLUMN_MAX];
};
typedef struct osi_clinical_row patient;

struct osarc_clinical {
    patient *patients;
    size_t count;
    size_t room;
    size_t *by_id; /* indices, sorted by id */
};

typedef struct reading {
    osarc_clinical *clinical;
    osarc_notes *notes;
    osarc_error *err;
    size_t columns[TYPED_COLUMN_MAX]; /* of the file to ours; SIZE_MAX: unknown */
    size_t column_count;
} reading;

static osarc_status add_note(const reading *r, const char *code, size_t row, const char *column,
                             const char *why)
{
    if (!r->notes)
        return OSARC_OK;
    return osarc_notes_add(r->notes, OSARC_NOTE_WARNING, code, r->err, "row %zu%s%s: %s", row,
                           column[0] ? ", column " : "", column, why);
}

static osarc_status note_unknown_column(const reading *r, size_t index, const char *name)
{
    char shown[48];
    const char *nearest = osi_column_nearest(name);
    osi_text_copy(shown, sizeof(shown), name);
    if (!r->notes)
        return OSARC_OK;
    return osarc_notes_add(r->notes, OSARC_NOTE_WARNING, "clinical_unknown_column", r->err,
                           "row 1, column %zu: '%s' is not known and not used%s%s", index + 1,
                           shown, nearest ? "; there is " : "", nearest ? nearest : "");
}

static osarc_status check_header(const reading *r, const osi_cells *cells, int semicolons)
{
    size_t id = osi_column_find("patient_id");
    for (size_t i = 0; i < r->column_count; i++) {
        if (r->columns[i] == id)
            return OSARC_OK;
    }
    if (semicolons)
        return osi_fail(r->err, OSARC_ERR_FORMAT,
                        "columns of the clinical table are separated by semicolons, commas are "
                        "needed");
    for (size_t i = 0; i < cells->count; i++) {
        const char *nearest = osi_column_nearest(cells->text[i]);
        if (nearest && !strcmp(nearest, "patient_id"))
            return osi_fail(r->err, OSARC_ERR_FORMAT,
                            "row 1, column %zu of the clinical table: needed is patient_id, "
                            "spelt so",
                            i + 1);
    }
    return osi_fail(r->err, OSARC_ERR_FORMAT,
                    "the first row of the clinical table names no column patient_id");
}

static osarc_status read_header(reading *r, const osi_cells *cells)
{
    int semicolons = 0;
    if (cells->count > TYPED_COLUMN_MAX)
        return osi_fail(r->err, OSARC_ERR_FORMAT, "the clinical table has %zu columns, at most %d",
                        cells->count, TYPED_COLUMN_MAX);
    r->column_count = cells->count;
    for (size_t i = 0; i < cells->count; i++) {
        r->columns[i] = osi_column_find(cells->text[i]);
        semicolons |= strchr(cells->text[i], ';') != NULL;
        for (size_t j = 0; j < i; j++)
            if (r->columns[i] != SIZE_MAX && r->columns[i] == r->columns[j])
                return osi_fail(r->err, OSARC_ERR_FORMAT,
                                "the clinical table names a column twice: columns %zu and %zu",
                                j + 1, i + 1);
    }
    osarc_status status = check_header(r, cells, semicolons);
    for (size_t i = 0; i < cells->count && !status; i++)
        if (r->columns[i] == SIZE_MAX)
            status = note_unknown_column(r, i, cells->text[i]);
    return status;
}

static osarc_status refuse_cell(const reading *r, size_t row, const char *column,
                                const char *needed)
{
    char why[160];
    snprintf(why, sizeof(why), "refused, needed is %s", needed);
    return add_note(r, "clinical_refused_cell", row, column, why);
}

static const char NO_WORD[] = "";

static int is_number(const osi_column *column)
{
    return column->kind == OSI_NUMBER || column->kind == OSI_WHOLE;
}

static osarc_status read_cell(const reading *r, patient *p, size_t index, const char *text)
{
    size_t count;
    const osi_column *column = &osi_columns(&count)[index];
    if (!*text)
        return OSARC_OK;
    if (strlen(text) > TEXT_LIMIT)
        return refuse_cell(r, p->row, column->name, "a shorter text");
    double number;
    const char *word;
    const char *needed = osi_column_read(column, text, &number, &word);
    if (needed)
        return refuse_cell(r, p->row, column->name, needed);
    if (is_number(column))
        p->cells[index].number = number;
    else if (column->kind == OSI_WORD)
        p->cells[index].word = word;
    else if (!(p->cells[index].word = osi_strdup(text, r->err)))
        return OSARC_ERR_MEMORY;
    return OSARC_OK;
}

static void free_patient(patient *p)
{
    size_t count;
    const osi_column *columns = osi_columns(&count);
    osi_free(p->id);
    for (size_t i = 0; i < count; i++)
        if (columns[i].kind == OSI_TEXT && p->cells[i].word != NO_WORD)
            osi_free((char *) p->cells[i].word);
}

static osarc_status make_room(reading *r)
{
    osarc_clinical *c = r->clinical;
    if (c->count < c->room)
        return OSARC_OK;
    size_t room = c->room ? 2 * c->room : 16;
    patient *patients = osi_realloc(c->patients, room, sizeof(*patients), r->err);
    if (!patients)
        return OSARC_ERR_MEMORY;
    c->patients = patients;
    c->room = room;
    return OSARC_OK;
}

static const char *find_id(const reading *r, const osi_cells *cells)
{
    size_t id = osi_column_find("patient_id");
    for (size_t i = 0; i < cells->count; i++)
        if (r->columns[i] == id)
            return cells->text[i];
    return "";
}

static osarc_status add_patient(reading *r, const osi_cells *cells, const char *id)
{
    osarc_status status = make_room(r);
    if (status)
        return status;
    patient *p = &r->clinical->patients[r->clinical->count];
    *p = (patient){.row = cells->row};
    size_t count;
    const osi_column *columns = osi_columns(&count);
    for (size_t i = 0; i < count; i++) {
        if (is_number(&columns[i]))
            p->cells[i].number = NAN;
        else
            p->cells[i].word = NO_WORD;
    }
    p->id = osi_strdup(id, r->err);
    if (!p->id)
        return OSARC_ERR_MEMORY;
    r->clinical->count++;
    for (size_t i = 0; i < cells->count && !status; i++)
        if (r->columns[i] != SIZE_MAX)
            status = read_cell(r, p, r->columns[i], cells->text[i]);
    return status;
}

static osarc_status read_row(void *payload, const osi_cells *cells)
{
    reading *r = payload;
    if (cells->first)
        return read_header(r, cells);
    if (cells->count != r->column_count)
        return add_note(r, "clinical_refused_row", cells->row, "",
                        "refused, it has not as many cells as the first row (a decimal comma?)");
    const char *id = find_id(r, cells);
    if (!*id)
        return add_note(r, "clinical_refused_row", cells->row, "", "refused, no patient_id");
    if (strlen(id) > TEXT_LIMIT)
        return add_note(r, "clinical_refused_row", cells->row, "patient_id",
                        "refused, it is too long");
    if (id[0] == '=')
        return add_note(r, "clinical_refused_row", cells->row, "patient_id",
                        "refused, needed is the value of the formula, not the formula");
    return add_patient(r, cells, id);
}

static int compare_ids(const void *a, const void *b, void *payload)
{
    const patient *patients = payload;
    const size_t *x = a;
    const size_t *y = b;
    int order = strcmp(patients[*x].id, patients[*y].id);
    return order ? order : (*x > *y) - (*x < *y);
}

/* A patient stands once, where the first of several rows was. */
static void drop_repeats(osarc_clinical *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        patient *p = &c->patients[i];
        if (p->repeats)
            free_patient(p);
        else if (kept++ < i)
            c->patients[kept - 1] = *p;
    }
    c->count = kept;
    for (size_t i = 0; i < kept; i++)
        c->by_id[i] = i;
    qsort_r(c->by_id, kept, sizeof(*c->by_id), compare_ids, c->patients);
}

/* Rows of one patient contradict each other or not; which of them holds is not ours to say. */
static osarc_status refuse_doubled(const reading *r)
{
    osarc_clinical *c = r->clinical;
    osarc_status status = OSARC_OK;
    int any = 0;
    for (size_t i = 1; i < c->count && !status; i++) {
        patient *a = &c->patients[c->by_id[i - 1]];
        patient *b = &c->patients[c->by_id[i]];
        if (strcmp(a->id, b->id) != 0)
            continue;
        a->doubled = b->doubled = b->repeats = any = 1;
        if (r->notes)
            status = osarc_notes_add(
                r->notes, OSARC_NOTE_WARNING, "clinical_doubled_patient", r->err,
                "rows %zu and %zu: refused, both are of the same patient_id; one is needed", a->row,
                b->row);
    }
    if (any && !status)
        drop_repeats(c);
    return status;
}

static osarc_status sort_patients(const reading *r)
{
    osarc_clinical *c = r->clinical;
    c->by_id = osi_alloc_raw(c->count, sizeof(*c->by_id), r->err);
    if (!c->by_id)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        c->by_id[i] = i;
    qsort_r(c->by_id, c->count, sizeof(*c->by_id), compare_ids, c->patients);
    return refuse_doubled(r);
}

osarc_status osarc_clinical_read(osarc_clinical **out, const char *path, osarc_notes *notes,
                                 osarc_error *err)
{
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out and path are needed");
    *out = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    osarc_status status = osi_file_read(&bytes, &size, path, FILE_LIMIT, err);
    if (status)
        return status;
    reading r = {.notes = notes, .err = err};
    r.clinical = osi_alloc(1, sizeof(*r.clinical), err);
    status = r.clinical ? osi_cells_read(bytes, size, read_row, &r, err) : OSARC_ERR_MEMORY;
    if (!status && r.column_count == 0)
        status = osi_fail(err, OSARC_ERR_FORMAT, "the clinical table is empty");
    if (!status)
        status = sort_patients(&r);
    osi_free(bytes);
    if (status)
        osarc_clinical_free(r.clinical);
    else
        *out = r.clinical;
    return status;
}

size_t osarc_clinical_count(const osarc_clinical *clinical)
{
    return clinical->count;
}

const char *osarc_clinical_id(const osarc_clinical *clinical, size_t row)
{
    return row < clinical->count ? clinical->patients[row].id : NULL;
}

const char *osarc_clinical_column(size_t index)
{
    size_t count;
    const osi_column *columns = osi_columns(&count);
    return index < count ? columns[index].name : NULL;
}

static const patient *find_patient(const osarc_clinical *clinical, const char *id)
{
    size_t low = 0;
    size_t high = clinical->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const patient *p = &clinical->patients[clinical->by_id[middle]];
        int order = strcmp(p->id, id);
        if (order == 0)
            return p->doubled ? NULL : p;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const osi_clinical_row *osi_clinical_find(const osarc_clinical *clinical, const char *patient_id)
{
    return clinical && patient_id ? find_patient(clinical, patient_id) : NULL;
}

void osi_clinical_cell(const osi_clinical_row *row, size_t column, double *number_out,
                       const char **word_out)
{
    size_t count;
    const osi_column *columns = osi_columns(&count);
    *number_out = NAN;
    *word_out = NO_WORD;
    if (!row || column >= count)
        return;
    if (is_number(&columns[column]))
        *number_out = row->cells[column].number;
    else
        *word_out = row->cells[column].word;
}

double osarc_clinical_number(const osarc_clinical *clinical, const char *patient_id,
                             const char *column)
{
    double number;
    const char *word;
    osi_clinical_cell(osi_clinical_find(clinical, patient_id), osi_column_find(column), &number,
                      &word);
    return number;
}

const char *osarc_clinical_word(const osarc_clinical *clinical, const char *patient_id,
                                const char *column)
{
    double number;
    const char *word;
    osi_clinical_cell(osi_clinical_find(clinical, patient_id), osi_column_find(column), &number,
                      &word);
    return word;
}

void osarc_clinical_free(osarc_clinical *clinical)
{
    if (!clinical)
        return;
    for (size_t i = 0; i < clinical->count; i++)
        free_patient(&clinical->patients[i]);
    osi_free(clinical->patients);
    osi_free(clinical->by_id);
    osi_free(clinical);
}
