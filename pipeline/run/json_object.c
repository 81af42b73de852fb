/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_object.h"

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

#define FILE_LIMIT ((size_t) 1 << 16)

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
