/* SPDX-License-Identifier: MIT */
/* Which gains the redundant equations leave open: the null spaces of their normal equations, found
 * by Cholesky with pivots (the equations have small whole numbers: ranks are clear), and named. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "calib/redundant_vector.h"
#include "kernels/core/size.h"

/* A pivot below this share of the largest is 0, as is what orthogonalisation leaves of a vector. */
static const double no_pivot = 1e-11, no_rest = 1e-6;
/* A slope that the equations leave open has all of its positions' pattern in the null space, but
 * for what the tolerance allows; an element that they leave open has all of itself in it. */
static const double slope_inside = 0.98, open_inside = 1.0 - 1e-9;

/* ---- null spaces ---- */

static void swap_rows(size_t n, double *a, size_t *order, size_t i, size_t j)
{
    if (i == j)
        return;
    for (size_t k = 0; k < n; k++) {
        const double t = a[i * n + k];
        a[i * n + k] = a[j * n + k];
        a[j * n + k] = t;
    }
    for (size_t k = 0; k < n; k++) {
        const double t = a[k * n + i];
        a[k * n + i] = a[k * n + j];
        a[k * n + j] = t;
    }
    const size_t t = order[i];
    order[i] = order[j];
    order[j] = t;
}

/* a [n][n] becomes the lower Cholesky factor of its rows and columns in `order`; the rank. */
static size_t factor(size_t n, double *a, size_t *order)
{
    double largest = 0.0;
    for (size_t p = 0; p < n; p++) {
        order[p] = p;
        largest = fmax(largest, a[p * n + p]);
    }
    for (size_t r = 0; r < n; r++) {
        size_t best = r;
        for (size_t p = r + 1; p < n; p++)
            if (a[p * n + p] > a[best * n + best])
                best = p;
        if (!(a[best * n + best] > no_pivot * largest))
            return r;
        swap_rows(n, a, order, r, best);
        const double root = sqrt(a[r * n + r]);
        a[r * n + r] = root;
        for (size_t p = r + 1; p < n; p++)
            a[p * n + r] /= root;
        for (size_t p = r + 1; p < n; p++)
            for (size_t q = r + 1; q <= p; q++) {
                a[p * n + q] -= a[p * n + r] * a[q * n + r];
                a[q * n + p] = a[p * n + q];
            }
    }
    return n;
}

/* raw [n - rank][n]: orthonormal null vectors. */
static void null_vectors(size_t n, size_t rank, const double *l, const size_t *order, double *raw)
{
    for (size_t v = 0; rank + v < n; v++) {
        double *x = raw + v * n;
        memset(x, 0, n * sizeof *x);
        x[order[rank + v]] = 1.0;
        for (size_t i = rank; i-- > 0;) {
            double sum = -l[(rank + v) * n + i];
            for (size_t k = i + 1; k < rank; k++)
                sum -= l[k * n + i] * x[order[k]];
            x[order[i]] = sum / l[i * n + i];
        }
        cph_vector_normalise(n, sqrt(cph_vector_dot(n, x, x)), x);
        cph_vector_normalise(n, cph_vector_orthogonalise(n, v, raw, x), x);
    }
}

/* ---- names ---- */

/* What the work on one of the two systems needs. */
typedef struct work {
    size_t n, nulls;
    double *normal; /* [n][n] */
    double *raw;    /* [nulls][n] */
    double *basis;  /* [nulls][n] named ones first */
    size_t named;
    double *x; /* [n] */
    size_t *order;
} work;

/* Takes x, of which `inside` says how much lies in the null space, into the basis. */
static bool take(work *w, double least_inside)
{
    const double length = sqrt(cph_vector_dot(w->n, w->x, w->x));
    double inside = 0.0, *to = w->basis + w->named * w->n;
    if (w->named == w->nulls || !(length > 0.0))
        return false;
    memset(to, 0, w->n * sizeof *to);
    for (size_t v = 0; v < w->nulls; v++) {
        const double along = cph_vector_dot(w->n, w->raw + v * w->n, w->x) / length;
        inside += along * along;
        for (size_t p = 0; p < w->n; p++)
            to[p] += along * w->raw[v * w->n + p];
    }
    const double left = cph_vector_orthogonalise(w->n, w->named, w->basis, to);
    if (inside < least_inside || left < no_rest)
        return false;
    cph_vector_normalise(w->n, left, to);
    w->named++;
    return true;
}

