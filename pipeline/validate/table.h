/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_TABLE_H
#define OSI_TABLE_H

/**
 * @file table.h
 * A CSV file as text cells. Rows carry the number a spreadsheet shows: the header is row 1.
 */

#include <osarc/base.h>

typedef struct osi_table osi_table;

#define OSI_NO_COLUMN SIZE_MAX

/**
 * Reads RFC 4180 CSV with one header line. A byte order mark and empty rows are passed over.
 *
 * @retval OSARC_ERR_IO      cannot be read
 * @retval OSARC_ERR_FORMAT  no header, a header name twice, a row with too many or too few cells,
 *                           a stray quote, or a NUL byte
 */
OSARC_MUST_CHECK osarc_status osi_table_read(osi_table **out, const char *path, osarc_error *err);

/** As osi_table_read, from memory; `name` is used in errors. */
OSARC_MUST_CHECK osarc_status osi_table_parse(osi_table **out, const char *bytes, size_t size,
                                              const char *name, osarc_error *err);

size_t osi_table_rows(const osi_table *table);
size_t osi_table_columns(const osi_table *table);

/** Name of a column; never NULL inside the table. */
const char *osi_table_name(const osi_table *table, size_t column);

/** Index of a column by its exact name, or OSI_NO_COLUMN. */
size_t osi_table_find(const osi_table *table, const char *name);

/** As osi_table_find, but a missing column is refused, with the names that are there. */
OSARC_MUST_CHECK osarc_status osi_table_need(size_t *out, const osi_table *table, const char *name,
                                             osarc_error *err);

/** Text of a cell, spaces at both ends removed; never NULL. */
const char *osi_table_cell(const osi_table *table, size_t row, size_t column);

/** Row number as a spreadsheet shows it. */
size_t osi_table_row_number(const osi_table *table, size_t row);

/** NULL is allowed. */
void osi_table_free(osi_table *table);

#endif
