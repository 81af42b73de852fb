/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_forearm_step.h"

#include <string.h>

size_t dxa_forearm_names(osarc_label *out, size_t room, const osarc_dxa_forearm *forearm)
{
    static const char *const NAMES[OSARC_FOREARM_REGION_COUNT] = {"ultradistal", "mid", "33 %"};
    size_t count = 0;
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT && count < room; r++)
        if (!forearm->refused_region[r][0])
            out[count++] = (osarc_label){(uint8_t) (OSARC_DXA_FOREARM_ULTRADISTAL + r), NAMES[r]};
    return count;
}

osarc_status dxa_forearm_measure(osarc_findings *findings, const osarc_measure_context *context,
                                 const osarc_dxa_facts *facts, const osarc_dxa_maps *maps,
                                 const osarc_dxa_picture *picture, osarc_dxa_forearm *forearm,
                                 const osarc_dxa_scores *scores, osarc_error *err)
{
    osarc_status status = osarc_dxa_forearm_find(forearm, picture, facts->forearm_mm, err);
    if (status)
        return status;
    osarc_dxa_forearm_input input = {.maps = maps,
                                     .labels = forearm->refused[0] ? NULL : forearm->labels,
                                     .forearm_mm = facts->forearm_mm,
                                     .side = facts->side == OSARC_SIDE_LEFT    ? "left"
                                             : facts->side == OSARC_SIDE_RIGHT ? "right"
                                                                               : "",
                                     .refused = forearm->refused};
    memcpy(input.tip_mm, forearm->tip_mm, sizeof(input.tip_mm));
    memcpy(input.way, forearm->way, sizeof(input.way));
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT; r++)
        input.refused_region[r] = forearm->refused_region[r];
    return osarc_measure_dxa_forearm(findings, context, &input, scores, err);
}
