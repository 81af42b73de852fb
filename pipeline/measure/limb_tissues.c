/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Amounts, means and fractions of one slice or of the extent of a limb. */

#define BETWEEN "between-and-within"
#define WITHIN  "within"

typedef struct amount {
    const char *what; /* "muscle" and so on: _area or _volume follows */
    int windowed;
    const char *definition; /* of intermuscular fat; NULL */
    size_t whole;           /* offsets into osi_limb_sum */
    size_t shares;          /* SIZE_MAX: none */
} amount;

#define AT(field) offsetof(osi_limb_sum, field)

/* imat by the other definition. */
static const amount IMAT_WITHIN = {"imat", 1, WITHIN, AT(within), AT(within_shares)};

static const amount AMOUNTS[] = {
    {"muscle", 1, NULL, AT(muscle), AT(muscle_shares)},
    {"sat", 1, NULL, AT(sat), AT(sat_shares)},
    {"imat", 1, BETWEEN, AT(imat), AT(imat_shares)},
    {"imat_within", 1, WITHIN, AT(within), AT(within_shares)},
    {"compact_bone", 0, NULL, AT(compact), SIZE_MAX},
    {"marrow", 0, NULL, AT(marrow), SIZE_MAX},
    {"muscle_window", 1, NULL, AT(muscle), SIZE_MAX},
    {"imat_window", 1, BETWEEN, AT(imat), SIZE_MAX},
    {"muscle_low_attenuation", 1, NULL, AT(low), SIZE_MAX},
    {"muscle_normal_attenuation", 1, NULL, AT(normal), SIZE_MAX},
};

#define IMAT_AMOUNT 2

static const amount *amount_of(const osi_limb_rows *r, size_t i)
{
    return i == IMAT_AMOUNT && r->in->imat == OSARC_IMAT_WITHIN ? &IMAT_WITHIN : &AMOUNTS[i];
}

static double field(const osi_limb_sum *s, size_t offset)
{
    double value = 0;
    if (offset != SIZE_MAX)
        memcpy(&value, (const char *) s + offset, sizeof(value));
    return value;
}

static double voxels(const osi_limb_sum *s, const amount *a)
{
    return fmax(0, field(s, a->whole) + field(s, a->shares));
}

/* One slice up and one down, as far as the limb goes. */
static void spread(double *low, double *high, const osi_limb_rows *r, const amount *a)
{
    const osarc_limb *limb = r->level->limb;
    size_t at = limb->middle - limb->first;
    for (size_t k = at ? at - 1 : at; k <= at + 1 && k < r->sums.count; k++) {
        double here = voxels(&r->sums.slice[k], a);
        *low = fmin(*low, here);
        *high = fmax(*high, here);
    }
}

/* Half the interval, in voxels: noise of the border, what shares change, and a slice up or down. */
static double half_voxels(const osi_limb_rows *r, const osi_limb_sum *s, const amount *a,
                          int of_slice)
{
    double contrast_hu = r->sums.muscle_hu - r->sums.fat_hu;
    double noise = isfinite(r->in->noise_sd_hu) && isfinite(contrast_hu) && contrast_hu > 0
                       ? OSI_Z_95 * sqrt(s->zone) * r->in->noise_sd_hu / contrast_hu
                       : OSI_Z_95 * sqrt(s->zone / 12);
    double border = fabs(field(s, a->shares));
    double low = voxels(s, a);
    double high = low;
    if (of_slice)
        spread(&low, &high, r, a);
    double moved = of_slice ? (high - low) / 2 : 0;
    return sqrt(noise * noise + border * border + moved * moved);
}

/* Table of windows, how borders count, and what is called intermuscular. */
static void name_method(char *out, size_t size, const osi_limb_rows *r, const amount *a,
                        int has_shares)
{
    if (!a->windowed) {
        snprintf(out, size, "voxel-count");
        return;
    }
    snprintf(out, size, "%s%s%s%s", r->table, has_shares ? ", border-shares" : "",
             a->definition ? ", " : "", a->definition ? a->definition : "");
}

static osarc_status add_amount(osi_limb_rows *r, const osi_limb_sum *s, const amount *a,
                               int of_slice, osarc_error *err)
{
    char name[64];
    char method[128];
    osi_row_note note = {0};
    double to_unit = of_slice ? r->pixel_mm2 / 100 : r->pixel_mm2 * r->slice_mm / 1000;
    snprintf(name, sizeof(name), "%s_%s", a->what, of_slice ? "area" : "volume");
    osarc_finding row = r->blank;
    int has_shares = a->shares != SIZE_MAX && isfinite(r->sums.muscle_hu - r->sums.fat_hu);
    row.quantity = name;
    row.unit = of_slice ? "cm2" : "cm3";
    name_method(method, sizeof(method), r, a, has_shares);
    row.method = method;
    row.value = voxels(s, a) * to_unit;
    double half = half_voxels(r, s, a, of_slice) * to_unit;
    row.ci_low = fmax(0, row.value - half);
    row.ci_high = row.value + half;
    osi_limb_describe(&note, r, of_slice);
    if (has_shares)
        osi_row_note_add(&note, 0, "by whole voxels of the window %s %s",
                         osi_short(field(s, a->whole) * to_unit, 3).text, row.unit);
    return osi_row_add(r->findings, &row, NAN, &note, err);
}

