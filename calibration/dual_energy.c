/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dual_energy.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "phase_shift.h"

#define BOX_MM         80.0 /* a vertebra with its neighbours */
#define MIN_BOX_MM     40.0
#define MIN_BOX_VOXELS 8
#define MAX_BOX_VOXELS 200  /* a side; 40 mm at 0.2 mm */
#define ROUNDING       1e-6 /* voxels */
/* Air and metal would outweigh what the patient is made of. */
#define FLOOR_HU   (-200.0)
#define CEILING_HU 1500.0
#define MIN_SD_HU  10.0 /* of the box: less is even tissue, which fits anywhere */
/* Images that have nothing in common give up to 0.1; the same anatomy at 40 HU of noise over 0.35.
 */
#define MIN_CONFIDENCE 0.3

osarc_status osarc_energy_pair_check(const osarc_acquisition *low, const osarc_acquisition *high,
                                     osarc_error *err)
{
    if (!low || !high)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "two acquisitions are needed");
    if (low->frame_of_reference_uid[0] == '\0' ||
        strcmp(low->frame_of_reference_uid, high->frame_of_reference_uid) != 0)
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "a dual-energy pair needs one frame of reference, stated in both series");
    if (strcmp(low->patient_id, high->patient_id) != 0)
        return osi_fail(err, OSARC_ERR_GEOMETRY, "the two series are not of one patient");
    if (!(high->kvp - low->kvp >= OSARC_ENERGY_PAIR_MIN_KV))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "tube voltages of %g and %g kV, at least %g kV between them are needed",
                        low->kvp, high->kvp, OSARC_ENERGY_PAIR_MIN_KV);
    if (low->contrast == OSARC_CONTRAST_GIVEN || high->contrast == OSARC_CONTRAST_GIVEN)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "contrast agent was given: it cannot be told from mineral");
    return OSARC_OK;
}

typedef struct box {
    size_t size[3];
    size_t start[3];
} box;

static osarc_status place_box(box *out, const osarc_grid *grid, const double centre_mm[3],
                              osarc_error *err)
{
    double centre[3];
    for (int a = 0; a < 3; a++)
        centre[a] = 0.5 * ((double) grid->size[a] - 1);
    if (centre_mm)
        osarc_grid_index(grid, centre_mm, centre);
    for (int a = 0; a < 3; a++) {
        double wanted = fmin(MAX_BOX_VOXELS, floor(BOX_MM / grid->spacing_mm[a]));
        double side = fmin(wanted, (double) grid->size[a]);
        if (side < MIN_BOX_VOXELS || side * grid->spacing_mm[a] < MIN_BOX_MM)
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "%.0f voxels of %g mm to compare images on, %d voxels and %g mm are "
                            "needed",
                            side, grid->spacing_mm[a], MIN_BOX_VOXELS, MIN_BOX_MM);
        if (!(centre[a] >= -0.5 && centre[a] <= (double) grid->size[a] - 0.5))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "the place to compare images at lies outside them");
        out->size[a] = (size_t) side;
        double start = floor(centre[a] - 0.5 * side + 1);
        out->start[a] = (size_t) fmin(fmax(0, start), (double) grid->size[a] - side);
    }
    return OSARC_OK;
}

static double value_at(const osarc_image *image, size_t x, size_t y, size_t z)
{
    const osarc_grid *grid = osarc_image_grid(image);
    double hu = osarc_image_value(image, (z * grid->size[1] + y) * grid->size[0] + x);
    return isnan(hu) ? FLOOR_HU : fmin(CEILING_HU, fmax(FLOOR_HU, hu));
}

static double window(size_t i, size_t count)
{
    return 0.5 - 0.5 * cos(2 * M_PI * ((double) i + 1) / ((double) count + 1));
}

/* Values less their mean, fading to 0 at the faces. Returns their weighted SD. */
static double fill_box(double *out, const osarc_image *image, const box *b)
{
    double *at = out;
    double sum = 0;
    double square = 0;
    double weights = 0;
    for (int pass = 0; pass < 2; pass++) {
        double mean = pass ? sum / weights : 0;
        at = out;
        for (size_t z = 0; z < b->size[2]; z++)
            for (size_t y = 0; y < b->size[1]; y++)
                for (size_t x = 0; x < b->size[0]; x++, at++) {
                    double w =
                        window(x, b->size[0]) * window(y, b->size[1]) * window(z, b->size[2]);
                    if (pass) {
                        square += w * (*at - mean) * (*at - mean);
                        *at = w * (*at - mean);
                    } else {
                        *at = value_at(image, b->start[0] + x, b->start[1] + y, b->start[2] + z);
                        sum += w * *at;
                        weights += w;
                    }
                }
    }
    return sqrt(square / weights);
}

/* Moves a box by whole voxels, as far as the grid goes; by how many goes to `by`. */
static box move_box(double by[3], const box *from, const double shift[3], const osarc_grid *grid)
{
    box to = *from;
    for (int a = 0; a < 3; a++) {
        double last = (double) (grid->size[a] - from->size[a]);
        to.start[a] = (size_t) fmin(last, fmax(0, (double) from->start[a] + round(shift[a])));
        by[a] = (double) to.start[a] - (double) from->start[a];
    }
    return to;
}

