/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb.h"

#include <math.h>

/* The marrow canal of the shaft: CT number, density, and what can be said of its fat. */

static osarc_status add_density(osi_limb_rows *r, const osarc_finding *blank, double hu, double se,
                                osarc_error *err)
{
    const osarc_calibration *c = r->in->calibration;
    const osarc_acquisition *a = r->context->acquisition;
    osi_row_note note = {0};
    osarc_finding row = *blank;
    row.quantity = "marrow_density";
    row.unit = "mg/cm3";
    if (!c || c->rung == OSARC_RUNG_NONE)
        return osi_row_refuse(r->findings, &row,
                              r->in->calibration_refused && r->in->calibration_refused[0]
                                  ? r->in->calibration_refused
                                  : "not calibrated",
                              err);
    if (a && a->contrast == OSARC_CONTRAST_GIVEN && !r->in->accept_contrast)
        return osi_row_refuse(r->findings, &row,
                              "contrast was given: densities need --accept-contrast", err);
    row.method = c->rung == OSARC_RUNG_ASYNCHRONOUS ? "async" : c->method;
    row.basis = c->basis;
    row.value = osarc_calibration_mg_cm3(c, hu);
    double fit = osarc_calibration_half_mg_cm3(c, hu);
    double noise = OSI_Z_95 * se * fabs(c->density[1] + 2 * c->density[2] * hu);
    osi_limb_describe(&note, r, 0);
    if (r->in->calibration_warnings)
        osi_row_note_add(&note, 1, "%s", r->in->calibration_warnings);
    osi_limb_doubt_hu(&note, r);
    osi_row_note_add(&note, 0, "fat in marrow lowers it: below 0 where marrow is mostly fat");
    return osi_row_add(r->findings, &row, isfinite(fit) ? hypot(fit, noise) : NAN, &note, err);
}

static osarc_status add_fat(osi_limb_rows *r, const osarc_finding *blank, osarc_error *err)
{
    const osarc_marrow_fat *fat = r->level->marrow_fat;
    osi_row_note note = {0};
    osarc_finding row = *blank;
    row.quantity = "marrow_fat_fraction";
    row.unit = "1";
    if (!fat) {
        const char *why = r->level->marrow_fat_refused;
        return osi_row_refuse(r->findings, &row,
                              why && why[0] ? why : "no density scale: not told from mineral", err);
    }
    row.method = fat->method;
    row.value = fat->fraction;
    row.ci_low = fmin(fat->ci[0], row.value);
    row.ci_high = fmax(fat->ci[1], row.value);
    osi_limb_describe(&note, r, 0);
    osi_limb_doubt_hu(&note, r);
    osi_row_note_add(&note, 1,
                     "one energy: every fraction in the interval reads alike with some mineral");
    return osi_row_add(r->findings, &row, NAN, &note, err);
}

osarc_status osi_limb_add_femur(osi_limb_rows *r, osarc_error *err)
{
    osarc_finding row = r->blank;
    osarc_error why = OSARC_ERROR_INIT;
    double hu = NAN;
    double se = NAN;
    row.site = "femur";
    row.level = "shaft";
    row.quantity = "marrow_attenuation";
    row.unit = "HU";
    row.method = "core-mean";
    osarc_status status = osarc_region_mean(&hu, &se, r->in->image, &r->level->marrow, &why);
    if (status == OSARC_ERR_QUALITY) {
        status = osi_row_refuse(r->findings, &row, why.text, err);
        row.quantity = "marrow_density";
        row.unit = "mg/cm3";
        row.method = NULL;
        if (!status)
            status = osi_row_refuse(r->findings, &row, why.text, err);
        row.quantity = "marrow_fat_fraction";
        row.unit = "1";
        return status ? status : osi_row_refuse(r->findings, &row, why.text, err);
    }
    if (status) {
        if (err)
            *err = why;
        return status;
    }
    osi_row_note note = {0};
    row.value = hu;
    osi_limb_describe(&note, r, 0);
    osi_limb_doubt_hu(&note, r);
    status = osi_row_add(r->findings, &row, OSI_Z_95 * se, &note, err);
    row.value = NAN;
    row.method = NULL;
    if (!status)
        status = add_density(r, &row, hu, se, err);
    return status ? status : add_fat(r, &row, err);
}
