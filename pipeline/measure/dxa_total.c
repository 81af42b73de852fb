/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>

#include <osi/fail.h>

osarc_status osarc_measure_dxa_total(osarc_findings *findings, const osarc_measure_context *context,
                                     const osarc_dxa_maps *maps, const osarc_dxa_scores *scores,
                                     osarc_error *err)
{
    if (!findings || !context || !maps || !maps->bone_g_cm2 || !scores)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, maps and scores are needed");
    double mass[3] = {0, 0, 0};
    double pixel_cm2 = maps->spacing_mm[0] * maps->spacing_mm[1] / 100;
    double area = 0;
    for (size_t i = 0; i < maps->columns * maps->rows; i++) {
        if (maps->pixels[i] == OSARC_DXA_AIR || maps->pixels[i] == OSARC_DXA_NOTHING)
            continue;
        area += pixel_cm2;
        mass[0] += maps->lean_g_cm2[i] * pixel_cm2;
        mass[1] += maps->fat_g_cm2[i] * pixel_cm2;
        if (maps->pixels[i] != OSARC_DXA_SOFT)
            mass[2] += maps->bone_g_cm2[i] * pixel_cm2;
    }
    double total = mass[0] + mass[1] + mass[2];
    double noise = hypot(maps->fat_noise_cm > 0 ? maps->fat_noise_cm / sqrt(area) : 0,
                         maps->fat_calibration_sd);
    const struct {
        const char *quantity, *unit;
        double value, half;
        int is_soft;
    } rows[] = {{"lean_mass", "g", mass[0], OSI_Z_95 * noise * total, 1},
                {"fat_mass", "g", mass[1], OSI_Z_95 * noise * total, 1},
                {"bone_mass", "g", mass[2], NAN, 0},
                {"fat_percent", "1", mass[1] / total, OSI_Z_95 * noise, 1}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < sizeof(rows) / sizeof(rows[0]); i++) {
        osarc_finding row = dxa_row_blank(context, maps, scores);
        osi_row_note note = {0};
        row.site = "whole_body";
        row.level = "total";
        row.quantity = rows[i].quantity;
        row.unit = rows[i].unit;
        row.value = rows[i].value;
        dxa_note_series(&note, context);
        if (rows[i].is_soft && !maps->is_calibrated)
            status = osi_row_refuse(findings, &row,
                                    "without a calibration lean and fat cannot be told apart", err);
        else
            status = osi_row_add(findings, &row, rows[i].half, &note, err);
    }
    if (status)
        return status;
    static const char *const PARTS[][2] = {{"alm", "kg"}, {"alm_index", "kg/m2"}};
    for (size_t i = 0; !status && i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        osarc_finding row = dxa_row_blank(context, maps, scores);
        row.site = "whole_body";
        row.quantity = PARTS[i][0];
        row.unit = PARTS[i][1];
        status = osi_row_refuse(
            findings, &row, "arms and legs are not told apart from the trunk in this version", err);
    }
    return status;
}
