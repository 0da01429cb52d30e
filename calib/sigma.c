/* SPDX-License-Identifier: MIT */
/* Parameters: log amplitudes, phases, and fluxes where they are fitted. With h_pq = g_p g_q* m_pq
 * the derivatives of baseline (p, q) are h, j h and f_i = g_p g_q* a_ip a_iq*; the weighted score
 * of element p is c_p = sum_q y_pq e_pq, y = w h*, with real part for amplitude and imaginary part
 * for phase; that of flux i is t_i = sum over all p != q of w f_i* e / 2. For errors with E[e_pq
 * e_rs*] = R_pr R_sq: E[c_p c_r*] = R_pr (Y R^T Y^H)_pr,  E[c_p c_r] = P_pr P_rp with P = Y R^T,
 *   E[t_i e_ps*] = (R^T T_i R^T)_ps.
 * Independent errors are the same with R = 1. */
#include "calib/sigma.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/tiles.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

static const cph_c64 one = {1.0, 0.0}, zero = {0.0, 0.0};

typedef struct work {
    const cph_system *system;
    const cph_c64 *g;
    cph_c64 *r;               /* [n][n] R of the model, full; NULL: R = 1 */
    cph_c64 *y, *left, *both; /* [n][n] Y, Y R^T, Y R^T Y^H; later T, T R^T, R^T T R^T */
} work;

static cph_c64 gain_pair(const work *k, size_t p, size_t q)
{
    return cph_c64_mulc(k->g[p], k->g[q]);
}

static cph_c64 model(const work *k, size_t p, size_t q)
{
    const cph_system *s = k->system;
    return p < q ? cph_c64_mul(gain_pair(k, p, q), s->m[p * s->n + q])
                 : cph_c64_mulc(gain_pair(k, p, q), s->m[q * s->n + p]);
}

static double weight(const cph_system *s, size_t p, size_t q)
{
    return p == q ? 0.0 : s->robust[p < q ? p * s->n + q : q * s->n + p];
}

static cph_c64 source_pair(const work *k, size_t i, size_t p, size_t q)
{
    const cph_c64 *a = k->system->a + i * k->system->n;
    return cph_c64_mul(gain_pair(k, p, q), cph_c64_mulc(a[p], a[q]));
}

/* out = x R^T, or x itself. */
static void times_covariance(const work *k, const cph_c64 *x, cph_c64 *out)
{
    size_t n = k->system->n;
    if (k->r == NULL)
        memcpy(out, x, n * n * sizeof *out);
    else
        cph_tiles_multiply(n, CPH_AS_IT_IS, x, CPH_TRANSPOSED, k->r, out);
}

static void fill_elements(work *k)
{
    size_t n = k->system->n;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 h = p == q ? one : model(k, p, q);
            if (k->r != NULL)
                k->r[p * n + q] = h;
            k->y[p * n + q] = cph_c64_scale(weight(k->system, p, q), cph_c64_conj(h));
        }
    times_covariance(k, k->y, k->left);
    cph_tiles_multiply(n, CPH_AS_IT_IS, k->left, CPH_ADJOINT, k->y, k->both);
}

/* What a pair of elements adds to the score's covariance: E[c_p c_r*] and E[c_p c_r]. */
static void score_pair(const work *k, size_t p, size_t r, cph_c64 *hermitian, cph_c64 *symmetric)
{
    size_t n = k->system->n, at = p * n + r;
    *hermitian = k->r != NULL ? cph_c64_mul(k->r[at], k->both[at])
                              : cph_c64_scale((double)(p == r), k->both[at]);
    *symmetric = cph_c64_mul(k->left[at], k->left[r * n + p]);
}

/* H of amplitudes: sum of rows of b on the diagonal plus b; of phases: less b; b = w |h|^2. */
static void add_elements(const work *k, const cph_block_layout *l, double *h, double *v)
{
    size_t n = k->system->n;
    for (size_t p = 0; p < n; p++)
        for (size_t r = 0; r < n; r++) {
            cph_c64 hermitian, symmetric;
            double b = p == r ? 0.0 : weight(k->system, p, r) * cph_c64_power(model(k, p, r));
            score_pair(k, p, r, &hermitian, &symmetric);
            if (l->amplitude != CPH_ABSENT) {
                size_t row = (l->amplitude + p) * l->order + l->amplitude;
                h[row + r] += b;
                h[row + p] += b;
                v[row + r] = 0.5 * (hermitian.re + symmetric.re);
            }
            if (l->phase != CPH_ABSENT) {
                size_t row = (l->phase + p) * l->order + l->phase;
                h[row + r] -= b;
                h[row + p] += b;
                v[row + r] = 0.5 * (hermitian.re - symmetric.re);
            }
            if (l->amplitude != CPH_ABSENT && l->phase != CPH_ABSENT) {
                size_t a = l->amplitude + p, f = l->phase + r;
                v[a * l->order + f] = v[f * l->order + a] = 0.5 * (symmetric.im - hermitian.im);
            }
        }
}

static void set_pair(const cph_block_layout *l, double *matrix, size_t i, size_t j, double value)
{
    matrix[i * l->order + j] = matrix[j * l->order + i] = value;
}

/* left = T R^T and both = R^T T R^T for T = w f_i* / 2, whose scores are those of flux i. */
static void fill_flux(work *k, size_t i)
{
    size_t n = k->system->n;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            k->y[p * n + q] =
                cph_c64_scale(0.5 * weight(k->system, p, q), cph_c64_conj(source_pair(k, i, p, q)));
    times_covariance(k, k->y, k->left);
    if (k->r == NULL)
        memcpy(k->both, k->left, n * n * sizeof *k->both);
    else
        cph_tiles_multiply(n, CPH_TRANSPOSED, k->r, CPH_AS_IT_IS, k->left, k->both);
}

