/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cutoffs.h"

#include <math.h>
#include <string.h>

#define LIMIT_TOLERANCE 1e-9

#define EWGSOP2 "Cruz-Jentoft 2019, doi 10.1093/ageing/afy169"
#define WHO     "WHO 1994, Technical Report Series 843"
#define ISCD    "ISCD 2005, pubmed 16731428"
#define QCT     "Chinese expert consensus 2020, doi 10.21037/qims-2020-16, bands as ACR"
/* the consensus says "elderly men" without an age */
#define ELDERLY "elderly as in Chinese law, 60 and over"

#define BOTH   OSARC_SEX_UNKNOWN
#define MALE   OSARC_SEX_MALE
#define FEMALE OSARC_SEX_FEMALE

static const osi_cutoff CUTOFFS[] = {
    {"ewgsop2", OSI_STRENGTH, OSI_VALUE_GRIP_KG, MALE, OSI_LESS, 27, EWGSOP2, 'H'},
    {"ewgsop2", OSI_STRENGTH, OSI_VALUE_GRIP_KG, FEMALE, OSI_LESS, 16, EWGSOP2, 'H'},
    {"ewgsop2", OSI_STRENGTH, OSI_VALUE_CHAIR_STAND_S, BOTH, OSI_MORE, 15, EWGSOP2, 'H'},
    {"ewgsop2", OSI_MASS, OSI_VALUE_ALM_KG, MALE, OSI_LESS, 20, EWGSOP2, 'H'},
    {"ewgsop2", OSI_MASS, OSI_VALUE_ALM_KG, FEMALE, OSI_LESS, 15, EWGSOP2, 'H'},
    {"ewgsop2", OSI_MASS, OSI_VALUE_ALM_KG_M2, MALE, OSI_LESS, 7.0, EWGSOP2, 'H'},
    /* 6.0 for women in the first printing, corrected to 5.5 */
    {"ewgsop2", OSI_MASS, OSI_VALUE_ALM_KG_M2, FEMALE, OSI_LESS, 5.5, EWGSOP2, 'H'},
    {"ewgsop2", OSI_PERFORMANCE, OSI_VALUE_GAIT_M_S, BOTH, OSI_AT_MOST, 0.8, EWGSOP2, 'H'},
    {"ewgsop2", OSI_PERFORMANCE, OSI_VALUE_SPPB, BOTH, OSI_AT_MOST, 8, EWGSOP2, 'H'},
    {"ewgsop2", OSI_PERFORMANCE, OSI_VALUE_TUG_S, BOTH, OSI_AT_LEAST, 20, EWGSOP2, 'H'},
    {"ewgsop2", OSI_PERFORMANCE, OSI_VALUE_WALK_400M_S, BOTH, OSI_AT_LEAST, 360, EWGSOP2, 'H'},
    {"who", OSI_BONE, OSI_VALUE_T_LOWEST, BOTH, OSI_AT_MOST, -2.5, WHO, 'H'},
    {"who", OSI_NORMAL_BONE, OSI_VALUE_T_LOWEST, BOTH, OSI_AT_LEAST, -1.0, WHO, 'H'},
    {"who", OSI_POPULATION, OSI_VALUE_AGE_YEARS, MALE, OSI_AT_LEAST, 50, ISCD, 'H'},
    {"qct_spine", OSI_BONE, OSI_VALUE_VBMD_MG_CM3, BOTH, OSI_LESS, 80, QCT, 'H'},
    {"qct_spine", OSI_NORMAL_BONE, OSI_VALUE_VBMD_MG_CM3, BOTH, OSI_MORE, 120, QCT, 'H'},
    {"qct_spine", OSI_POPULATION, OSI_VALUE_AGE_YEARS, MALE, OSI_AT_LEAST, 60, ELDERLY, 'm'},
};
#define CUTOFF_COUNT (sizeof(CUTOFFS) / sizeof(CUTOFFS[0]))

const osi_cutoff *osi_cutoffs(size_t *count_out)
{
    *count_out = CUTOFF_COUNT;
    return CUTOFFS;
}

const osi_cutoff *osi_cutoff_find(const char *definition, osi_part part, osi_value value,
                                  osarc_sex sex)
{
    for (size_t i = 0; i < CUTOFF_COUNT; i++)
        if (CUTOFFS[i].part == part && CUTOFFS[i].value == value &&
            (CUTOFFS[i].sex == BOTH || CUTOFFS[i].sex == sex) &&
            !strcmp(CUTOFFS[i].definition, definition))
            return &CUTOFFS[i];
    return NULL;
}

const char *osi_operator_text(osi_operator compare)
{
    static const char *const TEXTS[] = {"<", "<=", ">", ">="};
    return TEXTS[compare];
}

osarc_state osi_compare(double number, osi_operator compare, double limit)
{
    if (isnan(number))
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
