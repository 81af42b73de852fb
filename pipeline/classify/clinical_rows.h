/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CLINICAL_ROWS_H
#define OSI_CLINICAL_ROWS_H

/* A row of the clinical table without looking for names of columns each time. */

#include <osarc/classify.h>

typedef struct osi_clinical_row osi_clinical_row;

/** NULL when the patient has no row, or two. */
const osi_clinical_row *osi_clinical_find(const osarc_clinical *clinical, const char *patient_id);

/** A cell of a column of osi_columns: its number (NAN: none) or its word ("": none). */
void osi_clinical_cell(const osi_clinical_row *row, size_t column, double *number_out,
                       const char **word_out);

#endif
