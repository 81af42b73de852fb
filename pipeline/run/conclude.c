/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conclude.h"

#include <stdio.h>
#include <string.h>

/* An unreadable file only counts when it was meant as a scan: a text file among them was not. */
static size_t count_damaged(const osarc_catalogue *catalogue, const osarc_series **first)
{
    size_t count = 0;
    *first = NULL;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *s = osarc_catalogue_series(catalogue, i);
        if (s->decision != OSARC_DECISION_UNREADABLE || strcmp(s->reason, "not_dicom") == 0)
            continue;
        count += s->file_count;
        if (!*first)
            *first = s;
    }
    return count;
}

/* An image that is one of two energies but for something; "" when there is none. */
static const char *almost_a_pair(const osarc_catalogue *catalogue)
{
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *s = osarc_catalogue_series(catalogue, i);
        if (s->decision == OSARC_DECISION_NOT_A_VOLUME && strncmp(s->reason, "dxa_", 4) == 0)
            return s->text;
    }
    return "";
}

void run_conclude(osarc_run_summary *s, const osarc_catalogue *catalogue,
                  const series_result *results, size_t count)
{
    const osarc_series *damaged = NULL;
    size_t damaged_count = count_damaged(catalogue, &damaged);
    const series_result *refused = NULL;
    for (size_t i = 0; i < count && !refused; i++) {
        osarc_decision d = osarc_catalogue_series(catalogue, i)->decision;
        if ((d == OSARC_DECISION_USABLE || d == OSARC_DECISION_REFUSED ||
             d == OSARC_DECISION_DXA_PAIR || d == OSARC_DECISION_DXA_REPORT) &&
            results[i].status)
            refused = &results[i];
    }
    if (s->series_measured && (s->series_refused || damaged_count)) {
        s->exit_code = OSARC_EXIT_SOME;
        snprintf(s->text, sizeof(s->text),
                 "%zu series measured, %zu refused, %zu files unreadable; first: %s",
                 s->series_measured, s->series_refused, damaged_count,
                 refused   ? refused->text
                 : damaged ? damaged->text
                           : "");
    } else if (s->series_measured) {
        s->exit_code = OSARC_EXIT_OK;
        snprintf(s->text, sizeof(s->text), "%zu series measured", s->series_measured);
    } else if (refused) {
        s->exit_code = osarc_exit_of(refused->status, 0);
        snprintf(s->text, sizeof(s->text), "nothing measured: %s", refused->text);
    } else if (damaged) {
        s->exit_code = osarc_exit_of(damaged->status, 0);
        snprintf(s->text, sizeof(s->text), "nothing measured: %s", damaged->text);
    } else {
        const char *almost = almost_a_pair(catalogue);
        s->exit_code = OSARC_EXIT_NOTHING_USABLE;
        snprintf(s->text, sizeof(s->text),
                 "nothing usable: %zu files, no CT series, densitometer pair or report among them; "
                 "`osarc info` lists them%s%s",
                 osarc_catalogue_input_count(catalogue), almost[0] ? "; first: " : "", almost);
    }
}
