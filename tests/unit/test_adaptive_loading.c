/* SPDX-License-Identifier: MIT */
/* Diagonal loading and finite samples: closed forms, and means over seeds. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "cophase/random.h"
#include "kernels/core/c64.h"

enum { N = 10, SEEDS = 2000, SEED = 7, MOST = 40 };

/* tr = 6, tr R^2 = 14.5, |R - 2 I|^2 = 2.5; element 1 is flagged. */
static const cph_c64 small[4][4] = {{{1.0, 0.0}, {NAN, 0.0}, {9.0, 9.0}, {0.0, 0.0}},
                                    {{NAN, 0.0}, {NAN, 0.0}, {NAN, 0.0}, {NAN, 0.0}},
                                    {{0.3, 0.4}, {NAN, 0.0}, {2.0, 0.0}, {0.0, 0.0}},
                                    {{0.0, 0.0}, {NAN, 0.0}, {0.0, 0.0}, {3.0, 0.0}}};

static void loaded(cph_loading loading, double samples, double *rho, double *load)
{
    const unsigned char flag[4] = {0, 1, 0, 0};
    const cph_adaptive_config config = {.elements = 4,
                                        .covariance = small[0],
                                        .ld = 4,
                                        .flag = flag,
                                        .samples = samples,
                                        .loading = loading};
    cph_adaptive *adaptive = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_live(adaptive, rho, load), 3);
    cph_adaptive_destroy(adaptive);
}

static void loading_has_its_closed_forms(void)
{
    const struct {
        cph_loading loading;
        double samples, rho, load;
    } table[] = {
        {{.kind = CPH_LOADING_NONE, .value = 5.0}, 0.0, 0.0, 0.0},
        {{.kind = CPH_LOADING_FIXED, .value = 0.25}, 0.0, 0.0, 0.25},
        {{.kind = CPH_LOADING_RELATIVE, .value = 0.25}, 0.0, 0.0, 0.5},
        {{.kind = CPH_LOADING_LEDOIT_WOLF}, 50.0, 36.0 / 125.0, 72.0 / 125.0},
        {{.kind = CPH_LOADING_LEDOIT_WOLF, .fourth_norm = 44.5}, 50.0, 30.0 / 125.0, 60.0 / 125.0},
        {{.kind = CPH_LOADING_LEDOIT_WOLF}, 10.0, 1.0, 2.0},
        {{.kind = CPH_LOADING_OAS},
         50.0,
         (36.0 - 14.5 / 3.0) / ((50.0 - 1.0 / 3.0) * 2.5),
         2.0 * (36.0 - 14.5 / 3.0) / ((50.0 - 1.0 / 3.0) * 2.5)},
        {{.kind = CPH_LOADING_OAS}, 5.0, 1.0, 2.0},
    };
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        double rho = NAN, load = NAN;
        loaded(table[i].loading, table[i].samples, &rho, &load);
        CU_ASSERT_DOUBLE_EQUAL(rho, table[i].rho, 1e-14);
        CU_ASSERT_DOUBLE_EQUAL(load, table[i].load, 1e-14);
    }
}

