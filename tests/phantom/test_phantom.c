/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osi/alloc.h>

#define COARSE .pixel_mm = 4, .slice_mm = 10

static double truth_of(const osarc_phantom *phantom, const char *quantity, const char *tissue)
{
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *truth = osarc_phantom_truth(phantom, i);
        if (strcmp(truth->quantity, quantity) == 0 && strcmp(truth->tissue, tissue) == 0)
            return truth->value;
    }
    return NAN;
}

static void expect_refused(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = (osarc_phantom *) -1;
    EXPECT_REFUSED(osarc_phantom_create(&phantom, kind, &options, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, phantom, NULL));
}

Test(phantom_phantom, makes_every_kind_it_names_with_no_options_but_size)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t count = 0;
    for (const char *const *kind = osarc_phantom_kinds(); *kind; kind++, count++) {
        osarc_phantom *phantom = NULL;
        osarc_phantom_options options = {COARSE};
        EXPECT_OK(osarc_phantom_create(&phantom, *kind, &options, &err));
        cr_expect(gt(sz, osarc_phantom_truth_count(phantom), 10));
        cr_expect(eq(str, (char *) osarc_phantom_acquisition(phantom)->modality, "CT"));
        osarc_phantom_free(phantom);
    }
    cr_expect(ge(sz, count, 2));
}

/* Worked by hand from the table: ellipse areas in cm2, times 12 cm for what runs through
 * and 2.2 cm for the core of each of three vertebrae. */
Test(phantom_phantom, states_the_truth_that_the_shapes_have)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {COARSE};
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    double fat_cm2 = M_PI * (17.3 * 12.3 - 15.0 * 10.0);
    double core_cm2 = M_PI * 2.0 * 1.4;
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "sat_area", "subcutaneous_fat"), fat_cm2, 1e-9));
    cr_expect(
        epsilon_eq(dbl, truth_of(phantom, "sat_volume", "subcutaneous_fat"), 12 * fat_cm2, 1e-9));
    cr_expect(epsilon_eq(dbl,
                         truth_of(phantom, "trabecular_bone_volume", "trabecular_bone_and_marrow"),
                         3 * 2.2 * core_cm2, 1e-9));
    double gas_cm3 = 4 / 3.0 * M_PI * (1.6 * 0.9 * 4 + 0.7 * 0.5 * 1.5) + M_PI * 0.9 * 0.8 * 12;
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "gas_volume", "gas"), gas_cm3, 1e-9));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "gas_attenuation", "gas"), -1000, 1e-9));
    osarc_phantom_free(phantom);
}

Test(phantom_phantom, truth_does_not_depend_on_plane_position_noise_or_seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *base = NULL;
    osarc_phantom_options plain = {.pixel_mm = 4, .slice_mm = 4, .length_mm = 24};
    EXPECT_OK(osarc_phantom_create(&base, "abdomen", &plain, &err));
    for (int turn = 1; turn < 12; turn++) {
        osarc_phantom_options options = plain;
        options.plane = turn / 4;
        options.feet_first = turn & 1;
        options.prone = (turn >> 1) & 1;
        options.noise_sd_hu = 2; /* more would be cut off in gas */
        options.seed = (uint64_t) turn;
        osarc_phantom *other = NULL;
        EXPECT_OK(osarc_phantom_create(&other, "abdomen", &options, &err));
        cr_assert(eq(sz, osarc_phantom_truth_count(other), osarc_phantom_truth_count(base)));
        for (size_t i = 0; i < osarc_phantom_truth_count(base); i++) {
            const osarc_truth *a = osarc_phantom_truth(base, i);
            const osarc_truth *b = osarc_phantom_truth(other, i);
            cr_expect(zero(int, strcmp(a->tissue, b->tissue)));
            cr_expect(epsilon_eq(dbl, b->value, a->value, 1e-9 * fabs(a->value)));
        }
        osarc_phantom_free(other);
    }
    osarc_phantom_free(base);
}

Test(phantom_phantom, every_truth_has_a_unit_a_tolerance_and_a_reason)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {COARSE};
    EXPECT_OK(osarc_phantom_create(&phantom, "thigh", &options, &err));
    size_t count = osarc_phantom_truth_count(phantom);
    for (size_t i = 0; i < count; i++) {
        const osarc_truth *truth = osarc_phantom_truth(phantom, i);
        cr_expect(gt(dbl, truth->tolerance, 0));
        cr_expect(ne(str, (char *) truth->unit, ""));
        cr_expect(ne(str, (char *) truth->tolerance_reason, ""));
    }
    cr_expect(eq(ptr, (void *) osarc_phantom_truth(phantom, count), NULL));
    osarc_phantom_free(phantom);
}

