/* SPDX-License-Identifier: MIT */
/* Shares of elements from power readings while their phases are turned: which root is right. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/rev_rig.h"

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
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
    } cases[] = {{0.9, 0.7, true},
                 {0.1, 0.3, false},
                 {0.4, -2.0, false},
                 {1.7, -0.4, true},
                 {0.538, 0.38, false}};
    static rev_rig r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rev_open(&r, 1, 8, 1);
        const double complex z = cases[i].k * cexp(I * cases[i].x);
        r.field[0] = z * 3.0 * cexp(1.1 * I);
        r.rest = (1.0 - z) * 3.0 * cexp(1.1 * I);
        r.config.rule = CPH_REV_OPEN;
        rev_measure(&r, 0.0);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
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
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(rev_worst(&r) < 1e-10, !cases[i].strong);
    }
}

/* Sizes from three elements to hundreds, with strong elements among them. */
static void the_sum_of_shares_chooses(void)
{
    static const struct {
        size_t n;
        double strong;
    } cases[] = {{3, 0.0}, {4, 0.9}, {8, 0.0}, {17, 0.0}, {24, 0.0}, {300, 0.9}, {300, 0.0}};
    static rev_rig r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rev_open(&r, cases[i].n, 7, 10 + i);
        if (r.n == 300) /* co-phased, as arrays are */
            for (size_t n = 0; n < r.n; n++)
                r.field[n] = 0.02 * r.field[n] + (n % 5 == 0 ? 0.0 : 0.05);
        if (cases[i].strong > 0.0) { /* element 1 has the share 0.9 exp(0.7 j) */
            const double complex z = cases[i].strong * cexp(0.7 * I);
            r.field[1] = 0.0;
            r.field[1] = rev_total(&r) * z / (1.0 - z);
        } else if (r.n == 17 || r.n == 24) /* nearly a null: half of the roots are strong */
            r.field[3] -= 0.9 * rev_total(&r);
        rev_measure(&r, 0.0);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        CU_ASSERT(rev_worst(&r) < 1e-10);
        if (rev_worst(&r) >= 1e-10)
            printf("case %zu: %g verdict %d ", i, rev_worst(&r), (int)r.solution.verdict);
        CU_ASSERT(r.solution.closure < 5.0);
        if (cases[i].strong > 0.0)
            CU_ASSERT_EQUAL(r.choice[1], CPH_REV_ROOT_STRONG);
        if (r.n < 300)
            continue;
        /* So they do in noise of a thousandth of the field's power. */
        rev_measure(&r, 1e-3 * pow(cabs(rev_total(&r)), 2.0));
        memset(r.flag, 0, sizeof r.flag);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        for (size_t n = 0; n < r.n; n++)
            CU_ASSERT_EQUAL(r.choice[n], cases[i].strong > 0.0 && n == 1);
    }
}

/* Two elements: both are mirrored together. And a curve that says nothing of what else radiates. */
static void what_cannot_be_told_is_said(void)
{
    static rev_rig r;
    rev_open(&r, 2, 6, 20);
    rev_measure(&r, 0.0);
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
    CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_UNSOLVED);
    CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_UNSOLVED);
    rev_open(&r, 9, 6, 21);
    r.rest = 2.0 - 1.0 * I;
    rev_measure(&r, 0.0);
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_INCONSISTENT);
    for (size_t n = 0; n < r.n; n++)
        CU_ASSERT_EQUAL(r.flag[n], CPH_FLAG_UNSOLVED);
    /* Twenty equal elements that cancel but for one: any one of them may be it. */
    rev_open(&r, 21, 6, 22);
    for (size_t n = 0; n < r.n; n++)
        r.field[n] = n % 2 == 0 ? 1.0 : -1.0;
    rev_measure(&r, 1e-3);
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
    CU_ASSERT_NOT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
}

