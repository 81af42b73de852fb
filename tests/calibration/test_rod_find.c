/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>

#include <math.h>
#include <string.h>

#include "rod_scene.h"

static osarc_error err;

/* Coarse enough to be drawn in a moment, fine enough for a rod to be round. */
static rod_scene plain(const char *id)
{
    rod_scene scene = {.model = osarc_rod_model_find(id),
                       .pixel_mm = 1.2,
                       .slice_mm = 4,
                       .width_mm = 360,
                       .length_mm = 64,
                       .noise_hu = 12,
                       .seed = 5};
    return scene;
}

static osarc_acquisition at_kvp(double kvp)
{
    osarc_acquisition acquisition;
    osarc_acquisition_init(&acquisition);
    acquisition.kvp = kvp;
    return acquisition;
}

static size_t count_label(const osarc_mask *mask, uint8_t label)
{
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    return counts[label];
}

/*
 * Noise of 12 HU leaves 0.2 HU on a rod's mean of 16 slices; blur reaches less than 3 mm into it,
 * and values are whole. So 1.5 HU on each rod, 1 % on the slope, 2 HU at 0 mg/cm3.
 */
static void expect_found(const rod_scene *scene, const char *what)
{
    rod_scan scan;
    osarc_calibration cal;
    osarc_acquisition acquisition = at_kvp(120);
    rod_scene_make(&scan, scene);
    EXPECT_OK(
        osarc_calibrate_phantom(&cal, scan.image, scan.tissue, &acquisition, NULL, NULL, &err));
    cr_expect(eq(int, cal.rung, OSARC_RUNG_PHANTOM), "%s, %s", scene->model->id, what);
    cr_expect(eq(str, cal.model, (char *) scene->model->id), "%s", what);
    double slope = scene->slope > 0 ? scene->slope : 1.35;
    cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, slope, 0.01 * slope), "%s, %s",
              scene->model->id, what);
    cr_expect(epsilon_eq(dbl, cal.intercept_hu, scene->intercept_hu, 2), "%s, %s", scene->model->id,
              what);
    for (size_t i = 0; i < cal.point_count; i++) {
        size_t rod = (size_t) (cal.points[i].name[4] - '1');
        cr_expect(epsilon_eq(dbl, cal.points[i].hu, rod_scene_hu(scene, rod), 1.5), "%s, %s: %s",
                  scene->model->id, what, cal.points[i].name);
        cr_expect(gt(dbl, cal.points[i].hu_se, 0));
        cr_expect(lt(dbl, cal.points[i].hu_se, 1));
    }
    cr_expect(gt(sz, count_label(scan.tissue, OSARC_TISSUE_PHANTOM), 0));
    rod_scan_free(&scan);
}

static void expect_none(const rod_scene *scene, const char *what)
{
    rod_scan scan;
    osarc_calibration cal;
    osarc_acquisition acquisition = at_kvp(120);
    rod_scene_make(&scan, scene);
    EXPECT_OK(
        osarc_calibrate_phantom(&cal, scan.image, scan.tissue, &acquisition, NULL, NULL, &err));
    cr_expect(eq(int, cal.rung, OSARC_RUNG_NONE), "%s taken for %s", what, cal.model);
    cr_expect(isnan(osarc_calibration_mg_cm3(&cal, 100)));
    cr_expect(eq(sz, count_label(scan.tissue, OSARC_TISSUE_PHANTOM), 0));
    rod_scan_free(&scan);
}

static void expect_refused(const rod_scene *scene, const osarc_phantom_search *search, double kvp,
                           const char *word)
{
    rod_scan scan;
    osarc_calibration cal;
    osarc_acquisition acquisition = at_kvp(kvp);
    rod_scene_make(&scan, scene);
    EXPECT_REFUSED(
        osarc_calibrate_phantom(&cal, scan.image, scan.tissue, &acquisition, search, NULL, &err),
        OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, word) != NULL, "%s", err.text);
    cr_expect(eq(int, cal.rung, OSARC_RUNG_NONE));
    cr_expect(eq(sz, count_label(scan.tissue, OSARC_TISSUE_PHANTOM), 0));
    rod_scan_free(&scan);
}

Test(calibration_rod_find, finds_every_known_phantom_under_the_back)
{
    size_t count = 0;
    const osarc_rod_model *models = osarc_rod_models(&count);
    for (size_t i = 0; i < count; i++) {
        rod_scene scene = plain(models[i].id);
        expect_found(&scene, "plain");
    }
}

