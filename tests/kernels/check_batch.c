/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/batch.h"
#include "kernels/core/size.h"
#include "tests/kernels/check.h"

/* Buffers of a case, in this order. */
enum { MATRICES, LOOKS, WEIGHTS, POWER, STATUS };

/* Shapes of other families have more elements than a matrix here. */
static size_t size_of_case(const check_case *c)
{
    return 1 + (c->config.elements - 1) % CPH_BATCH_MOST_ELEMENTS;
}

static cph_batch_config config_of(const check_case *c)
{
    const bool hot = c->config.pattern == CHECK_ONE_HOT;
    return (cph_batch_config){.elements = size_of_case(c),
                              .loading = hot ? 0.37f : 0.0f,
                              .loading_of_mean = c->config.pad % 2 == 0 ? 0.0f : 0.01f,
                              .exec = c->config.exec};
}

static void *data_of(check_case *c, unsigned buffer)
{
    return c->buffer[buffer].data;
}

static cph_status run(check_case *c)
{
    return cph_batch_mvdr(c->plan, c->workspace, c->config.beams, c->samples, c->weights,
                          data_of(c, WEIGHTS), data_of(c, POWER), data_of(c, STATUS));
}

static double error(check_case *c)
{
    const size_t n = size_of_case(c);
    const cph_batch_config config = config_of(c);
    const cph_c32 *const r = c->samples, *const a = c->weights, *const w = data_of(c, WEIGHTS);
    const float *const power = data_of(c, POWER);
    const cph_status *const status = data_of(c, STATUS);
    cph_c64 *const room = check_room(2 * n * (n + 1), sizeof *room);
    double worst = 0.0;
    for (size_t m = 0; m < c->config.beams; m++)
        worst = fmax(worst, cph_batch_error_ref(&config, r + m * n * n, a + m * n, w + m * n,
                                                power[m], status[m], room));
    free(room);
    return worst;
}

static double next(cph_random *random)
{
    return 2.0 * cph_random_uniform(random) - 1.0;
}

/* m = H m H, H = 1 - 2 v v^H / |v|^2 of a random v. */
static void reflect(cph_random *random, size_t n, cph_c64 *m)
{
    cph_c64 v[CPH_BATCH_MOST_ELEMENTS];
    double norm = 0.0;
    for (size_t i = 0; i < n; i++) {
        v[i] = (cph_c64){next(random), next(random)};
        norm += v[i].re * v[i].re + v[i].im * v[i].im;
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < n; i++) { /* m (1 - 2 v v^H), conjugated and transposed */
            cph_c64 sum = {0.0, 0.0};
            for (size_t k = 0; k < n; k++) {
                const cph_c64 a = m[i * n + k];
                sum.re += 2.0 / norm * (a.re * v[k].re - a.im * v[k].im);
                sum.im += 2.0 / norm * (a.re * v[k].im + a.im * v[k].re);
            }
            for (size_t k = 0; k < n; k++) {
                m[i * n + k].re -= sum.re * v[k].re + sum.im * v[k].im;
                m[i * n + k].im -= sum.im * v[k].re - sum.re * v[k].im;
            }
        }
        for (size_t i = 0; i < n; i++) {
            m[i * (n + 1)].im = -m[i * (n + 1)].im;
            for (size_t k = 0; k < i; k++) {
                const cph_c64 a = m[i * n + k], b = m[k * n + i];
                m[i * n + k] = (cph_c64){b.re, -b.im};
                m[k * n + i] = (cph_c64){a.re, -a.im};
            }
        }
    }
}

/* The lower triangle of a matrix with eigenvalues from `scale` down to scale / condition; what is
 * not read stays as it is. */
static void draw_matrix(cph_random *random, size_t n, double scale, double condition, cph_c32 *r)
{
    enum { REFLECTIONS = 3 };
    cph_c64 *const m = check_room(n * n, sizeof *m);
    for (size_t i = 0; i < n; i++)
        m[i * (n + 1)].re = scale * pow(condition, n > 1 ? -(double)i / (double)(n - 1) : 0.0);
    for (int k = 0; k < REFLECTIONS; k++)
        reflect(random, n, m);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            r[i * n + k] = (cph_c32){(float)m[i * n + k].re, (float)m[i * n + k].im};
        r[i * (n + 1)].re = (float)m[i * (n + 1)].re;
    }
    free(m);
}

