/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans of patients without a phantom: tables, mattresses, tubes and bones are none. */
#include <expect.h>

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include <osarc/density.h>
#include <osarc/dicom.h>
#include <osarc/segmentation.h>

static osarc_error err;

static void expect_none(const osarc_scan *scan, osarc_mask *tissue, const char *folder)
{
    osarc_calibration cal;
    EXPECT_OK(osarc_calibrate_phantom(&cal, osarc_scan_image(scan), tissue,
                                      osarc_scan_acquisition(scan), NULL, NULL, &err));
    cr_expect(eq(int, cal.rung, OSARC_RUNG_NONE), "%s taken for %s", folder, cal.model);
}

/* With the body labelled, and with nothing labelled, as where it was not found. */
static size_t look_at(const char *folder, int segment)
{
    char path[1024];
    const char *paths[1] = {path};
    osarc_catalogue *catalogue = NULL;
    size_t looked = 0;
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, folder);
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        osarc_scan *scan = NULL;
        osarc_mask *tissue = NULL;
        if (osarc_catalogue_series(catalogue, i)->decision != OSARC_DECISION_USABLE)
            continue;
        if (osarc_scan_read(&scan, catalogue, i, NULL, &err) != OSARC_OK)
            continue;
        const osarc_grid *grid = osarc_image_grid(osarc_scan_image(scan));
        EXPECT_OK(osarc_mask_create(&tissue, grid, &err));
        expect_none(scan, tissue, folder);
        osarc_mask_free(tissue);
        tissue = NULL;
        if (segment && osarc_segment_tissues(&tissue, NULL, osarc_scan_image(scan), NULL, NULL,
                                             &err) == OSARC_OK)
            expect_none(scan, tissue, folder);
        osarc_mask_free(tissue);
        osarc_scan_free(scan);
        looked++;
    }
    osarc_catalogue_free(catalogue);
    return looked;
}

Test(calibration_rod_real, takes_nothing_in_patients_for_a_phantom)
{
    static const struct {
        const char *folder;
        int segment; /* the small ones: labels of large ones take their time elsewhere */
    } SCANS[] = {{"ct_abdomen_pelvis", 0},   {"ct_two_studies", 1},   {"ct_spine_pelvis_3mm", 1},
                 {"ct_slab_tissues_3mm", 1}, {"ct_j2k_slab", 1},      {"ct_vertebra_pir", 1},
                 {"ct_thigh_a", 0},          {"ct_thigh_b", 1},       {"ct_femur_a", 0},
                 {"ct_femur_b", 0},          {"ct_chest_sharp", 1},   {"ct_tilted", 0},
                 {"ct_enhanced", 0},         {"transfer_syntaxes", 0}};
    if (access(OSARC_REAL_DATA, R_OK) != 0) {
        printf("skipped: no real scans at %s\n", OSARC_REAL_DATA);
        return;
    }
    size_t looked = 0;
    for (size_t i = 0; i < sizeof(SCANS) / sizeof(SCANS[0]); i++)
        looked += look_at(SCANS[i].folder, SCANS[i].segment);
    cr_expect(ge(sz, looked, 12));
}
