/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_coverage [RUNS [FIRST_SEED [SLICE_MM]]]: how many 95 % intervals hold the truth.
 *
 * Each run draws a short spine with rods under it at two voltages, whose density, fat, energies,
 * noise, place and lean come from its seed, and measures what a run of the program measures of it.
 * Parts of an interval that the drawn spines cannot put to the test are also left out, to see the
 * others alone.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <osarc/attenuation.h>
#include <osarc/density.h>
#include <osarc/marrow_fat.h>
#include <osarc/measure_spine.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osarc/spine.h>

#include "coverage_tally.h"

#define RUNS       400
#define SLICE_MM   1.5
#define LEVELS_MAX 24
#define NEAR_MM    8.0 /* a body found so near to a true one is that one */

/* What is known of the true mineral from elsewhere, for fat from one energy: SD of 10 %. */
#define MINERAL_SD 0.1

enum {
    HU,
    HU_NOISE,
    HU_MOVED,
    BY_PHANTOM,
    PHANTOM_FIT,
    PHANTOM_MOVED,
    BY_TISSUES,
    DRAWN_TISSUES,
    TWO_ENERGIES,
    FAT,
    TALLY_COUNT
};

/* Rows of a quantity go to up to two tallies: the whole interval, and fit and noise alone. */
typedef struct wanted {
    const char *quantity;
    int whole;
    int parts; /* -1: none */
} wanted;

/* One to three whole levels between T12 and L4; energies as wide as scanners differ. */
static osarc_phantom_options draw_options(uint64_t seed, double slice_mm)
{
    uint64_t state = seed;
    osarc_phantom_options o = {.seed = seed,
                               .pixel_mm = 1.5,
                               .slice_mm = slice_mm,
                               .length_mm = 102,
                               .kvp = 140,
                               .second_kvp = 80,
                               .basis = "HA",
                               .rods = "mindways3_ct"};
    o.noise_sd_hu = between(&state, 5, 25);
    o.effective_kev = fmin(fmax(normal(&state, 76, 5), 62), 92);
    o.second_effective_kev = fmin(fmax(normal(&state, 54, 2), 50), 58);
    o.centre_z_mm = between(&state, 10, 60);
    o.trabecular_mg_cm3 = between(&state, 60, 200);
    o.marrow_fat = between(&state, 0.15, 0.65);
    o.rotate_deg = between(&state, -8, 8);
    o.scoliosis_deg = between(&state, -10, 10);
    return o;
}

static const osarc_phantom_level *find_level(const osarc_phantom *phantom,
                                             const osarc_vertebra *found)
{
    for (size_t i = 0; i < osarc_phantom_level_count(phantom); i++) {
        const osarc_phantom_level *level = osarc_phantom_level_at(phantom, i);
        double square = 0;
        for (int c = 0; c < 3; c++)
            square += pow(level->centre_mm[c] - found->centre_mm[c], 2);
        if (level->whole && square <= NEAR_MM * NEAR_MM)
            return level;
    }
    return NULL;
}

typedef struct found {
    osarc_vertebra vertebra;
    const osarc_phantom_level *truth;
    size_t *voxels[OSARC_PLACEMENTS];
    size_t *moved[OSARC_PLACEMENTS];
} found;

/* Everything of one scan. */
typedef struct scene {
    osarc_phantom *phantom;
    osarc_mask *tissue;
    osarc_spine *spine;
    found bodies[LEVELS_MAX];
    osarc_spine_level levels[LEVELS_MAX];
    osarc_spine_level moved[LEVELS_MAX]; /* placed off, as the interval supposes */
    size_t count;
} scene;

static void free_scene(scene *s)
{
    for (size_t i = 0; i < s->count; i++)
        for (int p = 0; p < OSARC_PLACEMENTS; p++) {
            osarc_voxels_free(s->bodies[i].voxels[p]);
            osarc_voxels_free(s->bodies[i].moved[p]);
        }
    osarc_spine_free(s->spine);
    osarc_mask_free(s->tissue);
    osarc_phantom_free(s->phantom);
}

/* 1 mm and one slice are 95 % limits of where a region lies. */
static osarc_trabecular_options draw_place(uint64_t *state, double slice_mm)
{
    return (osarc_trabecular_options){normal(state, 0, 1 / 1.96),
                                      normal(state, 0, slice_mm / 1.96)};
}

static void find_placements(osarc_spine_level *level, size_t *voxels[OSARC_PLACEMENTS],
                            const scene *s, size_t index, osarc_trabecular_options place,
                            double slice_mm)
{
    /* as a run of the program moves them */
    const osarc_trabecular_options moves[OSARC_PLACEMENTS] = {
        {0, 0}, {-1, 0}, {1, 0}, {0, slice_mm}, {0, -slice_mm}};
    for (int p = 0; p < OSARC_PLACEMENTS; p++) {
        osarc_region *region = &level->trabecular[p];
        const osarc_trabecular_options options = {place.deeper_mm + moves[p].deeper_mm,
                                                  place.up_mm + moves[p].up_mm};
        if (osarc_spine_trabecular(&voxels[p], &region->count, s->spine, index, &options, NULL))
            region->refused = "no region";
        region->voxels = voxels[p];
    }
}

