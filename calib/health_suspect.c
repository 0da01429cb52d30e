/* SPDX-License-Identifier: MIT */
/* Which samples to point at. */
#include <math.h>

#include "cophase/health.h"

/* The least largest part of integers whose levels can tell a Gaussian. */
static const double levels = 4.0;

cph_suspect_limits cph_suspect_defaults(void)
{
    return (cph_suspect_limits){.clipped = 1e-3,
                                .offset = 0.01,
                                .image = 1e-3,
                                .kurtosis = 0.5,
                                .sigmas = 5.0,
                                .samples = 32};
}

const char *cph_suspect_name(unsigned suspect)
{
    static const char *const name[CPH_SUSPECTS] = {[CPH_SUSPECT_CLIPPED] = "clipped",
                                                   [CPH_SUSPECT_OFFSET] = "dc",
                                                   [CPH_SUSPECT_IMAGE] = "iq",
                                                   [CPH_SUSPECT_KURTOSIS] = "not-gaussian"};
    return suspect < CPH_SUSPECTS ? name[suspect] : NULL;
}

static double square(double x)
{
    return x * x;
}

/* Power of the offset; im of real samples is NaN. */
static double offset_power(const cph_vitals *v)
{
    return square(v->offset.re) + (isnan(v->offset.im) ? 0.0 : square(v->offset.im));
}

static bool is_offset(const cph_vitals *v, const cph_suspect_limits *limits)
{
    const double offset = offset_power(v);
    return offset > limits->offset * (v->power - offset) &&
           offset > square(limits->sigmas * v->offset_sigma);
}

/* What is told without error has a sigma of 0. */
static double in_sigmas(double value, double sigma)
{
    return fabs(value) > 0.0 ? value / sigma : 0.0;
}

/* Where one of I and Q is dead there are no errors to go by. */
static bool is_image(const cph_vitals *v, const cph_suspect_limits *limits)
{
    if (!(square(v->image) > limits->image))
        return false;
    return isnan(v->iq_gain) ||
           hypot(in_sigmas(log(v->iq_gain), v->iq_gain_sigma),
                 in_sigmas(v->iq_phase_rad, v->iq_phase_sigma_rad)) > limits->sigmas;
}

/* Kurtosis cannot be far below 0 by chance, but far above. */
static bool is_far(double kurtosis, double sigma, const cph_suspect_limits *limits)
{
    return fabs(kurtosis) > limits->kurtosis &&
           fabs(3.0 * log1p(fmax(kurtosis / 3.0, -1.0))) > limits->sigmas * sigma;
}

static bool is_odd(const cph_vitals *v, cph_type type, const cph_suspect_limits *limits)
{
    return (type == CPH_C32 || v->peak >= levels) &&
           (is_far(v->kurtosis[0], v->kurtosis_sigma, limits) ||
            is_far(v->kurtosis[1], v->kurtosis_sigma, limits));
}

bool cph_health_judged(const cph_vitals *vitals, const cph_suspect_limits *limits)
{
    return vitals->count >= limits->samples;
}

unsigned cph_health_suspect(const cph_vitals *vitals, cph_type type,
                            const cph_suspect_limits *limits)
{
    const bool found[CPH_SUSPECTS] = {[CPH_SUSPECT_CLIPPED] =
                                          (double)vitals->full_scale >
                                          limits->clipped * (double)vitals->count,
                                      [CPH_SUSPECT_OFFSET] = is_offset(vitals, limits),
                                      [CPH_SUSPECT_IMAGE] = is_image(vitals, limits),
                                      [CPH_SUSPECT_KURTOSIS] = is_odd(vitals, type, limits)};
    unsigned bits = 0;
    for (unsigned i = 0; i < CPH_SUSPECTS && cph_health_judged(vitals, limits); i++)
        bits |= found[i] ? 1U << i : 0U;
    return bits;
}
