/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_help.h"

Test(phantom_spine, every_level_reads_its_own_density)
{
    osarc_phantom *phantom = make((osarc_phantom_options){.pixel_mm = 2, .slice_mm = 3});
    cr_assert(eq(sz, osarc_phantom_level_count(phantom), 8));
    osarc_phantom_scale scale = osarc_phantom_scale_of(phantom, 0);
    for (size_t i = 0; i < 8; i++) {
        const osarc_phantom_level *level = osarc_phantom_level_at(phantom, i);
        expect_level_hu(phantom, level);
        cr_expect(eq(int, level->whole, 1), "%s", level->name);
        cr_expect(eq(str, (char *) osarc_vertebra_name(level->label), (char *) level->name));
        /* 3 mg/cm3 between neighbours, L2 as asked for */
        cr_expect(epsilon_eq(dbl, level->mineral_mg_cm3, 120 + 3 * (4.0 - (double) i), 1e-9));
        cr_expect(
            epsilon_eq(dbl, level->hu / scale.hu_per_k2hpo4_mg_cm3, level->mineral_mg_cm3, 1e-9));
        cr_expect(epsilon_eq(dbl, level->k2hpo4_mg_cm3, level->mineral_mg_cm3, 1e-9));
    }
    cr_expect(eq(ptr, (void *) osarc_phantom_level_at(phantom, 8), NULL));
    osarc_phantom_free(phantom);
}

Test(phantom_spine, reads_an_osteoporotic_density)
{
    osarc_phantom *phantom = make((osarc_phantom_options){ONE_LEVEL, .trabecular_mg_cm3 = 40});
    const osarc_phantom_level *level = level_of(phantom, "L3");
    cr_expect(lt(dbl, level->hu, 60));
    expect_level_hu(phantom, level);
    osarc_phantom_free(phantom);
}

/* A voxel that holds marrow, shell and muscle goes to the largest part: up to 0.1 mm around 27 cm3.
 */
Test(phantom_spine, counts_the_volumes_that_the_closed_form_says)
{
    static const char *const FRACTURES[] = {"", "L3"};
    for (int i = 0; i < 2; i++) {
        osarc_phantom_options options = {
            .pixel_mm = 1, .slice_mm = 1, .length_mm = 44, .matrix = 160, .centre_z_mm = 1e-9};
        memcpy(options.fracture, FRACTURES[i], strlen(FRACTURES[i]) + 1);
        osarc_phantom *phantom = make(options);
        const osarc_phantom_level *level = level_of(phantom, "L3");
        const uint8_t *tissue = osarc_mask_labels(osarc_phantom_tissue(phantom));
        const uint8_t *structure = osarc_mask_labels(osarc_phantom_structures(phantom));
        size_t marrow = 0;
        for (size_t v = 0; v < osarc_grid_count(osarc_image_grid(phantom->image)); v++)
            marrow += structure[v] == level->label && tissue[v] == OSARC_TISSUE_TRABECULAR_BONE;
        cr_expect(epsilon_eq(dbl, (double) marrow / 1000, level->trabecular_cm3,
                             0.02 * level->trabecular_cm3));
        osarc_phantom_free(phantom);
    }
}

/* Every voxel's shares are kept; walls of 1.2 mm have both faces in one piece of a large voxel. */
Test(phantom_spine, keeps_the_volume_of_every_material)
{
    osarc_phantom *phantom = make((osarc_phantom_options){.pixel_mm = 3,
                                                          .slice_mm = 4,
                                                          .length_mm = 440,
                                                          .scoliosis_deg = 20,
                                                          .metal = "L2",
                                                          .fracture = "T12",
                                                          .cement = "L4"});
    double exact[OSI_MATERIAL_COUNT];
    osi_scene_volumes_mm3(exact, &phantom->scene, phantom->low_z_mm, phantom->high_z_mm);
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++)
        if (exact[m] > 0)
            cr_expect(epsilon_eq(dbl, phantom->covered_mm3[m], exact[m], 2e-3 * exact[m]), "%s",
                      osi_material_name((osi_material) m));
    osarc_phantom_free(phantom);
}

