/* SPDX-License-Identifier: MIT */
/* firstcal: delays and polarity of a band from its redundancy. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/redundant_scene.h"

enum { CHANNELS = 48 };
#define STEP_HZ 0.4e6
/* Of a converter that takes the band as it is. */
#define SAMPLE_S (1.0 / (CHANNELS * STEP_HZ))

typedef struct band {
    red_scene s;
    cph_c64 r[CHANNELS * RED_ELEMENTS * RED_LD]; /* [C][N][RED_LD] */
    double freq[CHANNELS], delay[RED_ELEMENTS], phase[RED_ELEMENTS];
    double found_delay[RED_ELEMENTS], found_phase[RED_ELEMENTS];
    cph_redundant_band band;
    cph_redundant_first first;
} band;

static double centre(void)
{
    return RED_FREQ + STEP_HZ * 0.5 * (CHANNELS - 1);
}

/* Delays of up to 3 samples either way, phases within 0.3 rad, every fourth element turned over. */
static void make(band *b, red_layout layout, uint64_t seed, double noise)
{
    red_scene *s = &b->s;
    memset(b, 0, sizeof *b);
    red_open(s, layout, seed);
    double size[RED_ELEMENTS] = {0.0};
    for (size_t p = 0; p < s->n; p++) {
        size[p] = cabs(s->gain[p]);
        b->delay[p] = SAMPLE_S * 6.0 * (cph_random_uniform(&s->random) - 0.5);
        b->phase[p] = 0.6 * (cph_random_uniform(&s->random) - 0.5) + (p % 4 == 1 ? M_PI : 0.0);
    }
    for (size_t c = 0; c < CHANNELS; c++) {
        s->freq_hz = b->freq[c] = RED_FREQ + STEP_HZ * (double)c;
        for (size_t p = 0; p < s->n; p++)
            s->gain[p] =
                size[p] *
                cexp(I * (b->phase[p] - 2.0 * M_PI * (b->freq[c] - centre()) * b->delay[p]));
        red_exact(s);
        if (noise > 0.0)
            red_noise(s, noise);
        memcpy(b->r + c * s->n * RED_LD, s->r, s->n * RED_LD * sizeof *s->r);
    }
    b->band =
        (cph_redundant_band){.channels = CHANNELS, .freq_hz = b->freq, .r = b->r, .ld = RED_LD};
    b->first = (cph_redundant_first){.delay_s = b->found_delay, .phase = b->found_phase};
}

/* Differences that no degeneracy changes: of two equal baselines, found less true. */
static void worst_pair(const band *b, double *delay, double *turn)
{
    const red_scene *s = &b->s;
    *delay = *turn = 0.0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q < s->n; q++)
            for (size_t k = 0; k < s->n; k++)
                for (size_t l = 0; l < s->n; l++) {
                    bool one = false, other = false;
                    const size_t of = cph_redundant_group(s->plan, p, q, &one);
                    if (of == SIZE_MAX || of != cph_redundant_group(s->plan, k, l, &other) ||
                        one != other)
                        continue;
                    const size_t at[4] = {p, q, k, l};
                    double tau = 0.0, phi = 0.0;
                    for (int i = 0; i < 4; i++) {
                        const double sign = i == 0 || i == 3 ? 1.0 : -1.0;
                        tau += sign * (b->found_delay[at[i]] - b->delay[at[i]]);
                        phi += sign * (b->found_phase[at[i]] - b->phase[at[i]]);
                    }
                    *delay = fmax(*delay, fabs(tau));
                    *turn = fmax(*turn, fabs(remainder(phi, 2.0 * M_PI)));
                }
}

static void delays_and_polarity_are_found(void)
{
    static const red_layout layouts[] = {RED_LINE, RED_RECTANGLE, RED_HEXAGON, RED_RAGGED,
                                         RED_BLOCK};
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        static band b;
        cph_error error;
        double delay, turn, sum = 0.0;
        make(&b, layouts[i], 200 + i, 0.0);
        CU_ASSERT_EQUAL_FATAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, &error), CPH_OK);
        worst_pair(&b, &delay, &turn);
        CU_ASSERT_DOUBLE_EQUAL(b.first.centre_hz, centre(), 1e-3);
        CU_ASSERT(delay < 1e-3 * SAMPLE_S);
        CU_ASSERT(turn < 1e-2);
        for (size_t p = 0; p < b.s.n; p++)
            sum += b.found_delay[p];
        CU_ASSERT_DOUBLE_EQUAL(sum, 0.0, 1e-9 * SAMPLE_S);
        CU_ASSERT_EQUAL(b.first.left_out, 0);
        red_close(&b.s);
    }
}

