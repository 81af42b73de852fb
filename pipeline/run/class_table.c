/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "class_table.h"

#include <string.h>

#include <osi/alloc.h>

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

osarc_status class_table_write(const char *path, const series_result *results, size_t count,
                               const osarc_clinical *clinical, const osarc_findings *findings,
                               const char *definitions, osarc_error *err)
{
    osarc_classes **cases = osi_alloc(count, sizeof(*cases), err);
    size_t made = 0;
    osarc_status status = cases ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < count; i++) {
        if (!is_first_of_case(results, i))
            continue;
        const osarc_acquisition *facts = &results[i].acquisition;
        status = osarc_classify(&cases[made], results[i].case_id, facts->patient_id, clinical,
                                facts, findings, definitions, err);
        made += !status;
    }
    if (!status)
        status = osarc_classes_write(path, (const osarc_classes *const *) cases, made, err);
    for (size_t i = 0; i < made; i++)
        osarc_classes_free(cases[i]);
    osi_free(cases);
    return status;
}
