/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sr_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/text.h>

#include "sr_codes.h"
#include "value.h"

#define TAG_TYPE       OSI_TAG(0x0040, 0xA040)
#define TAG_CONCEPT    OSI_TAG(0x0040, 0xA043)
#define TAG_TEXT       OSI_TAG(0x0040, 0xA160)
#define TAG_CODE       OSI_TAG(0x0040, 0xA168)
#define TAG_MEASURED   OSI_TAG(0x0040, 0xA300)
#define TAG_NUMBER     OSI_TAG(0x0040, 0xA30A)
#define TAG_UNIT       OSI_TAG(0x0040, 0x08EA)
#define TAG_COMPLETION OSI_TAG(0x0040, 0xA491)
#define TAG_CONTENT    OSI_TAG(0x0040, 0xA730)

#define VERTEBRA_L1   2
#define VERTEBRA_MOST 6

/* What holds where a number stands: said there, or in what it lies in. */
typedef struct scope {
    osi_sr_place place;
    unsigned vertebrae; /* bits, by osi_sr_place.vertebra */
    const char *side;
    const char *wrong_place; /* why it cannot be told; NULL when it can */
    const char *wrong_side;
    const char *basis;
    const char *reference;
    const char *above; /* quantity of the number this one belongs to; NULL: none */
    int is_dxa;
} scope;

/* One content item, without those in it. */
typedef struct item {
    char type[20];
    osi_code concept;
    osi_code code;
    osi_code unit;
    char text[OSARC_TEXT_SIZE];
    char number[OSARC_TEXT_SIZE];
    osi_element content;
    int has_content;
} item;

typedef struct reader {
    osarc_dxa_report *out;
    int is_partial; /* the document says that it is not complete */
    osarc_error *err;
} reader;

int osi_sr_is(const char *sop_class_uid)
{
    static const char SR[] = "1.2.840.10008.5.1.4.1.1.88.";
    return strncmp(sop_class_uid, SR, sizeof(SR) - 1) == 0;
}

static osarc_status check(const reader *r, osi_walk walk)
{
    if (walk == OSI_WALK_END)
        return OSARC_OK;
    return osi_fail(r->err, OSARC_ERR_FORMAT,
                    walk == OSI_WALK_MORE
                        ? "a structured report, but cut short"
                        : "a structured report, but damaged or nested over %d deep",
                    OSI_NESTING_LIMIT);
}

/* What the first item of a sequence holds; without one nothing. */
static osi_cursor look_inside(osi_walk *walk, const osi_cursor *cursor, const osi_element *sequence)
{
    osi_cursor items = osi_element_inside(cursor, sequence);
    osi_element element;
    *walk = osi_item_next(&items, &element);
    return *walk == OSI_WALK_ELEMENT ? osi_element_inside(&items, &element) : items;
}

static osarc_status read_code(const reader *r, osi_code *out, const osi_cursor *cursor,
                              const osi_element *sequence)
{
    osi_element element;
    osi_walk walk;
    osi_cursor inside = look_inside(&walk, cursor, sequence);
    if (walk != OSI_WALK_ELEMENT)
        return check(r, walk);
    while ((walk = osi_element_next(&inside, &element)) == OSI_WALK_ELEMENT) {
        if (element.tag == OSI_TAG(0x0008, 0x0100) || element.tag == OSI_TAG(0x0008, 0x0119))
            osi_value_text(out->value, sizeof(out->value), inside.data, &element, "");
        else if (element.tag == OSI_TAG(0x0008, 0x0102))
            osi_value_text(out->scheme, sizeof(out->scheme), inside.data, &element, "");
        else if (element.tag == OSI_TAG(0x7FE0, 0x0010))
            return check(r, OSI_WALK_BAD);
    }
    return check(r, walk);
}

