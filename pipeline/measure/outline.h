/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_OUTLINE_H
#define OSI_OUTLINE_H

#include <osarc/image.h>
#include <osarc/scale.h>

/** Density and mineral of a whole body, each with half of what its outline leaves open. */
typedef struct osi_body {
    double hu;
    double density_mg_cm3;
    double cm3;
    double mass_g;
    double outline_mg_cm3; /**< NAN where no voxel lies inside. */
    double outline_g;
} osi_body;

/**
 * A voxel is in or out by its middle, so that an outline is known to half a voxel: half of what
 * taking a whole voxel off all round would change is left open.
 */
OSARC_MUST_CHECK osarc_status osi_body_read(osi_body *out, const osarc_image *image,
                                            const osarc_calibration *calibration,
                                            const size_t *voxels, size_t count, osarc_error *err);

#endif
