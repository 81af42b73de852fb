/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CONVERSION_FILE_H
#define RUN_CONVERSION_FILE_H

#include <osarc/bmd.h>

#define CONVERSION_MAX 8

/* The user's equations from CT's projected density to a densitometer's scale. */
typedef struct conversion_list {
    osarc_bmd_equation rows[CONVERSION_MAX];
    char basis[CONVERSION_MAX][16]; /* mineral of the density that each starts from */
    size_t count;
} conversion_list;

/*
 * {"conversions": [{"id": "mine", "site": "femoral_neck", "basis": "K2HPO4", "to": "DXA-Hologic",
 *                   "slope": 1.1, "intercept_g_cm2": 0.02, "source": "40 women, 2024"}]}
 * One a site and basis at most: femoral_neck, total_hip; K2HPO4, HA.
 * ERR_IO or ERR_FORMAT.
 */
osarc_status conversion_file_read(conversion_list *out, const char *path, osarc_error *err);

/* Those that start from a basis; how many. */
size_t conversion_select(osarc_bmd_equation out[CONVERSION_MAX], const conversion_list *list,
                         const char *basis);

#endif
