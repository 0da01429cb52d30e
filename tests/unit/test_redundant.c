/* SPDX-License-Identifier: MIT */
/* Redundant-baseline calibration: what layouts determine, and gains from data without noise. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/redundant_scene.h"

/* Numbers of degeneracies as a published table counts them. */
static void degeneracies_are_counted(void)
{
    static const struct {
        red_layout layout;
        size_t elements, amplitude, phase, slopes, open;
    } rows[] = {
        {RED_LINE, 10, 1, 2, 1, 0},  {RED_HEXAGON, 19, 1, 3, 2, 0},
        {RED_OFF, 19, 2, 4, 2, 1},   {RED_RECTANGLE, 20, 1, 3, 2, 0},
        {RED_BLOCK, 18, 1, 4, 3, 0}, {RED_JITTER, 19, 1, 3, 2, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static red_scene s;
        cph_redundant_info info;
        red_open(&s, rows[i].layout, 1);
        CU_ASSERT_EQUAL(cph_redundant_describe(s.plan, &info), CPH_OK);
        CU_ASSERT_EQUAL(info.elements, rows[i].elements);
        CU_ASSERT_EQUAL(info.amplitude, rows[i].amplitude);
        CU_ASSERT_EQUAL(info.phase, rows[i].phase);
        CU_ASSERT_EQUAL(info.slopes, rows[i].slopes);
        CU_ASSERT_EQUAL(info.open, rows[i].open);
        CU_ASSERT_EQUAL(info.baselines, s.n * (s.n - 1) / 2);
        red_close(&s);
    }
}

static void degeneracies_have_words(void)
{
    char text[120];
    cph_redundant_words(&(cph_redundant_info){.amplitude = 1, .phase = 2, .slopes = 1}, sizeof text,
                        text);
    CU_ASSERT_STRING_EQUAL(text, "overall amplitude, overall phase, phase slope");
    cph_redundant_words(&(cph_redundant_info){.amplitude = 2, .phase = 4, .slopes = 2}, sizeof text,
                        text);
    CU_ASSERT_STRING_EQUAL(text, "overall amplitude, overall phase, 2 phase slopes, 1 more of "
                                 "amplitude and 1 of phase");
}

/* A line of n has n - 1 groups, the one of step d with n - d members. */
static void a_line_has_a_group_a_step(void)
{
    static red_scene s;
    red_open(&s, RED_LINE, 2);
    for (size_t p = 0; p < s.n; p++)
        for (size_t q = 0; q < s.n; q++) {
            bool turned;
            double vector[3];
            size_t members, d = p < q ? q - p : p - q;
            const size_t k = cph_redundant_group(s.plan, p, q, &turned);
            if (p == q) {
                CU_ASSERT_EQUAL(k, SIZE_MAX);
                continue;
            }
            CU_ASSERT_EQUAL(k, cph_redundant_group(s.plan, 0, d, NULL));
            CU_ASSERT_EQUAL_FATAL(cph_redundant_vector(s.plan, k, vector, &members), CPH_OK);
            CU_ASSERT_EQUAL(members, s.n - d);
            const double sign = turned ? -1.0 : 1.0;
            CU_ASSERT_DOUBLE_EQUAL(sign * vector[0], s.position[3 * p] - s.position[3 * q], 1e-9);
            CU_ASSERT_DOUBLE_EQUAL(sign * vector[1], s.position[3 * p + 1] - s.position[3 * q + 1],
                                   1e-9);
        }
    red_close(&s);
}

/* u of each group is the sky's, in the group's sense. */
static void expect_sky(const red_scene *s)
{
    double worst = 0.0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q < s->n; q++) {
            bool turned;
            const size_t k = cph_redundant_group(s->plan, p, q, &turned);
            if (k == SIZE_MAX || s->flag[p] != CPH_FLAG_NONE || s->flag[q] != CPH_FLAG_NONE)
                continue;
            const double complex u = red_get(s->visibility[k]);
            worst = fmax(worst, cabs((turned ? conj(u) : u) - red_get(s->model[p * RED_LD + q])));
        }
    CU_ASSERT(worst < 1e-9);
}

/* Gains with any phase, in every layout, by each method: the truth, where the degenerate parts are
 * taken from it. */
