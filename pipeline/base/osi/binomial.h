/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_BINOMIAL_H
#define OSI_BINOMIAL_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Means over 3 x 3 neighbours, weights 1 2 1 both ways; at the edges over those that are there.
 * Any number of threads gives the same. */
void osi_binomial(float *out, const float *in, size_t columns, size_t rows, int threads);

OSARC_END_DECLS

#endif