Test(calibration_rod_find, does_not_mind_how_the_phantom_lies)
{
    rod_scene scene = plain("mindways3_ct");
    scene.tilt_deg[0] = 9;
    scene.tilt_deg[1] = 3;
    expect_found(&scene, "tilted");
    scene = plain("bmas_200");
    scene.roll_deg = -12;
    scene.flat = 1;
    scene.left_mm = -20;
    expect_found(&scene, "rolled");
    scene = plain("qrm_bdc_6");
    scene.mirrored = 1;
    expect_found(&scene, "the other way round");
    scene = plain("qrm_bdc_3");
    scene.beside = 1;
    scene.left_mm = -100;
    expect_found(&scene, "beside the body");
}

Test(calibration_rod_find, does_not_mind_how_the_grid_lies)
{
    rod_scene scene = plain("mindways3_ct");
    for (scene.plane = 0; scene.plane < 3; scene.plane++) {
        scene.slice_mm = 2;
        scene.reversed = scene.plane == 1;
        expect_found(&scene, "plane");
    }
}

Test(calibration_rod_find, does_not_mind_the_voxel_size)
{
    static const double SIZES[][2] = {{0.6, 5}, {1.2, 1.2}, {0.9, 0.7}};
    for (size_t i = 0; i < 3; i++) {
        rod_scene scene = plain("mindways3_ct");
        scene.pixel_mm = SIZES[i][0];
        scene.slice_mm = SIZES[i][1];
        scene.length_mm = 30;
        scene.width_mm = 330;
        expect_found(&scene, "voxels");
    }
}

/* sizes in the table are approximate: nothing may hang on them */
Test(calibration_rod_find, does_not_rely_on_distances_and_thickness)
{
    rod_scene scene = plain("mindways3_ct");
    scene.spread = 1.25;
    expect_found(&scene, "wider");
    scene.spread = 0.8;
    scene.diameter_mm = 15;
    expect_found(&scene, "narrower and thinner");
    scene = plain("image_analysis_3");
    scene.diameter_mm = 21;
    scene.wall_mm = 3;
    expect_found(&scene, "thicker");
}

/* a rod that reads as the plastic around it cannot be seen, but its place is known */
Test(calibration_rod_find, reads_rods_that_do_not_stand_out)
{
    static const double BASES[] = {-60, 0, 67, 135};
    for (size_t i = 0; i < 4; i++) {
        rod_scene scene = plain("bmas_200");
        scene.base_hu = BASES[i];
        scene.base_set = 1;
        expect_found(&scene, "base");
    }
}

Test(calibration_rod_find, finds_a_phantom_that_the_back_is_pressed_on)
{
    rod_scene scene = plain("mindways3_ct");
    scene.pressed = 1;
    scene.roll_deg = 3;
    expect_found(&scene, "pressed");
}

Test(calibration_rod_find, finds_a_phantom_without_a_patient)
{
    rod_scene scene = plain("mindways3_qa");
    scene.no_body = 1;
    expect_found(&scene, "alone");
}

Test(calibration_rod_find, does_with_what_is_in_view)
{
    rod_scene scene = plain("mindways3_ct");
    scene.width_mm = 300;
    scene.left_mm = 80; /* the fifth rod lies on the edge */
    scene.circle = 1;
    rod_scan scan;
    osarc_calibration cal;
    osarc_notes *notes = NULL;
    osarc_acquisition acquisition = at_kvp(120);
    EXPECT_OK(osarc_notes_create(&notes, &err));
    rod_scene_make(&scan, &scene);
    EXPECT_OK(
        osarc_calibrate_phantom(&cal, scan.image, scan.tissue, &acquisition, NULL, notes, &err));
    cr_expect(eq(str, cal.model, "mindways3_ct"));
    cr_expect(eq(sz, cal.point_count, 4));
    cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, 1.35, 0.02));
    int told = 0;
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        told += strcmp(osarc_notes_at(notes, i)->code, "phantom_rods_missing") == 0;
    cr_expect(eq(int, told, 1));
    osarc_notes_free(notes);
    rod_scan_free(&scan);
    scene = plain("mindways3_ct");
    scene.length_mm = 150;
    scene.from_mm = -60;
    scene.to_mm = 10;
    expect_found(&scene, "in some slices only");
}

