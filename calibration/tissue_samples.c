/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/density.h>

#include <math.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "histogram.h"
#include "tissue_cores.h"
#include "vessel.h"

#define NEEDED        300    /* samples 2.5 mm apart; fewer give no mode that holds to 5 HU */
#define MODE_HALF_HU  7      /* a mode is looked for in bins of this half width */
#define CLIPPED_SHARE 0.5    /* with more at the lowest value the median is where air was cut off */
#define EVEN_NOISE_HU 0.5    /* below, a scan without noise: all air at one value is no cut */
#define MAD_TO_SD     1.4826 /* normal distribution */
#define SAME_GRID_MM  0.01
/*
 * Compact bone: the mean of a volume at the bright end, after what may be calcification or noise.
 * Below the published 950 HU (1200 - 250) it is too thin for the voxels.
 */
#define BONE_SKIPPED_CM3 0.1
#define BONE_TAKEN_CM3   1.0
#define BONE_LEAST_HU    950.0
/* Unenhanced blood: published 20 +- 40 HU; ICRU whole blood is 56 to 59 HU at 70 to 60 keV. */
#define BLOOD_MOST_HU 60.0

static osarc_status note(osarc_notes *notes, osarc_severity severity, const char *code,
                         osarc_error *err, const char *text)
{
    return notes ? osarc_notes_add(notes, severity, code, err, "%s", text) : OSARC_OK;
}

/* A whole HU of n stands for n - 0.5 to n + 0.5; bins start at whole numbers. */
static double core_hu(double bin)
{
    return OSI_CORE_LOW_HU + bin - 0.5;
}

static double standard_error(const uint32_t *bins)
{
    double sd = osi_bins_robust_sd(bins, OSI_CORE_BINS, NEEDED);
    return sd / sqrt((double) osi_bins_total(bins, OSI_CORE_BINS));
}

static osarc_status take_air(osarc_tissue_samples *out, const osi_tissue_cores *c,
                             osarc_notes *notes, osarc_error *err)
{
    double median = osi_bins_quantile(c->air, OSI_CORE_BINS, 0.5, NEEDED);
    if (isnan(median))
        return note(notes, OSARC_NOTE_INFO, "samples_no_air", err,
                    "too little air about the body for the internal calibration");
    size_t lowest = 0;
    while (c->air[lowest] == 0)
        lowest++;
    double share = (double) c->air[lowest] / (double) osi_bins_total(c->air, OSI_CORE_BINS);
    if (share > CLIPPED_SHARE && !(out->noise_sd_hu < EVEN_NOISE_HU)) {
        if (!notes)
            return OSARC_OK;
        return osarc_notes_add(
            notes, OSARC_NOTE_INFO, "samples_air_cut", err,
            "%.0f %% of the air lies at the lowest value, %.0f HU: cut off there, "
            "left out of the internal calibration",
            100 * share, core_hu((double) lowest) + 0.5);
    }
    out->air_hu = core_hu(median);
    out->air_se = standard_error(c->air);
    return OSARC_OK;
}

/* Clipped to the window of muscle before the mode is looked for. */
static void take_muscle(osarc_tissue_samples *out, osi_tissue_cores *c)
{
    const osarc_hu_window *window = osarc_hu_window_get(OSARC_WINDOW_MUSCLE);
    for (int i = 0; i < OSI_CORE_BINS; i++)
        if (!osarc_hu_window_holds(window, OSI_CORE_LOW_HU + i))
            c->muscle[i] = 0;
    out->muscle_hu = core_hu(osi_bins_mode(c->muscle, OSI_CORE_BINS, MODE_HALF_HU, NEEDED) + 0.5);
    out->muscle_se = standard_error(c->muscle);
}

static void take_fat(osarc_tissue_samples *out, osi_tissue_cores *c)
{
    const osarc_hu_window *window = osarc_hu_window_get(OSARC_WINDOW_ADIPOSE);
    for (int i = 0; i < OSI_CORE_BINS; i++)
        if (!osarc_hu_window_holds(window, OSI_CORE_LOW_HU + i))
            c->fat[i] = 0;
    out->fat_hu = core_hu(osi_bins_mode(c->fat, OSI_CORE_BINS, MODE_HALF_HU, NEEDED) + 0.5);
    out->fat_se = standard_error(c->fat);
}

