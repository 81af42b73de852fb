/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows_file.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#include "json_object.h"

#define LEAST_HU (-1024.0)
#define MOST_HU  3071.0

/* Methods of rows print it: a word of letters, digits, dots, dashes and underscores. */
static int is_word(const char *name, size_t room)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char) name[i]) && !strchr(".-_", name[i]))
            return 0;
    return size > 0 && size < room;
}

static osarc_status take_name(osarc_hu_table *out, const json_t *value, const char *path,
                              osarc_error *err)
{
    const char *name = json_string_value(value);
    if (!name || !is_word(name, sizeof(out->name)))
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "%s: name needs to be a word of up to %zu letters, digits, . - or _", path,
                        sizeof(out->name) - 1);
    if (strcmp(name, osarc_hu_table_default().name) == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s: the name %s is the default table's", path,
                        name);
    snprintf(out->name, sizeof(out->name), "%s", name);
    return OSARC_OK;
}

static osarc_status take_window(osarc_hu_window *out, const json_t *value, const char *path,
                                const char *key, osarc_error *err)
{
    double limit[2] = {NAN, NAN};
    for (size_t i = 0; i < 2; i++) {
        const json_t *number = json_array_get(value, i);
        if (json_is_number(number))
            limit[i] = json_number_value(number);
    }
    if (json_array_size(value) != 2 || !(limit[0] >= LEAST_HU) || !(limit[1] <= MOST_HU))
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "%s: %s needs to be two numbers from -1024 to 3071, low and high", path,
                        key);
    out->low_hu = limit[0];
    out->high_hu = limit[1];
    out->source = "user";
    return OSARC_OK;
}

static osarc_status take_all(osarc_hu_table *out, const json_t *root, const char *path,
                             osarc_error *err)
{
    const char *key;
    json_t *value;
    osarc_status status = OSARC_OK;
    json_object_foreach((json_t *) root, key, value)
    {
        int window = -1;
        for (int w = 0; w < OSARC_WINDOW_COUNT; w++)
            if (strcmp(key, osarc_hu_window_name((osarc_window) w)) == 0)
                window = w;
        if (strcmp(key, "name") == 0)
            status = take_name(out, value, path, err);
        else if (window >= 0)
            status = take_window(&out->window[window], value, path, key, err);
        else
            status = osi_fail(err, OSARC_ERR_FORMAT, "%s: '%.60s' is no window", path, key);
        if (status)
            return status;
    }
    if (!json_object_get(root, "name"))
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: a name is needed, which rows tell", path);
    return osarc_hu_table_check(out, err);
}

osarc_status windows_file_read(osarc_hu_table *out, const char *path, osarc_error *err)
{
    json_t *root = NULL;
    *out = osarc_hu_table_default();
    osarc_status status = json_object_read(&root, path, err);
    if (!status)
        status = take_all(out, root, path, err);
    json_decref(root);
    return status;
}
