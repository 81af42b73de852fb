/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/reference.h>

#include <csv.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#define FILE_LIMIT ((size_t) 1 << 20)
#define ROW_MAX    1000
#define CELL_SIZE  256

struct osarc_reference_db {
    osarc_reference *rows;
    size_t count;
};

enum column {
    ID,
    KIND,
    SITE,
    SEX,
    USED_FOR,
    ANCESTRY,
    AGE_FROM,
    AGE_TO,
    SCALE,
    MEAN,
    SD,
    UNIT,
    SOURCE,
    CONFIDENCE,
    STANDARD,
    COLUMN_COUNT
};

static const struct {
    const char *name;
    int required;
} COLUMNS[COLUMN_COUNT] = {
    [ID] = {"id", 1},
    [KIND] = {"kind", 1},
    [SITE] = {"site", 1},
    [SEX] = {"sex", 1},
    [USED_FOR] = {"used_for", 0},
    [ANCESTRY] = {"ancestry", 0},
    [AGE_FROM] = {"age_from_years", 0},
    [AGE_TO] = {"age_to_years", 0},
    [SCALE] = {"scale", 1},
    [MEAN] = {"mean", 1},
    [SD] = {"sd", 1},
    [UNIT] = {"unit", 1},
    [SOURCE] = {"source", 1},
    [CONFIDENCE] = {"confidence", 1},
    [STANDARD] = {"standard", 0},
};

typedef struct table_reading {
    osarc_reference_db *db;
    osarc_error *err;
    osarc_status status;
    size_t row;                  /* from 1, the header too */
    size_t cell;                 /* cells of this row so far */
    int column_at[COLUMN_COUNT]; /* what the cells of a row are */
    size_t columns;              /* cells of the header */
    char text[COLUMN_COUNT][CELL_SIZE];
} table_reading;

static osarc_status refuse(table_reading *t, int column, const char *wanted)
{
    return osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu, column %s: %s is needed", t->row,
                    COLUMNS[column].name, wanted);
}

/* Which of the words a cell is; -1 when it is none. */
static int word_of(const char *text, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (words[i] && strcmp(text, words[i]) == 0)
            return i;
    return -1;
}

static int is_id(const char *text, size_t room)
{
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char) *c) && !strchr(".-_", *c))
            return 0;
    return text[0] && strlen(text) < room;
}

static osarc_status take_id(table_reading *t, osarc_reference *r)
{
    if (!is_id(t->text[ID], sizeof(r->id)))
        return refuse(t, ID, "a word of up to 47 letters, digits, . - or _");
    size_t published;
    const osarc_reference *rows = osarc_references(&published);
    for (size_t i = 0; i < published; i++)
        if (strcmp(rows[i].id, t->text[ID]) == 0)
            return refuse(t, ID, "an id that no published population has");
    for (size_t i = 0; i < t->db->count; i++)
        if (strcmp(t->db->rows[i].id, t->text[ID]) == 0)
            return refuse(t, ID, "an id that no row before has");
    osi_text_copy(r->id, sizeof(r->id), t->text[ID]);
    return OSARC_OK;
}

static osarc_status take_words(table_reading *t, osarc_reference *r)
{
    static const char *const KINDS[] = {"young_adult", "age_band"};
    static const char *const SEXES[] = {"any", "F", "M"};
    static const char *const TRUST[] = {"low", "medium", "high"};
    static const char *const YES[] = {"no", "yes"};
    const char *sites[OSARC_BMD_SITE_COUNT];
    const char *scales[OSARC_BMD_SCALE_COUNT];
    for (int i = 0; i < OSARC_BMD_SITE_COUNT; i++)
        sites[i] = osarc_bmd_site_name((osarc_bmd_site) i);
    for (int i = 0; i < OSARC_BMD_SCALE_COUNT; i++)
        scales[i] = i == OSARC_BMD_SCALE_UNKNOWN ? NULL : osarc_bmd_scale_name((osarc_bmd_scale) i);
    int kind = word_of(t->text[KIND], KINDS, 2);
    int site = word_of(t->text[SITE], sites, OSARC_BMD_SITE_COUNT);
    int sex = word_of(t->text[SEX], SEXES, 3);
    int used = t->text[USED_FOR][0] ? word_of(t->text[USED_FOR], SEXES, 3) : sex;
    int scale = word_of(t->text[SCALE], scales, OSARC_BMD_SCALE_COUNT);
    int trust = word_of(t->text[CONFIDENCE], TRUST, 3);
    int standard = t->text[STANDARD][0] ? word_of(t->text[STANDARD], YES, 2) : 0;
    if (kind < 0)
        return refuse(t, KIND, "young_adult or age_band");
    if (site < 0)
        return refuse(
            t, SITE,
            "lumbar_l1_l4, lumbar_l2_l4, femoral_neck, trochanter, total_hip or radius_33");
    if (sex <= OSARC_SEX_UNKNOWN)
        return refuse(t, SEX, "F or M");
    if (used < 0)
        return refuse(t, USED_FOR, "F, M or any");
    if (scale < 0)
        return refuse(t, SCALE, "DXA-Hologic, DXA-Lunar, DXA-Norland, sBMD or CTXA");
    if (strcmp(t->text[UNIT], "g/cm2") != 0)
        return refuse(t, UNIT, "g/cm2");
    if (trust < 0)
        return refuse(t, CONFIDENCE, "low, medium or high");
    if (standard < 0)
        return refuse(t, STANDARD, "yes or no");
    if (standard && trust == OSARC_CONFIDENCE_LOW)
        return refuse(t, STANDARD, "no for a population of low confidence");
    r->kind = (osarc_score_kind) kind;
    r->site = (osarc_bmd_site) site;
    r->sex = (osarc_sex) sex;
    r->used_for = (osarc_sex) used;
    r->scale = (osarc_bmd_scale) scale;
    r->confidence = (osarc_confidence) trust;
    r->standard = standard;
    osi_text_copy(r->unit, sizeof(r->unit), "g/cm2");
    return OSARC_OK;
}