Test(phantom_spine, gives_the_same_bytes_with_any_number_of_threads)
{
    osarc_phantom_options options = {COARSE,           .length_mm = 48,        .noise_sd_hu = 10,
                                     .seed = 3,        .rods = "mindways3_ct", .second_kvp = 80,
                                     .fracture = "L3", .scoliosis_deg = 10};
    options.threads = 1;
    osarc_phantom *one = make(options);
    options.threads = 3;
    osarc_phantom *three = make(options);
    size_t count = osarc_grid_count(osarc_image_grid(one->image));
    size_t bytes = count * sizeof(int16_t);
    cr_expect(
        zero(int, memcmp(osarc_image_stored(one->image), osarc_image_stored(three->image), bytes)));
    cr_expect(zero(int, memcmp(osarc_image_stored(one->second_image),
                               osarc_image_stored(three->second_image), bytes)));
    cr_expect(zero(int, memcmp(osarc_mask_labels(one->structures),
                               osarc_mask_labels(three->structures), count)));
    /* the two voltages have noise of their own */
    cr_expect(ne(
        int, memcmp(osarc_image_stored(one->image), osarc_image_stored(one->second_image), bytes),
        0));
    osarc_phantom_free(one);
    osarc_phantom_free(three);
}

/* The equation that a calibration solves, HU = water + (slope + 0.2174) K2HPO4 - 999.6. */
Test(phantom_spine, rods_read_as_their_equation_says)
{
    static const char *const MODELS[] = {"mindways3_ct", "qrm_bdc_3"};
    for (int m = 0; m < 2; m++) {
        osarc_phantom_options options = {ONE_LEVEL, .rods_tilt_deg = m ? -4 : 0};
        memcpy(options.rods, MODELS[m], strlen(MODELS[m]) + 1);
        osarc_phantom *phantom = make(options);
        const osarc_rod_model *model = osarc_rod_model_find(MODELS[m]);
        osarc_phantom_scale scale = osarc_phantom_scale_of(phantom, 0);
        cr_assert(eq(sz, osarc_phantom_rod_count(phantom), model->rod_count));
        for (size_t i = 0; i < model->rod_count; i++) {
            const osarc_phantom_rod *rod = osarc_phantom_rod_at(phantom, i);
            double hu = m ? scale.hu_per_ha_mg_cm3 * model->density_mg_cm3[i]
                          : model->water_density_mg_cm3[i] - 999.6 +
                                (scale.hu_per_k2hpo4_mg_cm3 + 0.2174) * model->density_mg_cm3[i];
            cr_expect(epsilon_eq(dbl, rod->hu, hu, 1e-9));
            region r = {.axes = {{1, 0, 0}, {0, 1, 0}}, .half_mm = {6, 6, 15}};
            memcpy(r.centre_mm, rod->centre_mm, sizeof(r.centre_mm));
            memcpy(r.axes[2], rod->along, sizeof(r.axes[2]));
            double count = 0;
            double mean = mean_in(osarc_phantom_image(phantom), &r, &count);
            cr_expect(epsilon_eq(dbl, mean, hu, 5 * 0.5 / sqrt(count)));
            cr_expect(gt(dbl, rod->centre_mm[1], 125 + 9));
        }
        cr_expect(gt(sz, count_label(osarc_phantom_tissue(phantom), OSARC_TISSUE_PHANTOM), 1000));
        cr_expect(eq(ptr, (void *) osarc_phantom_rod_at(phantom, model->rod_count), NULL));
        osarc_phantom_free(phantom);
    }
}

static double relative(osarc_absorber absorber, double energy_kev)
{
    return 1 + osarc_absorber_hu(absorber, energy_kev) / 1000;
}

