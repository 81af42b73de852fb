/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_body_step.h"

#include <math.h>

#include <osi/alloc.h>

#include "dxa_femur_step.h"

#define BIT(label) (1u << (label))

#define CROWN_CUT "the picture's edge cuts the crown"
#define HOLDS_ARM "it holds an arm that no gap parts from it"
#define FEET_CUT  "the picture's edge cuts the feet"
#define MIRRORED(side)                                                                             \
    "on request the " side " arm stands for the other one, which the picture's edge cuts"
#define ARM_CUT  "the picture's edge cuts this arm"
#define ARMS_CUT "the picture's edge cuts an arm"

size_t dxa_body_names(osarc_label *out, size_t room)
{
    static const osarc_label NAMES[] = {
        {OSARC_DXA_BODY_HEAD, "head"},         {OSARC_DXA_BODY_TRUNK, "trunk"},
        {OSARC_DXA_BODY_ARM_LEFT, "left arm"}, {OSARC_DXA_BODY_ARM_RIGHT, "right arm"},
        {OSARC_DXA_BODY_LEG_LEFT, "left leg"}, {OSARC_DXA_BODY_LEG_RIGHT, "right leg"}};
    size_t count = sizeof(NAMES) / sizeof(NAMES[0]);
    for (size_t i = 0; i < count && i < room; i++)
        out[i] = NAMES[i];
    return count < room ? count : room;
}

osarc_status dxa_body_measure(osarc_findings *findings, const osarc_measure_context *context,
                              const osarc_dxa_maps *maps, const osarc_dxa_picture *picture,
                              osarc_dxa_body *regions, osarc_notes *notes,
                              const osarc_dxa_scores *scores, const dxa_body_facts *facts,
                              osarc_error *err)
{
    size_t count = maps->columns * maps->rows;
    uint8_t *is_body = osi_alloc(count, 1, err);
    if (!is_body)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        is_body[i] = maps->pixels[i] != OSARC_DXA_AIR && maps->pixels[i] != OSARC_DXA_NOTHING;
    osarc_status status = osarc_dxa_body_find(regions, picture, is_body, err);
    osi_free(is_body);
    if (!status && regions->warning[0])
        status =
            osarc_notes_add(notes, OSARC_NOTE_WARNING, "body_parts", err, "%s", regions->warning);
    if (status)
        return status;
    const char *none = regions->refused;
    const char *arm[2];
    const unsigned arms[2] = {BIT(OSARC_DXA_BODY_ARM_RIGHT), BIT(OSARC_DXA_BODY_ARM_LEFT)};
    int missing = -1; /* the arm that the other one stands for */
    for (int side = 0; side < 2; side++) {
        int other_is_whole = !regions->arm_is_cut[!side] && !regions->refused_arm[!side][0];
        arm[side] = none[0]                     ? none
                    : regions->arm_is_cut[side] ? ARM_CUT
                                                : regions->refused_arm[side];
        /* what the trunk holds of an arm cannot be taken out of it */
        if (facts->mirror_arm && !none[0] && regions->arm_is_cut[side] &&
            !regions->refused_arm[side][0] && other_is_whole)
            missing = side;
    }
    if (missing >= 0)
        arm[missing] = "";
    const unsigned taken[2] = {missing == 0 ? arms[1] : arms[0], missing == 1 ? arms[0] : arms[1]};
    const char *const instead[2] = {missing == 0 ? MIRRORED("left") : NULL,
                                    missing == 1 ? MIRRORED("right") : NULL};
    int is_cut = missing < 0 && (regions->arm_is_cut[0] || regions->arm_is_cut[1]);
    /* an arm that could not be parted lies in what is beside it */
    const char *beside[2];
    for (int side = 0; side < 2; side++)
        beside[side] = none[0] ? none : regions->refused_arm[side][0] ? HOLDS_ARM : "";
    const char *trunk = beside[0][0] ? beside[0] : beside[1];
    const char *leg[2];
    for (int side = 0; side < 2; side++)
        leg[side] = !none[0] && regions->feet_are_cut ? FEET_CUT : beside[side];
    const char *head = none[0] ? none : regions->crown_is_cut ? CROWN_CUT : "";
    const unsigned legs = BIT(OSARC_DXA_BODY_LEG_LEFT) | BIT(OSARC_DXA_BODY_LEG_RIGHT);
    const osarc_dxa_part parts[] = {
        {"head", "", BIT(OSARC_DXA_BODY_HEAD), 0, {NAN, NAN}, head, NULL},
        {"trunk", "", BIT(OSARC_DXA_BODY_TRUNK), 0, {NAN, NAN}, trunk, NULL},
        {"arm", "left", taken[1], 1, {NAN, NAN}, arm[1], instead[1]},
        {"arm", "right", taken[0], 1, {NAN, NAN}, arm[0], instead[0]},
        {"leg", "left", BIT(OSARC_DXA_BODY_LEG_LEFT), 1, {NAN, NAN}, leg[1], NULL},
        {"leg", "right", BIT(OSARC_DXA_BODY_LEG_RIGHT), 1, {NAN, NAN}, leg[0], NULL},
        {"android",
         "",
         BIT(OSARC_DXA_BODY_TRUNK),
         0,
         {regions->android_mm[0], regions->android_mm[1]},
         trunk,
         NULL},
        {"gynoid",
         "",
         BIT(OSARC_DXA_BODY_TRUNK) | legs,
         0,
         {regions->gynoid_mm[0], regions->gynoid_mm[1]},
         trunk,
         NULL}};
    const osarc_dxa_body_input input = {.maps = maps,
                                        .labels = none[0] ? NULL : regions->labels,
                                        .parts = parts,
                                        .part_count = sizeof(parts) / sizeof(parts[0]),
                                        .refused = none,
                                        .refused_total = regions->crown_is_cut   ? CROWN_CUT
                                                         : regions->feet_are_cut ? FEET_CUT
                                                         : is_cut                ? ARMS_CUT
                                                                                 : "",
                                        .height_m = facts->height_m,
                                        .weight_kg = facts->weight_kg,
                                        .without = missing < 0 ? 0 : arms[missing],
                                        .twice = missing < 0 ? 0 : arms[!missing]};
    char warnings[DXA_NOTES_SIZE];
    dxa_join_notes(warnings, sizeof(warnings), notes);
    osarc_measure_context with = *context;
    with.warnings = warnings;
    return osarc_measure_dxa_body(findings, &with, &input, scores, err);
}
