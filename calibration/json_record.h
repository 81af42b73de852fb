/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_JSON_RECORD_H
#define CALIBRATION_JSON_RECORD_H

/* Calibrations as JSON: texts and numbers of a struct by key, and one part that is neither. */

#include <stddef.h>

#include "json_file.h"

typedef struct record_text {
    const char *key;
    size_t offset, room;
    int may_be_empty; /* what a header does not say */
} record_text;

typedef struct record_number {
    file_number number;
    size_t offset, count;
} record_number;

#define RECORD_TEXT(type, key, name, may_be_empty)                                                 \
    {                                                                                              \
        key, offsetof(type, name), sizeof(((type *) 0)->name), may_be_empty                        \
    }
#define RECORD_NUMBER(type, key, name, low, high, optional)                                        \
    {                                                                                              \
        {key, low, high, optional}, offsetof(type, name),                                          \
            sizeof(((type *) 0)->name) / sizeof(double)                                            \
    }

/* Every key is needed; null stands for a number that is not known. */
typedef struct record_layout {
    const char *format; /* what a file calls itself */
    int version;
    const record_text *texts;
    size_t text_count;
    const record_number *numbers;
    size_t number_count;
    const char *part; /* key of what is neither; its owner reads it */
} record_layout;

#define RECORD_KEYS_MAX 32

json_t *record_number_json(double value);
/** NULL when memory runs out. */
json_t *record_numbers_json(const double *values, size_t count);

/** Writes a record to a file; takes `part` over, NULL of which is memory run out. */
OSARC_MUST_CHECK osarc_status record_write(const void *record, const record_layout *layout,
                                           json_t *part, const char *path, osarc_error *err);

/** Texts and numbers; the file must be of this format and version and have no other keys. */
OSARC_MUST_CHECK osarc_status record_read(void *record, const json_t *root,
                                          const record_layout *layout, osarc_error *err);

#endif
