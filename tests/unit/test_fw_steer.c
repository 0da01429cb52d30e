/* SPDX-License-Identifier: MIT */
/* Firmware steering: phasors against the C library's, phases against conj(cph_steer_c64). */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "cophase/fw.h"
#include "cophase/lattice.h"
#include "cophase/random.h"
#include "cophase/steer.h"

#define REFERENCE_HZ 11.7e9
#define TURN         4294967296.0

enum { ELEMENTS = 1280 }; /* at most */

/* Worst error of both parts, and the largest part, over angles `step` apart from `first` on. */
static void phasors_are_right(uint32_t first, uint32_t step, size_t count)
{
    double worst = 0.0;
    int largest = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t phase = first + (uint32_t)i * step;
        const cph_c16 got = cph_fw_phasor(phase);
        const double angle = 2.0 * M_PI * (phase / TURN);
        worst = fmax(
            worst, fmax(fabs(got.re - 32767.0 * cos(angle)), fabs(got.im - 32767.0 * sin(angle))));
        largest = abs(got.re) > largest ? abs(got.re) : largest;
        largest = abs(got.im) > largest ? abs(got.im) : largest;
    }
    CU_ASSERT(worst <= 0.52);
    CU_ASSERT_EQUAL(largest, 32767);
    if (worst > 0.52)
        printf("worst %.4f ", worst);
}

static void every_angle_of_16_bits_has_its_phasor(void)
{
    phasors_are_right(0, 1U << 16, 1U << 16);
    phasors_are_right(0x8000, 1U << 16, 1U << 16);
}

/* Between them: steps that share no factor with a turn, and all angles about the seams. */
static void angles_between_have_their_phasor(void)
{
    phasors_are_right(1, 10007, 429189);
    for (uint32_t seam = 0; seam < 8; seam++)
        for (uint32_t i = 0; i < 512; i++) {
            const uint32_t phase = (seam << 29) + i - 256;
            const cph_c16 got = cph_fw_phasor(phase);
            const double angle = 2.0 * M_PI * (phase / TURN);
            CU_ASSERT(fabs(got.re - 32767.0 * cos(angle)) <= 0.52);
            CU_ASSERT(fabs(got.im - 32767.0 * sin(angle)) <= 0.52);
        }
}

static void quarter_turns_are_exact(void)
{
    const cph_c16 expected[4] = {{32767, 0}, {0, 32767}, {-32767, 0}, {0, -32767}};
    const uint32_t phase[4] = {0, 1U << 30, 1U << 31, 3U << 30};
    cph_c16 got[4] = {{0}};
    CU_ASSERT_EQUAL(cph_fw_phasors_run(4, phase, got), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(got, expected, sizeof got), 0);
}

/* A direction off all axes; its rounding to Q30 is part of the bound. */
static const double look[3] = {0.36, -0.48, 0.8};

static int32_t fixed(double value, int bits)
{
    return (int32_t)lround(ldexp(value, bits));
}

static cph_fw_wave wave_at(double freq_hz)
{
    const int32_t u[3] = {fixed(look[0], 30), fixed(look[1], 30), fixed(look[2], 30)};
    cph_fw_wave wave;
    const uint32_t ratio = (uint32_t)fixed(freq_hz / REFERENCE_HZ, 30);
    CU_ASSERT_EQUAL_FATAL(cph_fw_wave_init(u, ratio, 0, &wave), CPH_OK);
    return wave;
}

/* Largest distance in turns of phase[n] - phase[0] from that of conj(a). */
static double error_of(size_t elements, const double *position, double freq_hz,
                       const uint32_t *phase)
{
    static cph_c64 a[ELEMENTS];
    CU_ASSERT_EQUAL(cph_steer_c64(elements, position, freq_hz, look, a), CPH_OK);
    const double first = -atan2(a[0].im, a[0].re) / (2.0 * M_PI);
    double worst = 0.0;
    for (size_t n = 0; n < elements; n++) {
        const double turns = -atan2(a[n].im, a[n].re) / (2.0 * M_PI) - first;
        const double error = (double)(int32_t)(phase[n] - phase[0]) / TURN - turns;
        worst = fmax(worst, fabs(error - round(error)));
    }
    return worst;
}

/* The rows of elements in file order, by the host's own search for the lattice. */
static size_t rows_of(size_t elements, const double *position, cph_lattice *lattice,
                      cph_fw_row *row)
{
    static int32_t site[2 * ELEMENTS];
    CU_ASSERT_EQUAL_FATAL(cph_lattice_find(elements, position, lattice, site), CPH_OK);
    size_t rows = 0;
    for (size_t n = 0; n < elements; n++) {
        const int32_t *const s = site + 2 * n;
        if (n == 0 || s[1] != s[-1] || s[0] != s[-2] + 1)
            row[rows++] = (cph_fw_row){(int16_t)s[0], (int16_t)s[1], 0};
        row[rows - 1].count++;
    }
    return rows;
}

