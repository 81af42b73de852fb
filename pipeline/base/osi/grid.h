/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_GRID_H
#define OSI_GRID_H

#include <osarc/image.h>

OSARC_BEGIN_DECLS

/** OSARC_OK when sizes, spacings and directions are as image.h asks. */
osarc_status osi_grid_check(const osarc_grid *grid, osarc_error *err);

OSARC_END_DECLS

#endif
