/* SPDX-License-Identifier: MIT */
/* Gains, leakage and X-Y phase of antennas with two inputs, from exact data. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/jones_rig.h"
#include "tests/unit/refusal.h"

static const double exact = 1e-10;

/* Largest |J_solved u - J| over live rows. */
static double farthest(const jones_rig *r, double complex u[2][2])
{
    double most = 0.0;
    for (size_t i = 0; i < 2 * r->n; i++)
        for (size_t c = 0; c < 2 && r->flag[i] == CPH_FLAG_NONE; c++) {
            const size_t n = i / 2, a = i % 2;
            const double complex z =
                jones_rig_solved(r, n, a, 0) * u[0][c] + jones_rig_solved(r, n, a, 1) * u[1][c];
            most = fmax(most, cabs(z - r->jones[n][a][c]));
        }
    return most;
}

/* The unitary matrix nearest to sum J_solved^H J: the polar factor, by Newton's iteration. */
static void common(const jones_rig *r, double complex u[2][2])
{
    memset(u, 0, 4 * sizeof(double complex));
    for (size_t n = 0; n < r->n; n++)
        for (size_t a = 0; a < 2; a++)
            for (size_t c = 0; c < 4 && r->flag[2 * n + a] == CPH_FLAG_NONE; c++)
                u[c / 2][c % 2] += conj(jones_rig_solved(r, n, a, c / 2)) * r->jones[n][a][c % 2];
    for (int t = 0; t < 60; t++) {
        const double complex d = conj(u[0][0] * u[1][1] - u[0][1] * u[1][0]);
        const double complex inverse[2][2] = {{conj(u[1][1]) / d, -conj(u[1][0]) / d},
                                              {-conj(u[0][1]) / d, conj(u[0][0]) / d}};
        for (size_t c = 0; c < 4; c++)
            u[c / 2][c % 2] = 0.5 * (u[c / 2][c % 2] + inverse[c / 2][c % 2]);
    }
}

static double phase_sum(const jones_rig *r, size_t side)
{
    double complex sum = 0.0;
    double mean = 0.0;
    for (size_t n = 0; n < r->n; n++)
        if (r->flag[2 * n + side] == CPH_FLAG_NONE)
            sum += cexp(I * carg(jones_rig_solved(r, n, side, side)));
    for (size_t n = 0; n < r->n; n++)
        if (r->flag[2 * n + side] == CPH_FLAG_NONE)
            mean += carg(jones_rig_solved(r, n, side, side) * conj(sum));
    return mean / (double)r->n + carg(sum);
}

/* Mean phase of one side of the truth, all of it within half a turn of a first guess. */
static double true_phase(const jones_rig *r, size_t side)
{
    double complex sum = 0.0;
    double mean = 0.0;
    for (size_t n = 0; n < r->n; n++)
        sum += r->jones[n][side][side] / cabs(r->jones[n][side][side]);
    for (size_t n = 0; n < r->n; n++)
        mean += carg(r->jones[n][side][side] * conj(sum)) / (double)r->n;
    return mean + carg(sum);
}

/* What is left of a phase but for whole turns. */
static double less_turns(double phase)
{
    return phase - 2.0 * M_PI * round(phase / (2.0 * M_PI));
}

static double leaked(const jones_rig *r, double complex u[2][2])
{
    double sum = 0.0;
    for (size_t n = 0; n < r->n; n++)
        for (size_t a = 0; a < 2; a++) {
            double complex row[2];
            for (size_t c = 0; c < 2; c++)
                row[c] =
                    jones_rig_solved(r, n, a, 0) * u[0][c] + jones_rig_solved(r, n, a, 1) * u[1][c];
            sum += creal(row[1 - a] / row[a] * conj(row[1 - a] / row[a]));
        }
    return sum;
}

