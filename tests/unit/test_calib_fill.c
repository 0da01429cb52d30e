/* SPDX-License-Identifier: MIT */
/* Gains between channels: against dense kriging, in scatter, through delays and gauges. */
#include <CUnit/CUnit.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/fill.h"
#include "cophase/random.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { C_MOST = 64, N_MOST = 8, ALL = C_MOST * N_MOST };

typedef struct rig {
    size_t channels, n;
    double freq[C_MOST], phase[ALL], size[ALL]; /* true, [C][N] */
    cph_c64 gain[ALL];
    double sigma[2][ALL];
    unsigned char flag[ALL];
    cph_random random;
    cph_fill_config config;
    cph_c64 found[ALL];
    double found_sigma[2][ALL];
    unsigned char found_flag[ALL];
    cph_fill_solution solution;
    cph_error error;
} rig;

static double normal(rig *r)
{
    return M_SQRT2 * cph_random_normal(&r->random).re;
}

/* Channels of 1 MHz, in falling order. */
static void open_rig(rig *r, size_t channels, size_t n, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->channels = channels;
    r->n = n;
    cph_random_seed(&r->random, seed, 0);
    for (size_t c = 0; c < channels; c++)
        r->freq[c] = 1.3e9 - 1e6 * (double)c;
    r->config = (cph_fill_config){.channels = channels,
                                  .elements = n,
                                  .freq_hz = r->freq,
                                  .gain = r->gain,
                                  .phase_sigma = r->sigma[0],
                                  .amplitude_sigma = r->sigma[1],
                                  .flag = r->flag,
                                  .wanted = channels,
                                  .wanted_hz = r->freq,
                                  .max_gap_hz = 100e6,
                                  .absolute = true};
    r->solution = (cph_fill_solution){.gain = r->found,
                                      .phase_sigma = r->found_sigma[0],
                                      .amplitude_sigma = r->found_sigma[1],
                                      .flag = r->found_flag};
}

/* Ripples of a filter, another for each element, and a delay: no walk of any kind. */
static void ripple(rig *r, double depth)
{
    for (size_t c = 0; c < r->channels; c++)
        for (size_t n = 0; n < r->n; n++) {
            const double mhz = (r->freq[c] - 1.3e9) * 1e-6, k = (double)n;
            const double wave = sin(0.21 * mhz + 1.7 * k), other = cos(0.13 * mhz - 0.9 * k * k);
            r->phase[c * r->n + n] = 0.6 * k - 0.9 * (k - 2.0) * mhz + depth * (wave + other);
            r->size[c * r->n + n] = 0.1 * k + 0.5 * depth * (wave - 0.7 * other);
        }
}

/* Readings with errors of that size, twice as large for odd elements. */
static void read_gains(rig *r, double phase_sigma, double amplitude_sigma)
{
    for (size_t i = 0; i < r->channels * r->n; i++) {
        const double more = i % r->n % 2 == 1 ? 2.0 : 1.0;
        r->sigma[0][i] = more * phase_sigma;
        r->sigma[1][i] = more * amplitude_sigma;
        const double angle = r->phase[i] + r->sigma[0][i] * normal(r);
        const double size = exp(r->size[i] + r->sigma[1][i] * normal(r));
        r->gain[i].re = size * cos(angle);
        r->gain[i].im = size * sin(angle);
    }
}

static cph_status solve(rig *r)
{
    return cph_fill_solve(&r->config, &r->solution, &r->error);
}

/* Error of an answer: phase, log amplitude. */
static double error_of(const rig *r, int k, size_t at)
{
    const cph_c64 g = r->found[at];
    return k == 0 ? remainder(atan2(g.im, g.re) - r->phase[at], 2.0 * M_PI)
                  : log(hypot(g.re, g.im)) - r->size[at];
}

/* ---- against dense kriging ---- */

enum { UNKNOWNS = C_MOST + 2 };

/* Covariance of levels at s and t of a walk of slopes that starts at 0. */
static double covariance(double q, double s, double t)
{
    const double a = fmin(s, t), b = fmax(s, t);
    return q * a * a * (3.0 * b - a) / 6.0;
}

/* Level and its variance at x of element n, k as in error_of, linear trend unknown: the weights of
 * readings, and two multipliers that keep them unbiased. */
