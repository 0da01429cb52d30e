/* SPDX-License-Identifier: MIT */
/* Which gain belongs to which input: by number and polarisation, at the nearest channel; a
 * calibration of another array or band is refused. */
#include <math.h>
#include <string.h>

#include "cophase/solutions.h"
#include "data_fixture.h"

/* Three inputs numbered 7, 3, 7 with polarisations X, X, Y; two channels 1 MHz apart. The gain of
 * (time, channel, input) is 100 time + 10 channel + input + 1. */
static void make(cph_array *array, cph_calibration *c)
{
    CU_ASSERT_EQUAL_FATAL(cph_array_create(3, array), CPH_OK);
    const uint32_t number[3] = {7, 3, 7};
    for (size_t n = 0; n < 3; n++) {
        array->element[n].number = number[n];
        array->element[n].polarization = n == 2 ? 'Y' : 'X';
        array->element[n].position[0] = (double)number[n];
        array->element[n].position[1] = array->element[n].position[2] = 0.0;
    }
    array->has_positions = true;
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(array, 2, 2, c), CPH_OK);
    for (size_t i = 0; i < 12; i++) {
        c->gain[i] = (cph_c64){(double)(100 * (i / 6) + 10 * (i / 3 % 2) + i % 3 + 1), -1.0};
        c->flag[i] = CPH_FLAG_NONE;
    }
    c->channel_freq_hz[0] = 100e6;
    c->channel_freq_hz[1] = 101e6;
}

static void inputs_are_matched(void)
{
    static const size_t order[] = {2, 1, 0};
    cph_array array, other;
    cph_calibration c;
    cph_c64 gain[4];
    unsigned char flag[4];
    make(&array, &c);
    c.flag[6 + 3 + 1] = CPH_FLAG_DEAD;
    CU_ASSERT_EQUAL_FATAL(cph_array_select(&array, order, 3, &other), CPH_OK);
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &other, 100.9e6, 1, gain, flag, NULL), CPH_OK);
    CU_ASSERT(gain[0].re == 113.0 && gain[0].im == -1.0 && gain[2].re == 111.0);
    CU_ASSERT(flag[0] == CPH_FLAG_NONE && flag[1] == CPH_FLAG_DEAD && isnan(gain[1].re));
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &other, 100.1e6, 0, gain, flag, NULL), CPH_OK);
    CU_ASSERT(gain[0].re == 3.0 && gain[1].re == 2.0 && gain[2].re == 1.0);
    other.element[1].number = 4; /* not calibrated */
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &other, 100e6, 0, gain, flag, NULL), CPH_OK);
    CU_ASSERT(flag[1] == CPH_FLAG_UNSOLVED && isnan(gain[1].re) && flag[2] == CPH_FLAG_NONE);
    cph_array_free(&other);
    cph_array_free(&array);
    cph_calibration_free(&c);
}

static void other_bands_are_refused(void)
{
    static const struct {
        double freq;
        cph_status status;
        double gain;
    } rows[] = {{99.5e6, CPH_OK, 1.0},          {100.49e6, CPH_OK, 1.0},
                {100.51e6, CPH_OK, 11.0},       {101.5e6, CPH_OK, 11.0},
                {99.49e6, CPH_ERR_FORMAT, 0.0}, {101.51e6, CPH_ERR_FORMAT, 0.0},
                {11.7e9, CPH_ERR_FORMAT, 0.0},  {NAN, CPH_ERR_MISSING, 0.0}};
    cph_array array;
    cph_calibration c;
    cph_c64 gain[3];
    unsigned char flag[3];
    cph_error error;
    make(&array, &c);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, rows[i].freq, 0, gain, flag, &error),
                        rows[i].status);
        if (rows[i].status == CPH_OK)
            CU_ASSERT_EQUAL(gain[0].re, rows[i].gain);
    }
    c.channels = 1; /* a single channel reaches 1 % */
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 101e6, 0, gain, flag, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 101.1e6, 0, gain, flag, &error),
                    CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "101100000"));
    c.channel_freq_hz[0] = NAN;
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 100e6, 0, gain, flag, NULL),
                    CPH_ERR_MISSING);
    c.channels = 2;
    cph_array_free(&array);
    cph_calibration_free(&c);
}

static void other_arrays_are_refused(void)
{
    cph_array array;
    cph_calibration c;
    cph_c64 gain[3] = {{5.0, 5.0}};
    unsigned char flag[3] = {77};
    cph_error error;
    make(&array, &c);
    array.element[1].position[1] = 0.0009;
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 100e6, 0, gain, flag, NULL), CPH_OK);
    gain[0].re = 5.0;
    flag[0] = 77;
    array.element[1].position[1] = -0.0011;
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 100e6, 0, gain, flag, &error),
                    CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "element 3"));
    CU_ASSERT(gain[0].re == 5.0 && flag[0] == 77); /* unchanged on error */
    array.has_positions = false;
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 100e6, 0, gain, flag, NULL), CPH_OK);
    for (size_t n = 0; n < 3; n++)
        array.element[n].polarization = 0;
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 100e6, 0, gain, flag, &error),
                    CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "none"));
    CU_ASSERT_EQUAL(cph_calibration_lookup(&c, &array, 100e6, 2, gain, flag, &error),
                    CPH_ERR_ARGUMENT);
    cph_array_free(&array);
    cph_calibration_free(&c);
}

