/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_FRAME_H
#define OSI_DICOM_FRAME_H

/* What headers say, as plain values: one osi_header a file, one osi_frame a slice. */

#include <osarc/scan.h>

#include "projection.h"

OSARC_BEGIN_DECLS

/** What kind of object a file holds. */
typedef enum osi_kind {
    OSI_KIND_CT = 0, /**< CT slices: may be a volume. */
    OSI_KIND_LOCALIZER,
    OSI_KIND_SECONDARY_CAPTURE,
    OSI_KIND_DERIVED_MAP, /**< Maps and projections made from CT: not HU. */
    OSI_KIND_DXA,
    OSI_KIND_DOCUMENT,
    OSI_KIND_CONTOURS, /**< RTSTRUCT. */
    OSI_KIND_SEGMENTATION,
    OSI_KIND_RADIOTHERAPY, /**< Plans, doses and the like. */
    OSI_KIND_MR,
    OSI_KIND_OTHER_MODALITY,
    OSI_KIND_DICOMDIR,
    OSI_KIND_NO_IMAGE, /**< DICOM without pixels and of no known class. */
    OSI_KIND_COUNT
} osi_kind;

/** How pixel data is written. */
typedef enum osi_packing {
    OSI_PACKING_NATIVE = 0,
    OSI_PACKING_RLE,
    OSI_PACKING_JPEG,
    OSI_PACKING_JPEG_LS,
    OSI_PACKING_JPEG_2000,
    OSI_PACKING_UNKNOWN
} osi_packing;

/** The stored pixels of a file; all frames are alike. */
typedef struct osi_pixels {
    uint16_t rows;
    uint16_t columns;
    uint16_t samples;
    uint16_t bits_allocated;
    uint16_t bits_stored;
    uint16_t high_bit;
    int is_signed;
    int is_colour;
    int is_inverted; /**< MONOCHROME1: low values are bright. */
    int big_endian;
    uint32_t frames;
    osi_packing packing;
    int lossy;
    int has_padding; /**< Values padding .. padding_limit are no measurement; raw 16 bits. */
    uint16_t padding;
    uint16_t padding_limit;
    size_t offset; /**< Of the value, in the file or in the inflated data set; 0: no pixels. */
    size_t length; /**< As stated; 0 when open. */
    int open;      /**< Encapsulated: fragments follow. */
    char syntax_uid[OSARC_TEXT_SIZE];
} osi_pixels;

/** One slice. Text is borrowed from its header; never NULL. Numbers that are absent are NAN. */
typedef struct osi_frame {
    size_t file;           /**< Index of the file it is in. */
    const char *file_name; /**< Without its folder, for messages. */
    size_t number;         /**< From 0, in its file. */
    const char *patient_id;
    const char *study_uid;
    const char *series_uid;
    const char *frame_of_reference_uid;
    char image_type[OSARC_TEXT_SIZE];
    char kernel[OSARC_TEXT_SIZE];
    char rescale_type[OSARC_TEXT_SIZE];
    double position_mm[3];
    double row[3];        /**< Direction in which the column index grows. */
    double column[3];     /**< Direction in which the row index grows. */
    double spacing_mm[2]; /**< Along row, along column. */
    double thickness_mm;
    double kvp;
    double slope;
    double intercept;
    double acquisition_number;
    double temporal_position;
    uint16_t rows;
    uint16_t columns;
    uint16_t bits_stored;
    int is_signed;
    int damaged; /**< Its pixels are not all there. */
} osi_frame;

/** Facts that were not believed. */
enum {
    OSI_DOUBT_AGE = 1,
    OSI_DOUBT_HEIGHT = 2,
    OSI_DOUBT_WEIGHT = 4
};

/** One file. */
typedef struct osi_header {
    osarc_acquisition acquisition;
    osi_kind kind;
    unsigned doubts;
    int deflated;
    int has_modality_lut;
    int truncated;        /**< The file ends before the header does. */
    size_t inflated_size; /**< Of a deflated data set. */
    char sop_class_uid[OSARC_TEXT_SIZE];
    size_t results_offset; /**< Of Hologic's results, in the file or in the inflated data set. */
    size_t results_length; /**< 0: there are none. */
    osi_frame shared; /**< What holds for all frames, and for a file without frames of its own. */
    osi_projection projection; /**< What only radiographs and the like say. */
    osi_pixels pixels;
    osi_frame *frames; /**< pixels.frames of them when kind is CT, else NULL. */
    size_t frame_count;
} osi_header;

OSARC_END_DECLS

#endif
