/* SPDX-License-Identifier: MIT */
/* Nulls in given weights: h = h_0 - A b, (I / depth + A^H A) b = A^H h_0, A the steering vectors of
 * the nulls: a system as large as there are nulls, not elements. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* A response this small beside sum |h| |a| is a zero that rounding left. */
static const double no_response = 1e-12;

/* A look that has lost 60 dB is under a null. */
static const double least_left = 1e-3;

typedef struct nuller {
    size_t live, nulls;
    cph_c64 *look; /* [live] */
    cph_c64 *c;    /* [nulls + 1][live]: room for the look's */
    cph_c64 *h;    /* [live] */
    cph_c64 *gram; /* [nulls][nulls], lower triangle; room for one more */
    cph_c64 *b;    /* [nulls + 1] */
} nuller;

static cph_status reserve(size_t elements, nuller *s)
{
    const size_t most = s->nulls + 1;
    size_t bytes = 0, count, square, at[5];
    if (most == 0 || !cph_size_mul(most, elements, &count) || !cph_size_mul(most, most, &square) ||
        !cph_size_place(&bytes, elements, sizeof *s->look, &at[0]) ||
        !cph_size_place(&bytes, count, sizeof *s->c, &at[1]) ||
        !cph_size_place(&bytes, elements, sizeof *s->h, &at[2]) ||
        !cph_size_place(&bytes, square, sizeof *s->gram, &at[3]) ||
        !cph_size_place(&bytes, most, sizeof *s->b, &at[4]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    s->look = cph_size_at(memory, at[0]);
    s->c = cph_size_at(memory, at[1]);
    s->h = cph_size_at(memory, at[2]);
    s->gram = cph_size_at(memory, at[3]);
    s->b = cph_size_at(memory, at[4]);
    return CPH_OK;
}

/* The live part of everything; false when it is not finite. */
static bool gather(size_t elements, const cph_c64 *a, const cph_c64 *gain,
                   const unsigned char *flag, const cph_c64 *c, const cph_c64 *w, nuller *s)
{
    bool finite = true;
    for (size_t n = 0; n < elements; n++) {
        if (flag != NULL && flag[n] != 0)
            continue;
        const cph_c64 g = gain != NULL ? gain[n] : (cph_c64){1.0, 0.0};
        s->look[s->live] = a[n];
        s->h[s->live] = cph_c64_mulc(w[n], g);
        finite = finite && cph_c64_finite(a[n]) && cph_c64_finite(s->h[s->live]) &&
                 cph_c64_power(g) > 0.0;
        for (size_t j = 0; j < s->nulls; j++) {
            s->c[j * elements + s->live] = c[j * elements + n];
            finite = finite && cph_c64_finite(c[j * elements + n]);
        }
        s->live++;
    }
    return finite;
}

/* h becomes what is left of it outside the nulls. */
static cph_status reject(size_t elements, double depth, nuller *s)
{
    size_t row = 0;
    for (size_t i = 0; i < s->nulls; i++) {
        const cph_c64 *c = s->c + i * elements;
        for (size_t j = 0; j <= i; j++)
            s->gram[i * s->nulls + j] = cph_c64_inner(s->live, c, s->c + j * elements);
        s->gram[i * s->nulls + i].re += 1.0 / depth;
        s->b[i] = cph_c64_inner(s->live, c, s->h);
    }
    if (cph_cholesky_factor(s->nulls, s->gram, &row) != 1.0)
        return CPH_ERR_SINGULAR;
    cph_cholesky_forward(s->nulls, s->gram, s->b);
    cph_cholesky_backward(s->nulls, s->gram, s->b);
    for (size_t j = 0; j < s->nulls; j++)
        for (size_t i = 0; i < s->live; i++)
            s->h[i] = cph_c64_sub(s->h[i], cph_c64_mul(s->b[j], s->c[j * elements + i]));
    return CPH_OK;
}

/* *scale becomes what brings the response back to `before`. */
static cph_status restore(const nuller *s, cph_c64 before, cph_c64 *scale)
{
    const cph_c64 after = cph_c64_inner(s->live, s->look, s->h); /* conjugates of responses */
    if (cph_c64_power(after) <= least_left * least_left * cph_c64_power(before))
        return CPH_ERR_SINGULAR;
    *scale = cph_c64_scale(1.0 / cph_c64_power(after), cph_c64_mulc(before, after));
    return CPH_OK;
}

static cph_status run(size_t elements, double depth, nuller *s, cph_c64 *scale, cph_error *error)
{
    double size = 0.0;
    for (size_t i = 0; i < s->live; i++)
        size += sqrt(cph_c64_power(s->look[i]) * cph_c64_power(s->h[i]));
    const cph_c64 before = cph_c64_inner(s->live, s->look, s->h);
    const bool difference = sqrt(cph_c64_power(before)) <= no_response * size;
    if (difference) /* the null that it has toward the look stays */
        memcpy(s->c + s->nulls++ * elements, s->look, s->live * sizeof *s->look);
    if (reject(elements, depth, s) != CPH_OK)
        return cph_fail(error, CPH_ERR_SINGULAR, "%zu nulls of depth %g are singular equations",
                        s->nulls, depth);
    if (!difference && restore(s, before, scale) != CPH_OK)
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "the nulls leave less than -60 dB toward the look direction");
    return CPH_OK;
}

static void scatter(size_t elements, const cph_c64 *gain, const unsigned char *flag,
                    const nuller *s, cph_c64 scale, cph_c64 *w)
{
    for (size_t n = 0, live = 0; n < elements; n++) {
        w[n] = (cph_c64){0.0, 0.0};
        if (flag != NULL && flag[n] != 0)
            continue;
        w[n] = cph_c64_mul(scale, s->h[live++]);
        if (gain != NULL) /* over conj(g) */
            w[n] = cph_c64_scale(1.0 / cph_c64_power(gain[n]), cph_c64_mul(w[n], gain[n]));
    }
}

cph_status cph_weights_null(size_t elements, const cph_c64 *a, const cph_c64 *gain,
                            const unsigned char *flag, size_t nulls, const cph_c64 *c, double depth,
                            cph_c64 *w, cph_error *error)
{
    nuller s = {.nulls = nulls};
    cph_c64 scale = {1.0, 0.0};
    if (elements == 0 || a == NULL || w == NULL || (nulls > 0 && c == NULL) || !(depth > 0.0) ||
        isinf(depth))
        return cph_fail(error, CPH_ERR_ARGUMENT, "nulls of depth %g: expected one above 0", depth);
    cph_status status = reserve(elements, &s);
    if (status != CPH_OK)
        return cph_fail(error, status, "%zu nulls: %s", nulls, cph_status_name(status));
    if (!gather(elements, a, gain, flag, c, w, &s))
        status = cph_fail(error, CPH_ERR_NOT_FINITE,
                          "nulls: a weight, gain or steering vector is not finite");
    else if (s.live == 0)
        status = cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", elements);
    else
        status = run(elements, depth, &s, &scale, error);
    if (status == CPH_OK)
        scatter(elements, gain, flag, &s, scale, w);
    free(s.look);
    return status;
}
