/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans of real scanners. They are not part of the project: without them each test prints a line.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "make_dicom.h"

static osarc_error err;
static osarc_catalogue *catalogue;

static const char *real(const char *name)
{
    static char path[512];
    struct stat info;
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    if (stat(path, &info) == 0)
        return path;
    printf("%s is not at hand: not tested\n", name);
    return NULL;
}

static int look(const char *name)
{
    const char *path = real(name);
    if (path)
        EXPECT_OK(osarc_catalogue_read(&catalogue, &path, 1, NULL, &err));
    return path != NULL;
}

typedef struct wanted_row {
    const char *folder;
    const char *reason;
    size_t count;  /**< Rows of that reason. */
    size_t files;  /**< In the first of them. */
    size_t slices; /**< When usable. */
} wanted_row;

/* What the folders hold, as their owners describe them. */
static const wanted_row ROWS[] = {
    {"ct_abdomen_pelvis", "usable", 1, 99, 99},
    {"ct_two_studies", "usable", 2, 10, 10},
    {"ct_j2k_slab", "usable", 1, 20, 20},
    {"ct_j2k_slab", "label_map", 1, 1, 0},
    {"ct_chest_sharp", "usable", 1, 16, 16},
    {"ct_thigh_a", "usable", 1, 114, 114},
    {"ct_thigh_a", "rtstruct", 1, 1, 0},
    {"ct_thigh_b", "usable", 1, 74, 74},
    {"ct_femur_a", "usable", 1, 84, 84},
    {"ct_femur_b", "usable", 1, 97, 97},
    {"ct_tilted", "usable", 1, 20, 20},
    {"ct_tilted", "localizer", 1, 1, 0},
    {"ct_tilted", "secondary_capture", 1, 5, 0},
    {"ct_enhanced", "derived_map", 1, 1, 0}, /* a map of blood volume */
    {"dxa_lunar", "dxa", 3, 1, 0},           /* a row for each view */
    {"malformed", "localizer", 1, 1, 0},
    {"malformed", "mr", 1, 2, 0},
    {"malformed", "document", 2, 1, 0},
    {"malformed", "not_dicom", 1, 1, 0},
};

Test(dicom_real, decides_as_the_folders_are_described)
{
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        if (!look(ROWS[i].folder))
            continue;
        size_t count = 0;
        const osarc_series *first = NULL;
        for (size_t r = 0; r < osarc_catalogue_series_count(catalogue); r++) {
            const osarc_series *row = osarc_catalogue_series(catalogue, r);
            if (strcmp(row->reason, ROWS[i].reason) != 0)
                continue;
            first = first ? first : row;
            count++;
        }
        cr_expect(eq(sz, count, ROWS[i].count), "%s: %s", ROWS[i].folder, ROWS[i].reason);
        cr_assert(first != NULL, "%s: %s", ROWS[i].folder, ROWS[i].reason);
        cr_expect(eq(sz, first->file_count, ROWS[i].files), "%s: %s", ROWS[i].folder,
                  ROWS[i].reason);
        cr_expect(eq(sz, first->grid.size[2], ROWS[i].slices), "%s", ROWS[i].folder);
        osarc_catalogue_free(catalogue);
    }
}

/* The scan of the first usable row. */
static osarc_scan *read_first(const char *path)
{
    osarc_scan *scan = NULL;
    EXPECT_OK(osarc_catalogue_read(&catalogue, &path, 1, NULL, &err));
    size_t row = 0;
    while (osarc_catalogue_series(catalogue, row) &&
           osarc_catalogue_series(catalogue, row)->decision != OSARC_DECISION_USABLE)
        row++;
    EXPECT_OK(osarc_scan_read(&scan, catalogue, row, NULL, &err));
    osarc_catalogue_free(catalogue);
    return scan;
}

static int has_note(const osarc_scan *scan, const char *code)
{
    const osarc_notes *notes = osarc_scan_notes(scan);
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return 1;
    return 0;
}

