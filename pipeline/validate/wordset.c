/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wordset.h"

#include <string.h>

#include <osi/alloc.h>

/* FNV-1a. */
static size_t hash(const char *text)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char) *text) * 0x100000001B3u;
    return (size_t) h;
}

/* The slot of a text, or the free one where it belongs. slot_count is a power of two. */
static size_t find_slot(const osi_wordset *words, const char *text)
{
    size_t slot = hash(text) & (words->slot_count - 1);
    while (words->slots[slot] && strcmp(words->items[words->slots[slot] - 1], text) != 0)
        slot = (slot + 1) & (words->slot_count - 1);
    return slot;
}

size_t osi_wordset_find(const osi_wordset *words, const char *text)
{
    if (words->slot_count == 0)
        return OSI_NO_WORD;
    size_t found = words->slots[find_slot(words, text)];
    return found ? found - 1 : OSI_NO_WORD;
}

/* Keeps the slots at most half full. */
static osarc_status grow(osi_wordset *words, osarc_error *err)
{
    if (words->count == words->room) {
        size_t room = words->room ? 2 * words->room : 16;
        char **items = osi_realloc(words->items, room, sizeof(*items), err);
        if (!items)
            return OSARC_ERR_MEMORY;
        words->items = items;
        words->room = room;
    }
    if (2 * (words->count + 1) <= words->slot_count)
        return OSARC_OK;
    size_t slot_count = words->slot_count ? 2 * words->slot_count : 64;
    size_t *slots = osi_alloc(slot_count, sizeof(*slots), err);
    if (!slots)
        return OSARC_ERR_MEMORY;
    osi_free(words->slots);
    words->slots = slots;
    words->slot_count = slot_count;
    for (size_t i = 0; i < words->count; i++)
        slots[find_slot(words, words->items[i])] = i + 1;
    return OSARC_OK;
}

osarc_status osi_wordset_add(size_t *out, osi_wordset *words, const char *text, osarc_error *err)
{
    *out = osi_wordset_find(words, text);
    if (*out != OSI_NO_WORD)
        return OSARC_OK;
    osarc_status status = grow(words, err);
    if (status)
        return status;
    char *copy = osi_strdup(text, err);
    if (!copy)
        return OSARC_ERR_MEMORY;
    words->items[words->count] = copy;
    words->slots[find_slot(words, text)] = words->count + 1;
    *out = words->count++;
    return OSARC_OK;
}

void osi_wordset_free(osi_wordset *words)
{
    for (size_t i = 0; i < words->count; i++)
        osi_free(words->items[i]);
    osi_free(words->items);
    osi_free(words->slots);
    *words = (osi_wordset){0};
}
