/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "definitions.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

#include "columns.h"
#include "explain.h"
#include "plan.h"

#define FILE_LIMIT ((size_t) 1 << 20)
#define FILES_MAX  256

struct osarc_definitions {
    osi_definition *all;
    osarc_definition *shown;
    size_t count;
    size_t room;
    size_t arm_total;
    size_t columns[OSI_INPUT_COUNT];
    void **kept;
    size_t kept_count;
    size_t kept_room;
};

void osarc_definitions_free(osarc_definitions *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->kept_count; i++)
        osi_document_free(set->kept[i]);
    osi_plan_free(set->all, set->count);
    for (size_t i = 0; i < set->count && set->shown; i++)
        osi_free((char *) set->shown[i].explanation);
    osi_free(set->shown);
    osi_free(set->kept);
    osi_free(set->all);
    osi_free(set);
}

size_t osarc_definitions_count(const osarc_definitions *set)
{
    return set->count;
}

const osarc_definition *osarc_definitions_at(const osarc_definitions *set, size_t index)
{
    return index < set->count ? &set->shown[index] : NULL;
}

const osi_definition *osi_definition_at(const osarc_definitions *set, size_t index)
{
    return index < set->count ? &set->all[index] : NULL;
}

const osi_definition *osi_definition_find(const osarc_definitions *set, const char *id, size_t size)
{
    for (size_t i = 0; i < set->count; i++)
        if (strlen(set->all[i].id) == size && !strncmp(set->all[i].id, id, size))
            return &set->all[i];
    return NULL;
}

size_t osi_arm_total(const osarc_definitions *set)
{
    return set->arm_total;
}

const size_t *osi_definitions_columns(const osarc_definitions *set)
{
    return set->columns;
}

size_t osi_class_of(const osi_definition *definition, unsigned met)
{
    return definition->class_of[met & (OSI_BIT(OSI_PART_COUNT) - 1)];
}

unsigned osi_arms_of(const osi_definition *definition)
{
    unsigned arms = definition->has_bone ? OSI_BIT(OSI_BONE) : 0;
    for (int a = 0; a < OSI_BONE; a++)
        if (definition->arms[a].count)
            arms |= OSI_BIT(a);
    return arms;
}

static osarc_status refuse_when(const osi_class_rule *rule, const char *file, const char *wrong,
                                osarc_error *err)
{
    return osi_fail(err, OSARC_ERR_FORMAT,
                    "%s: class '%s': its \"when\" %s; parts, and, or, not and brackets are needed",
                    file, rule->name, wrong);
}

osarc_status osi_definition_finish(osi_definition *d, const char *file, osarc_error *err)
{
    int holds = 0;
    d->parts = 0;
    for (size_t i = 0; i < d->class_count; i++) {
        const char *wrong = osi_expression_read(d->classes[i].when, 0, &holds, &d->parts);
        int last = i + 1 == d->class_count;
        if (!wrong && last != !strcmp(d->classes[i].when, "otherwise"))
            wrong = "must be \"otherwise\" for the last class, and for no other";
        if (wrong)
            return refuse_when(&d->classes[i], file, wrong, err);
    }
    unsigned has = osi_arms_of(d);
    if (d->has_bone)
        has |= OSI_BIT(OSI_NORMAL_BONE) * (unsigned) d->bone.normal.given |
               OSI_BIT(OSI_SEVERE_BONE) * (unsigned) d->bone.severe.given |
               OSI_BIT(OSI_Z_APPLIES) * (unsigned) d->bone.z.given;
    for (int p = 0; p < OSI_PART_COUNT; p++)
        if (d->parts & ~has & OSI_BIT(p))
            return osi_fail(err, OSARC_ERR_FORMAT,
                            "%s: classes name '%s', of which there are no "
                            "cut-offs",
                            file, osi_part_name((osi_part) p));
    for (unsigned met = 0; met < OSI_BIT(OSI_PART_COUNT); met++) {
        unsigned char i = 0;
        if (met & ~d->parts) {
            d->class_of[met] = d->class_of[met & d->parts];
            continue;
        }
        while (osi_expression_read(d->classes[i].when, met, &holds, NULL) || !holds)
            i++;
        d->class_of[met] = i;
    }
    return OSARC_OK;
}