/* Errors of about half the sky in every channel; four channels are missing. */
static void noise_and_gaps_do_not_matter(void)
{
    static band b;
    double delay, turn;
    make(&b, RED_HEXAGON, 210, 0.3);
    const size_t n = b.s.n;
    for (size_t c = 20; c < 24; c++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = 0; q < n; q++)
                b.r[(c * n + p) * RED_LD + q] = (cph_c64){NAN, NAN};
    CU_ASSERT_EQUAL_FATAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, NULL), CPH_OK);
    worst_pair(&b, &delay, &turn);
    printf("worst delay %.3f samples, phase %.3f rad ", delay / SAMPLE_S, turn);
    CU_ASSERT(delay < 0.25 * SAMPLE_S);
    CU_ASSERT(turn < 0.5);
    CU_ASSERT(b.first.rms_s > 0.0 && b.first.rms_s < 0.5 * SAMPLE_S);
    red_close(&b.s);
}

/* Each channel starts from it, and takes its slopes from it: gains then are smooth over the band,
 * as delays are. */
static void channels_start_from_it(void)
{
    static band b;
    double complex before[RED_ELEMENTS] = {0.0};
    make(&b, RED_HEXAGON, 211, 1e-4);
    CU_ASSERT_EQUAL_FATAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, NULL), CPH_OK);
    double worst = 0.0;
    for (size_t c = 0; c < CHANNELS; c++) {
        cph_c64 start[RED_ELEMENTS];
        cph_redundant_first_gains(b.s.n, &b.first, b.freq[c], start);
        b.s.problem.r = b.r + c * b.s.n * RED_LD;
        b.s.problem.start = b.s.problem.reference = start;
        CU_ASSERT_EQUAL_FATAL(red_solve(&b.s), CPH_OK);
        CU_ASSERT_DOUBLE_EQUAL(b.s.solution.chi2_dof, 1.0, 5.0 / sqrt(b.s.solution.info.dof));
        for (size_t p = 0; p < b.s.n; p++) {
            if (b.s.flag[p] != CPH_FLAG_NONE)
                continue;
            const double complex z = red_get(b.s.solved[p]) / red_get(start[p]);
            if (c > 0)
                worst = fmax(worst, cabs(z - before[p]));
            before[p] = z;
            CU_ASSERT(fabs(carg(z)) < 0.1);
        }
        memset(b.s.flag, 0, sizeof b.s.flag);
    }
    CU_ASSERT(worst < 0.1);
    red_close(&b.s);
}

static void one_channel_has_no_delay(void)
{
    static band b;
    double delay, turn;
    make(&b, RED_RECTANGLE, 212, 0.0);
    memset(b.delay, 0, sizeof b.delay);
    b.band.channels = 1;
    b.band.freq_hz = b.freq;
    CU_ASSERT_EQUAL_FATAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, NULL), CPH_OK);
    for (size_t p = 0; p < b.s.n; p++) {
        CU_ASSERT_EQUAL(b.found_delay[p], 0.0);
        CU_ASSERT(isfinite(b.found_phase[p]));
    }
    worst_pair(&b, &delay, &turn);
    CU_ASSERT_EQUAL(delay, 0.0);
    red_close(&b.s);
}

static void flagged_and_open_elements_have_none(void)
{
    static band b;
    static unsigned char flag[RED_ELEMENTS];
    make(&b, RED_OFF, 213, 0.0);
    flag[2] = CPH_FLAG_HOT;
    b.band.flag = flag;
    CU_ASSERT_EQUAL_FATAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, NULL), CPH_OK);
    for (size_t p = 0; p < b.s.n; p++) {
        CU_ASSERT_EQUAL(isnan(b.found_delay[p]), p == 2 || p == 18);
        CU_ASSERT_EQUAL(isnan(b.found_phase[p]), p == 2 || p == 18);
    }
    red_close(&b.s);
}

static void bands_that_are_none(void)
{
    static band b;
    cph_error error;
    make(&b, RED_HEXAGON, 214, 0.0);
    b.found_delay[0] = -7.0;
    b.freq[7] += 0.1 * STEP_HZ;
    CU_ASSERT_EQUAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT(strstr(error.message, "channel 7") != NULL);
    b.freq[7] -= 0.1 * STEP_HZ;
    memset(b.r, 0, sizeof b.r);
    CU_ASSERT_EQUAL(cph_redundant_firstcal(b.s.plan, &b.band, &b.first, &error), CPH_ERR_SINGULAR);
    CU_ASSERT(strstr(error.message, "do not determine") != NULL);
    CU_ASSERT_EQUAL(b.found_delay[0], -7.0);
    red_close(&b.s);
}

CU_TestInfo cph_tests_redundant_first[] = {
    {"delays of 3 samples and polarity are found", delays_and_polarity_are_found},
    {"noise and gaps do not matter", noise_and_gaps_do_not_matter},
    {"channels start from it", channels_start_from_it},
    {"one channel has no delay", one_channel_has_no_delay},
    {"flagged and open elements have none", flagged_and_open_elements_have_none},
    {"bands that are none", bands_that_are_none},
    CU_TEST_INFO_NULL,
};
