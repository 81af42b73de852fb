/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_HU_WINDOWS_H
#define OSARC_HU_WINDOWS_H

/**
 * @file hu_windows.h
 * Every CT-number window, once. Windows are half open, [low, high), on real HU, so that
 * nothing falls between two of them whether values are whole or not.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * A value at or below this is what a scanner or converter writes where it measured nothing: air is
 * -1000 HU and noise takes it little below -1200, while padding in use is -2000, -3024 or -32768.
 */
#define OSARC_PADDING_MAX_HU (-1500)

typedef enum osarc_window {
    OSARC_WINDOW_ADIPOSE = 0,       /**< Aubrey 2014: -190 to -30. */
    OSARC_WINDOW_MUSCLE = 1,        /**< Aubrey 2014: -29 to 150 on whole HU. */
    OSARC_WINDOW_MUSCLE_LOW = 2,    /**< Low attenuation. */
    OSARC_WINDOW_MUSCLE_NORMAL = 3, /**< Normal attenuation. */
    OSARC_WINDOW_VISCERAL = 4,      /**< Visceral fat; as adipose unless a table says otherwise. */
    OSARC_WINDOW_COUNT = 5
} osarc_window;

/** low <= HU < high; where closed, HU == high belongs too. */
typedef struct osarc_hu_window {
    double low_hu;
    double high_hu;
    int closed;
    const char *source;
} osarc_hu_window;

/** Borrowed, static. NULL for a window that does not exist. */
OSARC_API const osarc_hu_window *osarc_hu_window_get(osarc_window window);

/** 1 when the value lies in the window. */
OSARC_API int osarc_hu_window_holds(const osarc_hu_window *window, double hu);

/** A whole table under the name that rows tell. */
typedef struct osarc_hu_table {
    char name[32];
    osarc_hu_window window[OSARC_WINDOW_COUNT];
} osarc_hu_table;

/** The default table, "aubrey2014". */
OSARC_API osarc_hu_table osarc_hu_table_default(void);

/** Word for a window in files: "adipose", "muscle", "muscle_low", "muscle_normal", "visceral".
 * Static; NULL for a window that does not exist. */
OSARC_API const char *osarc_hu_window_name(osarc_window window);

/**
 * Whether a table makes sense: each window is not empty, low and normal attenuation lie in
 * muscle's, and adipose and visceral end where muscle starts or before.
 * @retval OSARC_ERR_ARGUMENT  why not
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_hu_table_check(const osarc_hu_table *table,
                                                             osarc_error *err);

OSARC_END_DECLS

#endif
