/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sbmd_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/bmd.h>
#include <osi/fail.h>

#define MG_OF_G 1000.0

/* Places that the equations were found for. */
static const struct {
    const char *site, *level, *equation;
    osarc_bmd_site bmd_site;
} PLACES[] = {{"lumbar", "L1-L4", "hui1997", OSARC_BMD_LUMBAR_L1_L4},
              {"lumbar", "L2-L4", "hui1997", OSARC_BMD_LUMBAR_L2_L4},
              {"femur", "neck", "lu2001", OSARC_BMD_FEMORAL_NECK},
              {"femur", "trochanter", "lu2001", OSARC_BMD_TROCHANTER},
              {"femur", "total", "lu2001", OSARC_BMD_TOTAL_HIP}};
#define PLACE_COUNT (sizeof(PLACES) / sizeof(PLACES[0]))

static int is_densitometer(const osarc_finding *row)
{
    return strcmp(row->quantity, "abmd") == 0 &&
           (strcmp(row->method, "report") == 0 || strncmp(row->method, "dxa-", 4) == 0);
}

static osarc_bmd_scale scale_of(const char *basis)
{
    for (int s = OSARC_BMD_HOLOGIC; s <= OSARC_BMD_STANDARDIZED; s++)
        if (strcmp(basis, osarc_bmd_scale_name((osarc_bmd_scale) s)) == 0)
            return (osarc_bmd_scale) s;
    return OSARC_BMD_SCALE_UNKNOWN;
}

/* On the scale in g/cm2; NAN stays. */
static osarc_status standardize(double *out, osarc_bmd *made, double g_cm2, size_t place,
                                osarc_bmd_scale scale, osarc_error *why)
{
    *out = NAN;
    if (!isfinite(g_cm2))
        return OSARC_OK;
    *made = (osarc_bmd){.value_g_cm2 = g_cm2, .site = PLACES[place].bmd_site, .scale = scale};
    osarc_status status =
        scale == OSARC_BMD_STANDARDIZED
            ? OSARC_OK
            : osarc_bmd_convert(made, made, OSARC_BMD_STANDARDIZED, PLACES[place].equation, why);
    if (!status)
        *out = MG_OF_G * made->value_g_cm2;
    return status;
}

static osarc_status convert(osarc_finding *row, osarc_bmd *made, osarc_error *why)
{
    const double from[3] = {row->value, row->ci_low, row->ci_high};
    double *to[3] = {&row->value, &row->ci_low, &row->ci_high};
    osarc_bmd_scale scale = scale_of(row->basis);
    size_t place = 0;
    for (int k = 0; k < 3; k++)
        *to[k] = NAN;
    if (isnan(from[0]))
        return osi_fail(why, OSARC_ERR_QUALITY, "there is no density to start from");
    if (strcmp(row->basis, "HA") == 0)
        return osi_fail(why, OSARC_ERR_UNIT,
                        "the density stands on hydroxyapatite by a wedge, not on a maker's scale");
    if (scale == OSARC_BMD_SCALE_UNKNOWN)
        return osi_fail(why, OSARC_ERR_UNIT, "whose scale the density is on is not known");
    while (place < PLACE_COUNT && (strcmp(PLACES[place].site, row->site) != 0 ||
                                   strcmp(PLACES[place].level, row->level) != 0))
        place++;
    if (place == PLACE_COUNT)
        return osi_fail(why, OSARC_ERR_UNSUPPORTED,
                        "no equation to the standardised scale was published for this place; there "
                        "are some for L1-L4, L2-L4, neck, trochanter and total of the femur");
    osarc_status status = standardize(&row->value, made, from[0], place, scale, why);
    osarc_bmd edge;
    for (int k = 1; k < 3 && !status; k++)
        status = standardize(to[k], &edge, from[k], place, scale, why);
    return status;
}

osarc_status sbmd_rows_add(osarc_findings *findings, osarc_error *err)
{
    size_t count = osarc_findings_count(findings);
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < count && !status; i++) {
        osarc_finding row = *osarc_findings_at(findings, i);
        osarc_error why = OSARC_ERROR_INIT;
        osarc_bmd made = {.conversion = ""};
        char note[400];
        if (!is_densitometer(&row))
            continue;
        row.quantity = "sbmd";
        row.unit = "mg/cm2";
        row.reference = "";
        if (convert(&row, &made, &why)) {
            row.value = row.ci_low = row.ci_high = NAN;
            row.quality = OSARC_QUALITY_REFUSED;
            snprintf(note, sizeof(note), "%s", why.text);
        } else {
            row.basis = osarc_bmd_scale_name(OSARC_BMD_STANDARDIZED);
            snprintf(note, sizeof(note), "%.95s%sof groups: about 3.5 %% off in one person%s%.200s",
                     made.conversion, made.conversion[0] ? "; " : "", row.note[0] ? "; " : "",
                     row.note);
        }
        row.note = note;
        status = osarc_findings_add(findings, &row, err);
    }
    return status;
}
