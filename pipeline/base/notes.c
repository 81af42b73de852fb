/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/notes.h>

#include <stdarg.h>
#include <stdio.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define NOTE_SIZE 512

struct osarc_notes {
    osarc_note *items;
    size_t count;
    size_t room;
};

osarc_status osarc_notes_create(osarc_notes **out, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = osi_alloc(1, sizeof(**out), err);
    return *out ? OSARC_OK : OSARC_ERR_MEMORY;
}

osarc_status osarc_notes_add(osarc_notes *notes, osarc_severity severity, const char *code,
                             osarc_error *err, const char *format, ...)
{
    if (!notes || !code || !format)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a note needs a list, a code and a text");
    if (notes->count == notes->room) {
        size_t room = notes->room ? 2 * notes->room : 8;
        osarc_note *items = osi_realloc(notes->items, room, sizeof(*items), err);
        if (!items)
            return OSARC_ERR_MEMORY;
        notes->items = items;
        notes->room = room;
    }
    char text[NOTE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    char *code_copy = osi_strdup(code, err);
    char *text_copy = osi_strdup(text, err);
    if (!code_copy || !text_copy) {
        osi_free(code_copy);
        osi_free(text_copy);
        return OSARC_ERR_MEMORY;
    }
    notes->items[notes->count++] = (osarc_note){severity, code_copy, text_copy};
    return OSARC_OK;
}

size_t osarc_notes_count(const osarc_notes *notes)
{
    return notes->count;
}

const osarc_note *osarc_notes_at(const osarc_notes *notes, size_t index)
{
    return index < notes->count ? &notes->items[index] : NULL;
}

void osarc_notes_free(osarc_notes *notes)
{
    if (!notes)
        return;
    for (size_t i = 0; i < notes->count; i++) {
        osi_free((char *) notes->items[i].code);
        osi_free((char *) notes->items[i].text);
    }
    osi_free(notes->items);
    osi_free(notes);
}
