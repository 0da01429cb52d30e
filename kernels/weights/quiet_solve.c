/* SPDX-License-Identifier: MIT */
/* y = (Q + mu I)^-1 v, in the eigenvectors of Q. */
#include <math.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

/* A = v^H (Q + mu I)^-1 v and B = v^H (Q + mu I)^-2 v, times mu and mu^2. */
typedef struct resolvent {
    double a, b;
} resolvent;

static resolvent resolve(size_t rank, const double *value, const double *power, double outside,
                         double mu)
{
    resolvent r = {outside, outside};
    for (size_t i = 0; i < rank; i++) {
        const double share = mu / (value[i] + mu);
        r.a += power[i] * share;
        r.b += power[i] * share * share;
    }
    return r;
}

double cph_quiet_mu(size_t n, size_t rank, const double *value, const double *power, double outside,
                    double loss, double least, double *found, double *bound)
{
    enum { HALVINGS = 200 };
    double high = 1e9 * value[rank - 1], low = fmax(least, CPH_QUIET_LEAST_MU * value[rank - 1]);
    low = fmin(low, high);
    resolvent r = resolve(rank, value, power, outside, low);
    const double all = (double)n;
    if (all * r.b <= loss * r.a * r.a)
        high = low;
    for (int i = 0; i < HALVINGS && high > low * (1.0 + 1e-12); i++) {
        const double middle = sqrt(low * high);
        r = resolve(rank, value, power, outside, middle);
        if (all * r.b <= loss * r.a * r.a)
            high = middle;
        else
            low = middle;
    }
    r = resolve(rank, value, power, outside, high);
    *found = all * r.b / (r.a * r.a);
    *bound = high / r.a - high * loss / all;
    return high;
}

double cph_quiet_project(const cph_quiet_form *form, const cph_c64 *v, cph_c64 *z, double *power)
{
    double outside = 0.0;
    (void)cph_quiet_cost(form, v, z);
    for (size_t i = 0; i < form->rank; i++) {
        z[i] = cph_c64_scale(1.0 / sqrt(form->value[i]), z[i]);
        power[i] = cph_c64_power(z[i]);
        outside -= power[i];
    }
    for (size_t n = 0; n < form->n; n++)
        outside += cph_c64_power(v[n]);
    return fmax(outside, 0.0);
}

void cph_quiet_expand(const cph_quiet_form *form, const cph_c64 *v, const cph_c64 *z,
                      const cph_c64 *b, double scale, cph_c64 *y)
{
    for (size_t n = 0; n < form->n; n++) {
        const cph_c64 *row = form->factor + n * form->rank;
        cph_c64 sum = cph_c64_scale(scale, v[n]);
        for (size_t i = 0; i < form->rank; i++) {
            const cph_c64 in = cph_c64_sub(b[i], cph_c64_scale(scale, z[i]));
            sum = cph_c64_add(sum,
                              cph_c64_scale(1.0 / sqrt(form->value[i]), cph_c64_mulc(in, row[i])));
        }
        y[n] = sum;
    }
}

bool cph_quiet_normalise(size_t n, const cph_c64 *v, cph_c64 *y)
{
    const cph_c64 sum = cph_c64_inner(n, v, y);
    const double power = cph_c64_power(sum);
    for (size_t i = 0; i < n && power > 0.0; i++)
        y[i] = cph_c64_scale(1.0 / power, cph_c64_mulc(y[i], sum));
    return power > 0.0;
}

double cph_quiet_cost(const cph_quiet_form *form, const cph_c64 *y, cph_c64 *t)
{
    double cost = 0.0;
    memset(t, 0, form->rank * sizeof *t);
    for (size_t n = 0; n < form->n; n++) {
        const cph_c64 *row = form->factor + n * form->rank;
        for (size_t i = 0; i < form->rank; i++)
            t[i] = cph_c64_add(t[i], cph_c64_mul(row[i], y[n]));
    }
    for (size_t i = 0; i < form->rank; i++)
        cost += cph_c64_power(t[i]);
    return cost;
}
