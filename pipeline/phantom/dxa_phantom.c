/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_phantom.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa_plates.h"

#define MAX_SHIFT_PX  5.0
#define MAX_OFFSET_MM 10.0
#define MAX_TURN_DEG  15.0
/* Of another scan of the same hip: the body moved, the leg turned, so far either way. */
#define AGAIN_MM    5.0
#define AGAIN_DEG   5.0
#define LAID_MM     10.0 /* a spine or a body, that is not turned */
#define MAX_SIDE_PX 4096

struct osarc_dxa_phantom {
    const char *kind;
    osarc_dxa_phantom_options options; /* with defaults filled in */
    dxa_scene scene;
    osarc_dxa_pair *pair;
};

static const struct {
    const char *name;
    dxa_build build;
    double pixel_mm;
    int is_spine;
    int is_wedge;
    int is_hip;
    int is_forearm;
} KINDS[] = {{"dxa-wedge", dxa_build_wedge, 0.6, 0, 1, 0, 0},
             {"dxa-spine", dxa_build_spine, 0.6, 1, 0, 0, 0},
             {"dxa-hip", dxa_build_hip, 0.6, 0, 0, 1, 0},
             {"dxa-body", dxa_build_body, 3, 0, 0, 0, 0},
             {"dxa-forearm", dxa_build_forearm, 0.6, 0, 0, 0, 1}};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

const char *const *osarc_dxa_phantom_kinds(void)
{
    static const char *const NAMES[KIND_COUNT + 1] = {"dxa-wedge", "dxa-spine",   "dxa-hip",
                                                      "dxa-body",  "dxa-forearm", NULL};
    return NAMES;
}

static osarc_status take(double *value, double otherwise, double low, double high, const char *what,
                         osarc_error *err)
{
    if (*value == 0)
        *value = otherwise;
    else if (!(*value >= low && *value <= high))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s is %g, %g to %g allowed", what, *value, low,
                        high);
    return OSARC_OK;
}

static osarc_status take_word(char *word, const char *otherwise, const char *const *allowed,
                              const char *what, osarc_error *err)
{
    if (!word[0])
        snprintf(word, 16, "%s", otherwise);
    for (size_t i = 0; allowed[i]; i++)
        if (strcmp(word, allowed[i]) == 0)
            return OSARC_OK;
    return osi_fail(err, OSARC_ERR_ARGUMENT, "%s \"%.15s\" is not known", what, word);
}

static osarc_status take_body(osarc_dxa_phantom_options *o, int is_body, osarc_error *err)
{
    if (is_body)
        return take(&o->limb_lean, 1, 0.3, 1.5, "lean mass of limbs over the usual", err);
    return o->limb_lean == 0 ? OSARC_OK
                             : osi_fail(err, OSARC_ERR_ARGUMENT,
                                        "lean mass of limbs was given for another than dxa-body");
}

/* Soft tissue and minerals, of a spine or a hip. */
static osarc_status take_bone(osarc_dxa_phantom_options *o, size_t kind, osarc_error *err)
{
    static const double SPINE_G_CM2[4] = {0.5, 1, 1.5, 1};
    static const double HIP_G_CM2[4] = {0.8, 0.7, 1, 0.9};
    static const double FOREARM_G_CM2[4] = {0.7, 0.45, 0.65, 0.5};
    int is_hip = KINDS[kind].is_hip;
    int is_forearm = KINDS[kind].is_forearm;
    const double *usual = is_hip ? HIP_G_CM2 : is_forearm ? FOREARM_G_CM2 : SPINE_G_CM2;
    double given = fabs(o->soft_g_cm2) + fabs(o->fat_fraction);
    for (int i = 0; i < 4; i++)
        given += fabs(o->bone_g_cm2[i]);
    if ((!is_hip && fabs(o->lesser_mm) > 0) ||
        (!is_hip && !is_forearm && (o->side[0] || fabs(o->turn_deg) > 0)) ||
        (KINDS[kind].is_wedge && o->repositioned))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "an option that only dxa-hip has was given for another");
    if (!is_forearm && (fabs(o->forearm_mm) > 0 || o->hand_down || o->without_wrist))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "an option that only dxa-forearm has was given for another");
    if (!KINDS[kind].is_spine && (o->without_ribs || o->without_crests))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "an option that only dxa-spine has was given for another");
    if (!KINDS[kind].is_spine && !is_hip && !is_forearm)
        return given == 0 ? OSARC_OK
                          : osi_fail(err, OSARC_ERR_ARGUMENT,
                                     "soft tissue or minerals were given for %s, which has its own",
                                     KINDS[kind].name);
    osarc_status status = take(&o->soft_g_cm2, is_forearm ? 5 : 16, is_forearm ? 2 : 5,
                               is_forearm ? 12 : 35, "soft tissue in g/cm2", err);
    if (!status)
        status = take(&o->fat_fraction, 0.25, 0.05, 0.7, "share of fat", err);
    for (int i = 0; !status && i < 4; i++)
        status = take(&o->bone_g_cm2[i], usual[i], 0.05, 3, "bone density in g/cm2", err);
    return status;
}

