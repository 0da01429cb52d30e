/* SPDX-License-Identifier: MIT */
/* Coupling matrices from looks of unknown power and phase, against truth and the bound. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/coupling_calib.h"
#include "cophase/random.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N = 5, S = 14, N2 = N * N, PARAMETERS = N2 + S, SQUARE = PARAMETERS * PARAMETERS };

typedef struct rig {
    double complex c[N][N], alpha[S];
    cph_c64 a[S * N], y[S * N], solved[N2], gain[N];
    double sigma[N2], phase_sigma[N], amplitude_sigma[N];
    unsigned char flag[N];
    cph_random random;
    cph_coupling_looks_config config;
    cph_coupling_looks solution;
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

/* Gains of 0.7 to 1.3, couplings of a third and less, both ways unlike; elements in space. */
static void open_rig(rig *r, uint64_t seed)
{
    double place[N][3], u[3];
    memset(r, 0, sizeof *r);
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < 3; k++)
            place[i][k] = 1.2 * (cph_random_normal(&r->random).re + (k == 0 ? (double)i : 0.0));
        for (size_t m = 0; m < N; m++)
            r->c[i][m] = 0.2 * scene_get(cph_random_normal(&r->random));
        r->c[i][i] = (0.7 + 0.15 * (double)i) * cexp(I * cph_random_normal(&r->random).re);
    }
    for (size_t s = 0; s < S; s++) {
        for (size_t k = 0; k < 3; k++)
            u[k] = cph_random_normal(&r->random).re;
        const double size = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
        for (size_t m = 0; m < N; m++) {
            double turn = 0.0;
            for (size_t k = 0; k < 3; k++)
                turn += M_PI * place[m][k] * u[k] / size;
            r->a[s * N + m] = put(cexp(I * turn));
        }
        r->alpha[s] = (1.0 + 0.5 * sin((double)s)) * cexp(I * (double)(s * s));
    }
    r->config = (cph_coupling_looks_config){
        .elements = N, .looks = S, .steering = r->a, .response = r->y, .reference = SIZE_MAX};
    r->solution =
        (cph_coupling_looks){.matrix = r->solved,
                             .sigma = r->sigma,
                             .diagonal = {r->gain, r->phase_sigma, r->amplitude_sigma, r->flag}};
}

static void measure(rig *r, double sigma)
{
    for (size_t s = 0; s < S; s++)
        for (size_t i = 0; i < N; i++) {
            double complex y = 0.0;
            for (size_t m = 0; m < N; m++)
                y += r->c[i][m] * scene_get(r->a[s * N + m]);
            r->y[s * N + i] =
                put(r->alpha[s] * y + sigma * scene_get(cph_random_normal(&r->random)));
        }
}

static cph_status solve(rig *r)
{
    return cph_coupling_looks_solve(&r->config, &r->solution, &r->error);
}

/* The truth in the gauge of the answer. */
static void settle(const rig *r, double complex c[N][N])
{
    double complex unit = 0.0;
    double size = 0.0, live = 0.0, mean = 0.0;
    for (size_t i = 0; i < N; i++)
        if (r->flag[i] == CPH_FLAG_NONE) {
            unit += r->c[i][i] / cabs(r->c[i][i]);
            size += cabs(r->c[i][i]);
            live += 1.0;
        }
    for (size_t i = 0; i < N; i++)
        mean += r->flag[i] == CPH_FLAG_NONE ? carg(r->c[i][i] * conj(unit)) / live : 0.0;
    double complex factor = conj(unit) / cabs(unit) * cexp(-I * mean) * live / size;
    const size_t own = r->config.reference;
    if (own != SIZE_MAX)
        factor = conj(r->c[own][own]) / cabs(r->c[own][own]) * live / size;
    for (size_t i = 0; i < N; i++)
        for (size_t m = 0; m < N; m++)
            c[i][m] = factor * r->c[i][m];
}

static double worst(const rig *r)
{
    double complex c[N][N];
    double most = 0.0;
    settle(r, c);
    for (size_t i = 0; i < N; i++)
        for (size_t m = 0; m < N && r->flag[i] == CPH_FLAG_NONE; m++)
            most = fmax(most, cabs(scene_get(r->solved[i * N + m]) - c[i][m]));
    return most;
}

static void without_noise_it_is_exact(void)
{
    static rig r;
    const size_t third = (size_t)2 * N;
    for (unsigned k = 0; k < 3; k++) {
        open_rig(&r, 11 + k);
        measure(&r, 0.0);
        r.flag[2] = k == 1 ? CPH_FLAG_EXCLUDED : CPH_FLAG_NONE;
        r.config.reference = k == 2 ? 3 : SIZE_MAX;
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r) < 1e-9);
        CU_ASSERT_EQUAL(r.solution.stop, CPH_STOP_CONVERGED);
        CU_ASSERT(r.solution.noise < 1e-9 && isnan(r.solution.chi2_dof));
        CU_ASSERT_EQUAL(isnan(r.solved[third].re), k == 1);
        CU_ASSERT_EQUAL(isnan(r.sigma[third]), k == 1);
        CU_ASSERT_EQUAL(r.flag[2], k == 1 ? CPH_FLAG_EXCLUDED : CPH_FLAG_NONE);
        CU_ASSERT(r.solution.dof == (k == 1 ? 4.0 : 5.0) * (S - N) - (S - 1));
        CU_ASSERT(k != 2 || (fabs(r.gain[3].im) < 1e-12 && r.phase_sigma[3] == 0.0));
    }
}

