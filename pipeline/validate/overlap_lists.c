/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists as people write them: of labels in one line, of cases in a table. */
#include <osarc/overlap.h>

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "table.h"

#define PART_SIZE 32

static int read_label(uint8_t *out, const char *text)
{
    double value;
    if (!osi_number_read(text, &value) || !(value >= 1) || !(value <= 255) ||
        value != (double) (int) value)
        return 0;
    *out = (uint8_t) value;
    return 1;
}

/* Cuts a part at a sign; the text behind it, or NULL when the sign is not there. */
static char *cut_at(char *part, const char *signs)
{
    size_t length = strcspn(part, signs);
    if (!part[length])
        return NULL;
    part[length] = '\0';
    return part + length + 1;
}

static osarc_status add_pair(osarc_label_pair *out, size_t *count, osarc_label_pair pair,
                             osarc_error *err)
{
    if (*count == OSARC_LABEL_PAIRS_MAX)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "over %d labels", OSARC_LABEL_PAIRS_MAX);
    out[(*count)++] = pair;
    return OSARC_OK;
}

static osarc_status read_part(osarc_label_pair *out, size_t *count, char *part, osarc_error *err)
{
    char typed[PART_SIZE];
    uint8_t first;
    uint8_t last;
    memcpy(typed, part, PART_SIZE);
    char *test = cut_at(part, ":=");
    if (test) {
        if (!read_label(&first, part) || !read_label(&last, test))
            return osi_fail(err, OSARC_ERR_ARGUMENT,
                            "'%s' is no pair of labels, such as 1:3, each 1 to 255", typed);
        return add_pair(out, count, (osarc_label_pair){first, last}, err);
    }
    char *end = cut_at(part, "-");
    if (!read_label(&first, part) || !read_label(&last, end ? end : part) || last < first)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "'%s' is no label or range of labels, such as 25-33, within 1 to 255",
                        typed);
    for (unsigned label = first; label <= last; label++) {
        osarc_status status =
            add_pair(out, count, (osarc_label_pair){(uint8_t) label, (uint8_t) label}, err);
        if (status)
            return status;
    }
    return OSARC_OK;
}

osarc_status osarc_label_pairs_read(osarc_label_pair out[OSARC_LABEL_PAIRS_MAX], size_t *count_out,
                                    const char *text, osarc_error *err)
{
    if (!out || !count_out || !text)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a list of labels is needed");
    *count_out = 0;
    for (;;) {
        char part[PART_SIZE];
        size_t length = strcspn(text, ",");
        if (length == 0 || length >= sizeof(part))
            return osi_fail(err, OSARC_ERR_ARGUMENT,
                            "the list of labels has an empty or overlong part");
        memset(part, 0, sizeof(part));
        memcpy(part, text, length);
        osarc_status status = read_part(out, count_out, part, err);
        if (status || !text[length])
            return status;
        text += length + 1;
    }
}

/* The four texts of a row, joined paths included. */
struct osarc_case_list {
    osarc_case_files *rows;
    char *(*texts)[4];
    size_t count;
};

static char *copy_path(const char *path, const char *folder, size_t folder_size, osarc_error *err)
{
    if (path[0] == '/' || path[0] == '\0' || folder_size == 0)
        return osi_strdup(path, err);
    size_t size = folder_size + strlen(path) + 1;
    char *joined = osi_alloc_raw(size, 1, err);
    if (joined)
        snprintf(joined, size, "%.*s%s", (int) folder_size, folder, path);
    return joined;
}

static osarc_status add_row(osarc_case_list *list, const osi_table *table, size_t row,
                            const size_t columns[4], const char *path, osarc_error *err)
{
    static const char *const NAMES[] = {"case", "reference", "test"};
    const char *slash = strrchr(path, '/');
    size_t folder_size = slash ? (size_t) (slash - path) + 1 : 0;
    char **texts = list->texts[list->count];
    for (size_t i = 0; i < 4; i++) {
        const char *cell =
            columns[i] == OSI_NO_COLUMN ? "" : osi_table_cell(table, row, columns[i]);
        if (i < 3 && !cell[0])
            return osi_fail(err, OSARC_ERR_FORMAT, "row %zu has no %s",
                            osi_table_row_number(table, row), NAMES[i]);
        texts[i] = copy_path(cell, path, i == 0 ? 0 : folder_size, err);
        if (!texts[i])
            return OSARC_ERR_MEMORY;
    }
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->rows[i].case_id, texts[0]))
            return osi_fail(err, OSARC_ERR_FORMAT, "row %zu names the case of row %zu again",
                            osi_table_row_number(table, row), osi_table_row_number(table, i));
    list->rows[list->count++] = (osarc_case_files){texts[0], texts[1], texts[2], texts[3]};
    return OSARC_OK;
}

static osarc_status fill_list(osarc_case_list *list, const osi_table *table, const char *path,
                              osarc_error *err)
{
    size_t columns[4];
    size_t rows = osi_table_rows(table);
    osarc_status status = osi_table_need(&columns[0], table, "case", err);
    if (!status)
        status = osi_table_need(&columns[1], table, "reference", err);
    if (!status)
        status = osi_table_need(&columns[2], table, "test", err);
    if (status == OSARC_ERR_ARGUMENT) /* to the table these are a caller's columns, not its own */
        return osi_fail_context(err, OSARC_ERR_FORMAT, "list of cases");
    if (status)
        return status;
    columns[3] = osi_table_find(table, "series");
    if (rows == 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "the list of cases has no rows");
    list->rows = osi_alloc(rows, sizeof(*list->rows), err);
    list->texts = osi_alloc(rows, sizeof(*list->texts), err);
    if (!list->rows || !list->texts)
        return OSARC_ERR_MEMORY;
    for (size_t row = 0; !status && row < rows; row++)
        status = add_row(list, table, row, columns, path, err);
    if (status && list->count < rows)
        for (size_t i = 0; i < 4; i++)
            osi_free(list->texts[list->count][i]);
    return status;
}

osarc_status osarc_case_list_read(osarc_case_list **out, const char *path, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a list of cases needs a path");
    osi_table *table = NULL;
    osarc_status status = osi_table_read(&table, path, err);
    if (status)
        return status;
    osarc_case_list *list = osi_alloc(1, sizeof(*list), err);
    status = list ? fill_list(list, table, path, err) : OSARC_ERR_MEMORY;
    osi_table_free(table);
    if (status) {
        osarc_case_list_free(list);
        return status;
    }
    *out = list;
    return OSARC_OK;
}

size_t osarc_case_list_count(const osarc_case_list *list)
{
    return list->count;
}

const osarc_case_files *osarc_case_list_at(const osarc_case_list *list, size_t index)
{
    return index < list->count ? &list->rows[index] : NULL;
}

void osarc_case_list_free(osarc_case_list *list)
{
    if (!list)
        return;
    for (size_t row = 0; row < list->count; row++)
        for (size_t i = 0; i < 4; i++)
            osi_free(list->texts[row][i]);
    osi_free(list->texts);
    osi_free(list->rows);
    osi_free(list);
}
