/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_phantom.h>

#include "dxa_body_step.h"

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_dxa_maps maps;
    osarc_dxa_body body;
    osarc_findings *findings;
    osarc_notes *notes;
} scene;

static void calibrate(osarc_dxa_calibration *out)
{
    osarc_dxa_phantom *wedge = NULL;
    osarc_dxa_phantom_options options = {.photons = 1e7};
    EXPECT_OK(osarc_dxa_phantom_create(&wedge, "dxa-wedge", &options, &err));
    EXPECT_OK(osarc_dxa_calibrate(out, osarc_dxa_phantom_pair(wedge),
                                  osarc_dxa_wedge_find("al-pmma"), NULL, &err));
    osarc_dxa_phantom_free(wedge);
}

/* The body phantom without some of its last rows. */
static osarc_dxa_pair *crop(size_t lost_rows)
{
    osarc_dxa_phantom *body = NULL;
    osarc_dxa_phantom_options options = {.photons = 1e6};
    EXPECT_OK(osarc_dxa_phantom_create(&body, "dxa-body", &options, &err));
    const osarc_dxa_pair *whole = osarc_dxa_phantom_pair(body);
    osarc_dxa_facts facts = *osarc_dxa_pair_facts(whole);
    osarc_dxa_pair *pair = NULL;
    facts.rows -= lost_rows;
    EXPECT_OK(osarc_dxa_pair_create(&pair, &facts, &err));
    for (int e = 0; e < 2; e++)
        memcpy(osarc_dxa_pair_fill(pair, (osarc_dxa_energy) e),
               osarc_dxa_pair_values(whole, (osarc_dxa_energy) e),
               facts.rows * facts.columns * sizeof(float));
    osarc_dxa_phantom_free(body);
    return pair;
}

static void measure(scene *s, size_t lost_rows)
{
    osarc_dxa_calibration calibration;
    const double facts[2] = {1.7, 60};
    const osarc_dxa_scores scores = {.scale = OSARC_BMD_SCALE_UNKNOWN};
    memset(s, 0, sizeof(*s));
    calibrate(&calibration);
    osarc_dxa_pair *pair = crop(lost_rows);
    EXPECT_OK(osarc_notes_create(&s->notes, &err));
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    EXPECT_OK(osarc_dxa_maps_make(&s->maps, pair, &calibration, NULL, NULL, &err));
    const osarc_measure_context context = {"case", &osarc_dxa_pair_facts(pair)->acquisition, ""};
    const osarc_dxa_picture picture = {
        .bone = s->maps.bone_g_cm2,
        .columns = s->maps.columns,
        .rows = s->maps.rows,
        .spacing_mm = {s->maps.spacing_mm[0], s->maps.spacing_mm[1]}};
    EXPECT_OK(dxa_body_measure(s->findings, &context, &s->maps, &picture, &s->body, s->notes,
                               &scores, facts, &err));
    osarc_dxa_pair_free(pair);
}

static void drop(scene *s)
{
    osarc_dxa_body_free(&s->body);
    osarc_dxa_maps_free(&s->maps);
    osarc_findings_free(s->findings);
    osarc_notes_free(s->notes);
}

static const osarc_finding *find(const scene *s, const char *level, const char *side,
                                 const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        if ((!level || strcmp(row->level, level) == 0) && strcmp(row->side, side) == 0 &&
            strcmp(row->quantity, quantity) == 0)
            return row;
    }
    cr_assert(0, "no row");
    return NULL;
}

static void expect_refused(const scene *s, const char *level, const char *side,
                           const char *quantity)
{
    const osarc_finding *row = find(s, level, side, quantity);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
    cr_expect(isnan(row->value));
    cr_expect(strstr(row->note, "cuts the feet") != NULL, "%s", row->note);
}

Test(run_dxa_body_step, a_whole_body_has_all_its_rows)
{
    scene s;
    measure(&s, 0);
    cr_expect(isfinite(find(&s, "total", "", "lean_mass")->value));
    cr_expect(isfinite(find(&s, "leg", "left", "lean_mass")->value));
    cr_expect(isfinite(find(&s, NULL, "", "alm")->value));
    drop(&s);
}

/* 40 rows of 3 mm: the feet and a part of the shins. */
Test(run_dxa_body_step, feet_beyond_the_picture_are_not_taken_for_none)
{
    scene s;
    measure(&s, 40);
    expect_refused(&s, "total", "", "lean_mass");
    expect_refused(&s, "leg", "left", "lean_mass");
    expect_refused(&s, "leg", "right", "fat_mass");
    expect_refused(&s, NULL, "", "alm");
    const osarc_finding *arm = find(&s, "arm", "left", "lean_mass");
    cr_expect(isfinite(arm->value));
    cr_expect(strstr(arm->note, "cuts the feet") != NULL, "%s", arm->note);
    drop(&s);
}