/* Three volumes that sum to 1 must give both CT numbers back. */
Test(phantom_spine, two_voltages_hold_the_mineral_and_the_fat_asked_for)
{
    osarc_phantom *phantom = make(
        (osarc_phantom_options){ONE_LEVEL, .kvp = 140, .second_kvp = 80, .second_effective_kev = 53,
                                .basis = "HA", .trabecular_mg_cm3 = 150, .marrow_fat = 0.4});
    const osarc_phantom_level *level = level_of(phantom, "L3");
    cr_expect(eq(dbl, osarc_phantom_scale_of(phantom, 0).effective_kev, 76));
    cr_expect(eq(dbl, osarc_phantom_scale_of(phantom, 1).effective_kev, 53));
    cr_expect(eq(dbl, osarc_phantom_second_acquisition(phantom)->kvp, 80));
    cr_expect(epsilon_eq(dbl, level->mineral_mg_cm3, 147, 1e-9));
    double mineral = 147 / 3160.0;
    double fat = 0.4 * (1 - mineral);
    double soft = 0.6 * (1 - mineral);
    const double energies_kev[2] = {76, 53};
    const double hu[2] = {level->hu, level->second_hu};
    for (int e = 0; e < 2; e++) {
        double sum = mineral * relative(OSARC_ABSORBER_HYDROXYAPATITE, energies_kev[e]) +
                     fat * relative(OSARC_ABSORBER_TRIGLYCERIDE, energies_kev[e]) +
                     soft * relative(OSARC_ABSORBER_MUSCLE, energies_kev[e]);
        cr_expect(epsilon_eq(dbl, hu[e], 1000 * (sum - 1), 1e-6));
    }
    double count = 0;
    region core = core_of(level);
    double mean = mean_in(osarc_phantom_second_image(phantom), &core, &count);
    cr_expect(epsilon_eq(dbl, mean, level->second_hu, 5 * 0.5 / sqrt(count)));
    expect_level_hu(phantom, level);
    osarc_phantom_free(phantom);
}

/* Bone is hydroxyapatite: what it is told in changes no ratio of its CT numbers. */
Test(phantom_spine, the_basis_is_a_unit_and_no_other_mineral)
{
    osarc_phantom *phantom = make((osarc_phantom_options){
        ONE_LEVEL, .kvp = 140, .second_kvp = 80, .basis = "K2HPO4", .trabecular_mg_cm3 = 150});
    const osarc_phantom_level *level = level_of(phantom, "L3");
    cr_expect(epsilon_eq(dbl, level->mineral_mg_cm3, 147, 1e-9));
    cr_expect(epsilon_eq(dbl, level->k2hpo4_mg_cm3, 147, 1e-9));
    cr_expect(epsilon_eq(dbl, level->hu / osarc_phantom_scale_of(phantom, 0).hu_per_ha_mg_cm3,
                         level->second_hu / osarc_phantom_scale_of(phantom, 1).hu_per_ha_mg_cm3,
                         1e-9));
    osarc_phantom_free(phantom);
}

Test(phantom_spine, without_a_second_voltage_there_is_no_second_image)
{
    osarc_phantom *phantom = make((osarc_phantom_options){COARSE, .length_mm = 40});
    cr_expect(eq(ptr, (void *) osarc_phantom_second_image(phantom), NULL));
    cr_expect(eq(ptr, (void *) osarc_phantom_second_acquisition(phantom), NULL));
    cr_expect(isnan(osarc_phantom_scale_of(phantom, 1).effective_kev));
    cr_expect(isnan(osarc_phantom_level_at(phantom, 0)->second_hu));
    osarc_phantom_free(phantom);
}

