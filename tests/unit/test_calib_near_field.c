/* SPDX-License-Identifier: MIT */
/* Excitations from a scanned field: by its spectrum, and by least squares. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/near_field.h"
#include "cophase/random.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N_MOST = 20, SIDE_MOST = 64, SAMPLES_MOST = SIDE_MOST * SIDE_MOST };
#define FREQ       10e9
#define WAVELENGTH (CPH_SPEED_OF_LIGHT / FREQ)
#define WAVENUMBER (2.0 * M_PI / WAVELENGTH)

typedef struct rig {
    size_t n;
    double complex gain[N_MOST];
    double position[3 * N_MOST];
    cph_c64 field[SAMPLES_MOST], image[SAMPLES_MOST];
    cph_random random;
    cph_near_field_scan scan;
    cph_near_field_options options;
    cph_near_field_solution solution;
    cph_c64 solved[N_MOST];
    double phase_sigma[N_MOST], amplitude_sigma[N_MOST], resolution[N_MOST];
    unsigned char flag[N_MOST];
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

/* Without symmetry, so that a mirrored direction is another value. */
static cph_c64 lopsided(const void *context, const double u[3])
{
    (void)context;
    return put((1.0 + 0.5 * u[0] - 0.3 * u[1]) * cexp(I * (0.9 * u[0] + 0.4 * u[1])));
}

/* A grid of nx by ny elements `pitch` wavelengths apart, off the middle of a scan of `side` samples
 * 0.4 wavelengths apart, 3 wavelengths above them. */
static void open_rig(rig *r, size_t nx, size_t ny, double pitch, size_t side, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = nx * ny;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t p = 0; p < r->n; p++) {
        r->position[3 * p] = WAVELENGTH * (pitch * (double)(p % nx) - 0.8);
        r->position[3 * p + 1] = WAVELENGTH * (pitch * (double)(p / nx) - 0.3);
        r->position[3 * p + 2] = 0.4 * WAVELENGTH;
        r->gain[p] = (0.6 + 0.8 * cph_random_uniform(&r->random)) *
                     cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
    }
    r->scan = (cph_near_field_scan){.columns = side,
                                    .rows = side - 2,
                                    .field = r->field,
                                    .x0 = -0.4 * WAVELENGTH * 0.5 * (double)(side - 1),
                                    .y0 = -0.4 * WAVELENGTH * 0.5 * (double)(side - 3),
                                    .dx = 0.4 * WAVELENGTH,
                                    .dy = 0.38 * WAVELENGTH,
                                    .z = 3.4 * WAVELENGTH,
                                    .freq_hz = FREQ,
                                    .elements = r->n,
                                    .position = r->position};
    r->solution.estimate =
        (cph_gain_estimate){r->solved, r->phase_sigma, r->amplitude_sigma, r->flag};
    r->solution.resolution = r->resolution;
}

/* The sum over elements of spherical waves. */
static double complex field_at(const rig *r, size_t n, size_t j, size_t i)
{
    const cph_near_field_scan *const s = &r->scan;
    const double x = s->x0 + (double)i * s->dx - r->position[3 * n],
                 y = s->y0 + (double)j * s->dy - r->position[3 * n + 1],
                 z = s->z - r->position[3 * n + 2], distance = sqrt(x * x + y * y + z * z);
    const double u[3] = {x / distance, y / distance, z / distance};
    double complex e = cexp(-I * WAVENUMBER * distance) / distance;
    if (s->element.at != NULL)
        e *= scene_get(s->element.at(s->element.context, u));
    if (s->probe.at != NULL)
        e *= scene_get(s->probe.at(s->probe.context, u));
    return e;
}

static void measure(rig *r, double sigma)
{
    for (size_t j = 0; j < r->scan.rows; j++)
        for (size_t i = 0; i < r->scan.columns; i++) {
            double complex e = sigma * scene_get(cph_random_normal(&r->random));
            for (size_t n = 0; n < r->n; n++)
                e += r->gain[n] * field_at(r, n, j, i);
            r->field[j * r->scan.columns + i] = put(e);
        }
}

static cph_status project(rig *r, double max_sine, cph_c64 *image)
{
    return cph_near_field_project(&r->scan, max_sine, &r->solution.estimate, image, &r->error);
}

static cph_status solve(rig *r)
{
    return cph_near_field_solve(&r->scan, &r->options, &r->solution, &r->error);
}

static double worst(const rig *r, const double complex *expected)
{
    double most = 0.0;
    for (size_t n = 0; n < r->n; n++)
        most = fmax(most, cabs(scene_get(r->solved[n]) - expected[n]));
    return most;
}

#if CPH_HAVE_FFTW

