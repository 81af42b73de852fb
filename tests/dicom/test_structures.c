/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/stat.h>

#include "label_help.h"

#define SERIES "2.25.4321"

/* A box of contours on one slice of axial_grid: pixels [x0, x1) x [y0, y1). */
static void set_box(double out[12], size_t x0, size_t y0, size_t x1, size_t y1, double slice)
{
    const double x[4] = {(double) x0, (double) x1, (double) x1, (double) x0};
    const double y[4] = {(double) y0, (double) y0, (double) y1, (double) y1};
    for (int i = 0; i < 4; i++) {
        out[3 * i] = -10 + x[i] - 0.5;
        out[3 * i + 1] = -20 + y[i] - 0.5;
        out[3 * i + 2] = 30 + 3 * slice;
    }
}

/* A folder with RS.dcm and, beside or in it, the series. */
typedef struct study {
    scratch s;
    char ct[96];
} study;

static study new_study(const rtstruct_spec *spec, const char *ct_folder, const osarc_grid *grid,
                       const char *series_uid, const char *frame_uid)
{
    study t = {.s = new_scratch("contours")};
    cr_assert(eq(int, mkdir(t.s.path, 0777), 0));
    snprintf(t.ct, sizeof(t.ct), "%s/%s", t.s.folder, ct_folder);
    mkdir(t.ct, 0777);
    if (grid)
        cr_assert(make_ct(t.ct, grid, frame_uid, series_uid));
    strcat(t.s.path, "/RS.dcm");
    cr_assert(make_rtstruct(t.s.path, spec));
    return t;
}

static const long NUMBERS[] = {1, 2};
static const char *const NAMES[] = {"tumour", "oedema"};

static rtstruct_spec new_spec(const contour_spec *contours, size_t count)
{
    return (rtstruct_spec){.numbers = NUMBERS,
                           .names = NAMES,
                           .roi_count = 2,
                           .contours = contours,
                           .contour_count = count,
                           .frame_uid = FRAME,
                           .series_uid = SERIES};
}

static uint64_t count_label(const osarc_label_file *file, uint8_t label)
{
    size_t layers;
    uint64_t total = 0;
    const osarc_mask *const *masks = osarc_label_file_layers(file, &layers);
    for (size_t i = 0; i < layers; i++) {
        uint64_t counts[256];
        osarc_mask_counts(masks[i], counts);
        total += counts[label];
    }
    return total;
}

Test(dicom_structures, become_masks_on_the_series_found_beside_them)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(16, 14, 6);
    double box[12];
    double hole[12];
    double apart[12];
    double other[12];
    set_box(box, 1, 1, 11, 11, 2);
    set_box(hole, 3, 3, 6, 6, 2);
    set_box(apart, 12, 2, 15, 4, 2);
    set_box(other, 2, 2, 8, 8, 3);
    const contour_spec contours[] = {{1, "CLOSED_PLANAR", box, 4},
                                     {1, "CLOSED_PLANAR", hole, 4},
                                     {1, "CLOSED_PLANAR", apart, 4},
                                     {2, "CLOSED_PLANAR", other, 4}};
    rtstruct_spec spec = new_spec(contours, 4);
    const char *const folders[] = {"ct", "contours"};
    for (int round = 0; round < 2; round++) {
        study t = new_study(&spec, folders[round], &grid, SERIES, FRAME);
        osarc_notes *notes = new_notes();
        osarc_label_file *file;
        EXPECT_OK(osarc_label_file_read(&file, t.s.path, NULL, notes, &err));
        cr_expect(eq(int, osarc_label_file_format(file), OSARC_LABELS_RTSTRUCT));
        cr_expect(eq(sz, osarc_notes_count(notes), 0));
        cr_expect(eq(u64, count_label(file, 1), 100 - 9 + 6));
        cr_expect(eq(u64, count_label(file, 2), 36));
        size_t layers;
        const osarc_mask *mask = osarc_label_file_layers(file, &layers)[0];
        cr_expect(eq(sz, layers, 1));
        cr_expect(osarc_grid_same(osarc_mask_grid(mask), &grid, 0.01));
        cr_expect(eq(int, label_at(mask, &grid, 1, 1, 2), 1));
        cr_expect(eq(int, label_at(mask, &grid, 4, 4, 2), 0));
        cr_expect(eq(int, label_at(mask, &grid, 14, 3, 2), 1));
        cr_expect(eq(int, label_at(mask, &grid, 4, 4, 3), 2));
        size_t names;
        cr_expect(eq(str, (char *) osarc_label_file_names(file, &names)[1].name, "oedema"));
        osarc_label_file_free(file);
        osarc_notes_free(notes);
        end_scratch(&t.s);
    }
}

