/* SPDX-License-Identifier: MIT */
/* Errors of C are those of its rows, each by itself, with alpha known, and what errors of alpha add
 * to all of them: with Q = X^+, U_im = (Q_m1 b_1i, ...), W the inverse of the equations of alpha,
 *   cov(C_im, C_kl) = noise^2 [(i = k) (Q Q^H)_ml + U_im W U_kl^H]
 * (Q P = 0: both parts are uncorrelated). What W has along alpha itself is open, and falls out in
 * any gauge. In that of the answer C' = C - C (Re w2 + j Im w1), to first order, with
 *   w1 = mean of dC_nn / C_nn (or that of the reference),  w2 = sum conj(C_nn) dC_nn / |C_nn| over
 *   sum |C_nn|. */
#include <math.h>

#include "calib/coupling_looks.h"
#include "calib/estimate_parts.h"
#include "kernels/core/c64.h"

/* A linear function of errors of C_nn: sum coefficient_i dC_ii. */
typedef struct functional {
    cph_c64 *coefficient; /* [live] */
    cph_c64 *spread;      /* [S] W h^H, h = sum coefficient_i U_ii */
    double power;         /* of it, in units of the noise */
} functional;

typedef struct errors {
    const cph_looks_desk *desk;
    cph_c64 *gram; /* [N][N] Q Q^H */
    cph_c64 *u;    /* [S] */
    functional w[2];
} errors;

static void fill_u(const errors *e, size_t i, size_t m)
{
    const cph_looks_desk *const d = e->desk;
    for (size_t s = 0; s < d->s; s++)
        e->u[s] = cph_c64_mul(d->inverse[m * d->s + s], d->clean[s * d->live + i]);
}

/* sum u_s x_s */
static cph_c64 product(size_t n, const cph_c64 *u, const cph_c64 *x)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t s = 0; s < n; s++)
        sum = cph_c64_add(sum, cph_c64_mul(u[s], x[s]));
    return sum;
}

static void fill_gram(const errors *e)
{
    const cph_looks_desk *const d = e->desk;
    for (size_t m = 0; m < d->n; m++)
        for (size_t l = 0; l < d->n; l++)
            e->gram[m * d->n + l] =
                cph_c64_inner(d->s, d->inverse + l * d->s, d->inverse + m * d->s);
}

/* room [S] */
static void prepare(const errors *e, functional *f, cph_c64 *room)
{
    const cph_looks_desk *const d = e->desk;
    f->power = 0.0;
    for (size_t s = 0; s < d->s; s++)
        room[s] = (cph_c64){0.0, 0.0};
    for (size_t i = 0; i < d->live; i++) {
        const size_t n = d->row[i];
        fill_u(e, i, n);
        for (size_t s = 0; s < d->s; s++)
            room[s] = cph_c64_add(room[s], cph_c64_mul(f->coefficient[i], e->u[s]));
        f->power += cph_c64_power(f->coefficient[i]) * e->gram[n * d->n + n].re;
    }
    for (size_t s = 0; s < d->s; s++) {
        f->spread[s] = (cph_c64){0.0, 0.0};
        for (size_t t = 0; t < d->s; t++)
            f->spread[s] =
                cph_c64_add(f->spread[s], cph_c64_mulc(d->solved[s * d->s + t], room[t]));
    }
    f->power += product(d->s, room, f->spread).re;
}

/* E dC_im conj(w) */
static cph_c64 against(const errors *e, const functional *f, size_t i, size_t m)
{
    const cph_looks_desk *const d = e->desk;
    return cph_c64_add(product(d->s, e->u, f->spread),
                       cph_c64_mulc(e->gram[m * d->n + d->row[i]], f->coefficient[i]));
}

/* E |dC_im|^2 */
static double own(const errors *e, size_t m)
{
    const cph_looks_desk *const d = e->desk;
    double sum = e->gram[m * d->n + m].re;
    for (size_t s = 0; s < d->s; s++) {
        cph_c64 row = {0.0, 0.0};
        for (size_t t = 0; t < d->s; t++)
            row = cph_c64_add(row, cph_c64_mulc(d->solved[s * d->s + t], e->u[t]));
        sum += cph_c64_mul(e->u[s], row).re;
    }
    return sum;
}

/* Variance of the real part of dC/C - w: half of that of its modulus. */
static double relative(const errors *e, const functional *f, double power, cph_c64 c, size_t i,
                       size_t m)
{
    const double cross = cph_c64_mulc(against(e, f, i, m), c).re / cph_c64_power(c);
    return 0.5 * fmax(power / cph_c64_power(c) - 2.0 * cross + f->power, 0.0);
}

