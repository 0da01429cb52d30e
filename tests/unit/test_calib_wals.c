/* SPDX-License-Identifier: MIT */
/* Gains, source powers, noise and directions together: exact where the covariance is, and from
 * sample covariances of many seeds as near to the truth as the Cramer-Rao bound of all of them
 * allows, with standard errors that say so. CPH_TEST_SEEDS asks for more seeds. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "calib/tiles.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/seeds.h"

#define NEAR 1e-9

/* A scene, and where the further answers go. */
typedef struct rig {
    scene s;
    double told[3 * SCENE_SOURCES]; /* directions that the solver is told */
    double flux_sigma[SCENE_SOURCES], noise[SCENE_ELEMENTS], noise_sigma[SCENE_ELEMENTS];
    double direction[3 * SCENE_SOURCES], direction_sigma[SCENE_SOURCES];
} rig;

static void open_rig(rig *r, size_t n, size_t sources, uint64_t seed)
{
    scene_open(&r->s, n, sources, seed);
    r->s.solution.flux_sigma = r->flux_sigma;
    r->s.solution.noise = r->noise;
    r->s.solution.noise_sigma = r->noise_sigma;
    r->s.solution.direction = r->direction;
    r->s.solution.direction_sigma = r->direction_sigma;
}

/* Sources after the first are told to stand 0.004 and -0.003 radians away, along u and v. */
static void mislead(rig *r)
{
    memcpy(r->told, r->s.direction, sizeof r->told);
    for (size_t i = 1; i < r->s.sources; i++) {
        double *u = r->told + 3 * i;
        u[0] += 0.004;
        u[1] -= 0.003;
        u[2] = sqrt(1.0 - u[0] * u[0] - u[1] * u[1]);
    }
    r->s.problem.direction = r->told;
    r->s.problem.fit_directions = true;
}

static double mean_modulus(const scene *s)
{
    double sum = 0.0;
    for (size_t p = 0; p < s->n; p++)
        sum += cabs(s->gain[p]) / (double)s->n;
    return sum;
}

static double separation(const double *a, const double *b)
{
    return sqrt(pow(a[0] - b[0], 2.0) + pow(a[1] - b[1], 2.0) + pow(a[2] - b[2], 2.0));
}

static void everything_is_exact(void)
{
    static rig r;
    scene *s = &r.s;
    open_rig(&r, 20, 3, 41);
    for (size_t p = 0; p < s->n; p++)
        s->noise[p] = 0.5 + 0.2 * (double)(p % 5);
    scene_exact(s);
    mislead(&r);
    s->options.max_iterations = 5000;
    s->options.tolerance = 1e-13;
    CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
    CU_ASSERT_EQUAL(s->solution.stop, CPH_STOP_CONVERGED);
    double scale = mean_modulus(s);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_DOUBLE_EQUAL(s->solved_flux[i], s->flux[i] * scale * scale, NEAR);
        CU_ASSERT(separation(r.direction + 3 * i, s->direction + 3 * i) < NEAR);
        CU_ASSERT(r.flux_sigma[i] >= 0.0);
        CU_ASSERT_EQUAL(isnan(r.direction_sigma[i]) != 0, i == 0);
    }
    for (size_t p = 0; p < s->n; p++) {
        CU_ASSERT_DOUBLE_EQUAL(r.noise[p], s->noise[p], NEAR);
        CU_ASSERT_DOUBLE_EQUAL(cabs(scene_get(s->solved[p])), cabs(s->gain[p]) / scale, NEAR);
    }
    CU_ASSERT_EQUAL(s->solution.dof, 2.0 * 190 - 2.0 * 20 + 1.0 - 2.0 - 4.0);
}

/* Told to stay, sources stay, and what is then left shows. */
static void directions_stay_unless_asked(void)
{
    static rig r;
    open_rig(&r, 20, 3, 42);
    mislead(&r);
    r.s.problem.fit_directions = false;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&r.s), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(r.direction, r.told, 9 * sizeof(double)), 0);
    CU_ASSERT(isnan(r.direction_sigma[1]));
    CU_ASSERT(r.s.solution.explained_after < 1.0 - 1e-5);
}

