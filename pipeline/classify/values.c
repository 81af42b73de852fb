/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "facts.h"

#include <math.h>

/* What is known of a value besides how it is worked out. */
typedef struct value_words {
    const char *key;
    const char *name;
    const char *brief;
} value_words;

static const value_words WORDS[OSI_VALUE_COUNT] = {
    [OSI_VALUE_GRIP_KG] = {"grip_kg", "grip_kg", "grip_kg"},
    [OSI_VALUE_GRIP_PER_BMI] = {"grip_per_bmi", "grip_kg / bmi", "grip_kg / bmi"},
    [OSI_VALUE_CHAIR_STAND_S] = {"chair_stand_5x_s", "chair_stand_5x_s", "chair_stand_5x_s"},
    [OSI_VALUE_ALM_KG] = {"alm_kg", "alm_kg by %s", "alm_kg"},
    [OSI_VALUE_ALM_KG_M2] = {"alm_kg_m2", "alm_kg by %s / height_m^2", "alm_kg / height_m^2"},
    [OSI_VALUE_ALM_PER_BMI] = {"alm_per_bmi", "alm_kg by %s / bmi", "alm_kg / bmi"},
    [OSI_VALUE_GAIT_M_S] = {"gait_speed_m_s", "gait_speed_m_s", "gait_speed_m_s"},
    [OSI_VALUE_SPPB] = {"sppb", "sppb", "sppb"},
    [OSI_VALUE_TUG_S] = {"tug_s", "tug_s", "tug_s"},
    [OSI_VALUE_WALK_400M_S] = {"walk_400m_s", "walk_400m_s", "walk_400m_s"},
    [OSI_VALUE_WALK_6MIN_M] = {"walk_6min_m", "walk_6min_m", "walk_6min_m"},
    [OSI_VALUE_T_LOWEST] = {"t_lowest",
                            "lowest T of lumbar spine, femoral neck, total hip as measured", "T"},
    [OSI_VALUE_T_CENTRAL] = {"t_lowest_central",
                             "lowest T of lumbar spine, femoral neck, total hip as measured", "T"},
    [OSI_VALUE_Z_LOWEST] = {"z_lowest",
                            "lowest Z of lumbar spine, femoral neck, total hip as measured", "Z"},
    [OSI_VALUE_VBMD_MG_CM3] = {"vbmd_lumbar_mg_cm3", "vbmd_lumbar_mg_cm3 on K2HPO4",
                               "vbmd_lumbar_mg_cm3"},
};

const char *osi_value_key(osi_value value)
{
    return WORDS[value].key;
}

const char *osi_value_name(osi_value value)
{
    return WORDS[value].name;
}

const char *osi_value_short(osi_value value)
{
    return WORDS[value].brief;
}

int osi_value_is_lean(osi_value value)
{
    return value == OSI_VALUE_ALM_KG || value == OSI_VALUE_ALM_KG_M2 ||
           value == OSI_VALUE_ALM_PER_BMI;
}

int osi_value_is_bone(osi_value value)
{
    return value == OSI_VALUE_T_LOWEST || value == OSI_VALUE_T_CENTRAL ||
           value == OSI_VALUE_VBMD_MG_CM3;
}

const char *osi_value_remark(osi_value value)
{
    int timed = value == OSI_VALUE_CHAIR_STAND_S || value == OSI_VALUE_WALK_400M_S;
    return timed ? " or not completed" : "";
}

/* The lowest of spine and hip. */
static double read_lowest(const osi_facts *facts, const osi_input sites[3], osi_inputs *used,
                          osi_inputs *missing)
{
    double lowest = NAN;
    for (int i = 0; i < 3; i++) {
        if (!osi_fact_known(facts, sites[i]))
            continue;
        lowest = fmin(lowest, facts->fact[sites[i]].number);
        *used |= OSI_INPUT(sites[i]);
    }
    for (int i = 0; i < 3 && isnan(lowest); i++)
        *missing |= OSI_INPUT(sites[i]);
    return lowest;
}

/* The T of the radius counts only when neither spine nor hip was measured. */
static double read_lowest_t(const osi_facts *facts, int radius, osi_inputs *used,
                            osi_inputs *missing)
{
    static const osi_input SITES[3] = {OSI_T_LUMBAR, OSI_T_NECK, OSI_T_HIP};
    double lowest = read_lowest(facts, SITES, used, missing);
    if (!isnan(lowest) || !radius || !osi_fact_known(facts, OSI_T_RADIUS))
        return lowest;
    *used |= OSI_INPUT(OSI_T_RADIUS);
    *missing = 0;
    return facts->fact[OSI_T_RADIUS].number;
}

