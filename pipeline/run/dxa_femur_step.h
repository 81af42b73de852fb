/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_FEMUR_STEP_H
#define RUN_DXA_FEMUR_STEP_H

#include <osarc/dxa_regions.h>
#include <osarc/measure_dxa.h>
#include <osarc/notes.h>

/* Finds the femur and adds its rows. The side is what the header says; where the bone says another
 * one, none is given. */
osarc_status dxa_femur_measure(osarc_findings *findings, const osarc_measure_context *context,
                               const osarc_dxa_facts *facts, const osarc_dxa_maps *maps,
                               const osarc_dxa_picture *picture, osarc_dxa_femur *femur,
                               osarc_notes *notes, const osarc_dxa_scores *scores,
                               osarc_error *err);

/* What the labels of a femur are called, as far as they are measured; how many. */
size_t dxa_femur_names(osarc_label *out, size_t room, const osarc_dxa_femur *femur);

/* What a note says of every value of the pair. */
#define DXA_NOTES_SIZE 600

void dxa_join_notes(char *out, size_t room, const osarc_notes *notes);

#endif
