/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_REPORT_UTF8_H
#define OSARC_REPORT_UTF8_H

#include <osi/text.h>

/** Adds a text with each byte that is not UTF-8 replaced by U+FFFD. NULL adds nothing. */
OSARC_MUST_CHECK osarc_status utf8_add(osi_text *out, const char *text, osarc_error *err);

#endif
