/* SPDX-License-Identifier: MIT */
/* Gains from covariances that are exactly g M g^H plus a diagonal: recovered to rounding, in the
 * gauge asked for, and from nothing but the baselines in use. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "calib/stefcal.h"
#include "tests/unit/calib_scene.h"

#define NEAR 1e-10

/* Gains of the scene in the default gauge: mean phase 0 and mean modulus 1 over unflagged ones. */
static void true_gains(const scene *s, double complex g[])
{
    double complex sum = 0.0;
    double modulus = 0.0, phase = 0.0;
    size_t live = 0;
    for (size_t p = 0; p < s->n; p++) {
        if (s->flag[p] != 0)
            continue;
        live++;
        modulus += cabs(s->gain[p]);
        sum += s->gain[p] / cabs(s->gain[p]);
    }
    for (size_t p = 0; p < s->n; p++) {
        g[p] = s->gain[p] * conj(sum) / cabs(sum) * (double)live / modulus;
        phase += s->flag[p] == 0 ? carg(g[p]) / (double)live : 0.0;
    }
    for (size_t p = 0; p < s->n; p++)
        g[p] *= cexp(-I * phase);
}

static double worst_error(const scene *s, const double complex g[])
{
    double worst = 0.0;
    for (size_t p = 0; p < s->n; p++)
        if (s->flag[p] == 0)
            worst = fmax(worst, cabs(scene_get(s->solved[p]) - g[p]));
    return worst;
}

static void expect_recovered(scene *s)
{
    double complex g[SCENE_ELEMENTS];
    CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
    CU_ASSERT_EQUAL(s->solution.stop, CPH_STOP_CONVERGED);
    true_gains(s, g);
    CU_ASSERT(worst_error(s, g) < NEAR);
    CU_ASSERT(s->solution.explained_after > 1.0 - NEAR);
    CU_ASSERT(s->solution.explained_before < 0.9);
}

static void one_source(void)
{
    static scene s;
    scene_open(&s, 9, 1, 1);
    for (size_t p = 0; p < s.n; p++)
        s.noise[p] = 0.2 + 0.1 * (double)p;
    scene_exact(&s);
    expect_recovered(&s);
    CU_ASSERT(s.solution.iterations <= 60);
    CU_ASSERT_EQUAL(s.solution.baselines, 36);
}

static void three_sources_with_unknown_fluxes(void)
{
    static scene s;
    scene_open(&s, 24, 3, 2);
    s.options.max_iterations = 2000;
    expect_recovered(&s);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_DOUBLE_EQUAL(s.solved_flux[i] / s.solved_flux[0], s.flux[i], 1e-9);
}

/* With fluxes given, gains carry the scale: no amplitude gauge. */
static void fluxes_given_set_the_scale(void)
{
    static scene s;
    scene_open(&s, 12, 2, 3);
    s.problem.flux = s.flux;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT_DOUBLE_EQUAL(cabs(scene_get(s.solved[p])), cabs(s.gain[p]), NEAR);
    CU_ASSERT_DOUBLE_EQUAL(s.solved_flux[1], s.flux[1], 0.0);
}

/* 5 elements, R = 4 M: the start from g = 1 is two steps from the answer g = 2. */
static void five_elements_of_gain_two(void)
{
    static scene s;
    unsigned char flag[5] = {0};
    cph_c64 g[5];
    cph_system system;
    cph_stefcal_result result = {.warm = false};
    double flux = 1.0;
    scene_open(&s, 5, 1, 4);
    for (size_t p = 0; p < 5; p++)
        s.gain[p] = 2.0;
    scene_exact(&s);
    s.problem.flux = &flux;
    s.problem.has_diagonal = false;
    CU_ASSERT_EQUAL_FATAL(cph_system_create(&s.problem, flag, &system, &s.error), CPH_OK);
    for (size_t p = 0; p < 5; p++)
        g[p] = (cph_c64){1.0 / system.scale[p], 0.0};
    CU_ASSERT_EQUAL(cph_stefcal_run(&system, &s.options, g, &result), CPH_OK);
    CU_ASSERT_EQUAL(result.stop, CPH_STOP_CONVERGED);
    for (size_t p = 0; p < 5; p++)
        CU_ASSERT(cabs(scene_get(g[p]) * system.scale[p] - 2.0) < NEAR);
    cph_system_free(&system);
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    for (size_t p = 0; p < 5; p++)
        CU_ASSERT(cabs(scene_get(s.solved[p]) - 2.0) < NEAR);
}

