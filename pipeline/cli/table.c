/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((long) 1 << 28)

static char *read_stream(FILE *file, size_t *size_out)
{
    if (fseek(file, 0, SEEK_END))
        return NULL;
    long size = ftell(file);
    if (size < 0 || size > FILE_MAX || fseek(file, 0, SEEK_SET))
        return NULL;
    char *text = malloc((size_t) size + 1); /* banned-ok */
    if (!text || fread(text, 1, (size_t) size, file) != (size_t) size) {
        free(text); /* banned-ok */
        return NULL;
    }
    text[size] = '\0';
    *size_out = (size_t) size;
    return text;
}

char *cli_read_file(const char *folder, const char *name, size_t *size_out)
{
    char path[4096];
    int size = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (size < 0 || (size_t) size >= sizeof(path))
        return NULL;
    FILE *file = fopen(path, "rb"); /* banned-ok */
    if (!file)
        return NULL;
    char *text = read_stream(file, size_out);
    fclose(file);
    return text;
}

static void add_cell(void *bytes, size_t size, void *payload)
{
    cli_table *table = payload;
    if (table->failed)
        return;
    if (table->count == table->room) {
        size_t room = table->room ? 2 * table->room : 256;
        char **cells = realloc(table->cells, room * sizeof(*cells)); /* banned-ok */
        table->failed = cells == NULL;
        if (!cells)
            return;
        table->cells = cells;
        table->room = room;
    }
    char *cell = strndup(bytes ? bytes : "", size);
    table->failed = cell == NULL;
    if (cell)
        table->cells[table->count++] = cell;
}

static void end_row(int end, void *payload)
{
    (void) end;
    cli_table *table = payload;
    if (table->rows == 0)
        table->columns = table->count;
    table->rows++;
    if (table->count != table->rows * table->columns)
        table->failed = 1;
}

int cli_table_read(cli_table *out, const char *folder, const char *name)
{
    *out = (cli_table){0};
    size_t size = 0;
    char *text = cli_read_file(folder, name, &size);
    struct csv_parser parser;
    if (!text || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI)) {
        free(text); /* banned-ok */
        return 0;
    }
    size_t done = csv_parse(&parser, text, size, add_cell, end_row, out);
    if (done != size || csv_fini(&parser, add_cell, end_row, out))
        out->failed = 1;
    csv_free(&parser);
    free(text); /* banned-ok */
    if (out->failed)
        cli_table_free(out);
    return !out->failed;
}

const char *cli_table_cell(const cli_table *table, size_t row, const char *column)
{
    for (size_t c = 0; c < table->columns; c++)
        if (!strcmp(table->cells[c], column))
            return table->cells[row * table->columns + c];
    return "";
}

void cli_table_free(cli_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]); /* banned-ok */
    free(table->cells);        /* banned-ok */
    table->cells = NULL;
    table->count = table->rows = table->columns = 0;
}
