/* SPDX-License-Identifier: MIT */
/* Gains from sample covariances of many seeds: scatter against the Cramer-Rao bound, reported
 * standard errors against the scatter, flags against the truth. Prints the table of
 * calib/README.md. CPH_TEST_REDUCED=1 takes fewer seeds, CPH_TEST_SEEDS as many as it says. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/seeds.h"

enum { SEEDS = 200, SEEDS_REDUCED = 40 };
#define DEG (M_PI / 180.0)

typedef struct row {
    size_t n, sources;
    double snr_db, samples;
    size_t dead_noise, dead_zero;
} row;

/* Sums over seeds and live elements. */
typedef struct tally {
    double phase2, amplitude2;             /* squares of errors */
    double phase_sigma2, amplitude_sigma2; /* squares of what was reported */
    double phase_bound2, amplitude_bound2;
    double chi2;
    size_t live, missed, false_alarms, not_converged;
} tally;

static size_t seeds(void)
{
    const char *reduced = getenv("CPH_TEST_REDUCED");
    return test_seeds(reduced != NULL && strcmp(reduced, "1") == 0 ? SEEDS_REDUCED : SEEDS);
}

/* Elements 0, 3, 6, ... hear noise alone, then some have no power at all. */
static bool is_dead(const row *w, size_t p)
{
    return p % 3 == 0 && p / 3 < w->dead_noise + w->dead_zero;
}

static void make(scene *s, const row *w)
{
    scene_gains(s, 1.0, 20.0 * DEG);
    for (size_t p = 0; p < w->n; p++) {
        s->noise[p] = pow(10.0, -w->snr_db / 10.0);
        if (is_dead(w, p)) {
            s->gain[p] = 0.0;
            s->noise[p] *= (double)(p / 3 < w->dead_noise);
        }
    }
    scene_sample(s, w->samples);
    memset(s->flag, 0, sizeof s->flag);
}

/* Bounds with noise powers, and ratios of fluxes, unknown: the solver does not use them. */
static void add_bound(const scene *s, const row *w, tally *t)
{
    static cph_c64 a[SCENE_SOURCES * SCENE_ELEMENTS], g[SCENE_ELEMENTS];
    double phase[SCENE_ELEMENTS], amplitude[SCENE_ELEMENTS];
    unsigned char flag[SCENE_ELEMENTS];
    for (size_t p = 0; p < w->n; p++) {
        g[p] = (cph_c64){creal(s->gain[p]), cimag(s->gain[p])};
        flag[p] = is_dead(w, p);
        for (size_t i = 0; i < w->sources; i++) {
            double complex z = scene_steering(s, i, p);
            a[i * w->n + p] = (cph_c64){creal(z), cimag(z)};
        }
    }
    const cph_bound_config config = {.elements = w->n,
                                     .sources = w->sources,
                                     .steering = a,
                                     .flux = s->flux,
                                     .gain = g,
                                     .noise = s->noise,
                                     .flag = flag,
                                     .noise_unknown = true,
                                     .flux_unknown = w->sources > 1,
                                     .samples = w->samples,
                                     .reference = SIZE_MAX};
    CU_ASSERT_EQUAL_FATAL(cph_gain_bound(&config, phase, amplitude), CPH_OK);
    for (size_t p = 0; p < w->n; p++)
        if (!flag[p]) {
            t->phase_bound2 += phase[p] * phase[p];
            t->amplitude_bound2 += amplitude[p] * amplitude[p];
        }
}

