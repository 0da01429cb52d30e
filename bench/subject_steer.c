/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "bench/pages.h"
#include "bench/subject.h"
#include "kernels/core/kernels.h"

enum { PLAN };

/* Channels are frequencies, of which there are as many rows of phasors a direction. */
static double freq_of(size_t channel)
{
    return BENCH_STEER_HZ + 1e6 * (double)channel;
}

static cph_status open(bench_subject *s)
{
    const bench_case *const c = &s->data->c;
    const cph_steer_config config = {
        .elements = c->elements, .position = s->data->position, .exec = s->exec};
    const cph_steer_kernels kernels = {
        (cph_steer_fn *)bench_variant(CPH_KERNEL_steer_c32, s->isa),
        (cph_steer_rows_fn *)bench_variant(CPH_KERNEL_steer_rows_c32, s->isa)};
    size_t bytes = 0;
    const cph_status status = cph_steer_plan_size(&config, &bytes);
    if (status != CPH_OK)
        return status;
    s->state[PLAN] = bench_memory(bytes);
    cph_steer_plan *plan = NULL;
    return s->state[PLAN] == NULL
               ? CPH_ERR_MEMORY
               : cph_steer_init_variant(&config, kernels, s->state[PLAN], bytes, &plan);
}

static cph_status run(bench_subject *s, const void *samples)
{
    enum { MOST = 64 };
    const bench_case *const c = &s->data->c;
    double freq_hz[MOST];
    (void)samples;
    if (c->channels > MOST)
        return CPH_ERR_UNSUPPORTED;
    for (size_t k = 0; k < c->channels; k++)
        freq_hz[k] = freq_of(k);
    return cph_steer_run(s->state[PLAN], c->channels, freq_hz, c->beams, s->data->direction,
                         s->data->output, c->elements);
}

static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const bench_case *const c = &s->data->c;
    const cph_c32 *const a = s->data->output;
    const double bound = 2e-7;
    cph_c64 *const exact = calloc(c->elements, sizeof *exact);
    double worst = exact != NULL ? 0.0 : INFINITY;
    (void)samples;
    for (size_t i = 0; i < c->beams * c->channels && exact != NULL; i++) {
        if (!all && i > 2 && cph_random_u64(random) % 4 != 0)
            continue;
        if (cph_steer_c64(c->elements, s->data->position, freq_of(i % c->channels),
                          s->data->direction + i / c->channels * 3, exact) != CPH_OK)
            worst = INFINITY;
        for (size_t n = 0; n < c->elements; n++) {
            const double re = fabs((double)a[i * c->elements + n].re - exact[n].re);
            const double im = fabs((double)a[i * c->elements + n].im - exact[n].im);
            worst = re <= bound && im <= bound ? fmax(worst, fmax(re, im) / bound) : INFINITY;
        }
    }
    free(exact);
    return worst;
}

const bench_family bench_family_steer = {"steer_", open, run, error};
