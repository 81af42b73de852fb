/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sr_codes.h"

#include <stdio.h>
#include <string.h>

#include <osarc/reference.h>
#include <osi/text.h>

#define LOINC "LN"
#define OWN   "99OSS"

typedef struct known {
    const char *scheme;
    const char *value;
} known;

/* SNOMED CT has two other names: its old short codes, and the one of FHIR. */
static const char *scheme_of(const osi_code *code)
{
    if (!strcmp(code->scheme, "SNM3") || !strcmp(code->scheme, "99SDM"))
        return "SRT";
    return code->scheme;
}

static int is_one_of(const osi_code *code, const known *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(scheme_of(code), list[i].scheme) && !strcmp(code->value, list[i].value))
            return 1;
    return 0;
}

int osi_sr_is_dxa_title(const osi_code *code)
{
    static const known TITLES[] = {
        {LOINC, "83311-1"}, /* bone density quantitative measurement by DXA panel */
        {LOINC, "38269-7"}, /* DXA skeletal system, study report */
        {OWN, "dxa-results"},
    };
    return is_one_of(code, TITLES, sizeof(TITLES) / sizeof(TITLES[0]));
}

int osi_sr_says_place(const osi_code *concept)
{
    static const known CONCEPTS[] = {
        {"SCT", "363698007"},                       /* finding site */
        {"SRT", "G-C0E3"},    {"SCT", "106233006"}, /* topographical modifier */
        {"SRT", "G-A1F8"},    {"DCM", "123014"},    /* target region */
    };
    return is_one_of(concept, CONCEPTS, sizeof(CONCEPTS) / sizeof(CONCEPTS[0]));
}

int osi_sr_says_side(const osi_code *concept)
{
    static const known CONCEPTS[] = {{"SCT", "272741003"}, {"SRT", "G-C171"}};
    return is_one_of(concept, CONCEPTS, sizeof(CONCEPTS) / sizeof(CONCEPTS[0]));
}

const char *osi_sr_side_find(const osi_code *code)
{
    static const struct {
        known code;
        const char *side;
    } SIDES[] = {
        {{"SCT", "7771000"}, "left"}, {{"SRT", "G-A101"}, "left"},   {{"SCT", "24028007"}, "right"},
        {{"SRT", "G-A100"}, "right"}, {{"SCT", "51440002"}, "both"}, {{"SRT", "G-A102"}, "both"},
    };
    for (size_t i = 0; i < sizeof(SIDES) / sizeof(SIDES[0]); i++)
        if (is_one_of(code, &SIDES[i].code, 1))
            return SIDES[i].side;
    return NULL;
}

/* LOINC: "DXA <bone> [Mass/Area], [T-score] and [Z-score] Bone density", of lumbar spine, femur,
 * hip, radius and ulna, as OHDSI's Themis conventions list them; DCM: PS3.16. */
