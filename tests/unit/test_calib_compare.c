/* SPDX-License-Identifier: MIT */
/* Two calibrations of one array: known covers laid over it come back term by term. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/compare_rig.h"
#include "tests/unit/seeds.h"

static const double degree = 0.01745329251994329577;

/* The same surface as the comparison has it: its terms, summed at the places of the elements. */
static void expect_surface(const compare_rig *r, const cph_compare_part *part, const cover *truth,
                           bool turns, double within)
{
    const cph_comparison *const c = &r->made;
    double mean[CPH_COMPARE_TERMS] = {0}, common = 0.0, whole = 0.0;
    double worst = 0.0;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < r->n; i++) {
            double s[3] = {0}, value[CPH_COMPARE_TERMS] = {1.0}, sum = part->term[0];
            for (size_t k = 0; k < 3; k++)
                for (size_t j = 0; j < 3; j++)
                    s[k] += (r->position[3 * i + j] - c->centre[j]) * c->axis[k][j] / c->radius_m;
            for (size_t k = 0; k < 3; k++)
                value[1 + k] = s[k];
            value[4] = s[0] * s[0] + s[1] * s[1];
            value[5] = s[0] * s[0] - s[1] * s[1];
            value[6] = 2.0 * s[0] * s[1];
            const double true_value = compare_cover_at(truth, r->position + 3 * i);
            if (pass == 0) {
                for (size_t k = 1; k < CPH_COMPARE_TERMS; k++)
                    mean[k] += value[k] / (double)r->n;
                common += true_value / (double)r->n;
                continue;
            }
            for (size_t k = 1; k < CPH_COMPARE_TERMS; k++)
                sum += isnan(part->term[k]) ? 0.0 : part->term[k] * (value[k] - mean[k]);
            worst = fmax(worst, fabs(sum - part->term[0] - (true_value - common)));
            whole = fmax(whole, fabs(true_value - common));
        }
    const double off = part->term[0] - common;
    CU_ASSERT(fabs(turns ? remainder(off, 2.0 * M_PI) : off) < within);
    CU_ASSERT(worst < within);
    printf("[%.3g of %.3g] ", worst, whole);
}

/* Seven turns across the aperture, one and a half of defocus: nothing here can be unwrapped from
 * neighbour to neighbour, whose phases differ by up to 0.9 of a turn. */
static void covers_without_noise(void)
{
    static compare_rig r;
    const double k = 2.0 * M_PI / compare_wavelength();
    compare_open(&r, 0, 11);
    compare_grid(&r, 9, 11, 0.5 * compare_wavelength());
    const double rim = 6.0 * 0.5 * compare_wavelength();
    const cover phase = {0.4,
                         {0.62 * k, -0.71 * k, 0.0},
                         {6.0 / (rim * rim), 1.1 / (rim * rim), 8.0 / (rim * rim)},
                         {0.3 + 2.0 * compare_wavelength(), -0.1 + 2.5 * compare_wavelength()}};
    const cover level = {
        -0.15, {0.4 / rim, 0.9 / rim, 0.0}, {0.2 / rim, -0.5, 0.3 / (rim * rim)}, {0}};
    compare_lay(&r, &phase, &level);
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT_EQUAL(r.made.dims, 2);
    CU_ASSERT_EQUAL(r.made.used, r.n);
    expect_surface(&r, &r.made.phase, &phase, true, 1e-9);
    expect_surface(&r, &r.made.amplitude, &level, false, 1e-9);
    CU_ASSERT(r.made.phase.residual_rms < 1e-9 && r.made.amplitude.residual_rms < 1e-9);
    CU_ASSERT(r.made.chi2_dof > 1e3); /* of 0.1 degrees against turns */
}

/* A slope alone: the closed form of where the beam goes, u = u0 - k c / (2 pi f). */
static void slopes_move_the_beam(void)
{
    static compare_rig r;
    const double k = 2.0 * M_PI / compare_wavelength();
    const double look[3] = {0.3, -0.2, sqrt(1.0 - 0.13)};
    const cover none = {0.0, {0}, {0}, {0}}, phase = {-1.0, {0.05 * k, -0.02 * k, 0.0}, {0}, {0}};
    cph_compare_pointing to;
    compare_open(&r, 0, 12);
    compare_grid(&r, 7, 9, 0.5 * compare_wavelength());
    compare_lay(&r, &phase, &none);
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(r.made.slope[0], 0.05 * k, 1e-8 * k);
    CU_ASSERT_DOUBLE_EQUAL(r.made.slope[1], -0.02 * k, 1e-8 * k);
    CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, look, &to), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(to.direction[0], 0.25, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(to.direction[1], -0.18, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(to.direction[2], sqrt(1.0 - 0.25 * 0.25 - 0.18 * 0.18), 1e-9);
    const double angle =
        acos(0.25 * 0.3 + 0.18 * 0.2 + sqrt((1.0 - 0.25 * 0.25 - 0.18 * 0.18) * (1.0 - 0.13)));
    CU_ASSERT_DOUBLE_EQUAL(to.shift_rad, angle, 1e-8);
    const double edge[3] = {-0.98, 0.0, sqrt(1.0 - 0.98 * 0.98)};
    CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, edge, &to), CPH_OK);
    CU_ASSERT(isnan(to.shift_rad) && isnan(to.direction[0]));
    const double bad[3] = {1.0, 1.0, 0.0};
    CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, bad, &to), CPH_ERR_ARGUMENT);
}

