/* SPDX-License-Identifier: MIT */
/* Fisher matrix K tr(Q dR Q dR), Q = R^-1, of R = S + D with S = sum flux b b^H, b = g a. For
 * element p: log amplitude E_p S + S E_p, phase j (E_p S - S E_p), noise power E_p; flux b b^H,
 * E_p being 1 at (p, p). With C = S Q and B = S Q S:
 *   tr(Q E_p S Q E_q S) = C_pq C_qp,  tr(Q E_p S Q S E_q) = B_pq Q_qp. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/sandwich.h"
#include "calib/tiles.h"
#include "cophase/calib.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

typedef struct fisher {
    const cph_bound_config *config;
    size_t n;
    size_t *element;         /* [n] */
    cph_c64 *gain, *b;       /* [n], [S][n] */
    cph_c64 *s, *q, *c, *bb; /* [n][n] S, Q, C, B */
    cph_c64 *qb, *cb;        /* [n] Q b_i, C b_i */
    size_t noise, flux;      /* where these parameters start, or CPH_ABSENT */
    cph_block_layout layout;
    double
        total; /* sum of fluxes: the unit of those estimated; noise powers are in units of theirs */
    double *f; /* [order][order], then the same again */
} fisher;

static double noise_of(const fisher *k, size_t p)
{
    return k->config->noise[k->element[p]];
}

/* x^H D^-1 y */
static cph_c64 whitened(const fisher *k, const cph_c64 *x, const cph_c64 *y)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t p = 0; p < k->n; p++)
        sum = cph_c64_add(sum, cph_c64_scale(1.0 / noise_of(k, p), cph_c64_mulc(y[p], x[p])));
    return sum;
}

/* Q = D^-1 - D^-1 b sqrt(F) G sqrt(F) b^H D^-1 (Woodbury), D being the noise and G the inverse of
 * 1 + sqrt(F) b^H D^-1 b sqrt(F), which is inverted as a real matrix of twice the order. */
static cph_status fill_inverse(fisher *k, double *inner)
{
    const double *flux = k->config->flux;
    size_t n = k->n, count = k->config->sources, order = 2 * count;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            cph_c64 z =
                cph_c64_scale(sqrt(flux[i] * flux[j]), whitened(k, k->b + i * n, k->b + j * n));
            inner[i * order + j] = inner[(count + i) * order + count + j] = z.re + (double)(i == j);
            inner[(count + i) * order + j] = z.im;
            inner[i * order + count + j] = -z.im;
        }
    cph_status status = cph_tiles_invert(order, inner);
    if (status != CPH_OK)
        return status;
    for (size_t p = 0; p < n; p++)
        for (size_t r = 0; r < n; r++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t i = 0; i < count; i++)
                for (size_t j = 0; j < count; j++) {
                    cph_c64 g = {inner[i * order + j], inner[(count + i) * order + j]};
                    cph_c64 bb = cph_c64_mulc(k->b[i * n + p], k->b[j * n + r]);
                    sum = cph_c64_add(sum,
                                      cph_c64_scale(sqrt(flux[i] * flux[j]), cph_c64_mul(g, bb)));
                }
            k->q[p * n + r] = cph_c64_scale(-1.0 / (noise_of(k, p) * noise_of(k, r)), sum);
            k->q[p * n + r].re += p == r ? 1.0 / noise_of(k, p) : 0.0;
        }
    return CPH_OK;
}

