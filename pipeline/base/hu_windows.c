/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/hu_windows.h>

#include <math.h>
#include <string.h>

#include <osi/fail.h>

#define AUBREY "Aubrey 2014, Acta Physiol 210:489"

static const osarc_hu_window WINDOWS[OSARC_WINDOW_COUNT] = {
    [OSARC_WINDOW_ADIPOSE] = {-190, -30, 0, AUBREY},
    [OSARC_WINDOW_MUSCLE] = {-30, 150, 1, AUBREY},
    [OSARC_WINDOW_MUSCLE_LOW] = {-30, 30, 0, AUBREY},
    [OSARC_WINDOW_MUSCLE_NORMAL] = {30, 150, 1, AUBREY},
    [OSARC_WINDOW_VISCERAL] = {-190, -30, 0, AUBREY},
};

const osarc_hu_window *osarc_hu_window_get(osarc_window window)
{
    size_t index = (size_t) window;
    return index < OSARC_WINDOW_COUNT ? &WINDOWS[index] : NULL;
}

int osarc_hu_window_holds(const osarc_hu_window *window, double hu)
{
    return hu >= window->low_hu &&
           (hu < window->high_hu || (window->closed && hu == window->high_hu));
}

osarc_hu_table osarc_hu_table_default(void)
{
    osarc_hu_table table = {.name = "aubrey2014"};
    memcpy(table.window, WINDOWS, sizeof(WINDOWS));
    return table;
}

const char *osarc_hu_window_name(osarc_window window)
{
    static const char *const NAMES[OSARC_WINDOW_COUNT] = {[OSARC_WINDOW_ADIPOSE] = "adipose",
                                                          [OSARC_WINDOW_MUSCLE] = "muscle",
                                                          [OSARC_WINDOW_MUSCLE_LOW] = "muscle_low",
                                                          [OSARC_WINDOW_MUSCLE_NORMAL] =
                                                              "muscle_normal",
                                                          [OSARC_WINDOW_VISCERAL] = "visceral"};
    size_t index = (size_t) window;
    return index < OSARC_WINDOW_COUNT ? NAMES[index] : NULL;
}

osarc_status osarc_hu_table_check(const osarc_hu_table *table, osarc_error *err)
{
    if (!table)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no table of HU windows");
    for (int w = 0; w < OSARC_WINDOW_COUNT; w++) {
        const osarc_hu_window *one = &table->window[w];
        if (!isfinite(one->low_hu) || !isfinite(one->high_hu) || one->low_hu >= one->high_hu)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "window %s is empty",
                            osarc_hu_window_name((osarc_window) w));
    }
    const osarc_hu_window *muscle = &table->window[OSARC_WINDOW_MUSCLE];
    for (int w = OSARC_WINDOW_MUSCLE_LOW; w <= OSARC_WINDOW_MUSCLE_NORMAL; w++)
        if (table->window[w].low_hu < muscle->low_hu || table->window[w].high_hu > muscle->high_hu)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "window %s reaches out of muscle's",
                            osarc_hu_window_name((osarc_window) w));
    if (table->window[OSARC_WINDOW_ADIPOSE].high_hu > muscle->low_hu ||
        table->window[OSARC_WINDOW_VISCERAL].high_hu > muscle->low_hu)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "fat's windows reach into muscle's");
    return OSARC_OK;
}
