/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_PHANTOM_DXA_H
#define CLI_PHANTOM_DXA_H

#include "cmd.h"

/* 1 for kinds that are images of a densitometer. */
int cli_phantom_is_dxa(const char *kind);

/* 0, or the exit code when options of the other sort of kinds were given. */
int cli_phantom_check_options(const cli_call *call);

/* Makes and writes one. */
int cli_phantom_dxa(const cli_call *call);

#endif
