/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/run.h>

osarc_exit osarc_exit_of(osarc_status status, int writing)
{
    switch (status) {
    case OSARC_OK:
        return OSARC_EXIT_OK;
    case OSARC_ERR_ARGUMENT:
        return OSARC_EXIT_USAGE;
    case OSARC_ERR_IO:
        return writing ? OSARC_EXIT_CANNOT_WRITE : OSARC_EXIT_CANNOT_READ;
    case OSARC_ERR_MEMORY: /* what is asked for follows from the size of the input */
    case OSARC_ERR_FORMAT:
    case OSARC_ERR_UNSUPPORTED:
        return OSARC_EXIT_DAMAGED;
    case OSARC_ERR_UNIT:
    case OSARC_ERR_GEOMETRY:
    case OSARC_ERR_QUALITY:
        return OSARC_EXIT_REFUSED;
    case OSARC_ERR_INTERNAL:
        break;
    }
    return OSARC_EXIT_INTERNAL;
}
