/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DXA_HELP_H
#define TESTS_DXA_HELP_H

#include <osarc/dxa_calibration.h>
#include <osarc/findings.h>

#include <dxa_phantoms.h>

/* From a wedge of aluminium and acrylic. */
static inline osarc_dxa_calibration calibrate(const osarc_dxa_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_calibration calibration;
    osarc_dxa_phantom *wedge = draw("dxa-wedge", options);
    EXPECT_OK(osarc_dxa_calibrate(&calibration, osarc_dxa_phantom_pair(wedge),
                                  osarc_dxa_wedge_find("al-pmma"), NULL, &err));
    osarc_dxa_phantom_free(wedge);
    return calibration;
}

static inline osarc_dxa_calibration calibrate_beams(const char *beams)
{
    osarc_dxa_phantom_options options = {.photons = 1e7, .seed = 3};
    strcpy(options.beams, beams);
    return calibrate(&options);
}

static inline const osarc_finding *find_row(const osarc_findings *findings, const char *site,
                                            const char *level, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->site, site) && !strcmp(row->level, level) &&
            !strcmp(row->quantity, quantity))
            return row;
    }
    cr_fatal("no %s of %s", quantity, level);
    return NULL;
}

#endif
