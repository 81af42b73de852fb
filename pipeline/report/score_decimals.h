/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_SCORE_DECIMALS_H
#define REPORT_SCORE_DECIMALS_H

/* With how many decimals a T-score is printed: `least`, or more where it would be rounded to the
 * other side of a limit of its classes, or onto it. */
int score_decimals(double score, int least);

#endif
