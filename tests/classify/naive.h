/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_NAIVE_H
#define OSARC_TEST_NAIVE_H

/*
 * The definitions once more, written by hand from the published tables and in whole numbers, so
 * that nothing is shared with the program: no files, no tolerance, no expressions.
 */

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define NA INT_MIN

typedef struct naive {
    int male, age, menopause,
        fracture;   /* pre peri post; none hip vertebral other humerus pelvis forearm */
    int t[4], z[3]; /* tenths; lumbar, neck, hip, radius */
    int vbmd, hydroxyapatite;
    int grip, chair, chair_done, gait, course, sppb, tug, walk, walk_done,
        walk6;                       /* 0.1 kg, 0.1 s, cm/s */
    int alm, method, height, weight; /* 10 g; dxa bia ct; cm; 0.1 kg */
} naive;

typedef struct naive_arms {
    int mass, strength, performance; /* -1: unknown */
    int bone;                        /* set of grades: normal, low, osteoporosis, severe */
} naive_arms;

static inline int below(int value, int limit)
{
    return value == NA ? -1 : value < limit;
}

static inline int up_to(int value, int limit)
{
    return value == NA ? -1 : value <= limit;
}

static inline int from(int value, int limit)
{
    return value == NA ? -1 : value >= limit;
}

/* Limits in thousandths. */
static inline int index_is_low(const naive *p, int limit, int at_limit)
{
    if (p->alm == NA || p->height == NA)
        return -1;
    long long left = 100000LL * p->alm;
    long long right = 1LL * limit * p->height * p->height;
    return left < right || (at_limit && left == right);
}

static inline int by_bmi_is_low(const naive *p, int limit)
{
    if (p->alm == NA || p->height == NA || p->weight == NA)
        return -1;
    return 10LL * p->alm * p->height * p->height < 1000LL * limit * p->weight;
}

static inline int either(int a, int b)
{
    return a == 1 || b == 1 ? 1 : a == -1 || b == -1 ? -1 : 0;
}

static inline int tests_done(int a, int b, int c, int d)
{
    int done = a >= 0 || b >= 0 || c >= 0 || d >= 0;
    return a == 1 || b == 1 || c == 1 || d == 1 ? 1 : done ? 0 : -1;
}

static inline int is(const char *id, const char *other)
{
    return !strcmp(id, other);
}

static inline int naive_mass(const char *id, const naive *p, int m)
{
    int dxa = p->method == 0;
    int bia = p->method == 1;
    if (is(id, "awgs2014") || is(id, "awgs2019"))
        return dxa   ? index_is_low(p, m ? 7000 : 5400, 0)
               : bia ? index_is_low(p, m ? 7000 : 5700, 0)
                     : -1;
    if (is(id, "awgs2025")) {
        if (p->age == NA || p->age < 50 || (!dxa && !bia))
            return -1;
        if (p->age < 65)
            return dxa ? either(index_is_low(p, m ? 7200 : 5500, 0),
                                by_bmi_is_low(p, m ? 800 : 550))
                       : either(index_is_low(p, m ? 7600 : 5700, 0),
                                by_bmi_is_low(p, m ? 900 : 630));
        return dxa ? either(index_is_low(p, m ? 7000 : 5400, 0), by_bmi_is_low(p, m ? 730 : 520))
                   : either(index_is_low(p, m ? 7000 : 5700, 0), by_bmi_is_low(p, m ? 830 : 570));
    }
    if (!dxa || is(id, "scwd"))
        return -1;
    if (is(id, "ewgsop1"))
        return index_is_low(p, m ? 7260 : 5500, 0);
    if (is(id, "ewgsop2"))
        return either(below(p->alm, m ? 2000 : 1500), index_is_low(p, m ? 7000 : 5500, 0));
    if (is(id, "seed"))
        return either(below(p->alm, m ? 2000 : 1500), index_is_low(p, m ? 7000 : 6000, 0));
    if (is(id, "fnih"))
        return by_bmi_is_low(p, m ? 789 : 512);
    if (is(id, "fnih_alt"))
        return below(p->alm, m ? 1975 : 1502);
    return index_is_low(p, m ? 7230 : 5670, 1); /* iwgs */
}

