/* SPDX-License-Identifier: MIT */
/* Least squares in complex logarithms. The model is analytic in them, so that its equations are
 * real: the sum over links of weight times (e_r + e_t + e_c)(e_r + e_t + e_c)^T serves amplitudes
 * and phases alike. One unknown for each open number is pinned. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "calib/coupling.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { KINDS = 3, ITERATIONS = 50, HALVINGS = 12, PINNED = UINT32_MAX };
/* A step of which no part helps is rounding below this, and else the end of the road. */
static const double tolerance = 1e-12, rounding = 1e-7, diverged = 4.0;

typedef struct fit {
    cph_coupling_net *net;
    size_t free;     /* unknowns that are fitted */
    uint32_t *index; /* [unknowns] in [0, free), or PINNED */
    double *normal;  /* [free][free] upper triangle */
    double *right;   /* [2][free] real parts, imaginary parts */
    cph_c64 *before; /* [unknowns] */
    double wanted;   /* the largest change that the last equations asked for */
} fit;

static cph_c64 exponential(cph_c64 z)
{
    return cph_c64_scale(exp(z.re), (cph_c64){cos(z.im), sin(z.im)});
}

static cph_c64 exponent(const cph_coupling_net *t, const cph_coupling_link *l)
{
    cph_c64 sum = {0.0, 0.0};
    for (int k = 0; k < KINDS; k++)
        sum = cph_c64_add(sum, t->x[l->unknown[k]]);
    return sum;
}

static double residual(const cph_coupling_net *t)
{
    double sum = 0.0;
    for (size_t l = 0; l < t->links; l++)
        sum += cph_c64_power(cph_c64_sub(t->link[l].s, exponential(exponent(t, &t->link[l]))));
    return sum;
}

static void number(fit *f)
{
    cph_coupling_net *const t = f->net;
    for (size_t u = 0; u < t->unknowns; u++)
        f->index[u] = isnan(t->x[u].re) ? PINNED : 0;
    size_t equation = 0;
    for (size_t i = 0; i < t->thetas; i++) {
        if (equation < t->equations && t->pivot[equation] == i)
            equation++;
        else
            f->index[t->theta_at[i]] = PINNED;
    }
    for (size_t u = 0; u < t->unknowns; u++)
        if (f->index[u] != PINNED)
            f->index[u] = (uint32_t)f->free++;
}

/* One link's part: weight, and weight times what it asks for. */
static void add_link(fit *f, const cph_coupling_link *l, double weight, cph_c64 wanted)
{
    for (int a = 0; a < KINDS; a++) {
        const uint32_t i = f->index[l->unknown[a]];
        if (i == PINNED)
            continue;
        f->right[i] += wanted.re;
        f->right[f->free + i] += wanted.im;
        for (int b = 0; b < KINDS; b++) {
            const uint32_t j = f->index[l->unknown[b]];
            if (j != PINNED && j >= i)
                f->normal[i * f->free + j] += weight;
        }
    }
}

/* Equations of log S (first), or of S about the present model. */
static void assemble(fit *f, bool logarithms)
{
    memset(f->normal, 0, f->free * f->free * sizeof *f->normal);
    memset(f->right, 0, 2 * f->free * sizeof *f->right);
    for (size_t i = 0; i < f->net->links; i++) {
        const cph_coupling_link *const l = &f->net->link[i];
        const cph_c64 model = exponential(exponent(f->net, l));
        if (logarithms) {
            const double weight = cph_c64_power(l->s);
            const cph_c64 ratio = cph_c64_mulc(l->s, model);
            add_link(f, l, weight,
                     cph_c64_scale(weight, (cph_c64){0.5 * log(weight / cph_c64_power(model)),
                                                     atan2(ratio.im, ratio.re)}));
        } else {
            add_link(f, l, cph_c64_power(model), cph_c64_mulc(cph_c64_sub(l->s, model), model));
        }
    }
}

static bool factor(fit *f)
{
    const lapack_int n = (lapack_int)f->free;
    return n == 0 || LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', n, f->normal, n) == 0;
}

