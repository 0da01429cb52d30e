/* SPDX-License-Identifier: MIT */
/* Positions of elements and turns of arrays from sources in known directions. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/random.h"
#include "cophase/survey.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N_MOST = 12, S_MOST = 10, X_MOST = 5 * N_MOST + S_MOST + 3 };
#define FREQ       1.4e9
#define WAVELENGTH (CPH_SPEED_OF_LIGHT / FREQ)

typedef struct rig {
    size_t n, looks;
    double nominal[3 * N_MOST], truth[3 * N_MOST], direction[3 * S_MOST], freq[S_MOST];
    double complex gain[2][N_MOST], turn[S_MOST];
    double level[S_MOST];
    cph_c64 y[S_MOST * N_MOST], known[N_MOST];
    cph_random random;
    cph_survey_config config;
    cph_survey_positions found;
    cph_survey_orientation turned;
    double position[3 * N_MOST], sigma[3 * N_MOST];
    unsigned char flag[N_MOST];
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

static double uniform(rig *r, double from, double to)
{
    return from + (to - from) * cph_random_uniform(&r->random);
}

/* Elements without symmetry over 4 wavelengths, displaced by up to `off` wavelengths; looks at
 * directions of all heights. */
static void open_rig(rig *r, size_t n, size_t looks, double off, uint64_t seed)
{
    double mean[3] = {0.0};
    memset(r, 0, sizeof *r);
    r->n = n;
    r->looks = looks;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t p = 0; p < n; p++) {
        for (size_t k = 0; k < 3; k++) {
            r->nominal[3 * p + k] = WAVELENGTH * uniform(r, -2.0, 2.0);
            r->truth[3 * p + k] = r->nominal[3 * p + k] + WAVELENGTH * uniform(r, -off, off);
            mean[k] += (r->truth[3 * p + k] - r->nominal[3 * p + k]) / (double)n;
        }
        for (size_t b = 0; b < 2; b++)
            r->gain[b][p] = uniform(r, 0.5, 1.5) * cexp(I * uniform(r, -3.0, 3.0));
    }
    for (size_t p = 0; p < n; p++)
        for (size_t k = 0; k < 3; k++)
            r->truth[3 * p + k] -= mean[k];
    for (size_t s = 0; s < looks; s++) {
        const double azimuth = 2.4 * (double)s + uniform(r, 0.0, 0.4),
                     w = 0.15 + 0.8 * fmod(0.618 * (double)s + 0.1, 1.0);
        r->direction[3 * s] = sqrt(1.0 - w * w) * sin(azimuth);
        r->direction[3 * s + 1] = sqrt(1.0 - w * w) * cos(azimuth);
        r->direction[3 * s + 2] = w;
        r->freq[s] = FREQ;
        r->turn[s] = cexp(I * uniform(r, -3.0, 3.0));
        r->level[s] = uniform(r, 0.6, 1.4);
    }
    r->config = (cph_survey_config){.elements = n,
                                    .looks = looks,
                                    .direction = r->direction,
                                    .freq_hz = r->freq,
                                    .response = r->y,
                                    .position = r->nominal};
    r->found = (cph_survey_positions){.position = r->position, .sigma = r->sigma, .flag = r->flag};
}

static size_t band_of(const rig *r, size_t s)
{
    return r->freq[s] > FREQ;
}

static void measure(rig *r, double sigma)
{
    for (size_t s = 0; s < r->looks; s++)
        for (size_t p = 0; p < r->n; p++) {
            double path = 0.0;
            for (size_t k = 0; k < 3; k++)
                path += r->direction[3 * s + k] * r->truth[3 * p + k];
            const double complex g =
                r->config.gain != NULL ? scene_get(r->known[p]) : r->gain[band_of(r, s)][p];
            r->y[s * r->n + p] =
                put(r->level[s] * r->turn[s] * g *
                        cexp(2.0 * M_PI * I * r->freq[s] * path / CPH_SPEED_OF_LIGHT) +
                    sigma * scene_get(cph_random_normal(&r->random)));
        }
}

static cph_status locate(rig *r)
{
    return cph_survey_locate(&r->config, &r->found, &r->error);
}

