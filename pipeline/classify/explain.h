/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_EXPLAIN_H
#define OSI_EXPLAIN_H

/* A definition in words, for a reader. */

#include "definitions.h"

/** The caller frees out with osi_free. */
OSARC_MUST_CHECK osarc_status osi_explain(char **out, const osi_definition *definition,
                                          osarc_error *err);

#endif
