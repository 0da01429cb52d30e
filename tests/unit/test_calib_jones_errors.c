/* SPDX-License-Identifier: MIT */
/* Scatter of J and its standard errors against the Cramer-Rao bound: the inverse of the Fisher
 * matrix K tr(R^-1 dR R^-1 dR) of all J, and of what the solver takes no notice of, the noise of
 * each antenna (powers, and what its X and Y share), under the gauge's conditions. R is of second
 * order in J, so that central differences are its derivatives. */
#include <CUnit/CUnit.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/jones_rig.h"
#include "tests/unit/seeds.h"

enum { N = 8, M = 2 * N, PARAMETERS = 12 * N, CONDITIONS = 4, ORDER = PARAMETERS + CONDITIONS };
enum { PHASE, AMPLITUDE, LEAKAGE, WHOLE, KINDS };

typedef double complex matrix[M][M];

/* Parameter `at` of J a little to one side. */
static void nudge(double complex (*jones)[2][2], size_t at, double by)
{
    if (at < 8 * (size_t)N)
        jones[at / 8][at / 4 % 2][at / 2 % 2] += at % 2 == 0 ? by : I * by;
}

/* Powers of the noise, then the parts of what X and Y of an antenna share of it. */
static void nudge_noise(matrix out, size_t at, double by)
{
    if (at >= 10 * (size_t)N) {
        const size_t n = (at - 10 * (size_t)N) / 2;
        const double complex z = at % 2 == 0 ? by : I * by;
        out[2 * n][2 * n + 1] += z;
        out[2 * n + 1][2 * n] += conj(z);
    } else if (at >= 8 * (size_t)N) {
        out[at - 8 * (size_t)N][at - 8 * (size_t)N] += by;
    }
}

static void covariance(const jones_rig *r, size_t at, double by, matrix out)
{
    double complex jones[JONES_MOST][2][2];
    memcpy(jones, r->jones, sizeof jones);
    nudge(jones, at, by);
    for (size_t a = 0; a < M; a++)
        for (size_t b = 0; b < M; b++)
            out[a][b] = jones_rig_entry(r, jones, r->noise, a, b);
    nudge_noise(out, at, by);
}

static lapack_complex_double *lapack(double complex *z)
{
    return (lapack_complex_double *)z;
}

/* scaled [PARAMETERS] = R^-1 dR. */
static void derivatives(const jones_rig *r, matrix *scaled)
{
    static const double step = 0.125;
    static matrix low, factor, whole;
    lapack_int pivot[M];
    covariance(r, 0, 0.0, whole);
    for (size_t k = 0; k < PARAMETERS; k++) {
        covariance(r, k, -step, low);
        covariance(r, k, step, scaled[k]);
        for (size_t a = 0; a < M; a++)
            for (size_t b = 0; b < M; b++)
                scaled[k][a][b] = (scaled[k][a][b] - low[a][b]) / (2.0 * step);
        memcpy(factor, whole, sizeof factor);
        CU_ASSERT_EQUAL_FATAL(LAPACKE_zgesv(LAPACK_ROW_MAJOR, M, M, lapack(factor[0]), M, pivot,
                                            lapack(scaled[k][0]), M),
                              0);
    }
}

/* Phases of X and Y, and how |leakage|^2 changes under J (1 + t K), K = {{0, 1}, {-1, 0}} and
 * {{0, j}, {j, 0}}; in the gauge all are 0. */
static void gauge_of(double complex (*jones)[2][2], size_t conditions, double *out)
{
    double complex product[2] = {1.0, 1.0};
    out[2] = out[3] = 0.0;
    for (size_t n = 0; n < N; n++) {
        const double complex x = jones[n][0][1] / jones[n][0][0],
                             y = jones[n][1][0] / jones[n][1][1];
        product[0] *= cexp(I * carg(jones[n][0][0]));
        product[1] *= cexp(I * carg(jones[n][1][1]));
        /* J (1 + K) = {{xx - t xy, xy + t xx}, {yx - t yy, yy + t yx}} for the first */
        out[2] += creal(conj(x) * (1.0 + x * x)) - creal(conj(y) * (1.0 + y * y));
        out[3] += creal(conj(x) * I * (1.0 - x * x)) + creal(conj(y) * I * (1.0 - y * y));
    }
    /* The mean of phases but for whole turns by N, which are none of the derivative. */
    out[0] = carg(product[0]) / N;
    out[1] = carg(product[1]) / N;
    if (conditions == 1)
        out[1] = out[2] = out[3] = 0.0;
}