/* b, S, Q, C, B. */
static cph_status fill_matrices(fisher *k, double *inner)
{
    const cph_bound_config *config = k->config;
    size_t n = k->n;
    for (size_t i = 0; i < config->sources; i++)
        for (size_t p = 0; p < n; p++)
            k->b[i * n + p] =
                cph_c64_mul(k->gain[p], config->steering[i * config->elements + k->element[p]]);
    for (size_t p = 0; p < n; p++)
        for (size_t r = 0; r < n; r++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t i = 0; i < config->sources; i++)
                sum =
                    cph_c64_add(sum, cph_c64_scale(config->flux[i],
                                                   cph_c64_mulc(k->b[i * n + p], k->b[i * n + r])));
            k->s[p * n + r] = sum;
        }
    cph_status status = fill_inverse(k, inner);
    if (status != CPH_OK)
        return status;
    cph_tiles_multiply(n, CPH_AS_IT_IS, k->s, CPH_AS_IT_IS, k->q, k->c);
    cph_tiles_multiply(n, CPH_AS_IT_IS, k->c, CPH_AS_IT_IS, k->s, k->bb);
    return CPH_OK;
}

static void set(fisher *k, size_t i, size_t j, double value)
{
    value *= k->config->samples;
    k->f[i * k->layout.order + j] = k->f[j * k->layout.order + i] = value;
}

static void fill_elements(fisher *k)
{
    size_t n = k->n;
    for (size_t p = 0; p < n; p++)
        for (size_t r = 0; r < n; r++) {
            size_t at = p * n + r, ta = r * n + p, amplitude = k->layout.amplitude,
                   phase = k->layout.phase;
            cph_c64 cc = cph_c64_mul(k->c[at], k->c[ta]), bq = cph_c64_mul(k->bb[at], k->q[ta]);
            cph_c64 cq = cph_c64_mul(k->c[at], k->q[ta]);
            set(k, amplitude + p, amplitude + r, 2.0 * (cc.re + bq.re));
            set(k, phase + p, phase + r, 2.0 * (bq.re - cc.re));
            set(k, amplitude + p, phase + r, 2.0 * (bq.im - cc.im));
            if (k->noise == CPH_ABSENT)
                continue;
            double dp = noise_of(k, p), dr = noise_of(k, r);
            set(k, k->noise + p, k->noise + r, dp * dr * cph_c64_power(k->q[at]));
            set(k, amplitude + p, k->noise + r, 2.0 * dr * cq.re);
            set(k, phase + p, k->noise + r, -2.0 * dr * cq.im);
        }
}

/* out = a x for a Hermitian matrix. */
static void apply(size_t n, const cph_c64 *a, const cph_c64 *x, cph_c64 *out)
{
    for (size_t p = 0; p < n; p++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t r = 0; r < n; r++)
            sum = cph_c64_add(sum, cph_c64_mul(a[p * n + r], x[r]));
        out[p] = sum;
    }
}

static void fill_flux(fisher *k, size_t i)
{
    size_t n = k->n;
    apply(n, k->q, k->b + i * n, k->qb);
    apply(n, k->s, k->qb, k->cb);
    for (size_t p = 0; p < n; p++) {
        cph_c64 cross = cph_c64_mulc(k->cb[p], k->qb[p]);
        set(k, k->flux + i, k->layout.amplitude + p, 2.0 * k->total * cross.re);
        set(k, k->flux + i, k->layout.phase + p, -2.0 * k->total * cross.im);
        if (k->noise != CPH_ABSENT)
            set(k, k->flux + i, k->noise + p, k->total * noise_of(k, p) * cph_c64_power(k->qb[p]));
    }
    for (size_t j = 0; j <= i; j++)
        set(k, k->flux + i, k->flux + j,
            k->total * k->total * cph_c64_power(cph_c64_inner(n, k->b + j * n, k->qb)));
}

static cph_status solve(fisher *k, double *amplitude_var, double *phase_var)
{
    const cph_bound_config *config = k->config;
    size_t square = k->layout.order * k->layout.order, reference = SIZE_MAX;
    for (size_t p = 0; p < k->n; p++)
        if (k->element[p] == config->reference)
            reference = p;
    if (config->reference != SIZE_MAX && reference == SIZE_MAX)
        return CPH_ERR_ARGUMENT;
    cph_status status = fill_matrices(k, k->f);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < config->sources; i++)
        k->total += config->flux[i];
    memset(k->f, 0, square * sizeof *k->f);
    fill_elements(k);
    for (size_t i = 0; k->flux != CPH_ABSENT && i < config->sources; i++)
        fill_flux(k, i);
    /* V = H: the inverse of the Fisher matrix on what it determines. */
    for (size_t i = 0; i < square; i++)
        k->f[square + i] = k->f[i];
    const cph_gauge gauge = {
        .gain = k->gain, .reference = reference, .scale_free = k->flux != CPH_ABSENT};
    return cph_sandwich(&k->layout, &gauge, k->f, k->f + square, amplitude_var, phase_var, NULL,
                        NULL);
}

