/* SPDX-License-Identifier: MIT */
/* Firmware calibration: angles against atan2, Hadamard codes against the host's solution, tables
 * against the gains that they undo. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/coded.h"
#include "cophase/fw_calibrate.h"
#include "cophase/random.h"

enum { SEED = 59 };

/* Difference of two angles in turns. */
static double apart(uint32_t angle, double radians)
{
    const double turns = (double)angle * 0x1p-32 - radians / (2.0 * M_PI);
    return fabs(turns - floor(turns + 0.5));
}

static void angles_are_those_of_atan2(void)
{
    static const cph_fw_gain axes[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {5, 5}, {-5, 5}};
    static const uint32_t exact[] = {0, 1u << 30, 1u << 31, 3u << 30, 1u << 29, 3u << 29};
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        const int32_t off = (int32_t)(cph_fw_angle(axes[i]) - exact[i]);
        CU_ASSERT(abs(off) <= 1 << 7);
    }
    CU_ASSERT_EQUAL(cph_fw_angle((cph_fw_gain){0, 0}), 0);
    /* no part is too large */
    const int64_t least = INT64_MIN, most = INT64_MAX;
    CU_ASSERT(apart(cph_fw_angle((cph_fw_gain){least, 0}), M_PI) <= 0x1p-25);
    CU_ASSERT(apart(cph_fw_angle((cph_fw_gain){0, least}), -M_PI / 2.0) <= 0x1p-25);
    CU_ASSERT(apart(cph_fw_angle((cph_fw_gain){least, most}), 3.0 * M_PI / 4.0) <= 0x1p-25);
    CU_ASSERT(apart(cph_fw_angle((cph_fw_gain){most, least / 2}), atan2(-0.5, 1.0)) <= 0x1p-25);
    for (unsigned bits = 2; bits <= 62; bits++)
        for (unsigned k = 0; k < 200; k++) {
            const int64_t re = (int64_t)cph_random_u64(&random) >> (64 - bits - 1);
            const int64_t im = (int64_t)cph_random_u64(&random) >> (64 - bits - 1 + k % 20 % bits);
            if (re != 0 || im != 0)
                CU_ASSERT(apart(cph_fw_angle((cph_fw_gain){re, im}),
                                atan2((double)im, (double)re)) <= 0x1p-25);
        }
}

/* Gains that are Gaussian integers come out exactly, and with their sign of phase. */
static void correlation_finds_the_gains(void)
{
    enum { N = 5, T = 40, LD = N + 2 };
    static const int32_t g[N][2] = {{3, 4}, {-1, 2}, {0, -5}, {7, 0}, {2, -3}};
    _Alignas(4) cph_c16 s[T], x[T * LD];
    cph_fw_gain gain[N] = {{0, 0}};
    int64_t energy = 0;
    cph_random random;
    cph_random_seed(&random, SEED, 1);
    for (size_t t = 0; t < T; t++) {
        s[t].re = (int16_t)((int32_t)(cph_random_u64(&random) % 4001) - 2000);
        s[t].im = (int16_t)((int32_t)(cph_random_u64(&random) % 4001) - 2000);
        energy += (int64_t)s[t].re * s[t].re + (int64_t)s[t].im * s[t].im;
        for (size_t n = 0; n < N; n++) {
            x[t * LD + n].re = (int16_t)(g[n][0] * s[t].re - g[n][1] * s[t].im);
            x[t * LD + n].im = (int16_t)(g[n][0] * s[t].im + g[n][1] * s[t].re);
        }
    }
    CU_ASSERT_EQUAL(cph_fw_correlate(N, x, LD, 11, s, gain), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_correlate(N, x + (size_t)11 * LD, LD, T - 11, s + 11, gain), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT_EQUAL(gain[n].re, g[n][0] * energy);
        CU_ASSERT_EQUAL(gain[n].im, g[n][1] * energy);
    }
    for (size_t t = 0; t < T; t++) /* the largest products */
        s[t] = x[t * LD] = (cph_c16){-32768, -32768};
    gain[0] = (cph_fw_gain){0, 0};
    CU_ASSERT_EQUAL(cph_fw_correlate(1, x, LD, T, s, gain), CPH_OK);
    CU_ASSERT_EQUAL(gain[0].re, (int64_t)T << 31);
    CU_ASSERT_EQUAL(gain[0].im, 0);
}

