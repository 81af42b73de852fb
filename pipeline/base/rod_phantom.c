/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/rod_phantom.h>

#include <string.h>

/*
 * Densities: Ogo (ogo/util/Helper.py, a7e74fc), valid for the serial named; every other phantom
 * needs the values of its own certificate. QRM geometry: rod places printed by ORMIR (six rods at
 * even steps of 1.92 diameters on a shallow arc) with rods of 18 mm. Mindways and B-MAS: Ogo looks
 * for rods of 12 to 20 mm across that lie 20 mm or more apart. What is "approximate" must not be
 * relied on: identification goes by the order of CT numbers along the row.
 */
static const osarc_rod_model MODELS[] = {
    {.id = "mindways3_ct",
     .name = "Mindways Model 3 CT #4541A, #4560",
     .basis = "K2HPO4",
     .rod_count = 5,
     .density_mg_cm3 = {-51.83, -53.40, 58.88, 157.05, 375.83},
     .water_density_mg_cm3 = {1012.25, 1056.95, 1103.57, 1119.52, 923.20},
     .x_mm = {-64, -32, 0, 32, 64},
     .y_mm = {0, 0, 0, 0, 0},
     .rod_diameter_mm = 18,
     .base_hu = 0,
     .source = "Ogo Helper.py a7e74fc; rod places, size and base approximate"},
    {.id = "mindways3_qa",
     .name = "Mindways Model 3 QA #4408",
     .basis = "K2HPO4",
     .rod_count = 4,
     .density_mg_cm3 = {58.88, -53.40, 157.05, 157.13},
     .water_density_mg_cm3 = {1103.57, 1056.95, 1119.52, 1120.10},
     .x_mm = {-48, -16, 16, 48},
     .y_mm = {0, 0, 0, 0},
     .rod_diameter_mm = 18,
     .base_hu = 0,
     .source = "Ogo Helper.py a7e74fc; rod places, size and base approximate"},
    {.id = "qrm_bdc_3",
     .name = "QRM-BDC 3-rod #BDC-71",
     .basis = "HA",
     .rod_count = 3,
     .density_mg_cm3 = {100, 400, 800},
     .x_mm = {-34.5, 0, 34.5},
     .y_mm = {-0.8, 1.6, -0.8},
     .rod_diameter_mm = 18,
     .base_hu = 0,
     .source = "Ogo Helper.py a7e74fc; rod places as of the 6-rod type, size and base approximate"},
    {.id = "qrm_bdc_6",
     .name = "QRM-BDC 6-rod #BDC-106",
     .basis = "HA",
     .rod_count = 6,
     .density_mg_cm3 = {0, 100, 200, 400, 600, 800},
     .x_mm = {-86.25, -51.75, -17.25, 17.25, 51.75, 86.25},
     .y_mm = {-3.0, 0.6, 2.4, 2.4, 0.6, -3.0},
     .rod_diameter_mm = 18,
     .base_hu = 0,
     .source = "Ogo Helper.py a7e74fc; rod places after ORMIR, size and base approximate"},
    {.id = "image_analysis_3",
     .name = "Image Analysis QCT-3D Plus #G2730",
     .basis = "HA",
     .rod_count = 3,
     .density_mg_cm3 = {8.0, 97.3, 189.8},
     .x_mm = {-38, 0, 38},
     .y_mm = {0, 0, 0},
     .rod_diameter_mm = 19,
     .base_hu = 0,
     .source = "Ogo Helper.py a7e74fc; rod places, size and base approximate"},
    {.id = "bmas_200",
     .name = "Kyoto Kagaku B-MAS 200",
     .basis = "HA",
     .rod_count = 5,
     .density_mg_cm3 = {0, 50, 100, 150, 200},
     .x_mm = {-60, -30, 0, 30, 60},
     .y_mm = {0, 0, 0, 0, 0},
     .rod_diameter_mm = 18,
     .base_hu = -20,
     .source = "Ogo Helper.py a7e74fc; rod places, size and base approximate"},
    {.id = "siemens_osteo",
     .name = "Siemens OSTEO",
     .basis = "HA",
     .rod_count = 2,
     .density_mg_cm3 = {0, 200},
     .x_mm = {-15, 15},
     .y_mm = {0, 0},
     .rod_diameter_mm = 18,
     .base_hu = -40,
     .source = "Ogo Helper.py a7e74fc; rod places, size and base approximate"},
};

#define MODEL_COUNT (sizeof(MODELS) / sizeof(MODELS[0]))

const osarc_rod_model *osarc_rod_models(size_t *count_out)
{
    if (count_out)
        *count_out = MODEL_COUNT;
    return MODELS;
}

const osarc_rod_model *osarc_rod_model_find(const char *id)
{
    for (size_t i = 0; id && i < MODEL_COUNT; i++)
        if (strcmp(MODELS[i].id, id) == 0)
            return &MODELS[i];
    return NULL;
}
