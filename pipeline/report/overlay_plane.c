/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include <math.h>

#include <osi/threads.h>

/* Rows and slices looked at when the middle of the body is sought: it need not be exact. */
#define MIDDLE_ROWS   64
#define MIDDLE_SLICES 64

static const overlay_axes AXES[VIEW_COUNT] = {
    [VIEW_AXIAL] = {"axial", 0, 1, 1, 1, 2},       /* from the feet, front up */
    [VIEW_CORONAL] = {"coronal", 0, 1, 2, -1, 1},  /* from the front, head up */
    [VIEW_SAGITTAL] = {"sagittal", 1, 1, 2, -1, 0} /* front to the left, head up */
};

/* Okabe and Ito, Color Universal Design, 2008, for the tissues that touch each other most; the rest
   from Tol, Colour Schemes, SRON/EPS/TN/09-002 2021 (muted). */
static const uint32_t COLOURS[OSARC_TISSUE_COUNT] = {
    [OSARC_TISSUE_OUTSIDE] = 0x000000,
    [OSARC_TISSUE_SUBCUTANEOUS_FAT] = 0xF0E442,
    [OSARC_TISSUE_VISCERAL_FAT] = 0xE69F00,
    [OSARC_TISSUE_MUSCLE] = 0xD55E00,
    [OSARC_TISSUE_INTERMUSCULAR_FAT] = 0x0072B2,
    [OSARC_TISSUE_SOFT] = 0x56B4E9,
    [OSARC_TISSUE_COMPACT_BONE] = 0xFFFFFF,
    [OSARC_TISSUE_TRABECULAR_BONE] = 0xCC79A7,
    [OSARC_TISSUE_GAS] = 0x009E73,
    [OSARC_TISSUE_METAL] = 0x882255,
    [OSARC_TISSUE_PHANTOM] = 0x332288,
};

/* Share of the colour; the rest is the grey image below it. */
#define COLOUR_SHARE 0.6

const overlay_axes *overlay_view_axes(overlay_view view)
{
    return &AXES[view];
}

char overlay_letter(int axis, int sign)
{
    return (sign > 0 ? "LPH" : "RAF")[axis];
}

uint32_t overlay_colour(uint8_t label)
{
    return label < OSARC_TISSUE_COUNT ? COLOURS[label] : 0x808080;
}

uint32_t overlay_blend(uint8_t grey, uint8_t label)
{
    if (label == OSARC_TISSUE_OUTSIDE)
        return grey * 0x010101u;
    uint32_t colour = overlay_colour(label);
    uint32_t out = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        double part = COLOUR_SHARE * ((colour >> shift) & 255) + (1 - COLOUR_SHARE) * grey;
        out |= (uint32_t) lround(part) << shift;
    }
    return out;
}

void overlay_extent_mm(double low_out[3], double high_out[3], const osarc_grid *grid)
{
    for (int c = 0; c < 3; c++) {
        low_out[c] = INFINITY;
        high_out[c] = -INFINITY;
    }
    for (int corner = 0; corner < 8; corner++) {
        double ijk[3];
        double lps[3];
        for (int axis = 0; axis < 3; axis++)
            ijk[axis] = (corner >> axis) & 1 ? (double) grid->size[axis] - 0.5 : -0.5;
        osarc_grid_position_mm(grid, ijk, lps);
        for (int c = 0; c < 3; c++) {
            low_out[c] = fmin(low_out[c], lps[c]);
            high_out[c] = fmax(high_out[c], lps[c]);
        }
    }
}

static size_t pixels_along(double length_mm, double mm_per_pixel)
{
    double count = round(length_mm / mm_per_pixel);
    return count < 1 ? 1 : (size_t) count;
}

void overlay_plane_make(overlay_plane *out, overlay_view view, const osarc_grid *grid,
                        const double lps_mm[3], double mm_per_pixel)
{
    const overlay_axes *axes = &AXES[view];
    double low[3];
    double high[3];
    overlay_extent_mm(low, high, grid);
    for (int c = 0; c < 3; c++) {
        out->first_mm[c] = lps_mm[c];
        out->right_mm[c] = 0;
        out->down_mm[c] = 0;
    }
    out->right_mm[axes->right] = axes->right_sign * mm_per_pixel;
    out->down_mm[axes->down] = axes->down_sign * mm_per_pixel;
    out->first_mm[axes->right] =
        (axes->right_sign > 0 ? low : high)[axes->right] + axes->right_sign * mm_per_pixel / 2;
    out->first_mm[axes->down] =
        (axes->down_sign > 0 ? low : high)[axes->down] + axes->down_sign * mm_per_pixel / 2;
    out->width = pixels_along(high[axes->right] - low[axes->right], mm_per_pixel);
    out->height = pixels_along(high[axes->down] - low[axes->down], mm_per_pixel);
}

/* The voxel on each side of an index along an axis, and the share of the second. */
typedef struct neighbours {
    size_t first;
    size_t second;
    double share;
} neighbours;

/* An index this near a voxel is on it: what is left of rounding. */
#define ON_VOXEL 1e-6

/* 0 when the index is over half a voxel outside. */
static int find_neighbours(neighbours *out, double index, size_t size)
{
    double last = (double) size - 1;
    if (!(index >= -0.5 && index < last + 0.5))
        return 0;
    index = index < 0 ? 0 : index > last ? last : index;
    out->first = (size_t) (index + ON_VOXEL);
    out->share = index - (double) out->first;
    if (out->share < ON_VOXEL)
        out->share = 0;
    out->second = out->first + (out->share > 0);
    return 1;
}

