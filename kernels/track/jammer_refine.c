/* SPDX-License-Identifier: MIT */
/* Waves of few snapshots, made those of many: orthogonal iteration, which is linear in both. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/jammer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { PASSES = 2 };

typedef struct refiner {
    size_t elements, count, snapshots, ld;
    const cph_c32 *x;
    const unsigned char *flag;
    cph_c64 *now, *next; /* [J][N] */
    cph_c64 *snapshot;   /* [N] 0 where flagged */
} refiner;

static void take(const refiner *r, size_t k)
{
    for (size_t n = 0; n < r->elements; n++) {
        const cph_c32 x = r->x[k * r->ld + n];
        const bool live = r->flag == NULL || r->flag[n] == 0;
        r->snapshot[n] = live ? (cph_c64){(double)x.re, (double)x.im} : (cph_c64){0.0, 0.0};
    }
}

/* next_j = sum_k x_k (v_j^H x_k)^*, each less its part in those before, sized as v_j is. */
static cph_status pass(const refiner *r)
{
    const size_t n = r->elements;
    memset(r->next, 0, r->count * n * sizeof *r->next);
    for (size_t k = 0; k < r->snapshots; k++) {
        take(r, k);
        for (size_t j = 0; j < r->count; j++) {
            const cph_c64 s = cph_c64_inner(n, r->now + j * n, r->snapshot);
            for (size_t i = 0; i < n; i++)
                r->next[j * n + i] =
                    cph_c64_add(r->next[j * n + i], cph_c64_mulc(r->snapshot[i], s));
        }
    }
    for (size_t j = 0; j < r->count; j++) {
        cph_c64 *const v = r->next + j * n;
        const double size = cph_c64_inner(n, r->now + j * n, r->now + j * n).re;
        for (size_t twice = 0; twice < 2; twice++) /* for rounding */
            for (size_t i = 0; i < j; i++) {
                const cph_c64 *const base = r->next + i * n;
                const cph_c64 part =
                    cph_c64_scale(1.0 / cph_c64_inner(n, base, base).re, cph_c64_inner(n, base, v));
                for (size_t e = 0; e < n; e++)
                    v[e] = cph_c64_sub(v[e], cph_c64_mul(part, base[e]));
            }
        const double power = cph_c64_inner(n, v, v).re;
        if (!isfinite(power))
            return CPH_ERR_NOT_FINITE;
        if (!(power > 0.0))
            return CPH_ERR_SINGULAR;
        for (size_t e = 0; e < n; e++)
            v[e] = cph_c64_scale(sqrt(size / power), v[e]);
    }
    return CPH_OK;
}

cph_status cph_jammers_refine(cph_jammers *jammers, size_t snapshots, const cph_c32 *x, size_t ld,
                              const unsigned char *flag)
{
    size_t items = 0;
    if (jammers == NULL || x == NULL || snapshots == 0 ||
        !cph_size_matrix(snapshots, ld, jammers->elements, sizeof *x))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(2 * jammers->count + 1, jammers->elements, &items))
        return CPH_ERR_OVERFLOW;
    if (items == 0 || jammers->count == 0)
        return CPH_OK;
    const size_t all = jammers->count * jammers->elements;
    cph_c64 *const room = calloc(items, sizeof *room);
    if (room == NULL)
        return CPH_ERR_MEMORY;
    refiner r = {.elements = jammers->elements,
                 .count = jammers->count,
                 .snapshots = snapshots,
                 .ld = ld,
                 .x = x,
                 .flag = flag,
                 .now = room,
                 .next = room + all,
                 .snapshot = room + 2 * all};
    memcpy(r.now, jammers->vector, all * sizeof *r.now);
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < PASSES; i++) {
        status = pass(&r);
        memcpy(r.now, r.next, all * sizeof *r.now);
    }
    if (status == CPH_OK)
        memcpy(jammers->vector, r.now, all * sizeof *r.now);
    for (size_t j = 0; status == CPH_OK && j < jammers->count; j++)
        jammers->error[j] = 1.0 / sqrt((double)snapshots * jammers->inr[j]);
    free(room);
    return status;
}