static cph_status orient(rig *r, double search)
{
    return cph_survey_orient(&r->config, r->flag, NULL, search, &r->turned, &r->error);
}

static double worst(const rig *r)
{
    double most = 0.0;
    for (size_t i = 0; i < 3 * r->n; i++)
        if (r->flag[i / 3] == 0)
            most = fmax(most, fabs(r->position[i] - r->truth[i]));
    return most / WAVELENGTH;
}

static void without_noise_positions_are_exact(void)
{
    static rig r;
    /* Gains unknown: 4 looks, and more. */
    for (size_t looks = 4; looks <= 7; looks += 3) {
        open_rig(&r, 8, looks, 0.1, 1);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(locate(&r), CPH_OK);
        CU_ASSERT(worst(&r) < 1e-9);
        CU_ASSERT_EQUAL(r.found.fit.stop, CPH_STOP_CONVERGED);
        CU_ASSERT_EQUAL(r.found.fit.phases, 8 * looks);
        CU_ASSERT_EQUAL(r.found.fit.dof, (double)(looks - 4) * 7.0);
        CU_ASSERT_EQUAL(isnan(r.found.fit.sigma), looks == 4);
        CU_ASSERT_EQUAL(isnan(r.sigma[4]), looks == 4);
        CU_ASSERT(r.found.fit.largest_rad < 1e-8);
    }
    /* Gains known but for a common phase: 3. */
    open_rig(&r, 8, 3, 0.1, 2);
    r.config.gain = r.known;
    for (size_t p = 0; p < r.n; p++)
        r.known[p] = put(r.gain[1][p]);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(locate(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.found.fit.dof, 0.0);
    /* Two frequencies, gains of each. */
    open_rig(&r, 8, 8, 0.1, 3);
    for (size_t s = 0; s < r.looks; s += 3)
        r.freq[s] = 1.2 * FREQ;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(locate(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.found.fit.dof, 64.0 - (8.0 * 5.0 + 8.0 - 5.0));
}

static void what_is_missing_is_left_out(void)
{
    static rig r;
    open_rig(&r, 8, 6, 0.1, 4);
    measure(&r, 0.0);
    r.flag[2] = CPH_FLAG_DEAD;
    r.y[0 * r.n + 5] = put(NAN);
    for (size_t s = 0; s < 3; s++)
        r.y[s * r.n + 6] = put(0.0);
    double mean[3] = {0.0};
    CU_ASSERT_EQUAL_FATAL(locate(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[2], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[6], CPH_FLAG_UNSOLVED);
    CU_ASSERT(isnan(r.position[6]) && isnan(r.position[20]) && isnan(r.sigma[20]));
    CU_ASSERT_EQUAL(r.found.fit.phases, 6 * 6 - 1);
    /* The mean displacement is that of the six. */
    for (size_t p = 0; p < r.n; p++)
        for (size_t k = 0; k < 3 && r.flag[p] == 0; k++)
            mean[k] += (r.truth[3 * p + k] - r.nominal[3 * p + k]) / 6.0;
    for (size_t i = 0; i < 3 * r.n; i++)
        r.truth[i] -= mean[i % 3];
    CU_ASSERT(worst(&r) < 1e-9);
}

/* Sources of one elevation: heights and gains are one; x and y are there. */
static void a_cone_of_directions_leaves_heights_open(void)
{
    static rig r;
    open_rig(&r, 8, 6, 0.1, 5);
    for (size_t s = 0; s < r.looks; s++) {
        const double azimuth = 1.1 * (double)s;
        r.direction[3 * s] = 0.8 * sin(azimuth);
        r.direction[3 * s + 1] = 0.8 * cos(azimuth);
        r.direction[3 * s + 2] = 0.6;
    }
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(locate(&r), CPH_ERR_SINGULAR);
    CU_ASSERT(strstr(r.error.message, "cone") != NULL);
    r.config.planar = true;
    for (size_t p = 0; p < r.n; p++)
        r.truth[3 * p + 2] = r.nominal[3 * p + 2];
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(locate(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.sigma[5], 0.0);
}

/* ---- turns ---- */

/* r = m nominal, by the three angles in turn: about z, then y, then x. */
static void turn_by(rig *r, double x, double y, double z)
{
    for (size_t p = 0; p < r->n; p++) {
        const double *const a = r->nominal + 3 * p;
        const double b[3] = {cos(z) * a[0] - sin(z) * a[1], sin(z) * a[0] + cos(z) * a[1], a[2]};
        const double c[3] = {cos(y) * b[0] + sin(y) * b[2], b[1], cos(y) * b[2] - sin(y) * b[0]};
        r->truth[3 * p] = c[0];
        r->truth[3 * p + 1] = cos(x) * c[1] - sin(x) * c[2];
        r->truth[3 * p + 2] = sin(x) * c[1] + cos(x) * c[2];
    }
}

static double turned_off(const rig *r)
{
    double most = 0.0;
    for (size_t p = 0; p < r->n; p++)
        for (size_t i = 0; i < 3; i++) {
            double at = -r->truth[3 * p + i];
            for (size_t j = 0; j < 3; j++)
                at += r->turned.rotation[3 * i + j] * r->nominal[3 * p + j];
            most = fmax(most, fabs(at));
        }
    return most / WAVELENGTH;
}

static void without_noise_turns_are_exact(void)
{
    static rig r;
    open_rig(&r, 10, 4, 0.0, 10);
    turn_by(&r, 0.03, -0.05, 0.07);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(orient(&r, 0.0), CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.turned.fit.dof, 40.0 - (10.0 + 4.0 - 1.0 + 3.0));
    /* x to y is a positive turn about z. */
    turn_by(&r, 0.0, 0.0, 0.1);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(orient(&r, 0.0), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.angle_rad[2], 0.1, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.angle_rad[0], 0.0, 1e-9);
    /* Gains known: 2 looks. */
    r.config.gain = r.known;
    r.config.looks = r.looks = 2;
    for (size_t p = 0; p < r.n; p++)
        r.known[p] = put(r.gain[1][p]);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(orient(&r, 0.0), CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    /* Far off: by search, or from a start. */
    open_rig(&r, 12, 6, 0.0, 11);
    turn_by(&r, 0.4, 0.5, -0.3);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(orient(&r, 0.8), CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    double start[9];
    memcpy(start, r.turned.rotation, sizeof start);
    turn_by(&r, 0.42, 0.5, -0.3);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(cph_survey_orient(&r.config, NULL, start, 0.0, &r.turned, &r.error),
                          CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    /* A rotation vector turns a point as the rotation does: small pieces of it. */
    double v[3] = {0.3, -0.7, 0.2}, expected[3];
    for (size_t i = 0; i < 3; i++)
        expected[i] = r.turned.rotation[3 * i] * v[0] + r.turned.rotation[3 * i + 1] * v[1] +
                      r.turned.rotation[3 * i + 2] * v[2];
    enum { PIECES = 100000 };
    const double *const w = r.turned.angle_rad;
    for (int piece = 0; piece < PIECES; piece++) {
        const double d[3] = {w[1] * v[2] - w[2] * v[1], w[2] * v[0] - w[0] * v[2],
                             w[0] * v[1] - w[1] * v[0]};
        for (size_t i = 0; i < 3; i++)
            v[i] += d[i] / PIECES;
    }
    /* Euler's method is off by |w|^2 / (2 pieces). */
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_DOUBLE_EQUAL(v[i], expected[i], 1e-5);
}

/* ---- the bounds ---- */

/* (J^T J)^-1 of unknowns x, by Gauss and Jordan; rows of J added one by one. */
typedef struct fisher {
    size_t unknowns;
    double a[X_MOST][2 * X_MOST];
} fisher;

static void add_row(fisher *f, const double *row, double weight)
{
    for (size_t i = 0; i < f->unknowns; i++)
        for (size_t j = 0; j < f->unknowns; j++)
            f->a[i][j] += weight * row[i] * row[j];
}

static void invert(fisher *f)
{
    const size_t n = f->unknowns;
    for (size_t p = 0; p < n; p++)
        f->a[p][n + p] = 1.0;
    for (size_t p = 0; p < n; p++) {
        const double pivot = f->a[p][p];
        for (size_t j = 0; j < 2 * n; j++)
            f->a[p][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            const double factor = i == p ? 0.0 : f->a[i][p];
            for (size_t j = 0; factor != 0.0 && j < 2 * n; j++)
                f->a[i][j] -= factor * f->a[p][j];
        }
    }
}

/* Phases of all gains and looks, and `parts` more unknowns from derivative: phase of (s, p). */
static void fill_fisher(const rig *r, double sigma, fisher *f, size_t parts,
                        void (*derive)(const rig *r, size_t s, size_t p, double *row))
{
    static double row[X_MOST];
    memset(f, 0, sizeof *f);
    f->unknowns = parts + r->n + r->looks;
    for (size_t s = 0; s < r->looks; s++)
        for (size_t p = 0; p < r->n; p++) {
            memset(row, 0, sizeof row);
            derive(r, s, p, row);
            row[parts + p] = row[parts + r->n + s] = 1.0;
            /* Fisher information of a phase: 2 |y|^2 / sigma^2. */
            add_row(f, row, 2.0 * pow(r->level[s] * cabs(r->gain[0][p]) / sigma, 2.0));
        }
    /* The common phase, fixed in the gains. */
    memset(row, 0, sizeof row);
    for (size_t p = 0; p < r->n; p++)
        row[parts + p] = 1.0;
    add_row(f, row, 1e3 / (sigma * sigma));
}

static void derive_positions(const rig *r, size_t s, size_t p, double *row)
{
    for (size_t k = 0; k < 3; k++)
        row[3 * p + k] = 2.0 * M_PI * r->direction[3 * s + k];
}

static void positions_against_the_bound(void)
{
    const size_t seeds = test_seeds(300);
    static rig r;
    static fisher f;
    const double sigma = 0.02;
    double off = 0.0, said = 0.0, count = 0.0, chi2 = 0.0, row[X_MOST] = {0.0};
    open_rig(&r, 6, 7, 0.1, 20);
    fill_fisher(&r, sigma, &f, 3 * r.n, derive_positions);
    /* Displacements of mean 0. */
    for (size_t k = 0; k < 3; k++) {
        memset(row, 0, sizeof row);
        for (size_t p = 0; p < r.n; p++)
            row[3 * p + k] = 1.0;
        add_row(&f, row, 1e3 / (sigma * sigma));
    }
    invert(&f);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 20, 1 + t);
        r.config.sigma = t % 2 == 0 ? sigma : 0.0;
        measure(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(locate(&r), CPH_OK);
        chi2 += (t % 2 == 0 ? r.found.fit.chi2_dof : pow(r.found.fit.sigma / sigma, 2.0)) /
                (double)seeds;
        for (size_t i = 0; i < 3 * r.n; i++) {
            const double least = f.a[i][f.unknowns + i];
            off += pow((r.position[i] - r.truth[i]) / WAVELENGTH, 2.0) / least;
            said += pow(r.sigma[i] / WAVELENGTH, 2.0) / least;
            count += 1.0;
        }
    }
    test_row("6 elements, 7 looks, gains unknown", "position", off / count, sqrt(said / off));
    printf("chi2 %.3f ", chi2);
    CU_ASSERT(off / count > 0.95 && off / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / off), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.07);
}

/* By differences of the turned position. */
static void derive_turns(const rig *r, size_t s, size_t p, double *row)
{
    const double *const a = r->truth + 3 * p, *const u = r->direction + 3 * s, step = 1e-6;
    for (size_t k = 0; k < 3; k++) {
        double b[3] = {a[0], a[1], a[2]};
        const size_t i = (k + 1) % 3, j = (k + 2) % 3;
        b[i] = cos(step) * a[i] - sin(step) * a[j];
        b[j] = sin(step) * a[i] + cos(step) * a[j];
        for (size_t m = 0; m < 3; m++)
            row[k] += 2.0 * M_PI / WAVELENGTH * u[m] * (b[m] - a[m]) / step;
    }
}

static void turns_against_the_bound(void)
{
    const size_t seeds = test_seeds(600);
    static rig r;
    static fisher f;
    const double sigma = 0.05;
    double off = 0.0, said = 0.0, count = 0.0, true_turn[9];
    open_rig(&r, 8, 5, 0.0, 21);
    turn_by(&r, 0.02, 0.03, -0.04);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(orient(&r, 0.0), CPH_OK);
    memcpy(true_turn, r.turned.rotation, sizeof true_turn);
    fill_fisher(&r, sigma, &f, 3, derive_turns);
    invert(&f);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 21, 1 + t);
        r.config.sigma = t % 2 == 0 ? sigma : 0.0;
        measure(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(orient(&r, 0.0), CPH_OK);
        for (size_t k = 0; k < 3; k++) {
            /* The antisymmetric part of found true^T. */
            const size_t i = (k + 1) % 3, j = (k + 2) % 3;
            double twist = 0.0;
            for (size_t m = 0; m < 3; m++)
                twist += r.turned.rotation[3 * j + m] * true_turn[3 * i + m];
            off += twist * twist / f.a[k][f.unknowns + k];
            said += pow(r.turned.sigma_rad[k], 2.0) / f.a[k][f.unknowns + k];
            count += 1.0;
        }
    }
    test_row("8 elements, 5 looks, gains unknown", "turn", off / count, sqrt(said / off));
    CU_ASSERT(off / count > 0.95 && off / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / off), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.covariance[4], pow(r.turned.sigma_rad[1], 2.0), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.covariance[1], r.turned.covariance[3], 1e-15);
}

/* ---- refusals ---- */

static void expect_refusal(rig *r, bool turns, cph_status expected, const char *words)
{
    static rig before;
    r->position[0] = r->turned.rotation[0] = -7.0;
    before = *r;
    const cph_status status = turns ? orient(r, 0.0) : locate(r);
    is_refused(r, &before, sizeof before, &r->error, status, expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 8, 6, 0.1, 30);
    measure(&r, 0.0);
    r.config.looks = 3;
    expect_refusal(&r, false, CPH_ERR_TOO_FEW, "3 looks");
    r.config.looks = 2;
    expect_refusal(&r, true, CPH_ERR_TOO_FEW, "2 looks");
    r.config.looks = 6;
    /* One direction again and again. */
    for (size_t s = 1; s < 6; s++)
        memcpy(r.direction + 3 * s, r.direction, 3 * sizeof *r.direction);
    measure(&r, 0.0);
    expect_refusal(&r, true, CPH_ERR_SINGULAR, "turns about some axis");
    expect_refusal(&r, false, CPH_ERR_SINGULAR, "leave positions of 8 elements open");
    r.direction[4] = 2.0;
    expect_refusal(&r, false, CPH_ERR_ARGUMENT, "direction of look 1");
    r.direction[4] = r.direction[1];
    r.freq[2] = 0.0;
    expect_refusal(&r, false, CPH_ERR_ARGUMENT, "frequency of look 2");
    r.freq[2] = FREQ;
    r.nominal[7] = NAN;
    expect_refusal(&r, true, CPH_ERR_NOT_FINITE, "element 2");
    r.nominal[7] = 0.0;
    memset(r.flag, CPH_FLAG_HOT, 7);
    expect_refusal(&r, false, CPH_ERR_TOO_FEW, "1 unflagged");
    r.config.sigma = -1.0;
    expect_refusal(&r, false, CPH_ERR_ARGUMENT, "needed");
    double mirror[9] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0};
    CU_ASSERT_EQUAL(cph_survey_orient(&r.config, NULL, mirror, 0.0, &r.turned, &r.error),
                    CPH_ERR_ARGUMENT);
    open_rig(&r, 8, 6, 0.1, 31);
    measure(&r, 0.0);
    r.nominal[0] = 1e3;
    CU_ASSERT_EQUAL(orient(&r, 1.0), CPH_ERR_ARGUMENT);
    CU_ASSERT(strstr(r.error.message, "too wide") != NULL);
}

CU_TestInfo cph_tests_calib_survey[] = {
    {"without noise positions are exact", without_noise_positions_are_exact},
    {"what is missing is left out", what_is_missing_is_left_out},
    {"a cone of directions leaves heights open", a_cone_of_directions_leaves_heights_open},
    {"without noise turns are exact", without_noise_turns_are_exact},
    {"positions against the Cramer-Rao bound", positions_against_the_bound},
    {"turns against the Cramer-Rao bound", turns_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
