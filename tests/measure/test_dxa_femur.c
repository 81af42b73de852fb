/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a femur of blocks: box 15 x 30, trochanter and shaft above and below a line. */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_dxa.h>
#include <osi/alloc.h>

static osarc_error err = OSARC_ERROR_INIT;

#define COLUMNS 160
#define ROWS    160
#define PIXEL   0.6

/* In mm: the shaft is 30 wide and runs down at its right, the neck 30 high leaves it to the left
 * at right angles. */
#define SHAFT_LEFT  45.0
#define SHAFT_RIGHT 75.0
#define TOP         12.0 /* of the trochanter */
#define NECK_TOP    24.0
#define NECK_BOTTOM 54.0
#define BOX_LEFT    30.0
#define CROSS_DOWN  39.0
#define LAST_DOWN   78.0

typedef struct scene {
    osarc_dxa_maps maps;
    uint8_t *labels;
    osarc_findings *findings;
    osarc_acquisition acquisition;
    osarc_measure_context context;
    osarc_dxa_scores scores;
    osarc_dxa_femur_input input;
} scene;

static uint8_t label_at(double x, double y)
{
    if (x >= SHAFT_LEFT && x < SHAFT_RIGHT && y >= TOP)
        return y < CROSS_DOWN ? 2 : y < LAST_DOWN ? 3 : OSARC_DXA_LABEL_SHAFT;
    if (y >= NECK_TOP && y < NECK_BOTTOM && x < SHAFT_LEFT && x >= 12)
        return x >= BOX_LEFT ? 1 : OSARC_DXA_LABEL_BESIDE;
    return 0;
}

/* Neck, trochanter, shaft, head. */
static void make_scene(scene *s, const double density[4])
{
    memset(s, 0, sizeof(*s));
    s->maps.columns = COLUMNS;
    s->maps.rows = ROWS;
    s->maps.spacing_mm[0] = s->maps.spacing_mm[1] = PIXEL;
    s->maps.is_calibrated = 1;
    s->maps.bone_noise_g_cm2_cm = 0.003;
    s->maps.calibration_sd_g_cm2 = 0.004;
    s->maps.bone_g_cm2 = osi_alloc(COLUMNS * ROWS, sizeof(float), NULL);
    s->labels = osi_alloc(COLUMNS * ROWS, 1, NULL);
    cr_assert(s->labels && s->maps.bone_g_cm2);
    for (size_t i = 0; i < COLUMNS * ROWS; i++) {
        uint8_t label = label_at(PIXEL * (double) (i % COLUMNS), PIXEL * (double) (i / COLUMNS));
        s->labels[i] = label;
        const double of[6] = {0, density[0], density[1], density[2], density[2], density[3]};
        s->maps.bone_g_cm2[i] = (float) of[label];
    }
    osarc_acquisition_init(&s->acquisition);
    s->context = (osarc_measure_context){"case", &s->acquisition, ""};
    s->scores.person = (osarc_person){OSARC_SEX_FEMALE, 65, OSARC_MENOPAUSE_POST, NULL};
    s->scores.scale = OSARC_BMD_HOLOGIC;
    /* lines between pixels, half a pixel before the first of each region */
    s->input = (osarc_dxa_femur_input){
        .maps = &s->maps,
        .labels = s->labels,
        .lines = {.neck_mm = {37.5, 39},
                  .neck_way = {-1, 0},
                  .box_mm = {37.5 - SHAFT_LEFT + PIXEL / 2, 37.5 - BOX_LEFT + PIXEL / 2},
                  .neck_reach_mm = 18,
                  .shaft_mm = {60, 60},
                  .shaft_way = {0, -1},
                  .cross_up_mm = 60 - CROSS_DOWN + PIXEL / 2,
                  .last_up_mm = 60 - LAST_DOWN + PIXEL / 2},
        .side = "left",
        .neck_width_mm = 30,
        .neck_shaft_deg = 90};
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
}

static void end_scene(scene *s)
{
    osarc_findings_free(s->findings);
    osarc_dxa_maps_free(&s->maps);
    osi_free(s->labels);
}

