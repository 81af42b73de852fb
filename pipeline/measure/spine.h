/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_MEASURE_SPINE_H
#define OSI_MEASURE_SPINE_H

/* Inside of the rows of a spine: spine_level.c reads, spine.c prints levels, spine_means.c means.
 */

#include <osarc/measure_spine.h>

#include "region.h"
#include "rows.h"

/** One named vertebra, read. */
typedef struct osi_level {
    const osarc_spine_level *in;
    const char *name;   /**< "L3" */
    const char *other;  /**< Its name under the other reading; "" when there is one reading. */
    const char *site;   /**< "lumbar" or "thoracic" */
    char refused[192];  /**< Why its region gives nothing; "" when it does. */
    char fracture[192]; /**< What makes a fracture suspected; "" when nothing does. */
    osi_region_stats region;
    double moved_hu[OSARC_PLACEMENTS]; /**< Mean of each placement; NAN where there is none. */
    size_t moved;                      /**< How many placements but the first gave one. */
} osi_level;

/** A value with the parts of its interval, each half a 95 % one; NAN: not known. */
typedef struct osi_measured {
    double value;
    double fit;
    double noise;
    double placement;
} osi_measured;

typedef struct osi_spine_run {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_spine_input *input;
    osi_level *levels; /**< Named ones, head to foot. */
    size_t level_count;
    size_t unnamed;
    osarc_finding blank;
    char method_hu[64];
    char method_density[64];
    char no_density[512]; /**< Why densities are refused; "" when they are not. */
    char contrast[128];   /**< How it is known that contrast was given; "" when it was not. */
} osi_spine_run;

/** Reads a named vertebra; a refusal of its region is kept in `refused`. */
OSARC_MUST_CHECK osarc_status osi_level_read(osi_level *out, const osarc_image *image,
                                             const osarc_spine_level *in, osarc_error *err);

/** Fills `fracture` of each level by its neighbours' heights. */
void osi_levels_suspect(osi_level *levels, size_t count);

/** Mean HU of a level; its density. */
osi_measured osi_level_hu(const osi_level *level);
osi_measured osi_level_density(const osi_level *level, const osarc_calibration *calibration);

/** The parts in quadrature; NAN when the fit's is not known. */
double osi_measured_half(const osi_measured *measured);

/** Parts of the interval in words. */
void osi_measured_tell(osi_row_note *note, const osi_measured *measured, const char *unit);

typedef enum osi_row_kind {
    OSI_ROW_PLAIN = 0, /**< A length or a volume. */
    OSI_ROW_HU = 1,
    OSI_ROW_DENSITY = 2
} osi_row_kind;

/** What weakens all rows of a kind. */
void osi_spine_note(osi_row_note *note, const osi_spine_run *run, osi_row_kind kind);

/** hu_trabecular and vbmd_trabecular over L1-L2 and L1-L4. */
OSARC_MUST_CHECK osarc_status osi_spine_means(osi_spine_run *run, osarc_error *err);

#endif
