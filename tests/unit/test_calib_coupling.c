/* SPDX-License-Identifier: MIT */
/* Gains from the coupling of a lattice's elements. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/coupling_calib.h"
#include "cophase/random.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N_MOST = 25, U_MOST = 2 * N_MOST + 2 * N_MOST * N_MOST };
#define PITCH 0.012

typedef struct rig {
    size_t n;
    double position[3 * N_MOST];
    double complex t[N_MOST], r[N_MOST];
    cph_c64 s[N_MOST * (N_MOST + 1)], near[2][N_MOST];
    cph_random random;
    cph_coupling_config config;
    cph_coupling_solution solution;
    cph_c64 gain[2][N_MOST];
    double phase_sigma[2][N_MOST], amplitude_sigma[2][N_MOST];
    unsigned char flag[2][N_MOST];
    uint32_t part[2][N_MOST];
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

/* Depends on length and direction, not on the sense. */
static double complex coupling(double x, double y)
{
    const double d = hypot(x, y), along = x * x + 0.3 * x * y - 0.5 * y * y;
    return 0.05 * pow(d / PITCH, -1.3) * (1.0 + 0.6 * along / (d * d)) *
           cexp(-I * (1.9 * d / PITCH + 0.7 * along / (d * d)));
}

static void fill(rig *r, double sigma)
{
    for (size_t k = 0; k < r->n; k++)
        for (size_t n = 0; n < r->n; n++) {
            const double x = r->position[3 * k] - r->position[3 * n],
                         y = r->position[3 * k + 1] - r->position[3 * n + 1];
            const double complex noise = sigma * scene_get(cph_random_normal(&r->random));
            r->s[k * r->config.ld + n] =
                put(k == n ? NAN : r->r[k] * coupling(x, y) * r->t[n] + noise);
        }
}

/* nx by ny, skewed where triangular; gains of phases within `spread` of 0. */
static void open_rig(rig *r, size_t nx, size_t ny, bool skewed, double spread, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = nx * ny;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t p = 0; p < r->n; p++) {
        const double i = (double)(p % nx), j = (double)(p / nx);
        r->position[3 * p] = PITCH * (i + (skewed ? 0.5 * j : 0.0));
        r->position[3 * p + 1] = PITCH * j * (skewed ? sqrt(0.75) : 1.1);
        for (int w = 0; w < 2; w++) {
            const double complex g =
                (0.6 + 0.8 * cph_random_uniform(&r->random)) *
                cexp(I * spread * (2.0 * cph_random_uniform(&r->random) - 1.0));
            *(w == 0 ? &r->r[p] : &r->t[p]) = g;
        }
    }
    r->config = (cph_coupling_config){.elements = r->n,
                                      .s = r->s,
                                      .ld = r->n + 1,
                                      .position = r->position,
                                      .reference = SIZE_MAX};
    r->solution.receive =
        (cph_gain_estimate){r->gain[0], r->phase_sigma[0], r->amplitude_sigma[0], r->flag[0]};
    r->solution.transmit =
        (cph_gain_estimate){r->gain[1], r->phase_sigma[1], r->amplitude_sigma[1], r->flag[1]};
    r->solution.receive_part = r->part[0];
    r->solution.transmit_part = r->part[1];
}

static cph_status solve(rig *r)
{
    return cph_coupling_solve(&r->config, &r->solution, &r->error);
}

/* The true gains of what is solved, in the gauge. */
static size_t truth(const rig *r, int which, cph_c64 *gain)
{
    double nothing[N_MOST] = {0.0};
    unsigned char flag[N_MOST];
    size_t live = 0;
    memcpy(flag, r->flag[which], sizeof flag);
    for (size_t p = 0; p < r->n; p++) {
        gain[p] = put(which == 0 ? r->r[p] : r->t[p]);
        live += flag[p] == 0;
    }
    cph_gain_estimate e = {gain, nothing, nothing, flag};
    CU_ASSERT_EQUAL(cph_estimate_gauge(r->n, r->config.reference, &e, NULL), CPH_OK);
    return live;
}

