/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "driver.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void copy_file(const char *from, const char *to, size_t limit)
{
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    if (!in || !out)
        broken("%s: cannot be copied to %s", from, to);
    char block[65536];
    size_t got;
    while ((got = fread(block, 1, sizeof(block), in)) > 0) {
        size_t part = got < limit ? got : limit;
        if (fwrite(block, 1, part, out) != part)
            broken("%s: cannot be written", to);
        limit -= part;
    }
    fclose(in);
    if (fclose(out))
        broken("%s: cannot be written", to);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file))
        broken("%s: cannot be written", path);
}

void prepare(const places *at, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        char path[PATH_SIZE];
        char from[PATH_SIZE];
        const char *text = json_string_value(json_object_get(item, "text"));
        const char *copy = json_string_value(json_object_get(item, "copy"));
        const char *link = json_string_value(json_object_get(item, "link"));
        const json_t *cut = json_object_get(item, "cut_at");
        const json_t *mode = json_object_get(item, "mode");
        const char *name = json_string_value(json_object_get(item, "path"));
        if (!name)
            broken("item %zu of prepare has no path", i + 1);
        expand(path, at, name);
        int bad = 0;
        if (text) {
            write_file(path, text);
        } else if (copy) {
            expand(from, at, copy);
            copy_file(from, path, cut ? (size_t) json_integer_value(cut) : (size_t) -1);
        } else if (link) {
            expand(from, at, link);
            bad = symlink(from, path);
        } else if (json_is_true(json_object_get(item, "fifo"))) {
            bad = mkfifo(path, 0600);
        } else {
            bad = mkdir(path, 0755) && errno != EEXIST;
        }
        if (!bad && mode)
            bad = chmod(path, (mode_t) json_integer_value(mode));
        if (bad)
            broken("%s: cannot be made", path);
    }
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void) info;
    (void) type;
    (void) where;
    return remove(path);
}

void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* nftw hands nothing through: the two roots and the count of the walk under way */
static const char *root_a;
static const char *root_b;
static size_t files_seen;

static int compare_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void) info;
    if (type != FTW_F || !strcmp(path + where->base, "run.json"))
        return 0;
    files_seen++;
    char other[PATH_SIZE + 256];
    snprintf(other, sizeof(other), "%s%s", root_b, path + strlen(root_a));
    FILE *a = fopen(path, "rb");
    FILE *b = fopen(other, "rb");
    int same = a && b;
    while (same) {
        char block_a[4096];
        char block_b[4096];
        size_t got_a = fread(block_a, 1, sizeof(block_a), a);
        size_t got_b = fread(block_b, 1, sizeof(block_b), b);
        same = got_a == got_b && !memcmp(block_a, block_b, got_a);
        if (got_a == 0)
            break;
    }
    if (!same)
        wrong("%s and %s differ", path, other);
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return 0;
}

void compare_trees(const char *a, const char *b)
{
    const char *roots[] = {a, b};
    for (int turn = 0; turn < 2; turn++) {
        files_seen = 0;
        root_a = roots[turn];
        root_b = roots[1 - turn];
        nftw(root_a, compare_one, 16, FTW_PHYS);
        if (files_seen == 0)
            wrong("%s holds no file", root_a);
    }
}
