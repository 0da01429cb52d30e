/* SPDX-License-Identifier: MIT */
/* Shares of elements from power readings while their phases are turned. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/power_calib.h"
#include "cophase/random.h"
#include "tests/unit/calib_scene.h"

enum { N_MOST = 300, M_MOST = 32 };
#define TURN (2.0 * M_PI)

typedef struct rig {
    size_t n, m;
    double complex field[N_MOST], rest; /* of the elements, and of what is never turned */
    cph_c64 state[M_MOST];
    double power[N_MOST * M_MOST];
    unsigned char member[64 * 64];
    cph_random random;
    cph_rev_config config;
    cph_rev_solution solution;
    cph_c64 gain[N_MOST], root[2 * N_MOST];
    double phase_sigma[N_MOST], amplitude_sigma[N_MOST], root_sigma[2 * N_MOST];
    unsigned char flag[N_MOST], choice[N_MOST];
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

/* m states of equal amplitude at even steps; n random fields. */
static void open_rig(rig *r, size_t n, size_t m, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = n;
    r->m = m;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t i = 0; i < n; i++)
        r->field[i] = scene_get(cph_random_normal(&r->random));
    for (size_t i = 0; i < m; i++)
        r->state[i] = put(cexp(I * TURN * (double)i / (double)m));
    r->config = (cph_rev_config){.sweeps = n,
                                 .steps = m,
                                 .power = r->power,
                                 .ld = m + 1,
                                 .state = r->state,
                                 .elements = n,
                                 .rule = CPH_REV_CLOSED};
    r->solution =
        (cph_rev_solution){.estimate = {r->gain, r->phase_sigma, r->amplitude_sigma, r->flag},
                           .root = r->root,
                           .root_sigma = r->root_sigma,
                           .choice = r->choice};
}

static double complex total(const rig *r)
{
    double complex sum = r->rest;
    for (size_t i = 0; i < r->n; i++)
        sum += r->field[i];
    return sum;
}

static bool turns(const rig *r, size_t sweep, size_t n)
{
    return r->config.member == NULL ? sweep == n : r->member[sweep * r->n + n] != 0;
}

/* Readings with noise of this standard deviation; each sweep has a level of its own. */
static void measure(rig *r, double sigma)
{
    for (size_t c = 0; c < r->config.sweeps; c++)
        for (size_t m = 0; m < r->m; m++) {
            double complex sum = r->rest;
            for (size_t n = 0; n < r->n; n++)
                sum += r->field[n] * (turns(r, c, n) ? scene_get(r->state[m]) : 1.0);
            r->power[c * r->config.ld + m] = (1.0 + 0.25 * (double)(c % 3)) * pow(cabs(sum), 2.0) +
                                             sigma * sqrt(2.0) * cph_random_normal(&r->random).re;
        }
}

static cph_status solve(rig *r)
{
    return cph_rev_solve(&r->config, &r->solution, &r->error);
}

static double worst_share(const rig *r)
{
    double worst = 0.0;
    const double complex t = total(r);
    for (size_t n = 0; n < r->n; n++)
        worst =
            fmax(worst, r->flag[n] == 0 ? cabs(scene_get(r->gain[n]) - r->field[n] / t) : INFINITY);
    return worst;
}

/* k and X of the literature from the extremes of the curve, for either root. */
static double complex literature(double k, double x, bool second)
{
    const double complex z = k * cexp(I * x);
    const double u = cabs(1.0 - z), most = pow(u + k, 2.0), least = pow(u - k, 2.0);
    const double d0 = carg(z * conj(1.0 - z));
    const double r = sqrt(most / least);
    double g = (r - 1.0) / (r + 1.0);
    const double root = sqrt(1.0 + 2.0 * g * cos(d0) + g * g);
    const double size = second ? 1.0 / root : g / root;
    g = second ? 1.0 / g : g;
    return size * cexp(I * atan2(sin(d0), cos(d0) + g));
}

