/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>

static char folder[] = "/tmp/osarc-test-XXXXXX";
static char path[64];

static void make_folder(void)
{
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    snprintf(path, sizeof(path), "%s/file", folder);
}

static void drop_folder(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    chmod(folder, 0755);
    EXPECT_OK(osi_folder_remove(folder, &err));
}

TestSuite(base_file, .init = make_folder, .fini = drop_folder);

static int entries(const char *where)
{
    int count = 0;
    DIR *dir = opendir(where);
    cr_assert(dir != NULL);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void expect_content(const char *where, const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = NULL;
    size_t size = 0;
    EXPECT_OK(osi_file_read(&bytes, &size, where, 1000, &err));
    cr_expect(eq(sz, size, strlen(text)));
    cr_expect(memcmp(bytes, text, size) == 0);
    osi_free(bytes);
}

Test(base_file, reads_back_what_was_written)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_file_write(path, "first", 5, &err));
    expect_content(path, "first");
    EXPECT_OK(osi_file_write(path, "then", 4, &err));
    expect_content(path, "then");
    EXPECT_OK(osi_file_write(path, NULL, 0, &err));
    expect_content(path, "");
    cr_expect(eq(int, entries(folder), 1));
    struct stat info;
    cr_expect(eq(int, stat(path, &info), 0));
    cr_expect(eq(int, (int) (info.st_mode & 0777), 0644));
}

Test(base_file, writes_through_a_link_and_keeps_it)
{
    osarc_error err = OSARC_ERROR_INIT;
    char other[80];
    snprintf(other, sizeof(other), "%s/link", folder);
    EXPECT_OK(osi_file_write(path, "old", 3, &err));
    cr_assert(eq(int, symlink(path, other), 0));
    EXPECT_OK(osi_file_write(other, "new", 3, &err));
    expect_content(path, "new");
    struct stat info;
    cr_expect(eq(int, lstat(other, &info), 0));
    cr_expect(eq(int, !!S_ISLNK(info.st_mode), 1));
}

Test(base_file, writes_to_a_plain_name_in_the_current_folder)
{
    osarc_error err = OSARC_ERROR_INIT;
    cr_assert(eq(int, chdir(folder), 0));
    EXPECT_OK(osi_file_write("file", "here", 4, &err));
    expect_content(path, "here");
}

Test(base_file, refuses_to_read_what_is_no_regular_file, .timeout = 20)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = (uint8_t *) -1;
    size_t size = 1;
    EXPECT_REFUSED(osi_file_read(&bytes, &size, folder, 1000, &err), OSARC_ERR_IO);
    cr_expect(eq(ptr, bytes, NULL));
    cr_expect(eq(sz, size, 0));
    EXPECT_REFUSED(osi_file_read(&bytes, &size, "/dev/zero", 1000, &err), OSARC_ERR_IO);
    cr_assert(eq(int, mkfifo(path, 0600), 0));
    EXPECT_REFUSED(osi_file_read(&bytes, &size, path, 1000, &err), OSARC_ERR_IO);
}

Test(base_file, refuses_to_read_what_is_missing_or_too_large)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = NULL;
    size_t size = 0;
    EXPECT_REFUSED(osi_file_read(&bytes, &size, path, 1000, &err), OSARC_ERR_IO);
    EXPECT_OK(osi_file_write(path, "12345", 5, &err));
    EXPECT_REFUSED(osi_file_read(&bytes, &size, path, 4, &err), OSARC_ERR_MEMORY);
    cr_expect(eq(str, err.text, "has 5 bytes, at most 4 allowed"));
    EXPECT_OK(osi_file_read(&bytes, &size, path, 5, &err));
    osi_free(bytes);
    EXPECT_REFUSED(osi_file_read(&bytes, &size, NULL, 5, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_file_read(NULL, &size, path, 5, &err), OSARC_ERR_ARGUMENT);
}

