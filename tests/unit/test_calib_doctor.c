/* SPDX-License-Identifier: MIT */
/* Conventions that are found: from covariances written in another one, against naive sums, and not
 * where there is nothing to be found. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/doctor.h"
#include "cophase/array.h"
#include "tests/unit/doctor_rig.h"
#include "tests/unit/seeds.h"

/* Uncalibrated, elements 40 degrees rms out of phase, as stations are. */
static void each_mistake_is_named(void)
{
    static doctor_rig r;
    for (size_t sources = 1; sources <= 2; sources++)
        for (size_t i = 0; i < RIG_MISTAKES; i++) {
            doctor_rig_open(&r, 31, sources, 0.7, 1 + i);
            doctor_mistakes[i].spoil(&r);
            doctor_rig_examine(&r);
            CU_ASSERT_EQUAL(r.result.verdict, i == 0 ? CPH_DOCTOR_FITS : CPH_DOCTOR_OTHER);
            CU_ASSERT_EQUAL(r.row[r.result.best].same_as,
                            doctor_rig_group(&r, &doctor_mistakes[i].convention));
            CU_ASSERT(r.row[r.result.best].fits);
            CU_ASSERT(r.row[r.result.best].coherence > 0.4);
            CU_ASSERT(i == 0 || r.row[r.result.as_given].chance > 1e-3 ||
                      r.row[r.result.as_given].behind_sigma > r.result.threshold);
        }
}

/* ---- naive sums ---- */

static double complex entry(const doctor_rig *r, size_t p, size_t q)
{
    const cph_c64 *const c = r->scene.r;
    const size_t ld = r->problem.ld;
    return scene_get(c[p * ld + q]) / sqrt(c[p * ld + p].re * c[q * ld + q].re);
}

/* Cosine between R and one source's model, without one element (n: with all). */
static double naive_score(const doctor_rig *r, const double complex *v, size_t without)
{
    double cross = 0.0, data = 0.0, model = 0.0;
    for (size_t p = 0; p < r->scene.n; p++)
        for (size_t q = 0; q < r->scene.n; q++) {
            if (p == q || p == without || q == without)
                continue;
            const double complex m = v[p] * conj(v[q]);
            cross += creal(conj(m) * entry(r, p, q));
            data += pow(cabs(entry(r, p, q)), 2.0);
            model += pow(cabs(m), 2.0);
        }
    return cross / sqrt(data * model);
}

/* Standard errors by definition: t of the jackknife. */
static double naive_t(const doctor_rig *r, const double complex *v, const double complex *other)
{
    const size_t n = r->scene.n;
    double x[SCENE_ELEMENTS], mean = 0.0, sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        x[k] = naive_score(r, v, k) - naive_score(r, other, k);
        mean += x[k] / (double)n;
    }
    for (size_t k = 0; k < n; k++)
        sum += (x[k] - mean) * (x[k] - mean);
    const double value = naive_score(r, v, n) - naive_score(r, other, n);
    return value / sqrt(sum * (double)(n - 1) / (double)n);
}

/* The probability of t with nu degrees of freedom to be exceeded, by Simpson's rule over the angle
 * t = sqrt(nu) tan(angle), against that of the normal distribution. */
static void expect_sigma(double sigma, double t, double nu)
{
    enum { STEPS = 20000 };
    const double from = atan(t / sqrt(nu)), h = (M_PI / 2.0 - from) / STEPS;
    double sum = 0.0;
    for (int i = 0; i <= STEPS; i++)
        sum += pow(cos(from + i * h), nu - 1.0) * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
    const double tail =
        sum * h / 3.0 * exp(lgamma((nu + 1.0) / 2.0) - lgamma(nu / 2.0)) / sqrt(M_PI);
    /* Wallace's approximation is good to 1 % of sigma here. */
    CU_ASSERT(0.5 * erfc(sigma * 0.99 * M_SQRT1_2) > tail);
    CU_ASSERT(0.5 * erfc(sigma * 1.01 * M_SQRT1_2) < tail);
}