static const struct {
    known code;
    osi_sr_quantity quantity;
} QUANTITIES[] = {
    {{LOINC, "24966-4"}, {"abmd", "lumbar", NULL, 0, 0}},
    {{LOINC, "38267-1"}, {"t_score", "lumbar", NULL, 0, 0}},
    {{LOINC, "85394-5"}, {"z_score", "lumbar", NULL, 0, 0}},
    {{LOINC, "24701-5"}, {"abmd", "femur", NULL, 0, 0}},
    {{LOINC, "38263-0"}, {"t_score", "femur", NULL, 0, 0}},
    {{LOINC, "80934-3"}, {"z_score", "femur", NULL, 0, 0}},
    {{LOINC, "80954-1"}, {"abmd", "femur", "left", 0, 0}},
    {{LOINC, "80948-3"}, {"t_score", "femur", "left", 0, 0}},
    {{LOINC, "80940-0"}, {"z_score", "femur", "left", 0, 0}},
    {{LOINC, "80953-3"}, {"abmd", "femur", "right", 0, 0}},
    {{LOINC, "80947-5"}, {"t_score", "femur", "right", 0, 0}},
    {{LOINC, "80939-2"}, {"z_score", "femur", "right", 0, 0}},
    {{LOINC, "38261-4"}, {"abmd", "femur", NULL, 0, 0}},
    {{LOINC, "38264-8"}, {"t_score", "femur", NULL, 0, 0}},
    {{LOINC, "80933-5"}, {"z_score", "femur", NULL, 0, 0}},
    {{LOINC, "46278-8"}, {"abmd", "femur", "left", 0, 0}},
    {{LOINC, "80946-7"}, {"t_score", "femur", "left", 0, 0}},
    {{LOINC, "80938-4"}, {"z_score", "femur", "left", 0, 0}},
    {{LOINC, "46279-6"}, {"abmd", "femur", "right", 0, 0}},
    {{LOINC, "80945-9"}, {"t_score", "femur", "right", 0, 0}},
    {{LOINC, "80937-6"}, {"z_score", "femur", "right", 0, 0}},
    {{LOINC, "24890-6"}, {"abmd", "forearm", NULL, 0, 0}},
    {{LOINC, "38265-5"}, {"t_score", "forearm", NULL, 0, 0}},
    {{LOINC, "80932-7"}, {"z_score", "forearm", NULL, 0, 0}},
    {{LOINC, "80952-5"}, {"abmd", "forearm", "left", 0, 0}},
    {{LOINC, "80944-2"}, {"t_score", "forearm", "left", 0, 0}},
    {{LOINC, "80936-8"}, {"z_score", "forearm", "left", 0, 0}},
    {{LOINC, "80951-7"}, {"abmd", "forearm", "right", 0, 0}},
    {{LOINC, "80943-4"}, {"t_score", "forearm", "right", 0, 0}},
    {{LOINC, "80935-0"}, {"z_score", "forearm", "right", 0, 0}},
    {{LOINC, "104938-6"}, {"t_score", NULL, NULL, 0, 0}}, /* spine */
    {{"SCT", "42798000"}, {"bone_area", NULL, NULL, 1, 0}},
    {{"SRT", "G-A166"}, {"bone_area", NULL, NULL, 1, 0}},
    {{"DCM", "113071"}, {"z_score", NULL, NULL, 1, 1}},
    {{"DCM", "121416"}, {"z_score", NULL, NULL, 1, 1}},
    {{OWN, "abmd"}, {"abmd", NULL, NULL, 1, 0}},
    {{OWN, "bmc"}, {"bmc", NULL, NULL, 1, 0}},
    {{OWN, "bone_area"}, {"bone_area", NULL, NULL, 1, 0}},
    {{OWN, "t_score"}, {"t_score", NULL, NULL, 1, 0}},
    {{OWN, "z_score"}, {"z_score", NULL, NULL, 1, 0}},
    {{OWN, "lean_mass"}, {"lean_mass", NULL, NULL, 1, 0}},
    {{OWN, "fat_mass"}, {"fat_mass", NULL, NULL, 1, 0}},
    {{OWN, "bone_mass"}, {"bone_mass", NULL, NULL, 1, 0}},
    {{OWN, "fat_percent"}, {"fat_percent", NULL, NULL, 1, 0}},
    {{OWN, "alm"}, {"alm", "whole_body", NULL, 1, 0}},
};

int osi_sr_quantity_find(osi_sr_quantity *out, const osi_code *code)
{
    for (size_t i = 0; i < sizeof(QUANTITIES) / sizeof(QUANTITIES[0]); i++)
        if (is_one_of(code, &QUANTITIES[i].code, 1)) {
            *out = QUANTITIES[i].quantity;
            return 1;
        }
    return 0;
}

