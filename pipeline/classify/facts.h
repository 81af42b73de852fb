/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_FACTS_H
#define OSI_FACTS_H

/* What is known of one patient, and where each fact comes from. */

#include <osarc/classify.h>

typedef enum osi_input {
    OSI_SEX,
    OSI_AGE,
    OSI_HEIGHT,
    OSI_WEIGHT,
    OSI_MENOPAUSAL,
    OSI_GRIP,
    OSI_CHAIR_TIME,
    OSI_CHAIR_DONE,
    OSI_GAIT,
    OSI_GAIT_COURSE,
    OSI_SPPB,
    OSI_TUG,
    OSI_WALK_TIME,
    OSI_WALK_DONE,
    OSI_WALK_6MIN,
    OSI_FRACTURE,
    OSI_ALM,
    OSI_ALM_METHOD,
    OSI_T_LUMBAR,
    OSI_T_NECK,
    OSI_T_HIP,
    OSI_T_RADIUS,
    OSI_Z_LUMBAR,
    OSI_Z_NECK,
    OSI_Z_HIP,
    OSI_VBMD,
    OSI_VBMD_BASIS,
    OSI_BMD_LUMBAR, /**< Areal; scores may follow from them. */
    OSI_BMD_NECK,
    OSI_BMD_HIP,
    OSI_BMD_DEVICE,
    OSI_INPUT_COUNT
} osi_input;

/** A set of inputs. */
typedef uint32_t osi_inputs;
#define OSI_INPUT(input) ((osi_inputs) 1 << (input))

/** One fact; unknown when source is NULL. */
typedef struct osi_fact {
    double number;      /**< NAN for words. */
    const char *word;   /**< "" for numbers. */
    const char *source; /**< "table", "header", "measured" or "report". */
    size_t scan;        /**< Of several: the number of the scan; else 0. */
    double half;        /**< Half the 95 % interval; 0: none is known. */
} osi_fact;

/** A fact that was there and was not used. */
typedef struct osi_other {
    osi_input input;
    osi_fact fact;
    const osarc_finding *row; /**< What it was measured as; NULL: it was not. */
} osi_other;

/* Apart from this two heights are of one person: they are taken at different times of the day, with
 * shoes or without, and rounded. No published limit was found. */
#define OSI_HEIGHT_TOLERANCE_M (0.03 + 1e-9)

#define OSI_OTHERS_MAX 32

/** How a T- or Z-score follows from a density in the table; all-zero where there is none. */
typedef struct osi_score {
    const osarc_reference *reference; /**< NULL: it does not follow. */
    const char *why;                  /**< Why it does not; static. NULL: it does. */
} osi_score;

#define OSI_SCORE_COUNT (OSI_Z_HIP - OSI_T_LUMBAR + 1)

typedef struct osi_facts {
    osi_fact fact[OSI_INPUT_COUNT];
    const osarc_finding *row[OSI_INPUT_COUNT]; /**< What it was measured as; NULL: it was not. */
    osi_inputs conflict; /**< Unknown because sources contradict each other: see others. */
    osi_other others[OSI_OTHERS_MAX];
    size_t other_count;
    unsigned lost[OSI_INPUT_COUNT]; /**< How many more of each were not used. */
    const char *vbmd_refused; /**< Why it was measured and not given; NULL: it was, or never was. */
    int ct_muscle;            /**< 1: CT gave an area of muscle, which is no lean mass of limbs. */
    osi_score score[OSI_SCORE_COUNT];
} osi_facts;

/** Where facts are looked for; each may be NULL. */
typedef struct osi_sources {
    const osarc_patient *patient;
    const size_t *columns; /**< Of the table, by input; NULL: they are looked for by name. */
} osi_sources;

void osi_facts_read(osi_facts *out, const osi_sources *sources);

/** T- and Z-scores that densities in the table give on the scale of their device, where the table
 * has none; nothing is converted. */
void osi_facts_score(osi_facts *facts, const osarc_patient *patient);

/** NULL for an input that is no score. */
const osi_score *osi_score_of(const osi_facts *facts, osi_input input);

/** The density that a score may follow from. */
osi_input osi_score_density(osi_input score);

/** Keeps a fact that is not used; when there are too many, later ones are counted alone.
 * @param row  What it was measured as; may be NULL. */
void osi_facts_add_other(osi_facts *facts, osi_input input, const osi_fact *fact,
                         const osarc_finding *row);

/** Takes what was measured, where the table has nothing. */
void osi_facts_measure(osi_facts *facts, const osarc_patient *patient);

/** The number of a scan in the rows; 0 when there is one, or none. */
size_t osi_scan_number(const osarc_patient *patient, size_t index);

/** Date of a scan, to be compared as text; "" is older than any. */
const char *osi_scan_date(const osarc_patient *patient, size_t index);

/** 1 when a number may stand in the column of an input. */
int osi_input_plausible(osi_input input, double number);

/** Column name of an input. */
const char *osi_input_name(osi_input input);

int osi_fact_known(const osi_facts *facts, osi_input input);

/** 1 when a fact is known and is that word. */
int osi_fact_is(const osi_facts *facts, osi_input input, const char *word);

/** A value that cut-offs are about, worked out from the facts. */
typedef enum osi_value {
    OSI_VALUE_GRIP_KG,
    OSI_VALUE_GRIP_PER_BMI,
    OSI_VALUE_CHAIR_STAND_S, /**< INFINITY when not completed. */
    OSI_VALUE_ALM_KG,
    OSI_VALUE_ALM_KG_M2,
    OSI_VALUE_ALM_PER_BMI,
    OSI_VALUE_GAIT_M_S,
    OSI_VALUE_SPPB,
    OSI_VALUE_TUG_S,
    OSI_VALUE_WALK_400M_S, /**< INFINITY when not completed. */
    OSI_VALUE_WALK_6MIN_M,
    OSI_VALUE_T_LOWEST,  /**< Of the sites that were measured. */
    OSI_VALUE_T_CENTRAL, /**< The same without the forearm. */
    OSI_VALUE_Z_LOWEST,
    OSI_VALUE_VBMD_MG_CM3, /**< Of the spine, trabecular, on K2HPO4. */
    OSI_VALUE_COUNT
} osi_value;

/**
 * NAN when not known; used_out gets what it was worked out from, missing_out what is needed.
 * Whether lean mass was measured by a method that a cut-off is for is not looked at here.
 */
double osi_value_read(const osi_facts *facts, osi_value value, osi_inputs *used_out,
                      osi_inputs *missing_out);

/** Name in files of definitions. */
const char *osi_value_key(osi_value value);

/** Name in rules, such as "lowest Z"; a method stands for %s in those of lean mass. */
const char *osi_value_name(osi_value value);

/** Name in the rule of a result, such as "T"; for bone. */
const char *osi_value_short(osi_value value);

/** 1 for values that stand on lean mass, or on bone. */
int osi_value_is_lean(osi_value value);
int osi_value_is_bone(osi_value value);

/** What a rule says after the cut-off, such as " or not completed"; "" for most. */
const char *osi_value_remark(osi_value value);

#endif
