/* SPDX-License-Identifier: MIT */
/** @file estimate_parts.h
 *  Small parts of solvers that give one gain an element. */
#ifndef CPH_CALIB_ESTIMATE_PARTS_H
#define CPH_CALIB_ESTIMATE_PARTS_H

#include <math.h>
#include <stdbool.h>

#include "cophase/estimate.h"
#include "kernels/core/c64.h"

static inline bool cph_estimate_complete(const cph_gain_estimate *e)
{
    return e != NULL && e->gain != NULL && e->phase_sigma != NULL && e->amplitude_sigma != NULL &&
           e->flag != NULL;
}

/** Element n has no answer, for this reason. */
static inline void cph_estimate_drop(cph_gain_estimate *e, size_t n, cph_flag flag)
{
    e->gain[n].re = e->gain[n].im = e->phase_sigma[n] = e->amplitude_sigma[n] = (double)NAN;
    e->flag[n] = (unsigned char)flag;
}

/** Element n has this gain, whose real and imaginary part have this variance each. */
static inline void cph_estimate_keep(cph_gain_estimate *e, size_t n, cph_c64 gain, double variance)
{
    e->gain[n] = gain;
    e->phase_sigma[n] = e->amplitude_sigma[n] = sqrt(variance / cph_c64_power(gain));
    e->flag[n] = CPH_FLAG_NONE;
}

#endif
