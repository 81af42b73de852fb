/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CONCLUDE_H
#define RUN_CONCLUDE_H

#include "case.h"

/* Exit code and text of a run whose series were all looked at. */
void run_conclude(osarc_run_summary *summary, const osarc_catalogue *catalogue,
                  const series_result *results, size_t count);

#endif
