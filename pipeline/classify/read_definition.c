/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One definition from its JSON text. The only place here that knows jansson. */
#include "definitions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include <osi/fail.h>

typedef struct reader {
    const char *file;
    osarc_status status; /* the first failure sticks */
    osarc_error *err;
} reader;

typedef struct place {
    char path[96];
} place;

static void refuse(reader *r, const char *path, const char *key, const char *needed)
{
    if (!r->status)
        r->status = osi_fail(r->err, OSARC_ERR_FORMAT, "%s: %s%s%s: %s", r->file, path,
                             path[0] && key[0] ? "." : "", key, needed);
}

static place place_of(const char *path, const char *key, size_t index)
{
    place p;
    snprintf(p.path, sizeof(p.path), "%.40s%s%.30s[%zu]", path, path[0] ? "." : "", key, index);
    return p;
}

/* Keys as "a|b|c"; a key that is not among them is refused, so that no slip is overlooked. */
static void check_keys(reader *r, const json_t *object, const char *path, const char *keys)
{
    if (!json_is_object(object)) {
        refuse(r, path, "", "an object is needed");
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) object, key, value)
    {
        size_t size = strlen(key);
        int known = 0;
        for (const char *at = keys; *at; at += strcspn(at, "|"), at += *at == '|')
            known |= strcspn(at, "|") == size && !strncmp(at, key, size);
        if (!known)
            refuse(r, path, key, "there is no such key; docs/definitions.md lists them");
    }
}

static const char *read_text(reader *r, const json_t *object, const char *path, const char *key,
                             int needed)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (value ? !text || !text[0] : needed)
        refuse(r, path, key, "a text is needed");
    return text;
}

static double read_number(reader *r, const json_t *object, const char *path, const char *key,
                          double none)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_number(value))
        refuse(r, path, key, "a number is needed");
    return json_is_number(value) ? json_number_value(value) : none;
}

static int read_flag(reader *r, const json_t *object, const char *path, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value))
        refuse(r, path, key, "true or false is needed");
    return json_is_true(value);
}

static char read_confidence(reader *r, const json_t *object, const char *path, char none)
{
    const char *text = read_text(r, object, path, "confidence", none == '\0');
    if (!text)
        return none;
    if (strcmp(text, "H") != 0 && strcmp(text, "m") != 0 && strcmp(text, "L") != 0)
        refuse(r, path, "confidence", "\"H\", \"m\" or \"L\" is needed");
    return text[0];
}

static osi_operator read_operator(reader *r, const json_t *object, const char *path)
{
    osi_operator compare = OSI_LESS;
    const char *text = read_text(r, object, path, "operator", 1);
    if (text && !osi_operator_read(text, &compare))
        refuse(r, path, "operator", "one of <, <=, > and >= is needed");
    return compare;
}

static osi_value read_variable(reader *r, const json_t *object, const char *path, int of_bone)
{
    const char *text = read_text(r, object, path, "variable", 1);
    for (int v = 0; text && v < OSI_VALUE_COUNT; v++)
        if (!strcmp(osi_value_key((osi_value) v), text) &&
            osi_value_is_bone((osi_value) v) == of_bone)
            return (osi_value) v;
    refuse(r, path, "variable", "there is no such variable for this arm");
    return OSI_VALUE_GRIP_KG;
}

static void read_limits(reader *r, osi_test *test, const json_t *object, const char *path)
{
    double both = read_number(r, object, path, "both", NAN);
    double female = read_number(r, object, path, "female", both);
    double male = read_number(r, object, path, "male", both);
    int pair = json_object_get(object, "female") && json_object_get(object, "male");
    int half = !json_object_get(object, "female") != !json_object_get(object, "male");
    int none = !pair && !half && isnan(both);
    test->unpublished = read_text(r, object, path, "unpublished", 0);
    if (half || (pair && !isnan(both)) || none != !!test->unpublished)
        refuse(r, path, "",
               "cut-offs are needed as \"both\", as \"female\" and \"male\", or as "
               "\"unpublished\" with what is needed instead");
    test->limit[0] = female;
    test->limit[1] = male;
}

