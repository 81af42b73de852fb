/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_ITK_MEDIAN_H
#define SEGMENTATION_ITK_MEDIAN_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/* The median over a square of 2 * radius + 1 pixels round each one. */
osarc_status median_plane(int16_t *out, const int16_t *pixels, size_t width, size_t height,
                          size_t radius, osarc_error *err);

OSARC_END_DECLS

#endif
