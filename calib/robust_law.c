/* SPDX-License-Identifier: MIT */
/* Baselines that the model does not describe (extended emission, coupling of neighbours) pull
 * least squares far more than noise does. Huber's rule bounds what one of them can do, Student's t
 * makes little of those far out. Where the residuals are noise, plain least squares is kept: it is
 * the more efficient, by 3 % over Huber's at k = 1.25.
 */
#include "calib/robust_law.h"

#include "calib/median.h"

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

static bool heavy_tail(const double *square, size_t count, double sigma2)
{
    size_t beyond = 0, gross = 0;
    for (size_t i = 0; i < count; i++) {
        beyond += square[i] > tail_sigma2 * sigma2;
        gross += square[i] > gross_sigma2 * sigma2;
    }
    return gross > 0 || (beyond > TAIL_COUNT && (double)beyond > tail_share * (double)count);
}

/* Huber's rule for these errors; *heavy as in cph_robust_law_find. */
static cph_robust_law huber(double *square, size_t count, double k, bool *heavy)
{
    double sigma2 = cph_median(square, count) / median_of_power;
    *heavy = *heavy || (sigma2 > rounding2 && heavy_tail(square, count, sigma2));
    return (cph_robust_law){.bound2 = k * k * fmax(sigma2, rounding2), .nu = INFINITY};
}

static cph_robust_law student(const double *square, size_t count, double nu, bool *heavy)
{
    cph_student fit = {nu_light, rounding2};
    bool found = cph_student_fit(square, count, nu, rounding2, &fit);
    if (!found && *heavy)
        (void)cph_student_fit(square, count, nu_light, rounding2, &fit);
    *heavy = *heavy || found;
    return (cph_robust_law){.student = true, .nu = fit.nu, .sigma2 = fit.sigma2};
}

cph_robust_law cph_robust_law_find(const cph_robust_choice *choice, double *square, size_t count,
                                   bool *heavy)
{
    return choice->rule == CPH_GAIN_STUDENT ? student(square, count, choice->student_nu, heavy)
                                            : huber(square, count, choice->robust, heavy);
}
