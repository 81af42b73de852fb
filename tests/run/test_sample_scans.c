/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scans in the tree are what the commands in their README.md make, to the byte. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/selftest.h>
#include <osi/alloc.h>
#include <osi/digest.h>
#include <osi/file.h>

#define FILE_LIMIT 200000

static const struct {
    const char *name;
    const char *kind;
    osarc_phantom_options options;
} SCANS[] = {
    {"ct_abdomen",
     "abdomen",
     {.seed = 1, .pixel_mm = 2, .slice_mm = 5, .length_mm = 100, .noise_sd_hu = 10}},
    {"ct_thigh", "thigh", {.seed = 2, .pixel_mm = 2.5, .slice_mm = 10, .noise_sd_hu = 8}},
};
#define SCAN_COUNT (sizeof(SCANS) / sizeof(SCANS[0]))

static void read_file(const char *path, uint8_t **bytes, size_t *size)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_file_read(bytes, size, path, FILE_LIMIT, &err));
}

/* Every file of `from` is in `to`, the same; returns how many. */
static size_t expect_same_files(const char *from, const char *to)
{
    DIR *folder = opendir(from);
    cr_assert(ne(ptr, folder, NULL), "%s", from);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char paths[2][512];
        uint8_t *bytes[2];
        size_t size[2];
        snprintf(paths[0], sizeof(paths[0]), "%s/%s", from, entry->d_name);
        snprintf(paths[1], sizeof(paths[1]), "%s/%s", to, entry->d_name);
        for (int i = 0; i < 2; i++)
            read_file(paths[i], &bytes[i], &size[i]);
        cr_expect(size[0] == size[1] && memcmp(bytes[0], bytes[1], size[0]) == 0,
                  "%s differs: make it again as README.md says", entry->d_name);
        osi_free(bytes[0]);
        osi_free(bytes[1]);
        count++;
    }
    closedir(folder);
    return count;
}

static void compare_with(int threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    char base[] = "/tmp/osarc_sample_scans_XXXXXX";
    cr_assert(ne(ptr, mkdtemp(base), NULL));
    for (size_t i = 0; i < SCAN_COUNT; i++) {
        char made[96];
        char kept[512];
        snprintf(made, sizeof(made), "%s/%s", base, SCANS[i].name);
        snprintf(kept, sizeof(kept), "%s/%s", OSARC_SAMPLE_SCANS, SCANS[i].name);
        osarc_phantom_options options = SCANS[i].options;
        options.threads = threads;
        osarc_phantom *phantom = NULL;
        EXPECT_OK(osarc_phantom_create(&phantom, SCANS[i].kind, &options, &err));
        EXPECT_OK(osarc_phantom_write(made, phantom, 0, &err));
        osarc_phantom_free(phantom);
        size_t count = expect_same_files(made, kept);
        cr_expect(eq(sz, expect_same_files(kept, made), count));
        cr_expect(gt(sz, count, 5));
    }
    EXPECT_OK(osi_folder_remove(base, &err));
}

Test(run_sample_scans, are_made_again_to_the_byte_by_one_thread)
{
    compare_with(1);
}

Test(run_sample_scans, are_made_again_to_the_byte_by_two_threads)
{
    compare_with(2);
}

/* Lines are: path,sha256,licence,origin,why */
Test(run_sample_scans, each_file_has_its_line_in_the_manifest)
{
    uint8_t *manifest = NULL;
    size_t manifest_size = 0;
    read_file(OSARC_SAMPLE_SCANS "/MANIFEST.csv", &manifest, &manifest_size);
    char *text = osi_alloc(manifest_size + 1, 1, NULL);
    cr_assert(ne(ptr, text, NULL));
    memcpy(text, manifest, manifest_size);
    size_t listed = 0;
    size_t files = 0;
    for (size_t i = 0; i < SCAN_COUNT; i++) {
        char kept[512];
        snprintf(kept, sizeof(kept), "%s/%s", OSARC_SAMPLE_SCANS, SCANS[i].name);
        DIR *folder = opendir(kept);
        cr_assert(ne(ptr, folder, NULL));
        for (struct dirent *entry; (entry = readdir(folder));) {
            if (entry->d_name[0] == '.')
                continue;
            char path[800];
            char line[512];
            char digest[OSI_SHA256_SIZE];
            uint8_t *bytes = NULL;
            size_t size = 0;
            osarc_error err = OSARC_ERROR_INIT;
            snprintf(path, sizeof(path), "%s/%s", kept, entry->d_name);
            read_file(path, &bytes, &size);
            EXPECT_OK(osi_sha256(digest, bytes, size, &err));
            snprintf(line, sizeof(line), "\n%s/%s,%s,", SCANS[i].name, entry->d_name, digest);
            cr_expect(ne(ptr, strstr(text, line), NULL), "not in MANIFEST.csv: %s", line + 1);
            osi_free(bytes);
            files++;
        }
        closedir(folder);
    }
    for (const char *c = text; (c = strchr(c, '\n')); c++)
        listed++;
    cr_expect(eq(sz, listed, files + 1), "MANIFEST.csv lists what is not there");
    osi_free(text);
    osi_free(manifest);
}
