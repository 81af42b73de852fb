/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/scan.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

struct osarc_scan {
    osarc_image *image;
    osarc_acquisition acquisition;
    osarc_notes *notes;
};

void osarc_acquisition_init(osarc_acquisition *acquisition)
{
    memset(acquisition, 0, sizeof(*acquisition));
    acquisition->age_years = NAN;
    acquisition->height_m = NAN;
    acquisition->weight_kg = NAN;
    acquisition->kvp = NAN;
    acquisition->slice_thickness_mm = NAN;
    acquisition->tilt_deg = NAN;
    acquisition->table_height_mm = NAN;
    acquisition->reconstruction_diameter_mm = NAN;
}

osarc_status osarc_scan_create(osarc_scan **out, osarc_image **image,
                               const osarc_acquisition *acquisition, osarc_notes **notes,
                               osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!image || !*image || !acquisition || !notes)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a scan needs an image and an acquisition");
    osarc_scan *scan = osi_alloc(1, sizeof(*scan), err);
    if (!scan)
        return OSARC_ERR_MEMORY;
    if (!*notes) {
        osarc_status status = osarc_notes_create(notes, err);
        if (status) {
            osi_free(scan);
            return status;
        }
    }
    scan->image = *image;
    scan->notes = *notes;
    scan->acquisition = *acquisition;
    *image = NULL;
    *notes = NULL;
    *out = scan;
    return OSARC_OK;
}

const osarc_image *osarc_scan_image(const osarc_scan *scan)
{
    return scan->image;
}

const osarc_acquisition *osarc_scan_acquisition(const osarc_scan *scan)
{
    return &scan->acquisition;
}

const osarc_notes *osarc_scan_notes(const osarc_scan *scan)
{
    return scan->notes;
}

void osarc_scan_free(osarc_scan *scan)
{
    if (!scan)
        return;
    osarc_image_free(scan->image);
    osarc_notes_free(scan->notes);
    osi_free(scan);
}
