/* SPDX-License-Identifier: MIT */
/* The least of the highest level in the region, by reweighting samples of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/gram.h"
#include "kernels/adaptive/hermitian.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"
#include "kernels/weights/quiet.h"

enum { ROWS = 512, ROUNDS = 40 };

/* Beams that the region sees less of than this share of the most are left out: a hundred dB under
 * what the elements radiate there in any phases. */
static const double unseen = 1e-8;

/* In the eigenvectors of the region's form: r of them, and one beam outside of all. */
struct cph_quiet_worst {
    const cph_quiet *plan;
    const cph_c64 *v;
    size_t r, skip, count; /* eigenvectors, those below that are left out; samples */
    cph_c64 *t;            /* [count][r] response of each eigenvector */
    double *own;           /* [count] power of one element: f^2 */
    double *share;         /* [count] weights, of sum 1 */
    double *level;         /* [count] |response|^2 at v^H y = 1 */
    cph_c64 *rows;         /* [max(ROWS, N)][max(N, r)] room */
    cph_c64 *a;            /* [r][r] eigenvectors of the weighted form, one a row */
    double *value, *power; /* [r] */
    cph_c64 *z, *turned;   /* [r] v inside; along the weighted form's eigenvectors */
    cph_c64 *b, *best;     /* [r] y inside, of the round and of the lowest */
    double *best_share;    /* [count] */
    double outside, scale, best_scale, highest, bound;
};
typedef struct cph_quiet_worst worst;

void cph_quiet_worst_free(worst *s)
{
    if (s == NULL)
        return;
    void *const parts[] = {s->t,     s->own, s->share,  s->level, s->rows, s->a,         s->value,
                           s->power, s->z,   s->turned, s->b,     s->best, s->best_share};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        free(parts[i]);
    free(s);
}

static cph_status worst_make(worst *s)
{
    const size_t n = s->plan->used, r = s->r, d = s->count;
    s->t = reallocarray(NULL, d, r * sizeof *s->t);
    s->own = calloc(d, sizeof *s->own);
    s->share = calloc(d, sizeof *s->share);
    s->best_share = calloc(d, sizeof *s->best_share);
    s->level = calloc(d, sizeof *s->level);
    s->rows = reallocarray(NULL, n > ROWS ? n : ROWS, (n > r ? n : r) * sizeof *s->rows);
    s->a = calloc(r, r * sizeof *s->a);
    s->value = calloc(r, sizeof *s->value);
    s->power = calloc(r, sizeof *s->power);
    s->z = calloc(r, sizeof *s->z);
    s->turned = calloc(r, sizeof *s->turned);
    s->b = calloc(r, sizeof *s->b);
    s->best = calloc(r, sizeof *s->best);
    const bool made = s->t != NULL && s->own != NULL && s->share != NULL && s->best_share != NULL &&
                      s->level != NULL && s->rows != NULL && s->a != NULL && s->value != NULL &&
                      s->power != NULL && s->z != NULL && s->turned != NULL && s->b != NULL &&
                      s->best != NULL;
    return made ? CPH_OK : CPH_ERR_MEMORY;
}

/* e_i of element n. */
static cph_c64 vector_of(const worst *s, size_t n, size_t i)
{
    const cph_quiet_form *form = &s->plan->form;
    const size_t at = s->skip + i;
    return cph_c64_scale(1.0 / sqrt(form->value[at]),
                         cph_c64_conj(form->factor[n * form->rank + at]));
}

typedef struct rows_job {
    worst *s;
    const cph_quiet_grid *grid;
    size_t first;
    cph_status status[ROWS];
} rows_job;

static void make_rows(void *context, size_t begin, size_t end, size_t worker)
{
    rows_job *job = context;
    const cph_quiet *plan = job->s->plan;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        double u[3];
        cph_quiet_sample(plan, job->grid, job->first + i, u);
        job->s->own[job->first + i] = cph_element_power(cph_quiet_element(plan), u);
        job->status[i] = cph_quiet_row(plan, u, 1.0, job->s->rows + i * plan->used);
    }
}

/* t = rows times the eigenvectors. e [N][r] is room. */
static cph_status see(worst *s, const cph_quiet_grid *grid, cph_c64 *e)
{
    const cph_quiet_form *form = &s->plan->form;
    rows_job *job = calloc(1, sizeof *job);
    cph_status status = job != NULL ? CPH_OK : CPH_ERR_MEMORY;
    for (size_t n = 0; n < form->n; n++)
        for (size_t i = 0; i < s->r; i++)
            e[n * s->r + i] = vector_of(s, n, i);
    for (size_t first = 0; first < s->count && status == CPH_OK; first += ROWS) {
        const size_t rows = cph_size_min(ROWS, s->count - first);
        *job = (rows_job){.s = s, .grid = grid, .first = first};
        cph_exec_run(s->plan->exec, rows, make_rows, job);
        for (size_t i = 0; i < rows && status == CPH_OK; i++)
            status = job->status[i];
        cph_quiet_product(rows, s->r, form->n, s->rows, e, false, s->t + first * s->r);
    }
    free(job);
    return status;
}

