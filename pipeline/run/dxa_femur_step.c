/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_femur_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/hip_region.h>

void dxa_join_notes(char *out, size_t room, const osarc_notes *notes)
{
    out[0] = '\0';
    for (size_t i = 0; i < osarc_notes_count(notes); i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        size_t used = strlen(out);
        if (note->severity == OSARC_NOTE_WARNING)
            snprintf(out + used, room - used, "%s%s", used ? "; " : "", note->text);
    }
}

size_t dxa_femur_names(osarc_label *out, size_t room, const osarc_dxa_femur *femur)
{
    size_t count = 0;
    for (int r = 0; r < OSARC_HIP_TOTAL && count < room; r++)
        if (r == OSARC_HIP_NECK || !femur->refused_total[0])
            out[count++] = (osarc_label){(uint8_t) (OSARC_DXA_FEMUR_NECK + r),
                                         osarc_hip_region_name((osarc_hip_region) r)};
    return count;
}

static double along(const double at[2], const double from[2], const double way[2])
{
    return (at[0] - from[0]) * way[0] + (at[1] - from[1]) * way[1];
}

static osarc_dxa_femur_lines lines_of(const osarc_dxa_femur *f)
{
    osarc_dxa_femur_lines lines = {.neck_reach_mm = f->neck_reach_mm,
                                   .cross_up_mm = along(f->cross_mm, f->shaft_mm, f->shaft_way),
                                   .last_up_mm = along(f->last_mm, f->shaft_mm, f->shaft_way)};
    memcpy(lines.neck_mm, f->neck_mm, sizeof(lines.neck_mm));
    memcpy(lines.neck_way, f->neck_way, sizeof(lines.neck_way));
    memcpy(lines.shaft_mm, f->shaft_mm, sizeof(lines.shaft_mm));
    memcpy(lines.shaft_way, f->shaft_way, sizeof(lines.shaft_way));
    for (int end = 0; end < 2; end++)
        lines.box_mm[end] = along(f->box_mm[end ? 0 : 1], f->neck_mm, f->neck_way);
    return lines;
}

osarc_status dxa_femur_measure(osarc_findings *findings, const osarc_measure_context *context,
                               const osarc_dxa_facts *facts, const osarc_dxa_maps *maps,
                               const osarc_dxa_picture *picture, osarc_dxa_femur *femur,
                               osarc_notes *notes, const osarc_dxa_scores *scores, osarc_error *err)
{
    int is_left = facts->view == OSARC_DXA_VIEW_FEMUR_LEFT;
    const char *side = is_left ? "left" : "right";
    osarc_status status = osarc_dxa_femur_find(femur, picture, err);
    if (!status && femur->warning[0])
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "femur", err, "%s", femur->warning);
    if (!status && !femur->refused[0] && (femur->side == OSARC_SIDE_LEFT) != is_left) {
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "femur_side", err,
                                 "the protocol says %s, the neck leaves the shaft as on the other "
                                 "side: the picture is mirrored or the protocol wrong",
                                 side);
        side = "";
    }
    if (status)
        return status;
    char warnings[900];
    dxa_join_notes(warnings, sizeof(warnings), notes);
    osarc_measure_context with = *context;
    with.warnings = warnings;
    const osarc_dxa_femur_input input = {.maps = maps,
                                         .labels = femur->refused[0] ? NULL : femur->labels,
                                         .lines = lines_of(femur),
                                         .side = side,
                                         .neck_width_mm = femur->neck_width_mm,
                                         .neck_shaft_deg = femur->neck_shaft_deg,
                                         .refused = femur->refused,
                                         .refused_total = femur->refused_total};
    return osarc_measure_dxa_femur(findings, &with, &input, scores, err);
}