static void krige(const rig *r, int k, size_t n, double q, double x, double *level,
                  double *variance)
{
    double a[UNKNOWNS][UNKNOWNS] = {{0}}, b[UNKNOWNS], right[UNKNOWNS], at[C_MOST], y[C_MOST];
    lapack_int pivot[UNKNOWNS];
    double s2[C_MOST];
    size_t m = 0;
    for (size_t c = 0; c < r->channels; c++) {
        const size_t i = c * r->n + n;
        if (r->flag[i])
            continue;
        at[m] = (r->freq[c] - 1.2e9) * 1e-6;
        s2[m] = r->sigma[k][i] * r->sigma[k][i];
        /* Errors of readings, as true phases are known to the test. */
        const cph_c64 g = r->gain[i];
        y[m++] = k == 0 ? r->phase[i] + remainder(atan2(g.im, g.re) - r->phase[i], 2.0 * M_PI)
                        : log(hypot(g.re, g.im));
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < m; j++)
            a[i][j] = covariance(q, at[i], at[j]) + (i == j ? s2[i] : 0.0);
        a[i][m] = a[m][i] = 1.0;
        a[i][m + 1] = a[m + 1][i] = at[i];
        b[i] = right[i] = covariance(q, at[i], x);
    }
    b[m] = right[m] = 1.0;
    b[m + 1] = right[m + 1] = x;
    CU_ASSERT_EQUAL_FATAL(
        LAPACKE_dgesv(LAPACK_ROW_MAJOR, (lapack_int)(m + 2), 1, a[0], UNKNOWNS, pivot, b, 1), 0);
    *level = 0.0;
    *variance = covariance(q, x, x);
    for (size_t i = 0; i < m; i++)
        *level += b[i] * y[i];
    for (size_t i = 0; i < m + 2; i++)
        *variance -= b[i] * right[i];
}

/* Element 0 lacks channels 3 and 11 to 16, element 1 channels 20 and 21. */
static void leave_gaps(rig *r)
{
    for (size_t c = 0; c < r->channels; c++) {
        r->flag[c * r->n] = c == 3 || (c >= 11 && c <= 16) ? CPH_FLAG_DEAD : CPH_FLAG_NONE;
        r->flag[c * r->n + 1] = c == 20 || c == 21 ? CPH_FLAG_UNSOLVED : CPH_FLAG_NONE;
    }
}

static void dense(void)
{
    static rig r;
    double worst = 0.0;
    open_rig(&r, 32, 3, 5);
    ripple(&r, 0.3);
    read_gains(&r, 0.02, 0.03);
    leave_gaps(&r);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    const double rate[2] = {r.solution.phase_rate * 1e9, r.solution.amplitude_rate * 1e9};
    CU_ASSERT(rate[0] > 0.001 && rate[1] > 0.001);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < r.channels * r.n; i++) {
            double level = 0.0, variance = 0.0;
            krige(&r, k, i % r.n, rate[k] * rate[k], (r.freq[i / r.n] - 1.2e9) * 1e-6, &level,
                  &variance);
            const double truth = k == 0 ? r.phase[i] : r.size[i];
            CU_ASSERT_EQUAL(r.found_flag[i], CPH_FLAG_NONE);
            worst = fmax(worst, fabs(error_of(&r, k, i) - (level - truth)));
            worst = fmax(worst, fabs(r.found_sigma[k][i] / sqrt(variance) - 1.0));
        }
    printf("%.1e ", worst);
    CU_ASSERT(worst < 1e-7);
}

