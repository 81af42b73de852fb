/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_help.h"

#include <unistd.h>

#include "text_file.h"

typedef struct scene {
    osarc_dxa_phantom *phantom;
    osarc_dxa_facts facts;
    osarc_dxa_pair *pair;
    size_t count;
} scene;

static scene make_noisy(const char *kind, int linear, double photons)
{
    osarc_dxa_phantom_options options = {.linear = linear, .photons = photons};
    scene s = {.phantom = make_phantom(kind, &options)};
    s.facts = *osarc_dxa_pair_facts(osarc_dxa_phantom_pair(s.phantom));
    s.pair = copy_pair(osarc_dxa_phantom_pair(s.phantom), &s.facts);
    s.count = s.facts.columns * s.facts.rows;
    return s;
}

static scene make_scene(const char *kind, int linear)
{
    return make_noisy(kind, linear, 0);
}

static void end_scene(scene *s)
{
    osarc_dxa_pair_free(s->pair);
    osarc_dxa_phantom_free(s->phantom);
}

/* Refused, and the text says the word. */
static void expect_refused(const osarc_dxa_pair *pair, const osarc_dxa_calibration *calibration,
                           osarc_status wanted, const char *word)
{
    osarc_dxa_maps maps;
    EXPECT_REFUSED(osarc_dxa_maps_make(&maps, pair, calibration, NULL, NULL, &err), wanted);
    cr_expect(strstr(err.text, word) != NULL, "%s", err.text);
    cr_expect(eq(ptr, maps.bone_g_cm2, NULL));
}

Test(calibration_dxa_refuses, swapped_energies)
{
    scene s = make_scene("dxa-spine", 0);
    for (int e = 0; e < 2; e++)
        memcpy(osarc_dxa_pair_fill(s.pair, (osarc_dxa_energy) e),
               osarc_dxa_pair_values(osarc_dxa_phantom_pair(s.phantom), (osarc_dxa_energy) !e),
               s.count * sizeof(float));
    expect_refused(s.pair, NULL, OSARC_ERR_QUALITY, "swapped");
    end_scene(&s);
}

Test(calibration_dxa_refuses, one_energy_twice)
{
    scene s = make_scene("dxa-spine", 0);
    memcpy(osarc_dxa_pair_fill(s.pair, OSARC_DXA_HIGH),
           osarc_dxa_pair_values(s.pair, OSARC_DXA_LOW), s.count * sizeof(float));
    expect_refused(s.pair, NULL, OSARC_ERR_QUALITY, "one energy twice");
    end_scene(&s);
}

/* Intensities subtracted from what is over them all, attenuation from its greatest. */
static void invert(scene *s, int e, int linear)
{
    for (size_t i = 0; i < s->count; i++) {
        float *value = &osarc_dxa_pair_fill(s->pair, (osarc_dxa_energy) e)[i];
        *value = (linear ? 65000 : 14) - *value;
    }
}

Test(calibration_dxa_refuses, inverted_values)
{
    static const char *const KINDS[] = {"dxa-spine", "dxa-hip", "dxa-body", "dxa-forearm"};
    for (size_t k = 0; k < 4; k++)
        for (int linear = 0; linear < 2; linear++)
            for (double photons = 0; photons < 2e5; photons += 1e5) {
                scene s = make_noisy(KINDS[k], linear, photons);
                /* low alone, both, high alone */
                for (int step = 0; step < 3; step++) {
                    invert(&s, step == 1, linear);
                    expect_refused(s.pair, NULL, OSARC_ERR_QUALITY, "inverted");
                }
                end_scene(&s);
            }
}

Test(calibration_dxa_refuses, constant_images)
{
    scene s = make_scene("dxa-spine", 0);
    for (size_t i = 0; i < s.count; i++)
        osarc_dxa_pair_fill(s.pair, OSARC_DXA_HIGH)[i] = 2;
    expect_refused(s.pair, NULL, OSARC_ERR_QUALITY, "the same all over");
    end_scene(&s);
}

Test(calibration_dxa_refuses, a_full_detector)
{
    scene s = make_scene("dxa-spine", 1);
    for (size_t i = 0; i < s.count; i++) {
        float *value = &osarc_dxa_pair_fill(s.pair, OSARC_DXA_LOW)[i];
        *value = *value > 50000 ? 65535 : *value;
    }
    expect_refused(s.pair, NULL, OSARC_ERR_QUALITY, "detector's limit");
    end_scene(&s);
}

