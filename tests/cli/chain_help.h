/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_CHAIN_HELP_H
#define OSARC_TEST_CHAIN_HELP_H

/* The command from synthetic scans to classes, the true values, and the published rules once more,
 * by hand and for women after menopause. */

#include <math.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <expect.h>
#include <program.h>

static char folder[] = "/tmp/osarc_chain_XXXXXX";
static program_result result;

static inline void chain_stop(void)
{
    char line[64];
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_assert(eq(int, system(line), 0));
}

/* A folder in it that scans go into. */
static inline void make_folder(const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    cr_assert(eq(int, mkdir(path, 0700), 0));
}

static inline void chain_start(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    make_folder("in");
}

/* "osarc" with arguments by format, which has to end well. Relative paths lie in the folder. */
static inline void osarc(const char *format, ...)
{
    char arguments[2048];
    char line[2304];
    va_list args;
    va_start(args, format);
    vsnprintf(arguments, sizeof(arguments), format, args);
    va_end(args);
    cr_assert(eq(int, chdir(folder), 0));
    snprintf(line, sizeof(line), "%s --quiet 2>&1", arguments);
    run_program(&result, line);
    cr_assert(eq(int, result.code, 0), "%s: %s", arguments, result.text);
}

static inline void put_file(const char *name, const char *text)
{
    cr_assert(eq(int, chdir(folder), 0));
    FILE *file = fopen(name, "w");
    cr_assert(file != NULL, "%s", name);
    fputs(text, file);
    fclose(file);
}

/* ---- truth.json ---- */

static inline json_t *read_truth(const char *scan)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s/truth.json", folder, scan);
    json_t *root = json_load_file(path, 0, NULL);
    cr_assert(root != NULL, "%s", path);
    return root;
}

/* Of the list "truth": value of a quantity in a region or, for scans, of a tissue. */
static inline double true_value(const char *scan, const char *region, const char *quantity)
{
    json_t *root = read_truth(scan);
    double value = NAN;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(root, "truth"), i, row)
    {
        const char *in = json_string_value(json_object_get(row, "region"));
        const char *is = json_string_value(json_object_get(row, "quantity"));
        if (is && strcmp(is, quantity) == 0 && (!region || (in && strcmp(in, region) == 0)))
            value = json_number_value(json_object_get(row, "value"));
    }
    json_decref(root);
    cr_assert(isfinite(value), "no %s of %s in %s", quantity, region ? region : "any", scan);
    return value;
}

/* ---- tables ---- */

static inline char *read_out(const char *out, const char *name)
{
    static char text[4 << 20];
    char path[128];
    snprintf(path, sizeof(path), "%s/%s/%s", folder, out, name);
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL, "%s", path);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

typedef struct measured {
    double value, low, high;
} measured;

/* The row of findings.csv of a patient; columns up to ci_high hold no commas. */
static inline measured find_measured(const char *out, const char *patient, const char *level,
                                     const char *side, const char *quantity)
{
    char *rest = read_out(out, "findings.csv");
    measured found = {NAN, NAN, NAN};
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        const char *cell[13] = {NULL};
        for (size_t i = 0; i < 13 && line; i++)
            cell[i] = strsep(&line, ",");
        if (!cell[12] || strcmp(cell[1], patient) != 0 || strcmp(cell[6], level) != 0 ||
            strcmp(cell[7], side) != 0 || strcmp(cell[8], quantity) != 0)
            continue;
        found.value = *cell[9] ? atof(cell[9]) : NAN;
        found.low = *cell[11] ? atof(cell[11]) : NAN;
        found.high = *cell[12] ? atof(cell[12]) : NAN;
    }
    return found;
}

/* The row of a definition and arm, once, as it stands in classification.csv. */
static inline const char *class_row(const char *text, const char *patient, const char *definition,
                                    const char *arm)
{
    char start[256];
    snprintf(start, sizeof(start), "\n%s,%s,%s,%s,", patient, patient, definition, arm);
    const char *row = strstr(text, start);
    cr_assert(row != NULL, "no row%s", start);
    cr_expect(strstr(row + 1, start) == NULL, "twice:%s", start);
    return row + strlen(start);
}

static inline void expect_class(const char *out, const char *patient, const char *definition,
                                const char *class_name)
{
    const char *row = class_row(read_out(out, "classification.csv"), patient, definition, "result");
    const char *at = strchr(row, ',') + 1;
    size_t size = strlen(class_name);
    cr_expect(strncmp(at, class_name, size) == 0 && at[size] == ',', "%s of %s in %s: %.60s",
              definition, patient, out, row);
}

/* ---- the published rules, for a woman after menopause ---- */

typedef struct woman {
    double alm_kg, height_m, grip_kg, gait_m_s;
    double t; /* the lowest */
} woman;

static inline int is_low_mass(const woman *w)
{
    return w->alm_kg < 15 || w->alm_kg / (w->height_m * w->height_m) < 5.5;
}

/* Cruz-Jentoft 2019. */
static inline const char *ewgsop2_class(const woman *w)
{
    if (w->grip_kg >= 16)
        return "none";
    if (!is_low_mass(w))
        return "probable";
    return w->gait_m_s <= 0.8 ? "severe" : "confirmed";
}

static inline const char *who_class(double t)
{
    return t <= -2.5 ? "osteoporosis" : t >= -1 ? "normal" : "low_bone_mass";
}

/* Both, severe when the sarcopenia is. */
static inline const char *strict_class(const woman *w)
{
    int lean = w->grip_kg < 16 && is_low_mass(w);
    if (!lean || w->t > -2.5)
        return "none";
    return w->gait_m_s <= 0.8 ? "severe_osteosarcopenia" : "osteosarcopenia";
}

/* All that the truth demands of a woman, by three definitions. */
static inline void expect_woman(const char *out, const char *patient, const woman *w)
{
    expect_class(out, patient, "ewgsop2", ewgsop2_class(w));
    expect_class(out, patient, "who", who_class(w->t));
    expect_class(out, patient, "os_strict:ewgsop2", strict_class(w));
}

/* 1 when a true value lies off a limit by more than the measurement's own interval. */
static inline int is_clear(double truth, double limit, const measured *m)
{
    return fabs(truth - limit) > (m->high - m->low) / 2;
}

#endif