static void unpolarised_sky_leaves_a_unitary_matrix_open(void)
{
    static jones_rig r;
    double complex u[2][2];
    char words[100];
    jones_rig_open(&r, 9, 2, 11);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    common(&r, u);
    CU_ASSERT(farthest(&r, u) < exact);
    CU_ASSERT_EQUAL(r.solution.stop, CPH_STOP_CONVERGED);
    CU_ASSERT_EQUAL(r.solution.open, 4);
    CU_ASSERT_EQUAL(r.solution.baselines, 144);
    CU_ASSERT_EQUAL(r.solution.dof, 288 - (72 - 4));
    CU_ASSERT(r.solution.explained_after > 1.0 - 1e-15);
    CU_ASSERT(r.solution.explained_before < 0.999);
    cph_jones_open_name(r.solution.open, r.solution.named, sizeof words, words);
    CU_ASSERT_STRING_EQUAL(words, "overall phase, X-Y phase, rotation, ellipticity");
    CU_ASSERT(fabs(phase_sum(&r, 0)) < exact);
    CU_ASSERT(fabs(phase_sum(&r, 1)) < exact);
    CU_ASSERT(isnan(r.solution.xy_phase) && isnan(r.solution.xy_phase_sigma));
    /* No turn of the polarisation leaves less leakage. */
    const double least = leaked(&r, (double complex[2][2]){{1.0, 0.0}, {0.0, 1.0}});
    for (int k = 0; k < 4; k++) {
        const double t = k % 2 == 0 ? 1e-3 : -1e-3;
        const double complex side = k < 2 ? sin(t) : I * sin(t);
        CU_ASSERT(leaked(&r, (double complex[2][2]){{cos(t), side}, {-conj(side), cos(t)}}) >
                  least);
    }
}

static void three_polarisations_leave_the_overall_phase(void)
{
    static jones_rig r;
    char words[100];
    jones_rig_open(&r, 8, 3, 12);
    jones_rig_polarise(&r, 0, 1.0, 0.3, 0.0, 0.1);
    jones_rig_polarise(&r, 1, 0.6, 0.0, 0.2, 0.0);
    jones_rig_polarise(&r, 2, 0.5, -0.1, 0.1, -0.2);
    jones_rig_exact(&r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.open, 1);
    cph_jones_open_name(r.solution.open, r.solution.named, sizeof words, words);
    CU_ASSERT_STRING_EQUAL(words, "overall phase");
    const double complex turn = r.jones[3][1][1] / jones_rig_solved(&r, 3, 1, 1);
    CU_ASSERT(fabs(cabs(turn) - 1.0) < exact);
    CU_ASSERT(farthest(&r, (double complex[2][2]){{turn, 0.0}, {0.0, turn}}) < exact);
    CU_ASSERT(fabs(phase_sum(&r, 0)) < exact);
    /* The X-Y phase is of the sky, none of the gauge. */
    CU_ASSERT(fabs(phase_sum(&r, 1)) > 0.01);
    const double xy = true_phase(&r, 1) - true_phase(&r, 0);
    CU_ASSERT(fabs(less_turns(r.solution.xy_phase - xy)) < exact);
    CU_ASSERT(fabs(r.solution.xy_phase) <= M_PI && r.solution.xy_phase_sigma < exact);
    for (size_t i = 0; i < 2 * r.n; i++) {
        const double complex *const row = r.jones[i / 2][i % 2];
        const double complex d = row[1 - i % 2] / row[i % 2];
        CU_ASSERT(cabs(d - (r.leakage[i].re + I * r.leakage[i].im)) < exact);
        CU_ASSERT(cabs(r.gain[i].re + I * r.gain[i].im -
                       jones_rig_solved(&r, i / 2, i % 2, i % 2)) < 1e-15);
    }
}

