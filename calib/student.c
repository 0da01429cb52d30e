/* SPDX-License-Identifier: MIT */
/* Student's t for the complex errors of baselines (Kazemi & Yatawatta, MNRAS 435, 2013, whose real
 * and imaginary parts have weights of their own): with nu degrees of freedom and E|e|^2 = sigma^2
 * of the normal core, x = |e|^2 has the density of Lomax's distribution, p(x) = (b / a) (1 + x /
 * a)^-(b + 1),   a = nu sigma^2 / 2,  b = nu / 2, so that for a given a the likeliest b is count /
 * sum log(1 + x / a), and no digamma is needed. */
#include "calib/student.h"

#include <math.h>

enum { HALVINGS = 40, ROUNDS = 60 };
static const double nu_least = 2.0, nu_most = 30.0;
/* Normal errors are given up for log likelihoods that are this much higher: 3 sigma of chance. */
static const double likelier = 4.5;
/* a is looked for between these times the mean of x: nu_most and a tail that has most of the power.
 */
static const double a_least = 1e-6, a_most = 20.0;
static const double golden = 0.61803398874989484820, settled = 1e-10;

static double mean(const double *x, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum / (double)count;
}

static double mean_log(const double *x, size_t count, double a)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += log1p(x[i] / a);
    return sum / (double)count;
}

/* Log likelihood per baseline of the likeliest b in range. */
static double likelihood(const double *x, size_t count, double a, double *b)
{
    double l = mean_log(x, count, a);
    *b = fmin(fmax(1.0 / l, 0.5 * nu_least), 0.5 * nu_most);
    return log(*b / a) - (*b + 1.0) * l;
}

/* sigma^2 of the likeliest core, nu given: the fixed point of sigma^2 = mean w x (EM). */
static double core(const double *x, size_t count, double nu, double sigma2)
{
    for (int round = 0; round < ROUNDS; round++) {
        double sum = 0.0, before = sigma2;
        for (size_t i = 0; i < count; i++)
            sum += cph_student_weight(nu, x[i] / sigma2) * x[i];
        sigma2 = sum / (double)count;
        if (fabs(sigma2 - before) <= settled * before)
            break;
    }
    return sigma2;
}

bool cph_student_fit(const double *x, size_t count, double nu, double least, cph_student *fit)
{
    double power = mean(x, count), b = 0.5 * nu;
    if (!(power > least) || !isfinite(power))
        return false;
    if (nu > 0.0) {
        *fit = (cph_student){nu, core(x, count, nu, power)};
        return fit->sigma2 > least;
    }
    double low = log(a_least * power), high = log(a_most * power);
    for (int i = 0; i < HALVINGS; i++) {
        double left = high - golden * (high - low), right = low + golden * (high - low);
        if (likelihood(x, count, exp(left), &b) < likelihood(x, count, exp(right), &b))
            low = left;
        else
            high = right;
    }
    double best = likelihood(x, count, exp(0.5 * (low + high)), &b);
    if ((double)count * (best - (-log(power) - 1.0)) < likelier)
        return false;
    *fit = (cph_student){2.0 * b, core(x, count, 2.0 * b, exp(0.5 * (low + high)) / b)};
    return fit->sigma2 > least;
}
