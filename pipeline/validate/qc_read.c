/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of phantom scans, split by device, phantom and baseline. */
#include "qc_private.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#define NEW_BASELINE "new_baseline"

/* Columns by name; OSI_NO_COLUMN for those that are not there. */
typedef struct columns {
    size_t date, device, phantom, value;
    size_t certified, mean, sd, event;
} columns;

/* One row, read. */
typedef struct scan {
    const char *device;
    const char *phantom;
    char date[11];
    size_t row;
    double value, certified, mean, sd;
    int is_new;
} scan;

typedef struct reader {
    const osi_table *table;
    const char *name;
    columns at;
    osarc_error *err;
} reader;

static osarc_status find_columns(reader *r)
{
    const struct {
        const char *name;
        size_t *place;
        int needed;
    } wanted[] = {{"date", &r->at.date, 1},           {"device", &r->at.device, 1},
                  {"phantom", &r->at.phantom, 1},     {"value", &r->at.value, 1},
                  {"certified", &r->at.certified, 0}, {"baseline_mean", &r->at.mean, 0},
                  {"baseline_sd", &r->at.sd, 0},      {"event", &r->at.event, 0}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && !status; i++)
        if (wanted[i].needed)
            status = osi_table_need(wanted[i].place, r->table, wanted[i].name, r->err);
        else
            *wanted[i].place = osi_table_find(r->table, wanted[i].name);
    if (!status && (r->at.mean == OSI_NO_COLUMN) != (r->at.sd == OSI_NO_COLUMN))
        status = osi_fail(r->err, OSARC_ERR_ARGUMENT,
                          "%s: columns baseline_mean and baseline_sd belong together", r->name);
    return status;
}

static osarc_status refuse(const reader *r, size_t row, size_t column, const char *needed)
{
    return osi_fail(r->err, OSARC_ERR_FORMAT, "%s: row %zu, column '%s': %s is needed", r->name,
                    osi_table_row_number(r->table, row), osi_table_name(r->table, column), needed);
}

static int days_in(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

/* A day that there is, as YYYY-MM-DD. */
static int is_day(const char *text)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return 0;
    int part[3] = {0, 0, 0};
    for (int i = 0, p = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            p++;
            continue;
        }
        if (!isdigit((unsigned char) text[i]))
            return 0;
        part[p] = 10 * part[p] + (text[i] - '0');
    }
    return part[0] >= 1970 && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 &&
           part[2] <= days_in(part[0], part[1]);
}

/* A number over 0; NAN where the cell is empty and may be. */
static osarc_status read_number(const reader *r, size_t row, size_t column, int needed, double *out)
{
    *out = NAN;
    if (column == OSI_NO_COLUMN)
        return OSARC_OK;
    const char *text = osi_table_cell(r->table, row, column);
    if (!text[0] && !needed)
        return OSARC_OK;
    if (!osi_number_read(text, out) || *out <= 0)
        return refuse(r, row, column, "a number over 0");
    return OSARC_OK;
}

static osarc_status read_scan(const reader *r, size_t row, scan *out)
{
    const osi_table *t = r->table;
    const char *date = osi_table_cell(t, row, r->at.date);
    *out = (scan){.device = osi_table_cell(t, row, r->at.device),
                  .phantom = osi_table_cell(t, row, r->at.phantom),
                  .row = osi_table_row_number(t, row)};
    if (!is_day(date))
        return refuse(r, row, r->at.date, "a day as YYYY-MM-DD");
    memcpy(out->date, date, sizeof(out->date));
    if (!out->device[0])
        return refuse(r, row, r->at.device, "the name of the device");
    if (!out->phantom[0])
        return refuse(r, row, r->at.phantom, "the name of the phantom");
    if (r->at.event != OSI_NO_COLUMN) {
        const char *event = osi_table_cell(t, row, r->at.event);
        out->is_new = !strcmp(event, NEW_BASELINE);
        if (event[0] && !out->is_new)
            return refuse(r, row, r->at.event, NEW_BASELINE " or nothing");
    }
    osarc_status status = read_number(r, row, r->at.value, 1, &out->value);
    if (!status)
        status = read_number(r, row, r->at.certified, 0, &out->certified);
    if (!status)
        status = read_number(r, row, r->at.mean, 0, &out->mean);
    if (!status)
        status = read_number(r, row, r->at.sd, 0, &out->sd);
    if (!status && isnan(out->mean) != isnan(out->sd))
        status = refuse(r, row, isnan(out->mean) ? r->at.mean : r->at.sd,
                        "both mean and SD of a baseline, or neither,");
    return status;
}

