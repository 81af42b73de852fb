/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_WORDS_H
#define OSI_WORDS_H

/* Rules, inputs and missing facts in words; every number comes from the table of cut-offs. */

#include <osi/text.h>

#include "verdict.h"

/** A text that is being put together; the first failure sticks. */
typedef struct osi_words {
    osi_text text;
    osarc_status status;
    osarc_error *err;
} osi_words;

void osi_words_add(osi_words *words, const char *format, ...) OSARC_PRINTF(2, 3);

/** "grip_kg < 27 (M), < 16 (F) or chair_stand_5x_s > 15 or not completed [source]". */
void osi_words_arm_rule(osi_words *words, const osi_definition *definition, osi_part arm);

/** "severe: low strength and low mass and low performance; ..." */
void osi_words_result_rule(osi_words *words, const osi_definition *definition);

/** "grip_kg=24 (table); sex=M (header)". */
void osi_words_inputs(osi_words *words, const osi_facts *facts, osi_inputs inputs);

/** What an arm lacks: facts joined by "; ", alternatives by " or ". */
void osi_words_missing(osi_words *words, const osi_facts *facts, const osi_arm *arm);

#endif
