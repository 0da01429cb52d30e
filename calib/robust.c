/* SPDX-License-Identifier: MIT */
/* Baselines that the model does not describe (extended emission, coupling of neighbours) pull
 * least squares far more than noise does. Huber's rule bounds what one of them can do, Student's t
 * makes little of those far out. Where the residuals are noise, plain least squares is kept: it is
 * the more efficient, by 3 % over Huber's at k = 1.25.
 */
#include <math.h>
#include <string.h>

#include "calib/median.h"
#include "calib/stefcal.h"
#include "calib/student.h"
#include "kernels/core/c64.h"

/* Tails are heavy when more baselines than this lie beyond 3 sigma; circular noise has 0.012 %. One
 * beyond 100 sigma is enough. */
static const double tail_sigma2 = 9.0, tail_share = 0.01, gross_sigma2 = 1e4;
enum { TAIL_COUNT = 2 };
/* Median of |e|^2 over its mean, for circular normal e. */
static const double median_of_power = 0.69314718055994530942;
/* Residuals of rounding are no noise. */
static const double rounding2 = 1e-26;
/* Degrees of freedom where tails were heavy and no longer are. */
static const double nu_light = 30.0;

/* A rule with its numbers: what it makes of a baseline with weighted power e2 of the error. */
typedef struct law {
    bool student;
    double nu, sigma2, bound2;
} law;

static double factor(const law *rule, double e2)
{
    if (rule->student)
        return cph_student_weight(rule->nu, e2 / rule->sigma2);
    return e2 > rule->bound2 ? sqrt(rule->bound2 / e2) : 1.0;
}

static bool heavy_tail(const double *square, size_t count, double sigma2)
{
    size_t beyond = 0, gross = 0;
    for (size_t i = 0; i < count; i++) {
        beyond += square[i] > tail_sigma2 * sigma2;
        gross += square[i] > gross_sigma2 * sigma2;
    }
    return gross > 0 || (beyond > TAIL_COUNT && (double)beyond > tail_share * (double)count);
}

/* Huber's rule for these errors; *heavy as in cph_robust_weights. */
static law huber(double *square, size_t count, double k, bool *heavy)
{
    double sigma2 = cph_median(square, count) / median_of_power;
    *heavy = *heavy || (sigma2 > rounding2 && heavy_tail(square, count, sigma2));
    return (law){.bound2 = k * k * fmax(sigma2, rounding2), .nu = INFINITY};
}

static law student(const double *square, size_t count, double nu, bool *heavy)
{
    cph_student fit = {nu_light, rounding2};
    bool found = cph_student_fit(square, count, nu, rounding2, &fit);
    if (!found && *heavy)
        (void)cph_student_fit(square, count, nu_light, rounding2, &fit);
    *heavy = *heavy || found;
    return (law){.student = true, .nu = fit.nu, .sigma2 = fit.sigma2};
}

/* square [baselines] = weight |r - g m g*|^2 in row order. */
static void weighted_squares(const cph_system *s, const cph_c64 *g, double *square)
{
    size_t count = 0;
    (void)cph_system_residual(s, s->weight, g, square);
    for (size_t i = 0; i < s->n * s->n; i++)
        if (s->weight[i] > 0.0)
            square[count++] *= s->weight[i];
}

static bool apply(cph_system *s, const cph_c64 *g, const law *rule)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            cph_c64 model = cph_c64_mul(cph_c64_mulc(g[p], g[q]), s->m[at]);
            double e2 = s->weight[at] * cph_c64_power(cph_c64_sub(s->r[at], model));
            s->robust[at] = s->weight[at] > 0.0 ? s->weight[at] * factor(rule, e2) : 0.0;
        }
    s->nu = rule->nu;
    return true;
}

bool cph_robust_weights(cph_system *s, const cph_c64 *g, const cph_gain_options *options,
                        double *square, bool *heavy)
{
    weighted_squares(s, g, square);
    const law rule = options->rule == CPH_GAIN_STUDENT
                         ? student(square, s->baselines, options->student_nu, heavy)
                         : huber(square, s->baselines, options->robust, heavy);
    bool suspects = s->suspects;
    s->suspects = false;
    if (*heavy)
        return apply(s, g, &rule);
    if (suspects)
        memcpy(s->robust, s->weight, s->n * s->n * sizeof *s->robust);
    return suspects;
}
