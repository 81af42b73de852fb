/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_SURE_H
#define OSI_SURE_H

/* How sure a class is: its probability, and the nearest change of one input that would alter it. */

#include "precision.h"
#include "verdict.h"

/** Draws from each input's normal distribution, and the seed they begin with. */
#define OSI_DRAWS 4000
#define OSI_SEED  20240511

/** A place where one input crosses a cut-off. */
typedef struct osi_change {
    osi_input input;
    osi_operator compare; /**< Of the crossing: "<", "<=", ">" or ">=" limit. */
    double limit;
    double distance;        /**< From the value there is, in its unit. */
    double lsc;             /**< The same in least significant changes; NAN: not known. */
    const char *class_name; /**< Then. */
} osi_change;

#define OSI_CHANGES_MAX 16

typedef struct osi_changes {
    osi_change change[OSI_CHANGES_MAX];
    size_t count;
} osi_changes;

/** Of each input the nearest change of class, those in least significant changes first, nearest
 * first; the others behind them. Nothing for a class that is open. */
void osi_changes_find(osi_changes *out, const osi_definition *definition, const osi_facts *facts,
                      osi_inputs used, const osarc_precision *precision);

/** Uncertain ones among inputs. */
osi_inputs osi_uncertain(const osi_facts *facts, osi_inputs inputs,
                         const osarc_precision *precision);

/** Probability of the class when just one input is uncertain: the share of its normal distribution
 * between the cut-offs where the class stays what it is. NAN for a class that is open. */
double osi_chance_of_one(const osi_definition *definition, const osi_facts *facts, osi_input input,
                         const osarc_precision *precision);

/** A definition whose class depends on several uncertain inputs. */
typedef struct osi_sample {
    const osi_definition *definition;
    unsigned possible; /**< Set of classes that is the class. */
    size_t hits;
} osi_sample;

/** Counts how often each class comes out when all uncertain inputs are drawn at once. */
OSARC_MUST_CHECK osarc_status osi_sample_all(osi_sample *samples, size_t count, osi_judge *judge,
                                             const osi_facts *facts,
                                             const osarc_precision *precision, osarc_error *err);

#endif
