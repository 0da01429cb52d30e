/* SPDX-License-Identifier: MIT */
#include "kernels/channelize/prototype.h"

#include <math.h>

double cph_kaiser_beta(double attenuation_db)
{
    const double a = fmin(attenuation_db, CPH_PROTOTYPE_MOST_DB);
    if (a > 50.0)
        return 0.1102 * (a - 8.7);
    return a > 21.0 ? 0.5842 * pow(a - 21.0, 0.4) + 0.07886 * (a - 21.0) : 0.0;
}

/* The modified Bessel function of order 0, by its series. */
static double bessel_i0(double x)
{
    const double quarter = 0.25 * x * x;
    double term = 1.0, sum = 1.0;
    for (int k = 1; term > 1e-17 * sum; k++) {
        term *= quarter / ((double)k * k);
        sum += term;
    }
    return sum;
}

double cph_kaiser(double beta, double s)
{
    return fabs(s) < 1.0 ? bessel_i0(beta * sqrt(1.0 - s * s)) / bessel_i0(beta) : 0.0;
}

double cph_sinc(double x)
{
    return fabs(x) < 1e-9 ? 1.0 : sin(M_PI * x) / (M_PI * x);
}

static double tap(size_t channels, size_t length, double cutoff, double beta, size_t i)
{
    const double t = (double)i - (double)(length / 2);
    return cph_sinc(2.0 * cutoff * t / (double)channels) *
           cph_kaiser(beta, 2.0 * t / (double)length);
}

void cph_prototype_design(size_t channels, size_t taps, double cutoff, double width, float *h)
{
    const size_t length = channels * taps;
    const double beta = cph_kaiser_beta(7.95 + 2.285 * 2.0 * M_PI * width * (double)taps);
    double sum = 0.0;
    for (size_t i = 0; i < length; i++)
        sum += tap(channels, length, cutoff, beta, i);
    for (size_t i = 0; i < length; i++)
        h[i] = (float)(tap(channels, length, cutoff, beta, i) / sum);
}

/* The phasor of a tap from that of the one before, anew every 64. */
double cph_prototype_response(size_t channels, size_t length, const float *h, double offset)
{
    enum { ANEW = 64 };
    const double step = 2.0 * M_PI * offset / (double)channels;
    const double re = cos(step), im = sin(step);
    double sum = 0.0, c = 1.0, s = 0.0;
    for (size_t i = 0; i < length; i++) {
        if (i % ANEW == 0) {
            const double angle = step * ((double)i - (double)(length / 2));
            c = cos(angle);
            s = sin(angle);
        }
        sum += (double)h[i] * c;
        const double next = c * re - s * im;
        s = c * im + s * re;
        c = next;
    }
    return sum;
}

double cph_prototype_largest(size_t channels, size_t taps, const float *h, double level,
                             double from, double to)
{
    const size_t points = 2 + (size_t)(8.0 * (double)taps * (to - from));
    double largest = 0.0;
    for (size_t i = 0; i < points; i++) {
        const double offset = from + (to - from) * (double)i / (double)(points - 1);
        const double value = cph_prototype_response(channels, channels * taps, h, offset);
        largest = fmax(largest, fabs(value - level));
    }
    return largest;
}

double cph_prototype_independent(size_t length, const float *h, size_t step)
{
    double power = 0.0, sum = 1.0;
    for (size_t i = 0; i < length; i++)
        power += (double)h[i] * (double)h[i];
    for (size_t lag = step; lag < length; lag += step) {
        double both = 0.0;
        for (size_t i = lag; i < length; i++)
            both += (double)h[i] * (double)h[i - lag];
        sum += 2.0 * (both / power) * (both / power);
    }
    return 1.0 / sum;
}
