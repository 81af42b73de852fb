/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include <ctype.h>
#include <string.h>

#include <csv.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#define FILE_LIMIT  ((size_t) 256 << 20)
#define NAMES_SHOWN 120

/* Cells are offsets into one text, so that the text may grow while it is filled. */
struct osi_table {
    osi_text text;
    size_t *cells;
    size_t cell_count;
    size_t cell_room;
    size_t *row_numbers;
    size_t row_count; /* header included */
    size_t row_room;
    size_t columns;
};

typedef struct reader {
    osi_table *table;
    const char *name;
    size_t row_number; /* of the row being read */
    size_t row_cells;
    int last_end; /* character that ended the row before */
    osarc_status status;
    osarc_error *err;
} reader;

static void take_cell(void *bytes, size_t size, void *payload)
{
    reader *in = payload;
    osi_table *table = in->table;
    if (in->status)
        return;
    const char *text = bytes;
    while (size && isspace((unsigned char) *text)) {
        text++;
        size--;
    }
    while (size && isspace((unsigned char) text[size - 1]))
        size--;
    if (size && memchr(text, '\0', size)) {
        in->status = osi_fail(in->err, OSARC_ERR_FORMAT, "%s: row %zu holds a NUL byte", in->name,
                              in->row_number);
        return;
    }
    if (table->cell_count == table->cell_room) {
        size_t room = table->cell_room ? 2 * table->cell_room : 256;
        size_t *cells = osi_realloc(table->cells, room, sizeof(*cells), in->err);
        if (!cells) {
            in->status = OSARC_ERR_MEMORY;
            return;
        }
        table->cells = cells;
        table->cell_room = room;
    }
    table->cells[table->cell_count] = table->text.size;
    in->status = osi_text_add(&table->text, text, size, in->err);
    if (!in->status)
        in->status = osi_text_add(&table->text, "", 1, in->err);
    if (!in->status) {
        table->cell_count++;
        in->row_cells++;
    }
}

static void keep_row(reader *in)
{
    osi_table *table = in->table;
    if (table->row_count == 0)
        table->columns = in->row_cells;
    if (in->row_cells != table->columns) {
        in->status =
            osi_fail(in->err, OSARC_ERR_FORMAT, "%s: row %zu has %zu cells, the header %zu",
                     in->name, in->row_number, in->row_cells, table->columns);
        return;
    }
    if (table->row_count == table->row_room) {
        size_t room = table->row_room ? 2 * table->row_room : 64;
        size_t *numbers = osi_realloc(table->row_numbers, room, sizeof(*numbers), in->err);
        if (!numbers) {
            in->status = OSARC_ERR_MEMORY;
            return;
        }
        table->row_numbers = numbers;
        table->row_room = room;
    }
    table->row_numbers[table->row_count++] = in->row_number;
}

static void take_row_end(int end, void *payload)
{
    reader *in = payload;
    if (in->status)
        return;
    int half_of_crlf = in->row_cells == 0 && end == CSV_LF && in->last_end == CSV_CR;
    in->last_end = half_of_crlf ? 0 : end;
    if (half_of_crlf)
        return;
    if (in->row_cells)
        keep_row(in);
    in->row_cells = 0;
    in->row_number++;
}

static osarc_status parse(reader *in, const char *bytes, size_t size)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL))
        return osi_fail(in->err, OSARC_ERR_MEMORY, "%s: out of memory", in->name);
    size_t done = csv_parse(&parser, bytes, size, take_cell, take_row_end, in);
    int bad = done != size || csv_fini(&parser, take_cell, take_row_end, in);
    int no_memory = csv_error(&parser) == CSV_ENOMEM;
    csv_free(&parser);
    if (in->status)
        return in->status;
    if (bad && no_memory)
        return osi_fail(in->err, OSARC_ERR_MEMORY, "%s: out of memory", in->name);
    if (bad)
        return osi_fail(in->err, OSARC_ERR_FORMAT, "%s: row %zu has a quote out of place", in->name,
                        in->row_number);
    return OSARC_OK;
}

static osarc_status check_header(const osi_table *table, const char *name, osarc_error *err)
{
    if (table->row_count == 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: empty, a header line is needed", name);
    if (table->columns == 1 && strpbrk(osi_table_name(table, 0), ";\t"))
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: cells are parted by '%c', a comma is needed",
                        name, strchr(osi_table_name(table, 0), ';') ? ';' : ' ');
    for (size_t i = 0; i < table->columns; i++)
        for (size_t j = 0; j < i; j++)
            if (*osi_table_name(table, i) &&
                strcmp(osi_table_name(table, i), osi_table_name(table, j)) == 0)
                return osi_fail(err, OSARC_ERR_FORMAT, "%s: column '%s' is there twice", name,
                                osi_table_name(table, i));
    return OSARC_OK;
}

osarc_status osi_table_parse(osi_table **out, const char *bytes, size_t size, const char *name,
                             osarc_error *err)
{
    *out = NULL;
    osi_table *table = osi_alloc(1, sizeof(*table), err);
    if (!table)
        return OSARC_ERR_MEMORY;
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    reader in = {.table = table, .name = name, .row_number = 1, .err = err};
    osarc_status status = parse(&in, bytes, size);
    if (!status)
        status = check_header(table, name, err);
    if (status)
        osi_table_free(table);
    else
        *out = table;
    return status;
}

osarc_status osi_table_read(osi_table **out, const char *path, osarc_error *err)
{
    *out = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    osarc_status status = osi_file_read(&bytes, &size, path, FILE_LIMIT, err);
    if (!status)
        status = osi_table_parse(out, (const char *) bytes, size, path, err);
    osi_free(bytes);
    return status;
}

size_t osi_table_rows(const osi_table *table)
{
    return table->row_count - 1;
}

size_t osi_table_columns(const osi_table *table)
{
    return table->columns;
}

const char *osi_table_name(const osi_table *table, size_t column)
{
    return table->text.data + table->cells[column];
}

size_t osi_table_find(const osi_table *table, const char *name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(osi_table_name(table, i), name) == 0)
            return i;
    return OSI_NO_COLUMN;
}

osarc_status osi_table_need(size_t *out, const osi_table *table, const char *name, osarc_error *err)
{
    *out = osi_table_find(table, name);
    if (*out != OSI_NO_COLUMN)
        return OSARC_OK;
    osi_text names = {0};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < table->columns && !status && names.size < NAMES_SHOWN; i++)
        status = osi_text_printf(&names, err, "%s%s", i ? ", " : "", osi_table_name(table, i));
    if (!status)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "no column '%s'; there are: %.*s", name,
                          NAMES_SHOWN, names.data);
    osi_free(names.data);
    return status;
}

const char *osi_table_cell(const osi_table *table, size_t row, size_t column)
{
    return table->text.data + table->cells[(row + 1) * table->columns + column];
}

size_t osi_table_row_number(const osi_table *table, size_t row)
{
    return table->row_numbers[row + 1];
}

void osi_table_free(osi_table *table)
{
    if (!table)
        return;
    osi_free(table->text.data);
    osi_free(table->cells);
    osi_free(table->row_numbers);
    osi_free(table);
}