/* streaks of 35 +- 60 HU through a quarter of the rods' length */
Test(calibration_rod_find, leaves_spoiled_slices_out)
{
    rod_scene scene = plain("qrm_bdc_3");
    scene.length_mm = 120;
    scene.spoiled_mm = 30;
    expect_found(&scene, "streaks");
}

Test(calibration_rod_find, labels_rods_and_plastic_as_phantom_and_nothing_else)
{
    rod_scene scene = plain("mindways3_ct");
    scene.pressed = 1;
    rod_scan scan;
    osarc_calibration cal;
    rod_scene_make(&scan, &scene);
    size_t bone = count_label(scan.tissue, 6) + count_label(scan.tissue, 7);
    size_t muscle = count_label(scan.tissue, 5);
    EXPECT_OK(osarc_calibrate_phantom(&cal, scan.image, scan.tissue, NULL, NULL, NULL, &err));
    const osarc_grid *grid = osarc_image_grid(scan.image);
    for (size_t rod = 0; rod < 5; rod++) {
        double lps[3];
        double ijk[3];
        rod_scene_rod(&scene, rod, lps);
        osarc_grid_index(grid, lps, ijk);
        size_t at =
            ((size_t) lround(ijk[2]) * grid->size[1] + (size_t) lround(ijk[1])) * grid->size[0] +
            (size_t) lround(ijk[0]);
        cr_expect(eq(int, osarc_mask_labels(scan.tissue)[at], OSARC_TISSUE_PHANTOM), "rod %zu",
                  rod + 1);
    }
    cr_expect(eq(sz, count_label(scan.tissue, 6) + count_label(scan.tissue, 7), bone));
    cr_expect(eq(sz, count_label(scan.tissue, 5), muscle));
    /* the block is 162 x 28 x 64 mm; its blurred skin is 1 to 2 mm thick */
    double cm3 =
        (double) count_label(scan.tissue, OSARC_TISSUE_PHANTOM) * osarc_grid_voxel_mm3(grid) / 1000;
    cr_expect(gt(dbl, cm3, 0.83 * 290));
    cr_expect(lt(dbl, cm3, 1.05 * 290));
    rod_scan_free(&scan);
}

Test(calibration_rod_find, gives_the_same_with_any_number_of_threads)
{
    rod_scene scene = plain("qrm_bdc_6");
    rod_scan scan[2];
    osarc_calibration cal[2];
    for (int i = 0; i < 2; i++) {
        osarc_phantom_search search = {.threads = i ? 5 : 1};
        rod_scene_make(&scan[i], &scene);
        EXPECT_OK(osarc_calibrate_phantom(&cal[i], scan[i].image, scan[i].tissue, NULL, &search,
                                          NULL, &err));
    }
    cr_expect(eq(int, memcmp(&cal[0], &cal[1], sizeof(cal[0])), 0));
    size_t voxels = osarc_grid_count(osarc_image_grid(scan[0].image));
    cr_expect(eq(
        int, memcmp(osarc_mask_labels(scan[0].tissue), osarc_mask_labels(scan[1].tissue), voxels),
        0));
    rod_scan_free(&scan[0]);
    rod_scan_free(&scan[1]);
}

/* values of another serial number: the user's come first */
Test(calibration_rod_find, prefers_the_values_that_are_given)
{
    rod_scene scene = plain("mindways3_ct");
    osarc_rod_model own = *scene.model;
    strcpy(own.id, "ours");
    own.density_mg_cm3[4] += 6;
    scene.model = &own;
    osarc_phantom_search search = {.own_models = &own, .own_count = 1};
    rod_scan scan;
    osarc_calibration cal;
    rod_scene_make(&scan, &scene);
    EXPECT_OK(osarc_calibrate_phantom(&cal, scan.image, scan.tissue, NULL, &search, NULL, &err));
    cr_expect(eq(str, cal.model, "ours"));
    cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, 1.35, 0.01));
    rod_scan_free(&scan);
}

