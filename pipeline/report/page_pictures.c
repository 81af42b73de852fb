/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <string.h>

#include <osi/alloc.h>
#include <osi/digest.h>
#include <osi/fail.h>
#include <osi/file.h>

#define PICTURE_LIMIT ((size_t) 64 << 20)

static void add_png(page *p, const uint8_t *bytes, size_t size)
{
    char *text = NULL;
    size_t written = 0;
    p->status = osi_base64(&text, &written, bytes, size, p->err);
    page_raw(p, "<img alt=\"\" src=\"data:image/png;base64,");
    if (!p->status)
        p->status = osi_text_add(&p->text, text, written, p->err);
    page_raw(p, "\">");
    osi_free(text);
}

static void add_picture(page *p, const osarc_report_picture *picture)
{
    static const uint8_t PNG[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (p->status)
        return;
    p->status = osi_file_read(&bytes, &size, picture->path, PICTURE_LIMIT, p->err);
    if (!p->status && (size < sizeof(PNG) || memcmp(bytes, PNG, sizeof(PNG)) != 0))
        p->status = osi_fail(p->err, OSARC_ERR_FORMAT, "%s: a PNG picture is needed in a report",
                             picture->path);
    page_raw(p, "<figure>");
    if (!p->status)
        add_png(p, bytes, size);
    page_raw(p, "<figcaption>");
    page_word(p, picture->caption);
    page_raw(p, "</figcaption></figure>\n");
    osi_free(bytes);
}

void page_pictures(page *p)
{
    if (p->report->picture_count == 0)
        return;
    page_raw(p, "<div class=\"pictures\" id=\"pictures\"><h2>");
    page_word(p, "pictures");
    page_raw(p, "</h2>\n");
    for (size_t i = 0; i < p->report->picture_count; i++)
        add_picture(p, &p->report->pictures[i]);
    page_raw(p, "</div>\n");
}
