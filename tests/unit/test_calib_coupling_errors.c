/* SPDX-License-Identifier: MIT */
/* Gains from coupling: scatter against the Cramer-Rao bound. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/coupling_rig.h"
#include "tests/unit/seeds.h"

typedef struct bound {
    size_t n, groups, unknowns;
    size_t group[COUPLING_ELEMENTS][COUPLING_ELEMENTS];
    double complex c[2 * COUPLING_ELEMENTS * COUPLING_ELEMENTS];
    double sigma;
} bound;

static void find_groups(const coupling_rig *r, bound *b)
{
    double vx[2 * COUPLING_ELEMENTS * COUPLING_ELEMENTS],
        vy[2 * COUPLING_ELEMENTS * COUPLING_ELEMENTS];
    b->groups = 0;
    for (size_t k = 0; k < r->n; k++)
        for (size_t n = 0; n < r->n; n++) {
            const double x = r->position[3 * k] - r->position[3 * n],
                         y = r->position[3 * k + 1] - r->position[3 * n + 1];
            size_t g = 0;
            while (g < b->groups && hypot(x - vx[g], y - vy[g]) > 1e-6 &&
                   hypot(x + vx[g], y + vy[g]) > 1e-6)
                g++;
            if (g == b->groups && k != n) {
                vx[g] = x;
                vy[g] = y;
                b->c[g] = coupling_rig_coupling(x, y);
                b->groups++;
            }
            b->group[k][n] = g;
        }
}

/* Log moduli x and phases of r, t, c: S is analytic in them, so that both have the Fisher matrix
 * 2/sigma^2 sum |S|^2 e e^T and don't mix. var [2 n]: of x_i - sum share x over its family, what is
 * open held by a penalty, inverted by Gauss and Jordan. */
static void bound_of(const coupling_rig *r, const bound *b, const double *share, double *var)
{
    static double a[120][240];
    const size_t m = 2 * r->n + b->groups;
    memset(a, 0, sizeof a);
    for (size_t k = 0; k < r->n; k++)
        for (size_t n = 0; n < r->n; n++) {
            if (k == n)
                continue;
            const size_t u[3] = {k, r->n + n, 2 * r->n + b->group[k][n]};
            const double w = 2.0 / (b->sigma * b->sigma) *
                             pow(cabs(r->r[k] * b->c[b->group[k][n]] * r->t[n]), 2.0);
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    a[u[i]][u[j]] += w;
        }
    const double big = 1e3 * a[0][0];
    for (size_t f = 0; f < 2; f++)
        for (size_t i = 0; i < r->n; i++)
            for (size_t j = 0; j < r->n; j++)
                a[f * r->n + i][f * r->n + j] += big * share[f * r->n + i] * share[f * r->n + j];
    for (size_t i = 0; i < m; i++)
        a[i][m + i] = 1.0;
    for (size_t p = 0; p < m; p++) {
        const double pivot = a[p][p];
        for (size_t j = 0; j < 2 * m; j++)
            a[p][j] /= pivot;
        for (size_t i = 0; i < m; i++) {
            const double factor = i == p ? 0.0 : a[i][p];
            for (size_t j = 0; factor != 0.0 && j < 2 * m; j++)
                a[i][j] -= factor * a[p][j];
        }
    }
    for (size_t i = 0; i < 2 * r->n; i++) {
        const size_t f = i / r->n;
        double off = a[i][m + i];
        for (size_t j = 0; j < r->n; j++) {
            off -= 2.0 * share[f * r->n + j] * a[i][m + f * r->n + j];
            for (size_t k = 0; k < r->n; k++)
                off +=
                    share[f * r->n + j] * share[f * r->n + k] * a[f * r->n + j][m + f * r->n + k];
        }
        var[i] = off;
    }
}

static void scatter_against_the_bound(void)
{
    const size_t seeds = test_seeds(300);
    static coupling_rig r;
    static bound b;
    double share[2][2 * COUPLING_ELEMENTS] = {{0.0}}, least[2][2 * COUPLING_ELEMENTS] = {{0.0}},
                        sum[2] = {0.0}, said[2] = {0.0}, count = 0.0, chi2 = 0.0;
    coupling_rig_open(&r, 5, 3, false, 1.0, 20);
    find_groups(&r, &b);
    CU_ASSERT_EQUAL(b.groups, 22);
    b.sigma = 2e-3;
    coupling_rig_fill(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    for (size_t f = 0; f < 2; f++) {
        double total = 0.0;
        for (size_t p = 0; p < r.n; p++)
            total += cabs(f == 0 ? r.r[p] : r.t[p]);
        for (size_t p = 0; p < r.n; p++) {
            share[0][f * r.n + p] = 1.0 / (double)r.n;
            share[1][f * r.n + p] = cabs(f == 0 ? r.r[p] : r.t[p]) / total;
        }
    }
    bound_of(&r, &b, share[0], least[0]);
    bound_of(&r, &b, share[1], least[1]);
    cph_c64 exact[2][COUPLING_ELEMENTS];
    (void)coupling_rig_truth(&r, 0, exact[0]);
    (void)coupling_rig_truth(&r, 1, exact[1]);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 20, 1 + t);
        r.config.sigma = t % 2 == 0 ? b.sigma : 0.0;
        coupling_rig_fill(&r, b.sigma);
        CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
        chi2 += (t % 2 == 0 ? r.solution.chi2_dof : pow(r.solution.sigma / b.sigma, 2.0)) /
                (double)seeds;
        for (size_t i = 0; i < 2 * r.n; i++) {
            const size_t f = i / r.n, p = i % r.n;
            const double complex off = scene_get(r.gain[f][p]) / scene_get(exact[f][p]);
            sum[0] += pow(carg(off), 2.0) / least[0][i];
            sum[1] += pow(cabs(off) - 1.0, 2.0) / least[1][i];
            said[0] += pow(r.phase_sigma[f][p], 2.0) / least[0][i];
            said[1] += pow(r.amplitude_sigma[f][p], 2.0) / least[1][i];
            count += 1.0;
        }
    }
    test_row("5 x 3 lattice, transmit and receive", "phase", sum[0] / count,
             sqrt(said[0] / sum[0]));
    test_row("5 x 3 lattice, transmit and receive", "amplitude", sum[1] / count,
             sqrt(said[1] / sum[1]));
    for (int k = 0; k < 2; k++) {
        CU_ASSERT(sum[k] / count > 0.95 && sum[k] / count < 1.15);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(said[k] / sum[k]), 1.0, 0.1);
    }
    CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.05);
}

CU_TestInfo cph_tests_calib_coupling_errors[] = {
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    CU_TEST_INFO_NULL,
};