/* Of intermuscular fat, over it and muscle. */
static osarc_status add_imat_fraction(osi_limb_rows *r, const osi_limb_sum *s, int of_slice,
                                      osarc_error *err)
{
    char method[128];
    osi_row_note note = {0};
    osarc_finding row = r->blank;
    double muscle = voxels(s, &AMOUNTS[0]);
    const amount *fat = amount_of(r, IMAT_AMOUNT);
    double imat = voxels(s, fat);
    double whole = field(s, fat->whole) / (field(s, fat->whole) + s->muscle);
    row.quantity = "imat_fraction";
    row.unit = "1";
    name_method(method, sizeof(method), r, fat, isfinite(r->sums.muscle_hu - r->sums.fat_hu));
    row.method = method;
    if (!(muscle + imat > 0))
        return osi_row_refuse(r->findings, &row, "no muscle inside the fascia", err);
    row.value = imat / (imat + muscle);
    double half = half_voxels(r, s, fat, of_slice) / (imat + muscle);
    row.ci_low = fmax(0, row.value - half);
    row.ci_high = fmin(1, row.value + half);
    osi_limb_describe(&note, r, of_slice);
    osi_row_note_add(&note, 0, "by whole voxels of the window %s", osi_short(whole, 4).text);
    return osi_row_add(r->findings, &row, NAN, &note, err);
}

static osarc_status add_mean(osi_limb_rows *r, const char *quantity, const char *method, double n,
                             double sum, double squares, int of_slice, osarc_error *err)
{
    osi_row_note note = {0};
    osarc_finding row = r->blank;
    row.quantity = quantity;
    row.unit = "HU";
    row.method = method;
    if (n < 2)
        return osi_row_refuse(r->findings, &row, "too thin: no voxel lies away from its border",
                              err);
    row.value = sum / n;
    double variance = (squares - n * row.value * row.value) / (n - 1);
    osi_limb_describe(&note, r, of_slice);
    osi_limb_doubt_hu(&note, r);
    return osi_row_add(r->findings, &row,
                       squares > 0 ? OSI_Z_95 * sqrt(fmax(0, variance) / n) : NAN, &note, err);
}

static double mix(double lean_hu, double hu, double fat_hu)
{
    return fmin(1, fmax(0, (lean_hu - hu) / (lean_hu - fat_hu)));
}

/* Linear mixing of muscle without fat and the patient's own subcutaneous fat. */
static osarc_status add_fat_fraction(osi_limb_rows *r, const osi_limb_sum *s, int of_slice,
                                     osarc_error *err)
{
    osi_row_note note = {0};
    osarc_finding row = r->blank;
    row.quantity = "muscle_fat_fraction";
    row.unit = "1";
    row.method = "linear-mixing";
    if (!isfinite(r->sums.fat_hu))
        return osi_row_refuse(r->findings, &row,
                              "no subcutaneous fat thick enough to be the fat point", err);
    if (s->core < 2 || !(r->lean_hu - r->sums.fat_hu > 0))
        return osi_row_refuse(r->findings, &row, "too thin: no voxel lies away from its border",
                              err);
    double hu = s->core_hu / s->core;
    row.value = mix(r->lean_hu, hu, r->sums.fat_hu);
    row.ci_low = mix(r->lean_hu - r->lean_half_hu, hu, r->sums.fat_hu);
    row.ci_high = mix(r->lean_hu + r->lean_half_hu, hu, r->sums.fat_hu);
    osi_limb_describe(&note, r, of_slice);
    osi_limb_doubt_hu(&note, r);
    if (r->sums.fat_is_thin)
        osi_row_note_add(&note, 1, "subcutaneous fat is thin: its border may blur the fat point");
    osi_row_note_add(&note, hu > r->lean_hu + r->lean_half_hu,
                     "muscle %s HU, lean point %s +- %s HU, fat point %s HU (own subcutaneous fat)",
                     osi_short(hu, 1).text, osi_short(r->lean_hu, 1).text,
                     osi_short(r->lean_half_hu, 1).text, osi_short(r->sums.fat_hu, 1).text);
    return osi_row_add(r->findings, &row, NAN, &note, err);
}

static osarc_status add_set(osi_limb_rows *r, const osi_limb_sum *s, int of_slice, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(AMOUNTS) / sizeof(AMOUNTS[0]) && !status; i++)
        status = add_amount(r, s, amount_of(r, i), of_slice, err);
    if (!status)
        status = add_imat_fraction(r, s, of_slice, err);
    if (!status)
        status = add_mean(r, "muscle_attenuation", "core-mean", s->core, s->core_hu, s->core_hu2,
                          of_slice, err);
    if (!status)
        status = add_mean(r, "muscle_label_attenuation", "label-mean", s->label, s->label_hu, 0,
                          of_slice, err);
    if (!status)
        status = add_mean(r, "sat_attenuation", "core-mean", s->fat_core, s->fat_hu, s->fat_hu2,
                          of_slice, err);
    return status ? status : add_fat_fraction(r, s, of_slice, err);
}

osarc_status osi_limb_add_tissues(osi_limb_rows *r, osarc_error *err)
{
    const osarc_limb *limb = r->level->limb;
    r->blank.level = limb->is_mid_thigh ? "mid-thigh" : "mid-extent";
    osarc_status status = add_set(r, &r->sums.slice[limb->middle - limb->first], 1, err);
    r->blank.level = "extent";
    return status ? status : add_set(r, &r->sums.whole, 0, err);
}
