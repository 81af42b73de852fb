/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "case_names.h"

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

/* The part of a path that a case is named after: the file without folder and ending, or both. */
typedef struct stem {
    const char *text;
    int size;
} stem;

static stem stem_of(const char *path, int with_folder)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *end = strstr(name, ".nii");
    if (!end)
        end = name + strlen(name);
    if (with_folder && slash)
        for (name = slash; name > path && name[-1] != '/';)
            name--;
    return (stem){name, (int) (end - name)};
}

static int is_taken(const series_result *results, size_t count, size_t self, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (i != self && strcmp(results[i].case_id, name) == 0)
            return 1;
    return 0;
}

/* The same name of another file, whatever its folder. */
static int is_shared(const case_source *sources, size_t count, size_t self)
{
    stem own = stem_of(sources[self].nifti_path, 0);
    for (size_t i = 0; i < count; i++) {
        if (i == self || !sources[i].nifti_path || sources[i].patient_id[0])
            continue;
        stem other = stem_of(sources[i].nifti_path, 0);
        if (own.size == other.size && strncmp(own.text, other.text, (size_t) own.size) == 0)
            return 1;
    }
    return 0;
}

static void name_file(series_result *results, const case_source *sources, size_t count, size_t i)
{
    char name[sizeof(results[i].case_id)];
    int room = (int) sizeof(name) - 24; /* for a number behind it */
    stem s = stem_of(sources[i].nifti_path, is_shared(sources, count, i));
    if (s.size > room) {
        s.text += s.size - room; /* the end of a long path tells more */
        s.size = room;
    }
    snprintf(name, sizeof(name), "%.*s", s.size, s.text);
    for (size_t number = 2; is_taken(results, count, i, name); number++)
        snprintf(name, sizeof(name), "%.*s-%zu", s.size, s.text, number);
    memcpy(results[i].case_id, name, sizeof(name));
}

/* `last` is the highest number given so far. */
static void name_study(series_result *results, const case_source *sources, size_t i, size_t *last,
                       int may_clash, size_t count)
{
    char name[sizeof(results[i].case_id)];
    const char *study = sources[i].study_uid;
    for (size_t k = 0; k < i && study[0]; k++)
        if (!sources[k].patient_id[0] && !sources[k].nifti_path &&
            strcmp(sources[k].study_uid, study) == 0) {
            memcpy(results[i].case_id, results[k].case_id, sizeof(name));
            return;
        }
    do
        snprintf(name, sizeof(name), "unnamed-%zu", ++*last);
    while (may_clash && is_taken(results, count, i, name));
    memcpy(results[i].case_id, name, sizeof(name));
}

void case_names_make(series_result *results, const case_source *sources, size_t count)
{
    size_t last = 0;
    int may_clash = 0;
    for (size_t i = 0; i < count; i++)
        snprintf(results[i].case_id, sizeof(results[i].case_id), "%s", sources[i].patient_id);
    for (size_t i = 0; i < count; i++) {
        if (sources[i].nifti_path && !sources[i].patient_id[0])
            name_file(results, sources, count, i);
        may_clash |= strncmp(results[i].case_id, "unnamed-", 8) == 0;
    }
    for (size_t i = 0; i < count; i++)
        if (!sources[i].nifti_path && !sources[i].patient_id[0] && !sources[i].unreadable)
            name_study(results, sources, i, &last, may_clash, count);
}

osarc_status case_names_set(series_result *results, const osarc_catalogue *catalogue,
                            osarc_error *err)
{
    size_t count = osarc_catalogue_series_count(catalogue);
    case_source *sources = osi_alloc(count, sizeof(*sources), err);
    if (!sources)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const osarc_series *series = osarc_catalogue_series(catalogue, i);
        const osarc_acquisition *a = &series->acquisition;
        sources[i] = (case_source){a->patient_id, a->study_uid, NULL,
                                   series->decision == OSARC_DECISION_UNREADABLE};
    }
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++) {
        const osarc_input *input = osarc_catalogue_input(catalogue, i);
        if (input->series < count && osarc_catalogue_series(catalogue, input->series)->is_nifti &&
            !sources[input->series].nifti_path)
            sources[input->series].nifti_path = input->path;
    }
    case_names_make(results, sources, count);
    osi_free(sources);
    return OSARC_OK;
}
