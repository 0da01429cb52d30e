/* SPDX-License-Identifier: MIT */
/** @file health_moments.h
 *  Moments of pairs (I, Q) up to the fourth order, and what they add up to over channels. */
#ifndef CPH_CALIB_HEALTH_MOMENTS_H
#define CPH_CALIB_HEALTH_MOMENTS_H

#include "calib/health_spectrum.h"
#include "cophase/health.h"

/** Sums of x^j y^k, 1 <= j + k <= 4, in this order. */
enum {
    CPH_SUM_10,
    CPH_SUM_01,
    CPH_SUM_20,
    CPH_SUM_11,
    CPH_SUM_02,
    CPH_SUM_30,
    CPH_SUM_21,
    CPH_SUM_12,
    CPH_SUM_03,
    CPH_SUM_40,
    CPH_SUM_31,
    CPH_SUM_22,
    CPH_SUM_13,
    CPH_SUM_04,
    CPH_SUMS
};

/** What channels of an element add up to; zero is none. */
typedef struct cph_health_total {
    uint64_t full_scale, not_finite;
    double count;         /**< finite samples */
    double peak;          /**< largest |part| */
    cph_c64 sum;          /**< of samples */
    double power;         /**< of |sample|^2 */
    double ii, iq, qq;    /**< count times variances and covariance */
    double spread;        /**< count times the square of ii + qq of each channel */
    double weight;        /**< count of the channels in the following */
    double e40, e31, e22; /**< count times fourth moments of parts of variance 1 */
    double e13, e04;
    double kurtosis[2]; /**< count times it */
    double judged[2];   /**< count of the channels in it */
    double wander;      /**< variances of sums of samples */
    double loose;       /**< what they would be of independent samples, where they are not known */
    double batches;     /**< behind `wander` */
} cph_health_total;

/** A channel's sums about an origin (CPH_SUMS of them, `stride` apart) over `count` > 0 samples,
 *  and the variance of the sum of its samples (NaN: not known); returns their mean |sample|^2. */
double cph_health_total_add(cph_health_total *total, const double *sum, size_t stride, double count,
                            cph_c64 origin, double variance);

/** All but segments. These shares of the samples count, `independent` where the variance of their
 *  sum is not known. */
void cph_health_total_show(const cph_health_total *total, cph_health_shares shares,
                           double independent, bool real_sampling, cph_vitals *vitals);

#endif
