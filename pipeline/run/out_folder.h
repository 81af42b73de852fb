/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_OUT_FOLDER_H
#define RUN_OUT_FOLDER_H

#include <osarc/base.h>

/*
 * Results are written into `work`, a hidden folder beside the wanted one, which takes the wanted
 * name when everything is there.
 */
typedef struct out_folder {
    char *final;
    char *work;
    char *path;   /* of the last out_path */
    int replaces; /* the wanted folder holds results */
} out_folder;

/* Refuses a folder that holds results, unless overwrite. Nothing is removed before out_publish. */
osarc_status out_open(out_folder *out, const char *path, int overwrite, osarc_error *err);

/* A path inside the work folder; borrowed, valid until the next call. NULL without memory. */
const char *out_path(out_folder *out, osarc_error *err, const char *format, ...) OSARC_PRINTF(3, 4);

/* Gives the work folder the wanted name; what stood there before is removed. */
osarc_status out_publish(out_folder *out, osarc_error *err);

/* Removes the work folder if it was not published. */
void out_close(out_folder *out);

#endif
