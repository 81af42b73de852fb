/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_JSON_OBJECT_H
#define RUN_JSON_OBJECT_H

#include <jansson.h>

#include <osarc/base.h>

/** A small file that a user wrote, an object at its top. The caller ends it with json_decref. */
OSARC_MUST_CHECK osarc_status json_object_read(json_t **out, const char *path, osarc_error *err);

/** Writes an object as a file and ends it; NULL is refused as out of memory. */
OSARC_MUST_CHECK osarc_status json_object_write(json_t *root, const char *path, osarc_error *err);

#endif
