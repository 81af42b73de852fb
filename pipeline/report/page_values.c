/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page_notes.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>

/* Rows a reader looks for first, in their order; level NULL is any. The rest stands below. */
static const struct {
    const char *quantity, *level;
} FIRST[] = {
    {"t_score", NULL},
    {"z_score", NULL},
    {"abmd", NULL},
    {"bmc", "total"},
    {"vbmd_trabecular", "L1"},
    {"vbmd_trabecular", "L2"},
    {"vbmd_trabecular", "L3"},
    {"vbmd_trabecular", "L1-L2"},
    {"hu_trabecular", "L1"},
    {"hu_trabecular", "L1-L2"},
    {"tbs", NULL},
    {"alm", NULL},
    {"alm_index", NULL},
    {"alm_bmi", NULL},
    {"lean_mass", "total"},
    {"fat_mass", "total"},
    {"fat_percent", "total"},
    {"muscle_area", "L3"},
    {"muscle_index", "L3"},
    {"muscle_attenuation", "L3"},
    {"imat_area", "L3"},
    {"imat_fraction", "L3"},
    {"muscle_fat_fraction", "L3"},
    {"sat_area", "L3"},
    {"vat_area", "L3"},
    {"muscle_area", "mid-thigh"},
    {"imat_fraction", "mid-thigh"},
    {"muscle_fat_fraction", "mid-thigh"},
    {"marrow_fat_fraction", "L1-L2"},
    {"marrow_fat_fraction", "L1-L4"},
};

static int has_level(const osarc_finding *row, const char *level)
{
    return !level || strcmp(row->level, level) == 0;
}

/* Of several scans so much would stand there that it takes more than two printed pages: these rows
 * are then for the screen. Of densities the places that classes stand on are printed. */
static int is_for_screen(const page *p, const osarc_finding *row)
{
    static const char *const LEFT[] = {"bmc",      "hu_trabecular",      "alm_bmi",  "lean_mass",
                                       "fat_mass", "muscle_area",        "sat_area", "imat_area",
                                       "tbs",      "marrow_fat_fraction"};
    static const char *const PLACES[] = {"L1-L4", "L1-L2", "neck", "total", "radius-33"};
    if (p->report->scan_count < 2)
        return 0;
    for (size_t i = 0; i < sizeof(LEFT) / sizeof(LEFT[0]); i++)
        if (strcmp(row->quantity, LEFT[i]) == 0)
            return 1;
    if (strcmp(row->quantity, "abmd") != 0 && strcmp(row->quantity, "vbmd_trabecular") != 0)
        return 0;
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++)
        if (strcmp(row->level, PLACES[i]) == 0)
            return strcmp(row->quantity, "abmd") == 0 && i == 1;
    return 1;
}

static void add_place(page *p, const osarc_finding *row)
{
    page_word(p, row->site);
    if (*row->level) {
        page_raw(p, " ");
        page_word(p, row->level);
    }
    if (*row->side) {
        page_raw(p, " ");
        page_word(p, row->side);
    }
    const osarc_report_scan *scan = p->report->scan_count > 1 ? page_scan_of(p, row) : NULL;
    if (scan) {
        page_raw(p, ", ");
        page_word(p, "scan");
        page_format(p, " %zu", scan->number);
    }
}

static void add_interval(page *p, const osarc_finding *row)
{
    if (!isfinite(row->ci_low) || !isfinite(row->ci_high))
        return;
    page_number(p, row->ci_low, row->unit, row->quantity);
    page_raw(p, " &hellip; ");
    page_number(p, row->ci_high, row->unit, row->quantity);
}

static void add_method(page *p, const osarc_finding *row)
{
    const char *const parts[] = {row->method, row->basis, row->reference};
    int first = 1;
    for (size_t i = 0; i < 3; i++) {
        if (!*parts[i])
            continue;
        page_raw(p, first ? "" : "; ");
        page_text(p, parts[i]);
        first = 0;
    }
}

/* Parts of notes, each told once under the table; a note is several parts joined by "; ". */
#define NOTE_MOST 48
typedef struct footnotes {
    struct {
        const char *text;
        size_t size;
    } parts[NOTE_MOST];
    size_t count;
} footnotes;

