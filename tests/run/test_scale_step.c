/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/density.h>

#include "scale_step.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_notes *notes;
static osarc_acquisition acquisition;
static osarc_image *image;
static osarc_mask *tissue;

static void enter(void)
{
    osarc_grid grid = {
        .size = {8, 8, 8}, .spacing_mm = {1, 1, 1}, .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&tissue, &grid, &err));
    osarc_acquisition_init(&acquisition);
    acquisition.kvp = 120;
}

static void leave(void)
{
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_mask_free(tissue);
}

TestSuite(run_scale_step, .init = enter, .fini = leave);

static scale_asked ask(const char *calibration)
{
    scale_asked asked;
    const osarc_run_options options = {.calibration = calibration};
    EXPECT_OK(scale_asked_read(&asked, &options, &err));
    return asked;
}

static scale_found find(const scale_asked *asked)
{
    scale_found found;
    const osarc_run_options options = {.threads = 1};
    EXPECT_OK(scale_find(&found, asked, image, tissue, &acquisition, notes, &options, &err));
    return found;
}

/* Tissues as they read at 120 kVp on a scanner without an offset. */
static const osarc_tissue_samples SAMPLES = {.air_hu = -999,
                                             .air_se = 1,
                                             .fat_hu = -77,
                                             .fat_se = 0.5,
                                             .muscle_hu = 43,
                                             .muscle_se = 0.5,
                                             .blood_hu = 56,
                                             .blood_se = 1,
                                             .cortical_hu = NAN,
                                             .cortical_se = NAN,
                                             .blood_from = "aorta",
                                             .noise_sd_hu = 10};

Test(run_scale_step, knows_every_way_that_can_be_asked_for)
{
    cr_expect(eq(int, (int) ask(NULL).kind, SCALE_AUTO));
    cr_expect(eq(int, (int) ask("auto").kind, SCALE_AUTO));
    cr_expect(eq(int, (int) ask("phantom").kind, SCALE_PHANTOM));
    cr_expect(eq(int, (int) ask("internal").kind, SCALE_INTERNAL));
    cr_expect(eq(int, (int) ask("none").kind, SCALE_NONE));
}

Test(run_scale_step, falls_to_the_tissues_where_no_phantom_is_in_view)
{
    scale_asked asked = ask("auto");
    scale_found found = find(&asked);
    cr_expect(eq(str, found.refused, "no phantom in view"));
    EXPECT_OK(scale_find_internal(&found, &asked, &SAMPLES, &acquisition, notes, &err));
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_INTERNAL));
    cr_expect(eq(str, found.calibration.basis, "K2HPO4"));
    cr_expect(eq(str, found.refused, ""));
}

Test(run_scale_step, keeps_what_was_found_first)
{
    scale_asked asked = ask("auto");
    scale_found found = {.calibration = {.rung = OSARC_RUNG_PHANTOM, .method = "phantom"}};
    EXPECT_OK(scale_find_internal(&found, &asked, &SAMPLES, &acquisition, notes, &err));
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_PHANTOM));
}

Test(run_scale_step, tells_both_reasons_when_nothing_is_found)
{
    osarc_tissue_samples nothing = SAMPLES;
    nothing.air_hu = nothing.fat_hu = nothing.muscle_hu = nothing.blood_hu = NAN;
    scale_asked asked = ask("auto");
    scale_found found = find(&asked);
    EXPECT_OK(scale_find_internal(&found, &asked, &nothing, &acquisition, notes, &err));
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_NONE));
    cr_expect(strstr(found.refused, "no phantom in view; the patient's tissues: ") == found.refused,
              "%s", found.refused);
}

Test(run_scale_step, takes_no_tissues_where_a_phantom_was_asked_for)
{
    scale_asked asked = ask("phantom");
    scale_found found = find(&asked);
    EXPECT_OK(scale_find_internal(&found, &asked, &SAMPLES, &acquisition, notes, &err));
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_NONE));
    cr_expect(eq(str, found.refused, "no phantom in view"));
}

Test(run_scale_step, makes_none_where_none_was_asked_for)
{
    scale_asked asked = ask("none");
    scale_found found = find(&asked);
    EXPECT_OK(scale_find_internal(&found, &asked, &SAMPLES, &acquisition, notes, &err));
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_NONE));
    cr_expect(eq(str, found.refused, "calibration is switched off"));
}

Test(run_scale_step, refuses_other_words)
{
    static const char *const WORDS[] = {"", "Auto", "async", "async:", "phantom ", "water"};
    scale_asked asked;
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        const osarc_run_options options = {.calibration = WORDS[i]};
        EXPECT_REFUSED(scale_asked_read(&asked, &options, &err), OSARC_ERR_ARGUMENT);
    }
}

Test(run_scale_step, refuses_a_calibration_file_that_is_not_there)
{
    scale_asked asked;
    const osarc_run_options options = {.calibration = "async:/no/such/file.json"};
    EXPECT_REFUSED(scale_asked_read(&asked, &options, &err), OSARC_ERR_IO);
}

