/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/hip_region.h>

const char *osarc_hip_region_name(osarc_hip_region region)
{
    static const char *const NAMES[OSARC_HIP_REGION_COUNT] = {"neck", "trochanter",
                                                              "intertrochanter", "total"};
    return (unsigned) region < OSARC_HIP_REGION_COUNT ? NAMES[region] : NULL;
}
