/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_FILES_H
#define RUN_DXA_FILES_H

#include <osarc/dicom.h>

/* A pair with what a file dxa.json beside its low-energy image says. */
osarc_status dxa_pair_read(osarc_dxa_pair **out, osarc_catalogue *catalogue, size_t series,
                           osarc_error *err);

#endif
