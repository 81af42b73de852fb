/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "label_help.h"

/* Two labels that do not touch, on some slices only. */
static osarc_mask *new_pattern(const osarc_grid *grid)
{
    osarc_mask *mask = new_mask(grid);
    const size_t *s = grid->size;
    size_t i = 0;
    for (size_t z = 0; z < s[2]; z++)
        for (size_t y = 0; y < s[1]; y++)
            for (size_t x = 0; x < s[0]; x++, i++) {
                if (z >= 2 && z < 5 && (x * 5 + y * 3 + z) % 7 < 3)
                    osarc_mask_fill(mask)[i] = 1;
                else if (z >= 4 && z != 6 && z < 8 && (x + y * y + z) % 5 == 0)
                    osarc_mask_fill(mask)[i] = 2;
            }
    return mask;
}

static const char *const NAMES[] = {"femur", "tibia"};

static seg_spec pattern_spec(const osarc_mask *const masks[2])
{
    static const uint8_t LABELS[] = {1, 2};
    return (seg_spec){
        .masks = masks, .labels = LABELS, .names = NAMES, .count = 2, .frame_uid = FRAME};
}

static void expect_same(const osarc_label_file *file, const osarc_mask *mask)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    size_t layers;
    const osarc_mask *const *masks = osarc_label_file_layers(file, &layers);
    cr_assert(eq(sz, layers, 1));
    size_t i = 0;
    for (size_t z = 0; z < grid->size[2]; z++)
        for (size_t y = 0; y < grid->size[1]; y++)
            for (size_t x = 0; x < grid->size[0]; x++, i++)
                cr_assert(eq(int, label_at(masks[0], grid, x, y, z), osarc_mask_labels(mask)[i]));
    uint64_t wanted[256];
    uint64_t got[256];
    osarc_mask_counts(mask, wanted);
    osarc_mask_counts(masks[0], got);
    cr_expect(eq(u64, got[1], wanted[1]));
    cr_expect(eq(u64, got[2], wanted[2]));
}

Test(dicom_seg_labels, of_a_seg_written_by_dcmtk_read_back_identical)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (int round = 0; round < 8; round++) {
        /* frames of 13 x 11 pixels do not end on whole bytes */
        size_t nx = round >= 4 ? 13 : 16;
        osarc_grid grid = round & 1 ? oblique_grid(nx, 11, 9) : axial_grid(nx, 11, 9);
        osarc_mask *mask = new_pattern(&grid);
        const osarc_mask *masks[2] = {mask, mask};
        seg_spec spec = pattern_spec(masks);
        spec.skip_empty = (round & 2) != 0;
        scratch s = new_scratch("labels.dcm");
        cr_assert(make_seg(s.path, &spec));
        osarc_notes *notes = new_notes();
        osarc_label_file *file;
        EXPECT_OK(osarc_label_file_read(&file, s.path, NULL, notes, &err));
        expect_same(file, mask);
        cr_expect(eq(sz, osarc_notes_count(notes), 0));
        cr_expect(eq(int, osarc_label_file_format(file), OSARC_LABELS_SEG));
        cr_expect(eq(str, (char *) osarc_label_file_frame_of_reference(file), FRAME));
        cr_expect(eq(str, (char *) osarc_label_file_code(file, 1), "SCT:3138006"));
        cr_expect(eq(str, (char *) osarc_label_file_code(file, 9), ""));
        size_t count;
        const osarc_label *names = osarc_label_file_names(file, &count);
        cr_assert(eq(sz, count, 2));
        cr_expect(eq(str, (char *) names[0].name, "femur"));
        cr_expect(eq(str, (char *) names[1].name, "tibia"));
        osarc_label_file_free(file);
        osarc_notes_free(notes);
        osarc_mask_free(mask);
        end_scratch(&s);
    }
}

