/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_WORDSET_H
#define OSI_WORDSET_H

/* A set of texts, numbered in the order they came. All-zero is a valid empty one. */

#include <osarc/base.h>

typedef struct osi_wordset {
    char **items;
    size_t count;
    size_t room;
    size_t *slots; /* hash to index + 1; 0 is free */
    size_t slot_count;
} osi_wordset;

#define OSI_NO_WORD SIZE_MAX

/** Number of a text that is there, or OSI_NO_WORD. */
size_t osi_wordset_find(const osi_wordset *words, const char *text);

/** Number of a text, added when it is new. */
OSARC_MUST_CHECK osarc_status osi_wordset_add(size_t *out, osi_wordset *words, const char *text,
                                              osarc_error *err);

/** Frees what the set holds, not the struct. */
void osi_wordset_free(osi_wordset *words);

#endif
