/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "bench/subject.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

enum { PLAN };
static const double freq_hz = 11.7e9;

/* The highest variant up to a tier. */
static cph_any_fn *variant(enum cph_kernel_index kernel, cph_isa limit)
{
    unsigned isa = (unsigned)limit;
    while (isa > 0 && cph_kernel_variant(kernel, (cph_isa)isa) == NULL)
        isa--;
    return cph_kernel_variant(kernel, (cph_isa)isa);
}

static cph_status open(bench_subject *s)
{
    const bench_case *const c = &s->data->c;
    const cph_steer_config config = {
        .elements = c->elements, .position = s->data->position, .exec = s->exec};
    const cph_steer_kernels kernels = {
        .points = (cph_fn_steer_c32 *)variant(CPH_KERNEL_steer_c32, s->isa),
        .rows = (cph_fn_steer_rows_c32 *)variant(CPH_KERNEL_steer_rows_c32, s->isa)};
    size_t bytes = 0;
    const cph_status status = cph_steer_plan_size(&config, &bytes);
    if (status != CPH_OK)
        return status;
    s->state[PLAN] = cph_heap_aligned(bytes);
    cph_steer_plan *plan = NULL;
    return s->state[PLAN] == NULL
               ? CPH_ERR_MEMORY
               : cph_steer_init_variant(&config, kernels, s->state[PLAN], bytes, &plan);
}

static cph_status run(bench_subject *s, const void *samples)
{
    const bench_case *const c = &s->data->c;
    (void)samples;
    return cph_steer_run(s->state[PLAN], 1, &freq_hz, c->beams, s->data->direction, s->data->output,
                         c->elements);
}

static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const bench_case *const c = &s->data->c;
    const cph_c32 *const a = s->data->output;
    const double bound = 2e-7;
    cph_c64 *const exact = calloc(c->elements, sizeof *exact);
    double worst = exact != NULL ? 0.0 : INFINITY;
    (void)samples;
    for (size_t i = 0; i < c->beams && exact != NULL; i++) {
        if (!all && i > 2 && cph_random_u64(random) % 4 != 0)
            continue;
        if (cph_steer_c64(c->elements, s->data->position, freq_hz, s->data->direction + 3 * i,
                          exact) != CPH_OK)
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
