/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL_T1  43
#define LABEL_T12 32

/* Semi-quantitative grading of vertebral fracture calls a loss of 20 % of a height grade 1
 * (Genant 1993, J Bone Miner Res 8:1137). */
#define HEIGHT_LOSS 0.20

static void refuse(osi_level *level, const char *why)
{
    snprintf(level->refused, sizeof(level->refused), "%s", why);
}

static osarc_status read_region(osi_level *out, const osarc_image *image, osarc_error *err)
{
    const osarc_region *placed = &out->in->trabecular[OSARC_PLACED];
    if ((placed->refused && placed->refused[0]) || !placed->voxels) {
        refuse(out, placed->refused && placed->refused[0] ? placed->refused
                                                          : "no trabecular region was found");
        return OSARC_OK;
    }
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = osi_region_read(&out->region, image, placed->voxels, placed->count, &why);
    if (status == OSARC_ERR_QUALITY) {
        refuse(out, why.text);
        return OSARC_OK;
    }
    if (status && err)
        *err = why;
    out->moved_hu[OSARC_PLACED] = out->region.mean;
    for (int p = 1; p < OSARC_PLACEMENTS; p++) {
        const osarc_region *moved = &out->in->trabecular[p];
        double square;
        if (moved->voxels)
            osi_region_mean(&out->moved_hu[p], &square, image, moved->voxels, moved->count);
        out->moved += isnan(out->moved_hu[p]) ? 0 : 1;
    }
    return status;
}

osarc_status osi_level_read(osi_level *out, const osarc_image *image, const osarc_spine_level *in,
                            osarc_error *err)
{
    const osarc_vertebra *v = in->vertebra;
    memset(out, 0, sizeof(*out));
    out->in = in;
    out->name = osarc_vertebra_name(v->label);
    out->other =
        v->other_label && v->other_label != v->label ? osarc_vertebra_name(v->other_label) : "";
    out->site = v->label >= LABEL_T12 && v->label <= LABEL_T1 ? "thoracic" : "lumbar";
    for (int p = 0; p < OSARC_PLACEMENTS; p++)
        out->moved_hu[p] = NAN;
    if (v->spoiled[0])
        snprintf(out->refused, sizeof(out->refused), "%s: nothing is measured in it", v->spoiled);
    else if (!v->whole)
        refuse(out, "the view cuts its body");
    else
        return read_region(out, image, err);
    return OSARC_OK;
}

static int is_comparable(const osi_level *level)
{
    const osarc_vertebra *v = level->in->vertebra;
    return v->whole && !v->spoiled[0] && v->height_anterior_mm > 0 && v->height_middle_mm > 0 &&
           v->height_posterior_mm > 0;
}

/* The ratios that a fracture changes: wedge, biconcave, crush. */
static void read_ratios(double out[3], const osi_level *level)
{
    const osarc_vertebra *v = level->in->vertebra;
    out[0] = v->height_anterior_mm / v->height_posterior_mm;
    out[1] = v->height_middle_mm / v->height_posterior_mm;
    out[2] = v->height_posterior_mm;
}

static void suspect(osi_level *level, const osi_level *const neighbours[2])
{
    static const char *const WHAT[3] = {"anterior over posterior height",
                                        "middle over posterior height", "posterior height"};
    double own[3];
    double wanted[3] = {0, 0, 0};
    int count = 0;
    for (int n = 0; n < 2; n++) {
        double ratios[3];
        if (!neighbours[n] || !is_comparable(neighbours[n]))
            continue;
        read_ratios(ratios, neighbours[n]);
        for (int i = 0; i < 3; i++)
            wanted[i] += ratios[i];
        count++;
    }
    if (count == 0 || !is_comparable(level))
        return;
    read_ratios(own, level);
    int tests = count == 2 ? 3 : 2; /* bodies grow downwards: against one, a height says nothing */
    for (int i = 0; i < tests; i++) {
        double loss = 1 - own[i] / (wanted[i] / count);
        if (loss <= HEIGHT_LOSS + 1e-9)
            continue;
        snprintf(level->fracture, sizeof(level->fracture),
                 "fracture suspected, not a diagnosis: %s is %s %% below that of its neighbours, "
                 "over 20 %% (Genant 1993)",
                 WHAT[i], osi_short(100 * loss, 0).text);
        return;
    }
}

void osi_levels_suspect(osi_level *levels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const osi_level *neighbours[2] = {NULL, NULL};
        int label = levels[i].in->vertebra->label;
        if (i > 0 && levels[i - 1].in->vertebra->label == label + 1)
            neighbours[0] = &levels[i - 1];
        if (i + 1 < count && levels[i + 1].in->vertebra->label == label - 1)
            neighbours[1] = &levels[i + 1];
        suspect(&levels[i], neighbours);
    }
}

/* Half the spread of what the placements give. */
static double half_spread(const double values[OSARC_PLACEMENTS])
{
    double low = INFINITY;
    double high = -INFINITY;
    int count = 0;
    for (int p = 0; p < OSARC_PLACEMENTS; p++) {
        if (isnan(values[p]))
            continue;
        low = fmin(low, values[p]);
        high = fmax(high, values[p]);
        count++;
    }
    return count < 2 ? NAN : (high - low) / 2;
}

osi_measured osi_level_hu(const osi_level *level)
{
    return (osi_measured){.value = level->region.mean,
                          .fit = 0,
                          .noise = OSI_Z_95 * level->region.se,
                          .placement = half_spread(level->moved_hu)};
}

osi_measured osi_level_density(const osi_level *level, const osarc_calibration *calibration)
{
    const double *c = calibration->density;
    double hu = level->region.mean;
    double moved[OSARC_PLACEMENTS];
    for (int p = 0; p < OSARC_PLACEMENTS; p++)
        moved[p] = osarc_calibration_mg_cm3(calibration, level->moved_hu[p]);
    /* the mean over the voxels, which for a curved scale is not the scale at their mean */
    return (osi_measured){.value = c[0] + c[1] * hu + c[2] * level->region.mean_square,
                          .fit = osarc_calibration_half_mg_cm3(calibration, hu),
                          .noise = fabs(c[1] + 2 * c[2] * hu) * OSI_Z_95 * level->region.se,
                          .placement = half_spread(moved)};
}

double osi_measured_half(const osi_measured *m)
{
    double placement = isnan(m->placement) ? 0 : m->placement;
    return sqrt(m->fit * m->fit + m->noise * m->noise + placement * placement);
}

void osi_measured_tell(osi_row_note *note, const osi_measured *m, const char *unit)
{
    char fit[80] = "";
    char placement[80];
    if (isnan(m->fit))
        snprintf(fit, sizeof(fit), "of the fit not known, ");
    else if (m->fit > 0)
        snprintf(fit, sizeof(fit), "fit %s, ", osi_short(m->fit, 2).text);
    if (isnan(m->placement))
        snprintf(placement, sizeof(placement), "placement not known");
    else
        snprintf(placement, sizeof(placement), "placement %s", osi_short(m->placement, 2).text);
    osi_row_note_add(note, 0, "half interval in %s: %snoise %s, %s", unit, fit,
                     osi_short(m->noise, 2).text, placement);
}
