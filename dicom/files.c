/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "header.h"

#define MAX_FILES        ((size_t) 1 << 20)
#define MAX_FOLDER_DEPTH 64
#define FILE_LIMIT       ((uint64_t) 1 << 33)
#define DIGEST_PIECE     ((size_t) 1 << 20)

void osi_file_reject(osi_file *file, osarc_status status, const char *reason, const char *text)
{
    file->view.status = status;
    file->reason = reason;
    snprintf(file->text, sizeof(file->text), "%s", text);
}

static osarc_status add_row(osi_files *files, const char *path, const struct stat *info,
                            osi_file **out, osarc_error *err)
{
    *out = NULL;
    if (files->count == MAX_FILES)
        return osi_fail(err, OSARC_ERR_MEMORY, "over %zu files", MAX_FILES);
    if (files->count == files->room) {
        size_t room = files->room ? 2 * files->room : 64;
        osi_file **items = osi_realloc(files->items, room, sizeof(osi_file *), err);
        if (!items)
            return OSARC_ERR_MEMORY;
        files->items = items;
        files->room = room;
    }
    osi_file *file = osi_alloc(1, sizeof(*file), err);
    if (!file)
        return OSARC_ERR_MEMORY;
    file->path = osi_strdup(path, err);
    if (!file->path) {
        osi_free(file);
        return OSARC_ERR_MEMORY;
    }
    const char *slash = strrchr(file->path, '/');
    file->name = slash ? slash + 1 : file->path;
    file->view = (osarc_input){.path = file->path,
                               .sha256 = file->sha256,
                               .series = SIZE_MAX,
                               .status = OSARC_OK,
                               .text = file->text};
    if (info) {
        file->view.size_bytes = S_ISREG(info->st_mode) ? (uint64_t) info->st_size : 0;
        file->device = info->st_dev;
        file->inode = info->st_ino;
    }
    files->items[files->count++] = file;
    *out = file;
    return OSARC_OK;
}

static osarc_status add_rejected(osi_files *files, const char *path, const struct stat *info,
                                 const char *reason, const char *text, osarc_error *err)
{
    osi_file *file;
    osarc_status status = add_row(files, path, info, &file, err);
    if (!status)
        osi_file_reject(file, OSARC_ERR_IO, reason, text);
    return status;
}

static osarc_status add_folder(osi_files *files, const char *path, int depth, osarc_error *err);

static osarc_status add_entry(osi_files *files, const char *path, int depth, osarc_error *err)
{
    struct stat info;
    struct stat link;
    osi_file *file;
    if (stat(path, &info) != 0)
        return add_rejected(files, path, NULL, "unreadable", strerror(errno), err);
    if (S_ISDIR(info.st_mode)) {
        if (depth > 0 && lstat(path, &link) == 0 && S_ISLNK(link.st_mode))
            return add_rejected(files, path, &info, "folder_link",
                                "a link to a folder; links to folders are not followed", err);
        return add_folder(files, path, depth, err);
    }
    if (!S_ISREG(info.st_mode))
        return add_rejected(files, path, &info, "not_a_file",
                            "a device, pipe or socket; files and folders are read", err);
    return add_row(files, path, &info, &file, err);
}

static osarc_status add_folder(osi_files *files, const char *path, int depth, osarc_error *err)
{
    if (depth > MAX_FOLDER_DEPTH)
        return add_rejected(files, path, NULL, "too_deep", "folders nested over 64 deep", err);
    DIR *folder = opendir(path);
    if (!folder && depth == 0)
        return osi_fail(err, OSARC_ERR_IO, "cannot open folder %s: %s", path, strerror(errno));
    if (!folder)
        return add_rejected(files, path, NULL, "unreadable", strerror(errno), err);
    osarc_status status = OSARC_OK;
    const struct dirent *entry;
    while (!status && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        size_t room = strlen(path) + strlen(entry->d_name) + 2;
        char *joined = osi_alloc(room, 1, err);
        if (!joined) {
            status = OSARC_ERR_MEMORY;
            break;
        }
        size_t length = strlen(path);
        const char *slash = length && path[length - 1] == '/' ? "" : "/";
        snprintf(joined, room, "%s%s%s", path, slash, entry->d_name);
        status = add_entry(files, joined, depth + 1, err);
        osi_free(joined);
    }
    closedir(folder);
    return status;
}