/* Rate and readings on both sides known, its middle has d^3/192 of the walk. */
static void gap_grows(void)
{
    static rig r;
    open_rig(&r, C_MOST, 1, 9);
    double level = 0.0, slope = 0.3;
    for (size_t c = 0; c < C_MOST; c++) {
        r.size[c] = level;
        r.phase[c] = 0.5 * level;
        for (int i = 0; i < 100; i++) { /* a walk in small steps */
            slope += 0.05 * 0.1 * normal(&r);
            level += slope * 0.01;
        }
    }
    read_gains(&r, 1e-5, 1e-5);
    for (size_t c = 23; c <= 40; c++)
        r.flag[c] = CPH_FLAG_DEAD;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    const double rate[2] = {r.solution.phase_rate * 1e9, r.solution.amplitude_rate * 1e9};
    CU_ASSERT_DOUBLE_EQUAL(rate[0], 0.025, 0.008);
    CU_ASSERT_DOUBLE_EQUAL(rate[1], 0.05, 0.016);
    /* 31 lies half a channel off the middle of a gap of 19, which takes 0.8 % off; slopes beside
     * it are known to 1/sqrt(12) (exact readings at steps of 1), which adds at most 4.5 %. */
    const double grown = sqrt(19.0 * 19.0 * 19.0 / 192.0);
    for (int k = 0; k < 2; k++) {
        const double share = r.found_sigma[k][31] / (rate[k] * grown);
        CU_ASSERT(share > 0.99 && share < 1.05);
        CU_ASSERT(r.found_sigma[k][24] < 0.3 * r.found_sigma[k][31]);
        CU_ASSERT(fabs(error_of(&r, k, 31)) < 5.0 * r.found_sigma[k][31]);
        CU_ASSERT(r.found_sigma[k][10] < 1.1e-5);
    }
}

/* ---- scatter ---- */

/* Slopes that wander, as the prior has it. */
static void wander(rig *r, double rate)
{
    double *truth[2] = {r->phase, r->size};
    for (int k = 0; k < 2; k++)
        for (size_t n = 0; n < r->n; n++) {
            double level = 0.2 * (double)n, slope = 0.3 * (double)n;
            for (size_t c = 0; c < r->channels; c++) {
                truth[k][c * r->n + n] = level;
                for (int i = 0; i < 20; i++) {
                    slope += rate * sqrt(0.05) * normal(r);
                    level += slope * 0.05;
                }
            }
        }
}

/* Gaps up to 7 MHz: squares of errors over their variance, of channels with readings and without;
 * smooth truth that is no walk has less. */
static void scatter_of(bool walks, const char *setting, double least)
{
    static rig r;
    const size_t seeds = test_seeds(60);
    double squares[2][2] = {{0}}, count[2] = {0};
    for (size_t seed = 0; seed < seeds; seed++) {
        open_rig(&r, 48, N_MOST, 100 + seed);
        if (walks)
            wander(&r, 0.01);
        else
            ripple(&r, 0.25);
        read_gains(&r, 0.03, 0.02);
        for (size_t n = 0; n < r.n; n++)
            for (size_t c = 2; c + 9 < r.channels; c += 9)
                for (size_t w = 0; w < 1 + (c + n + seed) % 6; w++)
                    r.flag[(c + w) * r.n + n] = CPH_FLAG_DEAD;
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        for (size_t i = 0; i < r.channels * r.n; i++) {
            const int gap = r.flag[i] != CPH_FLAG_NONE;
            for (int k = 0; k < 2; k++) {
                const double z = error_of(&r, k, i) / r.found_sigma[k][i];
                squares[gap][k] += z * z;
            }
            count[gap] += 1.0;
        }
    }
    static const char *const where[] = {"with readings, ", "filled, "};
    for (int gap = 0; gap < 2; gap++)
        for (int k = 0; k < 2; k++) {
            char what[60];
            const double ratio = squares[gap][k] / count[gap];
            snprintf(what, sizeof what, "%s%s (over their own sigma^2)", where[gap],
                     k == 0 ? "phase" : "amplitude");
            test_row(setting, what, ratio, NAN);
            CU_ASSERT(ratio > least && ratio < 1.15);
        }
}

static void scatter(void)
{
    scatter_of(true, "slopes that wander", 0.9);
    scatter_of(false, "ripples", 0.4);
}

/* ---- gauges ---- */

/* Each channel has a factor of its own: channels 7 and 30 are filled with it. One channel has no
 * gains at all, and takes that of its neighbour. */