/* Rounding of alpha and beta: k to 2^-30 a part (the cosine, and with the ratio), the steps a and b
 * to 2^-28 wavelengths a part, the sum to 2^-33 turns; two elements may lie on either side. */
static double lattice_bound(const cph_fw_lattice *lattice)
{
    double reach = 0.0, length = 0.0;
    for (size_t r = 0; r < lattice->rows; r++) {
        const cph_fw_row *const row = lattice->row + r;
        const double i = fmax(abs(row->i), abs(row->i + row->count - 1));
        reach = fmax(reach, i + abs(row->j));
    }
    for (size_t i = 0; i < 3; i++)
        length = fmax(length, fmax(abs(lattice->a[i]), abs(lattice->b[i])) * 0x1p-27);
    return 2.0 * reach * (3.0 * length * 0x1p-30 + 3.0 * 2.0 * 0x1p-28 + 0x1p-33);
}

static void lattice_is_steered(cph_array *array, double freq_hz)
{
    static double position[3 * ELEMENTS];
    static cph_fw_row row[ELEMENTS];
    static uint32_t phase[ELEMENTS];
    for (size_t n = 0; n < array->elements; n++)
        memcpy(position + 3 * n, array->element[n].position, 3 * sizeof *position);
    cph_lattice found;
    cph_fw_lattice lattice = {.row = row};
    lattice.rows = rows_of(array->elements, position, &found, row);
    for (size_t i = 0; i < 3; i++) {
        lattice.a[i] = fixed(found.a[i] * REFERENCE_HZ / CPH_SPEED_OF_LIGHT, 27);
        lattice.b[i] = fixed(found.b[i] * REFERENCE_HZ / CPH_SPEED_OF_LIGHT, 27);
    }
    const cph_fw_wave wave = wave_at(freq_hz);
    size_t elements = 0;
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, array->elements, phase, &elements),
                    CPH_OK);
    CU_ASSERT_EQUAL(elements, array->elements);
    const double error = error_of(elements, position, freq_hz, phase);
    CU_ASSERT(error <= lattice_bound(&lattice));
    CU_ASSERT(lattice_bound(&lattice) < 1e-5);
    cph_array_free(array);
}

static void rows_of_rectangles_and_triangles_point_where_the_host_does(void)
{
    cph_array array;
    CU_ASSERT_EQUAL(cph_array_ura(7, 5, 11.1e-3, &array), CPH_OK);
    lattice_is_steered(&array, REFERENCE_HZ);
    CU_ASSERT_EQUAL(cph_array_tri(37, 12.9e-3, &array), CPH_OK);
    lattice_is_steered(&array, 12.65e9);
    CU_ASSERT_EQUAL(cph_array_disc(1280, 12.3e-3, &array), CPH_OK);
    lattice_is_steered(&array, 10.7e9);
}

/* Positions anywhere in a box of 2 x 1 x 0.3 m, uneven in all axes. */
static void scattered_elements_point_where_the_host_does(void)
{
    enum { N = 500 };
    double position[3 * N];
    int32_t rounded[N][3];
    uint32_t phase[N];
    cph_random random;
    cph_random_seed(&random, 31, 0);
    const double box[3] = {2.0, 1.0, 0.3}, wavelength = CPH_SPEED_OF_LIGHT / REFERENCE_HZ;
    for (size_t i = 0; i < 3 * (size_t)N; i++) {
        position[i] = box[i % 3] * (cph_random_uniform(&random) - 0.3);
        rounded[i / 3][i % 3] = fixed(position[i] / wavelength, 20);
    }
    const double frequency[3] = {10.7e9, REFERENCE_HZ, 14.5e9};
    for (size_t f = 0; f < 3; f++) {
        const double freq_hz = frequency[f];
        const cph_fw_wave wave = wave_at(freq_hz);
        CU_ASSERT_EQUAL(cph_fw_steer_positions(N, rounded, &wave, phase), CPH_OK);
        /* Of either of two elements: r to 2^-21 wavelengths a part, k to 2^-30, the floor. */
        const double cosines = fabs(look[0]) + fabs(look[1]) + fabs(look[2]);
        const double bound = 2.0 * (cosines * freq_hz / REFERENCE_HZ * 0x1p-21 +
                                    (1.4 + 0.7 + 0.21) / wavelength * 0x1p-30 + 0x1p-32);
        CU_ASSERT(error_of(N, position, freq_hz, phase) <= bound);
    }
}

