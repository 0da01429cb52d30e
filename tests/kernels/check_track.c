/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "tests/kernels/check.h"

/* Buffers of a case, in this order. */
enum { VECTORS, COEFFICIENTS, Y, SHARE, LOW, HIGH, COST, STEP };
enum { OUTPUT = SHARE }; /* of responses */

static void *data_of(check_case *c, unsigned buffer)
{
    return c->buffer[buffer].data;
}

/* Padded; of a response now and then more than a chunk. */
static size_t size_of_case(const check_case *c)
{
    const size_t most = 2 * CPH_TRACK_CHUNK + 100, n = 1 + (c->config.elements * 29 % most);
    return (n + CPH_TRACK_PADDING - 1) / CPH_TRACK_PADDING * CPH_TRACK_PADDING;
}

static size_t nulls_of_case(const check_case *c)
{
    return 1 + c->config.beams % 7;
}

static size_t moves_of_case(const check_case *c)
{
    return 1 + c->config.times % 8;
}

static float *row(check_case *c, size_t rows)
{
    return (void *)check_aligned(c, rows * size_of_case(c) * sizeof(float))->data;
}

static void draw(check_case *c, float *to, size_t count, float least, float most)
{
    const size_t hot = (size_t)(cph_random_u64(&c->random) % count);
    const float scale = c->config.pattern == CHECK_FULL_SCALE ? 1e6f : 1.0f;
    for (size_t i = 0; i < count; i++) {
        const float value = least + (most - least) * (float)cph_random_uniform(&c->random);
        to[i] = c->config.pattern == CHECK_ONE_HOT && i != hot ? 0.0f : scale * value;
    }
}

/* Vectors, coefficients and y. */
static void draw_all(check_case *c)
{
    const size_t n = size_of_case(c), nulls = nulls_of_case(c);
    float *const v = row(c, 2 * nulls), *const own = row(c, 2);
    float *const y = (void *)check_aligned(c, 2 * nulls * sizeof *y)->data;
    draw(c, v, 2 * nulls * n, -1.0f, 1.0f);
    draw(c, own, 2 * n, -1.0f, 1.0f);
    for (size_t j = 0; j < 2 * nulls; j++)
        y[j] = (float)check_draw(c);
}

static cph_c64 number(const float *rows, size_t ld, size_t n)
{
    return (cph_c64){(double)rows[n], (double)rows[ld + n]};
}

/* sum_j y_j v_jn, or of its conjugates; *size: of the moduli. */
static cph_c64 mixed(check_case *c, size_t n, bool conjugate, double *size)
{
    const size_t ld = size_of_case(c);
    const float *const v = data_of(c, VECTORS), *const y = data_of(c, Y);
    cph_c64 sum = {0.0, 0.0};
    *size = 0.0;
    for (size_t j = 0; j < nulls_of_case(c); j++) {
        const cph_c64 a = {(double)y[2 * j], (double)y[2 * j + 1]};
        const cph_c64 b = number(v + 2 * j * ld, ld, n);
        sum = cph_c64_add(sum, conjugate ? cph_c64_mulc(a, b) : cph_c64_mul(a, b));
        *size += sqrt(cph_c64_power(a) * cph_c64_power(b));
    }
    return sum;
}

/* ---- responses ---- */

static cph_status run_respond(check_case *c)
{
    cph_track_respond_fn *const kernel = (cph_track_respond_fn *)c->kernel;
    const size_t n = size_of_case(c);
    kernel(n, nulls_of_case(c), n, data_of(c, COEFFICIENTS), data_of(c, VECTORS),
           data_of(c, OUTPUT));
    return CPH_OK;
}

static double error_of_respond(check_case *c)
{
    const size_t ld = size_of_case(c);
    const double roundings =
        2.0 * (double)(ld < CPH_TRACK_CHUNK ? ld : (size_t)CPH_TRACK_CHUNK) + 2.0;
    const float *const own = data_of(c, COEFFICIENTS), *const v = data_of(c, VECTORS);
    const double *const sum = data_of(c, OUTPUT);
    double worst = 0.0;
    for (size_t j = 0; j < nulls_of_case(c); j++) {
        cph_c64 exact = {0.0, 0.0};
        double size = 0.0;
        for (size_t n = 0; n < ld; n++) {
            const cph_c64 a = number(own, ld, n), b = number(v + 2 * j * ld, ld, n);
            exact = cph_c64_add(exact, cph_c64_mul(a, b));
            size += sqrt(cph_c64_power(a) * cph_c64_power(b));
        }
        const double bound = roundings * 0x1p-24 * size;
        worst = fmax(worst, check_ratio_c64((cph_c64){sum[2 * j], sum[2 * j + 1]}, exact,
                                            (cph_c64){bound, bound}));
    }
    return worst;
}