Test(calibration_rod_find, copies_what_scanner_it_was)
{
    rod_scene scene = plain("siemens_osteo");
    osarc_acquisition acquisition = at_kvp(120);
    strcpy(acquisition.device_serial, "S1");
    strcpy(acquisition.kernel, "B40s");
    rod_scan scan;
    osarc_calibration cal;
    rod_scene_make(&scan, &scene);
    EXPECT_OK(
        osarc_calibrate_phantom(&cal, scan.image, scan.tissue, &acquisition, NULL, NULL, &err));
    cr_expect(eq(str, cal.device_serial, "S1"));
    cr_expect(eq(str, cal.kernel, "B40s"));
    cr_expect(epsilon_eq(dbl, cal.kvp, 120, 0));
    cr_expect(eq(str, cal.made_on, ""));
    rod_scan_free(&scan);
}

Test(calibration_rod_find, finds_none_where_there_is_none)
{
    rod_scene scene = plain("none");
    expect_none(&scene, "a table");
    scene.flat = 1;
    scene.vessel_hu = 320; /* aorta and vena cava of one size, as two rods of 0 and 200 mg/cm3 */
    expect_none(&scene, "vessels");
    scene.no_body = 1;
    expect_none(&scene, "an empty table");
}

Test(calibration_rod_find, finds_none_in_two_slices)
{
    rod_scene scene = plain("mindways3_ct");
    scene.length_mm = 8;
    expect_none(&scene, "two slices");
}

Test(calibration_rod_find, finds_none_when_one_rod_is_in_view)
{
    rod_scene scene = plain("siemens_osteo");
    scene.width_mm = 300;
    scene.left_mm = -140;
    expect_none(&scene, "one rod");
}

Test(calibration_rod_find, refuses_a_row_of_unknown_rods)
{
    osarc_rod_model own = *osarc_rod_model_find("bmas_200");
    static const double DENSITY[] = {150, 20, 300, 20, 150};
    memcpy(own.density_mg_cm3, DENSITY, sizeof(DENSITY));
    rod_scene scene = plain("bmas_200");
    scene.model = &own;
    scene.base_hu = -40;
    scene.base_set = 1;
    expect_refused(&scene, NULL, 120, "no phantom that is known");
}

Test(calibration_rod_find, refuses_rods_that_fit_two_phantoms_and_names_both)
{
    rod_scene scene = plain("bmas_200");
    osarc_rod_model own[2] = {*scene.model, *scene.model};
    strcpy(own[0].id, "first");
    strcpy(own[1].id, "second");
    own[1].density_mg_cm3[4] = 203;
    osarc_phantom_search search = {.own_models = own, .own_count = 2};
    expect_refused(&scene, &search, 120, "first");
    cr_expect(strstr(err.text, "second") != NULL, "%s", err.text);
    cr_expect(strstr(err.text, "--phantom-file") != NULL, "%s", err.text);
}

/* 1.0 HU per mg/cm3 at 70 kVp: the values, or the voltage, are another's */
Test(calibration_rod_find, refuses_a_slope_that_the_voltage_does_not_give)
{
    rod_scene scene = plain("bmas_200");
    scene.slope = 1.0;
    expect_refused(&scene, NULL, 70, "no phantom that is known");
}

Test(calibration_rod_find, refuses_what_it_cannot_work_on)
{
    rod_scene scene = plain("none");
    rod_scan scan;
    osarc_calibration cal;
    osarc_image *density = NULL;
    osarc_mask *other = NULL;
    scene.length_mm = 12;
    rod_scene_make(&scan, &scene);
    osarc_grid grid = *osarc_image_grid(scan.image);
    EXPECT_OK(osarc_image_create(&density, &grid, OSARC_UNIT_MG_CM3, 1, 0, &err));
    grid.origin_mm[0] += 1;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    osarc_rod_model bad = {.rod_count = 1, .rod_diameter_mm = 18};
    osarc_phantom_search search = {.own_models = &bad, .own_count = 1};
    EXPECT_REFUSED(osarc_calibrate_phantom(NULL, scan.image, scan.tissue, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_phantom(&cal, NULL, scan.tissue, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_phantom(&cal, scan.image, NULL, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_phantom(&cal, density, scan.tissue, NULL, NULL, NULL, &err),
                   OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_calibrate_phantom(&cal, scan.image, other, NULL, NULL, NULL, &err),
                   OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(
        osarc_calibrate_phantom(&cal, scan.image, scan.tissue, NULL, &search, NULL, &err),
        OSARC_ERR_ARGUMENT);
    osarc_image_free(density);
    osarc_mask_free(other);
    rod_scan_free(&scan);
}
