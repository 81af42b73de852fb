/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DICOM_H
#define OSARC_DICOM_H

/**
 * @file dicom.h
 * From files and folders as a hospital exports them to volumes in HU.
 *
 * A catalogue reads headers only and sorts files into series, each with a decision and its
 * reason; a scan is then read from one usable series. Every file given is accounted for.
 * NIfTI files are taken as series without patient data.
 */

#include <osarc/dxa.h>
#include <osarc/dxa_report.h>
#include <osarc/mask.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

typedef struct osarc_catalogue osarc_catalogue;

/** All-zero means default. */
typedef struct osarc_read_options {
    int threads;             /**< 0: all cores. */
    osarc_progress progress; /**< May be NULL. */
    void *payload;           /**< Handed to progress. */
} osarc_read_options;

/** What becomes of a series or of a file that belongs to none. */
typedef enum osarc_decision {
    OSARC_DECISION_USABLE = 0,       /**< A volume in HU can be read from it. */
    OSARC_DECISION_NOT_A_VOLUME = 1, /**< Localizer, dose capture, document, other modality, DXA. */
    OSARC_DECISION_REFUSED = 2,      /**< A CT volume, but with a gap, mixed units, damage ... */
    OSARC_DECISION_UNREADABLE = 3,   /**< Not DICOM or NIfTI, damaged, or not to be opened. */
    OSARC_DECISION_DXA_PAIR = 4,     /**< Two energies of a densitometer: osarc_dxa_read. */
    OSARC_DECISION_DXA_REPORT = 5    /**< Results of densitometry: osarc_catalogue_report. */
} osarc_decision;

/** One series, or one file that cannot be read. Text is never NULL. Borrowed from the catalogue. */
typedef struct osarc_series {
    osarc_acquisition acquisition; /**< Of the first slice; numbers that differ are NAN. */
    osarc_decision decision;
    osarc_status status;     /**< OSARC_OK when usable; else the kind of failure. */
    const char *reason;      /**< Short stable word: "usable", "localizer", "gap" ... */
    const char *text;        /**< One sentence for a reader: what, where, what is needed. */
    const char *description; /**< What it is, without patient data: "CT axial 99 slices". */
    size_t file_count;
    size_t frame_count;
    osarc_grid grid;    /**< Valid when usable; sizes 0 otherwise. */
    int is_nifti;       /**< 1: from a NIfTI file, so masks lie in that file's own order. */
    const char *view;   /**< Of a densitometer's images: "ap_spine" ..., "unknown"; else "". */
    double pixel_mm[2]; /**< Of such images, between columns and rows; NAN without. */
    const char *spacing_from; /**< The attribute it is from; "" without. */
} osarc_series;

/** One input file. Text is never NULL. Borrowed from the catalogue. */
typedef struct osarc_input {
    const char *path;
    uint64_t size_bytes;
    const char *sha256; /**< 64 hex digits; "" until the whole file was read. */
    size_t series;      /**< Index of its row: a file that cannot be read has one of its own. */
    osarc_status status;
    const char *text; /**< Why it was left out or dropped; "" when used. */
} osarc_input;

/**
 * Look through files and folders (nested; DICOMDIR is followed as one more file list).
 * One unreadable file is a row, not a failure; the call fails only when nothing can be looked at.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param paths     Files and folders.
 * @retval OSARC_ERR_IO        a path given does not exist or cannot be opened
 * @retval OSARC_ERR_ARGUMENT  no path
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_catalogue_read(osarc_catalogue **out,
                                                             const char *const *paths, size_t count,
                                                             const osarc_read_options *options,
                                                             osarc_error *err);

OSARC_API size_t osarc_catalogue_series_count(const osarc_catalogue *catalogue);

/** Series in a fixed order (patient, study, series, position); NULL past the end. */
OSARC_API const osarc_series *osarc_catalogue_series(const osarc_catalogue *catalogue,
                                                     size_t index);

OSARC_API size_t osarc_catalogue_input_count(const osarc_catalogue *catalogue);

/** Files sorted by path; NULL past the end. */
OSARC_API const osarc_input *osarc_catalogue_input(const osarc_catalogue *catalogue, size_t index);