static void find_regions(scene *s, size_t index, double slice_mm, uint64_t *state)
{
    found *f = &s->bodies[s->count];
    osarc_spine_level *level = &s->levels[s->count];
    osarc_spine_level *moved = &s->moved[s->count];
    memset(f, 0, sizeof(*f));
    memset(level, 0, sizeof(*level));
    memset(moved, 0, sizeof(*moved));
    f->vertebra = *osarc_spine_at(s->spine, index);
    f->truth = find_level(s->phantom, &f->vertebra);
    if (!f->truth || !f->vertebra.whole)
        return;
    /* rows are for named levels only, and a short stack has no anchor */
    f->vertebra.label = f->truth->label;
    f->vertebra.other_label = 0;
    level->vertebra = moved->vertebra = &f->vertebra;
    find_placements(level, f->voxels, s, index, (osarc_trabecular_options){0, 0}, slice_mm);
    find_placements(moved, f->moved, s, index, draw_place(state, slice_mm), slice_mm);
    s->count++;
}

/* Half an interval without its part for placement, as the note tells the parts. */
static double read_parts(const char *note)
{
    static const char *const PARTS[] = {"fit ", "noise "};
    double square = 0;
    const char *at = strstr(note, "half interval in");
    for (int i = 0; at && i < 2; i++) {
        const char *part = strstr(at, PARTS[i]);
        double half = part ? read_number(part + strlen(PARTS[i])) : 0;
        square += half * half;
    }
    return at ? sqrt(square) : NAN;
}

static void compare_row(tally *tallies, const wanted *what, const osarc_finding *row, double truth)
{
    if (!isfinite(row->ci_low)) {
        refuse(&tallies[what->whole], row->note);
        return;
    }
    add_interval(&tallies[what->whole], row->value, row->ci_low, row->ci_high, truth);
    double half = read_parts(row->note);
    if (what->parts >= 0 && isfinite(half))
        add_interval(&tallies[what->parts], row->value, row->value - half, row->value + half,
                     truth);
}

/* One row a level, against the truth. */
static void compare(tally *tallies, const wanted *what, const scene *s,
                    const osarc_spine_level *levels, const osarc_calibration *calibration)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    osarc_measure_context context = {"bench", osarc_phantom_acquisition(s->phantom), NULL};
    osarc_spine_input input = {.image = osarc_phantom_image(s->phantom),
                               .levels = levels,
                               .level_count = s->count,
                               .calibration = calibration};
    if (osarc_findings_create(&findings, &err) ||
        osarc_measure_spine(findings, &context, &input, &err)) {
        refuse(&tallies[what->whole], err.text);
        osarc_findings_free(findings);
        return;
    }
    for (size_t r = 0; r < osarc_findings_count(findings); r++) {
        const osarc_finding *row = osarc_findings_at(findings, r);
        for (size_t i = 0; i < s->count; i++) {
            const osarc_phantom_level *truth = s->bodies[i].truth;
            if (strcmp(row->quantity, what->quantity) == 0 && strcmp(row->level, truth->name) == 0)
                compare_row(tallies, what, row,
                            strcmp(row->unit, "HU") == 0 ? truth->hu : truth->k2hpo4_mg_cm3);
        }
    }
    osarc_findings_free(findings);
}

static void compare_two_energies(tally *t, const scene *s, const osarc_calibration *high,
                                 const osarc_calibration *low)
{
    const osarc_image *images[2] = {osarc_phantom_second_image(s->phantom),
                                    osarc_phantom_image(s->phantom)};
    for (size_t i = 0; i < s->count; i++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_marrow_fat fat;
        const osarc_region *region = &s->levels[i].trabecular[OSARC_PLACED];
        double *hu[2];
        for (int e = 0; e < 2; e++) {
            hu[e] = calloc(region->count + 1, sizeof(double)); /* banned-ok */
            for (size_t n = 0; hu[e] && n < region->count; n++)
                hu[e][n] = osarc_image_value(images[e], region->voxels[n]);
        }
        if (hu[0] && hu[1] && region->count) {
            if (osarc_marrow_fat_two_scales(&fat, hu[0], hu[1], region->count, low, high, &err))
                refuse(t, err.text);
            else
                add_interval(t, fat.fraction, fat.ci[0], fat.ci[1], s->bodies[i].truth->marrow_fat);
        }
        free(hu[0]); /* banned-ok */
        free(hu[1]); /* banned-ok */
    }
}

