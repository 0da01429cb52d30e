/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "tests/kernels/check.h"

/* Buffers of a case, in this order. */
enum { TILES, WORK, GAINS, NEXT, POWER, DATA, MODEL, WEIGHT };

/* Several tiles of columns, and rows that fill none. */
static size_t size_of_case(const check_case *c)
{
    enum { MOST = 700 };
    return 1 + (c->config.elements + 2 * c->config.times - 1) % MOST;
}

static void *data_of(check_case *c, unsigned buffer)
{
    return c->buffer[buffer].data;
}

/* Steps are taken in full, and averaged. */
static float keep_of_case(const check_case *c)
{
    return c->config.seed % 2 == 0 ? 0.0f : 0.5f;
}

static cph_status run(check_case *c)
{
    cph_stefcal_fn *const kernel = (cph_stefcal_fn *)c->kernel;
    kernel(size_of_case(c), data_of(c, TILES), data_of(c, GAINS), keep_of_case(c), data_of(c, NEXT),
           data_of(c, POWER), data_of(c, WORK));
    return CPH_OK;
}

static cph_c64 gain_of(size_t n, const float *g, size_t p)
{
    return (cph_c64){(double)g[p], (double)g[cph_stefcal_padded(n) + p]};
}

/* What belongs to (p, q) of a matrix whose upper triangle is given; 0 without weight. */
static double pair_of(check_case *c, size_t p, size_t q, cph_c64 *r, cph_c64 *m)
{
    const size_t n = size_of_case(c), at = p < q ? p * n + q : q * n + p;
    const double *const weight = c->buffers > WEIGHT ? data_of(c, WEIGHT) : NULL;
    const double w = p == q ? 0.0 : weight == NULL ? 1.0 : weight[at];
    *r = *m = (cph_c64){0.0, 0.0};
    if (w > 0.0) {
        *r = ((const cph_c64 *)data_of(c, DATA))[at];
        *m = ((const cph_c64 *)data_of(c, MODEL))[at];
    }
    if (p > q) {
        *r = cph_c64_conj(*r);
        *m = cph_c64_conj(*m);
    }
    return w;
}

/* One gain by the definition, in double; terms bound what is summed. */
static cph_c64 solve_one(check_case *c, size_t p, double *power, double *terms)
{
    const size_t n = size_of_case(c);
    const float *const g = data_of(c, GAINS);
    cph_c64 numerator = {0.0, 0.0};
    *power = *terms = 0.0;
    for (size_t q = 0; q < n; q++) {
        cph_c64 r, m;
        const double w = pair_of(c, p, q, &r, &m);
        const cph_c64 z = cph_c64_mulc(m, gain_of(n, g, q));
        numerator = cph_c64_add(numerator, cph_c64_scale(w, cph_c64_mulc(r, z)));
        *power += w * cph_c64_power(z);
        *terms += w * sqrt(cph_c64_power(r) * cph_c64_power(z));
    }
    const cph_c64 own = gain_of(n, g, p);
    const double keep = (double)keep_of_case(c);
    return *power == 0.0 ? own
                         : cph_c64_add(cph_c64_scale(keep, own),
                                       cph_c64_scale((1.0 - keep) / *power, numerator));
}

/* Against the definition: a rounding more for the tiles, and moduli, of which a sum of parts has
 * sqrt(2) at most. */
static double error_of_definition(check_case *c)
{
    const size_t n = size_of_case(c);
    const double u = 0x1p-24, of_power = (double)(n + 5) * u;
    const double of_sum = sqrt(2.0) * (double)(2 * n + 2) * u;
    const float *const g = data_of(c, GAINS), *const next = data_of(c, NEXT);
    double worst = 0.0;
    for (size_t p = 0; p < n; p++) {
        double power, terms;
        const cph_c64 exact = solve_one(c, p, &power, &terms);
        const double of_next = power == 0.0
                                   ? 0.0
                                   : of_sum * terms / power + (of_power + 4.0 * u) * terms / power +
                                         3.0 * u * sqrt(cph_c64_power(gain_of(n, g, p)));
        worst =
            fmax(worst, check_ratio_c64(gain_of(n, next, p), exact, (cph_c64){of_next, of_next}));
    }
    return worst;
}