/* ---- the bound: the inverse of the whole Fisher matrix, open factor pinned, into the gauge ----
 */

static void invert(size_t n, double complex *a, double complex *inverse)
{
    for (size_t i = 0; i < n * n; i++)
        inverse[i] = i / n == i % n ? 1.0 : 0.0;
    for (size_t p = 0; p < n; p++) {
        size_t best = p;
        for (size_t i = p; i < n; i++)
            best = cabs(a[i * n + p]) > cabs(a[best * n + p]) ? i : best;
        for (size_t k = 0; k < n; k++) {
            const double complex x = a[p * n + k], y = inverse[p * n + k];
            a[p * n + k] = a[best * n + k];
            inverse[p * n + k] = inverse[best * n + k];
            a[best * n + k] = x;
            inverse[best * n + k] = y;
        }
        const double complex pivot = a[p * n + p];
        for (size_t k = 0; k < n; k++) {
            a[p * n + k] /= pivot;
            inverse[p * n + k] /= pivot;
        }
        for (size_t i = 0; i < n; i++) {
            const double complex f = i == p ? 0.0 : a[i * n + p];
            for (size_t k = 0; k < n; k++) {
                a[i * n + k] -= f * a[p * n + k];
                inverse[i * n + k] -= f * inverse[p * n + k];
            }
        }
    }
}

/* Covariance of (C by rows, alpha) for noise of power 1. */
static void fisher(const rig *r, double complex *covariance)
{
    static double complex information[SQUARE], null[PARAMETERS];
    memset(information, 0, sizeof information);
    for (size_t s = 0; s < S; s++)
        for (size_t i = 0; i < N; i++) {
            double complex gradient[PARAMETERS] = {0.0}, b = 0.0;
            for (size_t m = 0; m < N; m++) {
                gradient[i * N + m] = r->alpha[s] * scene_get(r->a[s * N + m]);
                b += r->c[i][m] * scene_get(r->a[s * N + m]);
            }
            gradient[N2 + s] = b;
            for (size_t p = 0; p < PARAMETERS; p++)
                for (size_t q = 0; q < PARAMETERS; q++)
                    information[p * PARAMETERS + q] += conj(gradient[p]) * gradient[q];
        }
    for (size_t i = 0; i < N2; i++)
        null[i] = r->c[i / N][i % N];
    for (size_t s = 0; s < S; s++)
        null[N2 + s] = -r->alpha[s];
    for (size_t p = 0; p < PARAMETERS; p++)
        for (size_t q = 0; q < PARAMETERS; q++)
            information[p * PARAMETERS + q] += null[p] * conj(null[q]);
    invert(PARAMETERS, information, covariance);
}

/* Real covariance in the gauge, by steps of every real parameter: rms modulus of C_im's errors, and
 * the variances of phase and relative amplitude of its diagonal. */
static void bound(const rig *r, double noise, double *modulus, double phase[N], double amplitude[N])
{
    static double complex covariance[SQUARE];
    double sum = 0.0;
    fisher(r, covariance);
    for (size_t i = 0; i < N; i++)
        sum += cabs(r->c[i][i]);
    for (size_t at = 0; at < N2; at++) {
        const size_t i = at / N;
        const double complex c = r->c[i][at % N];
        /* dC' = dC - C (Re w2 + j Im w1) as rows over (dC, conj dC). */
        double complex plain[N2] = {0.0}, mirrored[N2] = {0.0};
        plain[at] = 1.0;
        for (size_t n = 0; n < N; n++) {
            const double complex g = r->c[n][n], w1 = 1.0 / (N * g), w2 = conj(g) / (cabs(g) * sum);
            plain[n * N + n] -= 0.5 * c * (w2 + w1);
            mirrored[n * N + n] -= 0.5 * c * (conj(w2) - conj(w1));
        }
        double direct = 0.0;
        double complex turned = 0.0;
        for (size_t p = 0; p < N2; p++)
            for (size_t q = 0; q < N2; q++) {
                const double complex v = covariance[p * PARAMETERS + q];
                direct += creal(plain[p] * v * conj(plain[q]) +
                                mirrored[p] * conj(v) * conj(mirrored[q]));
                turned += plain[p] * v * mirrored[q] + mirrored[p] * conj(v) * plain[q];
            }
        modulus[at] = noise * sqrt(direct);
        if (at % N != i)
            continue;
        /* dC'/C = e: var Im = (E|e|^2 - Re E e^2) / 2 */
        const double power = direct / (cabs(c) * cabs(c)), square = creal(turned / (c * c));
        phase[i] = noise * noise * 0.5 * (power - square);
        amplitude[i] = noise * noise * 0.5 * (power + square);
    }
}