/* A slanted line knows the slope along itself alone; the beam moves on the great circle of line and
 * look. */
static void a_line_has_one_tilt(void)
{
    static compare_rig r;
    const double k = 2.0 * M_PI / compare_wavelength();
    const double e[3] = {0.6, 0.0, 0.8}, look[3] = {0.0, 0.6, 0.8};
    cover phase = {0.0, {0}, {0}, {0}};
    const cover none = {0.0, {0}, {0}, {0}};
    cph_compare_pointing to;
    compare_open(&r, 23, 13);
    for (size_t i = 0; i < r.n; i++)
        for (size_t j = 0; j < 3; j++)
            r.position[3 * i + j] =
                e[j] * compare_wavelength() * (0.45 * (double)i + 0.1 * sin((double)i));
    for (size_t j = 0; j < 3; j++)
        phase.slope[j] = -0.55 * k * e[j];
    compare_lay(&r, &phase, &none);
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT_EQUAL(r.made.dims, 1);
    CU_ASSERT_DOUBLE_EQUAL(r.made.slope[0], -0.55 * 0.6 * k, 1e-8 * k);
    CU_ASSERT_DOUBLE_EQUAL(r.made.slope[2], -0.55 * 0.8 * k, 1e-8 * k);
    CU_ASSERT(isnan(r.made.phase.term[CPH_COMPARE_TILT + 1]));
    CU_ASSERT(fabs(r.made.phase.term[CPH_COMPARE_DEFOCUS]) < 1e-8);
    CU_ASSERT(isnan(r.made.phase.term[CPH_COMPARE_ASTIGMATISM]));
    CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, look, &to), CPH_OK);
    const double before = 0.64, after = 0.64 + 0.55;
    CU_ASSERT(isnan(to.shift_rad)); /* 1.19 is no cosine */
    CU_ASSERT(after > 1.0);
    for (size_t j = 0; j < 3; j++)
        r.made.slope[j] *= 0.5;
    CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, look, &to), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(to.shift_rad, acos(before) - acos(before + 0.275), 1e-8);
    const double *const u = to.direction;
    CU_ASSERT_DOUBLE_EQUAL(u[0] * e[0] + u[2] * e[2], before + 0.275, 1e-8);
}

/* Elements in a volume: three slopes, and a beam that goes where the response is largest. */
static void a_volume_has_three_tilts(void)
{
    static compare_rig r;
    const double k = 2.0 * M_PI / compare_wavelength();
    const double look[3] = {0.6, 0.0, 0.8};
    const cover none = {0.0, {0}, {0}, {0}},
                phase = {1.0, {0.07 * k, 0.05 * k, -0.11 * k}, {0}, {0}};
    cph_compare_pointing to;
    compare_open(&r, 60, 14);
    for (size_t i = 0; i < 3 * r.n; i++)
        r.position[i] =
            (i % 3 == 2 ? 2.0 : 5.0) * compare_wavelength() * cph_random_uniform(&r.random);
    compare_lay(&r, &phase, &none);
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT_EQUAL(r.made.dims, 3);
    for (size_t j = 0; j < 3; j++)
        CU_ASSERT_DOUBLE_EQUAL(r.made.slope[j], phase.slope[j], 1e-8 * k);
    CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, look, &to), CPH_OK);
    /* No direction a little off is nearer to u0 - k c / (2 pi f), weighted by second moments. */
    double least = INFINITY, here = 0.0;
    for (size_t t = 0; t < 9; t++) {
        double v[3], sum = 0.0;
        const double a = 1e-4 * ((double)(t % 3) - 1.0), b = 1e-4 * ((double)(t / 3) - 1.0);
        v[0] = to.direction[0] + a;
        v[1] = to.direction[1] + b;
        v[2] = sqrt(1.0 - v[0] * v[0] - v[1] * v[1]);
        for (size_t i = 0; i < r.n; i++) {
            double path = 0.0;
            for (size_t j = 0; j < 3; j++)
                path += (v[j] - look[j] + phase.slope[j] / k) *
                        (r.position[3 * i + j] - r.made.centre[j]);
            sum += path * path;
        }
        if (t == 4)
            here = sum;
        else
            least = fmin(least, sum);
    }
    CU_ASSERT(here < least);
}

