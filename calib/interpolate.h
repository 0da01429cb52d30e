/* SPDX-License-Identifier: MIT */
/** @file interpolate.h
 *  Band-limited interpolation between samples. */
#ifndef CPH_CALIB_INTERPOLATE_H
#define CPH_CALIB_INTERPOLATE_H

/** Samples on either side that take part. */
enum { CPH_INTERPOLATE_SIDE = 32 };

/** Weight of a sample at this distance: sinc(x) under the window exp(10 (sqrt(1 - y^2) - 1)), y = x
 *  over one sample more than the side (Barnett, Magland & af Klinteberg, SIAM J. Sci. Comput. 41
 *  C479, 2019: as good as Kaiser's, without Bessel functions), zero beyond. Signals within
 *  |f| < 0.45 of the rate are met to 1e-5 of their size. */
double cph_interpolate_weight(double distance);

/** Its derivative. */
double cph_interpolate_slope(double distance);

#endif
