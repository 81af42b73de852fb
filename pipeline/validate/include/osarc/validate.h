/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_VALIDATE_H
#define OSARC_VALIDATE_H

/**
 * @file validate.h
 * How well numbers, classes and masks agree with a reference.
 */

#include <osarc/agreement.h>
#include <osarc/overlap.h>

#endif