static void factors(void)
{
    static rig r;
    open_rig(&r, 40, 5, 3);
    r.config.absolute = false;
    ripple(&r, 0.1);
    read_gains(&r, 1e-4, 1e-4);
    for (size_t c = 0; c < r.channels; c++) {
        const double angle = 2.3 * (double)(c * c),
                     size = c == 19 || c == 20 ? 0.2 : 0.1 * (double)(c % 7);
        for (size_t n = 0; n < r.n; n++) {
            const size_t i = c * r.n + n;
            const cph_c64 g = r.gain[i];
            const double by = exp(size), turned = c == 20 ? 2.3 * 361.0 : angle;
            r.gain[i].re = by * (g.re * cos(turned) - g.im * sin(turned));
            r.gain[i].im = by * (g.re * sin(turned) + g.im * cos(turned));
            r.phase[i] += turned;
            r.size[i] += size;
            if (c == 20 || (c == 7 && n == 2) || (c == 30 && n != 1))
                r.flag[i] = CPH_FLAG_UNSOLVED;
        }
    }
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t i = 0; i < r.channels * r.n; i++)
        for (int k = 0; k < 2; k++) {
            CU_ASSERT_EQUAL(r.found_flag[i], CPH_FLAG_NONE);
            if (i / r.n != 20)
                CU_ASSERT(fabs(error_of(&r, k, i)) < 0.01);
        }
    /* The neighbour's factor is known but for the mean delay of all elements, which is part of it.
     */
    double common = 0.0;
    for (size_t n = 0; n < r.n; n++)
        common += error_of(&r, 0, 20 * r.n + n) / (double)r.n;
    for (size_t n = 0; n < r.n; n++)
        CU_ASSERT(fabs(error_of(&r, 0, 20 * r.n + n) - common) < 0.01);
}

/* ---- what is not answered ---- */

static void gaps(void)
{
    static rig r;
    open_rig(&r, 32, 4, 7);
    ripple(&r, 0.2);
    read_gains(&r, 0.01, 0.01);
    leave_gaps(&r);
    for (size_t c = 0; c < r.channels; c++) {
        r.flag[c * r.n + 2] = c < 4 || c > 29 ? CPH_FLAG_DEAD : CPH_FLAG_NONE;
        r.flag[c * r.n + 3] = CPH_FLAG_DEAD;
    }
    r.sigma[1][8 * r.n + 2] = NAN; /* no error, no reading */
    r.config.max_gap_hz = 3e6;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t i = 0; i < r.channels * r.n; i++) {
        const size_t c = i / r.n, n = i % r.n;
        const bool wide = n == 0 && c >= 11 && c <= 16, beyond = n == 2 && (c < 4 || c > 29);
        CU_ASSERT_EQUAL(r.found_flag[i],
                        wide || beyond || n == 3 ? CPH_FLAG_UNSOLVED : CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(isnan(r.found[i].re), r.found_flag[i] != CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(isnan(r.found_sigma[0][i]), r.found_flag[i] != CPH_FLAG_NONE);
    }
    r.config.max_gap_hz = 7e6;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.found_flag[13 * r.n], CPH_FLAG_NONE);
    CU_ASSERT(r.found_sigma[0][13 * r.n] > 1.3 * r.found_sigma[0][9 * r.n]);
}

static void refusals(void)
{
    static rig r, before;
    open_rig(&r, 8, 3, 2);
    ripple(&r, 0.1);
    read_gains(&r, 0.01, 0.01);
    const rig good = r;
    const struct {
        cph_status status;
        const char *words;
    } rows[] = {{CPH_ERR_ARGUMENT, "gaps"},     {CPH_ERR_TOO_FEW, "2 channels"},
                {CPH_ERR_NOT_FINITE, "wanted"}, {CPH_ERR_TOO_FEW, "no element"},
                {CPH_ERR_OVERFLOW, "fit"},      {CPH_ERR_ARGUMENT, "needed"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double wanted = NAN;
        r = good;
        r.config.max_gap_hz = i == 0 ? 0.0 : 1e6;
        r.config.channels = i == 1 ? 2 : i == 4 ? SIZE_MAX / 2 : 8;
        r.config.wanted_hz = i == 2 ? &wanted : r.freq;
        r.config.absolute = false;
        r.config.gain = i == 5 ? NULL : r.gain;
        for (size_t n = 0; n < 3 && i == 3; n++) /* none is whole */
            r.flag[n * r.n + n] = CPH_FLAG_DEAD;
        before = r;
        is_refused(&r, &before, sizeof r, &r.error, solve(&r), rows[i].status, rows[i].words);
    }
}

CU_TestInfo cph_tests_calib_fill[] = {{"as dense kriging", dense},
                                      {"errors grow in a gap", gap_grows},
                                      {"scatter", scatter},
                                      {"factors of channels", factors},
                                      {"gaps and ends", gaps},
                                      {"refusals", refusals},
                                      CU_TEST_INFO_NULL};
