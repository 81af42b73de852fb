/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/definitions.md tells each definition as it is applied: its words, and every number. */
#include <ctype.h>
#include <math.h>

#include <expect.h>
#include <program.h>

#include <osarc/classify.h>

#include "definitions.h"
#include "facts.h"

#define PAGE_ROOM 65536

static char whole[PAGE_ROOM];

static void read_whole(void)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/definitions.md", OSARC_DOCS);
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL, "%s", path);
    whole[fread(whole, 1, sizeof(whole) - 1, file)] = '\0';
    fclose(file);
}

TestSuite(cli_docs_definitions, .init = read_whole);

/* The section under "## name", line ends and more spaces as one space. */
static void read_section(char out[PAGE_ROOM], const char *name)
{
    char heading[96];
    size_t used = 0;
    snprintf(heading, sizeof(heading), "\n## %s\n", name);
    const char *at = strstr(whole, heading);
    cr_assert(at != NULL, "no section %s", name);
    const char *end = strstr(at + 1, "\n## ");
    for (; *at && at != end; at++) {
        char c = isspace((unsigned char) *at) ? ' ' : *at;
        if (c != ' ' || (used && out[used - 1] != ' '))
            out[used++] = c;
    }
    out[used++] = ' ';
    out[used] = '\0';
}

static void expect_in(const char *section, const char *id, const char *words)
{
    cr_expect(strstr(section, words) != NULL, "%s does not say '%s'", id, words);
}

static void add(char line[256], const char *format, double number)
{
    size_t used = strlen(line);
    snprintf(line + used, 256 - used, format, number);
}

/* "- alm_kg_m2 by dxa `<` 7.2 (M), 5.5 (F) from 50 to under 65 years " */
static void print_test(char line[256], const osi_test *test)
{
    int both = !(test->limit[0] < test->limit[1] || test->limit[0] > test->limit[1]);
    snprintf(line, 256, "- %s%s%s", osi_value_key(test->value), test->method ? " by " : "",
             test->method ? test->method : "");
    if (test->course_m > 0)
        add(line, " over %g m", test->course_m);
    snprintf(line + strlen(line), 256 - strlen(line), " `%s`%s", osi_operator_text(test->compare),
             test->unpublished ? " no published number" : "");
    if (!test->unpublished)
        add(line, both ? " %g" : " %g (M),", test->limit[1]);
    if (!both)
        add(line, " %g (F)", test->limit[0]);
    if (isfinite(test->age_from))
        add(line, " from %g", test->age_from);
    if (isfinite(test->age_below))
        add(line, " to under %g", test->age_below);
    snprintf(line + strlen(line), 256 - strlen(line),
             isfinite(test->age_from) || isfinite(test->age_below) ? " years " : " ");
}

static void expect_band(const char *section, const char *id, const char *before,
                        const osi_cutoff *cutoff)
{
    char line[256];
    if (!cutoff->given)
        return;
    snprintf(line, sizeof(line), "%s `%s` %g", before, osi_operator_text(cutoff->compare),
             cutoff->limit);
    expect_in(section, id, line);
}

Test(cli_docs_definitions, tells_words_sources_and_every_number)
{
    static char section[PAGE_ROOM];
    osarc_error err = OSARC_ERROR_INIT;
    osarc_definitions *set = NULL;
    int numbers = 0;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    for (size_t n = 0; n < osarc_definitions_count(set); n++) {
        const osi_definition *d = osi_definition_at(set, n);
        char name[64];
        char line[256];
        int joined = strchr(d->id, ':') != NULL;
        snprintf(name, sizeof(name), "%.*s%s", (int) strcspn(d->id, ":"), d->id,
                 joined ? ":ID" : "");
        read_section(section, name);
        expect_in(section, d->id, d->title);
        expect_in(section, d->id, d->source);
        expect_in(section, d->id, d->logic);
        expect_in(section, d->id, d->notes);
        /* one that joins others is as sure as the less sure of them */
        snprintf(line, sizeof(line), "Confidence %c.", d->confidence);
        if (!joined)
            expect_in(section, d->id, line);
        for (int a = 0; a < OSI_BONE && !joined; a++)
            for (size_t t = 0; t < d->arms[a].count; t++) {
                print_test(line, &d->arms[a].test[t]);
                expect_in(section, d->id, line);
                numbers++;
            }
        if (!d->has_bone)
            continue;
        snprintf(line, sizeof(line), "- bone: %s", osi_value_key(d->bone.value));
        expect_band(section, d->id, line, &d->bone.low);
        expect_band(section, d->id, "normal", &d->bone.normal);
        expect_band(section, d->id, "; Z", &d->bone.z);
        expect_band(section, d->id, "; with a fracture of humerus, pelvis or forearm",
                    &d->bone.with_fracture);
    }
    cr_expect(gt(int, numbers, 50));
    osarc_definitions_free(set);
}
