/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_VALIDATE_FILES_H
#define OSARC_TEST_VALIDATE_FILES_H

/* A folder for one test, and files in it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osi/file.h>

typedef struct work {
    char folder[64];
    char path[3][96];
} work;

static inline void open_work(work *w)
{
    strcpy(w->folder, "/tmp/osarc-agreement-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(w->folder), NULL));
    for (int i = 0; i < 3; i++)
        snprintf(w->path[i], sizeof(w->path[i]), "%s/%d.csv", w->folder, i);
}

static inline void put_file(const work *w, int which, const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_file_write(w->path[which], text, strlen(text), &err));
}

static inline void close_work(const work *w)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(w->folder, &err));
}

#endif
