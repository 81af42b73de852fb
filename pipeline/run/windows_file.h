/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_WINDOWS_FILE_H
#define RUN_WINDOWS_FILE_H

#include <osarc/hu_windows.h>

/*
 * A table of HU windows: {"name": "mine", "muscle": [-30, 150], "adipose": [-190, -30], ...}.
 * A window that is not named keeps its default; an upper limit belongs to the window only for
 * muscle and muscle_normal.
 * ERR_IO, ERR_FORMAT, or ERR_ARGUMENT where the windows make no sense.
 */
osarc_status windows_file_read(osarc_hu_table *out, const char *path, osarc_error *err);

#endif
