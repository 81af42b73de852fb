/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_series FOLDER: what is in a folder, usable or not, and why. */
#include <stdio.h>

#include <osarc/dicom.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: list_series FOLDER\n", stderr);
        return 1;
    }
    const char *folder = argv[1];
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    if (osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *series = osarc_catalogue_series(catalogue, i);
        printf("%s: %s (%s)\n", series->description, osarc_decision_name(series->decision),
               series->text);
    }
    osarc_catalogue_free(catalogue);
    return 0;
}