/* Faint polarisation: alternating alone would creep. */
static void faint_polarisation_sets_the_xy_phase(void)
{
    static jones_rig r;
    char words[100];
    jones_rig_open(&r, 8, 2, 13);
    jones_rig_polarise(&r, 1, 0.6, 0.0, 0.006, 0.0);
    jones_rig_exact(&r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.stop, CPH_STOP_CONVERGED);
    cph_jones_open_name(r.solution.open, r.solution.named, sizeof words, words);
    CU_ASSERT_STRING_EQUAL(words, "overall phase, ellipticity");
    double complex u[2][2];
    common(&r, u);
    CU_ASSERT(farthest(&r, u) < 1e-8);
    /* u is of the open kind exp(j a + j b {{0, 1}, {1, 0}}). */
    CU_ASSERT(cabs(u[0][0] - u[1][1]) < 1e-7 && cabs(u[0][1] - u[1][0]) < 1e-7);
    jones_rig_polarise(&r, 1, 0.6, 0.2, 0.0, 0.0);
    jones_rig_exact(&r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    cph_jones_open_name(r.solution.open, r.solution.named, sizeof words, words);
    CU_ASSERT_STRING_EQUAL(words, "overall phase, X-Y phase");
}

/* The phase of the reference's Y over its X; what is so faint that noise drowns it is not told. */
static void xy_phase_has_a_reference_and_a_limit(void)
{
    static jones_rig r;
    jones_rig_open(&r, 8, 3, 20);
    jones_rig_polarise(&r, 0, 1.0, 0.3, 0.0, 0.1);
    jones_rig_polarise(&r, 1, 0.6, 0.0, 0.2, 0.0);
    jones_rig_polarise(&r, 2, 0.5, -0.1, 0.1, -0.2);
    for (size_t i = 0; i < 2 * r.n; i++)
        r.noise[i] = 1.0;
    jones_rig_exact(&r);
    r.options.reference = 5;
    r.problem.samples = 1e5;
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT(fabs(less_turns(r.solution.xy_phase - carg(r.jones[5][1][1] / r.jones[5][0][0]))) <
              1e-8);
    CU_ASSERT_DOUBLE_EQUAL(r.solution.xy_phase_sigma, r.phase_sigma[11], 1e-6 * r.phase_sigma[11]);
    r.problem.samples = 3.0;
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT(r.solution.xy_phase_sigma > 1.0);
    CU_ASSERT(isnan(r.solution.xy_phase));
}

static void lengths_of_baselines_have_limits(void)
{
    static jones_rig r, s;
    size_t within = 0;
    jones_rig_open(&r, 9, 2, 21);
    r.problem.min_baseline_wl = 1.5;
    r.problem.max_baseline_wl = 5.0;
    for (size_t p = 0; p < r.n; p++)
        for (size_t q = p + 1; q < r.n; q++) {
            const double *const a = r.position + 3 * p, *const b = r.position + 3 * q;
            const double length = hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]) * JONES_FREQ /
                                  CPH_SPEED_OF_LIGHT;
            const bool used = length >= 1.5 && length <= 5.0;
            within += used ? 4 : 0;
            for (size_t c = 0; c < 4 && !used; c++) { /* of no consequence */
                r.r[(2 * p + c / 2) * JONES_LD + 2 * q + c % 2].re += 0.3;
                r.r[(2 * q + c % 2) * JONES_LD + 2 * p + c / 2].re += 0.3;
            }
        }
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.baselines, within);
    CU_ASSERT(within > 72 && within < 144);
    double complex u[2][2];
    common(&r, u);
    CU_ASSERT(farthest(&r, u) < exact);
    s = r;
    s.problem.r = s.r;
    s.problem.position = NULL;
    s.problem.sources = 0;
    s.problem.model = s.r;
    CU_ASSERT_EQUAL(cph_jones_solve(&s.problem, &r.options, &r.solution, &r.error),
                    CPH_ERR_ARGUMENT);
}

