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
    [OSI_BMD_LUMBAR] = "bmd_lumbar_g_cm2",
    [OSI_BMD_NECK] = "bmd_femoral_neck_g_cm2",
    [OSI_BMD_HIP] = "bmd_total_hip_g_cm2",
    [OSI_BMD_DEVICE] = "bmd_device",
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

int osi_input_plausible(osi_input input, double number)
{
    size_t count;
    return osi_column_plausible(&osi_columns(&count)[osi_column_find(NAMES[input])], number);
}

void osi_facts_add_other(osi_facts *facts, osi_input input, const osi_fact *fact,
                         const osarc_finding *row)
{
    if (facts->other_count < OSI_OTHERS_MAX)
        facts->others[facts->other_count++] = (osi_other){input, *fact, row};
    else
        facts->lost[input]++;
}

size_t osi_scan_number(const osarc_patient *patient, size_t index)
{
    if (patient->scan_count < 2)
        return 0;
    return patient->scans[index].number ? patient->scans[index].number : index + 1;
}

const char *osi_scan_date(const osarc_patient *patient, size_t index)
{
    return patient->scans[index].acquisition->study_date;
}

static void read_table(osi_facts *facts, const osi_sources *s, int *overrules_out)
{
    const osi_clinical_row *row = osi_clinical_find(s->patient->clinical, s->patient->patient_id);
    double number;
    const char *word;
    if (!row)
        return;
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        size_t column = s->columns ? s->columns[i] : osi_column_find(NAMES[i]);
        osi_clinical_cell(row, column, &number, &word);
        if (!isnan(number) || word[0])
            facts->fact[i] = (osi_fact){number, word, "table", 0, 0};
    }
    if (s->patient->scan_count) {
        osi_clinical_cell(row, osi_column_find("overrules_header"), &number, &word);
        *overrules_out = !strcmp(word, "yes");
    }
}

/* What the header of a scan says; source is NULL where it says nothing that can be. */
static osi_fact read_header(const osarc_patient *patient, size_t index, osi_input input)
{
    const osarc_acquisition *a = patient->scans[index].acquisition;
    osi_fact fact = {NAN, "", NULL, osi_scan_number(patient, index), 0};
    if (input == OSI_SEX)
        fact.word = a->sex == OSARC_SEX_FEMALE ? "F" : a->sex == OSARC_SEX_MALE ? "M" : "";
    else
        fact.number = input == OSI_AGE      ? a->age_years
                      : input == OSI_HEIGHT ? a->height_m
                                            : a->weight_kg;
    if (input == OSI_SEX ? fact.word[0] != 0 : osi_input_plausible(input, fact.number))
        fact.source = "header";
    return fact;
}

/* Two sexes, or two heights further apart than measuring and a day's shrinking explain. Age and
 * weight change between scans. */
static int contradict(osi_input input, const osi_fact *a, const osi_fact *b)
{
    if (input == OSI_SEX)
        return strcmp(a->word, b->word) != 0;
    return input == OSI_HEIGHT && fabs(a->number - b->number) > OSI_HEIGHT_TOLERANCE_M;
}

/* From the most recent scan that tells it, where the table does not. */
static void read_headers(osi_facts *facts, const osarc_patient *patient, osi_input input,
                         int overrules)
{
    osi_fact *used = &facts->fact[input];
    size_t from = SIZE_MAX;
    int from_table = osi_fact_known(facts, input);
    int conflict = 0;
    for (size_t i = 0; i < patient->scan_count && !from_table; i++) {
        osi_fact fact = read_header(patient, i, input);
        if (!fact.source || (from != SIZE_MAX &&
                             strcmp(osi_scan_date(patient, i), osi_scan_date(patient, from)) <= 0))
            continue;
        *used = fact;
        from = i;
    }
    for (size_t i = 0; i < patient->scan_count; i++) {
        osi_fact fact = read_header(patient, i, input);
        if (!fact.source || i == from)
            continue;
        int differs = contradict(input, used, &fact);
        conflict |= differs && !(overrules && from_table);
        if (differs || fact.number < used->number || fact.number > used->number)
            osi_facts_add_other(facts, input, &fact, NULL);
    }
    if (!conflict)
        return;
    osi_facts_add_other(facts, input, used, NULL);
    *used = (osi_fact){NAN, "", NULL, 0, 0};
    facts->conflict |= OSI_INPUT(input);
}

void osi_facts_read(osi_facts *out, const osi_sources *sources)
{
    static const osi_input TOLD[] = {OSI_SEX, OSI_AGE, OSI_HEIGHT, OSI_WEIGHT};
    const osarc_patient *patient = sources->patient;
    int overrules = 0;
    out->conflict = 0;
    out->other_count = 0;
    out->vbmd_refused = NULL;
    out->ct_muscle = 0;
    memset(out->score, 0, sizeof(out->score));
    for (int i = 0; i < OSI_INPUT_COUNT; i++)
        out->fact[i] = (osi_fact){NAN, "", NULL, 0, 0};
    memset(out->row, 0, sizeof(out->row));
    memset(out->lost, 0, sizeof(out->lost));
    if (!patient)
        return;
    if (patient->clinical && patient->patient_id && patient->patient_id[0])
        read_table(out, sources, &overrules);
    for (size_t i = 0; i < sizeof(TOLD) / sizeof(TOLD[0]) && patient->scan_count; i++)
        read_headers(out, patient, TOLD[i], overrules);
    osi_facts_score(out, patient);
    if (patient->findings)
        osi_facts_measure(out, patient);
}
