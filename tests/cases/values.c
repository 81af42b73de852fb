/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "driver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#define COLUMNS_MAX 64
#define ROWS_MAX    4096

typedef struct table {
    char *cells[ROWS_MAX][COLUMNS_MAX];
    size_t columns[ROWS_MAX];
    size_t rows;
} table;

static void end_field(void *bytes, size_t size, void *payload)
{
    table *rows = payload;
    if (rows->rows >= ROWS_MAX || rows->columns[rows->rows] >= COLUMNS_MAX)
        broken("findings.csv is larger than %d by %d", ROWS_MAX, COLUMNS_MAX);
    rows->cells[rows->rows][rows->columns[rows->rows]++] = strndup(bytes ? bytes : "", size);
}

static void end_row(int end, void *payload)
{
    (void) end;
    ((table *) payload)->rows++;
}

static table *read_table(const char *path)
{
    char *text = read_text(path);
    if (!text)
        broken("%s: cannot be read", path);
    table *rows = calloc(1, sizeof(*rows));
    struct csv_parser parser;
    if (!rows || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
        broken("no memory");
    size_t size = strlen(text);
    if (csv_parse(&parser, text, size, end_field, end_row, rows) != size ||
        csv_fini(&parser, end_field, end_row, rows))
        wrong("%s: %s", path, csv_strerror(csv_error(&parser)));
    csv_free(&parser);
    free(text);
    return rows;
}

static void free_table(table *rows)
{
    for (size_t row = 0; row < rows->rows; row++)
        for (size_t column = 0; column < rows->columns[row]; column++)
            free(rows->cells[row][column]);
    free(rows);
}

static const char *cell(const table *rows, size_t row, const char *name)
{
    for (size_t column = 0; column < rows->columns[0]; column++)
        if (!strcmp(rows->cells[0][column], name))
            return column < rows->columns[row] ? rows->cells[row][column] : "";
    broken("findings.csv has no column %s", name);
}

static int matches(const table *rows, size_t row, json_t *where)
{
    const char *name;
    json_t *value;
    json_object_foreach(where, name, value)
    {
        if (strcmp(cell(rows, row, name), json_string_value(value)))
            return 0;
    }
    return 1;
}

static void check_row(const table *rows, size_t row, const json_t *wanted, const char *label)
{
    const char *quality = json_string_value(json_object_get(wanted, "quality"));
    if (quality && strcmp(cell(rows, row, "quality"), quality))
        wrong("%s: quality %s, wanted %s (%s)", label, cell(rows, row, "quality"), quality,
              cell(rows, row, "note"));
    const json_t *value = json_object_get(wanted, "value");
    if (!value)
        return;
    const json_t *tolerance = json_object_get(wanted, "tolerance");
    if (!tolerance || !json_object_get(wanted, "reason"))
        broken("%s: a value needs a tolerance and its reason", label);
    const char *text = cell(rows, row, "value");
    double got = text[0] ? atof(text) : NAN;
    if (!(fabs(got - json_number_value(value)) <= json_number_value(tolerance)))
        wrong("%s: '%s', wanted %g within %g (%s)", label, text, json_number_value(value),
              json_number_value(tolerance), cell(rows, row, "note"));
}

void check_values(const char *findings_path, const json_t *values)
{
    table *rows = read_table(findings_path);
    size_t i;
    json_t *wanted;
    json_array_foreach(values, i, wanted)
    {
        json_t *where = json_object_get(wanted, "where");
        char *label = json_dumps(where, JSON_COMPACT);
        size_t found = 0;
        for (size_t row = 1; row < rows->rows; row++)
            if (matches(rows, row, where)) {
                found++;
                check_row(rows, row, wanted, label);
            }
        const json_t *count = json_object_get(wanted, "rows");
        if (found != (size_t) (count ? json_integer_value(count) : 1))
            wrong("%s: %zu rows", label, found);
        free(label);
    }
    free_table(rows);
}

void check_truth(const char *findings_path, const char *truth_path)
{
    json_error_t error;
    json_t *document = json_load_file(truth_path, 0, &error);
    if (!document)
        broken("%s: %s", truth_path, error.text);
    table *rows = read_table(findings_path);
    size_t compared = 0;
    size_t i;
    json_t *truth;
    json_array_foreach(json_object_get(document, "truth"), i, truth)
    {
        const char *quantity = json_string_value(json_object_get(truth, "quantity"));
        double value = json_number_value(json_object_get(truth, "value"));
        double tolerance = json_number_value(json_object_get(truth, "tolerance"));
        for (size_t row = 1; row < rows->rows; row++) {
            const char *text = cell(rows, row, "value");
            if (strcmp(cell(rows, row, "quantity"), quantity) || !text[0] ||
                strcmp(cell(rows, row, "site"), "thigh") == 0)
                continue;
            compared++;
            if (!(fabs(atof(text) - value) <= tolerance))
                wrong("%s is %s, in truth %g within %g", quantity, text, value, tolerance);
        }
    }
    if (compared < 5)
        wrong("only %zu values have a true one", compared);
    free_table(rows);
    json_decref(document);
}