/* NAN as soon as one of the voxels that count was not measured. */
static double interpolate(const int16_t *stored, const size_t size[3], const neighbours at[3])
{
    double sum = 0;
    for (size_t k = at[2].first; k <= at[2].second; k++) {
        double share_k = k == at[2].first ? 1 - at[2].share : at[2].share;
        for (size_t j = at[1].first; j <= at[1].second; j++) {
            double share_j = j == at[1].first ? 1 - at[1].share : at[1].share;
            const int16_t *row = stored + (k * size[1] + j) * size[0];
            int16_t first = row[at[0].first];
            int16_t second = row[at[0].second];
            if (first == OSARC_OUTSIDE || second == OSARC_OUTSIDE)
                return NAN;
            sum += share_k * share_j * (first + at[0].share * (second - first));
        }
    }
    return sum;
}

static uint8_t window_grey(double hu, double low_hu, double width_hu)
{
    double grey = (hu - low_hu) / width_hu * 255;
    return grey >= 255 ? 255 : grey > 0 ? (uint8_t) lrint(grey) : 0; /* 0 for NAN too */
}

/* Voxel index of the plane's first pixel, and what a pixel to the right and down adds to it. */
typedef struct walk {
    double first[3];
    double right[3];
    double down[3];
} walk;

static void make_walk(walk *out, const overlay_plane *plane, const osarc_grid *grid)
{
    double lps[3];
    osarc_grid_index(grid, plane->first_mm, out->first);
    for (int c = 0; c < 3; c++)
        lps[c] = plane->first_mm[c] + plane->right_mm[c];
    osarc_grid_index(grid, lps, out->right);
    for (int c = 0; c < 3; c++)
        lps[c] = plane->first_mm[c] + plane->down_mm[c];
    osarc_grid_index(grid, lps, out->down);
    for (int axis = 0; axis < 3; axis++) {
        out->right[axis] -= out->first[axis];
        out->down[axis] -= out->first[axis];
    }
}

void overlay_sample_at(uint8_t *grey_out, uint8_t *label_out, const osarc_image *image,
                       const osarc_mask *mask, const double ijk[3], double low_hu, double width_hu)
{
    const size_t *size = osarc_image_grid(image)->size;
    neighbours at[3];
    size_t nearest[3];
    *grey_out = 0;
    *label_out = 0;
    for (int axis = 0; axis < 3; axis++)
        if (!find_neighbours(&at[axis], ijk[axis], size[axis]))
            return;
    double hu = interpolate(osarc_image_stored(image), size, at) * osarc_image_step(image) +
                osarc_image_offset(image);
    *grey_out = window_grey(hu, low_hu, width_hu);
    for (int axis = 0; axis < 3; axis++)
        nearest[axis] = at[axis].share < 0.5 ? at[axis].first : at[axis].second;
    *label_out =
        osarc_mask_labels(mask)[(nearest[2] * size[1] + nearest[1]) * size[0] + nearest[0]];
}

void overlay_sample(overlay_cut *cut, const osarc_image *image, const osarc_mask *tissue,
                    const overlay_plane *plane, double low_hu, double width_hu, int threads)
{
    walk way;
    make_walk(&way, plane, osarc_image_grid(image));
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t y = 0; y < plane->height; y++)
        for (size_t x = 0; x < plane->width; x++) {
            double ijk[3];
            size_t pixel = y * plane->width + x;
            for (int axis = 0; axis < 3; axis++)
                ijk[axis] =
                    way.first[axis] + (double) x * way.right[axis] + (double) y * way.down[axis];
            overlay_sample_at(&cut->grey[pixel], &cut->labels[pixel], image, tissue, ijk, low_hu,
                              width_hu);
        }
}

void overlay_middle_mm(double lps_mm_out[3], const osarc_mask *tissue)
{
    const osarc_grid *grid = osarc_mask_grid(tissue);
    const uint8_t *labels = osarc_mask_labels(tissue);
    size_t row_step = grid->size[1] / MIDDLE_ROWS + 1;
    size_t slice_step = grid->size[2] / MIDDLE_SLICES + 1;
    double sum[3] = {0, 0, 0};
    double count = 0;
    for (size_t k = 0; k < grid->size[2]; k += slice_step)
        for (size_t j = 0; j < grid->size[1]; j += row_step) {
            const uint8_t *row = labels + (k * grid->size[1] + j) * grid->size[0];
            uint64_t in_row = 0;
            uint64_t places = 0;
            for (size_t i = 0; i < grid->size[0]; i++) {
                in_row += row[i] != 0;
                places += row[i] != 0 ? i : 0;
            }
            sum[0] += (double) places;
            sum[1] += (double) (in_row * j);
            sum[2] += (double) (in_row * k);
            count += (double) in_row;
        }
    double ijk[3];
    for (int axis = 0; axis < 3; axis++) {
        double middle = count > 0 ? sum[axis] / count : (double) (grid->size[axis] - 1) / 2;
        ijk[axis] = floor(middle + 0.5);
    }
    osarc_grid_position_mm(grid, ijk, lps_mm_out);
}
