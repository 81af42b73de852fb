/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hologic's table of results: columns by their heads with units, rows by the names of regions. */
#include "hologic.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/text.h>

#include "sr_codes.h"

#define WORD  "ResultsTable"
#define BASIS "DXA-Hologic"
/* rounding of three masses; bone mineral is 3 to 5 % of a region */
#define SUM_SHARE 0.005

/* A number in brackets, spaces around it allowed; -1 when there is none. */
static long read_index(const char **at, const char *end)
{
    const char *p = *at;
    long index = 0;
    int digits = 0;
    if (p == end || *p++ != '[')
        return -1;
    while (p < end && *p == ' ')
        p++;
    for (; p < end && isdigit((unsigned char) *p) && digits < 4; p++, digits++)
        index = 10 * index + (*p - '0');
    while (p < end && *p == ' ')
        p++;
    if (!digits || p == end || *p++ != ']')
        return -1;
    *at = p;
    return index;
}

/* The text between quotes after '='; NULL when there is none. */
static const char *read_text(const char *at, const char *end, size_t *size_out)
{
    while (at < end && *at == ' ')
        at++;
    if (at == end || *at++ != '=')
        return NULL;
    while (at < end && *at == ' ')
        at++;
    if (at == end || *at++ != '"')
        return NULL;
    const char *close = memchr(at, '"', (size_t) (end - at));
    if (!close)
        return NULL;
    *size_out = (size_t) (close - at);
    return at;
}

static void set_cell(osi_hologic_table *table, long row, long column, const char *text, size_t size)
{
    char value[OSI_HOLOGIC_CELL] = "";
    if (row >= OSI_HOLOGIC_ROWS || column >= OSI_HOLOGIC_COLUMNS || size >= sizeof(value)) {
        table->is_refused = 1;
        return;
    }
    memcpy(value, text, size);
    char *cell = table->cells[row][column];
    if (cell[0] && strcmp(cell, value) != 0)
        table->is_refused = 1;
    memcpy(cell, value, sizeof(value));
    table->count++;
}

void osi_hologic_scan(osi_hologic_table *table, const char *text, size_t size)
{
    const char *end = text + size;
    for (const char *at = text; at < end;) {
        at = memmem(at, (size_t) (end - at), WORD, sizeof(WORD) - 1);
        if (!at)
            return;
        at += sizeof(WORD) - 1;
        size_t length = 0;
        long row = read_index(&at, end);
        long column = row < 0 ? -1 : read_index(&at, end);
        const char *value = column < 0 ? NULL : read_text(at, end, &length);
        if (value) {
            set_cell(table, row, column, value, length);
            at = value + length;
        }
    }
}

/* Letters and digits, brackets, '/' and '%' of a head, in lower case, without its tags: "BMD[g/cm
 * <sup>2</sup>]" and "BMD[(g/cm^2)]" are one. */
static void simplify(char out[OSI_HOLOGIC_CELL], const char *text)
{
    size_t used = 0;
    int in_tag = 0;
    for (; *text; text++) {
        if (*text == '<')
            in_tag = 1;
        if (!in_tag && (isalnum((unsigned char) *text) || strchr("[]/%+", *text)))
            out[used++] = (char) tolower((unsigned char) *text);
        if (*text == '>')
            in_tag = 0;
    }
    out[used] = '\0';
}

typedef enum kind {
    KIND_UNKNOWN = 0,
    KIND_SPINE = 1,
    KIND_HIP = 2,
    KIND_BODY = 3
} kind;

/* Heads as the program writes them, by kind of scan. Lean mass is without bone mineral where it has
 * no "+BMC". */
static const struct {
    const char *head;
    const char *bone; /* quantity in spine and hip; NULL: not there */
    const char *body; /* in a body */
    double factor;
} HEADS[] = {
    {"area[cm2]", "bone_area", NULL, 1}, {"bmc[g]", "bmc", "bone_mass", 1},
    {"bmd[g/cm2]", "abmd", "abmd", 1},   {"tscore", "t_score", "t_score", 1},
    {"zscore", "z_score", "z_score", 1}, {"fat[g]", NULL, "fat_mass", 1},
    {"lean[g]", NULL, "lean_mass", 1},   {"%fat[%]", NULL, "fat_percent", 0.01},
};