Test(base_file, leaves_nothing_behind_when_a_write_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    cr_assert(eq(int, mkdir(path, 0755), 0));
    EXPECT_REFUSED(osi_file_write(path, "x", 1, &err), OSARC_ERR_IO);
    cr_expect(eq(int, entries(folder), 1));
    cr_expect(eq(int, entries(path), 0));

    char missing[80];
    snprintf(missing, sizeof(missing), "%s/none/file", folder);
    EXPECT_REFUSED(osi_file_write(missing, "x", 1, &err), OSARC_ERR_IO);
    cr_expect(eq(int, entries(folder), 1));

    char taken[80];
    snprintf(taken, sizeof(taken), "%s/kept", folder);
    EXPECT_OK(osi_file_write(taken, "kept", 4, &err));
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osi_file_write(taken, "lost", 4, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
    expect_content(taken, "kept");
}

Test(base_file, refuses_to_replace_a_device)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_REFUSED(osi_file_write("/dev/null", "x", 1, &err), OSARC_ERR_IO);
    struct stat info;
    cr_expect(eq(int, stat("/dev/null", &info), 0));
    cr_expect(eq(int, !!S_ISCHR(info.st_mode), 1));
    cr_assert(eq(int, symlink("/dev/null", path), 0));
    EXPECT_REFUSED(osi_file_write(path, "x", 1, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osi_file_write(NULL, "x", 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_file_write("", "x", 1, &err), OSARC_ERR_ARGUMENT);
}

Test(base_file, removes_a_folder_but_not_what_its_links_point_to)
{
    osarc_error err = OSARC_ERROR_INIT;
    char tree[64], deep[64], link_path[64];
    snprintf(tree, sizeof(tree), "%s/a", folder);
    snprintf(deep, sizeof(deep), "%s/a/b", folder);
    snprintf(link_path, sizeof(link_path), "%s/a/b/link", folder);
    EXPECT_OK(osi_file_write(path, "kept", 4, &err));
    EXPECT_OK(osi_folder_create(tree, &err));
    EXPECT_OK(osi_folder_create(deep, &err));
    EXPECT_OK(osi_folder_create(deep, &err)); /* fine when it is there */
    cr_assert(eq(int, symlink(folder, link_path), 0));
    EXPECT_OK(osi_folder_remove(tree, &err));
    EXPECT_OK(osi_folder_remove(tree, &err)); /* fine when it is not there */
    expect_content(path, "kept");
    cr_expect(eq(int, entries(folder), 1));
}

Test(base_file, refuses_folders_that_cannot_be)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_file_write(path, "x", 1, &err));
    char below[80];
    snprintf(below, sizeof(below), "%s/below", path);
    EXPECT_REFUSED(osi_folder_create(path, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osi_folder_create(below, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osi_folder_create("", &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_folder_remove(path, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osi_folder_remove(NULL, &err), OSARC_ERR_ARGUMENT);
    expect_content(path, "x");
}

Test(base_file, stands_under_its_name_only_when_all_parts_are_written)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_file_out *out = NULL;
    EXPECT_OK(osi_file_out_open(&out, path, &err));
    EXPECT_OK(osi_file_out_put(out, 3, "def", 3, &err));
    cr_expect(ne(int, access(path, F_OK), 0));
    EXPECT_OK(osi_file_out_put(out, 0, "abc", 3, &err));
    EXPECT_OK(osi_file_out_finish(out, &err));
    expect_content(path, "abcdef");
    EXPECT_OK(osi_file_out_open(&out, path, &err));
    EXPECT_OK(osi_file_out_put(out, 0, "xyz", 3, &err));
    osi_file_out_drop(out);
    osi_file_out_drop(NULL);
    expect_content(path, "abcdef");
    cr_expect(eq(int, entries(folder), 1));
}

Test(base_file, refuses_to_open_in_parts_what_cannot_be_written)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_file_out *out = NULL;
    EXPECT_REFUSED(osi_file_out_open(NULL, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_file_out_open(&out, "", &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_file_out_open(&out, "/nowhere/file", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osi_file_out_open(&out, folder, &err), OSARC_ERR_IO);
    for (long n = 1; n <= 2; n++) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(osi_file_out_open(&out, path, &err), OSARC_ERR_MEMORY);
        osi_alloc_fail_at(0);
    }
    cr_expect(eq(ptr, (void *) out, NULL));
    cr_expect(eq(int, entries(folder), 0));
}
