/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fragments.h"

#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "elements.h"

#define ITEM_HEADER_BYTES 8

static osarc_status add_fragment(osi_fragments *out, size_t *room, osi_fragment fragment,
                                 osarc_error *err)
{
    if (out->count == *room) {
        size_t more = *room ? 2 * *room : 4;
        osi_fragment *items = osi_realloc(out->items, more, sizeof(*items), err);
        if (!items)
            return OSARC_ERR_MEMORY;
        out->items = items;
        *room = more;
    }
    out->items[out->count++] = fragment;
    return OSARC_OK;
}

/* Frames by the basic offset table, which counts from the first fragment's header. */
static osarc_status use_offsets(osi_fragments *out, const uint8_t *table, size_t entries,
                                osarc_error *err)
{
    if (entries != out->frames)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "%zu compressed fragments and %zu offsets for %zu frames", out->count,
                        entries, out->frames);
    size_t base = out->items[0].offset - ITEM_HEADER_BYTES;
    size_t fragment = 0;
    for (size_t f = 0; f < out->frames; f++) {
        size_t wanted = base + osi_read_u32(table + 4 * f, 0) + ITEM_HEADER_BYTES;
        while (fragment < out->count && out->items[fragment].offset < wanted)
            fragment++;
        if (fragment == out->count || out->items[fragment].offset != wanted ||
            (f && fragment == out->first_of[f - 1]))
            return osi_fail(err, OSARC_ERR_FORMAT, "frame %zu begins at no compressed fragment", f);
        out->first_of[f] = fragment;
    }
    return OSARC_OK;
}

static osarc_status assign(osi_fragments *out, const uint8_t *bytes, osi_fragment table,
                           osarc_error *err)
{
    out->first_of = osi_alloc(out->frames + 1, sizeof(*out->first_of), err);
    if (!out->first_of)
        return OSARC_ERR_MEMORY;
    out->first_of[out->frames] = out->count;
    if (out->frames == 1)
        return OSARC_OK;
    if (out->frames == out->count) {
        for (size_t f = 0; f < out->frames; f++)
            out->first_of[f] = f;
        return OSARC_OK;
    }
    return use_offsets(out, bytes + table.offset, table.size / 4, err);
}

osarc_status osi_fragments_read(osi_fragments *out, const uint8_t *bytes, size_t size,
                                const osi_pixels *pixels, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    out->frames = pixels->frames;
    osi_cursor cursor = {.data = bytes, .size = size, .at = pixels->offset};
    osi_fragment table = {0, 0};
    size_t room = 0;
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status; i++) {
        osi_element item;
        osi_walk walk = cursor.at <= size ? osi_item_next(&cursor, &item) : OSI_WALK_BAD;
        if (walk == OSI_WALK_END)
            break;
        if (walk != OSI_WALK_ELEMENT || item.open) {
            status = osi_fail(err, OSARC_ERR_FORMAT, "compressed pixels are cut short or damaged");
        } else if (i == 0) {
            table = (osi_fragment){item.value, item.length};
        } else if (item.length) {
            status = add_fragment(out, &room, (osi_fragment){item.value, item.length}, err);
        }
    }
    if (!status && (out->count == 0 || out->frames == 0))
        status = osi_fail(err, OSARC_ERR_FORMAT, "no compressed pixels");
    if (!status)
        status = assign(out, bytes, table, err);
    if (status)
        osi_fragments_free(out);
    return status;
}

void osi_fragments_free(osi_fragments *fragments)
{
    osi_free(fragments->items);
    osi_free(fragments->first_of);
    memset(fragments, 0, sizeof(*fragments));
}