static void gains_come_back(void)
{
    for (int layout = 0; layout < RED_LAYOUTS; layout++)
        for (int method = CPH_REDUNDANT_LINCAL; method <= CPH_REDUNDANT_OMNICAL; method++) {
            static red_scene s;
            red_open(&s, (red_layout)layout, 10 + (uint64_t)layout);
            s.problem.reference = s.truth;
            s.options.method = (cph_redundant_method)method;
            CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
            CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_CONVERGED);
            CU_ASSERT(red_worst(&s) < 1e-9);
            CU_ASSERT(s.solution.explained_after > 1.0 - 1e-12);
            CU_ASSERT(s.solution.explained_before < 0.9);
            CU_ASSERT(isnan(s.solution.chi2_dof));
            for (size_t p = 0; p < s.n; p++)
                CU_ASSERT_EQUAL(s.flag[p],
                                layout == RED_OFF && p == 18 ? CPH_FLAG_UNSOLVED : CPH_FLAG_NONE);
            expect_sky(&s);
            if (red_worst(&s) > 1e-9)
                printf("\n    layout %d method %d: %g after %u, %s\n", layout, method,
                       red_worst(&s), s.solution.iterations, cph_stop_name(s.solution.stop));
            red_close(&s);
        }
}

/* The same with the sky told instead of the gains; a model knows nothing of the overall phase. */
static void a_model_fixes_amplitude_and_slopes(void)
{
    for (int layout = 0; layout < RED_LAYOUTS; layout++) {
        static red_scene s;
        red_open(&s, (red_layout)layout, 30 + (uint64_t)layout);
        s.problem.model = s.model;
        CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
        double complex turn = 0.0;
        double sum = 0.0, worst = 0.0;
        for (size_t p = 0; p < s.n; p++)
            if (s.flag[p] == CPH_FLAG_NONE)
                turn += red_get(s.solved[p]) / s.gain[p];
        turn /= cabs(turn);
        for (size_t p = 0; p < s.n; p++)
            if (s.flag[p] == CPH_FLAG_NONE) {
                worst = fmax(worst, cabs(red_get(s.solved[p]) - turn * s.gain[p]));
                sum += carg(red_get(s.solved[p]));
            }
        CU_ASSERT(worst < 1e-9);
        /* Up to turns: phases that the mean was taken out of wrap again. */
        CU_ASSERT_DOUBLE_EQUAL(remainder(sum, 2.0 * M_PI), 0.0, 1e-8);
        expect_sky(&s);
        red_close(&s);
    }
}

static double complex slope(const red_scene *s, size_t p, const double *by)
{
    const double *r = s->position + 3 * p;
    return cexp(I * (by[0] + by[1] * r[0] + by[2] * r[1]));
}

/* Gains times a degenerate factor give the same answer: that of the gauge. */
static void degenerate_changes_change_nothing(void)
{
    static const double by[][3] = {{0.0, 0.0, 0.0}, {2.0, 0.0, 0.0}, {-1.0, 1.7, -2.4}};
    static const red_layout layouts[] = {RED_LINE, RED_RECTANGLE, RED_HEXAGON, RED_RAGGED};
    for (size_t l = 0; l < sizeof layouts / sizeof layouts[0]; l++) {
        static red_scene s;
        cph_c64 first[RED_ELEMENTS] = {{0.0, 0.0}};
        for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
            double worst = 0.0, mean = 0.0;
            red_open(&s, layouts[l], 50 + l);
            for (size_t p = 0; p < s.n; p++)
                s.gain[p] *= (1.0 + (double)i) * slope(&s, p, by[i]);
            red_exact(&s);
            CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
            for (size_t p = 0; p < s.n; p++) {
                if (i == 0)
                    first[p] = s.solved[p];
                const double complex z = red_get(s.solved[p]);
                worst = fmax(worst, cabs(z - red_get(first[p])));
                mean += cabs(z) / (double)s.n;
            }
            CU_ASSERT(worst < 1e-9);
            CU_ASSERT_DOUBLE_EQUAL(mean, 1.0, 1e-12);
            red_close(&s);
        }
    }
}

/* Weight 0 leaves a baseline out, whatever it holds; groups that it was alone in are gone. */
static void baselines_without_weight_do_not_count(void)
{
    static red_scene s;
    red_open(&s, RED_HEXAGON, 60);
    size_t used = 0;
    for (size_t p = 0; p < s.n; p++)
        for (size_t q = p + 1; q < s.n; q++) {
            const bool out = (3 * p + 5 * q) % 7 == 0;
            s.weight[p * s.n + q] = out ? 0.0 : 1.0 + (double)((p + q) % 3);
            if (out)
                s.r[p * RED_LD + q] = (cph_c64){NAN, 1e30};
            used += !out;
        }
    s.problem.weight = s.weight;
    s.problem.reference = s.truth;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.info.baselines, used);
    CU_ASSERT(red_worst(&s) < 1e-9);
    red_close(&s);
}