static void draw(check_case *c, cph_c32 *r, cph_c32 *a)
{
    const size_t n = size_of_case(c), count = c->config.beams;
    const double most = 7.0; /* decades of condition numbers, from 1 to 1e6 */
    const double scale = c->config.pattern == CHECK_FULL_SCALE ? 1e30 : 1.0;
    for (size_t m = 0; m < count; m++) {
        if (c->config.pattern == CHECK_ONE_HOT) {
            for (size_t i = 0; i < n; i++)
                memset(r + m * n * n + i * n, 0, (i + 1) * sizeof *r);
            memset(a + m * n, 0, n * sizeof *a);
            a[m * n + m % n] = (cph_c32){3.0f, -101.0f};
            continue;
        }
        draw_matrix(&c->random, n, scale, pow(10.0, fmod((double)m, most)), r + m * n * n);
        for (size_t i = 0; i < n; i++)
            a[m * n + i] = (cph_c32){(float)check_draw(c), (float)check_draw(c)};
    }
}

static void make(check_case *c, cph_batch_kernels kernels)
{
    const size_t n = size_of_case(c), count = c->config.beams;
    cph_c32 *const r = (void *)check_memory(c, count * n * n * sizeof *r, sizeof(float))->data;
    cph_c32 *const a = (void *)check_memory(c, count * n * sizeof *a, sizeof(float))->data;
    draw(c, r, a);
    c->samples = r;
    c->weights = a;
    c->output = check_memory(c, count * n * sizeof(cph_c32), sizeof(float));
    (void)check_memory(c, count * sizeof(float), sizeof(float));
    (void)check_memory(c, count * sizeof(cph_status), sizeof(cph_status));
    const cph_batch_config config = config_of(c);
    cph_batch_plan *plan = NULL;
    size_t bytes = 0;
    cph_status status = cph_batch_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_batch_init_variant(&config, kernels, memory->data, bytes, &plan);
    CHECK(status == CPH_OK, "a plan of %zu elements is made", n);
    c->plan = plan;
    c->workspace = check_aligned(c, cph_batch_workspace_size(plan))->data;
    c->run = run;
    c->threaded = true;
    c->error = error;
}

void check_case_batch_lanes_c32(check_case *c)
{
    make(c, (cph_batch_kernels){.lanes = CHECK_VARIANT(c, batch_lanes_c32)});
}
void check_case_batch_columns_c32(check_case *c)
{
    make(c, (cph_batch_kernels){.columns = CHECK_VARIANT(c, batch_columns_c32)});
}

/* ---- claims ---- */

enum { COUNT = 37 }; /* groups, and a rest */

/* Matrices of a plan, and what a call leaves. */
typedef struct batch {
    cph_batch_config config;
    cph_batch_plan *plan;
    void *workspace;
    cph_c32 *r, *a, *w;
    float power[COUNT];
    cph_status status[COUNT];
} batch;

static void close_batch(batch *b)
{
    free(b->r);
    free(b->a);
    free(b->w);
    free(b->workspace);
    cph_batch_destroy(b->plan);
}

static bool open_batch(batch *b, size_t n, uint64_t seed, double condition)
{
    cph_random random;
    cph_random_seed(&random, seed, n);
    *b = (batch){.config = {.elements = n}};
    b->r = check_room(COUNT * n * n, sizeof *b->r);
    b->a = check_room(COUNT * n, sizeof *b->a);
    b->w = check_room(COUNT * n, sizeof *b->w);
    const bool made = cph_batch_create(&b->config, &b->plan) == CPH_OK;
    const size_t bytes = cph_batch_workspace_size(b->plan);
    b->workspace = aligned_alloc(CPH_ALIGNMENT, bytes);
    CHECK(made && b->workspace != NULL, "a plan of %zu elements is made", n);
    for (size_t m = 0; m < COUNT; m++)
        draw_matrix(&random, n, 1.0, condition, b->r + m * n * n);
    for (size_t i = 0; i < COUNT * n; i++)
        b->a[i] = (cph_c32){(float)next(&random), (float)next(&random)};
    return made && b->workspace != NULL;
}

static bool run_batch(batch *b)
{
    return cph_batch_mvdr(b->plan, b->workspace, COUNT, b->r, b->a, b->w, b->power, b->status) ==
           CPH_OK;
}

