/* SPDX-License-Identifier: MIT */
/* Conventions of data with gains, swapped channels, and what has no answer. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/doctor_rig.h"

/* ---- gains ---- */

static void gains_take_part_as_they_are(void)
{
    static doctor_rig r;
    for (size_t i = 0; i < RIG_MISTAKES; i++) {
        doctor_rig_open(&r, 31, 1, 20.0, 40 + i);
        doctor_rig_calibrate(&r);
        doctor_mistakes[i].spoil(&r);
        doctor_rig_examine(&r);
        CU_ASSERT_EQUAL(r.result.verdict, i == 0 ? CPH_DOCTOR_FITS : CPH_DOCTOR_OTHER);
        CU_ASSERT_EQUAL(r.row[r.result.best].same_as,
                        doctor_rig_group(&r, &doctor_mistakes[i].convention));
        CU_ASSERT(r.row[r.result.best].coherence > 0.9);
    }
    const cph_convention inverted = {.scale = 1.0, .gains = CPH_GAINS_INVERTED};
    const cph_convention none = {.scale = 1.0, .gains = CPH_GAINS_NONE};
    const cph_convention rotated = {
        .order = CPH_ORDER_SHIFTED, .shift = 1, .order_of_gains = true, .scale = 1.0};
    doctor_rig_open(&r, 31, 1, 20.0, 60);
    doctor_rig_calibrate(&r);
    for (size_t p = 0; p < r.scene.n; p++) {
        const double complex c = 1.0 / scene_get(r.gain[p]);
        r.gain[p] = (cph_c64){creal(c), cimag(c)};
    }
    r.problem.has_diagonal = false; /* amplitudes too */
    doctor_rig_examine(&r);
    CU_ASSERT_EQUAL(r.row[r.result.best].same_as, doctor_rig_group(&r, &inverted));
    CU_ASSERT(r.row[r.result.best].coherence > 0.9);
    /* Gains of other data. */
    doctor_rig_open(&r, 31, 1, 0.3, 61);
    doctor_rig_calibrate(&r);
    for (size_t p = 0; p < r.scene.n; p++)
        r.gain[p] = (cph_c64){cos(7.0 * (double)(p * p)), sin(7.0 * (double)(p * p))};
    doctor_rig_examine(&r);
    CU_ASSERT_EQUAL(r.row[r.result.best].same_as, doctor_rig_group(&r, &none));
    /* The data's list rotated against positions and gains both. */
    doctor_rig_open(&r, 31, 1, 20.0, 62);
    doctor_rig_calibrate(&r);
    doctor_rig_shift(&r, 1);
    cph_c64 was[SCENE_ELEMENTS];
    memcpy(was, r.gain, sizeof was);
    for (size_t p = 0; p < r.scene.n; p++)
        r.gain[(p + 1) % r.scene.n] = was[p];
    doctor_rig_examine(&r);
    CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_OTHER);
    CU_ASSERT_EQUAL(r.row[r.result.best].same_as, doctor_rig_group(&r, &rotated));
}

/* ---- swapped channels ---- */

static void search(doctor_rig *r)
{
    doctor_rig_examine(r);
    CU_ASSERT_EQUAL_FATAL(cph_doctor_find_swaps(&r->problem, &r->row[r->result.best].convention,
                                                r->swap, &r->swaps, &r->error),
                          CPH_OK);
}

static void swap_places(doctor_rig *r, size_t a, size_t b)
{
    double was[3];
    memcpy(was, r->position + 3 * a, sizeof was);
    memcpy(r->position + 3 * a, r->position + 3 * b, sizeof was);
    memcpy(r->position + 3 * b, was, sizeof was);
}

static void swap_gains(doctor_rig *r, size_t a, size_t b)
{
    const cph_c64 was = r->gain[a];
    r->gain[a] = r->gain[b];
    r->gain[b] = was;
}

static bool has_swap(const doctor_rig *r, size_t a, size_t b, bool of_gains)
{
    for (size_t i = 0; i < r->swaps.count; i++)
        if (r->swap[i].channel[0] == a && r->swap[i].channel[1] == b &&
            (r->swap[i].of_gains == of_gains || r->swap[i].either))
            return true;
    return false;
}

static void swapped_channels_are_named(void)
{
    static doctor_rig r;
    for (size_t sources = 1; sources <= 2; sources++) {
        doctor_rig_open(&r, 31, sources, 20.0, 70 + sources);
        doctor_rig_calibrate(&r);
        search(&r);
        CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_FITS);
        CU_ASSERT_EQUAL(r.swaps.count, 0);
        /* What noise alone leaves: 1 / sqrt(2 K SNR n SNR') and so on, some degrees. */
        CU_ASSERT(r.swaps.phase_sigma_rad > 0.01 && r.swaps.phase_sigma_rad < 0.2);
        swap_places(&r, 4, 17);
        search(&r);
        CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_FITS);
        CU_ASSERT_EQUAL(r.swaps.count, 1);
        CU_ASSERT(has_swap(&r, 4, 17, false));
        CU_ASSERT(r.swap[0].improvement > r.swaps.threshold && r.swap[0].chance < 0.05);
        /* A second pair, the data of which are swapped. */
        swap_places(&r, 9, 22);
        swap_gains(&r, 9, 22);
        search(&r);
        CU_ASSERT_EQUAL(r.swaps.count, 2);
        CU_ASSERT(has_swap(&r, 4, 17, false));
        CU_ASSERT(has_swap(&r, 9, 22, true));
    }
}

