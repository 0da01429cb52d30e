/* SPDX-License-Identifier: MIT */
/* Errors of the baselines of a sample covariance are not independent: what one source sends to all
 * elements moves them together, the more so the more elements hear it. Their covariance has
 * baselines^2 entries; a few hundred draws cost elements^2 each and tell variances to some per
 * cent. With x, y of covariance R, (x y^H + y x^H) / sqrt(2) has the second moments of the errors
 * of one sample. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "cophase/random.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* A standard error is off by 1 / sqrt(2 DRAWS), 3 %. */
enum { DRAWS = 512 };

typedef struct draw {
    cph_redundant_solver *v;
    double scale;   /* of an error: 1 / sqrt(K) */
    cph_c64 *root;  /* [n][n] lower Cholesky factor of R */
    cph_c64 *x, *y; /* [n] */
    cph_c64 *e;     /* [baselines] */
    cph_c64 *sum;   /* [groups] of w conj(model) e */
    cph_random random;
} draw;

static cph_c64 gains_of(const cph_redundant_solver *v, size_t b)
{
    return cph_c64_mulc(v->g[v->set->baseline[b].first], v->g[v->set->baseline[b].second]);
}

static cph_c64 model_of(const cph_redundant_solver *v, size_t b)
{
    return cph_c64_mul(gains_of(v, b), v->u[v->set->baseline[b].group]);
}

/* R: powers and, of the lower triangle, what was measured; then the model where there is one. */
static void fill(draw *d)
{
    const cph_redundant_set *s = d->v->set;
    const cph_redundant_problem *o = d->v->problem;
    const size_t n = s->n;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q <= p; q++) {
            const cph_c64 r = o->r[s->element[q] * o->ld + s->element[p]];
            d->root[p * n + q] = p == q              ? (cph_c64){r.re, 0.0}
                                 : cph_c64_finite(r) ? cph_c64_conj(r)
                                                     : (cph_c64){0.0, 0.0};
        }
    for (size_t b = 0; b < s->baselines; b++) {
        const size_t p = s->baseline[b].first, q = s->baseline[b].second;
        const cph_c64 m = model_of(d->v, b);
        d->root[p > q ? p * n + q : q * n + p] = p > q ? m : cph_c64_conj(m);
    }
}

/* root becomes its Cholesky factor. A direction that the errors of R make negative has no power. */
static void factor(size_t n, cph_c64 *root)
{
    for (size_t q = 0; q < n; q++) {
        double power = root[q * n + q].re;
        for (size_t k = 0; k < q; k++)
            power -= cph_c64_power(root[q * n + k]);
        const double pivot = sqrt(fmax(power, 0.0));
        root[q * n + q] = (cph_c64){pivot, 0.0};
        for (size_t p = q + 1; p < n; p++) {
            cph_c64 sum = root[p * n + q];
            for (size_t k = 0; k < q; k++)
                sum = cph_c64_sub(sum, cph_c64_mulc(root[p * n + k], root[q * n + k]));
            root[p * n + q] = pivot > 0.0 ? cph_c64_scale(1.0 / pivot, sum) : (cph_c64){0.0, 0.0};
        }
    }
}

/* x [n] of covariance R; normal [n] is scratch. */
static void draw_vector(draw *d, cph_c64 *normal, cph_c64 *x)
{
    const size_t n = d->v->set->n;
    for (size_t p = 0; p < n; p++) {
        normal[p] = cph_random_normal(&d->random);
        x[p] = (cph_c64){0.0, 0.0};
        for (size_t q = 0; q <= p; q++)
            x[p] = cph_c64_add(x[p], cph_c64_mul(d->root[p * n + q], normal[q]));
    }
}

/* e, sum, and the solver's wy: w conj(model) e. */
static void draw_errors(draw *d)
{
    const double root_half = 0.70710678118654752440;
    cph_redundant_solver *v = d->v;
    const cph_redundant_set *s = v->set;
    draw_vector(d, v->trial, d->x);
    draw_vector(d, v->trial, d->y);
    memset(d->sum, 0, s->groups * sizeof *d->sum);
    for (size_t b = 0; b < s->baselines; b++) {
        const cph_redundant_baseline *at = &s->baseline[b];
        const cph_c64 both = cph_c64_add(cph_c64_mulc(d->x[at->first], d->y[at->second]),
                                         cph_c64_mulc(d->y[at->first], d->x[at->second]));
        d->e[b] = cph_c64_scale(root_half * d->scale, both);
        const cph_c64 score = cph_c64_scale(v->weight[b], cph_c64_mulc(d->e[b], model_of(v, b)));
        d->sum[at->group] = cph_c64_add(d->sum[at->group], score);
        v->wy[b] = score.re;
        v->wy[s->baselines + b] = score.im;
    }
}

