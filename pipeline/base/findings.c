/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/findings.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

/* Where the text fields of a row stand, so that copying, checking and freeing are one loop. */
static const size_t TEXT_FIELDS[] = {
    offsetof(osarc_finding, case_id),   offsetof(osarc_finding, patient_id),
    offsetof(osarc_finding, study_uid), offsetof(osarc_finding, series_uid),
    offsetof(osarc_finding, modality),  offsetof(osarc_finding, site),
    offsetof(osarc_finding, level),     offsetof(osarc_finding, side),
    offsetof(osarc_finding, quantity),  offsetof(osarc_finding, unit),
    offsetof(osarc_finding, method),    offsetof(osarc_finding, basis),
    offsetof(osarc_finding, reference), offsetof(osarc_finding, note),
};
#define TEXT_FIELD_COUNT (sizeof(TEXT_FIELDS) / sizeof(TEXT_FIELDS[0]))

struct osarc_findings {
    osarc_finding *rows;
    size_t count;
    size_t room;
};

static const char **text_field(osarc_finding *row, size_t field)
{
    return (const char **) (void *) ((char *) row + TEXT_FIELDS[field]);
}

static int empty(const char *text)
{
    return !text || !*text;
}

static osarc_status check_row(const osarc_finding *row, osarc_error *err)
{
    if (empty(row->quantity))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a finding needs a quantity");
    if (row->quality != OSARC_QUALITY_OK && empty(row->note))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s: %s needs a note", row->quantity,
                        osarc_quality_name(row->quality));
    if (row->quality == OSARC_QUALITY_REFUSED) {
        if (!isnan(row->value) || !isnan(row->ci_low) || !isnan(row->ci_high))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "%s: refused, yet it has a value",
                            row->quantity);
        return OSARC_OK;
    }
    if (!isfinite(row->value))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s: no value, and not refused", row->quantity);
    if (empty(row->unit) || empty(row->method))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s: unit and method are needed", row->quantity);
    if (isnan(row->ci_low) != isnan(row->ci_high) || row->ci_low > row->value ||
        row->ci_high < row->value)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s: %g is outside its interval %g to %g",
                        row->quantity, row->value, row->ci_low, row->ci_high);
    return OSARC_OK;
}

osarc_status osarc_findings_create(osarc_findings **out, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = osi_alloc(1, sizeof(**out), err);
    return *out ? OSARC_OK : OSARC_ERR_MEMORY;
}

osarc_status osarc_findings_add(osarc_findings *findings, const osarc_finding *row,
                                osarc_error *err)
{
    if (!findings || !row)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings and row are needed");
    osarc_status status = check_row(row, err);
    if (status)
        return status;
    if (findings->count == findings->room) {
        size_t room = findings->room ? 2 * findings->room : 64;
        osarc_finding *rows = osi_realloc(findings->rows, room, sizeof(*rows), err);
        if (!rows)
            return OSARC_ERR_MEMORY;
        findings->rows = rows;
        findings->room = room;
    }
    osarc_finding copy = *row;
    for (size_t f = 0; f < TEXT_FIELD_COUNT; f++) {
        const char **text = text_field(&copy, f);
        *text = osi_strdup(*text ? *text : "", err);
        if (!*text) {
            while (f-- > 0)
                osi_free((char *) *text_field(&copy, f));
            return OSARC_ERR_MEMORY;
        }
    }
    findings->rows[findings->count++] = copy;
    return OSARC_OK;
}

size_t osarc_findings_count(const osarc_findings *findings)
{
    return findings->count;
}

const osarc_finding *osarc_findings_at(const osarc_findings *findings, size_t index)
{
    return index < findings->count ? &findings->rows[index] : NULL;
}

const char *osarc_quality_name(osarc_quality quality)
{
    switch (quality) {
    case OSARC_QUALITY_OK:
        return "ok";
    case OSARC_QUALITY_WARNING:
        return "warning";
    case OSARC_QUALITY_REFUSED:
        return "refused";
    }
    return "refused";
}

void osarc_findings_free(osarc_findings *findings)
{
    if (!findings)
        return;
    for (size_t i = 0; i < findings->count; i++)
        for (size_t f = 0; f < TEXT_FIELD_COUNT; f++)
            osi_free((char *) *text_field(&findings->rows[i], f));
    osi_free(findings->rows);
    osi_free(findings);
}
