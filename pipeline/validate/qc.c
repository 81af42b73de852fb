/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qc_private.h"

#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include <string.h>

#define BASELINE_USUAL 25
#define BASELINE_LEAST 10
#define BASELINE_MOST  200

osarc_status osarc_qc_read(osarc_qc **out, const char *path, const osarc_qc_options *options,
                           osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a table of phantom scans is needed");
    size_t baseline = options && options->baseline ? options->baseline : BASELINE_USUAL;
    if (baseline < BASELINE_LEAST || baseline > BASELINE_MOST)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a baseline of %zu measurements, %d to %d are allowed", baseline,
                        BASELINE_LEAST, BASELINE_MOST);
    osarc_qc *qc = osi_alloc(1, sizeof(*qc), err);
    if (!qc)
        return OSARC_ERR_MEMORY;
    osarc_status status = osi_table_read(&qc->cells, path, err);
    if (!status)
        status = osi_qc_split(qc, qc->cells, path, err);
    for (size_t i = 0; i < qc->count && !status; i++)
        status = osi_qc_judge(&qc->series[i], baseline, err);
    if (!status)
        status = osi_qc_print(qc, err);
    if (status) {
        osarc_qc_free(qc);
        return status;
    }
    *out = qc;
    return OSARC_OK;
}

size_t osarc_qc_count(const osarc_qc *qc)
{
    return qc->count;
}

const osarc_qc_series *osarc_qc_at(const osarc_qc *qc, size_t index)
{
    return index < qc->count ? &qc->series[index] : NULL;
}

size_t osarc_qc_bad(const osarc_qc *qc)
{
    size_t bad = 0;
    for (size_t i = 0; i < qc->count; i++)
        if (qc->series[i].is_current && (qc->series[i].state == OSARC_QC_OUT_OF_CONTROL ||
                                         qc->series[i].state == OSARC_QC_REFUSED))
            bad++;
    return bad;
}

size_t osarc_qc_judged(const osarc_qc *qc)
{
    size_t judged = 0;
    for (size_t i = 0; i < qc->count; i++)
        if (qc->series[i].is_current && qc->series[i].state != OSARC_QC_NO_BASELINE)
            judged++;
    return judged;
}

const char *osarc_qc_table(const osarc_qc *qc)
{
    return qc->table;
}

const char *osarc_qc_json(const osarc_qc *qc)
{
    return qc->json;
}

static osarc_status write_json(const osarc_qc *qc, const char *folder, int overwrite,
                               osarc_error *err)
{
    osi_text path = {0};
    osarc_status status = osi_text_printf(&path, err, "%s/qc.json", folder);
    if (!status && !overwrite && access(path.data, F_OK) == 0)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "%s is there already", path.data);
    if (!status)
        status = osi_folder_create(folder, err);
    if (!status)
        status = osi_file_write(path.data, qc->json, strlen(qc->json), err);
    osi_free(path.data);
    return status;
}

osarc_status osarc_qc_write(const osarc_qc *qc, const char *folder, int overwrite, osarc_error *err)
{
    if (!qc || !folder)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a result and a folder are needed");
    osarc_status status = write_json(qc, folder, overwrite, err);
    for (size_t i = 0; i < qc->count && !status; i++)
        status = osi_qc_plot(&qc->series[i], i + 1, folder, err);
    return status;
}

const char *osarc_qc_rule_name(osarc_qc_rule rule)
{
    static const char *const NAMES[] = {"1-2s", "1-3s", "2-2s",  "R-4s",     "4-1s",
                                        "10-x", "iscd", "cusum", "certified"};
    return (size_t) rule < sizeof(NAMES) / sizeof(NAMES[0]) ? NAMES[rule] : "unknown";
}

const char *osarc_qc_state_name(osarc_qc_state state)
{
    static const char *const NAMES[] = {"in_control", "out_of_control", "no_baseline", "refused"};
    return (size_t) state < sizeof(NAMES) / sizeof(NAMES[0]) ? NAMES[state] : "unknown";
}

void osarc_qc_free(osarc_qc *qc)
{
    if (!qc)
        return;
    for (size_t i = 0; i < qc->count; i++) {
        osi_free(qc->series[i].measurements);
        osi_free(qc->series[i].alarms);
    }
    osi_free(qc->series);
    osi_free(qc->table);
    osi_free(qc->json);
    osi_table_free(qc->cells);
    osi_free(qc);
}
