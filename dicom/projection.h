/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_PROJECTION_H
#define OSI_DICOM_PROJECTION_H

/* What headers of radiographs and densitometer images say beside what CT slices do. */

#include <osarc/dxa.h>

#include "elements.h"

OSARC_BEGIN_DECLS

/** Where a pixel spacing is from, best first. */
typedef enum osi_spacing_from {
    OSI_SPACING_NONE = 0,
    OSI_SPACING_PIXEL,   /**< PixelSpacing. */
    OSI_SPACING_IMAGER,  /**< ImagerPixelSpacing: at the detector. */
    OSI_SPACING_NOMINAL, /**< NominalScannedPixelSpacing. */
    OSI_SPACING_AREA     /**< ExposedArea over columns and rows. */
} osi_spacing_from;

/** All-zero is not empty: see osi_projection_init. Absent numbers are NAN. */
typedef struct osi_projection {
    char protocol[OSARC_TEXT_SIZE];
    char relation[OSARC_TEXT_SIZE]; /**< PixelIntensityRelationship: "LIN", "LOG". */
    double relation_sign;           /**< -1: higher values are less intensity. */
    double imager_mm[2];            /**< Between rows, between columns, as DICOM has it. */
    double nominal_mm[2];
    double area_mm[2]; /**< Exposed area, wide and high. */
    char orientation[OSARC_TEXT_SIZE];
    char intent[OSARC_TEXT_SIZE]; /**< PresentationIntentType. */
} osi_projection;

void osi_projection_init(osi_projection *out);

void osi_take_projection_element(osi_projection *out, const uint8_t *data,
                                 const osi_element *element);

/** Between columns, between rows; NAN without. `spacing_mm`: PixelSpacing in that order. */
osi_spacing_from osi_projection_spacing(double out_mm[2], const osi_projection *projection,
                                        const double spacing_mm[2], size_t columns, size_t rows);

/** By PatientOrientation. 1: columns run to the patient's left, which is taken where nothing is
 * stated; -1: to the right; 0: the picture does not stand upright. */
int osi_projection_direction(int *stated, const osi_projection *projection);

/** Name of the attribute; "" for none. */
const char *osi_spacing_from_word(osi_spacing_from from);

/** 1 for modalities that densitometers store images under: DX, CR, OT, SC, BMD. */
int osi_projection_modality(const char *modality);

OSARC_END_DECLS

#endif
