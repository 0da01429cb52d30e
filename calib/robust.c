/* SPDX-License-Identifier: MIT */
/* Robust weights of the alternating solver. */
#include <string.h>

#include "calib/robust_law.h"
#include "calib/stefcal.h"
#include "kernels/core/c64.h"

/* square [baselines] = weight |r - g m g*|^2 in row order. */
static void weighted_squares(const cph_system *s, const cph_c64 *g, double *square)
{
    size_t count = 0;
    (void)cph_system_residual(s, s->weight, g, square);
    for (size_t i = 0; i < s->n * s->n; i++)
        if (s->weight[i] > 0.0)
            square[count++] *= s->weight[i];
}

static bool apply(cph_system *s, const cph_c64 *g, const cph_robust_law *law)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            cph_c64 model = cph_c64_mul(cph_c64_mulc(g[p], g[q]), s->m[at]);
            double e2 = s->weight[at] * cph_c64_power(cph_c64_sub(s->r[at], model));
            s->robust[at] = s->weight[at] > 0.0 ? s->weight[at] * cph_robust_factor(law, e2) : 0.0;
        }
    s->nu = law->nu;
    return true;
}

bool cph_robust_weights(cph_system *s, const cph_c64 *g, const cph_gain_options *options,
                        double *square, bool *heavy)
{
    weighted_squares(s, g, square);
    const cph_robust_choice choice = {options->rule, options->robust, options->student_nu};
    const cph_robust_law law = cph_robust_law_find(&choice, square, s->baselines, heavy);
    bool suspects = s->suspects;
    s->suspects = false;
    if (*heavy)
        return apply(s, g, &law);
    if (suspects)
        memcpy(s->robust, s->weight, s->n * s->n * sizeof *s->robust);
    return suspects;
}