/* A calibration of this scanner, kept in a file and asked for; forced when asked to be. */
static scale_found find_kept(const char *made_on, const osarc_run_options *how)
{
    char path[] = "/tmp/osarc_scale_XXXXXX";
    char word[64];
    /* rods as the Mindways equations put them at 1.6 HU per mg/cm3 */
    const double hu[OSARC_ROD_MAX] = {-70.678, -28.490, 197.778, 370.800, 524.528};
    const double unknown[OSARC_ROD_MAX] = {0};
    osarc_calibration kept;
    scale_asked asked;
    scale_found found;
    osarc_run_options options = *how;
    int file = mkstemp(path);
    cr_assert(file >= 0);
    close(file);
    EXPECT_OK(osarc_calibrate_rods(&kept, osarc_rod_model_find("mindways3_ct"), hu, unknown, &err));
    kept.kvp = 120;
    strcpy(kept.manufacturer, "Maker");
    strcpy(kept.device_model, "Model");
    strcpy(kept.device_serial, "1");
    strcpy(kept.kernel, "STANDARD");
    strcpy(kept.made_on, made_on);
    EXPECT_OK(osarc_calibration_write(&kept, path, &err));
    snprintf(word, sizeof(word), "async:%s", path);
    options.calibration = word;
    options.threads = 1;
    EXPECT_OK(scale_asked_read(&asked, &options, &err));
    EXPECT_OK(scale_find(&found, &asked, image, tissue, &acquisition, notes, &options, &err));
    scale_asked_free(&asked);
    unlink(path);
    return found;
}

static void be_that_scanner(void)
{
    strcpy(acquisition.manufacturer, "Maker");
    strcpy(acquisition.model, "Model");
    strcpy(acquisition.device_serial, "1");
    strcpy(acquisition.kernel, "STANDARD");
    acquisition.kvp = 120;
}

Test(run_scale_step, takes_a_kept_calibration_on_the_same_scanner)
{
    be_that_scanner();
    scale_found found = find_kept("2026-03-01", &(osarc_run_options){.today = "2026-03-08"});
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_ASYNCHRONOUS));
    cr_expect(epsilon_eq(dbl, found.calibration.slope_hu_per_mg_cm3, 1.3826, 1e-3));
    cr_assert(eq(sz, osarc_notes_count(notes), 1));
    cr_expect(eq(int, (int) osarc_notes_at(notes, 0)->severity, OSARC_NOTE_INFO));
    cr_expect(eq(str, (char *) osarc_notes_at(notes, 0)->text, "calibration is 7 days old"));
}

Test(run_scale_step, warns_of_an_old_one)
{
    be_that_scanner();
    scale_found found = find_kept("2026-03-01", &(osarc_run_options){.today = "2026-05-01"});
    cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_ASYNCHRONOUS));
    cr_assert(eq(sz, osarc_notes_count(notes), 1));
    cr_expect(eq(int, (int) osarc_notes_at(notes, 0)->severity, OSARC_NOTE_WARNING));
    cr_expect(strstr(osarc_notes_at(notes, 0)->text, "61 days old") != NULL);
}

Test(run_scale_step, refuses_a_kept_calibration_elsewhere_unless_forced)
{
    static const char *const WORDS[] = {"serial number", "kernel", "kVp"};
    for (int i = 0; i < 3; i++) {
        be_that_scanner();
        if (i == 2)
            acquisition.kvp = 100;
        else
            strcpy(i ? acquisition.kernel : acquisition.device_serial, "other");
        scale_found found = find_kept("2026-03-01", &(osarc_run_options){.today = NULL});
        cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_NONE));
        cr_expect(strstr(found.refused, WORDS[i]) != NULL, "%s", found.refused);
        cr_expect(eq(sz, osarc_notes_count(notes), (size_t) i));
        found = find_kept("2026-03-01", &(osarc_run_options){.calibration_force = 1});
        cr_expect(eq(int, (int) found.calibration.rung, OSARC_RUNG_ASYNCHRONOUS));
        cr_assert(eq(sz, osarc_notes_count(notes), (size_t) i + 1));
        const osarc_note *note = osarc_notes_at(notes, (size_t) i);
        cr_expect(eq(int, (int) note->severity, OSARC_NOTE_WARNING));
        cr_expect(strstr(note->text, WORDS[i]) != NULL, "%s", note->text);
    }
}

Test(run_scale_step, names_each_rung)
{
    cr_expect(eq(str, (char *) scale_rung_name(OSARC_RUNG_PHANTOM), "phantom"));
    cr_expect(eq(str, (char *) scale_rung_name(OSARC_RUNG_ASYNCHRONOUS), "async"));
    cr_expect(eq(str, (char *) scale_rung_name(OSARC_RUNG_INTERNAL), "internal"));
    cr_expect(eq(str, (char *) scale_rung_name(OSARC_RUNG_NONE), "none"));
}
