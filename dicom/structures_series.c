/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CT series that contours were drawn on: where it is, and its grid. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <osarc/dicom.h>
#include <osi/fail.h>

#include "label_file.h"

#define PATH_SIZE 4096

/* What was found in one place. */
typedef enum found {
    FOUND_NOTHING = 0,
    FOUND_GRID = 1,
    FOUND_UNUSABLE = 2,    /* the series, but it cannot be read as a volume */
    FOUND_OTHER_FRAME = 3, /* the series given, in another frame of reference */
    FOUND_SEVERAL = 4      /* no series is named, and several could be meant */
} found;

static int is_named(const osi_structures *structures, const osarc_series *series)
{
    return !strcmp(structures->series_uid, series->acquisition.series_uid);
}

static int shares_frame(const osi_structures *structures, const osarc_series *series)
{
    const char *frame = series->acquisition.frame_of_reference_uid;
    return !structures->frame_of_reference_uid[0] || !frame[0] ||
           !strcmp(structures->frame_of_reference_uid, frame);
}

/* `given`: the user named this place, so that a series in it is meant even without its UID. */
static found pick(osarc_grid *out, const osi_structures *structures,
                  const osarc_catalogue *catalogue, int given)
{
    found best = FOUND_NOTHING;
    size_t usable = 0;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *series = osarc_catalogue_series(catalogue, i);
        int named = structures->series_uid[0] && is_named(structures, series);
        if (named && series->decision != OSARC_DECISION_USABLE)
            return FOUND_UNUSABLE;
        if (series->decision != OSARC_DECISION_USABLE)
            continue;
        if (named && shares_frame(structures, series)) {
            *out = series->grid;
            return FOUND_GRID;
        }
        if (!given && structures->series_uid[0])
            continue;
        if (!shares_frame(structures, series)) {
            best = best == FOUND_NOTHING && given ? FOUND_OTHER_FRAME : best;
            continue;
        }
        *out = series->grid;
        best = usable++ > 0 ? FOUND_SEVERAL : FOUND_GRID;
    }
    return best;
}

static found look(osarc_grid *out, const osi_structures *structures, const char *path,
                  const osarc_label_options *options, int given, osarc_error *err)
{
    osarc_catalogue *catalogue = NULL;
    const osarc_read_options read = {.threads = options ? options->threads : 0};
    if (osarc_catalogue_read(&catalogue, &path, 1, &read, err))
        return FOUND_NOTHING;
    found what = pick(out, structures, catalogue, given);
    osarc_catalogue_free(catalogue);
    return what;
}

static osarc_status tell(found what, osarc_error *err)
{
    switch (what) {
    case FOUND_GRID:
        return OSARC_OK;
    case FOUND_UNUSABLE:
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "the series that the contours were drawn on cannot be read as a volume");
    case FOUND_OTHER_FRAME:
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "the series has another frame of reference than the contours");
    case FOUND_SEVERAL:
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "the contours name no series and several could be meant: one must be "
                        "given");
    case FOUND_NOTHING:
        break;
    }
    return osi_fail(err, OSARC_ERR_IO,
                    "the CT series that the contours were drawn on is not found: it must be given, "
                    "or lie in the same folder or one beside it");
}

static int join(char out[PATH_SIZE], const char *folder, const char *name)
{
    int length = snprintf(out, PATH_SIZE, "%s/%s", folder, name);
    return length > 0 && length < PATH_SIZE;
}

/* Folders beside the one the structure set is in, one after the other. */
static found look_beside(osarc_grid *out, const osi_structures *structures, const char *folder,
                         const osarc_label_options *options, osarc_error *err)
{
    char parent[PATH_SIZE];
    if (!join(parent, folder, ".."))
        return FOUND_NOTHING;
    struct dirent **entries = NULL;
    int count = scandir(parent, &entries, NULL, alphasort);
    found what = FOUND_NOTHING;
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        struct stat info;
        if (what == FOUND_NOTHING && entries[i]->d_name[0] != '.' &&
            join(path, parent, entries[i]->d_name) && !stat(path, &info) && S_ISDIR(info.st_mode))
            what = look(out, structures, path, options, 0, err);
        free(entries[i]); /* banned-ok */
    }
    free(entries); /* banned-ok */
    return what;
}

osarc_status osi_structures_find_grid(osarc_grid *out, const osi_structures *structures,
                                      const char *path, const osarc_label_options *options,
                                      osarc_error *err)
{
    if (options && options->series_path)
        return tell(look(out, structures, options->series_path, options, 1, err), err);
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    int length = slash ? snprintf(folder, sizeof(folder), "%.*s", (int) (slash - path), path)
                       : snprintf(folder, sizeof(folder), ".");
    if (length < 0 || (size_t) length >= sizeof(folder))
        return osi_fail(err, OSARC_ERR_IO, "the path of the structure set is too long");
    if (length == 0)
        memcpy(folder, "/", 2);
    found what = look(out, structures, folder, options, 0, err);
    if (what == FOUND_NOTHING)
        what = look_beside(out, structures, folder, options, err);
    return tell(what, err);
}
