/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "naive.h"
#include "patient.h"
#include "sure.h"

/* A hundred thousand made patients, some facts missing, through all definitions, both ways. */

#define PATIENTS 100000

static osarc_error err = OSARC_ERROR_INIT;
static uint32_t seed = 20261123;

static int draw(int low, int high, int missing_of_eight)
{
    seed = seed * 1664525u + 1013904223u;
    int missing = (int) (seed >> 29) < missing_of_eight;
    seed = seed * 1664525u + 1013904223u;
    int value = low + (int) ((seed >> 8) % (uint32_t) (high - low + 1));
    return missing ? NA : value;
}

static naive make(void)
{
    int gaps = draw(0, 2, 0); /* so that many know everything */
    naive p = {.male = draw(0, 1, gaps ? 1 : 0), .age = draw(12, 95, gaps)};
    p.menopause = draw(0, 5, gaps);
    p.menopause = p.menopause > 2 ? 2 : p.menopause;
    p.fracture = draw(0, 6, gaps);
    for (int i = 0; i < 4; i++)
        p.t[i] = draw(-32, 5, gaps + 1);
    for (int i = 0; i < 3; i++)
        p.z[i] = draw(-26, 5, gaps + 1);
    p.vbmd = draw(60, 140, gaps);
    p.hydroxyapatite = draw(0, 3, gaps) == 1;
    p.grip = 5 * draw(26, 80, 0);
    p.grip = draw(0, 1, gaps) == NA ? NA : p.grip;
    p.chair = draw(80, 180, gaps + 1);
    p.chair_done = draw(0, 8, gaps + 1) == 0 ? 0 : NA;
    p.gait = draw(60, 120, gaps);
    p.course = draw(0, 1, gaps + 2);
    p.course = p.course == NA ? NA : p.course ? 6 : 4;
    p.sppb = draw(4, 12, gaps + 2);
    p.tug = draw(90, 220, gaps + 2);
    p.walk = draw(300, 380, gaps + 2);
    p.walk_done = draw(0, 8, gaps + 2) == 0 ? 0 : NA;
    p.walk6 = draw(300, 500, gaps + 3);
    p.alm = draw(1200, 2600, gaps);
    p.method = draw(0, 5, gaps);
    p.method = p.method > 2 ? 0 : p.method;
    p.height = draw(145, 195, gaps);
    p.weight = draw(450, 1100, gaps);
    return p;
}

static void number(osi_facts *facts, osi_input input, int value, double unit)
{
    if (value != NA)
        facts->fact[input] = (osi_fact){value / unit, "", "table", 0, 0};
}

static void word(osi_facts *facts, osi_input input, int value, const char *const *words)
{
    if (value != NA)
        facts->fact[input] = (osi_fact){NAN, words[value], "table", 0, 0};
}

static osi_facts facts_of(const naive *p)
{
    static const char *const SEX[] = {"F", "M"};
    static const char *const MENOPAUSE[] = {"pre", "peri", "post"};
    static const char *const FRACTURE[] = {"none",    "hip",    "vertebral", "other",
                                           "humerus", "pelvis", "forearm"};
    static const char *const BASIS[] = {"K2HPO4", "HA"};
    static const char *const NO[] = {"no"};
    static const char *const METHOD[] = {"dxa", "bia", "ct"};
    osi_facts facts;
    osi_facts_read(&facts, &(osi_sources){NULL, NULL});
    word(&facts, OSI_SEX, p->male, SEX);
    word(&facts, OSI_MENOPAUSAL, p->menopause, MENOPAUSE);
    word(&facts, OSI_FRACTURE, p->fracture, FRACTURE);
    word(&facts, OSI_VBMD_BASIS, p->hydroxyapatite, BASIS);
    word(&facts, OSI_CHAIR_DONE, p->chair_done, NO);
    word(&facts, OSI_WALK_DONE, p->walk_done, NO);
    word(&facts, OSI_ALM_METHOD, p->method, METHOD);
    for (int i = 0; i < 4; i++)
        number(&facts, (osi_input) (OSI_T_LUMBAR + i), p->t[i], 10);
    for (int i = 0; i < 3; i++)
        number(&facts, (osi_input) (OSI_Z_LUMBAR + i), p->z[i], 10);
    number(&facts, OSI_AGE, p->age, 1);
    number(&facts, OSI_VBMD, p->vbmd, 1);
    number(&facts, OSI_GRIP, p->grip, 10);
    number(&facts, OSI_CHAIR_TIME, p->chair, 10);
    number(&facts, OSI_GAIT, p->gait, 100);
    number(&facts, OSI_GAIT_COURSE, p->course, 1);
    number(&facts, OSI_SPPB, p->sppb, 1);
    number(&facts, OSI_TUG, p->tug, 10);
    number(&facts, OSI_WALK_TIME, p->walk, 1);
    number(&facts, OSI_WALK_6MIN, p->walk6, 1);
    number(&facts, OSI_ALM, p->alm, 100);
    number(&facts, OSI_HEIGHT, p->height, 100);
    number(&facts, OSI_WEIGHT, p->weight, 10);
    return facts;
}

