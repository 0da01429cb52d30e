/* SPDX-License-Identifier: MIT */
/** @file simulate.h
 *  Captures of a known sky through a known array: x_n(t) = g_n sum_s a_n(u_s) s(t) + noise_n(t),
 *  or sum_m K_nm a_m in place of a_n where elements couple, with steering vectors a of one
 * frequency (narrow band: no delays) and circular white Gaussian sources and noise. And readings of
 *  calibrations. */
#ifndef COPHASE_SIMULATE_H
#define COPHASE_SIMULATE_H

#include <stdbool.h>

#include "cophase/array.h"
#include "cophase/data.h"
#include "cophase/exec.h"
#include "cophase/readings.h"

CPH_BEGIN_DECLS

/** A far-field source: white circular noise of the band, independent of the others. */
typedef struct cph_sim_source {
    double direction[3]; /**< array frame */
    double power;        /**< per element of unit gain, relative to the noise power (SNR or INR) */
    bool jammer;         /**< words only */
    bool silent;         /**< nothing of it is heard; its power counts for the scale */
} cph_sim_source;

typedef enum cph_dead_mode { CPH_DEAD_ZERO, CPH_DEAD_NOISE } cph_dead_mode;

/** What lies over the elements: each has its own loss and lag, receives through it, and couples to
 *  no other by it. Zeros are no cover. */
typedef struct cph_sim_cover {
    double loss_db[2]; /**< spread evenly between both, 0 <= first <= second */
    double phase_rad;  /**< standard deviation of the Gaussian lag over covers; over the elements of
                            one it is less where grain_m is not small against the array, which then
                            shares most of its lag */
    double grain_m;  /**< what is random in lag and wetness is alike over such lengths (correlation
                          exp(-d^2 / 2 grain^2)); 0: every element has its own */
    double tilt_rad; /**< a wedge: waves seem to come from so much (of sines, about boresight)
                          further toward the azimuth toward_rad */
    double toward_rad;      /**< from x toward y */
    double ripple_db;       /**< standing waves: losses go up and down by that along toward_rad */
    double ripple_m;        /**< from crest to crest */
    double wet_db, wet_rad; /**< further loss and lag of what is wet */
    double wet_share;       /**< of the elements: those of the highest of a random field */
    uint64_t seed;
} cph_sim_cover;

/** factor [N], by which gains become those under the cover: 10^(-loss/20) exp(-j lag). Lags are
 *  those at reference_hz and grow with frequency, as paths do. position [N][3] metres, of which x
 *  and y count. Errors: ARGUMENT (a number out of range: losses within 100 dB, phases within
 *  1000 rad, a tilt within a quarter turn, ripple without its length), NOT_FINITE (a position),
 *  MEMORY, OVERFLOW; factor is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_cover(const cph_sim_cover *cover, size_t elements,
                                                     const double *position, double freq_hz,
                                                     double reference_hz, cph_c64 *factor);

typedef struct cph_sim_config {
    const cph_array *array;
    double freq_hz, sample_rate_hz;
    size_t sources;
    const cph_sim_source *source;
    size_t samples;
    cph_type type;
    double gain_error_db, gain_error_rad; /**< rms of Gaussian errors */
    double delay_error_s;                 /**< rms of Gaussian delays, as of cables: gains turn by
                                               exp(-j 2 pi (freq_hz - delay_freq_hz) delay) */
    double delay_freq_hz;                 /**< where they turn nothing; 0: at freq_hz */
    const cph_sim_cover *cover;           /**< over the elements, its lags those at delay_freq_hz;
                                               NULL: none */
    size_t channel; /**< of captures of several channels, each by a call of its own with its
                         freq_hz: decides the random numbers of its samples, not the gains */
    const cph_c64 *coupling; /**< [N][N] K, a row a receiving element; NULL: the unit matrix. Dead
                                  elements couple as others do */
    bool in_turn; /**< sources are heard one after the other, each for its share of the samples, the
                       first ones for one more where shares are not whole */
    const size_t *dead; /**< element indices */
    size_t dead_count;
    cph_dead_mode dead_mode; /**< samples all zero, or receiver noise alone */
    const size_t *weak;      /**< elements whose gain is 20 dB down */
    size_t weak_count;
    double full_scale_sigma; /**< integer types: full scale over the rms of one part of the total
                                  power; 0: 6 */
    uint64_t seed;
} cph_sim_config;