/* The host solves the same readings, 13 elements under 16 codes. */
static void coded_readings_are_solved_as_the_host_does(void)
{
    enum { N = 13, K = 16 };
    cph_fw_gain x[K], true_gain[N];
    cph_c64 reading[K], gain[N] = {{0.0, 0.0}};
    double phase_sigma[N], amplitude_sigma[N];
    unsigned char flag[N] = {0};
    cph_random random;
    cph_random_seed(&random, SEED, 2);
    for (size_t n = 0; n < N; n++)
        true_gain[n] = (cph_fw_gain){(int64_t)(cph_random_u64(&random) % 20001) - 10000,
                                     (int64_t)(cph_random_u64(&random) % 20001) - 10000};
    for (size_t k = 0; k < K; k++) {
        x[k] = (cph_fw_gain){0, 0};
        for (size_t n = 0; n < N; n++) {
            const int sign = __builtin_popcountl(n & k) % 2 == 0 ? 1 : -1;
            x[k].re += sign * true_gain[n].re;
            x[k].im += sign * true_gain[n].im;
        }
        reading[k] = (cph_c64){(double)x[k].re, (double)x[k].im};
    }
    cph_code_solution solution = {.estimate = {.gain = gain,
                                               .phase_sigma = phase_sigma,
                                               .amplitude_sigma = amplitude_sigma,
                                               .flag = flag}};
    const cph_code_config config = {.elements = N, .rows = K, .reading = reading, .sigma = 1.0};
    CU_ASSERT_EQUAL_FATAL(cph_code_solve(&config, &solution, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_hadamard(K, x), CPH_OK);
    for (size_t n = 0; n < K; n++) {
        CU_ASSERT_EQUAL(x[n].re, n < N ? K * true_gain[n].re : 0);
        CU_ASSERT_EQUAL(x[n].im, n < N ? K * true_gain[n].im : 0);
        if (n < N)
            CU_ASSERT(hypot((double)x[n].re / K - gain[n].re, (double)x[n].im / K - gain[n].im) <
                      1e-9);
    }
}

static double length(cph_fw_gain g)
{
    return hypot((double)g.re, (double)g.im);
}

static void a_table_undoes_the_gains(void)
{
    enum { N = 70, REFERENCE = 9 };
    cph_fw_gain gain[N];
    uint32_t phase[N], dead[3];
    uint16_t amplitude[N];
    cph_random random;
    double most = 0.0, least = 1e300;
    cph_random_seed(&random, SEED, 3);
    for (size_t n = 0; n < N; n++) {
        const double size = 1e15 * (0.5 + cph_random_uniform(&random));
        const double angle = 2.0 * M_PI * cph_random_uniform(&random);
        gain[n] = (cph_fw_gain){(int64_t)(size * cos(angle)), (int64_t)(size * sin(angle))};
    }
    gain[3] = (cph_fw_gain){0, 0};
    gain[33] = (cph_fw_gain){1, 1};
    gain[64] = (cph_fw_gain){gain[64].re / 5, gain[64].im / 5}; /* at most 0.3 of 1, at 0.5 / 1.5 */
    for (size_t n = 0; n < N; n++)
        if (n != 3 && n != 33 && n != 64) {
            most = fmax(most, length(gain[n]));
            least = fmin(least, length(gain[n]));
        }
    const cph_fw_calibrate_config config = {N, REFERENCE, 9830, 31744};
    CU_ASSERT_EQUAL(cph_fw_calibrate(&config, gain, phase, amplitude, dead), CPH_OK);
    CU_ASSERT_EQUAL(dead[0], 1u << 3);
    CU_ASSERT_EQUAL(dead[1], 1u << 1);
    CU_ASSERT_EQUAL(dead[2], 1u << 0);
    const double reference = atan2((double)gain[REFERENCE].im, (double)gain[REFERENCE].re);
    CU_ASSERT_EQUAL(phase[REFERENCE], 0);
    for (size_t n = 0; n < N; n++) {
        if (n == 3 || n == 33 || n == 64) {
            CU_ASSERT(phase[n] == 0 && amplitude[n] == 0);
            continue;
        }
        const double size = length(gain[n]), wanted = 31744.0 * least / size;
        CU_ASSERT(apart(phase[n], reference - atan2((double)gain[n].im, (double)gain[n].re)) <=
                  0x1p-24);
        CU_ASSERT(fabs(amplitude[n] - wanted) <=
                  1.0 + 0x1p-14 * (most / size + most / least) * wanted);
    }
    /* Without a reference the phases are -arg(g); without a limit only what has no gain is dead. */
    const cph_fw_calibrate_config plain = {N, N, 0, 32768};
    CU_ASSERT_EQUAL(cph_fw_calibrate(&plain, gain, phase, amplitude, dead), CPH_OK);
    CU_ASSERT_EQUAL(phase[4], 0u - cph_fw_angle(gain[4]));
    CU_ASSERT(dead[0] == 1u << 3 && dead[1] == 1u << 1 && dead[2] == 0);
    CU_ASSERT_EQUAL(amplitude[64], 32768); /* now the weakest of those that live */
    /* A dead unit is no reference: one that is weak, one lost beside the most. */
    const cph_fw_calibrate_config weak = {N, 64, 9830, 31744}, lost = {N, 33, 0, 31744},
                                  kept = {N, 64, 0, 31744};
    amplitude[64] = 7; /* is not written */
    CU_ASSERT_EQUAL(cph_fw_calibrate(&weak, gain, phase, amplitude, dead), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&lost, gain, phase, amplitude, dead), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(amplitude[64], 7);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&kept, gain, phase, amplitude, dead), CPH_OK);
    CU_ASSERT_EQUAL(phase[64], 0);
}

