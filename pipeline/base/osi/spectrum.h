/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_SPECTRUM_H
#define OSI_SPECTRUM_H

/* Fourier transforms; the only place that knows FFTW. Not for several threads at once. */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

typedef struct osi_spectrum osi_spectrum;

/** A transform of squares of `side` values a side, 4 to 1024. The caller frees it. */
OSARC_MUST_CHECK osarc_status osi_spectrum_create(osi_spectrum **out, size_t side,
                                                  osarc_error *err);

/** The square to fill, row by row, before osi_spectrum_power; side * side values. Borrowed. */
double *osi_spectrum_square(osi_spectrum *spectrum);

/**
 * Adds the power of the square's frequencies to bins: bin b gets what lies at b/side to (b+1)/side
 * cycles a sample, whatever the direction; beyond side/2 bins nothing is added. The mean of the
 * square does not count. The square is left as it is.
 */
void osi_spectrum_power(osi_spectrum *spectrum, double *bins);

/** NULL is allowed. */
void osi_spectrum_free(osi_spectrum *spectrum);

/** Waves of a real volume: the half along x that does not mirror the other. */
#define OSI_WAVES(size) ((size)[2] * (size)[1] * ((size)[0] / 2 + 1))

/**
 * Waves of a volume, as real and imaginary parts in turn: 2 * OSI_WAVES(size) values, x fastest.
 * The volume is left as it is. Each side 1 to 1024.
 */
OSARC_MUST_CHECK osarc_status osi_spectrum_waves(double *waves_out, double *volume,
                                                 const size_t size[3], osarc_error *err);

/** The volume of waves, the sum over all of them without a factor. The waves are destroyed. */
OSARC_MUST_CHECK osarc_status osi_spectrum_volume(double *volume_out, double *waves,
                                                  const size_t size[3], osarc_error *err);

OSARC_END_DECLS

#endif
