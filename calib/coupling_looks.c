/* SPDX-License-Identifier: MIT */
/* y_s = alpha_s C a_s with C eliminated: for alpha given, C^T = X^+ Y, X having rows alpha_s a_s;
 * with P = I - X X^+ and b_s = C a_s, a step of alpha solves
 *   sum_t P_st (b_s^H b_t) dalpha_t = b_s^H (y_s - alpha_s b_s). */
#include "calib/coupling_looks.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/gauge.h"
#include "calib/invert.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { START_ROUNDS = 30, MOST_ROUNDS = 60, MOST_HALVINGS = 12 };

/* Steps of alpha below it, relative, are rounding. */
static const double small_step = 1e-11;

static cph_status check(const cph_coupling_looks_config *c, const cph_coupling_looks *s,
                        size_t *count, cph_error *error)
{
    size_t square;
    if (c == NULL || s == NULL || c->elements < 2 || c->looks == 0 || c->steering == NULL ||
        c->response == NULL || s->matrix == NULL || s->sigma == NULL ||
        !cph_estimate_complete(&s->diagonal) || !(c->sigma >= 0.0) || !isfinite(c->sigma) ||
        (c->reference != SIZE_MAX && c->reference >= c->elements))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "directions, responses and arrays for the answer are needed");
    if (!cph_size_mul(c->looks, c->elements, count) || !cph_size_mul(c->looks, c->looks, &square) ||
        !cph_size_mul(c->elements, c->elements, &square))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu looks do not fit", c->looks);
    for (size_t i = 0; i < *count; i++)
        if (!cph_c64_finite(c->steering[i]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "a steering vector is not finite");
    if (c->looks <= c->elements)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu looks at single sources; expected more than the %zu elements",
                        c->looks, c->elements);
    return CPH_OK;
}

static bool usable(const cph_coupling_looks_config *c, const unsigned char *flag, size_t n)
{
    bool good = flag[n] == CPH_FLAG_NONE;
    for (size_t s = 0; s < c->looks && good; s++)
        good = cph_c64_finite(c->response[s * c->elements + n]);
    return good;
}

static cph_status take_rows(cph_looks_desk *d, const unsigned char *flag, cph_error *error)
{
    const cph_coupling_looks_config *const c = d->config;
    for (size_t n = 0; n < d->n; n++)
        if (usable(c, flag, n))
            d->row[d->live++] = n;
    if (c->reference != SIZE_MAX && !usable(c, flag, c->reference))
        return cph_fail(error, CPH_ERR_TOO_FEW, "the reference element is flagged");
    if ((double)d->live * (double)(d->s - d->n) < (double)(d->s - 1))
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu looks at %zu elements of which %zu are heard do not tell the powers "
                        "of the sources; expected more looks",
                        d->s, d->n, d->live);
    return CPH_OK;
}

/* ---- a fit with alpha given ---- */

static void excite(cph_looks_desk *d, const cph_c64 *alpha)
{
    for (size_t s = 0; s < d->s; s++)
        for (size_t m = 0; m < d->n; m++)
            d->x[s * d->n + m] = cph_c64_mul(alpha[s], d->config->steering[s * d->n + m]);
}

static void project(cph_looks_desk *d)
{
    for (size_t s = 0; s < d->s; s++)
        for (size_t t = 0; t < d->s; t++) {
            cph_c64 sum = {s == t ? 1.0 : 0.0, 0.0};
            for (size_t m = 0; m < d->n; m++)
                sum = cph_c64_sub(sum, cph_c64_mul(d->x[s * d->n + m], d->inverse[m * d->s + t]));
            d->projector[s * d->s + t] = sum;
        }
}

static void find_matrix(cph_looks_desk *d)
{
    for (size_t i = 0; i < d->live; i++)
        for (size_t m = 0; m < d->n; m++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t s = 0; s < d->s; s++)
                sum = cph_c64_add(sum, cph_c64_mul(d->inverse[m * d->s + s],
                                                   d->config->response[s * d->n + d->row[i]]));
            d->matrix[i * d->n + m] = sum;
        }
}

static void find_residual(cph_looks_desk *d, const cph_c64 *alpha)
{
    d->residual = 0.0;
    for (size_t s = 0; s < d->s; s++)
        for (size_t i = 0; i < d->live; i++) {
            cph_c64 b = {0.0, 0.0};
            for (size_t m = 0; m < d->n; m++)
                b = cph_c64_add(
                    b, cph_c64_mul(d->matrix[i * d->n + m], d->config->steering[s * d->n + m]));
            const cph_c64 left =
                cph_c64_sub(d->config->response[s * d->n + d->row[i]], cph_c64_mul(alpha[s], b));
            d->clean[s * d->live + i] = b;
            d->left[s * d->live + i] = left;
            d->residual += cph_c64_power(left);
        }
}