Test(calibration_dxa_refuses, an_image_without_photons)
{
    scene s = make_scene("dxa-spine", 1);
    for (size_t i = 0; i < s.count / 20; i++)
        osarc_dxa_pair_fill(s.pair, OSARC_DXA_LOW)[i] = 0;
    expect_refused(s.pair, NULL, OSARC_ERR_QUALITY, "no photon");
    end_scene(&s);
}

Test(calibration_dxa_refuses, a_body_that_fills_the_image)
{
    scene s = make_scene("dxa-spine", 0);
    osarc_dxa_facts facts = s.facts;
    facts.columns = 200;
    osarc_dxa_pair *inner = NULL;
    EXPECT_OK(osarc_dxa_pair_create(&inner, &facts, &err));
    for (int e = 0; e < 2; e++)
        for (size_t y = 0; y < facts.rows; y++)
            memcpy(osarc_dxa_pair_fill(inner, (osarc_dxa_energy) e) + y * 200,
                   osarc_dxa_pair_values(s.pair, (osarc_dxa_energy) e) + y * s.facts.columns + 50,
                   200 * sizeof(float));
    expect_refused(inner, NULL, OSARC_ERR_QUALITY, "no air");
    osarc_dxa_pair_free(inner);
    /* with the level of air stated it is measured */
    facts.air[0] = facts.air[1] = 0.25;
    osarc_dxa_maps maps;
    EXPECT_OK(osarc_dxa_pair_create(&inner, &facts, &err));
    for (int e = 0; e < 2; e++)
        for (size_t y = 0; y < facts.rows; y++)
            memcpy(osarc_dxa_pair_fill(inner, (osarc_dxa_energy) e) + y * 200,
                   osarc_dxa_pair_values(s.pair, (osarc_dxa_energy) e) + y * s.facts.columns + 50,
                   200 * sizeof(float));
    osarc_dxa_calibration calibration = make_calibration("38/76", "al-pmma", 0);
    EXPECT_OK(osarc_dxa_maps_make(&maps, inner, &calibration, NULL, NULL, &err));
    cr_expect(epsilon_eq(dbl, mean_in(&maps, maps.bone_g_cm2, 0, 18, 17, 12), 1.5, 0.015));
    osarc_dxa_maps_free(&maps);
    osarc_dxa_pair_free(inner);
    end_scene(&s);
}

Test(calibration_dxa_refuses, images_of_different_things)
{
    scene s = make_scene("dxa-spine", 0);
    float *high = osarc_dxa_pair_fill(s.pair, OSARC_DXA_HIGH);
    /* upside down and left to right, and what stands in the middle gone */
    for (size_t i = 0; i < s.count / 2; i++) {
        float keep = high[i];
        high[i] = high[s.count - 1 - i];
        high[s.count - 1 - i] = keep;
    }
    for (size_t y = 0; y < s.facts.rows; y++)
        for (size_t x = 0; x < s.facts.columns / 2; x++)
            high[y * s.facts.columns + x] = 0.25F + (float) (y % 40) / 10;
    osarc_dxa_maps maps;
    osarc_status status = osarc_dxa_maps_make(&maps, s.pair, NULL, NULL, NULL, &err);
    cr_expect(status == OSARC_ERR_GEOMETRY || status == OSARC_ERR_QUALITY, "%d %s", (int) status,
              err.text);
    end_scene(&s);
}

Test(calibration_dxa_refuses, energies_that_are_not_known)
{
    scene s = make_scene("dxa-spine", 0);
    osarc_dxa_facts facts = s.facts;
    facts.kvp[0] = 70; /* as devices that switch the voltage */
    facts.kvp[1] = 140;
    osarc_dxa_pair *other = copy_pair(s.pair, &facts);
    expect_refused(other, NULL, OSARC_ERR_QUALITY, "no effective energies");
    osarc_dxa_pair_free(other);
    facts.energy_kev[0] = 70;
    facts.energy_kev[1] = 40;
    other = copy_pair(s.pair, &facts);
    expect_refused(other, NULL, OSARC_ERR_QUALITY, "between them");
    osarc_dxa_pair_free(other);
    end_scene(&s);
}

