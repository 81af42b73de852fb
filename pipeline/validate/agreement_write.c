/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agreement_private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "json_text.h"

#define DIGITS 6

static const char *const KINDS[] = {"numbers", "classes", "roc"};

/* What the short table shows of a group; a name that ends in ':' takes all that begin so. */
static const char *const SHORT[] = {
    "pairs",
    "cells_missing",
    "cells_not_numeric",
    "rows_unmatched",
    "groups_without_plots",
    "bias",
    "limit_low",
    "limit_high",
    "proportional_bias_slope",
    "proportional_bias_p",
    "ratio",
    "ratio_limit_low",
    "ratio_limit_high",
    "mae",
    "rmse",
    "deming_slope",
    "deming_intercept",
    "passing_bablok_slope",
    "passing_bablok_intercept",
    "icc_2_1",
    "icc_3_1",
    "ccc",
    "pearson_r",
    "rms_sd",
    "rms_cv_percent",
    "lsc",
    "lsc_method",
    "lsc_reference",
    "change_exceeds_lsc",
    "change_exceeds_lsc_method",
    "change_exceeds_lsc_reference",
    "accuracy",
    "kappa",
    "kappa_linear",
    "kappa_quadratic",
    "sensitivity:",
    "specificity:",
    "auc",
    "youden_threshold",
    "youden_sensitivity",
    "youden_specificity",
    "auc_second",
    "auc_difference",
    "auc_difference_p",
};

static int is_short(const char *name)
{
    for (size_t i = 0; i < sizeof(SHORT) / sizeof(SHORT[0]); i++) {
        size_t size = strlen(SHORT[i]);
        int open_end = SHORT[i][size - 1] == ':';
        if (open_end ? !strncmp(name, SHORT[i], size) : !strcmp(name, SHORT[i]))
            return 1;
    }
    return 0;
}

static osarc_status print_interval(char out[80], const osarc_agreement_row *row)
{
    char low[OSI_NUMBER_SIZE];
    char high[OSI_NUMBER_SIZE];
    out[0] = '\0';
    if (!isnan(row->ci_low))
        snprintf(out, 80, "%s to %s", osi_number_print(low, row->ci_low),
                 osi_number_print(high, row->ci_high));
    return OSARC_OK;
}

static osarc_status print_table(osi_text *text, const osarc_agreement *a, osarc_error *err)
{
    const char *group = "";
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < a->count && !status; i++) {
        const osarc_agreement_row *row = &a->rows[i];
        if (!is_short(row->name))
            continue;
        if (strcmp(group, row->group) != 0)
            status = osi_text_printf(text, err, "%s%s\n", *group ? "\n" : "", row->group);
        group = row->group;
        char value[OSI_NUMBER_SIZE];
        char interval[80];
        print_interval(interval, row);
        const char *flag = row->quality == OSARC_QUALITY_OK ? "" : osarc_quality_name(row->quality);
        if (!status)
            status = osi_text_printf(text, err, "  %-28s %12s  %-26s n %-6zu %s%s%s\n", row->name,
                                     osi_number_print(value, row->value), interval, row->count,
                                     flag, *flag && *row->note ? ": " : "", *flag ? row->note : "");
    }
    /* no spaces at the end of a line */
    size_t kept = 0;
    for (size_t i = 0; i < text->size; i++) {
        if (text->data[i] == '\n')
            while (kept && text->data[kept - 1] == ' ')
                kept--;
        text->data[kept++] = text->data[i];
    }
    if (text->data)
        text->data[text->size = kept] = '\0';
    return status;
}