/** True complex gains [N], as cph_simulate_block uses them: amplitude in dB and phase Gaussian with
 *  the rms asked for, turned by delays, weak elements 20 dB down, under the cover, NaN for dead
 *  ones. Errors: ARGUMENT (a number out of range or not finite, an element that the array lacks,
 *  samples of all channels beyond 2^63), MISSING (no positions), those of cph_simulate_cover. */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_gains(const cph_sim_config *config, cph_c64 *gain);

/** True delays [N] in seconds, NaN for dead elements: a delayed signal comes late. The same
 * whatever freq_hz and channel; gains without delays are the same with and without them. Errors:
 * those of cph_simulate_gains. */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_delays(const cph_sim_config *config,
                                                      double *delay_s);

/** Value of one integer step (signal = scale * sample) where noise power is 1; 1 for c32. */
CPH_API double cph_simulate_scale(const cph_sim_config *config);

/** samples[times][N] of type config->type from sample `start` on (start + times at most
 *  config->samples), rounded to nearest, saturated; the same whatever the split into blocks and the
 *  threads. exec may be NULL. Work space on the heap of about (sources + threads) N samples of c32.
 *  Errors: those of cph_simulate_gains, OVERFLOW, MEMORY, NOT_FINITE (a position or direction). */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_block(const cph_sim_config *config,
                                                     const cph_exec *exec, size_t start,
                                                     size_t times, void *samples);

/** What a receiver or meter makes of readings whose rest is filled in. */
typedef struct cph_sim_meter {
    double noise; /**< rms: of a power reading, over the power of all at rest; of a reading under
                       codes, sqrt E|n|^2 in units of the signal; of a field or of
                       couplings, over their rms; not negative */
    double leak;  /**< readings under codes: power of what reaches the receiver whatever the code */
    uint64_t seed;
} cph_sim_meter;

/** readings->power, and sigma of it, from the field truth_n signal_n (0 where truth is NaN) of each
 *  element: |sum of all + (s - 1) sum of the members|^2 and Gaussian noise. state: what the states
 *  are in fact, [tables][M]; NULL: readings->state. Errors: ARGUMENT (no truth; noise below 0),
 *  SINGULAR (all at rest make no power), NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_power(const cph_sim_meter *meter,
                                                     const cph_c64 *state,
                                                     cph_rev_readings *readings);

/** readings->reading, and sigma of it: sum_n code_kn response_ns truth_n signal_n, a leak of random
 *  phase and circular Gaussian noise. code: what the codes are in fact, [K][signs][N]; NULL:
 *  readings->code, or Sylvester's. response: of each element in each state over rest, [S][N]; NULL:
 *  readings->state. Errors: ARGUMENT, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_codes(const cph_sim_meter *meter,
                                                     const cph_c64 *code, const cph_c64 *response,
                                                     cph_coded_readings *readings);

/** readings->field, and sigma of it (meter->noise times the rms of the field), from truth (0 where
 *  NaN): sum g cos(angle from z)^q exp(-j k R)/R, q that of elements and probe together, and
 *  circular Gaussian noise. Errors: ARGUMENT (no truth, spacing, frequency; elements not below the
 *  plane; noise below 0), MISSING (positions), MEMORY, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_field(const cph_sim_meter *meter,
                                                     cph_near_field_readings *readings);

/** Elements whose surroundings are not those of the others. */
typedef struct cph_sim_edge {
    const unsigned char *at;    /**< [N] not 0: of the edge; NULL: none is */
    double error_db, error_rad; /**< rms deviation of every coupling that they take part in */
} cph_sim_edge;

/** readings->s, and sigma of it (meter->noise times the rms of what is coupled), from the truth of
 *  both paths (0 where NaN): r_k c(r_k - r_n) t_n and circular Gaussian noise, NaN on the diagonal.
 *  c(d) = 0.1 (d / half a wavelength)^-1.5 (1 + 0.4 cos 2 phi + 0.2 sin 2 phi) exp(-j k d), phi the
 *  angle of d in x and y: an invention that falls, turns and depends on orientation as couplings
 *  do. Deviations are the same both ways. edge may be NULL. Errors: ARGUMENT (no truth, frequency;
 *  noise below 0), MISSING (positions), MEMORY, NOT_FINITE (elements that stand together). */
CPH_MUST_CHECK CPH_API cph_status cph_simulate_coupling(const cph_sim_meter *meter,
                                                        const cph_sim_edge *edge,
                                                        cph_coupling_readings *readings);

CPH_END_DECLS

#endif