/**
 * Read the voxels of a usable series. Fills sha256 of its files on the way. Slices decode in
 * parallel into one buffer. A corrupt slice at an end is dropped with a note; one inside fails.
 *
 * @retval OSARC_ERR_ARGUMENT     no such series, or it is not usable
 * @retval OSARC_ERR_FORMAT       a slice inside the series is damaged (the text names the file)
 * @retval OSARC_ERR_UNSUPPORTED  pixels in a form that cannot be decoded
 * @retval OSARC_ERR_UNIT         values that are not HU
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_scan_read(osarc_scan **out,
                                                        osarc_catalogue *catalogue, size_t series,
                                                        const osarc_read_options *options,
                                                        osarc_error *err);

/**
 * Read both images of a pair. What `stated` holds goes before what the headers say: energies, air,
 * spacing, view, and whether values are intensity or attenuation.
 *
 * @param stated  NULL: the headers alone.
 * @retval OSARC_ERR_ARGUMENT  no such row, or it is no pair
 * @retval OSARC_ERR_GEOMETRY  no pixel spacing
 * @retval OSARC_ERR_UNIT      neither header nor `stated` says what values are
 * @retval OSARC_ERR_QUALITY   inverted intensities
 * @retval OSARC_ERR_FORMAT    a file is damaged
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_read(osarc_dxa_pair **out,
                                                       osarc_catalogue *catalogue, size_t series,
                                                       const osarc_dxa_stated *stated,
                                                       osarc_error *err);

/** A finished picture of a densitometer, in grey levels: bright where there is bone. */
typedef struct osarc_dxa_grey {
    float *values; /**< Row by row; columns run to the patient's left, rows to the feet. */
    size_t columns, rows;
    double spacing_mm[2];
    osarc_dxa_view view;
    int sides_stated; /**< 1: the header says which way columns run. */
} osarc_dxa_grey;

/**
 * Reads one file of a row whose view is known and that is no pair. Levels are no density.
 *
 * @param[out] out  To be freed with osarc_dxa_grey_free; all-zero on failure.
 * @param input     Index of the file.
 * @retval OSARC_ERR_ARGUMENT     no such file, or it is no picture of a densitometer
 * @retval OSARC_ERR_GEOMETRY     no pixel spacing, or a picture that does not stand upright
 * @retval OSARC_ERR_UNSUPPORTED  several frames, or pixels in a form that cannot be decoded
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_grey_read(osarc_dxa_grey *out,
                                                            osarc_catalogue *catalogue,
                                                            size_t input, osarc_error *err);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_grey_free(osarc_dxa_grey *grey);

/**
 * The results that one file states, borrowed: a DICOM structured report of densitometry. They were
 * read with the catalogue. NULL for every other file.
 */
OSARC_API const osarc_dxa_report *osarc_catalogue_report(const osarc_catalogue *catalogue,
                                                         size_t input);

/** Reads what was not read yet, for its sha256. A file that fails gets its status and text. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_catalogue_digest(osarc_catalogue *catalogue,
                                                               const osarc_read_options *options,
                                                               osarc_error *err);

/** "usable", "not_a_volume", "refused", "unreadable", "dxa_pair" or "dxa_report". */
OSARC_API const char *osarc_decision_name(osarc_decision decision);

/** NULL is allowed. */
OSARC_API void osarc_catalogue_free(osarc_catalogue *catalogue);

/** How a synthetic CT series is written. All-zero means default; text NULL means empty. */
typedef struct osarc_ct_write_options {
    const osarc_acquisition *acquisition; /**< Required: kvp, kernel, sex, age ... as wanted. */
    const char *uid_seed;                 /**< Required: UIDs derive from it, nothing from time. */
    int16_t padding_value;                /**< Stored for voxels outside the field of view. */
    unsigned series; /**< Further series of one study and frame of reference: 1, 2 ... */
} osarc_ct_write_options;

/**
 * Write an image in HU as one classic CT file a slice, named 0001.dcm and so on, in a folder that
 * exists. Rows and columns follow the grid's first two axes. For phantoms and tests.
 * @retval OSARC_ERR_UNIT  not HU, or values that do not fit 16 bit
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_ct_write(const char *folder, const osarc_image *image,
                                                       const osarc_ct_write_options *options,
                                                       osarc_error *err);

/**
 * Write a pair as two files, 0001.dcm the low energy, in a folder that exists; UIDs derive from the
 * seed. For phantoms and tests.
 * @retval OSARC_ERR_UNIT  values that do not fit 16 bit
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_write(const char *folder,
                                                        const osarc_dxa_pair *pair,
                                                        const char *uid_seed, osarc_error *err);

OSARC_END_DECLS

#endif