static osarc_status print_json(char **out, const osarc_agreement *a, osarc_error *err)
{
    json_t *rows = json_array();
    int failed = rows == NULL;
    for (size_t i = 0; i < a->count && !failed; i++) {
        const osarc_agreement_row *r = &a->rows[i];
        json_t *row = json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:s, s:s}", "group", r->group,
                                "name", r->name, "value", osi_json_number(r->value), "ci_low",
                                osi_json_number(r->ci_low), "ci_high", osi_json_number(r->ci_high),
                                "n", (json_int_t) r->count, "quality",
                                osarc_quality_name(r->quality), "note", r->note);
        failed = !row || json_array_append_new(rows, row);
    }
    json_t *whole = failed ? NULL
                           : json_pack("{s:s, s:s, s:s, s:s, s:O}", "version", osarc_version(),
                                       "kind", KINDS[a->kind], "method", a->method, "reference",
                                       a->reference, "rows", rows);
    json_decref(rows);
    return osi_json_print(out, whole, DIGITS, err);
}

osarc_status osi_agreement_print(osarc_agreement *out, osarc_error *err)
{
    osi_text table = {0};
    osarc_status status = osi_text_add(&table, "", 0, err);
    if (!status)
        status = print_table(&table, out, err);
    out->table = table.data;
    return status ? status : print_json(&out->json, out, err);
}

static osarc_status add_cell(osi_text *text, const char *cell, char end, osarc_error *err)
{
    if (!strpbrk(cell, ",\"\r\n"))
        return osi_text_printf(text, err, "%s%c", cell, end);
    osarc_status status = osi_text_add(text, "\"", 1, err);
    for (; *cell && !status; cell++)
        status = osi_text_add(text, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1, err);
    return status ? status : osi_text_printf(text, err, "\"%c", end);
}

static osarc_status print_csv(osi_text *text, const osarc_agreement *a, osarc_error *err)
{
    osarc_status status =
        osi_text_printf(text, err, "group,name,value,ci_low,ci_high,n,quality,note\n");
    for (size_t i = 0; i < a->count && !status; i++) {
        const osarc_agreement_row *r = &a->rows[i];
        char value[OSI_NUMBER_SIZE];
        char low[OSI_NUMBER_SIZE];
        char high[OSI_NUMBER_SIZE];
        status = add_cell(text, r->group, ',', err);
        if (!status)
            status = add_cell(text, r->name, ',', err);
        if (!status)
            status = osi_text_printf(
                text, err, "%s,%s,%s,%zu,%s,", osi_number_print(value, r->value),
                osi_number_print(low, r->ci_low), osi_number_print(high, r->ci_high), r->count,
                osarc_quality_name(r->quality));
        if (!status)
            status = add_cell(text, r->note, '\n', err);
    }
    return status;
}

static osarc_status write_file(const char *folder, const char *name, const char *bytes, size_t size,
                               osarc_error *err)
{
    osi_text path = {0};
    osarc_status status = osi_text_printf(&path, err, "%s/%s", folder, name);
    if (!status)
        status = osi_file_write(path.data, bytes, size, err);
    osi_free(path.data);
    return status;
}

static osarc_status check_folder(const char *folder, int overwrite, osarc_error *err)
{
    osi_text path = {0};
    osarc_status status = osi_text_printf(&path, err, "%s/agreement.csv", folder);
    if (!status && !overwrite && access(path.data, F_OK) == 0)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "%s is there already", path.data);
    osi_free(path.data);
    return status ? status : osi_folder_create(folder, err);
}

osarc_status osarc_agreement_write(const osarc_agreement *agreement, const char *folder,
                                   int overwrite, osarc_error *err)
{
    if (!agreement || !folder)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an agreement and a folder are needed");
    osi_text csv = {0};
    osarc_status status = check_folder(folder, overwrite, err);
    if (!status)
        status = osi_agreement_plot(agreement, folder, err);
    if (!status)
        status =
            write_file(folder, "agreement.json", agreement->json, strlen(agreement->json), err);
    if (!status)
        status = print_csv(&csv, agreement, err);
    if (!status)
        status = write_file(folder, "agreement.csv", csv.data, csv.size, err);
    osi_free(csv.data);
    return status;
}
