/* SPDX-License-Identifier: MIT */
/** @file health.h
 *  How the samples of each element look: level, offset, imbalance of I and Q, kurtosis, spectrum;
 * of blocks in any number, whose sizes change no bit. What follows from powers alone (dead, weak,
 * hot) is in calib.h. */
#ifndef COPHASE_HEALTH_H
#define COPHASE_HEALTH_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_health_config {
    cph_type type;
    bool real_sampling; /**< imaginary parts are 0 and say nothing */
    size_t elements;    /**< N >= 1 */
    size_t channels;    /**< C >= 1, all of them; moments are those of each channel, put together */
    size_t group;       /**< G, 1 to C: channels that are added side by side */
    size_t points;      /**< of the spectrum: 0 (none) or a power of two from 8 to 4096. Of one
                             channel by transforms of so many samples (Hann's window, one behind the
                             other); of several the power of each, at most so many columns */
    size_t batch;       /**< B, from which the error of the mean is found: 0 (samples count as
                             independent) or even, from 8 to 2^20 */
    double independent; /**< share of times that count as independent, as of oversampled channels;
                             0: all */
} cph_health_config;

/** What the samples of an element show. In units of the samples; NaN where they do not tell. */
typedef struct cph_vitals {
    uint64_t count;            /**< samples looked at, over all channels */
    uint64_t full_scale;       /**< of these with a part at the limit of an integer type */
    uint64_t not_finite;       /**< left out of everything else */
    size_t segments;           /**< transforms that the spectrum is the mean of */
    double effective;          /**< independent samples that the mean is worth: see
                                    cph_health_vitals */
    double power;              /**< E|x|^2, the offset's with it */
    double peak;               /**< largest |part| */
    cph_c64 offset;            /**< E[x]; of real samples im is NaN */
    double offset_sigma;       /**< standard error of a part, root mean square of both */
    double iq_gain;            /**< rms of Q over that of I, about their means */
    double iq_gain_sigma;      /**< relative */
    double iq_phase_rad;       /**< I = cos(a), Q = sin(a + phase) */
    double iq_phase_sigma_rad; /**< standard error */
    double image;              /**< amplitude of the image over the signal's, as |w| of receiver.h;
                                    1: one of I and Q is dead */
    double kurtosis[2];        /**< E[y^4]/E[y^2]^2 - 3 of I and of Q about their means: 0 Gaussian,
                                    -1.5 sine, -2 two levels; of real samples the second is NaN */
    double kurtosis_sigma;     /**< standard error of each, of a Gaussian */
} cph_vitals;

/** Sums over samples. */
typedef struct cph_health_meter cph_health_meter;

/** Errors: ARGUMENT, OVERFLOW, MEMORY, UNSUPPORTED (points of one channel in a build without FFTW).
 */
CPH_MUST_CHECK CPH_API cph_status cph_health_meter_create(const cph_health_config *config,
                                                          cph_health_meter **meter);
CPH_API void cph_health_meter_destroy(cph_health_meter *meter);
/** Bytes that one takes of the heap; 0: too large or not to be had. */
CPH_API size_t cph_health_meter_size(const cph_health_config *config);

/** Adds samples[t * ld + n] (aligned to the part) of channel `lane` of the group at times
 *  [start, start + times), which rise from call to call; where they do not follow the last one of
 *  this lane, the spectrum begins a new segment. Errors: ARGUMENT, OVERFLOW; nothing was added
 *  then. */
CPH_MUST_CHECK CPH_API cph_status cph_health_meter_add(cph_health_meter *meter, size_t lane,
                                                       uint64_t start, size_t times,
                                                       const void *samples, size_t ld);

/** The group is complete: lane l was channel first + l. Lanes are empty thereafter, the next group
 *  may follow. ARGUMENT where there are no such channels. */
CPH_MUST_CHECK CPH_API cph_status cph_health_meter_fold(cph_health_meter *meter, size_t first);

