/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include <osi/fail.h>
#include <osi/order.h>

#define LIMITS_MAX 64
#define TOUCHES    1e-9 /* a value so near a limit is at it */

/* How a value moves with an input: value ~ input^power; 0: it is the input. */
typedef struct link {
    osi_input input;
    osi_value value;
    int power;
} link;

static const link LINKS[] = {
    {OSI_GRIP, OSI_VALUE_GRIP_KG, 0},
    {OSI_GRIP, OSI_VALUE_GRIP_PER_BMI, 1},
    {OSI_HEIGHT, OSI_VALUE_GRIP_PER_BMI, 2},
    {OSI_WEIGHT, OSI_VALUE_GRIP_PER_BMI, -1},
    {OSI_ALM, OSI_VALUE_ALM_KG, 0},
    {OSI_ALM, OSI_VALUE_ALM_KG_M2, 1},
    {OSI_HEIGHT, OSI_VALUE_ALM_KG_M2, -2},
    {OSI_ALM, OSI_VALUE_ALM_PER_BMI, 1},
    {OSI_HEIGHT, OSI_VALUE_ALM_PER_BMI, 2},
    {OSI_WEIGHT, OSI_VALUE_ALM_PER_BMI, -1},
    {OSI_CHAIR_TIME, OSI_VALUE_CHAIR_STAND_S, 0},
    {OSI_GAIT, OSI_VALUE_GAIT_M_S, 0},
    {OSI_SPPB, OSI_VALUE_SPPB, 0},
    {OSI_TUG, OSI_VALUE_TUG_S, 0},
    {OSI_WALK_TIME, OSI_VALUE_WALK_400M_S, 0},
    {OSI_WALK_6MIN, OSI_VALUE_WALK_6MIN_M, 0},
    {OSI_T_LUMBAR, OSI_VALUE_T_LOWEST, 0},
    {OSI_T_NECK, OSI_VALUE_T_LOWEST, 0},
    {OSI_T_HIP, OSI_VALUE_T_LOWEST, 0},
    {OSI_T_RADIUS, OSI_VALUE_T_LOWEST, 0},
    {OSI_T_LUMBAR, OSI_VALUE_T_CENTRAL, 0},
    {OSI_T_NECK, OSI_VALUE_T_CENTRAL, 0},
    {OSI_T_HIP, OSI_VALUE_T_CENTRAL, 0},
    {OSI_Z_LUMBAR, OSI_VALUE_Z_LOWEST, 0},
    {OSI_Z_NECK, OSI_VALUE_Z_LOWEST, 0},
    {OSI_Z_HIP, OSI_VALUE_Z_LOWEST, 0},
    {OSI_VBMD, OSI_VALUE_VBMD_MG_CM3, 0},
};

typedef struct limits {
    double at[LIMITS_MAX]; /* of the input, ascending, each once */
    size_t count;
} limits;

/* Where the input must be for the value to be at its limit. */
static void add_limit(limits *out, const osi_facts *facts, osi_input input, osi_value value,
                      double limit)
{
    osi_inputs used;
    osi_inputs missing;
    for (size_t i = 0; i < sizeof(LINKS) / sizeof(LINKS[0]) && !isnan(limit); i++) {
        if (LINKS[i].input != input || LINKS[i].value != value || out->count == LIMITS_MAX)
            continue;
        double at = limit;
        if (LINKS[i].power) {
            double now = osi_value_read(facts, value, &used, &missing);
            at = facts->fact[input].number * pow(limit / now, 1.0 / LINKS[i].power);
        }
        if (isfinite(at))
            out->at[out->count++] = at;
    }
}

static void sort_limits(limits *l)
{
    size_t kept = 0;
    qsort(l->at, l->count, sizeof(l->at[0]), osi_by_double);
    for (size_t i = 0; i < l->count; i++)
        if (!kept || l->at[i] - l->at[kept - 1] > TOUCHES)
            l->at[kept++] = l->at[i];
    l->count = kept;
}

/* Every place of an input where a test or a band of the definition may turn. */
static void find_limits(limits *out, const osi_definition *d, const osi_facts *facts,
                        osi_input input)
{
    out->count = 0;
    for (int a = 0; a < OSI_BONE; a++)
        for (size_t t = 0; t < d->arms[a].count; t++)
            for (int sex = 0; sex < 2; sex++)
                add_limit(out, facts, input, d->arms[a].test[t].value,
                          d->arms[a].test[t].limit[sex]);
    const osi_bone_rule *b = &d->bone;
    const osi_cutoff *const bands[] = {&b->low, &b->normal, &b->severe, &b->with_fracture};
    for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]) && d->has_bone; i++)
        if (bands[i]->given)
            add_limit(out, facts, input, b->value, bands[i]->limit);
    if (d->has_bone && b->z.given)
        add_limit(out, facts, input, OSI_VALUE_Z_LOWEST, b->z.limit);
    sort_limits(out);
}

/* The classes that are possible with one input at another place. */
static unsigned classes_at(const osi_definition *d, const osi_facts *facts, osi_input input,
                           double at)
{
    osi_facts moved = *facts;
    osi_verdict verdict;
    moved.fact[input].number = at;
    osi_verdict_read(&verdict, d, &moved);
    return verdict.possible;
}

/* A place inside the stretch before limit i; i = count: behind the last. */
static double inside(const limits *l, size_t i, double now)
{
    double step = fmax(1, fabs(now));
    if (i == 0)
        return l->at[0] > 0 && now > 0 ? l->at[0] / 2 : l->at[0] - step;
    if (i == l->count)
        return l->at[i - 1] + step;
    return (l->at[i - 1] + l->at[i]) / 2;
}