/* One polarised source: R = J B J^H fixes J up to J B^1/2 U B^-1/2. */
static void one_polarised_source_leaves_mixtures_open(void)
{
    static jones_rig r;
    char words[100];
    jones_rig_open(&r, 7, 1, 14);
    jones_rig_polarise(&r, 0, 1.0, 0.4, 0.0, 0.0);
    jones_rig_exact(&r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    cph_jones_open_name(r.solution.open, r.solution.named, sizeof words, words);
    CU_ASSERT_STRING_EQUAL(words, "overall phase, X-Y phase, 2 mixtures of phases and leakage");
    CU_ASSERT(r.solution.explained_after > 1.0 - 1e-15);
}

static void model_matrix_does_what_sources_do(void)
{
    static jones_rig r, s;
    static cph_c64 model[JONES_INPUTS * JONES_LD];
    jones_rig_open(&r, 8, 3, 15);
    jones_rig_polarise(&r, 1, 0.6, 0.1, 0.2, -0.1);
    jones_rig_polarise(&r, 2, 0.35, 0.0, -0.1, 0.1);
    jones_rig_exact(&r);
    s = r;
    for (size_t p = 0; p < r.n; p++)
        for (size_t c = 0; c < 4; c++)
            s.jones[p][c / 2][c % 2] = c % 3 == 0 ? 1.0 : 0.0;
    s.sources = 2;
    jones_rig_exact(&s);
    memcpy(model, s.r, sizeof model);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    s = r;
    s.problem.r = r.r;
    s.problem.model = model;
    s.problem.sources = 1;
    s.problem.direction = r.direction + 6;
    s.problem.position = r.position;
    s.problem.stokes = r.stokes + 8;
    cph_jones_solution answer = r.solution;
    CU_ASSERT_EQUAL_FATAL(cph_jones_solve(&s.problem, &r.options, &answer, &r.error), CPH_OK);
    for (size_t c = 0; c < 4 * r.n; c++)
        CU_ASSERT(hypot(r.solved[c].re - s.solved[c].re, r.solved[c].im - s.solved[c].im) < exact);
}

static void gauge_follows_reference_phase_and_scale(void)
{
    static jones_rig r;
    double sum = 0.0;
    jones_rig_open(&r, 8, 1, 16);
    r.options.reference = 2;
    r.options.y_phase = 0.7;
    r.options.relative = true;
    r.problem.stokes = NULL;
    r.problem.samples = 1e4;
    for (size_t i = 0; i < 2 * r.n; i++)
        r.noise[i] = 1.0;
    jones_rig_exact(&r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT(fabs(carg(jones_rig_solved(&r, 2, 0, 0))) < exact);
    CU_ASSERT(fabs(carg(jones_rig_solved(&r, 2, 1, 1)) - 0.7) < exact);
    CU_ASSERT(r.phase_sigma[4] < 1e-9 && r.phase_sigma[5] < 1e-9);
    CU_ASSERT(r.phase_sigma[6] > 1e-3 && r.phase_sigma[7] > 1e-3);
    for (size_t i = 0; i < 2 * r.n; i++)
        sum += hypot(r.gain[i].re, r.gain[i].im);
    CU_ASSERT(fabs(sum / (2.0 * (double)r.n) - 1.0) < exact);
}

/* What is dead is left out by input, and other inputs are as without it. */
static void antenna_may_have_one_live_input(void)
{
    static jones_rig r;
    double complex u[2][2];
    jones_rig_open(&r, 8, 1, 17);
    memset(r.jones[4][1], 0, sizeof r.jones[4][1]);
    r.flag[3] = CPH_FLAG_EXCLUDED;
    jones_rig_exact(&r);
    r.r[3 * JONES_LD + 9].re = NAN;
    r.r[2 * JONES_LD + 12].re = r.r[12 * JONES_LD + 2].re = 1e13; /* impossible: left out */
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[9], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[3], CPH_FLAG_EXCLUDED);
    CU_ASSERT_EQUAL(r.solution.outliers, 1);
    CU_ASSERT(isnan(r.solved[18].re) && isnan(r.leakage[9].im) && isnan(r.jones_sigma[19]) &&
              isnan(r.gain[3].re));
    CU_ASSERT(isfinite(r.solved[16].re) && isfinite(r.leakage[8].im));
    common(&r, u);
    CU_ASSERT(farthest(&r, u) < exact);
}

static void limit_of_iterations_is_reported(void)
{
    static jones_rig r;
    jones_rig_open(&r, 8, 3, 18);
    r.options.max_iterations = 2;
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.stop, CPH_STOP_ITERATIONS);
    CU_ASSERT_EQUAL(r.solution.iterations, 2);
    CU_ASSERT_EQUAL(r.solution.refinements, 0);
}