static void whole_shrinking_is_the_conventional_beam(void)
{
    const cph_c64 a[4] = {{1.0, 0.0}, {NAN, 0.0}, {0.0, 1.0}, {-1.0, 0.0}};
    const unsigned char flag[4] = {0, 1, 0, 0};
    const cph_adaptive_config config = {.elements = 4,
                                        .covariance = small[0],
                                        .ld = 4,
                                        .flag = flag,
                                        .samples = 2.0, /* fewer than live: loaded all the same */
                                        .loading = {.kind = CPH_LOADING_OAS}};
    cph_adaptive *adaptive = NULL;
    cph_c64 w[4];
    double power = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, a, w, &power, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(w[2].im, 1.0 / 3.0, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(w[3].re, -1.0 / 3.0, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(power, 2.0 / 3.0, 1e-15);
    cph_adaptive_destroy(adaptive);
}

/* s = mean of x x^H over K snapshots x = m z, z white: covariance m m^H. */
static void sample(cph_random *random, unsigned k, const cph_c64 (*m)[N], cph_c64 (*s)[N])
{
    memset(s, 0, N * sizeof *s);
    for (unsigned t = 0; t < k; t++) {
        cph_c64 z[N], x[N] = {{0}};
        for (unsigned n = 0; n < N; n++)
            z[n] = cph_random_normal(random);
        for (unsigned p = 0; p < N; p++)
            for (unsigned q = 0; q < N; q++)
                x[p] = cph_c64_add(x[p], cph_c64_mul(m[p][q], z[q]));
        for (unsigned p = 0; p < N; p++)
            for (unsigned q = 0; q < N; q++)
                s[p][q] = cph_c64_add(s[p][q], cph_c64_scale(1.0 / k, cph_c64_mulc(x[p], x[q])));
    }
}

/* Noise and a jammer of 20 dB: m = I + 9 e e^H / N, e_n = exp(j n), so r = I + 99 e e^H / N. */
static void make_truth(cph_c64 (*m)[N], cph_c64 (*r)[N])
{
    for (unsigned p = 0; p < N; p++)
        for (unsigned q = 0; q < N; q++) {
            const double turn = (double)p - (double)q, own = p == q ? 1.0 : 0.0;
            m[p][q] = (cph_c64){own + 9.0 / N * cos(turn), 9.0 / N * sin(turn)};
            r[p][q] = (cph_c64){own + 99.0 / N * cos(turn), 99.0 / N * sin(turn)};
        }
}

static cph_adaptive *factor(const cph_c64 (*s)[N], unsigned k)
{
    const cph_adaptive_config config = {.elements = N, .covariance = s[0], .ld = N, .samples = k};
    cph_adaptive *adaptive = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    return adaptive;
}

/* SNR of the weights from s under the true r, over the best there is. */
static double loss(const cph_c64 (*s)[N], const cph_c64 (*r)[N], unsigned k, const cph_c64 *a,
                   double best)
{
    cph_c64 w[N];
    double noise = 0.0;
    cph_adaptive *adaptive = factor(s, k);
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_mvdr(adaptive, a, w, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    for (unsigned p = 0; p < N; p++)
        for (unsigned q = 0; q < N; q++)
            noise += cph_c64_mulc(cph_c64_mul(r[p][q], w[q]), w[p]).re;
    return best / noise;
}

/* Reed, Mallett & Brennan, IEEE TAES 10 p. 853, 1974. */
static void smi_loses_what_reed_mallett_and_brennan_say(void)
{
    const unsigned snapshots[] = {17, 20, 40};
    cph_c64 m[N][N], r[N][N], s[N][N], a[N], w[N];
    double best = 0.0;
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    make_truth(m, r);
    for (unsigned n = 0; n < N; n++)
        a[n] = (cph_c64){cos(0.3 * n), -sin(0.3 * n)};
    cph_adaptive *ideal = factor((const cph_c64(*)[N])r, 0);
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_mvdr(ideal, a, w, &best, NULL), CPH_OK);
    cph_adaptive_destroy(ideal);
    for (unsigned i = 0; i < 3; i++) {
        const unsigned k = snapshots[i];
        double mean = 0.0;
        for (unsigned seed = 0; seed < SEEDS; seed++) {
            sample(&random, k, (const cph_c64(*)[N])m, s);
            mean += loss((const cph_c64(*)[N])s, (const cph_c64(*)[N])r, k, a, best) / SEEDS;
        }
        const double expected = (k - N + 2.0) / (k + 1.0);
        printf("K %u: %.4f (%.4f) ", k, mean, expected);
        CU_ASSERT_DOUBLE_EQUAL(mean / expected, 1.0, 0.02);
    }
}

/* Of r' = (1 - rho) s + load I and of s, from the true r. */
static void add_errors(const cph_c64 (*s)[N], const cph_c64 (*r)[N], cph_loading_kind kind,
                       unsigned k, double error[2])
{
    const cph_adaptive_config config = {
        .elements = N, .covariance = s[0], .ld = N, .samples = k, .loading = {.kind = kind}};
    cph_adaptive *adaptive = NULL;
    double rho, load;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_live(adaptive, &rho, &load), N);
    cph_adaptive_destroy(adaptive);
    CU_ASSERT(rho > 0.0 && rho < 1.0);
    for (unsigned p = 0; p < N; p++)
        for (unsigned q = 0; q < N; q++) {
            cph_c64 shrunk = cph_c64_scale(1.0 - rho, s[p][q]);
            shrunk.re += p == q ? load : 0.0;
            error[0] += cph_c64_power(cph_c64_sub(shrunk, r[p][q]));
            error[1] += cph_c64_power(cph_c64_sub(s[p][q], r[p][q]));
        }
}

static void automatic_loading_comes_nearer_to_the_truth_than_the_samples(void)
{
    cph_c64 m[N][N], r[N][N], s[N][N];
    cph_random random;
    printf("seed %d ", SEED);
    make_truth(m, r);
    for (int kind = CPH_LOADING_LEDOIT_WOLF; kind <= CPH_LOADING_OAS; kind++) {
        double error[2] = {0};
        cph_random_seed(&random, SEED, 1);
        for (unsigned draw = 0; draw < MOST; draw++) {
            sample(&random, N + 2, (const cph_c64(*)[N])m, s);
            add_errors((const cph_c64(*)[N])s, (const cph_c64(*)[N])r, (cph_loading_kind)kind,
                       N + 2, error);
        }
        CU_ASSERT(error[0] < error[1]);
    }
}

CU_TestInfo cph_tests_adaptive_loading[] = {
    {"loading has its closed forms", loading_has_its_closed_forms},
    {"whole shrinking is the conventional beam", whole_shrinking_is_the_conventional_beam},
    {"SMI loses what Reed, Mallett & Brennan say", smi_loses_what_reed_mallett_and_brennan_say},
    {"automatic loading comes nearer to the truth than the samples",
     automatic_loading_comes_nearer_to_the_truth_than_the_samples},
    CU_TEST_INFO_NULL,
};
