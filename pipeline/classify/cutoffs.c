/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cutoffs.h"

#include <math.h>
#include <string.h>

#define LIMIT_TOLERANCE 1e-9

static const char *const TEXTS[] = {"<", "<=", ">", ">="};

const char *osi_operator_text(osi_operator compare)
{
    return TEXTS[compare];
}

int osi_operator_read(const char *text, osi_operator *out)
{
    for (int i = 0; i < 4; i++) {
        if (strcmp(TEXTS[i], text) != 0)
            continue;
        *out = (osi_operator) i;
        return 1;
    }
    return 0;
}

osarc_state osi_compare(double number, osi_operator compare, double limit)
{
    if (isnan(number) || isnan(limit))
        return OSARC_UNKNOWN;
    int equal = fabs(number - limit) <= LIMIT_TOLERANCE;
    int met = 0;
    switch (compare) {
    case OSI_LESS:
        met = number < limit && !equal;
        break;
    case OSI_AT_MOST:
        met = number < limit || equal;
        break;
    case OSI_MORE:
        met = number > limit && !equal;
        break;
    case OSI_AT_LEAST:
        met = number > limit || equal;
        break;
    }
    return met ? OSARC_MET : OSARC_NOT_MET;
}
