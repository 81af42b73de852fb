/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

osarc_status osi_readings_add(osi_readings *out, const osi_reading *reading, osarc_error *err)
{
    if (out->count == out->room) {
        size_t room = out->room ? 2 * out->room : 64;
        osi_reading *items = osi_realloc(out->items, room, sizeof(*items), err);
        if (!items)
            return OSARC_ERR_MEMORY;
        out->items = items;
        out->room = room;
    }
    out->items[out->count++] = *reading;
    return OSARC_OK;
}

static osarc_status find_list(osi_left_out **out, osi_left_out **lists, size_t *list_count,
                              const char *what, osarc_error *err)
{
    for (size_t i = 0; i < *list_count; i++) {
        *out = &(*lists)[i];
        if (strcmp((*out)->what, what) == 0)
            return OSARC_OK;
    }
    osi_left_out *grown = osi_realloc(*lists, *list_count + 1, sizeof(*grown), err);
    if (!grown)
        return OSARC_ERR_MEMORY;
    *lists = grown;
    char *copy = osi_strdup(what, err);
    if (!copy)
        return OSARC_ERR_MEMORY;
    grown[*list_count] = (osi_left_out){.what = copy};
    *out = &grown[(*list_count)++];
    return OSARC_OK;
}

osarc_status osi_readings_leave_out(osi_left_out **lists, size_t *list_count, const char *what,
                                    size_t row_number, osarc_error *err)
{
    osi_left_out *list = NULL;
    osarc_status status = find_list(&list, lists, list_count, what, err);
    if (status)
        return status;
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 16;
        size_t *rows = osi_realloc(list->rows, room, sizeof(*rows), err);
        if (!rows)
            return OSARC_ERR_MEMORY;
        list->rows = rows;
        list->room = room;
    }
    list->rows[list->count++] = row_number;
    return OSARC_OK;
}

static osarc_status name_list(osi_text *text, const osi_left_out *list, osarc_error *err)
{
    osarc_status status = osi_text_printf(text, err, "%s%s: row%s", text->size ? "; " : "",
                                          list->what, list->count > 1 ? "s" : "");
    for (size_t i = 0; i < list->count && !status;) {
        size_t last = i;
        while (last + 1 < list->count && list->rows[last + 1] == list->rows[last] + 1)
            last++;
        const char *comma = i ? "," : "";
        if (last > i + 1)
            status =
                osi_text_printf(text, err, "%s %zu-%zu", comma, list->rows[i], list->rows[last]);
        else
            status = osi_text_printf(text, err, "%s %zu", comma, list->rows[last = i]);
        i = last + 1;
    }
    return status;
}

osarc_status osi_readings_name_rows(char **out, const osi_left_out *lists, size_t count,
                                    osarc_error *err)
{
    osi_text text = {0};
    osarc_status status = osi_text_add(&text, "", 0, err);
    for (size_t i = 0; i < count && !status; i++)
        status = name_list(&text, &lists[i], err);
    if (status)
        osi_free(text.data);
    *out = status ? NULL : text.data;
    return status;
}

typedef struct named {
    const char *name;
    size_t number;
    int is_part;
} named;

static int compare_named(const void *a, const void *b)
{
    const named *left = a;
    const named *right = b;
    if (left->is_part != right->is_part)
        return left->is_part - right->is_part;
    return strcmp(left->name, right->name);
}

osarc_status osi_readings_sort_groups(osi_readings *out, osarc_error *err)
{
    size_t count = out->groups.count;
    named *order = osi_alloc(count + 1, sizeof(*order), err);
    size_t *rank = osi_alloc(count + 1, sizeof(*rank), err);
    osi_wordset sorted = {0};
    osarc_status status = order && rank ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        for (size_t i = 0; i < count; i++)
            order[i] = (named){out->groups.items[i], i, 1};
        for (size_t i = 0; i < out->count; i++)
            order[out->items[i].whole].is_part = 0;
        qsort(order, count, sizeof(*order), compare_named);
    }
    out->wholes = 0;
    for (size_t i = 0; i < count && !status; i++) {
        status = osi_wordset_add(&rank[order[i].number], &sorted, order[i].name, err);
        out->wholes += !order[i].is_part;
    }
    for (size_t i = 0; i < out->count && !status; i++) {
        osi_reading *r = &out->items[i];
        r->whole = rank[r->whole];
        r->part = r->part == OSI_NO_WORD ? OSI_NO_WORD : rank[r->part];
    }
    if (!status) {
        osi_wordset old = out->groups;
        out->groups = sorted;
        sorted = old;
    }
    osi_wordset_free(&sorted);
    osi_free(order);
    osi_free(rank);
    return status;
}

static void free_lists(osi_left_out *lists, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        osi_free(lists[i].what);
        osi_free(lists[i].rows);
    }
    osi_free(lists);
}

void osi_readings_free(osi_readings *readings)
{
    osi_free(readings->items);
    osi_wordset_free(&readings->groups);
    osi_wordset_free(&readings->subjects);
    osi_wordset_free(&readings->classes);
    free_lists(readings->missing, readings->missing_count);
    free_lists(readings->not_numeric, readings->not_numeric_count);
    free_lists(readings->unmatched, readings->unmatched_count);
    *readings = (osi_readings){0};
}
