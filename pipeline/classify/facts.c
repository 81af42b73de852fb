/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "facts.h"

#include <math.h>
#include <string.h>

#include "columns.h"

static const char *const NAMES[OSI_INPUT_COUNT] = {
    [OSI_SEX] = "sex",
    [OSI_AGE] = "age_years",
    [OSI_HEIGHT] = "height_m",
    [OSI_MENOPAUSAL] = "menopausal",
    [OSI_GRIP] = "grip_kg",
    [OSI_CHAIR_TIME] = "chair_stand_5x_s",
    [OSI_CHAIR_DONE] = "chair_stand_completed",
    [OSI_GAIT] = "gait_speed_m_s",
    [OSI_SPPB] = "sppb",
    [OSI_TUG] = "tug_s",
    [OSI_WALK_TIME] = "walk_400m_s",
    [OSI_WALK_DONE] = "walk_400m_completed",
    [OSI_FRACTURE] = "fragility_fracture",
    [OSI_ALM] = "alm_kg",
    [OSI_ALM_METHOD] = "alm_method",
    [OSI_T_LUMBAR] = "t_lumbar",
    [OSI_T_NECK] = "t_femoral_neck",
    [OSI_T_HIP] = "t_total_hip",
    [OSI_T_RADIUS] = "t_radius_33",
    [OSI_VBMD] = "vbmd_lumbar_mg_cm3",
    [OSI_VBMD_BASIS] = "vbmd_basis",
};

const char *osi_input_name(osi_input input)
{
    return NAMES[input];
}

int osi_fact_known(const osi_facts *facts, osi_input input)
{
    return facts->fact[input].source != NULL;
}

int osi_fact_is(const osi_facts *facts, osi_input input, const char *word)
{
    return osi_fact_known(facts, input) && !strcmp(facts->fact[input].word, word);
}

static void read_table(osi_facts *facts, const osi_sources *s)
{
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        double number = osarc_clinical_number(s->clinical, s->patient_id, NAMES[i]);
        const char *word = osarc_clinical_word(s->clinical, s->patient_id, NAMES[i]);
        if (!isnan(number) || word[0])
            facts->fact[i] = (osi_fact){number, word, "table"};
    }
}

static void set_number(osi_facts *facts, osi_input input, double number, const char *source)
{
    size_t count;
    const osi_column *column = &osi_columns(&count)[osi_column_find(NAMES[input])];
    if (!osi_fact_known(facts, input) && osi_column_plausible(column, number))
        facts->fact[input] = (osi_fact){number, "", source};
}

static void read_header(osi_facts *facts, const osarc_acquisition *a)
{
    const char *sex = a->sex == OSARC_SEX_FEMALE ? "F" : a->sex == OSARC_SEX_MALE ? "M" : "";
    if (*sex && !osi_fact_known(facts, OSI_SEX))
        facts->fact[OSI_SEX] = (osi_fact){NAN, sex, "header"};
    else if (*sex && !osi_fact_is(facts, OSI_SEX, sex))
        facts->header_sex = a->sex;
    set_number(facts, OSI_AGE, a->age_years, "header");
    set_number(facts, OSI_HEIGHT, a->height_m, "header");
}

static int is_of_patient(const osarc_finding *row, const osi_sources *s)
{
    if (s->patient_id && s->patient_id[0])
        return !strcmp(row->patient_id, s->patient_id);
    return s->case_id && !strcmp(row->case_id, s->case_id);
}

/* Which input a row of findings gives; OSI_INPUT_COUNT: none. Only DXA is what cut-offs are made
 * for, and a hip read from CT as if by DXA; the T-scale does not hold for CT of the spine. */
