/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_REPORT_OVERLAY_H
#define OSARC_REPORT_OVERLAY_H

/* Inside of the overlay picture: overlay.c arranges, overlay_plane.c samples, overlay_draw.c draws,
   overlay_png.c writes. */

#include <osarc/mask.h>
#include <osarc/report.h>

typedef enum overlay_view {
    VIEW_AXIAL = 0,
    VIEW_CORONAL = 1,
    VIEW_SAGITTAL = 2,
    VIEW_COUNT = 3
} overlay_view;

/** How a view is shown: patient directions of the picture's axes, and the axis it cuts across. */
typedef struct overlay_axes {
    const char *name;
    int right;      /**< Patient axis (0 x, 1 y, 2 z) that runs to the picture's right. */
    int right_sign; /**< 1 when with that axis, -1 when against it. */
    int down;
    int down_sign;
    int across;
} overlay_axes;

/** Borrowed, static. The patient's left is on the picture's right, as radiologists look. */
const overlay_axes *overlay_view_axes(overlay_view view);

/** Letter at the end of a patient axis: L R, P A, H F. */
char overlay_letter(int axis, int sign);

/** A rectangle of pixels in patient space. */
typedef struct overlay_plane {
    double first_mm[3]; /**< Centre of the upper left pixel. */
    double right_mm[3]; /**< From a pixel to the next on its right. */
    double down_mm[3];
    size_t width;
    size_t height;
} overlay_plane;

/** Samples of a plane, width * height each. */
typedef struct overlay_cut {
    uint8_t *grey;   /**< Windowed; 0 where nothing was measured. */
    uint8_t *labels; /**< 0 outside the mask. */
} overlay_cut;

/** The whole grid as seen in a view, through a point. */
void overlay_plane_make(overlay_plane *out, overlay_view view, const osarc_grid *grid,
                        const double lps_mm[3], double mm_per_pixel);

/** Extent of the grid along the patient's axes: low and high edges. */
void overlay_extent_mm(double low_out[3], double high_out[3], const osarc_grid *grid);

/** Fills both arrays of a cut: values between voxels are interpolated, labels are not. */
void overlay_sample(overlay_cut *cut, const osarc_image *image, const osarc_mask *tissue,
                    const overlay_plane *plane, double low_hu, double width_hu, int threads);

/** One sample, at a voxel index that need not be whole; both 0 outside the grid. */
void overlay_sample_at(uint8_t *grey_out, uint8_t *label_out, const osarc_image *image,
                       const osarc_mask *mask, const double ijk[3], double low_hu, double width_hu);

/** Middle of what is labelled, or of the grid when nothing is; on the centre of a voxel. */
void overlay_middle_mm(double lps_mm_out[3], const osarc_mask *tissue);

/** 0xRRGGBB of a tissue label; grey for labels without a tissue. */
uint32_t overlay_colour(uint8_t label);

/** A pixel of the colour panel: the tissue's colour over the grey, 0xRRGGBB. */
uint32_t overlay_blend(uint8_t grey, uint8_t label);

/** What the picture shows, ready to draw. */
typedef struct overlay_picture {
    overlay_plane planes[VIEW_COUNT];
    overlay_cut cuts[VIEW_COUNT];
    double centre_mm[3];
    double pixels_per_mm;
    double window_low_hu;
    double window_width_hu;
    const char *title; /**< Never NULL. */
    int present[256];  /**< Labels that are seen. */
} overlay_picture;

/** Pixels of the finished picture, 0xRRGGBB each. Free `pixels` with osi_free. */
typedef struct overlay_pixels {
    uint32_t *pixels;
    size_t width;
    size_t height;
} overlay_pixels;

OSARC_MUST_CHECK osarc_status overlay_draw(overlay_pixels *out, const overlay_picture *picture,
                                           osarc_error *err);

OSARC_MUST_CHECK osarc_status overlay_png_write(const overlay_pixels *pixels, int threads,
                                                const char *path, osarc_error *err);

#endif
