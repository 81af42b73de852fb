/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_spine.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <osi/text.h>

/*
 * Kernels that makers name for bone, lung and inner ear. What such kernels do to density:
 * Giambini 2015, J Biomech Eng 137:114502. Names as in the operating manuals of the makers;
 * Siemens numbers sharpness, and from 60 on means lung and bone.
 */
typedef struct sharp_kernel {
    const char *maker; /* begins so, in any case */
    const char *start; /* of the kernel's name */
    int from, to;      /* the number behind it; 0, 0: none is asked for, the name is whole */
} sharp_kernel;

static const sharp_kernel SHARP[] = {
    {"GE", "LUNG", 0, 0},      {"GE", "BONE", 0, 0},      {"GE", "BONEPLUS", 0, 0},
    {"GE", "EDGE", 0, 0},      {"GE", "ULTRA", 0, 0},     {"SIEMENS", "B", 60, 99},
    {"SIEMENS", "BR", 60, 99}, {"SIEMENS", "BV", 60, 99}, {"SIEMENS", "BF", 60, 99},
    {"SIEMENS", "BL", 56, 99}, {"SIEMENS", "H", 60, 99},  {"SIEMENS", "HR", 60, 99},
    {"SIEMENS", "I", 60, 99},  {"SIEMENS", "J", 60, 99},  {"SIEMENS", "QR", 60, 99},
    {"SIEMENS", "U", 60, 99},  {"SIEMENS", "UR", 60, 99}, {"SIEMENS", "S", 80, 99},
    {"PHILIPS", "D", 0, 0},    {"PHILIPS", "E", 0, 0},    {"PHILIPS", "L", 0, 0},
    {"PHILIPS", "YA", 0, 0},   {"PHILIPS", "YB", 0, 0},   {"PHILIPS", "YC", 0, 0},
    {"PHILIPS", "YD", 0, 0},   {"PHILIPS", "YE", 0, 0},   {"TOSHIBA", "FC", 30, 39},
    {"TOSHIBA", "FC", 50, 59}, {"TOSHIBA", "FC", 80, 89}, {"CANON", "FC", 30, 39},
    {"CANON", "FC", 50, 59},   {"CANON", "FC", 80, 89},
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
        return kernel[size] == '\0' || kernel[size] == '\\' || kernel[size] == ' ';
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
