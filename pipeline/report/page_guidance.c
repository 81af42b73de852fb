/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

/*
 * What the review of osteosarcopenia (Zhao 2024;51(11):2937) says, each with what has to be known
 * of it. Keys of the words.
 */
static const struct {
    const char *said, *known;
} STATEMENTS[] = {
    {"said vitamin d", "known vitamin d"}, {"said 25ohd", "known 25ohd"},
    {"said calcium", "known calcium"},     {"said protein", "known protein"},
    {"said creatine", "known creatine"},   {"said exercise", "known exercise"},
    {"said drugs", "known drugs"},
};

void page_guidance(page *p)
{
    if (!p->report->guidance)
        return;
    page_raw(p, "<div id=\"guidance\"><h2>");
    page_word(p, "guidance");
    page_raw(p, "</h2>\n<p class=\"s\">");
    page_word(p, "guidance legend");
    page_raw(p, "</p><table><tbody>\n");
    for (size_t i = 0; i < sizeof(STATEMENTS) / sizeof(STATEMENTS[0]); i++) {
        page_raw(p, "<tr><td>");
        page_word(p, STATEMENTS[i].said);
        page_raw(p, "</td><td class=\"s\">");
        page_word(p, STATEMENTS[i].known);
        page_raw(p, "</td></tr>\n");
    }
    page_raw(p, "</tbody></table></div>\n");
}
