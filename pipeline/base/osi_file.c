/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/file.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define TEMPORARY "/.osarc-XXXXXX"

/* strerror is not for threads, and GNU's strerror_r needs no buffer check: it returns the text. */
static osarc_status fail_errno(osarc_error *err, int number, const char *what)
{
    char buffer[96];
    return osi_fail(err, number == ENOMEM ? OSARC_ERR_MEMORY : OSARC_ERR_IO, "%s: %s", what,
                    strerror_r(number, buffer, sizeof(buffer)));
}

/* The last component only: the error text is short, and the caller knows the folder. */
static osarc_status fail_named(osarc_error *err, int number, const char *path, const char *what)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash && slash[1] ? slash + 1 : path;
    char text[160];
    snprintf(text, sizeof(text), "%.100s %s", name, what);
    return fail_errno(err, number, text);
}

/* read() may stop early for a signal or a slow file system */
static osarc_status read_all(int file, uint8_t *bytes, size_t size, osarc_error *err)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(file, bytes + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_errno(err, errno, "cannot be read");
        if (count == 0)
            return osi_fail(err, OSARC_ERR_IO, "shrank from %zu to %zu bytes while it was read",
                            size, done);
        done += (size_t) count;
    }
    return OSARC_OK;
}

static osarc_status read_open(uint8_t **out, size_t *size_out, int file, size_t limit,
                              osarc_error *err)
{
    struct stat info;
    if (fstat(file, &info) != 0)
        return fail_errno(err, errno, "cannot be looked at");
    if (S_ISDIR(info.st_mode))
        return osi_fail(err, OSARC_ERR_IO, "is a folder, a file is needed");
    if (!S_ISREG(info.st_mode))
        return osi_fail(err, OSARC_ERR_IO, "is a device or pipe, a regular file is needed");
    if (info.st_size < 0 || (uintmax_t) info.st_size > limit)
        return osi_fail(err, OSARC_ERR_MEMORY, "has %jd bytes, at most %zu allowed",
                        (intmax_t) info.st_size, limit);
    size_t size = (size_t) info.st_size;
    uint8_t *bytes = osi_alloc_raw(size, 1, err);
    if (!bytes)
        return OSARC_ERR_MEMORY;
    osarc_status status = read_all(file, bytes, size, err);
    if (status) {
        osi_free(bytes);
        return status;
    }
    *out = bytes;
    *size_out = size;
    return OSARC_OK;
}

