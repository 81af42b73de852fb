/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_FACTS_H
#define OSI_DICOM_FACTS_H

/* What a header says about a person and an acquisition, believed only where it can be true. */

#include "frame.h"

OSARC_BEGIN_DECLS

/** Text that facts are made from; "" when absent. */
typedef struct osi_fact_text {
    char age[OSARC_TEXT_SIZE];        /**< "049Y". */
    char birth_date[OSARC_TEXT_SIZE]; /**< "19730214". */
    char study_date[OSARC_TEXT_SIZE];
    char sex[OSARC_TEXT_SIZE];
    char height[OSARC_TEXT_SIZE];
    char weight[OSARC_TEXT_SIZE];
    char agent[OSARC_TEXT_SIZE]; /**< Contrast agent. */
    int has_agent_sequence;      /**< With at least one item. */
    char administered[OSARC_TEXT_SIZE];
    char contrast_start[OSARC_TEXT_SIZE];
    char contrast_volume[OSARC_TEXT_SIZE];
    char contrast_phase[OSARC_TEXT_SIZE];
} osi_fact_text;

/** Fills sex, age, height, weight and contrast; sets a doubt for each one not believed. */
void osi_facts_take(osi_header *header, const osi_fact_text *text);

/** 1 for colour, palettes too. */
int osi_is_colour(const osi_pixels *pixels);

/** Which kind of object, from its class, modality and image type. */
osi_kind osi_kind_of(const char *sop_class_uid, const char *modality, const char *image_type,
                     int has_exposed_area, int is_colour);

/** Short stable word, such as "localizer"; never NULL. */
const char *osi_kind_word(osi_kind kind);

/** What it is, for a reader, such as "a localizer (scout) image". */
const char *osi_kind_text(osi_kind kind);

OSARC_END_DECLS

#endif
