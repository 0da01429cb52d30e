/* SPDX-License-Identifier: MIT */
/** @file gps.h
 *  Satellites of GPS in samples of L1: their C/A codes (IS-GPS-200), where they stand, how strong.
 */
#ifndef CPH_TESTS_GPS_H
#define CPH_TESTS_GPS_H

#include "cophase/types.h"

enum {
    GPS_PRNS = 32,
    GPS_CHIPS = 1023,
    GPS_CHIP = 8,                      /**< samples of a chip */
    GPS_PERIOD = GPS_CHIPS * GPS_CHIP, /**< samples of a code, 1 ms */
};

typedef struct gps_satellite {
    int prn;           /**< 1 to GPS_PRNS */
    size_t lag;        /**< a code begins at this sample, below GPS_PERIOD */
    double doppler_hz; /**< beside the intermediate frequency */
    double snr;        /**< after correlation, mean of the elements */
} gps_satellite;

/** Samples of several elements. */
typedef struct gps_samples {
    size_t elements, times;
    double rate_hz, if_hz;
    size_t start;     /**< sample of the recording that x begins at */
    const cph_c64 *x; /**< [elements][times] */
} gps_samples;

/** chip [GPS_CHIPS] of +-1. */
void gps_code(int prn, double *chip);

/** The satellites of the first 2 ms, strongest first, into found [GPS_PRNS]; 0 when memory ran out.
 */
size_t gps_find(const gps_samples *s, gps_satellite *found);

/** Sum over samples [from, to) of an element, less carrier and code. */
cph_c64 gps_prompt(const gps_samples *s, size_t element, const gps_satellite *sat, size_t from,
                   size_t to);

/** The sample of s at which a data bit turns the code, one of its epochs or s->times (none): what
 *  makes the power of 2 ms, summed over the elements, largest. s->times >= 2 GPS_PERIOD. */
size_t gps_turn(const gps_samples *s, const gps_satellite *sat);

/** Power at the satellite's lag over the mean of those more than 2.5 chips away, mean of 2 ms,
 * each coherent: over more, what is left of the code away from its peak (1/1023 of it) outgrows
 * noise. */
double gps_snr(const gps_samples *s, size_t element, const gps_satellite *sat, size_t turn);

#endif
