/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_REFERENCE_H
#define OSARC_REFERENCE_H

/**
 * @file reference.h
 * Reference populations of bone density, one table, and the T- and Z-scores that stand on them.
 */

#include <osarc/bmd.h>
#include <osarc/findings.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

typedef enum osarc_score_kind {
    OSARC_SCORE_T = 0, /**< Against young adults. */
    OSARC_SCORE_Z = 1  /**< Against people of the same age and sex. */
} osarc_score_kind;

typedef enum osarc_menopause {
    OSARC_MENOPAUSE_UNKNOWN = 0,
    OSARC_MENOPAUSE_PRE = 1,
    OSARC_MENOPAUSE_PERI = 2,
    OSARC_MENOPAUSE_POST = 3
} osarc_menopause;

/** What a score needs to know of a person. All-zero: nothing is known. */
typedef struct osarc_person {
    osarc_sex sex;
    double age_years; /**< 0 or NAN: not known. */
    osarc_menopause menopause;
    const char *ancestry; /**< NULL or "": not known. */
} osarc_person;

/** One population. */
typedef struct osarc_reference {
    char id[48];
    osarc_score_kind kind; /**< What it is for. */
    osarc_bmd_site site;
    osarc_sex sex;         /**< Of the population. */
    osarc_sex used_for;    /**< Of the persons it is used for; unknown: both. */
    char ancestry[24];     /**< "" where the source does not say. */
    double age_from_years; /**< Both 0 where the source of young adults does not say. */
    double age_to_years;   /**< The last year that belongs to it, whole. */
    osarc_bmd_scale scale;
    double mean;
    double sd;
    char unit[8]; /**< Of mean and sd: "g/cm2". */
    char source[96];
    osarc_confidence confidence;
    int standard; /**< Chosen when none is named. */
} osarc_reference;

/** Populations from a user's file. */
typedef struct osarc_reference_db osarc_reference_db;

/** What to look for. */
typedef struct osarc_reference_query {
    osarc_score_kind kind;
    osarc_bmd_site site;
    osarc_bmd_scale scale;
    osarc_person person;
    const char *id; /**< NULL: the standard one. */
} osarc_reference_query;

/** A score and what it stands on. */
typedef struct osarc_bmd_score {
    double value;
    char reference[48]; /**< Id of the population. */
    char basis[128];    /**< The scale, and how the density came to it. */
    osarc_quality quality;
    char note[200]; /**< Why it is a warning; else "". */
} osarc_bmd_score;

/** The published populations; borrowed, static. */
OSARC_API const osarc_reference *osarc_references(size_t *count_out);

/**
 * Reads populations from a CSV file; see docs/reference-populations.md. Any fault refuses the
 * file, naming row and column.
 * @retval OSARC_ERR_FORMAT  no CSV text, a column too many or too few, or a cell that is wrong
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_reference_db_read(osarc_reference_db **out,
                                                                const char *path, osarc_error *err);

OSARC_API size_t osarc_reference_db_count(const osarc_reference_db *db);

/** Borrowed, until the table is freed; NULL beyond the end. */
OSARC_API const osarc_reference *osarc_reference_db_at(const osarc_reference_db *db, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_reference_db_free(osarc_reference_db *db);

/**
 * The population a person is compared with: the user's (db may be NULL) before the published ones,
 * for Z one of the person's ancestry before one of unknown ancestry. A person of unknown sex has
 * none, nor is one taken that stands on another scale. A density of scale CTXA may be compared
 * with femoral neck and total hip of DXA-Hologic.
 * @retval OSARC_ERR_QUALITY      the sex, or for Z the age, is not known
 * @retval OSARC_ERR_UNIT         there is one, on another scale: convert by a named equation
 * @retval OSARC_ERR_UNSUPPORTED  there is none
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_reference_find(const osarc_reference **out,
                                                             const osarc_reference_db *db,
                                                             const osarc_reference_query *query,
                                                             osarc_error *err);

/**
 * T-score. One that lies on a tenth within rounding is that tenth, so that 0.558 g/cm2 of the
 * femoral neck is -2.5 and not a bit over it.
 * @param id  NULL: the standard population
 * @retval OSARC_ERR_QUALITY  also when the person is known to be under 20
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_t_score(osarc_bmd_score *out, const osarc_bmd *bmd,
                                                      const osarc_person *person, const char *id,
                                                      const osarc_reference_db *db,
                                                      osarc_error *err);

/** Z-score, in the same way. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_z_score(osarc_bmd_score *out, const osarc_bmd *bmd,
                                                      const osarc_person *person, const char *id,
                                                      const osarc_reference_db *db,
                                                      osarc_error *err);

/**
 * Which score ISCD asks for: T for men from 50 and for women in or after menopause, Z for all
 * others. Under 20 it is Z whatever else is known.
 * @retval OSARC_ERR_QUALITY  what would decide it is not known
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_score_choose(osarc_score_kind *out,
                                                           const osarc_person *person,
                                                           osarc_error *err);

/** A T- or Z-score farther from 0 is a slip of the pen, not a patient. */
#define OSARC_SCORE_MOST 10

/**
 * With how many decimals a T- or Z-score is printed: `least`, or more where it would be rounded to
 * the other side of a limit of its classes (-1, -2, -2.5), or onto it; six at most.
 */
OSARC_API int osarc_score_decimals(double score, int least);

OSARC_END_DECLS

#endif