static const struct {
    known code;
    osi_sr_place place;
} PLACES[] = {
    {{"SCT", "122496007"}, {"lumbar", "", 0, 0}},
    {{"SRT", "T-11503"}, {"lumbar", "", 0, 0}},
    {{"SCT", "23215003"}, {"thoracic", "T12", 1, 0}},
    {{"SCT", "66794005"}, {"lumbar", "L1", 2, 0}},
    {{"SCT", "14293000"}, {"lumbar", "L2", 3, 0}},
    {{"SCT", "36470004"}, {"lumbar", "L3", 4, 0}},
    {{"SCT", "11994002"}, {"lumbar", "L4", 5, 0}},
    {{"SCT", "49668003"}, {"lumbar", "L5", 6, 0}},
    {{"SCT", "71341001"}, {"femur", "", 0, 1}},
    {{"SRT", "T-12710"}, {"femur", "", 0, 1}},
    {{"SCT", "29836001"}, {"femur", "", 0, 1}}, /* hip region */
    {{"SRT", "T-D2500"}, {"femur", "", 0, 1}},
    {{"SCT", "24136001"}, {"femur", "", 0, 1}}, /* hip joint */
    {{"SRT", "T-15710"}, {"femur", "", 0, 1}},
    {{"SCT", "310651003"}, {"femur", "total", 0, 1}}, /* proximal femur: all of it */
    {{"SCT", "29627003"}, {"femur", "neck", 0, 1}},
    {{"SCT", "62413002"}, {"forearm", "", 0, 1}}, /* radius */
    {{"SRT", "T-12420"}, {"forearm", "", 0, 1}},
    {{"SCT", "38266002"}, {"whole_body", "total", 0, 0}},
    {{"SRT", "T-D0010"}, {"whole_body", "total", 0, 0}},
    {{"SCT", "69536005"}, {"whole_body", "head", 0, 0}},
    {{"SRT", "T-D1100"}, {"whole_body", "head", 0, 0}},
    {{"SCT", "22943007"}, {"whole_body", "trunk", 0, 0}},
    {{"SRT", "T-D2000"}, {"whole_body", "trunk", 0, 0}},
    {{"SCT", "53120007"}, {"whole_body", "arm", 0, 1}}, /* upper limb */
    {{"SRT", "T-D8000"}, {"whole_body", "arm", 0, 1}},
    {{"SCT", "61685007"}, {"whole_body", "leg", 0, 1}}, /* lower limb */
    {{"SRT", "T-D9000"}, {"whole_body", "leg", 0, 1}},
    {{OWN, "neck"}, {"femur", "neck", 0, 1}},
    {{OWN, "trochanter"}, {"femur", "trochanter", 0, 1}},
    {{OWN, "intertrochanter"}, {"femur", "intertrochanter", 0, 1}},
    {{OWN, "total-hip"}, {"femur", "total", 0, 1}},
    {{OWN, "radius-33"}, {"forearm", "radius-33", 0, 1}},
    {{OWN, "android"}, {"whole_body", "android", 0, 0}},
    {{OWN, "gynoid"}, {"whole_body", "gynoid", 0, 0}},
};

/* "L1-L4" and the like, in the own scheme. */
static int find_run(osi_sr_place *out, const char *value)
{
    if (strlen(value) != 5 || value[0] != 'L' || value[2] != '-' || value[3] != 'L' ||
        value[1] < '1' || value[4] > '5' || value[1] >= value[4])
        return 0;
    *out = (osi_sr_place){.site = "lumbar"};
    osi_text_copy(out->level, sizeof(out->level), value);
    return 1;
}

int osi_sr_place_find(osi_sr_place *out, const osi_code *code)
{
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++)
        if (is_one_of(code, &PLACES[i].code, 1)) {
            *out = PLACES[i].place;
            return 1;
        }
    return !strcmp(code->scheme, OWN) && find_run(out, code->value);
}

#define UNITS 3

typedef struct unit_factor {
    const char *ucum;
    double factor;
} unit_factor;

/* Units that a quantity may have, the first of them that of findings.csv; and what an adult or a
 * child can have of it, widely. */
