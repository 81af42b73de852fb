/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_ROD_FIND_H
#define CALIBRATION_ROD_FIND_H

/*
 * Finding the rods of a phantom, step by step: discs in planes across the table's axis, discs that
 * continue as straight tracks, tracks that lie in a row, the row's CT numbers against each model.
 * All places are in mm along the grid's own axes, from the middle of the first voxel.
 */

#include <osarc/density.h>

/** The image with its axes so named that w is the one nearest to the table's. */
typedef struct rod_view {
    const osarc_image *image;
    const int16_t *stored;
    double step, offset;
    size_t size[3]; /* u, v, w */
    size_t stride[3];
    double mm[3];
} rod_view;

void rod_view_make(rod_view *out, const osarc_image *image);

/** What a disc across a rod reads in one slice. */
typedef struct rod_spot {
    size_t voxels;
    int whole; /* no part of it outside the view */
    double mean_hu, sd_hu;
} rod_spot;

rod_spot rod_spot_read(const rod_view *view, size_t slice, double u_mm, double v_mm,
                       double radius_mm);

/** A round spot of even CT number in even surroundings. */
typedef struct rod_disc {
    double u_mm, v_mm, radius_mm;
    double hu, base_hu;
    double base_share; /* of the directions in which the surroundings are even */
} rod_disc;

#define ROD_DISCS_MAX 48

typedef struct rod_plane {
    size_t slice; /* the middle one of those that were averaged */
    double w_mm;
    rod_disc discs[ROD_DISCS_MAX];
    size_t count;
} rod_plane;

/** Limits of the radii looked for. */
typedef struct rod_radii {
    double low_mm, high_mm;
} rod_radii;

/** Discs in planes all along w. The caller frees *out with osi_free. */
OSARC_MUST_CHECK osarc_status rod_planes_find(rod_plane **out, size_t *count_out,
                                              const rod_view *view, rod_radii radii, int threads,
                                              osarc_error *err);

/** A working copy of one plane, averaged and made coarser. */
typedef struct rod_sheet {
    size_t size[2];
    double mm[2];     /* pixel size */
    double middle[2]; /* of the first pixel, in mm */
    float *hu;        /* ROD_NOWHERE outside the view */
} rod_sheet;

#define ROD_NOWHERE (-2000.0F)

/** Value between pixels; ROD_NOWHERE beyond the edge. */
double rod_sheet_value(const rod_sheet *sheet, double u_mm, double v_mm);

/** Whether a rod stands at about this place; `sign` 1: brighter than its surroundings, -1: darker.
 */
int rod_disc_fit(rod_disc *out, const rod_sheet *sheet, double u_mm, double v_mm, int sign,
                 rod_radii radii);

/** A disc that goes on through several planes. */
typedef struct rod_track {
    double u_mm, v_mm; /* at w = 0 */
    double du, dv;     /* per mm of w */
    double w_low_mm, w_high_mm;
    double radius_mm, hu, base_hu, base_share;
    size_t count;
} rod_track;

#define ROD_TRACKS_MAX 64

OSARC_MUST_CHECK osarc_status rod_tracks_link(rod_track out[ROD_TRACKS_MAX], size_t *count_out,
                                              const rod_plane *planes, size_t count,
                                              double length_mm, osarc_error *err);

/** A row of rods that was told: the model, and where each of its rods runs. */
typedef struct rod_row {
    const osarc_rod_model *model; /* NULL: a row that fits none */
    const osarc_rod_model *other; /* fits as well: cannot be told */
    rod_track rods[OSARC_ROD_MAX];
    int seen[OSARC_ROD_MAX]; /* 1: as a disc, 0: by its place, -1: out of view */
    size_t tracks;           /* seen as discs */
    double rms_hu;
    double w_low_mm, w_high_mm;
} rod_row;

/**
 * The best row; 1 when there is one, 0 when there is nothing like a phantom. `best` is room for
 * the best row of each model.
 */
int rod_row_tell(rod_row *out, const rod_track *tracks, size_t count, const rod_view *view,
                 const osarc_rod_model *const *models, size_t model_count, double kvp,
                 rod_row *best);

/** Mean and standard error of each rod over the slices that are not spoiled. */
typedef struct rod_means {
    double hu[OSARC_ROD_MAX];
    double hu_se[OSARC_ROD_MAX];
    size_t slices[OSARC_ROD_MAX];   /* used */
    size_t left_out[OSARC_ROD_MAX]; /* within the rod's length, but spoiled */
    size_t first[OSARC_ROD_MAX], last[OSARC_ROD_MAX];
} rod_means;

OSARC_MUST_CHECK osarc_status rod_means_read(rod_means *out, const rod_row *row,
                                             const rod_view *view, double thickness_mm,
                                             osarc_error *err);

/** Labels rods and the plastic around them as phantom. */
void rod_paint(osarc_mask *tissue, const rod_row *row, const rod_means *means,
               const rod_view *view);

#endif