static int take_number(double *out, const char *text, double low, double high)
{
    return osi_number_read(text, out) && *out >= low && *out <= high;
}

static osarc_status take_numbers(table_reading *t, osarc_reference *r)
{
    if (!take_number(&r->mean, t->text[MEAN], OSARC_BMD_LEAST_G_CM2, OSARC_BMD_MOST_G_CM2))
        return refuse(t, MEAN,
                      "a number of g/cm2, " OSI_TEXT_OF(OSARC_BMD_LEAST_G_CM2) " to " OSI_TEXT_OF(
                          OSARC_BMD_MOST_G_CM2) ",");
    if (!take_number(&r->sd, t->text[SD], 0.01, 1) || r->sd >= r->mean)
        return refuse(t, SD, "a number of g/cm2, 0.01 to 1 and below the mean,");
    int bare = !t->text[AGE_FROM][0] && !t->text[AGE_TO][0];
    if (bare && r->kind == OSARC_SCORE_T)
        return OSARC_OK;
    if (!take_number(&r->age_from_years, t->text[AGE_FROM], 0, 120))
        return refuse(t, AGE_FROM, "a number of years, 0 to 120,");
    if (!take_number(&r->age_to_years, t->text[AGE_TO], r->age_from_years, 120))
        return refuse(t, AGE_TO, "a number of years, not below age_from_years,");
    return OSARC_OK;
}

static int overlap(const osarc_reference *a, const osarc_reference *b)
{
    int sexes = a->used_for == OSARC_SEX_UNKNOWN || b->used_for == OSARC_SEX_UNKNOWN ||
                a->used_for == b->used_for;
    if (!a->standard || !b->standard || a->kind != b->kind || a->site != b->site ||
        a->scale != b->scale || !sexes)
        return 0;
    return a->kind == OSARC_SCORE_T ||
           (a->age_from_years <= b->age_to_years && b->age_from_years <= a->age_to_years &&
            strcasecmp(a->ancestry, b->ancestry) == 0);
}

static osarc_status take_row(table_reading *t)
{
    osarc_reference r = {.mean = 0};
    osarc_status status = take_id(t, &r);
    if (!status)
        status = take_words(t, &r);
    if (!status)
        status = take_numbers(t, &r);
    if (status)
        return status;
    if (strlen(t->text[ANCESTRY]) >= sizeof(r.ancestry))
        return refuse(t, ANCESTRY, "a word of up to 23 letters");
    osi_text_copy(r.ancestry, sizeof(r.ancestry), t->text[ANCESTRY]);
    if (!t->text[SOURCE][0] || strlen(t->text[SOURCE]) >= sizeof(r.source))
        return refuse(t, SOURCE, "a text of up to 95 bytes");
    osi_text_copy(r.source, sizeof(r.source), t->text[SOURCE]);
    for (size_t i = 0; i < t->db->count; i++)
        if (overlap(&t->db->rows[i], &r))
            return refuse(t, STANDARD, "no where a row before is the standard one");
    t->db->rows[t->db->count++] = r;
    return OSARC_OK;
}

static osarc_status take_header(table_reading *t, const char *text)
{
    for (int c = 0; c < COLUMN_COUNT; c++)
        if (strcmp(text, COLUMNS[c].name) == 0) {
            for (size_t i = 0; i < t->cell; i++)
                if (t->column_at[i] == c)
                    return osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu: column %s is there twice",
                                    t->row, text);
            t->column_at[t->cell] = c;
            return OSARC_OK;
        }
    return osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu: '%.40s' is no column of populations",
                    t->row, text);
}