static const char *name_of(unsigned possible, const osi_definition *d)
{
    for (size_t i = 0; i < d->class_count; i++)
        if (possible == 1u << i)
            return d->classes[i].name;
    return "indeterminate";
}

/* The nearest limit below or above behind which the class is another; 0: there is none. */
static int find_change(osi_change *out, const limits *l, const osi_definition *d,
                       const osi_facts *facts, osi_input input, unsigned class, int up)
{
    double now = facts->fact[input].number;
    for (size_t k = 0; k < l->count; k++) {
        size_t i = up ? k : l->count - 1 - k;
        double limit = l->at[i];
        if (up ? limit < now - TOUCHES : limit > now + TOUCHES)
            continue;
        unsigned then = classes_at(d, facts, input, inside(l, up ? i + 1 : i, now));
        if (then == class)
            continue;
        int at_once = fabs(limit - now) > TOUCHES && classes_at(d, facts, input, limit) != class;
        *out = (osi_change){.input = input,
                            .compare = up ? (at_once ? OSI_AT_LEAST : OSI_MORE)
                                          : (at_once ? OSI_AT_MOST : OSI_LESS),
                            .limit = limit,
                            .distance = fabs(limit - now),
                            .lsc = NAN,
                            .class_name = name_of(then, d)};
        return 1;
    }
    return 0;
}

static int compare_changes(const void *a, const void *b)
{
    const osi_change *x = a;
    const osi_change *y = b;
    if (isnan(x->lsc) != isnan(y->lsc))
        return isnan(x->lsc) ? 1 : -1;
    if (x->lsc < y->lsc || x->lsc > y->lsc)
        return x->lsc < y->lsc ? -1 : 1;
    return (x->input > y->input) - (x->input < y->input);
}

void osi_changes_find(osi_changes *out, const osi_definition *definition, const osi_facts *facts,
                      osi_inputs used, const osarc_precision *precision)
{
    osi_verdict verdict;
    out->count = 0;
    osi_verdict_read(&verdict, definition, facts);
    if (!osi_verdict_class(&verdict, definition))
        return;
    for (int i = 0; i < OSI_INPUT_COUNT && out->count < OSI_CHANGES_MAX; i++) {
        osi_input input = (osi_input) i;
        osi_change change[2];
        limits l;
        if (!(used & OSI_INPUT(i)) || isnan(facts->fact[i].number))
            continue;
        find_limits(&l, definition, facts, input);
        int down = find_change(&change[0], &l, definition, facts, input, verdict.possible, 0);
        int up = find_change(&change[1], &l, definition, facts, input, verdict.possible, 1);
        if (!down && !up)
            continue;
        osi_change *nearest = &out->change[out->count++];
        *nearest = up && (!down || change[1].distance < change[0].distance) ? change[1] : change[0];
        double sd = osi_fact_sd(facts, input, precision);
        if (sd > 0)
            nearest->lsc = nearest->distance / (OSI_LSC_FACTOR * sd);
    }
    qsort(out->change, out->count, sizeof(out->change[0]), compare_changes);
}

osi_inputs osi_uncertain(const osi_facts *facts, osi_inputs inputs,
                         const osarc_precision *precision)
{
    osi_inputs out = 0;
    for (int i = 0; i < OSI_INPUT_COUNT; i++)
        if ((inputs & OSI_INPUT(i)) && osi_fact_sd(facts, (osi_input) i, precision) > 0)
            out |= OSI_INPUT(i);
    return out;
}

double osi_chance_of_one(const osi_definition *definition, const osi_facts *facts, osi_input input,
                         const osarc_precision *precision)
{
    limits l;
    osi_verdict verdict;
    double now = facts->fact[input].number;
    double sd = osi_fact_sd(facts, input, precision);
    osi_verdict_read(&verdict, definition, facts);
    if (!osi_verdict_class(&verdict, definition))
        return NAN;
    find_limits(&l, definition, facts, input);
    double chance = 0;
    double below = 0;
    for (size_t i = 0; i <= l.count; i++) {
        double up_to = i < l.count ? gsl_cdf_ugaussian_P((l.at[i] - now) / sd) : 1;
        double at = l.count ? inside(&l, i, now) : now;
        if (classes_at(definition, facts, input, at) == verdict.possible)
            chance += up_to - below;
        below = up_to;
    }
    return chance;
}

osarc_status osi_sample_all(osi_sample *samples, size_t count, osi_judge *judge,
                            const osi_facts *facts, const osarc_precision *precision,
                            osarc_error *err)
{
    osi_facts drawn = *facts;
    double sd[OSI_INPUT_COUNT];
    for (int i = 0; i < OSI_INPUT_COUNT; i++)
        sd[i] = osi_fact_sd(facts, (osi_input) i, precision);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng)
        return osi_fail(err, OSARC_ERR_MEMORY, "out of memory for random numbers");
    gsl_rng_set(rng, OSI_SEED);
    for (int k = 0; k < OSI_DRAWS; k++) {
        for (int i = 0; i < OSI_INPUT_COUNT; i++)
            if (sd[i] > 0)
                drawn.fact[i].number =
                    facts->fact[i].number + gsl_ran_gaussian_ziggurat(rng, sd[i]);
        osi_judge_start(judge, &drawn);
        for (size_t s = 0; s < count; s++) {
            osi_verdict verdict;
            osi_judge_verdict(&verdict, judge, samples[s].definition);
            samples[s].hits += verdict.possible == samples[s].possible;
        }
    }
    gsl_rng_free(rng);
    osi_judge_start(judge, facts);
    return OSARC_OK;
}
