/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>

#include <math.h>
#include <string.h>

#include <osarc/rod_phantom.h>

static void sum_places(const osarc_rod_model *model, double *x_out, double *y_out)
{
    *x_out = *y_out = 0;
    for (size_t rod = 0; rod < model->rod_count; rod++) {
        *x_out += model->x_mm[rod];
        *y_out += model->y_mm[rod];
    }
}

Test(base_rod_phantom, every_model_is_named_and_has_a_source)
{
    size_t count = 0;
    const osarc_rod_model *models = osarc_rod_models(&count);
    cr_assert(eq(sz, count, 7));
    for (size_t i = 0; i < count; i++) {
        const osarc_rod_model *model = &models[i];
        int complete = model->id[0] && model->name[0] && model->source[0];
        cr_expect(complete, "%s", model->id);
        int basis = strcmp(model->basis, "HA") == 0 || strcmp(model->basis, "K2HPO4") == 0;
        cr_expect(basis, "%s", model->id);
        const osarc_rod_model *found = osarc_rod_model_find(model->id);
        cr_expect(found == model, "%s is not found by its own id", model->id);
    }
}

Test(base_rod_phantom, rods_do_not_touch_and_lie_around_their_middle)
{
    size_t count = 0;
    const osarc_rod_model *models = osarc_rod_models(&count);
    for (size_t i = 0; i < count; i++) {
        const osarc_rod_model *model = &models[i];
        cr_assert(model->rod_count >= 2 && model->rod_count <= OSARC_ROD_MAX);
        cr_expect(model->rod_diameter_mm >= 15 && model->rod_diameter_mm <= 25);
        double x, y;
        sum_places(model, &x, &y);
        cr_expect(epsilon_eq(dbl, x, 0, 1e-9), "%s", model->id);
        cr_expect(epsilon_eq(dbl, y, 0, 1e-9), "%s", model->id);
        for (size_t rod = 1; rod < model->rod_count; rod++) {
            double step = hypot(model->x_mm[rod] - model->x_mm[rod - 1],
                                model->y_mm[rod] - model->y_mm[rod - 1]);
            cr_expect(step > model->rod_diameter_mm + 2, "%s", model->id);
        }
    }
}

Test(base_rod_phantom, rods_are_spaced_evenly)
{
    size_t count = 0;
    const osarc_rod_model *models = osarc_rod_models(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t rod = 2; rod < models[i].rod_count; rod++) {
            const double *x = models[i].x_mm;
            cr_expect(epsilon_eq(dbl, x[rod] - x[rod - 1], x[1] - x[0], 1e-9), "%s", models[i].id);
        }
}

Test(base_rod_phantom, only_mindways_rods_carry_water_densities)
{
    size_t count = 0;
    const osarc_rod_model *models = osarc_rod_models(&count);
    for (size_t i = 0; i < count; i++) {
        int mindways = strcmp(models[i].basis, "K2HPO4") == 0;
        for (size_t rod = 0; rod < OSARC_ROD_MAX; rod++) {
            double water = models[i].water_density_mg_cm3[rod];
            int right =
                mindways && rod < models[i].rod_count ? water > 900 && water < 1200 : water == 0;
            cr_expect(right, "%s rod %zu", models[i].id, rod);
        }
    }
}

/* densities as Ogo prints them for these serials */
Test(base_rod_phantom, holds_the_published_densities)
{
    static const struct {
        const char *id;
        size_t count;
        double density[6];
    } PUBLISHED[] = {
        {"mindways3_ct", 5, {-51.83, -53.40, 58.88, 157.05, 375.83}},
        {"mindways3_qa", 4, {58.88, -53.40, 157.05, 157.13}},
        {"qrm_bdc_3", 3, {100, 400, 800}},
        {"qrm_bdc_6", 6, {0, 100, 200, 400, 600, 800}},
        {"image_analysis_3", 3, {8.0, 97.3, 189.8}},
        {"bmas_200", 5, {0, 50, 100, 150, 200}},
        {"siemens_osteo", 2, {0, 200}},
    };
    for (size_t i = 0; i < sizeof(PUBLISHED) / sizeof(PUBLISHED[0]); i++) {
        const osarc_rod_model *model = osarc_rod_model_find(PUBLISHED[i].id);
        cr_assert(model != NULL, "%s", PUBLISHED[i].id);
        cr_assert(eq(sz, model->rod_count, PUBLISHED[i].count));
        for (size_t rod = 0; rod < model->rod_count; rod++)
            cr_expect(ieee_ulp_eq(dbl, model->density_mg_cm3[rod], PUBLISHED[i].density[rod], 1));
    }
}

Test(base_rod_phantom, finds_nothing_for_an_unknown_id)
{
    cr_expect(osarc_rod_model_find("qrm_bdc") == NULL);
    cr_expect(osarc_rod_model_find("") == NULL);
    cr_expect(osarc_rod_model_find(NULL) == NULL);
    cr_expect(osarc_rod_models(NULL) != NULL);
}
