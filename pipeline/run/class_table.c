/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "class_table.h"

#include <string.h>

#include <osi/alloc.h>

int is_first_of_case(const series_result *results, size_t index)
{
    if (!results[index].number)
        return 0;
    for (size_t i = 0; i < index; i++)
        if (results[i].number && strcmp(results[i].case_id, results[index].case_id) == 0)
            return 0;
    return 1;
}

osarc_status class_table_make(class_table *out, const series_result *results, size_t count,
                              const osarc_clinical *clinical, const osarc_findings *findings,
                              const char *definitions, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    out->cases = osi_alloc(count, sizeof(*out->cases), err);
    if (!out->cases)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (!is_first_of_case(results, i))
            continue;
        const osarc_acquisition *facts = &results[i].acquisition;
        osarc_status status =
            osarc_classify(&out->cases[out->count], results[i].case_id, facts->patient_id, clinical,
                           facts, findings, definitions, err);
        if (status)
            return status;
        out->count++;
    }
    return OSARC_OK;
}

void class_table_free(class_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        osarc_classes_free(table->cases[i]);
    osi_free(table->cases);
    memset(table, 0, sizeof(*table));
}