/* bound [PARAMETERS][PARAMETERS]: of the bordered matrix {{F, A^T}, {A, 0}} the inverse has it. */
static void bound(const jones_rig *r, double samples, size_t conditions, double *out)
{
    static matrix scaled[PARAMETERS];
    static double bordered[ORDER][ORDER], inverse[ORDER][ORDER];
    static const double step = 1e-6;
    lapack_int pivot[ORDER];
    const lapack_int order = (lapack_int)(PARAMETERS + conditions);
    derivatives(r, scaled);
    memset(bordered, 0, sizeof bordered);
    memset(inverse, 0, sizeof inverse);
    for (size_t k = 0; k < PARAMETERS; k++) {
        for (size_t l = 0; l <= k; l++) {
            double complex trace = 0.0;
            for (size_t a = 0; a < M; a++)
                for (size_t b = 0; b < M; b++)
                    trace += scaled[k][a][b] * scaled[l][b][a];
            bordered[k][l] = bordered[l][k] = samples * creal(trace);
        }
        double side[2][CONDITIONS];
        for (size_t s = 0; s < 2; s++) {
            double complex jones[JONES_MOST][2][2];
            memcpy(jones, r->jones, sizeof jones);
            nudge(jones, k, s == 0 ? -step : step);
            gauge_of(jones, conditions, side[s]);
        }
        for (size_t c = 0; c < conditions; c++)
            bordered[k][PARAMETERS + c] = bordered[PARAMETERS + c][k] =
                (side[1][c] - side[0][c]) / (2.0 * step);
    }
    for (size_t k = 0; k < ORDER; k++)
        inverse[k][k] = 1.0;
    CU_ASSERT_EQUAL_FATAL(
        LAPACKE_dgesv(LAPACK_ROW_MAJOR, order, order, bordered[0], ORDER, pivot, inverse[0], ORDER),
        0);
    for (size_t k = 0; k < PARAMETERS; k++)
        memcpy(out + k * PARAMETERS, inverse[k], PARAMETERS * sizeof *out);
}

/* Variances of input i: phase, relative amplitude, leakage, and both entries of its row. */
static void variances(const jones_rig *r, const double *c, size_t i, double *out)
{
    const size_t a = i % 2, at = 8 * (i / 2) + 4 * a;
    const double complex *const row = r->jones[i / 2][a], own = 1.0 / row[a],
                                d = row[1 - a] / row[a];
    double complex slope[2][2] = {{0.0}};
    slope[0][a] = own;
    slope[1][a] = -d * own;
    slope[1][1 - a] = own;
    double sum[2][2] = {{0.0}};
    for (size_t k = 0; k < 2; k++)
        for (size_t e = 0; e < 4; e++)
            for (size_t f = 0; f < 4; f++) {
                const double complex x = slope[k][e / 2] * (e % 2 == 0 ? 1.0 : I),
                                     y = slope[k][f / 2] * (f % 2 == 0 ? 1.0 : I);
                const double v = c[(at + e) * PARAMETERS + at + f];
                sum[k][0] += creal(x) * creal(y) * v;
                sum[k][1] += cimag(x) * cimag(y) * v;
            }
    out[AMPLITUDE] = sum[0][0];
    out[PHASE] = sum[0][1];
    out[LEAKAGE] = sum[1][0] + sum[1][1];
    out[WHOLE] = 0.0;
    for (size_t e = 0; e < 4; e++)
        out[WHOLE] += c[(at + e) * PARAMETERS + at + e];
}

typedef struct tally {
    double error[KINDS], said[KINDS], bound[KINDS], chi2;
    double xy_error, xy_said; /* of the X-Y phase */
} tally;

static void add(const jones_rig *r, double xy, tally *t)
{
    for (size_t i = 0; i < M; i++) {
        const size_t a = i % 2;
        const double complex *const row = r->jones[i / 2][a];
        const double complex off = jones_rig_solved(r, i / 2, a, a) / row[a],
                             d = r->leakage[i].re + I * r->leakage[i].im - row[1 - a] / row[a];
        t->error[PHASE] += pow(carg(off), 2.0);
        t->error[AMPLITUDE] += pow(cabs(off) - 1.0, 2.0);
        t->error[LEAKAGE] += creal(d * conj(d));
        t->said[PHASE] += pow(r->phase_sigma[i], 2.0);
        t->said[AMPLITUDE] += pow(r->amplitude_sigma[i], 2.0);
        t->said[LEAKAGE] += pow(r->leakage_sigma[i], 2.0);
        for (size_t c = 0; c < 2; c++) {
            const double complex z = jones_rig_solved(r, i / 2, a, c) - row[c];
            t->error[WHOLE] += creal(z * conj(z));
            t->said[WHOLE] += pow(r->jones_sigma[2 * i + c], 2.0);
        }
    }
    t->chi2 += r->solution.chi2_dof;
    t->xy_error += pow(carg(cexp(I * (r->solution.xy_phase - xy))), 2.0);
    t->xy_said += pow(r->solution.xy_phase_sigma, 2.0);
}

/* Bound of the variance of the X-Y phase, what `bound` left being the parameters'. */
static double xy_bound(const jones_rig *r, const double *least)
{
    static const double step = 1e-6;
    static double slope[PARAMETERS];
    double sum = 0.0;
    for (size_t k = 0; k < PARAMETERS; k++) {
        double side[2][CONDITIONS];
        for (size_t s = 0; s < 2; s++) {
            double complex jones[JONES_MOST][2][2];
            memcpy(jones, r->jones, sizeof jones);
            nudge(jones, k, s == 0 ? -step : step);
            gauge_of(jones, CONDITIONS, side[s]);
        }
        slope[k] = (side[1][1] - side[1][0] - side[0][1] + side[0][0]) / (2.0 * step);
    }
    for (size_t k = 0; k < PARAMETERS; k++)
        for (size_t l = 0; l < PARAMETERS; l++)
            sum += slope[k] * slope[l] * least[k * PARAMETERS + l];
    return sum;
}

