/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/side.h>

const char *osarc_side_name(osarc_side side)
{
    return side == OSARC_SIDE_LEFT ? "left" : side == OSARC_SIDE_RIGHT ? "right" : "";
}
