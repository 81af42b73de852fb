/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_NIFTI_HEAD_H
#define OSARC_NIFTI_HEAD_H

/* What a NIfTI-1 header says, checked, and its voxels as numbers. Shared by nifti_*.c only. */

#include <osarc/image.h>

/** sizeof_hdr of NIfTI-1. */
#define NIFTI_HEADER_SIZE 348

/** Where data of a single file begins at the earliest: header and four bytes of extension flag. */
#define NIFTI_DATA_START 352

typedef struct nifti_head {
    osarc_grid grid; /**< LPS; axes in file order. */
    int datatype;
    int swapped; /**< The file has the other byte order. */
    size_t voxel_bytes;
    size_t data_start;
    size_t data_bytes;
    double slope;
    double intercept;
    int is_bytes; /**< Unsigned bytes without a scale. */
} nifti_head;

/** Reads and checks a header; `bytes` are not gzipped. */
OSARC_MUST_CHECK osarc_status nifti_head_read(nifti_head *out, const uint8_t *bytes, size_t size,
                                              osarc_error *err);

/** Voxels in one go of nifti_load. */
#define NIFTI_CHUNK ((size_t) 4096)

/** Values of up to NIFTI_CHUNK voxels from `first` on, scaled; data begins at the first voxel. */
void nifti_load(double values_out[NIFTI_CHUNK], const nifti_head *head, const uint8_t *data,
                size_t first, size_t count);

#endif