static void add_flux_elements(const work *k, const cph_block_layout *l, size_t i, double *h,
                              double *v)
{
    size_t n = k->system->n, row = 2 * n + i;
    for (size_t p = 0; p < n; p++) {
        cph_c64 hessian = zero, score = zero;
        for (size_t q = 0; q < n; q++) {
            if (q == p)
                continue;
            cph_c64 y = cph_c64_scale(weight(k->system, p, q), cph_c64_conj(model(k, p, q)));
            hessian = cph_c64_add(hessian, cph_c64_mul(y, source_pair(k, i, p, q)));
            score = cph_c64_add(score, cph_c64_mulc(y, k->both[p * n + q]));
        }
        set_pair(l, h, row, l->amplitude + p, hessian.re);
        set_pair(l, h, row, l->phase + p, hessian.im);
        set_pair(l, v, row, l->amplitude + p, score.re);
        set_pair(l, v, row, l->phase + p, score.im);
    }
}

static void add_flux_pair(const work *k, const cph_block_layout *l, size_t i, size_t j, double *h,
                          double *v)
{
    size_t n = k->system->n;
    double hessian = 0.0, score = 0.0;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 f = source_pair(k, j, p, q), own = source_pair(k, i, p, q);
            double w = 0.5 * weight(k->system, p, q);
            hessian += w * (f.re * own.re + f.im * own.im);
            score += w * cph_c64_mul(f, k->both[p * n + q]).re;
        }
    set_pair(l, h, 2 * n + i, 2 * n + j, hessian);
    set_pair(l, v, 2 * n + i, 2 * n + j, score);
}

/* One block; adds tr(H^-1 V) to *trace. */
static cph_status solve_block(work *k, const cph_block_layout *l, const cph_gauge *gauge,
                              cph_sigma *sigma, double *trace)
{
    size_t square;
    double part;
    if (!cph_size_mul(l->order, 2 * l->order, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    double *h = calloc(square, sizeof *h);
    if (h == NULL)
        return CPH_ERR_MEMORY;
    double *v = h + l->order * l->order;
    add_elements(k, l, h, v);
    for (size_t i = 0; 2 * l->n + i < l->order; i++) {
        fill_flux(k, i);
        add_flux_elements(k, l, i, h, v);
        for (size_t j = 0; j <= i; j++)
            add_flux_pair(k, l, i, j, h, v);
    }
    cph_status status = cph_sandwich(l, gauge, h, v, sigma->amplitude_var, sigma->phase_var, &part);
    if (status == CPH_OK)
        *trace += part;
    free(h);
    return status;
}

static cph_status solve(work *k, const cph_gauge *gauge, cph_sigma *sigma)
{
    const cph_system *s = k->system;
    double expected = 0.0, trace = 0.0;
    for (size_t i = 0; i < s->n * s->n; i++)
        expected += s->robust[i];
    fill_elements(k);
    const cph_block_layout joint = {2 * s->n + s->sources, s->n, 0, s->n},
                           apart[2] = {{s->n, s->n, 0, CPH_ABSENT}, {s->n, s->n, CPH_ABSENT, 0}};
    cph_status status;
    if (s->fit) {
        status = solve_block(k, &joint, gauge, sigma, &trace);
    } else {
        status = solve_block(k, &apart[0], gauge, sigma, &trace);
        if (status == CPH_OK)
            status = solve_block(k, &apart[1], gauge, sigma, &trace);
    }
    sigma->residual = expected - trace;
    return status;
}

cph_status cph_sigma_solve(const cph_system *system, const cph_c64 *g, const cph_gauge *gauge,
                           bool wishart, cph_sigma *sigma)
{
    size_t square, n = system->n;
    if (!cph_size_mul(n, 4 * n, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    cph_c64 *memory = calloc(square, sizeof *memory);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    work k = {.system = system,
              .g = g,
              .y = memory,
              .left = memory + n * n,
              .both = memory + 2 * n * n,
              .r = wishart ? memory + 3 * n * n : NULL};
    cph_status status = solve(&k, gauge, sigma);
    free(memory);
    return status;
}

/* Sums over q of t_q e_pq, t_q = w m_pq* g_q, and of w |m g|^2, for an element p that hears
 * nothing: E[e_pq e_pr*] = R_qr. */
cph_status cph_sigma_of_nothing(const cph_system *system, const cph_c64 *g, double *sigma)
{
    size_t square, n = system->n;
    if (!cph_size_mul(n, 3 * n, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    cph_c64 *memory = calloc(square, sizeof *memory);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    cph_c64 *t = memory, *r = memory + n * n, *product = memory + 2 * n * n;
    const work k = {.system = system, .g = g};
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 m = p < q ? cph_c64_conj(system->m[p * n + q]) : system->m[q * n + p];
            t[p * n + q] = cph_c64_scale(weight(system, p, q), cph_c64_mul(m, g[q]));
            r[p * n + q] = p == q ? one : model(&k, p, q);
        }
    cph_tiles_multiply(n, CPH_AS_IT_IS, t, CPH_TRANSPOSED, r, product);
    for (size_t p = 0; p < n; p++) {
        double power = 0.0, known = 0.0;
        for (size_t q = 0; q < n; q++) {
            cph_c64 m = system->m[p < q ? p * n + q : q * n + p];
            power += cph_c64_mulc(product[p * n + q], t[p * n + q]).re;
            known += p == q ? 0.0 : weight(system, p, q) * cph_c64_power(m) * cph_c64_power(g[q]);
        }
        sigma[p] = known > 0.0 ? sqrt(fmax(power, 0.0)) / known : INFINITY;
    }
    free(memory);
    return CPH_OK;
}