/* Broken, flagged, lost and recovered elements leave the terms alone; a few are too few. */
static void elements_that_do_not_count(void)
{
    static compare_rig r;
    const double k = 2.0 * M_PI / compare_wavelength();
    const cover level = {-0.2, {0}, {0}, {0}}, phase = {0.0, {0.2 * k, 0.1 * k, 0.0}, {0}, {0}};
    compare_open(&r, 0, 15);
    compare_grid(&r, 8, 9, 0.5 * compare_wavelength());
    compare_lay(&r, &phase, &level);
    r.gain[1][5] = (cph_c64){-r.gain[1][5].re, -r.gain[1][5].im}; /* turned by half */
    r.flag[0][7] = CPH_FLAG_DEAD;
    r.flag[1][8] = CPH_FLAG_WEAK;
    r.flag[1][9] = CPH_FLAG_WEAK;
    r.gain[0][10] = (cph_c64){NAN, NAN};
    r.flag[0][11] = r.flag[1][11] = CPH_FLAG_LISTED;
    r.position[(size_t)3 * 12] = NAN;
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT_EQUAL(r.made.used, r.n - 6);
    CU_ASSERT_EQUAL(r.made.lost, 2);
    CU_ASSERT_EQUAL(r.made.recovered, 2);
    /* Huber: one element of N pulls by 2.5 sigma (0.0014 rad) / N, and more at a corner. */
    CU_ASSERT_DOUBLE_EQUAL(r.made.slope[0], 0.2 * k, 1e-4 * k);
    CU_ASSERT_DOUBLE_EQUAL(r.made.slope[1], 0.1 * k, 1e-4 * k);
    CU_ASSERT_DOUBLE_EQUAL(r.made.amplitude.term[CPH_COMPARE_COMMON], -0.2, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(fabs(r.phase_residual[5]), M_PI, 1e-2);
    CU_ASSERT(isnan(r.phase_residual[7]) && isnan(r.amplitude_residual[12]));

    const cph_comparison before = r.made;
    for (size_t i = 3; i < r.n; i++)
        r.flag[0][i] = i != 20 ? CPH_FLAG_EXCLUDED : CPH_FLAG_NONE;
    r.flag[0][1] = CPH_FLAG_EXCLUDED;
    CU_ASSERT_EQUAL(cph_compare(&r.config, &r.made, &r.error), CPH_ERR_TOO_FEW);
    CU_ASSERT(strstr(r.error.message, "3 elements") != NULL);
    for (size_t i = 0; i < r.n; i++)
        r.flag[0][i] = CPH_FLAG_EXCLUDED;
    CU_ASSERT_EQUAL(cph_compare(&r.config, &r.made, &r.error), CPH_ERR_TOO_FEW);
    r.config.freq_hz = 0.0;
    CU_ASSERT_EQUAL(cph_compare(&r.config, &r.made, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(memcmp(&before, &r.made, sizeof before), 0);
}

/* What the elements cannot tell is not told: a ring has no defocus, two rows no astigmatism, and a
 * grating lobe's tilt is none. */
static void terms_that_are_not_told(void)
{
    static compare_rig r;
    const cover none = {0.0, {0}, {0}, {0}};
    compare_open(&r, 24, 16);
    for (size_t i = 0; i < r.n; i++) {
        r.position[3 * i] = 2.0 * compare_wavelength() * cos(2.0 * M_PI * (double)i / 24.0);
        r.position[3 * i + 1] = 2.0 * compare_wavelength() * sin(2.0 * M_PI * (double)i / 24.0);
    }
    compare_lay(&r, &none, &none);
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT(isnan(r.made.phase.term[CPH_COMPARE_DEFOCUS]));
    CU_ASSERT(fabs(r.made.phase.term[CPH_COMPARE_ASTIGMATISM]) < 1e-9);

    compare_open(&r, 20, 17);
    for (size_t i = 0; i < r.n; i++) {
        r.position[3 * i] = 1.25 * compare_wavelength() * (double)(i % 10);
        r.position[3 * i + 1] = 1.25 * compare_wavelength() * (double)(i / 10);
    }
    compare_lay(&r, &none, &none);
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT(fabs(r.made.phase.term[CPH_COMPARE_DEFOCUS]) < 1e-9);
    CU_ASSERT(isnan(r.made.phase.term[CPH_COMPARE_ASTIGMATISM]));
    CU_ASSERT(r.made.phase.tilt_rms < 1e-9);
    for (size_t i = 0; i < r.n; i++)
        r.phase_sigma[1][i] = NAN;
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
    CU_ASSERT(isnan(r.made.chi2_dof) && isnan(r.made.phase.chi2_dof));
    CU_ASSERT(isnan(r.made.phase.noise_rms) && !isnan(r.made.amplitude.chi2_dof));
}

/* Standard errors are those of the scatter, chi-square that of noise. Over S seeds the ratio of
 * variances scatters by sqrt(2 / S): 4 of that are allowed. */
static void errors_are_true(void)
{
    static compare_rig r;
    const size_t seeds = test_seeds(60);
    const double k = 2.0 * M_PI / compare_wavelength(), sigma = 3.0 * degree;
    const cover level = {-0.1, {0}, {0}, {0}}, phase = {0.0, {0.3 * k, -0.4 * k, 0.0}, {0}, {0}};
    const cover none = {0.0, {0}, {0}, {0}};
    double ratio[CPH_COMPARE_TERMS] = {0}, square = 0.0, chi2 = 0.0, point = 0.0;
    compare_open(&r, 0, 18);
    compare_grid(&r, 8, 6, 0.5 * compare_wavelength());
    for (size_t s = 0; s < seeds; s++) {
        cph_random_seed(&r.random, 18, s);
        compare_lay(&r, &phase, &level);
        compare_disturb(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
        for (size_t t = CPH_COMPARE_DEFOCUS; t < CPH_COMPARE_TERMS; t++)
            ratio[t] += pow(r.made.phase.term[t] / r.made.phase.sigma[t], 2.0);
        ratio[0] += pow((r.made.amplitude.term[0] + 0.1) / r.made.amplitude.sigma[0], 2.0);
        const double dx = r.made.slope[0] - 0.3 * k, dy = r.made.slope[1] + 0.4 * k;
        ratio[1] += dx * dx / r.made.slope_cov[0][0];
        ratio[2] += dy * dy / r.made.slope_cov[1][1];
        square += r.made.phase.chi2_dof;
        const double look[3] = {0.0, 0.0, 1.0};
        cph_compare_pointing to;
        CU_ASSERT_EQUAL(cph_compare_point(&r.made, COMPARE_FREQ, look, &to), CPH_OK);
        const double du = to.direction[0] + 0.3, dv = to.direction[1] - 0.4;
        const double dw = to.direction[2] - sqrt(0.75);
        point += (du * du + dv * dv + dw * dw) / (to.sigma_rad * to.sigma_rad);
        cph_random_seed(&r.random, 18, seeds + s);
        compare_lay(&r, &none, &level);
        compare_disturb(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(cph_compare(&r.config, &r.made, &r.error), CPH_OK);
        chi2 += r.made.chi2_dof;
    }
    const double count = (double)seeds, within = 4.0 * sqrt(2.0 / count);
    static const char *const names[CPH_COMPARE_TERMS] = {
        "common loss", "slope along x", "slope along y",       "",
        "defocus",     "astigmatism",   "diagonal astigmatism"};
    for (size_t t = 0; t < CPH_COMPARE_TERMS; t++) {
        if (t != 3)
            test_row("two calibrations, over their own sigma^2", names[t], ratio[t] / count, NAN);
        CU_ASSERT(t == 3 || fabs(ratio[t] / count - 1.0) < within);
    }
    printf("pointing %.3f chi2 %.3f, no change %.3f ", point / count, square / count, chi2 / count);
    CU_ASSERT_DOUBLE_EQUAL(point / count, 1.0, within);
    CU_ASSERT_DOUBLE_EQUAL(square / count, 1.0, 4.0 * sqrt(2.0 / (count * 39.0)));
    CU_ASSERT_DOUBLE_EQUAL(chi2 / count, 1.0, 4.0 * sqrt(2.0 / (count * r.made.dof)));
}

CU_TestInfo cph_tests_calib_compare[] = {
    {"covers of many turns, without noise", covers_without_noise},
    {"slopes move the beam", slopes_move_the_beam},
    {"a line has one tilt", a_line_has_one_tilt},
    {"a volume has three tilts", a_volume_has_three_tilts},
    {"elements that do not count", elements_that_do_not_count},
    {"terms that are not told", terms_that_are_not_told},
    {"errors are true", errors_are_true},
    CU_TEST_INFO_NULL,
};
