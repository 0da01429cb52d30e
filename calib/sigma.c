/* SPDX-License-Identifier: MIT */
/* Parameters: log amplitudes, phases, and extras: fluxes where they are fitted, and offsets of
 * sources. With h_pq = g_p g_q* m_pq the derivatives of baseline (p, q) are h, j h and f_i (of a
 * flux g_p g_q* a_ip a_iq*); the weighted score of element p is c_p = sum_q y_pq e_pq, y = w h*,
 * with real part for amplitude and imaginary part for phase; that of extra i is t_i = sum over all
 * p != q of w f_i* e / 2. For errors with E[e_pq e_rs*] = R_pr R_sq: E[c_p c_r*] = R_pr (Y R^T
 * Y^H)_pr,  E[c_p c_r] = P_pr P_rp with P = Y R^T, E[t_i e_ps*] = (R^T T_i R^T)_ps. Independent
 * errors are the same with R = 1. */
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
    bool wishart;         /* else R = 1 */
    cph_c64 *r;           /* [n][n] R of the model, full */
    cph_c64 *y;           /* [n][n] Y */
    cph_c64 *left, *both; /* [n][n] Y R^T, Y R^T Y^H; later T R^T, R^T T R^T */
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

static cph_c64 entry(const work *k, size_t p, size_t q)
{
    return p == q ? one : model(k, p, q);
}

static double weight(const cph_system *s, size_t p, size_t q)
{
    return p == q ? 0.0 : s->robust[p < q ? p * s->n + q : q * s->n + p];
}

static cph_c64 extra_pair(const work *k, size_t i, size_t p, size_t q)
{
    return cph_system_derivative(k->system, k->g, i, p, q);
}

/* out = x R^T, or x itself. */
static void times_covariance(const work *k, const cph_c64 *x, cph_c64 *out)
{
    size_t n = k->system->n;
    if (k->wishart)
        cph_tiles_multiply(n, CPH_AS_IT_IS, x, CPH_TRANSPOSED, k->r, out);
    else
        memcpy(out, x, n * n * sizeof *out);
}

static void fill_elements(work *k)
{
    size_t n = k->system->n;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 h = entry(k, p, q);
            if (k->wishart)
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
    *hermitian = k->wishart ? cph_c64_mul(entry(k, p, r), k->both[at])
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

/* left = T R^T and both = R^T T R^T for T = w f_i* / 2, whose scores are those of extra i. T stands
 * where the last will. */
static void fill_extra(work *k, size_t i)
{
    size_t n = k->system->n;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            k->both[p * n + q] =
                cph_c64_scale(0.5 * weight(k->system, p, q), cph_c64_conj(extra_pair(k, i, p, q)));
    times_covariance(k, k->both, k->left);
    if (k->wishart)
        cph_tiles_multiply(n, CPH_TRANSPOSED, k->r, CPH_AS_IT_IS, k->left, k->both);
}

static void add_extra_elements(const work *k, const cph_block_layout *l, size_t i, double *h,
                               double *v)
{
    size_t n = k->system->n, row = 2 * n + i;
    for (size_t p = 0; p < n; p++) {
        cph_c64 hessian = zero, score = zero;
        for (size_t q = 0; q < n; q++) {
            if (q == p)
                continue;
            cph_c64 y = cph_c64_scale(weight(k->system, p, q), cph_c64_conj(model(k, p, q)));
            hessian = cph_c64_add(hessian, cph_c64_mul(y, extra_pair(k, i, p, q)));
            score = cph_c64_add(score, cph_c64_mulc(y, k->both[p * n + q]));
        }
        set_pair(l, h, row, l->amplitude + p, hessian.re);
        set_pair(l, h, row, l->phase + p, hessian.im);
        set_pair(l, v, row, l->amplitude + p, score.re);
        set_pair(l, v, row, l->phase + p, score.im);
    }
}

static void add_extra_pair(const work *k, const cph_block_layout *l, size_t i, size_t j, double *h,
                           double *v)
{
    size_t n = k->system->n;
    double hessian = 0.0, score = 0.0;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 f = extra_pair(k, j, p, q), own = extra_pair(k, i, p, q);
            double w = 0.5 * weight(k->system, p, q);
            hessian += w * (f.re * own.re + f.im * own.im);
            score += w * cph_c64_mul(f, k->both[p * n + q]).re;
        }
    set_pair(l, h, 2 * n + i, 2 * n + j, hessian);
    set_pair(l, v, 2 * n + i, 2 * n + j, score);
}

