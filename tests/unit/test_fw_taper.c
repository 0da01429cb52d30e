/* SPDX-License-Identifier: MIT */
/* Tapers from tables against those of cph_taper_array, in double. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/fw.h"
#include "cophase/random.h"
#include "cophase/weights.h"

enum { N = 400, CORNERS = 4, COUNT = N + 1 + CORNERS };

/* Half of the aperture in wavelengths along x and y, its middle, and a pitch that is nothing. */
static const double half[2] = {11.0, 6.5}, middle[2] = {-1.5, 0.75};
#define PITCH 1e-7

static const struct {
    const uint16_t *table;
    cph_taper taper;
    double bound;
} tables[] = {
    {cph_fw_taper_taylor_25, {.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -25.0}, 1.5e-4},
    {cph_fw_taper_taylor_30, {.kind = CPH_TAPER_TAYLOR, .nbar = 5, .sll_db = -30.0}, 1.5e-4},
    {cph_fw_taper_taylor_35, {.kind = CPH_TAPER_TAYLOR, .nbar = 6, .sll_db = -35.0}, 1.5e-4},
    {cph_fw_taper_circular_25,
     {.kind = CPH_TAPER_CIRCULAR_TAYLOR, .nbar = 4, .sll_db = -25.0},
     7e-4},
    {cph_fw_taper_circular_30,
     {.kind = CPH_TAPER_CIRCULAR_TAYLOR, .nbar = 5, .sll_db = -30.0},
     7e-4},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* Random places within the aperture, its middle and what spans it: the ends of both axes. */
static void place(const double reach[2], double *position, int32_t (*fixed)[3])
{
    cph_random random;
    cph_random_seed(&random, 47, 0);
    memset(position, 0, sizeof *position * 3 * COUNT);
    for (size_t n = 0; n < N; n++) {
        const double rho = sqrt(cph_random_uniform(&random));
        const double angle = 2.0 * M_PI * cph_random_uniform(&random);
        position[3 * n] = reach[0] * rho * cos(angle);
        position[3 * n + 1] = reach[1] * rho * sin(angle);
        position[3 * n + 2] = cph_random_uniform(&random);
    }
    const double end[CORNERS][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (size_t c = 0; c < CORNERS; c++)
        for (size_t i = 0; i < 2; i++)
            position[3 * (N + 1 + c) + i] = end[c][i] * (reach[i] - PITCH / 2);
    for (size_t n = 0; n < COUNT; n++)
        for (size_t i = 0; i < 3; i++)
            fixed[n][i] = (int32_t)lround(ldexp(position[3 * n + i] + (i < 2 ? middle[i] : 0), 20));
}

/* The taper is 1 at its largest, which is in the middle for all of these. Besides the bound of the
 * table: places rounded to 2^-15 of the aperture, at most 2 of a slope in s below 3; the roundings
 * of value and amplitude. Two factors: twice the bound. */
static void tables_are_the_tapers(void)
{
    static double position[3 * COUNT], exact[COUNT];
    static int32_t fixed[COUNT][3];
    static uint16_t amplitude[COUNT];
    for (size_t t = 0; t < TABLES; t++) {
        const bool round = tables[t].taper.kind == CPH_TAPER_CIRCULAR_TAYLOR;
        const double reach[2] = {half[0], round ? half[0] : half[1]};
        place(reach, position, fixed);
        const cph_fw_taper taper = {.table = tables[t].table,
                                    .middle = {(int32_t)lround(ldexp(middle[0], 20)),
                                               (int32_t)lround(ldexp(middle[1], 20))},
                                    .scale = {(uint32_t)lround(ldexp(1.0 / reach[0], 26)),
                                              (uint32_t)lround(ldexp(1.0 / reach[1], 26))},
                                    .separable = !round,
                                    .peak = 30000};
        CU_ASSERT_EQUAL(cph_taper_array(&tables[t].taper, COUNT, position, PITCH, exact), CPH_OK);
        CU_ASSERT_EQUAL(
            cph_fw_taper_positions(&taper, COUNT, (const int32_t(*)[3])fixed, amplitude), CPH_OK);
        double worst = 0.0;
        for (size_t n = 0; n < COUNT; n++)
            worst = fmax(worst, fabs(amplitude[n] / 30000.0 - exact[n] / exact[N]));
        const double bound = (round ? 1 : 2) * tables[t].bound + 6 * 0x1p-15 + 0x1p-15;
        CU_ASSERT(worst <= bound);
        if (worst > bound)
            printf("table %zu: %.2e ", t, worst);
        CU_ASSERT_EQUAL(amplitude[N], 30000);
    }
}

static const cph_fw_row rows[2] = {{-3, 1, 5}, {2, -2, 4}};
static const cph_fw_lattice lattice = {
    .a = {70000000, 3000000, 0}, .b = {20000000, 60000000, 9}, .row = rows, .rows = 2};
static const cph_fw_taper skewed = {.table = cph_fw_taper_circular_30,
                                    .middle = {100000, -50000},
                                    .scale = {30000000, 40000000},
                                    .peak = 32768};

static void lattices_are_tapered_where_their_elements_are(void)
{
    int32_t fixed[9][3];
    uint16_t expected[9], got[9];
    size_t elements = 0, n = 0;
    for (size_t r = 0; r < 2; r++)
        for (int i = rows[r].i; i < rows[r].i + rows[r].count; i++, n++)
            for (size_t k = 0; k < 3; k++)
                fixed[n][k] = (int32_t)floor(
                    ((double)i * lattice.a[k] + (double)rows[r].j * lattice.b[k]) / 128.0);
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&skewed, 9, (const int32_t(*)[3])fixed, expected),
                    CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_taper_lattice(&skewed, &lattice, 9, got, &elements), CPH_OK);
    CU_ASSERT_EQUAL(elements, 9);
    CU_ASSERT_EQUAL(memcmp(got, expected, sizeof got), 0);
    CU_ASSERT(expected[0] != expected[4] && expected[0] != expected[5]);
}