static double error(check_case *c)
{
    return fmax(error_of_definition(c),
                cph_stefcal_error_ref(size_of_case(c), data_of(c, TILES), data_of(c, GAINS),
                                      keep_of_case(c), data_of(c, NEXT), data_of(c, POWER)));
}

/* Upper triangles; what is not to be read is no number. */
static void draw(check_case *c, cph_c64 *r, cph_c64 *m, double *weight)
{
    const size_t n = size_of_case(c), some = 3;
    const double scale = c->config.pattern == CHECK_FULL_SCALE ? 1e15 : 1.0;
    const size_t hot = (size_t)(cph_random_u64(&c->random) % (n * n));
    for (size_t at = 0; at < n * n; at++) {
        const bool read = at / n < at % n;
        const bool zero = c->config.pattern == CHECK_ONE_HOT && at != hot;
        const bool weightless = weight != NULL && cph_random_u64(&c->random) % some == 0;
        const cph_c64 a = {scale * check_draw(c), scale * check_draw(c)};
        const cph_c64 b = {scale * check_draw(c), scale * check_draw(c)};
        if (weight != NULL)
            weight[at] = !read ? NAN : weightless ? 0.0 : 1.0 + check_draw(c);
        const bool given = read && !weightless;
        r[at] = given ? zero ? (cph_c64){0.0, 0.0} : a : (cph_c64){NAN, NAN};
        m[at] = given ? zero ? (cph_c64){0.0, 0.0} : b : (cph_c64){NAN, NAN};
    }
}

void check_case_stefcal_c32(check_case *c)
{
    const size_t n = size_of_case(c);
    size_t floats = 0;
    CHECK(cph_stefcal_floats(n, &floats), "tiles of %zu elements fit", n);
    const size_t padded = cph_stefcal_padded(n);
    float *const tiles = (void *)check_aligned(c, floats * sizeof *tiles)->data;
    (void)check_aligned(c, cph_stefcal_work_floats(n) * sizeof(float));
    float *const g = (void *)check_aligned(c, 2 * padded * sizeof *g)->data;
    c->output = check_aligned(c, 2 * padded * sizeof *g);
    (void)check_aligned(c, padded * sizeof *g);
    cph_c64 *const r = (void *)check_aligned(c, n * n * sizeof *r)->data;
    cph_c64 *const m = (void *)check_aligned(c, n * n * sizeof *m)->data;
    double *const weight =
        c->config.pad % 2 == 0 ? NULL : (void *)check_aligned(c, n * n * sizeof *weight)->data;
    draw(c, r, m, weight);
    for (size_t p = 0; p < padded; p++) {
        g[p] = p < n ? (float)check_draw(c) : 0.0f;
        g[padded + p] = p < n ? (float)check_draw(c) : 0.0f;
    }
    cph_stefcal_pack(n, r, m, 1.0, weight, 1.0, tiles);
    c->kernel = (cph_any_fn *)CHECK_VARIANT(c, stefcal_c32);
    c->run = run;
    c->error = error;
}

/* ---- claims ---- */

/* Memory of a call. */
typedef struct call {
    cph_c64 *r, *m;
    float *tiles, *work, *power, *g, *next;
} call;

static void *aligned(size_t floats)
{
    size_t bytes = 0;
    (void)cph_size_align(floats * sizeof(float), CPH_ALIGNMENT, &bytes);
    return aligned_alloc(CPH_ALIGNMENT, bytes);
}

