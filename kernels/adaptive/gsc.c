/* SPDX-License-Identifier: MIT */
/* The sidelobe canceller: quiescent weights w_q that keep the constraints, less B w_a that cannot
 * touch them. With R' = L L^H, w_a is the least squares of |L^H w_q - (L^H B) w_a|. */
#include <stdlib.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/adaptive/reflect.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* L^H B has full rank as L and B have: this is reached by rounding alone. */
static const double lost = 1e-15;

typedef struct canceller {
    size_t n, free;    /* live elements; those less the constraints */
    cph_c64 *basis;    /* [free][n] columns of B */
    cph_c64 *seen;     /* [free][n] L^H B, then its reflections */
    cph_c64 *triangle; /* [free][free] */
    cph_c64 *rest;     /* [n] */
} canceller;

static cph_status reserve(canceller *g)
{
    size_t bytes = 0, count, at[4];
    if (!cph_size_mul(g->free, g->n, &count) ||
        !cph_size_place(&bytes, count, sizeof *g->basis, &at[0]) ||
        !cph_size_place(&bytes, count, sizeof *g->seen, &at[1]) ||
        !cph_size_place(&bytes, g->free * g->free, sizeof *g->triangle, &at[2]) ||
        !cph_size_place(&bytes, g->n, sizeof *g->rest, &at[3]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    g->basis = cph_size_at(memory, at[0]);
    g->seen = cph_size_at(memory, at[1]);
    g->triangle = cph_size_at(memory, at[2]);
    g->rest = cph_size_at(memory, at[3]);
    return CPH_OK;
}

/* B: the last columns of the Q that the constraints' reflections make. */
static void make_basis(const cph_adaptive *adaptive, const cph_constraints *k, canceller *g)
{
    for (size_t j = 0; j < g->free; j++) {
        cph_c64 *column = g->basis + j * g->n, *seen = g->seen + j * g->n;
        column[k->count + j].re = 1.0;
        cph_reflect_apply(g->n, k->count, k->v, column);
        for (size_t i = 0; i < g->n; i++)
            seen[i] = column[i];
        cph_cholesky_adjoint(g->n, adaptive->factor, seen);
    }
}

/* w -= B w_a; returns w^H R' w. */
static double cancel(canceller *g, cph_c64 *w)
{
    double power = 0.0;
    cph_reflect_adjoint(g->n, g->free, g->seen, g->rest);
    for (size_t i = g->free; i-- > 0;) {
        cph_c64 sum = g->rest[i];
        for (size_t j = i + 1; j < g->free; j++)
            sum = cph_c64_sub(sum, cph_c64_mul(g->triangle[i * g->free + j], g->rest[j]));
        const cph_c64 end = g->triangle[i * g->free + i];
        g->rest[i] = cph_c64_scale(1.0 / cph_c64_power(end), cph_c64_mulc(sum, end));
    }
    for (size_t j = 0; j < g->free; j++)
        for (size_t i = 0; i < g->n; i++)
            w[i] = cph_c64_sub(w[i], cph_c64_mul(g->rest[j], g->basis[j * g->n + i]));
    for (size_t i = g->free; i < g->n; i++)
        power += cph_c64_power(g->rest[i]);
    return power;
}

static cph_status run(const cph_adaptive *adaptive, cph_constraints *k, canceller *g, double *power,
                      cph_error *error)
{
    size_t which = 0;
    cph_status status = cph_constraints_solve(adaptive, k, error);
    if (status != CPH_OK)
        return status;
    make_basis(adaptive, k, g);
    for (size_t i = 0; i < g->n; i++)
        g->rest[i] = k->target[i];
    cph_cholesky_adjoint(g->n, adaptive->factor, g->rest);
    if (!cph_reflect_factor(g->n, g->free, lost, g->seen, g->triangle, &which))
        return cph_fail(error, CPH_ERR_SINGULAR, "the covariance is singular; load the diagonal");
    *power = cancel(g, k->target);
    return CPH_OK;
}

cph_status cph_adaptive_gsc(const cph_adaptive *adaptive, size_t constraints, const cph_c64 *c,
                            const cph_c64 *response, cph_c64 *w, double *power, cph_error *error)
{
    cph_constraints k = {0};
    double least = 0.0;
    cph_status status = cph_constraints_take(adaptive, constraints, c, response, &k, error);
    if (status != CPH_OK)
        return status;
    canceller g = {.n = adaptive->live, .free = adaptive->live - constraints};
    status = reserve(&g);
    if (status != CPH_OK)
        (void)cph_fail(error, status, "a canceller of %zu elements: %s", g.n,
                       cph_status_name(status));
    else
        status = run(adaptive, &k, &g, &least, error);
    if (status == CPH_OK) {
        cph_adaptive_scatter(adaptive, k.target, w);
        if (power != NULL)
            *power = least;
    }
    free(g.basis);
    cph_constraints_free(&k);
    return status;
}
