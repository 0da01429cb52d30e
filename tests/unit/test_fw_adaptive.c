/* SPDX-License-Identifier: MIT */
/* Firmware MVDR and LCMV in float against the host's in double, for the same floats. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "cophase/fw_adaptive.h"
#include "cophase/random.h"
#include "tests/unit/adaptive_scene.h"

enum { N_MAX = CPH_FW_ADAPTIVE_ELEMENTS, J_MAX = CPH_FW_ADAPTIVE_CONSTRAINTS, LD = N_MAX + 2 };
enum { SEED = 47, ROOM = 6 + N_MAX * N_MAX };

/* One problem, in float and the same numbers in double. */
typedef struct problem {
    size_t n, live;
    double least; /* no eigenvalue of R is below */
    cph_c32 r[N_MAX * LD], c[J_MAX * N_MAX], response[J_MAX];
    cph_c64 r64[N_MAX * LD], c64[J_MAX * N_MAX], response64[J_MAX];
    uint8_t flag[N_MAX];
} problem;

static cph_c32 narrow(cph_c64 x)
{
    return (cph_c32){(float)x.re, (float)x.im};
}
static cph_c64 wide(cph_c32 x)
{
    return (cph_c64){(double)x.re, (double)x.im};
}

static void widen(problem *p)
{
    for (size_t i = 0; i < sizeof p->r / sizeof *p->r; i++)
        p->r64[i] = wide(p->r[i]);
    for (size_t i = 0; i < sizeof p->c / sizeof *p->c; i++)
        p->c64[i] = wide(p->c[i]);
    for (size_t j = 0; j < J_MAX; j++)
        p->response64[j] = wide(p->response[j]);
}

/* Two strong sources in noise of power 1, and random constraints; the scene of the host's tests has
 * flags and gains besides. */
static void random_problem(cph_random *random, size_t n, problem *p)
{
    memset(p, 0, sizeof *p);
    p->n = p->live = n;
    p->least = 0.9999;
    for (size_t s = 0; s < 2; s++) {
        cph_c64 a[N_MAX];
        for (size_t i = 0; i < n; i++)
            a[i] = cph_random_normal(random);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k <= i; k++) { /* the upper triangle is not read */
                const double gain = s == 0 ? 50.0 : 5.0;
                p->r[i * LD + k].re +=
                    (float)(gain * (a[i].re * a[k].re + a[i].im * a[k].im)) + (i == k && s == 0);
                p->r[i * LD + k].im += (float)(gain * (a[i].im * a[k].re - a[i].re * a[k].im));
            }
    }
    for (size_t i = 0; i < J_MAX * n; i++)
        p->c[i] = narrow(cph_random_normal(random));
    for (size_t j = 0; j < J_MAX; j++)
        p->response[j] = narrow(cph_random_normal(random));
    widen(p);
}

static void scene_problem(problem *p)
{
    adaptive_scene s;
    adaptive_scene_make(&s);
    memset(p, 0, sizeof *p);
    p->n = SCENE_N;
    p->live = SCENE_LIVE;
    p->least = 0.9999;
    for (size_t i = 0; i < SCENE_N; i++) {
        p->flag[i] = s.flag[i];
        for (size_t k = 0; k < SCENE_N; k++)
            p->r[i * LD + k] = narrow(s.r[i][k]);
        for (size_t j = 0; j < SCENE_J; j++) {
            const cph_c64 g = s.gain[i], c = s.c[j][i];
            p->c[j * SCENE_N + i] =
                narrow((cph_c64){g.re * c.re - g.im * c.im, g.re * c.im + g.im * c.re});
        }
    }
    p->response[0].re = 1.0f;
    p->response[1] = (cph_c32){0.01f, -0.02f};
    p->response[2].im = 0.5f;
    widen(p);
}

static double trace(const problem *p)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->n; i++)
        sum += p->flag[i] ? 0.0 : p->r64[i * LD + i].re;
    return sum;
}

/* The largest condition that R' can have. */
static double condition(const problem *p, float load)
{
    const double add = (double)load * trace(p) / (double)p->live;
    return (trace(p) + add) / (p->least + add);
}

static double norm(size_t n, const cph_c64 *x)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i].re * x[i].re + x[i].im * x[i].im;
    return sqrt(sum);
}