/* Moved and turned by the seed. */
static osarc_status reposition(osarc_dxa_phantom_options *o, double most_mm, double most_deg,
                               osarc_error *err)
{
    uint64_t state = o->seed ^ 0x7e905e0du;
    if (fabs(o->turn_deg) + fabs(o->offset_mm[0]) + fabs(o->offset_mm[1]) > 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a turn or an offset was given, and one by the seed asked for");
    for (int a = 0; a < 2; a++)
        o->offset_mm[a] = most_mm * (2 * dxa_uniform(&state) - 1);
    o->turn_deg = most_deg * (2 * dxa_uniform(&state) - 1);
    return OSARC_OK;
}

/* What is left or right, and turned. */
static osarc_status take_limb(osarc_dxa_phantom_options *o, int is_hip, osarc_error *err)
{
    static const char *const SIDES[] = {"left", "right", NULL};
    osarc_status status = take_word(o->side, "left", SIDES, "side", err);
    if (!status && is_hip)
        status = take(&o->lesser_mm, 3, 0.1, 12, "lesser trochanter in mm", err);
    if (!status && !is_hip)
        status = take(&o->forearm_mm, 255, 180, 320, "length of the forearm in mm", err);
    /* between the middles of the two regions it changes evenly, and on to the radius' end */
    if (!status && !is_hip && fabs(o->bone_g_cm2[0] - o->bone_g_cm2[1]) > o->bone_g_cm2[1])
        status = osi_fail(err, OSARC_ERR_ARGUMENT,
                          "radius of %g and %g g/cm2: at most twice as dense in its shaft as at "
                          "its end, and not half as dense allowed",
                          o->bone_g_cm2[0], o->bone_g_cm2[1]);
    if (!status && !(fabs(o->turn_deg) <= MAX_TURN_DEG))
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "turn is %g degrees, %g either way allowed",
                          o->turn_deg, MAX_TURN_DEG);
    return status || !o->repositioned ? status : reposition(o, AGAIN_MM, AGAIN_DEG, err);
}

static osarc_status fill_defaults(osarc_dxa_phantom_options *o, size_t kind, osarc_error *err)
{
    static const char *const BEAMS[] = {"40/70", "38/76", "70/140", NULL};
    static const char *const WEDGES[] = {"al-pmma", "ha-pe", NULL};
    static const struct {
        size_t at;
        double limit;
        const char *what;
    } SIGNED[] = {{offsetof(osarc_dxa_phantom_options, shift_px), MAX_SHIFT_PX, "shift in pixels"},
                  {offsetof(osarc_dxa_phantom_options, offset_mm), MAX_OFFSET_MM, "offset in mm"}};
    osarc_status status = take_word(o->beams, "38/76", BEAMS, "pair of beams", err);
    if (!status && o->wedge[0] && !KINDS[kind].is_wedge)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "a wedge was named for %s", KINDS[kind].name);
    if (!status && KINDS[kind].is_wedge)
        status = take_word(o->wedge, "al-pmma", WEDGES, "wedge", err);
    if (!status)
        status = take(&o->pixel_mm, KINDS[kind].pixel_mm, 0.1, 10, "pixel size in mm", err);
    if (!status)
        status = take(&o->photons, 0, 100, 1e9, "photons a pixel", err);
    for (size_t i = 0; !status && i < 2; i++) {
        const double *values = (const double *) (const void *) ((const char *) o + SIGNED[i].at);
        for (int a = 0; !status && a < 2; a++)
            if (!(fabs(values[a]) <= SIGNED[i].limit))
                status = osi_fail(err, OSARC_ERR_ARGUMENT, "%s is %g, %g either way allowed",
                                  SIGNED[i].what, values[a], SIGNED[i].limit);
    }
    if (!status)
        status = take_body(o, KINDS[kind].build == dxa_build_body, err);
    if (!status)
        status = take_bone(o, kind, err);
    if (!status && (KINDS[kind].is_hip || KINDS[kind].is_forearm))
        return take_limb(o, KINDS[kind].is_hip, err);
    return status || !o->repositioned ? status : reposition(o, LAID_MM, 0, err);
}

