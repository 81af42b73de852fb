/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <math.h>
#include <string.h>

#define STRICT "os_strict:"
#define BROAD  "os_broad:"

#define CHANCE_MOST 0.99

static const osarc_report_class *find_row(const page *p, const char *before, const char *definition,
                                          const char *arm)
{
    const osarc_patient_report *r = p->report;
    size_t skip = strlen(before);
    for (size_t i = 0; i < r->class_count; i++) {
        const osarc_report_class *c = &r->classes[i];
        if (strncmp(c->definition, before, skip) == 0 &&
            strcmp(c->definition + skip, definition) == 0 && strcmp(c->arm, arm) == 0)
            return c;
    }
    return NULL;
}

static int is_result_of(const osarc_report_class *c, const char *kind)
{
    return strcmp(c->arm, "result") == 0 && c->kind && strcmp(c->kind, kind) == 0;
}

/* A word and a sign, so that neither colour nor print quality matters. */
static void add_state(page *p, const osarc_report_class *c)
{
    if (!c) {
        page_raw(p, "<td></td>");
        return;
    }
    int met = strcmp(c->state, "met") == 0;
    page_raw(p, met ? "<td class=\"met t\">&#9632; " : "<td class=\"t\">");
    if (!met)
        page_raw(p, strcmp(c->state, "unknown") == 0 ? "? " : "&#9633; ");
    page_word(p, c->state);
    page_raw(p, "</td>");
}

/* What an interval cannot tell is no certainty: never 0 or 1. */
static void add_chance(page *p, double chance)
{
    int edge = chance > CHANCE_MOST || chance < 1 - CHANCE_MOST;
    if (edge)
        page_raw(p, chance < CHANCE_MOST ? "&lt;&nbsp;" : "&gt;&nbsp;");
    page_number(p, edge ? (chance < CHANCE_MOST ? 1 - CHANCE_MOST : CHANCE_MOST) : chance, "1",
                NULL);
}

static void add_class(page *p, const osarc_report_class *c)
{
    page_raw(p, c && strcmp(c->state, "met") == 0 ? "<td class=\"met\">" : "<td>");
    if (c) {
        page_word(p, c->class_name);
        if (isfinite(c->p_class)) {
            page_raw(p, " (p&nbsp;");
            add_chance(p, c->p_class);
            page_raw(p, ")");
        }
    }
    page_raw(p, "</td>");
}

static void add_name(page *p, const osarc_report_class *c, int titled)
{
    page_raw(p, "<tr><td><b>");
    page_text(p, c->definition);
    page_raw(p, "</b>");
    if (c->confidence && c->confidence != 'H') {
        page_raw(p, " <span class=\"s\">");
        page_word(p, "confidence");
        page_format(p, " %c</span>", c->confidence);
    }
    if (titled && c->title) {
        page_raw(p, "<span class=\"s screen\"> ");
        page_text(p, c->title);
        page_raw(p, "</span>");
    }
    page_raw(p, "</td>");
}

static void add_headings(page *p, const char *table, const char *const *keys, size_t count)
{
    page_raw(p, table);
    page_raw(p, "<thead><tr>");
    for (size_t i = 0; i < count; i++) {
        page_raw(p, "<th>");
        page_word(p, keys[i]);
        page_raw(p, "</th>");
    }
    page_raw(p, "</tr></thead><tbody>\n");
}

static void add_notes(page *p, const osarc_report_class *c)
{
    if (!c->notes || !*c->notes)
        return;
    page_raw(p, c->missing && *c->missing ? "<br>" : "");
    page_word(p, "note");
    page_raw(p, ": ");
    page_text(p, c->notes);
}