/* A model matrix has the noise only where it has its own diagonal; given fluxes have no error. */
static void what_is_not_fitted_has_no_error(void)
{
    static rig r;
    static cph_c64 model[20 * 21];
    scene *s = &r.s;
    open_rig(&r, 20, 1, 43);
    for (size_t p = 0; p < s->n; p++)
        s->noise[p] = 2.0;
    scene_exact(s);
    s->problem.flux = s->flux;
    s->flag[6] = CPH_FLAG_LISTED;
    s->options.tolerance = 1e-13;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q < s->n; q++) {
            double complex z = scene_steering(s, 0, p) * conj(scene_steering(s, 0, q));
            model[p * 21 + q] = (cph_c64){creal(z), cimag(z)};
        }
    model[4 * 21 + 4].re = NAN;
    s->problem.model = model;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q < s->n; q++)
            s->r[p * 21 + q] = (cph_c64){2.0 * s->r[p * 21 + q].re - (p == q ? 2.0 : 0.0),
                                         2.0 * s->r[p * 21 + q].im};
    CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
    CU_ASSERT(isnan(r.flux_sigma[0]) && isnan(r.direction_sigma[0]));
    for (size_t p = 0; p < s->n; p++) {
        bool told = p != 4 && p != 6;
        CU_ASSERT_EQUAL(isfinite(r.noise[p]) != 0, told);
        CU_ASSERT_EQUAL(isfinite(r.noise_sigma[p]) != 0, told);
        if (told)
            CU_ASSERT_DOUBLE_EQUAL(r.noise[p], 2.0, NEAR);
    }
    s->problem.has_diagonal = false;
    CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
    CU_ASSERT(isnan(r.noise[0]) && isnan(r.noise_sigma[0]));
}

/* ---- against the bound ---- */

enum { N = 14, S = 2, ORDER = 3 * N + S + 2 * (S - 1) };
/* Parameters: log amplitudes, phases, noise powers, fluxes, offsets of the second source. */
enum { AMPLITUDE = 0, PHASE = N, NOISE = 2 * N, FLUX = 3 * N, OFFSET = 3 * N + S };

typedef double complex matrix[N][N];

static void invert(matrix a)
{
    for (size_t k = 0; k < N; k++) {
        double complex pivot = a[k][k];
        a[k][k] = 1.0;
        for (size_t j = 0; j < N; j++)
            a[k][j] /= pivot;
        for (size_t i = 0; i < N; i++) {
            double complex factor = a[i][k];
            if (i == k)
                continue;
            a[i][k] = 0.0;
            for (size_t j = 0; j < N; j++)
                a[i][j] -= factor * a[k][j];
        }
    }
}

static double complex wave(const scene *s, size_t i, size_t p)
{
    return s->gain[p] * scene_steering(s, i, p);
}

/* d R_pq by parameter k; offsets are along the two axes [2][3]. */
static double complex derivative(const scene *s, const double *axis, size_t k, size_t p, size_t q)
{
    double complex signal = 0.0;
    for (size_t i = 0; i < S; i++)
        signal += s->flux[i] * wave(s, i, p) * conj(wave(s, i, q));
    if (k < PHASE)
        return ((p == k) + (q == k)) * signal;
    if (k < NOISE)
        return I * ((double)(p == k - PHASE) - (double)(q == k - PHASE)) * signal;
    if (k < FLUX)
        return p == q && p == k - NOISE;
    if (k < OFFSET)
        return wave(s, k - FLUX, p) * conj(wave(s, k - FLUX, q));
    const double *e = axis + 3 * (k - OFFSET), *a = s->position + 3 * p, *b = s->position + 3 * q;
    double path = e[0] * (a[0] - b[0]) + e[1] * (a[1] - b[1]) + e[2] * (a[2] - b[2]);
    return I * 2.0 * M_PI * SCENE_FREQ / CPH_SPEED_OF_LIGHT * path * s->flux[1] * wave(s, 1, p) *
           conj(wave(s, 1, q));
}