static osi_input find_input(const osarc_finding *row)
{
    int dxa = !strncmp(row->basis, "DXA", 3);
    int hip = dxa || !strcmp(row->method, "ctxa");
    if (!strcmp(row->quantity, "alm") && dxa)
        return OSI_ALM;
    if (strcmp(row->quantity, "t_score") != 0)
        return OSI_INPUT_COUNT;
    if (dxa && !strcmp(row->site, "lumbar") && !strcmp(row->level, "L1-L4"))
        return OSI_T_LUMBAR;
    if (hip && !strcmp(row->site, "femur") && !strcmp(row->level, "neck"))
        return OSI_T_NECK;
    if (hip && !strcmp(row->site, "femur") && !strcmp(row->level, "total"))
        return OSI_T_HIP;
    return OSI_INPUT_COUNT;
}

/* How well a row serves as density of the spine, less is better; -1: not at all. The mean of two
 * vertebrae is asked for, L1 and L2 first; a scale in K2HPO4 goes before everything. */
static int rank_density(const osarc_finding *row)
{
    if (strcmp(row->quantity, "vbmd_trabecular") != 0 || strcmp(row->site, "lumbar") != 0)
        return -1;
    int pair = !strcmp(row->level, "L1-L2");
    if (!pair && strcmp(row->level, "L1-L4") != 0)
        return -1;
    return (strcmp(row->basis, "K2HPO4") != 0 ? 4 : 0) + (pair ? 0 : 2) +
           (row->quality == OSARC_QUALITY_WARNING);
}

/* The row that says that no level could be named, or none was found. */
static int is_spine_as_a_whole(const osarc_finding *row)
{
    return !strcmp(row->quantity, "vbmd_trabecular") && !strcmp(row->site, "lumbar") &&
           !row->level[0];
}

static const char *find_basis(const char *basis)
{
    return !strcmp(basis, "K2HPO4") ? "K2HPO4" : !strcmp(basis, "HA") ? "HA" : "";
}

static void read_density(osi_facts *facts, const osi_sources *s)
{
    const osarc_finding *best = NULL;
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        int rank = rank_density(row);
        int refused = row->quality == OSARC_QUALITY_REFUSED;
        if (!is_of_patient(row, s))
            continue;
        if (refused && !facts->vbmd_refused && (rank >= 0 || is_spine_as_a_whole(row)))
            facts->vbmd_refused = row->note;
        else if (!refused && rank >= 0 && (!best || rank < rank_density(best)))
            best = row;
    }
    if (best || osi_fact_known(facts, OSI_VBMD))
        facts->vbmd_refused = NULL;
    if (!best || osi_fact_known(facts, OSI_VBMD))
        return;
    set_number(facts, OSI_VBMD, best->value, "measured");
    if (!osi_fact_known(facts, OSI_VBMD))
        return;
    const char *basis = find_basis(best->basis);
    facts->fact[OSI_VBMD_BASIS] = (osi_fact){NAN, basis, basis[0] ? "measured" : NULL};
    facts->vbmd_half = (best->ci_high - best->ci_low) / 2;
}

static void read_findings(osi_facts *facts, const osi_sources *s)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        osi_input input = find_input(row);
        if (input == OSI_INPUT_COUNT || row->quality == OSARC_QUALITY_REFUSED ||
            !is_of_patient(row, s))
            continue;
        osi_fact *fact = &facts->fact[input];
        int measured = osi_fact_known(facts, input) && !strcmp(fact->source, "measured");
        if (measured && input != OSI_ALM)
            fact->number = fmin(fact->number, row->value); /* of two hips, the lower */
        set_number(facts, input, row->value, "measured");
        if (input == OSI_ALM && osi_fact_known(facts, OSI_ALM) && !strcmp(fact->source, "measured"))
            facts->fact[OSI_ALM_METHOD] = (osi_fact){NAN, "dxa", "measured"};
    }
    read_density(facts, s);
}

void osi_facts_read(osi_facts *out, const osi_sources *sources)
{
    *out = (osi_facts){.header_sex = OSARC_SEX_UNKNOWN, .vbmd_half = NAN};
    for (int i = 0; i < OSI_INPUT_COUNT; i++)
        out->fact[i] = (osi_fact){NAN, "", NULL};
    if (sources->clinical && sources->patient_id && sources->patient_id[0])
        read_table(out, sources);
    if (sources->acquisition)
        read_header(out, sources->acquisition);
    if (sources->findings)
        read_findings(out, sources);
}

