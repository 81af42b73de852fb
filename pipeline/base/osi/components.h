/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_COMPONENTS_H
#define OSI_COMPONENTS_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * Face-connected components of the voxels with set[i] != 0. Numbers run from 1 in order of the
 * first voxel in memory; 0 elsewhere. *count_out components; (*sizes_out)[n] voxels of component n,
 * the caller frees it with osi_free (entry 0 counts the rest).
 */
OSARC_MUST_CHECK osarc_status osi_components(uint32_t *out, uint32_t *count_out, size_t **sizes_out,
                                             const uint8_t *set, const size_t size[3],
                                             osarc_error *err);

OSARC_END_DECLS

#endif
