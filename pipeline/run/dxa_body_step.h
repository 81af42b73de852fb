/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_BODY_STEP_H
#define RUN_DXA_BODY_STEP_H

#include <osarc/dxa_regions.h>
#include <osarc/measure_dxa.h>
#include <osarc/notes.h>

typedef struct dxa_body_facts {
    double height_m, weight_kg; /* NAN: not known */
    int mirror_arm;             /* 1: for an arm that the edge cuts the other one may stand */
} dxa_body_facts;

/* Parts a whole body and adds its rows. */
osarc_status dxa_body_measure(osarc_findings *findings, const osarc_measure_context *context,
                              const osarc_dxa_maps *maps, const osarc_dxa_picture *picture,
                              osarc_dxa_body *regions, osarc_notes *notes,
                              const osarc_dxa_scores *scores, const dxa_body_facts *facts,
                              osarc_error *err);

/* What the labels of a body are called; how many. */
size_t dxa_body_names(osarc_label *out, size_t room);

#endif
