/* SPDX-License-Identifier: MIT */
/* Robust weights of baselines, and the sums that change with them. */
#include <math.h>
#include <string.h>

#include "calib/jones.h"
#include "calib/robust_law.h"

static double error_power(const cph_jones_system *s, size_t i, size_t k)
{
    cph_c64 z[2];
    cph_jones_heard(cph_jones_block(s, i, k), s->jones + 2 * k, z);
    return cph_c64_power(cph_c64_sub(s->r[i * s->m + k], cph_jones_meet(s->jones + 2 * i, z)));
}

static void weigh(cph_jones_system *s, const cph_robust_law *law)
{
    s->nu = law == NULL ? (double)INFINITY : law->nu;
    s->weights = 0.0;
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++) {
            const double given = s->given[i * s->m + k];
            if (!(given > 0.0))
                continue;
            const double w =
                law == NULL ? given : given * cph_robust_factor(law, given * error_power(s, i, k));
            s->weight[i * s->m + k] = s->weight[k * s->m + i] = w;
            s->weights += w;
        }
}

bool cph_jones_reweight(cph_jones_system *s, bool judge)
{
    const cph_jones_options *const o = s->options;
    const cph_robust_choice choice = {judge ? o->rule : CPH_GAIN_HUBER, o->robust,
                                      s->refining && isfinite(s->nu) ? s->nu : o->student_nu};
    bool heavy = s->heavy;
    size_t count = 0;
    if (!(o->robust > 0.0))
        return false;
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++)
            if (s->given[i * s->m + k] > 0.0)
                s->square[count++] = s->given[i * s->m + k] * error_power(s, i, k);
    const cph_robust_law law = cph_robust_law_find(&choice, s->square, count, &heavy);
    const bool before = s->reweighted;
    s->reweighted = heavy;
    s->heavy = s->heavy || (heavy && judge);
    if (heavy || before)
        weigh(s, heavy ? &law : NULL);
    return heavy || before;
}

double cph_jones_noise(const cph_jones_system *s)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++) {
            const double given = s->given[i * s->m + k], w = s->weight[i * s->m + k];
            sum += given > 0.0 ? w * w / given * error_power(s, i, k) : 0.0;
        }
    return sum;
}

double cph_jones_robust_power(const cph_jones_system *s)
{
    cph_robust_sums sums = {0};
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++)
            if (s->given[i * s->m + k] > 0.0)
                cph_robust_sums_add(&sums, s->nu, s->given[i * s->m + k], s->weight[i * s->m + k],
                                    error_power(s, i, k));
    return cph_robust_power(&sums);
}

void cph_jones_find_outliers(const cph_jones_system *s, size_t *outliers, size_t *worst)
{
    static const double outlying = 0.1;
    double least = outlying;
    *outliers = s->outliers;
    worst[0] = s->worst[0];
    worst[1] = s->worst[1];
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++) {
            const double given = s->given[i * s->m + k];
            const double share = given > 0.0 ? s->weight[i * s->m + k] / given : 1.0;
            *outliers += share < outlying;
            if (!(share < least) || s->outliers > 0)
                continue;
            least = share;
            worst[0] = s->input[i];
            worst[1] = s->input[k];
        }
}
