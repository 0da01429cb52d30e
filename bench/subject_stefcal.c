/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pages.h"
#include "bench/subject.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"

/* TILES: [channel]; GAINS: before and after the last step [2][channel][2 padded], and powers
 * [channel][padded]; WORK: [thread]. */
enum { TILES, GAINS, WORK };

typedef struct sizes {
    size_t n, channels, padded, tiles, work; /* floats of one */
} sizes;

static sizes sizes_of(const bench_subject *s)
{
    const bench_case *const c = &s->data->c;
    sizes z = {.n = c->elements,
               .channels = c->channels,
               .padded = cph_stefcal_padded(c->elements),
               .work = cph_stefcal_work_floats(c->elements)};
    if (!cph_stefcal_floats(z.n, &z.tiles))
        z.tiles = 0;
    return z;
}

static float *tiles_of(const bench_subject *s, const sizes *z, size_t channel)
{
    return (float *)s->state[TILES] + channel * z->tiles;
}
static float *gains_of(const bench_subject *s, const sizes *z, size_t turn, size_t channel)
{
    return (float *)s->state[GAINS] + (turn % 2 * z->channels + channel) * 2 * z->padded;
}
static float *power_of(const bench_subject *s, const sizes *z, size_t channel)
{
    return (float *)s->state[GAINS] + (4 * z->channels + channel) * z->padded;
}

/* The model is one source's, of steering vectors that differ in modulus as well, which nothing
 * makes use of. */
static void pack(const bench_subject *s, const sizes *z, size_t channel, cph_c64 *r, cph_c64 *m)
{
    const cph_c32 *const data = (const cph_c32 *)(void *)s->data->samples + channel * z->n * z->n;
    const cph_c32 *const a = s->data->weights + channel * z->n;
    for (size_t p = 0; p < z->n; p++)
        for (size_t q = 0; q < z->n; q++) {
            const cph_c64 x = {(double)a[p].re, (double)a[p].im};
            const cph_c64 y = {(double)a[q].re, (double)a[q].im};
            const cph_c32 value = data[p * z->n + q];
            r[p * z->n + q] = (cph_c64){(double)value.re, (double)value.im};
            m[p * z->n + q] = cph_c64_mulc(x, y);
        }
    cph_stefcal_pack(z->n, r, m, 1.0, NULL, 1.0, tiles_of(s, z, channel));
}

static cph_status open(bench_subject *s)
{
    const sizes z = sizes_of(s);
    const size_t threads = cph_exec_threads(s->exec), each = sizeof(float);
    if (z.tiles == 0 || (threads > 1 && z.channels == 1))
        return CPH_ERR_UNSUPPORTED;
    s->state[TILES] = bench_memory(z.channels * z.tiles * each);
    s->state[GAINS] = bench_memory(z.channels * 5 * z.padded * each);
    s->state[WORK] = bench_memory(threads * z.work * each);
    cph_c64 *const r = calloc(2 * z.n * z.n, sizeof *r);
    if (r != NULL && s->state[TILES] != NULL)
        for (size_t k = 0; k < z.channels; k++)
            pack(s, &z, k, r, r + z.n * z.n);
    free(r);
    s->variant[0] = bench_variant(CPH_KERNEL_stefcal_c32, s->isa);
    return r == NULL || s->state[TILES] == NULL || s->state[GAINS] == NULL || s->state[WORK] == NULL
               ? CPH_ERR_MEMORY
               : CPH_OK;
}

/* From gains of 1, every second step averaged. */
static void solve(void *job, size_t begin, size_t end, size_t worker)
{
    const bench_subject *const s = job;
    const sizes z = sizes_of(s);
    cph_stefcal_fn *const step = (cph_stefcal_fn *)s->variant[0];
    float *const work = (float *)s->state[WORK] + worker * z.work;
    for (size_t k = begin; k < end; k++) {
        float *const g = gains_of(s, &z, 0, k);
        memset(g, 0, 2 * z.padded * sizeof *g);
        for (size_t p = 0; p < z.n; p++)
            g[p] = 1.0f;
        for (size_t i = 0; i < s->times; i++)
            step(z.n, tiles_of(s, &z, k), gains_of(s, &z, i, k), i % 2 == 0 ? 0.0f : 0.5f,
                 gains_of(s, &z, i + 1, k), power_of(s, &z, k), work);
    }
}

static cph_status run(bench_subject *s, const void *samples)
{
    (void)samples;
    cph_exec_run(s->exec, s->data->c.channels, solve, s);
    return CPH_OK;
}

/* Of the last step. */
static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const sizes z = sizes_of(s);
    const size_t last = s->times - 1;
    double worst = 0.0;
    (void)samples;
    for (size_t k = 0; k < z.channels; k++) {
        if (!all && k > 2 && cph_random_u64(random) % 64 != 0)
            continue;
        worst =
            fmax(worst, cph_stefcal_error_ref(z.n, tiles_of(s, &z, k), gains_of(s, &z, last, k),
                                              last % 2 == 0 ? 0.0f : 0.5f,
                                              gains_of(s, &z, last + 1, k), power_of(s, &z, k)));
    }
    return worst;
}

const bench_family bench_family_stefcal = {"stefcal_", open, run, error};