static void measure(scene *s)
{
    EXPECT_OK(osarc_measure_dxa_femur(s->findings, &s->context, &s->input, &s->scores, &err));
}

static const osarc_finding *find(const scene *s, const char *level, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        if (strcmp(row->level, level) == 0 && strcmp(row->quantity, quantity) == 0)
            return row;
    }
    cr_fatal("no %s of %s", quantity, level);
    return NULL;
}

static void expect_refused(const osarc_finding *row, const char *words)
{
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
    cr_expect(isnan(row->value) && isnan(row->ci_low) && isnan(row->ci_high), "%s", row->quantity);
    cr_expect(strstr(row->note, words) != NULL, "%s: '%s'", row->quantity, row->note);
}

/* Blocks of whole pixels: a mean over 3 x 3 of them rounds corners by a fifth of a pixel each, and
 * where regions meet the edge of the one lies on the other's first pixel: 2 %. */
Test(measure_dxa_femur, regions_are_the_blocks_that_were_drawn)
{
    const double density[4] = {0.8, 0.7, 1, 2};
    const double cm2[3] = {1.5 * 3, 3 * 2.7, 3 * 3.9};
    static const char *const LEVELS[] = {"neck", "trochanter", "intertrochanter"};
    scene s;
    make_scene(&s, density);
    measure(&s);
    double sums[2] = {0, 0};
    for (int r = 0; r < 3; r++) {
        const osarc_finding *row = find(&s, LEVELS[r], "abmd");
        cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_OK), "%s", row->note);
        cr_expect(epsilon_eq(dbl, row->value, density[r], 0.02 * density[r]), "%s", LEVELS[r]);
        cr_expect(epsilon_eq(dbl, find(&s, LEVELS[r], "bone_area")->value, cm2[r], 0.02 * cm2[r]));
        cr_expect(eq(str, (char *) row->side, (char *) "left"));
        cr_expect(eq(str, (char *) row->site, (char *) "femur"));
        sums[0] += find(&s, LEVELS[r], "bmc")->value;
        sums[1] += find(&s, LEVELS[r], "bone_area")->value;
    }
    cr_expect(epsilon_eq(dbl, find(&s, "total", "bmc")->value, sums[0], 1e-9));
    cr_expect(epsilon_eq(dbl, find(&s, "total", "bone_area")->value, sums[1], 1e-9));
    cr_expect(epsilon_eq(dbl, find(&s, "total", "abmd")->value, sums[0] / sums[1], 1e-12));
    cr_expect(eq(dbl, find(&s, "neck", "width")->value, 30));
    end_scene(&s);
}

/* The head beside the box holds 2 g/cm2: a label of its own keeps it out. */
Test(measure_dxa_femur, mineral_of_the_head_is_of_no_region)
{
    const double with[4] = {0.8, 0.7, 1, 2};
    const double without[4] = {0.8, 0.7, 1, 0.8};
    scene a;
    scene b;
    make_scene(&a, with);
    make_scene(&b, without);
    osarc_dxa_bone bones[2];
    EXPECT_OK(osarc_dxa_bone_measure(&bones[0], &a.maps, a.labels, 1, &err));
    EXPECT_OK(osarc_dxa_bone_measure(&bones[1], &b.maps, b.labels, 1, &err));
    cr_expect(eq(dbl, bones[0].bmc_g, bones[1].bmc_g));
    /* without one its first 2 mm would count */
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        a.labels[i] = a.labels[i] == OSARC_DXA_LABEL_BESIDE ? 0 : a.labels[i];
    EXPECT_OK(osarc_dxa_bone_measure(&bones[0], &a.maps, a.labels, 1, &err));
    cr_expect(gt(dbl, bones[0].bmc_g, 1.2 * bones[1].bmc_g));
    end_scene(&a);
    end_scene(&b);
}

/* Moved by 1.2 mm, two whole pixels, 30 mm high: 0.36 cm2 more of the trochanter's or the head's
 * density, as much less of the other end's. */
