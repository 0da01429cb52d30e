/* SPDX-License-Identifier: MIT */
/* Firmware tracking: phases that run from one beam to the next. */
#include <CUnit/CUnit.h>
#include <string.h>

#include "cophase/fw.h"
#include "cophase/random.h"

enum { N = 97, SHIFT = 9, STEPS = 1 << SHIFT };

/* The error of a rate is below a unit and never positive: after k steps 0 to k units behind the
 * line, which itself is at most a unit off. */
static void phases_run_evenly_to_the_next_beam(void)
{
    uint32_t from[N], to[N], phase[N];
    int32_t rate[N];
    cph_random random;
    cph_random_seed(&random, 53, 0);
    for (size_t n = 0; n < N; n++) {
        from[n] = (uint32_t)cph_random_u64(&random);
        to[n] = from[n] + (uint32_t)((int32_t)cph_random_u64(&random) / 2);
    }
    CU_ASSERT_EQUAL(cph_fw_track_rates(N, from, to, SHIFT, rate), CPH_OK);
    memcpy(phase, from, sizeof phase);
    for (int64_t k = 1; k <= STEPS; k++) {
        CU_ASSERT_EQUAL(cph_fw_track_step(N, rate, phase), CPH_OK);
        for (size_t n = 0; n < N; n++) {
            const int64_t whole = (int32_t)(to[n] - from[n]);
            const int64_t ahead = (int32_t)(phase[n] - from[n] - (uint32_t)(whole * k / STEPS));
            if (ahead > 1 || ahead < -k - 1)
                CU_FAIL("an element left its line");
        }
    }
    for (size_t n = 0; n < N; n++)
        CU_ASSERT(to[n] - phase[n] < STEPS);
}

static void the_shorter_way_round_is_taken(void)
{
    const uint32_t from[3] = {0xffffff00, 0x100, 0}, to[3] = {0x100, 0xffffff00, 0x7fffffff};
    int32_t rate[3];
    CU_ASSERT_EQUAL(cph_fw_track_rates(3, from, to, 4, rate), CPH_OK);
    CU_ASSERT_EQUAL(rate[0], 0x20);
    CU_ASSERT_EQUAL(rate[1], -0x20);
    CU_ASSERT_EQUAL(rate[2], 0x7ffffff);
}

static void bad_arguments_are_refused(void)
{
    const uint32_t from[1] = {1}, to[1] = {2};
    uint32_t phase[1] = {3};
    int32_t rate[1] = {4};
    CU_ASSERT_EQUAL(cph_fw_track_rates(0, from, to, 0, rate), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_rates(CPH_FW_ELEMENTS_MAX + 1, from, to, 0, rate),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_rates(1, NULL, to, 0, rate), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_rates(1, from, NULL, 0, rate), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_rates(1, from, to, 31, rate), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_rates(1, from, to, 0, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_step(0, rate, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_step(CPH_FW_ELEMENTS_MAX + 1, rate, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_step(1, NULL, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_track_step(1, rate, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT(rate[0] == 4 && phase[0] == 3);
}

CU_TestInfo cph_tests_fw_track[] = {
    {"phases run evenly to the next beam", phases_run_evenly_to_the_next_beam},
    {"the shorter way round is taken", the_shorter_way_round_is_taken},
    {"bad arguments are refused", bad_arguments_are_refused},
    CU_TEST_INFO_NULL,
};
