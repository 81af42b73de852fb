/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for what the build does not have yet; what the rooms define wins. */
#include <osarc/density.h>

#include <string.h>

#include <osi/fail.h>

#define WEAK __attribute__((weak))

WEAK osarc_status osarc_rod_models_read(osarc_rod_model **out, size_t *count_out, const char *path,
                                        osarc_error *err)
{
    *out = NULL;
    *count_out = 0;
    return osi_fail(err, OSARC_ERR_IO, "%s: models of phantoms are not read by this build", path);
}

WEAK void osarc_rod_models_free(osarc_rod_model *models)
{
    (void) models;
}

WEAK osarc_status osarc_calibrate_phantom(osarc_calibration *out, const osarc_image *image,
                                          osarc_mask *tissue, const osarc_acquisition *acquisition,
                                          const osarc_phantom_search *search, osarc_notes *notes,
                                          osarc_error *err)
{
    (void) image;
    (void) tissue;
    (void) acquisition;
    (void) search;
    (void) notes;
    (void) err;
    memset(out, 0, sizeof(*out));
    return OSARC_OK;
}

WEAK osarc_status osarc_calibration_read(osarc_calibration *out, const char *path, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    return osi_fail(err, OSARC_ERR_IO, "%s: calibrations are not read by this build", path);
}

WEAK osarc_status osarc_calibration_check(const osarc_calibration *calibration,
                                          const osarc_acquisition *acquisition, int forced,
                                          const char *today, osarc_notes *notes, osarc_error *err)
{
    (void) calibration;
    (void) acquisition;
    (void) forced;
    (void) today;
    (void) notes;
    return osi_fail(err, OSARC_ERR_UNSUPPORTED, "calibrations are not checked by this build");
}
