/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cells.h"

#include <csv.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#define CELL_MAX 4096 /* cells in a row */

/* libcsv grows a cell by 128 bytes at a time, which is quadratic in a long one. */
#define CELL_STEP ((size_t) 1 << 20)

typedef struct row_reading {
    osarc_status (*take)(void *, const osi_cells *);
    void *payload;
    osarc_error *err;
    osarc_status status;
    osi_text text; /* the cells of the row so far, each with its end */
    size_t starts[CELL_MAX];
    size_t count;
    size_t row;
    size_t taken;
    int end; /* of the row before: \r\n ends one row, not two */
} row_reading;

static void *grow(void *block, size_t size)
{
    return osi_realloc(block, size, 1, NULL);
}

static void add_cell(void *bytes, size_t size, void *payload)
{
    row_reading *r = payload;
    if (r->status)
        return;
    if (r->count == CELL_MAX) {
        r->status =
            osi_fail(r->err, OSARC_ERR_FORMAT, "row %zu has over %d cells", r->row + 1, CELL_MAX);
        return;
    }
    r->starts[r->count++] = r->text.size;
    r->status = osi_text_add(&r->text, bytes ? bytes : "", size, r->err);
    if (!r->status)
        r->status = osi_text_add(&r->text, "", 1, r->err);
}

static void end_row(int end, void *payload)
{
    row_reading *r = payload;
    const char *cells[CELL_MAX];
    size_t filled = 0;
    int before = r->end;
    r->end = end;
    if (r->status || (r->count == 0 && end == '\n' && before == '\r'))
        return;
    for (size_t i = 0; i < r->count; i++) {
        cells[i] = r->text.data + r->starts[i];
        filled += cells[i][0] != '\0';
    }
    r->row++;
    if (filled) {
        r->taken++;
        r->status = r->take(r->payload, &(osi_cells){r->row, r->taken == 1, cells, r->count});
    }
    r->count = 0;
    r->text.size = 0;
}

static osarc_status check_text(const uint8_t *bytes, size_t size, osarc_error *err)
{
    if (size >= 2 &&
        ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return osi_fail(err, OSARC_ERR_FORMAT, "the table is UTF-16, UTF-8 is needed");
    if (memchr(bytes, 0, size))
        return osi_fail(err, OSARC_ERR_FORMAT, "the table holds zero bytes and is not a CSV file");
    return OSARC_OK;
}

static osarc_status parse(row_reading *r, const uint8_t *bytes, size_t size)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL))
        return osi_fail(r->err, OSARC_ERR_INTERNAL, "libcsv does not start");
    csv_set_realloc_func(&parser, grow);
    csv_set_free_func(&parser, osi_free);
    csv_set_blk_size(&parser, CELL_STEP);
    size_t done = csv_parse(&parser, bytes, size, add_cell, end_row, r);
    int failed = done != size || csv_fini(&parser, add_cell, end_row, r);
    int reason = csv_error(&parser);
    csv_free(&parser);
    if (r->status || !failed)
        return r->status;
    if (reason == CSV_ENOMEM || reason == CSV_ETOOBIG)
        return osi_fail(r->err, OSARC_ERR_MEMORY, "out of memory for row %zu", r->row + 1);
    return osi_fail(r->err, OSARC_ERR_FORMAT, "row %zu: a quote is out of place or does not end",
                    r->row + 1);
}

osarc_status osi_cells_read(const uint8_t *bytes, size_t size,
                            osarc_status (*take)(void *, const osi_cells *), void *payload,
                            osarc_error *err)
{
    static const uint8_t MARK[3] = {0xef, 0xbb, 0xbf};
    osarc_status status = check_text(bytes, size, err);
    if (status)
        return status;
    if (size >= 3 && !memcmp(bytes, MARK, 3)) {
        bytes += 3;
        size -= 3;
    }
    row_reading *r = osi_alloc(1, sizeof(*r), err);
    if (!r)
        return OSARC_ERR_MEMORY;
    r->take = take;
    r->payload = payload;
    r->err = err;
    status = parse(r, bytes, size);
    osi_free(r->text.data);
    osi_free(r);
    return status;
}
