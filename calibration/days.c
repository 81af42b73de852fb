/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "days.h"

#include <string.h>

static int digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++)
        value = 10 * value + (text[i] - '0');
    return value;
}

int days_of(const char *date, long *days_out)
{
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    *days_out = 0;
    if (!date || strlen(date) != 10)
        return 0;
    for (size_t i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? date[i] != '-' : date[i] < '0' || date[i] > '9')
            return 0;
    int year = digits(date, 4);
    int month = digits(date + 5, 2);
    int day = digits(date + 8, 2);
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1970 || month < 1 || month > 12 || day < 1 ||
        day > LENGTHS[month - 1] + (leap && month == 2))
        return 0;
    long before = year - 1;
    long days = 365L * (year - 1970) + (before / 4 - before / 100 + before / 400) -
                (1969 / 4 - 1969 / 100 + 1969 / 400);
    for (int m = 1; m < month; m++)
        days += LENGTHS[m - 1] + (leap && m == 2);
    *days_out = days + day - 1;
    return 1;
}
