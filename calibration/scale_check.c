/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/density.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#include "days.h"

#define SAME_KVP 0.5
/*
 * Phantoms are scanned weekly to monthly; water drifts by 0.55 to 2.29 HU a year on scanners that
 * are calibrated so.
 */
#define OLD_DAYS 31

typedef struct faults {
    char text[200];
} faults;

static void add_fault(faults *f, const char *what, const char *how)
{
    size_t used = strlen(f->text);
    snprintf(f->text + used, sizeof(f->text) - used, "%s%s %s", used ? ", " : "", what, how);
}

static void compare_text(faults *f, const char *what, const char *made, const char *scan)
{
    if (!made[0] || !scan[0])
        add_fault(f, what, made[0] ? "not known of the scan" : "not known of the calibration");
    else if (strcmp(made, scan) != 0)
        add_fault(f, what, "another");
}

static void compare_kvp(faults *f, double made, double scan)
{
    char text[64];
    if (!isfinite(made) || !isfinite(scan)) {
        add_fault(f, "kVp",
                  isfinite(made) ? "not known of the scan" : "not known of the calibration");
    } else if (fabs(made - scan) > SAME_KVP) {
        snprintf(text, sizeof(text), "%g instead of %g", scan, made);
        add_fault(f, "kVp", text);
    }
}

static osarc_status note_age(const char *made_on, const char *today, osarc_notes *notes,
                             osarc_error *err)
{
    long made, now;
    if (!days_of(today, &now))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "today is '%.20s', a day YYYY-MM-DD is needed",
                        today);
    if (!days_of(made_on, &made))
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "calibration_age", err,
                               "age of the calibration is not known");
    if (made > now)
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "calibration_age", err,
                               "calibration is dated %ld days ahead of today", made - now);
    return osarc_notes_add(notes, now - made > OLD_DAYS ? OSARC_NOTE_WARNING : OSARC_NOTE_INFO,
                           "calibration_age", err, "calibration is %ld days old%s", now - made,
                           now - made > OLD_DAYS ? ", drift of the scanner since is not known"
                                                 : "");
}

osarc_status osarc_calibration_check(const osarc_calibration *calibration,
                                     const osarc_acquisition *acquisition, int forced,
                                     const char *today, osarc_notes *notes, osarc_error *err)
{
    faults f = {""};
    if (!calibration || !acquisition)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a calibration and an acquisition are needed");
    if (calibration->rung == OSARC_RUNG_NONE)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "there is no calibration");
    compare_text(&f, "manufacturer", calibration->manufacturer, acquisition->manufacturer);
    compare_text(&f, "model", calibration->device_model, acquisition->model);
    compare_text(&f, "serial number", calibration->device_serial, acquisition->device_serial);
    compare_kvp(&f, calibration->kvp, acquisition->kvp);
    compare_text(&f, "kernel", calibration->kernel, acquisition->kernel);
    if (f.text[0] && !forced)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "calibration was not made on this scanner and protocol: %s", f.text);
    osarc_status status = OSARC_OK;
    if (!notes)
        return OSARC_OK;
    if (f.text[0])
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "calibration_forced", err,
                                 "calibration was not made on this scanner and protocol, and is "
                                 "used all the same: %s",
                                 f.text);
    if (!status && today)
        status = note_age(calibration->made_on, today, notes, err);
    return status;
}
