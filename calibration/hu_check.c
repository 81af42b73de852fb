/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/calibration.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "histogram.h"
#include "noise_texture.h"

/*
 * Plausible CT numbers. Adipose tissue reads -111 to -69 HU and muscle 42 to 47 HU at 50 to 80 keV
 * (ICRU-44 compositions, XCOM); contrast raises soft tissue; air is -1000 HU by definition.
 */
typedef struct span {
    double low, high;
} span;
static const span FAT_USUAL = {-130, -65};
static const span FAT_POSSIBLE = {-180, -40};
static const span SOFT_USUAL = {10, 90};
static const span SOFT_POSSIBLE = {-30, 150};
static const span AIR_USUAL = {-1060, -940};

#define LOW_HU       (-1200)
#define HIGH_HU      400
#define BINS         (HIGH_HU - LOW_HU)
#define SMOOTH_HU    7   /* a mode is looked for in bins of this half width */
#define SAMPLE_MM    2.0 /* rows and columns looked at are this far apart */
#define LAG_MM       5.0 /* farther than noise is correlated by common kernels */
#define MIN_SAMPLES  500 /* fewer give no mode that holds to 5 HU */
#define MAX_DIFF     1000
#define MAD_TO_SD    1.4826 /* normal distribution */
#define SAME_GRID_MM 0.01

enum {
    AIR,
    FAT,
    SOFT,
    MATERIALS
};

typedef struct counts {
    uint32_t hu[MATERIALS][BINS];
    uint32_t difference[MAX_DIFF];
} counts;

static int inside(span s, double value)
{
    return value >= s.low && value <= s.high;
}

static int material_of(uint8_t label)
{
    switch (label) {
    case OSARC_TISSUE_OUTSIDE:
        return AIR;
    case OSARC_TISSUE_SUBCUTANEOUS_FAT:
    case OSARC_TISSUE_VISCERAL_FAT:
        return FAT;
    case OSARC_TISSUE_MUSCLE:
    case OSARC_TISSUE_SOFT:
        return SOFT;
    default:
        return -1;
    }
}

static void count_plane(counts *c, const osarc_image *image, const osarc_mask *tissue, size_t z,
                        const size_t stride[2], size_t lag)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const int16_t *stored = osarc_image_stored(image);
    const uint8_t *labels = osarc_mask_labels(tissue);
    double step = osarc_image_step(image);
    double offset = osarc_image_offset(image);
    for (size_t y = 0; y < grid->size[1]; y += stride[1]) {
        size_t row = (z * grid->size[1] + y) * grid->size[0];
        for (size_t x = 0; x < grid->size[0]; x += stride[0]) {
            int material = material_of(labels[row + x]);
            if (material < 0 || stored[row + x] == OSARC_OUTSIDE)
                continue;
            double hu = stored[row + x] * step + offset;
            if (material == AIR && hu > -900)
                continue; /* table and clothes */
            if (hu >= LOW_HU && hu < HIGH_HU)
                c->hu[material][(size_t) floor(hu - LOW_HU)]++;
            if (material != AIR && x >= lag && labels[row + x - lag] == labels[row + x] &&
                stored[row + x - lag] != OSARC_OUTSIDE) {
                double d = fabs(hu - (stored[row + x - lag] * step + offset));
                c->difference[d < MAX_DIFF - 1 ? (size_t) floor(d) : MAX_DIFF - 1]++;
            }
        }
    }
}

static osarc_status judge(const osarc_hu_check *c, osarc_notes *notes, osarc_error *err)
{
    const struct {
        const char *what, *code;
        double value;
        span usual, possible;
    } rows[] = {
        {"fat", "hu_fat", c->fat_hu, FAT_USUAL, FAT_POSSIBLE},
        {"soft tissue", "hu_soft", c->soft_hu, SOFT_USUAL, SOFT_POSSIBLE},
        {"air round the body", "hu_air", c->air_hu, AIR_USUAL, {-INFINITY, INFINITY}},
    };
    for (size_t i = 0; i < 3; i++) {
        if (isnan(rows[i].value) || inside(rows[i].usual, rows[i].value))
            continue;
        if (!inside(rows[i].possible, rows[i].value))
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "%s reads %.0f HU, %.0f to %.0f is possible: values are not HU",
                            rows[i].what, rows[i].value, rows[i].possible.low,
                            rows[i].possible.high);
        if (notes) {
            osarc_status status =
                osarc_notes_add(notes, OSARC_NOTE_WARNING, rows[i].code, err,
                                "%s reads %.0f HU, %.0f to %.0f is usual", rows[i].what,
                                rows[i].value, rows[i].usual.low, rows[i].usual.high);
            if (status)
                return status;
        }
    }
    return OSARC_OK;
}

osarc_status osarc_hu_check_read(osarc_hu_check *out, const osarc_image *image,
                                 const osarc_mask *tissue, osarc_notes *notes, int threads,
                                 osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = (osarc_hu_check){NAN, NAN, NAN, NAN, NAN};
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image and its tissue labels are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the check is of HU, the image has another unit");
    const osarc_grid *grid = osarc_image_grid(image);
    if (!osarc_grid_same(grid, osarc_mask_grid(tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and labels lie on different grids");

    int team = osi_threads(threads);
    counts *c = osi_alloc((size_t) team, sizeof(*c), err);
    if (!c)
        return OSARC_ERR_MEMORY;
    size_t stride[2];
    for (int a = 0; a < 2; a++)
        stride[a] = (size_t) fmax(1, floor(SAMPLE_MM / grid->spacing_mm[a]));
    size_t lag = (size_t) fmax(1, floor(LAG_MM / grid->spacing_mm[0] + 0.5));
#pragma omp parallel for schedule(static) num_threads(team)
    for (int t = 0; t < team; t++)
        for (size_t z = (size_t) t; z < grid->size[2]; z += (size_t) team)
            count_plane(&c[t], image, tissue, z, stride, lag);
    for (int t = 1; t < team; t++) {
        for (int m = 0; m < MATERIALS; m++)
            for (size_t i = 0; i < BINS; i++)
                c[0].hu[m][i] += c[t].hu[m][i];
        for (size_t i = 0; i < MAX_DIFF; i++)
            c[0].difference[i] += c[t].difference[i];
    }
    out->air_hu = LOW_HU + osi_bins_quantile(c->hu[AIR], BINS, 0.5, MIN_SAMPLES);
    out->fat_hu = LOW_HU + osi_bins_mode(c->hu[FAT], BINS, SMOOTH_HU, MIN_SAMPLES);
    out->soft_hu = LOW_HU + osi_bins_mode(c->hu[SOFT], BINS, SMOOTH_HU, MIN_SAMPLES);
    /* a difference of d whole HU stands for d - 0.5 to d + 0.5 */
    double difference = osi_bins_quantile(c->difference, MAX_DIFF, 0.5, MIN_SAMPLES) - 0.5;
    out->noise_sd_hu = isnan(difference) ? NAN : MAD_TO_SD * fmax(0, difference) / sqrt(2);
    osi_free(c);
    osarc_status status = noise_frequency(&out->noise_frequency_per_mm, image, tissue, err);
    return status ? status : judge(out, notes, err);
}
