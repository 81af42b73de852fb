/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_SIDE_H
#define OSARC_SIDE_H

/**
 * @file side.h
 * Side of the body, the patient's own.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

typedef enum osarc_side {
    OSARC_SIDE_UNKNOWN = 0,
    OSARC_SIDE_LEFT = 1,
    OSARC_SIDE_RIGHT = 2
} osarc_side;

/** "left", "right", or "" when it is not known. Static. */
OSARC_API const char *osarc_side_name(osarc_side side);

OSARC_END_DECLS

#endif
