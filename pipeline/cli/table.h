/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

/* A file of the results, read back. */

#include <stddef.h>

/** A whole file, ended by NUL; NULL when it cannot be read. The caller frees it. */
char *cli_read_file(const char *folder, const char *name, size_t *size_out);

/** The cells of a CSV file: cell(row, column) is cells[row * columns + column]; row 0 is the
 * header. */
typedef struct cli_table {
    char **cells;
    size_t rows;
    size_t columns;
    size_t count; /**< Cells so far. */
    size_t room;
    int failed;
} cli_table;

/** 1 on success. Rows of another length than the first fail. */
int cli_table_read(cli_table *out, const char *folder, const char *name);

/** Text of a cell by the name of its column; "" when there is none. */
const char *cli_table_cell(const cli_table *table, size_t row, const char *column);

void cli_table_free(cli_table *table);

#endif
