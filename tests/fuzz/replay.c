/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_NAME FILE_OR_FOLDER...: each file once, as libFuzzer would hand it over. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz_file.h"

static size_t replay(const char *path)
{
    struct stat info;
    if (stat(path, &info)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    if (S_ISDIR(info.st_mode)) {
        struct dirent **names;
        int count = scandir(path, &names, NULL, alphasort);
        size_t done = 0;
        for (int i = 0; i < count; i++) {
            char inner[4096];
            snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
            if (names[i]->d_name[0] != '.')
                done += replay(inner);
            free(names[i]);
        }
        if (count >= 0)
            free(names);
        return done;
    }
    size_t size = (size_t) info.st_size;
    uint8_t *bytes = malloc(size ? size : 1);
    FILE *file = fopen(path, "rb");
    if (!bytes || !file || fread(bytes, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 1;
}

int main(int argc, char **argv)
{
    size_t done = 0;
    for (int i = 1; i < argc; i++)
        done += replay(argv[i]);
    printf("%zu inputs replayed\n", done);
    return done == 0;
}
