/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_SCAN_H
#define OSARC_SCAN_H

/**
 * @file scan.h
 * One volume with how it was made: image, acquisition, patient facts, notes.
 */

#include <osarc/image.h>
#include <osarc/notes.h>

OSARC_BEGIN_DECLS

/** Room for a DICOM UID or a short text, with its end. */
#define OSARC_TEXT_SIZE 72

typedef enum osarc_sex {
    OSARC_SEX_UNKNOWN = 0,
    OSARC_SEX_FEMALE = 1,
    OSARC_SEX_MALE = 2
} osarc_sex;

typedef enum osarc_contrast {
    OSARC_CONTRAST_UNKNOWN = 0, /**< The header says nothing either way. */
    OSARC_CONTRAST_NONE = 1,
    OSARC_CONTRAST_GIVEN = 2
} osarc_contrast;

/**
 * What the header says. Text that is absent is ""; a number that is absent is NAN.
 * Nothing here is a default: an absent fact stays absent.
 */
typedef struct osarc_acquisition {
    char patient_id[OSARC_TEXT_SIZE];
    char study_uid[OSARC_TEXT_SIZE];
    char series_uid[OSARC_TEXT_SIZE];
    char frame_of_reference_uid[OSARC_TEXT_SIZE];
    char modality[OSARC_TEXT_SIZE];
    char manufacturer[OSARC_TEXT_SIZE];
    char model[OSARC_TEXT_SIZE];
    char device_serial[OSARC_TEXT_SIZE];
    char kernel[OSARC_TEXT_SIZE];
    char patient_position[OSARC_TEXT_SIZE]; /**< "HFS" and the like. */
    char study_date[OSARC_TEXT_SIZE];       /**< YYYYMMDD, for the order of scans; never printed. */
    osarc_sex sex;
    osarc_contrast contrast;
    double age_years;
    double height_m;
    double weight_kg;
    double kvp;
    double slice_thickness_mm;
    double tilt_deg; /**< Angle between slice normal and stacking direction, signed. */
    double table_height_mm;
    double reconstruction_diameter_mm;
} osarc_acquisition;

typedef struct osarc_scan osarc_scan;

/** All text empty, all numbers NAN, all enums unknown. */
OSARC_API void osarc_acquisition_init(osarc_acquisition *acquisition);

/**
 * Joins an image, its acquisition and its notes. On success the scan owns image and notes
 * (*image and *notes become NULL); on failure they stay the caller's. *notes may be NULL.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_scan_create(osarc_scan **out, osarc_image **image,
                                                          const osarc_acquisition *acquisition,
                                                          osarc_notes **notes, osarc_error *err);

OSARC_API const osarc_image *osarc_scan_image(const osarc_scan *scan);
OSARC_API const osarc_acquisition *osarc_scan_acquisition(const osarc_scan *scan);

/** Borrowed; never NULL. */
OSARC_API const osarc_notes *osarc_scan_notes(const osarc_scan *scan);

/** NULL is allowed. */
OSARC_API void osarc_scan_free(osarc_scan *scan);

OSARC_END_DECLS

#endif