void check_case_track_respond(check_case *c)
{
    draw_all(c);
    c->output = check_aligned(c, 2 * nulls_of_case(c) * sizeof(double));
    c->kernel = (cph_any_fn *)CHECK_VARIANT(c, track_respond);
    c->run = run_respond;
    c->error = error_of_respond;
}

/* ---- bending ---- */

/* The coefficients are kept: the error is that of one run. */
enum { KEPT = COST };

static cph_track_bend bend_of_case(const check_case *c)
{
    return (cph_track_bend)(c->config.seed % 3);
}

static cph_status run_bend(check_case *c)
{
    cph_track_bend_fn *const kernel = (cph_track_bend_fn *)c->kernel;
    const size_t n = size_of_case(c);
    memcpy(data_of(c, COEFFICIENTS), data_of(c, KEPT), 2 * n * sizeof(float));
    kernel(n, nulls_of_case(c), n, bend_of_case(c), data_of(c, Y), data_of(c, VECTORS),
           data_of(c, SHARE), data_of(c, LOW), data_of(c, HIGH), data_of(c, COEFFICIENTS));
    return CPH_OK;
}

/* By the definition, and how far floats may be from it: 2 J + 3 roundings of the terms; a step at
 * right angles is twice that and another twelve roundings of it, a limit moves what is wrong by
 * limit / |c| and rounds six times. */
static cph_c64 bent(check_case *c, size_t n, double *bound)
{
    const size_t ld = size_of_case(c);
    const float *const low = data_of(c, LOW), *const high = data_of(c, HIGH);
    const double u = 0x1p-24, share = (double)((const float *)data_of(c, SHARE))[n];
    const cph_c64 own = number(data_of(c, KEPT), ld, n);
    const cph_track_bend bend = bend_of_case(c);
    double size;
    cph_c64 x = cph_c64_scale(share, mixed(c, n, true, &size));
    const double power = cph_c64_power(own);
    *bound = (double)(2 * nulls_of_case(c) + 3) * u * (sqrt(power) + share * size);
    if (bend == CPH_TRACK_TURN) {
        const double along = power > 0.0 ? (x.re * own.re + x.im * own.im) / power : 0.0;
        x = cph_c64_scale(2.0, cph_c64_sub(x, cph_c64_scale(along, own)));
        *bound = 4.0 * *bound + 24.0 * u * share * size;
    }
    cph_c64 to = cph_c64_sub(own, x);
    if (bend == CPH_TRACK_FREE)
        return to;
    const double modulus = sqrt(cph_c64_power(to));
    const double limit = fmin(fmax(modulus, (double)low[n]), (double)high[n]);
    if (modulus > 0.0) {
        to = cph_c64_scale(limit / modulus, to);
        *bound = 2.0 * limit / modulus * *bound + 6.0 * u * limit;
    }
    return to;
}

static double error_of_bend(check_case *c)
{
    const size_t ld = size_of_case(c);
    double worst = 0.0;
    for (size_t n = 0; n < ld; n++) {
        double bound;
        const cph_c64 exact = bent(c, n, &bound);
        worst = fmax(worst, check_ratio_c64(number(data_of(c, COEFFICIENTS), ld, n), exact,
                                            (cph_c64){bound, bound}));
    }
    return worst;
}

void check_case_track_bend(check_case *c)
{
    const size_t n = size_of_case(c);
    draw_all(c);
    c->output = &c->buffer[COEFFICIENTS];
    float *const share = row(c, 1), *const low = row(c, 1), *const high = row(c, 1);
    float *const kept = row(c, 2);
    for (size_t i = 0; i < n; i++) {
        share[i] = 0.5f + (float)cph_random_uniform(&c->random);
        low[i] = 0.4f;
        high[i] = bend_of_case(c) == CPH_TRACK_TURN ? 0.4f : 0.9f;
    }
    memcpy(kept, data_of(c, COEFFICIENTS), 2 * n * sizeof *kept);
    c->kernel = (cph_any_fn *)CHECK_VARIANT(c, track_bend);
    c->run = run_bend;
    c->error = error_of_bend;
}

