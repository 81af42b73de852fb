/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/run.h>

#include <math.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "class_rows.h"

static const char *const COLUMNS[] = {"case",  "patient_id", "definition",     "arm",    "state",
                                      "class", "p_class",    "rule",           "inputs", "missing",
                                      "notes", "margin_lsc", "would_change_if"};
#define COLUMN_COUNT (sizeof(COLUMNS) / sizeof(COLUMNS[0]))

osarc_status class_header_add(osarc_csv *csv, osarc_error *err)
{
    return osarc_csv_add(csv, COLUMNS, COLUMN_COUNT, 1, err);
}

static osarc_status add_rule(osarc_csv *csv, const char *rule, size_t row, const class_rules *rules,
                             osarc_error *err)
{
    if (!rules || row >= rules->count || rules->rule[row] != rule)
        return osarc_csv_add(csv, &rule, 1, 0, err);
    size_t size;
    const char *text = osarc_csv_text(rules->ready[row], &size);
    return osarc_csv_add_ready(csv, text, size, err);
}

osarc_status class_rows_add(osarc_csv *csv, const osarc_classes *patient, const class_rules *rules,
                            osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < osarc_classes_count(patient) && !status; i++) {
        char number[OSI_NUMBER_SIZE];
        char margin[OSI_NUMBER_SIZE];
        const osarc_class_row *row = osarc_classes_at(patient, i);
        const char *const before[] = {row->case_id,
                                      row->patient_id,
                                      row->definition,
                                      row->arm,
                                      osarc_state_name(row->state),
                                      row->class_name,
                                      osi_number_print(number, row->p_class)};
        const char *const behind[] = {row->inputs, row->missing, row->notes,
                                      osi_number_print(margin, round(100 * row->margin_lsc) / 100),
                                      row->would_change_if};
        status = osarc_csv_add(csv, before, sizeof(before) / sizeof(before[0]), 0, err);
        if (!status)
            status = add_rule(csv, row->rule, i, rules, err);
        if (!status)
            status = osarc_csv_add(csv, behind, sizeof(behind) / sizeof(behind[0]), 1, err);
    }
    return status;
}

void class_rules_free(class_rules *rules)
{
    for (size_t i = 0; i < rules->count && rules->ready; i++)
        osarc_csv_free(rules->ready[i]);
    osi_free(rules->ready);
    osi_free(rules->rule);
    *rules = (class_rules){0};
}

osarc_status class_rules_make(class_rules *out, const osarc_classes *patient, osarc_error *err)
{
    size_t count = osarc_classes_count(patient);
    *out = (class_rules){.count = count};
    out->ready = osi_alloc(count, sizeof(osarc_csv *), err);
    out->rule = osi_alloc(count, sizeof(*out->rule), err);
    osarc_status status = out->ready && out->rule ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count && !status; i++) {
        out->rule[i] = osarc_classes_at(patient, i)->rule;
        status = osarc_csv_create(&out->ready[i], err);
        if (!status)
            status = osarc_csv_add(out->ready[i], &out->rule[i], 1, 0, err);
    }
    if (status)
        class_rules_free(out);
    return status;
}

osarc_status osarc_classes_write(const char *path, const osarc_classes *const *patients,
                                 size_t count, osarc_error *err)
{
    if (!path || (!patients && count > 0))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "classes and a path to write to are needed");
    osarc_csv *csv = NULL;
    osarc_status status = osarc_csv_create(&csv, err);
    if (!status)
        status = class_header_add(csv, err);
    for (size_t p = 0; p < count && !status; p++)
        status = class_rows_add(csv, patients[p], NULL, err);
    if (!status) {
        size_t size;
        const char *text = osarc_csv_text(csv, &size);
        status = osi_file_write(path, text, size, err);
    }
    osarc_csv_free(csv);
    return status;
}