/* The number of a part from 1; 0 when there is no room for it. */
static size_t number_of(footnotes *notes, const char *text, size_t size)
{
    for (size_t i = 0; i < notes->count; i++)
        if (notes->parts[i].size == size && memcmp(notes->parts[i].text, text, size) == 0)
            return i + 1;
    if (notes->count == NOTE_MOST)
        return 0;
    notes->parts[notes->count].text = text;
    notes->parts[notes->count].size = size;
    return ++notes->count;
}

static void add_footnotes_of(page *p, footnotes *notes, const char *note)
{
    page_raw(p, " <sup>!");
    const char *before = "";
    for (const char *from = note; *from;) {
        const char *end = strstr(from, "; ");
        size_t size = end ? (size_t) (end - from) : strlen(from);
        size_t number = number_of(notes, from, size);
        if (number)
            page_format(p, "%s%zu", before, number);
        before = ",";
        from += size;
        from += end ? 2 : 0;
    }
    page_raw(p, "</sup>");
}

static void add_footnotes(page *p, const footnotes *notes)
{
    if (notes->count == 0)
        return;
    page_raw(p, "<ol class=\"s\" id=\"warnings\">");
    for (size_t i = 0; i < notes->count; i++) {
        char part[512];
        size_t size = notes->parts[i].size < sizeof(part) ? notes->parts[i].size : sizeof(part) - 1;
        memcpy(part, notes->parts[i].text, size);
        part[size] = '\0';
        page_raw(p, "<li>");
        page_note(p, part);
        page_raw(p, "</li>");
    }
    page_raw(p, "</ol>\n");
}

/* Rows of one table, in its order. */
typedef struct rows {
    const osarc_finding **at;
    size_t count;
} rows;

/* Refused for what another row is refused for. */
static int is_alike(const osarc_finding *a, const osarc_finding *b)
{
    return a->quality == OSARC_QUALITY_REFUSED && b->quality == OSARC_QUALITY_REFUSED &&
           strcmp(a->note, b->note) == 0;
}

static int is_first_alike(const rows *all, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (is_alike(all->at[i], all->at[index]))
            return 0;
    return 1;
}

/* A quantity that was told before among rows alike. */
static int is_told(const rows *all, size_t from, size_t index)
{
    for (size_t i = from; i < index; i++)
        if (is_alike(all->at[i], all->at[index]) &&
            strcmp(all->at[i]->quantity, all->at[index]->quantity) == 0)
            return 1;
    return 0;
}

/* "T-score: femur neck left, femur neck right; Bone area: ..." */
static void add_names(page *p, const rows *all, size_t first)
{
    for (size_t i = first; i < all->count; i++) {
        const osarc_finding *row = all->at[i];
        if (!is_alike(all->at[first], row) || is_told(all, first, i))
            continue;
        page_raw(p, i == first ? "" : "; ");
        page_word(p, row->quantity);
        const char *before = ": ";
        for (size_t k = i; k < all->count; k++) {
            if (!is_alike(row, all->at[k]) || strcmp(row->quantity, all->at[k]->quantity) != 0)
                continue;
            page_raw(p, before);
            add_place(p, all->at[k]);
            before = ", ";
        }
    }
}

/* All that is refused for one reason on one line, where the first of them stands. */
static void add_refused(page *p, const rows *all, size_t index, int columns)
{
    const osarc_finding *row = all->at[index];
    size_t alike = 0;
    for (size_t i = index; i < all->count; i++)
        alike += (size_t) is_alike(row, all->at[i]);
    if (!is_first_alike(all, index))
        return;
    if (alike > 1) {
        page_format(p, "<tr><td colspan=\"%d\"><b>", columns);
    } else {
        page_raw(p, "<tr><td>");
        page_word(p, row->quantity);
        page_raw(p, "</td><td>");
        add_place(p, row);
        page_format(p, "</td><td colspan=\"%d\"><b>", columns - 2);
    }
    page_word(p, "refused");
    page_raw(p, ":</b> ");
    page_note(p, row->note);
    if (alike > 1) {
        page_raw(p, " &mdash; <span class=\"s\">");
        add_names(p, all, index);
        page_raw(p, "</span>");
    }
    page_raw(p, "</td></tr>\n");
}

