/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEST_SR_HELP_H
#define TEST_SR_HELP_H

/* A structured report in a folder of its own, and what was taken from it. */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/dicom.h>

#include "make_report.h"

static osarc_error err = OSARC_ERROR_INIT;
static dicom_bytes to;
static osarc_catalogue *catalogue;

static inline const osarc_series *look(void)
{
    const char *folder = make_folder();
    save(folder, "report.dcm", to.data, to.size);
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    remove_folder(folder);
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), 1));
    return osarc_catalogue_series(catalogue, 0);
}

/* The report of a document that is one. */
static inline const osarc_dxa_report *take(void)
{
    report_finish(&to);
    const osarc_series *row = look();
    cr_assert(eq(int, (int) row->decision, OSARC_DECISION_DXA_REPORT), "%s", row->text);
    cr_expect(eq(str, (char *) row->reason, "dxa_report"));
    return osarc_catalogue_report(catalogue, 0);
}

static inline void stop(void)
{
    osarc_catalogue_free(catalogue);
    catalogue = NULL;
}

static inline const osarc_dxa_result *only(const osarc_dxa_report *report)
{
    cr_assert(report != NULL);
    cr_assert(eq(sz, report->count, 1));
    return &report->results[0];
}

static inline void expect_refused(const char *why)
{
    const osarc_dxa_result *one = only(take());
    cr_expect(isnan(one->value));
    cr_expect(strstr(one->refused, why) != NULL, "'%s' is not in '%s'", why, one->refused);
    stop();
}

static inline void start(void)
{
    report_start(&to, &(report_head){0});
}

/* A number of the neck of the left femur. */
static inline void put_neck(const char *scheme, const char *concept, const char *number,
                            const char *unit)
{
    report_number_open(&to, scheme, concept, number, unit);
    report_place(&to, "SCT", "29627003");
    report_side(&to, "7771000");
    report_close(&to);
}

static inline void put_vertebrae(const char *number, int first, int last)
{
    static const char *const CODES[] = {"66794005", "14293000", "36470004", "11994002", "49668003"};
    report_number_open(&to, "LN", "24966-4", number, "g/cm2");
    for (int i = first; i <= last; i++)
        report_place(&to, "SCT", CODES[i - 1]);
    report_close(&to);
}

static inline void expect_value(const osarc_dxa_result *one, const char *quantity,
                                const char *level, const char *side, double value)
{
    cr_expect(eq(str, (char *) one->quantity, (char *) quantity));
    cr_expect(eq(str, (char *) one->level, (char *) level));
    cr_expect(eq(str, (char *) one->side, (char *) side));
    cr_expect(epsilon_eq(dbl, one->value, value, 1e-9), "%s: %g (%s)", quantity, one->value,
              one->refused);
}

#endif
