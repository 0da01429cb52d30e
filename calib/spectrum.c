/* SPDX-License-Identifier: MIT */
#include "calib/spectrum.h"

#include <math.h>
#include <string.h>

#include "calib/c64.h"
#include "calib/eigen.h"

static cph_c64 entry(const cph_spectrum *m, size_t p, size_t q)
{
    const cph_system *s = m->system;
    size_t at = p * s->n + q;
    cph_c64 value = s->r[at];
    if (m->gain != NULL)
        value = cph_c64_sub(value, cph_c64_mul(cph_c64_mulc(m->gain[p], m->gain[q]), s->m[at]));
    return cph_c64_scale(s->weight[at], value);
}

void cph_spectrum_product(const void *matrix, const cph_c64 *x, cph_c64 *y)
{
    const cph_spectrum *m = matrix;
    size_t n = m->system->n;
    memset(y, 0, n * sizeof *y);
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            cph_c64 value = entry(m, p, q);
            y[p] = cph_c64_add(y[p], cph_c64_mul(value, x[q]));
            y[q] = cph_c64_add(y[q], cph_c64_mulc(x[p], value));
        }
}

/* Largest eigenvalue of noise with as large entries: twice the root of the mean over rows of
 * their sum of squares (Wigner's semicircle). */
static double noise_edge(const cph_spectrum *m)
{
    double sum = 0.0;
    size_t n = m->system->n;
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++)
            sum += cph_c64_power(entry(m, p, q));
    return 2.0 * sqrt(2.0 * sum / (double)n);
}

cph_status cph_spectrum_measure(const cph_system *system, const cph_c64 *gain, double *second,
                                double *excess)
{
    cph_spectrum data = {.system = system}, rest = {.system = system, .gain = gain};
    double first, left;
    cph_status status = cph_eigen_largest(system->n, cph_spectrum_product, &data, &first, NULL);
    if (status == CPH_OK)
        status = cph_eigen_largest(system->n, cph_spectrum_product, &rest, &left, NULL);
    if (status != CPH_OK)
        return status;
    double edge = noise_edge(&rest);
    *second = first > 0.0 ? left / first : NAN;
    *excess = edge > 0.0 ? left / edge : NAN;
    return CPH_OK;
}