/* Whether any sample is radiated to. */
static bool is_lit(const worst *s)
{
    bool lit = false;
    for (size_t d = 0; d < s->count && !lit; d++)
        lit = s->own[d] > 0.0;
    return lit;
}

/* Of the samples as weighted, in the last r of the eigenvectors: eigenvalues and eigenvectors. */
static cph_status weigh(worst *s, size_t r)
{
    memset(s->a, 0, r * r * sizeof *s->a);
    for (size_t first = 0; first < s->count; first += ROWS) {
        const size_t rows = cph_size_min(ROWS, s->count - first);
        for (size_t d = 0; d < rows; d++)
            for (size_t i = 0; i < r; i++)
                s->rows[d * r + i] =
                    cph_c64_scale(sqrt(s->share[first + d]), s->t[(first + d + 1) * s->r - r + i]);
        cph_gram_add(rows, r, s->rows, s->a);
    }
    const cph_status status = cph_hermitian_eigen(r, s->a, s->value);
    for (size_t i = 0; i < r; i++)
        s->value[i] = fmax(s->value[i], 1e-300);
    return status;
}

/* The beam that the weighted sum is least of: b, scale. Returns what bounds the highest. */
static double solve(worst *s, double loss, double error_rms)
{
    double mean = 0.0, found, bound;
    for (size_t d = 0; d < s->count; d++)
        mean += s->share[d] * s->own[d];
    for (size_t i = 0; i < s->r; i++) {
        s->turned[i] = cph_c64_inner(s->r, s->a + i * s->r, s->z);
        s->power[i] = cph_c64_power(s->turned[i]);
    }
    const double mu = cph_quiet_mu(s->plan->used, s->r, s->value, s->power, s->outside, loss,
                                   error_rms * error_rms * mean, &found, &bound);
    double response = s->outside / mu;
    memset(s->b, 0, s->r * sizeof *s->b);
    for (size_t i = 0; i < s->r; i++)
        response += s->power[i] / (s->value[i] + mu);
    for (size_t i = 0; i < s->r; i++)
        for (size_t j = 0; j < s->r; j++)
            s->b[j] =
                cph_c64_add(s->b[j], cph_c64_scale(1.0 / ((s->value[i] + mu) * response),
                                                   cph_c64_mul(s->turned[i], s->a[i * s->r + j])));
    s->scale = 1.0 / (mu * response);
    return bound;
}

static void look_around(void *context, size_t begin, size_t end, size_t worker)
{
    const worst *s = context;
    (void)worker;
    for (size_t d = begin; d < end; d++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t i = 0; i < s->r; i++)
            sum = cph_c64_add(sum, cph_c64_mul(s->t[d * s->r + i], s->b[i]));
        s->level[d] = cph_c64_power(sum);
    }
}

/* Levels and the highest; weights follow the amplitudes. */
static void reweigh(worst *s)
{
    double highest = 0.0, sum = 0.0;
    cph_exec_run(s->plan->exec, s->count, look_around, s);
    for (size_t d = 0; d < s->count; d++)
        highest = fmax(highest, s->level[d]);
    if (highest < s->highest) {
        s->highest = highest;
        s->best_scale = s->scale;
        memcpy(s->best, s->b, s->r * sizeof *s->b);
        memcpy(s->best_share, s->share, s->count * sizeof *s->share);
    }
    for (size_t d = 0; d < s->count; d++) {
        s->share[d] *= sqrt(s->level[d]);
        sum += s->share[d];
    }
    for (size_t d = 0; d < s->count && sum > 0.0; d++)
        s->share[d] /= sum;
}

static cph_status run(worst *s, double loss, double error_rms, cph_quiet_result *result)
{
    static const double near = 1.0471285480508996; /* 0.2 dB */
    const cph_quiet_form *region = &s->plan->form;
    /* What is left out may be as high as this: lower says nothing. */
    const double least = unseen * region->value[region->rank - 1] / (double)region->n;
    cph_status status = CPH_OK;
    s->highest = INFINITY;
    for (size_t d = 0; d < s->count; d++)
        s->share[d] = 1.0 / (double)s->count;
    for (size_t round = 0; round < ROUNDS && status == CPH_OK; round++) {
        status = weigh(s, s->r);
        if (status != CPH_OK)
            break;
        s->bound = fmax(s->bound, solve(s, loss, error_rms));
        reweigh(s);
        result->iterations = round + 1;
        if (s->highest <= near * s->bound || s->highest <= least)
            break;
    }
    s->highest = fmax(s->highest, least);
    return status;
}

