/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_SCRATCH_H
#define OSARC_TEST_SCRATCH_H

/* A folder of its own for each test, and what is in it. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>

static char folder[] = "/tmp/osarc-test-XXXXXX";
static char path[64];
static char nowhere[64];

static void make_folder(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/out", folder);
    snprintf(nowhere, sizeof(nowhere), "%s/none/out", folder);
}

static void drop_folder(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_alloc_fail_at(0);
    EXPECT_OK(osi_folder_remove(folder, &err));
}

/* The whole file, with an end; free with osi_free. */
static inline char *read_whole(size_t *size_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = NULL;
    size_t size = 0;
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 26, &err));
    char *text = osi_alloc(size + 1, 1, &err);
    memcpy(text, bytes, size);
    osi_free(bytes);
    if (size_out)
        *size_out = size;
    return text;
}

static inline int entries(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    cr_assert(dir != NULL);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

#endif