osarc_status osi_file_read(uint8_t **out, size_t *size_out, const char *path, size_t limit,
                           osarc_error *err)
{
    if (!out || !size_out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    *size_out = 0;
    if (!path || !*path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    /* not blocking: opening a pipe must not wait for a writer that never comes */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return fail_errno(err, errno, "cannot be opened");
    osarc_status status = read_open(out, size_out, file, limit, err);
    close(file);
    return status;
}

/* Follows a link, so that the file it points to is replaced and not the link. */
static osarc_status resolve_target(char out[PATH_MAX], const char *path, osarc_error *err)
{
    struct stat info;
    if (strlen(path) >= PATH_MAX)
        return fail_named(err, ENAMETOOLONG, path, "cannot be written");
    memcpy(out, path, strlen(path) + 1);
    if (lstat(path, &info) != 0)
        return OSARC_OK;
    if (S_ISLNK(info.st_mode) && (!realpath(path, out) || stat(out, &info) != 0))
        return fail_named(err, errno, path, "cannot be written");
    if (!S_ISREG(info.st_mode))
        return fail_named(err, S_ISDIR(info.st_mode) ? EISDIR : EINVAL, path,
                          "is not a regular file and cannot be replaced");
    return OSARC_OK;
}

struct osi_file_out {
    int file;
    char *temporary;
    char target[PATH_MAX];
};

static osarc_status open_temporary(osi_file_out *out, const char *path, osarc_error *err)
{
    const char *slash = strrchr(out->target, '/');
    size_t folder_size = slash ? (size_t) (slash - out->target) : 1;
    out->temporary = osi_alloc(folder_size + sizeof(TEMPORARY), 1, err);
    if (!out->temporary)
        return OSARC_ERR_MEMORY;
    memcpy(out->temporary, slash ? out->target : ".", folder_size);
    memcpy(out->temporary + folder_size, TEMPORARY, sizeof(TEMPORARY));
    out->file = mkostemp(out->temporary, O_CLOEXEC);
    if (out->file < 0)
        return fail_named(err, errno, path, "cannot be written");
    if (fchmod(out->file, 0644) != 0)
        return fail_named(err, errno, path, "cannot be written");
    return OSARC_OK;
}

osarc_status osi_file_out_open(osi_file_out **out, const char *path, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!path || !*path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    osi_file_out *opened = osi_alloc(1, sizeof(*opened), err);
    if (!opened)
        return OSARC_ERR_MEMORY;
    opened->file = -1;
    osarc_status status = resolve_target(opened->target, path, err);
    if (!status)
        status = open_temporary(opened, path, err);
    if (status)
        osi_file_out_drop(opened);
    else
        *out = opened;
    return status;
}

osarc_status osi_file_out_put(const osi_file_out *out, size_t offset, const void *bytes,
                              size_t size, osarc_error *err)
{
    const uint8_t *from = bytes;
    for (size_t done = 0; done < size;) {
        ssize_t count = pwrite(out->file, from + done, size - done, (off_t) (offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_named(err, errno, out->target, "cannot be written");
        done += (size_t) count;
    }
    return OSARC_OK;
}

osarc_status osi_file_out_finish(osi_file_out *out, osarc_error *err)
{
    int failed = close(out->file) != 0 ? errno : 0;
    out->file = -1;
    if (!failed && rename(out->temporary, out->target) != 0)
        failed = errno;
    osarc_status status =
        failed ? fail_named(err, failed, out->target, "cannot be written") : OSARC_OK;
    if (!failed) { /* it has its name: nothing is left to remove */
        osi_free(out->temporary);
        out->temporary = NULL;
    }
    osi_file_out_drop(out);
    return status;
}

void osi_file_out_drop(osi_file_out *out)
{
    if (!out)
        return;
    if (out->file >= 0)
        close(out->file);
    if (out->temporary)
        unlink(out->temporary); /* of no matter where it was never made */
    osi_free(out->temporary);
    osi_free(out);
}

osarc_status osi_file_write(const char *path, const void *bytes, size_t size, osarc_error *err)
{
    if (!path || !*path || (!bytes && size))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path and bytes are needed");
    osi_file_out *out = NULL;
    osarc_status status = osi_file_out_open(&out, path, err);
    if (!status)
        status = osi_file_out_put(out, 0, bytes, size, err);
    if (!status)
        return osi_file_out_finish(out, err);
    osi_file_out_drop(out);
    return status;
}

osarc_status osi_folder_create(const char *path, osarc_error *err)
{
    if (!path || !*path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    if (mkdir(path, 0755) == 0)
        return OSARC_OK;
    int failed = errno;
    struct stat info;
    if (failed == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return OSARC_OK;
    return fail_named(err, failed, path, "cannot be made a folder");
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void) info;
    (void) kind;
    (void) place;
    return remove(path) == 0 ? 0 : errno;
}

osarc_status osi_folder_remove(const char *path, osarc_error *err)
{
    if (!path || !*path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    struct stat info;
    if (lstat(path, &info) != 0)
        return errno == ENOENT ? OSARC_OK : fail_named(err, errno, path, "cannot be looked at");
    if (!S_ISDIR(info.st_mode))
        return fail_named(err, ENOTDIR, path, "cannot be removed");
    /* links are removed, never followed; other file systems are left alone */
    int failed = nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    if (failed)
        return fail_named(err, failed > 0 ? failed : errno, path, "cannot be removed");
    return OSARC_OK;
}
