/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_LABEL_FILE_H
#define OSI_DICOM_LABEL_FILE_H

/* Plain forms of SEG and RTSTRUCT, and the layers that masks are built in. */

#include <osarc/dicom_masks.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

/** A file over this is refused: no label file comes near. */
#define OSI_LABEL_FILE_LIMIT ((size_t) 4 << 30)

/** Room for a coding scheme and a value of 16 characters each. */
#define OSI_CODE_SIZE 36

/** A segment or ROI. */
typedef struct osi_named {
    long number;
    char name[OSARC_TEXT_SIZE];
    char code[OSI_CODE_SIZE]; /**< "SCT:36470004"; "" when none is stated. */
} osi_named;

typedef enum osi_seg_type {
    OSI_SEG_BINARY = 0,
    OSI_SEG_FRACTIONAL = 1,
    OSI_SEG_LABELMAP = 2
} osi_seg_type;

typedef struct osi_seg_frame {
    double position_mm[3];
    long segment; /**< 0 for a label map. */
} osi_seg_frame;

/** A SEG object as it is stored. */
typedef struct osi_seg {
    osi_seg_type type;
    char frame_of_reference_uid[OSARC_TEXT_SIZE];
    size_t rows;
    size_t columns;
    size_t bits;    /**< Allocated: 1, 8 or 16. */
    double largest; /**< Of a fractional one. */
    double row[3];
    double column[3];
    double spacing_mm[2]; /**< Between columns, between rows. */
    double between_mm;    /**< Between slices; NAN when not said. */
    double thickness_mm;  /**< NAN when not said. */
    osi_seg_frame *frames;
    size_t frame_count;
    osi_named *segments;
    size_t segment_count;
    uint8_t *pixels;
    size_t pixel_bytes;
} osi_seg;

/** @retval OSARC_ERR_FORMAT damaged, or not a SEG */
OSARC_MUST_CHECK osarc_status osi_seg_read(osi_seg *out, const uint8_t *bytes, size_t size,
                                           osarc_error *err);

/** All-zero is fine. */
void osi_seg_free(osi_seg *seg);

typedef struct osi_contour {
    double *points_mm; /**< x, y, z triples, in patient coordinates. */
    size_t count;
    int is_xor; /**< CLOSEDPLANAR_XOR. */
} osi_contour;

typedef struct osi_roi {
    osi_named id;
    osi_contour *contours;
    size_t contour_count;
    size_t skipped; /**< Points and open lines. */
} osi_roi;

/** A structure set as it is stored. */
typedef struct osi_structures {
    char frame_of_reference_uid[OSARC_TEXT_SIZE];
    char series_uid[OSARC_TEXT_SIZE]; /**< That the contours were drawn on; "" when not said. */
    osi_roi *rois;
    size_t roi_count;
} osi_structures;

/** @retval OSARC_ERR_FORMAT damaged, or not an RTSTRUCT */
OSARC_MUST_CHECK osarc_status osi_structures_read(osi_structures *out, const uint8_t *bytes,
                                                  size_t size, osarc_error *err);

/** All-zero is fine. */
void osi_structures_free(osi_structures *structures);

struct osarc_label_file {
    osarc_label_format format;
    char frame_of_reference_uid[OSARC_TEXT_SIZE];
    osarc_grid grid;
    osarc_mask **layers;
    size_t layer_count;
    osarc_label *names;
    char (*texts)[OSARC_TEXT_SIZE];
    char (*codes)[OSI_CODE_SIZE];
    size_t name_count;
};

/** One slice of one label: bytes not 0 belong to it; `stride` from row to row. */
typedef struct osi_plane {
    size_t slice;
    const uint8_t *bytes;
    size_t stride;
} osi_plane;

/** Called with index 0, 1, ... for the slices of a label; *plane.bytes lives until the next call.
 */
typedef osarc_status (*osi_plane_source)(osi_plane *out, void *payload, size_t index,
                                         osarc_error *err);

/** Writes a label into the first layer where it meets no other; adds a layer where it must. */
OSARC_MUST_CHECK osarc_status osi_layers_add(osarc_label_file *file, uint8_t label,
                                             osi_plane_source source, void *payload, size_t count,
                                             osarc_error *err);

/** Names, sorted by number, each 1 to 255. */
OSARC_MUST_CHECK osarc_status osi_layers_name(osarc_label_file *file, const osi_named *names,
                                              size_t count, osarc_error *err);

/** From the plain forms to layers; `file` holds what was done, also on failure. */
OSARC_MUST_CHECK osarc_status osi_seg_to_labels(osarc_label_file *file, const osi_seg *seg,
                                                const osarc_label_options *options,
                                                osarc_notes *notes, osarc_error *err);
OSARC_MUST_CHECK osarc_status osi_structures_to_labels(osarc_label_file *file,
                                                       osi_structures *structures,
                                                       const osarc_grid *grid, osarc_notes *notes,
                                                       osarc_error *err);

/** The grid of the CT series that a structure set at `path` was drawn on. */
OSARC_MUST_CHECK osarc_status osi_structures_find_grid(osarc_grid *out,
                                                       const osi_structures *structures,
                                                       const char *path,
                                                       const osarc_label_options *options,
                                                       osarc_error *err);

OSARC_END_DECLS

#endif
