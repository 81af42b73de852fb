/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <osi/alloc.h>

#include "definitions.h"
#include "patient.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_definitions *set;

#define HEAD                                                                                       \
    "{\"id\":\"mine\",\"kind\":\"sarcopenia\",\"title\":\"t\",\"source\":\"s\","                   \
    "\"confidence\":\"H\",\"logic\":\"l\",\"sarcopenia\":\"strength\","
#define TEST(words) "\"arms\":{\"strength\":{\"source\":\"s\",\"tests\":[{" words "}]}},"
#define GRIP        TEST("\"variable\":\"grip_kg\",\"operator\":\"<\",\"both\":30")
#define CLASSES(when)                                                                              \
    "\"classes\":[{\"class\":\"confirmed\",\"when\":\"" when                                       \
    "\",\"met\":true},{\"class\":\"none\",\"when\":\"otherwise\"}]}"

/* The built-in definitions and one file of that text. */
static osarc_status load(const char *text)
{
    char folder[] = "/tmp/osarc_definitions_XXXXXX";
    char path[64];
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/mine.json", folder);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    osarc_status status = osarc_definitions_read(&set, folder, &err);
    unlink(path);
    rmdir(folder);
    return status;
}

Test(classify_definitions, are_built_in_with_source_and_confidence_and_never_rated_low)
{
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    cr_expect(eq(sz, osarc_definitions_count(set), 37u));
    for (size_t i = 0; i < osarc_definitions_count(set); i++) {
        const osarc_definition *d = osarc_definitions_at(set, i);
        cr_expect(d->title[0] && d->source[0] && d->built_in && d->explanation[0], "%s", d->id);
        cr_expect(d->confidence == 'H' || d->confidence == 'm', "%s", d->id);
    }
    cr_expect(eq(ptr, (void *) osarc_definitions_at(set, 37), NULL));
    osarc_definitions_free(set);
    osarc_definitions_free(NULL);
}

Test(classify_definitions, of_the_user_stand_beside_the_built_in_ones)
{
    EXPECT_OK(load(HEAD GRIP CLASSES("strength")));
    cr_expect(eq(sz, osarc_definitions_count(set), 40u)); /* and os_strict: and os_broad: of it */
    cr_assert(osi_definition_find(set, "os_broad:mine", 13) != NULL);
    osarc_definitions_free(set);
}

#define BONE_WITH(list)                                                                            \
    "\"arms\":{\"bone\":{\"name\":\"b\",\"source\":\"s\",\"population_source\":\"p\","             \
    "\"variable\":\"t_lowest\",\"low\":{\"operator\":\"<\",\"limit\":-1},\"men_age_from\":50,"     \
    "\"not_applicable\":\"no\",\"boundaries\":" list "}},"

typedef struct bad {
    const char *text;
    const char *place; /* in the message */
} bad;

Test(classify_definitions, refuses_files_that_are_not_right_with_file_place_and_reason)
{
    static const bad BAD[] = {
        {"", "line 1"},
        {"{\"id\":\"a\",\n\"id\":\"b\"}", "line 2"},
        {"[]", "an object is needed"},
        {"{}", "id: a text is needed"},
        {HEAD "\"colour\":1," GRIP CLASSES("strength"), "colour: there is no such key"},
        {HEAD TEST("\"variable\":\"grip_lb\",\"operator\":\"<\",\"both\":30") CLASSES("strength"),
         "arms.strength.tests[0].variable"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"operator\":\"=<\",\"both\":30") CLASSES("strength"),
         "arms.strength.tests[0].operator"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"operator\":\"<\",\"male\":30") CLASSES("strength"),
         "arms.strength.tests[0]: cut-offs"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"operator\":\"<\"") CLASSES("strength"),
         "arms.strength.tests[0]: cut-offs"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"operator\":\"<\",\"both\":\"30\"")
             CLASSES("strength"),
         "both: a number"},
        {HEAD TEST("\"variable\":\"alm_kg\",\"operator\":\"<\",\"both\":30") CLASSES("strength"),
         "method"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"method\":\"dxa\",\"operator\":\"<\",\"both\":30")
             CLASSES("strength"),
         "method"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"operator\":\"<\",\"both\":30,\"course_m\":4")
             CLASSES("strength"),
         "course_m"},
        {HEAD BONE_WITH("1") CLASSES("bone"), "arms.bone.boundaries: a list"},
        {HEAD BONE_WITH("[{\"note\":\"n\"}]") CLASSES("bone"), "boundaries[0].value: a number"},
        {HEAD BONE_WITH("[{\"value\":1}]") CLASSES("bone"), "boundaries[0].note: a text"},
        {HEAD TEST("\"variable\":\"grip_kg\",\"operator\":\"<\",\"both\":30,\"age_from\":65,"
                   "\"age_below\":65") CLASSES("strength"),
         "age_below"},
        {HEAD TEST("\"variable\":\"t_lowest\",\"operator\":\"<\",\"both\":-1") CLASSES("strength"),
         "variable"},
        {HEAD GRIP CLASSES("strength and"), "class 'confirmed'"},
        {HEAD GRIP CLASSES("weakness"), "names what is no part"},
        {HEAD GRIP CLASSES("(strength"), "bracket"},
        {HEAD GRIP CLASSES("strength strength"), "goes on"},
        {HEAD GRIP CLASSES("mass"), "'mass', of which there are no cut-offs"},
        {HEAD GRIP CLASSES("otherwise"), "last class"},
        {HEAD GRIP "\"classes\":[]}", "classes: a list"},
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        EXPECT_REFUSED(load(BAD[i].text), OSARC_ERR_FORMAT);
        cr_expect(strstr(err.text, "mine.json: ") != NULL, "%s", err.text);
        cr_expect(strstr(err.text, BAD[i].place) != NULL, "%zu: %s", i, err.text);
        cr_expect(eq(ptr, set, NULL));
    }
}

