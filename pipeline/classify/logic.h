/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_LOGIC_H
#define OSI_LOGIC_H

/* Kleene's three-valued logic on osarc_state. */

#include <osarc/classify.h>

/** Met when both are; not met when one is not; else unknown. */
osarc_state osi_and(osarc_state a, osarc_state b);

/** Met when one is; not met when both are not; else unknown. */
osarc_state osi_or(osarc_state a, osarc_state b);

osarc_state osi_not(osarc_state a);

#endif