static double worst(const rig *r, int which)
{
    cph_c64 gain[N_MOST];
    double most = 0.0;
    (void)truth(r, which, gain);
    for (size_t p = 0; p < r->n; p++)
        if (r->flag[which][p] == 0)
            most = fmax(most, cabs(scene_get(gain[p]) - scene_get(r->gain[which][p])));
    return most;
}

static void without_noise_gains_are_exact(void)
{
    static rig r;
    for (int skewed = 0; skewed < 2; skewed++) {
        open_rig(&r, 5, 4, skewed, 1.0, 1);
        fill(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r, 0) < 1e-10 && worst(&r, 1) < 1e-10);
        CU_ASSERT_EQUAL(r.solution.stop, CPH_STOP_CONVERGED);
        CU_ASSERT_EQUAL(r.solution.transmit_parts, 1);
        CU_ASSERT_EQUAL(r.solution.receive_parts, 1);
        CU_ASSERT_EQUAL(r.solution.open, 2);
        CU_ASSERT_EQUAL(r.solution.choices, 4);
        CU_ASSERT_EQUAL(r.solution.links, 380);
        /* Half of the 9 x 7 - 1 displacements of 5 x 4 elements. */
        CU_ASSERT_EQUAL(r.solution.groups, 31);
        CU_ASSERT_EQUAL(r.solution.dof, 380 - (40 + 31 - 2));
        CU_ASSERT(r.solution.sigma < 1e-12 && isnan(r.solution.chi2_dof));
    }
    /* Some pairs were not measured, one element not at all; a reference. */
    open_rig(&r, 5, 4, false, 1.0, 2);
    fill(&r, 0.0);
    r.flag[1][7] = CPH_FLAG_DEAD;
    r.s[3 * r.config.ld + 11] = r.s[12 * r.config.ld + 2] = put(NAN);
    r.config.reference = 2;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r, 0) < 1e-10 && worst(&r, 1) < 1e-10);
    CU_ASSERT_EQUAL(r.flag[0][7], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[1][7], CPH_FLAG_DEAD);
    CU_ASSERT(isnan(r.gain[0][7].re) && r.part[0][7] == UINT32_MAX);
    CU_ASSERT_EQUAL(r.gain[1][2].im, 0.0);
    CU_ASSERT_EQUAL(r.phase_sigma[1][2], 0.0);
    CU_ASSERT_EQUAL(r.solution.links, 340);
}

/* Ratios by hand: elements 6 and 8 stand at -x and +x of element 7. */
static void rows_receive_and_columns_transmit(void)
{
    static rig r;
    open_rig(&r, 5, 4, false, 1.0, 3);
    fill(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    const double complex heard = scene_get(r.s[6 * r.config.ld + 7]) /
                                 scene_get(r.s[8 * r.config.ld + 7]),
                         sent = scene_get(r.s[7 * r.config.ld + 6]) /
                                scene_get(r.s[7 * r.config.ld + 8]);
    CU_ASSERT(cabs(scene_get(r.gain[0][6]) / scene_get(r.gain[0][8]) - heard) < 1e-10);
    CU_ASSERT(cabs(scene_get(r.gain[1][6]) / scene_get(r.gain[1][8]) - sent) < 1e-10);
    CU_ASSERT(cabs(heard - sent) > 0.1);
}

static void nearest_neighbours_leave_two_colours(void)
{
    static rig r;
    open_rig(&r, 5, 3, false, 3.0, 4);
    fill(&r, 0.0);
    r.config.max_distance_m = 1.2 * PITCH;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.receive_parts, 2);
    CU_ASSERT_EQUAL(r.solution.transmit_parts, 2);
    CU_ASSERT_EQUAL(r.solution.open, 3);
    for (size_t p = 0; p < r.n; p++) {
        const size_t colour = (p % 5 + p / 5) % 2;
        CU_ASSERT_EQUAL(r.part[0][p], colour);
        CU_ASSERT_EQUAL(r.flag[1][p], colour == 0 ? CPH_FLAG_NONE : CPH_FLAG_UNSOLVED);
        CU_ASSERT_EQUAL(isnan(r.gain[0][p].re), colour != 0);
        CU_ASSERT_EQUAL(isnan(r.phase_sigma[1][p]), colour != 0);
    }
    /* Whatever their phases, but for the signs that rows and columns may have. */
    memset(r.flag, 0, sizeof r.flag);
    for (size_t p = 0; p < r.n; p++) {
        r.near[0][p] = put(r.r[p]);
        r.near[1][p] = put(r.t[p]);
    }
    r.config.receive_near = r.near[0];
    r.config.transmit_near = r.near[1];
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r, 0) < 1e-10 && worst(&r, 1) < 1e-10);
    /* Diagonal neighbours join them. */
    memset(r.flag, 0, sizeof r.flag);
    r.config.max_distance_m = 1.6 * PITCH;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.receive_parts, 1);
    CU_ASSERT(worst(&r, 0) < 1e-10 && worst(&r, 1) < 1e-10);
}

