/* SPDX-License-Identifier: MIT */
/* Gains and leakages taken out of covariances and visibilities, against products of 2 x 2 matrices
 * written out. All matrices are far from symmetric and from Hermitian. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/jones_inverse.h"

static double complex value(cph_c64 z)
{
    return z.re + I * z.im;
}

static cph_c64 pair(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

/* Five inputs: Y of antenna 4, X of 9, X of 4, Y of 9, X of 7 that has no Y. */
enum { INPUTS = 5, ENTRIES = INPUTS * INPUTS };

static const double complex gain[INPUTS] = {0.8 - 0.9 * I, -1.1 + 0.3 * I, 1.2 + 0.4 * I,
                                            0.2 + 0.7 * I, 0.5 - 0.6 * I};
static const double complex leakage[INPUTS] = {0.2 + 0.3 * I, -0.1 + 0.25 * I, 0.4 - 0.2 * I,
                                               0.15 + 0.05 * I, 0.3 * I};
static const size_t other[INPUTS] = {2, 3, 0, 1, SIZE_MAX};

/* J of the whole array; of input `bare` (or SIZE_MAX) no leakage. */
static double complex jones(size_t n, size_t m, size_t bare)
{
    if (n == m)
        return gain[n];
    const bool plain = n == bare || (bare != SIZE_MAX && other[bare] == n);
    return other[n] == m && !plain ? gain[n] * leakage[n] : 0.0;
}

/* What there is, without antennas: no entry is another's conjugate. */
static double complex truth(size_t p, size_t q)
{
    return sin(1.0 + 3.0 * (double)p + (double)q) + I * cos(2.0 + (double)p - 4.0 * (double)q);
}

static cph_c64 observed(size_t p, size_t q, size_t bare)
{
    double complex sum = 0.0;
    for (size_t a = 0; a < INPUTS; a++)
        for (size_t b = 0; b < INPUTS; b++)
            sum += jones(p, a, bare) * truth(a, b) * conj(jones(q, b, bare));
    return pair(sum);
}

typedef struct rig {
    size_t partner[INPUTS];
    cph_c64 row[2 * INPUTS], gain[INPUTS], leakage[INPUTS];
    unsigned char flag[INPUTS], part[INPUTS];
    cph_jones_inverse inverse;
} rig;

static void make(rig *it)
{
    *it = (rig){.inverse = {.inputs = INPUTS, .partner = it->partner, .row = it->row}};
    memcpy(it->partner, other, sizeof it->partner);
    for (size_t n = 0; n < INPUTS; n++) {
        it->gain[n] = pair(gain[n]);
        it->leakage[n] = pair(leakage[n]);
    }
}

static cph_status invert(rig *it)
{
    return cph_jones_invert(&it->inverse, it->gain, it->leakage, it->flag, it->part);
}

static void partners_are_found_by_number_and_polarisation(void)
{
    static const struct {
        uint32_t number;
        char polarization;
    } rows[7] = {{4, 'Y'}, {9, 'X'}, {4, 'X'}, {9, 'Y'}, {7, 'X'}, {9, 'Y'}, {4, 0}};
    size_t partner[7];
    cph_element element[7] = {0};
    for (size_t n = 0; n < 7; n++) {
        element[n].number = rows[n].number;
        element[n].polarization = rows[n].polarization;
    }
    const cph_array array = {.elements = 7, .element = element};
    CU_ASSERT_EQUAL_FATAL(cph_jones_partners(&array, partner), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(partner, other, sizeof other), 0);
    CU_ASSERT(partner[5] == SIZE_MAX && partner[6] == SIZE_MAX);
    CU_ASSERT_EQUAL(cph_jones_partners(NULL, partner), CPH_ERR_ARGUMENT);
}

/* J^-1 (J M J^H) J^-H = M; entries are below 10, J^-1 has a condition below 10: a few hundred eps.
 */
