/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "precision.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "cells.h"

#define FILE_LIMIT ((size_t) 1 << 20)
#define Z_95       1.959963984540054 /* 97.5 % point of the normal distribution */
#define CV_MAX     50.0              /* percent: more is a slip, or no measurement */

struct osarc_precision {
    double sd[OSI_INPUT_COUNT]; /* in the unit of the column; 0: not given */
    double cv[OSI_INPUT_COUNT]; /* as a fraction; 0: not given */
};

typedef struct reading {
    osarc_precision *precision;
    osarc_error *err;
    size_t quantity;
    size_t sd;
    size_t cv;
    size_t count;
} reading;

static const osi_input MEASURED[] = {
    OSI_HEIGHT,    OSI_WEIGHT, OSI_GRIP,     OSI_CHAIR_TIME, OSI_GAIT,  OSI_TUG,
    OSI_WALK_TIME, OSI_ALM,    OSI_T_LUMBAR, OSI_T_NECK,     OSI_T_HIP, OSI_T_RADIUS,
    OSI_Z_LUMBAR,  OSI_Z_NECK, OSI_Z_HIP,    OSI_WALK_6MIN,  OSI_VBMD};

int osi_input_is_measured(osi_input input)
{
    for (size_t i = 0; i < sizeof(MEASURED) / sizeof(MEASURED[0]); i++)
        if (MEASURED[i] == input)
            return 1;
    return 0;
}

/* A score has no natural zero, so a share of it means nothing. */
static int is_score(osi_input input)
{
    return input >= OSI_T_LUMBAR && input <= OSI_Z_HIP;
}

static osarc_status refuse(const reading *r, size_t row, const char *column, const char *needed)
{
    return osi_fail(r->err, OSARC_ERR_FORMAT, "row %zu, column %s of the precision file: %s", row,
                    column, needed);
}

static osarc_status read_header(reading *r, const osi_cells *cells)
{
    r->quantity = r->sd = r->cv = SIZE_MAX;
    r->count = cells->count;
    for (size_t i = 0; i < cells->count; i++) {
        size_t *to = !strcmp(cells->text[i], "quantity")     ? &r->quantity
                     : !strcmp(cells->text[i], "sd")         ? &r->sd
                     : !strcmp(cells->text[i], "cv_percent") ? &r->cv
                                                             : NULL;
        if (!to || *to != SIZE_MAX)
            return osi_fail(r->err, OSARC_ERR_FORMAT,
                            "column %zu of the precision file: needed are quantity, and sd or "
                            "cv_percent, each once",
                            i + 1);
        *to = i;
    }
    if (r->quantity == SIZE_MAX || (r->sd == SIZE_MAX && r->cv == SIZE_MAX))
        return osi_fail(r->err, OSARC_ERR_FORMAT,
                        "the first row of the precision file names no quantity, or neither sd nor "
                        "cv_percent");
    return OSARC_OK;
}

static osi_input find_quantity(const char *name)
{
    for (size_t i = 0; i < sizeof(MEASURED) / sizeof(MEASURED[0]); i++)
        if (!strcmp(osi_input_name(MEASURED[i]), name))
            return MEASURED[i];
    return OSI_INPUT_COUNT;
}

static const char *cell_of(const osi_cells *cells, size_t column)
{
    return column == SIZE_MAX ? "" : cells->text[column];
}

static osarc_status read_row(void *payload, const osi_cells *cells)
{
    reading *r = payload;
    osarc_precision *p = r->precision;
    if (cells->first)
        return read_header(r, cells);
    if (cells->count != r->count)
        return refuse(r, cells->row, "1", "not as many cells as the first row (a decimal comma?)");
    const char *sd = cell_of(cells, r->sd);
    const char *cv = cell_of(cells, r->cv);
    osi_input input = find_quantity(cells->text[r->quantity]);
    if (input == OSI_INPUT_COUNT)
        return refuse(r, cells->row, "quantity",
                      "a measured column of the clinical table is needed, such as grip_kg");
    if (p->sd[input] > 0 || p->cv[input] > 0)
        return refuse(r, cells->row, "quantity", "it stands there twice");
    if (!*sd == !*cv)
        return refuse(r, cells->row, "sd", "either sd or cv_percent is needed, and not both");
    if (*sd && (!osi_number_read(sd, &p->sd[input]) || !(p->sd[input] > 0)))
        return refuse(r, cells->row, "sd",
                      "a number over 0 is needed, in the unit of the quantity");
    if (*cv && is_score(input))
        return refuse(r, cells->row, "cv_percent",
                      "a score needs sd: the precision error in g/cm2 over the standard deviation "
                      "of the reference population");
    if (*cv &&
        (!osi_number_read(cv, &p->cv[input]) || !(p->cv[input] > 0) || p->cv[input] > CV_MAX))
        return refuse(r, cells->row, "cv_percent", "percent are needed, over 0 to 50");
    if (*cv)
        p->cv[input] /= 100;
    return OSARC_OK;
}

osarc_status osarc_precision_read(osarc_precision **out, const char *path, osarc_error *err)
{
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out and path are needed");
    *out = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    osarc_status status = osi_file_read(&bytes, &size, path, FILE_LIMIT, err);
    if (status)
        return status;
    reading r = {.err = err};
    r.precision = osi_alloc(1, sizeof(*r.precision), err);
    status = r.precision ? osi_cells_read(bytes, size, read_row, &r, err) : OSARC_ERR_MEMORY;
    if (!status && r.count == 0)
        status = osi_fail(err, OSARC_ERR_FORMAT, "the precision file is empty");
    osi_free(bytes);
    if (status)
        osarc_precision_free(r.precision);
    else
        *out = r.precision;
    return status;
}

void osarc_precision_free(osarc_precision *precision)
{
    osi_free(precision);
}

double osi_fact_sd(const osi_facts *facts, osi_input input, const osarc_precision *precision)
{
    const osi_fact *fact = &facts->fact[input];
    if (!fact->source || isnan(fact->number) || !osi_input_is_measured(input))
        return 0;
    double sd = fact->half / Z_95;
    if (precision)
        sd = fmax(sd, fmax(precision->sd[input], precision->cv[input] * fabs(fact->number)));
    return sd;
}