/* The lowest T of spine and hip; of the radius only when neither was measured. */
static double read_lowest_t(const osi_facts *facts, osi_inputs *used, osi_inputs *missing)
{
    static const osi_input SITES[3] = {OSI_T_LUMBAR, OSI_T_NECK, OSI_T_HIP};
    double lowest = NAN;
    for (int i = 0; i < 3; i++) {
        if (!osi_fact_known(facts, SITES[i]))
            continue;
        lowest = fmin(lowest, facts->fact[SITES[i]].number);
        *used |= OSI_INPUT(SITES[i]);
    }
    if (!isnan(lowest))
        return lowest;
    if (osi_fact_known(facts, OSI_T_RADIUS)) {
        *used |= OSI_INPUT(OSI_T_RADIUS);
        return facts->fact[OSI_T_RADIUS].number;
    }
    for (int i = 0; i < 3; i++)
        *missing |= OSI_INPUT(SITES[i]);
    return NAN;
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

/* Cut-offs for lean mass hold for DXA; a known other method leaves the mass missing. */
static double read_alm(const osi_facts *facts, osi_inputs *used, osi_inputs *missing)
{
    double alm = read_one(facts, OSI_ALM, used, missing);
    read_one(facts, OSI_ALM_METHOD, used, missing);
    if (osi_fact_is(facts, OSI_ALM_METHOD, "dxa"))
        return alm;
    if (osi_fact_known(facts, OSI_ALM_METHOD))
        *missing |= OSI_INPUT(OSI_ALM);
    return NAN;
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

double osi_value_read(const osi_facts *facts, osi_value value, osi_inputs *used_out,
                      osi_inputs *missing_out)
{
    static const osi_input DIRECT[OSI_VALUE_COUNT] = {[OSI_VALUE_GRIP_KG] = OSI_GRIP,
                                                      [OSI_VALUE_GAIT_M_S] = OSI_GAIT,
                                                      [OSI_VALUE_SPPB] = OSI_SPPB,
                                                      [OSI_VALUE_TUG_S] = OSI_TUG,
                                                      [OSI_VALUE_AGE_YEARS] = OSI_AGE};
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
    case OSI_VALUE_T_LOWEST:
        return read_lowest_t(facts, used_out, missing_out);
    case OSI_VALUE_VBMD_MG_CM3:
        return read_vbmd(facts, used_out, missing_out);
    default:
        return read_one(facts, DIRECT[value], used_out, missing_out);
    }
}

const char *osi_value_name(osi_value value)
{
    static const char *const VALUES[OSI_VALUE_COUNT] = {
        [OSI_VALUE_GRIP_KG] = "grip_kg",
        [OSI_VALUE_CHAIR_STAND_S] = "chair_stand_5x_s",
        [OSI_VALUE_ALM_KG] = "alm_kg by dxa",
        [OSI_VALUE_ALM_KG_M2] = "alm_kg by dxa / height_m^2",
        [OSI_VALUE_GAIT_M_S] = "gait_speed_m_s",
        [OSI_VALUE_SPPB] = "sppb",
        [OSI_VALUE_TUG_S] = "tug_s",
        [OSI_VALUE_WALK_400M_S] = "walk_400m_s",
        [OSI_VALUE_T_LOWEST] = "lowest T of lumbar spine, femoral neck, total hip as measured",
        [OSI_VALUE_AGE_YEARS] = "age_years",
        [OSI_VALUE_VBMD_MG_CM3] = "vbmd_lumbar_mg_cm3 on K2HPO4",
    };
    return VALUES[value];
}

const char *osi_value_remark(osi_value value)
{
    int timed = value == OSI_VALUE_CHAIR_STAND_S || value == OSI_VALUE_WALK_400M_S;
    return timed ? " or not completed" : "";
}
