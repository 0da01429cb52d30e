/* SPDX-License-Identifier: MIT */
/* Scatter of redundant gains over many seeds against the Cramer-Rao bound, standard errors against
 * the scatter. The bound is that of all parameters (gains and u, full Fisher matrix) under the
 * gauge's conditions, which are written down here from positions, not from the solver's null
 * spaces. CPH_TEST_REDUCED=1 takes fewer seeds. */
#include <CUnit/CUnit.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/redundant_scene.h"
#include "tests/unit/seeds.h"

enum { SEEDS = 1000, SEEDS_REDUCED = 200, MOST = 2 * RED_ELEMENTS + 2 * 60 };
#define DEG (M_PI / 180.0)

static size_t seeds(void)
{
    const char *reduced = getenv("CPH_TEST_REDUCED");
    return reduced != NULL && strcmp(reduced, "1") == 0 ? SEEDS_REDUCED : SEEDS;
}

/* f [order][order] += scale x x^T */
static void add_square(size_t order, double scale, const double *x, double *f)
{
    for (size_t i = 0; i < order; i++)
        for (size_t j = 0; x[i] != 0.0 && j < order; j++)
            f[i * order + j] += scale * x[i] * x[j];
}

/* What a baseline says: 2 w Re(dm* dm) over log amplitudes, phases, Re u, Im u. */
static void add_baseline(const red_scene *s, size_t order, size_t p, size_t q, double *f)
{
    double part[2][MOST] = {{0.0}};
    bool turned = false;
    const size_t k = cph_redundant_group(s->plan, p, q, &turned), at = 2 * s->n + 2 * k;
    const double complex pair = s->gain[p] * conj(s->gain[q]),
                         m = pair * red_get(s->model[p * RED_LD + q]);
    const double complex derivative[][2] = {{(double)p, m},
                                            {(double)q, m},
                                            {(double)(s->n + p), I * m},
                                            {(double)(s->n + q), -I * m},
                                            {(double)at, pair},
                                            {(double)(at + 1), turned ? -I * pair : I * pair}};
    for (size_t i = 0; i < sizeof derivative / sizeof derivative[0]; i++) {
        const size_t to = (size_t)creal(derivative[i][0]);
        part[0][to] = creal(derivative[i][1]);
        part[1][to] = cimag(derivative[i][1]);
    }
    for (int i = 0; i < 2; i++)
        add_square(order, 2.0 * s->weight[p * s->n + q], part[i], f);
}

/* sum |g| d log|g| = 0, sum d phase = 0, sum position d phase = 0. */
static void add_conditions(const red_scene *s, size_t order, size_t slopes, double *f)
{
    double condition[5][MOST] = {{0.0}};
    for (size_t p = 0; p < s->n; p++) {
        condition[0][p] = cabs(s->gain[p]);
        condition[1][s->n + p] = 1.0;
        for (size_t d = 0; d < slopes; d++)
            condition[2 + d][s->n + p] = s->position[3 * p + d];
    }
    double scale = 0.0;
    for (size_t i = 0; i < order; i++)
        scale = fmax(scale, f[i * order + i]);
    for (size_t i = 0; i < 2 + slopes; i++)
        add_square(order, 1e6 * scale, condition[i], f);
}

static void find_bound(const red_scene *s, size_t slopes, double *amplitude_var, double *phase_var)
{
    static double f[MOST * MOST];
    cph_redundant_info info;
    CU_ASSERT_EQUAL_FATAL(cph_redundant_describe(s->plan, &info), CPH_OK);
    const size_t order = 2 * s->n + 2 * info.groups;
    CU_ASSERT_FATAL(order <= MOST);
    memset(f, 0, sizeof f);
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++)
            add_baseline(s, order, p, q, f);
    add_conditions(s, order, slopes, f);
    const lapack_int n = (lapack_int)order;
    CU_ASSERT_EQUAL_FATAL(LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', n, f, n), 0);
    CU_ASSERT_EQUAL_FATAL(LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'L', n, f, n), 0);
    for (size_t p = 0; p < s->n; p++) {
        amplitude_var[p] = f[p * order + p];
        phase_var[p] = f[(s->n + p) * (order + 1)];
    }
}

/* Sums over seeds and elements. */
typedef struct tally {
    double phase2, amplitude2, phase_sigma2, amplitude_sigma2, phase_bound2, amplitude_bound2, chi2;
    size_t flagged, unconverged;
} tally;

