/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_PLANE_H
#define SEGMENTATION_PLANE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Marks in `open` (zeroed) what can be reached from the border of a plane without entering `wall`.
 * Returns 0, or 1 without memory.
 */
int plane_flood(uint8_t *open, const uint8_t *wall, size_t width, size_t height);

/*
 * near[i]: whether a set voxel of the same plane lies within a radius, in planes of size[0] x
 * size[1]. Returns 1 when memory ran out.
 */
int plane_near(uint8_t *near, const uint8_t *set, const size_t size[3], const double mm[2],
               double radius_mm, int threads);

#endif
