/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_MAKE_LABELS_H
#define OSARC_TEST_MAKE_LABELS_H

/* Segmentations, structure sets and CT slices written by DCMTK, to be read back. */

#include <osarc/mask.h>

OSARC_BEGIN_DECLS

typedef struct seg_spec {
    const osarc_mask *const *masks; /**< One a segment, all on one grid. */
    const uint8_t *labels;          /**< Of the mask: which voxels are the segment. */
    const char *const *names;
    const char *const *codes; /**< SNOMED CT, of what each segment is; NULL: bone. */
    size_t count;
    const char *frame_uid;
    int skip_empty;      /**< 1: frames without a set pixel are left out, as most writers do. */
    int without_between; /**< 1: no distance between slices is stated. */
} seg_spec;

/** 1 when the file was written with the library's own segmentation module. */
int make_seg(const char *path, const seg_spec *spec);

typedef struct contour_spec {
    long roi;
    const char *type;
    const double *points_mm;
    size_t count;
} contour_spec;

typedef struct rtstruct_spec {
    const long *numbers;
    const char *const *names;
    size_t roi_count;
    const contour_spec *contours;
    size_t contour_count;
    const char *frame_uid;
    const char *series_uid;
} rtstruct_spec;

int make_rtstruct(const char *path, const rtstruct_spec *spec);

/** A CT series of 16-bit zeros on a grid, one file a slice, in a folder that exists. */
int make_ct(const char *folder, const osarc_grid *grid, const char *frame_uid,
            const char *series_uid);

/** Puts a text value into an element of a file, or takes it out when value is NULL. */
int edit_dicom(const char *path, unsigned group, unsigned element, const char *value);

/** Makes the pixels of a binary SEG fractional: set ones get `value` of `largest`. */
int edit_fractional(const char *path, unsigned value, unsigned largest);

OSARC_END_DECLS

#endif