cph_status cph_looks_fit(cph_looks_desk *d, const cph_c64 *alpha)
{
    excite(d, alpha);
    const cph_status status = cph_pseudo_inverse(d->s, d->n, d->x, d->inverse, &d->condition[0]);
    if (status != CPH_OK)
        return status;
    find_matrix(d);
    find_residual(d, alpha);
    return isfinite(d->residual) ? CPH_OK : CPH_ERR_SINGULAR;
}

/* ---- steps ---- */

cph_status cph_looks_equations(cph_looks_desk *d)
{
    const size_t n = d->s;
    double trace = 0.0, power = 0.0;
    project(d);
    for (size_t s = 0; s < n; s++) {
        power += cph_c64_power(d->alpha[s]);
        for (size_t t = 0; t < n; t++)
            d->normal[s * n + t] =
                cph_c64_mul(d->projector[s * n + t],
                            cph_c64_inner(d->live, d->clean + s * d->live, d->clean + t * d->live));
        trace += d->normal[s * n + s].re;
    }
    /* alpha itself is what is open. */
    for (size_t s = 0; s < n; s++)
        for (size_t t = 0; t < n; t++)
            d->normal[s * n + t] = cph_c64_add(
                d->normal[s * n + t],
                cph_c64_scale(trace / ((double)n * power), cph_c64_mulc(d->alpha[s], d->alpha[t])));
    return trace > 0.0 ? cph_pseudo_inverse(n, n, d->normal, d->solved, &d->condition[1])
                       : CPH_ERR_SINGULAR;
}

/* d->tried is alpha and `share` of the step; returns the squared size of that. */
static double step(cph_looks_desk *d, double share)
{
    double size = 0.0;
    for (size_t s = 0; s < d->s; s++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t t = 0; t < d->s; t++)
            sum = cph_c64_add(sum, cph_c64_mul(d->solved[s * d->s + t],
                                               cph_c64_inner(d->live, d->clean + t * d->live,
                                                             d->left + t * d->live)));
        d->tried[s] = cph_c64_add(d->alpha[s], cph_c64_scale(share, sum));
        size += share * share * cph_c64_power(sum);
    }
    return size;
}

static double power_of(size_t n, const cph_c64 *x)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += cph_c64_power(x[i]);
    return sum;
}

/* One step, shorter while the residual grows; *more: it is worth another one. */
static cph_status advance(cph_looks_desk *d, bool *more)
{
    const double before = d->residual;
    cph_status status = cph_looks_equations(d);
    double share = 1.0;
    *more = false;
    for (unsigned k = 0; k < MOST_HALVINGS && status == CPH_OK; k++) {
        const double size = step(d, share);
        const bool last = size <= small_step * small_step * power_of(d->s, d->alpha);
        status = cph_looks_fit(d, d->tried);
        if (status == CPH_OK && (last || d->residual <= before)) {
            memcpy(d->alpha, d->tried, d->s * sizeof *d->alpha);
            *more = !last;
            d->stop = last ? CPH_STOP_CONVERGED : CPH_STOP_ITERATIONS;
            return CPH_OK;
        }
        share *= 0.5;
        /* The step starts from the fit of alpha. */
        if (status == CPH_OK)
            status = cph_looks_fit(d, d->alpha);
    }
    d->stop = CPH_STOP_STALLED;
    return status;
}

/* alpha of gains alone: y_sn conj(a_sn) = alpha_s g_n, |a| being 1. */
static void start(cph_looks_desk *d, cph_c64 *gain)
{
    const cph_coupling_looks_config *const c = d->config;
    for (size_t i = 0; i < d->live; i++)
        gain[i] = cph_c64_mulc(c->response[d->row[i]], c->steering[d->row[i]]);
    for (unsigned round = 0; round < START_ROUNDS; round++) {
        const double gains = power_of(d->live, gain);
        for (size_t s = 0; s < d->s; s++) {
            d->alpha[s] = (cph_c64){0.0, 0.0};
            for (size_t i = 0; i < d->live; i++) {
                const size_t at = s * d->n + d->row[i];
                d->alpha[s] = cph_c64_add(
                    d->alpha[s],
                    cph_c64_scale(
                        1.0 / gains,
                        cph_c64_mulc(cph_c64_mulc(c->response[at], c->steering[at]), gain[i])));
            }
        }
        const double powers = power_of(d->s, d->alpha);
        for (size_t i = 0; i < d->live; i++) {
            gain[i] = (cph_c64){0.0, 0.0};
            for (size_t s = 0; s < d->s; s++) {
                const size_t at = s * d->n + d->row[i];
                gain[i] = cph_c64_add(
                    gain[i], cph_c64_scale(1.0 / powers, cph_c64_mulc(cph_c64_mulc(c->response[at],
                                                                                   c->steering[at]),
                                                                      d->alpha[s])));
            }
        }
    }
}

