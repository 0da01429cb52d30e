/* SPDX-License-Identifier: MIT */
/* Excitations from a scanned field by its spectrum; what is refused. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/near_field_rig.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

#if CPH_HAVE_FFTW

/* What a circle of directions leaves of a point, at q = k max_sine distance. */
static double airy(double q)
{
    return q > 0.0 ? 2.0 * j1(q) / q : 1.0;
}

static void blurred(const near_field_rig *r, double max_sine, double complex *expected)
{
    for (size_t n = 0; n < r->n; n++) {
        expected[n] = 0.0;
        for (size_t m = 0; m < r->n; m++)
            expected[n] +=
                r->gain[m] * airy(NEAR_WAVENUMBER * max_sine *
                                  hypot(r->position[3 * n] - r->position[3 * m],
                                        r->position[3 * n + 1] - r->position[3 * m + 1]));
    }
}

/* One element off every middle is seen where it is, with its phase: the scan is taken back, not
 * forth, whatever the patterns. */
static void one_element_is_seen_where_it_is(void)
{
    static near_field_rig r;
    for (int patterns = 0; patterns < 2; patterns++) {
        near_field_rig_open(&r, 1, 1, 0.0, NEAR_SIDE, 1);
        if (patterns) {
            r.scan.element.at = near_field_rig_lopsided;
            r.scan.probe.at = near_field_rig_lopsided;
        }
        /* A grid point, so that the image has it. */
        r.position[0] = r.scan.x0 + 27.0 * r.scan.dx;
        r.position[1] = r.scan.y0 + 33.0 * r.scan.dy;
        near_field_rig_measure(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(near_field_rig_project(&r, 0.85, r.image), CPH_OK);
        printf("off by %.3f ", near_field_rig_worst(&r, r.gain) / cabs(r.gain[0]));
        CU_ASSERT(near_field_rig_worst(&r, r.gain) < 0.1 * cabs(r.gain[0]));
        size_t best = 0;
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            if (cabs(scene_get(r.image[i])) > cabs(scene_get(r.image[best])))
                best = i;
        CU_ASSERT_EQUAL(best, 33 * r.scan.columns + 27);
        CU_ASSERT(cabs(scene_get(r.image[best]) - scene_get(r.solved[0])) < 1e-9);
        /* Half a wavelength away 18 % are left, for all directions; the spectrum's own shape. */
        const double beside = cabs(scene_get(r.image[best + 1])) / cabs(scene_get(r.solved[0]));
        CU_ASSERT_DOUBLE_EQUAL(beside, airy(NEAR_WAVENUMBER * 0.85 * r.scan.dx), 0.05);
        /* The other time factor is another answer. */
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            r.field[i].im = -r.field[i].im;
        CU_ASSERT_EQUAL_FATAL(near_field_rig_project(&r, 0.85, NULL), CPH_OK);
        CU_ASSERT(cabs(scene_get(r.solved[0])) < 0.2 * cabs(r.gain[0]));
    }
}

static void neighbours_blur_as_the_circle_says(void)
{
    static near_field_rig r;
    const double pitches[] = {0.5, 0.7, 1.2};
    for (size_t k = 0; k < sizeof pitches / sizeof pitches[0]; k++) {
        double complex expected[NEAR_ELEMENTS];
        double off[2];
        for (size_t wide = 0; wide < 2; wide++) {
            near_field_rig_open(&r, 3, 2, pitches[k], wide ? NEAR_SIDE : 40, 2);
            near_field_rig_measure(&r, 0.0);
            const double edge = 0.4 * 0.5 * (double)r.scan.rows - 2.0,
                         max_sine = edge / hypot(edge, 3.0);
            CU_ASSERT_EQUAL_FATAL(near_field_rig_project(&r, max_sine, NULL), CPH_OK);
            blurred(&r, max_sine, expected);
            off[wide] = near_field_rig_worst(&r, expected);
        }
        printf("blur %.1f: %.3f %.3f, of truth %.3f ", pitches[k], off[0], off[1],
               near_field_rig_worst(&r, r.gain));
        /* Of six elements of modulus 1 or so. */
        CU_ASSERT(off[1] < 0.15);
        /* Least squares knows better. */
        CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
        CU_ASSERT(near_field_rig_worst(&r, r.gain) < 1e-9);
    }
}

/* Squares of phase errors times moduli, summed: what standard errors say. */
static double said_by(const near_field_rig *r)
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
    static near_field_rig r;
    double complex mean[NEAR_ELEMENTS] = {0.0};
    double said = 0.0, scatter = 0.0;
    near_field_rig_open(&r, 3, 2, 0.7, 32, 3);
    near_field_rig_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(near_field_rig_project(&r, 0.7, NULL), CPH_OK);
    CU_ASSERT(isnan(r.phase_sigma[0]));
    for (size_t n = 0; n < r.n; n++)
        mean[n] = scene_get(r.solved[n]);
    const double sigma[2] = {1e-9, 0.02};
    static cph_c64 clean[NEAR_SAMPLES];
    memcpy(clean, r.field, sizeof clean);
    for (size_t t = 0; t < seeds; t++) {
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            r.field[i] = near_field_rig_put(scene_get(clean[i]) +
                                            sigma[1] * scene_get(cph_random_normal(&r.random)));
        for (int k = 0; k < 2; k++) {
            r.scan.sigma = sigma[k];
            CU_ASSERT_EQUAL_FATAL(near_field_rig_project(&r, 0.7, NULL), CPH_OK);
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
    static near_field_rig r;
    near_field_rig_open(&r, 2, 2, 0.7, 32, 1);
    near_field_rig_measure(&r, 0.0);
    CU_ASSERT_EQUAL(near_field_rig_project(&r, 1.0, r.image), CPH_ERR_UNSUPPORTED);
    CU_ASSERT(strstr(r.error.message, "FFTW") != NULL);
}

#endif

/* ---- refusals ---- */

static void expect_refusal(near_field_rig *r, bool projected, cph_status expected,
                           const char *words)
{
    static near_field_rig before;
    r->solved[0].re = r->solution.sigma = -7.0;
    before = *r;
    const cph_status status =
        projected ? near_field_rig_project(r, 1.0, r->image) : near_field_rig_solve(r);
    is_refused(r, &before, sizeof before, &r->error, status, expected, words);
}

static void what_is_refused(void)
{
    static near_field_rig r;
    near_field_rig_open(&r, 3, 2, 0.7, 12, 30);
    near_field_rig_measure(&r, 0.0);
    r.position[5] += 0.3 * NEAR_WAVELENGTH;
    expect_refusal(&r, true, CPH_ERR_ARGUMENT, "element 1");
    r.position[5] -= 0.3 * NEAR_WAVELENGTH;
    r.scan.dx = 0.51 * NEAR_WAVELENGTH;
    expect_refusal(&r, true, CPH_ERR_ARGUMENT, "half a wavelength");
    r.scan.dx = 0.4 * NEAR_WAVELENGTH;
    r.field[13] = near_field_rig_put(NAN);
    expect_refusal(&r, true, CPH_ERR_NOT_FINITE, "column 1, row 1");
    r.scan.columns = 5;
    r.scan.rows = 1;
    expect_refusal(&r, false, CPH_ERR_TOO_FEW, "5 finite samples for 6 elements");
    r.options.regularisation = -1.0;
    expect_refusal(&r, false, CPH_ERR_ARGUMENT, "regularisation");
    r.options.regularisation = 0.0;
    r.scan.columns = r.scan.rows = 12;
    r.field[13] = near_field_rig_put(0.0);
    for (size_t k = 0; k < 3; k++)
        r.position[k] = r.position[3 + k];
    expect_refusal(&r, false, CPH_ERR_SINGULAR, "6 elements apart");
    r.position[5] = 3.4 * NEAR_WAVELENGTH;
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
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