/* E |dC'_im|^2, with circular errors: E Re(w2)^2 = E |w2|^2 / 2 and so on. */
static double in_gauge(const errors *e, double power, cph_c64 c, size_t i, size_t m)
{
    const cph_c64 cross = cph_c64_add(against(e, &e->w[0], i, m), against(e, &e->w[1], i, m));
    const double common = 0.5 * (e->w[0].power + e->w[1].power) * cph_c64_power(c);
    return fmax(power - cph_c64_mulc(cross, c).re + common, 0.0);
}

static void find_noise(const cph_looks_desk *d, cph_coupling_looks *s)
{
    s->dof = (double)d->live * (double)(d->s - d->n) - (double)(d->s - 1);
    const double found = s->dof >= 0.5 ? sqrt(d->residual / s->dof) : (double)NAN;
    const double sigma = d->config->sigma;
    s->noise = sigma > 0.0 ? sigma : found;
    s->chi2_dof = sigma > 0.0 ? found * found / (sigma * sigma) : (double)NAN;
}

static void make_gauge(const cph_looks_desk *d, functional w[2])
{
    double sum = 0.0;
    for (size_t i = 0; i < d->live; i++)
        sum += sqrt(cph_c64_power(d->matrix[i * d->n + d->row[i]]));
    for (size_t i = 0; i < d->live; i++) {
        const cph_c64 c = d->matrix[i * d->n + d->row[i]];
        const double size = sqrt(cph_c64_power(c));
        const bool none = d->config->reference != SIZE_MAX && d->config->reference != d->row[i];
        const double share = d->config->reference == SIZE_MAX ? 1.0 / (double)d->live : 1.0;
        w[0].coefficient[i] = cph_c64_scale(none ? 0.0 : share / (size * size), cph_c64_conj(c));
        w[1].coefficient[i] = cph_c64_scale(1.0 / (size * sum), cph_c64_conj(c));
    }
}

static void deliver_row(const errors *e, size_t i, cph_c64 factor, cph_coupling_looks *s)
{
    const cph_looks_desk *const d = e->desk;
    const size_t n = d->row[i];
    const double scale = sqrt(cph_c64_power(factor));
    for (size_t m = 0; m < d->n; m++) {
        const cph_c64 c = d->matrix[i * d->n + m];
        fill_u(e, i, m);
        const double power = own(e, m);
        s->matrix[n * d->n + m] = cph_c64_mul(factor, c);
        s->sigma[n * d->n + m] = scale * s->noise * sqrt(in_gauge(e, power, c, i, m));
        if (m != n)
            continue;
        const bool fixed = d->config->reference == n;
        s->diagonal.phase_sigma[n] =
            fixed ? 0.0 : s->noise * sqrt(relative(e, &e->w[0], power, c, i, m));
        s->diagonal.amplitude_sigma[n] = s->noise * sqrt(relative(e, &e->w[1], power, c, i, m));
    }
}

void cph_looks_deliver(const cph_looks_desk *d, const cph_c64 *diagonal, cph_c64 factor,
                       cph_c64 *room, cph_coupling_looks *s)
{
    /* What the iteration has no more use for: room [S][N], projector and normal [S][S], S > N. */
    errors e = {.desk = d, .gram = d->projector, .u = room};
    e.w[0] = (functional){.coefficient = d->normal, .spread = d->normal + d->s};
    e.w[1] = (functional){.coefficient = d->left, .spread = d->left + d->s};
    fill_gram(&e);
    make_gauge(d, e.w);
    for (size_t k = 0; k < 2; k++)
        prepare(&e, &e.w[k], room + d->s);
    find_noise(d, s);
    for (size_t n = 0; n < d->n; n++) {
        if (s->diagonal.flag[n] == CPH_FLAG_NONE)
            cph_estimate_drop(&s->diagonal, n, CPH_FLAG_UNSOLVED);
        else
            cph_estimate_drop(&s->diagonal, n, (cph_flag)s->diagonal.flag[n]);
        for (size_t m = 0; m < d->n; m++) {
            s->matrix[n * d->n + m] = (cph_c64){NAN, NAN};
            s->sigma[n * d->n + m] = NAN;
        }
    }
    for (size_t i = 0; i < d->live; i++) {
        const size_t n = d->row[i];
        deliver_row(&e, i, factor, s);
        s->diagonal.gain[n] = diagonal[i];
        s->diagonal.flag[n] = CPH_FLAG_NONE;
    }
    s->condition = fmax(d->condition[0], sqrt(d->condition[1]));
    s->iterations = d->iterations;
    s->stop = d->stop;
}
