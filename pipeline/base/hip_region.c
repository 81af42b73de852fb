/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/hip_region.h>

const char *osarc_hip_region_name(osarc_hip_region region)
{
    static const char *const NAMES[OSARC_HIP_REGION_COUNT] = {"neck", "trochanter",
                                                              "intertrochanter", "total"};
    return (unsigned) region < OSARC_HIP_REGION_COUNT ? NAMES[region] : NULL;
}

const osarc_label *osarc_hip_region_labels(size_t *count_out)
{
    static const osarc_label LABELS[] = {{0, "outside"},     {1, "neck"},
                                         {2, "trochanter"},  {3, "intertrochanter"},
                                         {4, "shaft_below"}, {5, "head_pelvis_and_other_bone"}};
    *count_out = sizeof(LABELS) / sizeof(LABELS[0]);
    return LABELS;
}
