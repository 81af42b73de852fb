/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/selftest.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osarc/calibration.h>
#include <osarc/dicom.h>
#include <osarc/measure.h>
#include <osarc/segmentation.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

/* Differences of whole HU are known to half a HU, and some neighbours are unlike tissues. */
#define NOISE_ROUNDING_HU 0.5
#define NOISE_SHARE       0.1
static const char NOISE_REASON[] = "half a HU of rounding, and 10 % for neighbours that differ";

typedef struct selftest_case {
    const char *name;
    const char *kind;
    osarc_phantom_options options;
    int through_files;
} selftest_case;

static const selftest_case CASES[] = {
    {"abdomen", "abdomen", {.pixel_mm = 1}, 0},
    {"thigh", "thigh", {.pixel_mm = 1}, 0},
    {"abdomen, sagittal slices, feet first, prone, in a blanket",
     "abdomen",
     {.plane = OSARC_PLANE_SAGITTAL, .feet_first = 1, .prone = 1, .blanket = 1},
     0},
    {"abdomen, contrast, 100 kV, padded view, on the table, through DICOM files",
     "abdomen",
     {.kvp = 100, .slice_mm = 1.25, .circle_padding = 1, .table_touches = 1, .contrast = 1},
     1},
    {"thigh, noise of 10 HU", "thigh", {.noise_sd_hu = 10, .seed = 1}, 0},
};
#define CASE_COUNT (sizeof(CASES) / sizeof(CASES[0]))

struct osarc_selftest {
    osarc_selftest_row *rows;
    size_t count;
    size_t room;
};

static osarc_status add_row(osarc_selftest *test, osarc_selftest_row row, osarc_error *err)
{
    if (test->count == test->room) {
        size_t room = test->room ? 2 * test->room : 64;
        osarc_selftest_row *rows = osi_realloc(test->rows, room, sizeof(*rows), err);
        if (!rows)
            return OSARC_ERR_MEMORY;
        test->rows = rows;
        test->room = room;
    }
    row.ok = fabs(row.measured - row.truth) <= row.tolerance;
    test->rows[test->count++] = row;
    return OSARC_OK;
}

static const osarc_finding *find_row(const osarc_findings *findings, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++)
        if (strcmp(osarc_findings_at(findings, i)->quantity, quantity) == 0)
            return osarc_findings_at(findings, i);
    return NULL;
}

static osarc_status compare(osarc_selftest *test, const selftest_case *one,
                            const osarc_phantom *phantom, const osarc_findings *findings,
                            osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *truth = osarc_phantom_truth(phantom, i);
        const osarc_finding *row = find_row(findings, truth->quantity);
        if (row)
            status = add_row(test,
                             (osarc_selftest_row){one->name, truth->quantity, truth->tissue,
                                                  row->value, truth->value, truth->unit,
                                                  truth->tolerance, truth->tolerance_reason, 0},
                             err);
    }
    double noise_hu = one->options.noise_sd_hu;
    const osarc_finding *row = find_row(findings, "image_noise");
    if (!status && noise_hu > 0)
        status = add_row(
            test,
            (osarc_selftest_row){one->name, "image_noise", "", row ? row->value : NAN, noise_hu,
                                 "HU", NOISE_ROUNDING_HU + NOISE_SHARE * noise_hu, NOISE_REASON, 0},
            err);
    return status;
}

static osarc_status measure(osarc_selftest *test, const selftest_case *one,
                            const osarc_phantom *phantom, const osarc_image *image,
                            const osarc_acquisition *acquisition, int threads, osarc_error *err)
{
    osarc_mask *tissue = NULL;
    osarc_findings *findings = NULL;
    osarc_segment_report seen;
    osarc_hu_check check = {NAN, NAN, NAN, NAN, NAN};
    osarc_segment_options segment = {
        .threads = threads, .contrast_given = acquisition->contrast == OSARC_CONTRAST_GIVEN};
    osarc_measure_context context = {one->name, acquisition, NULL};
    osarc_status status = osarc_segment_tissues(&tissue, &seen, image, NULL, &segment, err);
    if (!status)
        status = osarc_hu_check_read(&check, image, tissue, NULL, threads, err);
    if (!status)
        status = osarc_findings_create(&findings, err);
    if (!status)
        status = osarc_measure_tissues(findings, &context, image, tissue, check.noise_sd_hu,
                                       seen.body_cut_fraction, threads, err);
    if (!status)
        status = compare(test, one, phantom, findings, err);
    osarc_findings_free(findings);
    osarc_mask_free(tissue);
    return status;
}

