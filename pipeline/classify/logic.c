/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logic.h"

/* not met < unknown < met, so that and is the least and or the greatest */
_Static_assert(OSARC_NOT_MET < OSARC_UNKNOWN && OSARC_UNKNOWN < OSARC_MET, "order of the states");

osarc_state osi_and(osarc_state a, osarc_state b)
{
    return a < b ? a : b;
}

osarc_state osi_or(osarc_state a, osarc_state b)
{
    return a > b ? a : b;
}

osarc_state osi_not(osarc_state a)
{
    if (a == OSARC_UNKNOWN)
        return OSARC_UNKNOWN;
    return a == OSARC_MET ? OSARC_NOT_MET : OSARC_MET;
}

const char *osarc_state_name(osarc_state state)
{
    switch (state) {
    case OSARC_NOT_MET:
        return "not_met";
    case OSARC_UNKNOWN:
        return "unknown";
    case OSARC_MET:
        return "met";
    }
    return "unknown";
}