/* With notes under the table, or NULL: in a last column. */
static void add_row(page *p, const osarc_finding *row, footnotes *notes)
{
    page_raw(p, is_for_screen(p, row) ? "<tr class=\"screen\"><td>" : "<tr><td>");
    page_word(p, row->quantity);
    page_raw(p, "</td><td>");
    add_place(p, row);
    page_raw(p, "</td><td class=\"n\">");
    page_number(p, row->value, row->unit, row->quantity);
    if (row->quality == OSARC_QUALITY_WARNING) {
        if (notes)
            add_footnotes_of(p, notes, row->note);
        else
            page_raw(p, " !");
    }
    page_raw(p, "</td><td>");
    page_text(p, strcmp(row->unit, "1") == 0 ? "" : row->unit);
    page_raw(p, "</td><td class=\"n\">");
    add_interval(p, row);
    page_raw(p, "</td><td class=\"s\">");
    add_method(p, row);
    if (!notes) {
        page_raw(p, "</td><td class=\"s\">");
        page_note(p, row->note);
    }
    page_raw(p, "</td></tr>\n");
}

static void add_header(page *p, int notes)
{
    page_raw(p, "<table><thead><tr><th>");
    page_word(p, "quantity");
    page_raw(p, "</th><th>");
    page_word(p, "place");
    page_raw(p, "</th><th class=\"n\">");
    page_word(p, "value");
    page_raw(p, "</th><th>");
    page_word(p, "unit");
    page_raw(p, "</th><th class=\"n\">");
    page_word(p, "interval");
    page_raw(p, "</th><th>");
    page_word(p, "method");
    if (notes) {
        page_raw(p, "</th><th>");
        page_word(p, "note");
    }
    page_raw(p, "</th></tr></thead><tbody>\n");
}

static void add_rows(page *p, const rows *all, footnotes *notes)
{
    add_header(p, notes == NULL);
    for (size_t i = 0; i < all->count && !p->status; i++) {
        if (all->at[i]->quality == OSARC_QUALITY_REFUSED)
            add_refused(p, all, i, notes ? 6 : 7);
        else
            add_row(p, all->at[i], notes);
    }
    page_raw(p, "</tbody></table>");
}

/* Says on paper that there is more. */
static void add_left_out(page *p, const rows *all)
{
    size_t left = 0;
    for (size_t i = 0; i < all->count; i++)
        left +=
            (size_t) (all->at[i]->quality != OSARC_QUALITY_REFUSED && is_for_screen(p, all->at[i]));
    if (!left)
        return;
    page_format(p, "<p class=\"s paper\">%zu ", left);
    page_word(p, "left out");
    page_raw(p, "</p>\n");
}

/* Room for as many rows as a list of quantities may take of the findings. */
static rows make_rows(page *p, size_t most)
{
    rows all = {0};
    if (!p->status) {
        all.at = osi_alloc(most + 1, sizeof(*all.at), p->err);
        p->status = all.at ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    return all;
}

void page_values(page *p)
{
    const osarc_findings *findings = p->report->findings;
    const size_t first_count = sizeof(FIRST) / sizeof(FIRST[0]);
    footnotes notes = {.count = 0};
    rows all = make_rows(p, first_count * osarc_findings_count(findings));
    page_raw(p, "<h2>");
    page_word(p, "values");
    page_raw(p, "</h2>\n");
    for (size_t f = 0; f < first_count; f++)
        for (size_t i = 0; all.at && i < osarc_findings_count(findings); i++) {
            const osarc_finding *row = osarc_findings_at(findings, i);
            if (page_owns(p, row) && strcmp(row->quantity, FIRST[f].quantity) == 0 &&
                has_level(row, FIRST[f].level))
                all.at[all.count++] = row;
        }
    if (all.count) {
        page_raw(p, "<div id=\"values\">");
        add_rows(p, &all, &notes);
        page_raw(p, "\n");
        add_left_out(p, &all);
        add_footnotes(p, &notes);
        page_raw(p, "</div>\n");
    } else {
        page_raw(p, "<p id=\"values\">");
        page_word(p, "nothing measured");
        page_raw(p, "</p>\n");
    }
    osi_free(all.at);
}

void page_details(page *p)
{
    const osarc_findings *findings = p->report->findings;
    rows all = make_rows(p, osarc_findings_count(findings));
    for (size_t i = 0; all.at && i < osarc_findings_count(findings); i++)
        if (page_owns(p, osarc_findings_at(findings, i)))
            all.at[all.count++] = osarc_findings_at(findings, i);
    page_raw(p, "<details class=\"screen\" id=\"all\"><summary>");
    page_word(p, "all values");
    page_raw(p, "</summary><div class=\"wide\">\n");
    add_rows(p, &all, NULL);
    page_raw(p, "</div></details>\n");
    osi_free(all.at);
}