static void covariances_become_the_truth(void)
{
    rig it;
    cph_c64 r[ENTRIES];
    make(&it);
    CU_ASSERT_EQUAL_FATAL(invert(&it), CPH_OK);
    for (size_t n = 0; n < INPUTS; n++) {
        CU_ASSERT_EQUAL(it.part[n], n < 4 ? CPH_JONES_WHOLE : CPH_JONES_GAIN);
        CU_ASSERT_EQUAL(cph_jones_is_mixed(&it.inverse, n), n < 4);
    }
    for (size_t k = 0; k < ENTRIES; k++)
        r[k] = observed(k / INPUTS, k % INPUTS, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(cph_jones_undo_matrix(&it.inverse, true, r), CPH_OK);
    for (size_t k = 0; k < ENTRIES; k++)
        CU_ASSERT(cabs(value(r[k]) - truth(k / INPUTS, k % INPUTS)) < 1e-13);
    /* Without powers, what X and Y of an antenna share is not known. */
    for (size_t k = 0; k < ENTRIES; k++)
        r[k] = observed(k / INPUTS, k % INPUTS, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(cph_jones_undo_matrix(&it.inverse, false, r), CPH_OK);
    for (size_t k = 0; k < ENTRIES; k++)
        CU_ASSERT_EQUAL(isnan(r[k].re), other[k / INPUTS] == k % INPUTS);
}

/* Antenna 4 loses an input, or what it leaks: its gain is taken out alone. */
static void without_a_whole_matrix_gains_are_taken_out(void)
{
    for (size_t how = 0; how < 2; how++) {
        rig it;
        cph_c64 r[ENTRIES];
        make(&it);
        if (how == 0)
            it.flag[0] = CPH_FLAG_DEAD;
        else
            it.leakage[0] = (cph_c64){(double)NAN, 0.0};
        CU_ASSERT_EQUAL_FATAL(invert(&it), CPH_OK);
        CU_ASSERT_EQUAL(it.part[0], how == 0 ? CPH_JONES_NOTHING : CPH_JONES_GAIN);
        CU_ASSERT(it.part[2] == CPH_JONES_GAIN && it.part[1] == CPH_JONES_WHOLE);
        for (size_t k = 0; k < ENTRIES; k++)
            r[k] = observed(k / INPUTS, k % INPUTS, 0);
        CU_ASSERT_EQUAL_FATAL(cph_jones_undo_matrix(&it.inverse, true, r), CPH_OK);
        for (size_t k = 0; k < ENTRIES; k++)
            CU_ASSERT(cabs(value(r[k]) - truth(k / INPUTS, k % INPUTS)) < 1e-13);
    }
}

/* Rows {1, d} and {d, 1} have an angle with sine (1 - d^2)/(1 + d^2): 0.3 at d = 0.7338. */
static void nearly_parallel_rows_are_flagged(void)
{
    static const double leaks[2] = {0.733, 0.735};
    for (size_t k = 0; k < 2; k++) {
        rig it;
        make(&it);
        it.leakage[1] = it.leakage[3] = (cph_c64){leaks[k], 0.0};
        CU_ASSERT_EQUAL_FATAL(invert(&it), CPH_OK);
        for (size_t n = 0; n < INPUTS; n++)
            CU_ASSERT_EQUAL(it.flag[n], k == 1 && n % 2 == 1 ? CPH_FLAG_WEAK : CPH_FLAG_NONE);
    }
}

static void bad_arguments_are_refused(void)
{
    rig it;
    cph_c64 v = {1.0, 2.0};
    const size_t input[2] = {0, INPUTS};
    make(&it);
    it.partner[1] = INPUTS;
    CU_ASSERT_EQUAL(invert(&it), CPH_ERR_ARGUMENT);
    it.partner[1] = 2;
    CU_ASSERT_EQUAL(invert(&it), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(it.row[0].re, 0.0);
    CU_ASSERT_EQUAL(cph_jones_undo_matrix(&it.inverse, true, &v), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_jones_undo_products(&it.inverse, 1, input, &v, it.flag), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_jones_undo_products(&it.inverse, 5, input, &v, it.flag), CPH_ERR_ARGUMENT);
    CU_ASSERT(v.re == 1.0 && v.im == 2.0);
}

/* Inputs X and Y of antennas 0 and 1; X of 2, which has no Y. */
static void rows_without_all_four_products_stay_as_they_are(void)
{
    static const size_t input[8] = {0, 2, 1, 3, 0, 3, 1, 2}, single_x[2] = {4, 0},
                        alone[2] = {4, 4};
    size_t partner[5] = {1, 0, 3, 2, SIZE_MAX};
    cph_c64 mix[10], v[4], was[4];
    unsigned char flag[4] = {0, 0, 1, 0};
    const cph_jones_inverse j = {.inputs = 5, .row = mix, .partner = partner};
    for (size_t k = 0; k < 10; k++)
        mix[k] = (cph_c64){1.0 + (double)k, 0.3 * (double)k - 1.0};
    mix[9] = (cph_c64){0.0, 0.0};
    for (size_t k = 0; k < 4; k++)
        v[k] = was[k] = (cph_c64){(double)k - 0.7, 2.0 - 0.4 * (double)k};
    CU_ASSERT_EQUAL(cph_jones_undo_products(&j, 2, input, v, flag), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_jones_undo_products(&j, 3, input, v, flag), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_jones_undo_products(&j, 1, single_x, v, flag), CPH_ERR_MISSING);
    CU_ASSERT(memcmp(v, was, sizeof v) == 0 && flag[0] == 0 && flag[1] == 0);
    CU_ASSERT_EQUAL_FATAL(cph_jones_undo_products(&j, 1, alone, v, flag), CPH_OK);
    CU_ASSERT(cabs(value(v[0]) - value(was[0]) * value(mix[8]) * conj(value(mix[8]))) < 1e-12);
    memcpy(v, was, sizeof v);
    CU_ASSERT_EQUAL_FATAL(cph_jones_undo_products(&j, 4, input, v, flag), CPH_OK);
    const double complex first = value(mix[0]) * conj(value(mix[4])) * value(was[0]) +
                                 value(mix[1]) * conj(value(mix[5])) * value(was[1]) +
                                 value(mix[0]) * conj(value(mix[5])) * value(was[2]) +
                                 value(mix[1]) * conj(value(mix[4])) * value(was[3]);
    CU_ASSERT(cabs(value(v[0]) - first) < 1e-12 * cabs(first));
    CU_ASSERT(flag[0] == 1 && flag[1] == 1 && flag[2] == 1 && flag[3] == 1);
}

CU_TestInfo cph_tests_calib_jones_inverse[] = {
    {"partners are found by number and polarisation",
     partners_are_found_by_number_and_polarisation},
    {"covariances become the truth", covariances_become_the_truth},
    {"without a whole matrix gains are taken out", without_a_whole_matrix_gains_are_taken_out},
    {"nearly parallel rows are flagged", nearly_parallel_rows_are_flagged},
    {"bad arguments are refused", bad_arguments_are_refused},
    {"rows without all four products stay as they are",
     rows_without_all_four_products_stay_as_they_are},
    CU_TEST_INFO_NULL};
