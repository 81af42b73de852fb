/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MEASURE_DXA_H
#define MEASURE_DXA_H

#include <osarc/measure_dxa.h>

#include "rows.h"

/* What all rows of a pair have in common: method, and what the unit stands on. */
osarc_finding dxa_row_blank(const osarc_measure_context *context, const osarc_dxa_maps *maps,
                            const osarc_dxa_scores *scores);

/* What weakens every value of the pair. */
void dxa_note_series(osi_row_note *note, const osarc_measure_context *context);

/* A region whose place is known to so much. */
typedef struct dxa_region {
    osarc_finding row; /* but for quantity, unit and value */
    const osarc_dxa_bone *found;
    const osarc_dxa_bone *placement; /* halves, of what moving the region does */
    const char *refused;             /* "": measured */
    const osi_row_note *note;        /* what weakens it */
} dxa_region;

/* Its density, mineral and area. */
OSARC_MUST_CHECK osarc_status dxa_add_region(osarc_findings *findings, const osarc_dxa_maps *maps,
                                             const dxa_region *what, osarc_error *err);

/* A density that is compared with a population. */
typedef struct dxa_scored {
    const char *site, *level, *side;
    osarc_bmd_site bmd_site;
    double abmd_g_cm2, abmd_half_g_cm2;
    const char *remark;
    int remark_warns;
} dxa_scored;

/* Its T- or Z-score, refused with the reason where there is none. */
OSARC_MUST_CHECK osarc_status dxa_add_score(osarc_findings *findings,
                                            const osarc_measure_context *context,
                                            const osarc_dxa_maps *maps,
                                            const osarc_dxa_scores *scores, const dxa_scored *what,
                                            osarc_error *err);

#endif