Test(classify_naive, agrees_with_the_program_on_all_definitions)
{
    osarc_definitions *set = NULL;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    size_t count = osarc_definitions_count(set);
    cr_assert(eq(sz, count,
                 37u)); /* eleven of sarcopenia, three of bone, twenty-two joined, one literal */
    long wrong = 0;
    long open[64] = {0};
    for (int i = 0; i < PATIENTS; i++) {
        naive p = make();
        osi_facts facts = facts_of(&p);
        for (size_t n = 0; n < count; n++) {
            const osi_definition *d = osi_definition_at(set, n);
            osi_verdict verdict;
            char wanted[256];
            osi_verdict_read(&verdict, d, &facts);
            const char *got = osi_verdict_class(&verdict, d);
            got = got ? got : "indeterminate";
            naive_class(wanted, d->id, &p);
            open[n] += !strcmp(wanted, "indeterminate");
            if (strcmp(got, wanted) != 0 && wrong++ < 5)
                cr_expect(0, "patient %d, %s: %s, not %s", i, d->id, got, wanted);
        }
    }
    cr_expect(eq(long, wrong, 0L));
    for (size_t n = 0; n < count; n++)
        cr_expect(open[n] > 0 && open[n] < PATIENTS, "%s", osi_definition_at(set, n)->id);
    osarc_definitions_free(set);
}

/* ---- making an input worse ---- */

static int rank_of(const char *name)
{
    static const char *const RANKS[4] = {
        ",none,normal,within_range_for_age,",
        ",probable,possible,presarcopenia,low_bone_mass,below_range_for_age,",
        ",confirmed,osteoporosis,osteosarcopenia,",
        ",severe,severe_osteoporosis,severe_osteosarcopenia,"};
    char with[64];
    snprintf(with, sizeof(with), ",%s,", name);
    for (int i = 0; i < 4; i++)
        if (strstr(RANKS[i], with))
            return i;
    return -1;
}

/* One input of the patient, worse; 0 when it is not known. */
static int make_worse(naive *p)
{
    int *const lower_is_worse[] = {&p->grip, &p->gait, &p->sppb, &p->alm,  &p->vbmd,
                                   &p->t[0], &p->t[1], &p->t[2], &p->t[3], &p->z[0],
                                   &p->z[1], &p->z[2], &p->walk6};
    int *const higher_is_worse[] = {&p->chair, &p->tug, &p->walk};
    int which = draw(0, 18, 0);
    if (which > 15) { /* a fracture where there was none, a test that was not completed */
        int *const told[] = {&p->fracture, &p->chair_done, &p->walk_done};
        int worse[] = {draw(1, 6, 0), 0, 0};
        if (which == 16 && p->fracture != 0)
            return 0;
        *told[which - 16] = worse[which - 16];
        return 1;
    }
    int *value = which < 13 ? lower_is_worse[which] : higher_is_worse[which - 13];
    if (*value == NA)
        return 0;
    *value += (which < 13 ? -1 : 1) * draw(1, which == 2 ? 4 : 30, 0);
    return 1;
}

Test(classify_naive, never_gives_a_better_class_for_a_worse_input)
{
    osarc_definitions *set = NULL;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    size_t count = osarc_definitions_count(set);
    long decided[64] = {0};
    long worse[64] = {0};
    for (int i = 0; i < PATIENTS / 5; i++) {
        naive before = make();
        naive after = before;
        if (!make_worse(&after))
            continue;
        osi_facts facts[2] = {facts_of(&before), facts_of(&after)};
        for (size_t n = 0; n < count; n++) {
            const osi_definition *d = osi_definition_at(set, n);
            int ranks[2];
            for (int k = 0; k < 2; k++) {
                osi_verdict verdict;
                osi_verdict_read(&verdict, d, &facts[k]);
                const char *name = osi_verdict_class(&verdict, d);
                ranks[k] = name ? rank_of(name) : -1;
            }
            if (ranks[0] < 0 || ranks[1] < 0)
                continue;
            cr_expect(ranks[1] >= ranks[0], "patient %d, %s", i, d->id);
            decided[n]++;
            worse[n] += ranks[1] > ranks[0];
        }
    }
    for (size_t n = 0; n < count; n++)
        cr_expect(decided[n] > 100 &&
                      (worse[n] > 0 || strstr(osi_definition_at(set, n)->id, "scwd")),
                  "%s", osi_definition_at(set, n)->id);
    osarc_definitions_free(set);
}