/* Mean square of the phases of elements against v v^H of all others. */
static double naive_phases(const doctor_rig *r, const double complex *v)
{
    const size_t n = r->scene.n, ld = r->problem.ld;
    double sum = 0.0;
    for (size_t p = 0; p < n; p++) {
        double complex along = 0.0;
        for (size_t q = 0; q < n; q++)
            along += q == p ? 0.0
                            : scene_get(r->scene.r[p * ld + q]) * conj(v[p]) * v[q] /
                                  sqrt(r->scene.r[q * ld + q].re);
        sum += carg(along) * carg(along) / (double)n;
    }
    return sum;
}

/* The same for the probability that F of nu and nu degrees of freedom exceeds f: beta's, of
 * 1 / (1 + f), by Simpson's rule over its square root, which is a sine. */
static void expect_ratio(double sigma, double f, double nu)
{
    enum { STEPS = 20000 };
    const double to = asin(sqrt(1.0 / (1.0 + f))), h = to / STEPS;
    double sum = 0.0;
    for (int i = 0; i <= STEPS; i++)
        sum += pow(0.5 * sin(2.0 * i * h), nu - 1.0) * (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2);
    const double tail = sum * h / 3.0 * 2.0 * exp(lgamma(nu) - 2.0 * lgamma(0.5 * nu));
    /* By way of t, likewise. */
    CU_ASSERT(0.5 * erfc(sigma * 0.99 * M_SQRT1_2) > tail);
    CU_ASSERT(0.5 * erfc(sigma * 1.01 * M_SQRT1_2) < tail);
}