static bool solve(fit *f)
{
    const lapack_int n = (lapack_int)f->free;
    if (!factor(f))
        return false;
    for (size_t part = 0; part < 2 && n > 0; part++)
        if (LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'U', n, 1, f->normal, n, f->right + part * f->free,
                           1) != 0)
            return false;
    return true;
}

/* x = before + scale step; the largest change. */
static double move(fit *f, double scale)
{
    double most = 0.0;
    for (size_t u = 0; u < f->net->unknowns; u++) {
        const uint32_t i = f->index[u];
        if (i == PINNED)
            continue;
        const cph_c64 step = {scale * f->right[i], scale * f->right[f->free + i]};
        f->net->x[u] = cph_c64_add(f->before[u], step);
        most = fmax(most, cph_c64_power(step));
    }
    return sqrt(most);
}

/* One step, halved until the residual does not grow; the change, 0: none helps. */
static double advance(fit *f)
{
    const double had = f->net->residual;
    memcpy(f->before, f->net->x, f->net->unknowns * sizeof *f->before);
    for (int h = 0; h < HALVINGS; h++) {
        const double change = move(f, ldexp(1.0, -h)), now = residual(f->net);
        if (h == 0)
            f->wanted = change;
        if (now <= had) {
            f->net->residual = now;
            return change;
        }
    }
    memcpy(f->net->x, f->before, f->net->unknowns * sizeof *f->before);
    return 0.0;
}

static cph_status iterate(fit *f)
{
    cph_coupling_net *const t = f->net;
    double total = 0.0;
    for (size_t l = 0; l < t->links; l++)
        total += cph_c64_power(t->link[l].s);
    assemble(f, true);
    if (!solve(f))
        return CPH_ERR_SINGULAR;
    memcpy(f->before, t->x, t->unknowns * sizeof *f->before);
    (void)move(f, 1.0);
    t->residual = residual(t);
    t->stop = CPH_STOP_ITERATIONS;
    for (t->iterations = 1; t->iterations <= ITERATIONS; t->iterations++) {
        assemble(f, false);
        if (!solve(f))
            return CPH_ERR_SINGULAR;
        const double change = advance(f);
        if (change <= tolerance) {
            t->stop = f->wanted <= rounding ? CPH_STOP_CONVERGED : CPH_STOP_STALLED;
            break;
        }
    }
    if (!(t->residual <= diverged * total))
        t->stop = CPH_STOP_DIVERGED;
    return CPH_OK;
}

static cph_status invert(fit *f)
{
    cph_coupling_net *const t = f->net;
    const lapack_int n = (lapack_int)f->free;
    assemble(f, false);
    if (!factor(f) || (n > 0 && LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'U', n, f->normal, n) != 0))
        return CPH_ERR_SINGULAR;
    for (size_t u = 0; u < t->unknowns; u++)
        for (size_t v = 0; v < t->unknowns; v++) {
            const uint32_t i = f->index[u], j = f->index[v];
            if (i != PINNED && j != PINNED)
                t->covariance[u * t->unknowns + v] =
                    f->normal[i < j ? i * f->free + j : j * f->free + i];
        }
    return CPH_OK;
}

cph_status cph_coupling_fit(cph_coupling_net *net)
{
    size_t square;
    if (net->unknowns > INT16_MAX || !cph_size_mul(net->unknowns, net->unknowns, &square) ||
        !cph_size_mul(square, sizeof(double), &square))
        return CPH_ERR_OVERFLOW;
    fit f = {.net = net};
    f.index = calloc(net->unknowns, sizeof *f.index);
    f.normal = calloc(1, square);
    f.right = calloc(net->unknowns, 2 * sizeof *f.right);
    f.before = calloc(net->unknowns, sizeof *f.before);
    net->covariance = calloc(1, square);
    cph_status status = CPH_ERR_MEMORY;
    if (f.index != NULL && f.normal != NULL && f.right != NULL && f.before != NULL &&
        net->covariance != NULL) {
        number(&f);
        status = iterate(&f);
        if (status == CPH_OK)
            status = invert(&f);
    }
    free(f.index);
    free(f.normal);
    free(f.right);
    free(f.before);
    return status;
}
