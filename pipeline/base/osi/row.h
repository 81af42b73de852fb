/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_ROW_H
#define OSI_ROW_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The first element from `from` on that is not 0; count when there is none. */
static inline size_t osi_find_set(const uint8_t *row, size_t from, size_t count)
{
    while (from + 8 <= count) {
        uint64_t eight;
        memcpy(&eight, row + from, 8);
        if (eight != 0)
            break;
        from += 8;
    }
    while (from < count && !row[from])
        from++;
    return from;
}

#endif