Test(dicom_real, reads_one_slice_alike_from_every_lossless_transfer_syntax)
{
    static const char *const LOSSLESS[] = {
        "BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2",
        "DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99",
        "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90",
        "JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80",
        "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70",
        "JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57",
        "LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1",
        "LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2",
        "RLELosslessTransferSyntax_1.2.840.10008.1.2.5",
    };
    const char *path = real("transfer_syntaxes/CTImage.dcm");
    if (!path)
        return;
    osarc_scan *plain = read_first(path);
    for (size_t i = 0; i < sizeof(LOSSLESS) / sizeof(LOSSLESS[0]); i++) {
        char name[256];
        snprintf(name, sizeof(name), "transfer_syntaxes/CTImage.dcm_%s.dcm", LOSSLESS[i]);
        osarc_scan *scan = read_first(real(name));
        cr_expect(memcmp(osarc_image_stored(osarc_scan_image(scan)),
                         osarc_image_stored(osarc_scan_image(plain)), 512 * 512 * 2) == 0,
                  "%s", LOSSLESS[i]);
        cr_expect(not(has_note(scan, "lossy_compression")), "%s", LOSSLESS[i]);
        osarc_scan_free(scan);
    }
    osarc_scan_free(plain);
}

Test(dicom_real, reads_lossy_transfer_syntaxes_with_a_warning)
{
    static const char *const LOSSY[] = {
        "JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91",
        "JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81",
        "JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50",
        "JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51",
        "JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53",
        "JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55",
    };
    const char *path = real("transfer_syntaxes/CTImage.dcm");
    if (!path)
        return;
    osarc_scan *plain = read_first(path);
    for (size_t i = 0; i < sizeof(LOSSY) / sizeof(LOSSY[0]); i++) {
        char name[256];
        snprintf(name, sizeof(name), "transfer_syntaxes/CTImage.dcm_%s.dcm", LOSSY[i]);
        osarc_scan *scan = read_first(real(name));
        double sum = 0;
        size_t count = 0;
        for (size_t v = 0; v < 512 * 512; v++) {
            double difference = osarc_image_value(osarc_scan_image(scan), v) -
                                osarc_image_value(osarc_scan_image(plain), v);
            if (isfinite(difference)) {
                sum += fabs(difference);
                count++;
            }
        }
        /* the coarsest of them keeps 8 bits: steps of 32.1 HU */
        cr_expect(lt(dbl, sum / (double) count, 32.2), "%s", LOSSY[i]);
        cr_expect(gt(sz, count, (size_t) 512 * 512 / 2), "%s", LOSSY[i]);
        cr_expect(has_note(scan, "lossy_compression"), "%s", LOSSY[i]);
        osarc_scan_free(scan);
    }
    osarc_scan_free(plain);
}

Test(dicom_real, corrects_the_tilt_the_header_states)
{
    const char *path = real("ct_tilted");
    if (!path)
        return;
    osarc_scan *scan = read_first(path);
    const osarc_grid *grid = osarc_image_grid(osarc_scan_image(scan));
    /* GantryDetectorTilt says -18.5; positions have seven digits */
    cr_expect(epsilon_eq(dbl, osarc_scan_acquisition(scan)->tilt_deg, -18.5, 0.001));
    cr_expect(epsilon_eq(dbl, grid->spacing_mm[2], 2.5 * cos(18.5 / 57.29577951), 0.001));
    cr_expect(has_note(scan, "tilt_corrected"));
    osarc_scan_free(scan);
}

Test(dicom_real, knows_the_padding_outside_the_scanned_circle)
{
    const char *path = real("ct_abdomen_pelvis");
    if (!path)
        return;
    osarc_scan *scan = read_first(path);
    const osarc_image *image = osarc_scan_image(scan);
    const osarc_grid *grid = osarc_image_grid(image);
    size_t middle = 50 * 512 * 512;
    cr_expect(isnan(osarc_image_value(image, middle)));
    cr_expect(isnan(osarc_image_value(image, middle + 512 * 512 - 1)));
    cr_expect(not(isnan(osarc_image_value(image, middle + 256 * 512))));
    cr_expect(gt(dbl, osarc_image_value(image, middle + 256 * 512 + 256), -200.0));
    cr_expect(epsilon_eq(dbl, grid->spacing_mm[2], 4.25, 1e-6));
    cr_expect(eq(dbl, osarc_scan_acquisition(scan)->age_years, 49));
    cr_expect(eq(dbl, osarc_scan_acquisition(scan)->weight_kg, 87));
    cr_expect(isnan(osarc_scan_acquisition(scan)->height_m));
    cr_expect(osarc_scan_acquisition(scan)->sex == OSARC_SEX_FEMALE);
    osarc_scan_free(scan);
}

