/* SPDX-License-Identifier: MIT */
/* Tables of states from measured responses. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/random.h"
#include "cophase/state_table.h"
#include "tests/unit/seeds.h"

enum { N_MOST = 12, S_MOST = 16 };

typedef struct rig {
    size_t n, s;
    double complex table[S_MOST], offset[N_MOST];
    double noise[N_MOST];
    uint32_t code[S_MOST], held[N_MOST][2]; /* held: bits, and their values */
    cph_c64 response[N_MOST * S_MOST];
    cph_random random;
    cph_state_table_config config;
    cph_state_table_solution solution;
    cph_c64 value[S_MOST], offsets[N_MOST];
    double phase_sigma[S_MOST], amplitude_sigma[S_MOST], spread[S_MOST], chi2[N_MOST];
    unsigned char flag[N_MOST];
    uint32_t stuck[N_MOST];
    cph_error error;
} rig;

static double complex get(cph_c64 z)
{
    return z.re + I * z.im;
}

/* Steps of a turn, each off by some degrees and tenths of a decibel; codes in no order. */
static void open_rig(rig *r, size_t n, size_t s, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = n;
    r->s = s;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t k = 0; k < s; k++) {
        r->code[k] = (uint32_t)(k * 5 + 3) % (uint32_t)s; /* s is a power of two */
        const double turn = 2.0 * M_PI * r->code[k] / (double)s;
        r->table[k] = (0.8 + 0.4 * cph_random_uniform(&r->random)) *
                      cexp(I * (turn + 0.3 * cph_random_uniform(&r->random)));
    }
    for (size_t k = s; k-- > 0;)
        r->table[k] /= r->table[0];
    for (size_t i = 0; i < n; i++) {
        r->offset[i] = (0.5 + cph_random_uniform(&r->random)) *
                       cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
        r->noise[i] = 0.05 * (1.0 + (double)(i % 3));
    }
    r->config = (cph_state_table_config){
        .elements = n, .states = s, .response = r->response, .ld = s, .code = r->code};
    r->solution = (cph_state_table_solution){.value = r->value,
                                             .phase_sigma = r->phase_sigma,
                                             .amplitude_sigma = r->amplitude_sigma,
                                             .spread = r->spread,
                                             .offset = r->offsets,
                                             .chi2 = r->chi2,
                                             .flag = r->flag,
                                             .stuck = r->stuck};
}

static double complex state_of(const rig *r, uint32_t code)
{
    for (size_t k = 0; k < r->s; k++)
        if (r->code[k] == code)
            return r->table[k];
    return 0.0;
}

/* scale: of the noise. */
static void measure(rig *r, double scale)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->s; k++) {
            const uint32_t code = (r->code[k] & ~r->held[i][0]) | r->held[i][1];
            const double complex y = r->offset[i] * state_of(r, code) +
                                     scale * r->noise[i] * get(cph_random_normal(&r->random));
            r->response[i * r->s + k] = (cph_c64){creal(y), cimag(y)};
        }
}

static cph_status solve(rig *r)
{
    memset(r->flag, 0, sizeof r->flag);
    return cph_state_table_solve(&r->config, &r->solution, &r->error);
}

static double worst(const rig *r)
{
    double most = 0.0;
    for (size_t k = 0; k < r->s; k++)
        most = fmax(most, cabs(get(r->value[k]) - r->table[k]));
    return most;
}

static void a_table_is_exact_without_noise(void)
{
    static rig r;
    for (size_t n = 1; n <= N_MOST; n += 3) {
        open_rig(&r, n, 16, 40 + n);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r) < 1e-13);
        CU_ASSERT(r.value[0].re == 1.0 && r.value[0].im == 0.0 && r.phase_sigma[0] == 0.0);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT(r.flag[i] == CPH_FLAG_NONE && r.stuck[i] == CPH_STUCK_NONE);
            CU_ASSERT(cabs(get(r.offsets[i]) - r.offset[i]) < 1e-13);
        }
    }
}

