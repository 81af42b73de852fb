/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "class_table.h"

#include <string.h>

#include <osarc/report.h>
#include <osi/alloc.h>
#include <osi/text.h>

static const char *const COLUMNS[] = {"case",  "patient_id", "definition", "arm",    "state",
                                      "class", "p_class",    "rule",       "inputs", "missing"};
#define COLUMN_COUNT (sizeof(COLUMNS) / sizeof(COLUMNS[0]))

typedef struct class_list {
    osarc_classes **items;
    size_t count;
    size_t rows;
} class_list;

/* The first measured series of each case tells sex, age and height where the table does not. */
static int is_first_of_case(const series_result *results, size_t index)
{
    if (!results[index].number)
        return 0;
    for (size_t i = 0; i < index; i++)
        if (results[i].number && strcmp(results[i].case_id, results[index].case_id) == 0)
            return 0;
    return 1;
}

static osarc_status classify_cases(class_list *list, const series_result *results, size_t count,
                                   const osarc_clinical *clinical, const osarc_findings *findings,
                                   const char *definitions, osarc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_first_of_case(results, i))
            continue;
        const osarc_acquisition *facts = &results[i].acquisition;
        osarc_status status =
            osarc_classify(&list->items[list->count], results[i].case_id, facts->patient_id,
                           clinical, facts, findings, definitions, err);
        if (status)
            return status;
        list->rows += osarc_classes_count(list->items[list->count++]);
    }
    return OSARC_OK;
}

osarc_status class_table_write(const char *path, const series_result *results, size_t count,
                               const osarc_clinical *clinical, const osarc_findings *findings,
                               const char *definitions, osarc_error *err)
{
    class_list list = {osi_alloc(count, sizeof(*list.items), err), 0, 0};
    const char **cells = NULL;
    char(*numbers)[OSI_NUMBER_SIZE] = NULL;
    osarc_status status = list.items ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status)
        status = classify_cases(&list, results, count, clinical, findings, definitions, err);
    if (!status) {
        cells = osi_alloc(list.rows * COLUMN_COUNT, sizeof(*cells), err);
        numbers = osi_alloc(list.rows, sizeof(*numbers), err);
        status = cells && numbers ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    size_t row = 0;
    for (size_t c = 0; !status && c < list.count; c++)
        for (size_t i = 0; i < osarc_classes_count(list.items[c]); i++, row++) {
            const osarc_class_row *from = osarc_classes_at(list.items[c], i);
            const char *const texts[COLUMN_COUNT] = {from->case_id,
                                                     from->patient_id,
                                                     from->definition,
                                                     from->arm,
                                                     osarc_state_name(from->state),
                                                     from->class_name,
                                                     osi_number_print(numbers[row], from->p_class),
                                                     from->rule,
                                                     from->inputs,
                                                     from->missing};
            memcpy(cells + row * COLUMN_COUNT, texts, sizeof(texts));
        }
    if (!status) {
        osarc_table table = {COLUMNS, COLUMN_COUNT, cells, list.rows};
        status = osarc_report_table_csv(&table, path, err);
    }
    osi_free(numbers);
    osi_free(cells);
    for (size_t c = 0; c < list.count; c++)
        osarc_classes_free(list.items[c]);
    osi_free(list.items);
    return status;
}