static osarc_status find_shift(double shift[3], double *height, const osarc_image *low,
                               const osarc_image *high, const box *place, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(low);
    size_t count = place->size[0] * place->size[1] * place->size[2];
    double *a = osi_alloc_raw(count, sizeof(*a), err);
    double *b = a ? osi_alloc_raw(count, sizeof(*b), err) : NULL;
    osarc_status status = b ? OSARC_OK : OSARC_ERR_MEMORY;
    double by[3] = {0, 0, 0};
    box there = *place;
    /* the second time from where the first ended: a box on other content draws the peak to 0 */
    for (int pass = 0; !status && pass < 2; pass++) {
        double sd = fmin(fill_box(a, low, place), fill_box(b, high, &there));
        if (!(sd >= MIN_SD_HU)) {
            status = osi_fail(err, OSARC_ERR_QUALITY,
                              "too even to compare images: an SD of %.1f HU, %g HU are needed", sd,
                              MIN_SD_HU);
            break;
        }
        status = find_phase_shift(shift, height, a, b, place->size, grid->spacing_mm, err);
        for (int i = 0; i < 3; i++)
            shift[i] += by[i];
        if (pass == 0)
            there = move_box(by, place, shift, grid);
    }
    osi_free(b);
    osi_free(a);
    return status;
}

static osarc_status check_images(const osarc_image *low, const osarc_image *high, osarc_error *err)
{
    if (osarc_image_unit(low) != OSARC_UNIT_HU || osarc_image_unit(high) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "dual-energy images are needed in HU");
    if (!osarc_grid_same(osarc_image_grid(low), osarc_image_grid(high), OSARC_ENERGY_PAIR_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "the two images lie on grids that differ by over %g mm",
                        OSARC_ENERGY_PAIR_GRID_MM);
    return OSARC_OK;
}

osarc_status osarc_energy_pair_shift(osarc_energy_shift *out, const osarc_image *low,
                                     const osarc_image *high, const double centre_mm[3],
                                     osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = (osarc_energy_shift){{NAN, NAN, NAN}, NAN};
    if (!low || !high)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "two images are needed");
    osarc_status status = check_images(low, high, err);
    const osarc_grid *grid = osarc_image_grid(low);
    box place = {{0}, {0}};
    if (!status)
        status = place_box(&place, grid, centre_mm, err);
    double shift[3] = {0, 0, 0};
    double height = 0;
    if (!status)
        status = find_shift(shift, &height, low, high, &place, err);
    if (status)
        return status;
    if (!(height >= MIN_CONFIDENCE))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the two images do not fit each other: confidence %.2f, %g is needed",
                        height, MIN_CONFIDENCE);
    /* voxels were laid on voxels; grids that are the same may still lie a little apart */
    double mm[3];
    for (int c = 0; c < 3; c++) {
        mm[c] = osarc_image_grid(high)->origin_mm[c] - grid->origin_mm[c];
        for (int a = 0; a < 3; a++)
            mm[c] += shift[a] * grid->spacing_mm[a] * grid->direction[a][c];
    }
    double length = sqrt(mm[0] * mm[0] + mm[1] * mm[1] + mm[2] * mm[2]);
    if (length > OSARC_ENERGY_PAIR_MAX_SHIFT_MM)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the patient moved by %.1f mm between the two energies, at most %g mm are "
                        "allowed",
                        length, OSARC_ENERGY_PAIR_MAX_SHIFT_MM);
    memcpy(out->mm, mm, sizeof(mm));
    out->confidence = fmin(1, height);
    return OSARC_OK;
}

/* Linear between voxels; NAN where one of the eight is not there. */
static double interpolate(const osarc_image *image, const double ijk[3])
{
    const osarc_grid *grid = osarc_image_grid(image);
    double base[3];
    double part[3];
    for (int a = 0; a < 3; a++) {
        /* a voxel at the face stays inside it, whatever was rounded on the way */
        double near = round(ijk[a]);
        double i = fabs(ijk[a] - near) < ROUNDING ? near : ijk[a];
        base[a] = floor(i);
        part[a] = i - base[a];
    }
    double sum = 0;
    for (int corner = 0; corner < 8; corner++) {
        double weight = 1;
        size_t index = 0;
        for (int a = 2; a >= 0; a--) {
            int up = corner >> a & 1;
            weight *= up ? part[a] : 1 - part[a];
            double i = base[a] + up;
            if (weight > 0 && !(i >= 0 && i < (double) grid->size[a]))
                return NAN;
            index = index * grid->size[a] + (weight > 0 ? (size_t) i : 0);
        }
        if (weight > 0)
            sum += weight * osarc_image_value(image, index);
    }
    return sum;
}

osarc_status osarc_energy_pair_resample(double *out_hu, const osarc_image *low,
                                        const osarc_image *high, const osarc_energy_shift *shift,
                                        const size_t *voxels, size_t count, osarc_error *err)
{
    if (!out_hu || !low || !high || !shift || !voxels)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "two images, their shift and a list of voxels are needed");
    for (size_t i = 0; i < count; i++)
        out_hu[i] = NAN;
    for (int c = 0; c < 3; c++)
        if (!isfinite(shift->mm[c]))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "the shift of the pair is not known");
    osarc_status status = check_images(low, high, err);
    if (status)
        return status;
    const osarc_grid *from = osarc_image_grid(low);
    const osarc_grid *to = osarc_image_grid(high);
    size_t total = osarc_grid_count(from);
    for (size_t i = 0; i < count; i++) {
        if (voxels[i] >= total)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "voxel %zu of an image with %zu", voxels[i],
                            total);
        size_t row = voxels[i] / from->size[0];
        size_t plane = row / from->size[1];
        const double at[3] = {(double) (voxels[i] % from->size[0]), (double) (row % from->size[1]),
                              (double) plane};
        double lps_mm[3];
        double ijk[3];
        osarc_grid_position_mm(from, at, lps_mm);
        for (int c = 0; c < 3; c++)
            lps_mm[c] += shift->mm[c];
        osarc_grid_index(to, lps_mm, ijk);
        out_hu[i] = interpolate(high, ijk);
    }
    return OSARC_OK;
}
