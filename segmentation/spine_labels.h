/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_LABELS_H
#define SEGMENTATION_SPINE_LABELS_H

#include "spine_discs.h"

/*
 * Discs between vertebrae that are labelled already. label[i]: of the level between discs i and
 * i + 1; 0: no labelled vertebra lies there.
 */
void labels_to_discs(discs *out, uint8_t label[MAX_DISCS], const straight *st,
                     const spine_line *line, const sampler *s, const uint8_t *labels);

#endif
