/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_maps.h>

#include <ctype.h>
#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define MIN_SIDE       8
#define MAX_SIDE       4096
#define MIN_SPACING_MM 0.05
#define MAX_SPACING_MM 20.0

struct osarc_dxa_pair {
    osarc_dxa_facts facts;
    float *values[2];
};

void osarc_dxa_facts_init(osarc_dxa_facts *facts)
{
    memset(facts, 0, sizeof(*facts));
    osarc_acquisition_init(&facts->acquisition);
    for (int i = 0; i < 2; i++)
        facts->spacing_mm[i] = facts->kvp[i] = facts->air[i] = facts->ceiling[i] =
            facts->energy_kev[i] = NAN;
    facts->forearm_mm = NAN;
}

void osarc_dxa_stated_init(osarc_dxa_stated *stated)
{
    memset(stated, 0, sizeof(*stated));
    for (int i = 0; i < 2; i++)
        stated->spacing_mm[i] = stated->kvp[i] = stated->energy_kev[i] = stated->air[i] = NAN;
    stated->forearm_mm = NAN;
}

osarc_status osarc_dxa_pair_create(osarc_dxa_pair **out, const osarc_dxa_facts *facts,
                                   osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!facts)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "facts are NULL");
    const size_t sides[2] = {facts->columns, facts->rows};
    for (int i = 0; i < 2; i++) {
        if (sides[i] < MIN_SIDE || sides[i] > MAX_SIDE)
            return osi_fail(err, OSARC_ERR_ARGUMENT,
                            "an image of %zu x %zu, %d to %d a side needed", facts->columns,
                            facts->rows, MIN_SIDE, MAX_SIDE);
        if (isnan(facts->spacing_mm[i]))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "no pixel spacing is stated: without it areas and densities cannot be "
                            "told; a header's PixelSpacing or `spacing_mm` in dxa.json is needed");
        if (!(facts->spacing_mm[i] >= MIN_SPACING_MM && facts->spacing_mm[i] <= MAX_SPACING_MM))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "pixel spacing is %g mm, %g to %g needed: without it areas and "
                            "densities cannot be told",
                            facts->spacing_mm[i], MIN_SPACING_MM, MAX_SPACING_MM);
    }
    osarc_dxa_pair *pair = osi_alloc(1, sizeof(*pair), err);
    if (!pair)
        return OSARC_ERR_MEMORY;
    pair->facts = *facts;
    for (int i = 0; i < 2; i++) {
        pair->values[i] = osi_alloc(facts->columns * facts->rows, sizeof(float), err);
        if (!pair->values[i]) {
            osarc_dxa_pair_free(pair);
            return OSARC_ERR_MEMORY;
        }
    }
    *out = pair;
    return OSARC_OK;
}

const osarc_dxa_facts *osarc_dxa_pair_facts(const osarc_dxa_pair *pair)
{
    return &pair->facts;
}

const float *osarc_dxa_pair_values(const osarc_dxa_pair *pair, osarc_dxa_energy energy)
{
    return pair->values[energy == OSARC_DXA_HIGH];
}

float *osarc_dxa_pair_fill(osarc_dxa_pair *pair, osarc_dxa_energy energy)
{
    return pair->values[energy == OSARC_DXA_HIGH];
}

void osarc_dxa_pair_free(osarc_dxa_pair *pair)
{
    if (!pair)
        return;
    osi_free(pair->values[0]);
    osi_free(pair->values[1]);
    osi_free(pair);
}

const char *osarc_dxa_view_name(osarc_dxa_view view)
{
    static const char *const NAMES[OSARC_DXA_VIEW_COUNT] = {
        "unknown", "ap_spine",      "left_femur", "right_femur",      "total_body",
        "forearm", "lateral_spine", "knee",       "calibration_wedge"};
    return (unsigned) view < OSARC_DXA_VIEW_COUNT ? NAMES[view] : NAMES[0];
}

/* The first line whose words all occur in the protocol name. */
static const struct {
    const char *words[2];
    osarc_dxa_view view;
} PROTOCOLS[] = {
    {{"wedge", NULL}, OSARC_DXA_VIEW_WEDGE},
    {{"knee", NULL}, OSARC_DXA_VIEW_KNEE},
    {{"lva", NULL}, OSARC_DXA_VIEW_LATERAL_SPINE},
    {{"ivfa", NULL}, OSARC_DXA_VIEW_LATERAL_SPINE},
    {{"vfa", NULL}, OSARC_DXA_VIEW_LATERAL_SPINE},
    {{"lateral", NULL}, OSARC_DXA_VIEW_LATERAL_SPINE},
    {{"forearm", NULL}, OSARC_DXA_VIEW_FOREARM},
    {{"total body", NULL}, OSARC_DXA_VIEW_WHOLE_BODY},
    {{"whole body", NULL}, OSARC_DXA_VIEW_WHOLE_BODY},
    {{"left", "femur"}, OSARC_DXA_VIEW_FEMUR_LEFT},
    {{"left", "hip"}, OSARC_DXA_VIEW_FEMUR_LEFT},
    {{"right", "femur"}, OSARC_DXA_VIEW_FEMUR_RIGHT},
    {{"right", "hip"}, OSARC_DXA_VIEW_FEMUR_RIGHT},
    {{"spine", NULL}, OSARC_DXA_VIEW_SPINE},
};

static void lower_case(char out[OSARC_TEXT_SIZE], const char *text)
{
    size_t size = 0;
    for (; text && text[size] && size + 1 < OSARC_TEXT_SIZE; size++)
        out[size] = (char) tolower((unsigned char) text[size]);
    out[size] = '\0';
}

osarc_side osarc_dxa_side_of(const char *protocol)
{
    char lower[OSARC_TEXT_SIZE];
    lower_case(lower, protocol);
    int is_left = strstr(lower, "left") != NULL;
    int is_right = strstr(lower, "right") != NULL;
    if (is_left == is_right)
        return OSARC_SIDE_UNKNOWN;
    return is_left ? OSARC_SIDE_LEFT : OSARC_SIDE_RIGHT;
}

osarc_dxa_view osarc_dxa_view_of(const char *protocol)
{
    char lower[OSARC_TEXT_SIZE];
    lower_case(lower, protocol);
    for (size_t i = 0; i < sizeof(PROTOCOLS) / sizeof(PROTOCOLS[0]); i++) {
        const char *second = PROTOCOLS[i].words[1];
        if (strstr(lower, PROTOCOLS[i].words[0]) && (!second || strstr(lower, second)))
            return PROTOCOLS[i].view;
    }
    return OSARC_DXA_VIEW_UNKNOWN;
}

const osarc_label *osarc_dxa_body_labels(size_t *count_out)
{
    static const osarc_label LABELS[] = {{0, "outside"},  {1, "head"},      {2, "trunk"},
                                         {3, "arm_left"}, {4, "arm_right"}, {5, "leg_left"},
                                         {6, "leg_right"}};
    *count_out = sizeof(LABELS) / sizeof(LABELS[0]);
    return LABELS;
}

void osarc_dxa_maps_free(osarc_dxa_maps *maps)
{
    if (!maps)
        return;
    osi_free(maps->bone_g_cm2);
    osi_free(maps->lean_g_cm2);
    osi_free(maps->fat_g_cm2);
    osi_free(maps->pixels);
    memset(maps, 0, sizeof(*maps));
}