static const char *class_name_of(const osi_definition *d, const osi_facts *facts)
{
    osi_verdict verdict;
    osi_verdict_read(&verdict, d, facts);
    const char *name = osi_verdict_class(&verdict, d);
    return name ? name : "indeterminate";
}

/* Just past the place a change names the class is the one it names, and half way it is the old. */
Test(classify_naive, changes_its_class_where_it_says)
{
    osarc_definitions *set = NULL;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    long told = 0;
    for (int i = 0; i < PATIENTS / 50; i++) {
        naive p = make();
        osi_facts facts = facts_of(&p);
        for (size_t n = 0; n < osarc_definitions_count(set); n++) {
            const osi_definition *d = osi_definition_at(set, n);
            const char *now = class_name_of(d, &facts);
            osi_changes changes;
            osi_changes_find(&changes, d, &facts, ~(osi_inputs) 0, NULL);
            for (size_t c = 0; c < changes.count; c++) {
                const osi_change *change = &changes.change[c];
                int up = change->compare == OSI_MORE || change->compare == OSI_AT_LEAST;
                int at_once = change->compare == OSI_AT_MOST || change->compare == OSI_AT_LEAST;
                osi_facts moved = facts;
                double *number = &moved.fact[change->input].number;
                *number = change->limit + (up ? 1e-6 : -1e-6);
                cr_expect(eq(str, (char *) class_name_of(d, &moved), (char *) change->class_name));
                *number = change->limit;
                cr_expect(at_once == (strcmp(class_name_of(d, &moved), now) != 0) ||
                              change->distance < 1e-6,
                          "patient %d, %s, %s", i, d->id, osi_input_name(change->input));
                *number = (facts.fact[change->input].number + change->limit) / 2;
                cr_expect(change->distance < 1e-6 || !strcmp(class_name_of(d, &moved), now),
                          "patient %d, %s, %s", i, d->id, osi_input_name(change->input));
                told++;
            }
        }
    }
    cr_expect(gt(long, told, 10000L));
    osarc_definitions_free(set);
}

/* One thing that is known of the patient, taken away: all tests of an arm together, and all sites
 * of bone, since those that were done stand for the others. Not a fracture: one that is not stated
 * is not missing. */
static void hide(naive *p)
{
    switch (draw(0, 12, 0)) {
    case 0:
    case 1: /* the chair stand is of strength in some and of performance in others */
        p->grip = p->chair = p->chair_done = NA;
        p->gait = p->sppb = p->tug = p->walk = p->walk_done = p->walk6 = NA;
        break;
    case 2:
        for (int i = 0; i < 4; i++)
            p->t[i] = NA;
        break;
    case 3:
        for (int i = 0; i < 3; i++)
            p->z[i] = NA;
        break;
    default: {
        int *const single[] = {&p->male, &p->age,    &p->menopause, &p->vbmd,
                               &p->alm,  &p->method, &p->height,    &p->weight};
        *single[draw(0, 7, 0)] = NA;
    }
    }
}

Test(classify_naive, never_decides_by_knowing_less)
{
    osarc_definitions *set = NULL;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    long open = 0;
    for (int i = 0; i < PATIENTS / 5; i++) {
        naive p = make();
        naive less = p;
        hide(&less);
        /* who is not known to be young is taken for an adult */
        if (p.age != NA && p.age < 20 && less.age == NA)
            continue;
        osi_facts facts[2] = {facts_of(&p), facts_of(&less)};
        for (size_t n = 0; n < osarc_definitions_count(set); n++) {
            const osi_definition *d = osi_definition_at(set, n);
            if (strcmp(class_name_of(d, &facts[0]), "indeterminate") != 0)
                continue;
            cr_expect(0 == strcmp(class_name_of(d, &facts[1]), "indeterminate"), "patient %d, %s",
                      i, d->id);
            open++;
        }
    }
    cr_expect(gt(long, open, 10000L));
    osarc_definitions_free(set);
}
