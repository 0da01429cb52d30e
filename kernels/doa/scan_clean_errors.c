/* SPDX-License-Identifier: MIT */
/* Standard errors of CLEAN's sources: those of a least-squares fit to a sample covariance, by
 * propagation of errors (covariance matching, Ottersten, Stoica & Roy, Digital Signal Processing 8
 * p. 185, 1998, for weights of 1). To first order parameters err by H^-1 g with g_i = tr(P_i dC),
 * P_i the model's derivatives off the diagonal and H_ij = tr(P_i P_j). Of K independent Gaussian
 * samples E[tr(A dC) tr(B dC)] = tr(A C B C) / K, C with its diagonal: noise and all other sources
 * are in it. Where C was divided by the roots of its powers, these err, too, dc_pq = dC_pq - c_pq
 * (dC_pp + dC_qq)/2: then P_i has the diagonal -Re (P_i C)_pp.
 *
 * A derivative is s (x y^H + y x^H), of fluxes x = y = a, s = 1/2, of offsets x = d, y = a, s the
 * flux, plus a diagonal e: all traces are sums over vectors x, y, C x, C y, e and |C|^2 e. */
#include <math.h>
#include <stdlib.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/doa/scan_clean.h"

typedef struct derivative {
    double s;
    const cph_c64 *x, *y;   /* [n] */
    const cph_c64 *cx, *cy; /* [n] */
    double *e, *ce;         /* [n] */
} derivative;

/* Room for one view at a time, and for the covariance of g over all. */
typedef struct desk {
    void *memory;
    derivative *d;    /* [parts] of one view */
    cph_c64 *c;       /* [count][CPH_CLEAN_PARTS][n]: C times a and slopes */
    double *diagonal; /* [parts][2][n] */
    double *spread;   /* [P][P] */
} desk;

static cph_status reserve(const cph_clean *k, desk *w)
{
    size_t n = 0, bytes = 0, vectors, square, at[4];
    const size_t parts = (1 + k->dims) * k->count, p = cph_clean_parameters(k);
    for (size_t v = 0; v < k->views; v++)
        n = k->view[v].frame.n > n ? k->view[v].frame.n : n;
    if (!cph_size_mul(k->count * CPH_CLEAN_PARTS, n, &vectors) || !cph_size_mul(p, p, &square) ||
        !cph_size_place(&bytes, parts, sizeof(derivative), &at[0]) ||
        !cph_size_place(&bytes, vectors, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, vectors, 2 * sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, square, sizeof(double), &at[3]))
        return CPH_ERR_OVERFLOW;
    w->memory = calloc(1, bytes + 1);
    if (w->memory == NULL)
        return CPH_ERR_MEMORY;
    w->d = cph_size_at(w->memory, at[0]);
    w->c = cph_size_at(w->memory, at[1]);
    w->diagonal = cph_size_at(w->memory, at[2]);
    w->spread = cph_size_at(w->memory, at[3]);
    return CPH_OK;
}

/* out = C x, with the diagonal. */
static void apply(const cph_clean_view *v, const cph_c64 *x, cph_c64 *out)
{
    const size_t n = v->frame.n;
    for (size_t i = 0; i < n; i++) {
        cph_c64 sum = cph_c64_scale(v->power[i], x[i]);
        for (size_t q = 0; q < n; q++)
            sum = cph_c64_add(sum, cph_c64_mul(v->c[i * n + q], x[q]));
        out[i] = sum;
    }
}

/* What is on the diagonal beside x y^H + y x^H, and |C|^2 of it. */
static void fill_diagonal(const cph_clean_view *v, const derivative *d)
{
    const size_t n = v->frame.n;
    for (size_t i = 0; i < n; i++) {
        const double own = 2.0 * d->s * cph_c64_mulc(d->x[i], d->y[i]).re;
        const cph_c64 through =
            cph_c64_add(cph_c64_mulc(d->x[i], d->cy[i]), cph_c64_mulc(d->y[i], d->cx[i]));
        d->e[i] = v->normalised ? own * (v->power[i] - 1.0) - d->s * through.re : -own;
    }
    for (size_t i = 0; i < n; i++) {
        double sum = v->power[i] * v->power[i] * d->e[i];
        for (size_t q = 0; q < n; q++)
            sum += cph_c64_power(v->c[i * n + q]) * d->e[q];
        d->ce[i] = sum;
    }
}