Test(classify_definitions, refuses_an_id_that_is_taken_and_folders_without_files)
{
    EXPECT_REFUSED(
        load("{\"id\":\"who\",\"kind\":\"sarcopenia\",\"title\":\"t\",\"source\":\"s\","
             "\"confidence\":\"H\",\"logic\":\"l\",\"sarcopenia\":\"strength\"," GRIP CLASSES(
                 "strength")),
        OSARC_ERR_FORMAT);
    cr_expect(strstr(err.text, "'who' is taken") != NULL);
    EXPECT_REFUSED(osarc_definitions_read(&set, "/nowhere", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_definitions_read(&set, "/proc/self/fd", &err), OSARC_ERR_FORMAT);
    EXPECT_REFUSED(osarc_definitions_read(NULL, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(classify_definitions, know_and_or_not_and_brackets_in_their_order)
{
    static const struct {
        const char *text;
        unsigned met;
        int value;
    } ALL[] = {{"mass or strength and bone", OSI_BIT(OSI_MASS), 1},
               {"(mass or strength) and bone", OSI_BIT(OSI_MASS), 0},
               {"not mass and bone", OSI_BIT(OSI_BONE), 1},
               {"not (mass or bone)", OSI_BIT(OSI_BONE), 0},
               {"not not mass", OSI_BIT(OSI_MASS), 1},
               {"otherwise", 0, 1}};
    for (size_t i = 0; i < sizeof(ALL) / sizeof(ALL[0]); i++) {
        int value = -1;
        cr_expect(osi_expression_read(ALL[i].text, ALL[i].met, &value, NULL) == NULL);
        cr_expect(value == ALL[i].value, "%s", ALL[i].text);
    }
}

typedef struct wanted {
    const char *definition;
    const char *columns;
    const char *cells;
    const char *class_name;
    const char *missing;
} wanted;

#define LEAN "sex,age_years,grip_kg,alm_kg,alm_method,height_m,weight_kg,gait_speed_m_s"
#define BONE "sex,age_years,menopausal,t_lumbar,z_lumbar,fragility_fracture"

Test(classify_definitions, follow_the_logic_of_each_paper)
{
    static const wanted WANTED[] = {
        {"ewgsop1", LEAN, "M,70,40,18,dxa,1.7,70,1.2", "presarcopenia", ""},
        {"ewgsop1", LEAN, "M,70,40,18,dxa,1.7,70,0.7", "confirmed", ""},
        {"ewgsop1", LEAN, "M,70,20,18,dxa,1.7,70,0.7", "severe", ""},
        {"ewgsop1", LEAN, "M,70,20,18,bia,1.7,70,0.7", "indeterminate", "alm_kg by dxa"},
        {"awgs2014", LEAN, "M,70,20,18,bia,1.7,70,1.2", "confirmed", ""},
        {"awgs2014", LEAN, "M,70,20,18,ct,1.7,70,1.2", "indeterminate", "alm_kg by dxa or bia"},
        {"awgs2014", LEAN ",gait_distance_m", "M,70,30,18,dxa,1.7,70,0.7,4", "indeterminate",
         "gait_speed_m_s over 6 m"},
        {"awgs2019", LEAN ",gait_distance_m", "M,70,40,24,dxa,1.7,70,0.9,6", "possible", ""},
        {"awgs2019", LEAN ",gait_distance_m", "M,70,20,18,dxa,1.7,70,0.9,6", "severe", ""},
        {"awgs2019", LEAN ",gait_distance_m", "M,70,20,18,dxa,1.7,70,1.1,6", "confirmed", ""},
        {"awgs2019", LEAN ",gait_distance_m", "M,70,40,18,dxa,1.7,70,0.9,6", "confirmed", ""},
        {"awgs2019", LEAN ",gait_distance_m", "M,70,40,18,dxa,1.7,70,1.1,6", "none", ""},
        {"awgs2025", LEAN, "M,70,20,28,dxa,1.7,60,0.5", "possible", ""},
        {"fnih", LEAN, "M,70,20,18,dxa,1.7,80,0.7", "severe", ""},
        {"iwgs", LEAN ",gait_distance_m", "F,70,40,14,dxa,1.6,80,1,4", "none", ""},
        {"awgs2025", LEAN, "M,64.9,33,25,dxa,2,60,", "confirmed", ""},
        {"awgs2025", LEAN, "M,65,33,25,dxa,2,60,", "none", ""},
        {"awgs2025", LEAN, "M,49,20,18,dxa,1.7,60,", "indeterminate",
         "the definition has no cut-offs for this age"},
        {"awgs2025", LEAN, "M,,20,18,dxa,,60,", "indeterminate", "age_years; height_m"},
        {"fnih", LEAN, "F,70,15,14,dxa,1.6,80,1", "confirmed", ""},
        {"fnih", LEAN, "F,70,15,14,dxa,1.6,,1", "indeterminate", "weight_kg"},
        {"iwgs", LEAN ",gait_distance_m", "F,70,40,14,dxa,1.6,80,0.9,4", "confirmed", ""},
        {"fnih_alt", LEAN, "F,70,15,14,dxa,1.6,80,1", "confirmed", ""}, /* 0.48 kg per kg/m2 */
        {"fnih_alt", LEAN, "M,70,20,19.8,dxa,1.7,80,0.7", "none", ""},
        {"fnih_alt", LEAN, "M,70,20,19.7,dxa,1.7,80,0.7", "severe", ""},
        {"scwd", LEAN ",walk_6min_m", "M,70,35,18,dxa,1.7,70,1.01,399", "indeterminate",
         "mean - 2 SD of alm_kg / height_m^2 in healthy people of 20 to 30 years of the same "
         "ethnic "
         "group"},
        {"scwd", LEAN ",walk_6min_m", "M,70,35,18,dxa,1.7,70,,400", "none", ""},
        {"sdoc", LEAN, "M,70,35,,,,,0.7", "confirmed", ""},
        {"scwd", LEAN, "M,70,35,18,dxa,1.7,70,1.01", "none", ""},
        {"seed", LEAN ",gait_distance_m", "F,70,15,16,dxa,1.65,70,1.0,4", "confirmed", ""},
        {"ewgsop2", LEAN, "F,70,15,16,dxa,1.65,70,1.0", "probable", ""},
        {"iscd", BONE, "F,30,pre,-3,-2,none", "below_range_for_age", ""},
        {"iscd", BONE, "F,30,pre,-3,-1.9,none", "within_range_for_age", ""},
        {"iscd", BONE, "M,40,,-3,,hip", "indeterminate",
         "z_lumbar or z_femoral_neck or z_total_hip"},
        {"iscd", BONE, "M,60,,-1.5,-3,hip", "low_bone_mass", ""},
        {"os_strict:sdoc", BONE ",grip_kg,gait_speed_m_s", "M,60,,-1.5,,none,30,0.7", "none", ""},
        {"os_broad:sdoc", BONE ",grip_kg,gait_speed_m_s", "M,60,,-1.5,,none,30,0.7",
         "osteosarcopenia", ""},
        {"os_broad:sdoc", BONE ",grip_kg,gait_speed_m_s", "M,60,,-2.5,,hip,30,0.7",
         "severe_osteosarcopenia", ""},
        {"seed_literal", BONE ",alm_kg,alm_method,grip_kg", "M,60,,-1.1,,none,19,dxa,60",
         "osteosarcopenia", ""},
        {"seed_literal", BONE ",alm_kg,alm_method,grip_kg", "M,60,,-1,,hip,19,dxa,10", "none", ""},
    };
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++) {
        const wanted *w = &WANTED[i];
        osarc_classes *classes = classify_cells(w->columns, w->cells, w->definition);
        const osarc_class_row *row = find_row(classes, w->definition, "result");
        cr_expect(0 == strcmp(row->class_name, w->class_name), "%s %s: %s", w->definition, w->cells,
                  row->class_name);
        cr_expect(0 == strcmp(row->missing, w->missing), "%s %s missing: %s", w->definition,
                  w->cells, row->missing);
        osarc_classes_free(classes);
    }
}

Test(classify_definitions, survive_each_failing_allocation)
{
    long n = 1;
    for (int asked = 1; asked && n < 20000; n += 3) {
        osi_alloc_fail_at(n);
        osarc_status status = osarc_definitions_read(&set, NULL, &err);
        asked = osi_alloc_asked() >= n;
        osi_alloc_fail_at(0);
        cr_expect(eq(int, status != OSARC_OK, asked));
        osarc_definitions_free(set);
    }
}
