/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/attenuation.h>
#include <osi/fail.h>

#define SAME_GRID_MM 0.01

/*
 * Muscle without fat: 1.06 g/cm3 (Mendez 1960, Metabolism 9:184) of the composition of ICRU
 * report 44. The interval holds the 49 HU of lean subjects (Goodpaster 2000, J Appl Physiol
 * 89:104).
 */
#define LEAN_G_CM3   1.06
#define LEAN_HALF_HU 6.0
#define KVP_ASSUMED  120.0

static const char *const SLICE_ROWS[][2] = {
    {"muscle_area", "cm2"},       {"sat_area", "cm2"},          {"imat_area", "cm2"},
    {"imat_fraction", "1"},       {"muscle_attenuation", "HU"}, {"muscle_fat_fraction", "1"},
    {"compact_bone_area", "cm2"}, {"muscle_volume", "cm3"},     {"sat_volume", "cm3"},
    {"imat_volume", "cm3"},
};

void osi_limb_doubt_hu(osi_row_note *note, const osi_limb_rows *r)
{
    const osarc_acquisition *a = r->context->acquisition;
    if (!a)
        return;
    if (a->contrast == OSARC_CONTRAST_GIVEN)
        osi_row_note_add(note, 1, "contrast was given: attenuation is raised where it goes");
    if (!isfinite(a->kvp))
        osi_row_note_add(note, 1, "tube voltage not known: windows are for 120 kVp");
    else if (fabs(a->kvp - KVP_ASSUMED) > 0.5)
        osi_row_note_add(note, 1, "%s kVp: windows are for 120 kVp", osi_short(a->kvp, 0).text);
    if (osarc_kernel_is_sharp(a->manufacturer, a->kernel))
        osi_row_note_add(note, 1, "a sharp kernel: noise and edges are raised");
}

/* Head-foot position of a slice, LPS. */
static double slice_z_mm(const osi_limb_rows *r, size_t slice)
{
    const osarc_grid *grid = osarc_image_grid(r->in->image);
    double ijk[3];
    double lps[3];
    for (int a = 0; a < 3; a++)
        ijk[a] = ((double) grid->size[a] - 1) / 2;
    ijk[r->level->limb->axis] = (double) slice;
    osarc_grid_position_mm(grid, ijk, lps);
    return lps[2];
}

void osi_limb_describe(osi_row_note *note, const osi_limb_rows *r, int of_slice)
{
    const osarc_limb *limb = r->level->limb;
    const osi_limb_sum *s = of_slice ? &r->sums.slice[limb->middle - limb->first] : &r->sums.whole;
    double to_cm = of_slice ? r->pixel_mm2 / 100 : r->pixel_mm2 * r->slice_mm / 1000;
    if (r->context->warnings && r->context->warnings[0])
        osi_row_note_add(note, 1, "%s", r->context->warnings);
    if (of_slice)
        osi_row_note_add(note, 0, "slice at z %s mm, %s",
                         osi_short(slice_z_mm(r, limb->middle), 1).text,
                         limb->is_mid_thigh ? "half-way along the femur"
                                            : "in the middle of what is measured: the femur is not "
                                              "whole in view");
    if (limb->is_mid_thigh)
        osi_row_note_add(note, 0, "femur of %s mm", osi_short(limb->femur_mm, 0).text);
    osi_row_note_add(note, 0, "extent z %s to %s mm, along the shaft of the femur",
                     osi_short(slice_z_mm(r, limb->first), 1).text,
                     osi_short(slice_z_mm(r, limb->last), 1).text);
    if (limb->slices_cut)
        osi_row_note_add(note, 0, "%zu slices more that the edge of the view cuts are left out",
                         limb->slices_cut);
    if (limb->slices_joined)
        osi_row_note_add(note, 0, "%zu slices more that are joined to the trunk are left out",
                         limb->slices_joined);
    osi_row_note_add(note, limb->side == OSARC_SIDE_UNKNOWN, "side: %s", limb->side_from);
    double out = s->out_muscle + s->out_imat + s->out_sat + s->out_other;
    if (out > 0)
        osi_row_note_add(
            note, 1,
            "left out by the mask given: %s %s (of it muscle %s, intermuscular fat %s, "
            "subcutaneous fat %s)",
            osi_short(out * to_cm, 2).text, of_slice ? "cm2" : "cm3",
            osi_short(s->out_muscle * to_cm, 2).text, osi_short(s->out_imat * to_cm, 2).text,
            osi_short(s->out_sat * to_cm, 2).text);
}

static void find_lean(osi_limb_rows *r)
{
    const osarc_acquisition *a = r->context->acquisition;
    double kvp = a && isfinite(a->kvp) ? a->kvp : KVP_ASSUMED;
    double kev = osarc_effective_energy_kev(kvp);
    r->lean_hu = r->in->lean_hu;
    r->lean_half_hu = r->in->lean_half_hu;
    if (isfinite(r->lean_hu) && r->lean_hu != 0)
        return;
    double water = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, kev);
    double muscle = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_MUSCLE, kev);
    r->lean_hu = 1000 * (LEAN_G_CM3 * muscle / water - 1);
    r->lean_half_hu = LEAN_HALF_HU;
}

