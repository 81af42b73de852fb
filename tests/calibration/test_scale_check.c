/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>

#include <math.h>
#include <string.h>

#include <osarc/density.h>

#include "days.h"

static osarc_error err;

static void make(osarc_calibration *cal, osarc_acquisition *scan)
{
    memset(cal, 0, sizeof(*cal));
    osarc_acquisition_init(scan);
    cal->rung = OSARC_RUNG_ASYNCHRONOUS;
    cal->kvp = scan->kvp = 120;
    strcpy(cal->manufacturer, "Maker");
    strcpy(cal->device_model, "Model");
    strcpy(cal->device_serial, "1");
    strcpy(cal->kernel, "STANDARD");
    strcpy(cal->made_on, "2026-03-01");
    strcpy(scan->manufacturer, "Maker");
    strcpy(scan->model, "Model");
    strcpy(scan->device_serial, "1");
    strcpy(scan->kernel, "STANDARD");
}

Test(calibration_scale_check, takes_the_same_scanner_and_protocol)
{
    osarc_calibration cal;
    osarc_acquisition scan;
    make(&cal, &scan);
    EXPECT_OK(osarc_calibration_check(&cal, &scan, 0, "2026-03-02", NULL, &err));
    scan.kvp = 120.2; /* headers round */
    EXPECT_OK(osarc_calibration_check(&cal, &scan, 0, NULL, NULL, &err));
}

Test(calibration_scale_check, refuses_another_scanner_or_protocol_and_names_it)
{
    static const char *const WORDS[] = {"manufacturer", "model", "serial number", "kernel"};
    osarc_calibration cal;
    osarc_acquisition scan;
    make(&cal, &scan);
    char *texts[] = {scan.manufacturer, scan.model, scan.device_serial, scan.kernel};
    for (int empty = 0; empty < 2; empty++)
        for (size_t i = 0; i < 4; i++) {
            char kept[OSARC_TEXT_SIZE];
            strcpy(kept, texts[i]);
            strcpy(texts[i], empty ? "" : "other");
            EXPECT_REFUSED(osarc_calibration_check(&cal, &scan, 0, NULL, NULL, &err),
                           OSARC_ERR_QUALITY);
            cr_expect(strstr(err.text, WORDS[i]) != NULL, "%s", err.text);
            cr_expect(strstr(err.text, empty ? "not known of the scan" : "another") != NULL, "%s",
                      err.text);
            strcpy(texts[i], kept);
        }
    scan.kvp = 100;
    EXPECT_REFUSED(osarc_calibration_check(&cal, &scan, 0, NULL, NULL, &err), OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "kVp 100 instead of 120") != NULL, "%s", err.text);
    scan.kvp = NAN;
    EXPECT_REFUSED(osarc_calibration_check(&cal, &scan, 0, NULL, NULL, &err), OSARC_ERR_QUALITY);
}

Test(calibration_scale_check, refuses_a_calibration_of_an_unknown_scanner)
{
    osarc_calibration cal;
    osarc_acquisition scan;
    make(&cal, &scan);
    cal.device_serial[0] = '\0';
    cal.kvp = NAN;
    EXPECT_REFUSED(osarc_calibration_check(&cal, &scan, 0, NULL, NULL, &err), OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "serial number not known of the calibration") != NULL, "%s",
              err.text);
    cr_expect(strstr(err.text, "kVp not known of the calibration") != NULL, "%s", err.text);
}

static const osarc_note *note_of(const osarc_notes *notes, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return osarc_notes_at(notes, i);
    return NULL;
}

Test(calibration_scale_check, warns_when_it_is_forced)
{
    osarc_calibration cal;
    osarc_acquisition scan;
    osarc_notes *notes = NULL;
    make(&cal, &scan);
    strcpy(scan.kernel, "BONE");
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(osarc_calibration_check(&cal, &scan, 1, NULL, notes, &err));
    const osarc_note *note = note_of(notes, "calibration_forced");
    cr_assert(note != NULL);
    cr_expect(eq(int, note->severity, OSARC_NOTE_WARNING));
    cr_expect(strstr(note->text, "kernel another") != NULL, "%s", note->text);
    osarc_notes_free(notes);
}

Test(calibration_scale_check, tells_the_age_and_warns_of_an_old_one)
{
    static const struct {
        const char *today, *text;
        osarc_severity severity;
    } AGES[] = {{"2026-03-01", "0 days old", OSARC_NOTE_INFO},
                {"2026-04-01", "31 days old", OSARC_NOTE_INFO},
                {"2026-04-02", "32 days old", OSARC_NOTE_WARNING},
                {"2028-03-01", "731 days old", OSARC_NOTE_WARNING},
                {"2026-02-27", "2 days ahead", OSARC_NOTE_WARNING}};
    osarc_calibration cal;
    osarc_acquisition scan;
    make(&cal, &scan);
    for (size_t i = 0; i < 5; i++) {
        osarc_notes *notes = NULL;
        EXPECT_OK(osarc_notes_create(&notes, &err));
        EXPECT_OK(osarc_calibration_check(&cal, &scan, 0, AGES[i].today, notes, &err));
        const osarc_note *note = note_of(notes, "calibration_age");
        cr_assert(note != NULL);
        cr_expect(strstr(note->text, AGES[i].text) != NULL, "%s", note->text);
        cr_expect(eq(int, note->severity, AGES[i].severity));
        osarc_notes_free(notes);
    }
}

Test(calibration_scale_check, refuses_what_is_no_day_and_no_calibration)
{
    osarc_calibration cal;
    osarc_acquisition scan;
    osarc_notes *notes = NULL;
    make(&cal, &scan);
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_REFUSED(osarc_calibration_check(&cal, &scan, 0, "today", notes, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibration_check(NULL, &scan, 0, NULL, notes, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibration_check(&cal, NULL, 0, NULL, notes, &err), OSARC_ERR_ARGUMENT);
    cal.rung = OSARC_RUNG_NONE;
    EXPECT_REFUSED(osarc_calibration_check(&cal, &scan, 1, NULL, notes, &err), OSARC_ERR_ARGUMENT);
    osarc_notes_free(notes);
}

/* days from the calendar: 1970-01-01 is 0, and 2000 was a leap year while 2100 is none */
Test(calibration_scale_check, counts_days_as_the_calendar_does)
{
    static const struct {
        const char *date;
        long days;
    } DAYS[] = {{"1970-01-01", 0},     {"1970-12-31", 364},   {"1972-03-01", 790},
                {"2000-02-29", 11016}, {"2000-03-01", 11017}, {"2024-02-29", 19782},
                {"2100-03-01", 47541}};
    static const char *const NO_DAYS[] = {"",           "1969-12-31", "2026-00-10", "2026-02-30",
                                          "2100-02-29", "2026-1-01",  "2026/01/01", "2026-01-011",
                                          "2026-04-31", "abcd-ef-gh"};
    long days;
    for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++) {
        cr_expect(days_of(DAYS[i].date, &days) == 1);
        cr_expect(eq(long, days, DAYS[i].days), "%s", DAYS[i].date);
    }
    for (size_t i = 0; i < sizeof(NO_DAYS) / sizeof(NO_DAYS[0]); i++)
        cr_expect(days_of(NO_DAYS[i], &days) == 0, "%s", NO_DAYS[i]);
    cr_expect(days_of(NULL, &days) == 0);
}