/* All derivatives of one view; derivative s (1 + dims) + part. */
static void fill_view(const cph_clean *k, const cph_clean_view *v, const desk *w)
{
    const size_t n = v->frame.n, parts = 1 + k->dims;
    for (size_t s = 0; s < k->count; s++) {
        const cph_c64 *a = v->a + s * CPH_CLEAN_PARTS * n;
        cph_c64 *ca = w->c + s * CPH_CLEAN_PARTS * n;
        for (size_t i = 0; i < parts; i++) {
            const size_t at = s * parts + i;
            apply(v, a + i * n, ca + i * n);
            w->d[at] = (derivative){.s = i == 0 ? 0.5 : v->flux[s],
                                    .x = a + i * n,
                                    .y = a,
                                    .cx = ca + i * n,
                                    .cy = ca,
                                    .e = w->diagonal + 2 * at * n,
                                    .ce = w->diagonal + (2 * at + 1) * n};
            fill_diagonal(v, &w->d[at]);
        }
    }
}

/* tr(x y^H + y x^H, C diag(e) C) s */
static double across(const derivative *a, const double *e, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += e[i] * cph_c64_mulc(a->cx[i], a->cy[i]).re;
    return 2.0 * a->s * sum;
}

/* tr(P C Q C) */
static double trace(const derivative *p, const derivative *q, size_t n)
{
    const cph_c64 one = cph_c64_mul(cph_c64_inner(n, p->y, q->cx), cph_c64_inner(n, q->y, p->cx));
    const cph_c64 two = cph_c64_mul(cph_c64_inner(n, p->y, q->cy), cph_c64_inner(n, q->x, p->cx));
    double sum = 2.0 * p->s * q->s * (one.re + two.re);
    for (size_t i = 0; i < n; i++)
        sum += p->e[i] * q->ce[i];
    return sum + across(p, q->e, n) + across(q, p->e, n);
}

static void add_spread(const cph_clean *k, size_t index, const desk *w)
{
    const cph_clean_view *v = &k->view[index];
    const size_t parts = 1 + k->dims, all = parts * k->count, p = cph_clean_parameters(k);
    fill_view(k, v, w);
    for (size_t i = 0; i < all; i++)
        for (size_t j = 0; j < all; j++)
            w->spread[cph_clean_place(k, index, i / parts, i % parts) * p +
                      cph_clean_place(k, index, j / parts, j % parts)] +=
                trace(&w->d[i], &w->d[j], v->frame.n) / v->samples;
}

/* Of rows i and j of the inverse. */
static double covariance_of(const cph_clean *k, const desk *w, size_t i, size_t j)
{
    const size_t p = cph_clean_parameters(k);
    double sum = 0.0;
    for (size_t a = 0; a < p; a++) {
        double along = 0.0;
        for (size_t b = 0; b < p; b++)
            along += w->spread[a * p + b] * k->normal[j * p + b];
        sum += k->normal[i * p + a] * along;
    }
    return sum;
}

static void keep(const cph_clean *k, const desk *w, size_t s, cph_scan_source *source)
{
    static const size_t axis[3][2] = {{0, 0}, {0, 1}, {1, 1}};
    double tangent[2][3], offset[4] = {0.0}, flux2 = 0.0;
    cph_doa_tangents(&k->view[0].frame, k->direction[s], tangent);
    for (size_t i = 0; i < k->dims; i++)
        for (size_t j = 0; j < k->dims; j++)
            offset[2 * i + j] = covariance_of(k, w, cph_clean_place(k, 0, s, 1 + i),
                                              cph_clean_place(k, 0, s, 1 + j));
    for (size_t v = 0; v < k->views; v++)
        for (size_t u = 0; u < k->views; u++)
            flux2 += covariance_of(k, w, cph_clean_place(k, v, s, 0), cph_clean_place(k, u, s, 0));
    for (size_t i = 0; i < 3; i++)
        source->covariance[i] =
            cph_doa_component(tangent, k->dims, offset, 2, axis[i][0], axis[i][1]);
    source->sigma = cph_doa_worst_sigma(k->dims, offset, 2);
    source->flux_sigma = sqrt(flux2);
}

cph_status cph_clean_errors(const cph_clean *k, cph_scan_source *source)
{
    bool known = true;
    desk w = {.memory = NULL};
    for (size_t s = 0; s < k->count; s++) {
        source[s].sigma = source[s].flux_sigma = NAN;
        for (size_t i = 0; i < 3; i++)
            source[s].covariance[i] = NAN;
    }
    for (size_t v = 0; v < k->views; v++)
        known = known && k->view[v].samples > 0.0;
    cph_status status = known ? cph_clean_invert(k, true) : CPH_ERR_SINGULAR;
    if (status == CPH_OK)
        status = reserve(k, &w);
    for (size_t v = 0; status == CPH_OK && v < k->views; v++)
        add_spread(k, v, &w);
    for (size_t s = 0; status == CPH_OK && s < k->count; s++)
        keep(k, &w, s, &source[s]);
    free(w.memory);
    return status == CPH_ERR_SINGULAR ? CPH_OK : status;
}
