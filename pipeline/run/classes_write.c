/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/run.h>

#include <string.h>

#include <osarc/report.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

static const char *const COLUMNS[] = {"case",  "patient_id", "definition", "arm",    "state",
                                      "class", "p_class",    "rule",       "inputs", "missing"};
#define COLUMN_COUNT (sizeof(COLUMNS) / sizeof(COLUMNS[0]))

osarc_status osarc_classes_write(const char *path, const osarc_classes *const *patients,
                                 size_t count, osarc_error *err)
{
    if (!path || (!patients && count > 0))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "classes and a path to write to are needed");
    size_t rows = 0;
    for (size_t p = 0; p < count; p++)
        rows += osarc_classes_count(patients[p]);
    const char **cells = osi_alloc(rows * COLUMN_COUNT, sizeof(*cells), err);
    char(*numbers)[OSI_NUMBER_SIZE] = osi_alloc(rows, sizeof(*numbers), err);
    osarc_status status = cells && numbers ? OSARC_OK : OSARC_ERR_MEMORY;
    size_t row = 0;
    for (size_t p = 0; !status && p < count; p++)
        for (size_t i = 0; i < osarc_classes_count(patients[p]); i++, row++) {
            const osarc_class_row *from = osarc_classes_at(patients[p], i);
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
        osarc_table table = {COLUMNS, COLUMN_COUNT, cells, rows};
        status = osarc_report_table_csv(&table, path, err);
    }
    osi_free(numbers);
    osi_free(cells);
    return status;
}
