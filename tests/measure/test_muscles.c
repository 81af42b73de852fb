/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_muscles.h>

/* Two muscles of 10 x 20 voxels of 2 mm, 8 cm2, in slices of 4 mm: psoas on the left in slices 2
 * to 5, erectors on the right in all; a fifth of their columns is fat. */
#define COLUMNS 40
#define ROWS    20
#define SLICES  8

typedef struct scene {
    osarc_image *image;
    osarc_mask *labels, *tissue;
    osarc_vertebra vertebra;
    const osarc_vertebra *vertebrae[1];
    osarc_muscles_input input;
    osarc_acquisition acquisition;
    osarc_measure_context context;
    osarc_findings *findings;
} scene;

static void set_up(scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_grid grid = {.size = {COLUMNS, ROWS, SLICES},
                             .spacing_mm = {2, 2, 4},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_image_create(&s->image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&s->labels, &grid, &err));
    EXPECT_OK(osarc_mask_create(&s->tissue, &grid, &err));
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
        size_t x = i % COLUMNS;
        size_t k = i / (COLUMNS * ROWS);
        if (x < 10 && k >= 2 && k <= 5)
            osarc_mask_fill(s->labels)[i] = 88;
        if (x >= 10 && x < 20)
            osarc_mask_fill(s->labels)[i] = 87;
        osarc_mask_fill(s->tissue)[i] = x >= 20 ? OSARC_TISSUE_SUBCUTANEOUS_FAT : 0;
        osarc_image_fill(s->image)[i] = x >= 20 ? -100 : x % 10 < 2 ? -90 : 40;
    }
    s->vertebra = (osarc_vertebra){.label = 29, .whole = 1, .centre_mm = {40, 20, 7}};
    s->vertebrae[0] = &s->vertebra;
    osarc_acquisition_init(&s->acquisition);
    s->acquisition.kvp = 120;
    s->acquisition.contrast = OSARC_CONTRAST_NONE;
    s->context = (osarc_measure_context){"1", &s->acquisition, NULL};
    s->input = (osarc_muscles_input){.image = s->image,
                                     .labels = s->labels,
                                     .tissue = s->tissue,
                                     .vertebrae = s->vertebrae,
                                     .vertebra_count = 1,
                                     .threads = 2};
}

static void tear_down(scene *s)
{
    osarc_findings_free(s->findings);
    osarc_mask_free(s->tissue);
    osarc_mask_free(s->labels);
    osarc_image_free(s->image);
}

static void measure(scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_measure_muscles(s->findings, &s->context, &s->input, &err));
}

static const osarc_finding *find(const scene *s, const char *site, const char *level,
                                 const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *f = osarc_findings_at(s->findings, i);
        if (strcmp(f->site, site) == 0 && strcmp(f->level, level) == 0 &&
            strcmp(f->quantity, quantity) == 0)
            return f;
    }
    return NULL;
}

static void expect_value(const scene *s, const char *site, const char *level, const char *quantity,
                         double value)
{
    const osarc_finding *f = find(s, site, level, quantity);
    cr_assert(f != NULL, "%s %s %s", site, level, quantity);
    /* counts are whole: only rounding of the product remains */
    cr_expect(epsilon_eq(dbl, f->value, value, 1e-9), "%s %s %s", site, level, quantity);
}

Test(measure_muscles, each_has_rows_with_its_name_and_side)
{
    scene s;
    set_up(&s);
    measure(&s);
    expect_value(&s, "iliopsoas", "", "muscle_volume", 6.4 * 0.4 * 4);
    expect_value(&s, "iliopsoas", "", "imat_volume", 1.6 * 0.4 * 4);
    expect_value(&s, "autochthon", "", "muscle_volume", 6.4 * 0.4 * 8);
    expect_value(&s, "autochthon", "", "muscle_attenuation", 40);
    expect_value(&s, "autochthon", "", "muscle_fat_fraction", (49.2 - 40) / (49.2 + 100));
    const osarc_finding *f = find(&s, "iliopsoas", "", "muscle_volume");
    cr_expect(eq(str, (char *) f->side, "left"));
    cr_expect(strstr(f->method, "labels from file") != NULL);
    cr_expect(eq(int, (int) f->quality, OSARC_QUALITY_OK));
    cr_expect(eq(str, (char *) find(&s, "autochthon", "", "imat_volume")->side, "right"));
    tear_down(&s);
}

/* 7 mm is slice 1.75: a quarter of slice 1, which has no psoas, and three of slice 2. */
Test(measure_muscles, a_level_takes_part_of_both_slices)
{
    scene s;
    set_up(&s);
    measure(&s);
    expect_value(&s, "iliopsoas", "L3", "muscle_area", 6.4 * 0.75);
    expect_value(&s, "iliopsoas", "L3", "imat_area", 1.6 * 0.75);
    expect_value(&s, "iliopsoas", "L3", "muscle_attenuation", 40);
    expect_value(&s, "autochthon", "L3", "muscle_area", 6.4);
    tear_down(&s);
}

