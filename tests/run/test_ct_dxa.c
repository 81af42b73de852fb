/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <osarc/dicom.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_phantom.h>
#include <osarc/dxa_regions.h>
#include <osarc/measure_dxa.h>
#include <osarc/segmentation.h>

#include "ct_dxa.h"

#define BEAMS "38/76"

/* ct_abdomen_pelvis, by eye: the spine's middle and those of the bodies of L1 to L5. */
#define MIDDLE_MM (-12.0)
static const double MIDDLE_OF_MM[] = {-561.5, -595.5, -629.5, -667.8, -701.8};

enum {
    L5 = 27,
    L4 = 28,
    L1 = 31
};

static osarc_error err = OSARC_ERROR_INIT;

typedef struct side_by_side {
    ct_view view;
    osarc_dxa_maps own, seen;
    osarc_dxa_spine spine;
} side_by_side;

static osarc_scan *read_scan(const char *name)
{
    char path[200];
    const char *const paths[] = {path};
    osarc_catalogue *catalogue = NULL;
    osarc_scan *scan = NULL;
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    if (access(path, R_OK) != 0) {
        printf("skipped: %s is not here\n", name);
        return NULL;
    }
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    EXPECT_OK(osarc_scan_read(&scan, catalogue, 0, NULL, &err));
    osarc_catalogue_free(catalogue);
    return scan;
}

static void calibrate(osarc_dxa_calibration *out)
{
    osarc_dxa_phantom *wedge = NULL;
    osarc_dxa_phantom_options options = {.beams = BEAMS, .wedge = "ha-pe"};
    EXPECT_OK(osarc_dxa_phantom_create(&wedge, "dxa-wedge", &options, &err));
    EXPECT_OK(osarc_dxa_calibrate(out, osarc_dxa_phantom_pair(wedge),
                                  osarc_dxa_wedge_find(options.wedge), NULL, &err));
    osarc_dxa_phantom_free(wedge);
}

static osarc_dxa_pair *expose(const ct_view *view, const osarc_dxa_calibration *calibration)
{
    osarc_dxa_facts facts;
    osarc_dxa_pair *pair = NULL;
    const osarc_beam_pair *beams = osarc_beam_pair_find(BEAMS);
    osarc_dxa_facts_init(&facts);
    facts.view = OSARC_DXA_VIEW_SPINE;
    facts.is_log = 1;
    facts.columns = view->columns;
    facts.rows = view->rows;
    for (int e = 0; e < 2; e++) {
        facts.spacing_mm[e] = view->spacing_mm[e];
        facts.kvp[e] = beams->beams[e].high_kev;
        facts.air[e] = 0; /* as the file beside the images states it: the body fills the view */
    }
    snprintf(facts.acquisition.manufacturer, sizeof(facts.acquisition.manufacturer), "%s",
             calibration->manufacturer);
    snprintf(facts.acquisition.model, sizeof(facts.acquisition.model), "%s",
             calibration->device_model);
    snprintf(facts.acquisition.device_serial, sizeof(facts.acquisition.device_serial), "%s",
             calibration->device_serial);
    EXPECT_OK(osarc_dxa_pair_create(&pair, &facts, &err));
    for (int e = 0; e < 2; e++)
        ct_expose(osarc_dxa_pair_fill(pair, (osarc_dxa_energy) e), view, &beams->beams[e]);
    return pair;
}

static void make_views(side_by_side *s, const osarc_scan *scan, const osarc_mask *tissue,
                       const osarc_dxa_calibration *calibration, double top_mm, double bottom_mm)
{
    memset(s, 0, sizeof(*s));
    ct_project(&s->view, osarc_scan_image(scan), tissue, MIDDLE_MM, 80, top_mm, bottom_mm);
    osarc_dxa_pair *pair = expose(&s->view, calibration);
    osarc_notes *notes = NULL;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(osarc_dxa_maps_make(&s->seen, pair, calibration, notes, NULL, &err));
    for (size_t i = 0; i < osarc_notes_count(notes); i++) /* ribs and crests slant, but stay */
        cr_expect(ne(str, (char *) osarc_notes_at(notes, i)->code, "motion"));
    osarc_notes_free(notes);
    osarc_dxa_pair_free(pair);
    ct_own_maps(&s->own, &s->view);
    const osarc_dxa_picture picture = {
        .bone = s->seen.bone_g_cm2,
        .columns = s->seen.columns,
        .rows = s->seen.rows,
        .spacing_mm = {s->seen.spacing_mm[0], s->seen.spacing_mm[1]}};
    EXPECT_OK(osarc_dxa_spine_find(&s->spine, &picture, &err));
}

static void drop_views(side_by_side *s)
{
    osarc_dxa_spine_free(&s->spine);
    osarc_dxa_maps_free(&s->seen);
    osarc_dxa_maps_free(&s->own);
    osi_free(s->view.g_cm2);
}