/* Every time, channel and element has its own. */
static void leakages_come_back(void)
{
    const char *path = fixture_path("leakages.h5");
    cph_array array;
    cph_calibration c, d;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL(cph_calibration_add_leakages(NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, 2, 3, &c), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    CU_ASSERT(d.leakage == NULL && d.leakage_sigma == NULL);
    cph_calibration_free(&d);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_add_leakages(&c), CPH_OK);
    CU_ASSERT(isnan(c.leakage[17].re) && isnan(c.leakage[17].im) && isnan(c.leakage_sigma[17]));
    for (size_t i = 0; i < 17; i++) {
        c.leakage[i] = (cph_c64){0.01 * (double)i, 0.2 - 0.03 * (double)i};
        c.leakage_sigma[i] = 1e-4 * (double)(i + 1);
    }
    CU_ASSERT_EQUAL(cph_calibration_add_leakages(&c), CPH_OK); /* keeps what is there */
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    CU_ASSERT_FATAL(d.leakage != NULL && d.leakage_sigma != NULL);
    for (size_t i = 0; i < 17; i++) {
        CU_ASSERT(d.leakage[i].re == c.leakage[i].re && d.leakage[i].im == c.leakage[i].im);
        CU_ASSERT_EQUAL(d.leakage_sigma[i], c.leakage_sigma[i]);
    }
    CU_ASSERT(isnan(d.leakage[17].re) && isnan(d.leakage[17].im) && isnan(d.leakage_sigma[17]));
    CU_ASSERT_PTR_NULL(d.delay_s);
    cph_calibration_free(&c);
    cph_calibration_free(&d);
    cph_array_free(&array);
}

/* Rows are what hears, of time 1 and channel 2; what is flagged hears nothing but couples, and
 * inputs come in another order. */
static void coupling_comes_back(void)
{
    enum { N = 3 };
    const size_t block = 1 * 3 + 2;
    const char *path = fixture_path("coupling.h5");
    cph_array array;
    cph_calibration c, d;
    cph_c64 matrix[N * N];
    cph_error error;
    fixture_array(N, &array);
    CU_ASSERT_EQUAL(cph_calibration_add_coupling(NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, 2, 3, &c), CPH_OK);
    CU_ASSERT_EQUAL(cph_calibration_coupling(&c, &array, 3e8, 1, matrix, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_add_coupling(&c), CPH_OK);
    for (size_t k = 0; k < 3; k++)
        c.channel_freq_hz[k] = 1e8 * (double)(k + 1);
    for (size_t i = 0; i < (size_t)2 * 3 * N * N; i++) {
        c.coupling[i] = (cph_c64){0.01 * (double)i, 0.2 - 0.03 * (double)i};
        c.coupling_sigma[i] = 1e-4 * (double)(i + 1);
    }
    for (size_t n = 0; n < N; n++) {
        c.gain[block * N + n] = c.coupling[(block * N + n) * N + n];
        c.flag[block * N + n] = n == 1 ? CPH_FLAG_DEAD : CPH_FLAG_NONE;
    }
    c.coupling[(block * N + 2) * N].re = NAN;
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    CU_ASSERT_FATAL(d.coupling != NULL && d.coupling_sigma != NULL);
    CU_ASSERT(d.coupling[40].re == c.coupling[40].re && d.coupling[40].im == c.coupling[40].im);
    CU_ASSERT_EQUAL(d.coupling_sigma[53], c.coupling_sigma[53]);
    const cph_element first = array.element[0];
    array.element[0] = array.element[2];
    array.element[2] = first;
    CU_ASSERT_EQUAL_FATAL(cph_calibration_coupling(&d, &array, 3e8, 1, matrix, &error), CPH_OK);
    for (size_t i = 0; i < N; i++)
        for (size_t m = 0; m < N; m++) {
            const cph_c64 z = c.coupling[(block * N + 2 - i) * N + 2 - m];
            const bool none = i == 1 || (i == 0 && m == 2);
            CU_ASSERT_EQUAL(matrix[i * N + m].re, none ? 0.0 : z.re);
            CU_ASSERT_EQUAL(matrix[i * N + m].im, none ? 0.0 : z.im);
        }
    CU_ASSERT_EQUAL(cph_calibration_coupling(&d, &array, 9e8, 1, matrix, &error), CPH_ERR_FORMAT);
    cph_calibration_free(&c);
    cph_calibration_free(&d);
    cph_array_free(&array);
}

static void marks_of_what_is_filled_come_back(void)
{
    const char *path = fixture_path("filled.h5");
    cph_array array;
    cph_calibration c, d;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL(cph_calibration_add_filled(NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, 2, 2, &c), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    CU_ASSERT_PTR_NULL(d.filled);
    cph_calibration_free(&d);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_add_filled(&c), CPH_OK);
    c.filled[7] = 1;
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &c, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &d, NULL), CPH_OK);
    for (size_t i = 0; i < 12; i++)
        CU_ASSERT(d.filled != NULL && d.filled[i] == (i == 7));
    cph_calibration_free(&c);
    cph_calibration_free(&d);
    cph_array_free(&array);
}

CU_TestInfo cph_tests_data_lookup[] = {
    {"inputs are matched by number and polarisation", inputs_are_matched},
    {"other bands are refused", other_bands_are_refused},
    {"other arrays are refused", other_arrays_are_refused},
    {"leakages come back", leakages_come_back},
    {"coupling comes back", coupling_comes_back},
    {"marks of what is filled come back", marks_of_what_is_filled_come_back},
    CU_TEST_INFO_NULL,
};
