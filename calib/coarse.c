/* SPDX-License-Identifier: MIT */
#include "calib/coarse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

/* Below this many elements packing costs more than steps do. */
enum { ELEMENTS_MIN = 24 };

bool cph_coarse_open(cph_coarse *c, size_t n)
{
    const size_t padded = cph_stefcal_padded(n), each = sizeof(float);
    size_t floats = 0, bytes = 0, at[5];
    *c = (cph_coarse){.n = n};
    if (n < ELEMENTS_MIN || !cph_stefcal_floats(n, &floats) ||
        !cph_size_place(&bytes, floats, each, &at[0]) ||
        !cph_size_place(&bytes, 2 * padded, each, &at[1]) ||
        !cph_size_place(&bytes, 2 * padded, each, &at[2]) ||
        !cph_size_place(&bytes, padded, each, &at[3]) ||
        !cph_size_place(&bytes, cph_stefcal_work_floats(n), each, &at[4]))
        return false;
    c->memory = cph_heap_aligned(bytes);
    if (c->memory == NULL)
        return false;
    c->tiles = cph_size_at(c->memory, at[0]);
    c->g = cph_size_at(c->memory, at[1]);
    c->next = cph_size_at(c->memory, at[2]);
    c->power = cph_size_at(c->memory, at[3]);
    c->work = cph_size_at(c->memory, at[4]);
    memset(c->g, 0, 2 * padded * each);
    return true;
}

void cph_coarse_close(cph_coarse *c)
{
    free(c->memory);
    *c = (cph_coarse){0};
}

/* The largest entries become 1. */
static void pack(cph_coarse *c, const cph_system *s)
{
    double m = 0.0, weight = 0.0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            const double w = s->robust[p * s->n + q];
            weight = fmax(weight, w);
            m = w > 0.0 ? fmax(m, cph_c64_power(s->m[p * s->n + q])) : m;
        }
    c->scale_m = m > 0.0 ? 1.0 / sqrt(m) : 1.0;
    c->scale_weight = weight > 0.0 ? 1.0 / weight : 1.0;
    cph_stefcal_pack(s->n, s->r, s->m, c->scale_m, s->robust, c->scale_weight, c->tiles);
    c->packed = true;
}

void cph_coarse_step(cph_coarse *c, const cph_system *s, const cph_c64 *g, cph_c64 *next,
                     double *power)
{
    if (!c->packed)
        pack(c, s);
    const size_t n = c->n, padded = cph_stefcal_padded(n);
    const double scale = 1.0 / sqrt(c->scale_m), of_power = 1.0 / (c->scale_m * c->scale_weight);
    for (size_t p = 0; p < n; p++) {
        c->g[p] = (float)(scale * g[p].re);
        c->g[padded + p] = (float)(scale * g[p].im);
    }
    CPH_BOUND(stefcal_c32)(n, c->tiles, c->g, 0.0f, c->next, c->power, c->work);
    for (size_t p = 0; p < n; p++) {
        const cph_c64 x = {(double)c->next[p], (double)c->next[padded + p]};
        next[p] = cph_c64_scale(1.0 / scale, x);
        power[p] = of_power * (double)c->power[p];
    }
}
