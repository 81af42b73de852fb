/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/run.h>

#include <time.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/threads.h>

#include "class_rows.h"
#include "cohort_report.h"

/* Patients whose rows are put together before they are written: about a megabyte of text. */
#define BLOCK 16

/* Blocks that may be under way at once: those done early wait here for their place in the file. */
#define SLOTS 32

typedef struct slot {
    osarc_csv *csv;
    size_t offset;
    int busy; /* from when its block is begun until it is written */
    int done; /* put together */
} slot;

typedef struct cohort {
    const osarc_definitions *set;
    const osarc_clinical *clinical;
    const osarc_cohort_options *options;
    class_rules rules;
    cohort_states states; /* patients 0: not asked for */
    osi_file_out *file;
    slot slots[SLOTS];
    size_t begun;  /* blocks */
    size_t placed; /* blocks whose place is known */
    size_t offset; /* where the next block goes */
    size_t rows;
    osarc_status status; /* of the first that failed */
    osarc_error *err;
} cohort;

static osarc_status classify_one(osarc_classes **out, const cohort *c, size_t row, osarc_error *err)
{
    const char *id = osarc_clinical_id(c->clinical, row);
    osarc_patient patient = {.case_id = id,
                             .patient_id = id,
                             .clinical = c->clinical,
                             .precision = c->options->precision,
                             .margins = c->options->margins};
    return osarc_classify_patient(out, c->set, &patient, c->options->definitions, err);
}

static osarc_status fill_block(osarc_csv *csv, cohort *c, size_t block, size_t *rows,
                               osarc_error *err)
{
    size_t count = osarc_clinical_count(c->clinical);
    osarc_status status = OSARC_OK;
    osarc_csv_clear(csv);
    *rows = 0;
    for (size_t i = block * BLOCK; i < (block + 1) * BLOCK && i < count && !status; i++) {
        osarc_classes *classes = NULL;
        status = classify_one(&classes, c, i, err);
        if (!status)
            status = class_rows_add(csv, classes, &c->rules, err);
        if (!status)
            *rows += osarc_classes_count(classes);
        if (!status && c->options->report_folder)
            cohort_states_take(&c->states, i, classes);
        osarc_classes_free(classes);
    }
    return status;
}

static void keep_failure(cohort *c, osarc_status status, const osarc_error *err)
{
#pragma omp critical(cohort)
    if (!c->status) {
        c->status = status;
        if (c->err)
            *c->err = *err;
    }
}

/* The next block and its slot; SIZE_MAX when there is none left, or after a failure. */
static size_t begin_block(cohort *c)
{
    static const struct timespec MOMENT = {0, 100000};
    size_t blocks = (osarc_clinical_count(c->clinical) + BLOCK - 1) / BLOCK;
    for (;;) {
        size_t block = SIZE_MAX;
        int wait = 0;
#pragma omp critical(cohort)
        {
            wait = !c->status && c->begun < blocks && c->slots[c->begun % SLOTS].busy;
            if (!wait && !c->status && c->begun < blocks) {
                block = c->begun++;
                c->slots[block % SLOTS].busy = 1;
            }
        }
        if (!wait)
            return block;
        nanosleep(&MOMENT, NULL); /* a thread that was stopped keeps all others from going on */
    }
}

/* Marks a block as put together, and gives their places to all that have none before them without
 * one; those are to be written by this thread. */
static size_t place_blocks(cohort *c, size_t block, size_t rows, size_t *first_out)
{
    size_t count = 0;
#pragma omp critical(cohort)
    {
        c->rows += rows;
        c->slots[block % SLOTS].done = 1;
        *first_out = c->placed;
        while (c->slots[c->placed % SLOTS].done && count < SLOTS) {
            slot *s = &c->slots[c->placed % SLOTS];
            size_t size;
            osarc_csv_text(s->csv, &size);
            s->done = 0;
            s->offset = c->offset;
            c->offset += size;
            c->placed++;
            count++;
        }
    }
    return count;
}

static osarc_status put_blocks(cohort *c, size_t first, size_t count, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t b = first; b < first + count && !status; b++) {
        slot *s = &c->slots[b % SLOTS];
        size_t size;
        const char *text = osarc_csv_text(s->csv, &size);
        status = osi_file_out_put(c->file, s->offset, text, size, err);
#pragma omp critical(cohort)
        s->busy = 0;
    }
    return status;
}

/* Blocks are put together and written by several threads at once; where a block goes follows from
 * those before it. */
static void write_blocks(cohort *c)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (size_t b = begin_block(c); b != SIZE_MAX; b = begin_block(c)) {
        size_t rows;
        size_t first;
        osarc_status status = fill_block(c->slots[b % SLOTS].csv, c, b, &rows, &err);
        if (!status) {
            size_t count = place_blocks(c, b, rows, &first);
            status = put_blocks(c, first, count, &err);
        }
        if (status)
            keep_failure(c, status, &err);
    }
}

static osarc_status write_header(cohort *c, osarc_error *err)
{
    osarc_csv *csv = NULL;
    osarc_status status = osarc_csv_create(&csv, err);
    if (!status)
        status = class_header_add(csv, err);
    if (!status) {
        const char *text = osarc_csv_text(csv, &c->offset);
        status = osi_file_out_put(c->file, 0, text, c->offset, err);
    }
    osarc_csv_free(csv);
    return status;
}

/* Of a patient of whom nothing is known; an id that does not exist is told here. */
static osarc_status read_rules(cohort *c, osarc_error *err)
{
    osarc_classes *blank = NULL;
    osarc_status status =
        osarc_classify_by(&blank, c->set, "", "", NULL, NULL, NULL, c->options->definitions, err);
    if (!status)
        status = class_rules_make(&c->rules, blank, err);
    if (!status && c->options->report_folder)
        status =
            cohort_states_make(&c->states, c->set, blank, osarc_clinical_count(c->clinical), err);
    osarc_classes_free(blank);
    return status;
}

osarc_status osarc_cohort_write(const char *path, size_t *rows_out, const osarc_definitions *set,
                                const osarc_clinical *clinical, const osarc_cohort_options *options,
                                osarc_error *err)
{
    static const osarc_cohort_options DEFAULTS = {0};
    if (rows_out)
        *rows_out = 0;
    if (!path || !set || !clinical)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path, definitions and a table are needed");
    cohort c = {.set = set, .clinical = clinical, .options = options ? options : &DEFAULTS};
    c.err = err;
    osarc_status status = read_rules(&c, err);
    if (!status && c.options->report_folder) /* what cannot be made is told before the work */
        status = osi_folder_create(c.options->report_folder, err);
    if (!status)
        status = osi_file_out_open(&c.file, path, err);
    if (!status)
        status = write_header(&c, err);
    for (size_t i = 0; i < SLOTS && !status; i++)
        status = osarc_csv_create(&c.slots[i].csv, err);
    if (!status) {
#pragma omp parallel num_threads(osi_threads(c.options->threads))
        write_blocks(&c);
        status = c.status;
    }
    for (size_t i = 0; i < SLOTS; i++)
        osarc_csv_free(c.slots[i].csv);
    if (status)
        osi_file_out_drop(c.file);
    else
        status = osi_file_out_finish(c.file, err);
    if (!status && c.options->report_folder)
        status = cohort_report_write(c.options->report_folder, &c.states, clinical, err);
    if (!status && rows_out)
        *rows_out = c.rows;
    cohort_states_free(&c.states);
    class_rules_free(&c.rules);
    return status;
}