/* Errors of phase, less their mean, and of amplitude against the mean amplitude. */
static void add_errors(const scene *s, const row *w, tally *t)
{
    double complex sum = 0.0;
    double modulus = 0.0, mean = 0.0, phase[SCENE_ELEMENTS];
    size_t live = 0;
    for (size_t p = 0; p < w->n; p++) {
        if (is_dead(w, p) || s->flag[p] != 0)
            continue;
        double complex ratio = scene_get(s->solved[p]) / s->gain[p];
        sum += ratio / cabs(ratio);
        modulus += cabs(s->gain[p]);
        live++;
    }
    for (size_t p = 0; p < w->n; p++)
        if (!is_dead(w, p) && s->flag[p] == 0) {
            phase[p] = carg(scene_get(s->solved[p]) / s->gain[p] * conj(sum));
            mean += phase[p] / (double)live;
        }
    for (size_t p = 0; p < w->n; p++) {
        if (is_dead(w, p) || s->flag[p] != 0)
            continue;
        double truth = cabs(s->gain[p]) * (double)live / modulus;
        t->phase2 += pow(phase[p] - mean, 2.0);
        t->amplitude2 += pow(cabs(scene_get(s->solved[p])) / truth - 1.0, 2.0);
        t->phase_sigma2 += s->phase_sigma[p] * s->phase_sigma[p];
        t->amplitude_sigma2 += s->amplitude_sigma[p] * s->amplitude_sigma[p];
    }
    t->live += live;
}

static void add_flags(const scene *s, const row *w, tally *t)
{
    for (size_t p = 0; p < w->n; p++) {
        t->missed += is_dead(w, p) && s->flag[p] == 0;
        t->false_alarms += !is_dead(w, p) && s->flag[p] != 0;
    }
}

static tally run_row(const row *w)
{
    static scene s;
    tally t = {0};
    size_t count = seeds();
    scene_open(&s, w->n, w->sources, 1000 + w->n);
    printf("x %zu\n", count);
    s.problem.samples = w->samples;
    for (size_t k = 0; k < count; k++) {
        cph_random_seed(&s.random, 1000 + w->n, 1 + k);
        make(&s, w);
        CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
        t.not_converged += s.solution.stop != CPH_STOP_CONVERGED;
        t.chi2 += s.solution.chi2_dof / (double)count;
        add_flags(&s, w, &t);
        add_errors(&s, w, &t);
        add_bound(&s, w, &t);
    }
    return t;
}

static double asymptotic_margin(const row *w)
{
    double snr = pow(10.0, w->snr_db / 10.0);
    return w->samples * snr * snr * (double)(w->n - w->dead_noise - w->dead_zero - 1);
}

static void print_row(const row *w, const tally *t)
{
    size_t dead = w->dead_noise + w->dead_zero;
    double scatter = sqrt(t->phase2 / (double)t->live);
    printf("    | %2zu | %zu | %3.0f | %6.0f | %7.3g | %5.2f | %.3f | %.3f | %.3f | %.3f | %.3f | "
           "%zu/%zu | %zu |\n",
           w->n, w->sources, w->snr_db, w->samples, asymptotic_margin(w), scatter / DEG,
           t->phase2 / t->phase_bound2, t->amplitude2 / t->amplitude_bound2,
           sqrt(t->phase_sigma2 / t->phase2), sqrt(t->amplitude_sigma2 / t->amplitude2), t->chi2,
           t->missed, dead * seeds(), t->false_alarms);
}

/* Variances pooled over some thousand errors scatter by a few percent themselves. */
static void expect_efficient(const row *w)
{
    tally t = run_row(w);
    double slack = seeds() < SEEDS ? 0.1 : 0.0;
    print_row(w, &t);
    CU_ASSERT(t.phase2 / t.phase_bound2 >= 0.95 - slack);
    CU_ASSERT(t.amplitude2 / t.amplitude_bound2 >= 0.95 - slack);
    CU_ASSERT(t.phase2 / t.phase_bound2 <= 1.15 + slack);
    CU_ASSERT(t.amplitude2 / t.amplitude_bound2 <= 1.15 + slack);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(t.phase_sigma2 / t.phase2), 1.0, 0.15 + slack);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(t.amplitude_sigma2 / t.amplitude2), 1.0, 0.15 + slack);
    CU_ASSERT_DOUBLE_EQUAL(t.chi2, 1.0, 0.1 + slack);
    /* Near the edge of the asymptotic region noise can look like a gain, and a gain like noise. */
    double margin = asymptotic_margin(w);
    size_t wrong = seeds() * w->n / (margin < 100.0 ? 1000 : 10000);
    CU_ASSERT(t.missed <= wrong);
    CU_ASSERT(t.false_alarms <= wrong);
    CU_ASSERT_EQUAL(t.not_converged, 0);
}