static void scores_are_those_of_naive_sums(void)
{
    static doctor_rig r;
    double complex given[SCENE_ELEMENTS], other[SCENE_ELEMENTS];
    doctor_rig_open(&r, 23, 1, 0.9, 2);
    doctor_rig_conjugate(&r);
    doctor_rig_mirror_x(&r);
    doctor_rig_shift(&r, 1);
    doctor_rig_examine(&r);
    const double *const u = r.direction, k = 2.0 * M_PI * SCENE_FREQ / CPH_SPEED_OF_LIGHT;
    for (size_t p = 0; p < 23; p++) {
        const double *const a = r.position + 3 * p, *const b = r.position + 3 * ((p + 1) % 23);
        given[p] = cexp(I * k * (u[0] * a[0] + u[1] * a[1] + u[2] * a[2]));
        other[p] = cexp(-I * k * (-u[0] * b[0] + u[1] * b[1] + u[2] * b[2]));
    }
    const cph_doctor_row *const best = doctor_rig_row(&r, &doctor_mistakes[12].convention);
    const cph_doctor_row *const as_given = &r.row[r.result.as_given];
    CU_ASSERT_EQUAL(best->same_as, 0);
    const double scores[] = {naive_score(&r, other, 23), naive_score(&r, given, 23)};
    CU_ASSERT_DOUBLE_EQUAL(best->score, scores[0], 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(as_given->score, scores[1], 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(best->explained, scores[0] * scores[0], 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(as_given->behind, scores[0] - scores[1], 1e-12);
    expect_sigma(as_given->behind_sigma, naive_t(&r, other, given), 22.0);
    /* One of twice `rows` normal values, one-sided. */
    CU_ASSERT_DOUBLE_EQUAL((double)r.result.rows * erfc(r.result.threshold * M_SQRT1_2), 1e-3,
                           1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r.result.apart, 3.2905, 1e-4);
    const double phases[] = {naive_phases(&r, other), naive_phases(&r, given)};
    CU_ASSERT_DOUBLE_EQUAL(pow(r.row[0].phase_rms_rad, 2.0), phases[0], 1e-9);
    /* A power below 0 is none. */
    CU_ASSERT_DOUBLE_EQUAL(pow(as_given->phase_rms_rad, 2.0),
                           scores[1] > 0.0 ? phases[1] : M_PI * M_PI / 3.0, 1e-9);
}

/* A lattice listed one off: all but the ends of its rows see a common phase, so that scores are
 * much alike and depend on few elements, but the phases of those are beyond all noise. */
static void a_shifted_lattice_is_told_by_its_ends(void)
{
    enum { ROWS = 5, COLUMNS = 6, N = ROWS * COLUMNS };
    static doctor_rig r;
    static const size_t samples[] = {0, 2000};
    const cph_convention one_off = {.order = CPH_ORDER_SHIFTED, .shift = 1, .scale = 1.0};
    const double wavelength = CPH_SPEED_OF_LIGHT / SCENE_FREQ;
    for (size_t k = 0; k < 2; k++) {
        doctor_rig_open(&r, N, 1, 0.3, 7);
        scene *const s = &r.scene;
        for (size_t n = 0; n < N; n++) {
            const double place[3] = {0.5 * (double)(n % COLUMNS) * wavelength,
                                     0.5 * (double)(n / COLUMNS) * wavelength, 0.0};
            memcpy(s->position + 3 * n, place, sizeof place);
            s->noise[n] = 0.5;
        }
        memcpy(r.position, s->position, sizeof r.position);
        scene_sample(s, 2000.0);
        doctor_rig_calibrate(&r);
        r.problem.samples = (double)samples[k];
        doctor_rig_examine(&r);
        const cph_doctor_row *const shifted = doctor_rig_row(&r, &one_off);
        const double noise = r.row[0].phase_noise_rad, rms = r.row[0].phase_rms_rad;
        CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_FITS);
        CU_ASSERT(shifted->explained > 0.4 && r.row[0].explained > 0.95);
        CU_ASSERT(shifted->behind_sigma > r.result.threshold && !shifted->fits);
        CU_ASSERT(k == 0 ? noise == 0.0 : rms / noise > 0.6 && rms / noise < 1.6);
        const double f = pow(shifted->phase_rms_rad / fmax(noise, rms), 2.0);
        expect_ratio(shifted->behind_sigma, f, N - 1.0);
    }
}

/* ---- what cannot be told ---- */

static void what_predicts_the_same_is_one_line(void)
{
    static doctor_rig r;
    const cph_convention half_turn = {.axes = CPH_AXES_HALF_TURN, .scale = 1.0};
    const cph_convention conjugated = {.conjugated = true, .scale = 1.0};
    const cph_convention mirrored_z = {.axes = CPH_AXES_Z_MIRRORED, .scale = 1.0};
    const cph_convention turned = {.conjugated = true, .axes = CPH_AXES_HALF_TURN, .scale = 1.0};
    const cph_convention reading = {.scale = 1.0, .reading = 2};
    const cph_convention x = {.axes = CPH_AXES_X_MIRRORED, .scale = 1.0};
    doctor_rig_open(&r, 31, 1, 0.7, 3);
    doctor_rig_examine(&r);
    /* With heights, conjugation is the half turn with z mirrored, and that alone. */
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &turned), doctor_rig_group(&r, &mirrored_z));
    CU_ASSERT_NOT_EQUAL(doctor_rig_group(&r, &half_turn), doctor_rig_group(&r, &conjugated));
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &reading), doctor_rig_group(&r, &x));
    /* In a plane it is the half turn; the simplest of a line stands first. */
    for (size_t p = 0; p < r.scene.n; p++)
        r.scene.position[3 * p + 2] = r.position[3 * p + 2] = 0.0;
    scene_sample(&r.scene, 2000.0);
    doctor_rig_conjugate(&r);
    doctor_rig_examine(&r);
    CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_OTHER);
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &half_turn), doctor_rig_group(&r, &conjugated));
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &conjugated), r.row[r.result.best].same_as);
    CU_ASSERT_EQUAL(cph_convention_changes(&r.row[r.result.best].convention), 1);
    CU_ASSERT_EQUAL(r.row[r.result.best].same_as, r.result.best);
}

