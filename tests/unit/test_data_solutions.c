/* SPDX-License-Identifier: MIT */
/* Calibrations and weights in the project's own layout are read back as they were written. */
#include <math.h>

#include "cophase/solutions.h"
#include "data_fixture.h"

/* Fills every array of a calibration; element 2 of the second time is flagged. */
static void fill_calibration(cph_calibration *c)
{
    size_t count = c->times * c->channels * c->array.elements;
    for (size_t i = 0; i < count; i++) {
        c->gain[i] = (cph_c64){1.0 + 0.01 * (double)i, -0.5 * (double)i};
        c->phase_sigma[i] = 0.001 * (double)i;
        c->amplitude_sigma[i] = 0.002 * (double)i;
        c->flag[i] = CPH_FLAG_NONE;
    }
    c->flag[c->channels * c->array.elements + 2] = CPH_FLAG_WEAK;
    for (size_t i = 0; i < c->times * c->channels; i++)
        c->chi2_dof[i] = 1.0 + 0.1 * (double)i;
    for (size_t i = 0; i < c->channels; i++)
        c->channel_freq_hz[i] = 1e8 + 1e5 * (double)i;
    for (size_t i = 0; i < c->times; i++)
        c->time_unix_s[i] = 1e9 + (double)i;
    snprintf(c->gauge, sizeof c->gauge, "%s", "mean phase 0, mean |g| 1");
    c->path = CPH_GAIN_TRANSMIT;
}

static void calibrations_come_back(void)
{
    const char *path = fixture_path("calibration.h5");
    cph_array array;
    cph_calibration c, d;
    fixture_array(3, &array);
    for (size_t n = 0; n < 3; n++)
        array.element[n].number = (uint32_t)(40 - 7 * n); /* not the index */
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, 2, 3, &c), CPH_OK);
    CU_ASSERT_EQUAL(c.path, CPH_GAIN_RECEIVE);
    CU_ASSERT(isnan(c.gain[17].im) && c.flag[17] == CPH_FLAG_UNSOLVED && isnan(c.chi2_dof[5]));
    fill_calibration(&c);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    CU_ASSERT(d.times == 2 && d.channels == 3);
    fixture_same_array(&d.array, &array);
    for (size_t i = 0; i < 18; i++) {
        CU_ASSERT_EQUAL(d.flag[i], c.flag[i]);
        CU_ASSERT_EQUAL(d.phase_sigma[i], c.phase_sigma[i]);
        CU_ASSERT_EQUAL(d.amplitude_sigma[i], c.amplitude_sigma[i]);
        if (c.flag[i] == CPH_FLAG_NONE)
            CU_ASSERT(d.gain[i].re == c.gain[i].re && d.gain[i].im == c.gain[i].im);
    }
    CU_ASSERT(isnan(d.gain[11].re) && isnan(d.gain[11].im));
    fixture_same_numbers(d.chi2_dof, c.chi2_dof, 6);
    fixture_same_numbers(d.channel_freq_hz, c.channel_freq_hz, 3);
    fixture_same_numbers(d.time_unix_s, c.time_unix_s, 2);
    CU_ASSERT_STRING_EQUAL(d.gauge, c.gauge);
    CU_ASSERT_EQUAL(d.path, CPH_GAIN_TRANSMIT);
    CU_ASSERT_PTR_NULL(d.delay_s);
    cph_calibration_free(&d);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_add_delays(&c), CPH_OK);
    CU_ASSERT(isnan(c.delay_s[17]));
    for (size_t i = 0; i < 17; i++)
        c.delay_s[i] = -1e-9 * (double)i;
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    CU_ASSERT_FATAL(d.delay_s != NULL);
    fixture_same_numbers(d.delay_s, c.delay_s, 17);
    CU_ASSERT(isnan(d.delay_s[17]));
    cph_calibration_free(&c);
    cph_calibration_free(&d);
    cph_array_free(&array);
}

static void weights_come_back(void)
{
    const char *path = fixture_path("weights.h5");
    cph_array array;
    cph_weights w, v;
    fixture_array(4, &array);
    CU_ASSERT_EQUAL_FATAL(cph_weights_create(&array, 2, 3, &w), CPH_OK);
    for (size_t i = 0; i < 24; i++)
        w.weights[i] = (cph_c32){0.5f * (float)i, -1.0f - (float)i};
    for (size_t i = 0; i < 6; i++)
        w.direction[i] = 0.1 * (double)i;
    for (size_t i = 0; i < 3; i++)
        w.channel_freq_hz[i] = 1e9 + (double)i;
    snprintf(w.name[0], sizeof w.name[0], "%s", "towards the Sun");
    snprintf(w.name[1], sizeof w.name[1], "%s", "azel:20,10");
    w.precision_bits = 8;
    w.path = CPH_GAIN_TRANSMIT;
    CU_ASSERT_EQUAL_FATAL(cph_weights_write(path, &w, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_read(path, &v, NULL), CPH_OK);
    CU_ASSERT(v.beams == 2 && v.channels == 3 && v.precision_bits == 8);
    CU_ASSERT_EQUAL(v.path, CPH_GAIN_TRANSMIT);
    for (size_t i = 0; i < 24; i++)
        CU_ASSERT(v.weights[i].re == w.weights[i].re && v.weights[i].im == w.weights[i].im);
    fixture_same_numbers(v.direction, w.direction, 6);
    fixture_same_numbers(v.channel_freq_hz, w.channel_freq_hz, 3);
    CU_ASSERT_STRING_EQUAL(v.name[0], w.name[0]);
    CU_ASSERT_STRING_EQUAL(v.name[1], w.name[1]);
    fixture_same_array(&v.array, &array);
    cph_weights_free(&w);
    cph_weights_free(&v);
    cph_array_free(&array);
}

CU_TestInfo cph_tests_data_solutions[] = {
    {"calibrations come back", calibrations_come_back},
    {"weights come back", weights_come_back},
    CU_TEST_INFO_NULL,
};