static void both_roots_of_the_literature(void)
{
    static const struct {
        double k, x;
        bool strong;
    } cases[] = {{0.9, 0.7, true}, {0.1, 0.3, false}, {0.4, -2.0, false}, {1.7, -0.4, true}};
    static rig r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_rig(&r, 1, 8, 1);
        const double complex z = cases[i].k * cexp(I * cases[i].x);
        r.field[0] = z * 3.0 * cexp(1.1 * I);
        r.rest = (1.0 - z) * 3.0 * cexp(1.1 * I);
        r.config.rule = CPH_REV_OPEN;
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
        CU_ASSERT_EQUAL(r.choice[0], CPH_REV_ROOT_UNKNOWN);
        CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_UNSOLVED);
        CU_ASSERT(isnan(r.gain[0].re));
        for (int s = 0; s < 2; s++)
            CU_ASSERT(cabs(scene_get(r.root[s]) - literature(cases[i].k, cases[i].x, s == 1)) <
                      1e-10);
        CU_ASSERT(cabs(scene_get(r.root[cases[i].strong]) - z) < 1e-10);
        r.config.rule = CPH_REV_WEAK;
        memset(r.flag, 0, sizeof r.flag);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(worst_share(&r) < 1e-10, !cases[i].strong);
    }
}

/* Sizes from three elements to hundreds, with strong elements among them. */
static void the_sum_of_shares_chooses(void)
{
    static const struct {
        size_t n;
        double strong;
    } cases[] = {{3, 0.0}, {4, 0.9}, {8, 0.0}, {17, 0.0}, {24, 0.0}, {300, 0.9}, {300, 0.0}};
    static rig r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_rig(&r, cases[i].n, 7, 10 + i);
        if (r.n == 300) /* co-phased, as arrays are */
            for (size_t n = 0; n < r.n; n++)
                r.field[n] = 0.02 * r.field[n] + (n % 5 == 0 ? 0.0 : 0.05);
        if (cases[i].strong > 0.0) { /* element 1 has the share 0.9 exp(0.7 j) */
            const double complex z = cases[i].strong * cexp(0.7 * I);
            r.field[1] = 0.0;
            r.field[1] = total(&r) * z / (1.0 - z);
        } else if (r.n == 17 || r.n == 24) /* nearly a null: half of the roots are strong */
            r.field[3] -= 0.9 * total(&r);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        CU_ASSERT(worst_share(&r) < 1e-10);
        if (worst_share(&r) >= 1e-10)
            printf("case %zu: %g verdict %d ", i, worst_share(&r), (int)r.solution.verdict);
        CU_ASSERT(r.solution.closure < 5.0);
        if (cases[i].strong > 0.0)
            CU_ASSERT_EQUAL(r.choice[1], CPH_REV_ROOT_STRONG);
    }
}

/* Two elements: both are mirrored together. And a curve that says nothing of what else radiates. */
static void what_cannot_be_told_is_said(void)
{
    static rig r;
    open_rig(&r, 2, 6, 20);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
    CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_UNSOLVED);
    CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_UNSOLVED);
    open_rig(&r, 9, 6, 21);
    r.rest = 2.0 - 1.0 * I;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_INCONSISTENT);
    for (size_t n = 0; n < r.n; n++)
        CU_ASSERT_EQUAL(r.flag[n], CPH_FLAG_UNSOLVED);
    /* Twenty equal elements that cancel but for one: any one of them may be it. */
    open_rig(&r, 21, 6, 22);
    for (size_t n = 0; n < r.n; n++)
        r.field[n] = n % 2 == 0 ? 1.0 : -1.0;
    measure(&r, 1e-3);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_NOT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
}

/* A real table: uneven phases, amplitudes that change with them; its rest state is none of the
 * steps. */
static void real_table(rig *r, double ripple)
{
    for (size_t i = 0; i < r->m; i++) {
        const double t = (double)i / (double)r->m;
        const double phase = 0.3 + TURN * t + 0.2 * sin(3.0 + 2.0 * TURN * t);
        const double size = 1.0 + ripple * cos(1.0 + 3.0 * TURN * t);
        r->state[i] = put(size * cexp(I * phase));
    }
}

