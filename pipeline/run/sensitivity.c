/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensitivity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/file.h>

static const char HEADER[] =
    "case,series_uid,site,level,quantity,unit,variant,value,base,change_percent\n";

/* One thing changed against what was asked for; limits of windows in HU. */
typedef struct variant {
    const char *name;
    osarc_window window, second;
    double low_hu, high_hu; /* both 0: windows stay */
    double second_low_hu, second_high_hu;
    double least_mm2;
    int within;
} variant;

static const variant VARIANTS[] = {
    {.name = "visceral -150 to -50",
     .window = OSARC_WINDOW_VISCERAL,
     .low_hu = -150,
     .high_hu = -50},
    {.name = "muscle from -50, fat to -50",
     .window = OSARC_WINDOW_MUSCLE,
     .low_hu = -50,
     .high_hu = 150,
     .second = OSARC_WINDOW_ADIPOSE,
     .second_low_hu = -190,
     .second_high_hu = -50},
    {.name = "muscle to 100",
     .window = OSARC_WINDOW_MUSCLE,
     .low_hu = -30,
     .high_hu = 100,
     .second = OSARC_WINDOW_MUSCLE_NORMAL,
     .second_low_hu = 30,
     .second_high_hu = 100},
    {.name = "muscle_low 0 to 34, muscle_normal from 35",
     .window = OSARC_WINDOW_MUSCLE_LOW,
     .low_hu = 0,
     .high_hu = 35,
     .second = OSARC_WINDOW_MUSCLE_NORMAL,
     .second_low_hu = 35,
     .second_high_hu = 150},
    {.name = "imat within", .within = 1},
    {.name = "pieces from 3 mm2", .least_mm2 = 3},
    {.name = "pieces from 10 mm2", .least_mm2 = 10},
    {.name = "pieces from 20 mm2", .least_mm2 = 20},
};
#define VARIANT_COUNT (sizeof(VARIANTS) / sizeof(VARIANTS[0]))

static void set_window(osarc_hu_table *table, osarc_window window, double low, double high)
{
    if (low == 0 && high == 0)
        return;
    table->window[window].low_hu = low;
    table->window[window].high_hu = high;
}

static int is_same_row(const osarc_finding *a, const osarc_finding *b)
{
    return strcmp(a->site, b->site) == 0 && strcmp(a->level, b->level) == 0 &&
           strcmp(a->quantity, b->quantity) == 0;
}

/* A case may hold what CSV has to quote. */
static osarc_status add_cell(osi_text *out, const char *text, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (!strpbrk(text, ",\"\r\n"))
        return osi_text_add(out, text, strlen(text), err);
    status = osi_text_add(out, "\"", 1, err);
    for (; *text && !status; text++) {
        if (*text == '"')
            status = osi_text_add(out, "\"", 1, err);
        if (!status)
            status = osi_text_add(out, text, 1, err);
    }
    return status ? status : osi_text_add(out, "\"", 1, err);
}

static osarc_status add_line(osi_text *out, const osarc_finding *base, const osarc_finding *row,
                             const char *name, osarc_error *err)
{
    char value[OSI_NUMBER_SIZE];
    char from[OSI_NUMBER_SIZE];
    char change[OSI_NUMBER_SIZE];
    osarc_status status = add_cell(out, base->case_id, err);
    osi_number_print(value, row->value);
    osi_number_print(from, base->value);
    osi_number_print(change, base->value != 0 ? 100 * (row->value / base->value - 1) : NAN);
    return status ? status
                  : osi_text_printf(out, err, ",%s,%s,%s,%s,%s,\"%s\",%s,%s,%s\n", base->series_uid,
                                    base->site, base->level, base->quantity, base->unit, name,
                                    value, from, change);
}

static osarc_status compare(osi_text *out, const osarc_findings *base, const osarc_findings *moved,
                            const char *name, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < osarc_findings_count(base) && !status; i++) {
        const osarc_finding *a = osarc_findings_at(base, i);
        for (size_t j = 0; j < osarc_findings_count(moved) && !status; j++) {
            const osarc_finding *b = osarc_findings_at(moved, j);
            if (is_same_row(a, b) && a->quality != OSARC_QUALITY_REFUSED &&
                b->quality != OSARC_QUALITY_REFUSED && a->value != b->value)
                status = add_line(out, a, b, name, err);
        }
    }
    return status;
}

osarc_status sensitivity_add(osi_text *out, const osarc_measure_context *context,
                             const osarc_torso_input *input, osarc_error *err)
{
    osarc_findings *base = NULL;
    if (input->refused && input->refused[0])
        return OSARC_OK;
    osarc_status status = osarc_findings_create(&base, err);
    if (!status)
        status = osarc_measure_torso(base, context, input, err);
    for (size_t v = 0; v < VARIANT_COUNT && !status; v++) {
        const variant *one = &VARIANTS[v];
        osarc_findings *moved = NULL;
        osarc_hu_table table = input->windows ? *input->windows : osarc_hu_table_default();
        osarc_torso_input other = *input;
        set_window(&table, one->window, one->low_hu, one->high_hu);
        set_window(&table, one->second, one->second_low_hu, one->second_high_hu);
        if (one->window != OSARC_WINDOW_ADIPOSE)
            snprintf(table.name, sizeof(table.name), "variant");
        if (osarc_hu_table_check(&table, NULL))
            continue; /* not together with the windows asked for */
        other.windows = &table;
        other.imat = one->within ? OSARC_IMAT_WITHIN : input->imat;
        other.least_mm2 = one->least_mm2 > 0 ? one->least_mm2 : input->least_mm2;
        status = osarc_findings_create(&moved, err);
        if (!status)
            status = osarc_measure_torso(moved, context, &other, err);
        if (!status)
            status = compare(out, base, moved, one->name, err);
        osarc_findings_free(moved);
    }
    osarc_findings_free(base);
    return status;
}

osarc_status sensitivity_write(const char *path, const series_result *results, size_t count,
                               osarc_error *err)
{
    osi_text all = {0};
    osarc_status status = osi_text_add(&all, HEADER, sizeof(HEADER) - 1, err);
    for (size_t i = 0; i < count && !status; i++)
        if (results[i].sensitivity.size)
            status =
                osi_text_add(&all, results[i].sensitivity.data, results[i].sensitivity.size, err);
    if (!status)
        status = osi_file_write(path, all.data, all.size, err);
    osi_free(all.data);
    return status;
}