static void compare_fat(tally *t, const scene *s, const osarc_calibration *calibration,
                        uint64_t seed)
{
    uint64_t state = ~seed;
    for (size_t i = 0; i < s->count; i++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_marrow_fat fat;
        double mean = NAN;
        double se = NAN;
        const osarc_phantom_level *truth = s->bodies[i].truth;
        double known = truth->mineral_mg_cm3 * fmax(0.1, normal(&state, 1, MINERAL_SD));
        const osarc_mineral_range range = {known * (1 - 1.96 * MINERAL_SD),
                                           known * (1 + 1.96 * MINERAL_SD)};
        if (osarc_region_mean(&mean, &se, osarc_phantom_image(s->phantom),
                              &s->levels[i].trabecular[OSARC_PLACED], &err) ||
            osarc_marrow_fat_model_based(&fat, mean, se, calibration, &range, &err))
            refuse(t, err.text);
        else
            add_interval(t, fat.fraction, fat.ci[0], fat.ci[1], truth->marrow_fat);
    }
}

/*
 * A patient and a scanner as the fit supposes them: tissues about those of ICRU by the spread of
 * patients, offset, gain and energy by what scanners are allowed. What tissues cannot see is left
 * out of the interval, as nothing of the kind is drawn.
 */
static osarc_status draw_tissues(osarc_calibration *out, osarc_acquisition *acquisition,
                                 double *hu_per_mg, double *offset_out, uint64_t *state,
                                 osarc_error *err)
{
    double kev = osarc_effective_energy_kev(acquisition->kvp);
    kev = normal(state, kev, 0.07 * kev);
    double gain = normal(state, 1, 0.01);
    double offset = normal(state, 0, 2.5);
    osarc_tissue_samples t = {.cortical_hu = NAN, .cortical_se = NAN, .blood_from = "aorta"};
    t.air_hu = fmax(-1030, gain * osarc_absorber_hu(OSARC_ABSORBER_AIR, kev) + offset +
                               normal(state, 0, 10));
    t.fat_hu =
        gain * osarc_absorber_hu(OSARC_ABSORBER_ADIPOSE, kev) + offset + normal(state, 0, 20);
    t.muscle_hu =
        gain * osarc_absorber_hu(OSARC_ABSORBER_MUSCLE, kev) + offset + normal(state, 0, 12);
    t.blood_hu =
        gain * osarc_absorber_hu(OSARC_ABSORBER_BLOOD, kev) + offset + normal(state, 0, 15);
    t.air_se = t.fat_se = t.muscle_se = t.blood_se = 0.5;
    *hu_per_mg = gain * osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, kev);
    *offset_out = offset;
    osarc_status status =
        osarc_calibrate_internal(out, &t, OSARC_INTERNAL_LINEAR_MU, acquisition, NULL, err);
    out->systematic_mg_cm3 = 0;
    return status;
}

static void compare_drawn_tissues(tally *t, uint64_t *state)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration c;
    osarc_acquisition a;
    double hu_per_mg;
    double offset;
    osarc_acquisition_init(&a);
    a.kvp = 120;
    if (draw_tissues(&c, &a, &hu_per_mg, &offset, state, &err)) {
        refuse(t, err.text);
        return;
    }
    double truth = between(state, 60, 200);
    double hu = hu_per_mg * truth + offset;
    double value = osarc_calibration_mg_cm3(&c, hu);
    double half = osarc_calibration_half_mg_cm3(&c, hu);
    add_interval(t, value, value - half, value + half, truth);
}

static osarc_status calibrate_tissues(osarc_calibration *out, const scene *s, osarc_error *err)
{
    double centres[LEVELS_MAX][3];
    double backs[LEVELS_MAX][3];
    osarc_tissue_samples samples;
    for (size_t i = 0; i < s->count; i++) {
        memcpy(centres[i], s->bodies[i].vertebra.centre_mm, sizeof(centres[i]));
        memcpy(backs[i], s->bodies[i].vertebra.back, sizeof(backs[i]));
    }
    const osarc_spine_line line = {(const double(*)[3]) centres, (const double(*)[3]) backs,
                                   s->count};
    osarc_status status =
        osarc_tissue_samples_read(&samples, osarc_phantom_image(s->phantom), s->tissue,
                                  s->count ? &line : NULL, NULL, 0, err);
    if (!status)
        status = osarc_calibrate_internal(out, &samples, OSARC_INTERNAL_LINEAR_MU,
                                          osarc_phantom_acquisition(s->phantom), NULL, err);
    return status;
}

static osarc_status make(scene *s, uint64_t seed, double slice_mm, osarc_error *err)
{
    osarc_phantom_options options = draw_options(seed, slice_mm);
    osarc_segment_options segment = {0};
    memset(s, 0, sizeof(*s));
    osarc_status status = osarc_phantom_create(&s->phantom, "spine", &options, err);
    if (!status)
        status = osarc_segment_tissues(&s->tissue, NULL, osarc_phantom_image(s->phantom), NULL,
                                       &segment, err);
    return status;
}

