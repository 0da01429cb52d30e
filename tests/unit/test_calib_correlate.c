/* SPDX-License-Identifier: MIT */
/* Correlation with a waveform, direct and by transforms. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>

#include "calib/correlate.h"
#include "cophase/random.h"

static double complex single(cph_c32 z)
{
    return (double)z.re + I * (double)z.im;
}

static void draw(cph_random *random, cph_c32 *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const cph_c64 z = cph_random_normal(random);
        x[i] = (cph_c32){(float)z.re, (float)z.im};
    }
}

/* Both correlators against the sum itself. */
static void correlation_is_the_sum(void)
{
    enum { LENGTH = 600 };
    static cph_c32 waveform[LENGTH], x[1000], out[401];
    cph_correlator *c = NULL;
    cph_random random;
    cph_random_seed(&random, 3, 0);
    draw(&random, waveform, LENGTH);
    draw(&random, x, sizeof x / sizeof x[0]);
    for (size_t lags = 1; lags <= 401; lags += 400) {
        CU_ASSERT_EQUAL_FATAL(cph_correlator_create(LENGTH, waveform, lags, &c), CPH_OK);
        cph_correlator_run(c, x, out);
        cph_correlator_destroy(c);
        for (size_t l = 0; l < lags; l++) {
            double complex sum = 0.0;
            double size = 0.0;
            for (size_t t = 0; t < LENGTH; t++) {
                const double complex s = single(waveform[t]);
                sum += single(x[t + l]) * conj(s);
                size += pow(cabs(s), 2.0);
            }
            CU_ASSERT(cabs(single(out[l]) - sum) < 1e-6 * sqrt(size * 1000.0));
        }
    }
}

CU_TestInfo cph_tests_calib_correlate[] = {
    {"correlation is the sum", correlation_is_the_sum},
    CU_TEST_INFO_NULL,
};
