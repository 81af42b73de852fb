/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_WORDS_H
#define OSI_WORDS_H

/* Rules, inputs and missing facts in words; every number comes from the table of cut-offs. */

#include <osi/text.h>

#include "sure.h"

/** A text that is being put together; the first failure sticks. */
typedef struct osi_words {
    osi_text text;
    size_t start; /**< Where the cell begins that is being put together. */
    osarc_status status;
    osarc_error *err;
} osi_words;

/** Each fact in words, worked out once a patient; all-zero is a valid empty one. */
typedef struct osi_fact_words {
    osi_text text;
    size_t from[OSI_INPUT_COUNT];
    size_t size[OSI_INPUT_COUNT];
} osi_fact_words;

/** Free out->text.data with osi_free, also on failure. */
OSARC_MUST_CHECK osarc_status osi_fact_words_fill(osi_fact_words *out, const osi_facts *facts,
                                                  osarc_error *err);

/** The same as "%s", faster. */
void osi_words_put(osi_words *words, const char *text);

void osi_words_add(osi_words *words, const char *format, ...) OSARC_PRINTF(2, 3);

/** "grip_kg < 27 (M), < 16 (F) or chair_stand_5x_s > 15 or not completed [source]". */
void osi_words_arm_rule(osi_words *words, const osi_definition *definition, osi_part arm);

/** "severe: low strength and low mass and low performance; ..." */
void osi_words_result_rule(osi_words *words, const osi_definition *definition);

/** "grip_kg=24 (table); sex=M (header)". */
void osi_words_inputs(osi_words *words, const osi_fact_words *facts, osi_inputs inputs);

/** "t_total_hip: the note of its row": of measured values that are warnings. */
void osi_words_warnings(osi_words *words, const osi_facts *facts, osi_inputs inputs);

/** "not used: t_lumbar=-1.9 (measured, scan 1)": what was there of these and was not used. */
void osi_words_others(osi_words *words, const osi_facts *facts, osi_inputs inputs);

/** That a reference of scores among these is not as sure as others. */
void osi_words_trust(osi_words *words, const osi_facts *facts, osi_inputs inputs);

/** "grip_kg >= 27: none (by 3, 1.2 LSC); ...". */
void osi_words_changes(osi_words *words, const osi_changes *changes);

/** The name of a fact that is missing, and why it is where sources contradict each other. */
void osi_words_needed(osi_words *words, const osi_facts *facts, osi_input input);

/** What an arm lacks: facts joined by "; ", alternatives by " or ". */
void osi_words_missing(osi_words *words, const osi_facts *facts, const osi_arm *arm);

#endif
