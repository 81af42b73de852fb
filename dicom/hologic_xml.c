/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only file that knows libxml2: text of all nodes, without entities, files or network. */
#include "hologic.h"

#include <math.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <osi/alloc.h>

#define DEPTH_MOST 64

static int holds(const uint8_t *bytes, size_t size, const char *word)
{
    return memmem(bytes, size, word, strlen(word)) != NULL;
}

/* Text of a tree, without recursion; 0 when it is too deep. */
static int scan_nodes(osi_hologic_table *table, const xmlNode *root)
{
    const xmlNode *at = root;
    int depth = 0;
    while (at) {
        if ((at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE) && at->content)
            osi_hologic_scan(table, (const char *) at->content, strlen((const char *) at->content));
        if (at->type == XML_ELEMENT_NODE && at->children) {
            if (++depth > DEPTH_MOST)
                return 0;
            at = at->children;
            continue;
        }
        while (at && at != root && !at->next) {
            at = at->parent;
            depth--;
        }
        at = !at || at == root ? NULL : at->next;
    }
    return 1;
}

/* Why it cannot be read, static; NULL when it was. */
static const char *scan_xml(osi_hologic_table *table, const uint8_t *bytes, size_t size)
{
    /* a list of results needs none of these; with them a small file may become a large one */
    if (holds(bytes, size, "<!DOCTYPE") || holds(bytes, size, "<!ENTITY"))
        return "the device's own results declare entities";
    const char *why = NULL;
    /* the library sets itself up on first use, which is not safe in several threads */
#pragma omp critical(osi_xml)
    {
        xmlDoc *doc = xmlReadMemory((const char *) bytes, (int) size, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
        if (!root)
            why = "the device's own results are damaged XML";
        else if (doc->intSubset || doc->extSubset)
            why = "the device's own results declare entities";
        else if (!scan_nodes(table, root))
            why = "the device's own results are nested too deep";
        xmlFreeDoc(doc);
    }
    return why;
}

static osarc_status refuse(osarc_dxa_report *out, const char *why, osarc_error *err)
{
    const osarc_dxa_result result = {.quantity = "abmd",
                                     .unit = "g/cm2",
                                     .site = "",
                                     .side = "",
                                     .value = NAN,
                                     .refused = why,
                                     .warning = "",
                                     .basis = "DXA-Hologic",
                                     .reference = ""};
    return osarc_dxa_report_add(out, &result, err);
}

osarc_status osi_hologic_read(osarc_dxa_report *out, const uint8_t *bytes, size_t size,
                              osarc_dxa_view view, osarc_error *err)
{
    if (size > OSI_HOLOGIC_LIMIT)
        return refuse(out, "the device's own results are over 1 MB", err);
    while (size && bytes[size - 1] == '\0')
        size--;
    size_t begin = 0;
    while (begin < size && strchr(" \t\r\n\xEF\xBB\xBF", bytes[begin]) && bytes[begin])
        begin++;
    if (begin == size)
        return OSARC_OK;
    if (memchr(bytes, '\0', size))
        return refuse(out, "the device's own results are not text", err);
    osi_hologic_table *table = osi_alloc(1, sizeof(*table), err);
    if (!table)
        return OSARC_ERR_MEMORY;
    const char *why = NULL;
    if (bytes[begin] == '<')
        why = scan_xml(table, bytes + begin, size - begin);
    else
        osi_hologic_scan(table, (const char *) bytes, size);
    if (!why && table->is_refused)
        why = "the device's own results contradict each other or are larger than any report";
    if (!why && !table->count)
        why = "the device's own results hold no table that is known";
    osarc_status status = why ? refuse(out, why, err) : osi_hologic_take(out, table, view, err);
    osi_free(table);
    return status;
}
