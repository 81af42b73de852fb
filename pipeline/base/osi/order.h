/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_ORDER_H
#define OSI_ORDER_H

/* For qsort, the least first. */

static inline int osi_by_double(const void *a, const void *b)
{
    double x = *(const double *) a;
    double y = *(const double *) b;
    return (x > y) - (x < y);
}

static inline int osi_by_float(const void *a, const void *b)
{
    float x = *(const float *) a;
    float y = *(const float *) b;
    return (x > y) - (x < y);
}

#endif