Test(dicom_structures, that_overlap_lie_in_layers)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(16, 14, 6);
    double outer[12];
    double inner[12];
    set_box(outer, 1, 1, 11, 11, 2);
    set_box(inner, 3, 3, 6, 6, 2);
    const contour_spec contours[] = {{1, "CLOSED_PLANAR", outer, 4},
                                     {2, "CLOSED_PLANAR", inner, 4}};
    rtstruct_spec spec = new_spec(contours, 2);
    study t = new_study(&spec, "ct", &grid, SERIES, FRAME);
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, t.s.path, NULL, NULL, &err));
    size_t layers;
    (void) osarc_label_file_layers(file, &layers);
    cr_expect(eq(sz, layers, 2));
    cr_expect(eq(u64, count_label(file, 1), 100));
    cr_expect(eq(u64, count_label(file, 2), 9));
    osarc_label_file_free(file);
    end_scratch(&t.s);
}

Test(dicom_structures, tell_what_is_doubtful)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(16, 14, 6);
    double a[12];
    double b[12];
    double beyond[12];
    double wide[12];
    double later[12];
    set_box(a, 1, 1, 8, 8, 1);
    set_box(b, 5, 5, 11, 11, 1); /* shares 9 pixels with a */
    set_box(beyond, 1, 1, 8, 8, 9);
    set_box(wide, 1, 1, 40, 8, 4);
    set_box(later, 1, 1, 8, 8, 3);
    const double point[3] = {0, 0, 30};
    const contour_spec contours[] = {
        {1, "CLOSED_PLANAR", a, 4},    {1, "CLOSED_PLANAR", b, 4}, {1, "CLOSED_PLANAR", beyond, 4},
        {2, "CLOSED_PLANAR", wide, 4}, {2, "POINT", point, 1},     {1, "CLOSED_PLANAR", later, 4}};
    rtstruct_spec spec = new_spec(contours, 6);
    study t = new_study(&spec, "ct", &grid, SERIES, FRAME);
    osarc_notes *notes = new_notes();
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, t.s.path, NULL, notes, &err));
    cr_expect(has_note(notes, "contours_cross"));
    cr_expect(has_note(notes, "contours_off_grid"));
    cr_expect(has_note(notes, "contours_clipped"));
    cr_expect(has_note(notes, "contours_not_closed"));
    cr_expect(has_note(notes, "slices_without_contour"));
    cr_expect(eq(u64, count_label(file, 1), 49 + 36 - 2 * 9 + 49));
    cr_expect(eq(u64, count_label(file, 2), 15 * 7));
    osarc_label_file_free(file);
    osarc_notes_free(notes);
    end_scratch(&t.s);
}

Test(dicom_structures, with_numbers_out_of_range_are_numbered_in_order_with_a_note)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(16, 14, 6);
    const long numbers[] = {1000, 7};
    double box[12];
    set_box(box, 1, 1, 3, 3, 1);
    const contour_spec contours[] = {{1000, "CLOSED_PLANAR", box, 4}};
    rtstruct_spec spec = new_spec(contours, 1);
    spec.numbers = numbers;
    study t = new_study(&spec, "ct", &grid, SERIES, FRAME);
    osarc_notes *notes = new_notes();
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, t.s.path, NULL, notes, &err));
    cr_expect(has_note(notes, "rois_renumbered"));
    cr_expect(eq(u64, count_label(file, 1), 4));
    osarc_label_file_free(file);
    osarc_notes_free(notes);
    end_scratch(&t.s);
}

/* One box on one slice, its series as wanted. */
static void expect_refused(const contour_spec *contours, size_t count, const osarc_grid *grid,
                           const char *series_uid, const char *frame_uid, int given,
                           osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    rtstruct_spec spec = new_spec(contours, count);
    study t = new_study(&spec, "ct", grid, series_uid, frame_uid);
    osarc_label_options options = {.series_path = given ? t.ct : NULL};
    osarc_label_file *file = (osarc_label_file *) -1;
    EXPECT_REFUSED(osarc_label_file_read(&file, t.s.path, &options, NULL, &err), wanted);
    cr_expect(eq(ptr, file, NULL));
    end_scratch(&t.s);
}

Test(dicom_structures, refuse_a_series_that_is_missing_or_another)
{
    osarc_grid grid = axial_grid(16, 14, 6);
    double box[12];
    set_box(box, 1, 1, 3, 3, 1);
    const contour_spec contours[] = {{1, "CLOSED_PLANAR", box, 4}};
    expect_refused(contours, 1, NULL, SERIES, FRAME, 0, OSARC_ERR_IO);
    expect_refused(contours, 1, &grid, "2.25.999", FRAME, 0, OSARC_ERR_IO);
    expect_refused(contours, 1, &grid, "2.25.999", "2.25.998", 1, OSARC_ERR_GEOMETRY);
    osarc_grid gap = grid;
    gap.size[2] = 1;
    expect_refused(contours, 1, &gap, SERIES, FRAME, 0, OSARC_ERR_GEOMETRY);
}