/* Two axes perpendicular to the second source and to each other. */
static void axes(const scene *s, double *axis)
{
    const double *u = s->direction + 3;
    double size = hypot(u[0], u[2]);
    memcpy(axis, (double[3]){u[2] / size, 0.0, -u[0] / size}, 3 * sizeof(double));
    memcpy(axis + 3, (double[3]){-u[0] * u[1] / size, size, -u[1] * u[2] / size},
           3 * sizeof(double));
}

/* Inverse of K tr(Q dR_k Q dR_l), common phase and scale pinned: right for what knows neither. */
static void bound(const scene *s, double samples, double *inverse)
{
    static matrix q, a[ORDER];
    double axis[6], phase[ORDER] = {0}, scale[ORDER] = {0};
    axes(s, axis);
    for (size_t p = 0; p < N; p++)
        for (size_t r = 0; r < N; r++) {
            q[p][r] = p == r ? s->noise[p] : 0.0;
            for (size_t i = 0; i < S; i++)
                q[p][r] += s->flux[i] * wave(s, i, p) * conj(wave(s, i, r));
        }
    invert(q);
    for (size_t k = 0; k < ORDER; k++)
        for (size_t p = 0; p < N; p++)
            for (size_t r = 0; r < N; r++) {
                a[k][p][r] = 0.0;
                for (size_t m = 0; m < N; m++)
                    a[k][p][r] += q[p][m] * derivative(s, axis, k, m, r);
            }
    for (size_t p = 0; p < N; p++)
        phase[PHASE + p] = scale[AMPLITUDE + p] = 1.0;
    for (size_t i = 0; i < S; i++)
        scale[FLUX + i] = -2.0 * s->flux[i];
    for (size_t k = 0; k < ORDER; k++)
        for (size_t l = 0; l < ORDER; l++) {
            double complex sum = 0.0;
            for (size_t p = 0; p < N; p++)
                for (size_t r = 0; r < N; r++)
                    sum += a[k][p][r] * a[l][r][p];
            inverse[k * ORDER + l] =
                samples * (creal(sum) + phase[k] * phase[l] + scale[k] * scale[l]);
        }
    CU_ASSERT_EQUAL_FATAL(cph_tiles_invert(ORDER, inverse), CPH_OK);
}

static double form(const double *inverse, const double *x)
{
    double sum = 0.0;
    for (size_t k = 0; k < ORDER; k++)
        for (size_t l = 0; l < ORDER; l++)
            sum += x[k] * inverse[k * ORDER + l] * x[l];
    return sum;
}

enum { OF_PHASE, OF_AMPLITUDE, OF_NOISE, OF_FLUX, OF_DIRECTION, QUANTITIES };

typedef struct tally {
    double error2[QUANTITIES], sigma2[QUANTITIES], bound2[QUANTITIES];
    size_t not_converged;
} tally;

static void add_bounds(const scene *s, double samples, tally *t)
{
    static double inverse[ORDER * ORDER];
    bound(s, samples, inverse);
    double mean = mean_modulus(s);
    for (size_t p = 0; p < N; p++) {
        double phase[ORDER] = {0}, amplitude[ORDER] = {0}, noise[ORDER] = {0};
        for (size_t k = 0; k < N; k++) {
            phase[PHASE + k] = (double)(k == p) - 1.0 / N;
            amplitude[AMPLITUDE + k] = (double)(k == p) - cabs(s->gain[k]) / (N * mean);
        }
        noise[NOISE + p] = 1.0;
        t->bound2[OF_PHASE] += form(inverse, phase);
        t->bound2[OF_AMPLITUDE] += form(inverse, amplitude);
        t->bound2[OF_NOISE] += form(inverse, noise);
    }
    for (size_t i = 0; i < S; i++) {
        double flux[ORDER] = {0};
        flux[FLUX + i] = mean * mean;
        for (size_t k = 0; k < N; k++)
            flux[k] = 2.0 * s->flux[i] * cabs(s->gain[k]) * mean / N;
        t->bound2[OF_FLUX] += form(inverse, flux);
    }
    for (size_t k = OFFSET; k < ORDER; k++)
        t->bound2[OF_DIRECTION] += inverse[k * ORDER + k];
}

