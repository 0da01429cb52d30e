/* SPDX-License-Identifier: MIT */
/* What of an element's samples points at a fault. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "cophase/health.h"

static cph_vitals plain(void)
{
    return (cph_vitals){.count = 10000,
                        .power = 2.0,
                        .peak = 100.0,
                        .offset_sigma = 0.01,
                        .iq_gain = 1.0,
                        .iq_gain_sigma = 0.01,
                        .iq_phase_sigma_rad = 0.01,
                        .kurtosis_sigma = 0.05};
}

static void suspects(void)
{
    const cph_suspect_limits limits = cph_suspect_defaults();
    cph_vitals v = plain();
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    v.full_scale = 10;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    v.full_scale = 11;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 1U << CPH_SUSPECT_CLIPPED);
    v = plain();
    v.offset.im = -0.1; /* 0.01 of 1.99 */
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    v.offset.im = -0.15;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 1U << CPH_SUSPECT_OFFSET);
    v.offset_sigma = 0.031;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    v = plain();
    v.image = 0.032;
    v.iq_phase_rad = -0.064;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 1U << CPH_SUSPECT_IMAGE);
    v.iq_phase_sigma_rad = 0.013;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    v.image = 0.031;
    v.iq_phase_sigma_rad = 0.0;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    v = plain();
    v.kurtosis[1] = -0.51;
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 1U << CPH_SUSPECT_KURTOSIS);
    v.peak = 3.0; /* few levels */
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C16, &limits), 0);
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C32, &limits), 1U << CPH_SUSPECT_KURTOSIS);
    v.kurtosis_sigma = 0.12; /* 3 ln(2.49 / 3) = -0.559 */
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C32, &limits), 0);
    v.kurtosis[1] = 0.7; /* 3 ln(3.7 / 3) = 0.629 */
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C32, &limits), 1U << CPH_SUSPECT_KURTOSIS);
    v.full_scale = v.count = 31; /* few samples */
    CU_ASSERT(!cph_health_judged(&v, &limits));
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C32, &limits), 0);
    v.full_scale = v.count = 32;
    CU_ASSERT(cph_health_judged(&v, &limits));
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C32, &limits),
                    1U << CPH_SUSPECT_KURTOSIS | 1U << CPH_SUSPECT_CLIPPED);
    CU_ASSERT_STRING_EQUAL(cph_suspect_name(CPH_SUSPECT_IMAGE), "iq");
    CU_ASSERT_PTR_NULL(cph_suspect_name(CPH_SUSPECTS));
}

CU_TestInfo cph_tests_calib_suspects[] = {
    {"suspects", suspects},
    CU_TEST_INFO_NULL,
};
