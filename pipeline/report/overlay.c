/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define DEFAULT_CENTRE_HU 40
#define DEFAULT_WIDTH_HU  400

/* All views have one scale; it fits them side by side, and a pixel never gets enlarged past this.
 */
#define TOTAL_WIDTH       1560.0
#define PANEL_HEIGHT      560.0
#define MAX_PIXELS_PER_MM 6.0

#define SAME_GRID_MM 1e-3

static osarc_status check_inputs(const osarc_image *image, const osarc_mask *tissue,
                                 const double *lps_mm, const osarc_overlay_options *options,
                                 osarc_error *err)
{
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the picture needs an image in HU");
    const osarc_grid *grid = osarc_image_grid(image);
    if (!osarc_grid_same(grid, osarc_mask_grid(tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and tissue labels have different grids");
    if (options && (!isfinite(options->window_centre_hu) || !isfinite(options->window_width_hu) ||
                    options->window_width_hu < 0))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "window of %g around %g HU",
                        options->window_width_hu, options->window_centre_hu);
    if (lps_mm) {
        double ijk[3];
        osarc_grid_index(grid, lps_mm, ijk);
        for (int axis = 0; axis < 3; axis++)
            if (!(ijk[axis] >= -0.5 && ijk[axis] <= (double) grid->size[axis] - 0.5))
                return osi_fail(err, OSARC_ERR_ARGUMENT, "the cuts meet outside the scan");
    }
    return OSARC_OK;
}

/* A cut through voxel centres shows one slice as it is, not a mean of two. */
static void choose_centre(double out_mm[3], const osarc_mask *tissue, const double *lps_mm)
{
    if (!lps_mm) {
        overlay_middle_mm(out_mm, tissue);
        return;
    }
    const osarc_grid *grid = osarc_mask_grid(tissue);
    double ijk[3];
    osarc_grid_index(grid, lps_mm, ijk);
    for (int axis = 0; axis < 3; axis++)
        ijk[axis] = fmin(fmax(floor(ijk[axis] + 0.5), 0), (double) grid->size[axis] - 1);
    osarc_grid_position_mm(grid, ijk, out_mm);
}

static double choose_scale(const osarc_grid *grid)
{
    double low[3];
    double high[3];
    overlay_extent_mm(low, high, grid);
    double wide = 0;
    double tall = 0;
    for (int v = 0; v < VIEW_COUNT; v++) {
        const overlay_axes *axes = overlay_view_axes((overlay_view) v);
        wide += high[axes->right] - low[axes->right];
        tall = fmax(tall, high[axes->down] - low[axes->down]);
    }
    return fmin(MAX_PIXELS_PER_MM, fmin(TOTAL_WIDTH / wide, PANEL_HEIGHT / tall));
}

static osarc_status sample_view(overlay_picture *picture, overlay_view view,
                                const osarc_image *image, const osarc_mask *tissue, int threads,
                                osarc_error *err)
{
    overlay_plane *plane = &picture->planes[view];
    overlay_cut *cut = &picture->cuts[view];
    overlay_plane_make(plane, view, osarc_image_grid(image), picture->centre_mm,
                       1 / picture->pixels_per_mm);
    size_t count = plane->width * plane->height;
    cut->grey = osi_alloc_raw(count, 2, err);
    if (!cut->grey)
        return OSARC_ERR_MEMORY;
    cut->labels = cut->grey + count;
    overlay_sample(cut, image, tissue, plane, picture->window_low_hu, picture->window_width_hu,
                   threads);
    for (size_t i = 0; i < count; i++)
        picture->present[cut->labels[i]] = 1;
    return OSARC_OK;
}

osarc_status osarc_report_overlay_png(const osarc_image *image, const osarc_mask *tissue,
                                      const double lps_mm[3], const osarc_overlay_options *options,
                                      const char *path, osarc_error *err)
{
    if (!image || !tissue || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image, labels and a path are needed");
    osarc_status status = check_inputs(image, tissue, lps_mm, options, err);
    if (status)
        return status;

    overlay_picture picture = {.title = options && options->title ? options->title : ""};
    overlay_pixels pixels = {0};
    int threads = options ? options->threads : 0;
    int given = options && options->window_width_hu > 0;
    double centre = given ? options->window_centre_hu : DEFAULT_CENTRE_HU;
    picture.window_width_hu = given ? options->window_width_hu : DEFAULT_WIDTH_HU;
    picture.window_low_hu = centre - picture.window_width_hu / 2;
    picture.pixels_per_mm = choose_scale(osarc_image_grid(image));
    choose_centre(picture.centre_mm, tissue, lps_mm);
    for (int v = 0; v < VIEW_COUNT && !status; v++)
        status = sample_view(&picture, (overlay_view) v, image, tissue, threads, err);
    if (!status)
        status = overlay_draw(&pixels, &picture, err);
    if (!status)
        status = overlay_png_write(&pixels, threads, path, err);
    osi_free(pixels.pixels);
    for (int v = 0; v < VIEW_COUNT; v++)
        osi_free(picture.cuts[v].grey);
    return status;
}