static osarc_mask *segment(const osarc_scan *scan)
{
    osarc_mask *tissue = NULL;
    EXPECT_OK(osarc_segment_tissues(&tissue, NULL, osarc_scan_image(scan), NULL, NULL, &err));
    return tissue;
}

/* Names that are given are right, by places in the volume that were found by eye. Half a vertebra
 * is 17 mm; the places are good to 4 mm and the slices 4.25 mm apart. */
static int expect_right_names(const side_by_side *s, double top_mm)
{
    int seen = 0;
    for (size_t i = 0; i < s->spine.count; i++) {
        const osarc_dxa_vertebra *v = &s->spine.vertebrae[i];
        if (v->label < L5 || v->label > L1)
            continue;
        double down = (v->above[0][1] + v->above[1][1] + v->below[0][1] + v->below[1][1]) / 4;
        double off = top_mm - ROW_MM / 2 - down - MIDDLE_OF_MM[L1 - v->label];
        cr_expect(lt(dbl, fabs(off), 8.0), "label %d", v->label);
        seen |= 1 << (L1 - v->label);
    }
    return seen;
}

/* DXA and CT meet in one measure: within 5 % for L1 to L4 together. The tissue in front of bone is
 * not the tissue beside it (lung and liver above, bowel below), so single levels get 8 %. */
Test(run_ct_dxa, sees_the_mineral_that_the_volume_projects)
{
    osarc_scan *scan = read_scan("ct_abdomen_pelvis");
    if (!scan)
        return;
    osarc_mask *tissue = segment(scan);
    osarc_dxa_calibration calibration;
    side_by_side s;
    double sums[2][2] = {{0}};
    calibrate(&calibration);
    make_views(&s, scan, tissue, &calibration, -490, -746); /* T12 to the iliac crests */
    cr_expect(eq(str, s.spine.refused, ""));
    cr_expect(eq(int, expect_right_names(&s, -490) & 0xF, 0xF), "L1 to L4");
    for (uint8_t label = L4; label <= L1; label++) {
        osarc_dxa_bone seen;
        osarc_dxa_bone own;
        EXPECT_OK(osarc_dxa_bone_measure(&seen, &s.seen, s.spine.labels, label, &err));
        EXPECT_OK(osarc_dxa_bone_measure(&own, &s.own, s.spine.labels, label, &err));
        printf("L%d: %.3f g/cm2 seen, %.3f projected (%+.1f %%)\n", L1 - label + 1, seen.abmd_g_cm2,
               own.abmd_g_cm2, 100 * (seen.abmd_g_cm2 / own.abmd_g_cm2 - 1));
        cr_expect(epsilon_eq(dbl, seen.abmd_g_cm2 / own.abmd_g_cm2, 1, 0.08));
        sums[0][0] += seen.bmc_g;
        sums[0][1] += seen.area_cm2;
        sums[1][0] += own.bmc_g;
        sums[1][1] += own.area_cm2;
    }
    double both[2] = {sums[0][0] / sums[0][1], sums[1][0] / sums[1][1]};
    printf("L1-L4: %.3f g/cm2 seen, %.3f projected (%+.1f %%)\n", both[0], both[1],
           100 * (both[0] / both[1] - 1));
    cr_expect(epsilon_eq(dbl, both[0] / both[1], 1, 0.05));
    drop_views(&s);
    osarc_mask_free(tissue);
    osarc_scan_free(scan);
}

/* Views that begin and end elsewhere are named rightly or not at all. */
Test(run_ct_dxa, names_no_vertebra_wrongly_wherever_the_view_ends)
{
    static const double TOPS_MM[] = {-430, -470, -515, -530};
    static const double BOTTOMS_MM[] = {-846, -786, -766, -740, -716};
    osarc_scan *scan = read_scan("ct_abdomen_pelvis");
    if (!scan)
        return;
    osarc_mask *tissue = segment(scan);
    osarc_dxa_calibration calibration;
    int named = 0;
    calibrate(&calibration);
    for (size_t t = 0; t < sizeof(TOPS_MM) / sizeof(TOPS_MM[0]); t++)
        for (size_t b = 0; b < sizeof(BOTTOMS_MM) / sizeof(BOTTOMS_MM[0]); b++) {
            side_by_side s;
            make_views(&s, scan, tissue, &calibration, TOPS_MM[t], BOTTOMS_MM[b]);
            int seen = expect_right_names(&s, TOPS_MM[t]);
            printf("%g to %g: %x %s\n", TOPS_MM[t], BOTTOMS_MM[b], seen, s.spine.refused);
            named += seen != 0;
            drop_views(&s);
        }
    printf("%d of 20 views named\n", named);
    cr_expect(ge(int, named, 6), "views that hold T12 and both crests");
    osarc_mask_free(tissue);
    osarc_scan_free(scan);
}