static void amplitudes_of_the_table_choose(void)
{
    static rev_rig r;
    for (int strong = 0; strong < 2; strong++) {
        rev_open(&r, 5, 9, 30);
        r.rest = strong ? 0.1 * I : 9.0 - 4.0 * I;
        r.config.rule = CPH_REV_OPEN;
        rev_table(&r, 0.1);
        rev_measure(&r, 0.0);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        CU_ASSERT(rev_worst(&r) < 1e-10);
        /* Uneven phases of equal amplitude are fitted too, and tell nothing. */
        rev_table(&r, 0.0);
        rev_measure(&r, 0.0);
        memset(r.flag, 0, sizeof r.flag);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
        const double complex t = rev_total(&r);
        for (size_t n = 0; n < r.n; n++)
            CU_ASSERT(fmin(cabs(scene_get(r.root[n]) - r.field[n] / t),
                           cabs(scene_get(r.root[r.n + n]) - r.field[n] / t)) < 1e-10);
    }
}

/* Elements among others that are never turned. */
static void a_second_set_of_sweeps_chooses(void)
{
    static rev_rig r, s;
    static cph_c64 turn[REV_N_MOST];
    for (size_t i = 0; i < 4; i++) {
        const double noise = i % 2 == 0 ? 0.0 : 2e-3;
        rev_open(&r, i < 2 ? 6 : 200, 8, 40 + i);
        r.rest = 1.0 + 0.5 * I;
        const double complex truth = rev_total(&r);
        s = r;
        s.config.power = s.power;
        s.config.state = s.state;
        for (size_t n = 0; n < r.n; n++) {
            const double complex t = n % 3 == 0 ? cexp(2.0 * I) : 1.0;
            turn[n] = put(t);
            s.field[n] *= t;
        }
        rev_measure(&r, noise);
        rev_measure(&s, noise);
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
    static rev_rig r;
    double single = 0.0, grouped = 0.0;
    for (int noisy = 0; noisy < 2; noisy++) {
        rev_open(&r, 16, 8, 50);
        for (size_t n = 0; n < r.n; n++)
            r.field[n] = 1.0 + 0.3 * r.field[n];
        r.rest = 400.0 - 30.0 * I;
        r.config.rule = CPH_REV_WEAK;
        r.config.sigma = noisy ? 5.0 : 0.0;
        rev_measure(&r, noisy ? 5.0 : 0.0);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        for (size_t n = 0; n < r.n; n++)
            single += noisy ? pow(r.phase_sigma[n], 2.0) : 0.0;
        r.config.member = r.member;
        for (size_t c = 0; c < r.n; c++)
            for (size_t n = 0; n < r.n; n++)
                r.member[c * r.n + n] = __builtin_popcountll(c & n) % 2 == 0;
        rev_measure(&r, noisy ? 5.0 : 0.0);
        CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
        if (!noisy)
            CU_ASSERT(rev_worst(&r) < 1e-10);
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
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_ERR_SINGULAR);
    CU_ASSERT(strstr(r.error.message, "groups") != NULL);
}

/* Groups of a closed array, none near half of the field. */
static void groups_of_a_closed_array(void)
{
    static rev_rig r;
    rev_open(&r, 9, 8, 55);
    r.config.member = r.member;
    for (size_t c = 0; c < r.n; c++)
        for (size_t n = 0; n < r.n; n++)
            r.member[c * r.n + n] = n == c || n == (c + 1) % r.n || n == (c + 3) % r.n;
    rev_measure(&r, 0.0);
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
    CU_ASSERT(rev_worst(&r) < 1e-10);
}

CU_TestInfo cph_tests_calib_rev[] = {
    {"one curve: both roots of the literature", both_roots_of_the_literature},
    {"shares that add to 1 choose the roots", the_sum_of_shares_chooses},
    {"what cannot be told is said", what_cannot_be_told_is_said},
    {"amplitudes of the state table choose", amplitudes_of_the_table_choose},
    {"a second set of sweeps chooses", a_second_set_of_sweeps_chooses},
    {"Hadamard groups of a cell", hadamard_groups},
    {"groups of a closed array", groups_of_a_closed_array},
    CU_TEST_INFO_NULL,
};