/* What a circle of directions leaves of a point, at q = k max_sine distance. */
static double airy(double q)
{
    return q > 0.0 ? 2.0 * j1(q) / q : 1.0;
}

static void blurred(const rig *r, double max_sine, double complex *expected)
{
    for (size_t n = 0; n < r->n; n++) {
        expected[n] = 0.0;
        for (size_t m = 0; m < r->n; m++)
            expected[n] +=
                r->gain[m] * airy(WAVENUMBER * max_sine *
                                  hypot(r->position[3 * n] - r->position[3 * m],
                                        r->position[3 * n + 1] - r->position[3 * m + 1]));
    }
}

/* One element off every middle is seen where it is, with its phase: the scan is taken back, not
 * forth, whatever the patterns. */
static void one_element_is_seen_where_it_is(void)
{
    static rig r;
    for (int patterns = 0; patterns < 2; patterns++) {
        open_rig(&r, 1, 1, 0.0, SIDE_MOST, 1);
        if (patterns) {
            r.scan.element.at = lopsided;
            r.scan.probe.at = lopsided;
        }
        /* A grid point, so that the image has it. */
        r.position[0] = r.scan.x0 + 27.0 * r.scan.dx;
        r.position[1] = r.scan.y0 + 33.0 * r.scan.dy;
        measure(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(project(&r, 0.85, r.image), CPH_OK);
        printf("off by %.3f ", worst(&r, r.gain) / cabs(r.gain[0]));
        CU_ASSERT(worst(&r, r.gain) < 0.1 * cabs(r.gain[0]));
        size_t best = 0;
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            if (cabs(scene_get(r.image[i])) > cabs(scene_get(r.image[best])))
                best = i;
        CU_ASSERT_EQUAL(best, 33 * r.scan.columns + 27);
        CU_ASSERT(cabs(scene_get(r.image[best]) - scene_get(r.solved[0])) < 1e-9);
        /* Half a wavelength away 18 % are left, for all directions; the spectrum's own shape. */
        const double beside = cabs(scene_get(r.image[best + 1])) / cabs(scene_get(r.solved[0]));
        CU_ASSERT_DOUBLE_EQUAL(beside, airy(WAVENUMBER * 0.85 * r.scan.dx), 0.05);
        /* The other time factor is another answer. */
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            r.field[i].im = -r.field[i].im;
        CU_ASSERT_EQUAL_FATAL(project(&r, 0.85, NULL), CPH_OK);
        CU_ASSERT(cabs(scene_get(r.solved[0])) < 0.2 * cabs(r.gain[0]));
    }
}

static void neighbours_blur_as_the_circle_says(void)
{
    static rig r;
    const double pitches[] = {0.5, 0.7, 1.2};
    for (size_t k = 0; k < sizeof pitches / sizeof pitches[0]; k++) {
        double complex expected[N_MOST];
        double off[2];
        for (size_t wide = 0; wide < 2; wide++) {
            open_rig(&r, 3, 2, pitches[k], wide ? SIDE_MOST : 40, 2);
            measure(&r, 0.0);
            const double edge = 0.4 * 0.5 * (double)r.scan.rows - 2.0,
                         max_sine = edge / hypot(edge, 3.0);
            CU_ASSERT_EQUAL_FATAL(project(&r, max_sine, NULL), CPH_OK);
            blurred(&r, max_sine, expected);
            off[wide] = worst(&r, expected);
        }
        printf("blur %.1f: %.3f %.3f, of truth %.3f ", pitches[k], off[0], off[1],
               worst(&r, r.gain));
        /* Of six elements of modulus 1 or so. */
        CU_ASSERT(off[1] < 0.15);
        /* Least squares knows better. */
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r, r.gain) < 1e-9);
    }
}

/* Squares of phase errors times moduli, summed: what standard errors say. */
static double said_by(const rig *r)
{
    double sum = 0.0;
    for (size_t n = 0; n < r->n; n++)
        sum += 2.0 * pow(r->phase_sigma[n] * cabs(scene_get(r->solved[n])), 2.0);
    return sum;
}

