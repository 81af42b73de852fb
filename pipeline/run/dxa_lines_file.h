/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_LINES_FILE_H
#define RUN_DXA_LINES_FILE_H

#include <osarc/dxa_regions.h>

/* What was found in a picture; what has no labels has no lines. */
typedef struct dxa_lines {
    const osarc_dxa_spine *spine;
    const osarc_dxa_femur *femur;
    const osarc_dxa_body *body;
} dxa_lines;

/* The lines that part regions, as a JSON file; none is written where nothing was found. */
OSARC_MUST_CHECK osarc_status dxa_lines_write(const dxa_lines *lines,
                                              const osarc_dxa_picture *picture, const char *path,
                                              osarc_error *err);

#endif
