/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_spine.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#include "rows.h"

typedef struct scale_row {
    const char *quantity;
    const char *unit;
    double value;
    const double *ci; /* NULL: none */
} scale_row;

static void tell_points(osi_row_note *note, const osarc_calibration *c)
{
    const char *what = c->rung == OSARC_RUNG_INTERNAL ? "HU expected" : "mg/cm3";
    for (size_t i = 0; i < c->point_count && i < OSARC_CALIBRATION_POINTS; i++) {
        const osarc_calibration_point *p = &c->points[i];
        osi_row_note_add(note, 0, "%s: %s HU for %s %s, residual %s HU", p->name,
                         osi_short(p->hu, 1).text, osi_short(p->reference, 1).text, what,
                         osi_short(p->residual_hu, 2).text);
    }
}

static void tell_scale(osi_row_note *note, const osarc_calibration *c, const char *warnings)
{
    if (warnings && warnings[0])
        osi_row_note_add(note, 1, "%s", warnings);
    if (c->model[0])
        osi_row_note_add(note, 0, "phantom %s", c->model);
    if (c->rung == OSARC_RUNG_ASYNCHRONOUS)
        osi_row_note_add(note, 0, "made before%s%s by %s", c->made_on[0] ? ", on " : "", c->made_on,
                         c->method);
    if (isfinite(c->residual_sd_hu))
        osi_row_note_add(note, 0, "residual standard deviation %s HU",
                         osi_short(c->residual_sd_hu, 2).text);
    if (c->systematic_mg_cm3 > 0)
        osi_row_note_add(note, 0, "%s mg/cm3 added for what the fit cannot see",
                         osi_short(c->systematic_mg_cm3, 1).text);
    tell_points(note, c);
}

static osarc_status add_scale_row(osarc_findings *findings, const osarc_finding *blank,
                                  const scale_row *what, const osi_row_note *note, osarc_error *err)
{
    osarc_finding row = *blank;
    row.quantity = what->quantity;
    row.unit = what->unit;
    row.value = what->value;
    if (!isfinite(what->value))
        return osi_row_refuse(findings, &row, "this way of calibrating does not give it", err);
    if (what->ci && isfinite(what->ci[0]) && isfinite(what->ci[1])) {
        row.ci_low = fmin(what->ci[0], what->value);
        row.ci_high = fmax(what->ci[1], what->value);
    }
    return osi_row_add(findings, &row, NAN, note, err);
}

osarc_status osarc_measure_calibration(osarc_findings *findings,
                                       const osarc_measure_context *context,
                                       const osarc_calibration *calibration, const char *refused,
                                       const char *warnings, osarc_error *err)
{
    if (!findings || !context)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings and context are needed");
    const osarc_calibration none = {.rung = OSARC_RUNG_NONE};
    const osarc_calibration *c = calibration ? calibration : &none;
    const scale_row rows[] = {
        {"calibration_slope", "HU/(mg/cm3)", c->slope_hu_per_mg_cm3, c->slope_ci},
        {"calibration_intercept", "HU", c->intercept_hu, c->intercept_ci},
        {"calibration_r2", "1", c->r2, NULL},
        {"effective_energy", "keV", c->effective_energy_kev, c->energy_ci},
    };
    osarc_finding blank = osi_row_blank(context);
    osi_row_note note = {0};
    blank.site = "calibration";
    if (c->rung != OSARC_RUNG_NONE) {
        blank.method = c->rung == OSARC_RUNG_ASYNCHRONOUS ? "async" : c->method;
        blank.basis = c->basis;
        tell_scale(&note, c, warnings);
    }
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !status; i++) {
        if (c->rung != OSARC_RUNG_NONE) {
            status = add_scale_row(findings, &blank, &rows[i], &note, err);
            continue;
        }
        osarc_finding row = blank;
        row.quantity = rows[i].quantity;
        row.unit = rows[i].unit;
        status =
            osi_row_refuse(findings, &row, refused && refused[0] ? refused : "not calibrated", err);
    }
    return status;
}