/* Entries that are missing are, with one of weight 0 beside them, and no element for their sake. */
static void missing_baselines_do_not_count(void)
{
    static red_scene s;
    red_open(&s, RED_HEXAGON, 60);
    const size_t all = s.n * (s.n - 1) / 2;
    s.problem.reference = s.truth;
    s.problem.skip_missing = true;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.info.baselines, all);
    s.r[2 * RED_LD + 7] = s.r[3 * RED_LD + 4] = (cph_c64){NAN, 1e30};
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.info.baselines, all - 2);
    CU_ASSERT_EQUAL(s.solution.info.elements, s.n);
    CU_ASSERT(red_worst(&s) < 1e-9);
    for (size_t i = 0; i < s.n * s.n; i++)
        s.weight[i] = i == 5 ? 0.0 : 1.0;
    s.problem.weight = s.weight;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.info.baselines, all - 3);
    CU_ASSERT(red_worst(&s) < 1e-9);
    red_close(&s);
}

/* Flagged elements and those of low gain have no part in it, and no gain. */
static void flagged_weak_and_dead_elements(void)
{
    static red_scene s;
    red_open(&s, RED_HEXAGON, 61);
    for (size_t p = 0; p < s.n; p++)
        s.gain[p] /= cabs(s.gain[p]);
    s.gain[4] *= 0.1;
    s.gain[9] = 0.0;
    red_exact(&s);
    s.flag[0] = CPH_FLAG_HOT;
    s.r[3] = (cph_c64){NAN, NAN};
    s.problem.reference = s.truth;
    s.truth[9] = (cph_c64){1.0, 0.0};
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    for (size_t p = 0; p < s.n; p++) {
        CU_ASSERT_EQUAL(s.flag[p], p == 0   ? CPH_FLAG_HOT
                                   : p == 4 ? CPH_FLAG_WEAK
                                   : p == 9 ? CPH_FLAG_DEAD
                                            : CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(isnan(s.solved[p].re), s.flag[p] != CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(isnan(s.phase_sigma[p]), s.flag[p] != CPH_FLAG_NONE);
    }
    CU_ASSERT_EQUAL(s.solution.reruns, 1);
    CU_ASSERT(red_worst(&s) < 1e-9);
    red_close(&s);
}

/* A start near the answer is used; one that is none is not. */
static void a_start_is_used(void)
{
    static red_scene s;
    red_open(&s, RED_RECTANGLE, 62);
    s.problem.reference = s.truth;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    const unsigned cold = s.solution.iterations;
    s.problem.start = s.truth;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT(s.solution.iterations <= cold);
    CU_ASSERT(red_worst(&s) < 1e-9);
    cph_c64 none[RED_ELEMENTS] = {{0.0, 0.0}};
    s.problem.start = none;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.iterations, cold);
    red_close(&s);
}

/* Element 7 stands 0.2 m from where it is said to: its baselines contradict their groups. */
static void a_bad_element_is_found(void)
{
    static red_scene s;
    red_open(&s, RED_HEXAGON, 63);
    s.position[21] += 0.2;
    red_exact(&s);
    red_noise(&s, 1e-6);
    s.problem.reference = s.truth;
    s.options.bad_above = 0.0;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT(s.solution.chi2_dof > 10.0);
    memset(s.flag, 0, sizeof s.flag);
    s.options.bad_above = 4.0;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT_EQUAL(s.flag[p], p == 7 ? CPH_FLAG_INCONSISTENT : CPH_FLAG_NONE);
    CU_ASSERT(s.chi2[7] > 10.0);
    CU_ASSERT(isnan(s.solved[7].re));
    CU_ASSERT(s.solution.chi2_dof < 1.5);
    CU_ASSERT_EQUAL(s.solution.reruns, 1);
    CU_ASSERT(red_worst(&s) < 0.005);
    red_close(&s);
}

CU_TestInfo cph_tests_redundant[] = {
    {"degeneracies of layouts: 3, 4, 6 and others", degeneracies_are_counted},
    {"degeneracies have words", degeneracies_have_words},
    {"a line has a group a step", a_line_has_a_group_a_step},
    {"gains of any phase come back to 1e-9", gains_come_back},
    {"a model fixes amplitude and slopes", a_model_fixes_amplitude_and_slopes},
    {"degenerate changes change nothing", degenerate_changes_change_nothing},
    {"baselines without weight do not count", baselines_without_weight_do_not_count},
    {"missing baselines do not count", missing_baselines_do_not_count},
    {"flagged, weak and dead elements", flagged_weak_and_dead_elements},
    {"a start is used", a_start_is_used},
    {"a bad element is found", a_bad_element_is_found},
    CU_TEST_INFO_NULL,
};