static void add_sarcopenia(page *p)
{
    static const char *const HEADINGS[] = {"definition",  "class",  "mass",  "strength",
                                           "performance", "strict", "broad", "missing"};
    static const char *const ARMS[] = {"mass", "strength", "performance"};
    size_t shown = 0;
    for (size_t i = 0; i < p->report->class_count; i++) {
        const osarc_report_class *c = &p->report->classes[i];
        if (!is_result_of(c, "sarcopenia"))
            continue;
        if (shown++ == 0)
            add_headings(p, "<table class=\"w\">", HEADINGS,
                         sizeof(HEADINGS) / sizeof(HEADINGS[0]));
        add_name(p, c, 0);
        add_class(p, c);
        for (size_t a = 0; a < 3; a++)
            add_state(p, find_row(p, "", c->definition, ARMS[a]));
        add_class(p, find_row(p, STRICT, c->definition, "result"));
        add_class(p, find_row(p, BROAD, c->definition, "result"));
        page_raw(p, "<td class=\"s\">");
        page_text(p, c->missing);
        add_notes(p, c);
        page_raw(p, "</td></tr>\n");
    }
    if (shown)
        page_raw(p, "</tbody></table>\n");
}

/* Joint definitions that are columns of the sarcopenia they join are not told twice. */
static int is_column(const page *p, const osarc_report_class *c)
{
    const char *const before[] = {STRICT, BROAD};
    for (size_t i = 0; i < 2; i++)
        if (strncmp(c->definition, before[i], strlen(before[i])) == 0 &&
            find_row(p, "", c->definition + strlen(before[i]), "result"))
            return 1;
    return 0;
}

static void add_others(page *p, const char *kind)
{
    static const char *const HEADINGS[] = {"definition", "class", "rule", "missing"};
    size_t shown = 0;
    for (size_t i = 0; i < p->report->class_count; i++) {
        const osarc_report_class *c = &p->report->classes[i];
        if (!is_result_of(c, kind) || is_column(p, c))
            continue;
        if (shown++ == 0)
            add_headings(p, "<table>", HEADINGS, sizeof(HEADINGS) / sizeof(HEADINGS[0]));
        add_name(p, c, 1);
        add_class(p, c);
        page_raw(p, "<td class=\"s\">");
        page_text(p, c->rule);
        if (c->inputs && *c->inputs) {
            page_raw(p, "<br>");
            page_word(p, "inputs");
            page_raw(p, ": ");
            page_text(p, c->inputs);
        }
        page_raw(p, "</td><td class=\"s\">");
        page_text(p, c->missing);
        add_notes(p, c);
        page_raw(p, "</td></tr>\n");
    }
    if (shown)
        page_raw(p, "</tbody></table>\n");
}

static void add_rules(page *p)
{
    page_raw(p, "<details class=\"screen\" id=\"rules\"><summary>");
    page_word(p, "rules");
    page_raw(p, "</summary><div class=\"wide\"><table><tbody>\n");
    for (size_t i = 0; i < p->report->class_count; i++) {
        const osarc_report_class *c = &p->report->classes[i];
        add_name(p, c, 1);
        page_raw(p, "<td>");
        page_word(p, c->arm);
        page_raw(p, "</td>");
        add_state(p, c);
        page_raw(p, "<td class=\"s\">");
        page_text(p, c->rule);
        page_raw(p, "<br>");
        page_text(p, c->inputs);
        page_raw(p, "<br>");
        page_text(p, c->notes);
        if (c->would_change_if && *c->would_change_if) {
            page_raw(p, "<br>");
            page_word(p, "would change if");
            page_raw(p, ": ");
            page_text(p, c->would_change_if);
        }
        page_raw(p, "</td></tr>\n");
    }
    page_raw(p, "</tbody></table></div></details>\n");
}

void page_classes(page *p)
{
    if (p->report->class_count == 0)
        return;
    page_raw(p, "<div id=\"classes\"><h2>");
    page_word(p, "classes");
    page_raw(p, "</h2>\n");
    add_others(p, "bone");
    add_sarcopenia(p);
    add_others(p, "os");
    page_raw(p, "</div>\n");
    add_rules(p);
}
