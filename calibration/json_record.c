/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/file.h>

#define DIGITS 17 /* a double comes back as it was */

json_t *record_number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *record_numbers_json(const double *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, record_number_json(values[i]))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* Headers may hold bytes that are no UTF-8: then the fact is not known. */
static json_t *text_json(const char *text, int may_be_empty)
{
    json_t *value = json_string(text);
    return value || !may_be_empty ? value : json_string("");
}

static json_t *record_json(const void *record, const record_layout *layout, json_t *part)
{
    const char *base = record;
    json_t *root = json_pack("{s:s,s:i}", "format", layout->format, "version", layout->version);
    int failed = !root;
    for (size_t i = 0; !failed && i < layout->text_count; i++) {
        const record_text *field = &layout->texts[i];
        failed = json_object_set_new(root, field->key,
                                     text_json(base + field->offset, field->may_be_empty));
    }
    for (size_t i = 0; !failed && i < layout->number_count; i++) {
        const record_number *field = &layout->numbers[i];
        const double *values = (const double *) (const void *) (base + field->offset);
        failed = json_object_set_new(root, field->number.key,
                                     field->count == 1 ? record_number_json(*values)
                                                       : record_numbers_json(values, field->count));
    }
    if (failed)
        json_decref(part);
    else
        failed = json_object_set_new(root, layout->part, part);
    if (failed) {
        json_decref(root);
        return NULL;
    }
    return root;
}

osarc_status record_write(const void *record, const record_layout *layout, json_t *part,
                          const char *path, osarc_error *err)
{
    json_t *root = record_json(record, layout, part);
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS)) : NULL;
    json_decref(root);
    if (!text)
        return osi_fail(err, OSARC_ERR_MEMORY, "out of memory for a calibration");
    osarc_status status = osi_file_write(path, text, strlen(text), err);
    free(text); /* banned-ok: it is jansson's */
    return status;
}

static osarc_status check_format(const json_t *root, const record_layout *layout, osarc_error *err)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    const json_t *version = json_object_get(root, "version");
    if (!format || strcmp(format, layout->format) != 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'format': '%s' is needed", layout->format);
    if (!json_is_integer(version) || json_integer_value(version) != layout->version)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'version': %d is needed", layout->version);
    return OSARC_OK;
}

static osarc_status check_keys(const json_t *root, const record_layout *layout, osarc_error *err)
{
    const char *keys[RECORD_KEYS_MAX + 4] = {"format", "version", layout->part};
    size_t count = 3;
    for (size_t i = 0; i < layout->text_count && count < RECORD_KEYS_MAX + 3; i++)
        keys[count++] = layout->texts[i].key;
    for (size_t i = 0; i < layout->number_count && count < RECORD_KEYS_MAX + 3; i++)
        keys[count++] = layout->numbers[i].number.key;
    return file_check_keys(root, "file", keys, err);
}

static osarc_status take_number(char *base, const json_t *root, const record_number *field,
                                osarc_error *err)
{
    double *values = (double *) (void *) (base + field->offset);
    if (!json_object_get(root, field->number.key))
        return osi_fail(err, OSARC_ERR_FORMAT, "file: key '%s' is missing", field->number.key);
    return field->count == 1
               ? file_get_number(values, root, "file", &field->number, err)
               : file_get_numbers(values, field->count, root, "file", &field->number, err);
}

osarc_status record_read(void *record, const json_t *root, const record_layout *layout,
                         osarc_error *err)
{
    char *base = record;
    osarc_status status = check_format(root, layout, err);
    if (!status)
        status = check_keys(root, layout, err);
    for (size_t i = 0; !status && i < layout->text_count; i++) {
        const record_text *field = &layout->texts[i];
        status = file_get_text(base + field->offset, field->room, root, "file", field->key,
                               field->may_be_empty, err);
    }
    for (size_t i = 0; !status && i < layout->number_count; i++)
        status = take_number(base, root, &layout->numbers[i], err);
    return status;
}
