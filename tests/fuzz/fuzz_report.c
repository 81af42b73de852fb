/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structured reports, and the results in private elements of densitometer images. */
#include <header.h>
#include <hologic.h>
#include <sr_read.h>
#include <value.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_report report = {0};
    osi_header *header = NULL;
    osi_start start;
    size_t need = 0;
    osarc_status status = osi_header_read(&header, &need, bytes, size, 1, &err);
    if (!status && header && osi_start_find(&start, bytes, size)) {
        osi_cursor cursor = {.at = start.offset, .encoding = start.encoding};
        status = osi_sr_read(&report, bytes, size, &cursor, header, &err);
    }
    osi_header_free(header);
    osarc_dxa_report_free(&report);
    status = osi_hologic_read(&report, bytes, size, OSARC_DXA_VIEW_FEMUR_LEFT, &err);
    if (!status)
        status = osarc_dxa_report_complete(&report, &err);
    osarc_dxa_report_free(&report);
    return 0;
}
