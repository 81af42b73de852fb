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

size_t class_scans_list(osarc_patient_scan *out, const series_result *results, size_t first,
                        size_t count)
{
    size_t scans = 0;
    for (size_t i = first; i < count; i++)
        if (results[i].number && strcmp(results[i].case_id, results[first].case_id) == 0)
            out[scans++] = (osarc_patient_scan){&results[i].acquisition, results[i].number};
    return scans;
}

osarc_status class_table_make(class_table *out, const series_result *results, size_t count,
                              const osarc_patient *known, const class_choice *choice,
                              osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    out->cases = osi_alloc(count, sizeof(*out->cases), err);
    osarc_patient_scan *scans = osi_alloc(count, sizeof(*scans), err);
    osarc_status status = out->cases && scans ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status)
        status = osarc_definitions_read(&out->set, choice->folder, err);
    for (size_t i = 0; i < count && !status; i++) {
        if (!is_first_of_case(results, i))
            continue;
        size_t scan_count = class_scans_list(scans, results, i, count);
        osarc_patient patient = *known;
        patient.case_id = results[i].case_id;
        patient.patient_id = results[i].acquisition.patient_id;
        patient.scans = scans;
        patient.scan_count = scan_count;
        patient.margins = 1;
        status =
            osarc_classify_patient(&out->cases[out->count], out->set, &patient, choice->ids, err);
        out->count += !status;
    }
    osi_free(scans);
    return status;
}

void class_table_free(class_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        osarc_classes_free(table->cases[i]);
    osi_free(table->cases);
    osarc_definitions_free(table->set);
    memset(table, 0, sizeof(*table));
}