/* ---- quantities that depend on the parameters ---- */

/* Of one block: noise of n elements, then fluxes, then offsets; all are asked for or none. */
static cph_status allocate_functionals(const work *k, const cph_block_layout *l, cph_functionals *f)
{
    const cph_system *s = k->system;
    size_t row = 2 * l->order + 1, square;
    f->count = s->n + s->sources + 2 * (s->sources - s->held);
    if (!cph_size_mul(f->count, row, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    f->gradient = calloc(square, sizeof *f->gradient);
    f->score = f->gradient + f->count * l->order;
    f->variance = f->score + f->count * l->order;
    return f->gradient == NULL ? CPH_ERR_MEMORY : CPH_OK;
}

/* Noise 1 - |g_p|^2 m_pp: the error of 1 is e_pp, E[e_pp c_r] = R_rp (Y R^T)_rp. */
static void fill_noise(const work *k, const cph_block_layout *l, const double *self,
                       cph_functionals *f)
{
    const cph_system *s = k->system;
    for (size_t p = 0; p < s->n; p++) {
        double *gradient = f->gradient + p * l->order, *score = f->score + p * l->order;
        double power = cph_c64_power(k->g[p]);
        f->variance[p] = 1.0;
        gradient[l->amplitude + p] = 2.0 * power * self[p];
        for (size_t i = 0; s->fit && i < s->sources; i++)
            gradient[2 * s->n + i] = power;
        for (size_t r = 0; k->wishart && r < s->n; r++) {
            cph_c64 c = cph_c64_mul(entry(k, r, p), k->left[r * s->n + p]);
            score[l->amplitude + r] = c.re;
            if (l->phase != CPH_ABSENT)
                score[l->phase + r] = c.im;
        }
    }
}

/* Fluxes take up the scale of the gains; offsets are themselves. */
static void fill_sources(const work *k, const cph_block_layout *l, const cph_gauge *gauge,
                         cph_functionals *f)
{
    const cph_system *s = k->system;
    double sum = 0.0, *row = f->gradient + s->n * l->order;
    for (size_t p = 0; p < s->n; p++)
        sum += sqrt(cph_c64_power(gauge->gain[p]));
    for (size_t i = 0; i < s->sources; i++, row += l->order) {
        for (size_t p = 0; !gauge->absolute && p < s->n; p++)
            row[l->amplitude + p] = 2.0 * s->flux[i] * sqrt(cph_c64_power(gauge->gain[p])) / sum;
        if (s->fit)
            row[2 * s->n + i] = 1.0;
    }
    size_t offsets = 2 * (s->sources - s->held), first = cph_system_extras(s) - offsets;
    for (size_t i = 0; i < offsets; i++, row += l->order)
        row[2 * s->n + first + i] = 1.0;
}

/* E[e_pp t_i] = (R^T T_i R^T)_pp, from fill_extra. */
static void add_noise_extra(const work *k, const cph_block_layout *l, size_t i, cph_functionals *f)
{
    size_t n = k->system->n;
    for (size_t p = 0; k->wishart && p < n; p++)
        f->score[p * l->order + 2 * n + i] = k->both[p * n + p].re;
}

static void take_functionals(const cph_system *s, const cph_functionals *f, cph_sigma *sigma)
{
    memcpy(sigma->noise_var, f->variance, s->n * sizeof(double));
    memcpy(sigma->flux_var, f->variance + s->n, s->sources * sizeof(double));
    memcpy(sigma->offset_var, f->variance + s->n + s->sources,
           2 * (s->sources - s->held) * sizeof(double));
}

/* ---- blocks ---- */

static void fill_extras(work *k, const cph_block_layout *l, double *h, double *v,
                        cph_functionals *f)
{
    for (size_t i = 0; 2 * l->n + i < l->order; i++) {
        size_t at = (2 * l->n + i) * l->order + 2 * l->n + i;
        fill_extra(k, i);
        add_extra_elements(k, l, i, h, v);
        for (size_t j = 0; j <= i; j++)
            add_extra_pair(k, l, i, j, h, v);
        /* A source without flux has offsets that nothing shows. */
        if (h[at] <= 0.0)
            h[at] = 1.0;
        if (f != NULL)
            add_noise_extra(k, l, i, f);
    }
}

/* One block; adds tr(H^-1 V) to *trace. */
static cph_status solve_block(work *k, const cph_block_layout *l, const cph_gauge *gauge,
                              cph_sigma *sigma, double *trace)
{
    size_t square;
    double part;
    bool wanted = sigma->noise_var != NULL && l->amplitude != CPH_ABSENT;
    if (!cph_size_mul(l->order, 2 * l->order, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    cph_functionals f = {0};
    double *h = calloc(square, sizeof *h);
    cph_status status = h == NULL ? CPH_ERR_MEMORY
                        : wanted  ? allocate_functionals(k, l, &f)
                                  : CPH_OK;
    if (status == CPH_OK) {
        double *v = h + l->order * l->order;
        add_elements(k, l, h, v);
        if (wanted) {
            fill_noise(k, l, sigma->self, &f);
            fill_sources(k, l, gauge, &f);
        }
        fill_extras(k, l, h, v, wanted ? &f : NULL);
        status = cph_sandwich(l, gauge, h, v, sigma->amplitude_var, sigma->phase_var,
                              wanted ? &f : NULL, &part);
    }
    if (status == CPH_OK) {
        *trace += part;
        if (wanted)
            take_functionals(k->system, &f, sigma);
    }
    free(f.gradient);
    free(h);
    return status;
}

static void free_matrix(cph_c64 **matrix)
{
    free(*matrix);
    *matrix = NULL;
}

static cph_status solve(work *k, const cph_gauge *gauge, cph_sigma *sigma)
{
    const cph_system *s = k->system;
    size_t extras = cph_system_extras(s);
    double expected = 0.0, trace = 0.0;
    for (size_t i = 0; i < s->n * s->n; i++)
        expected += s->robust[i];
    fill_elements(k);
    free_matrix(&k->y);
    if (extras == 0)
        free_matrix(&k->r);
    const cph_block_layout joint = {2 * s->n + extras, s->n, 0, s->n},
                           apart[2] = {{s->n, s->n, 0, CPH_ABSENT}, {s->n, s->n, CPH_ABSENT, 0}};
    cph_status status;
    if (extras > 0) {
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
    size_t square, bytes, n = system->n;
    if (!cph_size_mul(n, n, &square) || !cph_size_mul(square, sizeof(cph_c64), &bytes) ||
        bytes == 0)
        return CPH_ERR_OVERFLOW;
    work k = {.system = system, .g = g, .wishart = wishart};
    k.y = malloc(bytes);
    k.left = malloc(bytes);
    k.both = malloc(bytes);
    k.r = wishart ? malloc(bytes) : NULL;
    cph_status status = CPH_ERR_MEMORY;
    if (k.y != NULL && k.left != NULL && k.both != NULL && (!wishart || k.r != NULL))
        status = solve(&k, gauge, sigma);
    free(k.r);
    free(k.y);
    free(k.left);
    free(k.both);
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
