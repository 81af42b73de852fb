/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_REPORT_H
#define OSARC_REPORT_H

/**
 * @file report.h
 * Writers: tables as CSV and JSON, overlays as PNG. All write to a temporary name in the same
 * folder and rename; numbers have '.' whatever the locale; the same input gives the same bytes.
 */

#include <osarc/findings.h>
#include <osarc/mask.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_findings_csv(const osarc_findings *findings,
                                                                  const char *path,
                                                                  osarc_error *err);
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_findings_json(const osarc_findings *findings,
                                                                   const char *path,
                                                                   osarc_error *err);

/** A plain table, written once. Text may hold any UTF-8; it is quoted as RFC 4180 asks. */
typedef struct osarc_table {
    const char *const *columns;
    size_t column_count;
    const char *const *cells; /**< row * column_count + column; NULL prints empty. */
    size_t row_count;
} osarc_table;

OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_table_csv(const osarc_table *table,
                                                               const char *path, osarc_error *err);

/** Rows of a CSV file, for tables that are too long to be held: the same text as of a table. */
typedef struct osarc_csv osarc_csv;

/** The caller frees it. NULL on failure. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_csv_create(osarc_csv **out, osarc_error *err);

/** Adds cells to the row that is open; NULL is an empty cell. `ends`: the row ends behind them. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_csv_add(osarc_csv *csv, const char *const *cells,
                                                      size_t count, int ends, osarc_error *err);

/** The same with a cell as it stands in a CSV file, quotes and all. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_csv_add_ready(osarc_csv *csv, const char *text,
                                                            size_t size, osarc_error *err);

/** What was added, borrowed until more is; never NULL. */
OSARC_API const char *osarc_csv_text(const osarc_csv *csv, size_t *size_out);

/** Forgets what was added. */
OSARC_API void osarc_csv_clear(osarc_csv *csv);

/** NULL is allowed. */
OSARC_API void osarc_csv_free(osarc_csv *csv);

/** {"masks": {...}}: number and name of each label of the three mask kinds. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_labels_json(const char *path,
                                                                 osarc_error *err);

/** A square table of numbers; cells row * count + column. */
typedef struct osarc_matrix {
    const char *title;
    const char *legend;       /**< One line below the title; may be NULL. */
    const char *const *names; /**< Of rows and columns. */
    size_t count;             /**< 1 to 64. */
    const double *shades;     /**< 0 (white) to 1 (dark); NAN: nothing is known there. */
    const char *const *texts; /**< What stands in the cells; NULL: nothing. */
} osarc_matrix;

/** The table as a picture for print, to be read without colour. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_matrix_png(const osarc_matrix *matrix,
                                                                const char *path, osarc_error *err);

/** All-zero means default. */
typedef struct osarc_overlay_options {
    double window_centre_hu; /**< Default 40. */
    double window_width_hu;  /**< Default 400; used when over 0. */
    const char *title;       /**< Small heading without patient data; may be NULL. */
    int threads;
} osarc_overlay_options;

/**
 * One picture: axial, coronal and sagittal cuts, each as grey image and with tissue colours, with
 * legend, 5 cm scale bar, orientation letters and cut positions in mm. Any grid orientation.
 *
 * @param tissue  Tissue labels on the image's grid.
 * @param lps_mm  Where the three cuts meet, in patient coordinates; NULL: middle of the body.
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_report_overlay_png(const osarc_image *image, const osarc_mask *tissue, const double lps_mm[3],
                         const osarc_overlay_options *options, const char *path, osarc_error *err);

/** Rows of some labels of a picture, drawn as two lines and a name. */
typedef struct osarc_dxa_band {
    const char *name;
    double rows_mm[2]; /**< Upper and lower, from the middle of the first row. */
    unsigned labels;   /**< A bit for each: 1u << label. */
} osarc_dxa_band;

/** One map in a picture of densitometer images: rows to the feet, columns to the patient's left. */
typedef struct osarc_dxa_panel {
    const char *caption;      /**< Never NULL. */
    const float *values;      /**< NAN is black. */
    const uint8_t *labels;    /**< Outlined; may be NULL. */
    const osarc_label *names; /**< Written into what they label; may be NULL. */
    size_t name_count;
    size_t columns, rows;
    double spacing_mm[2];
    double low, high;            /**< Black and white. */
    int is_limb;                 /**< 1: no sides of the patient: a limb lies as it lies. */
    const osarc_dxa_band *bands; /**< May be NULL; drawn where there are labels. */
    size_t band_count;
} osarc_dxa_panel;

/**
 * Maps of one size side by side, with outlines of regions, sides of the patient and a 5 cm bar.
 * @param title  Without patient data; may be NULL.
 * @retval OSARC_ERR_UNSUPPORTED  no font is installed
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_dxa_png(const osarc_dxa_panel *panels,
                                                             size_t count, const char *title,
                                                             int threads, const char *path,
                                                             osarc_error *err);

/** A vertebra in a picture of the spine. */
typedef struct osarc_spine_mark {
    const char *name;    /**< "L3"; borrowed. */
    double centre_mm[3]; /**< Middle of the body, LPS. */
    double depth_mm;     /**< Front to back. */
    double width_mm;
    int measured; /**< 0: nothing was, and the name stands in another colour. */
} osarc_spine_mark;

/**
 * One picture: a sagittal and a coronal cut that follow the line through the vertebrae, each plain
 * and with the regions that were measured and the names of the levels.
 *
 * @param regions  Not 0 where something was measured, on the image's grid.
 * @param marks    One or more, in any order; their middles lie in the image.
 * @param options  Window of 1000 around 250 HU when it says none; may be NULL.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_spine_png(
    const osarc_image *image, const osarc_mask *regions, const osarc_spine_mark *marks,
    size_t count, const osarc_overlay_options *options, const char *path, osarc_error *err);

/** A region in the table under a projected femur. */
typedef struct osarc_hip_line {
    const char *name;
    double area_cm2; /**< All NAN: refused. */
    double bmc_g;
    double abmd_g_cm2;
    double t_score; /**< NAN: none. */
} osarc_hip_line;

/** A femur projected from CT, as measures give it; all borrowed. Places in mm on its plane, x to
 * the middle of the body, y up the shaft. */
typedef struct osarc_hip_panel {
    size_t size[2];
    double pixel_mm;
    double origin_mm[2];   /**< Middle of the first pixel. */
    const float *g_cm2;    /**< Areal density, rows upwards. */
    const uint8_t *labels; /**< 0 none, 1 neck, 2 trochanter, 3 intertrochanter, 4 other bone. */
    int is_left;           /**< 1: the patient's left, shown in a mirror. */
    const char *heading;   /**< "right femur". */
    double head_mm[2];
    double head_radius_mm;
    double neck_mm[2][2];  /**< Ends of the neck's axis. */
    double shaft_mm[2][2]; /**< Ends of the shaft's axis. */
    double box_mm[4][2];   /**< Corners of the neck's box in turn; NAN: none. */
    const osarc_hip_line *lines;
    size_t line_count;
    const char *notes[3]; /**< Under the table; NULL or "" for none. */
} osarc_hip_panel;

/**
 * One picture: each projected femur in grey with its regions outlined, the axes and the box of the
 * neck, and a table of values.
 *
 * @param panels  One or two, from left to right.
 * @param title   Small heading without patient data; may be NULL.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_hip_png(const osarc_hip_panel *panels,
                                                             size_t count, const char *title,
                                                             const char *path, int threads,
                                                             osarc_error *err);

OSARC_END_DECLS

#endif
