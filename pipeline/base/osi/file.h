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

/** A file that is written in parts, and stands under its name only when it is whole. */
typedef struct osi_file_out osi_file_out;

/** Opens a temporary file beside `path`. End with osi_file_out_finish or osi_file_out_drop. */
OSARC_MUST_CHECK osarc_status osi_file_out_open(osi_file_out **out, const char *path,
                                                osarc_error *err);

/** Writes bytes at an offset; several threads may write different places at once. */
OSARC_MUST_CHECK osarc_status osi_file_out_put(const osi_file_out *out, size_t offset,
                                               const void *bytes, size_t size, osarc_error *err);

/** Gives the file its name and frees `out`; what failed before leaves nothing behind. */
OSARC_MUST_CHECK osarc_status osi_file_out_finish(osi_file_out *out, osarc_error *err);

/** Removes what was written. NULL is allowed. */
void osi_file_out_drop(osi_file_out *out);

/** Create one folder; fine when it is there. */
OSARC_MUST_CHECK osarc_status osi_folder_create(const char *path, osarc_error *err);

/** Remove a folder with all it holds; fine when it is not there. */
OSARC_MUST_CHECK osarc_status osi_folder_remove(const char *path, osarc_error *err);

OSARC_END_DECLS

#endif
