/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DICOM_MASKS_H
#define OSARC_DICOM_MASKS_H

/**
 * @file dicom_masks.h
 * Labels as other programs store them: NIfTI label maps, DICOM Segmentation objects and DICOM RT
 * structure sets, all as masks on a grid. A label file is read once and not changed after that.
 */

#include <osarc/mask.h>
#include <osarc/notes.h>

OSARC_BEGIN_DECLS

typedef enum osarc_label_format {
    OSARC_LABELS_NIFTI = 0,
    OSARC_LABELS_SEG = 1,
    OSARC_LABELS_RTSTRUCT = 2
} osarc_label_format;

/** All-zero means default. */
typedef struct osarc_label_options {
    /**
     * Folder or file of the CT series that contours were drawn on; NULL: it is looked for in the
     * folder of the structure set, then in the folders beside it. RTSTRUCT only.
     */
    const char *series_path;
    /**
     * Fractional SEG only: voxels at or over this share of the largest value belong to the segment,
     * over 0 to 1; 0: such files are refused.
     */
    double fraction;
    int threads; /**< 0: all cores. */
} osarc_label_options;

typedef struct osarc_label_file osarc_label_file;

/**
 * Read all labels of a file.
 *
 * SEG: segment numbers are labels. RTSTRUCT: ROI numbers are labels, or, when they are not all
 * distinct within 1 to 255, their order in the file, with a note. A pixel belongs to a contour when
 * its centre lies inside; contours of one ROI on one slice are combined by exclusive or, so that
 * inner ones are holes. Labels that overlap lie in different layers.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param options   May be NULL.
 * @param notes     What a reader should know is added here; may be NULL.
 * @retval OSARC_ERR_IO           the file, or the CT series it refers to, cannot be read or found
 * @retval OSARC_ERR_FORMAT       damaged, or none of the three kinds
 * @retval OSARC_ERR_UNSUPPORTED  fractional without `fraction`, compressed, tiled, over 255 labels
 * @retval OSARC_ERR_GEOMETRY     frames that do not stack, contours between slices, or a series in
 *                                another frame of reference
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_label_file_read(osarc_label_file **out,
                                                              const char *path,
                                                              const osarc_label_options *options,
                                                              osarc_notes *notes, osarc_error *err);

OSARC_API osarc_label_format osarc_label_file_format(const osarc_label_file *file);

/** "" when the file names none. Never NULL. */
OSARC_API const char *osarc_label_file_frame_of_reference(const osarc_label_file *file);

/** Masks on one grid, borrowed; each label lies in one of them. */
OSARC_API const osarc_mask *const *osarc_label_file_layers(const osarc_label_file *file,
                                                           size_t *count_out);

/** Labels the file names, in number order, borrowed; none for NIfTI. A named one may be empty. */
OSARC_API const osarc_label *osarc_label_file_names(const osarc_label_file *file,
                                                    size_t *count_out);

/**
 * Code of what a segment stands for, such as "SCT:36470004"; "" where the file states none. Never
 * NULL; borrowed.
 */
OSARC_API const char *osarc_label_file_code(const osarc_label_file *file, uint8_t number);

/** NULL is allowed. */
OSARC_API void osarc_label_file_free(osarc_label_file *file);

OSARC_END_DECLS

#endif