/* Conjugated data are those of a mirrored sky. Gains that turn one source, or two with their fluxes
 * swapped, into it do exist; for three they don't. */
static void conjugated_data_do_not_fit(void)
{
    static scene s;
    scene_open(&s, 24, 3, 5);
    for (size_t i = 0; i < s.n * s.problem.ld; i++)
        s.r[i].im = -s.r[i].im;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT(s.solution.explained_after < 0.95);
    CU_ASSERT(s.solution.second_eigenvalue > 0.2);
    CU_ASSERT(s.solution.residual_excess > 1.3);
}

static void reference_element_has_phase_zero(void)
{
    static scene s;
    double complex g[SCENE_ELEMENTS], turn;
    scene_open(&s, 10, 1, 6);
    s.options.reference = 7;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    true_gains(&s, g);
    turn = conj(g[7]) / cabs(g[7]);
    for (size_t p = 0; p < s.n; p++)
        g[p] *= turn;
    CU_ASSERT(worst_error(&s, g) < NEAR);
    CU_ASSERT_EQUAL(s.solved[7].im, 0.0);
    CU_ASSERT(s.solved[7].re > 0.0);
}

/* Rubbish on what is not in use must not be seen. */
static void only_baselines_in_use_count(void)
{
    static scene s;
    static double weight[20 * 20];
    scene_open(&s, 20, 1, 7);
    s.problem.min_baseline_wl = 1.0;
    s.problem.max_baseline_wl = 4.5;
    s.problem.weight = weight;
    s.flag[3] = CPH_FLAG_EXCLUDED;
    size_t used = 0;
    for (size_t p = 0; p < 20; p++)
        for (size_t q = 0; q < 20; q++) {
            double d2 = 0.0;
            for (size_t k = 0; k < 3; k++)
                d2 += pow(s.position[3 * p + k] - s.position[3 * q + k], 2.0);
            double length = sqrt(d2) * SCENE_FREQ / CPH_SPEED_OF_LIGHT;
            weight[p * 20 + q] = (p + q) % 5 == 0 ? 0.0 : 0.5 + (double)((p + q) % 3);
            bool in_use = p != q && length >= 1.0 && length <= 4.5 && weight[p * 20 + q] > 0.0 &&
                          p != 3 && q != 3;
            used += in_use && p < q;
            if (!in_use && p != q)
                s.r[p * 21 + q] = (cph_c64){NAN, 1e30};
        }
    expect_recovered(&s);
    CU_ASSERT_EQUAL(s.solution.baselines, used);
    CU_ASSERT_EQUAL(s.flag[3], CPH_FLAG_EXCLUDED);
    CU_ASSERT(isnan(s.solved[3].re) && isnan(s.phase_sigma[3]) && isnan(s.amplitude_sigma[3]));
}

static void no_autocorrelations(void)
{
    static scene s;
    scene_open(&s, 11, 1, 8);
    for (size_t p = 0; p < s.n; p++)
        s.r[p * s.problem.ld + p] = (cph_c64){NAN, NAN};
    s.problem.has_diagonal = false;
    s.problem.samples = 100.0;
    expect_recovered(&s);
    CU_ASSERT(isnan(s.solution.chi2_dof));
}

/* Powers of very different size are one problem: gains come back in units of R. */
static void gains_are_in_units_of_the_data(void)
{
    static scene s;
    scene_open(&s, 10, 1, 9);
    for (size_t p = 0; p < s.n; p++) {
        s.gain[p] *= 1e-9;
        s.noise[p] = 1e-19 * (double)(1 + p);
    }
    scene_exact(&s);
    expect_recovered(&s);
    double mean = 0.0;
    for (size_t p = 0; p < s.n; p++)
        mean += cabs(s.gain[p]) / (double)s.n;
    CU_ASSERT_DOUBLE_EQUAL(s.solved_flux[0] / (mean * mean), 1.0, 1e-9);
}