Test(dicom_real, knows_contrast_that_is_tagged)
{
    const char *path = real("ct_j2k_slab");
    if (!path)
        return;
    osarc_scan *scan = read_first(path);
    cr_expect(osarc_scan_acquisition(scan)->contrast == OSARC_CONTRAST_GIVEN);
    osarc_scan_free(scan);
}

Test(dicom_real, refuses_a_label_map_that_is_given_as_a_scan)
{
    osarc_scan *scan = (osarc_scan *) -1;
    if (!look("ct_spine_pelvis_3mm/labels_total.nii.gz"))
        return;
    cr_expect(eq(str, (char *) osarc_catalogue_series(catalogue, 0)->reason, "label_map"));
    EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 0, NULL, &err), OSARC_ERR_ARGUMENT);
    cr_expect(scan == NULL);
    osarc_catalogue_free(catalogue);
}

Test(dicom_real, reads_a_nifti_scan_and_says_what_it_does_not_know)
{
    const char *path = real("ct_spine_pelvis_3mm/ct.nii.gz");
    if (!path)
        return;
    osarc_scan *scan = read_first(path);
    cr_expect(eq(sz, osarc_image_grid(osarc_scan_image(scan))->size[2], (size_t) 112));
    cr_expect(has_note(scan, "no_patient_facts"));
    osarc_scan_free(scan);
}

/* Every malformed file alone: a row with words, and a scan or a refusal with words. */
Test(dicom_real, ends_every_malformed_file_in_words)
{
    const char *path = real("malformed");
    DIR *folder = path ? opendir(path) : NULL;
    const struct dirent *entry;
    char base[512] = "";
    snprintf(base, sizeof(base), "%.400s", path ? path : "");
    while (folder && (entry = readdir(folder)) != NULL) {
        char name[800];
        const char *file = name;
        osarc_scan *scan = NULL;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "%s/%s", base, entry->d_name);
        EXPECT_OK(osarc_catalogue_read(&catalogue, &file, 1, NULL, &err));
        cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 1));
        const osarc_series *row = osarc_catalogue_series(catalogue, 0);
        cr_expect(row->text[0] && row->reason[0] && row->description[0], "%s", entry->d_name);
        if (row->decision == OSARC_DECISION_USABLE)
            EXPECT_OK(osarc_scan_read(&scan, catalogue, 0, NULL, &err));
        osarc_scan_free(scan);
        osarc_catalogue_free(catalogue);
    }
    if (folder)
        closedir(folder);
}

/* A file cut to a share of its length must never give a scan, and never crash. */
static void cut_everywhere(const char *name, size_t steps)
{
    const char *path = real(name);
    uint8_t *bytes = NULL;
    size_t size;
    if (!path)
        return;
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 24, &err));
    const char *folder = make_folder();
    for (size_t i = 0; i < steps; i++) {
        osarc_scan *scan = NULL;
        /* lengths close together in the header, far apart in the pixels */
        size_t keep = i < steps / 2 ? i * 347 : size * (i - steps / 2) / (steps - steps / 2);
        save(folder, "cut", bytes, keep < size ? keep : size - 1);
        EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
        cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 1));
        if (osarc_catalogue_series(catalogue, 0)->decision == OSARC_DECISION_USABLE)
            EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 0, NULL, &err), OSARC_ERR_FORMAT);
        osarc_catalogue_free(catalogue);
    }
    remove_folder(folder);
    osi_free(bytes);
}

Test(dicom_real, never_makes_a_scan_of_a_slice_cut_short)
{
    cut_everywhere("ct_abdomen_pelvis/1-100.dcm", 40);
    cut_everywhere(
        "transfer_syntaxes/CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm", 30);
    cut_everywhere(
        "transfer_syntaxes/CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm",
        30);
    cut_everywhere(
        "transfer_syntaxes/CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm",
        30);
    cut_everywhere("transfer_syntaxes/"
                   "CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm",
                   20);
    cut_everywhere(
        "transfer_syntaxes/"
        "CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99."
        "dcm",
        30);
}