static osarc_status read_measured(const reader *r, item *out, const osi_cursor *cursor,
                                  const osi_element *sequence)
{
    osi_element element;
    osi_walk walk;
    osi_cursor inside = look_inside(&walk, cursor, sequence);
    if (walk != OSI_WALK_ELEMENT)
        return check(r, walk);
    osarc_status status = OSARC_OK;
    while (!status && (walk = osi_element_next(&inside, &element)) == OSI_WALK_ELEMENT) {
        if (element.tag == TAG_NUMBER)
            osi_value_text(out->number, sizeof(out->number), inside.data, &element, "");
        else if (element.tag == TAG_UNIT)
            status = read_code(r, &out->unit, &inside, &element);
        else if (element.tag == OSI_TAG(0x7FE0, 0x0010))
            walk = OSI_WALK_BAD;
        if (walk == OSI_WALK_BAD)
            break;
    }
    return status ? status : check(r, walk);
}

/* All elements of an item, or of the whole data set, which is the item at the root. */
static osarc_status read_item(reader *r, item *out, osi_cursor *inside)
{
    osarc_status status = OSARC_OK;
    osi_element element;
    osi_walk walk = OSI_WALK_END;
    memset(out, 0, sizeof(*out));
    while (!status && (walk = osi_element_next(inside, &element)) == OSI_WALK_ELEMENT) {
        char word[OSARC_TEXT_SIZE];
        switch (element.tag) {
        case TAG_TYPE:
            osi_value_text(out->type, sizeof(out->type), inside->data, &element, "");
            break;
        case TAG_CONCEPT:
            status = read_code(r, &out->concept, inside, &element);
            break;
        case TAG_CODE:
            status = read_code(r, &out->code, inside, &element);
            break;
        case TAG_TEXT:
            osi_value_text(out->text, sizeof(out->text), inside->data, &element, "");
            break;
        case TAG_MEASURED:
            status = read_measured(r, out, inside, &element);
            break;
        case TAG_COMPLETION:
            osi_value_text(word, sizeof(word), inside->data, &element, "");
            r->is_partial |= !strcmp(word, "PARTIAL");
            break;
        case TAG_CONTENT:
            out->content = element;
            out->has_content = 1;
            break;
        case OSI_TAG(0x7FE0, 0x0010):
            return check(r, OSI_WALK_BAD);
        default:
            break;
        }
    }
    return status ? status : check(r, walk);
}

static int is_dcm(const osi_code *code, const char *value)
{
    return !strcmp(code->scheme, "DCM") && !strcmp(code->value, value);
}

/* "L2-L4" for neighbours; 0 when there are gaps between them. */
static int name_run(char level[16], unsigned vertebrae)
{
    static const char *const NAMES[] = {"", "T12", "L1", "L2", "L3", "L4", "L5"};
    int first = 1;
    while (!(vertebrae & 1U << first))
        first++;
    int last = first;
    while (last < VERTEBRA_MOST && vertebrae & 1U << (last + 1))
        last++;
    if (vertebrae >> (last + 1))
        return 0;
    snprintf(level, 16, "%s-%s", NAMES[first], NAMES[last]);
    return 1;
}

/* One more place beside what was said at this level of the tree. */
static void add_place(scope *s, const osi_code *code)
{
    osi_sr_place more;
    if (!osi_sr_place_find(&more, code)) {
        s->wrong_place = "its place is given by a code that is not known";
        return;
    }
    if (!s->place.site) {
        s->place = more;
        s->vertebrae = more.vertebra ? 1U << more.vertebra : 0;
        return;
    }
    if (s->vertebrae && more.vertebra) {
        s->vertebrae |= 1U << more.vertebra;
        if (more.vertebra >= VERTEBRA_L1)
            s->place.site = more.site;
        if ((s->vertebrae & (s->vertebrae - 1)) && !name_run(s->place.level, s->vertebrae))
            s->wrong_place = "its vertebrae are not neighbours";
        return;
    }
    if (strcmp(s->place.site, more.site) != 0 ||
        (s->place.level[0] && more.level[0] && strcmp(s->place.level, more.level) != 0)) {
        s->wrong_place = "more than one place is stated";
        return;
    }
    if (more.level[0]) {
        s->place = more;
        s->vertebrae = more.vertebra ? 1U << more.vertebra : 0;
    }
}

