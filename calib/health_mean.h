/* SPDX-License-Identifier: MIT */
/** @file health_mean.h
 *  How far the mean of coloured samples is off, from samples that come in any blocks.
 *
 *  Batches of B samples under Hann's window, every half of one a new one: the variance of their
 *  weighted means about each other is S(0), the power density at frequency 0, over 2 B / 3 (Welch,
 *  IEEE Trans. Audio Electroacoust. 15 p. 70, 1967), where S is even over 2 / B of the rate; lines
 *  further out than that don't get through the window. The mean of T samples then scatters by
 *  S(0) / T and by what the plain mean lets in of such lines at either end of each of R stretches:
 *  a line of power P and frequency f by R P / (2 T^2 sin^2(pi f)), over all phases. That is
 *  2 R / T^2 times the variance of the running sum of samples, which a straight line is taken out
 *  of in every half of a batch; the running sum of noise itself adds 2 / 15 of half a batch over T
 * / R to S(0). */
#ifndef CPH_CALIB_HEALTH_MEAN_H
#define CPH_CALIB_HEALTH_MEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CPH_HEALTH_TILE = 16 }; /**< elements whose sums stay in the first-level cache */

/** Of the elements of a tile; zero is none. Parts are re, im. */
typedef struct cph_mean_tile {
    double sum[2][CPH_HEALTH_TILE];       /**< of the half batch at hand */
    double rising[2][CPH_HEALTH_TILE];    /**< of it under the window's first half */
    double walk[2][CPH_HEALTH_TILE];      /**< its running sum, summed */
    double slope[2][CPH_HEALTH_TILE];     /**< and by the time from its middle */
    double square[CPH_HEALTH_TILE];       /**< of the running sum */
    bool broken[CPH_HEALTH_TILE];         /**< it has samples that don't count */
    unsigned char chain[CPH_HEALTH_TILE]; /**< whole halves behind it, 2: or more */
    double before[2][CPH_HEALTH_TILE];    /**< the last one's `rising` */
    double batches[CPH_HEALTH_TILE], pairs[CPH_HEALTH_TILE];  /**< those that overlap */
    double all[2][CPH_HEALTH_TILE], squares[CPH_HEALTH_TILE]; /**< of batches */
    double halves[CPH_HEALTH_TILE], swing[CPH_HEALTH_TILE];   /**< variances of running sums */
} cph_mean_tile;

/** Where the samples of a lane have got to; zero is nowhere. */
typedef struct cph_mean_clock {
    uint64_t next; /**< the time that would follow */
    size_t filled; /**< samples of the half at hand */
    size_t runs;   /**< stretches so far */
} cph_mean_clock;

/** window[half]: the first half of Hann's of 2 half points, sin^2. */
void cph_mean_window(size_t half, double *window);

/** Samples from `start` on are next; true where they don't follow: cph_mean_drop is due. */
bool cph_mean_seek(cph_mean_clock *clock, uint64_t start);
void cph_mean_drop(cph_mean_tile *tile);

/** Sample `at` of a half with window[half], of each element about the same origin in all of them.
 */
void cph_mean_add(size_t half, const double *window, size_t at, const double *re, const double *im,
                  cph_mean_tile *tile);
/** A half is complete. */
void cph_mean_finish(size_t half, cph_mean_tile *tile);

/** Variance of the sum of `count` samples of element n, both parts together; NaN: there are not
 *  two batches to tell it from. */
double cph_mean_variance(const cph_mean_tile *tile, size_t n, size_t half, double count,
                         size_t runs);

#endif