static void header(void)
{
    printf("\n    | N | sources | SNR dB | K | K SNR^2 (live - 1) | phase rms deg | phase var / "
           "bound |"
           " amplitude var / bound | phase sigma / rms | amplitude sigma / rms | chi2/dof |"
           " dead missed | live flagged |\n");
}

static void one_source(void)
{
    static const row rows[] = {
        {36, 1, -20, 17000, 3, 0}, {36, 1, -20, 40000, 3, 2}, {36, 1, -10, 600, 3, 2},
        {36, 1, 0, 200, 3, 2},     {36, 1, 10, 100, 3, 2},    {36, 1, 30, 100, 0, 2},
        {16, 1, -10, 800, 1, 1},   {16, 1, 0, 100, 1, 1},     {8, 1, 0, 60, 0, 0},
        {8, 1, 10, 40, 1, 0},
    };
    header();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_efficient(&rows[i]);
}

/* The solver weighs all baselines alike, which is near the bound while noise dominates. */
static void several_sources(void)
{
    static const row rows[] = {
        {36, 2, -20, 40000, 0, 0},
        {36, 2, -10, 2000, 2, 2},
        {36, 3, -10, 2000, 0, 0},
    };
    header();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_efficient(&rows[i]);
}

/* Errors of phase against the mean, or against the reference, and what was said of them; the
 * reference itself has none: means over the others. */
static void add_phases(const scene *s, double *scatter, double *said)
{
    const bool fixed = s->options.reference != SIZE_MAX;
    const double count = (double)(s->n - fixed);
    double complex sum = 0.0;
    for (size_t p = 0; p < s->n; p++)
        if (!fixed || p == s->options.reference)
            sum += scene_get(s->solved[p]) / s->gain[p];
    for (size_t p = 0; p < s->n; p++) {
        double error = carg(scene_get(s->solved[p]) / s->gain[p] * conj(sum));
        if (p == s->options.reference)
            continue;
        *scatter += error * error / count;
        *said += s->phase_sigma[p] * s->phase_sigma[p] / count;
    }
}

/* Variance of phases against one element over that against the mean: 2 p / (p - 1) for p elements
 * alike. */
static void a_fixed_reference_costs_half(void)
{
    enum { ELEMENTS = 16, REFERENCES = 4 };
    static scene s;
    double scatter[2] = {0.0, 0.0}, said[2] = {0.0, 0.0};
    const double expected = 2.0 * ELEMENTS / (ELEMENTS - 1.0);
    const size_t count = seeds();
    scene_open(&s, ELEMENTS, 1, 1100);
    s.problem.samples = 200.0;
    for (size_t p = 0; p < ELEMENTS; p++) {
        s.gain[p] = cexp(I * (double)(p * p));
        s.noise[p] = 1.0;
    }
    for (size_t k = 0; k < count; k++) {
        cph_random_seed(&s.random, 1100, 1 + k);
        scene_sample(&s, s.problem.samples);
        for (size_t i = 0; i <= REFERENCES; i++) {
            s.options.reference = i == 0 ? SIZE_MAX : 5 * (i - 1);
            CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
            add_phases(&s, &scatter[i > 0], &said[i > 0]);
        }
    }
    const double ratio = scatter[1] / scatter[0] / REFERENCES,
                 told = said[1] / said[0] / REFERENCES;
    printf(
        "\n    fixed reference over mean phase: scatter %.3f, standard errors %.3f, expected %.3f ",
        ratio, told, expected);
    /* Half of it are squares of few references' errors: 1 % of 1000 seeds. */
    CU_ASSERT_DOUBLE_EQUAL(ratio / expected, 1.0, fmax(0.05, 0.05 * sqrt(500.0 / (double)count)));
    CU_ASSERT_DOUBLE_EQUAL(told / expected, 1.0, 0.02);
}

CU_TestInfo cph_tests_calib_statistics[] = {
    {"one source: scatter, error bars and flags", one_source},
    {"several sources, fluxes fitted", several_sources},
    {"a fixed reference costs half", a_fixed_reference_costs_half},
    CU_TEST_INFO_NULL,
};
