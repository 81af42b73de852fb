/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dicom.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_read_options options = {.threads = 1};
    osarc_catalogue *catalogue = NULL;
    const char *path = fuzz_file(bytes, size, ".dcm");
    if (osarc_catalogue_read(&catalogue, &path, 1, &options, &err))
        return 0;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        osarc_scan *scan = NULL;
        if (!osarc_scan_read(&scan, catalogue, i, &options, &err))
            osarc_scan_free(scan);
    }
    if (osarc_catalogue_digest(catalogue, &options, &err))
        err.text[0] = '\0';
    osarc_catalogue_free(catalogue);
    return 0;
}
