/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>

static char *join(osarc_error *err, const char *format, ...) OSARC_PRINTF(2, 3);

static char *join(osarc_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = osi_alloc_raw((size_t) size + 1, 1, err);
    if (text) {
        va_start(args, format);
        vsnprintf(text, (size_t) size + 1, format, args);
        va_end(args);
    }
    return text;
}

/* 1: nothing there or an empty folder; 0: it holds something; -1: not a folder, errno tells. */
static int is_vacant(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? 1 : -1;
    int vacant = 1;
    for (struct dirent *entry; vacant && (entry = readdir(folder));)
        /* a manifest alone is left by a run that failed */
        vacant = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                 strcmp(entry->d_name, "run.json") == 0;
    closedir(folder);
    return vacant;
}

osarc_status out_open(out_folder *out, const char *path, int overwrite, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0 || (length == 1 && (path[0] == '/' || path[0] == '.')))
        return osi_fail(err, OSARC_ERR_IO, "%s cannot be the folder of results: name a new one",
                        length ? path : "an empty name");
    int vacant = is_vacant(path);
    if (vacant < 0)
        return osi_fail(err, OSARC_ERR_IO, "%s: cannot be used as folder: %s", path,
                        strerror(errno));
    if (!vacant && !overwrite)
        return osi_fail(err, OSARC_ERR_IO,
                        "%s holds results already: name another folder or use --overwrite", path);
    out->replaces = !vacant;
    out->final = join(err, "%.*s", (int) length, path);
    if (!out->final)
        return OSARC_ERR_MEMORY;
    const char *slash = strrchr(out->final, '/');
    int parent = slash ? (int) (slash - out->final) + 1 : 0;
    if (parent > 1) {
        out->final[parent - 1] = '\0';
        int missing = access(out->final, F_OK) != 0;
        if (missing)
            osi_fail(err, OSARC_ERR_IO, "%s is not there: create the folder that results go into",
                     out->final);
        out->final[parent - 1] = '/';
        if (missing)
            return OSARC_ERR_IO;
    }
    out->work =
        join(err, "%.*s.%s.partial-%ld", parent, out->final, out->final + parent, (long) getpid());
    if (!out->work)
        return OSARC_ERR_MEMORY;
    osarc_status status = osi_folder_remove(out->work, err);
    return status ? status : osi_folder_create(out->work, err);
}

const char *out_path(out_folder *out, osarc_error *err, const char *format, ...)
{
    char name[64];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof(name), format, args);
    va_end(args);
    osi_free(out->path);
    out->path = join(err, "%s/%s", out->work, name);
    return out->path;
}

osarc_status out_publish(out_folder *out, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    char *old = NULL;
    /* an empty folder gives way to a rename; a full one is set aside first, to be lost last */
    if (rename(out->work, out->final) != 0) {
        old = join(err, "%s.replaced", out->work);
        if (!old)
            return OSARC_ERR_MEMORY;
        if (rename(out->final, old) != 0 || rename(out->work, out->final) != 0)
            status = osi_fail(err, OSARC_ERR_IO, "%s: results cannot be put there: %s", out->final,
                              strerror(errno));
        else
            status = osi_folder_remove(old, err);
        osi_free(old);
    }
    if (!status) {
        osi_free(out->work);
        out->work = NULL;
    }
    return status;
}

void out_close(out_folder *out)
{
    if (out->work)
        (void) !osi_folder_remove(out->work, NULL);
    osi_free(out->path);
    osi_free(out->work);
    osi_free(out->final);
    memset(out, 0, sizeof(*out));
}
