/* SPDX-License-Identifier: MIT */
/** @file interference.h
 *  Interference in time and frequency: which dumps of which channels to leave out, by their power.
 */
#ifndef COPHASE_INTERFERENCE_H
#define COPHASE_INTERFERENCE_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_interference_config {
    size_t times, channels; /**< T, C: 8 at least of one of them */
    const double *power; /**< [T][ld] above 0, in any unit: of the array, as cph_interference_power
                              makes it. What is not finite or not above 0 is ABSENT */
    size_t ld;
    const unsigned char *flag; /**< [T][C] not 0: ABSENT; or NULL */
    double threshold;          /**< standard deviations that a single excess must reach */
    size_t longest; /**< longest run that is looked at as one: 1 to 256, a power of two */
    double spread;  /**< 0 to below 1: a run of which all but this share was found is left out */
    size_t smooth;  /**< what is narrower than half of so many times or channels is no part of
                         the trend or of a bandpass: odd, 3 at least */
} cph_interference_config;

/** 6 standard deviations, runs of up to 32, a fifth, trends over 31. */
CPH_API cph_interference_config cph_interference_defaults(void);

/** Why a dump of a channel is left out. */
typedef enum cph_interference_mark {
    CPH_INTERFERENCE_NONE,
    CPH_INTERFERENCE_ABSENT,   /**< nothing was measured */
    CPH_INTERFERENCE_CHANNEL,  /**< the channel stands out at all times */
    CPH_INTERFERENCE_FOUND,    /**< too much power, by itself or with its neighbours */
    CPH_INTERFERENCE_EXTENDED, /**< in the midst of what was found */
    CPH_INTERFERENCE_COUNT
} cph_interference_mark;

/** The answer; the caller gives the arrays. */
typedef struct cph_interference_result {
    unsigned char *mark; /**< [T][C] cph_interference_mark */
    double *excess; /**< [T][C] power over what is expected, less 1, in standard deviations; NaN
                         where ABSENT; or NULL */
    double sigma;   /**< of relative power without interference */
    size_t count[CPH_INTERFERENCE_COUNT];
} cph_interference_result;

/** Power of an array [channels] at one time: the median over unflagged elements of R_nn over
 *  reference[n], so that single bad elements do not count. r [C][N][ld] covariances with their
 *  diagonal; reference [C][N] powers (those of a first time, say), flag [N] or NULL. NaN where no
 *  element has a power. Errors: ARGUMENT, OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_interference_power(size_t channels, size_t elements,
                                                         const cph_c64 *r, size_t ld,
                                                         const double *reference,
                                                         const unsigned char *flag, double *power);

/** Background: bandpass (median over times; over neighbouring channels where there are few times)
 *  times trend (running median over times of the median over channels). Channels whose bandpass
 *  stands out from its neighbours by the threshold are left out at all times. Then sums of 1, 2, 4,
 *  ... neighbours in time and in frequency against falling thresholds, threshold / 1.5^log2(M) for
 *  the mean of M, what was found before counting as just the threshold (SumThreshold; Offringa et
 *  al., MNRAS 405 p. 155, 2010), and the scale-invariant rank operator (Offringa, van de Gronde &
 *  Roerdink, A&A 539 A95, 2012). The standard deviation is 1.4826 times the median deviation.
 *  All of it twice, the second time with a background of what was not found.
 *  Noise alone: by the defaults some 3 of 1e6 runs of 32 are taken for interference, fewer of
 *  shorter ones, and less than one power in 1000 is lost. Neighbours of weak interference are left
 * out with it where the mean of a run is too high. A power that steps up for more than `smooth`
 * times is taken for a change of gain. Errors: ARGUMENT, TOO_FEW (under 8 times and channels; under
 * 8 powers), OVERFLOW, MEMORY; *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_interference_find(const cph_interference_config *config,
                                                        cph_interference_result *result,
                                                        cph_error *error);

CPH_END_DECLS

#endif