Test(phantom_phantom, a_body_cut_by_the_view_has_no_volumes)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 10, .matrix = 128};
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    cr_expect(eq(sz, osarc_image_grid(osarc_phantom_image(phantom))->size[0], 128));
    cr_expect(isnan(truth_of(phantom, "sat_volume", "subcutaneous_fat")));
    cr_expect(isnan(truth_of(phantom, "sat_area", "subcutaneous_fat")));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "material_hu", "muscle"), 53, 1e-9));
    osarc_phantom_free(phantom);
}

Test(phantom_phantom, says_how_it_was_made)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {.pixel_mm = 4,
                                     .slice_mm = 10,
                                     .thickness_mm = 12,
                                     .kvp = 100,
                                     .feet_first = 1,
                                     .prone = 1,
                                     .contrast = 1,
                                     .seed = 42};
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    const osarc_acquisition *a = osarc_phantom_acquisition(phantom);
    cr_expect(eq(str, (char *) a->patient_id, "PHANTOM-abdomen-42"));
    cr_expect(eq(str, (char *) a->patient_position, "FFP"));
    cr_expect(eq(int, a->contrast, OSARC_CONTRAST_GIVEN));
    cr_expect(eq(dbl, a->kvp, 100));
    cr_expect(eq(dbl, a->slice_thickness_mm, 12));
    cr_expect(isnan(a->age_years));
    osarc_phantom_free(phantom);
}

Test(phantom_phantom, refuses_a_kind_that_does_not_exist)
{
    expect_refused("unicorn", (osarc_phantom_options){COARSE});
    expect_refused("", (osarc_phantom_options){COARSE});
    expect_refused(NULL, (osarc_phantom_options){COARSE});
}

Test(phantom_phantom, refuses_spacings_that_cannot_be)
{
    expect_refused("abdomen", (osarc_phantom_options){.pixel_mm = -1});
    expect_refused("abdomen", (osarc_phantom_options){.pixel_mm = NAN});
    expect_refused("abdomen", (osarc_phantom_options){.pixel_mm = INFINITY});
    expect_refused("abdomen", (osarc_phantom_options){.pixel_mm = 1e-9});
    expect_refused("abdomen", (osarc_phantom_options){.pixel_mm = 1e9});
    expect_refused("abdomen", (osarc_phantom_options){.slice_mm = -1});
    expect_refused("abdomen", (osarc_phantom_options){.slice_mm = NAN});
    expect_refused("abdomen", (osarc_phantom_options){.slice_mm = 1e9});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .thickness_mm = -1});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .thickness_mm = 41});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .length_mm = -1});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .length_mm = 1e6});
}

Test(phantom_phantom, refuses_other_options_out_of_their_range)
{
    expect_refused("thigh", (osarc_phantom_options){COARSE, .noise_sd_hu = -1});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .noise_sd_hu = NAN});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .kvp = 20});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .kvp = NAN});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .plane = 7});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .matrix = 4});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .matrix = 100000});
}

Test(phantom_phantom, refuses_more_voxels_than_fit)
{
    expect_refused("abdomen", (osarc_phantom_options){.pixel_mm = 0.1, .slice_mm = 0.1});
}

Test(phantom_phantom, refuses_to_write_nowhere)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_REFUSED(osarc_phantom_create(NULL, "abdomen", NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(phantom_phantom, gives_a_clean_failure_at_every_lack_of_memory)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom_options options = {.pixel_mm = 10, .slice_mm = 30};
    for (long n = 1; n < 50; n++) {
        osarc_phantom *phantom = (osarc_phantom *) -1;
        osi_alloc_fail_at(n);
        osarc_status status = osarc_phantom_create(&phantom, "thigh", &options, &err);
        osi_alloc_fail_at(0);
        if (status == OSARC_OK) {
            cr_expect(gt(long, n, 3));
            osarc_phantom_free(phantom);
            return;
        }
        cr_expect(eq(int, status, OSARC_ERR_MEMORY));
        cr_expect(eq(ptr, phantom, NULL));
    }
    cr_fail("never succeeded");
}