/* t, r and c of alternating signs make the same S: only what is known before tells them apart. */
static void alternating_signs_are_chosen(void)
{
    static rig r;
    for (int column = 0; column < 4; column++) {
        open_rig(&r, 5, 4, false, 3.1, 5);
        for (size_t p = 0; p < r.n; p++) {
            const size_t odd = (column & 1) * (p % 5) + (size_t)(column >> 1) * (p / 5);
            r.near[0][p] = put((odd % 2 == 0 ? 1.0 : -1.0) * r.r[p] * cexp(0.4 * I));
            r.near[1][p] = put((odd % 2 == 0 ? 1.0 : -1.0) * r.t[p] * 3.0);
        }
        r.config.receive_near = r.near[0];
        r.config.transmit_near = r.near[1];
        fill(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        CU_ASSERT(r.solution.sigma < 1e-12);
        CU_ASSERT(r.solution.margin > 0.7);
        for (size_t p = 0; p < r.n; p++) {
            r.r[p] = scene_get(r.near[0][p]);
            r.t[p] = scene_get(r.near[1][p]);
        }
        CU_ASSERT(worst(&r, 0) < 1e-10 && worst(&r, 1) < 1e-10);
    }
    /* Taken for nearly equal when they are not, the margin says so. */
    r.config.receive_near = r.config.transmit_near = NULL;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(r.solution.margin < 0.4);
}

/* Elements at edges that see another coupling contradict the others, and are left out. */
static void what_is_not_the_same_everywhere(void)
{
    static rig r;
    open_rig(&r, 5, 5, false, 1.0, 6);
    fill(&r, 0.0);
    for (size_t k = 0; k < r.n; k++)
        for (size_t n = 0; n < r.n; n++) {
            const bool edge = k % 5 == 0 || k % 5 == 4 || k / 5 == 0 || k / 5 == 4 || n % 5 == 0 ||
                              n % 5 == 4 || n / 5 == 0 || n / 5 == 4;
            cph_c64 *const s = &r.s[k * r.config.ld + n];
            if (edge)
                *s = put(scene_get(*s) * (1.0 + 0.2 * cexp(I * (double)(k * n))));
        }
    r.config.sigma = 1e-4;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r, 0) > 0.02);
    CU_ASSERT(r.solution.chi2_dof > 10.0);
    CU_ASSERT_EQUAL(cph_coupling_edges(r.n, r.position, 0.0, 1, r.flag[0]), CPH_OK);
    for (size_t p = 0; p < r.n; p++)
        CU_ASSERT_EQUAL(r.flag[0][p], p % 5 % 4 == 0 || p / 5 % 4 == 0 ? CPH_FLAG_EXCLUDED : 0);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r, 0) < 1e-10 && worst(&r, 1) < 1e-10);
    CU_ASSERT(r.solution.chi2_dof < 1e-12);
    memset(r.flag, 0, sizeof r.flag);
    CU_ASSERT_EQUAL(cph_coupling_edges(r.n, r.position, 1.2 * PITCH, 2, r.flag[0]), CPH_OK);
    for (size_t p = 0; p < r.n; p++)
        CU_ASSERT_EQUAL(r.flag[0][p] == 0, p == 12);
}