/* Two that were swapped in conjugated data. */
static void swaps_are_found_under_the_convention_that_fits(void)
{
    static doctor_rig r;
    doctor_rig_open(&r, 31, 2, 20.0, 80);
    doctor_rig_calibrate(&r);
    doctor_rig_conjugate(&r);
    swap_places(&r, 2, 3);
    swap_gains(&r, 2, 3);
    search(&r);
    CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_OTHER);
    CU_ASSERT_TRUE(r.row[r.result.best].convention.conjugated);
    CU_ASSERT_EQUAL(r.swaps.count, 1);
    CU_ASSERT(has_swap(&r, 2, 3, true));
}

static void drifted_elements_are_no_swap(void)
{
    static doctor_rig r;
    size_t found = 0;
    for (size_t i = 0; i < 40; i++) {
        doctor_rig_open(&r, 31, 1 + i % 2, 20.0, 200 + i);
        doctor_rig_calibrate(&r);
        const double phase = 0.15 * (double)(i + 1);
        const double complex g = scene_get(r.gain[5]) * cexp(I * phase);
        r.gain[5] = (cph_c64){creal(g), cimag(g)};
        search(&r);
        found += r.swaps.count;
    }
    CU_ASSERT_EQUAL(found, 0);
}

/* ---- refusals ---- */

static void expect_refusal(doctor_rig *r, cph_status expected, const char *words)
{
    r->result = (cph_doctor_result){.rows = 77};
    r->swaps = (cph_doctor_swaps){.count = 77};
    memset(r->row, 0x55, sizeof r->row);
    const cph_doctor_row before = r->row[0];
    const cph_convention given = {.scale = 1.0};
    CU_ASSERT_EQUAL(cph_doctor_run(&r->problem, r->row, &r->result, &r->error), expected);
    CU_ASSERT(strstr(r->error.message, words) != NULL);
    CU_ASSERT_EQUAL(cph_doctor_find_swaps(&r->problem, &given, r->swap, &r->swaps, &r->error),
                    expected);
    CU_ASSERT_EQUAL(r->result.rows, 77);
    CU_ASSERT_EQUAL(r->swaps.count, 77);
    CU_ASSERT_EQUAL(memcmp(&before, &r->row[0], sizeof before), 0);
}

static void what_has_no_answer(void)
{
    static doctor_rig r;
    unsigned char flag[SCENE_ELEMENTS] = {1, 1, 1, 1, 1, 1};
    doctor_rig_open(&r, 9, 1, 0.5, 5);
    r.problem.flag = flag;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "3 of 9");
    flag[5] = 0;
    doctor_rig_examine(&r);
    CU_ASSERT_EQUAL(r.result.used, 4);
    r.scene.r[6 * r.problem.ld + 7].im = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "elements 6 and 7");
    doctor_rig_open(&r, 9, 1, 0.5, 5);
    r.direction[5] = INFINITY;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "direction");
    doctor_rig_open(&r, 9, 1, 0.5, 5);
    memset(r.scene.gain, 0, sizeof r.scene.gain);
    scene_exact(&r.scene);
    expect_refusal(&r, CPH_ERR_SINGULAR, "do not correlate");
    r.problem.freq_hz = NAN;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
    CU_ASSERT_EQUAL(cph_doctor_count(&r.problem), 0);
    r.problem.freq_hz = SCENE_FREQ;
    r.problem.sources = 17;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "1 to 16");
    doctor_rig_open(&r, 9, 1, 0.5, 5);
    const cph_convention beyond = {.order = CPH_ORDER_SHIFTED, .shift = 9, .scale = 1.0};
    CU_ASSERT_EQUAL(cph_doctor_find_swaps(&r.problem, &beyond, r.swap, &r.swaps, &r.error),
                    CPH_ERR_ARGUMENT);
    /* Places that nobody knows take no part. */
    doctor_rig_open(&r, 31, 1, 0.5, 6);
    r.position[12] = NAN;
    doctor_rig_examine(&r);
    CU_ASSERT_EQUAL(r.result.verdict, CPH_DOCTOR_FITS);
}

CU_TestInfo cph_tests_calib_doctor_swaps[] = {
    {"gains take part as they are", gains_take_part_as_they_are},
    {"swapped channels are named", swapped_channels_are_named},
    {"swaps are found under the convention that fits",
     swaps_are_found_under_the_convention_that_fits},
    {"drifted elements are no swap", drifted_elements_are_no_swap},
    {"what has no answer", what_has_no_answer},
    CU_TEST_INFO_NULL,
};
