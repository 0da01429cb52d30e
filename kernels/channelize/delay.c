/* SPDX-License-Identifier: MIT */
#include "cophase/delay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/channelize/prototype.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/sample.h"
#include "kernels/core/size.h"

/* Times of a step, whose samples are laid side by side in a worker's memory. */
enum { STEP = 64, MOST_DELAY = 31 };

struct cph_delay_plan {
    cph_delay_info info;
    size_t elements, taps;
    cph_type type;
    const cph_exec *exec;
    size_t *back;       /* [N] whole samples behind the newest element's */
    float *coefficient; /* [T][2 N], by rising times, each once a part */
};

static cph_delay_config complete(const cph_delay_config *config)
{
    cph_delay_config whole = *config;
    whole.taps = config->taps == 0 ? 32 : config->taps;
    whole.band = config->band == 0.0 ? 0.8 : config->band;
    return whole;
}

static cph_status check(const cph_delay_config *c)
{
    if (c->elements == 0 || c->delay == NULL || c->taps < 2 || c->taps % 2 != 0 ||
        c->taps > CPH_DELAY_TAPS_MAX || !(c->band > 0.0 && c->band < 1.0) ||
        cph_type_size(c->type) == 0)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < c->elements; n++) {
        if (!isfinite(c->delay[n]))
            return CPH_ERR_NOT_FINITE;
        if (fabs(c->delay[n]) > ldexp(1.0, MOST_DELAY))
            return CPH_ERR_ARGUMENT;
    }
    return CPH_OK;
}

/* h[i] goes with the time T - 1 - i samples before the newest, whose place is T/2 - 1 + fraction
 * before it. */
static void design(size_t taps, double band, double fraction, double *h)
{
    const double beta = cph_kaiser_beta(7.95 + 2.285 * 2.0 * M_PI * (1.0 - band) * (double)taps);
    const double half = 0.5 * (double)taps;
    double sum = 0.0;
    for (size_t i = 0; i < taps; i++) {
        const double at = (double)(taps - 1 - i) - (half - 1.0 + fraction);
        h[i] = cph_sinc(at) * cph_kaiser(beta, at / half);
        sum += h[i];
    }
    for (size_t i = 0; i < taps; i++)
        h[i] /= sum;
}

/* Over the band, 16 frequencies a lobe; h is real, so that negative ones are conjugates. */
static double error_of(size_t taps, double band, double fraction, const float *h, size_t ld)
{
    const size_t points = 16 * taps;
    double worst = 0.0;
    for (size_t k = 0; k <= points; k++) {
        const double f = 0.5 * band * (double)k / (double)points;
        double re = -1.0, im = 0.0; /* both turned to the place */
        for (size_t i = 0; i < taps; i++) {
            const double at = (double)(taps - 1 - i) - (0.5 * (double)taps - 1.0 + fraction);
            re += (double)h[i * ld] * cos(2.0 * M_PI * f * at);
            im -= (double)h[i * ld] * sin(2.0 * M_PI * f * at);
        }
        worst = fmax(worst, hypot(re, im));
    }
    return worst;
}

/* The newest sample of element n for an output at time t is t - floor(d_n) + T/2 - 1 + ... the
 * least delay looks at the newest one of all. */
static void fill(const cph_delay_config *c, cph_delay_plan *plan)
{
    double h[CPH_DELAY_TAPS_MAX];
    double least = floor(c->delay[0]), most = least;
    for (size_t n = 1; n < c->elements; n++) {
        least = fmin(least, floor(c->delay[n]));
        most = fmax(most, floor(c->delay[n]));
    }
    const size_t spread = (size_t)(most - least), ld = 2 * c->elements;
    plan->info.window = c->taps + spread;
    plan->info.first = (ptrdiff_t)(c->taps / 2 + spread) + (ptrdiff_t)least;
    for (size_t n = 0; n < c->elements; n++) {
        const double whole = floor(c->delay[n]), fraction = c->delay[n] - whole;
        plan->back[n] = (size_t)(whole - least);
        design(c->taps, c->band, fraction, h);
        for (size_t i = 0; i < c->taps; i++)
            for (size_t part = 0; part < 2; part++)
                plan->coefficient[i * ld + 2 * n + part] = (float)h[i];
        plan->info.error = fmax(
            plan->info.error, error_of(c->taps, c->band, fraction, plan->coefficient + 2 * n, ld));
    }
}