static void add_side(scope *s, const osi_code *code)
{
    const char *side = osi_sr_side_find(code);
    if (!side)
        s->wrong_side = "its side is given by a code that is not known";
    else if (s->side && strcmp(s->side, side) != 0)
        s->wrong_side = "more than one side is stated";
    else
        s->side = side;
}

/* A population by a word of its name: other text of the document is not passed on. */
static const char *reference_of(const char *text)
{
    return strstr(text, "NHANES") ? "report:NHANES" : "report";
}

typedef struct said {
    scope scope;
    char manufacturer[OSARC_TEXT_SIZE];
    char model[OSARC_TEXT_SIZE];
} said;

/* What the items below one say of it; places and sides may be nested in each other. */
static osarc_status gather(reader *r, said *out, const osi_cursor *cursor, const item *parent,
                           int depth)
{
    if (!parent->has_content)
        return OSARC_OK;
    if (depth > OSI_NESTING_LIMIT)
        return check(r, OSI_WALK_BAD);
    osi_cursor items = osi_element_inside(cursor, &parent->content);
    osi_element element;
    osi_walk walk = OSI_WALK_END;
    osarc_status status = OSARC_OK;
    while (!status && (walk = osi_item_next(&items, &element)) == OSI_WALK_ELEMENT) {
        item one;
        osi_cursor inside = osi_element_inside(&items, &element);
        status = read_item(r, &one, &inside);
        if (status)
            break;
        int is_code = !strcmp(one.type, "CODE");
        if (is_code && osi_sr_says_place(&one.concept)) {
            add_place(&out->scope, &one.code);
            status = gather(r, out, &inside, &one, depth + 1);
        } else if (is_code && osi_sr_says_side(&one.concept)) {
            add_side(&out->scope, &one.code);
        } else if (is_code && is_dcm(&one.concept, "121058")) { /* procedure reported */
            out->scope.is_dxa |= osi_sr_is_dxa_title(&one.code);
        } else if (is_dcm(&one.concept, "121014")) {
            memcpy(out->manufacturer, one.text, sizeof(one.text));
        } else if (is_dcm(&one.concept, "121015")) {
            memcpy(out->model, one.text, sizeof(one.text));
        } else if (is_dcm(&one.concept, "121405")) { /* population description */
            out->scope.reference = reference_of(one.text);
        }
    }
    return status ? status : check(r, walk);
}

/* What is said nearer to a number goes before what is said farther up. */
static scope merge(const scope *outer, const said *here)
{
    scope s = *outer;
    if (here->scope.place.site || here->scope.wrong_place) {
        s.place = here->scope.place;
        s.vertebrae = here->scope.vertebrae;
        s.wrong_place = here->scope.wrong_place;
    }
    if (here->scope.side || here->scope.wrong_side) {
        s.wrong_side = here->scope.wrong_side;
        s.side = s.wrong_side ? NULL : here->scope.side;
    }
    if (here->scope.reference)
        s.reference = here->scope.reference;
    if (here->manufacturer[0])
        s.basis = osarc_dxa_report_basis(here->manufacturer, here->model);
    s.is_dxa |= here->scope.is_dxa;
    return s;
}

static int is_score(const char *quantity)
{
    return !strcmp(quantity, "t_score") || !strcmp(quantity, "z_score");
}

static int is_of_body(const char *quantity)
{
    return strstr(quantity, "_mass") || !strcmp(quantity, "fat_percent") ||
           !strcmp(quantity, "alm");
}