static bool open_call(call *k, size_t n)
{
    size_t floats = 0;
    const bool fits = cph_stefcal_floats(n, &floats);
    const size_t padded = cph_stefcal_padded(n);
    *k = (call){.r = check_room(n * n, sizeof *k->r),
                .m = check_room(n * n, sizeof *k->m),
                .tiles = aligned(floats),
                .work = aligned(cph_stefcal_work_floats(n)),
                .power = aligned(padded),
                .g = aligned(2 * padded),
                .next = aligned(2 * padded)};
    const bool opened = fits && k->tiles != NULL && k->work != NULL && k->power != NULL &&
                        k->g != NULL && k->next != NULL;
    CHECK(opened, "memory for %zu elements", n);
    for (size_t p = 0; p < padded && opened; p++) {
        k->g[p] = p < n ? 1.0f : 0.0f;
        k->g[padded + p] = 0.0f;
    }
    return opened;
}

static void close_call(call *k)
{
    free(k->r);
    free(k->m);
    free(k->tiles);
    free(k->work);
    free(k->power);
    free(k->g);
    free(k->next);
}

static void iterate(const call *k, size_t n, float keep)
{
    CPH_BOUND(stefcal_c32)(n, k->tiles, k->g, keep, k->next, k->power, k->work);
}

/* R of gains and a source: from 1 on, with every second step averaged, they are found. */
static void claim_gains_are_found(void)
{
    enum { N = 83, STEPS = 60 };
    const double tolerance = 1e-5;
    cph_c64 gain[N], a[N];
    call k;
    if (!open_call(&k, N))
        return;
    for (size_t p = 0; p < N; p++) {
        const double x = (double)p, modulus = 1.0 + 0.4 * sin(x);
        gain[p] = cph_c64_scale(modulus, (cph_c64){cos(2.0 * x), sin(2.0 * x)});
        a[p] = (cph_c64){cos(3.0 * x * x), sin(3.0 * x * x)};
    }
    for (size_t p = 0; p < N; p++)
        for (size_t q = p + 1; q < N; q++) {
            k.m[p * N + q] = cph_c64_mulc(a[p], a[q]);
            k.r[p * N + q] = cph_c64_mul(k.m[p * N + q], cph_c64_mulc(gain[p], gain[q]));
        }
    cph_stefcal_pack(N, k.r, k.m, 1.0, NULL, 1.0, k.tiles);
    for (size_t i = 1; i <= STEPS; i++) {
        iterate(&k, N, i % 2 == 0 ? 0.5f : 0.0f);
        float *const before = k.g;
        k.g = k.next;
        k.next = before;
    }
    double worst = 0.0;
    for (size_t p = 0; p < N; p++) { /* beside the phase that all have in common */
        const cph_c64 found = cph_c64_mulc(gain_of(N, k.g, p), gain_of(N, k.g, 0));
        const cph_c64 exact = cph_c64_mulc(gain[p], gain[0]);
        worst = fmax(worst, sqrt(cph_c64_power(cph_c64_sub(found, exact))));
    }
    CHECK(worst <= tolerance, "gains are found, not %g away", worst);
    close_call(&k);
}

/* Not a number is not taken for an element without baselines. */
static void claim_nan_shows(void)
{
    enum { N = 5 };
    call k;
    if (!open_call(&k, N))
        return;
    for (size_t at = 0; at < (size_t)N * N; at++)
        k.r[at] = k.m[at] = (cph_c64){1.0, 0.0};
    k.m[2 * N + 3].im = NAN;
    cph_stefcal_pack(N, k.r, k.m, 1.0, NULL, 1.0, k.tiles);
    iterate(&k, N, 0.0f);
    for (size_t p = 0; p < N; p++)
        CHECK(isnan(k.power[p]) == (p == 2 || p == 3) && isnan(k.next[p]) == (p == 2 || p == 3),
              "element %zu", p);
    close_call(&k);
}

void check_claims_stefcal(void)
{
    size_t floats = 0;
    claim_gains_are_found();
    claim_nan_shows();
    CHECK(!cph_stefcal_floats(SIZE_MAX, &floats) && !cph_stefcal_floats(SIZE_MAX / 1024, &floats),
          "more elements than memory could have");
}
