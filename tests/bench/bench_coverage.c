/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_coverage [RUNS [FIRST_SEED]]: how many 95 % intervals hold the truth.
 *
 * Each run draws a short spine with rods under it, whose density, fat, energy, noise, place and
 * lean come from its seed, and measures what a run of the program measures of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <osarc/density.h>
#include <osarc/marrow_fat.h>
#include <osarc/measure_spine.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osarc/spine.h>

#define RUNS       400
#define LEVELS_MAX 24
#define NEAR_MM    8.0 /* a body found so near to a true one is that one */

/* What is known of the true mineral from elsewhere, for fat from one energy: SD of 10 %. */
#define MINERAL_SD 0.1

typedef struct tally {
    const char *name;
    const char *unit;
    size_t intervals;
    size_t holding;
    size_t refused;
    double error; /* sums */
    double squares;
    double width;
    char last_refusal[200];
} tally;

enum {
    BY_PHANTOM,
    BY_TISSUES,
    FAT,
    TALLY_COUNT
};

static uint64_t next(uint64_t *state)
{
    /* splitmix64 */
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * ((double) (next(state) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *state, double mean, double sd)
{
    double u = between(state, 0, 1);
    return mean + sd * sqrt(-2 * log(u)) * cos(2 * M_PI * between(state, 0, 1));
}

/* Two to three whole levels between T12 and L4; energies as wide as scanners differ at 120 kV. */
static osarc_phantom_options draw_options(uint64_t seed)
{
    uint64_t state = seed;
    osarc_phantom_options o = {.seed = seed,
                               .pixel_mm = 1.5,
                               .slice_mm = 3,
                               .length_mm = 102,
                               .basis = "HA",
                               .rods = "mindways3_ct"};
    o.noise_sd_hu = between(&state, 5, 25);
    o.effective_kev = fmin(fmax(normal(&state, 69, 5), 55), 85);
    o.centre_z_mm = between(&state, 10, 60);
    o.trabecular_mg_cm3 = between(&state, 60, 200);
    o.marrow_fat = between(&state, 0.15, 0.65);
    o.rotate_deg = between(&state, -8, 8);
    o.scoliosis_deg = between(&state, -10, 10);
    return o;
}

static void add_interval(tally *t, double value, double low, double high, double truth)
{
    t->intervals++;
    t->holding += low <= truth && truth <= high;
    t->error += value - truth;
    t->squares += (value - truth) * (value - truth);
    t->width += (high - low) / 2;
}

static void refuse(tally *t, const char *why)
{
    t->refused++;
    snprintf(t->last_refusal, sizeof(t->last_refusal), "%s", why);
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
} found;

/* Everything of one scan. */
typedef struct scene {
    osarc_phantom *phantom;
    osarc_mask *tissue;
    osarc_spine *spine;
    found bodies[LEVELS_MAX];
    osarc_spine_level levels[LEVELS_MAX];
    size_t count;
} scene;

static void free_scene(scene *s)
{
    for (size_t i = 0; i < s->count; i++)
        for (int p = 0; p < OSARC_PLACEMENTS; p++)
            osarc_voxels_free(s->bodies[i].voxels[p]);
    osarc_spine_free(s->spine);
    osarc_mask_free(s->tissue);
    osarc_phantom_free(s->phantom);
}

static void find_regions(scene *s, size_t index, double slice_mm)
{
    /* as a run of the program moves them */
    const osarc_trabecular_options moves[OSARC_PLACEMENTS] = {
        {0, 0}, {-1, 0}, {1, 0}, {0, slice_mm}, {0, -slice_mm}};
    found *f = &s->bodies[s->count];
    osarc_spine_level *level = &s->levels[s->count];
    memset(f, 0, sizeof(*f));
    memset(level, 0, sizeof(*level));
    f->vertebra = *osarc_spine_at(s->spine, index);
    f->truth = find_level(s->phantom, &f->vertebra);
    if (!f->truth)
        return;
    /* rows are for named levels only, and a short stack has no anchor */
    f->vertebra.label = f->truth->label;
    f->vertebra.other_label = 0;
    level->vertebra = &f->vertebra;
    for (int p = 0; p < OSARC_PLACEMENTS; p++) {
        osarc_region *region = &level->trabecular[p];
        if (osarc_spine_trabecular(&f->voxels[p], &region->count, s->spine, index, &moves[p], NULL))
            region->refused = "no region";
        region->voxels = f->voxels[p];
    }
    s->count++;
}

/* One row of vbmd_trabecular a level, against the truth. */
static void compare(tally *t, const scene *s, const osarc_calibration *calibration)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    osarc_measure_context context = {"bench", osarc_phantom_acquisition(s->phantom), NULL};
    osarc_spine_input input = {.image = osarc_phantom_image(s->phantom),
                               .levels = s->levels,
                               .level_count = s->count,
                               .calibration = calibration};
    if (osarc_findings_create(&findings, &err) ||
        osarc_measure_spine(findings, &context, &input, &err)) {
        refuse(t, err.text);
        osarc_findings_free(findings);
        return;
    }
    for (size_t r = 0; r < osarc_findings_count(findings); r++) {
        const osarc_finding *row = osarc_findings_at(findings, r);
        if (strcmp(row->quantity, "vbmd_trabecular") != 0)
            continue;
        for (size_t i = 0; i < s->count; i++)
            if (strcmp(row->level, s->bodies[i].truth->name) == 0) {
                if (isfinite(row->ci_low))
                    add_interval(t, row->value, row->ci_low, row->ci_high,
                                 s->bodies[i].truth->k2hpo4_mg_cm3);
                else
                    refuse(t, row->note);
            }
    }
    osarc_findings_free(findings);
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

static osarc_status make(scene *s, uint64_t seed, osarc_error *err)
{
    osarc_phantom_options options = draw_options(seed);
    osarc_segment_options segment = {0};
    memset(s, 0, sizeof(*s));
    osarc_status status = osarc_phantom_create(&s->phantom, "spine", &options, err);
    if (!status)
        status = osarc_segment_tissues(&s->tissue, NULL, osarc_phantom_image(s->phantom), NULL,
                                       &segment, err);
    return status;
}

static void run(tally tallies[TALLY_COUNT], uint64_t seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration phantom = {0};
    osarc_calibration tissues = {0};
    scene s;
    osarc_status status = make(&s, seed, &err);
    if (!status)
        status = osarc_calibrate_phantom(&phantom, osarc_phantom_image(s.phantom), s.tissue,
                                         osarc_phantom_acquisition(s.phantom), NULL, NULL, &err);
    if (!status)
        status =
            osarc_spine_find(&s.spine, osarc_phantom_image(s.phantom), s.tissue, NULL, NULL, &err);
    for (size_t i = 0; !status && i < osarc_spine_count(s.spine) && s.count < LEVELS_MAX; i++)
        find_regions(&s, i, 3);
    if (status || s.count == 0 || phantom.rung != OSARC_RUNG_PHANTOM) {
        const char *why = status         ? err.text
                          : s.count == 0 ? "no whole level found"
                                         : "no rods found";
        refuse(&tallies[BY_PHANTOM], why);
        refuse(&tallies[BY_TISSUES], why);
        refuse(&tallies[FAT], why);
    } else {
        compare(&tallies[BY_PHANTOM], &s, &phantom);
        compare_fat(&tallies[FAT], &s, &phantom, seed);
        if (calibrate_tissues(&tissues, &s, &err))
            refuse(&tallies[BY_TISSUES], err.text);
        else
            compare(&tallies[BY_TISSUES], &s, &tissues);
    }
    free_scene(&s);
}

/* Wilson's interval of a share, 95 %. */
static void print_tally(const tally *t)
{
    double n = (double) t->intervals;
    if (t->intervals == 0) {
        printf("%-28s no interval, %zu refused: %s\n", t->name, t->refused, t->last_refusal);
        return;
    }
    const double z = 1.96;
    double p = (double) t->holding / n;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    printf("%-28s %4zu of %4zu intervals hold the truth: %.3f (%.3f to %.3f)\n", t->name,
           t->holding, t->intervals, p, middle - half, middle + half);
    printf("%-28s mean error %.3g, RMS %.3g, mean half interval %.3g %s; %zu refused%s%s\n", "",
           t->error / n, sqrt(t->squares / n), t->width / n, t->unit, t->refused,
           t->refused ? ", such as: " : "", t->last_refusal);
}

int main(int argc, char **argv)
{
    long runs = argc > 1 ? strtol(argv[1], NULL, 10) : RUNS;
    long first = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
    tally tallies[TALLY_COUNT] = {[BY_PHANTOM] = {.name = "density by rods", .unit = "mg/cm3"},
                                  [BY_TISSUES] = {.name = "density by tissues", .unit = "mg/cm3"},
                                  [FAT] = {.name = "marrow fat from one energy", .unit = ""}};
    time_t start = time(NULL);
    for (long r = 0; r < runs; r++)
        run(tallies, (uint64_t) (first + r));
    printf("%ld spines, seeds from %ld, %ld s\n", runs, first, (long) (time(NULL) - start));
    for (int i = 0; i < TALLY_COUNT; i++)
        print_tally(&tallies[i]);
    return 0;
}