/* |w - exact| <= bound |exact|, and the powers alike. */
static void agree(const problem *p, const cph_c32 *w, float power, const cph_c64 *exact,
                  double exact_power, double bound)
{
    cph_c64 difference[N_MAX];
    for (size_t i = 0; i < p->n; i++)
        difference[i] = (cph_c64){(double)w[i].re - exact[i].re, (double)w[i].im - exact[i].im};
    CU_ASSERT(norm(p->n, difference) <= bound * norm(p->n, exact));
    CU_ASSERT(fabs((double)power - exact_power) <= bound * exact_power);
    for (size_t i = 0; i < p->n; i++)
        CU_ASSERT(!p->flag[i] || (w[i].re == 0.0f && w[i].im == 0.0f));
}

/* No condition of C^H C is above: its determinant is no more than its least eigenvalue times the
 * mean of the others to their number. cond(C^H R'^-1 C) is at most cond(R') times as much. */
static double constraints_condition(const problem *p, size_t count)
{
    cph_c64 q[J_MAX][N_MAX];
    double sum = 0.0, determinant = 1.0;
    for (size_t j = 0; j < count; j++) { /* Gram & Schmidt */
        for (size_t i = 0; i < p->n; i++)
            q[j][i] = p->flag[i] ? (cph_c64){0.0, 0.0} : p->c64[j * p->n + i];
        const double whole = norm(p->n, q[j]);
        sum += whole * whole;
        for (size_t k = 0; k < j; k++) {
            cph_c64 dot = {0.0, 0.0};
            for (size_t i = 0; i < p->n; i++) {
                dot.re += q[k][i].re * q[j][i].re + q[k][i].im * q[j][i].im;
                dot.im += q[k][i].re * q[j][i].im - q[k][i].im * q[j][i].re;
            }
            const double size = norm(p->n, q[k]) * norm(p->n, q[k]);
            for (size_t i = 0; i < p->n; i++) {
                q[j][i].re -= (dot.re * q[k][i].re - dot.im * q[k][i].im) / size;
                q[j][i].im -= (dot.re * q[k][i].im + dot.im * q[k][i].re) / size;
            }
        }
        determinant *= norm(p->n, q[j]) * norm(p->n, q[j]);
    }
    const double others = (double)count - 1.0;
    return sum / (determinant / pow(sum / others, others));
}

static void check(const problem *p, float load)
{
    uint32_t memory[ROOM];
    size_t bytes = 0;
    cph_fw_adaptive *adaptive = NULL;
    cph_adaptive *host = NULL;
    cph_c32 w[N_MAX];
    cph_c64 exact[N_MAX];
    float power = 0.0f;
    double exact_power = 0.0;
    const double n = (double)p->live, kappa = condition(p, load);
    const double bound = 24.0 * n * (n + 4.0) * 0x1p-24 * kappa;
    const cph_adaptive_config wanted = {
        .elements = p->n,
        .covariance = p->r64,
        .ld = LD,
        .flag = p->flag,
        .loading = {.kind = CPH_LOADING_RELATIVE, .value = (double)load}};
    const cph_fw_adaptive_config config = {p->n, p->r, LD, p->flag, load};
    CU_ASSERT_EQUAL_FATAL(cph_fw_adaptive_size(p->n, &bytes), CPH_OK);
    CU_ASSERT_EQUAL(bytes, 24 + 4 * p->n * p->n);
    CU_ASSERT_EQUAL_FATAL(cph_fw_adaptive_init(&config, memory, bytes, &adaptive), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&wanted, &host, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, p->c, w, &power), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(host, p->c64, exact, &exact_power, NULL), CPH_OK);
    agree(p, w, power, exact, exact_power, bound);
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, p->c, w, NULL), CPH_OK);
    for (size_t j = 2; j <= 3 && j <= p->live; j++) {
        CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, j, p->c, p->response, w, &power), CPH_OK);
        CU_ASSERT_EQUAL(
            cph_adaptive_lcmv(host, j, p->c64, p->response64, exact, &exact_power, NULL), CPH_OK);
        agree(p, w, power, exact, exact_power,
              bound * sqrt(kappa) * kappa * constraints_condition(p, j));
    }
    cph_adaptive_destroy(host);
}

static void weights_are_the_hosts_within_the_bound(void)
{
    static const float loads[] = {0.0f, 0.01f, 1.0f, 20.0f};
    static problem p;
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        scene_problem(&p);
        check(&p, loads[i]);
        for (size_t n = 1; n <= N_MAX; n++) {
            random_problem(&random, n, &p);
            check(&p, loads[i]);
        }
    }
}

