/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user states beside images: dxa.json. */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>

#include "text_file.h"

static osarc_error err = OSARC_ERROR_INIT;

static osarc_status read_text(osarc_dxa_stated *out, const char *text)
{
    char path[64];
    text_file(path, sizeof(path), text);
    osarc_status status = osarc_dxa_stated_read(out, path, &err);
    unlink(path);
    return status;
}

Test(calibration_dxa_stated, every_key_is_taken)
{
    osarc_dxa_stated s;
    EXPECT_OK(read_text(&s, "{\"values\": \"intensity\", \"view\": \"right_femur\", "
                            "\"spacing_mm\": [0.6, 1.05], \"kvp\": [76, 140], \"energy_kev\": "
                            "[45, 76.5], \"air\": [60000, 59800], \"scale\": \"lunar\"}"));
    cr_expect(eq(int, s.values, 1));
    cr_expect(eq(int, s.has_view, 1));
    cr_expect(eq(int, (int) s.view, OSARC_DXA_VIEW_FEMUR_RIGHT));
    cr_expect(eq(int, (int) s.scale, OSARC_BMD_LUNAR));
    cr_expect(eq(dbl, s.spacing_mm[0], 0.6));
    cr_expect(eq(dbl, s.spacing_mm[1], 1.05));
    cr_expect(eq(dbl, s.kvp[0], 76));
    cr_expect(eq(dbl, s.kvp[1], 140));
    cr_expect(eq(dbl, s.energy_kev[0], 45));
    cr_expect(eq(dbl, s.energy_kev[1], 76.5));
    cr_expect(eq(dbl, s.air[0], 60000));
    cr_expect(eq(dbl, s.air[1], 59800));
}

Test(calibration_dxa_stated, every_word_is_known)
{
    static const struct {
        const char *text;
        int values;
        osarc_bmd_scale scale;
    } WORDS[] = {{"{\"values\": \"attenuation\"}", 2, OSARC_BMD_SCALE_UNKNOWN},
                 {"{\"scale\": \"hologic\"}", 0, OSARC_BMD_HOLOGIC},
                 {"{\"scale\": \"norland\"}", 0, OSARC_BMD_NORLAND},
                 {"{\"scale\": \"standardized\"}", 0, OSARC_BMD_STANDARDIZED}};
    osarc_dxa_stated s;
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        EXPECT_OK(read_text(&s, WORDS[i].text));
        cr_expect(eq(int, s.values, WORDS[i].values));
        cr_expect(eq(int, (int) s.scale, (int) WORDS[i].scale));
    }
    for (int v = 1; v < OSARC_DXA_VIEW_COUNT; v++) {
        char text[64];
        snprintf(text, sizeof(text), "{\"view\": \"%s\"}", osarc_dxa_view_name((osarc_dxa_view) v));
        EXPECT_OK(read_text(&s, text));
        cr_expect(eq(int, (int) s.view, v), "%s", text);
    }
}

static void expect_nothing(const osarc_dxa_stated *s)
{
    cr_expect(eq(int, s->values, 0));
    cr_expect(eq(int, s->has_view, 0));
    cr_expect(eq(int, (int) s->scale, OSARC_BMD_SCALE_UNKNOWN));
    cr_expect(eq(int, (int) s->side, OSARC_SIDE_UNKNOWN));
    cr_expect(isnan(s->forearm_mm));
    for (int i = 0; i < 2; i++)
        cr_expect(isnan(s->spacing_mm[i]) && isnan(s->kvp[i]) && isnan(s->energy_kev[i]) &&
                  isnan(s->air[i]));
}

Test(calibration_dxa_stated, what_is_not_said_is_not_known)
{
    osarc_dxa_stated s;
    EXPECT_OK(read_text(&s, "{}"));
    expect_nothing(&s);
}

Test(calibration_dxa_stated, side_and_length_of_a_forearm_are_taken)
{
    osarc_dxa_stated s;
    EXPECT_OK(read_text(&s, "{\"side\": \"right\", \"forearm_mm\": 247.5}"));
    cr_expect(eq(int, (int) s.side, OSARC_SIDE_RIGHT));
    cr_expect(eq(dbl, s.forearm_mm, 247.5));
    EXPECT_OK(read_text(&s, "{\"side\": \"left\"}"));
    cr_expect(eq(int, (int) s.side, OSARC_SIDE_LEFT));
    cr_expect(isnan(s.forearm_mm));
}

/* Nothing of a file with one fault is taken. */
Test(calibration_dxa_stated, a_fault_refuses_the_file)
{
    static const struct {
        const char *text, *word;
    } BAD[] = {{"{\"kvp\": [76, 140], \"values\": \"counts\"}", "'values'"},
               {"{\"kvp\": [76, 140], \"values\": 1}", "values"},
               {"{\"kvp\": [76, 140], \"view\": \"Left Femur\"}", "'view'"},
               {"{\"kvp\": [76, 140], \"view\": \"unknown\"}", "'view'"},
               {"{\"kvp\": [76, 140], \"scale\": \"Hologic\"}", "'scale'"},
               {"{\"kvp\": [76, 140], \"side\": \"Left\"}", "'side'"},
               {"{\"kvp\": [76, 140], \"side\": 1}", "side"},
               {"{\"values\": \"intensity\", \"forearm_mm\": 25.5}", "forearm_mm"},
               {"{\"values\": \"intensity\", \"forearm_mm\": 2550}", "forearm_mm"},
               {"{\"values\": \"intensity\", \"forearm_mm\": \"255\"}", "forearm_mm"},
               {"{\"values\": \"intensity\", \"kvp\": [76]}", "kvp"},
               {"{\"values\": \"intensity\", \"kvp\": [76, 140, 150]}", "kvp"},
               {"{\"values\": \"intensity\", \"kvp\": [76, 1400]}", "kvp"},
               {"{\"values\": \"intensity\", \"kvp\": 76}", "kvp"},
               {"{\"values\": \"intensity\", \"spacing_mm\": [0.6, 0]}", "spacing_mm"},
               {"{\"values\": \"intensity\", \"spacing_mm\": [0.6, \"1\"]}", "spacing_mm"},
               {"{\"values\": \"intensity\", \"energy_kev\": [10, 76]}", "energy_kev"},
               {"{\"values\": \"intensity\", \"air\": [1e12, 1]}", "air"},
               {"{\"values\": \"intensity\", \"colour\": 1}", "colour"},
               {"{\"values\": \"intensity\"", ""},
               {"[1, 2]", ""},
               {"", ""}};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        osarc_dxa_stated s;
        EXPECT_REFUSED(read_text(&s, BAD[i].text), OSARC_ERR_FORMAT);
        cr_expect(strstr(err.text, BAD[i].word) != NULL, "%s: %s", BAD[i].text, err.text);
        expect_nothing(&s);
    }
}

Test(calibration_dxa_stated, a_file_that_is_not_there_is_refused)
{
    osarc_dxa_stated s;
    EXPECT_REFUSED(osarc_dxa_stated_read(&s, "/nowhere/dxa.json", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_dxa_stated_read(NULL, "/nowhere", &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_stated_read(&s, NULL, &err), OSARC_ERR_ARGUMENT);
}