/* Voxels that did not come back from files as they went. */
static osarc_status compare_images(osarc_selftest *test, const selftest_case *one,
                                   const osarc_image *sent, const osarc_image *back,
                                   osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(sent);
    size_t count = osarc_grid_count(grid);
    size_t changed = 0;
    if (!osarc_grid_same(grid, osarc_image_grid(back), 1e-3))
        changed = count;
    for (size_t i = 0; !changed && i < count; i++) {
        double was = osarc_image_value(sent, i);
        double is = osarc_image_value(back, i);
        changed += was != is && !(isnan(was) && isnan(is));
    }
    return add_row(test,
                   (osarc_selftest_row){one->name, "voxels_changed", "", (double) changed, 0, "1",
                                        0, "files keep every value", 0},
                   err);
}

static osarc_status read_first(osarc_scan **out, const char *folder, int threads, osarc_error *err)
{
    osarc_catalogue *catalogue = NULL;
    osarc_read_options options = {.threads = threads};
    osarc_status status = osarc_catalogue_read(&catalogue, &folder, 1, &options, err);
    if (!status)
        status = osarc_scan_read(out, catalogue, 0, &options, err);
    osarc_catalogue_free(catalogue);
    return status;
}

static osarc_status measure_through_files(osarc_selftest *test, const selftest_case *one,
                                          const osarc_phantom *phantom,
                                          const osarc_selftest_options *o, osarc_error *err)
{
    const char *parent = o->folder ? o->folder : getenv("TMPDIR");
    char folder[512];
    int size = snprintf(folder, sizeof(folder), "%s/osarc-selftest-XXXXXX",
                        parent && parent[0] ? parent : "/tmp");
    if (size < 0 || (size_t) size >= sizeof(folder) || !mkdtemp(folder))
        return osi_fail(err, OSARC_ERR_IO, "%s: no temporary folder can be made there",
                        parent && parent[0] ? parent : "/tmp");
    osarc_scan *scan = NULL;
    osarc_status status = osarc_phantom_write(folder, phantom, 0, err);
    if (!status)
        status = read_first(&scan, folder, o->threads, err);
    if (!status)
        status =
            compare_images(test, one, osarc_phantom_image(phantom), osarc_scan_image(scan), err);
    if (!status)
        status = measure(test, one, phantom, osarc_scan_image(scan), osarc_scan_acquisition(scan),
                         o->threads, err);
    osarc_scan_free(scan);
    osarc_status removed = osi_folder_remove(folder, status ? NULL : err);
    return status ? status : removed;
}

static osarc_status run_case(osarc_selftest *test, const selftest_case *one,
                             const osarc_selftest_options *o, osarc_error *err)
{
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = one->options;
    options.threads = o->threads;
    osarc_status status = osarc_phantom_create(&phantom, one->kind, &options, err);
    if (!status && one->through_files)
        status = measure_through_files(test, one, phantom, o, err);
    else if (!status)
        status = measure(test, one, phantom, osarc_phantom_image(phantom),
                         osarc_phantom_acquisition(phantom), o->threads, err);
    osarc_phantom_free(phantom);
    return status ? osi_fail_context(err, status, one->name) : OSARC_OK;
}

osarc_status osarc_selftest_run(osarc_selftest **out, const osarc_selftest_options *options,
                                osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    osarc_selftest_options o = {0};
    if (options)
        o = *options;
    osarc_selftest *test = osi_alloc(1, sizeof(*test), err);
    osarc_status status = test ? OSARC_OK : OSARC_ERR_MEMORY;
    const size_t count = CASE_COUNT;
    for (size_t i = 0; !status && i < count; i++) {
        if (o.progress)
            o.progress(o.payload, CASES[i].name, (double) i / (double) count);
        status = run_case(test, &CASES[i], &o, err);
    }
    if (o.progress)
        o.progress(o.payload, "done", 1);
    if (status) {
        osarc_selftest_free(test);
        return status;
    }
    *out = test;
    return OSARC_OK;
}

size_t osarc_selftest_count(const osarc_selftest *selftest)
{
    return selftest->count;
}

size_t osarc_selftest_failed(const osarc_selftest *selftest)
{
    size_t failed = 0;
    for (size_t i = 0; i < selftest->count; i++)
        failed += !selftest->rows[i].ok;
    return failed;
}

const osarc_selftest_row *osarc_selftest_at(const osarc_selftest *selftest, size_t index)
{
    return index < selftest->count ? &selftest->rows[index] : NULL;
}

void osarc_selftest_free(osarc_selftest *selftest)
{
    if (!selftest)
        return;
    osi_free(selftest->rows);
    osi_free(selftest);
}