/* Diagonal R and constraints on elements of their own: answers known in full. */
static void a_diagonal_has_its_closed_form(void)
{
    enum { N = 5 };
    uint32_t memory[ROOM];
    cph_c32 r[N * N] = {{0}}, w[N];
    cph_fw_adaptive *adaptive = NULL;
    float power;
    for (size_t i = 0; i < N; i++)
        r[i * N + i].re = (float)(1u << i);
    const cph_fw_adaptive_config config = {N, r, N, NULL, 0.0f};
    const cph_c32 v[N] = {{0, 1}, {0, 1}, {0, 0}, {0, 0}, {0, 0}};
    const cph_c32 c[4 * N] = {[0] = {1, 0},
                              [N + 2] = {0, 2},
                              [2 * N + 3] = {1, 0},
                              [2 * N + 0] = {1, 0},
                              [3 * N + 4] = {1, 1}};
    const cph_c32 response[4] = {{1, 2}, {0, 1}, {0, 0}, {2, 0}};
    CU_ASSERT_EQUAL_FATAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, v, w, &power), CPH_OK);
    /* v^H R^-1 v = 3/2 */
    CU_ASSERT_DOUBLE_EQUAL(w[0].im, 2.0 / 3.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(w[1].im, 1.0 / 3.0, 1e-6);
    CU_ASSERT(w[0].re == 0.0f && w[2].re == 0.0f && w[4].im == 0.0f);
    CU_ASSERT_DOUBLE_EQUAL(power, 2.0 / 3.0, 1e-6);
    /* conj(w_0) = 1 + 2j, conj(w_2) 2j = j, conj(w_0 + w_3) = 0, conj(w_4)(1 + j) = 2 */
    CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, 4, c, response, w, &power), CPH_OK);
    const cph_c32 expected[N] = {{1, -2}, {0, 0}, {0.5f, 0}, {-1, 2}, {1, 1}};
    for (size_t i = 0; i < N; i++) {
        CU_ASSERT_DOUBLE_EQUAL(w[i].re, expected[i].re, 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(w[i].im, expected[i].im, 1e-6);
    }
    CU_ASSERT_DOUBLE_EQUAL(power, 5 * 1 + 0.25 * 4 + 5 * 8 + 2 * 16, 1e-4);
}

static void what_determines_no_weights_is_refused(void)
{
    const size_t n = 4;
    uint32_t memory[ROOM];
    cph_fw_adaptive *adaptive = NULL;
    cph_c32 r[16] = {{0}};
    static const uint8_t all[4] = {1, 1, 1, 1}, last[4] = {0, 0, 0, 1};
    cph_fw_adaptive_config config = {n, r, n, NULL, 0.0f};
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive),
                    CPH_ERR_SINGULAR); /* no power */
    for (size_t i = 0; i < n * n; i++)
        r[i].re = 7.0f; /* one snapshot */
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive),
                    CPH_ERR_SINGULAR);
    for (size_t i = 0; i < n; i++)
        r[i * n + i].re = 3.0f; /* indefinite */
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive),
                    CPH_ERR_SINGULAR);
    r[3 * n].im = NAN;
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive),
                    CPH_ERR_NOT_FINITE);
    config.flag = all;
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive),
                    CPH_ERR_TOO_FEW);
    CU_ASSERT_PTR_NULL(adaptive);
    config.flag = last; /* and what is flagged is not looked at */
    config.load = 10.0f;
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&config, memory, sizeof memory, &adaptive), CPH_OK);
    cph_c32 c[16] = {[0] = {1, 0}, [1] = {0, 1}, [4] = {0, 1}, [5] = {-1, 0}, [3] = {NAN, 0}};
    static const cph_c32 response[4] = {{1, 0}};
    cph_c32 w[4], before[4];
    float power = 5.0f;
    memset(w, 0x21, sizeof w);
    memcpy(before, w, sizeof w);
    CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, 2, c, response, w, &power), CPH_ERR_SINGULAR);
    CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, 4, c, response, w, &power), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, c + 2 * n, w, &power), CPH_ERR_ARGUMENT);
    c[2 * n + 2].re = INFINITY;
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, c + 2 * n, w, &power), CPH_ERR_NOT_FINITE);
    c[2 * n + 2].re = 3e38f;
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, c + 2 * n, w, &power), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(memcmp(w, before, sizeof w), 0);
    CU_ASSERT_EQUAL(power, 5.0f);
}