/* What is left of e when g has followed by x [0] (log amplitudes), x [1] (phases), and u too. */
static void add_residuals(const draw *d, double *expected)
{
    const cph_redundant_solver *v = d->v;
    const cph_redundant_set *s = v->set;
    const double *eta = v->x, *phi = v->x + s->n;
    for (size_t k = 0; k < s->groups; k++) {
        cph_c64 sum = {0.0, 0.0};
        double power = 0.0;
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
            const size_t p = s->baseline[b].first, q = s->baseline[b].second;
            const cph_c64 c = gains_of(v, b), by = {eta[p] + eta[q], phi[p] - phi[q]};
            d->e[b] = cph_c64_sub(d->e[b], cph_c64_mul(model_of(v, b), by));
            sum = cph_c64_add(sum, cph_c64_scale(v->weight[b], cph_c64_mulc(d->e[b], c)));
            power += v->weight[b] * cph_c64_power(c);
        }
        const cph_c64 du = power > 0.0 ? cph_c64_scale(1.0 / power, sum) : (cph_c64){0.0, 0.0};
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
            const cph_c64 e = cph_c64_sub(d->e[b], cph_c64_mul(gains_of(v, b), du));
            const double left = v->weight[b] * cph_c64_power(e) / DRAWS;
            expected[s->baseline[b].first] += left;
            expected[s->baseline[b].second] += left;
        }
    }
}

/* var [n] += squares of x in the gauge. */
static void add_squares(const draw *d, cph_redundant_part part,
                        const cph_redundant_binding *binding, double *x, double *var)
{
    const cph_redundant_set *s = d->v->set;
    double *moved = d->v->x + 2 * s->n;
    memcpy(moved, x, s->n * sizeof *x);
    for (size_t i = 0; i < binding->count; i++) {
        double by = 0.0;
        for (size_t p = 0; p < s->n; p++)
            by -= binding->k[i * s->n + p] * x[p];
        for (size_t k = 0; binding->s != NULL && k < s->groups; k++)
            by += binding->s[i * s->groups + k] *
                  (part == CPH_AMPLITUDES ? d->sum[k].re : d->sum[k].im);
        for (size_t p = 0; p < s->n; p++)
            moved[p] += by * binding->v[i * s->n + p];
    }
    for (size_t p = 0; p < s->n; p++)
        var[p] += moved[p] * moved[p] / DRAWS;
}

static void run(draw *d, const cph_redundant_binding binding[2], double *const var[2],
                double *expected)
{
    cph_redundant_solver *v = d->v;
    const cph_redundant_set *s = v->set;
    const size_t n = s->n;
    memset(expected, 0, n * sizeof *expected);
    memset(var[CPH_AMPLITUDES], 0, n * sizeof *expected);
    memset(var[CPH_PHASES], 0, n * sizeof *expected);
    cph_random_seed(&d->random, 1, 0);
    for (int i = 0; i < DRAWS; i++) {
        draw_errors(d);
        for (int part = CPH_AMPLITUDES; part <= CPH_PHASES; part++)
            cph_redundant_apply(s, (cph_redundant_part)part, v->inverse + (size_t)part * n * n,
                                v->w, v->wy + (size_t)part * s->baselines, v->x + 2 * n,
                                v->x + (size_t)part * n);
        for (int part = CPH_AMPLITUDES; part <= CPH_PHASES; part++)
            add_squares(d, (cph_redundant_part)part, &binding[part], v->x + (size_t)part * n,
                        var[part]);
        add_residuals(d, expected);
    }
}

cph_status cph_redundant_draw(cph_redundant_solver *v, const cph_redundant_binding binding[2],
                              double *const var[2], double *expected)
{
    const cph_redundant_set *s = v->set;
    size_t square;
    if (!cph_size_mul(s->n, s->n, &square))
        return CPH_ERR_OVERFLOW;
    const double samples = v->problem->samples;
    draw d = {.v = v, .scale = samples > 0.0 ? 1.0 / sqrt(samples) : 1.0};
    d.root = calloc(square + 1, sizeof *d.root);
    d.x = calloc(s->n + 1, sizeof *d.x);
    d.y = calloc(s->n + 1, sizeof *d.y);
    d.e = calloc(s->baselines + 1, sizeof *d.e);
    d.sum = calloc(s->groups + 1, sizeof *d.sum);
    const bool ok = d.root != NULL && d.x != NULL && d.y != NULL && d.e != NULL && d.sum != NULL;
    if (ok) {
        fill(&d);
        factor(s->n, d.root);
        run(&d, binding, var, expected);
    }
    free(d.root);
    free(d.x);
    free(d.y);
    free(d.e);
    free(d.sum);
    return ok ? CPH_OK : CPH_ERR_MEMORY;
}