static osarc_status refuse_limb(osi_limb_rows *r, osarc_error *err)
{
    const osarc_limb *limb = r->level->limb;
    osi_row_note note = {0};
    osarc_status status = OSARC_OK;
    if (limb->share_in_view < 1)
        osi_row_note_add(&note, 1, "%s: about %s %% of its cross-section in view", limb->refused,
                         osi_short(100 * limb->share_in_view, 0).text);
    else
        osi_row_note_add(&note, 1, "%s", limb->refused);
    osi_row_note_add(&note, 1, "side: %s", limb->side_from);
    for (size_t i = 0; i < sizeof(SLICE_ROWS) / sizeof(SLICE_ROWS[0]) && !status; i++) {
        osarc_finding row = r->blank;
        row.quantity = SLICE_ROWS[i][0];
        row.unit = SLICE_ROWS[i][1];
        status = osi_row_refuse(r->findings, &row, note.text, err);
    }
    return status;
}

static osarc_status check(const osarc_limb_input *in, osarc_error *err)
{
    if (osarc_image_unit(in->image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "limbs are measured in HU, the image has another unit");
    const osarc_grid *grid = osarc_image_grid(in->image);
    if (!osarc_grid_same(grid, osarc_mask_grid(in->codes), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image and codes lie on different grids");
    for (size_t n = 0; n < in->level_count; n++) {
        const osarc_limb *limb = in->levels[n].limb;
        if (limb->refused[0])
            continue;
        if (limb->axis < 0 || limb->axis > 2 || limb->first > limb->middle ||
            limb->middle > limb->last || limb->last >= grid->size[limb->axis])
            return osi_fail(err, OSARC_ERR_ARGUMENT,
                            "limb %zu has slices %zu, %zu, %zu that the grid does not have", n,
                            limb->first, limb->middle, limb->last);
    }
    return OSARC_OK;
}

/* Lean mass of arms and legs needs all four whole: what is in view is told. */
static osarc_status refuse_alm(osarc_findings *findings, const osarc_measure_context *context,
                               const osarc_limb_input *in, osarc_error *err)
{
    char why[256];
    size_t thighs = 0;
    double mm = 0;
    for (size_t n = 0; n < in->level_count; n++) {
        const osarc_limb *limb = in->levels[n].limb;
        if (limb->refused[0])
            continue;
        thighs++;
        mm += (double) (limb->last - limb->first + 1) *
              osarc_image_grid(in->image)->spacing_mm[limb->axis];
    }
    snprintf(why, sizeof(why),
             "needs both arms and both legs whole in view: measured are %zu of 2 thighs, %s mm "
             "together, no lower leg and no arm",
             thighs, osi_short(mm, 0).text);
    osarc_finding row = osi_row_blank(context);
    row.site = "whole_body";
    row.level = "total";
    row.quantity = "alm";
    row.unit = "kg";
    row.method = "ct";
    return osi_row_refuse(findings, &row, why, err);
}

osarc_status osarc_measure_limbs(osarc_findings *findings, const osarc_measure_context *context,
                                 const osarc_limb_input *input, osarc_error *err)
{
    if (!findings || !context || !input || !input->image || !input->codes ||
        (input->level_count && !input->levels))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, image and codes are needed");
    osarc_status status = check(input, err);
    const osarc_grid *grid = osarc_image_grid(input->image);
    for (size_t n = 0; n < input->level_count && !status; n++) {
        osi_limb_rows r = {.findings = findings,
                           .context = context,
                           .in = input,
                           .level = &input->levels[n],
                           .blank = osi_row_blank(context)};
        const osarc_limb *limb = r.level->limb;
        r.blank.site = "thigh";
        r.blank.side = osarc_side_name(limb->side);
        if (limb->refused[0]) {
            status = refuse_limb(&r, err);
            continue;
        }
        snprintf(r.table, sizeof(r.table), "hu-windows %s",
                 input->windows ? input->windows->name : osarc_hu_table_default().name);
        r.slice_mm = grid->spacing_mm[limb->axis];
        r.pixel_mm2 = osarc_grid_voxel_mm3(grid) / r.slice_mm;
        find_lean(&r);
        status = osi_limb_sums_read(&r.sums, input->image, input->codes, limb, input->windows,
                                    input->threads, err);
        if (!status)
            status = osi_limb_add_tissues(&r, err);
        if (!status)
            status = osi_limb_add_femur(&r, err);
        osi_limb_sums_free(&r.sums);
    }
    if (!status && input->level_count)
        status = refuse_alm(findings, context, input, err);
    return status;
}
