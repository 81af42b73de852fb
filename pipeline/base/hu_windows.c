/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/hu_windows.h>

#define AUBREY "Aubrey 2014, Acta Physiol 210:489"

static const osarc_hu_window WINDOWS[OSARC_WINDOW_COUNT] = {
    [OSARC_WINDOW_ADIPOSE] = {-190, -30, 0, AUBREY},
    [OSARC_WINDOW_MUSCLE] = {-30, 150, 1, AUBREY},
    [OSARC_WINDOW_MUSCLE_LOW] = {-30, 30, 0, AUBREY},
    [OSARC_WINDOW_MUSCLE_NORMAL] = {30, 150, 1, AUBREY},
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