/* A square array listed backwards is itself turned by a half. */
static void a_symmetric_array_hides_its_order(void)
{
    static doctor_rig r;
    cph_array square;
    doctor_rig_open(&r, 36, 1, 0.5, 4);
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(6, 6, 1.0, &square), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&square, r.position), CPH_OK);
    memcpy(r.scene.position, r.position, sizeof r.position);
    cph_array_free(&square);
    scene_sample(&r.scene, 2000.0);
    doctor_rig_examine(&r);
    const cph_convention both = {
        .axes = CPH_AXES_HALF_TURN, .order = CPH_ORDER_REVERSED, .scale = 1.0};
    CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_FITS);
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &both), r.result.as_given);
    /* Listed backwards, three conventions say so: by order, by axes, by conjugation. */
    doctor_rig_reverse(&r);
    doctor_rig_examine(&r);
    const cph_convention order = {.order = CPH_ORDER_REVERSED, .scale = 1.0};
    const cph_convention axes = {.axes = CPH_AXES_HALF_TURN, .scale = 1.0};
    const cph_convention data = {.conjugated = true, .scale = 1.0};
    CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_OTHER);
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &order), r.row[r.result.best].same_as);
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &axes), doctor_rig_group(&r, &order));
    CU_ASSERT_EQUAL(doctor_rig_group(&r, &data), doctor_rig_group(&r, &order));
}

/* ---- nothing where there is nothing ---- */

static void elements_of_any_phase_fit_nothing(void)
{
    static doctor_rig r;
    const size_t seeds = test_seeds(100);
    size_t found = 0;
    double highest = 0.0;
    for (size_t i = 0; i < seeds; i++) {
        doctor_rig_open(&r, 8 + i % 24, 1 + i % 2, 20.0, 100 + i);
        doctor_rig_examine(&r);

        found += r.result.verdict != CPH_DOCTOR_NOTHING;
        for (size_t k = 0; k < r.result.rows; k++)
            highest = fmax(highest, 1e-3 / r.row[k].chance);
    }
    printf("\n    %zu of %zu found, nearest %.2f of 1e-3 ", found, seeds, highest);
    /* 1 in 1000 each: 6 and more of 1000 have a chance below 1e-3. */
    CU_ASSERT(found <= (seeds > 100 ? 5 : 1));
}

/* Of six sources with fitted powers, elements 45 degrees off are seen, wrong as their data are. */
static void many_sources_fit_beyond_chance(void)
{
    const double low = cph_doctor_chance(24, 6, 0.5, 0.55),
                 one = cph_doctor_chance(24, 1, 0.5, 0.55);
    CU_ASSERT(one < low && low < 1e-3);
    for (size_t sources = 2; sources <= 16; sources++)
        CU_ASSERT(cph_doctor_chance(24, sources - 1, 0.5, 0.55) <=
                  cph_doctor_chance(24, sources, 0.5, 0.55));
}

static void nothing_wrong_is_never_found_wrong(void)
{
    static doctor_rig r;
    const size_t seeds = test_seeds(100);
    size_t other = 0, fits = 0;
    for (size_t i = 0; i < seeds; i++) {
        doctor_rig_open(&r, 28 + i % 12, 1 + i % 2, 0.6, 1000 + i);
        doctor_rig_examine(&r);
        other += r.result.verdict == CPH_DOCTOR_OTHER;
        fits += r.result.verdict == CPH_DOCTOR_FITS;
    }
    printf("\n    %zu of %zu fit, %zu others ", fits, seeds, other);
    CU_ASSERT(other <= (seeds > 100 ? 5 : 1));
    CU_ASSERT((double)fits > 0.9 * (double)seeds);
}

CU_TestInfo cph_tests_calib_doctor[] = {
    {"each mistake is named", each_mistake_is_named},
    {"scores are those of naive sums", scores_are_those_of_naive_sums},
    {"a shifted lattice is told by its ends", a_shifted_lattice_is_told_by_its_ends},
    {"many sources fit beyond chance", many_sources_fit_beyond_chance},
    {"what predicts the same is one line", what_predicts_the_same_is_one_line},
    {"a symmetric array hides its order", a_symmetric_array_hides_its_order},
    {"elements of any phase fit nothing", elements_of_any_phase_fit_nothing},
    {"nothing wrong is never found wrong", nothing_wrong_is_never_found_wrong},
    CU_TEST_INFO_NULL,
};
