/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_LOAD_H
#define OSI_DICOM_LOAD_H

/* The slices of a stack, from files into one buffer. */

#include "catalogue.h"
#include "hu.h"

OSARC_BEGIN_DECLS

/** What one slice came to. */
typedef struct osi_slice_result {
    osarc_status status;
    osi_hu_counts counts;
    osarc_error why;
} osi_slice_result;

typedef struct osi_loader {
    osarc_catalogue *catalogue;
    const osi_stack *stack;
    osi_scale scale;
    int16_t *out;              /**< All slices, in the order of the stack. */
    osi_slice_result *results; /**< One a slice. */
    const osarc_read_options *options;
    size_t done;
    int threads;
} osi_loader;

/** The frame and the file of a slice of the stack. */
const osi_frame *osi_slice_frame(const osi_loader *loader, size_t slice);
osi_file *osi_slice_file(const osi_loader *loader, size_t slice);

/** Reads all slices, in parallel; results say how each one went. */
void osi_slices_load(osi_loader *loader);

OSARC_END_DECLS

#endif