static double read_one(const osi_facts *facts, osi_input input, osi_inputs *used,
                       osi_inputs *missing)
{
    if (osi_fact_known(facts, input))
        *used |= OSI_INPUT(input);
    else
        *missing |= OSI_INPUT(input);
    return facts->fact[input].number;
}

/* A test that was begun and not completed took longer than any limit. */
static double read_timed(const osi_facts *facts, osi_input time, osi_input done, osi_inputs *used,
                         osi_inputs *missing)
{
    if (osi_fact_known(facts, done))
        *used |= OSI_INPUT(done);
    if (osi_fact_is(facts, done, "no"))
        return INFINITY;
    return read_one(facts, time, used, missing);
}

static double read_alm(const osi_facts *facts, osi_inputs *used, osi_inputs *missing)
{
    read_one(facts, OSI_ALM_METHOD, used, missing);
    return read_one(facts, OSI_ALM, used, missing);
}

static double read_bmi(const osi_facts *facts, osi_inputs *used, osi_inputs *missing)
{
    double height = read_one(facts, OSI_HEIGHT, used, missing);
    return read_one(facts, OSI_WEIGHT, used, missing) / (height * height);
}

/* The bands are for K2HPO4; a basis that is not known is not guessed. */
static double read_vbmd(const osi_facts *facts, osi_inputs *used, osi_inputs *missing)
{
    double vbmd = read_one(facts, OSI_VBMD, used, missing);
    if (!osi_fact_known(facts, OSI_VBMD))
        return NAN;
    read_one(facts, OSI_VBMD_BASIS, used, missing);
    if (osi_fact_is(facts, OSI_VBMD_BASIS, "K2HPO4"))
        return vbmd;
    if (osi_fact_known(facts, OSI_VBMD_BASIS))
        *missing |= OSI_INPUT(OSI_VBMD);
    return NAN;
}

static double read_bone(const osi_facts *facts, osi_value value, osi_inputs *used,
                        osi_inputs *missing)
{
    static const osi_input Z_SITES[3] = {OSI_Z_LUMBAR, OSI_Z_NECK, OSI_Z_HIP};
    if (value == OSI_VALUE_VBMD_MG_CM3)
        return read_vbmd(facts, used, missing);
    if (value == OSI_VALUE_Z_LOWEST)
        return read_lowest(facts, Z_SITES, used, missing);
    return read_lowest_t(facts, value == OSI_VALUE_T_LOWEST, used, missing);
}

double osi_value_read(const osi_facts *facts, osi_value value, osi_inputs *used_out,
                      osi_inputs *missing_out)
{
    static const osi_input DIRECT[OSI_VALUE_COUNT] = {[OSI_VALUE_GRIP_KG] = OSI_GRIP,
                                                      [OSI_VALUE_GAIT_M_S] = OSI_GAIT,
                                                      [OSI_VALUE_SPPB] = OSI_SPPB,
                                                      [OSI_VALUE_TUG_S] = OSI_TUG,
                                                      [OSI_VALUE_WALK_6MIN_M] = OSI_WALK_6MIN};
    *used_out = 0;
    *missing_out = 0;
    switch (value) {
    case OSI_VALUE_CHAIR_STAND_S:
        return read_timed(facts, OSI_CHAIR_TIME, OSI_CHAIR_DONE, used_out, missing_out);
    case OSI_VALUE_WALK_400M_S:
        return read_timed(facts, OSI_WALK_TIME, OSI_WALK_DONE, used_out, missing_out);
    case OSI_VALUE_ALM_KG:
        return read_alm(facts, used_out, missing_out);
    case OSI_VALUE_ALM_KG_M2: {
        double alm = read_alm(facts, used_out, missing_out);
        double height = read_one(facts, OSI_HEIGHT, used_out, missing_out);
        return alm / (height * height);
    }
    case OSI_VALUE_ALM_PER_BMI:
        return read_alm(facts, used_out, missing_out) / read_bmi(facts, used_out, missing_out);
    case OSI_VALUE_GRIP_PER_BMI:
        return read_one(facts, OSI_GRIP, used_out, missing_out) /
               read_bmi(facts, used_out, missing_out);
    case OSI_VALUE_T_LOWEST:
    case OSI_VALUE_T_CENTRAL:
    case OSI_VALUE_Z_LOWEST:
    case OSI_VALUE_VBMD_MG_CM3:
        return read_bone(facts, value, used_out, missing_out);
    default:
        return read_one(facts, DIRECT[value], used_out, missing_out);
    }
}