Test(calibration_dxa_refuses, a_calibration_of_another_device)
{
    scene s = make_scene("dxa-spine", 0);
    osarc_dxa_calibration calibration = make_calibration("38/76", "al-pmma", 0);
    osarc_dxa_calibration other = calibration;
    strcpy(other.device_serial, "99");
    expect_refused(s.pair, &other, OSARC_ERR_QUALITY, "serial number");
    other = calibration;
    other.kvp[1] = 120;
    expect_refused(s.pair, &other, OSARC_ERR_QUALITY, "120 kV");
    other = make_calibration("40/70", "al-pmma", 0);
    expect_refused(s.pair, &other, OSARC_ERR_QUALITY, "model");
    end_scene(&s);
}

Test(calibration_dxa_wedge, knows_its_energies_and_residuals)
{
    static const char *const WEDGES[] = {"al-pmma", "ha-pe"};
    for (size_t i = 0; i < 2; i++) {
        osarc_dxa_calibration c = make_calibration("38/76", WEDGES[i], 1e7);
        /* the beams hold 28 to 46 and 60 to 100 keV */
        cr_expect(c.energy_kev[0] > 35 && c.energy_kev[0] < 42, "%g", c.energy_kev[0]);
        cr_expect(c.energy_kev[1] > 66 && c.energy_kev[1] < 78, "%g", c.energy_kev[1]);
        cr_expect(lt(dbl, c.bone_sd_g_cm2, 0.02));
        cr_expect(lt(dbl, c.soft_worst_share, 0.005));
    }
}

/* Steps of hydroxyapatite over polyethylene that the calibration was not made from: another image
 * of them, seen as the body is. Mineral by the equation of two materials against step 0 of its row:
 * 0.03 g/cm2 of it is what a calibration may be off by at a step. */
Test(calibration_dxa_wedge, reads_its_steps_back)
{
    const double step_mm = 15;
    osarc_dxa_calibration calibration = make_calibration("38/76", "ha-pe", 1e7);
    const osarc_dxa_wedge *wedge = osarc_dxa_wedge_find("ha-pe");
    osarc_dxa_phantom_options options = {.photons = 1e7, .seed = 77, .wedge = "ha-pe"};
    osarc_dxa_phantom *phantom = make_phantom("dxa-wedge", &options);
    osarc_dxa_maps maps;
    EXPECT_OK(osarc_dxa_maps_make(&maps, osarc_dxa_phantom_pair(phantom), &calibration, NULL, NULL,
                                  &err));
    for (size_t column = 1; column < wedge->columns; column++) {
        double x = ((double) column - ((double) wedge->columns - 1) / 2) * step_mm;
        double bone = mean_in(&maps, maps.bone_g_cm2, x, 0, 4, 4);
        double first = mean_in(&maps, maps.bone_g_cm2, x - step_mm, 0, 4, 4);
        cr_expect(epsilon_eq(dbl, bone - first,
                             wedge->bone_g_cm2[column] - wedge->bone_g_cm2[column - 1], 0.03),
                  "column %zu: %g", column, bone - first);
    }
    osarc_dxa_maps_free(&maps);
    osarc_dxa_phantom_free(phantom);
}

Test(calibration_dxa_wedge, refuses_what_is_no_wedge)
{
    osarc_dxa_calibration c;
    scene s = make_scene("dxa-spine", 0);
    EXPECT_REFUSED(osarc_dxa_calibrate(&c, s.pair, osarc_dxa_wedge_find("al-pmma"), NULL, &err),
                   OSARC_ERR_QUALITY);
    end_scene(&s);
    s = make_scene("dxa-wedge", 0);
    /* aluminium is not hydroxyapatite */
    EXPECT_REFUSED(osarc_dxa_calibrate(&c, s.pair, osarc_dxa_wedge_find("ha-pe"), NULL, &err),
                   OSARC_ERR_QUALITY);
    osarc_dxa_wedge wedge = *osarc_dxa_wedge_find("al-pmma");
    wedge.bone_g_cm2[3] = 1.5;
    EXPECT_REFUSED(osarc_dxa_calibrate(&c, s.pair, &wedge, NULL, &err), OSARC_ERR_ARGUMENT);
    wedge = *osarc_dxa_wedge_find("al-pmma");
    wedge.soft_g_cm2[2] = 13;
    EXPECT_REFUSED(osarc_dxa_calibrate(&c, s.pair, &wedge, NULL, &err), OSARC_ERR_QUALITY);
    /* turned by half a turn it falls where it should rise */
    for (int e = 0; e < 2; e++)
        for (size_t i = 0; i < s.count / 2; i++) {
            float *values = osarc_dxa_pair_fill(s.pair, (osarc_dxa_energy) e);
            float keep = values[i];
            values[i] = values[s.count - 1 - i];
            values[s.count - 1 - i] = keep;
        }
    EXPECT_REFUSED(osarc_dxa_calibrate(&c, s.pair, osarc_dxa_wedge_find("al-pmma"), NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "does not rise") != NULL, "%s", err.text);
    end_scene(&s);
    cr_expect(eq(ptr, (void *) osarc_dxa_wedge_find("brass"), NULL));
}