/* J becomes what exact data give of it: the same, in the gauge, by the test's own conditions. */
static void settle(jones_rig *r, size_t conditions)
{
    double off[CONDITIONS];
    jones_rig_exact(r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(r), CPH_OK);
    CU_ASSERT_EQUAL(r->solution.open, conditions);
    for (size_t c = 0; c < 4 * (size_t)N; c++)
        r->jones[c / 4][c / 2 % 2][c % 2] = jones_rig_solved(r, c / 4, c / 2 % 2, c % 2);
    gauge_of(r->jones, conditions, off);
    for (size_t c = 2; c < CONDITIONS; c++)
        CU_ASSERT(fabs(off[c]) < 1e-10);
}

static void scatter(jones_rig *r, size_t conditions, double samples, const char *what)
{
    static const char *const kinds[KINDS] = {"phase", "amplitude", "leakage", "J"};
    static double least[PARAMETERS * PARAMETERS];
    const size_t seeds = test_seeds(60);
    /* With few seeds, four times the scatter of the ratio itself. */
    const double slack = seeds >= 1000 ? 0.0 : 4.0 * sqrt(2.0 / (double)(M * seeds));
    tally t;
    memset(&t, 0, sizeof t);
    settle(r, conditions);
    const double xy = r->solution.xy_phase;
    bound(r, samples, conditions, least);
    for (size_t i = 0; i < M; i++) {
        double v[KINDS];
        variances(r, least, i, v);
        for (size_t k = 0; k < KINDS; k++)
            t.bound[k] += v[k] * (double)seeds;
    }
    r->problem.samples = samples;
    for (size_t k = 0; k < seeds; k++) {
        jones_rig_sample(r, samples);
        CU_ASSERT_EQUAL_FATAL(jones_rig_solve(r), CPH_OK);
        CU_ASSERT_EQUAL(r->solution.stop, CPH_STOP_CONVERGED);
        add(r, xy, &t);
    }
    printf("chi2/dof %.3f ", t.chi2 / (double)seeds);
    for (size_t k = 0; k < KINDS; k++) {
        const double ratio = t.error[k] / t.bound[k], sigma = sqrt(t.said[k] / t.error[k]);
        test_row(what, kinds[k], ratio, sigma);
        CU_ASSERT(ratio > 0.95 - slack && ratio < 1.15 + slack);
        CU_ASSERT(fabs(sigma - 1.0) < 0.1 + 0.5 * slack);
    }
    CU_ASSERT(fabs(t.chi2 / (double)seeds - 1.0) < 0.03);
    if (conditions > 1) {
        CU_ASSERT(isnan(xy));
        return;
    }
    /* One number a seed: five times the scatter of a mean square. */
    const double ratio = t.xy_error / (xy_bound(r, least) * (double)seeds),
                 sigma = sqrt(t.xy_said / t.xy_error), spread = 5.0 * sqrt(2.0 / (double)seeds);
    test_row(what, "X-Y phase", ratio, sigma);
    CU_ASSERT(fabs(ratio - 1.05) < 0.1 + spread);
    CU_ASSERT(fabs(sigma - 1.0) < 0.1 + 0.5 * spread);
}

/* Noise; and phases that stay clear of half a turn from their mean, where the mean would jump. */
static void prepare(jones_rig *r, double power)
{
    for (size_t i = 0; i < M; i++) {
        double complex *const row = r->jones[i / 2][i % 2];
        const double complex turn = cexp(-0.7 * I * carg(row[i % 2]));
        r->noise[i] = power * (0.8 + 0.4 * (double)(i % 3) / 2.0);
        row[0] *= turn;
        row[1] *= turn;
    }
}

static void unpolarised_sky(void)
{
    static jones_rig r;
    jones_rig_open(&r, N, 1, 21);
    prepare(&r, 1.0);
    scatter(&r, 4, 300.0, "unpolarised, SNR 0 dB");
    jones_rig_open(&r, N, 2, 22);
    prepare(&r, 10.0);
    scatter(&r, 4, 3000.0, "two unpolarised, SNR -8 dB");
}

static void polarised_sky(void)
{
    static jones_rig r;
    jones_rig_open(&r, N, 3, 23);
    jones_rig_polarise(&r, 0, 1.0, 0.3, 0.0, 0.1);
    jones_rig_polarise(&r, 1, 0.8, -0.2, 0.3, 0.0);
    jones_rig_polarise(&r, 2, 0.7, 0.0, -0.3, -0.2);
    prepare(&r, 25.0);
    scatter(&r, 1, 20000.0, "three polarised, SNR -10 dB");
}

CU_TestInfo cph_tests_calib_jones_errors[] = {{"scatter under an unpolarised sky", unpolarised_sky},
                                              {"scatter under a polarised sky", polarised_sky},
                                              CU_TEST_INFO_NULL};
