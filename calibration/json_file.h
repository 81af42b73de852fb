/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_JSON_FILE_H
#define CALIBRATION_JSON_FILE_H

/* JSON files read key by key: every fault names the key and what it needs. */

#include <jansson.h>

#include <osarc/base.h>

/** A whole file whose top level is an object. The caller ends it with json_decref. */
OSARC_MUST_CHECK osarc_status file_open(json_t **out, const char *path, osarc_error *err);

/** Only these keys, ended by NULL, may be there; `where` names the object in messages. */
OSARC_MUST_CHECK osarc_status file_check_keys(const json_t *object, const char *where,
                                              const char *const *keys, osarc_error *err);

/** A number from low to high. With `optional` null, or no key, gives NAN. */
typedef struct file_number {
    const char *key;
    double low, high;
    int optional;
} file_number;

OSARC_MUST_CHECK osarc_status file_get_number(double *out, const json_t *object, const char *where,
                                              const file_number *wanted, osarc_error *err);

/** A list of exactly `count` numbers; with `optional` each may be null, which gives NAN. */
OSARC_MUST_CHECK osarc_status file_get_numbers(double *out, size_t count, const json_t *object,
                                               const char *where, const file_number *wanted,
                                               osarc_error *err);

/** A text that fits; an empty one only where `may_be_empty`. */
OSARC_MUST_CHECK osarc_status file_get_text(char *out, size_t room, const json_t *object,
                                            const char *where, const char *key, int may_be_empty,
                                            osarc_error *err);

#endif
