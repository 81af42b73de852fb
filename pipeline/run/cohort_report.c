/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/report.h>
#include <osi/alloc.h>
#include <osi/counts.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#define PATH_ROOM 4096

/* ---- tables ---- */

void cohort_table_start(cohort_table *table, const char *const *columns, size_t count,
                        osarc_error *err)
{
    *table = (cohort_table){.err = err};
    table->status = osarc_csv_create(&table->csv, err);
    if (!table->status)
        table->status = osarc_csv_add(table->csv, columns, count, 1, err);
}

void cohort_table_text(cohort_table *table, const char *text)
{
    if (!table->status)
        table->status = osarc_csv_add(table->csv, &text, 1, 0, table->err);
}

void cohort_table_number(cohort_table *table, double number)
{
    char text[OSI_NUMBER_SIZE];
    cohort_table_text(table, osi_number_print(text, number));
}

void cohort_table_end_row(cohort_table *table)
{
    if (!table->status)
        table->status = osarc_csv_add(table->csv, NULL, 0, 1, table->err);
}

osarc_status cohort_table_finish(cohort_table *table, const char *folder, const char *name)
{
    char path[PATH_ROOM];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int) sizeof(path) && !table->status)
        table->status =
            osi_fail(table->err, OSARC_ERR_ARGUMENT, "the path of the folder is too long");
    if (!table->status) {
        size_t size;
        const char *text = osarc_csv_text(table->csv, &size);
        table->status = osi_file_write(path, text, size, table->err);
    }
    osarc_csv_free(table->csv);
    return table->status;
}

/* ---- prevalence ---- */

#define SEXES 4
#define BANDS 7

static const char *const SEX_NAMES[SEXES] = {"all", "F", "M", "unknown"};
static const char *const BAND_NAMES[BANDS] = {"all",   "under 50",    "50-59",  "60-69",
                                              "70-79", "80 and over", "unknown"};

/* Where a patient is counted, and how much. */
typedef struct person {
    unsigned char sex;  /* among SEX_NAMES */
    unsigned char band; /* among BAND_NAMES */
    double weight;      /* NAN: has none, where others have */
} person;

typedef struct share_count {
    double patients;
    double known;
    double met;
    double weight; /* of the known */
    double squares;
    double weight_met;
} share_count;

static unsigned char band_of(double age)
{
    if (isnan(age))
        return BANDS - 1;
    return age < 50 ? 1 : age < 60 ? 2 : age < 70 ? 3 : age < 80 ? 4 : 5;
}

static int read_people(person *out, const osarc_clinical *clinical)
{
    size_t count = osarc_clinical_count(clinical);
    int weighted = 0;
    for (size_t i = 0; i < count; i++) {
        const char *id = osarc_clinical_id(clinical, i);
        const char *sex = osarc_clinical_word(clinical, id, "sex");
        out[i].sex = !strcmp(sex, "F") ? 1 : !strcmp(sex, "M") ? 2 : 3;
        out[i].band = band_of(osarc_clinical_number(clinical, id, "age_years"));
        out[i].weight = osarc_clinical_number(clinical, id, "survey_weight");
        weighted |= !isnan(out[i].weight);
    }
    for (size_t i = 0; i < count && !weighted; i++)
        out[i].weight = 1;
    return weighted;
}

static void count_one(share_count *into, const person *p, osarc_state state)
{
    into->patients++;
    if (state == OSARC_UNKNOWN || isnan(p->weight))
        return;
    into->known++;
    into->met += state == OSARC_MET;
    into->weight += p->weight;
    into->squares += p->weight * p->weight;
    into->weight_met += state == OSARC_MET ? p->weight : 0;
}