static void run(red_scene *s, double power, size_t slopes, tally *t)
{
    static cph_c64 exact[RED_ELEMENTS * RED_LD];
    double amplitude_var[RED_ELEMENTS] = {0.0}, phase_var[RED_ELEMENTS] = {0.0};
    for (size_t p = 0; p < s->n; p++) {
        const double complex z = red_get(cph_random_normal(&s->random)) * sqrt(2.0);
        s->gain[p] = pow(10.0, 0.05 * creal(z)) * cexp(I * 20.0 * DEG * cimag(z));
    }
    red_exact(s);
    memcpy(exact, s->r, sizeof exact);
    red_noise(s, power);
    find_bound(s, slopes, amplitude_var, phase_var);
    s->problem.reference = s->truth;
    for (size_t i = 0; i < seeds(); i++) {
        memcpy(s->r, exact, sizeof exact);
        memset(s->flag, 0, sizeof s->flag);
        red_noise(s, power);
        CU_ASSERT_EQUAL_FATAL(red_solve(s), CPH_OK);
        t->chi2 += s->solution.chi2_dof / (double)seeds();
        t->unconverged += s->solution.stop != CPH_STOP_CONVERGED;
        for (size_t p = 0; p < s->n; p++) {
            if (s->flag[p] != CPH_FLAG_NONE) {
                t->flagged++;
                continue;
            }
            const double complex ratio = red_get(s->solved[p]) / s->gain[p];
            t->phase2 += carg(ratio) * carg(ratio);
            t->amplitude2 += log(cabs(ratio)) * log(cabs(ratio));
            t->phase_sigma2 += s->phase_sigma[p] * s->phase_sigma[p];
            t->amplitude_sigma2 += s->amplitude_sigma[p] * s->amplitude_sigma[p];
            t->phase_bound2 += phase_var[p];
            t->amplitude_bound2 += amplitude_var[p];
        }
    }
}

static void gains_reach_the_bound(void)
{
    static const struct {
        double power;
        size_t slopes;
        red_layout layout;
        cph_redundant_method method;
    } rows[] = {{0.02, 2, RED_HEXAGON, CPH_REDUNDANT_LINCAL},
                {0.05, 2, RED_RECTANGLE, CPH_REDUNDANT_LINCAL},
                {0.002, 1, RED_LINE, CPH_REDUNDANT_LINCAL},
                {0.02, 2, RED_HEXAGON, CPH_REDUNDANT_OMNICAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static red_scene s;
        tally t = {0};
        red_open(&s, rows[i].layout, 100 + i);
        s.options.method = rows[i].method;
        run(&s, rows[i].power, rows[i].slopes, &t);
        char setting[80];
        snprintf(setting, sizeof setting, "N %zu, %s, phase rms %.2f deg, chi2/dof %.3f", s.n,
                 rows[i].method == CPH_REDUNDANT_LINCAL ? "lincal" : "omnical",
                 sqrt(t.phase2 / (double)(seeds() * s.n)) / DEG, t.chi2);
        test_row(setting, "phase", t.phase2 / t.phase_bound2, sqrt(t.phase_sigma2 / t.phase2));
        test_row(setting, "amplitude", t.amplitude2 / t.amplitude_bound2,
                 sqrt(t.amplitude_sigma2 / t.amplitude2));
        /* Few seeds scatter more: 3 sigma of a mean of 8 and more degrees of freedom each. */
        const double slack = seeds() == SEEDS ? 0.0 : 3.0 * sqrt(2.0 / (8.0 * (double)seeds())),
                     phase = t.phase2 / t.phase_bound2,
                     amplitude = t.amplitude2 / t.amplitude_bound2;
        CU_ASSERT(phase > 0.95 - slack && phase < 1.15 + slack);
        CU_ASSERT(amplitude > 0.95 - slack && amplitude < 1.15 + slack);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(t.phase_sigma2 / t.phase2), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(t.amplitude_sigma2 / t.amplitude2), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(t.chi2, 1.0, 5.0 / sqrt(s.solution.info.dof * (double)seeds()));
        /* An element in 500 by chance. */
        CU_ASSERT(t.flagged * 500 < seeds() * s.n);
        CU_ASSERT_EQUAL(t.unconverged, 0);
        red_close(&s);
    }
}

/* With a model the gauge follows the data: errors of slopes and scale are in the sigma. */
static void errors_against_a_model(void)
{
    static red_scene s;
    static cph_c64 exact[RED_ELEMENTS * RED_LD];
    double phase2 = 0.0, phase_sigma2 = 0.0, amplitude2 = 0.0, amplitude_sigma2 = 0.0;
    const double power = 0.02;
    red_open(&s, RED_HEXAGON, 110);
    for (size_t p = 0; p < s.n; p++)
        s.gain[p] /= cabs(s.gain[p]);
    red_exact(&s);
    memcpy(exact, s.r, sizeof exact);
    s.problem.reference = s.truth;
    s.problem.model = s.model;
    for (size_t i = 0; i < seeds(); i++) {
        memcpy(s.r, exact, sizeof exact);
        memset(s.flag, 0, sizeof s.flag);
        red_noise(&s, power);
        CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
        for (size_t p = 0; p < s.n; p++) {
            if (s.flag[p] != CPH_FLAG_NONE)
                continue;
            const double complex ratio = red_get(s.solved[p]) / s.gain[p];
            phase2 += carg(ratio) * carg(ratio);
            amplitude2 += log(cabs(ratio)) * log(cabs(ratio));
            phase_sigma2 += s.phase_sigma[p] * s.phase_sigma[p];
            amplitude_sigma2 += s.amplitude_sigma[p] * s.amplitude_sigma[p];
        }
    }
    printf("sigma / rms %.3f phase, %.3f amplitude ", sqrt(phase_sigma2 / phase2),
           sqrt(amplitude_sigma2 / amplitude2));
    CU_ASSERT_DOUBLE_EQUAL(sqrt(phase_sigma2 / phase2), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(amplitude_sigma2 / amplitude2), 1.0, 0.1);
    red_close(&s);
}

/* Of the elements' chi-squares too: all have their expectation. */
static void chi2_of_elements_is_one(void)
{
    static red_scene s;
    static cph_c64 exact[RED_ELEMENTS * RED_LD];
    double mean[RED_ELEMENTS] = {0.0};
    red_open(&s, RED_RAGGED, 111);
    memcpy(exact, s.r, sizeof exact);
    s.options.bad_above = 0.0;
    for (size_t i = 0; i < seeds(); i++) {
        memcpy(s.r, exact, sizeof exact);
        red_noise(&s, 1e-3);
        CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
        for (size_t p = 0; p < s.n; p++)
            mean[p] += s.chi2[p] / (double)seeds();
    }
    /* Some 10 complex degrees of freedom an element: 5 sigma. */
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT_DOUBLE_EQUAL(mean[p], 1.0, 5.0 / sqrt(10.0 * (double)seeds()));
    red_close(&s);
}

/* R of so many samples of the sky's sources and of noise of power 1 in each element. */
static void sample(red_scene *s, size_t samples)
{
    double complex steering[5][RED_ELEMENTS], x[RED_ELEMENTS];
    static double complex sum[RED_ELEMENTS][RED_ELEMENTS];
    memset(sum, 0, sizeof sum);
    for (size_t i = 0; i < 5; i++)
        for (size_t p = 0; p < s->n; p++) {
            double path = 0.0;
            for (size_t k = 0; k < 3; k++)
                path += s->sky[i][k] * s->position[3 * p + k];
            steering[i][p] = s->gain[p] * sqrt(s->sky[i][3]) *
                             cexp(2.0 * M_PI * I * s->freq_hz / CPH_SPEED_OF_LIGHT * path);
        }
    for (size_t t = 0; t < samples; t++) {
        for (size_t p = 0; p < s->n; p++)
            x[p] = red_get(cph_random_normal(&s->random));
        for (size_t i = 0; i < 5; i++) {
            const double complex signal = red_get(cph_random_normal(&s->random));
            for (size_t p = 0; p < s->n; p++)
                x[p] += signal * steering[i][p];
        }
        for (size_t p = 0; p < s->n; p++)
            for (size_t q = p; q < s->n; q++)
                sum[p][q] += x[p] * conj(x[q]) / (double)samples;
    }
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p; q < s->n; q++)
            s->r[p * RED_LD + q] = (cph_c64){creal(sum[p][q]), cimag(sum[p][q])};
}

