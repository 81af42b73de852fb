/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_PARTS_H
#define OSI_PHANTOM_PARTS_H

#include "femur.h"

OSARC_BEGIN_DECLS

#define OSI_MAX_TRUTHS 96

struct osarc_phantom {
    const osi_kind *kind;
    osarc_phantom_options options; /* with defaults filled in */
    osi_scene scene;
    osarc_image *image;
    osarc_mask *tissue;
    osarc_mask *structures;    /* NULL for kinds without */
    osarc_image *second_image; /* NULL without a second voltage */
    osarc_acquisition acquisition;
    osarc_acquisition second_acquisition;
    double low_z_mm; /* what the stack covers */
    double high_z_mm;
    int whole; /* no part of the body is outside the view */
    double covered_mm3[OSI_MATERIAL_COUNT];
    osarc_truth truths[OSI_MAX_TRUTHS];
    size_t truth_count;
    osi_femur drawn[2];
    osarc_phantom_femur femurs[2];
    size_t femur_count;
};

/* One more true value; beyond OSI_MAX_TRUTHS none. Texts are static. */
void osi_phantom_add_truth(osarc_phantom *phantom, const char *quantity, const char *tissue,
                           double value, const char *unit, double tolerance, const char *reason);

/* Both femurs and sockets over what is drawn, in image, tissue and structures. */
OSARC_MUST_CHECK osarc_status osi_femurs_paint(osarc_phantom *phantom, osarc_error *err);

/* All true values in closed form. */
void osi_phantom_find_truths(osarc_phantom *phantom);

OSARC_END_DECLS

#endif
