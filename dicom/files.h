/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_FILES_H
#define OSI_DICOM_FILES_H

/* Files on disk: found in folders, opened without hanging, read once. */

#include <sys/types.h>

#include <osarc/dicom.h>
#include <osarc/dxa_report.h>
#include <osi/digest.h>

#include "frame.h"

OSARC_BEGIN_DECLS

typedef struct osi_file {
    osarc_input view; /**< What callers see; its texts point into this struct. */
    char *path;
    const char *name; /**< Without its folder; points into path. */
    dev_t device;
    ino_t inode;
    uint8_t *head; /**< First bytes, kept so that none is read twice. */
    size_t head_size;
    osi_header *header; /**< NULL when it is not DICOM. */
    int is_nifti;
    int is_labels;     /**< NIfTI that can hold no HU. */
    int from_dicomdir; /**< Not found as such: named by a DICOMDIR. */
    int is_examined;
    int is_paired; /**< One of two energies that have a row together. */
    /** Static; what keeps an image of a view of a densitometer from being one of two energies;
     * NULL: nothing, or it is no such image. */
    const char *dxa_fault;
    const char *dxa_reason;
    osarc_grid nifti_grid;
    const char *reason; /**< Static; why it is not readable. NULL when it is. */
    char text[248];
    osarc_dxa_report report; /**< Of a structured report of densitometry; else empty. */
    char sha256[OSI_SHA256_SIZE];
} osi_file;

typedef struct osi_files {
    osi_file **items;
    size_t count;
    size_t room;
} osi_files;

/** Adds a file or all files in a folder and the folders in it; what cannot be read gets a row. */
OSARC_MUST_CHECK osarc_status osi_files_add(osi_files *files, const char *path, osarc_error *err);

/** Adds one file that a DICOMDIR names; sort afterwards, which drops what was there before. */
OSARC_MUST_CHECK osarc_status osi_files_add_named(osi_files *files, const char *path,
                                                  osarc_error *err);

/** Sorts by path and leaves out what is there twice. */
void osi_files_sort(osi_files *files);

/** Sets why a file is left out. */
void osi_file_reject(osi_file *file, osarc_status status, const char *reason, const char *text);

/** Opens a regular file for reading without ever waiting for one; -1 and a rejection otherwise. */
int osi_file_open(osi_file *file);

/** Makes file->head at least `wanted` bytes long, or as long as the file is. */
OSARC_MUST_CHECK osarc_status osi_file_head(osi_file *file, int fd, size_t wanted,
                                            osarc_error *err);

/** Bytes in a block that is used again and again. All-zero is a valid empty one. */
typedef struct osi_block {
    uint8_t *data;
    size_t room;
} osi_block;

OSARC_MUST_CHECK osarc_status osi_block_need(osi_block *block, size_t bytes, osarc_error *err);

/** The whole file into a block; fills its sha256 on the way. */
OSARC_MUST_CHECK osarc_status osi_file_load(osi_block *block, osi_file *file, osarc_error *err);

/** Its sha256 alone, in small pieces. */
OSARC_MUST_CHECK osarc_status osi_file_digest(osi_file *file, osarc_error *err);

/** Bytes from..to of an open file; short reads are a failure. */
OSARC_MUST_CHECK osarc_status osi_file_read_at(uint8_t *out, const osi_file *file, int fd,
                                               size_t offset, size_t size, osarc_error *err);

void osi_files_free(osi_files *files);

OSARC_END_DECLS

#endif