static void add_share(cohort_table *t, const cohort_result *result, const share_count *c,
                      const char *sex, const char *band, int weighted)
{
    /* Kish's effective size of a weighted sample; the count itself without weights */
    double effective = c->squares > 0 ? c->weight * c->weight / c->squares : NAN;
    osi_share share = osi_wilson(c->weight > 0 ? c->weight_met / c->weight : NAN, effective);
    cohort_table_text(t, result->id);
    cohort_table_text(t, result->kind);
    cohort_table_text(t, sex);
    cohort_table_text(t, band);
    cohort_table_number(t, c->patients);
    cohort_table_number(t, c->known);
    cohort_table_number(t, c->met);
    cohort_table_number(t, share.value);
    cohort_table_number(t, share.low);
    cohort_table_number(t, share.high);
    cohort_table_text(t, weighted ? "yes" : "no");
    cohort_table_number(t, effective);
    cohort_table_end_row(t);
}

static osarc_status write_prevalence(const char *folder, const cohort_states *states,
                                     const osarc_clinical *clinical, osarc_error *err)
{
    static const char *const COLUMNS[] = {"definition", "kind",    "sex",      "age_band",
                                          "patients",   "known",   "met",      "prevalence",
                                          "ci_low",     "ci_high", "weighted", "effective_n"};
    cohort_table t;
    person *people = osi_alloc(states->patients, sizeof(*people), err);
    if (!people)
        return OSARC_ERR_MEMORY;
    int weighted = read_people(people, clinical);
    cohort_table_start(&t, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]), err);
    for (size_t r = 0; r < states->count; r++) {
        share_count counts[SEXES][BANDS] = {{{0, 0, 0, 0, 0, 0}}};
        for (size_t p = 0; p < states->patients; p++) {
            osarc_state state = cohort_state(states, p, r);
            count_one(&counts[0][0], &people[p], state);
            count_one(&counts[people[p].sex][0], &people[p], state);
            count_one(&counts[0][people[p].band], &people[p], state);
            count_one(&counts[people[p].sex][people[p].band], &people[p], state);
        }
        for (int s = 0; s < SEXES; s++)
            for (int b = 0; b < BANDS; b++)
                if (counts[s][b].patients > 0)
                    add_share(&t, &states->results[r], &counts[s][b], SEX_NAMES[s], BAND_NAMES[b],
                              weighted);
    }
    osi_free(people);
    return cohort_table_finish(&t, folder, "prevalence.csv");
}

/* ---- what is missing ---- */

static void add_missing(cohort_table *t, const char *what, const char *name, size_t patients,
                        size_t missing)
{
    cohort_table_text(t, what);
    cohort_table_text(t, name);
    cohort_table_number(t, (double) patients);
    cohort_table_number(t, (double) missing);
    cohort_table_number(t, patients ? 100.0 * (double) missing / (double) patients : NAN);
    cohort_table_end_row(t);
}

static osarc_status write_missing(const char *folder, const cohort_states *states,
                                  const osarc_clinical *clinical, osarc_error *err)
{
    static const char *const COLUMNS[] = {"what", "name", "patients", "missing", "percent"};
    cohort_table t;
    cohort_table_start(&t, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]), err);
    const char *column;
    for (size_t c = 0; (column = osarc_clinical_column(c)); c++) {
        size_t missing = 0;
        for (size_t p = 0; p < states->patients; p++) {
            const char *id = osarc_clinical_id(clinical, p);
            missing += isnan(osarc_clinical_number(clinical, id, column)) &&
                       !osarc_clinical_word(clinical, id, column)[0];
        }
        if (strcmp(column, "patient_id") != 0)
            add_missing(&t, "column", column, states->patients, missing);
    }
    for (size_t r = 0; r < states->count; r++) {
        size_t open = 0;
        for (size_t p = 0; p < states->patients; p++)
            open += states->open[p * (states->count + 1) + r];
        add_missing(&t, "class", states->results[r].id, states->patients, open);
    }
    return cohort_table_finish(&t, folder, "missing.csv");
}

osarc_status cohort_report_write(const char *folder, const cohort_states *states,
                                 const osarc_clinical *clinical, osarc_error *err)
{
    osarc_status status = osi_folder_create(folder, err);
    if (!status)
        status = write_prevalence(folder, states, clinical, err);
    if (!status)
        status = cohort_agreement_write(folder, states, err);
    if (!status)
        status = cohort_overlap_write(folder, states, err);
    if (!status)
        status = write_missing(folder, states, clinical, err);
    return status;
}
