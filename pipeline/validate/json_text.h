/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_JSON_TEXT_H
#define OSI_JSON_TEXT_H

/* How results become JSON; for files that include jansson. */

#include <jansson.h>

#include <osarc/base.h>

/** null for what is no number; never -0. */
json_t *osi_json_number(double value);

/** *out: the text with an end of line, for osi_free. Takes over `whole`; NULL is a failure. */
OSARC_MUST_CHECK osarc_status osi_json_print(char **out, json_t *whole, size_t digits,
                                             osarc_error *err);

#endif
