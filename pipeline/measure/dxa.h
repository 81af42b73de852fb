/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MEASURE_DXA_H
#define MEASURE_DXA_H

#include <osarc/measure_dxa.h>

#include "rows.h"

/* What all rows of a pair have in common: method, and what the unit stands on. */
osarc_finding dxa_row_blank(const osarc_measure_context *context, const osarc_dxa_maps *maps,
                            const osarc_dxa_scores *scores);

/* What weakens every value of the pair. */
void dxa_note_series(osi_row_note *note, const osarc_measure_context *context);

#endif
