/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "definitions.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MAX 16

typedef struct reading {
    const char *at;
    unsigned met;
    unsigned parts;
    int depth;
    const char *wrong;
} reading;

static const char *const NAMES[OSI_PART_COUNT] = {[OSI_MASS] = "mass",
                                                  [OSI_STRENGTH] = "strength",
                                                  [OSI_PERFORMANCE] = "performance",
                                                  [OSI_BONE] = "bone",
                                                  [OSI_NORMAL_BONE] = "normal_bone",
                                                  [OSI_SEVERE_BONE] = "severe_bone",
                                                  [OSI_Z_APPLIES] = "z_applies"};

const char *osi_part_name(osi_part part)
{
    return NAMES[part];
}

static int read_any(reading *r);

static size_t word_size(const reading *r)
{
    size_t size = 0;
    while (isalpha((unsigned char) r->at[size]) || r->at[size] == '_')
        size++;
    return size;
}

static void skip_spaces(reading *r)
{
    r->at += strspn(r->at, " ");
}

static int take_word(reading *r, const char *word)
{
    skip_spaces(r);
    if (word_size(r) != strlen(word) || strncmp(r->at, word, strlen(word)) != 0)
        return 0;
    r->at += strlen(word);
    return 1;
}

static int read_name(reading *r)
{
    size_t size = word_size(r);
    for (int p = 0; p < OSI_PART_COUNT; p++) {
        if (strlen(NAMES[p]) != size || strncmp(NAMES[p], r->at, size) != 0)
            continue;
        r->at += size;
        r->parts |= OSI_BIT(p);
        return (r->met & OSI_BIT(p)) != 0;
    }
    r->wrong = size ? "names what is no part" : "has no part where one is needed";
    return 0;
}

static int read_one(reading *r)
{
    if (r->wrong || ++r->depth > DEPTH_MAX) {
        r->wrong = r->wrong ? r->wrong : "is too deep";
        return 0;
    }
    int value = 0;
    if (take_word(r, "not")) {
        value = !read_one(r);
    } else if (*r->at == '(') {
        r->at++;
        value = read_any(r);
        skip_spaces(r);
        if (*r->at != ')')
            r->wrong = r->wrong ? r->wrong : "has a bracket that does not end";
        else
            r->at++;
    } else {
        value = read_name(r);
    }
    r->depth--;
    return value;
}

static int read_all(reading *r)
{
    int value = read_one(r);
    while (!r->wrong && take_word(r, "and"))
        value &= read_one(r);
    return value;
}

static int read_any(reading *r)
{
    int value = read_all(r);
    while (!r->wrong && take_word(r, "or"))
        value |= read_all(r);
    return value;
}

const char *osi_expression_read(const char *text, unsigned met, int *value_out, unsigned *parts_out)
{
    reading r = {.at = text, .met = met};
    if (!strcmp(text, "otherwise")) {
        *value_out = 1;
        return NULL;
    }
    *value_out = read_any(&r);
    skip_spaces(&r);
    if (!r.wrong && *r.at)
        r.wrong = "goes on where it should end";
    if (parts_out)
        *parts_out |= r.parts;
    return r.wrong;
}
