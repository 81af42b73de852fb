/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text_file.h"

#include <math.h>

#include <osarc/density.h>

static osarc_error err;

static const char MINDWAYS[] =
    "{\"phantoms\": [{\"id\": \"ours\", \"name\": \"Mindways Model 3 CT #1\", \"basis\": "
    "\"K2HPO4\","
    " \"rods\": [{\"density_mg_cm3\": -50.5, \"water_density_mg_cm3\": 1012},"
    " {\"density_mg_cm3\": 58.5, \"water_density_mg_cm3\": 1103.5},"
    " {\"density_mg_cm3\": 375, \"water_density_mg_cm3\": 923}]},"
    " {\"id\": \"solid\", \"name\": \"Made here\", \"basis\": \"HA\", \"rod_diameter_mm\": 22,"
    " \"rods\": [{\"density_mg_cm3\": 0}, {\"density_mg_cm3\": 210.5}]}]}";

Test(calibration_rod_models, reads_the_users_values)
{
    char path[64];
    osarc_rod_model *models = NULL;
    size_t count = 0;
    text_file(path, sizeof(path), MINDWAYS);
    EXPECT_OK(osarc_rod_models_read(&models, &count, path, &err));
    unlink(path);
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(str, models[0].id, "ours"));
    cr_expect(eq(str, models[0].basis, "K2HPO4"));
    cr_expect(eq(sz, models[0].rod_count, 3));
    cr_expect(epsilon_eq(dbl, models[0].density_mg_cm3[1], 58.5, 0));
    cr_expect(epsilon_eq(dbl, models[0].water_density_mg_cm3[2], 923, 0));
    cr_expect(eq(str, models[1].name, "Made here"));
    cr_expect(epsilon_eq(dbl, models[1].rod_diameter_mm, 22, 0));
    cr_expect(epsilon_eq(dbl, models[1].water_density_mg_cm3[1], 0, 0));
    osarc_rod_models_free(models);
    osarc_rod_models_free(NULL);
}

/* each change makes one key wrong; the message names it */
Test(calibration_rod_models, refuses_each_wrong_key_by_its_name)
{
    static const struct {
        const char *from, *to, *word;
    } CHANGES[] = {
        {"\"phantoms\"", "\"phantom\"", "'phantom' is not known"},
        {"\"id\": \"ours\"", "\"id\": \"\"", "'id'"},
        {"\"id\": \"ours\"", "\"id\": \"our phantom\"", "'id': only letters"},
        {"\"id\": \"ours\"", "\"id\": 7", "'id'"},
        {"\"id\": \"ours\", ", "", "'id' is missing"},
        {"\"id\": \"ours\"", "\"id\": \"solid\"", "there twice"},
        {"\"name\": \"Made here\"", "\"naam\": \"Made here\"", "'naam' is not known"},
        {"\"name\": \"Made here\", ", "", "'name' is missing"},
        {"\"basis\": \"HA\"", "\"basis\": \"CHA\"", "'basis': HA or K2HPO4"},
        {"\"basis\": \"K2HPO4\"", "\"basis\": \"HA\"", "belongs to K2HPO4"},
        {"\"rod_diameter_mm\": 22", "\"rod_diameter_mm\": 220", "'rod_diameter_mm'"},
        {"\"rod_diameter_mm\": 22", "\"rod_diameter_mm\": \"22\"", "'rod_diameter_mm'"},
        {"{\"density_mg_cm3\": 0}, ", "", "'rods': a list of 2 to 8"},
        {"{\"density_mg_cm3\": 0}", "0", "rod 1: an object"},
        {"{\"density_mg_cm3\": 0}", "{\"density\": 0}", "rod 1: key 'density' is not known"},
        {"{\"density_mg_cm3\": 0}", "{}", "rod 1: key 'density_mg_cm3' is missing"},
        {"\"density_mg_cm3\": 210.5", "\"density_mg_cm3\": 21.5", "span 21.5 mg/cm3"},
        {"\"density_mg_cm3\": 210.5", "\"density_mg_cm3\": 1e9", "'density_mg_cm3'"},
        {"\"water_density_mg_cm3\": 923", "\"water_density_mg_cm3\": 0.923",
         "'water_density_mg_cm3'"},
        {", \"water_density_mg_cm3\": 923", "", "on all rods or on none"},
    };
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        char text[2048];
        char path[64];
        osarc_rod_model *models = (osarc_rod_model *) -1;
        size_t count = 7;
        text_change(text, sizeof(text), MINDWAYS, CHANGES[i].from, CHANGES[i].to);
        text_file(path, sizeof(path), text);
        EXPECT_REFUSED(osarc_rod_models_read(&models, &count, path, &err), OSARC_ERR_FORMAT);
        unlink(path);
        cr_expect(strstr(err.text, CHANGES[i].word) != NULL, "%s: %s", CHANGES[i].to, err.text);
        cr_expect(models == NULL && count == 0);
    }
}

Test(calibration_rod_models, refuses_what_is_no_such_file)
{
    static const char *const TEXTS[] = {
        "", "[]", "{", "{}", "{\"phantoms\": []}", "{\"phantoms\": [1]}", "{\"phantoms\": 1}"};
    osarc_rod_model *models = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        char path[64];
        text_file(path, sizeof(path), TEXTS[i]);
        EXPECT_REFUSED(osarc_rod_models_read(&models, &count, path, &err), OSARC_ERR_FORMAT);
        unlink(path);
    }
    EXPECT_REFUSED(osarc_rod_models_read(&models, &count, "/nonexistent/models.json", &err),
                   OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_rod_models_read(&models, &count, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_rod_models_read(NULL, &count, "x", &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_rod_models_read(&models, NULL, "x", &err), OSARC_ERR_ARGUMENT);
}
