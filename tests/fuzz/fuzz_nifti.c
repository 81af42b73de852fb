/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/nifti.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid;
    osarc_image *image = NULL;
    osarc_mask *mask = NULL;
    osi_nifti_is(bytes, size);
    if (osi_nifti_grid(&grid, bytes, size, &err))
        return 0;
    if (!osi_nifti_read_image(&image, bytes, size, 1, &err))
        osarc_image_free(image);
    if (!osi_nifti_read_mask(&mask, bytes, size, &err))
        osarc_mask_free(mask);
    return 0;
}
