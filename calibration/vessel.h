/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CALIBRATION_VESSEL_H
#define OSI_CALIBRATION_VESSEL_H

/* The large vessels in front of the spine: round, even, and going on from level to level. */

#include "spine_frame.h"

OSARC_BEGIN_DECLS

#define OSI_VESSEL_LEVELS 400

typedef enum osi_vessel_kind {
    OSI_AORTA = 0,
    OSI_VENA_CAVA = 1
} osi_vessel_kind;

typedef struct osi_vessel {
    double hu; /* median; NAN: not found */
    double se;
    size_t count; /* levels it was followed over */
    double centre_mm[OSI_VESSEL_LEVELS][3];
    double radius_mm[OSI_VESSEL_LEVELS];
} osi_vessel;

OSARC_MUST_CHECK osarc_status osi_vessel_find(osi_vessel *out, const osarc_image *image,
                                              const osi_spine_frame *frames, size_t count,
                                              osi_vessel_kind kind, int threads, osarc_error *err);

OSARC_END_DECLS

#endif
