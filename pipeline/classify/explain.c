/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "explain.h"

#include <string.h>

#include <osi/alloc.h>

#include "words.h"

static void add_paragraph(osi_words *words, const char *before, const char *text)
{
    if (!text[0])
        return;
    osi_words_add(words, "%s", before);
    for (size_t size = strlen(text); size > 0;) { /* one piece has room for 511 bytes */
        int part = size > 400 ? 400 : (int) size;
        osi_words_add(words, "%.*s", part, text);
        text += part;
        size -= (size_t) part;
    }
    osi_words_add(words, "\n");
}

osarc_status osi_explain(char **out, const osi_definition *d, osarc_error *err)
{
    osi_words words = {.err = err};
    *out = NULL;
    osi_words_add(&words, "%s (%s, confidence %c)\n", d->id, d->kind, d->confidence);
    add_paragraph(&words, "title: ", d->title);
    add_paragraph(&words, "source: ", d->source);
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        if (!(osi_arms_of(d) & OSI_BIT(a)))
            continue;
        osi_words_add(&words, "arm %s: ", osi_part_name((osi_part) a));
        osi_words_arm_rule(&words, d, (osi_part) a);
        osi_words_add(&words, "\n");
    }
    for (size_t i = 0; i < d->class_count; i++)
        osi_words_add(&words, "class %s: %s%s\n", d->classes[i].name, d->classes[i].when,
                      d->classes[i].is_condition ? " (state met)" : "");
    add_paragraph(&words, "logic: ", d->logic);
    add_paragraph(&words, "note: ", d->notes);
    if (words.status)
        osi_free(words.text.data);
    else
        *out = words.text.data;
    return words.status;
}