/* Room for one more; NULL when there is none. */
static osi_definition *add_blank(osarc_definitions *set, osarc_error *err)
{
    if (set->count == set->room) {
        size_t room = set->room ? 2 * set->room : 64;
        osi_definition *all = osi_realloc(set->all, room, sizeof(*all), err);
        if (!all)
            return NULL;
        set->all = all;
        set->room = room;
    }
    osi_definition *d = &set->all[set->count];
    memset(d, 0, sizeof(*d));
    return d;
}

static osarc_status keep(osarc_definitions *set, void *document, osarc_error *err)
{
    if (set->kept_count == set->kept_room) {
        size_t room = set->kept_room ? 2 * set->kept_room : 32;
        void **kept = osi_realloc(set->kept, room, sizeof(*kept), err);
        if (!kept) {
            osi_document_free(document);
            return OSARC_ERR_MEMORY;
        }
        set->kept = kept;
        set->kept_room = room;
    }
    set->kept[set->kept_count++] = document;
    return OSARC_OK;
}

static osarc_status add_file(osarc_definitions *set, const char *file, int built_in,
                             const char *text, size_t size, osarc_error *err)
{
    void *document = NULL;
    osi_definition *d = add_blank(set, err);
    if (!d)
        return OSARC_ERR_MEMORY;
    osarc_status status = osi_definition_read(d, &document, file, text, size, err);
    if (status)
        return status;
    d->file = built_in ? "" : "yours";
    if (osi_definition_find(set, d->id, strlen(d->id)))
        status = osi_fail(err, OSARC_ERR_FORMAT,
                          "%s: id '%s' is taken by another definition; one of its own is needed",
                          file, d->id);
    osarc_status kept = keep(set, document, err);
    status = status ? status : kept;
    if (!status && !d->per_sarcopenia)
        status = osi_definition_finish(d, file, err);
    set->count += !status;
    return status;
}

/* ---- patterns ---- */

static int is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || byte == '_';
}

/* Words "sarcopenia" and "severity" of a pattern in the terms of a definition; 0: no room. */
static int fill_when(char out[OSI_WHEN_SIZE], const char *pattern, const osi_definition *lean)
{
    size_t used = 0;
    out[0] = '\0';
    while (*pattern) {
        size_t size = 0;
        char piece[OSI_WHEN_SIZE];
        while (is_name_byte(pattern[size]))
            size++;
        if (size == 10 && !strncmp(pattern, "sarcopenia", size))
            snprintf(piece, sizeof(piece), strstr(lean->having, " or ") ? "(%s)" : "%s",
                     lean->having);
        else if (size == 8 && !strncmp(pattern, "severity", size) && !lean->grading)
            snprintf(piece, sizeof(piece), "severe_bone");
        else if (size == 8 && !strncmp(pattern, "severity", size))
            snprintf(piece, sizeof(piece),
                     strchr(lean->grading, ' ') ? "((%s) or severe_bone)" : "(%s or severe_bone)",
                     lean->grading);
        else
            snprintf(piece, sizeof(piece), "%.*s", size ? (int) size : 1, pattern);
        pattern += size ? size : 1;
        int more = snprintf(out + used, OSI_WHEN_SIZE - used, "%s", piece);
        used += (size_t) more;
        if (used >= OSI_WHEN_SIZE)
            return 0;
    }
    return 1;
}

static osarc_status add_joined(osarc_definitions *set, const osi_definition *pattern,
                               const osi_definition *lean, osarc_error *err)
{
    osi_definition *d = &set->all[set->count]; /* room was made */
    *d = *pattern;
    int size = snprintf(d->id, sizeof(d->id), "%s:%s", pattern->id, lean->id);
    int fits = size < OSI_ID_SIZE;
    for (int a = 0; a < OSI_BONE; a++)
        d->arms[a] = lean->parts & OSI_BIT(a) ? lean->arms[a] : (osi_tests){.count = 0};
    for (size_t i = 0; i < d->class_count; i++)
        fits &= fill_when(d->classes[i].when, pattern->classes[i].when, lean);
    d->per_sarcopenia = 0;
    if (lean->confidence != 'H')
        d->confidence = lean->confidence;
    if (!fits)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s with %s: too long", pattern->id, lean->id);
    osarc_status status = osi_definition_finish(d, d->id, err);
    if (!status && !(d->parts & OSI_BIT(OSI_PERFORMANCE)))
        d->arms[OSI_PERFORMANCE].count = 0; /* it decides nothing here */
    set->count += !status;
    return status;
}

