/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_THREADS_H
#define OSI_THREADS_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Threads to use: `wanted` when over 0, else the cores of this process; 1 to 256. */
int osi_threads(int wanted);

OSARC_END_DECLS

#endif