static osarc_status calibrate_rods(osarc_calibration *out, const osarc_image *image,
                                   osarc_mask *tissue, const osarc_acquisition *acquisition,
                                   osarc_error *err)
{
    osarc_status status = osarc_calibrate_phantom(out, image, tissue, acquisition, NULL, NULL, err);
    if (!status && out->rung != OSARC_RUNG_PHANTOM) {
        snprintf(err->text, sizeof(err->text), "no rods found");
        status = OSARC_ERR_QUALITY;
    }
    return status;
}

static void run(tally tallies[TALLY_COUNT], uint64_t seed, double slice_mm)
{
    static const wanted ROWS[] = {{"hu_trabecular", HU, HU_NOISE},
                                  {"hu_trabecular", HU_MOVED, -1},
                                  {"vbmd_trabecular", BY_PHANTOM, PHANTOM_FIT},
                                  {"vbmd_trabecular", PHANTOM_MOVED, -1},
                                  {"vbmd_trabecular", BY_TISSUES, -1}};
    uint64_t state = seed ^ 0x5bd1e995u;
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration phantom = {0};
    osarc_calibration second = {0};
    osarc_calibration tissues = {0};
    scene s;
    compare_drawn_tissues(&tallies[DRAWN_TISSUES], &state);
    osarc_status status = make(&s, seed, slice_mm, &err);
    if (!status)
        status = calibrate_rods(&phantom, osarc_phantom_image(s.phantom), s.tissue,
                                osarc_phantom_acquisition(s.phantom), &err);
    if (!status)
        status = calibrate_rods(&second, osarc_phantom_second_image(s.phantom), s.tissue,
                                osarc_phantom_second_acquisition(s.phantom), &err);
    if (!status)
        status =
            osarc_spine_find(&s.spine, osarc_phantom_image(s.phantom), s.tissue, NULL, NULL, &err);
    for (size_t i = 0; !status && i < osarc_spine_count(s.spine) && s.count < LEVELS_MAX; i++)
        find_regions(&s, i, slice_mm, &state);
    if (status || s.count == 0) {
        for (int t = 0; t < TALLY_COUNT; t++)
            if (t != DRAWN_TISSUES)
                refuse(&tallies[t], status ? err.text : "no whole level found");
    } else {
        compare(tallies, &ROWS[0], &s, s.levels, &phantom);
        compare(tallies, &ROWS[1], &s, s.moved, &phantom);
        compare(tallies, &ROWS[2], &s, s.levels, &phantom);
        compare(tallies, &ROWS[3], &s, s.moved, &phantom);
        compare_two_energies(&tallies[TWO_ENERGIES], &s, &phantom, &second);
        compare_fat(&tallies[FAT], &s, &phantom, seed);
        if (calibrate_tissues(&tissues, &s, &err))
            refuse(&tallies[BY_TISSUES], err.text);
        else
            compare(tallies, &ROWS[4], &s, s.levels, &tissues);
    }
    free_scene(&s);
}

int main(int argc, char **argv)
{
    long runs = argc > 1 ? strtol(argv[1], NULL, 10) : RUNS;
    long first = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
    double slice_mm = argc > 3 ? read_number(argv[3]) : SLICE_MM;
    tally tallies[TALLY_COUNT] = {
        [HU] = {.name = "HU", .unit = "HU"},
        [HU_NOISE] = {.name = "  its noise alone", .unit = "HU"},
        [HU_MOVED] = {.name = "  placed off", .unit = "HU"},
        [BY_PHANTOM] = {.name = "density by rods", .unit = "mg/cm3"},
        [PHANTOM_FIT] = {.name = "  its fit and noise alone", .unit = "mg/cm3"},
        [PHANTOM_MOVED] = {.name = "  placed off", .unit = "mg/cm3"},
        [BY_TISSUES] = {.name = "density by tissues", .unit = "mg/cm3"},
        [DRAWN_TISSUES] = {.name = "  its fit alone, as drawn", .unit = "mg/cm3"},
        [TWO_ENERGIES] = {.name = "marrow fat, two energies", .unit = ""},
        [FAT] = {.name = "marrow fat, one energy", .unit = ""}};
    time_t start = time(NULL);
    for (long r = 0; r < runs; r++)
        run(tallies, (uint64_t) (first + r), slice_mm);
    printf("%ld spines, seeds from %ld, slices of %g mm, %ld s\n", runs, first, slice_mm,
           (long) (time(NULL) - start));
    for (int i = 0; i < TALLY_COUNT; i++)
        print_tally(&tallies[i]);
    return 0;
}