/* Each pattern is replaced by what it stands for, in place of the order of the rows. */
static osarc_status fill_patterns(osarc_definitions *set, osarc_error *err)
{
    size_t count = set->count;
    osi_definition *from = set->all;
    osarc_status status = OSARC_OK;
    size_t patterns = 0;
    for (size_t i = 0; i < count; i++)
        patterns += (size_t) from[i].per_sarcopenia;
    size_t room = count * (patterns + 1) + 1;
    set->all = osi_alloc(room, sizeof(*set->all), err);
    set->count = 0;
    set->room = room;
    if (!set->all)
        status = OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count && !status; i++) {
        if (!from[i].per_sarcopenia)
            set->all[set->count++] = from[i];
        for (size_t k = 0; k < count && from[i].per_sarcopenia && !status; k++)
            if (!strcmp(from[k].kind, "sarcopenia"))
                status = add_joined(set, &from[i], &from[k], err);
    }
    osi_free(from);
    return status;
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static osarc_status list_folder(char *names[FILES_MAX], size_t *count_out, const char *path,
                                osarc_error *err)
{
    osarc_status status = OSARC_OK;
    DIR *folder = opendir(path);
    if (!folder)
        return osi_fail(err, OSARC_ERR_IO, "%s: %s; a folder of definitions is needed", path,
                        strerror(errno));
    for (struct dirent *entry; !status && (entry = readdir(folder));) {
        size_t size = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || size < 6 || strcmp(entry->d_name + size - 5, ".json") != 0)
            continue;
        if (*count_out == FILES_MAX) {
            status = osi_fail(err, OSARC_ERR_FORMAT, "%s: over %d definitions", path, FILES_MAX);
            break;
        }
        char *name = osi_strdup(entry->d_name, err);
        if (!name)
            status = OSARC_ERR_MEMORY;
        else
            names[(*count_out)++] = name;
    }
    closedir(folder);
    if (!status && !*count_out)
        status = osi_fail(err, OSARC_ERR_FORMAT, "%s: no file ends in .json", path);
    qsort(names, *count_out, sizeof(*names), compare_names);
    return status;
}

static osarc_status add_path(osarc_definitions *set, const char *folder, const char *name,
                             osarc_error *err)
{
    char path[4096];
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int) sizeof(path))
        return osi_fail(err, OSARC_ERR_IO, "%s: the path is too long", name);
    osarc_status status = osi_file_read(&bytes, &size, path, FILE_LIMIT, err);
    if (!status)
        status = add_file(set, path, 0, (const char *) bytes, size, err);
    osi_free(bytes);
    return status;
}

static osarc_status add_folder(osarc_definitions *set, const char *path, osarc_error *err)
{
    char *names[FILES_MAX];
    size_t count = 0;
    osarc_status status = list_folder(names, &count, path, err);
    for (size_t i = 0; i < count; i++) {
        if (!status)
            status = add_path(set, path, names[i], err);
        osi_free(names[i]);
    }
    return status;
}

static osarc_status explain_all(osarc_definitions *set, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    set->shown = osi_alloc(set->count, sizeof(*set->shown), err);
    if (!set->shown)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < set->count && !status; i++) {
        const osi_definition *d = &set->all[i];
        char *text = NULL;
        status = osi_explain(&text, d, err);
        set->shown[i] = (osarc_definition){d->id,         d->kind,     d->title, d->source,
                                           d->confidence, !d->file[0], text};
    }
    return status;
}

osarc_status osarc_definitions_read(osarc_definitions **out, const char *folder, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    osarc_definitions *set = osi_alloc(1, sizeof(*set), err);
    osarc_status status = set ? OSARC_OK : OSARC_ERR_MEMORY;
    for (int i = 0; i < OSI_INPUT_COUNT && set; i++)
        set->columns[i] = osi_column_find(osi_input_name((osi_input) i));
    for (size_t i = 0; i < osi_built_in_count && !status; i++)
        status = add_file(set, osi_built_ins[i].name, 1, (const char *) osi_built_ins[i].bytes,
                          osi_built_ins[i].size, err);
    if (!status && folder)
        status = add_folder(set, folder, err);
    if (!status)
        status = fill_patterns(set, err);
    if (!status)
        status = osi_plan_make(set->all, set->count, &set->arm_total, err);
    if (!status)
        status = explain_all(set, err);
    if (status)
        osarc_definitions_free(set);
    else
        *out = set;
    return status;
}