static inline int naive_strength(const char *id, const naive *p, int m)
{
    if (is(id, "ewgsop1"))
        return below(p->grip, m ? 300 : 200);
    if (is(id, "ewgsop2") || is(id, "seed"))
        return tests_done(below(p->grip, m ? 270 : 160),
                          p->chair_done == 0 ? 1
                          : p->chair == NA   ? -1
                                             : p->chair > 150,
                          -1, -1);
    if (is(id, "awgs2014"))
        return below(p->grip, m ? 260 : 180);
    if (is(id, "awgs2025") && (p->age == NA || p->age < 50))
        return -1;
    if (is(id, "awgs2025") && p->age < 65)
        return below(p->grip, m ? 340 : 200);
    if (is(id, "awgs2019") || is(id, "awgs2025"))
        return below(p->grip, m ? 280 : 180);
    if (is(id, "fnih"))
        return below(p->grip, m ? 260 : 160);
    if (is(id, "fnih_alt"))
        return p->grip == NA || p->height == NA || p->weight == NA
                   ? -1
                   : 1LL * p->grip * p->height * p->height < 10LL * (m ? 1000 : 560) * p->weight;
    return is(id, "sdoc") ? below(p->grip, m ? 355 : 200) : -1;
}

static inline int naive_performance(const char *id, const naive *p)
{
    int over4 = p->course == 4 ? p->gait : NA;
    int over6 = p->course == 6 ? p->gait : NA;
    int walk = p->walk_done == 0 ? 1 : from(p->walk, 360);
    if (is(id, "ewgsop1"))
        return tests_done(up_to(p->gait, 80), up_to(p->sppb, 8), -1, -1);
    if (is(id, "ewgsop2") || is(id, "seed"))
        return tests_done(up_to(is(id, "seed") ? over4 : p->gait, 80), up_to(p->sppb, 8),
                          from(p->tug, 200), walk);
    if (is(id, "awgs2014"))
        return below(over6, 80);
    if (is(id, "awgs2019"))
        return tests_done(below(over6, 100), p->chair_done == 0 ? 1 : from(p->chair, 120),
                          up_to(p->sppb, 9), -1);
    if (is(id, "iwgs"))
        return below(over4, 100);
    if (is(id, "scwd"))
        return tests_done(up_to(p->gait, 100), below(p->walk6, 400), -1, -1);
    return is(id, "fnih") || is(id, "fnih_alt") || is(id, "sdoc") ? below(p->gait, 80) : -1;
}

static inline int lowest(const int *values, int count)
{
    int low = NA;
    for (int i = 0; i < count; i++)
        if (values[i] != NA && (low == NA || values[i] < low))
            low = values[i];
    return low;
}

/* Whether T-scores are for the patient. */
static inline int t_applies(const naive *p, int m, int peri)
{
    if (m)
        return from(p->age, peri ? 50 : 60);
    if (peri && p->age != NA && p->age < 20) /* the T definitions are those with perimenopause */
        return 0;
    return p->menopause == NA ? -1 : p->menopause == 2 || (peri && p->menopause == 1);
}

#define ANY_GRADE 15

/* Set of grades that are possible: 1 normal, 2 low, 4 osteoporosis, 8 severe. */
static inline int naive_bone(const naive *p, int m, int fracture_counts, int radius)
{
    int t = lowest(p->t, 3);
    if (t == NA && radius)
        t = p->t[3];
    if (t_applies(p, m, 1) != 1)
        return ANY_GRADE;
    int major = fracture_counts && (p->fracture == 1 || p->fracture == 2);
    int minor = fracture_counts && p->fracture >= 4;
    int any = fracture_counts && p->fracture != NA && p->fracture != 0;
    if (t == NA)
        return major ? 4 : ANY_GRADE;
    if (t <= -25)
        return any ? 8 : 4;
    return major || (minor && t < -10) ? 4 : t < -10 ? 2 : 1;
}

static inline int naive_qct(const naive *p, int m)
{
    if (p->vbmd == NA || p->hydroxyapatite != 0 || t_applies(p, m, 0) != 1)
        return ANY_GRADE;
    if (p->vbmd > 120)
        return 1;
    if (p->vbmd >= 80)
        return 2;
    return p->fracture != NA && p->fracture != 0 ? 8 : 4;
}

/* Grade 0 none, 1 short of it, 2 sarcopenia, 3 severe. */
static inline int naive_grade(const char *id, int mass, int strength, int performance)
{
    if (is(id, "ewgsop1"))
        return !mass ? 0 : strength && performance ? 3 : strength || performance ? 2 : 1;
    if (is(id, "ewgsop2") || is(id, "seed"))
        return !strength ? 0 : !mass ? 1 : performance ? 3 : 2;
    if (is(id, "awgs2014"))
        return mass && (strength || performance) ? 2 : 0;
    if (is(id, "awgs2019"))
        return !strength && !performance ? 0 : !mass ? 1 : strength && performance ? 3 : 2;
    if (is(id, "awgs2025"))
        return !strength ? 0 : mass ? 2 : 1;
    if (is(id, "fnih") || is(id, "fnih_alt"))
        return !(mass && strength) ? 0 : performance ? 3 : 2;
    if (is(id, "sdoc"))
        return strength && performance ? 2 : 0;
    return mass && performance ? 2 : 0; /* iwgs, scwd */
}