static void bad_calls_are_refused_and_nothing_is_written(void)
{
    enum { N = 3 };
    uint32_t memory[ROOM], before[ROOM];
    cph_fw_adaptive *adaptive = NULL;
    const cph_c32 r[N * N] = {[0] = {1, 0}, [4] = {1, 0}, [8] = {1, 0}};
    size_t bytes = 77;
    memset(memory, 0x33, sizeof memory);
    memcpy(before, memory, sizeof memory);
    const cph_fw_adaptive_config good = {N, r, N, NULL, 0.0f};
    const struct {
        cph_fw_adaptive_config config;
        size_t bytes;
        cph_status status;
    } calls[] = {
        {{0, r, N, NULL, 0.0f}, sizeof memory, CPH_ERR_ARGUMENT},
        {{17, r, 17, NULL, 0.0f}, sizeof memory, CPH_ERR_ARGUMENT},
        {{N, NULL, N, NULL, 0.0f}, sizeof memory, CPH_ERR_ARGUMENT},
        {{N, r, N - 1, NULL, 0.0f}, sizeof memory, CPH_ERR_ARGUMENT},
        {{N, r, N, NULL, -1.0f}, sizeof memory, CPH_ERR_ARGUMENT},
        {{N, r, N, NULL, NAN}, sizeof memory, CPH_ERR_ARGUMENT},
        {{N, r, N, NULL, INFINITY}, sizeof memory, CPH_ERR_ARGUMENT},
        {{N, r, SIZE_MAX / 4, NULL, 0.0f}, sizeof memory, CPH_ERR_OVERFLOW},
        {{N, r, N, NULL, 0.0f}, 59, CPH_ERR_MEMORY},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        CU_ASSERT_EQUAL(cph_fw_adaptive_init(&calls[i].config, memory, calls[i].bytes, &adaptive),
                        calls[i].status);
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(NULL, memory, 999, &adaptive), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&good, NULL, 999, &adaptive), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&good, (char *)memory + 1, 999, &adaptive),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_init(&good, memory, 999, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_size(0, &bytes), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_size(17, &bytes), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_size(4, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(bytes, 77);
    CU_ASSERT_PTR_NULL(adaptive);
    CU_ASSERT_EQUAL(memcmp(memory, before, sizeof memory), 0);
    CU_ASSERT_EQUAL_FATAL(cph_fw_adaptive_init(&good, memory, sizeof memory, &adaptive), CPH_OK);
    cph_c32 w[N] = {{9, 9}, {9, 9}, {9, 9}};
    const cph_c32 c[5 * N] = {{1, 0}};
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(NULL, c, w, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, NULL, w, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_mvdr(adaptive, c, NULL, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, 0, c, c, w, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, 5, c, c, w, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adaptive_lcmv(adaptive, 1, c, NULL, w, NULL), CPH_ERR_ARGUMENT);
    for (size_t i = 0; i < N; i++)
        CU_ASSERT(w[i].re == 9.0f && w[i].im == 9.0f);
}

static void coefficients_are_rounded_conjugates(void)
{
    const cph_c32 w[3] = {{0.25f, 0.5f}, {-2.0f, 1e30f}, {2.5f / 32768, -2.5f / 32768}};
    const cph_c32 bad[2] = {{0, 0}, {0, NAN}};
    cph_c16 c[3] = {{0, 0}};
    CU_ASSERT_EQUAL(cph_fw_coefficients(3, w, 32768.0f, c), CPH_OK);
    CU_ASSERT(c[0].re == 8192 && c[0].im == -16384);
    CU_ASSERT(c[1].re == -32767 && c[1].im == -32767);
    CU_ASSERT(c[2].re == 3 && c[2].im == 3);
    CU_ASSERT_EQUAL(cph_fw_coefficients(2, bad, 1.0f, c), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_fw_coefficients(3, w, INFINITY, c), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_fw_coefficients(0, w, 1.0f, c), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_coefficients(4097, w, 1.0f, c), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_coefficients(3, NULL, 1.0f, c), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_coefficients(3, w, 1.0f, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT(c[0].re == 8192 && c[2].im == 3);
}

CU_TestInfo cph_tests_fw_adaptive[] = {
    {"weights are the host's within the bound", weights_are_the_hosts_within_the_bound},
    {"a diagonal has its closed form", a_diagonal_has_its_closed_form},
    {"what determines no weights is refused", what_determines_no_weights_is_refused},
    {"bad calls are refused and nothing is written", bad_calls_are_refused_and_nothing_is_written},
    {"coefficients are rounded conjugates", coefficients_are_rounded_conjugates},
    CU_TEST_INFO_NULL,
};
