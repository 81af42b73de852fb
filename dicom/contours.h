/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_CONTOURS_H
#define OSI_DICOM_CONTOURS_H

/* Closed polygons on a raster of pixels whose centres lie at whole numbers. */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * Marks where the outline crosses rows of pixel centres, going right, into a raster of
 * (size[0] + 1) x size[1] bytes that was 0 at first. Points are x, y pairs; the last is joined to
 * the first. Marks of several polygons combine by exclusive or.
 */
void osi_contour_mark(uint8_t *raster, const size_t size[2], const double *xy, size_t count);

/**
 * Turns marks into 1 inside and 0 outside. A centre on the outline belongs to the polygon on its
 * right or below, so that polygons which share an edge share no pixel.
 */
void osi_contour_fill(uint8_t *raster, const size_t size[2]);

/** How two polygons lie, judged on pixels. */
typedef enum osi_contour_relation {
    OSI_CONTOURS_APART = 0,
    OSI_CONTOURS_NESTED = 1,
    OSI_CONTOURS_CROSS = 2
} osi_contour_relation;

/** Two rasters of osi_contour_fill. */
osi_contour_relation osi_contour_relate(const uint8_t *a, const uint8_t *b, const size_t size[2]);

OSARC_END_DECLS

#endif
