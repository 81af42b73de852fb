/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "facts.h"

#include <math.h>
#include <string.h>

#include "clinical_rows.h"
#include "columns.h"

static const char *const NAMES[OSI_INPUT_COUNT] = {
    [OSI_SEX] = "sex",
    [OSI_AGE] = "age_years",
    [OSI_HEIGHT] = "height_m",
    [OSI_WEIGHT] = "weight_kg",
    [OSI_MENOPAUSAL] = "menopausal",
    [OSI_GRIP] = "grip_kg",
    [OSI_CHAIR_TIME] = "chair_stand_5x_s",
    [OSI_CHAIR_DONE] = "chair_stand_completed",
    [OSI_GAIT] = "gait_speed_m_s",
    [OSI_GAIT_COURSE] = "gait_distance_m",
    [OSI_SPPB] = "sppb",
    [OSI_TUG] = "tug_s",
    [OSI_WALK_TIME] = "walk_400m_s",
    [OSI_WALK_DONE] = "walk_400m_completed",
    [OSI_WALK_6MIN] = "walk_6min_m",
    [OSI_FRACTURE] = "fragility_fracture",
    [OSI_ALM] = "alm_kg",
    [OSI_ALM_METHOD] = "alm_method",
    [OSI_T_LUMBAR] = "t_lumbar",
    [OSI_T_NECK] = "t_femoral_neck",
    [OSI_T_HIP] = "t_total_hip",
    [OSI_T_RADIUS] = "t_radius_33",
    [OSI_Z_LUMBAR] = "z_lumbar",
    [OSI_Z_NECK] = "z_femoral_neck",
    [OSI_Z_HIP] = "z_total_hip",
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
    const osi_clinical_row *row = osi_clinical_find(s->clinical, s->patient_id);
    for (int i = 0; i < OSI_INPUT_COUNT && row; i++) {
        double number;
        const char *word;
        size_t column = s->columns ? s->columns[i] : osi_column_find(NAMES[i]);
        osi_clinical_cell(row, column, &number, &word);
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
    set_number(facts, OSI_WEIGHT, a->weight_kg, "header");
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
    int t = !strcmp(row->quantity, "t_score");
    if (!t && strcmp(row->quantity, "z_score") != 0)
        return OSI_INPUT_COUNT;
    if (dxa && !strcmp(row->site, "lumbar") && !strcmp(row->level, "L1-L4"))
        return t ? OSI_T_LUMBAR : OSI_Z_LUMBAR;
    if (hip && !strcmp(row->site, "femur") && !strcmp(row->level, "neck"))
        return t ? OSI_T_NECK : OSI_Z_NECK;
    if (hip && !strcmp(row->site, "femur") && !strcmp(row->level, "total"))
        return t ? OSI_T_HIP : OSI_Z_HIP;
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
