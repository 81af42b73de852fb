/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "labels_step.h"
#include "sensitivity.h"
#include "torso_step.h"

/* A map of others: 10 columns each of subcutaneous fat, torso fat, muscle and fat between, 20
 * rows, voxels of 2 mm in plane: 8 cm2 a slab. Half of the torso fat reads -160 HU. */
#define COLUMNS 40
#define ROWS    20
#define SLICES  8
#define SLAB    8.0

static osarc_error err = OSARC_ERROR_INIT;
static char folder[] = "/tmp/osarc_torso_XXXXXX";
static char path[64];

typedef struct scene {
    osarc_image *image;
    osarc_mask *tissue;
    osarc_vertebra vertebra;
    osarc_spine_level level;
    spine_step spine;
    series_result result;
    run_given given;
    osarc_run_options options;
    osarc_findings *findings;
    torso_step step;
} scene;

static const osarc_grid GRID = {.size = {COLUMNS, ROWS, SLICES},
                                .spacing_mm = {2, 2, 4},
                                .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

static void enter(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/labels.nii.gz", folder);
}

static void leave(void)
{
    (void) !osi_folder_remove(folder, NULL);
}

TestSuite(run_torso_step, .init = enter, .fini = leave);

static osarc_label_file *write_map(const osarc_grid *grid, uint8_t highest)
{
    osarc_mask *mask = NULL;
    osarc_label_file *file = NULL;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        size_t slab = 1 + i % grid->size[0] / 10;
        osarc_mask_fill(mask)[i] = (uint8_t) (slab == 4 ? highest : slab);
    }
    EXPECT_OK(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_GRID, 1, &err));
    osarc_mask_free(mask);
    EXPECT_OK(labels_read(&file, path, 1, &err));
    return file;
}

static void set_up(scene *s)
{
    static const int16_t HU[4] = {-100, -90, 40, -80};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_image_create(&s->image, &GRID, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s->tissue, &GRID, &err));
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    EXPECT_OK(osarc_notes_create(&s->result.notes, &err));
    for (size_t i = 0; i < osarc_grid_count(&GRID); i++) {
        osarc_mask_fill(s->tissue)[i] = OSARC_TISSUE_SOFT;
        osarc_image_fill(s->image)[i] =
            i % COLUMNS >= 10 && i % COLUMNS < 15 ? -160 : HU[i % COLUMNS / 10];
    }
    s->vertebra = (osarc_vertebra){.label = 29, .whole = 1, .centre_mm = {40, 20, 16}};
    s->level.vertebra = &s->vertebra;
    s->spine = (spine_step){.spine = (osarc_spine *) &s->vertebra, /* is not looked into */
                            .levels = &s->level,
                            .count = 1};
    osarc_acquisition_init(&s->result.acquisition);
    s->given.windows = osarc_hu_table_default();
    s->options.sensitivity = 1;
    s->options.threads = 2;
}

static void tear_down(scene *s)
{
    torso_step_free(&s->step);
    osi_free(s->result.sensitivity.data);
    osarc_label_file_free(s->given.tissues);
    osarc_notes_free(s->result.notes);
    osarc_findings_free(s->findings);
    osarc_mask_free(s->tissue);
    osarc_image_free(s->image);
}

static void measure(scene *s)
{
    EXPECT_OK(
        torso_step_part(&s->step, s->tissue, s->image, &s->spine, &s->result, &s->given, 2, &err));
    EXPECT_OK(torso_step_measure(&s->step, s->findings, s->image, s->tissue, &s->spine, &s->result,
                                 &s->given, "", 10, &s->options, &err));
}

static const osarc_finding *find(const scene *s, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *f = osarc_findings_at(s->findings, i);
        if (strcmp(f->quantity, quantity) == 0)
            return f;
    }
    cr_assert(0, "no row of %s", quantity);
    return NULL;
}

Test(run_torso_step, muscle_and_fat_of_a_map_are_measured_as_they_are)
{
    scene s;
    set_up(&s);
    s.given.tissues = write_map(&GRID, 4);
    cr_expect(ne(int, labels_are_tissues(s.given.tissues), 0));
    measure(&s);
    static const char *const QUANTITIES[] = {"sat_area", "vat_area", "muscle_area", "imat_area"};
    for (size_t i = 0; i < 4; i++) {
        const osarc_finding *f = find(&s, QUANTITIES[i]);
        /* counts are whole: only rounding of the product remains */
        cr_expect(epsilon_eq(dbl, f->value, SLAB, 1e-9), "%s", QUANTITIES[i]);
        cr_expect(strstr(f->method, "labels from file") != NULL, "%s", f->method);
    }
    tear_down(&s);
}

/* Half of the torso fat lies below -150 HU. */
Test(run_torso_step, sensitivity_tells_what_another_window_does)
{
    scene s;
    set_up(&s);
    s.given.tissues = write_map(&GRID, 4);
    measure(&s);
    char *text = osi_alloc(s.result.sensitivity.size + 1, 1, &err);
    memcpy(text, s.result.sensitivity.data, s.result.sensitivity.size);
    cr_expect(strstr(text, "lumbar,L3,vat_area,cm2,\"visceral -150 to -50\",4,8,-50\n") != NULL ||
                  strstr(text, "lumbar,L3,vat_area,cm2,visceral -150 to -50,4,8,-50\n") != NULL,
              "%s", text);
    cr_expect(strstr(text, ",sat_area,") == NULL, "%s", text);
    osi_free(text);
    tear_down(&s);
}

Test(run_torso_step, sensitivity_is_written_with_its_header)
{
    scene s;
    char *data = NULL;
    size_t size;
    set_up(&s);
    s.given.tissues = write_map(&GRID, 4);
    measure(&s);
    EXPECT_OK(sensitivity_write(path, &s.result, 1, &err));
    EXPECT_OK(osi_file_read((uint8_t **) &data, &size, path, 1 << 20, &err));
    cr_expect(eq(int, strncmp(data, "case,series_uid,site,level,quantity,unit,variant", 48), 0));
    osi_free(data);
    tear_down(&s);
}

Test(run_torso_step, a_map_with_other_numbers_is_no_map_of_tissues)
{
    scene s;
    set_up(&s);
    s.given.tissues = write_map(&GRID, 29);
    cr_expect(eq(int, labels_are_tissues(s.given.tissues), 0));
    tear_down(&s);
}

Test(run_torso_step, a_map_of_another_place_refuses_rows)
{
    scene s;
    osarc_grid moved = GRID;
    moved.origin_mm[2] += 30;
    set_up(&s);
    s.given.tissues = write_map(&moved, 4);
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "muscle_area")->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(find(&s, "muscle_area")->note, "does not cover") != NULL);
    cr_expect(eq(sz, s.result.sensitivity.size, 0u));
    tear_down(&s);
}

Test(run_torso_step, without_a_spine_rows_are_refused)
{
    scene s;
    set_up(&s);
    s.spine.spine = NULL;
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "muscle_area")->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(find(&s, "muscle_area")->note, "found from the spine") != NULL);
    tear_down(&s);
}

Test(run_torso_step, senseless_options_are_refused)
{
    osarc_imat_definition imat;
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.imat = "between"}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.lean_hu = 7}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.level_extent_mm = -1}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_OK(torso_asked_read(&imat, &(osarc_run_options){.imat = "within"}, &err));
    cr_expect(eq(int, (int) imat, OSARC_IMAT_WITHIN));
}
