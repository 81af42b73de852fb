/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include <expect.h>

#include "case_names.h"

#define MOST 8

static series_result results[MOST];

static void name_all(const case_source *sources, size_t count)
{
    memset(results, 0, sizeof(results));
    case_names_make(results, sources, count);
}

static void expect_names(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect(strcmp(results[i].case_id, names[i]) == 0, "%zu is %s, not %s", i,
                  results[i].case_id, names[i]);
}

Test(run_case_names, are_the_patients_ids)
{
    static const case_source SOURCES[] = {
        {"P1", "1.2", NULL, 0}, {"P2", "1.2", NULL, 0}, {"P1", "1.3", NULL, 0}};
    static const char *const NAMES[] = {"P1", "P2", "P1"};
    name_all(SOURCES, 3);
    expect_names(NAMES, 3);
}

Test(run_case_names, of_files_that_share_a_name_tell_the_folder)
{
    static const case_source SOURCES[] = {{"", "", "A/ct.nii.gz", 0},
                                          {"", "", "/x/B/ct.nii.gz", 0},
                                          {"", "", "A/knee.nii", 0},
                                          {"", "", "/y/B/ct.nii", 0},
                                          {"", "", "ct.nii", 0}};
    static const char *const NAMES[] = {"A/ct", "B/ct", "knee", "B/ct-2", "ct"};
    name_all(SOURCES, 5);
    expect_names(NAMES, 5);
}

Test(run_case_names, of_files_refuse_the_name_of_a_patient)
{
    static const case_source SOURCES[] = {{"", "", "ct.nii", 0}, {"ct", "1.2", NULL, 0}};
    static const char *const NAMES[] = {"ct-2", "ct"};
    name_all(SOURCES, 2);
    expect_names(NAMES, 2);
}

Test(run_case_names, of_long_paths_stay_different)
{
    char path[2][256];
    for (int i = 0; i < 2; i++)
        snprintf(path[i], sizeof(path[i]), "f/%0200d%d.nii", 0, i);
    const case_source sources[] = {{"", "", path[0], 0}, {"", "", path[1], 0}};
    name_all(sources, 2);
    cr_expect(ne(str, results[0].case_id, results[1].case_id));
}

Test(run_case_names, number_studies_without_an_id)
{
    static const case_source SOURCES[] = {
        {"", "1.2", NULL, 0}, {"", "1.3", NULL, 0}, {"", "1.2", NULL, 0}, {"", "9", NULL, 1}};
    static const char *const NAMES[] = {"unnamed-1", "unnamed-2", "unnamed-1", ""};
    name_all(SOURCES, 4);
    expect_names(NAMES, 4);
}

Test(run_case_names, refuse_to_take_series_for_one_person_when_no_study_is_named)
{
    static const case_source SOURCES[] = {
        {"", "", NULL, 0}, {"unnamed-2", "", NULL, 0}, {"", "", NULL, 0}};
    static const char *const NAMES[] = {"unnamed-1", "unnamed-2", "unnamed-3"};
    name_all(SOURCES, 3);
    expect_names(NAMES, 3);
}
