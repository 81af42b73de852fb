/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/reference.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <osi/fail.h>

/* ISCD: no T-score below 20 years; men from 50. */
#define ADULT_YEARS 20
#define OLDER_MAN   50

/* In binary (0.558 - 0.858) / 0.120 is 4e-16 over -2.5; no density is given to 1e-9 of an SD. */
#define TENTH_WITHIN 1e-9

static int age_known(const osarc_person *person)
{
    return isfinite(person->age_years) && person->age_years > 0;
}

static int holds_age(const osarc_reference *r, const osarc_person *person)
{
    double years = floor(person->age_years);
    return years >= r->age_from_years && years <= r->age_to_years;
}

static int serves(const osarc_reference *r, osarc_sex sex)
{
    return r->used_for == OSARC_SEX_UNKNOWN || r->used_for == sex;
}

/* CT's projection of the hip is held against DXA where societies accept it. */
static int same_scale(const osarc_reference *r, const osarc_reference_query *q)
{
    if (q->scale == OSARC_BMD_CTXA && r->scale == OSARC_BMD_HOLOGIC)
        return q->site == OSARC_BMD_FEMORAL_NECK || q->site == OSARC_BMD_TOTAL_HIP;
    return r->scale == q->scale;
}

/* Everything but the scale. `ancestry` "": rows that do not say theirs. */
static int fits(const osarc_reference *r, const osarc_reference_query *q, const char *ancestry)
{
    if (!r->standard || r->confidence == OSARC_CONFIDENCE_LOW || r->kind != q->kind ||
        r->site != q->site || !serves(r, q->person.sex))
        return 0;
    return r->kind == OSARC_SCORE_T ||
           (holds_age(r, &q->person) && strcasecmp(r->ancestry, ancestry) == 0);
}

typedef struct reference_list {
    const osarc_reference *rows;
    size_t count;
} reference_list;

static const osarc_reference *find_standard(const reference_list *list,
                                            const osarc_reference_query *q, const char *ancestry,
                                            const osarc_reference **other_scale)
{
    for (size_t i = 0; i < list->count; i++) {
        const osarc_reference *r = &list->rows[i];
        if (!fits(r, q, ancestry))
            continue;
        if (same_scale(r, q))
            return r;
        if (!*other_scale)
            *other_scale = r;
    }
    return NULL;
}

static const char *score_name(osarc_score_kind kind)
{
    return kind == OSARC_SCORE_T ? "T" : "Z";
}

static osarc_status refuse_scale(const osarc_reference *r, const osarc_reference_query *q,
                                 osarc_error *err)
{
    return osi_fail(err, OSARC_ERR_UNIT,
                    "population %s stands on %s and the density on %s: convert it by a named "
                    "equation first",
                    r->id, osarc_bmd_scale_name(r->scale), osarc_bmd_scale_name(q->scale));
}

static osarc_status check_named(const osarc_reference *r, const osarc_reference_query *q,
                                osarc_error *err)
{
    if (r->kind != q->kind)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "population %s is for %s-scores", r->id,
                        score_name(r->kind));
    if (r->site != q->site)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "population %s is of %s, not of %s", r->id,
                        osarc_bmd_site_name(r->site), osarc_bmd_site_name(q->site));
    if (!serves(r, q->person.sex))
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "population %s is for the other sex", r->id);
    if (r->kind == OSARC_SCORE_Z && !holds_age(r, &q->person))
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "population %s is for ages %g to %g years",
                        r->id, r->age_from_years, r->age_to_years);
    return same_scale(r, q) ? OSARC_OK : refuse_scale(r, q, err);
}

static osarc_status find_named(const osarc_reference **out, const reference_list list[2],
                               const osarc_reference_query *q, osarc_error *err)
{
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < list[l].count; i++) {
            const osarc_reference *r = &list[l].rows[i];
            if (strcmp(r->id, q->id) != 0)
                continue;
            osarc_status status = check_named(r, q, err);
            if (!status)
                *out = r;
            return status;
        }
    return osi_fail(err, OSARC_ERR_UNSUPPORTED, "no population '%.47s' is known", q->id);
}

static osarc_status check_query(const osarc_reference_query *q, osarc_error *err)
{
    const char *name = osarc_bmd_scale_name(q->scale);
    if (!osarc_bmd_site_name(q->site) || !name ||
        (q->kind != OSARC_SCORE_T && q->kind != OSARC_SCORE_Z))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no such site, scale or score");
    if (q->scale == OSARC_BMD_SCALE_UNKNOWN)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "the scale of the bone density is not known: it needs the maker's");
    if (q->person.sex != OSARC_SEX_FEMALE && q->person.sex != OSARC_SEX_MALE)
        return osi_fail(err, OSARC_ERR_QUALITY, "the sex is not known, and a %s-score needs it",
                        score_name(q->kind));
    if (q->kind == OSARC_SCORE_Z && !age_known(&q->person))
        return osi_fail(err, OSARC_ERR_QUALITY, "the age is not known, and a Z-score needs it");
    if (q->kind == OSARC_SCORE_T && age_known(&q->person) && q->person.age_years < ADULT_YEARS)
        return osi_fail(err, OSARC_ERR_QUALITY, "no T-score under %d years: a Z-score is needed",
                        ADULT_YEARS);
    return OSARC_OK;
}