/* ---- the bound ---- */

typedef struct bound {
    size_t n, groups, unknowns;
    size_t group[N_MOST][N_MOST];
    double complex c[2 * N_MOST * N_MOST];
    double sigma;
} bound;

static void find_groups(const rig *r, bound *b)
{
    double vx[2 * N_MOST * N_MOST], vy[2 * N_MOST * N_MOST];
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
                b->c[g] = coupling(x, y);
                b->groups++;
            }
            b->group[k][n] = g;
        }
}

/* Log moduli x and phases of r, t, c: S is analytic in them, so that both have the Fisher matrix
 * 2/sigma^2 sum |S|^2 e e^T and don't mix. var [2 n]: of x_i - sum share x over its family, what is
 * open held by a penalty, inverted by Gauss and Jordan. */
static void bound_of(const rig *r, const bound *b, const double *share, double *var)
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
    static rig r;
    static bound b;
    double share[2][2 * N_MOST] = {{0.0}}, least[2][2 * N_MOST] = {{0.0}}, sum[2] = {0.0},
                        said[2] = {0.0}, count = 0.0, chi2 = 0.0;
    open_rig(&r, 5, 3, false, 1.0, 20);
    find_groups(&r, &b);
    CU_ASSERT_EQUAL(b.groups, 22);
    b.sigma = 2e-3;
    fill(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
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
    cph_c64 exact[2][N_MOST];
    (void)truth(&r, 0, exact[0]);
    (void)truth(&r, 1, exact[1]);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 20, 1 + t);
        r.config.sigma = t % 2 == 0 ? b.sigma : 0.0;
        fill(&r, b.sigma);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
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

/* ---- refusals ---- */

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->gain[0][0].re = r->solution.sigma = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 5, 1, false, 1.0, 30);
    fill(&r, 0.0);
    r.config.reference = 5;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "reference");
    r.config.reference = SIZE_MAX;
    r.config.max_distance_m = 0.5 * PITCH;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "distances in use");
    r.config.max_distance_m = 0.0;
    r.s[1] = put(INFINITY);
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "from element 1 to 0");
    fill(&r, 0.0);
    r.position[4] = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "position of element 1");
    r.position[4] = 0.0;
    r.position[3] = r.position[0];
    expect_refusal(&r, CPH_ERR_ARGUMENT, "elements 0 and 1");
    memset(r.flag[0], CPH_FLAG_HOT, sizeof r.flag[0]);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "measured");
    r.config.sigma = NAN;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "matrix");
    CU_ASSERT_EQUAL(cph_coupling_edges(0, r.position, 0.0, 1, r.flag[0]), CPH_ERR_ARGUMENT);
    /* Two elements: each is heard by one, no ratio is known. */
    open_rig(&r, 2, 1, false, 1.0, 31);
    fill(&r, 0.0);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "no ratio");
}

CU_TestInfo cph_tests_calib_coupling[] = {
    {"without noise gains are exact", without_noise_gains_are_exact},
    {"rows receive, columns transmit", rows_receive_and_columns_transmit},
    {"nearest neighbours leave two colours", nearest_neighbours_leave_two_colours},
    {"alternating signs are chosen", alternating_signs_are_chosen},
    {"what is not the same everywhere", what_is_not_the_same_everywhere},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
