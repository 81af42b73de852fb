/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/classify.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_clinical *clinical = NULL;
    osarc_notes *notes = NULL;
    if (osarc_notes_create(&notes, &err))
        return 0;
    osarc_status status =
        osarc_clinical_read(&clinical, fuzz_file(bytes, size, ".csv"), notes, &err);
    for (size_t row = 0; !status && row < osarc_clinical_count(clinical) && row < 16; row++) {
        const char *id = osarc_clinical_id(clinical, row);
        osarc_classes *classes = NULL;
        if (!osarc_classify(&classes, "case", id, clinical, NULL, NULL, NULL, &err))
            osarc_classes_free(classes);
    }
    osarc_clinical_free(clinical);
    osarc_notes_free(notes);
    return 0;
}
