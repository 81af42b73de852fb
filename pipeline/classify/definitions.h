/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DEFINITIONS_H
#define OSI_DEFINITIONS_H

/* The definitions as data: which tests each arm has, and which class follows from the arms. */

#include "cutoffs.h"

#define OSI_BIT(part)   (1u << (part))
#define OSI_TESTS_MAX   16
#define OSI_CLASSES_MAX 6
#define OSI_ID_SIZE     48
#define OSI_WHEN_SIZE   256

/** What classes are made of. The first four are the arms of classification.csv. */
typedef enum osi_part {
    OSI_MASS,
    OSI_STRENGTH,
    OSI_PERFORMANCE,
    OSI_BONE,
    OSI_ARM_COUNT,
    OSI_NORMAL_BONE = OSI_ARM_COUNT,
    OSI_SEVERE_BONE, /**< Low bone with a stated fragility fracture. */
    OSI_Z_APPLIES,   /**< The patient is one whom Z-scores are for. */
    OSI_PART_COUNT
} osi_part;

/** One cut-off of an arm of muscle: met when `value compare limit`. */
typedef struct osi_test {
    osi_value value;
    const char *method; /**< Of lean mass: "dxa" or "bia"; NULL for other values. */
    osi_operator compare;
    double limit[2];         /**< Of women, of men; NAN where no number is published. */
    double age_from;         /**< -INFINITY where none is given. */
    double age_below;        /**< INFINITY where none is given. */
    double course_m;         /**< Length of the walk; 0 where none is given. */
    const char *unpublished; /**< What is needed where no number is published; else NULL. */
    char confidence;         /**< 'H': several published tables agree; 'm': one does. */
} osi_test;

typedef struct osi_tests {
    osi_test test[OSI_TESTS_MAX];
    size_t count;
    const char *source;
} osi_tests;

typedef struct osi_cutoff {
    int given;
    osi_operator compare;
    double limit;
} osi_cutoff;

/** A value that a source does not place, or not as it is placed here. */
typedef struct osi_boundary {
    double value;
    const char *note;
} osi_boundary;

#define OSI_BOUNDARIES_MAX 4

/** How bone is judged. */
typedef struct osi_bone_rule {
    osi_value value;
    osi_cutoff low; /**< The arm. */
    osi_cutoff normal;
    osi_cutoff severe;          /**< With a stated fracture. */
    osi_cutoff z;               /**< For those whom T is not for. */
    int fracture_suffices;      /**< A stated hip or vertebral fracture alone is low bone. */
    osi_cutoff with_fracture;   /**< With one of humerus, pelvis or forearm so low is low bone. */
    int perimenopausal;         /**< It is for perimenopausal women, too. */
    double men_age_from;        /**< Youngest men it is for. */
    const char *women;          /**< Whom it is for, in words. */
    const char *not_applicable; /**< What is said of those it is not for. */
    osi_boundary boundaries[OSI_BOUNDARIES_MAX];
    size_t boundary_count;
    const char *name; /**< Of the arm, in the rule of a result. */
    const char *source;
    const char *population_source;
} osi_bone_rule;

typedef struct osi_class_rule {
    const char *name;
    char when[OSI_WHEN_SIZE]; /**< Expression of parts; "otherwise": always. */
    int is_condition;         /**< The class is (a grade of) what is looked for. */
} osi_class_rule;

/** What follows from the states of the parts a definition uses. */
typedef struct osi_outcome {
    uint8_t possible; /**< Set of classes. */
    uint8_t deciding; /**< Unknown arms that the class still depends on. */
} osi_outcome;

/** The first class that holds is the class; the last always holds. */
typedef struct osi_definition {
    char id[OSI_ID_SIZE];
    const char *kind; /**< "sarcopenia", "bone" or "os". */
    const char *title;
    const char *source;
    const char *logic; /**< In words. */
    const char *notes; /**< "" when there is none. */
    char confidence;
    osi_tests arms[OSI_BONE];
    int has_bone;
    osi_bone_rule bone;
    osi_class_rule classes[OSI_CLASSES_MAX];
    size_t class_count;
    const char *having;  /**< Of sarcopenia: expression of having it. */
    const char *grading; /**< Of sarcopenia: what makes it severe; NULL where there are no grades */
    int per_sarcopenia;  /**< A pattern: stands once for each definition of sarcopenia. */
    unsigned parts;      /**< Set of parts that the classes use. */
    unsigned char class_of[OSI_BIT(OSI_PART_COUNT)]; /**< For each set of parts that are met. */
    const char *file;                                /**< "" for one that is built in. */

    /* worked out once, when all definitions are read */
    size_t shared[OSI_ARM_COUNT];   /**< Of each arm, its number among all different ones. */
    unsigned sexed;                 /**< Set of arms whose cut-offs depend on sex. */
    osi_outcome *outcomes;          /**< By osi_outcome_index. */
    char *rules[OSI_ARM_COUNT + 1]; /**< In words, of each arm and of the result. */
} osi_definition;

/** A file of definitions that is built in. */
typedef struct osi_built_in {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} osi_built_in;

extern const osi_built_in osi_built_ins[];
extern const size_t osi_built_in_count;

/** NULL when there is none of that id. */
const osi_definition *osi_definition_find(const osarc_definitions *set, const char *id,
                                          size_t size);

const osi_definition *osi_definition_at(const osarc_definitions *set, size_t index);

/** How many different arms all definitions have together. */
size_t osi_arm_total(const osarc_definitions *set);

/** Column of the clinical table of each input. */
const size_t *osi_definitions_columns(const osarc_definitions *set);

/** Index of the class that follows when just these parts are met. */
size_t osi_class_of(const osi_definition *definition, unsigned met);

/** 1 for a text that may be an id: up to 23 small letters, digits and _. */
int osi_is_id(const char *text);

/** Names of the parts in expressions. */
const char *osi_part_name(osi_part part);

/** Set of arms of a definition that have rows. */
unsigned osi_arms_of(const osi_definition *definition);

/**
 * Value of an expression when just the parts of `met` are met: "mass and (strength or not bone)".
 * NULL on success, else what is wrong; parts_out, may be NULL, gets the parts it names.
 */
const char *osi_expression_read(const char *text, unsigned met, int *value_out,
                                unsigned *parts_out);

/**
 * Fill a definition from the text of a file. `keep_out` holds its strings until osi_document_free.
 * @retval OSARC_ERR_FORMAT  not JSON, or not a definition: the file, the place and the reason
 */
OSARC_MUST_CHECK osarc_status osi_definition_read(osi_definition *out, void **keep_out,
                                                  const char *file, const char *text, size_t size,
                                                  osarc_error *err);

/** NULL is allowed. */
void osi_document_free(void *keep);

/** Works out which class follows from which parts; refuses expressions that are not right. */
OSARC_MUST_CHECK osarc_status osi_definition_finish(osi_definition *definition, const char *file,
                                                    osarc_error *err);

#endif