Test(measure_muscles, a_muscle_that_the_scan_cuts_is_a_warning)
{
    scene s;
    set_up(&s);
    measure(&s);
    const osarc_finding *f = find(&s, "autochthon", "", "muscle_volume");
    cr_expect(eq(int, (int) f->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(f->note, "end of the scan") != NULL);
    tear_down(&s);
}

Test(measure_muscles, what_is_not_there_has_no_rows)
{
    scene s;
    set_up(&s);
    s.vertebra.centre_mm[2] = 28; /* beyond psoas, and half a slice from the end */
    measure(&s);
    cr_expect(find(&s, "iliopsoas", "L3", "muscle_area") == NULL);
    cr_expect(find(&s, "gluteus_maximus", "", "muscle_volume") == NULL);
    cr_expect(osarc_muscle_name(79) == NULL);
    cr_expect(osarc_muscle_name(90) == NULL);
    cr_expect(eq(str, (char *) osarc_muscle_name(82), "gluteus_medius"));
    tear_down(&s);
}

static void expect_level_refused(scene *s, const char *word)
{
    static const char *const NAMES[] = {"muscle_area", "imat_area", "muscle_attenuation"};
    measure(s);
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        const osarc_finding *f = find(s, "autochthon", "L3", NAMES[i]);
        cr_assert(f != NULL, "%s", NAMES[i]);
        cr_expect(eq(int, (int) f->quality, OSARC_QUALITY_REFUSED));
        cr_expect(isnan(f->value));
        cr_expect(strstr(f->note, word) != NULL, "%s", f->note);
    }
    /* the whole muscle does not stand on the level */
    expect_value(s, "autochthon", "", "muscle_volume", 6.4 * 0.4 * 8);
    tear_down(s);
}

Test(measure_muscles, levels_that_are_cut_spoiled_or_at_the_end_of_the_view_are_refused_rows)
{
    scene s;
    set_up(&s);
    s.vertebra.whole = 0;
    expect_level_refused(&s, "cut by the view");
    set_up(&s);
    strcpy(s.vertebra.spoiled, "metal of 3.0 cm3"); /* banned-ok */
    expect_level_refused(&s, "the slice is spoiled by metal of 3.0 cm3");
    set_up(&s);
    s.vertebra.centre_mm[2] = 28; /* the last slice: none above it */
    expect_level_refused(&s, "the view ends");
    set_up(&s);
    s.vertebra.centre_mm[2] = -3;
    expect_level_refused(&s, "the view ends");
}

Test(measure_muscles, what_spoils_the_bone_alone_leaves_muscles_measured)
{
    scene s;
    set_up(&s);
    strcpy(s.vertebra.spoiled, "end plates"); /* banned-ok */
    s.vertebra.sound_around = 1;
    measure(&s);
    expect_value(&s, "autochthon", "L3", "muscle_area", 6.4);
    tear_down(&s);
}

Test(measure_muscles, without_own_fat_the_fraction_is_refused)
{
    scene s;
    set_up(&s);
    s.input.tissue = NULL;
    measure(&s);
    const osarc_finding *f = find(&s, "iliopsoas", "", "muscle_fat_fraction");
    cr_expect(eq(int, (int) f->quality, OSARC_QUALITY_REFUSED));
    tear_down(&s);
}

Test(measure_muscles, contrast_flags_attenuation_only)
{
    scene s;
    set_up(&s);
    s.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "iliopsoas", "", "muscle_attenuation")->quality,
                 OSARC_QUALITY_WARNING));
    cr_expect(eq(int, (int) find(&s, "iliopsoas", "", "muscle_volume")->quality, OSARC_QUALITY_OK));
    tear_down(&s);
}

/* Windows hold for 120 kVp; another voltage, or none stated, is told. */
Test(measure_muscles, other_voltages_flag_attenuation_only)
{
    static const double KVP[] = {80, 100, 120, 140, NAN};
    for (size_t i = 0; i < sizeof(KVP) / sizeof(KVP[0]); i++) {
        int usual = i == 2;
        scene s;
        set_up(&s);
        s.acquisition.kvp = KVP[i];
        measure(&s);
        const osarc_finding *f = find(&s, "iliopsoas", "", "muscle_attenuation");
        cr_expect(eq(int, (int) f->quality, usual ? OSARC_QUALITY_OK : OSARC_QUALITY_WARNING),
                  "%g kVp", KVP[i]);
        cr_expect(eq(int, strstr(f->note, "tube voltage") != NULL, !usual), "%s", f->note);
        f = find(&s, "iliopsoas", "", "muscle_volume");
        cr_expect(eq(int, (int) f->quality, OSARC_QUALITY_OK), "%g kVp", KVP[i]);
        tear_down(&s);
    }
}

Test(measure_muscles, senseless_input_is_refused)
{
    scene s;
    osarc_error err = OSARC_ERROR_INIT;
    set_up(&s);
    EXPECT_REFUSED(osarc_measure_muscles(NULL, &s.context, &s.input, &err), OSARC_ERR_ARGUMENT);
    s.input.labels = NULL;
    EXPECT_REFUSED(osarc_measure_muscles(s.findings, &s.context, &s.input, &err),
                   OSARC_ERR_GEOMETRY);
    s.input.labels = s.labels;
    s.input.image = NULL;
    EXPECT_REFUSED(osarc_measure_muscles(s.findings, &s.context, &s.input, &err), OSARC_ERR_UNIT);
    s.input.image = s.image;
    osarc_hu_table table = osarc_hu_table_default();
    table.window[OSARC_WINDOW_MUSCLE].low_hu = 200;
    s.input.windows = &table;
    EXPECT_REFUSED(osarc_measure_muscles(s.findings, &s.context, &s.input, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, osarc_findings_count(s.findings), 0u));
    tear_down(&s);
}