Test(dicom_seg_labels, keep_segments_that_overlap_in_layers)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = axial_grid(9, 8, 3);
    osarc_mask *masks[2] = {new_mask(&grid), new_mask(&grid)};
    memset(osarc_mask_fill(masks[0]), 1, 9 * 8 * 2);
    memset(osarc_mask_fill(masks[1]) + 9 * 8, 2, 9 * 8 * 2);
    seg_spec spec = pattern_spec((const osarc_mask *const *) masks);
    scratch s = new_scratch("labels.dcm");
    cr_assert(make_seg(s.path, &spec));
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, s.path, NULL, NULL, &err));
    size_t layers;
    const osarc_mask *const *got = osarc_label_file_layers(file, &layers);
    cr_assert(eq(sz, layers, 2));
    uint64_t counts[2][256];
    osarc_mask_counts(got[0], counts[0]);
    osarc_mask_counts(got[1], counts[1]);
    cr_expect(eq(u64, counts[0][1], 144));
    cr_expect(eq(u64, counts[0][2], 0));
    cr_expect(eq(u64, counts[1][2], 144));
    osarc_label_file_free(file);
    osarc_mask_free(masks[0]);
    osarc_mask_free(masks[1]);
    end_scratch(&s);
}

/* A file with the pattern, ready to be damaged. */
static scratch new_pattern_file(int without_between)
{
    osarc_grid grid = axial_grid(13, 11, 9);
    osarc_mask *mask = new_pattern(&grid);
    const osarc_mask *masks[2] = {mask, mask};
    seg_spec spec = pattern_spec(masks);
    spec.skip_empty = 1;
    spec.without_between = without_between;
    scratch s = new_scratch("labels.dcm");
    cr_assert(make_seg(s.path, &spec));
    osarc_mask_free(mask);
    return s;
}

static void expect_refused(const scratch *s, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_label_file *file = (osarc_label_file *) -1;
    EXPECT_REFUSED(osarc_label_file_read(&file, s->path, NULL, NULL, &err), wanted);
    cr_expect(eq(ptr, file, NULL));
}

Test(dicom_seg_labels, take_the_slice_distance_from_the_frames_with_a_note_when_none_is_stated)
{
    osarc_error err = OSARC_ERROR_INIT;
    scratch s = new_pattern_file(1);
    osarc_notes *notes = new_notes();
    osarc_label_file *file;
    EXPECT_OK(osarc_label_file_read(&file, s.path, NULL, notes, &err));
    cr_expect(has_note(notes, "seg_slice_distance"));
    size_t layers;
    const osarc_grid *grid = osarc_mask_grid(osarc_label_file_layers(file, &layers)[0]);
    cr_expect(epsilon_eq(dbl, grid->spacing_mm[2], 3, 1e-9));
    cr_expect(eq(sz, grid->size[2], 6)); /* slices 2 to 7 */
    osarc_label_file_free(file);
    osarc_notes_free(notes);
    end_scratch(&s);
}

Test(dicom_seg_labels, of_a_fractional_seg_need_a_threshold_and_are_noted)
{
    osarc_error err = OSARC_ERROR_INIT;
    scratch s = new_pattern_file(0);
    cr_assert(edit_fractional(s.path, 120, 200));
    expect_refused(&s, OSARC_ERR_UNSUPPORTED);
    osarc_notes *notes = new_notes();
    osarc_label_file *file;
    osarc_label_options options = {.fraction = 0.6};
    EXPECT_OK(osarc_label_file_read(&file, s.path, &options, notes, &err));
    cr_expect(has_note(notes, "seg_fractional"));
    osarc_grid grid = axial_grid(13, 11, 9);
    osarc_mask *mask = new_pattern(&grid);
    expect_same(file, mask);
    osarc_label_file_free(file);
    options.fraction = 0.61; /* over 120 of 200 */
    EXPECT_OK(osarc_label_file_read(&file, s.path, &options, notes, &err));
    size_t layers;
    uint64_t counts[256];
    osarc_mask_counts(osarc_label_file_layers(file, &layers)[0], counts);
    cr_expect(eq(u64, counts[1] + counts[2], 0));
    osarc_label_file_free(file);
    osarc_mask_free(mask);
    osarc_notes_free(notes);
    end_scratch(&s);
}

Test(dicom_seg_labels, refuse_a_fraction_out_of_range)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double bad[] = {-0.5, 1.5, 0.0 / 0.0};
    for (int i = 0; i < 3; i++) {
        osarc_label_options options = {.fraction = bad[i]};
        osarc_label_file *file;
        EXPECT_REFUSED(osarc_label_file_read(&file, "x", &options, NULL, &err), OSARC_ERR_ARGUMENT);
    }
}