static void read_test(reader *r, osi_test *test, const json_t *object, const char *path, char none)
{
    check_keys(r, object, path,
               "variable|method|operator|both|female|male|age_from|age_below|course_m|unpublished|"
               "confidence");
    test->value = read_variable(r, object, path, 0);
    test->compare = read_operator(r, object, path);
    read_limits(r, test, object, path);
    test->method = read_text(r, object, path, "method", osi_value_is_lean(test->value));
    if (test->method && (!osi_value_is_lean(test->value) ||
                         (strcmp(test->method, "dxa") != 0 && strcmp(test->method, "bia") != 0)))
        refuse(r, path, "method", "\"dxa\" or \"bia\" is needed, and for lean mass only");
    test->age_from = read_number(r, object, path, "age_from", -INFINITY);
    test->age_below = read_number(r, object, path, "age_below", INFINITY);
    if (!(test->age_from < test->age_below))
        refuse(r, path, "age_below", "an age over age_from is needed");
    test->course_m = read_number(r, object, path, "course_m", 0);
    if (json_object_get(object, "course_m") &&
        (test->value != OSI_VALUE_GAIT_M_S || !(test->course_m > 0)))
        refuse(r, path, "course_m", "metres are needed, and for gait speed only");
    test->confidence = read_confidence(r, object, path, none);
}

static void read_arm(reader *r, osi_definition *d, const json_t *arms, osi_part arm)
{
    const char *key = osi_part_name(arm);
    const json_t *object = json_object_get(arms, key);
    char path[64];
    snprintf(path, sizeof(path), "arms.%s", key);
    if (!object)
        return;
    check_keys(r, object, path, "source|tests");
    osi_tests *tests = &d->arms[arm];
    tests->source = read_text(r, object, path, "source", 1);
    const json_t *list = json_object_get(object, "tests");
    size_t count = json_array_size(list);
    if (!count || count > OSI_TESTS_MAX) {
        refuse(r, path, "tests", "a list of 1 to 16 is needed");
        return;
    }
    tests->count = count;
    for (size_t i = 0; i < count; i++)
        read_test(r, &tests->test[i], json_array_get(list, i), place_of(path, "tests", i).path,
                  d->confidence);
}

static osi_cutoff read_cutoff(reader *r, const json_t *bone, const char *key, int needed)
{
    const json_t *object = json_object_get(bone, key);
    char path[64];
    osi_cutoff cutoff = {0};
    snprintf(path, sizeof(path), "arms.bone.%s", key);
    if (!object && !needed)
        return cutoff;
    check_keys(r, object, path, "operator|limit");
    cutoff.given = 1;
    cutoff.compare = read_operator(r, object, path);
    cutoff.limit = read_number(r, object, path, "limit", NAN);
    if (isnan(cutoff.limit))
        refuse(r, path, "limit", "a number is needed");
    return cutoff;
}

static void read_boundaries(reader *r, osi_bone_rule *bone, const json_t *list)
{
    if (list && (!json_is_array(list) || json_array_size(list) > OSI_BOUNDARIES_MAX)) {
        refuse(r, "arms.bone", "boundaries", "a list of up to 4 is needed");
        return;
    }
    bone->boundary_count = json_array_size(list);
    for (size_t i = 0; i < bone->boundary_count; i++) {
        const json_t *object = json_array_get(list, i);
        place p = place_of("arms.bone", "boundaries", i);
        check_keys(r, object, p.path, "value|note");
        bone->boundaries[i].value = read_number(r, object, p.path, "value", NAN);
        bone->boundaries[i].note = read_text(r, object, p.path, "note", 1);
        if (isnan(bone->boundaries[i].value))
            refuse(r, p.path, "value", "a number is needed");
    }
}

static void read_bone(reader *r, osi_definition *d, const json_t *arms)
{
    static const char PATH[] = "arms.bone";
    const json_t *object = json_object_get(arms, "bone");
    osi_bone_rule *bone = &d->bone;
    if (!object)
        return;
    check_keys(r, object, PATH,
               "name|source|population_source|variable|low|normal|severe|z|fracture_suffices|with_"
               "fracture|"
               "perimenopausal|men_age_from|not_applicable|boundaries");
    d->has_bone = 1;
    bone->name = read_text(r, object, PATH, "name", 1);
    bone->source = read_text(r, object, PATH, "source", 1);
    bone->population_source = read_text(r, object, PATH, "population_source", 1);
    bone->value = read_variable(r, object, PATH, 1);
    bone->low = read_cutoff(r, object, "low", 1);
    bone->normal = read_cutoff(r, object, "normal", 0);
    bone->severe = read_cutoff(r, object, "severe", 0);
    bone->z = read_cutoff(r, object, "z", 0);
    bone->fracture_suffices = read_flag(r, object, PATH, "fracture_suffices");
    bone->with_fracture = read_cutoff(r, object, "with_fracture", 0);
    bone->perimenopausal = read_flag(r, object, PATH, "perimenopausal");
    bone->women = bone->perimenopausal ? "peri- and postmenopausal women" : "postmenopausal women";
    bone->men_age_from = read_number(r, object, PATH, "men_age_from", NAN);
    if (isnan(bone->men_age_from))
        refuse(r, PATH, "men_age_from", "a number is needed");
    bone->not_applicable = read_text(r, object, PATH, "not_applicable", !bone->z.given);
    read_boundaries(r, bone, json_object_get(object, "boundaries"));
}