/** Of an element, from the groups folded. Moments are summed about the first sample and put about
 *  the mean after: relative error 1e-12 unless that sample, or the mean of a channel's I or Q,
 *  lies more than 100 standard deviations off the other. Of several channels, variances are
 *  means over all samples, kurtosis is the mean of each channel's (unbiased for Gaussians: Joanes &
 *  Gill, The Statistician 47 p. 183, 1998, G2).
 *
 *  Gain and phase of Q against I are those of variances and covariance of both; standard errors by
 *  the delta method from all fourth moments: 1/sqrt(K) for circular Gaussians of K independent
 *  samples. Where noise does not fill the band, K is the number of samples over the sum over lags
 *  of the squared correlation coefficient r^2 (not |r|^2: an image falls on the mirrored
 *  frequency), which is (mean S)^2 / mean(S(f) S(-f)) of the spectrum S, at most all samples
 *  (Bartlett's formula for Gaussian processes; lines scatter less than that). Kurtosis: 24 over the
 *  number of samples times the sum over lags of the fourth power of the correlation of I. Of fewer
 *  than 8 segments all samples count.
 *
 *  The offset's variance is that of a mean, S(0) over the number of samples, and what lines let in
 *  at the ends of each stretch: from the scatter of batches under Hann's window, each half
 *  of one a new one, and from running sums (calib/health_mean.h). It sees a spectrum that is even
 *  over 2 / B of the rate about 0 Hz; the noise between lines within that is not told from them.
 *  Of fewer than 8 batches all samples count. `effective` is what it makes of the power about the
 *  mean: less than all samples in noise about 0 Hz, more beside it. One call at a time. Errors:
 *  ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_health_vitals(const cph_health_meter *meter, size_t element,
                                                    cph_vitals *vitals);

/** Columns of the spectrum: points of complex samples, points / 2 + 1 of real ones, of several
 *  channels the lesser of their number and points. */
CPH_API size_t cph_health_columns(const cph_health_meter *meter);

/** power[columns] of an element: of one channel, frequencies k / points of the sampling rate, from
 *  -1/2 on, of real samples from 0 to 1/2; they add up to E|x|^2 of what was transformed. Of
 * several channels E|x|^2, column k the mean of the channels c with floor(c columns / C) = k. NaN
 * where nothing was added. ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_health_spectrum(const cph_health_meter *meter, size_t element,
                                                      double *power);

/** What to point at: each of these is beyond chance and beyond what does harm. */
typedef struct cph_suspect_limits {
    double clipped;   /**< share of samples at the limits of the type: 1e-3; of a Gaussian, clipping
                           then adds -42 dB, about what rounding to 8 bits does */
    double offset;    /**< |E x|^2 over the rest of the power: 0.01; it correlates between elements
                           as a source of that SNR does */
    double image;     /**< power of the image over the signal's: 1e-3, a gain of 0.55 dB or 3.6
                           degrees */
    double kurtosis;  /**< either sign: 0.5; a sine has that where it holds 58 % of the power */
    double sigmas;    /**< 5 standard errors, of offset, image and kurtosis (of 3 ln((3 + k) / 3),
                           whose errors are those of k and less skewed) */
    uint64_t samples; /**< 32: of fewer, standard errors are no guide, and nothing is suspected */
} cph_suspect_limits;

/** The values above. */
CPH_API cph_suspect_limits cph_suspect_defaults(void);

enum {
    CPH_SUSPECT_CLIPPED,
    CPH_SUSPECT_OFFSET,
    CPH_SUSPECT_IMAGE,
    CPH_SUSPECT_KURTOSIS, /**< of integers above 3 alone: fewer levels cannot be Gaussian */
    CPH_SUSPECTS
};

/** Whether there are samples enough to suspect anything by. */
CPH_API bool cph_health_judged(const cph_vitals *vitals, const cph_suspect_limits *limits);

/** A bit (1 << CPH_SUSPECT_...) for each; 0: none. */
CPH_API unsigned cph_health_suspect(const cph_vitals *vitals, cph_type type,
                                    const cph_suspect_limits *limits);

/** "clipped", "dc", "iq", "not-gaussian"; NULL for another number. */
CPH_API const char *cph_suspect_name(unsigned suspect);

CPH_END_DECLS

#endif