Test(dicom_structures, take_a_series_that_is_given_in_the_same_frame_of_reference)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(16, 14, 6);
    double box[12];
    set_box(box, 1, 1, 3, 3, 1);
    const contour_spec contours[] = {{1, "CLOSED_PLANAR", box, 4}};
    rtstruct_spec spec = new_spec(contours, 1);
    study t = new_study(&spec, "ct", &grid, "2.25.999", FRAME);
    osarc_label_options options = {.series_path = t.ct};
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, t.s.path, &options, NULL, &err));
    cr_expect(eq(u64, count_label(file, 1), 4));
    osarc_label_file_free(file);
    end_scratch(&t.s);
}

Test(dicom_structures, refuse_contours_between_slices_or_beyond_all_of_them)
{
    osarc_grid grid = axial_grid(16, 14, 6);
    double box[12];
    set_box(box, 1, 1, 3, 3, 1.4);
    const contour_spec between[] = {{1, "CLOSED_PLANAR", box, 4}};
    expect_refused(between, 1, &grid, SERIES, FRAME, 0, OSARC_ERR_GEOMETRY);
    set_box(box, 1, 1, 3, 3, 1);
    box[2] += 1; /* one corner lifted */
    expect_refused(between, 1, &grid, SERIES, FRAME, 0, OSARC_ERR_GEOMETRY);
    set_box(box, 1, 1, 3, 3, 40);
    expect_refused(between, 1, &grid, SERIES, FRAME, 0, OSARC_ERR_GEOMETRY);
}

Test(dicom_structures, refuse_a_file_cut_off_or_edited_into_nonsense)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(16, 14, 6);
    double box[12];
    set_box(box, 1, 1, 3, 3, 1);
    const contour_spec contours[] = {{1, "CLOSED_PLANAR", box, 4}};
    rtstruct_spec spec = new_spec(contours, 1);
    study t = new_study(&spec, "ct", &grid, SERIES, FRAME);
    uint8_t *bytes;
    size_t size;
    osarc_label_file *file;
    EXPECT_OK(osi_file_read(&bytes, &size, t.s.path, 1 << 24, &err));
    for (size_t cut = 0; cut < size; cut += 1 + size / 60) {
        EXPECT_OK(osi_file_write(t.s.path, bytes, cut, &err));
        osarc_status status = osarc_label_file_read(&file, t.s.path, NULL, NULL, &err);
        cr_assert(ne(int, status, OSARC_OK), "cut at %zu of %zu", cut, size);
        cr_expect(ne(int, status, OSARC_ERR_INTERNAL), "%s", err.text);
    }
    const struct {
        unsigned element;
        const char *value;
    } edits[] = {{0x0020, NULL}, {0x0039, NULL}};
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(osi_file_write(t.s.path, bytes, size, &err));
        cr_assert(edit_dicom(t.s.path, 0x3006, edits[i].element, edits[i].value));
        EXPECT_REFUSED(osarc_label_file_read(&file, t.s.path, NULL, NULL, &err), OSARC_ERR_FORMAT);
    }
    osi_free(bytes);
    end_scratch(&t.s);
}

/* The tumour of a real structure set: drawn on slices 16 to 97, none on 98 to 111. */
Test(dicom_structures, of_a_real_thigh_lie_on_the_slices_they_were_drawn_on)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *path = OSARC_REAL_DATA "/ct_thigh_a/tumour_rtstruct/RS.dcm";
    if (access(path, R_OK) != 0) {
        puts("no real scans here: skipped");
        return;
    }
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, path, NULL, NULL, &err));
    size_t layers;
    const osarc_mask *mask = osarc_label_file_layers(file, &layers)[0];
    const osarc_grid *grid = osarc_mask_grid(mask);
    cr_assert(gt(dbl, grid->direction[2][2], 0.99)); /* slices count from the feet up */
    size_t plane = grid->size[0] * grid->size[1];
    for (size_t z = 0; z < grid->size[2]; z++) {
        int any = 0;
        for (size_t i = 0; i < plane; i++)
            any |= osarc_mask_labels(mask)[z * plane + i];
        cr_expect(eq(int, any != 0, z >= 16 && z <= 97), "slice %zu", z);
    }
    osarc_label_file_free(file);
}