static void read_classes(reader *r, osi_definition *d, const json_t *list)
{
    size_t count = json_array_size(list);
    if (count < 2 || count > OSI_CLASSES_MAX) {
        refuse(r, "", "classes", "a list of 2 to 6 is needed");
        return;
    }
    d->class_count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(list, i);
        place p = place_of("", "classes", i);
        check_keys(r, object, p.path, "class|when|met");
        d->classes[i].name = read_text(r, object, p.path, "class", 1);
        const char *when = read_text(r, object, p.path, "when", 1);
        if (when && strlen(when) >= OSI_WHEN_SIZE)
            refuse(r, p.path, "when", "it is too long");
        snprintf(d->classes[i].when, OSI_WHEN_SIZE, "%s", when ? when : "");
        d->classes[i].is_condition = read_flag(r, object, p.path, "met");
        if (d->classes[i].name && !osi_is_id(d->classes[i].name))
            refuse(r, p.path, "class", "a name of small letters, digits and _ is needed");
    }
}

int osi_is_id(const char *text)
{
    size_t size = strlen(text);
    return size > 0 && size < 24 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

static void read_sarcopenia(reader *r, osi_definition *d, const json_t *root)
{
    unsigned muscle = OSI_BIT(OSI_MASS) | OSI_BIT(OSI_STRENGTH) | OSI_BIT(OSI_PERFORMANCE);
    int needed = d->kind && !strcmp(d->kind, "sarcopenia");
    const char *const texts[2] = {read_text(r, root, "", "sarcopenia", needed),
                                  read_text(r, root, "", "severity", 0)};
    for (int i = 0; i < 2; i++) {
        int value = 0;
        unsigned parts = 0;
        const char *wrong = texts[i] ? osi_expression_read(texts[i], 0, &value, &parts) : NULL;
        if (texts[i] && !wrong && (!parts || (parts & ~(osi_arms_of(d) & muscle))))
            wrong = "may name arms of muscle that have cut-offs, and no other";
        if (texts[i] && strlen(texts[i]) >= OSI_WHEN_SIZE / 4)
            wrong = "is too long";
        if (wrong)
            refuse(r, "", i ? "severity" : "sarcopenia", wrong);
    }
    d->having = texts[0];
    d->grading = texts[1];
}

static void read_root(reader *r, osi_definition *d, const json_t *root)
{
    check_keys(r, root, "",
               "id|kind|title|source|confidence|logic|notes|arms|classes|sarcopenia|severity|"
               "for_each");
    const char *id = read_text(r, root, "", "id", 1);
    if (id && !osi_is_id(id))
        refuse(r, "", "id", "1 to 23 small letters, digits and _ are needed");
    snprintf(d->id, sizeof(d->id), "%s", id ? id : "");
    d->kind = read_text(r, root, "", "kind", 1);
    if (d->kind && strcmp(d->kind, "sarcopenia") != 0 && strcmp(d->kind, "bone") != 0 &&
        strcmp(d->kind, "os") != 0)
        refuse(r, "", "kind", "\"sarcopenia\", \"bone\" or \"os\" is needed");
    d->title = read_text(r, root, "", "title", 1);
    d->source = read_text(r, root, "", "source", 1);
    d->logic = read_text(r, root, "", "logic", 1);
    const char *notes = read_text(r, root, "", "notes", 0);
    d->notes = notes ? notes : "";
    d->confidence = read_confidence(r, root, "", '\0');
    const json_t *arms = json_object_get(root, "arms");
    check_keys(r, arms, "arms", "mass|strength|performance|bone");
    for (int a = 0; a < OSI_BONE; a++)
        read_arm(r, d, arms, (osi_part) a);
    read_bone(r, d, arms);
    read_classes(r, d, json_object_get(root, "classes"));
    const char *each = read_text(r, root, "", "for_each", 0);
    if (each && (strcmp(each, "sarcopenia") != 0 || !d->has_bone))
        refuse(r, "", "for_each", "\"sarcopenia\" and an arm of bone are needed");
    d->per_sarcopenia = each != NULL;
    if (!r->status)
        read_sarcopenia(r, d, root);
}

osarc_status osi_definition_read(osi_definition *out, void **keep_out, const char *file,
                                 const char *text, size_t size, osarc_error *err)
{
    json_error_t where;
    reader r = {.file = file, .err = err};
    *keep_out = NULL;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (!root)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: line %d, column %d: not JSON: %s", file,
                        where.line, where.column, where.text);
    read_root(&r, out, root);
    if (r.status)
        json_decref(root);
    else
        *keep_out = root;
    return r.status;
}

void osi_document_free(void *document)
{
    json_decref(document);
}
