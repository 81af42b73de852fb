/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SENSITIVITY_H
#define RUN_SENSITIVITY_H

#include "case.h"

/* Measures a torso again under other windows, definitions and least sizes, a line for each number
 * that stands in both. */
osarc_status sensitivity_add(osi_text *out, const osarc_measure_context *context,
                             const osarc_torso_input *input, osarc_error *err);

/* sensitivity.csv of all series. */
osarc_status sensitivity_write(const char *path, const series_result *results, size_t count,
                               osarc_error *err);

#endif