static inline const char *naive_name(const char *id, int grade)
{
    static const char *const NAMES[] = {"none", "probable", "confirmed", "severe"};
    if (grade != 1)
        return NAMES[grade];
    return is(id, "ewgsop1") ? "presarcopenia" : strstr(id, "awgs") ? "possible" : "probable";
}

/* Set of grades of sarcopenia that are possible, for one sex. */
static inline int naive_sarcopenia(const char *id, const naive *p, int m)
{
    int mass = naive_mass(id, p, m);
    int strength = naive_strength(id, p, m);
    int performance = naive_performance(id, p);
    if (p->age != NA && p->age < 18) /* no cut-off is from children */
        mass = strength = performance = -1;
    int grades = 0;
    for (int bits = 0; bits < 8; bits++) {
        int a = bits & 1;
        int b = bits >> 1 & 1;
        int c = bits >> 2;
        if ((mass < 0 || mass == a) && (strength < 0 || strength == b) &&
            (performance < 0 || performance == c))
            grades |= 1 << naive_grade(id, a, b, c);
    }
    return grades;
}

/* Set of names, as the names themselves behind commas. */
static inline void add_name(char names[256], const char *name)
{
    char with[64];
    snprintf(with, sizeof(with), ",%s,", name);
    if (!strstr(names, with))
        strcat(names, with); /* banned-ok */
}

static inline void naive_os(char names[256], int broad, int bone, int lean)
{
    for (int b = 0; b < 4; b++)
        for (int l = 0; l < 4; l++) {
            if (!(bone & 1 << b) || !(lean & 1 << l))
                continue;
            int has = b >= (broad ? 1 : 2) && l >= 2;
            add_name(names, !has               ? "none"
                            : b == 3 || l == 3 ? "severe_osteosarcopenia"
                                               : "osteosarcopenia");
        }
}

static inline void naive_one_sex(char names[256], const char *id, const naive *p, int m)
{
    static const char *const BONE[] = {"normal", "low_bone_mass", "osteoporosis",
                                       "severe_osteoporosis"};
    int grades;
    if (is(id, "seed_literal")) {
        int bone = naive_bone(p, m, 0, 0);
        int mass = p->age != NA && p->age < 18 ? -1 : naive_mass("seed", p, m);
        if ((bone & 14) && mass != 0)
            add_name(names, "osteosarcopenia");
        if ((bone & 1) || mass != 1)
            add_name(names, "none");
    } else if (is(id, "iscd")) {
        int z = lowest(p->z, 3);
        int applies = t_applies(p, m, 1);
        grades = applies ? naive_bone(p, m, 0, 1) : 0;
        for (int b = 0; b < 4; b++)
            if (grades & 1 << b)
                add_name(names, BONE[b == 3 ? 2 : b]);
        if (applies != 1 && (z == NA || z <= -20 || applies < 0))
            add_name(names, "below_range_for_age");
        if (applies != 1 && (z == NA || z > -20 || applies < 0))
            add_name(names, "within_range_for_age");
    } else if (is(id, "who") || is(id, "qct_spine")) {
        grades = is(id, "who") ? naive_bone(p, m, 1, 1) : naive_qct(p, m);
        for (int b = 0; b < 4; b++)
            if (grades & 1 << b)
                add_name(names, BONE[b]);
    } else if (!strncmp(id, "os_", 3)) {
        naive_os(names, id[3] == 'b', naive_bone(p, m, 1, 1),
                 naive_sarcopenia(strchr(id, ':') + 1, p, m));
    } else {
        grades = naive_sarcopenia(id, p, m);
        for (int g = 0; g < 4; g++)
            if (grades & 1 << g)
                add_name(names, naive_name(id, g));
    }
}

/* The class, or "indeterminate". */
static inline void naive_class(char out[256], const char *id, const naive *p)
{
    char names[256] = "";
    for (int m = 0; m < 2; m++)
        if (p->male == NA || p->male == m)
            naive_one_sex(names, id, p, m);
    size_t size = strcspn(names + 1, ",");
    snprintf(out, 256, "%.*s", (int) size, names + 1);
    if (names[size + 2])
        strcpy(out, "indeterminate"); /* banned-ok */
}

#endif