static void expect_refused(jones_rig *r, cph_status expected, const char *words)
{
    static jones_rig before;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, jones_rig_solve(r), expected, words);
}

static void refusals_say_why(void)
{
    static jones_rig r;
    jones_rig_open(&r, 8, 1, 19);
    jones_rig_polarise(&r, 0, 1.0, 0.0, 1.0, 0.0);
    expect_refused(&r, CPH_ERR_SINGULAR, "one polarisation");
    jones_rig_polarise(&r, 0, 1.0, 1.0, 0.0, 0.0);
    expect_refused(&r, CPH_ERR_SINGULAR, "inputs Y by themselves");
    jones_rig_polarise(&r, 0, 0.0, 0.0, 0.0, 0.0);
    expect_refused(&r, CPH_ERR_SINGULAR, "inputs X by themselves");
    jones_rig_polarise(&r, 0, NAN, 0.0, 0.0, 0.0);
    expect_refused(&r, CPH_ERR_NOT_FINITE, "model of antennas");
    jones_rig_polarise(&r, 0, 1.0, 0.0, 0.0, 0.0);
    r.options.reference = 8;
    expect_refused(&r, CPH_ERR_ARGUMENT, "reference antenna 8");
    r.options.reference = SIZE_MAX;
    r.r[4 * JONES_LD + 7].im += 0.5;
    expect_refused(&r, CPH_ERR_ARGUMENT, "not Hermitian");
    r.r[4 * JONES_LD + 7].im = NAN;
    expect_refused(&r, CPH_ERR_NOT_FINITE, "inputs 4 and 7");
    jones_rig_exact(&r);
    for (size_t n = 3; n < 8; n++)
        r.flag[2 * n + 1] = CPH_FLAG_EXCLUDED;
    expect_refused(&r, CPH_ERR_TOO_FEW, "inputs Y by themselves");
    memset(r.flag, 0, sizeof r.flag);
    r.problem.ld = 15;
    expect_refused(&r, CPH_ERR_ARGUMENT, "stride 15");
    r.problem.ld = JONES_LD;
    r.problem.sources = 0;
    expect_refused(&r, CPH_ERR_ARGUMENT, "sources with positions or a model");
}

CU_TestInfo cph_tests_calib_jones[] = {
    {"an unpolarised sky leaves a unitary matrix open",
     unpolarised_sky_leaves_a_unitary_matrix_open},
    {"three polarisations leave the overall phase", three_polarisations_leave_the_overall_phase},
    {"faint polarisation sets the X-Y phase", faint_polarisation_sets_the_xy_phase},
    {"the X-Y phase has a reference and a limit", xy_phase_has_a_reference_and_a_limit},
    {"lengths of baselines have limits", lengths_of_baselines_have_limits},
    {"one polarised source leaves mixtures open", one_polarised_source_leaves_mixtures_open},
    {"a model matrix does what sources do", model_matrix_does_what_sources_do},
    {"the gauge follows reference, phase and scale", gauge_follows_reference_phase_and_scale},
    {"an antenna may have one live input", antenna_may_have_one_live_input},
    {"the limit of iterations is reported", limit_of_iterations_is_reported},
    {"refusals say why", refusals_say_why},
    CU_TEST_INFO_NULL};