static const struct {
    const char *name;
    kind kind;
    const char *level;
    const char *side; /* NULL: none, or that of the scan */
} REGIONS[] = {
    {"l1", KIND_SPINE, "L1", NULL},
    {"l2", KIND_SPINE, "L2", NULL},
    {"l3", KIND_SPINE, "L3", NULL},
    {"l4", KIND_SPINE, "L4", NULL},
    {"neck", KIND_HIP, "neck", NULL},
    {"troch", KIND_HIP, "trochanter", NULL},
    {"inter", KIND_HIP, "intertrochanter", NULL},
    {"larm", KIND_BODY, "arm", "left"},
    {"rarm", KIND_BODY, "arm", "right"},
    {"lleg", KIND_BODY, "leg", "left"},
    {"rleg", KIND_BODY, "leg", "right"},
    {"trunk", KIND_BODY, "trunk", NULL},
    {"head", KIND_BODY, "head", NULL},
    {"androida", KIND_BODY, "android", NULL},
    {"gynoidg", KIND_BODY, "gynoid", NULL},
};

#define REGION_COUNT (sizeof(REGIONS) / sizeof(REGIONS[0]))
#define NO_REGION    REGION_COUNT
#define TOTAL        (REGION_COUNT + 1)

static size_t find_region(const char *name)
{
    char plain[OSI_HOLOGIC_CELL];
    simplify(plain, name);
    if (!strcmp(plain, "total"))
        return TOTAL;
    size_t i = 0;
    while (i < REGION_COUNT && strcmp(plain, REGIONS[i].name) != 0)
        i++;
    return i;
}

static kind find_kind(const osi_hologic_table *table)
{
    kind found = KIND_UNKNOWN;
    for (size_t r = 1; r < OSI_HOLOGIC_ROWS; r++) {
        size_t region = find_region(table->cells[r][0]);
        if (region >= REGION_COUNT)
            continue;
        if (found && found != REGIONS[region].kind)
            return KIND_UNKNOWN;
        found = REGIONS[region].kind;
    }
    return found;
}

/* Vertebrae whose rows hold a number: those the total is of. 0: with gaps between them. */
static int name_total(char level[16], const osi_hologic_table *table)
{
    int first = 0;
    int last = 0;
    int count = 0;
    for (size_t r = 1; r < OSI_HOLOGIC_ROWS; r++) {
        size_t region = find_region(table->cells[r][0]);
        double value;
        int there = 0;
        for (size_t c = 1; c < OSI_HOLOGIC_COLUMNS; c++)
            there |= osi_number_read(table->cells[r][c], &value);
        if (region >= REGION_COUNT || REGIONS[region].kind != KIND_SPINE || !there)
            continue;
        int number = REGIONS[region].level[1] - '0';
        first = !first || number < first ? number : first;
        last = number > last ? number : last;
        count++;
    }
    if (count < 2 || last - first + 1 != count)
        return 0;
    snprintf(level, 16, "L%d-L%d", first, last);
    return 1;
}

/* A number under a head in a row; NAN when it is not there. */
static double number_under(const osi_hologic_table *table, size_t row, const char *head)
{
    char plain[OSI_HOLOGIC_CELL];
    double value = NAN;
    for (size_t c = 1; c < OSI_HOLOGIC_COLUMNS; c++) {
        simplify(plain, table->cells[0][c]);
        if (!strcmp(plain, head) && !osi_number_read(table->cells[row][c], &value))
            value = NAN;
    }
    return value;
}