/* The form of the samples as weighted, over the elements; of the last r of the eigenvectors. */
static cph_status form_of(worst *s, size_t r, cph_quiet_form *form)
{
    const size_t n = s->plan->used;
    cph_status status = weigh(s, r);
    *form = (cph_quiet_form){.n = n,
                             .rank = r,
                             .factor = calloc(n, r * sizeof *form->factor),
                             .value = calloc(r, sizeof *form->value)};
    if (form->factor == NULL || form->value == NULL)
        status = CPH_ERR_MEMORY;
    if (status != CPH_OK)
        return status;
    /* conj of e [N][r] times the eigenvectors as columns. */
    for (size_t i = 0; i < n * r; i++)
        s->rows[i] = cph_c64_conj(vector_of(s, i / r, s->r - r + i % r));
    cph_quiet_product(n, r, r, s->rows, s->a, true, form->factor);
    for (size_t i = 0; i < n * r; i++)
        form->factor[i] = cph_c64_scale(sqrt(s->value[i % r]), form->factor[i]);
    memcpy(form->value, s->value, r * sizeof *form->value);
    for (size_t d = 0; d < s->count; d++)
        form->diagonal += s->share[d] * s->own[d];
    return cph_quiet_form_rows(form);
}

/* y = best_scale v + sum_i e_i (best_i - best_scale z_i). */
static void beam_of(const worst *s, cph_c64 *y)
{
    for (size_t n = 0; n < s->plan->used; n++) {
        y[n] = cph_c64_scale(s->best_scale, s->v[n]);
        for (size_t i = 0; i < s->r; i++) {
            const cph_c64 in = cph_c64_sub(s->best[i], cph_c64_scale(s->best_scale, s->z[i]));
            y[n] = cph_c64_add(y[n], cph_c64_mul(in, vector_of(s, n, i)));
        }
    }
}

/* v inside and, in power, outside of the eigenvectors e [N][r]. */
static void project(worst *s, const cph_c64 *e)
{
    s->outside = 0.0;
    for (size_t n = 0; n < s->plan->used; n++) {
        s->outside += cph_c64_power(s->v[n]);
        for (size_t i = 0; i < s->r; i++)
            s->z[i] = cph_c64_add(s->z[i], cph_c64_mulc(s->v[n], e[n * s->r + i]));
    }
    for (size_t i = 0; i < s->r; i++)
        s->outside -= cph_c64_power(s->z[i]);
    s->outside = fmax(s->outside, 0.0);
}

cph_status cph_quiet_worst_find(const cph_quiet *plan, const cph_c64 *v, double loss,
                                double error_rms, cph_c64 *y, worst **found,
                                cph_quiet_result *result)
{
    const cph_quiet_grid grid = cph_quiet_samples(plan);
    const cph_quiet_form *region = &plan->form;
    worst *s = calloc(1, sizeof *s);
    if (s == NULL)
        return CPH_ERR_MEMORY;
    *s = (worst){.plan = plan, .v = v, .count = grid.count};
    while (region->value[s->skip] < unseen * region->value[region->rank - 1])
        s->skip++;
    s->r = region->rank - s->skip;
    cph_status status = worst_make(s);
    cph_c64 *e = reallocarray(NULL, plan->used, s->r * sizeof *e);
    if (e == NULL)
        status = CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status = see(s, &grid, e);
    if (status == CPH_OK && !is_lit(s))
        status = CPH_ERR_MISSING;
    if (status == CPH_OK) {
        project(s, e);
        status = run(s, loss, error_rms, result);
    }
    if (status == CPH_OK) {
        beam_of(s, y);
        result->bound_db = s->bound > 0.0 ? 10.0 * log10(s->bound) : -INFINITY;
        result->float_db = 10.0 * log10(s->highest);
    }
    free(e);
    *found = s;
    return status;
}

double cph_quiet_worst_level(worst *s, const cph_c64 *y)
{
    double highest = 0.0;
    memset(s->b, 0, s->r * sizeof *s->b);
    for (size_t n = 0; n < s->plan->used; n++)
        for (size_t i = 0; i < s->r; i++)
            s->b[i] = cph_c64_add(s->b[i], cph_c64_mulc(y[n], vector_of(s, n, i)));
    cph_exec_run(s->plan->exec, s->count, look_around, s);
    for (size_t d = 0; d < s->count; d++)
        highest = fmax(highest, s->level[d]);
    return highest / cph_c64_power(cph_c64_inner(s->plan->used, s->v, y));
}

cph_status cph_quiet_worst_form(worst *s, cph_quiet_form *form)
{
    memcpy(s->share, s->best_share, s->count * sizeof *s->share);
    return form_of(s, s->r, form);
}

cph_status cph_quiet_worst_again(worst *s, bool first, const cph_c64 *y, cph_quiet_form *form)
{
    double sum = 0.0;
    (void)cph_quiet_worst_level(s, y);
    for (size_t d = 0; d < s->count; d++) {
        if (first)
            s->share[d] = 1.0;
        s->share[d] *= sqrt(s->level[d]);
        sum += s->share[d];
    }
    for (size_t d = 0; d < s->count; d++)
        s->share[d] = sum > 0.0 ? s->share[d] / sum : 1.0 / (double)s->count;
    return form_of(s, cph_size_min(s->r, s->plan->form.seen), form); /* as of the integral */
}
