/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_WORKED_EXAMPLES_H
#define OSARC_TEST_WORKED_EXAMPLES_H

/* Published data that more than one test file uses. */

#include <stddef.h>

/* Peak expiratory flow (l/min) of 17 people, first reading by each meter.
 * Bland JM, Altman DG. Lancet 1986; i: 307-310, table I. */
#define PEAK_FLOW_COUNT 17
static const double PEAK_FLOW_WRIGHT[PEAK_FLOW_COUNT] = {
    494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427};
static const double PEAK_FLOW_MINI[PEAK_FLOW_COUNT] = {512, 430, 520, 428, 500, 600, 364, 380, 658,
                                                       445, 432, 626, 260, 477, 259, 350, 451};

/* Eight density pairs with values worked out by hand and by an independent program. */
#define DENSITY_COUNT 8
static const double DENSITY_X[DENSITY_COUNT] = {.812, .934, 1.051, .765, .880, 1.120, .698, .990};
static const double DENSITY_Y[DENSITY_COUNT] = {.825, .921, 1.068, .781, .872, 1.141, .710, 1.004};

#endif
