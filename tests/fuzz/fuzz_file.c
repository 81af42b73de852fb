/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[256];

static void remove_file(void)
{
    remove(path);
}

const char *fuzz_file(const uint8_t *bytes, size_t size, const char *ending)
{
    if (!path[0]) {
        const char *folder = getenv("TMPDIR");
        snprintf(path, sizeof(path), "%s/osarc-fuzz-%ld%s", folder ? folder : "/tmp",
                 (long) getpid(), ending);
        atexit(remove_file);
    }
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(2);
    }
    return path;
}