/* An element is refused as the reference exactly where the table has it dead, at any limit. */
static void dead_elements_are_no_reference(void)
{
    enum { N = 9 };
    cph_random random;
    size_t refused = 0, taken = 0;
    cph_random_seed(&random, SEED, 4);
    for (unsigned draw = 0; draw < 400; draw++) {
        cph_fw_gain gain[N];
        uint32_t phase[N], dead[1];
        uint16_t amplitude[N];
        cph_fw_calibrate_config config = {N, N, (uint16_t)(cph_random_u64(&random) % 32769), 31744};
        for (size_t n = 0; n < N; n++) {
            const unsigned by = 40 + (unsigned)(cph_random_u64(&random) % (n == 8 ? 24 : 3));
            gain[n] = (cph_fw_gain){(int64_t)cph_random_u64(&random) >> by,
                                    (int64_t)cph_random_u64(&random) >> by};
        }
        CU_ASSERT_EQUAL_FATAL(cph_fw_calibrate(&config, gain, phase, amplitude, dead), CPH_OK);
        const uint32_t off = dead[0];
        for (size_t n = 0; n < N; n++) {
            const bool lost = (off >> n & 1) != 0;
            config.reference = n;
            CU_ASSERT_EQUAL(cph_fw_calibrate(&config, gain, phase, amplitude, dead),
                            lost ? CPH_ERR_MISSING : CPH_OK);
            refused += lost;
            taken += !lost;
        }
    }
    CU_ASSERT(refused > 400 && taken > 400);
}

static void bad_calls_are_refused_and_nothing_is_written(void)
{
    const int64_t limit = INT64_C(1) << 62;
    _Alignas(4) cph_c16 x[4] = {{1, 2}}, s[4] = {{1, 2}};
    const cph_c16 *const odd = (const cph_c16 *)(const void *)&x[0].im;
    cph_fw_gain gain[2] = {{7, 8}, {9, 10}}, beyond[2] = {{0, 0}, {0, -limit - 1}};
    cph_fw_gain zero[2] = {{0, 0}, {0, 0}}, four[4] = {[2] = {limit / 4 + 1, 0}};
    CU_ASSERT_EQUAL(cph_fw_correlate(0, x, 2, 2, s, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(SIZE_MAX, x, SIZE_MAX, 2, s, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, NULL, 2, 2, s, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, odd, 2, 1, s, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, 1, 2, s, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, 2, 2, NULL, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, 2, 1, odd, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, 2, 2, s, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, 2, ((size_t)1 << 30) + 1, s, gain), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, SIZE_MAX / 2, 4, s, gain), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_correlate(2, x, 2, 2, s, beyond), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_hadamard(0, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_hadamard(3, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_hadamard(8192, gain), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_hadamard(2, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_hadamard(4, four), CPH_ERR_OVERFLOW);
    four[2].re--;
    CU_ASSERT_EQUAL(cph_fw_hadamard(4, four), CPH_OK);
    CU_ASSERT(gain[0].re == 7 && gain[0].im == 8 && gain[1].re == 9 && gain[1].im == 10);
    CU_ASSERT(beyond[1].im == -limit - 1);

    uint32_t phase[2] = {5, 5}, dead[1] = {5};
    uint16_t amplitude[2] = {5, 5};
    static const cph_fw_calibrate_config bad[] = {
        {0, 0, 0, 1},     {SIZE_MAX, 0, 0, 1}, {2, 3, 0, 1},
        {2, 0, 32769, 1}, {2, 0, 0, 0},        {2, 0, 0, 32769},
    };
    const cph_fw_calibrate_config good = {2, 0, 9830, 32768};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_EQUAL(cph_fw_calibrate(&bad[i], gain, phase, amplitude, dead), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_calibrate(NULL, gain, phase, amplitude, dead), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, NULL, phase, amplitude, dead), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, gain, NULL, amplitude, dead), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, gain, phase, NULL, dead), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, gain, phase, amplitude, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, beyond, phase, amplitude, dead), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, zero, phase, amplitude, dead), CPH_ERR_TOO_FEW);
    zero[1].im = -3;
    CU_ASSERT_EQUAL(cph_fw_calibrate(&good, zero, phase, amplitude, dead), CPH_ERR_MISSING);
    CU_ASSERT(phase[0] == 5 && phase[1] == 5 && amplitude[0] == 5 && amplitude[1] == 5);
    CU_ASSERT_EQUAL(dead[0], 5);
}

CU_TestInfo cph_tests_fw_calibrate[] = {
    {"angles are those of atan2", angles_are_those_of_atan2},
    {"correlation finds the gains", correlation_finds_the_gains},
    {"coded readings are solved as the host does", coded_readings_are_solved_as_the_host_does},
    {"a table undoes the gains", a_table_undoes_the_gains},
    {"dead elements are no reference", dead_elements_are_no_reference},
    {"bad calls are refused and nothing is written", bad_calls_are_refused_and_nothing_is_written},
    CU_TEST_INFO_NULL,
};
