/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CONVERSION_FILE_H
#define RUN_CONVERSION_FILE_H

#include <osarc/bmd.h>

#define CONVERSION_MAX 8

/* The user's equations from CT's projected density to a densitometer's scale. */
typedef struct conversion_list {
    osarc_bmd_equation rows[CONVERSION_MAX];
    size_t count;
} conversion_list;

/*
 * {"conversions": [{"id": "mine", "site": "femoral_neck", "to": "DXA-Hologic", "slope": 1.1,
 *                   "intercept_g_cm2": 0.02, "source": "40 women, both scans, 2024"}]}
 * One a site at most: femoral_neck, total_hip.
 * ERR_IO or ERR_FORMAT.
 */
osarc_status conversion_file_read(conversion_list *out, const char *path, osarc_error *err);

#endif
