/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CLASS_TABLE_H
#define RUN_CLASS_TABLE_H

#include <osarc/classify.h>

#include "case.h"

/* Classifies each case once and writes classification.csv. */
osarc_status class_table_write(const char *path, const series_result *results, size_t count,
                               const osarc_clinical *clinical, const osarc_findings *findings,
                               const char *definitions, osarc_error *err);

#endif