/* What a header of it says; nobody was scanned. */
static void describe(osarc_dxa_facts *facts, const osarc_dxa_phantom *phantom)
{
    const osarc_dxa_phantom_options *o = &phantom->options;
    const osarc_beam_pair *beams = osarc_beam_pair_find(o->beams);
    osarc_acquisition *a = &facts->acquisition;
    osarc_dxa_facts_init(facts);
    facts->view = phantom->scene.view;
    facts->is_log = !o->linear;
    if (facts->view == OSARC_DXA_VIEW_FOREARM) {
        facts->side = strcmp(o->side, "right") == 0 ? OSARC_SIDE_RIGHT : OSARC_SIDE_LEFT;
        facts->forearm_mm = o->forearm_mm;
    }
    for (int i = 0; i < 2; i++) {
        /* the highest energy in the beam, which for a tube is its voltage */
        facts->kvp[i] = beams->beams[i].high_kev;
        facts->spacing_mm[i] = o->pixel_mm;
        if (o->linear)
            facts->ceiling[i] = 65535;
    }
    a->kvp = facts->kvp[0];
    snprintf(a->patient_id, sizeof(a->patient_id), "PHANTOM-DXA");
    snprintf(a->modality, sizeof(a->modality), "DX");
    snprintf(a->manufacturer, sizeof(a->manufacturer), "osarc");
    snprintf(a->model, sizeof(a->model), "synthetic %s", o->beams);
    snprintf(a->device_serial, sizeof(a->device_serial), "0");
    if (facts->view == OSARC_DXA_VIEW_WHOLE_BODY) {
        a->sex = OSARC_SEX_FEMALE;
        a->age_years = 60;
        a->height_m = 1.7;
    }
    facts->columns = (size_t) (2 * ceil(phantom->scene.half_view_mm[0] / o->pixel_mm));
    facts->rows = (size_t) (2 * ceil(phantom->scene.half_view_mm[1] / o->pixel_mm));
}

osarc_status osarc_dxa_phantom_create(osarc_dxa_phantom **out, const char *kind,
                                      const osarc_dxa_phantom_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    size_t number = 0;
    while (number < KIND_COUNT && (!kind || strcmp(KINDS[number].name, kind) != 0))
        number++;
    if (number == KIND_COUNT)
        return osi_fail(
            err, OSARC_ERR_ARGUMENT,
            "no phantom \"%.40s\": dxa-wedge, dxa-spine, dxa-hip, dxa-body and dxa-forearm are "
            "there",
            kind ? kind : "");
    osarc_dxa_phantom *phantom = osi_alloc(1, sizeof(*phantom), err);
    if (!phantom)
        return OSARC_ERR_MEMORY;
    phantom->kind = KINDS[number].name;
    if (options)
        phantom->options = *options;
    osarc_dxa_facts facts;
    osarc_status status = fill_defaults(&phantom->options, number, err);
    if (!status) {
        KINDS[number].build(&phantom->scene, &phantom->options);
        describe(&facts, phantom);
        if (facts.columns > MAX_SIDE_PX || facts.rows > MAX_SIDE_PX)
            status = osi_fail(err, OSARC_ERR_ARGUMENT,
                              "pixels of %g mm give %zu x %zu of them, %d a side allowed",
                              phantom->options.pixel_mm, facts.columns, facts.rows, MAX_SIDE_PX);
    }
    if (!status)
        status = osarc_dxa_pair_create(&phantom->pair, &facts, err);
    if (!status)
        status = dxa_project(phantom->pair, &phantom->scene, &phantom->options, err);
    if (status) {
        osarc_dxa_phantom_free(phantom);
        return status;
    }
    *out = phantom;
    return OSARC_OK;
}

const char *osarc_dxa_phantom_kind(const osarc_dxa_phantom *phantom)
{
    return phantom->kind;
}

const osarc_dxa_phantom_options *osarc_dxa_phantom_settings(const osarc_dxa_phantom *phantom)
{
    return &phantom->options;
}

const osarc_dxa_pair *osarc_dxa_phantom_pair(const osarc_dxa_phantom *phantom)
{
    return phantom->pair;
}

size_t osarc_dxa_phantom_truth_count(const osarc_dxa_phantom *phantom)
{
    return phantom->scene.truth_count;
}

const osarc_dxa_truth *osarc_dxa_phantom_truth(const osarc_dxa_phantom *phantom, size_t index)
{
    return index < phantom->scene.truth_count ? &phantom->scene.truths[index] : NULL;
}

void osarc_dxa_phantom_free(osarc_dxa_phantom *phantom)
{
    if (!phantom)
        return;
    osarc_dxa_pair_free(phantom->pair);
    osi_free(phantom);
}
