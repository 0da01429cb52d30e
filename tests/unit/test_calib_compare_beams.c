/* SPDX-License-Identifier: MIT */
/* What a change of the gains does to beams, against closed forms. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>
#include <string.h>

#include "tests/unit/compare_rig.h"

static const double degree = 0.01745329251994329577;

static cph_compare_effect predict(compare_rig *r, const cph_compare_view *view)
{
    cph_compare_effect effect = {.before = {.loss_db = NAN}};
    CU_ASSERT_EQUAL_FATAL(cph_compare(&r->config, &r->made, &r->error), CPH_OK);
    CU_ASSERT_EQUAL(cph_compare_predict(&r->config, &r->made, view, &effect), CPH_OK);
    return effect;
}

static double decibel(double ratio)
{
    return 20.0 * log10(ratio);
}

/* Loss, a tilt, a missing element: each by its closed form, on a line of N toward 20 degrees. */
static void beams_after_known_changes(void)
{
    enum { N = 20 };
    static compare_rig r;
    const double k = 2.0 * M_PI / compare_wavelength(), du = 0.03;
    const cover none = {0.0, {0}, {0}, {0}}, loss = {-0.25, {0}, {0}, {0}};
    const cover wedge = {0.7, {-du * k, 0.0, 0.0}, {0}, {0}};
    cph_compare_view view = {.look = {sin(20.0 * degree), 0.0, cos(20.0 * degree)}};
    compare_open(&r, N, 19);
    for (size_t i = 0; i < N; i++)
        r.position[3 * i] = 0.5 * compare_wavelength() * (double)i;
    compare_lay(&r, &none, &loss);
    cph_compare_effect e = predict(&r, &view);
    CU_ASSERT_DOUBLE_EQUAL(e.before.loss_db, 0.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.loss_db, 0.25 * decibel(exp(1.0)), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.loss_db, 0.25 * decibel(exp(1.0)), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.sidelobe_rise_db, 0.0, 2e-4);
    CU_ASSERT_DOUBLE_EQUAL(e.before.floor_db, 10.0 * log10(2e-6 / N), 1e-9);
    view.relative = true;
    e = predict(&r, &view);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.loss_db, 0.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.loss_db, 0.0, 1e-9);
    view.relative = false;

    compare_lay(&r, &wedge, &none);
    e = predict(&r, &view);
    const double half = 0.5 * M_PI * du, factor = sin(N * half) / (N * sin(half));
    CU_ASSERT_DOUBLE_EQUAL(e.kept.loss_db, -decibel(factor), 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.peak_loss_db, 0.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.peak[0], sin(20.0 * degree) + du, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.shift_rad, asin(sin(20.0 * degree) + du) - 20.0 * degree, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.loss_db, 0.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.shift_rad, 0.0, 1e-6);

    compare_lay(&r, &none, &none);
    r.flag[1][4] = CPH_FLAG_DEAD;
    e = predict(&r, &view);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.loss_db, decibel((double)N / (N - 1)), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.loss_db, 0.5 * decibel((double)N / (N - 1)), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.psll_db, e.renewed.psll_db, 1e-3);
    CU_ASSERT_EQUAL(e.kept.sidelobe_rise_db, e.kept.psll_db - e.before.psll_db);
    CU_ASSERT(fabs(e.kept.sidelobe_rise_db) > 0.01);
    r.flag[0][4] = CPH_FLAG_DEAD;
    r.flag[1][4] = CPH_FLAG_NONE;
    e = predict(&r, &view);
    CU_ASSERT_DOUBLE_EQUAL(e.kept.loss_db, 0.0, 1e-9);
    double mean = 0.0; /* |gain| that the recovered element is taken to have had */
    for (size_t i = 0; i < N; i++)
        mean += i != 4 ? hypot(r.gain[0][i].re, r.gain[0][i].im) / (N - 1) : 0.0;
    const double change = hypot(r.gain[1][4].re, r.gain[1][4].im) / mean;
    const double noise = (N - 1 + 1.0 / (change * change)) / (N * N) * (N - 1);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.loss_db, 10.0 * log10(noise), 1e-9);
}

/* Errors of elements: the floor is Mailloux's, a weak element costs the renewed beam what dividing
 * by it amplifies. */
static void beams_with_errors(void)
{
    static compare_rig r;
    double taper[COMPARE_MOST], sum = 0.0, square = 0.0, noise = 0.0;
    const cover none = {0.0, {0}, {0}, {0}};
    compare_open(&r, 0, 20);
    compare_grid(&r, 7, 8, 0.5 * compare_wavelength());
    compare_lay(&r, &none, &none);
    compare_disturb(&r, 0.05);
    r.gain[1][20] = (cph_c64){0.4 * r.gain[0][20].re, 0.4 * r.gain[0][20].im};
    for (size_t i = 0; i < r.n; i++) {
        const double complex q =
            (r.gain[1][i].re + I * r.gain[1][i].im) / (r.gain[0][i].re + I * r.gain[0][i].im);
        taper[i] = 1.0 + 0.5 * sin((double)i);
        sum += taper[i];
        square += taper[i] * taper[i];
        noise += taper[i] * taper[i] / (creal(q) * creal(q) + cimag(q) * cimag(q));
    }
    const cph_compare_view view = {.look = {0.0, 0.0, 1.0}, .taper = taper};
    const cph_compare_effect e = predict(&r, &view);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.loss_db, 10.0 * log10(noise / square), 1e-9);
    const double phase = r.made.phase.residual_rms, level = r.made.amplitude.residual_rms;
    CU_ASSERT_DOUBLE_EQUAL(e.kept.floor_db,
                           10.0 * log10((phase * phase + level * level) * square / (sum * sum)),
                           1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.renewed.floor_db, 10.0 * log10(0.005 * square / (sum * sum)), 1e-9);
    CU_ASSERT(e.kept.loss_db > 0.0 && fabs(e.kept.sidelobe_rise_db) > 0.01);
    memset(taper, 0, sizeof taper);
    cph_compare_effect same = e;
    CU_ASSERT_EQUAL(cph_compare_predict(&r.config, &r.made, &view, &same), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(memcmp(&same, &e, sizeof e), 0);
}

CU_TestInfo cph_tests_calib_compare_beams[] = {
    {"beams after known changes", beams_after_known_changes},
    {"beams with errors", beams_with_errors},
    CU_TEST_INFO_NULL,
};