/* A matrix that has no weights says so, in any lane, and no other notices. */
static void spoil(batch *b, size_t m, unsigned how)
{
    const size_t n = b->config.elements;
    cph_c32 *const r = b->r + m * n * n, *const a = b->a + m * n;
    switch (how) {
    case 0: /* singular: b b^H, exactly */
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k <= i; k++)
                r[i * n + k] = (cph_c32){(float)((i % 3 + 1) * (k % 3 + 1)), 0.0f};
        break;
    case 1: /* indefinite in its last row */
        r[n * n - 1].re = -0.001f;
        break;
    case 2:
        r[(n - 1) * n].im = NAN;
        break;
    case 3:
        r[0].re = INFINITY;
        break;
    case 4:
        a[n - 1].re = NAN;
        break;
    case 5:
        memset(a, 0, n * sizeof *a);
        break;
    default:
        memset(r, 0, n * n * sizeof *r);
        break;
    }
}

static void claim_failures(size_t n)
{
    static const cph_status expected[] = {
        CPH_ERR_SINGULAR,   CPH_ERR_SINGULAR, CPH_ERR_NOT_FINITE, CPH_ERR_NOT_FINITE,
        CPH_ERR_NOT_FINITE, CPH_ERR_ARGUMENT, CPH_ERR_SINGULAR};
    enum { WAYS = sizeof expected / sizeof expected[0] };
    batch clean, spoilt;
    const bool opened = open_batch(&clean, n, 5, 10.0), open = open_batch(&spoilt, n, 5, 10.0);
    for (size_t m = 1; m < COUNT; m += 2)
        spoil(&spoilt, m, (unsigned)(m / 2 % WAYS));
    CHECK(opened && open && run_batch(&clean) && run_batch(&spoilt), "matrices of %zu are solved",
          n);
    for (size_t m = 0; m < COUNT; m++) {
        const cph_c32 *const w = spoilt.w + m * n;
        if (m % 2 == 0) {
            CHECK(spoilt.status[m] == CPH_OK && spoilt.power[m] == clean.power[m] &&
                      memcmp(w, clean.w + m * n, n * sizeof *w) == 0,
                  "matrix %zu of %zu does not notice its neighbours", m, n);
            continue;
        }
        const cph_status wanted = expected[m / 2 % WAYS];
        CHECK(spoilt.status[m] == wanted, "matrix %zu of %zu is '%s', not '%s'", m, n,
              cph_status_name(wanted), cph_status_name(spoilt.status[m]));
        CHECK(check_untouched(w, n * sizeof *w, 0) && spoilt.power[m] == 0.0f,
              "matrix %zu of %zu leaves zeros", m, n);
    }
    close_batch(&clean);
    close_batch(&spoilt);
}

/* What float can tell from a singular matrix is solved: condition 1e6. */
static void claim_condition(size_t n, uint64_t seed)
{
    batch b;
    cph_c64 *const room = check_room(2 * n * (n + 1), sizeof *room);
    const bool open = open_batch(&b, n, seed, 1e6);
    CHECK(open && run_batch(&b), "matrices of %zu are solved", n);
    for (size_t m = 0; m < COUNT; m++) {
        const double ratio = cph_batch_error_ref(&b.config, b.r + m * n * n, b.a + m * n,
                                                 b.w + m * n, b.power[m], b.status[m], room);
        CHECK(b.status[m] == CPH_OK && ratio <= 1.0,
              "condition 1e6 of %zu elements: '%s', error %g of its bound, seed %llu", n,
              cph_status_name(b.status[m]), ratio, (unsigned long long)seed);
    }
    free(room);
    close_batch(&b);
}

/* Two elements, by hand: R = [2 -j; j 2] (R_10 = j), a = (1, j): R^-1 a = (2 + j j, 2 j - j) / 3 =
 * (1, j) / 3, a^H R^-1 a = 2 / 3, w = (1, j) / 2. With R_10 = -j: (3, 3 j) / 3, 2, (1, j) / 2 and
 * another power: the sign of R shows. */
