/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <osarc/reference.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

#include "page_words.h"
#include "utf8.h"

void page_raw(page *p, const char *markup)
{
    if (!p->status)
        p->status = osi_text_add(&p->text, markup, strlen(markup), p->err);
}

void page_format(page *p, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (size < 0 || (size_t) size >= sizeof(line)) {
        if (!p->status)
            p->status = osi_fail(p->err, OSARC_ERR_INTERNAL, "a line of the report is too long");
        return;
    }
    page_raw(p, line);
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void page_text(page *p, const char *text)
{
    if (p->status || !text || !*text)
        return;
    p->scratch.size = 0;
    p->status = utf8_add(&p->scratch, text, p->err);
    const char *from = p->scratch.data;
    for (const char *s = from; !p->status && *s; s++) {
        const char *escape = escape_of(*s);
        if (!escape)
            continue;
        p->status = osi_text_add(&p->text, from, (size_t) (s - from), p->err);
        page_raw(p, escape);
        from = s + 1;
    }
    if (!p->status)
        page_raw(p, from);
}

void page_word(page *p, const char *key)
{
    const char *word = page_word_find(key, p->report->language);
    page_text(p, word ? word : key);
}

/* Decimals that a reader can use; what is not listed keeps six digits. */
static int decimals_of(const char *unit, const char *quantity)
{
    static const struct {
        const char *unit;
        int decimals;
    } UNITS[] = {{"g/cm2", 3}, {"mg/cm3", 1}, {"cm2", 1},    {"cm3", 1}, {"HU", 1},
                 {"1", 3},     {"kg/m2", 2},  {"cm2/m2", 1}, {"kg", 1},  {"mm", 1},
                 {"g", 1},     {"m", 2},      {"years", 0},  {"keV", 1}, {"%", 1}};
    if (quantity && (strcmp(quantity, "t_score") == 0 || strcmp(quantity, "z_score") == 0))
        return 2;
    for (size_t i = 0; unit && i < sizeof(UNITS) / sizeof(UNITS[0]); i++)
        if (strcmp(UNITS[i].unit, unit) == 0)
            return UNITS[i].decimals;
    return -1;
}

/* "0.5" to "0.500", so that digits of one unit stand under each other. */
static void pad_decimals(char *text, int decimals)
{
    char *point = strchr(text, '.');
    size_t size = strlen(text);
    if (decimals <= 0 || strchr(text, 'e'))
        return;
    if (!point)
        text[size++] = '.';
    size_t have = point ? size - (size_t) (point - text) - 1 : 0;
    for (; have < (size_t) decimals && size < OSI_NUMBER_SIZE + 7; have++)
        text[size++] = '0';
    text[size] = '\0';
}

void page_number(page *p, double value, const char *unit, const char *quantity)
{
    if (!isfinite(value)) {
        page_raw(p, "&ndash;");
        return;
    }
    int decimals = decimals_of(unit, quantity);
    if (quantity && (strcmp(quantity, "t_score") == 0 || strcmp(quantity, "z_score") == 0))
        decimals = osarc_score_decimals(value, decimals);
    double scale = decimals < 0 ? 1 : pow(10, decimals);
    char text[OSI_NUMBER_SIZE + 8];
    osi_number_print(text, decimals < 0 ? value : round(value * scale) / scale);
    pad_decimals(text, decimals);
    page_raw(p, text);
}

void page_element(page *p, const char *tag, const char *text)
{
    page_format(p, "<%s>", tag);
    page_text(p, text);
    page_format(p, "</%s>", tag);
}

int page_owns(const page *p, const osarc_finding *row)
{
    return strcmp(row->case_id, p->report->case_id) == 0;
}

const osarc_report_scan *page_scan_of(const page *p, const osarc_finding *row)
{
    const osarc_patient_report *r = p->report;
    for (size_t i = 0; i < r->scan_count; i++)
        if (row->series_uid[0] && strcmp(r->scans[i].series_uid, row->series_uid) == 0)
            return &r->scans[i];
    return NULL;
}

static const char STYLE[] =
    "body{font:14px/1.35 'Noto Sans','Noto Sans CJK SC','DejaVu Sans',sans-serif;color:#111;"
    "max-width:60em;margin:1em auto;padding:0 1em}h1{font-size:1.5em;margin:0}"
    "h2{font-size:1.1em;border-bottom:2px solid #111;margin:1.1em 0 .3em}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.12em .5em .12em 0;border-bottom:1px solid #bbb}th{font-weight:600;"
    "white-space:nowrap}.w th{white-space:normal}.w td:last-child{min-width:12em}"
    "td.n,th.n{text-align:right;white-space:nowrap}.s{color:#333;font-size:.85em}"
    ".met{font-weight:700}td.t{white-space:nowrap}figure{margin:.4em 0}figure img{max-width:100%}"
    "figcaption{font-size:.85em}.curves{display:flex;flex-wrap:wrap;gap:1em}"
    "dl{margin:0;columns:2;column-gap:2em}dt{font-weight:600;float:left;margin-right:.5em}"
    "ul{margin:.2em 0;padding-left:1.2em}summary{cursor:pointer;font-weight:600}"
    ".wide{overflow-x:auto}.paper{display:none}sup{line-height:0}"
    "@page{size:A4;margin:10mm}@media print{body{font-size:7.5pt;line-height:1.15;max-width:none;"
    "margin:0;padding:0}h1{font-size:12pt}h2{font-size:9pt;margin:.4em 0 .1em}"
    "p{margin:.2em 0}td,th{padding:0 .4em 0 "
    "0}.screen{display:none}.paper{display:block}ol.s{columns:2}"
    "figure{break-inside:avoid;display:inline-block;margin:.2em .4em 0 0}"
    "figure img{max-height:66mm;max-width:92mm}.curves svg{width:75mm;height:auto}"
    ".w td:last-child{min-width:9em}#values td:nth-child(-n+2):not([colspan]){white-space:nowrap}"
    ".many h2{break-after:avoid}.many figure{margin:0 .3em 0 0}"
    ".many figure img{max-height:29mm;max-width:45mm}"
    ".many .curves svg{width:55mm}.many table{font-size:6.8pt}.many .s{line-height:1.05}}";

static osarc_status check_report(const osarc_patient_report *report, const char *path,
                                 osarc_error *err)
{
    if (!report || !path || !report->case_id || !report->findings)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a report needs a case, findings and a path to write to");
    if ((!report->classes && report->class_count) || (!report->values && report->value_count) ||
        (!report->pictures && report->picture_count) || (!report->scans && report->scan_count))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a report's list is missing, its count is not 0");
    for (size_t i = 0; i < report->class_count; i++)
        if (!report->classes[i].definition || !report->classes[i].arm || !report->classes[i].state)
            return osi_fail(err, OSARC_ERR_ARGUMENT,
                            "class %zu of a report has no definition, arm or state", i);
    return OSARC_OK;
}

static void begin_page(page *p)
{
    page_format(p, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n",
                p->report->language == OSARC_LANGUAGE_ZH ? "zh-Hans" : "en");
    page_raw(p, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    page_word(p, "title");
    page_raw(p, "</title>\n<style>");
    page_raw(p, STYLE);
    page_format(p, "</style></head><body%s>\n", p->report->scan_count > 1 ? " class=\"many\"" : "");
}

static osarc_status finish_page(page *p, const char *path)
{
    page_raw(p, "</body></html>\n");
    if (!p->status)
        p->status = osi_file_write(path, p->text.data, p->text.size, p->err);
    osi_free(p->text.data);
    osi_free(p->scratch.data);
    return p->status;
}

osarc_status osarc_report_html(const osarc_patient_report *report, const char *path,
                               osarc_error *err)
{
    osarc_status status = check_report(report, path, err);
    if (status)
        return status;
    page p = {.report = report, .err = err};
    begin_page(&p);
    page_head(&p);
    page_classes(&p);
    page_values(&p);
    page_curves(&p);
    page_laboratory(&p);
    page_guidance(&p);
    page_pictures(&p);
    page_details(&p);
    return finish_page(&p, path);
}

osarc_status osarc_report_index_html(const char *const *cases, size_t count,
                                     osarc_language language, const char *path, osarc_error *err)
{
    if (!path || (!cases && count))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "cases and a path to write to are needed");
    osarc_patient_report none = {.language = language};
    page p = {.report = &none, .err = err};
    begin_page(&p);
    page_raw(&p, "<h1>");
    page_word(&p, "title");
    page_raw(&p, "</h1>\n<ol>");
    for (size_t i = 0; i < count; i++) {
        page_format(&p, "<li><a href=\"reports/%zu.html\">", i + 1);
        page_text(&p, cases[i]);
        page_raw(&p, "</a></li>\n");
    }
    page_raw(&p, "</ol>\n");
    return finish_page(&p, path);
}

osarc_status osarc_language_read(osarc_language *out, const char *word, osarc_error *err)
{
    if (!out || !word)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a language is needed: en or zh");
    *out = OSARC_LANGUAGE_EN;
    if (strcmp(word, "zh") == 0)
        *out = OSARC_LANGUAGE_ZH;
    else if (strcmp(word, "en") != 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "language '%.20s' is not there: en or zh", word);
    return OSARC_OK;
}
