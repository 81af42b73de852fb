/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_TILT_H
#define OSI_DICOM_TILT_H

/* Moving a slice within its plane, for stacks sheared by gantry tilt. */

#include <osarc/image.h>

OSARC_BEGIN_DECLS

typedef struct osi_plane {
    size_t columns;
    size_t rows;
} osi_plane;

/**
 * out(c, r) = in(c + columns_off, r + rows_off), linear in both axes. A pixel that would need one
 * that is not there, or one outside the field of view, is OSARC_OUTSIDE.
 */
void osi_slice_shift(int16_t *out, osi_plane out_size, const int16_t *in, osi_plane in_size,
                     double columns_off, double rows_off);

OSARC_END_DECLS

#endif