/* Beside the blur, which standard errors hold without any noise. */
static void noise_of_the_projection(void)
{
    const size_t seeds = test_seeds(100);
    static rig r;
    double complex mean[N_MOST] = {0.0};
    double said = 0.0, scatter = 0.0;
    open_rig(&r, 3, 2, 0.7, 32, 3);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(project(&r, 0.7, NULL), CPH_OK);
    CU_ASSERT(isnan(r.phase_sigma[0]));
    for (size_t n = 0; n < r.n; n++)
        mean[n] = scene_get(r.solved[n]);
    const double sigma[2] = {1e-9, 0.02};
    static cph_c64 clean[SAMPLES_MOST];
    memcpy(clean, r.field, sizeof clean);
    for (size_t t = 0; t < seeds; t++) {
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            r.field[i] =
                put(scene_get(clean[i]) + sigma[1] * scene_get(cph_random_normal(&r.random)));
        for (int k = 0; k < 2; k++) {
            r.scan.sigma = sigma[k];
            CU_ASSERT_EQUAL_FATAL(project(&r, 0.7, NULL), CPH_OK);
            said += (k == 0 ? -1.0 : 1.0) * said_by(&r);
        }
        for (size_t n = 0; n < r.n; n++)
            scatter += pow(cabs(scene_get(r.solved[n]) - mean[n]), 2.0);
    }
    printf("scatter / sigma %.3f ", sqrt(scatter / said));
    CU_ASSERT(scatter / said < 1.15 && scatter / said > 0.7);
}

#else

static void it_says_that_it_is_not_there(void)
{
    static rig r;
    open_rig(&r, 2, 2, 0.7, 32, 1);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(project(&r, 1.0, r.image), CPH_ERR_UNSUPPORTED);
    CU_ASSERT(strstr(r.error.message, "FFTW") != NULL);
}

#endif

/* ---- least squares ---- */

static void least_squares_are_exact(void)
{
    static rig r;
    open_rig(&r, 4, 3, 0.5, 12, 10);
    r.scan.element.at = lopsided;
    r.scan.probe = (cph_near_field_pattern){cph_near_field_cosine, &(const double){1.5}};
    r.position[2] += 0.3 * WAVELENGTH;
    measure(&r, 0.0);
    r.field[7] = put(NAN);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.samples, 12 * 10 - 1);
    CU_ASSERT(worst(&r, r.gain) < 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r.resolution[5], 1.0, 1e-9);
    CU_ASSERT(r.solution.sigma < 1e-9 && isnan(r.solution.chi2_dof));
    /* The other time factor does not fit. */
    for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
        r.field[i].im = -r.field[i].im;
    r.scan.sigma = 1e-3;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(r.solution.chi2_dof > 100.0);
    /* A dead element is left out. */
    open_rig(&r, 4, 3, 0.5, 12, 11);
    r.flag[4] = CPH_FLAG_DEAD;
    r.gain[4] = 0.0;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(isnan(r.solved[4].re) && r.flag[4] == CPH_FLAG_DEAD && isnan(r.resolution[4]));
    CU_ASSERT(cabs(scene_get(r.solved[5]) - r.gain[5]) < 1e-9);
}

/* Elements a fifth of a wavelength apart: what differs between neighbours dies out before the
 * probe. Regularised, sums are right, single elements are near to what was known. */
static void too_close_elements_are_regularised(void)
{
    static rig r;
    static cph_c64 near[N_MOST];
    open_rig(&r, 5, 4, 0.15, 16, 12);
    r.options.regularisation = 1e-4;
    r.scan.sigma = 0.003;
    measure(&r, r.scan.sigma);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    size_t unsolved = 0;
    for (size_t n = 0; n < r.n; n++)
        unsolved += r.flag[n] == CPH_FLAG_UNSOLVED && isnan(r.solved[n].re);
    printf("unsolved %zu ", unsolved);
    CU_ASSERT(unsolved >= 4);
    /* Known before, they stay what they are. */
    memset(r.flag, 0, sizeof r.flag);
    for (size_t n = 0; n < r.n; n++)
        near[n] = put(r.gain[n]);
    r.options.near = near;
    r.options.regularisation = 1.0;
    measure(&r, 0.0);
    for (size_t n = 0; n < r.n; n++)
        r.resolution[n] = -1.0;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t n = 0; n < r.n; n++) {
        CU_ASSERT(r.resolution[n] > 0.0 && r.resolution[n] < 1.0);
        CU_ASSERT(r.flag[n] != CPH_FLAG_NONE || cabs(scene_get(r.solved[n]) - r.gain[n]) < 1e-9);
    }
}

/* (A^H A)^-1 of the direct sum, by Gauss and Jordan. */
static void bound_of(const rig *r, double sigma, double *variance)
{
    static double complex a[N_MOST][2 * N_MOST];
    const size_t n = r->n;
    memset(a, 0, sizeof a);
    for (size_t j = 0; j < r->scan.rows; j++)
        for (size_t i = 0; i < r->scan.columns; i++)
            for (size_t p = 0; p < n; p++)
                for (size_t q = 0; q < n; q++)
                    a[p][q] += conj(field_at(r, p, j, i)) * field_at(r, q, j, i);
    for (size_t p = 0; p < n; p++)
        a[p][n + p] = 1.0;
    for (size_t p = 0; p < n; p++) {
        const double complex pivot = a[p][p];
        for (size_t j = 0; j < 2 * n; j++)
            a[p][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            const double complex factor = i == p ? 0.0 : a[i][p];
            for (size_t j = 0; j < 2 * n; j++)
                a[i][j] -= factor * a[p][j];
        }
    }
    for (size_t p = 0; p < n; p++)
        variance[p] = 0.5 * sigma * sigma * creal(a[p][n + p]) / pow(cabs(r->gain[p]), 2.0);
}