osarc_status osi_files_add(osi_files *files, const char *path, osarc_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return osi_fail(err, OSARC_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    return add_entry(files, path, 0, err);
}

osarc_status osi_files_add_named(osi_files *files, const char *path, osarc_error *err)
{
    struct stat info;
    osi_file *file;
    if (stat(path, &info) != 0)
        return add_rejected(files, path, NULL, "missing", "named by the DICOMDIR, but not there",
                            err);
    if (!S_ISREG(info.st_mode))
        return add_rejected(files, path, &info, "not_a_file",
                            "named by the DICOMDIR, but not a regular file", err);
    osarc_status status = add_row(files, path, &info, &file, err);
    if (!status)
        file->from_dicomdir = 1;
    return status;
}

static int by_path(const void *a, const void *b)
{
    const osi_file *first = *(osi_file *const *) a;
    const osi_file *second = *(osi_file *const *) b;
    return strcmp(first->path, second->path);
}

static int by_identity(const void *a, const void *b)
{
    const osi_file *first = *(osi_file *const *) a;
    const osi_file *second = *(osi_file *const *) b;
    if (first->device != second->device)
        return first->device < second->device ? -1 : 1;
    if (first->inode != second->inode)
        return first->inode < second->inode ? -1 : 1;
    if (first->from_dicomdir != second->from_dicomdir)
        return first->from_dicomdir - second->from_dicomdir;
    return by_path(a, b);
}

static void free_file(osi_file *file)
{
    osi_header_free(file->header);
    osarc_dxa_report_free(&file->report);
    osi_free(file->head);
    osi_free(file->path);
    osi_free(file);
}

void osi_files_sort(osi_files *files)
{
    if (files->count == 0)
        return;
    qsort(files->items, files->count, sizeof(osi_file *), by_identity);
    size_t kept = 1;
    for (size_t i = 1; i < files->count; i++) {
        const osi_file *last = files->items[kept - 1];
        osi_file *file = files->items[i];
        int is_same = file->inode ? file->inode == last->inode && file->device == last->device
                                  : strcmp(file->path, last->path) == 0;
        if (is_same)
            free_file(file);
        else
            files->items[kept++] = file;
    }
    files->count = kept;
    qsort(files->items, files->count, sizeof(osi_file *), by_path);
}

int osi_file_open(osi_file *file)
{
    /* a pipe put in the file's place since it was listed must not make us wait */
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    if (fd < 0) {
        osi_file_reject(file, OSARC_ERR_IO, "unreadable", strerror(errno));
        return -1;
    }
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        osi_file_reject(file, OSARC_ERR_IO, "not_a_file", "not a regular file any more");
    } else if ((uint64_t) info.st_size != file->view.size_bytes) {
        osi_file_reject(file, OSARC_ERR_IO, "changed", "its size changed while it was read");
    } else if (file->view.size_bytes > FILE_LIMIT) {
        osi_file_reject(file, OSARC_ERR_MEMORY, "too_large", "over 8 GiB");
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

osarc_status osi_file_read_at(uint8_t *out, const osi_file *file, int fd, size_t offset,
                              size_t size, osarc_error *err)
{
    while (size) {
        ssize_t got = pread(fd, out, size, (off_t) offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return osi_fail(err, OSARC_ERR_IO, "cannot read %s: %s", file->name, strerror(errno));
        if (got == 0)
            return osi_fail(err, OSARC_ERR_IO, "%s became shorter while it was read", file->name);
        out += got;
        offset += (size_t) got;
        size -= (size_t) got;
    }
    return OSARC_OK;
}

osarc_status osi_file_head(osi_file *file, int fd, size_t wanted, osarc_error *err)
{
    size_t size = wanted < file->view.size_bytes ? wanted : (size_t) file->view.size_bytes;
    if (size <= file->head_size)
        return OSARC_OK;
    uint8_t *head = osi_realloc(file->head, size, 1, err);
    if (!head)
        return OSARC_ERR_MEMORY;
    file->head = head;
    osarc_status status = osi_file_read_at(head + file->head_size, file, fd, file->head_size,
                                           size - file->head_size, err);
    if (!status)
        file->head_size = size;
    return status;
}

osarc_status osi_block_need(osi_block *block, size_t bytes, osarc_error *err)
{
    if (bytes <= block->room)
        return OSARC_OK;
    osi_free(block->data);
    block->room = 0;
    block->data = osi_alloc_raw(bytes, 1, err);
    if (!block->data)
        return OSARC_ERR_MEMORY;
    block->room = bytes;
    return OSARC_OK;
}

static osarc_status open_again(int *fd_out, osi_file *file, osarc_error *err)
{
    *fd_out = osi_file_open(file);
    if (*fd_out >= 0)
        return OSARC_OK;
    return osi_fail(err, file->view.status, "cannot read %s: %s", file->name, file->text);
}

osarc_status osi_file_load(osi_block *block, osi_file *file, osarc_error *err)
{
    size_t size = (size_t) file->view.size_bytes;
    osarc_status status = osi_block_need(block, size ? size : 1, err);
    if (status)
        return status;
    int fd;
    status = open_again(&fd, file, err);
    if (status)
        return status;
    if (file->head_size)
        memcpy(block->data, file->head, file->head_size);
    status = osi_file_read_at(block->data + file->head_size, file, fd, file->head_size,
                              size - file->head_size, err);
    close(fd);
    if (!status && !file->sha256[0])
        status = osi_sha256(file->sha256, block->data, size, err);
    return status;
}

osarc_status osi_file_digest(osi_file *file, osarc_error *err)
{
    if (file->sha256[0])
        return OSARC_OK;
    osi_digest *digest = NULL;
    uint8_t *piece = NULL;
    int fd;
    osarc_status status = open_again(&fd, file, err);
    if (status)
        return status;
    status = osi_digest_create(&digest, err);
    if (!status && file->head_size)
        status = osi_digest_add(digest, file->head, file->head_size, err);
    size_t size = (size_t) file->view.size_bytes;
    if (!status && size > file->head_size) {
        piece = osi_alloc_raw(DIGEST_PIECE, 1, err);
        status = piece ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    for (size_t at = file->head_size; !status && at < size;) {
        size_t take = size - at < DIGEST_PIECE ? size - at : DIGEST_PIECE;
        status = osi_file_read_at(piece, file, fd, at, take, err);
        if (!status)
            status = osi_digest_add(digest, piece, take, err);
        at += take;
    }
    if (!status)
        status = osi_digest_finish(file->sha256, digest, err);
    osi_free(piece);
    osi_digest_free(digest);
    close(fd);
    return status;
}

void osi_files_free(osi_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free_file(files->items[i]);
    osi_free(files->items);
    memset(files, 0, sizeof(*files));
}