/* Sources that all elements hear as well as their noise: baselines err together, several times more
 * than independent ones would make of it. */
static void errors_of_sample_covariances(void)
{
    enum { SAMPLES = 300, RUNS = 200 };
    for (int with_model = 0; with_model <= 1; with_model++) {
        static red_scene s;
        double phase2 = 0.0, phase_sigma2 = 0.0, amplitude2 = 0.0, amplitude_sigma2 = 0.0,
               chi2 = 0.0;
        size_t flagged = 0;
        red_open(&s, RED_RECTANGLE, 120);
        for (size_t p = 0; p < s.n; p++)
            s.gain[p] /= cabs(s.gain[p]);
        red_exact(&s);
        s.problem.reference = s.truth;
        s.problem.model = with_model != 0 ? s.model : NULL;
        s.problem.has_diagonal = true;
        s.problem.samples = SAMPLES;
        for (size_t i = 0; i < RUNS; i++) {
            memset(s.flag, 0, sizeof s.flag);
            sample(&s, SAMPLES);
            CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
            chi2 += s.solution.chi2_dof / RUNS;
            for (size_t p = 0; p < s.n; p++) {
                if (s.flag[p] != CPH_FLAG_NONE) {
                    flagged++;
                    continue;
                }
                const double complex ratio = red_get(s.solved[p]) / s.gain[p];
                phase2 += carg(ratio) * carg(ratio);
                amplitude2 += log(cabs(ratio)) * log(cabs(ratio));
                phase_sigma2 += s.phase_sigma[p] * s.phase_sigma[p];
                amplitude_sigma2 += s.amplitude_sigma[p] * s.amplitude_sigma[p];
            }
        }
        printf("sigma / rms %.3f phase, %.3f amplitude; chi2/dof %.3f; flagged %zu ",
               sqrt(phase_sigma2 / phase2), sqrt(amplitude_sigma2 / amplitude2), chi2, flagged);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(phase_sigma2 / phase2), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(amplitude_sigma2 / amplitude2), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.1);
        CU_ASSERT(flagged * 100 < RUNS * s.n);
        red_close(&s);
    }
}

CU_TestInfo cph_tests_redundant_statistics[] = {
    {"errors of sample covariances are not independent", errors_of_sample_covariances},
    {"gains reach the bound, and say how near", gains_reach_the_bound},
    {"errors against a model", errors_against_a_model},
    {"chi-square of each element is 1", chi2_of_elements_is_one},
    CU_TEST_INFO_NULL,
};