static void amplitudes_of_the_table_choose(void)
{
    static rig r;
    for (int strong = 0; strong < 2; strong++) {
        open_rig(&r, 5, 9, 30);
        r.rest = strong ? 0.1 * I : 9.0 - 4.0 * I;
        r.config.rule = CPH_REV_OPEN;
        real_table(&r, 0.1);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        CU_ASSERT(worst_share(&r) < 1e-10);
        /* Uneven phases of equal amplitude are fitted too, and tell nothing. */
        real_table(&r, 0.0);
        measure(&r, 0.0);
        memset(r.flag, 0, sizeof r.flag);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
        const double complex t = total(&r);
        for (size_t n = 0; n < r.n; n++)
            CU_ASSERT(fmin(cabs(scene_get(r.root[n]) - r.field[n] / t),
                           cabs(scene_get(r.root[r.n + n]) - r.field[n] / t)) < 1e-10);
    }
}

/* Elements among others that are never turned. */
static void a_second_set_of_sweeps_chooses(void)
{
    static rig r, s;
    static cph_c64 turn[N_MOST];
    for (size_t i = 0; i < 4; i++) {
        const double noise = i % 2 == 0 ? 0.0 : 2e-3;
        open_rig(&r, i < 2 ? 6 : 200, 8, 40 + i);
        r.rest = 1.0 + 0.5 * I;
        const double complex truth = total(&r);
        s = r;
        s.config.power = s.power;
        s.config.state = s.state;
        for (size_t n = 0; n < r.n; n++) {
            const double complex t = n % 3 == 0 ? cexp(2.0 * I) : 1.0;
            turn[n] = put(t);
            s.field[n] *= t;
        }
        measure(&r, noise);
        measure(&s, noise);
        CU_ASSERT_EQUAL(cph_rev_solve_pair(&r.config, &s.config, turn, &r.solution, &r.error),
                        CPH_OK);
        size_t wrong = 0, solved = 0;
        for (size_t n = 0; n < r.n; n++) {
            const double error = cabs(scene_get(r.gain[n]) - r.field[n] / truth);
            solved += r.flag[n] == 0;
            wrong += r.flag[n] == 0 &&
                     error > 1e-10 + 5.0 * r.phase_sigma[n] * cabs(r.field[n] / truth) +
                                 5.0 * r.amplitude_sigma[n] * cabs(r.field[n] / truth);
        }
        printf("solved %zu of %zu ", solved, r.n);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(solved == r.n || (noise > 0.0 && solved >= r.n * 9 / 10));
        CU_ASSERT_EQUAL(r.solution.verdict == CPH_REV_SETTLED, solved == r.n);
        /* Nothing was turned: both sets say the same. */
        for (size_t n = 0; n < r.n; n++)
            turn[n] = (cph_c64){1.0, 0.0};
        memset(r.flag, 0, sizeof r.flag);
        CU_ASSERT_EQUAL(cph_rev_solve_pair(&r.config, &r.config, turn, &r.solution, &r.error),
                        CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
    }
}

/* A cell of 16 in a large array, by groups of a Hadamard matrix (1 where its sign is +). */
static void hadamard_groups(void)
{
    static rig r;
    double single = 0.0, grouped = 0.0;
    for (int noisy = 0; noisy < 2; noisy++) {
        open_rig(&r, 16, 8, 50);
        for (size_t n = 0; n < r.n; n++)
            r.field[n] = 1.0 + 0.3 * r.field[n];
        r.rest = 400.0 - 30.0 * I;
        r.config.rule = CPH_REV_WEAK;
        r.config.sigma = noisy ? 5.0 : 0.0;
        measure(&r, noisy ? 5.0 : 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        for (size_t n = 0; n < r.n; n++)
            single += noisy ? pow(r.phase_sigma[n], 2.0) : 0.0;
        r.config.member = r.member;
        for (size_t c = 0; c < r.n; c++)
            for (size_t n = 0; n < r.n; n++)
                r.member[c * r.n + n] = __builtin_popcountll(c & n) % 2 == 0;
        measure(&r, noisy ? 5.0 : 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        if (!noisy)
            CU_ASSERT(worst_share(&r) < 1e-10);
        for (size_t n = 0; n < r.n; n++)
            grouped += noisy ? pow(r.phase_sigma[n], 2.0) : 0.0;
    }
    /* Rows of the inverse of (1 + H)/2 have the squared norm 4/N; row 0, beside 4 (N - 1)/N^2, has
     * (1 - 2/N)^2 from sweep 0, which has the lowest level of all. Levels enter squared. */
    const double mean = (6.0 + 5.0 / 1.5625 + 5.0 / 2.25) / 16.0;
    const double first = 196.0 / 256.0 + 60.0 / 256.0 * mean, others = 0.25 * mean;
    printf("variance %.3f of that of single elements ", grouped / single);
    CU_ASSERT_DOUBLE_EQUAL(grouped / single, (first + 15.0 * others) / 16.0 / mean, 0.02);
    /* Two groups alike. */
    memcpy(r.member, r.member + r.n, r.n);
    memset(r.flag, 0, sizeof r.flag);
    CU_ASSERT_EQUAL(solve(&r), CPH_ERR_SINGULAR);
    CU_ASSERT(strstr(r.error.message, "groups") != NULL);
}

/* Groups of a closed array, none near half of the field. */
static void groups_of_a_closed_array(void)
{
    static rig r;
    open_rig(&r, 9, 8, 55);
    r.config.member = r.member;
    for (size_t c = 0; c < r.n; c++)
        for (size_t n = 0; n < r.n; n++)
            r.member[c * r.n + n] = n == c || n == (c + 1) % r.n || n == (c + 3) % r.n;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
    CU_ASSERT(worst_share(&r) < 1e-10);
}

/* Variances of log|z| and arg z by the Fisher matrix of (P0, log|z|, arg z), differentiated
 * numerically. */
static void bound(const rig *r, double complex z, double level, double sigma, double *amplitude,
                  double *phase)
{
    double f[3][3] = {{0.0}};
    for (size_t m = 0; m < r->m; m++) {
        double d[3];
        for (int i = 0; i < 3; i++) {
            double side[2];
            for (int s = 0; s < 2; s++) {
                const double h = (s == 0 ? 1.0 : -1.0) * 1e-5;
                const double complex y = z * (i == 1 ? exp(h) : i == 2 ? cexp(I * h) : 1.0);
                side[s] = level * (i == 0 ? 1.0 + h : 1.0) *
                          pow(cabs(1.0 + y * (scene_get(r->state[m]) - 1.0)), 2.0);
            }
            d[i] = (side[0] - side[1]) / 2e-5 / sigma;
        }
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                f[i][j] += d[i] * d[j];
    }
    const double det = f[0][0] * (f[1][1] * f[2][2] - f[1][2] * f[2][1]) -
                       f[0][1] * (f[1][0] * f[2][2] - f[1][2] * f[2][0]) +
                       f[0][2] * (f[1][0] * f[2][1] - f[1][1] * f[2][0]);
    *amplitude = (f[0][0] * f[2][2] - f[0][2] * f[2][0]) / det;
    *phase = (f[0][0] * f[1][1] - f[0][1] * f[1][0]) / det;
}

static void scatter_against_the_bound(void)
{
    enum { SEEDS = 1000 };
    static rig r;
    for (int known = 0; known < 2; known++) {
        double error[2] = {0.0}, limit[2] = {0.0}, said[2] = {0.0}, chi2 = 0.0;
        open_rig(&r, 12, 16, 60);
        real_table(&r, known ? 0.1 : 0.0);
        r.config.rule = CPH_REV_WEAK;
        for (size_t n = 0; n < r.n; n++)
            r.field[n] = 1.0 + 0.4 * r.field[n];
        r.rest = 9.0 * I;
        const double complex t = total(&r);
        const double sigma = 0.01 * pow(cabs(t), 2.0);
        r.config.sigma = known ? sigma : 0.0;
        for (size_t k = 0; k < SEEDS; k++) {
            cph_random_seed(&r.random, 60, 1 + k);
            measure(&r, sigma);
            memset(r.flag, 0, sizeof r.flag);
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            chi2 +=
                known ? r.solution.chi2_dof / SEEDS : pow(r.solution.sigma / sigma, 2.0) / SEEDS;
            for (size_t n = 0; n < r.n; n++) {
                const double complex z = r.field[n] / t, off = scene_get(r.gain[n]) / z;
                double least[2];
                bound(&r, z, (1.0 + 0.25 * (double)(n % 3)) * pow(cabs(t), 2.0), sigma, &least[0],
                      &least[1]);
                const double e[2] = {log(cabs(off)), carg(off)};
                const double s[2] = {r.amplitude_sigma[n], r.phase_sigma[n]};
                for (int i = 0; i < 2; i++) {
                    error[i] += e[i] * e[i] / least[i];
                    limit[i] += 1.0;
                    said[i] += s[i] * s[i] / least[i];
                }
            }
        }
        printf("\n    amplitude, phase: variance / bound %.3f %.3f, sigma / rms "
               "%.3f %.3f, chi2 %.3f ",
               error[0] / limit[0], error[1] / limit[1], sqrt(said[0] / error[0]),
               sqrt(said[1] / error[1]), chi2);
        for (int i = 0; i < 2; i++) {
            CU_ASSERT(error[i] / limit[i] > 0.95 && error[i] / limit[i] < 1.15);
            CU_ASSERT_DOUBLE_EQUAL(sqrt(said[i] / error[i]), 1.0, 0.1);
        }
        CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.05);
    }
}

/* Outputs are as they were. */
static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->solution.sigma = -7.0;
    r->gain[0].re = -7.0;
    r->choice[0] = 77;
    before = *r;
    CU_ASSERT_EQUAL(solve(r), expected);
    CU_ASSERT_EQUAL(r->error.status, expected);
    CU_ASSERT(strstr(r->error.message, words) != NULL);
    if (strstr(r->error.message, words) == NULL)
        printf("\"%s\" ", r->error.message);
    r->error = before.error;
    CU_ASSERT_EQUAL(memcmp(r, &before, sizeof before), 0);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 4, 6, 70);
    measure(&r, 0.0);
    r.config.steps = 2;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "three are needed");
    r.config.steps = 3;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "fourth");
    r.config.steps = 6;
    r.config.ld = 5;
    expect_refusal(&r, CPH_ERR_OVERFLOW, "do not fit");
    r.config.ld = 7;
    r.config.elements = 5;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "one by one");
    r.config.elements = 4;
    r.state[2].im = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "state");
    for (size_t m = 0; m < r.m; m++)
        r.state[m] = (cph_c64){m % 2 == 0 ? 1.0 : -1.0, 0.0};
    expect_refusal(&r, CPH_ERR_SINGULAR, "do not determine");
    memset(r.flag, CPH_FLAG_DEAD, r.n);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "none of 4");
}