/* Why place and side do not go with what the number is; NULL when they do. Completes them. */
static const char *fit_place(scope *s, const osi_sr_quantity *q)
{
    if (s->wrong_place)
        return s->wrong_place;
    if (q->site && !s->place.site) {
        s->place = (osi_sr_place){.site = q->site};
        s->place.is_paired = strcmp(q->site, "femur") == 0 || strcmp(q->site, "forearm") == 0;
    }
    if (!s->place.site)
        return "its place is not stated";
    if (q->site && strcmp(q->site, s->place.site) != 0)
        return "its code and its place are of different parts of the body";
    if (s->wrong_side && (s->place.is_paired || q->side))
        return s->wrong_side;
    if (q->side && s->side && strcmp(q->side, s->side) != 0)
        return "its code and its side differ";
    if (q->side)
        s->side = q->side;
    int is_body = !strcmp(s->place.site, "whole_body");
    if (is_of_body(q->quantity) && !is_body)
        return "a mass of tissue needs a region of the body";
    if (is_score(q->quantity) && is_body && strcmp(s->place.level, "total") != 0)
        return "there are no scores of parts of the body";
    if (!strcmp(q->quantity, "alm")) {
        if (s->place.level[0] && strcmp(s->place.level, "total") != 0)
            return "its place is not the whole body";
        s->place.level[0] = '\0';
    }
    if (s->place.is_paired && !s->side)
        return "its side is not stated";
    if (!s->place.is_paired)
        s->side = NULL;
    return NULL;
}

static osarc_status take_number(const reader *r, scope *s, const item *one)
{
    osi_sr_quantity q;
    if (!osi_sr_quantity_find(&q, &one->concept) || (q.needs_dxa && !s->is_dxa) ||
        (q.needs_density && s->above && strcmp(s->above, "abmd") != 0)) {
        r->out->ignored++;
        return OSARC_OK;
    }
    const char *unit = "";
    double factor = 0;
    double value = NAN;
    const char *why = fit_place(s, &q);
    if (!why && strchr(one->number, '\\'))
        why = "more than one number is stated";
    if (!why && !osi_number_read(one->number, &value))
        why = "no number is stated";
    const char *misfit = osi_sr_unit_find(&unit, &factor, q.quantity, &one->unit);
    if (!why)
        why = misfit;
    if (!why)
        why = osi_sr_range_check(q.quantity, factor * value);
    s->above = q.quantity;
    osarc_dxa_result result = {.quantity = q.quantity,
                               .unit = unit,
                               .site = s->place.site ? s->place.site : "",
                               .side = s->side ? s->side : "",
                               .value = why ? NAN : factor * value,
                               .refused = why ? why : "",
                               .warning =
                                   r->is_partial ? "the document says it is not complete" : "",
                               .basis = s->basis,
                               .reference = is_score(q.quantity) ? s->reference : ""};
    memcpy(result.level, s->place.level, sizeof(result.level));
    if (!why && !result.level[0] && strcmp(q.quantity, "alm") != 0)
        result.warning = "the document does not say of which part of the bone";
    return osarc_dxa_report_add(r->out, &result, r->err);
}

static osarc_status walk(reader *r, osi_cursor *inside, const scope *outer, int depth)
{
    item one;
    if (depth > OSI_NESTING_LIMIT)
        return check(r, OSI_WALK_BAD);
    osarc_status status = read_item(r, &one, inside);
    said here = {.manufacturer = ""};
    if (!status)
        status = gather(r, &here, inside, &one, depth + 1);
    if (status)
        return status;
    scope s = merge(outer, &here);
    s.is_dxa |= osi_sr_is_dxa_title(&one.concept);
    if (!strcmp(one.type, "NUM"))
        status = take_number(r, &s, &one);
    if (status || !one.has_content)
        return status;
    osi_cursor items = osi_element_inside(inside, &one.content);
    osi_element element;
    osi_walk step = OSI_WALK_END;
    while (!status && (step = osi_item_next(&items, &element)) == OSI_WALK_ELEMENT) {
        osi_cursor next = osi_element_inside(&items, &element);
        status = walk(r, &next, &s, depth + 1);
    }
    return status ? status : check(r, step);
}

osarc_status osi_sr_read(osarc_dxa_report *out, const uint8_t *bytes, size_t size,
                         const osi_cursor *start, const osi_header *header, osarc_error *err)
{
    reader r = {.out = out, .err = err};
    osi_cursor cursor = *start;
    cursor.data = bytes;
    cursor.size = size;
    const scope all = {.basis = osarc_dxa_report_basis(header->acquisition.manufacturer,
                                                       header->acquisition.model),
                       .reference = "report"};
    return walk(&r, &cursor, &all, 0);
}
