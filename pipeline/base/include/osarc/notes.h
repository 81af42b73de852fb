/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_NOTES_H
#define OSARC_NOTES_H

/**
 * @file notes.h
 * What a clinician should know, kept with the result instead of printed.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

typedef enum osarc_severity {
    OSARC_NOTE_INFO = 0,   /**< A decision that was taken, such as "tilt corrected". */
    OSARC_NOTE_WARNING = 1 /**< Something that weakens a value. */
} osarc_severity;

/** One note. `code` is a stable word such as "tilt_corrected". Holds no patient data. */
typedef struct osarc_note {
    osarc_severity severity;
    const char *code;
    const char *text;
} osarc_note;

typedef struct osarc_notes osarc_notes;

OSARC_API OSARC_MUST_CHECK osarc_status osarc_notes_create(osarc_notes **out, osarc_error *err);

/** Adds a note. The text is formatted and copied; the code is copied. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_notes_add(osarc_notes *notes, osarc_severity severity,
                                                        const char *code, osarc_error *err,
                                                        const char *format, ...) OSARC_PRINTF(5, 6);

OSARC_API size_t osarc_notes_count(const osarc_notes *notes);

/** Borrowed; valid until the next add or free. */
OSARC_API const osarc_note *osarc_notes_at(const osarc_notes *notes, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_notes_free(osarc_notes *notes);

OSARC_END_DECLS

#endif