/* Bits that are always 0 or always 1 are named, the others' table is not moved by them. */
static void a_stuck_bit_is_named(void)
{
    static rig r;
    for (unsigned noisy = 0; noisy < 2; noisy++) {
        open_rig(&r, 9, 16, 50);
        r.held[2][0] = 4; /* bit 2 is 0 */
        r.held[7][0] = r.held[7][1] = 8;
        r.config.sigma = noisy ? r.noise : NULL;
        measure(&r, noisy ? 1.0 : 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r) < (noisy ? 0.3 : 1e-13));
        for (size_t i = 0; i < r.n; i++) {
            const uint32_t named = i == 2 ? 8 : i == 7 ? 13 : CPH_STUCK_NONE;
            CU_ASSERT_EQUAL(r.stuck[i], named);
            CU_ASSERT_EQUAL(r.flag[i],
                            named == CPH_STUCK_NONE ? CPH_FLAG_NONE : CPH_FLAG_INCONSISTENT);
            CU_ASSERT_EQUAL(isnan(r.offsets[i].re) != 0, named != CPH_STUCK_NONE);
        }
        CU_ASSERT(!noisy || (r.chi2[2] > 10.0 && r.chi2[3] < 4.0));
    }
    /* Of equal steps a bit that is always 1 is one that is always 0, times -1. */
    open_rig(&r, 6, 16, 52);
    for (size_t k = 0; k < r.s; k++)
        r.table[k] = cexp(2.0 * M_PI * I * ((double)r.code[k] - (double)r.code[0]) / 16.0);
    r.held[4][0] = r.held[4][1] = 8;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.stuck[4], CPH_STUCK_VALUES * 3 + CPH_STUCK_EITHER);
    /* What no bit explains is inconsistent all the same, and without codes no bit is looked for. */
    open_rig(&r, 9, 16, 51);
    measure(&r, 0.0);
    for (size_t k = 0; k < r.s; k++)
        r.response[3 * r.s + k] = (cph_c64){cos(1.7 * (double)(k * k)), sin(0.9 * (double)k)};
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(r.flag[3] == CPH_FLAG_INCONSISTENT && r.stuck[3] == CPH_STUCK_NONE);
    CU_ASSERT(worst(&r) < 1e-13);
    r.held[3][0] = 4;
    r.config.code = NULL;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(r.flag[3] == CPH_FLAG_INCONSISTENT && r.stuck[3] == CPH_STUCK_NONE);
}

static void what_cannot_be_read_is_left_out(void)
{
    static rig r;
    open_rig(&r, 6, 8, 60);
    measure(&r, 0.0);
    r.response[1 * r.s + 5].im = NAN;
    memset(&r.response[2 * r.s], 0, r.s * sizeof *r.response);
    r.response[4 * r.s + 3].re += 9.0;
    r.flag[4] = CPH_FLAG_EXCLUDED;
    CU_ASSERT_EQUAL(cph_state_table_solve(&r.config, &r.solution, &r.error), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-13);
    CU_ASSERT(r.flag[1] == CPH_FLAG_NOT_FINITE && r.flag[2] == CPH_FLAG_DEAD &&
              r.flag[4] == CPH_FLAG_EXCLUDED && r.flag[0] == CPH_FLAG_NONE);
}

/* ---- errors ---- */

enum { P_MOST = 2 * (N_MOST + S_MOST) };

/* Bounds [s] of the complex error of each value: the Fisher matrix of the parts of all offsets and
 * values but the first, inverted by Gauss and Jordan. */
static void bounds(const rig *r, double scale, double *bound)
{
    static double f[P_MOST][2 * P_MOST];
    const size_t p = 2 * r->n + 2 * (r->s - 1);
    memset(f, 0, sizeof f);
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->s; k++) {
            /* d y / d parts: table, j table, offset, j offset */
            const double complex d[4] = {r->table[k], I * r->table[k], r->offset[i],
                                         I * r->offset[i]};
            const size_t at[4] = {2 * i, 2 * i + 1, 2 * (r->n + k - 1), 2 * (r->n + k - 1) + 1};
            const double weight = 2.0 / pow(scale * r->noise[i], 2.0);
            for (size_t a = 0; a < (k == 0 ? 2U : 4U); a++)
                for (size_t b = 0; b < (k == 0 ? 2U : 4U); b++)
                    f[at[a]][at[b]] += weight * creal(d[a] * conj(d[b]));
        }
    for (size_t i = 0; i < p; i++)
        f[i][p + i] = 1.0;
    for (size_t q = 0; q < p; q++) {
        const double pivot = f[q][q];
        for (size_t j = 0; j < 2 * p; j++)
            f[q][j] /= pivot;
        for (size_t i = 0; i < p; i++) {
            const double factor = i == q ? 0.0 : f[i][q];
            for (size_t j = 0; j < 2 * p; j++)
                f[i][j] -= factor * f[q][j];
        }
    }
    bound[0] = 0.0;
    for (size_t k = 1; k < r->s; k++) {
        const size_t at = 2 * (r->n + k - 1);
        bound[k] = f[at][p + at] + f[at + 1][p + at + 1];
    }
}

