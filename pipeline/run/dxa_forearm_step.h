/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_FOREARM_STEP_H
#define RUN_DXA_FOREARM_STEP_H

#include <osarc/dxa_forearm.h>
#include <osarc/measure_forearm.h>
#include <osarc/notes.h>

/* Finds radius and ulna and adds the rows of the radius. Side and length are what header and user
 * say. */
osarc_status dxa_forearm_measure(osarc_findings *findings, const osarc_measure_context *context,
                                 const osarc_dxa_facts *facts, const osarc_dxa_maps *maps,
                                 const osarc_dxa_picture *picture, osarc_dxa_forearm *forearm,
                                 const osarc_dxa_scores *scores, osarc_error *err);

/* What the labels of a forearm are called, as far as they are measured; how many. */
size_t dxa_forearm_names(osarc_label *out, size_t room, const osarc_dxa_forearm *forearm);

#endif