static void new_path(char *path, size_t room)
{
    text_file(path, room, "");
    unlink(path);
}

Test(calibration_dxa_file, brings_back_every_bit)
{
    osarc_dxa_calibration c = make_calibration("70/140", "al-pmma", 1e6);
    osarc_dxa_calibration back;
    char path[64];
    new_path(path, sizeof(path));
    strcpy(c.made_on, "2026-03-01");
    EXPECT_OK(osarc_dxa_calibration_write(&c, path, &err));
    EXPECT_OK(osarc_dxa_calibration_read(&back, path, &err));
    unlink(path);
    cr_expect(eq(str, back.made_on, "2026-03-01"));
    cr_expect(eq(str, back.device_model, c.device_model));
    cr_expect(memcmp(back.coefficients, c.coefficients, sizeof(c.coefficients)) == 0);
    cr_expect(memcmp(back.energy_kev, c.energy_kev, sizeof(c.energy_kev)) == 0);
    cr_expect(memcmp(back.range, c.range, sizeof(c.range)) == 0);
    cr_expect(eq(int, (int) back.wedge.bone, OSARC_ABSORBER_ALUMINIUM));
    cr_expect(eq(dbl, back.wedge.soft_g_cm2[6], 32));
}

Test(calibration_dxa_file, refuses_what_it_did_not_write)
{
    static char text[8192];
    static char changed[8192];
    static const struct {
        const char *from, *to;
    } CHANGES[] = {{"osarc-dxa-calibration", "osarc-calibration"},
                   {"\"version\": 1", "\"version\": 2"},
                   {"2026-03-01", "2026-13-01"},
                   {"\"aluminium\"", "\"gold\""},
                   {"\"energy_kev\": [", "\"energy_kev\": [900.0,"},
                   {"\"coefficients_low\": [", "\"coefficients_low\": [7.0, "},
                   {"\"range_low\"", "\"rang_low\""}};
    osarc_dxa_calibration c = make_calibration("38/76", "al-pmma", 0);
    osarc_dxa_calibration back;
    char path[64];
    new_path(path, sizeof(path));
    EXPECT_REFUSED(osarc_dxa_calibration_write(&c, path, &err), OSARC_ERR_ARGUMENT);
    strcpy(c.made_on, "2026-03-01");
    EXPECT_OK(osarc_dxa_calibration_write(&c, path, &err));
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    unlink(path);
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        text_change(changed, sizeof(changed), text, CHANGES[i].from, CHANGES[i].to);
        text_file(path, sizeof(path), changed);
        EXPECT_REFUSED(osarc_dxa_calibration_read(&back, path, &err), OSARC_ERR_FORMAT);
        unlink(path);
    }
    EXPECT_REFUSED(osarc_dxa_calibration_read(&back, "/nowhere", &err), OSARC_ERR_IO);
}

Test(calibration_dxa_file, reads_a_wedge_of_the_users_own)
{
    osarc_dxa_wedge wedge;
    char path[64];
    text_file(path, sizeof(path),
              "{\"bone\": \"hydroxyapatite\", \"soft\": \"water\", \"bone_g_cm2\": [0, 0.5, 1, 2], "
              "\"soft_g_cm2\": [5, 10, 15, 20, 25]}");
    EXPECT_OK(osarc_dxa_wedge_read(&wedge, path, &err));
    unlink(path);
    cr_expect(eq(sz, wedge.columns, 4));
    cr_expect(eq(sz, wedge.rows, 5));
    cr_expect(eq(dbl, wedge.soft_g_cm2[4], 25));
    text_file(path, sizeof(path), "{\"bone\": \"lead\", \"soft\": \"water\"}");
    EXPECT_REFUSED(osarc_dxa_wedge_read(&wedge, path, &err), OSARC_ERR_FORMAT);
    unlink(path);
}
