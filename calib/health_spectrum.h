/* SPDX-License-Identifier: MIT */
/** @file health_spectrum.h
 *  Mean spectra of many elements at once, of samples that come in any blocks. */
#ifndef CPH_CALIB_HEALTH_SPECTRUM_H
#define CPH_CALIB_HEALTH_SPECTRUM_H

#include <stdbool.h>

#include "cophase/types.h"

typedef struct cph_health_spectra cph_health_spectra;

/** Errors: OVERFLOW, MEMORY, UNSUPPORTED. */
CPH_MUST_CHECK cph_status cph_health_spectra_create(cph_type type, size_t elements, size_t points,
                                                    cph_health_spectra **spectra);
void cph_health_spectra_destroy(cph_health_spectra *spectra);
/** Bytes of the heap; 0: too many. */
size_t cph_health_spectra_size(size_t elements, size_t points);

/** samples[t * ld + n] at times from `start` on, which rise. */
void cph_health_spectra_add(cph_health_spectra *spectra, uint64_t start, size_t times,
                            const void *samples, size_t ld);

/** Transforms that an element's spectrum is the mean of. */
size_t cph_health_spectra_segments(const cph_health_spectra *spectra, size_t element);

/** power[points] by frequency from -1/2 of the rate on, or, of real samples, [points / 2 + 1] from
 *  0 on; NaN where there is no segment. */
void cph_health_spectra_show(const cph_health_spectra *spectra, size_t element, bool real_sampling,
                             double *power);

/** How many of its samples an element's spectrum lets count; 1 where there are too few segments to
 *  tell. */
typedef struct cph_health_shares {
    double mirror;  /**< (mean S)^2 / mean(S(f) S(-f)), at most 1 */
    double fourths; /**< 1 over the sum over lags of the fourth power of the correlation of I */
} cph_health_shares;

/** About the mean. One call at a time. */
cph_health_shares cph_health_spectra_shares(const cph_health_spectra *spectra, size_t element);

#endif