static void scatter_against_the_bound(void)
{
    const size_t seeds = test_seeds(4000);
    static rig r;
    double bound[S_MOST] = {0.0};
    for (unsigned known = 0; known < 2; known++) {
        double phase = 0.0, amplitude = 0.0, said = 0.0, found = 0.0;
        size_t count = 0, flagged = 0;
        open_rig(&r, 7, 8, 70 + known);
        for (size_t i = 0; i < r.n && !known; i++)
            r.noise[i] = 0.08;
        r.config.sigma = known ? r.noise : NULL;
        bounds(&r, 1.0, bound);
        for (size_t t = 0; t < seeds; t++) {
            measure(&r, 1.0);
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            found +=
                (known ? r.solution.chi2_dof : pow(r.solution.sigma / 0.08, 2.0)) / (double)seeds;
            for (size_t i = 0; i < r.n; i++)
                flagged += r.flag[i] != CPH_FLAG_NONE;
            for (size_t k = 1; k < r.s; k++, count++) {
                const double complex off = get(r.value[k]) / r.table[k];
                const double least = 0.5 * bound[k] / pow(cabs(r.table[k]), 2.0);
                phase += pow(carg(off), 2.0) / least;
                amplitude += pow(cabs(off) - 1.0, 2.0) / least;
                said += pow(r.phase_sigma[k], 2.0) / least;
                CU_ASSERT_EQUAL(r.phase_sigma[k], r.amplitude_sigma[k]);
            }
        }
        const char *const setting =
            known ? "7 elements, 8 states, noise known" : "equal noise, unknown";
        const double n = (double)count;
        test_row(setting, "phase", phase / n, sqrt(said / phase));
        test_row(setting, "amplitude", amplitude / n, NAN);
        printf("chi2 %.3f, flagged %zu ", found, flagged);
        CU_ASSERT(phase / n > 0.95 && phase / n < 1.15);
        CU_ASSERT(amplitude / n > 0.95 && amplitude / n < 1.15);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(said / phase), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(found, 1.0, 0.1);
        CU_ASSERT(flagged <= 1 + seeds / 200);
    }
}

/* Shifters that differ by more than the noise: standard errors grow with them. */
static void shifters_that_differ(void)
{
    static rig r;
    open_rig(&r, 12, 16, 80);
    double said[2];
    for (unsigned differ = 0; differ < 2; differ++) {
        r.config.sigma = r.noise;
        measure(&r, differ ? 5.0 : 1.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        said[differ] = r.phase_sigma[3] / sqrt(differ ? r.solution.chi2_dof : 1.0);
        CU_ASSERT(differ ? r.solution.chi2_dof > 15.0 : r.solution.chi2_dof < 1.6);
        CU_ASSERT(r.spread[3] > (differ ? 0.15 : 0.03) && r.spread[3] < (differ ? 2.0 : 0.3));
    }
    CU_ASSERT(fabs(said[1] / said[0] - 1.0) < 0.5);
}

static void refusals(void)
{
    static rig r;
    open_rig(&r, 4, 8, 90);
    measure(&r, 0.0);
    r.value[1].re = 77.0;
    const cph_state_table_config good = r.config;
    cph_state_table_solution none = r.solution;
    none.chi2 = NULL;
    CU_ASSERT_EQUAL(cph_state_table_solve(&good, &none, &r.error), CPH_ERR_ARGUMENT);
    r.config.states = 1;
    CU_ASSERT_EQUAL(solve(&r), CPH_ERR_ARGUMENT);
    r.config = good;
    r.config.ld = SIZE_MAX / 2;
    CU_ASSERT_EQUAL(solve(&r), CPH_ERR_OVERFLOW);
    r.config = good;
    r.noise[1] = -1.0;
    r.config.sigma = r.noise;
    CU_ASSERT_EQUAL(solve(&r), CPH_ERR_NOT_FINITE);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.error.message, "element 1"));
    r.config = good;
    memset(r.response, 0, sizeof r.response);
    CU_ASSERT_EQUAL(solve(&r), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(r.value[1].re, 77.0);
    CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_NONE);
}

CU_TestInfo cph_tests_state_table[] = {
    {"a table is exact without noise", a_table_is_exact_without_noise},
    {"a stuck bit is named", a_stuck_bit_is_named},
    {"what cannot be read is left out", what_cannot_be_read_is_left_out},
    {"scatter against the bound", scatter_against_the_bound},
    {"shifters that differ", shifters_that_differ},
    {"refusals", refusals},
    CU_TEST_INFO_NULL,
};
