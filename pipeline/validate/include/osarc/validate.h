/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_VALIDATE_H
#define OSARC_VALIDATE_H

/**
 * @file validate.h
 * How well numbers, classes and masks agree with a reference, and a device with itself.
 */

#include <osarc/agreement.h>
#include <osarc/overlap.h>
#include <osarc/quality_control.h>

#endif
