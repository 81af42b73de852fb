/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_file.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

#define MAX_BYTES 1000000

osarc_status file_open(json_t **out, const char *path, osarc_error *err)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    json_error_t fault;
    *out = NULL;
    osarc_status status = osi_file_read(&bytes, &size, path, MAX_BYTES, err);
    if (status)
        return status;
    json_t *root = json_loadb((const char *) bytes, size, JSON_REJECT_DUPLICATES, &fault);
    osi_free(bytes);
    if (!root)
        return osi_fail(err, OSARC_ERR_FORMAT, "no JSON: line %d: %.100s", fault.line, fault.text);
    if (!json_is_object(root)) {
        json_decref(root);
        return osi_fail(err, OSARC_ERR_FORMAT, "an object { } is needed at the top");
    }
    *out = root;
    return OSARC_OK;
}

osarc_status file_check_keys(const json_t *object, const char *where, const char *const *keys,
                             osarc_error *err)
{
    const char *key;
    json_t *value;
    /* jansson walks an object through a pointer that is not const */
    json_object_foreach((json_t *) object, key, value)
    {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (!keys[i])
            return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%.40s' is not known", where, key);
    }
    return OSARC_OK;
}

static osarc_status take_number(double *out, const json_t *value, const char *where,
                                const file_number *wanted, osarc_error *err)
{
    *out = NAN;
    if (wanted->optional && (!value || json_is_null(value)))
        return OSARC_OK;
    if (!value)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%s' is missing", where, wanted->key);
    double number = json_is_number(value) ? json_number_value(value) : NAN;
    if (!(number >= wanted->low && number <= wanted->high))
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%s': a number from %g to %g is needed",
                        where, wanted->key, wanted->low, wanted->high);
    *out = number;
    return OSARC_OK;
}

osarc_status file_get_number(double *out, const json_t *object, const char *where,
                             const file_number *wanted, osarc_error *err)
{
    return take_number(out, json_object_get(object, wanted->key), where, wanted, err);
}

osarc_status file_get_numbers(double *out, size_t count, const json_t *object, const char *where,
                              const file_number *wanted, osarc_error *err)
{
    const json_t *list = json_object_get(object, wanted->key);
    osarc_status status = OSARC_OK;
    if (!list)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%s' is missing", where, wanted->key);
    if (!json_is_array(list) || json_array_size(list) != count)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%s': a list of %zu numbers is needed",
                        where, wanted->key, count);
    for (size_t i = 0; !status && i < count; i++)
        status = take_number(&out[i], json_array_get(list, i), where, wanted, err);
    return status;
}

osarc_status file_get_text(char *out, size_t room, const json_t *object, const char *where,
                           const char *key, int may_be_empty, osarc_error *err)
{
    const json_t *value = json_object_get(object, key);
    out[0] = '\0';
    if (!value)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%s' is missing", where, key);
    const char *text = json_string_value(value);
    size_t size = text ? json_string_length(value) : 0;
    if (!text || size >= room || strlen(text) != size || (size == 0 && !may_be_empty))
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key '%s': a text of %d to %zu bytes is needed",
                        where, key, !may_be_empty, room - 1);
    memcpy(out, text, size + 1);
    return OSARC_OK;
}