osarc_status osarc_reference_find(const osarc_reference **out, const osarc_reference_db *db,
                                  const osarc_reference_query *query, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "nowhere to put the population");
    *out = NULL;
    if (!query)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no population is asked for");
    osarc_status status = check_query(query, err);
    if (status)
        return status;
    reference_list list[2] = {{osarc_reference_db_at(db, 0), osarc_reference_db_count(db)}};
    list[1].rows = osarc_references(&list[1].count);
    if (query->id)
        return find_named(out, list, query, err);
    const char *ancestry[2] = {query->person.ancestry ? query->person.ancestry : "", ""};
    const osarc_reference *other_scale = NULL;
    for (size_t a = 0; a < 2; a++)
        for (size_t l = 0; !*out && l < 2; l++)
            *out = find_standard(&list[l], query, ancestry[a], &other_scale);
    if (*out)
        return OSARC_OK;
    if (other_scale)
        return refuse_scale(other_scale, query, err);
    return osi_fail(err, OSARC_ERR_UNSUPPORTED,
                    "no standard population for the %s-score of %s of this sex and age on %s",
                    score_name(query->kind), osarc_bmd_site_name(query->site),
                    osarc_bmd_scale_name(query->scale));
}

static double to_tenth(double score)
{
    double tenth = round(score * 10) / 10;
    return fabs(score - tenth) <= TENTH_WITHIN ? tenth : score;
}

static void write_note(osarc_bmd_score *out, const osarc_bmd *bmd, const osarc_reference *r)
{
    const char *trust = "";
    if (r->confidence == OSARC_CONFIDENCE_LOW)
        trust = "the population's numbers are not confirmed";
    else if (r->confidence == OSARC_CONFIDENCE_MEDIUM)
        trust = "the population's numbers come from a secondary source";
    const char *scale =
        bmd->scale != r->scale ? "CT's density is held against a DXA population unconverted" : "";
    snprintf(out->note, sizeof(out->note), "%s%s%s", scale, *scale && *trust ? "; " : "", trust);
    out->quality = out->note[0] ? OSARC_QUALITY_WARNING : OSARC_QUALITY_OK;
}

static osarc_status score(osarc_bmd_score *out, osarc_score_kind kind, const osarc_bmd *bmd,
                          const osarc_person *person, const char *id, const osarc_reference_db *db,
                          osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "nowhere to put the score");
    *out = (osarc_bmd_score){.value = NAN, .quality = OSARC_QUALITY_REFUSED};
    osarc_status status = osarc_bmd_check(bmd, err);
    if (!status && !person)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "nothing is known of the person");
    if (status)
        return status;
    osarc_reference_query query = {kind, bmd->site, bmd->scale, *person, id};
    const osarc_reference *r;
    status = osarc_reference_find(&r, db, &query, err);
    if (status)
        return status;
    out->value = to_tenth((bmd->value_g_cm2 - r->mean) / r->sd);
    snprintf(out->reference, sizeof(out->reference), "%s", r->id);
    int converted = bmd->conversion[0] != '\0';
    if (bmd->scale != r->scale)
        snprintf(out->basis, sizeof(out->basis), "%s unconverted",
                 osarc_bmd_scale_name(bmd->scale));
    else
        snprintf(out->basis, sizeof(out->basis), "%s%s%s%s", osarc_bmd_scale_name(bmd->scale),
                 converted ? " (" : "", bmd->conversion, converted ? ")" : "");
    write_note(out, bmd, r);
    return OSARC_OK;
}

osarc_status osarc_t_score(osarc_bmd_score *out, const osarc_bmd *bmd, const osarc_person *person,
                           const char *id, const osarc_reference_db *db, osarc_error *err)
{
    return score(out, OSARC_SCORE_T, bmd, person, id, db, err);
}

osarc_status osarc_z_score(osarc_bmd_score *out, const osarc_bmd *bmd, const osarc_person *person,
                           const char *id, const osarc_reference_db *db, osarc_error *err)
{
    return score(out, OSARC_SCORE_Z, bmd, person, id, db, err);
}

osarc_status osarc_score_choose(osarc_score_kind *out, const osarc_person *person, osarc_error *err)
{
    if (!out || !person)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no person to choose a score for");
    *out = OSARC_SCORE_Z;
    int known = age_known(person);
    if (known && person->age_years < ADULT_YEARS)
        return OSARC_OK;
    if (person->sex == OSARC_SEX_FEMALE) {
        if (person->menopause == OSARC_MENOPAUSE_UNKNOWN)
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "T or Z: it depends on her menopause, which is not known");
        if (person->menopause != OSARC_MENOPAUSE_PRE)
            *out = OSARC_SCORE_T;
        return OSARC_OK;
    }
    if (person->sex != OSARC_SEX_MALE)
        return osi_fail(err, OSARC_ERR_QUALITY, "T or Z: the sex is not known");
    if (!known)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "T or Z: it depends on his age, which is not known");
    if (person->age_years >= OLDER_MAN)
        *out = OSARC_SCORE_T;
    return OSARC_OK;
}