static const struct {
    const char *quantity;
    unit_factor units[UNITS];
    double least, most;
    const char *not_fitting;
} RANGES[] = {
    {"abmd",
     {{"g/cm2", 1}, {"mg/cm2", 1e-3}, {"kg/m2", 0.1}},
     0.05,
     4,
     "its unit does not fit: g/cm2 or mg/cm2 is needed"},
    {"bmc", {{"g", 1}, {"mg", 1e-3}, {"kg", 1e3}}, 0.1, 6e3, "its unit does not fit: g is needed"},
    {"bone_area",
     {{"cm2", 1}, {"mm2", 1e-2}, {NULL, 0}},
     0.1,
     5e3,
     "its unit does not fit: cm2 is needed"},
    {"t_score",
     {{"1", 1}, {NULL, 0}, {NULL, 0}},
     -OSARC_SCORE_MOST,
     OSARC_SCORE_MOST,
     "its unit does not fit: 1 or {T-score} is needed"},
    {"z_score",
     {{"1", 1}, {NULL, 0}, {NULL, 0}},
     -OSARC_SCORE_MOST,
     OSARC_SCORE_MOST,
     "its unit does not fit: 1 or {Z-score} is needed"},
    {"lean_mass",
     {{"g", 1}, {"kg", 1e3}, {NULL, 0}},
     100,
     2e5,
     "its unit does not fit: g or kg is needed"},
    {"fat_mass",
     {{"g", 1}, {"kg", 1e3}, {NULL, 0}},
     10,
     3e5,
     "its unit does not fit: g or kg is needed"},
    {"bone_mass",
     {{"g", 1}, {"kg", 1e3}, {NULL, 0}},
     10,
     6e3,
     "its unit does not fit: g or kg is needed"},
    {"fat_percent",
     {{"1", 1}, {"%", 1e-2}, {NULL, 0}},
     0.01,
     0.9,
     "its unit does not fit: % is needed"},
    {"alm", {{"kg", 1}, {"g", 1e-3}, {NULL, 0}}, 1, 80, "its unit does not fit: kg or g is needed"},
};

#define RANGE_COUNT (sizeof(RANGES) / sizeof(RANGES[0]))

/* Words in braces say what is counted and are 1 in UCUM. */
static int is_one(const char *ucum)
{
    size_t size = strlen(ucum);
    return size > 2 && ucum[0] == '{' && strchr(ucum, '}') == ucum + size - 1;
}

const char *osi_sr_unit_find(const char **unit_out, double *factor_out, const char *quantity,
                             const osi_code *unit)
{
    *unit_out = "";
    *factor_out = 0;
    for (size_t i = 0; i < RANGE_COUNT; i++) {
        if (strcmp(RANGES[i].quantity, quantity) != 0)
            continue;
        const char *ucum = unit->value;
        *unit_out = RANGES[i].units[0].ucum;
        if (!ucum[0] || strcmp(unit->scheme, "UCUM") != 0)
            return "its unit is not stated as a UCUM code";
        if (!strcmp(*unit_out, "1") && is_one(ucum))
            ucum = "1";
        for (size_t k = 0; k < UNITS && RANGES[i].units[k].ucum; k++)
            if (!strcmp(ucum, RANGES[i].units[k].ucum)) {
                *factor_out = RANGES[i].units[k].factor;
                return NULL;
            }
        return RANGES[i].not_fitting;
    }
    return "it is of a quantity that is not known";
}

const char *osi_sr_unit_of(const char *quantity)
{
    for (size_t i = 0; i < RANGE_COUNT; i++)
        if (!strcmp(RANGES[i].quantity, quantity))
            return RANGES[i].units[0].ucum;
    return "";
}

const char *osi_sr_range_check(const char *quantity, double value)
{
    for (size_t i = 0; i < RANGE_COUNT; i++)
        if (!strcmp(RANGES[i].quantity, quantity))
            return value >= RANGES[i].least && value <= RANGES[i].most
                       ? NULL
                       : "its number is outside what a person can have";
    return "it is of a quantity that is not known";
}