cph_status cph_delay_create(const cph_delay_config *config, cph_delay_plan **plan)
{
    if (config == NULL || plan == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_delay_config c = complete(config);
    const cph_status status = check(&c);
    size_t bytes;
    if (status != CPH_OK)
        return status;
    if (!cph_size_mul(2 * sizeof(float) * c.taps, c.elements, &bytes) || bytes > PTRDIFF_MAX)
        return CPH_ERR_OVERFLOW;
    cph_delay_plan *const made = calloc(1, sizeof *made);
    size_t *const back = calloc(c.elements, sizeof *back);
    float *const coefficient = malloc(bytes);
    if (made == NULL || back == NULL || coefficient == NULL) {
        free(made);
        free(back);
        free(coefficient);
        return CPH_ERR_MEMORY;
    }
    *made = (cph_delay_plan){.elements = c.elements,
                             .taps = c.taps,
                             .type = c.type,
                             .exec = c.exec,
                             .back = back,
                             .coefficient = coefficient};
    fill(&c, made);
    *plan = made;
    return CPH_OK;
}

void cph_delay_destroy(cph_delay_plan *plan)
{
    if (plan == NULL)
        return;
    free(plan->back);
    free(plan->coefficient);
    free(plan);
}

cph_status cph_delay_describe(const cph_delay_plan *plan, cph_delay_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    *info = plan->info;
    return CPH_OK;
}

/* ---- run ---- */

/* A worker's rows [STEP + T - 1][N]; 0 where sizes overflow. */
static size_t worker_bytes(const cph_delay_plan *plan)
{
    size_t bytes;
    return cph_size_mul((STEP + plan->taps - 1) * sizeof(cph_c32), plan->elements, &bytes) &&
                   cph_size_align(bytes, CPH_ALIGNMENT, &bytes)
               ? bytes
               : 0;
}

size_t cph_delay_workspace_size(const cph_delay_plan *plan)
{
    size_t bytes;
    return plan != NULL && cph_size_mul(worker_bytes(plan), cph_exec_threads(plan->exec), &bytes)
               ? bytes
               : 0;
}

typedef struct job {
    const cph_delay_plan *plan;
    cph_fir_fn *fir;
    unsigned char *workspace;
    const void *samples;
    size_t ld_samples, times; /* of the output */
    cph_c32 *out;
    size_t ld_out;
} job;

static void run_steps(void *context, size_t begin, size_t end, size_t worker)
{
    const job *const j = context;
    const cph_delay_plan *const plan = j->plan;
    const size_t n = plan->elements, spread = plan->info.window - plan->taps;
    cph_c32 *const rows = cph_size_at(j->workspace, worker * worker_bytes(plan));
    for (size_t step = begin; step < end; step++) {
        const size_t from = step * STEP, times = cph_size_min(STEP, j->times - from);
        for (size_t t = 0; t < times + plan->taps - 1; t++)
            for (size_t i = 0; i < n; i++) {
                const cph_c64 x =
                    cph_sample(plan->type, j->samples,
                               (from + t + spread - plan->back[i]) * j->ld_samples + i);
                rows[t * n + i] = (cph_c32){(float)x.re, (float)x.im};
            }
        const cph_fir f = {.taps = plan->taps,
                           .times = times,
                           .runs = 2 * n,
                           .length = 1,
                           .step = 2 * n,
                           .run_step = 1,
                           .coefficient = plan->coefficient,
                           .ld_coefficient = 2 * n,
                           .ld_out = 2 * j->ld_out};
        j->fir(&f, rows, &j->out[from * j->ld_out].re);
    }
}

cph_status cph_delay_run(const cph_delay_plan *plan, void *workspace, const void *samples,
                         size_t ld_samples, size_t times, cph_c32 *out, size_t ld_out)
{
    if (plan == NULL || ld_samples < plan->elements || ld_out < plan->elements)
        return CPH_ERR_ARGUMENT;
    if (times < plan->info.window)
        return CPH_OK;
    const size_t made = times - plan->info.window + 1;
    if (samples == NULL || out == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld_samples, plan->elements, cph_type_size(plan->type)) ||
        !cph_size_matrix(made, ld_out, plan->elements, sizeof *out))
        return CPH_ERR_OVERFLOW;
    job j = {.plan = plan,
             .fir = CPH_BOUND(fir_c32),
             .workspace = workspace,
             .samples = samples,
             .ld_samples = ld_samples,
             .times = made,
             .out = out,
             .ld_out = ld_out};
    cph_exec_run(plan->exec, (made + STEP - 1) / STEP, run_steps, &j);
    return CPH_OK;
}
