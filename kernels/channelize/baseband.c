/* SPDX-License-Identifier: MIT */
#include "cophase/baseband.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/channelize/prototype.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/sample.h"
#include "kernels/core/size.h"

enum { STEP = 64 }; /* outputs of a task */

struct cph_baseband_plan {
    cph_baseband_info info;
    size_t elements, taps; /* of the odd places: 2 T */
    cph_type type;
    const cph_exec *exec;
    float *coefficient; /* [taps] */
};

/* x at the place p beside the middle goes with 2 h[p] exp(-j pi p/2), h a low-pass of a quarter of
 * the rate: at odd p -j times an odd function. */
static void design(double band, size_t taps, float *g)
{
    const double length = 2.0 * (double)taps; /* of the window, in samples */
    const double beta = cph_kaiser_beta(7.95 + 2.285 * M_PI * 0.5 * (1.0 - band) * 2.0 * length);
    for (size_t i = 0; i < taps; i++) {
        const double p = 2.0 * (double)i - (double)(taps - 1);
        g[i] = (float)(-cph_sinc(0.5 * p) * cph_kaiser(beta, p / (0.5 * length)) *
                       sin(0.5 * M_PI * p));
    }
}

/* The response at f (of the rate): 1 + j G(f), G = sum g exp(j 2 pi f p) = j times a real; 2 wanted
 * at positive frequencies of the band, 0 at negative ones, where it is that of images. */
static double error_of(double band, size_t taps, const float *g)
{
    const size_t points = 16 * taps;
    double worst = 0.0;
    for (size_t k = 0; k <= points; k++) {
        const double f = 0.25 + 0.25 * band * (2.0 * (double)k / (double)points - 1.0);
        double imaginary = 0.0;
        for (size_t i = 0; i < taps; i++)
            imaginary +=
                (double)g[i] * sin(2.0 * M_PI * f * (2.0 * (double)i - (double)(taps - 1)));
        worst = fmax(worst, 0.5 * fabs(-1.0 - imaginary));
    }
    return worst;
}

cph_status cph_baseband_create(const cph_baseband_config *config, cph_baseband_plan **plan)
{
    if (config == NULL || plan == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t half = config->taps == 0 ? 32 : config->taps;
    const double band = config->band == 0.0 ? 0.9 : config->band;
    if (config->elements == 0 || half > CPH_BASEBAND_TAPS_MAX || !(band > 0.0 && band < 1.0) ||
        cph_type_size(config->type) == 0)
        return CPH_ERR_ARGUMENT;
    cph_baseband_plan *const made = calloc(1, sizeof *made);
    float *const coefficient = calloc(2 * half, sizeof *coefficient);
    if (made == NULL || coefficient == NULL) {
        free(made);
        free(coefficient);
        return CPH_ERR_MEMORY;
    }
    design(band, 2 * half, coefficient);
    *made = (cph_baseband_plan){.info = {.window = 4 * half - 1,
                                         .middle = 2 * half - 1,
                                         .error = error_of(band, 2 * half, coefficient)},
                                .elements = config->elements,
                                .taps = 2 * half,
                                .type = config->type,
                                .exec = config->exec,
                                .coefficient = coefficient};
    *plan = made;
    return CPH_OK;
}

void cph_baseband_destroy(cph_baseband_plan *plan)
{
    if (plan == NULL)
        return;
    free(plan->coefficient);
    free(plan);
}

cph_status cph_baseband_describe(const cph_baseband_plan *plan, cph_baseband_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    *info = plan->info;
    return CPH_OK;
}

size_t cph_baseband_times(const cph_baseband_plan *plan, size_t times)
{
    return plan == NULL || times < plan->info.window ? 0 : 1 + (times - plan->info.window) / 2;
}

typedef struct job {
    const cph_baseband_plan *plan;
    cph_fir_fn *fir;
    const char *samples;
    size_t ld_samples, first, times; /* of the output */
    cph_c32 *out;
    size_t ld_out;
} job;

/* The FIR leaves imaginary parts where real ones will be. */
static void finish(const job *j, size_t m)
{
    const cph_baseband_plan *const plan = j->plan;
    const size_t middle = (2 * m + plan->info.middle) * j->ld_samples;
    const float sign = (j->first + m) % 2 == 0 ? 1.0f : -1.0f;
    cph_c32 *const row = j->out + m * j->ld_out;
    for (size_t n = 0; n < plan->elements; n++) {
        const cph_c64 x = cph_sample(plan->type, j->samples, middle + n);
        row[n] = (cph_c32){sign * (float)x.re, sign * row[n].re};
    }
}

static void run_steps(void *context, size_t begin, size_t end, size_t worker)
{
    const job *const j = context;
    const cph_baseband_plan *const plan = j->plan;
    (void)worker;
    for (size_t step = begin; step < end; step++) {
        const size_t from = step * STEP, times = cph_size_min(STEP, j->times - from);
        const cph_fir f = {.taps = plan->taps,
                           .times = times,
                           .runs = 1,
                           .length = 2 * plan->elements,
                           .step = 4 * j->ld_samples,
                           .coefficient = plan->coefficient,
                           .ld_coefficient = 1,
                           .ld_out = 2 * j->ld_out};
        j->fir(&f, j->samples + 2 * from * j->ld_samples * cph_type_size(plan->type),
               &j->out[from * j->ld_out].re);
        for (size_t m = from; m < from + times; m++)
            finish(j, m);
    }
}

cph_status cph_baseband_run(const cph_baseband_plan *plan, const void *samples, size_t ld_samples,
                            size_t times, size_t first, cph_c32 *out, size_t ld_out)
{
    static const enum cph_kernel_index rows[CPH_TYPE_COUNT] = {
        CPH_KERNEL_fir_c8, CPH_KERNEL_fir_c16, CPH_KERNEL_fir_c32};
    if (plan == NULL || ld_samples < plan->elements || ld_out < plan->elements)
        return CPH_ERR_ARGUMENT;
    const size_t made = cph_baseband_times(plan, times);
    if (made == 0)
        return CPH_OK;
    if (samples == NULL || out == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld_samples, plan->elements, cph_type_size(plan->type)) ||
        !cph_size_matrix(made, ld_out, plan->elements, sizeof *out))
        return CPH_ERR_OVERFLOW;
    job j = {.plan = plan,
             .fir = (cph_fir_fn *)cph_kernel_bound(rows[plan->type]),
             .samples = samples,
             .ld_samples = ld_samples,
             .first = first,
             .times = made,
             .out = out,
             .ld_out = ld_out};
    cph_exec_run(plan->exec, (made + STEP - 1) / STEP, run_steps, &j);
    return CPH_OK;
}
