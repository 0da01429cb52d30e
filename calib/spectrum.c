/* SPDX-License-Identifier: MIT */
#include "calib/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/eigen.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* A Hermitian matrix without diagonal; p < q is filled and read. */
typedef struct hollow {
    size_t n;
    cph_c64 *entry; /* [n][n] */
} hollow;

static void multiply(const void *matrix, const cph_c64 *x, cph_c64 *y)
{
    const hollow *h = matrix;
    memset(y, 0, h->n * sizeof *y);
    for (size_t p = 0; p < h->n; p++) {
        const cph_c64 *row = h->entry + p * h->n;
        cph_c64 sum = y[p];
        for (size_t q = p + 1; q < h->n; q++) {
            sum = cph_c64_add(sum, cph_c64_mul(row[q], x[q]));
            y[q] = cph_c64_add(y[q], cph_c64_mulc(x[p], row[q]));
        }
        y[p] = sum;
    }
}

/* weight (x - g m g*); without the second term where gain is NULL. */
static void fill(const cph_system *s, const double *weight, const cph_c64 *x, const cph_c64 *gain,
                 hollow *h)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            cph_c64 value = x[at];
            if (gain != NULL)
                value = cph_c64_sub(value, cph_c64_mul(cph_c64_mulc(gain[p], gain[q]), s->m[at]));
            h->entry[at] = cph_c64_scale(weight[at], value);
        }
}

/* Largest eigenvalue of noise with as large entries: twice the root of the mean over rows of
 * their sum of squares (Wigner's semicircle). */
static double noise_edge(const hollow *h)
{
    double sum = 0.0;
    for (size_t p = 0; p < h->n; p++)
        for (size_t q = p + 1; q < h->n; q++)
            sum += cph_c64_power(h->entry[p * h->n + q]);
    return 2.0 * sqrt(2.0 * sum / (double)h->n);
}

/* A matrix of baselines, and where its largest eigenvalue goes. */
typedef struct subject {
    const double *weight;
    const cph_c64 *x, *gain; /* gain: as in fill */
    double *value;
    cph_c64 *vector; /* or NULL */
    double *edge;    /* or NULL */
} subject;

static cph_status largest(const cph_system *s, const subject *of)
{
    size_t square;
    if (!cph_size_mul(s->n, s->n, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    hollow h = {.n = s->n, .entry = calloc(square, sizeof *h.entry)};
    if (h.entry == NULL)
        return CPH_ERR_MEMORY;
    fill(s, of->weight, of->x, of->gain, &h);
    cph_status status = cph_eigen_largest(s->n, multiply, &h, of->value, of->vector);
    if (of->edge != NULL)
        *of->edge = noise_edge(&h);
    free(h.entry);
    return status;
}

cph_status cph_spectrum_dominant(const cph_system *system, const cph_c64 *x, cph_c64 *vector)
{
    double value;
    return largest(system, &(subject){system->robust, x, NULL, &value, vector, NULL});
}

cph_status cph_spectrum_measure(const cph_system *system, const cph_c64 *gain, double *second,
                                double *excess)
{
    double first, left, edge;
    const subject data = {system->weight, system->r, NULL, &first, NULL, NULL},
                  rest = {system->weight, system->r, gain, &left, NULL, &edge};
    cph_status status = largest(system, &data);
    if (status == CPH_OK)
        status = largest(system, &rest);
    if (status != CPH_OK)
        return status;
    *second = first > 0.0 ? left / first : NAN;
    *excess = edge > 0.0 ? left / edge : NAN;
    return CPH_OK;
}
