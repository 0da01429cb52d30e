/* SPDX-License-Identifier: MIT */
/* How often elements of arbitrary phases fit a model as well as that.
 *
 * Let x = score sqrt(n (n - 1)): against phases that have nothing to do with the data it has mean 0
 * and variance 1, and no more than the tail of sum l_k (E_k - 1), E_k exponential, l_k the
 * eigenvalues of C over |C| (Khinchine's inequality for phases, moment by moment). */
#include <math.h>

#include "calib/doctor.h"

enum { SERIES = 80, STEPS = 72, ANGLES = 24 };

/* Logarithm of the modified Bessel function I0: its series, and the asymptotic one from 20 on. */
static double log_bessel(double x)
{
    if (x >= 20.0) {
        const double y = 1.0 / (8.0 * x);
        return x - 0.5 * log(2.0 * M_PI * x) + log1p(y * (1.0 + 4.5 * y * (1.0 + 25.0 / 3.0 * y)));
    }
    double term = 1.0, sum = 1.0;
    for (int k = 1; k < SERIES; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return log(sum);
}

/* Chernoff's bound, of the moments of l_k all but the largest bounded by sum l_k^2 = 1. */
static double log_any_rank(double x, double largest)
{
    const double y = largest * x;
    return (log1p(y) - y) / (largest * largest);
}

/* n unit phasors that reach the length r, as a strong source's do: E I0(s r) = I0(s)^n whatever s,
 * and Markov's inequality. Sharp where they are nearly aligned. */
static double log_phasors(double n, double r)
{
    double least = 0.0;
    for (int i = 0; i < STEPS; i++) {
        const double s = 0.05 * pow(2.0, 0.25 * i);
        least = fmin(least, n * log_bessel(s) - log_bessel(s * r));
    }
    return least;
}

/* Of one model. */
static double log_tail(size_t n, double largest, double x)
{
    const double count = (double)n, scale = sqrt(count * (count - 1.0));
    const double length = sqrt(fmin(count + x * scale, count * count));
    return fmin(log_any_rank(x, largest), log_phasors(count, length));
}

double cph_doctor_chance(size_t n, size_t sources, double largest, double score)
{
    const double count = (double)n, x = score * sqrt(count * (count - 1.0));
    const double others = (double)sources - 1.0;
    if (!(x > 0.0))
        return 1.0;
    double least = sources > 1 ? 0.0 : log_tail(n, largest, x);
    for (int i = 0; sources > 1 && i < ANGLES; i++) {
        const double share = (i + 1.0) / (ANGLES + 1.0); /* of a right angle */
        least =
            fmin(least, log_tail(n, largest, x * cos(0.5 * M_PI * share)) - others * log(share));
    }
    return exp(fmin(least, 0.0));
}