static void elements_without_an_answer(void)
{
    static rig r;
    open_rig(&r, 5, 6, 80);
    r.field[2] = 0.0; /* turns nothing: a constant curve */
    r.field[4] = 0.0;
    measure(&r, 0.0);
    r.flag[4] = CPH_FLAG_EXCLUDED;
    r.power[4 * r.config.ld] = NAN;
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
    CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_EXCLUDED);
    CU_ASSERT(isnan(r.gain[4].re) && isnan(r.phase_sigma[4]));
    CU_ASSERT(cabs(scene_get(r.gain[2])) < 1e-10);
    CU_ASSERT(cabs(scene_get(r.gain[1]) - r.field[1] / total(&r)) < 1e-10);
    /* A sweep that cannot be read leaves the sum open: no root is chosen by it. */
    r.flag[4] = 0;
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
    CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_UNSOLVED);
}

CU_TestInfo cph_tests_calib_rev[] = {
    {"one curve: both roots of the literature", both_roots_of_the_literature},
    {"shares that add to 1 choose the roots", the_sum_of_shares_chooses},
    {"what cannot be told is said", what_cannot_be_told_is_said},
    {"amplitudes of the state table choose", amplitudes_of_the_table_choose},
    {"a second set of sweeps chooses", a_second_set_of_sweeps_chooses},
    {"Hadamard groups of a cell", hadamard_groups},
    {"groups of a closed array", groups_of_a_closed_array},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    {"elements without an answer", elements_without_an_answer},
    CU_TEST_INFO_NULL,
};
