/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_TEXT_H
#define OSI_TEXT_H

/* Growing text, and numbers in and out without locale. */

#include <osarc/base.h>

/* The digits of a number that is a macro, for messages. */
#define OSI_TEXT_OF_(number) #number
#define OSI_TEXT_OF(number)  OSI_TEXT_OF_(number)

OSARC_BEGIN_DECLS

/** A growing text; all-zero is a valid empty one. Free `data` with osi_free. */
typedef struct osi_text {
    char *data; /**< Ends in NUL once anything was added; NULL before. */
    size_t size;
    size_t room;
} osi_text;

OSARC_MUST_CHECK osarc_status osi_text_add(osi_text *text, const char *bytes, size_t count,
                                           osarc_error *err);
OSARC_MUST_CHECK osarc_status osi_text_printf(osi_text *text, osarc_error *err, const char *format,
                                              ...) OSARC_PRINTF(3, 4);

/** Room for any number osi_number_print writes. */
#define OSI_NUMBER_SIZE 32

/** At most 6 significant digits, '.' whatever the locale, "" for NAN and infinities. */
const char *osi_number_print(char buffer[OSI_NUMBER_SIZE], double value);

/** Reads a whole text (spaces around allowed) as a finite number with '.'; 1 on success. */
int osi_number_read(const char *text, double *value_out);

/** Copies with truncation; always ends in NUL; drops control bytes and spaces at both ends. */
void osi_text_copy(char *out, size_t room, const char *text);

OSARC_END_DECLS

#endif
