/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_spine.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <osi/text.h>

/*
 * Kernels for bone and lung. What a kernel does to density: Giambini 2015, J Biomech Eng
 * 137:114502.
 *
 * GE            names say it themselves; BONE is the high-spatial-frequency algorithm and noisier
 * Siemens B, U  B50 to B80 for higher, U70 to U90 for very high sharpness: SOMATOM Sensation,
 *               operating instructions A60; B50f reads far from B30f: Korean J Radiol 2019, 20:295
 * Siemens I     the iterative kernel of the same number: Yu 2015, Med Phys 42:2261
 * Siemens Br..  a number for sharpness, 4 % a step, Br40 being standard; Bl is for lung
 * Toshiba FC5x  lung, as FC55 against FC13: Korean J Radiol 2018, 19:888
 *
 * S80 is sharp, too, but the maker's own for densitometry. Other names are not known here.
 */
typedef struct sharp_kernel {
    const char *maker; /* begins so, in any case */
    const char *start; /* of the kernel's name */
    int from, to;      /* the number behind it; 0, 0: whatever comes */
} sharp_kernel;

static const sharp_kernel SHARP[] = {
    {"GE", "LUNG", 0, 0},      {"GE", "BONE", 0, 0},      {"SIEMENS", "B", 50, 99},
    {"SIEMENS", "BR", 60, 99}, {"SIEMENS", "BV", 60, 99}, {"SIEMENS", "BF", 60, 99},
    {"SIEMENS", "BL", 10, 99}, {"SIEMENS", "HR", 60, 99}, {"SIEMENS", "QR", 60, 99},
    {"SIEMENS", "UR", 60, 99}, {"SIEMENS", "I", 50, 99},  {"SIEMENS", "U", 70, 99},
    {"TOSHIBA", "FC", 50, 59}, {"CANON", "FC", 50, 59},
};

/* A number right behind the letters; what follows it (a speed, a strength) says nothing. */
static int read_number(const char *text)
{
    int number = 0;
    size_t i = 0;
    for (; i < 3 && isdigit((unsigned char) text[i]); i++)
        number = 10 * number + (text[i] - '0');
    return i == 2 ? number : -1;
}

static int is_named(const sharp_kernel *row, const char *kernel)
{
    size_t size = strlen(row->start);
    if (strncasecmp(kernel, row->start, size) != 0)
        return 0;
    if (row->from == 0)
        return 1;
    int number = read_number(kernel + size);
    return number >= row->from && number <= row->to;
}

int osarc_kernel_is_sharp(const char *manufacturer, const char *kernel)
{
    if (!manufacturer || !kernel)
        return 0;
    for (size_t i = 0; i < sizeof(SHARP) / sizeof(SHARP[0]); i++)
        if (strncasecmp(manufacturer, SHARP[i].maker, strlen(SHARP[i].maker)) == 0 &&
            is_named(&SHARP[i], kernel))
            return 1;
    return 0;
}
