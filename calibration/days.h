/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_DAYS_H
#define CALIBRATION_DAYS_H

/** Days since 1970-01-01 of a date written YYYY-MM-DD; 1 on success, 0 for what is no date. */
int days_of(const char *date, long *days_out);

#endif