static osarc_status take_bone(osarc_tissue_samples *out, const osi_tissue_cores *c,
                              const osarc_grid *grid, osarc_notes *notes, osarc_error *err)
{
    if (!osi_grid_resolves_bone(grid))
        return note(notes, OSARC_NOTE_INFO, "samples_bone_coarse", err,
                    "voxels are over 1.5 mm across in two directions: compact bone is blurred with "
                    "its surroundings and left out of the internal calibration");
    double skip = BONE_SKIPPED_CM3 / c->block_cm3;
    double left = BONE_TAKEN_CM3 / c->block_cm3;
    double wanted = left;
    double sum = 0;
    double squares = 0;
    for (size_t i = OSI_BONE_BINS; i-- > 0 && left > 0;) {
        double here = c->bone[i];
        double skipped = fmin(here, skip);
        skip -= skipped;
        double taken = fmin(here - skipped, left);
        left -= taken;
        double hu = (double) i + 0.5;
        sum += taken * hu;
        squares += taken * hu * hu;
    }
    if (left > 0)
        return note(notes, OSARC_NOTE_INFO, "samples_no_bone", err,
                    c->near_metal ? "less than 1.1 cm3 of compact bone 3 mm thick clear of metal"
                                  : "less than 1.1 cm3 of compact bone 3 mm thick");
    double mean = sum / wanted;
    if (mean < BONE_LEAST_HU) {
        if (!notes)
            return OSARC_OK;
        return osarc_notes_add(
            notes, OSARC_NOTE_INFO, "samples_bone_thin", err,
            "the densest compact bone reads %.0f HU, at least %.0f is bone that the "
            "voxels resolve: left out of the internal calibration",
            mean, BONE_LEAST_HU);
    }
    out->cortical_hu = mean;
    /* blocks overlap: about one of its own for each 27 mm3 */
    double blocks = BONE_TAKEN_CM3 * 1000 / 27;
    out->cortical_se = sqrt(fmax(0, squares / wanted - mean * mean) / blocks);
    return OSARC_OK;
}

static osarc_status take_blood(osarc_tissue_samples *out, const osarc_image *image,
                               const osi_spine_frame *frames, size_t count, osarc_notes *notes,
                               int threads, osarc_error *err)
{
    static const char *const NAMES[] = {
        [OSI_AORTA] = "aorta", [OSI_VENA_CAVA] = "inferior vena cava"};
    osi_vessel *vessel = osi_alloc(1, sizeof(*vessel), err);
    if (!vessel)
        return OSARC_ERR_MEMORY;
    osarc_status status = OSARC_OK;
    osi_vessel_kind kind = OSI_AORTA;
    status = osi_vessel_find(vessel, image, frames, count, kind, threads, err);
    if (!status && isnan(vessel->hu)) {
        kind = OSI_VENA_CAVA;
        status = osi_vessel_find(vessel, image, frames, count, kind, threads, err);
    }
    if (!status && isnan(vessel->hu))
        status = note(notes, OSARC_NOTE_INFO, "samples_no_blood", err,
                      "neither aorta nor inferior vena cava was found in front of the spine");
    if (!status && !isnan(vessel->hu)) {
        out->blood_hu = vessel->hu;
        out->blood_se = vessel->se;
        out->blood_enhanced = vessel->hu > BLOOD_MOST_HU;
        osi_text_copy(out->blood_from, sizeof(out->blood_from), NAMES[kind]);
        if (kind != OSI_AORTA)
            status = note(notes, OSARC_NOTE_INFO, "samples_blood_substitute", err,
                          "no aorta was found: blood is read in the inferior vena cava");
        if (!status && out->blood_enhanced && notes)
            status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "samples_blood_enhanced", err,
                                     "blood in the %s reads %.0f HU, at most %.0f without contrast "
                                     "medium",
                                     NAMES[kind], vessel->hu, BLOOD_MOST_HU);
    }
    osi_free(vessel);
    return status;
}

osarc_status osarc_tissue_samples_read(osarc_tissue_samples *out, const osarc_image *image,
                                       const osarc_mask *tissue, const osarc_spine_line *line,
                                       osarc_notes *notes, int threads, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    const osarc_tissue_samples none = {.air_hu = NAN,
                                       .air_se = NAN,
                                       .fat_hu = NAN,
                                       .fat_se = NAN,
                                       .muscle_hu = NAN,
                                       .muscle_se = NAN,
                                       .blood_hu = NAN,
                                       .blood_se = NAN,
                                       .cortical_hu = NAN,
                                       .cortical_se = NAN,
                                       .noise_sd_hu = NAN};
    *out = none;
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image and its tissue labels are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "tissues are sampled in HU, the image has another unit");
    const osarc_grid *grid = osarc_image_grid(image);
    if (!osarc_grid_same(grid, osarc_mask_grid(tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and labels lie on different grids");
    osi_spine_frame *frames = NULL;
    size_t count = 0;
    osarc_status status = OSARC_OK;
    if (line) {
        status = osi_spine_frames(&frames, line, err);
        if (status)
            return status;
        count = line->count;
    }
    osarc_tissue_samples found = none;
    osi_tissue_cores *cores = NULL;
    status = osi_tissue_cores_read(&cores, image, tissue, frames, count, threads, err);
    if (!status) {
        double d = osi_bins_quantile(cores->difference, OSI_NOISE_BINS, 0.5, NEEDED) - 0.5;
        found.noise_sd_hu = isnan(d) ? NAN : MAD_TO_SD * fmax(0, d) / sqrt(2);
        take_fat(&found, cores);
        take_muscle(&found, cores);
        status = take_air(&found, cores, notes, err);
    }
    if (!status && !isnan(found.muscle_hu))
        status = note(notes, OSARC_NOTE_INFO, "samples_muscle", err,
                      line ? "muscle is read beside and behind the spine"
                           : "muscle is the commonest soft tissue in view: no spine shows where "
                             "organs are not");
    if (!status)
        status = take_bone(&found, cores, grid, notes, err);
    if (!status && frames)
        status = take_blood(&found, image, frames, count, notes, threads, err);
    if (!status)
        *out = found;
    osi_free(cores);
    osi_free(frames);
    return status;
}