Test(measure_dxa_femur, moved_labels_are_those_of_moved_lines)
{
    const double density[4] = {0.8, 0.7, 1, 2};
    scene s;
    make_scene(&s, density);
    uint8_t *moved = osi_alloc(COLUMNS * ROWS, 1, NULL);
    cr_assert(moved != NULL);
    EXPECT_OK(osarc_dxa_femur_move(moved, &s.input, 0, 0, &err));
    cr_expect(memcmp(moved, s.labels, COLUMNS * ROWS) == 0);
    EXPECT_OK(osarc_dxa_femur_move(moved, &s.input, 2 * PIXEL, 0, &err));
    size_t gained = 0;
    size_t lost = 0;
    for (size_t i = 0; i < COLUMNS * ROWS; i++) {
        gained += moved[i] == 1 && s.labels[i] == OSARC_DXA_LABEL_BESIDE;
        lost += moved[i] != 1 && s.labels[i] == 1;
    }
    cr_expect(eq(sz, gained, 2 * 50));
    cr_expect(eq(sz, lost, 2 * 50));
    EXPECT_OK(osarc_dxa_femur_move(moved, &s.input, 0, PIXEL, &err));
    size_t up = 0;
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        up += moved[i] == 3 && s.labels[i] == 2;
    cr_expect(eq(sz, up, 50));
    EXPECT_REFUSED(osarc_dxa_femur_move(NULL, &s.input, 0, 0, &err), OSARC_ERR_ARGUMENT);
    s.input.labels = NULL;
    EXPECT_REFUSED(osarc_dxa_femur_move(moved, &s.input, 0, 0, &err), OSARC_ERR_ARGUMENT);
    osi_free(moved);
    end_scene(&s);
}

/* The interval of the neck's density: noise, calibration and edge of its area, and half of what it
 * changes by when the box is moved by 1 mm either way, in quadrature. */
Test(measure_dxa_femur, intervals_hold_noise_edges_calibration_and_placement)
{
    const double density[4] = {0.8, 0.7, 1, 2};
    static const double MOVES[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    scene s;
    osarc_dxa_bone bone;
    make_scene(&s, density);
    uint8_t *moved = osi_alloc(COLUMNS * ROWS, 1, NULL);
    measure(&s);
    EXPECT_OK(osarc_dxa_bone_measure(&bone, &s.maps, s.labels, 1, &err));
    double least = bone.abmd_g_cm2;
    double most = bone.abmd_g_cm2;
    for (size_t i = 0; i < 4; i++) {
        osarc_dxa_bone other;
        EXPECT_OK(osarc_dxa_femur_move(moved, &s.input, MOVES[i][0], MOVES[i][1], &err));
        EXPECT_OK(osarc_dxa_bone_measure(&other, &s.maps, moved, 1, &err));
        least = fmin(least, other.abmd_g_cm2);
        most = fmax(most, other.abmd_g_cm2);
    }
    cr_expect(gt(dbl, most - least, 0.01));
    const osarc_finding *row = find(&s, "neck", "abmd");
    double half = hypot(bone.abmd_half_g_cm2, (most - least) / 2);
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, half, 1e-9));
    cr_expect(epsilon_eq(dbl, row->value - row->ci_low, half, 1e-9));
    const osarc_finding *score = find(&s, "neck", "t_score");
    cr_expect(epsilon_eq(dbl, score->ci_high - score->value, half / 0.12, 1e-9));
    osi_free(moved);
    end_scene(&s);
}

/* Looker 1998: neck 0.858 (0.120), total 0.942 (0.122). */
Test(measure_dxa_femur, scores_are_of_neck_and_total_alone)
{
    const double density[4] = {0.558, 0.5, 0.8, 1};
    scene s;
    make_scene(&s, density);
    measure(&s);
    size_t scores = 0;
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++)
        scores += strcmp(osarc_findings_at(s.findings, i)->quantity, "t_score") == 0;
    cr_expect(eq(sz, scores, 2));
    cr_expect(epsilon_eq(dbl, find(&s, "neck", "t_score")->value,
                         (find(&s, "neck", "abmd")->value - 0.858) / 0.120, 1e-6));
    cr_expect(epsilon_eq(dbl, find(&s, "total", "t_score")->value,
                         (find(&s, "total", "abmd")->value - 0.942) / 0.122, 1e-6));
    end_scene(&s);
}