Test(phantom_spine, the_effective_energy_can_be_set_apart_from_the_voltage)
{
    osarc_phantom *phantom =
        make((osarc_phantom_options){COARSE, .length_mm = 40, .effective_kev = 62.5});
    osarc_phantom_scale scale = osarc_phantom_scale_of(phantom, 0);
    cr_expect(eq(dbl, scale.kvp, 120));
    cr_expect(eq(dbl, scale.effective_kev, 62.5));
    cr_expect(epsilon_eq(dbl, scale.hu_per_k2hpo4_mg_cm3,
                         osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, 62.5), 1e-12));
    osarc_phantom_free(phantom);
}

static void expect_refused(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = (osarc_phantom *) -1;
    EXPECT_REFUSED(osarc_phantom_create(&phantom, kind, &options, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, phantom, NULL));
}

Test(phantom_spine, refuses_densities_and_energies_that_cannot_be)
{
    expect_refused("spine", (osarc_phantom_options){COARSE, .trabecular_mg_cm3 = -5});
    expect_refused("spine", (osarc_phantom_options){COARSE, .trabecular_mg_cm3 = 401});
    expect_refused("spine", (osarc_phantom_options){COARSE, .trabecular_mg_cm3 = NAN});
    expect_refused("spine", (osarc_phantom_options){COARSE, .marrow_fat = -0.1});
    expect_refused("spine", (osarc_phantom_options){COARSE, .marrow_fat = 1});
    expect_refused("spine", (osarc_phantom_options){COARSE, .basis = "calcium"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .basis = "HAP"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .effective_kev = 20});
    expect_refused("spine", (osarc_phantom_options){COARSE, .second_kvp = 60});
    expect_refused("spine", (osarc_phantom_options){COARSE, .second_kvp = NAN});
    expect_refused("spine", (osarc_phantom_options){COARSE, .second_effective_kev = 55});
    expect_refused("spine",
                   (osarc_phantom_options){COARSE, .second_kvp = 80, .second_effective_kev = 500});
}

Test(phantom_spine, refuses_bodies_that_cannot_be)
{
    expect_refused("spine", (osarc_phantom_options){COARSE, .lumbar = 3});
    expect_refused("spine", (osarc_phantom_options){COARSE, .lumbar = 7});
    expect_refused("spine", (osarc_phantom_options){COARSE, .lumbar = -5});
    expect_refused("spine", (osarc_phantom_options){COARSE, .rotate_deg = 31});
    expect_refused("spine", (osarc_phantom_options){COARSE, .tilt_deg = -21});
    expect_refused("spine", (osarc_phantom_options){COARSE, .tilt_deg = NAN});
    expect_refused("spine", (osarc_phantom_options){COARSE, .scoliosis_deg = 45});
    expect_refused("spine", (osarc_phantom_options){COARSE, .centre_z_mm = 1000});
    expect_refused("spine", (osarc_phantom_options){COARSE, .fracture = "C7"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .fracture = "L6"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .fracture = "L"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .metal = "L33"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .cement = "S1"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .metal = "L2", .cement = "L2"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .rods = "unicorn"});
    expect_refused("spine", (osarc_phantom_options){COARSE, .rods_tilt_deg = 5});
    expect_refused("spine",
                   (osarc_phantom_options){COARSE, .rods = "mindways3_ct", .rods_tilt_deg = 11});
}

Test(phantom_spine, refuses_its_options_for_other_kinds)
{
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .trabecular_mg_cm3 = 100});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .second_kvp = 80});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .rods = "mindways3_ct"});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .fracture = "L3"});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .lumbar = 5});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .without_ribs = 1});
}

Test(phantom_spine, other_kinds_have_neither_levels_nor_rods_nor_structures)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {.pixel_mm = 8, .slice_mm = 20};
    EXPECT_OK(osarc_phantom_create(&phantom, "thigh", &options, &err));
    cr_expect(zero(sz, osarc_phantom_level_count(phantom)));
    cr_expect(zero(sz, osarc_phantom_rod_count(phantom)));
    cr_expect(eq(ptr, (void *) osarc_phantom_structures(phantom), NULL));
    osarc_phantom_free(phantom);
}
