/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DXA_PHANTOMS_H
#define TESTS_DXA_PHANTOMS_H

/* Synthetic pictures of densitometers, and what is true of them. */

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_phantom.h>

static inline osarc_dxa_phantom *draw(const char *kind, const osarc_dxa_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_phantom *phantom = NULL;
    EXPECT_OK(osarc_dxa_phantom_create(&phantom, kind, options, &err));
    return phantom;
}

static inline double truth_of(const osarc_dxa_phantom *phantom, const char *region,
                              const char *quantity)
{
    for (size_t i = 0; i < osarc_dxa_phantom_truth_count(phantom); i++) {
        const osarc_dxa_truth *t = osarc_dxa_phantom_truth(phantom, i);
        if (strcmp(t->region, region) == 0 && strcmp(t->quantity, quantity) == 0)
            return t->value;
    }
    cr_fatal("no truth %s %s", region, quantity);
    return NAN;
}

/* Where a point of the picture truly is, mm. */
static inline void point_of(double out[2], const osarc_dxa_phantom *phantom, const char *name)
{
    out[0] = truth_of(phantom, name, "across");
    out[1] = truth_of(phantom, name, "down");
}

#endif