Test(measure_dxa_femur, metal_is_refused_where_it_lies_and_in_the_total)
{
    const double density[4] = {0.8, 0.7, 6, 1};
    scene s;
    make_scene(&s, density);
    measure(&s);
    expect_refused(find(&s, "intertrochanter", "abmd"), "metal");
    expect_refused(find(&s, "intertrochanter", "bone_area"), "metal");
    expect_refused(find(&s, "total", "bmc"), "metal");
    expect_refused(find(&s, "total", "t_score"), "metal");
    cr_expect(eq(int, (int) find(&s, "neck", "abmd")->quality, OSARC_QUALITY_OK));
    end_scene(&s);
}

Test(measure_dxa_femur, without_a_last_line_there_is_the_neck_alone)
{
    const double density[4] = {0.8, 0.7, 1, 1};
    scene s;
    make_scene(&s, density);
    s.input.lines.last_up_mm = NAN;
    s.input.refused_total = "the picture ends too high";
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "neck", "t_score")->quality, OSARC_QUALITY_OK));
    expect_refused(find(&s, "trochanter", "abmd"), "ends too high");
    expect_refused(find(&s, "intertrochanter", "bmc"), "ends too high");
    expect_refused(find(&s, "total", "abmd"), "ends too high");
    expect_refused(find(&s, "total", "t_score"), "ends too high");
    end_scene(&s);
}

Test(measure_dxa_femur, no_femur_no_value)
{
    const double density[4] = {0.8, 0.7, 1, 1};
    scene s;
    make_scene(&s, density);
    s.input.labels = NULL;
    s.input.refused = "no shaft";
    measure(&s);
    cr_expect(eq(sz, osarc_findings_count(s.findings), 16));
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++)
        expect_refused(osarc_findings_at(s.findings, i), "no shaft");
    end_scene(&s);
}

Test(measure_dxa_femur, a_region_of_a_few_pixels_is_not_measured)
{
    const double density[4] = {0.8, 0.7, 1, 1};
    scene s;
    make_scene(&s, density);
    for (size_t i = 0, seen = 0; i < COLUMNS * ROWS; i++)
        if (s.labels[i] == 2 && seen++ > 5)
            s.labels[i] = 0;
    measure(&s);
    expect_refused(find(&s, "trochanter", "abmd"), "not whole");
    expect_refused(find(&s, "total", "abmd"), "a part of it");
    end_scene(&s);
}

Test(measure_dxa_femur, an_unknown_side_is_a_warning)
{
    const double density[4] = {0.8, 0.7, 1, 1};
    scene s;
    make_scene(&s, density);
    s.input.side = "";
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "neck", "abmd")->quality, OSARC_QUALITY_WARNING));
    cr_expect(eq(int, (int) find(&s, "neck", "t_score")->quality, OSARC_QUALITY_WARNING));
    end_scene(&s);
}

Test(measure_dxa_femur, wants_all_it_is_made_from)
{
    const double density[4] = {0.8, 0.7, 1, 1};
    scene s;
    make_scene(&s, density);
    EXPECT_REFUSED(osarc_measure_dxa_femur(NULL, &s.context, &s.input, &s.scores, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_dxa_femur(s.findings, NULL, &s.input, &s.scores, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_dxa_femur(s.findings, &s.context, NULL, &s.scores, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_dxa_femur(s.findings, &s.context, &s.input, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    s.input.side = NULL;
    EXPECT_REFUSED(osarc_measure_dxa_femur(s.findings, &s.context, &s.input, &s.scores, &err),
                   OSARC_ERR_ARGUMENT);
    end_scene(&s);
}
