/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PAGE_NOTES_H
#define REPORT_PAGE_NOTES_H

#include "page.h"

/* One part of a note in the language of the report; one that has no translation as it is. */
OSARC_MUST_CHECK osarc_status page_note_add(osi_text *out, const char *text, size_t size,
                                            osarc_language language, osarc_error *err);

/* A whole note, its parts joined by "; ", escaped. */
void page_note(page *p, const char *note);

/* The translations there are, for tests: 0 past the end. */
int page_note_at(size_t index, const char **en_out, const char **zh_out);

#endif