/* Gains of 0.2 are weak beside 1, and left out of the answer; no power is dead. */
static void weak_and_powerless_elements_are_flagged(void)
{
    static scene s;
    scene_open(&s, 12, 1, 10);
    for (size_t p = 0; p < s.n; p++) {
        s.gain[p] *= 1.0 / cabs(s.gain[p]);
        s.noise[p] = 0.5;
    }
    s.gain[4] *= 0.2;
    s.gain[9] = s.noise[9] = 0.0;
    scene_exact(&s);
    expect_recovered(&s);
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT_EQUAL(s.flag[p], p == 4 ? CPH_FLAG_WEAK : p == 9 ? CPH_FLAG_DEAD : CPH_FLAG_NONE);
    CU_ASSERT(isnan(s.solved[4].re) && isnan(s.solved[9].im));
}

/* Three baselines of an emission that the model lacks: least squares gives way to them, Huber's
 * weights hold out. */
static void outliers_are_weighted_down(void)
{
    static scene s;
    double complex g[SCENE_ELEMENTS];
    double error[2];
    for (int robust = 0; robust < 2; robust++) {
        scene_open(&s, 16, 1, 11);
        for (size_t p = 0; p < s.n; p++)
            s.noise[p] = 1.0;
        scene_sample(&s, 5000.0);
        for (size_t p = 0; p < 6; p += 2) {
            s.r[p * 17 + p + 1] = (cph_c64){1.5, 1.0};
            s.r[(p + 1) * 17 + p] = (cph_c64){1.5, -1.0};
        }
        s.options.robust *= robust;
        CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
        true_gains(&s, g);
        error[robust] = worst_error(&s, g);
    }
    CU_ASSERT(error[0] > 0.1);
    CU_ASSERT(error[1] < 0.5 * error[0]);
}

/* 24 of 40 elements share emission that the model lacks: their gains follow it, above those of the
 * others, which are as good and must not be called weak. */
static void gains_that_follow_other_emission_condemn_nobody(void)
{
    static scene s;
    scene_open(&s, SCENE_ELEMENTS, 1, 12);
    for (size_t p = 0; p < s.n; p++) {
        s.gain[p] /= cabs(s.gain[p]);
        s.noise[p] = 10.0;
    }
    scene_sample(&s, 5000.0);
    for (size_t p = 0; p < 24; p++)
        for (size_t q = 0; q < 24; q++)
            for (int k = 1; k <= 9; k++) {
                double phase = 0.1 * k * k * ((double)(p * p) - (double)(q * q));
                s.r[p * s.problem.ld + q].re += 3.0 * cos(phase);
                s.r[p * s.problem.ld + q].im += 3.0 * sin(phase);
            }
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT(s.solution.explained_after < 0.5);
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT_EQUAL(s.flag[p], CPH_FLAG_NONE);
}

CU_TestInfo cph_tests_calib_gains[] = {
    {"one source: gains to 1e-10", one_source},
    {"three sources, fluxes fitted", three_sources_with_unknown_fluxes},
    {"given fluxes set the scale", fluxes_given_set_the_scale},
    {"R = 4 M from g = 1 gives g = 2", five_elements_of_gain_two},
    {"conjugated data do not fit", conjugated_data_do_not_fit},
    {"a reference element has phase 0", reference_element_has_phase_zero},
    {"only baselines in use count", only_baselines_in_use_count},
    {"no autocorrelations", no_autocorrelations},
    {"gains are in units of the data", gains_are_in_units_of_the_data},
    {"weak and powerless elements are flagged", weak_and_powerless_elements_are_flagged},
    {"outliers are weighted down", outliers_are_weighted_down},
    {"gains that follow other emission condemn nobody",
     gains_that_follow_other_emission_condemn_nobody},
    CU_TEST_INFO_NULL,
};
