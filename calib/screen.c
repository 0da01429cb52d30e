/* SPDX-License-Identifier: MIT */
/* Baselines that no array can have, before anything is fitted to them. What is expected of baseline
 * (p, q) is m_p m_q / m, m_p being the median of |r| over the baselines of p and m that over all:
 * the same as |r| for one source, whatever the gains. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "calib/system.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

/* Beyond this many times the expectation a baseline is impossible; with autocorrelations beside it
 * |r| is at most 1, some rounding and other scaling apart. */
static const double impossible = 1e4, most_correlated = 2.0;
/* Beyond this many times it counts for no more than such a one until there are residuals. */
static const double suspect = 10.0;
/* Data are constant to this much; a model is not, beyond this. */
static const double constant = 1e-12, varied = 1e-6;

static size_t pair_of(const cph_system *s, size_t p, size_t q)
{
    return p < q ? p * s->n + q : q * s->n + p;
}

static double modulus(cph_c64 z)
{
    return hypot(z.re, z.im);
}

/* Medians of |r|: value [n], returned that of all baselines; scratch [baselines]. Where half the
 * baselines of an element have none, that of all. */
static double medians(const cph_system *s, double *value, double *scratch)
{
    size_t all = 0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++)
            if (s->weight[p * s->n + q] > 0.0)
                scratch[all++] = modulus(s->r[p * s->n + q]);
    double whole = cph_median(scratch, all);
    for (size_t p = 0; p < s->n; p++) {
        size_t count = 0;
        for (size_t q = 0; q < s->n; q++)
            if (q != p && s->weight[pair_of(s, p, q)] > 0.0)
                scratch[count++] = modulus(s->r[pair_of(s, p, q)]);
        value[p] = cph_median(scratch, count);
        if (!(value[p] > 0.0))
            value[p] = whole;
    }
    return whole;
}

/* Leaves out or weights down one baseline, |r| being `times` the expectation. */
static void judge(cph_system *s, size_t p, size_t q, double times, double *worst)
{
    size_t at = p * s->n + q;
    if (times > impossible && (!s->diagonal || modulus(s->r[at]) > most_correlated)) {
        s->weight[at] = s->robust[at] = 0.0;
        s->baselines--;
        s->left_out++;
        if (times > *worst) {
            *worst = times;
            s->worst[0] = s->element[p];
            s->worst[1] = s->element[q];
        }
    } else if (times > suspect) {
        s->robust[at] *= suspect * suspect / (times * times);
        s->suspects = true;
    }
}

cph_status cph_system_screen(cph_system *s)
{
    double *value = calloc(s->n + s->baselines, sizeof *value), worst = 0.0;
    if (value == NULL)
        return CPH_ERR_MEMORY;
    double whole = medians(s, value, value + s->n);
    s->total = 0.0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            if (s->weight[at] <= 0.0)
                continue;
            if (whole > 0.0)
                judge(s, p, q, modulus(s->r[at]) * whole / (value[p] * value[q]), &worst);
            if (s->weight[at] > 0.0)
                s->total += s->weight[at] * cph_c64_power(s->r[at]);
        }
    free(value);
    return CPH_OK;
}

/* Largest |x_pq - x_0| over baselines in use, x_0 being the first of them; *size receives |x_0|. */
static double spread(const cph_system *s, const cph_c64 *x, double *size)
{
    double largest = 0.0;
    bool any = false;
    cph_c64 first = {0.0, 0.0};
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            if (s->weight[at] <= 0.0)
                continue;
            if (!any)
                first = x[at];
            any = true;
            largest = fmax(largest, modulus(cph_c64_sub(x[at], first)));
        }
    *size = modulus(first);
    return largest;
}

cph_status cph_system_sound(const cph_system *s, cph_error *error)
{
    double data, model, changes = spread(s, s->r, &data), varies = spread(s, s->m, &model);
    if (model == 0.0 && varies == 0.0)
        return cph_fail(error, CPH_ERR_SINGULAR, "the model is zero on all baselines in use");
    if (data == 0.0 && changes == 0.0)
        return cph_fail(error, CPH_ERR_SINGULAR, "the data are zero on all baselines in use");
    if (changes <= constant * data && varies > varied * model)
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "the data are the same on all baselines in use (a constant?), the model is "
                        "not");
    return CPH_OK;
}
