/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_object.h"

#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

#define FILE_LIMIT  ((size_t) 1 << 16)
#define REAL_DIGITS 9

osarc_status json_object_read(json_t **out, const char *path, osarc_error *err)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    *out = NULL;
    osarc_status status = osi_file_read(&bytes, &size, path, FILE_LIMIT, err);
    if (status)
        return status;
    json_error_t fault;
    json_t *root = json_loadb((const char *) bytes, size, JSON_REJECT_DUPLICATES, &fault);
    osi_free(bytes);
    if (json_is_object(root)) {
        *out = root;
        return OSARC_OK;
    }
    int line = root ? 1 : fault.line;
    json_decref(root);
    return osi_fail(err, OSARC_ERR_FORMAT, "%s: not a JSON object, line %d", path, line);
}

osarc_status json_object_write(json_t *root, const char *path, osarc_error *err)
{
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;
    json_decref(root);
    if (!text)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory for %s", path);
    osarc_status status = osi_file_write(path, text, strlen(text), err);
    free(text); /* banned-ok: jansson's own allocation */
    return status;
}