/* ---- the best change ---- */

enum { BEST = SHARE, SCAN_COST = LOW, SCAN_STEP = HIGH };

static cph_status run_scan(check_case *c)
{
    cph_track_scan_fn *const kernel = (cph_track_scan_fn *)c->kernel;
    const size_t n = size_of_case(c), begin = n > 64 ? 48 : 0;
    kernel(begin, n, nulls_of_case(c), n, data_of(c, Y), data_of(c, VECTORS), moves_of_case(c),
           data_of(c, SCAN_COST), data_of(c, SCAN_STEP), data_of(c, BEST));
    return CPH_OK;
}

/* Of a change; infinite where it is not allowed. */
static double change(check_case *c, size_t n, size_t m, double *bound)
{
    const size_t ld = size_of_case(c);
    const double cost = (double)((const float *)data_of(c, SCAN_COST))[m * ld + n];
    const cph_c64 d = number((const float *)data_of(c, SCAN_STEP) + 2 * m * ld, ld, n);
    double size;
    const cph_c64 g = cph_c64_mul(d, mixed(c, n, false, &size));
    *bound = (double)(2 * nulls_of_case(c) + 4) * 0x1p-24 *
             (fabs(cost) + 2.0 * sqrt(cph_c64_power(d)) * size);
    return cost + 2.0 * g.re;
}

/* The value is right, and no other one is lower by more than both may be wrong. */
static double error_of_scan(check_case *c)
{
    const size_t ld = size_of_case(c), begin = ld > 64 ? 48 : 0, moves = moves_of_case(c);
    const cph_track_best *const best = data_of(c, BEST);
    double own_bound, bound;
    if (best->element < begin || best->element >= ld || best->move >= moves)
        return INFINITY;
    const double own = change(c, best->element, best->move, &own_bound);
    double worst = check_ratio((double)best->change, own, own_bound);
    for (size_t n = begin; n < ld; n++)
        for (size_t m = 0; m < moves; m++) {
            const double other = change(c, n, m, &bound);
            if (isfinite(other) && own - other > 0.0)
                worst = fmax(worst, check_ratio(own - other, 0.0, own_bound + bound));
        }
    return worst;
}

void check_case_track_scan(check_case *c)
{
    const size_t n = size_of_case(c), moves = moves_of_case(c), some = 5;
    draw_all(c);
    c->output = check_aligned(c, sizeof(cph_track_best));
    float *const cost = row(c, moves), *const step = row(c, 2 * moves);
    for (size_t i = 0; i < moves * n; i++) /* every fifth is out of the question */
        cost[i] = i % some == 3 ? INFINITY : (float)check_draw(c);
    draw(c, step, 2 * moves * n, -0.1f, 0.1f);
    c->kernel = (cph_any_fn *)CHECK_VARIANT(c, track_scan);
    c->run = run_scan;
    c->error = error_of_scan;
}

/* Of equal changes the first counts, wherever the lanes end; changes that all are out of the
 * question are none. */
static void claim_first_of_equals(void)
{
    enum { N = 64 };
    _Alignas(64) float v[2 * N] = {0}, cost[2 * N], step[4 * N] = {0};
    const float y[2] = {1.0f, 1.0f};
    cph_track_best best;
    for (size_t i = 0; i < (size_t)2 * N; i++)
        cost[i] = i % N == 21 || i % N == 22 || i % N == 37 ? -1.0f : 1.0f;
    CPH_BOUND(track_scan)(0, N, 1, N, y, v, 2, cost, step, &best);
    CHECK(best.element == 21 && best.move == 0 && best.change == -1.0f, "element %zu, move %zu",
          best.element, best.move);
    for (size_t i = 0; i < (size_t)2 * N; i++)
        cost[i] = INFINITY;
    CPH_BOUND(track_scan)(0, N, 1, N, y, v, 2, cost, step, &best);
    CHECK(!(best.change < 0.0f), "a change of %g", (double)best.change);
}

void check_claims_track(void)
{
    claim_first_of_equals();
}