static void beyond_the_edge_is_the_edge(void)
{
    const int32_t far[2][3] = {{INT32_MIN, INT32_MAX, 0}, {INT32_MAX, INT32_MIN, 1}};
    uint16_t amplitude[2];
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&skewed, 2, far, amplitude), CPH_OK);
    CU_ASSERT_EQUAL(amplitude[0], cph_fw_taper_circular_30[64]);
    CU_ASSERT_EQUAL(amplitude[1], cph_fw_taper_circular_30[64]);
}

static void bad_tapers_are_refused(void)
{
    const int32_t position[1][3] = {{0}};
    uint16_t table[CPH_FW_TAPER_POINTS] = {0}, amplitude[9] = {7, 7, 7, 7, 7, 7, 7, 7, 7};
    size_t elements = 5;
    cph_fw_taper bad = skewed;
    CU_ASSERT_EQUAL(cph_fw_taper_positions(NULL, 1, position, amplitude), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&bad, 0, position, amplitude), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&bad, CPH_FW_ELEMENTS_MAX + 1, position, amplitude),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&bad, 1, NULL, amplitude), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&bad, 1, position, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_lattice(&bad, NULL, 9, amplitude, &elements), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_lattice(&bad, &lattice, 8, amplitude, &elements),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_taper_lattice(&bad, &lattice, 9, NULL, &elements), CPH_ERR_ARGUMENT);
    bad.scale[1] = (1U << 27) + 1;
    CU_ASSERT_EQUAL(cph_fw_taper_positions(&bad, 1, position, amplitude), CPH_ERR_ARGUMENT);
    bad = skewed;
    table[64] = 32769;
    bad.table = table;
    CU_ASSERT_EQUAL(cph_fw_taper_lattice(&bad, &lattice, 9, amplitude, &elements),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT(amplitude[0] == 7 && amplitude[8] == 7 && elements == 5);
}

CU_TestInfo cph_tests_fw_taper[] = {
    {"tables are the tapers", tables_are_the_tapers},
    {"lattices are tapered where their elements are",
     lattices_are_tapered_where_their_elements_are},
    {"beyond the edge is the edge", beyond_the_edge_is_the_edge},
    {"bad tapers are refused", bad_tapers_are_refused},
    CU_TEST_INFO_NULL,
};
