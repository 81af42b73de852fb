/* SPDX-License-Identifier: GPL-3.0-or-later */
/* T- and Z-scores from densities of the clinical table. */
#include "facts.h"

#include <math.h>
#include <string.h>

#include "clinical_rows.h"
#include "columns.h"

/* A score in a table is rounded to a tenth: nearer to ours it says the same. */
#define ROUNDED_WITHIN (0.05 + 1e-9)

static const struct {
    osi_input score, density;
    osarc_bmd_site site;
    osarc_score_kind kind;
} SCORES[] = {
    {OSI_T_LUMBAR, OSI_BMD_LUMBAR, OSARC_BMD_LUMBAR_L1_L4, OSARC_SCORE_T},
    {OSI_T_NECK, OSI_BMD_NECK, OSARC_BMD_FEMORAL_NECK, OSARC_SCORE_T},
    {OSI_T_HIP, OSI_BMD_HIP, OSARC_BMD_TOTAL_HIP, OSARC_SCORE_T},
    {OSI_Z_LUMBAR, OSI_BMD_LUMBAR, OSARC_BMD_LUMBAR_L1_L4, OSARC_SCORE_Z},
    {OSI_Z_NECK, OSI_BMD_NECK, OSARC_BMD_FEMORAL_NECK, OSARC_SCORE_Z},
    {OSI_Z_HIP, OSI_BMD_HIP, OSARC_BMD_TOTAL_HIP, OSARC_SCORE_Z},
};
#define SCORE_KINDS (sizeof(SCORES) / sizeof(SCORES[0]))

const osi_score *osi_score_of(const osi_facts *facts, osi_input input)
{
    return input >= OSI_T_LUMBAR && input <= OSI_Z_HIP ? &facts->score[input - OSI_T_LUMBAR] : NULL;
}

osi_input osi_score_density(osi_input score)
{
    for (size_t i = 0; i < SCORE_KINDS; i++)
        if (SCORES[i].score == score)
            return SCORES[i].density;
    return OSI_INPUT_COUNT;
}

static osarc_bmd_scale scale_of(const osi_facts *facts)
{
    return osi_fact_is(facts, OSI_BMD_DEVICE, "hologic")   ? OSARC_BMD_HOLOGIC
           : osi_fact_is(facts, OSI_BMD_DEVICE, "lunar")   ? OSARC_BMD_LUNAR
           : osi_fact_is(facts, OSI_BMD_DEVICE, "norland") ? OSARC_BMD_NORLAND
                                                           : OSARC_BMD_SCALE_UNKNOWN;
}

static osarc_person person_of(const osi_facts *facts, const osarc_patient *patient)
{
    osarc_person person = {.age_years = facts->fact[OSI_AGE].number};
    double none;
    if (osi_fact_known(facts, OSI_SEX))
        person.sex = osi_fact_is(facts, OSI_SEX, "F") ? OSARC_SEX_FEMALE : OSARC_SEX_MALE;
    osi_clinical_cell(osi_clinical_find(patient->clinical, patient->patient_id),
                      osi_column_find("ancestry"), &none, &person.ancestry);
    return person;
}

static const char *reason_of(osarc_status status, const osarc_reference_query *q)
{
    if (q->scale == OSARC_BMD_SCALE_UNKNOWN)
        return "bmd_device is needed";
    if (q->person.sex == OSARC_SEX_UNKNOWN)
        return "sex is needed";
    if (status == OSARC_ERR_UNIT)
        return "its reference stands on the scale of another bmd_device, and nothing is converted";
    if (status != OSARC_ERR_QUALITY)
        return "no reference population for this sex, age and bmd_device";
    return q->kind == OSARC_SCORE_T ? "under 20 years" : "age_years is needed";
}

void osi_facts_score(osi_facts *facts, const osarc_patient *patient)
{
    osarc_error err = OSARC_ERROR_INIT;
    if (!osi_fact_known(facts, OSI_BMD_LUMBAR) && !osi_fact_known(facts, OSI_BMD_NECK) &&
        !osi_fact_known(facts, OSI_BMD_HIP))
        return;
    osarc_person person = person_of(facts, patient);
    for (size_t i = 0; i < SCORE_KINDS; i++) {
        osi_input input = SCORES[i].score;
        osi_score *way = &facts->score[input - OSI_T_LUMBAR];
        const osi_fact *density = &facts->fact[SCORES[i].density];
        if (!osi_fact_known(facts, SCORES[i].density))
            continue;
        osarc_reference_query query = {SCORES[i].kind, SCORES[i].site, scale_of(facts), person,
                                       NULL};
        osarc_bmd bmd = {
            .value_g_cm2 = density->number, .site = SCORES[i].site, .scale = query.scale};
        const osarc_reference *reference = NULL;
        osarc_bmd_score score = {.value = NAN};
        osarc_status status = osarc_reference_find(&reference, patient->references, &query, &err);
        if (!status)
            status =
                SCORES[i].kind == OSARC_SCORE_T
                    ? osarc_t_score(&score, &bmd, &person, reference->id, patient->references, &err)
                    : osarc_z_score(&score, &bmd, &person, reference->id, patient->references,
                                    &err);
        way->why = status                                     ? reason_of(status, &query)
                   : !osi_input_plausible(input, score.value) ? "it is too far from all people"
                                                              : NULL;
        if (way->why)
            continue;
        osi_fact fact = {score.value, "", density->source, 0, 0};
        if (!osi_fact_known(facts, input)) {
            facts->fact[input] = fact;
            way->reference = reference;
        } else if (fabs(facts->fact[input].number - score.value) > ROUNDED_WITHIN) {
            osi_facts_add_other(facts, input, &fact, NULL);
        }
    }
}