Test(dicom_seg_labels, refuse_a_file_whose_geometry_is_not_stated)
{
    scratch s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x0020, 0x0032, NULL)); /* positions */
    expect_refused(&s, OSARC_ERR_FORMAT);
    end_scratch(&s);
    s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x0020, 0x9116, NULL)); /* plane orientation */
    expect_refused(&s, OSARC_ERR_UNSUPPORTED);
    end_scratch(&s);
    s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x5200, 0x9230, NULL)); /* per-frame groups */
    expect_refused(&s, OSARC_ERR_UNSUPPORTED);
    end_scratch(&s);
}

Test(dicom_seg_labels, refuse_numbers_that_contradict_each_other)
{
    scratch s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x0028, 0x0008, "40")); /* number of frames */
    expect_refused(&s, OSARC_ERR_FORMAT);
    end_scratch(&s);
    s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x0062, 0x0002, NULL)); /* segments */
    expect_refused(&s, OSARC_ERR_FORMAT);
    end_scratch(&s);
    s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x0062, 0x0001, "SURFACE"));
    expect_refused(&s, OSARC_ERR_UNSUPPORTED);
    end_scratch(&s);
    s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x7fe0, 0x0010, NULL));
    expect_refused(&s, OSARC_ERR_FORMAT);
    end_scratch(&s);
}

Test(dicom_seg_labels, refuse_other_objects_and_other_files)
{
    osarc_error err = OSARC_ERROR_INIT;
    scratch s = new_pattern_file(0);
    cr_assert(edit_dicom(s.path, 0x0008, 0x0016, "1.2.840.10008.5.1.4.1.1.2"));
    expect_refused(&s, OSARC_ERR_FORMAT);
    EXPECT_OK(osi_file_write(s.path, "neither of the two\n", 19, &err));
    expect_refused(&s, OSARC_ERR_FORMAT);
    EXPECT_OK(osi_file_write(s.path, "", 0, &err));
    expect_refused(&s, OSARC_ERR_FORMAT);
    unlink(s.path);
    expect_refused(&s, OSARC_ERR_IO);
    end_scratch(&s);
}

Test(dicom_seg_labels, refuse_a_file_cut_off_anywhere)
{
    osarc_error err = OSARC_ERROR_INIT;
    scratch s = new_pattern_file(0);
    uint8_t *bytes;
    size_t size;
    EXPECT_OK(osi_file_read(&bytes, &size, s.path, 1 << 24, &err));
    for (size_t cut = 0; cut < size; cut += 1 + size / 150) {
        osarc_label_file *file;
        EXPECT_OK(osi_file_write(s.path, bytes, cut, &err));
        osarc_status status = osarc_label_file_read(&file, s.path, NULL, NULL, &err);
        cr_assert(ne(int, status, OSARC_OK), "cut at %zu of %zu", cut, size);
        cr_expect(ne(int, status, OSARC_ERR_INTERNAL), "%s", err.text);
    }
    osi_free(bytes);
    end_scratch(&s);
}

/* Whatever the bytes say, the reader comes back. */
Test(dicom_seg_labels, survive_bytes_that_were_changed)
{
    osarc_error err = OSARC_ERROR_INIT;
    scratch s = new_pattern_file(0);
    uint8_t *bytes;
    size_t size;
    EXPECT_OK(osi_file_read(&bytes, &size, s.path, 1 << 24, &err));
    uint32_t state = 1;
    for (int round = 0; round < 300; round++) {
        size_t at[3];
        uint8_t old[3];
        for (int k = 0; k < 3; k++) {
            state = state * 1664525u + 1013904223u;
            at[k] = 132 + (state >> 8) % (size - 132);
            old[k] = bytes[at[k]];
            bytes[at[k]] = (uint8_t) (state >> 3);
        }
        osarc_label_file *file;
        EXPECT_OK(osi_file_write(s.path, bytes, size, &err));
        if (!osarc_label_file_read(&file, s.path, NULL, NULL, &err))
            osarc_label_file_free(file);
        for (int k = 2; k >= 0; k--)
            bytes[at[k]] = old[k];
    }
    osi_free(bytes);
    end_scratch(&s);
}
