/* SPDX-License-Identifier: MIT */
/** @file prototype.h
 *  Prototypes of filter banks: a sinc in a Kaiser window. */
#ifndef COPHASE_CHANNELIZE_PROTOTYPE_H
#define COPHASE_CHANNELIZE_PROTOTYPE_H

#include <stddef.h>

/** Attenuations beyond it are not kept by floats. */
#define CPH_PROTOTYPE_MOST_DB 140.0

/** Kaiser's shape of a window for an attenuation. */
double cph_kaiser_beta(double attenuation_db);

/** The window at s in [-1, 1] of its half-width; 0 from there on. */
double cph_kaiser(double beta, double s);

/** sin(pi x)/(pi x). */
double cph_sinc(double x);

/** h [M T] about M T / 2, sum 1: half the amplitude at `cutoff` channels, a transition of `width`
 *  channels. */
void cph_prototype_design(size_t channels, size_t taps, double cutoff, double width, float *h);

/** H at `offset` channels: sum h[i] cos(2 pi offset (i - M T / 2)/M). */
double cph_prototype_response(size_t channels, size_t length, const float *h, double offset);

/** Largest |H| over [from, to] channels, or with a level of 1 the largest |H - 1|, by 8 samples a
 *  lobe. */
double cph_prototype_largest(size_t channels, size_t taps, const float *h, double level,
                             double from, double to);

/** What D samples apart of white noise through h are worth: the share of them that as many
 *  independent ones would tell as much of its power. 1 / sum of squared autocorrelations. */
double cph_prototype_independent(size_t length, const float *h, size_t step);

#endif