static void add_errors(const rig *r, tally *t)
{
    const scene *s = &r->s;
    double mean = mean_modulus(s), common = 0.0, phase[N];
    double complex sum = 0.0;
    for (size_t p = 0; p < N; p++)
        sum += scene_get(s->solved[p]) / s->gain[p];
    for (size_t p = 0; p < N; p++) {
        phase[p] = carg(scene_get(s->solved[p]) / s->gain[p] * conj(sum));
        common += phase[p] / N;
    }
    for (size_t p = 0; p < N; p++) {
        double amplitude = cabs(scene_get(s->solved[p])) * mean / cabs(s->gain[p]) - 1.0;
        t->error2[OF_PHASE] += pow(phase[p] - common, 2.0);
        t->error2[OF_AMPLITUDE] += amplitude * amplitude;
        t->error2[OF_NOISE] += pow(r->noise[p] - s->noise[p], 2.0);
        t->sigma2[OF_PHASE] += s->phase_sigma[p] * s->phase_sigma[p];
        t->sigma2[OF_AMPLITUDE] += s->amplitude_sigma[p] * s->amplitude_sigma[p];
        t->sigma2[OF_NOISE] += r->noise_sigma[p] * r->noise_sigma[p];
    }
    for (size_t i = 0; i < S; i++) {
        t->error2[OF_FLUX] += pow(s->solved_flux[i] - s->flux[i] * mean * mean, 2.0);
        t->sigma2[OF_FLUX] += r->flux_sigma[i] * r->flux_sigma[i];
    }
    t->error2[OF_DIRECTION] += pow(separation(r->direction + 3, s->direction + 3), 2.0);
    t->sigma2[OF_DIRECTION] += r->direction_sigma[1] * r->direction_sigma[1];
}

static void against_the_bound(double snr_db, double samples)
{
    static rig r;
    static const char *const names[QUANTITIES] = {"phase", "amplitude", "noise", "flux",
                                                  "direction"};
    const size_t seeds = test_seeds(60);
    scene *s = &r.s;
    tally t = {0};
    open_rig(&r, N, S, 44);
    mislead(&r);
    s->problem.samples = samples;
    for (size_t k = 0; k < seeds; k++) {
        cph_random_seed(&s->random, 44, 1 + k);
        scene_gains(s, 1.0, 0.35);
        for (size_t p = 0; p < N; p++)
            s->noise[p] = pow(10.0, -snr_db / 10.0) * (0.8 + 0.4 * (double)(p % 3));
        scene_sample(s, samples);
        memset(s->flag, 0, sizeof s->flag);
        CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
        t.not_converged += s->solution.stop != CPH_STOP_CONVERGED;
        add_errors(&r, &t);
        add_bounds(s, samples, &t);
    }
    CU_ASSERT_EQUAL(t.not_converged, 0);
    /* Pooled over 14 and more, or over 2, independent errors a seed: three standard deviations. */
    double many = 3.0 * sqrt(2.0 / (14.0 * (double)seeds)),
           few = 3.0 * sqrt(2.0 / (2.0 * (double)seeds));
    char setting[80];
    snprintf(setting, sizeof setting, "%d elements, %d sources, SNR %.0f dB, K = %.0f", N, S,
             snr_db, samples);
    for (size_t q = 0; q < QUANTITIES; q++) {
        double ratio = t.error2[q] / t.bound2[q], sigma = sqrt(t.sigma2[q] / t.error2[q]);
        double slack = q >= OF_FLUX ? few : many;
        test_row(setting, names[q], ratio, sigma);
        CU_ASSERT(ratio > 0.95 - slack && ratio < 1.15 + slack);
        CU_ASSERT_DOUBLE_EQUAL(sigma, 1.0, 0.1 + 0.5 * slack);
    }
}

static void near_the_bound(void)
{
    against_the_bound(-10.0, 6000.0);
    against_the_bound(-15.0, 40000.0);
}

CU_TestInfo cph_tests_calib_wals[] = {
    {"gains, powers, noise and directions are exact", everything_is_exact},
    {"directions stay unless asked", directions_stay_unless_asked},
    {"what is not fitted has no error", what_is_not_fitted_has_no_error},
    {"all of them near the bound, with true errors", near_the_bound},
    CU_TEST_INFO_NULL,
};
