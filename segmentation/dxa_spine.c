/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_regions.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa_spine_parts.h"

osarc_status osarc_dxa_spine_find(osarc_dxa_spine *out, const osarc_dxa_picture *picture,
                                  osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a place for the spine is needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = dxa_picture_check(picture, err);
    if (status)
        return status;
    dxa_column column;
    double rib = NAN;
    double crest = NAN;
    status = dxa_column_find(&column, picture, err);
    if (status)
        return status;
    if (column.why[0]) {
        memcpy(out->refused, column.why, sizeof(out->refused));
    } else {
        status = dxa_column_anchors(&column, &rib, &crest, err);
        if (!status) {
            dxa_spine_name(out, &column, rib, crest);
            status = dxa_spine_edges(out, &column, picture, err);
        }
    }
    dxa_column_free(&column);
    if (status)
        osarc_dxa_spine_free(out);
    return status;
}

void osarc_dxa_spine_free(osarc_dxa_spine *spine)
{
    if (!spine)
        return;
    osi_free(spine->labels);
    memset(spine, 0, sizeof(*spine));
}