static void scatter_against_the_bound(void)
{
    const size_t seeds = test_seeds(300);
    static rig r;
    static cph_c64 clean[SAMPLES_MOST];
    double least[N_MOST] = {0.0}, phase = 0.0, amplitude = 0.0, said = 0.0, count = 0.0, chi2 = 0.0;
    const double sigma = 0.05;
    open_rig(&r, 4, 3, 0.5, 14, 20);
    measure(&r, 0.0);
    memcpy(clean, r.field, sizeof clean);
    bound_of(&r, sigma, least);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 20, 1 + t);
        r.scan.sigma = t % 2 == 0 ? sigma : 0.0;
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            r.field[i] = put(scene_get(clean[i]) + sigma * scene_get(cph_random_normal(&r.random)));
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        chi2 +=
            (t % 2 == 0 ? r.solution.chi2_dof : pow(r.solution.sigma / sigma, 2.0)) / (double)seeds;
        for (size_t n = 0; n < r.n; n++) {
            const double complex off = scene_get(r.solved[n]) / r.gain[n];
            phase += pow(carg(off), 2.0) / least[n];
            amplitude += pow(cabs(off) - 1.0, 2.0) / least[n];
            said += pow(r.phase_sigma[n], 2.0) / least[n];
            count += 1.0;
        }
    }
    test_row("inverse of a scan, 4 x 3 elements", "phase", phase / count, sqrt(said / phase));
    test_row("inverse of a scan, 4 x 3 elements", "amplitude", amplitude / count, NAN);
    CU_ASSERT(phase / count > 0.95 && phase / count < 1.15);
    CU_ASSERT(amplitude / count > 0.95 && amplitude / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / phase), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.05);
}

/* ---- refusals ---- */

static void expect_refusal(rig *r, bool projected, cph_status expected, const char *words)
{
    static rig before;
    r->solved[0].re = r->solution.sigma = -7.0;
    before = *r;
    const cph_status status = projected ? project(r, 1.0, r->image) : solve(r);
    is_refused(r, &before, sizeof before, &r->error, status, expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 3, 2, 0.7, 12, 30);
    measure(&r, 0.0);
    r.position[5] += 0.3 * WAVELENGTH;
    expect_refusal(&r, true, CPH_ERR_ARGUMENT, "element 1");
    r.position[5] -= 0.3 * WAVELENGTH;
    r.scan.dx = 0.51 * WAVELENGTH;
    expect_refusal(&r, true, CPH_ERR_ARGUMENT, "half a wavelength");
    r.scan.dx = 0.4 * WAVELENGTH;
    r.field[13] = put(NAN);
    expect_refusal(&r, true, CPH_ERR_NOT_FINITE, "column 1, row 1");
    r.scan.columns = 5;
    r.scan.rows = 1;
    expect_refusal(&r, false, CPH_ERR_TOO_FEW, "5 finite samples for 6 elements");
    r.options.regularisation = -1.0;
    expect_refusal(&r, false, CPH_ERR_ARGUMENT, "regularisation");
    r.options.regularisation = 0.0;
    r.scan.columns = r.scan.rows = 12;
    r.field[13] = put(0.0);
    for (size_t k = 0; k < 3; k++)
        r.position[k] = r.position[3 + k];
    expect_refusal(&r, false, CPH_ERR_SINGULAR, "6 elements apart");
    r.position[5] = 3.4 * WAVELENGTH;
    expect_refusal(&r, false, CPH_ERR_ARGUMENT, "below the scan");
    r.position[4] = INFINITY;
    expect_refusal(&r, true, CPH_ERR_NOT_FINITE, "element 1");
    memset(r.flag, CPH_FLAG_HOT, sizeof r.flag);
    r.position[4] = r.position[5] = 0.0;
    expect_refusal(&r, false, CPH_ERR_TOO_FEW, "all 6");
}

CU_TestInfo cph_tests_calib_near_field[] = {
#if CPH_HAVE_FFTW
    {"one element is seen where it is", one_element_is_seen_where_it_is},
    {"neighbours blur as the circle says", neighbours_blur_as_the_circle_says},
    {"noise of the projection", noise_of_the_projection},
#else
    {"without FFTW it says so", it_says_that_it_is_not_there},
#endif
    {"least squares are exact", least_squares_are_exact},
    {"too close elements are regularised", too_close_elements_are_regularised},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
