/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/classify.h>

#include <math.h>
#include <string.h>

#include "facts.h"

static osarc_sex sex_of(const char *word)
{
    return word[0] == 'F' ? OSARC_SEX_FEMALE : word[0] == 'M' ? OSARC_SEX_MALE : OSARC_SEX_UNKNOWN;
}

static osarc_menopause menopause_of(const char *word)
{
    static const char *const WORDS[] = {"", "pre", "peri", "post"};
    for (int i = OSARC_MENOPAUSE_PRE; i <= OSARC_MENOPAUSE_POST; i++)
        if (strcmp(word, WORDS[i]) == 0)
            return (osarc_menopause) i;
    return OSARC_MENOPAUSE_UNKNOWN;
}

/* What can be; a header may hold anything. */
static double plausible(osi_input input, double number)
{
    return osi_input_plausible(input, number) ? number : NAN;
}

osarc_patient_facts osarc_patient_facts_of(const osarc_clinical *clinical,
                                           const osarc_acquisition *header)
{
    osarc_patient_facts out = {
        .person = {.sex = header->sex, .age_years = plausible(OSI_AGE, header->age_years)},
        .height_m = plausible(OSI_HEIGHT, header->height_m),
        .weight_kg = plausible(OSI_WEIGHT, header->weight_kg)};
    const char *id = header->patient_id;
    if (!clinical || !id[0])
        return out;
    int overrules = strcmp(osarc_clinical_word(clinical, id, "overrules_header"), "yes") == 0;
    osarc_sex sex = sex_of(osarc_clinical_word(clinical, id, "sex"));
    double age_years = osarc_clinical_number(clinical, id, "age_years");
    double height_m = osarc_clinical_number(clinical, id, "height_m");
    double weight_kg = osarc_clinical_number(clinical, id, "weight_kg");
    int sexes = sex && out.person.sex && sex != out.person.sex;
    int heights = fabs(height_m - out.height_m) > OSI_HEIGHT_TOLERANCE_M;
    if (sex)
        out.person.sex = sexes && !overrules ? OSARC_SEX_UNKNOWN : sex;
    if (isfinite(height_m))
        out.height_m = heights && !overrules ? NAN : height_m;
    if (isfinite(age_years))
        out.person.age_years = age_years;
    if (isfinite(weight_kg))
        out.weight_kg = weight_kg;
    out.person.menopause = menopause_of(osarc_clinical_word(clinical, id, "menopausal"));
    out.person.ancestry = osarc_clinical_word(clinical, id, "ancestry");
    return out;
}

osarc_patient_facts osarc_patient_facts_all(const osarc_patient *patient)
{
    osi_facts facts;
    osarc_patient known = *patient;
    const char *id = known.patient_id ? known.patient_id : "";
    known.findings = NULL;
    osi_facts_read(&facts, &(osi_sources){&known, NULL});
    osarc_patient_facts out = {
        .person = {.sex = sex_of(facts.fact[OSI_SEX].word),
                   .age_years = facts.fact[OSI_AGE].number,
                   .menopause = menopause_of(facts.fact[OSI_MENOPAUSAL].word)},
        .height_m = facts.fact[OSI_HEIGHT].number,
        .weight_kg = facts.fact[OSI_WEIGHT].number};
    if (known.clinical && id[0])
        out.person.ancestry = osarc_clinical_word(known.clinical, id, "ancestry");
    return out;
}
