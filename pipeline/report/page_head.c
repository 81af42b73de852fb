/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <math.h>
#include <string.h>

static void add_fact(page *p, const char *key, double value, const char *unit)
{
    page_raw(p, "<dt>");
    page_word(p, key);
    page_raw(p, "</dt><dd>");
    if (isfinite(value) && value > 0) {
        page_number(p, value, unit, NULL);
        page_format(p, " %s", strcmp(unit, "years") == 0 ? "" : unit);
    } else {
        page_word(p, "unknown");
    }
    page_raw(p, "</dd>");
}

static void add_word_fact(page *p, const char *key, const char *word)
{
    page_raw(p, "<dt>");
    page_word(p, key);
    page_raw(p, "</dt><dd>");
    page_word(p, word);
    page_raw(p, "</dd>");
}

void page_head(page *p)
{
    static const char *const SEXES[] = {"unknown", "female", "male"};
    static const char *const MENOPAUSE[] = {"unknown", "premenopausal", "perimenopausal",
                                            "postmenopausal"};
    const osarc_patient_report *r = p->report;
    page_raw(p, "<h1>");
    page_word(p, "title");
    page_raw(p, "</h1>\n<p class=\"s\">");
    page_word(p, "no diagnosis");
    page_format(p, " osarc %s.</p>\n<dl id=\"patient\"><dt>", osarc_version());
    page_word(p, "patient");
    page_raw(p, "</dt><dd>");
    page_text(p, r->patient_id && *r->patient_id ? r->patient_id : r->case_id);
    page_raw(p, "</dd>");
    add_word_fact(p, "sex", SEXES[r->person.sex <= OSARC_SEX_MALE ? r->person.sex : 0]);
    add_fact(p, "age", r->person.age_years, "years");
    add_fact(p, "height", r->height_m, "m");
    add_fact(p, "weight", r->weight_kg, "kg");
    if (r->person.sex == OSARC_SEX_FEMALE)
        add_word_fact(
            p, "menopause",
            MENOPAUSE[r->person.menopause <= OSARC_MENOPAUSE_POST ? r->person.menopause : 0]);
    page_raw(p, "</dl>\n");
}