/* Parts of one block of memory; fisher's pointers into it. NULL when there is none. */
static void *allocate(fisher *k, double **variance)
{
    size_t n = k->n, order = 2 * n, square, steering, table, bytes = 0, at[6];
    k->noise = k->config->noise_unknown ? order : CPH_ABSENT;
    order += k->config->noise_unknown ? n : 0;
    k->flux = k->config->flux_unknown ? order : CPH_ABSENT;
    order += k->config->flux_unknown ? k->config->sources : 0;
    k->layout = (cph_block_layout){.order = order, .n = n, .amplitude = 0, .phase = n};
    /* The inner matrix of Q lies where the Fisher matrix will. */
    size_t inside = 2 * k->config->sources;
    size_t side = order > inside ? order : inside;
    if (!cph_size_mul(n, 4 * n, &square) || !cph_size_mul(n, k->config->sources + 3, &steering) ||
        !cph_size_mul(side, 2 * side, &table) ||
        !cph_size_place(&bytes, n, sizeof *k->element, &at[0]) ||
        !cph_size_place(&bytes, steering, sizeof *k->b, &at[1]) ||
        !cph_size_place(&bytes, square, sizeof *k->s, &at[2]) ||
        !cph_size_place(&bytes, table, sizeof *k->f, &at[3]) ||
        !cph_size_place(&bytes, 2 * n, sizeof **variance, &at[4]))
        return NULL;
    char *memory = calloc(1, bytes);
    if (memory == NULL)
        return NULL;
    k->element = cph_size_at(memory, at[0]);
    k->gain = cph_size_at(memory, at[1]);
    k->qb = k->gain + n;
    k->cb = k->qb + n;
    k->b = k->cb + n;
    k->s = cph_size_at(memory, at[2]);
    k->q = k->s + n * n;
    k->c = k->q + n * n;
    k->bb = k->c + n * n;
    k->f = cph_size_at(memory, at[3]);
    *variance = cph_size_at(memory, at[4]);
    return memory;
}

static bool live(const cph_bound_config *config, size_t i)
{
    return config->flag == NULL || config->flag[i] == 0;
}

cph_status cph_gain_bound(const cph_bound_config *config, double *phase_sigma,
                          double *amplitude_sigma)
{
    if (config == NULL || phase_sigma == NULL || amplitude_sigma == NULL || config->sources == 0 ||
        config->steering == NULL || config->flux == NULL || config->gain == NULL ||
        config->noise == NULL || !(config->samples > 0.0) || config->elements > INT16_MAX)
        return CPH_ERR_ARGUMENT;
    fisher k = {.config = config};
    for (size_t i = 0; i < config->elements; i++)
        k.n += live(config, i);
    if (k.n < 2)
        return CPH_ERR_TOO_FEW;
    double *variance;
    void *memory = allocate(&k, &variance);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0, p = 0; i < config->elements; i++)
        if (live(config, i)) {
            k.gain[p] = config->gain[i];
            k.element[p++] = i;
        }
    cph_status status = solve(&k, variance, variance + k.n);
    for (size_t i = 0, p = 0; status == CPH_OK && i < config->elements; i++) {
        amplitude_sigma[i] = live(config, i) ? sqrt(variance[p]) : (double)NAN;
        phase_sigma[i] = live(config, i) ? sqrt(variance[k.n + p]) : (double)NAN;
        p += live(config, i);
    }
    free(memory);
    return status;
}
