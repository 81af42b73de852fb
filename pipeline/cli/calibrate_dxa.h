/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CALIBRATE_DXA_H
#define CLI_CALIBRATE_DXA_H

#include <jansson.h>

#include "cmd.h"

/* Makes a calibration from an image of a step wedge and prints how well its steps are met. */
int cli_calibrate_dxa(const cli_call *call, const char *wedge);

/* Severity, code and text of each note; for what a calibration prints. */
json_t *cli_notes_json(const osarc_notes *notes);

#endif
