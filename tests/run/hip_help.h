/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_HIP_HELP_H
#define TESTS_HIP_HELP_H

#include <osarc/scale.h>
#include <osarc/phantom.h>

/** The scale that a phantom of a hip is drawn by. */
static inline osarc_calibration scale_of(const osarc_phantom *phantom)
{
    double slope = osarc_phantom_scale_of(phantom, 0).hu_per_k2hpo4_mg_cm3;
    return (osarc_calibration){.rung = OSARC_RUNG_PHANTOM,
                               .method = "phantom",
                               .basis = "K2HPO4",
                               .density = {0, 1 / slope, 0},
                               .t_95 = 2};
}

#endif
