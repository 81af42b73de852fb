/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/forearm_region.h>

const char *osarc_forearm_region_name(osarc_forearm_region region)
{
    static const char *const NAMES[OSARC_FOREARM_REGION_COUNT] = {"radius-ultradistal",
                                                                  "radius-mid", "radius-33"};
    return (unsigned) region < OSARC_FOREARM_REGION_COUNT ? NAMES[region] : NULL;
}

void osarc_forearm_region_ends(double out_mm[2], osarc_forearm_region region, double forearm_mm)
{
    double ultradistal = OSARC_FOREARM_ULTRADISTAL_FROM_MM + OSARC_FOREARM_ULTRADISTAL_MM;
    double third = forearm_mm / 3 - OSARC_FOREARM_THIRD_MM / 2;
    out_mm[0] = region == OSARC_FOREARM_ULTRADISTAL ? OSARC_FOREARM_ULTRADISTAL_FROM_MM
                : region == OSARC_FOREARM_MID       ? ultradistal
                                                    : third;
    out_mm[1] = region == OSARC_FOREARM_ULTRADISTAL ? ultradistal
                : region == OSARC_FOREARM_MID       ? third
                                                    : third + OSARC_FOREARM_THIRD_MM;
}

const osarc_label *osarc_forearm_region_labels(size_t *count_out)
{
    static const osarc_label LABELS[] = {{0, "outside"},          {1, "radius_ultradistal"},
                                         {2, "radius_mid"},       {3, "radius_33"},
                                         {4, "radius_elsewhere"}, {5, "ulna_and_other_bone"}};
    *count_out = sizeof(LABELS) / sizeof(LABELS[0]);
    return LABELS;
}