static void claim_two(void)
{
    const cph_c32 r[8] = {{2, 0}, {7, 7}, {0, 1}, {2, 0}, {2, 0}, {7, 7}, {0, -1}, {2, 0}};
    const cph_c32 a[4] = {{1, 0}, {0, 1}, {1, 0}, {0, 1}};
    const float powers[2] = {1.5f, 0.5f};
    cph_c32 w[4] = {0};
    float power[2] = {0};
    cph_status status[2];
    cph_batch_plan *plan = NULL;
    _Alignas(CPH_ALIGNMENT) unsigned char workspace[8192];
    if (cph_batch_create(&(cph_batch_config){.elements = 2}, &plan) != CPH_OK)
        return;
    CHECK(cph_batch_workspace_size(plan) <= sizeof workspace &&
              cph_batch_mvdr(plan, workspace, 2, r, a, w, power, status) == CPH_OK,
          "two matrices of two are solved");
    for (size_t i = 0; i < 2; i++)
        CHECK(fabsf(power[i] - powers[i]) < 1e-6f && fabsf(w[2 * i].re - 0.5f) < 1e-6f &&
                  fabsf(w[2 * i].im) < 1e-6f && fabsf(w[2 * i + 1].re) < 1e-6f &&
                  fabsf(w[2 * i + 1].im - 0.5f) < 1e-6f,
              "matrix %zu has power %g, w %g%+gj %g%+gj", i, (double)power[i], (double)w[2 * i].re,
              (double)w[2 * i].im, (double)w[2 * i + 1].re, (double)w[2 * i + 1].im);
    cph_batch_destroy(plan);
}

static void claim_arguments(void)
{
    const float bad[] = {-1.0f, NAN, INFINITY};
    const cph_batch_config none = {0}, large = {.elements = CPH_BATCH_MOST_ELEMENTS + 1};
    const cph_c32 r = {4, 0}, a = {0, 2};
    cph_c32 w = {7, 7};
    cph_status status = CPH_ERR_IO;
    _Alignas(CPH_ALIGNMENT) unsigned char workspace[4096];
    size_t bytes = 0;
    cph_batch_plan *plan = NULL;
    CHECK(cph_batch_plan_size(&none, &bytes) == CPH_ERR_ARGUMENT &&
              cph_batch_plan_size(&large, &bytes) == CPH_ERR_ARGUMENT && bytes == 0,
          "1 to 128 elements");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(cph_batch_create(&(cph_batch_config){.elements = 1, .loading = bad[i]}, &plan) ==
                      CPH_ERR_ARGUMENT &&
                  cph_batch_create(&(cph_batch_config){.elements = 1, .loading_of_mean = bad[i]},
                                   &plan) == CPH_ERR_ARGUMENT &&
                  plan == NULL,
              "a loading of %g is refused", (double)bad[i]);
    if (cph_batch_create(&(cph_batch_config){.elements = 1}, &plan) != CPH_OK)
        return;
    CHECK(cph_batch_mvdr(plan, workspace + 1, 1, &r, &a, &w, NULL, &status) == CPH_ERR_ARGUMENT,
          "the workspace is aligned");
    CHECK(cph_batch_mvdr(plan, workspace, 1, NULL, &a, &w, NULL, &status) == CPH_ERR_ARGUMENT &&
              cph_batch_mvdr(plan, workspace, 1, &r, NULL, &w, NULL, &status) == CPH_ERR_ARGUMENT &&
              cph_batch_mvdr(plan, workspace, 1, &r, &a, &w, NULL, NULL) == CPH_ERR_ARGUMENT,
          "matrices, looks and status are needed");
    CHECK(cph_batch_mvdr(plan, workspace, SIZE_MAX / 8, &r, &a, &w, NULL, &status) ==
              CPH_ERR_OVERFLOW,
          "matrices that do not fit are refused");
    CHECK(w.re == 7.0f && status == CPH_ERR_IO, "wrong arguments leave the output alone");
    CHECK(cph_batch_mvdr(plan, workspace, 0, NULL, NULL, NULL, NULL, NULL) == CPH_OK,
          "no matrices are fine");
    CHECK(cph_batch_mvdr(plan, workspace, 1, &r, &a, &w, NULL, &status) == CPH_OK &&
              status == CPH_OK && fabsf(w.re) < 1e-7f && fabsf(w.im - 0.5f) < 1e-6f,
          "one element has w = 1 / conj(a), not %g%+gj", (double)w.re, (double)w.im);
    cph_batch_destroy(plan);
}

void check_claims_batch(uint64_t seed)
{
    static const size_t sizes[] = {2, 3, 8, 17, 32, 64, 65, 128};
    claim_arguments();
    claim_two();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        claim_failures(sizes[i]);
        claim_condition(sizes[i], seed);
    }
}