static cph_status iterate(cph_looks_desk *d)
{
    bool more = true;
    start(d, d->clean); /* [S][live]: room for one row */
    cph_status status = cph_looks_fit(d, d->alpha);
    while (status == CPH_OK && more && d->iterations < MOST_ROUNDS) {
        status = advance(d, &more);
        d->iterations++;
    }
    return status == CPH_OK ? cph_looks_equations(d) : status;
}

/* ---- the whole ---- */

/* C_nn of the rows in their gauge into `diagonal`; the factor that makes them so. */
static cph_status find_gauge(const cph_looks_desk *d, cph_c64 *diagonal, cph_c64 *factor)
{
    size_t reference = SIZE_MAX;
    for (size_t i = 0; i < d->live; i++) {
        diagonal[i] = d->matrix[i * d->n + d->row[i]];
        if (!(cph_c64_power(diagonal[i]) > 0.0))
            return CPH_ERR_SINGULAR;
        reference = d->row[i] == d->config->reference ? i : reference;
    }
    const cph_c64 own = diagonal[0];
    cph_gauge_phase(d->live, reference, diagonal);
    (void)cph_gauge_scale(d->live, diagonal);
    *factor = cph_c64_scale(1.0 / cph_c64_power(own), cph_c64_mulc(diagonal[0], own));
    return CPH_OK;
}

static bool lay_out(cph_looks_desk *d, void **memory)
{
    const size_t rows = d->n, wide = d->s * d->n, square = d->s * d->s;
    const struct {
        cph_c64 **at;
        size_t count;
    } part[] = {{&d->alpha, d->s},   {&d->tried, d->s},       {&d->x, wide},
                {&d->inverse, wide}, {&d->projector, square}, {&d->matrix, rows * rows},
                {&d->clean, wide},   {&d->left, wide},        {&d->normal, square},
                {&d->solved, square}};
    enum { PARTS = sizeof part / sizeof part[0] };
    size_t bytes = 0, at[PARTS], list;
    for (size_t i = 0; i < PARTS; i++)
        if (!cph_size_place(&bytes, part[i].count, sizeof(cph_c64), &at[i]))
            return false;
    if (!cph_size_place(&bytes, rows, sizeof *d->row, &list))
        return false;
    *memory = bytes > 0 ? calloc(1, bytes) : NULL;
    for (size_t i = 0; *memory != NULL && i < PARTS; i++)
        *part[i].at = cph_size_at(*memory, at[i]);
    if (*memory != NULL)
        d->row = cph_size_at(*memory, list);
    return true;
}

static cph_status solve(cph_looks_desk *d, cph_coupling_looks *solution, cph_error *error)
{
    cph_c64 factor = {1.0, 0.0};
    cph_status status = take_rows(d, solution->diagonal.flag, error);
    if (status != CPH_OK)
        return status;
    status = iterate(d);
    if (status == CPH_OK)
        status = find_gauge(d, d->tried, &factor); /* [S], S > N */
    if (status == CPH_OK)
        cph_looks_deliver(d, d->tried, factor, d->x, solution);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status,
                          status == CPH_ERR_SINGULAR
                              ? "the directions of %zu looks do not tell %zu elements apart"
                              : "no room for %zu looks at %zu elements",
                          d->s, d->n);
}

cph_status cph_coupling_looks_solve(const cph_coupling_looks_config *config,
                                    cph_coupling_looks *solution, cph_error *error)
{
    size_t count;
    void *memory = NULL;
    cph_status status = check(config, solution, &count, error);
    if (status != CPH_OK)
        return status;
    cph_looks_desk d = {.config = config, .n = config->elements, .s = config->looks};
    if (!lay_out(&d, &memory))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu looks do not fit", config->looks);
    status = memory != NULL ? solve(&d, solution, error)
                            : cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu looks", d.s);
    free(memory);
    return status;
}