static void errors_are_the_bound(void)
{
    static rig r;
    const double noise = 0.01;
    double modulus[N2], phase[N], amplitude[N];
    open_rig(&r, 21);
    measure(&r, 0.0);
    r.config.sigma = noise;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    bound(&r, noise, modulus, phase, amplitude);
    double complex c[N][N];
    settle(&r, c);
    const double scale = cabs(c[0][0] / r.c[0][0]); /* sigma is in the gauge's scale */
    for (size_t i = 0; i < N2; i++)
        CU_ASSERT_DOUBLE_EQUAL(r.sigma[i] / (scale * modulus[i]), 1.0, 1e-6);
    for (size_t i = 0; i < N; i++) {
        CU_ASSERT_DOUBLE_EQUAL(r.phase_sigma[i] / sqrt(phase[i]), 1.0, 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(r.amplitude_sigma[i] / sqrt(amplitude[i]), 1.0, 1e-6);
    }
}

static void scatter_is_what_it_says(void)
{
    const size_t seeds = test_seeds(300);
    static rig r;
    const double noise = 0.01;
    double modulus[N2], phase[N], amplitude[N], c_rms = 0.0, c_bound = 0.0, c_said = 0.0;
    double part[2] = {0.0, 0.0}, expected[2] = {0.0, 0.0}, found = 0.0, chi2 = 0.0;
    double complex c[N][N];
    open_rig(&r, 31);
    settle(&r, c);
    bound(&r, noise, modulus, phase, amplitude);
    const double scale = cabs(c[0][0] / r.c[0][0]);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 31, 1 + t);
        r.config.sigma = t % 2 == 0 ? noise : 0.0;
        measure(&r, noise);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        found += r.config.sigma > 0.0 ? 0.0 : pow(r.solution.noise / noise, 2.0);
        chi2 += r.config.sigma > 0.0 ? r.solution.chi2_dof : 0.0;
        for (size_t i = 0; i < N2; i++) {
            c_rms += pow(cabs(scene_get(r.solved[i]) - c[i / N][i % N]), 2.0);
            c_bound += pow(scale * modulus[i], 2.0);
            c_said += pow(r.sigma[i], 2.0);
        }
        for (size_t i = 0; i < N; i++) {
            const double complex e = scene_get(r.gain[i]) / c[i][i];
            part[0] += pow(carg(e), 2.0);
            part[1] += pow(cabs(e) - 1.0, 2.0);
            expected[0] += phase[i];
            expected[1] += amplitude[i];
        }
    }
    const double known = (double)((seeds + 1) / 2), free = (double)(seeds / 2);
    test_row("5 elements, 14 looks", "C", c_rms / c_bound, sqrt(c_said / c_rms));
    test_row("5 elements, 14 looks", "phase of C_nn", part[0] / expected[0], NAN);
    test_row("5 elements, 14 looks", "amplitude of C_nn", part[1] / expected[1], NAN);
    /* Four standard errors of a mean of so many, pooled over elements that are not independent. */
    const double wide = 4.0 * sqrt(2.0 / (double)seeds);
    CU_ASSERT(c_rms / c_bound > 1.0 - wide && c_rms / c_bound < 1.0 + wide);
    CU_ASSERT(fabs(sqrt(c_said / c_rms) - 1.0) < 0.1);
    for (size_t k = 0; k < 2; k++)
        CU_ASSERT_DOUBLE_EQUAL(part[k] / expected[k], 1.0, wide);
    const double dof = (double)(N * (S - N) - (S - 1));
    CU_ASSERT_DOUBLE_EQUAL(found / free, 1.0, 5.0 / sqrt(dof * free));
    CU_ASSERT_DOUBLE_EQUAL(chi2 / known, 1.0, 5.0 / sqrt(dof * known));
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->solved[0].re = r->solution.noise = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 41);
    measure(&r, 0.0);
    r.config.looks = N;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "more than the 5 elements");
    r.config.looks = N + 1;
    r.flag[0] = CPH_FLAG_DEAD;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "6 looks at 5 elements of which 4");
    r.config.looks = S;
    r.config.reference = 0;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "reference");
    r.config.reference = SIZE_MAX;
    r.y[N2 + 1].re = NAN; /* one more row is out: three are too few, for 14 looks they do */
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_UNSOLVED);
    for (size_t s = 0; s < S; s++)
        r.a[s * N + 4] = r.a[s * N + 3];
    expect_refusal(&r, CPH_ERR_SINGULAR, "do not tell 5 elements apart");
    r.a[0].re = INFINITY;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "steering");
    r.config.elements = 1;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
}

CU_TestInfo cph_tests_calib_coupling_looks[] = {
    {"without noise it is exact", without_noise_it_is_exact},
    {"errors are the bound", errors_are_the_bound},
    {"scatter is what it says", scatter_is_what_it_says},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
