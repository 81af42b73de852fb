/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_H
#define OSARC_DXA_H

/**
 * @file dxa.h
 * Projection images of bone densitometers: a pair at two energies, and what is made of it.
 *
 * Images lie in a coronal plane as seen from the front: columns run to the patient's left, rows to
 * the feet. Arrays go row by row.
 */

#include <osarc/bmd.h>
#include <osarc/scan.h>
#include <osarc/side.h>

OSARC_BEGIN_DECLS

/** What was scanned, by name. Only the first five are measured. */
typedef enum osarc_dxa_view {
    OSARC_DXA_VIEW_UNKNOWN = 0,
    OSARC_DXA_VIEW_SPINE = 1, /**< Lumbar, from front or back. */
    OSARC_DXA_VIEW_FEMUR_LEFT = 2,
    OSARC_DXA_VIEW_FEMUR_RIGHT = 3,
    OSARC_DXA_VIEW_WHOLE_BODY = 4,
    OSARC_DXA_VIEW_FOREARM = 5,
    OSARC_DXA_VIEW_LATERAL_SPINE = 6,
    OSARC_DXA_VIEW_KNEE = 7,
    OSARC_DXA_VIEW_WEDGE = 8, /**< Calibration steps. */
    OSARC_DXA_VIEW_COUNT = 9
} osarc_dxa_view;

/** Which of two images. */
typedef enum osarc_dxa_energy {
    OSARC_DXA_LOW = 0,
    OSARC_DXA_HIGH = 1
} osarc_dxa_energy;

/** What goes with a pair. Numbers that are not known are NAN. */
typedef struct osarc_dxa_facts {
    osarc_acquisition acquisition; /**< kvp is that of the low image. */
    osarc_dxa_view view;
    size_t columns, rows;  /**< 8 to 4096. */
    double spacing_mm[2];  /**< Between columns, between rows; in the plane of the patient. */
    int is_log;            /**< Values are attenuation, -ln of intensity; else intensity. */
    double kvp[2];         /**< Low, high. */
    double air[2];         /**< Value where nothing lies in the beam; NAN: found in the image. */
    double ceiling[2];     /**< Value that cannot be exceeded; there the detector is full. */
    osarc_bmd_scale scale; /**< Whose scale the user says the calibration gives. */
    double energy_kev[2];  /**< Effective energies, where the user states them. */
    osarc_side side;       /**< Of a forearm; unknown where nothing says it. */
    double forearm_mm;     /**< Olecranon to styloid of the ulna, where the user states it. */
    int sides_assumed;     /**< The header does not say to which side of the patient columns run. */
} osarc_dxa_facts;

/** Filled once by its maker, read only after that. */
typedef struct osarc_dxa_pair osarc_dxa_pair;

/** What a user says of images whose headers do not. Numbers that are not said are NAN. */
typedef struct osarc_dxa_stated {
    int values; /**< 0: not said, 1: intensity, 2: attenuation. */
    int has_view;
    osarc_dxa_view view;
    osarc_bmd_scale scale; /**< Whose scale the calibration gives; unknown: not said. */
    double spacing_mm[2];  /**< Between columns, between rows. */
    double kvp[2];
    double energy_kev[2];
    double air[2];
    osarc_side side;   /**< Of a forearm; unknown: not said. */
    double forearm_mm; /**< Olecranon to styloid of the ulna. */
} osarc_dxa_stated;

/** Nothing said. */
OSARC_API void osarc_dxa_stated_init(osarc_dxa_stated *stated);

/** All unknown, nothing set. */
OSARC_API void osarc_dxa_facts_init(osarc_dxa_facts *facts);

/**
 * A new pair, all values 0.
 * @retval OSARC_ERR_ARGUMENT  fewer than 8 or more than 4096 columns or rows
 * @retval OSARC_ERR_GEOMETRY  the spacing is not known
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_pair_create(osarc_dxa_pair **out,
                                                              const osarc_dxa_facts *facts,
                                                              osarc_error *err);

OSARC_API const osarc_dxa_facts *osarc_dxa_pair_facts(const osarc_dxa_pair *pair);

/** Borrowed, row by row. */
OSARC_API const float *osarc_dxa_pair_values(const osarc_dxa_pair *pair, osarc_dxa_energy energy);

/** To be filled by the maker of the pair, before it is shared. */
OSARC_API float *osarc_dxa_pair_fill(osarc_dxa_pair *pair, osarc_dxa_energy energy);

/** NULL is allowed. */
OSARC_API void osarc_dxa_pair_free(osarc_dxa_pair *pair);

/** "ap_spine", "left_femur", "total_body" ...; "unknown". Never NULL. */
OSARC_API const char *osarc_dxa_view_name(osarc_dxa_view view);

/** The word "left" or "right" in a protocol name; unknown without one, or with both. */
OSARC_API osarc_side osarc_dxa_side_of(const char *protocol);

/** From a protocol name such as "AP Spine", "Left Femur", "Total Body", "LVA"; letters of either
 * case. NULL is unknown. */
OSARC_API osarc_dxa_view osarc_dxa_view_of(const char *protocol);

OSARC_END_DECLS

#endif