static void add_cell(void *bytes, size_t size, void *payload)
{
    table_reading *t = payload;
    if (t->status)
        return;
    char text[CELL_SIZE];
    if (size >= sizeof(text) || (size && memchr(bytes, 0, size))) {
        t->status =
            osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu, cell %zu: over %d bytes, or no text",
                     t->row, t->cell + 1, CELL_SIZE - 1);
        return;
    }
    snprintf(text, sizeof(text), "%.*s", (int) size, bytes ? (const char *) bytes : "");
    if (t->row == 1)
        t->status = take_header(t, text);
    else if (t->cell >= t->columns)
        t->status =
            osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu has over %zu cells", t->row, t->columns);
    else
        osi_text_copy(t->text[t->column_at[t->cell]], CELL_SIZE, text);
    t->cell++;
}

static osarc_status end_header(table_reading *t)
{
    t->columns = t->cell;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        int there = 0;
        for (size_t i = 0; i < t->columns; i++)
            there |= t->column_at[i] == c;
        if (COLUMNS[c].required && !there)
            return osi_fail(t->err, OSARC_ERR_FORMAT, "row 1: column %s is missing",
                            COLUMNS[c].name);
    }
    return OSARC_OK;
}

static void end_row(int end, void *payload)
{
    (void) end;
    table_reading *t = payload;
    if (t->status)
        return;
    if (t->row == 1)
        t->status = end_header(t);
    else if (t->cell != t->columns)
        t->status = osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu has %zu cells, %zu are needed",
                             t->row, t->cell, t->columns);
    else if (t->db->count == ROW_MAX)
        t->status =
            osi_fail(t->err, OSARC_ERR_FORMAT, "row %zu: over %d populations", t->row, ROW_MAX);
    else
        t->status = take_row(t);
    t->row++;
    t->cell = 0;
    memset(t->text, 0, sizeof(t->text));
}

static void *grow(void *block, size_t size)
{
    return osi_realloc(block, size, 1, NULL);
}

static osarc_status parse(table_reading *t, const uint8_t *bytes, size_t size)
{
    static const uint8_t MARK[3] = {0xef, 0xbb, 0xbf};
    size_t skip = size >= 3 && memcmp(bytes, MARK, 3) == 0 ? 3 : 0;
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
        return osi_fail(t->err, OSARC_ERR_INTERNAL, "libcsv does not start");
    csv_set_realloc_func(&parser, grow);
    csv_set_free_func(&parser, osi_free);
    size_t done = csv_parse(&parser, bytes + skip, size - skip, add_cell, end_row, t);
    int failed = done != size - skip || csv_fini(&parser, add_cell, end_row, t);
    int reason = csv_error(&parser);
    csv_free(&parser);
    if (t->status)
        return t->status;
    if (failed && reason == CSV_ENOMEM)
        return osi_fail(t->err, OSARC_ERR_MEMORY, "out of memory for row %zu", t->row);
    if (failed)
        return osi_fail(t->err, OSARC_ERR_FORMAT,
                        "row %zu: a quote is out of place or does not end", t->row);
    if (!t->db->count)
        return osi_fail(t->err, OSARC_ERR_FORMAT, "no population in the table");
    return OSARC_OK;
}

osarc_status osarc_reference_db_read(osarc_reference_db **out, const char *path, osarc_error *err)
{
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no file of populations");
    *out = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    osarc_status status = osi_file_read(&bytes, &size, path, FILE_LIMIT, err);
    if (status)
        return status;
    osarc_reference_db *db = osi_alloc(1, sizeof(*db), err);
    table_reading *t = osi_alloc(1, sizeof(*t), err);
    if (db)
        db->rows = osi_alloc(ROW_MAX, sizeof(*db->rows), err);
    if (db && t && db->rows) {
        t->db = db;
        t->err = err;
        t->row = 1;
        status = parse(t, bytes, size);
    } else {
        status = OSARC_ERR_MEMORY;
    }
    osi_free(t);
    osi_free(bytes);
    if (status)
        osarc_reference_db_free(db);
    else
        *out = db;
    return status;
}

size_t osarc_reference_db_count(const osarc_reference_db *db)
{
    return db ? db->count : 0;
}

const osarc_reference *osarc_reference_db_at(const osarc_reference_db *db, size_t index)
{
    return db && index < db->count ? &db->rows[index] : NULL;
}

void osarc_reference_db_free(osarc_reference_db *db)
{
    if (!db)
        return;
    osi_free(db->rows);
    osi_free(db);
}