static void take_overall(work *w)
{
    for (size_t p = 0; p < w->n; p++)
        w->x[p] = 1.0;
    (void)take(w, slope_inside);
}

/* Positions along x, y, z, the widest first, each less what the ones before explain. */
static size_t take_slopes(const cph_redundant_set *s, work *w, double *axes)
{
    const size_t n = w->n, first = w->named;
    bool used[3] = {false};
    double length[3];
    for (size_t k = 0; k < 3; k++)
        for (size_t p = 0; p < n; p++)
            axes[k * n + p] = s->position[3 * p + k];
    for (int round = 0; round < 3; round++) {
        size_t widest = SIZE_MAX;
        for (size_t k = 0; k < 3; k++) {
            if (used[k])
                continue;
            length[k] = cph_vector_orthogonalise(n, w->named, w->basis, axes + k * n);
            if (widest == SIZE_MAX || length[k] > length[widest])
                widest = k;
        }
        used[widest] = true;
        /* Within the tolerance of a line or plane it has no such slope. */
        if (length[widest] <= s->tolerance * sqrt((double)n))
            break;
        memcpy(w->x, axes + widest * n, n * sizeof *w->x);
        (void)take(w, slope_inside);
    }
    return w->named - first;
}

/* Fills the basis up, each time with what is furthest from it. */
static void take_others(work *w)
{
    while (w->named < w->nulls) {
        double *to = w->basis + w->named * w->n, most = -1.0;
        size_t best = 0;
        for (size_t v = 0; v < w->nulls; v++) {
            memcpy(w->x, w->raw + v * w->n, w->n * sizeof *w->x);
            const double left = cph_vector_orthogonalise(w->n, w->named, w->basis, w->x);
            if (left > most) {
                most = left;
                best = v;
            }
        }
        memcpy(to, w->raw + best * w->n, w->n * sizeof *to);
        cph_vector_normalise(w->n, cph_vector_orthogonalise(w->n, w->named, w->basis, to), to);
        w->named++;
    }
}

static void find_open(const work *w, bool *open)
{
    for (size_t p = 0; p < w->n; p++) {
        double inside = 0.0;
        for (size_t v = 0; v < w->nulls; v++)
            inside += w->basis[v * w->n + p] * w->basis[v * w->n + p];
        open[p] = open[p] && inside > open_inside;
    }
}

static cph_status solve(cph_redundant_set *s, cph_redundant_part part, work *w)
{
    cph_status status = cph_redundant_normal(s, part, NULL, w->normal);
    if (status != CPH_OK)
        return status;
    const size_t rank = factor(w->n, w->normal, w->order);
    w->nulls = w->n - rank;
    w->raw = calloc(w->nulls * w->n + 1, sizeof *w->raw);
    w->basis = calloc(w->nulls * w->n + 1, sizeof *w->basis);
    if (w->raw == NULL || w->basis == NULL)
        return CPH_ERR_MEMORY;
    null_vectors(w->n, rank, w->normal, w->order, w->raw);
    take_overall(w);
    if (part == CPH_PHASES)
        s->slopes = take_slopes(s, w, w->normal);
    take_others(w);
    find_open(w, s->open);
    return CPH_OK;
}

cph_status cph_redundant_nulls(cph_redundant_set *s)
{
    size_t square;
    cph_status status = CPH_OK;
    if (!cph_size_mul(s->n, s->n, &square) || !cph_size_mul(square, sizeof(double), &square))
        return CPH_ERR_OVERFLOW;
    for (size_t p = 0; p < s->n; p++)
        s->open[p] = true;
    for (int part = CPH_AMPLITUDES; status == CPH_OK && part <= CPH_PHASES; part++) {
        work w = {.n = s->n};
        w.normal = calloc(1, square + 1);
        w.x = calloc(s->n, sizeof *w.x);
        w.order = calloc(s->n, sizeof *w.order);
        status = w.normal == NULL || w.x == NULL || w.order == NULL
                     ? CPH_ERR_MEMORY
                     : solve(s, (cph_redundant_part)part, &w);
        if (part == CPH_AMPLITUDES) {
            s->amplitude_null = w.basis;
            s->amplitude_nulls = w.nulls;
        } else {
            s->phase_null = w.basis;
            s->phase_nulls = w.nulls;
        }
        free(w.normal);
        free(w.raw);
        free(w.x);
        free(w.order);
    }
    if (status == CPH_OK)
        cph_redundant_choose_steps(s);
    return status;
}
