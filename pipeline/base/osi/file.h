/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_FILE_H
#define OSI_FILE_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** A whole regular file; directories, devices and files over `limit` are refused. Free with
 * osi_free. */
OSARC_MUST_CHECK osarc_status osi_file_read(uint8_t **out, size_t *size_out, const char *path,
                                            size_t limit, osarc_error *err);

/** Write to a temporary name in the same folder, then rename: whole or not at all. */
OSARC_MUST_CHECK osarc_status osi_file_write(const char *path, const void *bytes, size_t size,
                                             osarc_error *err);

/** Create one folder; fine when it is there. */
OSARC_MUST_CHECK osarc_status osi_folder_create(const char *path, osarc_error *err);

/** Remove a folder with all it holds; fine when it is not there. */
OSARC_MUST_CHECK osarc_status osi_folder_remove(const char *path, osarc_error *err);

OSARC_END_DECLS

#endif
