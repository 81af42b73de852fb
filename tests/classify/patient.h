/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_PATIENT_H
#define OSARC_TEST_PATIENT_H

/* A patient from a line of CSV, and the rows that follow. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/classify.h>

/* Reads a table from its text; the file is gone afterwards. */
static inline osarc_status read_table(osarc_clinical **out, const char *text, size_t size,
                                      osarc_notes *notes, osarc_error *err)
{
    char path[] = "/tmp/osarc_clinical_XXXXXX";
    int file = mkstemp(path);
    cr_assert(ge(int, file, 0));
    cr_assert(eq(sz, (size_t) write(file, text, size), size));
    close(file);
    osarc_status status = osarc_clinical_read(out, path, notes, err);
    unlink(path);
    return status;
}

/* Classes of the patient P1, whose columns and cells are given without patient_id. */
static inline osarc_classes *classify_cells(const char *columns, const char *cells,
                                            const char *definitions)
{
    osarc_error err = OSARC_ERROR_INIT;
    static osarc_definitions *set; /* read once a process, and reachable to its end */
    osarc_clinical *clinical = NULL;
    osarc_classes *classes = NULL;
    char text[1024];
    int size = snprintf(text, sizeof(text), "patient_id,%s\nP1,%s\n", columns, cells);
    EXPECT_OK(read_table(&clinical, text, (size_t) size, NULL, &err));
    if (!set)
        EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    EXPECT_OK(osarc_classify_by(&classes, set, "1", "P1", clinical, NULL, NULL, definitions, &err));
    osarc_clinical_free(clinical);
    return classes;
}

static inline const osarc_class_row *find_row(const osarc_classes *classes, const char *definition,
                                              const char *arm)
{
    for (size_t i = 0; i < osarc_classes_count(classes); i++) {
        const osarc_class_row *row = osarc_classes_at(classes, i);
        if (!strcmp(row->definition, definition) && !strcmp(row->arm, arm))
            return row;
    }
    cr_fatal("no row %s %s", definition, arm);
    return NULL;
}

#endif
