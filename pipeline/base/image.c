/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/image.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/grid.h>

#define MAX_SIZE   65535
#define MAX_VOXELS ((size_t) 1 << 33)

struct osarc_image {
    osarc_grid grid;
    osarc_unit unit;
    double step;
    double offset;
    int16_t *stored;
};

size_t osarc_grid_count(const osarc_grid *grid)
{
    size_t count = grid->size[0];
    for (int axis = 1; axis < 3; axis++)
        if (__builtin_mul_overflow(count, grid->size[axis], &count))
            return 0;
    return count;
}

double osarc_grid_voxel_mm3(const osarc_grid *grid)
{
    return grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2];
}

void osarc_grid_position_mm(const osarc_grid *grid, const double ijk[3], double lps_mm_out[3])
{
    for (int c = 0; c < 3; c++) {
        lps_mm_out[c] = grid->origin_mm[c];
        for (int axis = 0; axis < 3; axis++)
            lps_mm_out[c] += ijk[axis] * grid->spacing_mm[axis] * grid->direction[axis][c];
    }
}

void osarc_grid_index(const osarc_grid *grid, const double lps_mm[3], double ijk_out[3])
{
    for (int axis = 0; axis < 3; axis++) {
        ijk_out[axis] = 0;
        for (int c = 0; c < 3; c++)
            ijk_out[axis] += (lps_mm[c] - grid->origin_mm[c]) * grid->direction[axis][c];
        ijk_out[axis] /= grid->spacing_mm[axis];
    }
}

int osarc_grid_same(const osarc_grid *a, const osarc_grid *b, double tolerance_mm)
{
    if (memcmp(a->size, b->size, sizeof(a->size)) != 0)
        return 0;
    for (int corner = 0; corner < 8; corner++) {
        double ijk[3];
        double p[3];
        double q[3];
        for (int axis = 0; axis < 3; axis++)
            ijk[axis] = (corner >> axis) & 1 ? (double) a->size[axis] - 1 : 0;
        osarc_grid_position_mm(a, ijk, p);
        osarc_grid_position_mm(b, ijk, q);
        for (int c = 0; c < 3; c++)
            if (!(fabs(p[c] - q[c]) <= tolerance_mm))
                return 0;
    }
    return 1;
}

osarc_status osi_grid_check(const osarc_grid *grid, osarc_error *err)
{
    for (int a = 0; a < 3; a++) {
        if (grid->size[a] < 1 || grid->size[a] > MAX_SIZE)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "grid size %zu on axis %d, 1 to %d allowed",
                            grid->size[a], a, MAX_SIZE);
        if (!(grid->spacing_mm[a] > 0) || !isfinite(grid->spacing_mm[a]))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "spacing %g mm on axis %d",
                            grid->spacing_mm[a], a);
        if (!isfinite(grid->origin_mm[a]))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "origin is not a number");
        for (int b = a; b < 3; b++) {
            double dot = 0;
            for (int c = 0; c < 3; c++)
                dot += grid->direction[a][c] * grid->direction[b][c];
            /* 1e-3: what headers with 6 digits leave of orthonormality */
            if (!(fabs(dot - (a == b)) < 1e-3))
                return osi_fail(err, OSARC_ERR_ARGUMENT,
                                "grid axes %d and %d are not orthonormal (dot %g)", a, b, dot);
        }
    }
    if (osarc_grid_count(grid) > MAX_VOXELS)
        return osi_fail(err, OSARC_ERR_MEMORY, "%zu voxels, at most %zu allowed",
                        osarc_grid_count(grid), MAX_VOXELS);
    return OSARC_OK;
}

osarc_status osarc_image_create(osarc_image **out, const osarc_grid *grid, osarc_unit unit,
                                double step, double offset, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!grid || !(step > 0) || !isfinite(step) || !isfinite(offset))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "image needs a grid and a scale, step %g offset %g", step, offset);
    osarc_status status = osi_grid_check(grid, err);
    if (status)
        return status;

    osarc_image *image = osi_alloc(1, sizeof(*image), err);
    if (!image)
        return OSARC_ERR_MEMORY;
    image->stored = osi_alloc(osarc_grid_count(grid), sizeof(*image->stored), err);
    if (!image->stored) {
        osi_free(image);
        return OSARC_ERR_MEMORY;
    }
    image->grid = *grid;
    image->unit = unit;
    image->step = step;
    image->offset = offset;
    *out = image;
    return OSARC_OK;
}

const osarc_grid *osarc_image_grid(const osarc_image *image)
{
    return &image->grid;
}

osarc_unit osarc_image_unit(const osarc_image *image)
{
    return image->unit;
}

double osarc_image_step(const osarc_image *image)
{
    return image->step;
}

double osarc_image_offset(const osarc_image *image)
{
    return image->offset;
}

const int16_t *osarc_image_stored(const osarc_image *image)
{
    return image->stored;
}

int16_t *osarc_image_fill(osarc_image *image)
{
    return image->stored;
}

double osarc_image_value(const osarc_image *image, size_t index)
{
    int16_t stored = image->stored[index];
    return stored == OSARC_OUTSIDE ? NAN : stored * image->step + image->offset;
}

int16_t osarc_image_threshold(const osarc_image *image, double value)
{
    double stored = ceil((value - image->offset) / image->step);
    if (!(stored > OSARC_OUTSIDE + 1))
        return OSARC_OUTSIDE + 1;
    if (stored >= INT16_MAX)
        return INT16_MAX;
    int16_t guess = (int16_t) stored;
    /* the division may round across a whole number: settle it with the same product readers use */
    while (guess > OSARC_OUTSIDE + 1 && (guess - 1) * image->step + image->offset >= value)
        guess--;
    while (guess < INT16_MAX && guess * image->step + image->offset < value)
        guess++;
    return guess;
}

void osarc_image_free(osarc_image *image)
{
    if (!image)
        return;
    osi_free(image->stored);
    osi_free(image);
}