/* Lean mass is meant without bone mineral: the three then add up to the total. */
static const char *check_lean(const osi_hologic_table *table, size_t row)
{
    double total = number_under(table, row, "total[g]");
    double sum = number_under(table, row, "fat[g]") + number_under(table, row, "lean[g]") +
                 number_under(table, row, "bmc[g]");
    if (isnan(sum) || isnan(total))
        return "without fat, bone mineral and total mass it cannot be told what lean mass holds";
    return fabs(sum - total) > SUM_SHARE * total
               ? "lean mass, fat and bone mineral do not add up to the total mass"
               : NULL;
}

typedef struct taker {
    osarc_dxa_report *out;
    const osi_hologic_table *table;
    kind kind;
    const char *side; /* of a hip */
    osarc_error *err;
} taker;

static osarc_status take_cell(const taker *t, size_t row, const char *quantity, double factor,
                              const char *cell)
{
    static const char *const SITES[] = {"", "lumbar", "femur", "whole_body"};
    size_t region = find_region(t->table->cells[row][0]);
    double value = NAN;
    const char *why = NULL;
    osarc_dxa_result result = {.quantity = quantity,
                               .unit = osi_sr_unit_of(quantity),
                               .site = SITES[t->kind],
                               .side = "",
                               .warning = "",
                               .basis = BASIS,
                               .reference = strstr(quantity, "score") ? "report" : ""};
    if (region != TOTAL) {
        snprintf(result.level, sizeof(result.level), "%s", REGIONS[region].level);
        result.side = REGIONS[region].side ? REGIONS[region].side : "";
    } else if (t->kind != KIND_SPINE) {
        snprintf(result.level, sizeof(result.level), "total");
    } else if (!name_total(result.level, t->table)) {
        why = "the vertebrae of the total are not neighbours";
    }
    if (t->kind == KIND_HIP && t->side)
        result.side = t->side;
    else if (t->kind == KIND_HIP)
        why = "its side is not stated";
    if (!why && !strcmp(quantity, "lean_mass"))
        why = check_lean(t->table, row);
    if (!why && !osi_number_read(cell, &value))
        why = "no number is stated";
    if (!why)
        why = osi_sr_range_check(quantity, factor * value);
    result.value = why ? NAN : factor * value;
    result.refused = why ? why : "";
    return osarc_dxa_report_add(t->out, &result, t->err);
}

static osarc_status take_column(const taker *t, size_t column)
{
    char head[OSI_HOLOGIC_CELL];
    osarc_status status = OSARC_OK;
    simplify(head, t->table->cells[0][column]);
    const char *quantity = NULL;
    double factor = 1;
    for (size_t i = 0; i < sizeof(HEADS) / sizeof(HEADS[0]); i++)
        if (!strcmp(head, HEADS[i].head)) {
            quantity = t->kind == KIND_BODY ? HEADS[i].body : HEADS[i].bone;
            factor = HEADS[i].factor;
        }
    for (size_t r = 1; r < OSI_HOLOGIC_ROWS && !status; r++) {
        const char *cell = t->table->cells[r][column];
        size_t region = find_region(t->table->cells[r][0]);
        while (*cell == ' ')
            cell++;
        if (!*cell)
            continue;
        int is_part_score =
            quantity && strstr(quantity, "score") && t->kind == KIND_BODY && region != TOTAL;
        if (!quantity || region == NO_REGION || is_part_score)
            t->out->ignored++;
        else
            status = take_cell(t, r, quantity, factor, cell);
    }
    return status;
}

osarc_status osi_hologic_take(osarc_dxa_report *out, const osi_hologic_table *table,
                              osarc_dxa_view view, osarc_error *err)
{
    taker t = {.out = out, .table = table, .kind = find_kind(table), .err = err};
    t.side = view == OSARC_DXA_VIEW_FEMUR_LEFT    ? "left"
             : view == OSARC_DXA_VIEW_FEMUR_RIGHT ? "right"
                                                  : NULL;
    if (!t.kind) {
        out->ignored += table->count;
        return OSARC_OK;
    }
    osarc_status status = OSARC_OK;
    for (size_t c = 1; c < OSI_HOLOGIC_COLUMNS && !status; c++)
        status = take_column(&t, c);
    return status;
}