static int by_time(const void *a, const void *b)
{
    const scan *first = a;
    const scan *second = b;
    int order = strcmp(first->device, second->device);
    if (!order)
        order = strcmp(first->phantom, second->phantom);
    if (!order)
        order = strcmp(first->date, second->date);
    return order ? order : (first->row > second->row) - (first->row < second->row);
}

/* What may be stated in any row of a series, and must not differ. */
static osarc_status take_stated(const reader *r, double *into, double stated, const scan *s,
                                const char *column)
{
    if (isnan(stated))
        return OSARC_OK;
    if (!isnan(*into) && *into != stated)
        return osi_fail(r->err, OSARC_ERR_FORMAT,
                        "%s: row %zu, column '%s': another number than in rows before, the same "
                        "is needed until a new baseline",
                        r->name, s->row, column);
    *into = stated;
    return OSARC_OK;
}

static osarc_status fill_series(const reader *r, osarc_qc_series *series, const scan *scans,
                                size_t count)
{
    osarc_status status = OSARC_OK;
    series->measurements = osi_alloc(count, sizeof(*series->measurements), r->err);
    if (!series->measurements)
        return OSARC_ERR_MEMORY;
    series->certified = series->mean = series->sd = NAN;
    for (size_t i = 0; i < count && !status; i++) {
        osarc_qc_measurement *m = &series->measurements[series->count++];
        *m = (osarc_qc_measurement){
            .row = scans[i].row, .value = scans[i].value, .z = NAN, .cusum = {NAN, NAN}};
        memcpy(m->date, scans[i].date, sizeof(m->date));
        status = take_stated(r, &series->certified, scans[i].certified, &scans[i], "certified");
        if (!status)
            status = take_stated(r, &series->mean, scans[i].mean, &scans[i], "baseline_mean");
        if (!status)
            status = take_stated(r, &series->sd, scans[i].sd, &scans[i], "baseline_sd");
    }
    return status;
}

static int is_same_device(const scan *a, const scan *b)
{
    return !strcmp(a->device, b->device) && !strcmp(a->phantom, b->phantom);
}

static osarc_status make_series(osarc_qc *qc, const reader *r, const scan *scans, size_t count)
{
    size_t epoch = 0;
    qc->series = osi_alloc(count, sizeof(*qc->series), r->err);
    if (!qc->series)
        return OSARC_ERR_MEMORY;
    osarc_status status = OSARC_OK;
    for (size_t i = 0, end = 0; i < count && !status; i = end) {
        for (end = i + 1; end < count && is_same_device(&scans[i], &scans[end]); end++)
            if (scans[end].is_new)
                break;
        epoch = i > 0 && is_same_device(&scans[i - 1], &scans[i]) ? epoch + 1 : 1;
        osarc_qc_series *series = &qc->series[qc->count++];
        series->device = scans[i].device;
        series->phantom = scans[i].phantom;
        series->epoch = epoch;
        series->is_current = end == count || !is_same_device(&scans[i], &scans[end]);
        status = fill_series(r, series, scans + i, end - i);
    }
    return status;
}

osarc_status osi_qc_split(osarc_qc *qc, const osi_table *table, const char *name, osarc_error *err)
{
    reader r = {.table = table, .name = name, .err = err};
    osarc_status status = find_columns(&r);
    size_t count = osi_table_rows(table);
    if (status)
        return status;
    if (count == 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: no measurement, rows are needed", name);
    scan *scans = osi_alloc(count, sizeof(*scans), err);
    if (!scans)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count && !status; i++)
        status = read_scan(&r, i, &scans[i]);
    if (!status) {
        qsort(scans, count, sizeof(*scans), by_time);
        status = make_series(qc, &r, scans, count);
    }
    osi_free(scans);
    return status;
}