static void sums_beyond_64_bits_wrap(void)
{
    const int32_t far[2][3] = {{INT32_MIN, INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MIN, 5}};
    const cph_fw_wave wave = {.k = {INT32_MIN, INT32_MIN, INT32_MIN}, .phase = 7};
    uint32_t phase[2];
    CU_ASSERT_EQUAL(cph_fw_steer_positions(2, far, &wave, phase), CPH_OK);
    CU_ASSERT_EQUAL(phase[0], 7); /* 3 2^62 is a multiple of 2^50 */
    CU_ASSERT_EQUAL(phase[1], 7U - ((1U << 13) * (0U - 4U)));
}

static void waves_scale_with_frequency_and_refuse_what_does_not_fit(void)
{
    const int32_t one = 1 << 30, u[3] = {one / 2, -one, 12345};
    cph_fw_wave wave = {.k = {1, 2, 3}, .phase = 4};
    const cph_fw_wave before = wave;
    CU_ASSERT_EQUAL(cph_fw_wave_init(NULL, 1U << 30, 0, &wave), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_wave_init(u, 1U << 30, 0, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_wave_init(u, 0, 0, &wave), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_wave_init(u, 1U << 31, 0, &wave), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_wave_init((int32_t[3]){0, one + 1, 0}, 1U << 30, 0, &wave),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(memcmp(&wave, &before, sizeof wave), 0);
    CU_ASSERT_EQUAL(cph_fw_wave_init(u, 3U << 29, 99, &wave), CPH_OK);
    CU_ASSERT_EQUAL(wave.k[0], one / 4 * 3);
    CU_ASSERT_EQUAL(wave.k[1], -(one / 2 * 3));
    CU_ASSERT_EQUAL(wave.k[2], 18518); /* 18517.5 goes up */
    CU_ASSERT_EQUAL(wave.phase, 99);
}

static void steering_refuses_bad_shapes_and_writes_nothing(void)
{
    cph_fw_row row[2] = {{.count = 3}, {.j = 1, .count = 2}};
    cph_fw_lattice lattice = {.a = {1 << 26}, .b = {0, 1 << 26}, .row = row, .rows = 2};
    const cph_fw_wave wave = {.k = {1 << 29, 1 << 28, 0}};
    uint32_t phase[5] = {9, 9, 9, 9, 9};
    const int32_t position[1][3] = {{0}};
    size_t elements = 77;
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(NULL, &wave, 5, phase, &elements), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, NULL, 5, phase, &elements), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, 5, NULL, &elements), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, 4, phase, &elements), CPH_ERR_ARGUMENT);
    lattice.rows = 0;
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, 5, phase, &elements), CPH_ERR_ARGUMENT);
    lattice.rows = SIZE_MAX; /* more than can have an element each: none is looked at */
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, SIZE_MAX, phase, &elements),
                    CPH_ERR_ARGUMENT);
    lattice.rows = 2;
    row[1].count = 0;
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, 5, phase, &elements), CPH_ERR_ARGUMENT);
    lattice.row = NULL;
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, 5, phase, &elements), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_positions(0, position, &wave, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_positions(CPH_FW_ELEMENTS_MAX + 1, position, &wave, phase),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_positions(1, NULL, &wave, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_positions(1, position, NULL, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_steer_positions(1, position, &wave, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT(elements == 77 && phase[0] == 9 && phase[4] == 9);
    row[1].count = 2;
    lattice.row = row;
    CU_ASSERT_EQUAL(cph_fw_steer_lattice(&lattice, &wave, 5, phase, NULL), CPH_OK);
    CU_ASSERT_EQUAL(phase[1], 0U - (1U << 30)); /* half a wavelength at u = 1/2: a quarter turn */
    CU_ASSERT_EQUAL(phase[3], 0U - (1U << 29));
}

CU_TestInfo cph_tests_fw_steer[] = {
    {"every angle of 16 bits has its phasor", every_angle_of_16_bits_has_its_phasor},
    {"angles between have their phasor", angles_between_have_their_phasor},
    {"quarter turns are exact", quarter_turns_are_exact},
    {"rows of rectangles and triangles point where the host does",
     rows_of_rectangles_and_triangles_point_where_the_host_does},
    {"scattered elements point where the host does", scattered_elements_point_where_the_host_does},
    {"sums beyond 64 bits wrap", sums_beyond_64_bits_wrap},
    {"waves scale with frequency and refuse what does not fit",
     waves_scale_with_frequency_and_refuse_what_does_not_fit},
    {"steering refuses bad shapes and writes nothing",
     steering_refuses_bad_shapes_and_writes_nothing},
    CU_TEST_INFO_NULL,
};
