/* SPDX-License-Identifier: MIT */
/* Requantisation: floor(x r + 1/2), saturated, of every integer that there is. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "cophase/convert.h"

enum { WORDS = 1 << 16 };

static int limited(double y, int high)
{
    return y < -1 - high ? -1 - high : y > high ? high : (int)y;
}

/* All words, both parts apart, times m / 2^s, into both integer types. */
static void check_words(double ratio)
{
    cph_requantisation plan;
    static cph_c16 in[WORDS], out[WORDS];
    CU_ASSERT_EQUAL_FATAL(cph_requantisation_make(ratio, &plan), CPH_OK);
    const double exact = ldexp((double)plan.multiplier, -(int)plan.shift);
    CU_ASSERT(fabs(exact - ratio) <= ldexp(ratio, -30));
    for (int i = 0; i < WORDS; i++)
        in[i] = (cph_c16){(int16_t)(i + INT16_MIN), (int16_t)(INT16_MAX - i)};
    for (cph_type type = CPH_C8; type <= CPH_C16; type++) {
        const int high = type == CPH_C8 ? INT8_MAX : INT16_MAX;
        uint64_t clipped = 0, cut = 0;
        bool same = true;
        CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C16, in, WORDS, type, out, &clipped), CPH_OK);
        for (int i = 0; i < WORDS; i++) {
            /* A word times a multiplier of 30 bits is exact in double. */
            const double re = floor(in[i].re * exact + 0.5), im = floor(in[i].im * exact + 0.5);
            const int got[2] = {type == CPH_C8 ? ((const cph_c8 *)out)[i].re : out[i].re,
                                type == CPH_C8 ? ((const cph_c8 *)out)[i].im : out[i].im};
            same = same && got[0] == limited(re, high) && got[1] == limited(im, high);
            cut += re < -1 - high || re > high || im < -1 - high || im > high;
        }
        CU_ASSERT(same);
        CU_ASSERT_EQUAL(clipped, cut);
    }
}

static void every_word(void)
{
    static const double ratio[] = {1.0, 0.5, 1.0 / 256, 2.0, 1.0 / 3, 0.7, 300.0, 1e-6};
    for (size_t i = 0; i < sizeof ratio / sizeof ratio[0]; i++)
        check_words(ratio[i]);
}

static void bytes_stay_bytes(void)
{
    static const cph_c8 in[3] = {{-128, 127}, {1, -1}, {64, -65}};
    static const cph_c8 twice[3] = {{-128, 127}, {2, -2}, {127, -128}};
    cph_requantisation plan;
    cph_c8 out[3];
    cph_c16 wide[3];
    uint64_t clipped = 9;
    CU_ASSERT_EQUAL_FATAL(cph_requantisation_make(2.0, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C8, in, 3, CPH_C8, out, &clipped), CPH_OK);
    CU_ASSERT_EQUAL(clipped, 2);
    CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C8, in, 3, CPH_C16, wide, NULL), CPH_OK);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(out[i].re, twice[i].re);
        CU_ASSERT_EQUAL(out[i].im, twice[i].im);
        CU_ASSERT_EQUAL(wide[i].re, 2 * in[i].re);
        CU_ASSERT_EQUAL(wide[i].im, 2 * in[i].im);
    }
}

static void what_is_refused(void)
{
    static const double bad[] = {0.0, -1.0, 0x1p29, 0x1p-34, (double)NAN, (double)INFINITY};
    cph_requantisation plan = {1, 1};
    cph_c16 x = {7, 7}, y = {0, 0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_EQUAL(cph_requantisation_make(bad[i], &plan), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(plan.multiplier, 1);
    CU_ASSERT_EQUAL(cph_requantisation_make(0x1p-33, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C32, &x, 1, CPH_C16, &y, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C16, &x, 1, CPH_C32, &y, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C16, NULL, 1, CPH_C16, &y, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_requantise(&plan, CPH_C16, &x, SIZE_MAX, CPH_C16, &y, NULL),
                    CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_requantise(NULL, CPH_C16, &x, 1, CPH_C16, &y, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(y.re, 0);
}

CU_TestInfo cph_tests_convert[] = {
    {"every word at every ratio is floor(x r + 1/2), saturated", every_word},
    {"bytes to bytes and words", bytes_stay_bytes},
    {"other types and ratios are refused", what_is_refused},
    CU_TEST_INFO_NULL};
