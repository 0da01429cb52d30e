/* SPDX-License-Identifier: MIT */
/* Delay, phase, polarity and bandpass over a band of channels. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/band.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N = 6, LD = 7, C = 48 };

typedef struct rig {
    double complex gain[N], bandpass[C * N];
    double freq[C], delay[N], noise[N]; /* noise power over that of the signal */
    cph_c64 r[C * N * LD], response[C * N], model[C * N];
    double coherence[C * N];
    cph_random random;
    cph_response_config compare;
    cph_band_config config;
    cph_band_solution solution;
    cph_c64 solved[N], left[C * N];
    double phase_sigma[N], amplitude_sigma[N], found[N], delay_sigma[N], chi2[N];
    signed char polarity[N];
    unsigned char flag[N];
    cph_error error;
} rig;

/* Channels of 1 MHz about 150 MHz, in no order. */
static void open_rig(rig *r, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t c = 0; c < C; c++)
        r->freq[c] = 126e6 + 1e6 * (double)((c * 7) % C);
    for (size_t n = 0; n < N; n++) {
        r->gain[n] = (0.7 + 0.15 * (double)n) * cexp(I * (1.0 - 1.7 * (double)n));
        r->delay[n] = 31e-9 * (double)n - 83e-9;
    }
    for (size_t i = 0; i < (size_t)C * N; i++)
        r->bandpass[i] = 1.0;
    r->compare = (cph_response_config){
        .channels = C, .elements = N, .r = r->r, .ld = LD, .reference = 1, .flag = r->flag};
    r->config = (cph_band_config){.channels = C,
                                  .elements = N,
                                  .freq_hz = r->freq,
                                  .response = r->response,
                                  .coherence = r->coherence};
    r->solution =
        (cph_band_solution){.estimate = {r->solved, r->phase_sigma, r->amplitude_sigma, r->flag},
                            .delay_s = r->found,
                            .delay_sigma_s = r->delay_sigma,
                            .polarity = r->polarity,
                            .bandpass = r->left,
                            .chi2_dof = r->chi2};
}

static double complex truth(const rig *r, size_t c, size_t n)
{
    return r->bandpass[c * N + n] * r->gain[n] * cexp(-2.0 * M_PI * I * r->freq[c] * r->delay[n]);
}

/* Responses as they are, to a signal that is not measured. */
static void exact(rig *r)
{
    for (size_t c = 0; c < C; c++)
        for (size_t n = 0; n < N; n++) {
            const double complex h = truth(r, c, n);
            r->response[c * N + n] = (cph_c64){creal(h), cimag(h)};
            r->coherence[c * N + n] = 0.5 + 0.005 * (double)c;
        }
}

/* Sample covariances of K snapshots. */
static void measure(rig *r, size_t samples)
{
    memset(r->r, 0, sizeof r->r);
    for (size_t c = 0; c < C; c++) {
        double complex h[N], x[N], sum[N][N] = {{0.0}};
        for (size_t n = 0; n < N; n++)
            h[n] = truth(r, c, n);
        for (size_t k = 0; k < samples; k++) {
            const double complex s = scene_get(cph_random_normal(&r->random));
            for (size_t n = 0; n < N; n++)
                x[n] = h[n] * s +
                       cabs(h[n]) * sqrt(r->noise[n]) * scene_get(cph_random_normal(&r->random));
            for (size_t p = 0; p < N; p++)
                for (size_t q = 0; q <= p; q++)
                    sum[p][q] += x[p] * conj(x[q]) / (double)samples;
        }
        for (size_t p = 0; p < N; p++)
            for (size_t q = 0; q <= p; q++) {
                r->r[(c * N + p) * LD + q] = (cph_c64){creal(sum[p][q]), cimag(sum[p][q])};
                r->r[(c * N + q) * LD + p] = (cph_c64){creal(sum[p][q]), -cimag(sum[p][q])};
            }
    }
    memset(r->flag, 0, sizeof r->flag);
}

static cph_status solve(rig *r)
{
    return cph_band_solve(&r->config, &r->solution, &r->error);
}

static double complex gain_at_centre(const rig *r, size_t n)
{
    return r->gain[n] * cexp(-2.0 * M_PI * I * r->solution.freq_hz * r->delay[n]);
}

static void without_noise(void)
{
    static rig r;
    open_rig(&r, 1);
    exact(&r);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(r.solution.freq_hz, 149.5e6, 1.0);
    cph_band_model(&r.config, &r.solution, r.model);
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT(fabs(r.found[n] - r.delay[n]) < 1e-20);
        CU_ASSERT(cabs(scene_get(r.solved[n]) - gain_at_centre(&r, n)) < 1e-10);
        CU_ASSERT_EQUAL(r.polarity[n], 0);
        for (size_t c = 0; c < C; c++) {
            CU_ASSERT(cabs(scene_get(r.left[c * N + n]) - 1.0) < 1e-9);
            CU_ASSERT(cabs(scene_get(r.model[c * N + n]) - truth(&r, c, n)) < 1e-9);
        }
    }
}

/* What is not a delay stays in the bandpass, channel by channel. */
static void the_bandpass_is_left(void)
{
    static rig r;
    open_rig(&r, 2);
    for (size_t n = 0; n < N; n++)
        for (size_t c = 0; c < C; c++) /* even about the middle, so no slope */
            r.bandpass[c * N + n] =
                (1.0 + 0.2 * cos(6.0 * (r.freq[c] - 149.5e6) / 24e6)) *
                cexp(I * 0.1 * (double)(n + 1) * cos(2.0 * M_PI * (r.freq[c] - 149.5e6) / 48e6));
    exact(&r);
    r.config.coherence = NULL;
    r.response[3 * N + 2].re = NAN;
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        double complex ratio = 0.0;
        CU_ASSERT(fabs(r.found[n] - r.delay[n]) < (n == 2 ? 1e-10 : 1e-17));
        for (size_t c = 0; c < C && n != 2; c++) {
            ratio = scene_get(r.left[c * N + n]) / r.bandpass[c * N + n];
            CU_ASSERT(cabs(ratio / (scene_get(r.left[n]) / r.bandpass[n]) - 1.0) < 1e-7);
        }
    }
    CU_ASSERT(isnan(r.left[3 * N + 2].re));
}

/* Real sampling from 0 Hz on: inverted channels, and delays of three samples. */
static void polarity_flips(void)
{
    static rig r;
    for (int noisy = 0; noisy < 2; noisy++) {
        open_rig(&r, 3);
        const double rate = 48e3;
        for (size_t c = 0; c < C; c++)
            r.freq[c] = rate / 2.0 * (double)(c + 1) / (C + 1);
        for (size_t n = 0; n < N; n++) {
            r.gain[n] = n % 2 == 0 ? 1.3 : -0.8;
            r.delay[n] = (n < 3 ? 3.0 : -3.0) / rate + (n == 5 ? 1e-6 : 0.0);
            r.noise[n] = noisy ? 0.3 : 0.0;
        }
        r.noise[1] = 0.0;
        r.gain[1] = 1.0;
        r.delay[1] = 0.0;
        r.config.polarity = true;
        if (noisy) {
            measure(&r, 64);
            CU_ASSERT_EQUAL_FATAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_OK);
            r.config.samples = 64.0;
        } else {
            exact(&r);
        }
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        for (size_t n = 0; n < N; n++) {
            CU_ASSERT_EQUAL(r.polarity[n], creal(r.gain[n]) > 0.0 ? 1 : -1);
            CU_ASSERT(fabs(r.found[n] - r.delay[n]) <
                      (noisy ? 5.0 * r.delay_sigma[n] + 1e-18 : 1e-17));
        }
        /* A phase that is neither 0 nor pi has no polarity. */
        r.gain[2] *= cexp(1.3 * I);
        exact(&r);
        r.config.samples = 1000.0;
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.polarity[2], 0);
        CU_ASSERT(fabs(r.found[2] - r.delay[2]) < 1e-17);
    }
}

typedef struct tally {
    double phase, delay, phase_said, delay_said, chi2;
    size_t count;
} tally;

/* Delay and phase at the centre from covariances with a reference that is noisy too; variance of a
 * channel's phase (1 - coherence)/(2 K coherence). */
static void scatter_against_the_bound(void)
{
    static const char *const settings[] = {"free phase", "polarity"};
    const size_t seeds = test_seeds(200);
    static rig r;
    for (int through = 0; through < 2; through++) {
        tally t = {0};
        const size_t samples = 200;
        double spread = 0.0, square = 0.0;
        open_rig(&r, 4);
        for (size_t c = 0; c < C; c++) {
            r.freq[c] -= through ? 125e6 : 0.0;
            spread += pow(2.0 * M_PI * 1e6 * ((double)c - 0.5 * (C - 1)), 2.0);
            square += pow(2.0 * M_PI * r.freq[c], 2.0);
        }
        for (size_t n = 0; n < N; n++) {
            /* The noise of the reference is in all errors: little, or they are one. */
            r.noise[n] = n == 1 ? 0.05 : 0.5 + 0.1 * (double)n;
            r.gain[n] = through ? cabs(r.gain[n]) * (n % 2 == 0 ? 1.0 : -1.0) : r.gain[n];
        }
        r.config.polarity = through == 1;
        for (size_t k = 0; k < seeds; k++) {
            cph_random_seed(&r.random, 4, 1 + k);
            measure(&r, samples);
            CU_ASSERT_EQUAL_FATAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_OK);
            r.config.samples = k % 2 == 0 ? (double)samples : 0.0;
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            for (size_t n = 0; n < N; n++) {
                if (n == 1)
                    continue;
                const double coherence = 1.0 / (1.0 + r.noise[n]) / (1.0 + r.noise[1]);
                const double one = (1.0 - coherence) / (2.0 * (double)samples * coherence);
                const double delay = through ? one / square : one / spread;
                const double phase =
                    through ? pow(2.0 * M_PI * r.solution.freq_hz, 2.0) * delay : one / (double)C;
                const double complex off =
                    scene_get(r.solved[n]) / gain_at_centre(&r, n) * gain_at_centre(&r, 1);
                t.delay += pow(r.found[n] - r.delay[n] + r.delay[1], 2.0) / delay;
                t.phase += pow(carg(off), 2.0) / phase;
                t.delay_said += pow(r.delay_sigma[n], 2.0) / delay;
                t.phase_said += pow(r.phase_sigma[n], 2.0) / phase;
                t.chi2 += k % 2 == 0 ? r.chi2[n] / (0.5 * (N - 1) * (double)seeds) : 0.0;
                t.count++;
                CU_ASSERT(r.polarity[n] == 0 || r.polarity[n] == (n % 2 == 0 ? -1 : 1));
            }
        }
        test_row(settings[through], "phase", t.phase / (double)t.count,
                 sqrt(t.phase_said / t.phase));
        test_row(settings[through], "delay", t.delay / (double)t.count,
                 sqrt(t.delay_said / t.delay));
        /* Each scatters by 4.5 % itself. */
        CU_ASSERT_DOUBLE_EQUAL(t.phase / (double)t.count, 1.0, 0.15);
        CU_ASSERT_DOUBLE_EQUAL(t.delay / (double)t.count, 1.0, 0.15);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(t.phase_said / t.phase), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(t.delay_said / t.delay), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(t.chi2, 1.0, 0.1);
    }
}

/* The mean of the others is a better reference than any one of them. */
static void against_the_mean(void)
{
    static rig r;
    double one[N], error = 0.0, said = 0.0;
    open_rig(&r, 5);
    for (size_t n = 0; n < N; n++)
        r.noise[n] = 1.0;
    measure(&r, 200);
    r.config.samples = 200.0;
    CU_ASSERT_EQUAL_FATAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    memcpy(one, r.delay_sigma, sizeof one);
    cph_band_model(&r.config, &r.solution, r.model);
    r.compare.model = r.model;
    CU_ASSERT_EQUAL_FATAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        /* Delays are still against element 1, with its error. */
        const double off = r.found[n] - r.delay[n] + r.delay[1];
        error += off * off;
        said += r.delay_sigma[n] * r.delay_sigma[n];
        CU_ASSERT(n == 1 || r.delay_sigma[n] < 0.8 * one[n]);
    }
    printf("error / sigma %.2f ", sqrt(error / said));
    CU_ASSERT(error < 9.0 * said);
}

static void elements_without_an_answer(void)
{
    static rig r;
    open_rig(&r, 6);
    for (size_t n = 0; n < N; n++)
        r.noise[n] = 0.1;
    r.noise[3] = 1e9;
    measure(&r, 50);
    r.flag[5] = CPH_FLAG_HOT;
    CU_ASSERT_EQUAL_FATAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_OK);
    for (size_t c = 2; c < C; c++)
        r.response[c * N + 4] = (cph_c64){0.0, 0.0};
    for (int k = 0; k < 2; k++) {
        r.config.samples = k == 0 ? 50.0 : 0.0;
        r.config.coherence = k == 0 ? r.coherence : NULL;
        memset(r.flag, 0, 5);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(r.flag[3], CPH_FLAG_DEAD);
        CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_UNSOLVED);
        CU_ASSERT_EQUAL(r.flag[5], CPH_FLAG_HOT);
        CU_ASSERT(isnan(r.found[3]) && isnan(r.solved[5].re) && isnan(r.delay_sigma[4]));
    }
}

/* Channels without a response neither hide a weak signal nor make one of noise. */
static void channels_without_a_response(void)
{
    enum { HEARD = 8 };
    static rig r;
    open_rig(&r, 8);
    exact(&r);
    r.config.samples = 100.0;
    for (size_t c = 0; c < C; c++) {
        /* 8 x 99 x 0.05 = 40 where noise makes 8 +- 3: by the rule less than 1e-6; of 48: common.
         */
        r.coherence[c * N + 2] = c < HEARD ? 1.0 - exp(-0.05) : 0.0;
        if (c >= HEARD)
            r.response[c * N + 2] = (cph_c64){c % 2 == 0 ? (double)NAN : 0.0, 0.0};
    }
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[2], CPH_FLAG_NONE);
    CU_ASSERT(fabs(r.found[2] - r.delay[2]) < 1e-15);
    for (size_t n = 0; n < N; n++)
        r.noise[n] = n == 3 ? 1e9 : 0.1;
    measure(&r, 50);
    CU_ASSERT_EQUAL_FATAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_OK);
    r.config.samples = 50.0;
    r.coherence[5 * N + 3] = NAN;
    r.coherence[6 * N + 3] = INFINITY;
    r.coherence[7 * N + 3] = -1.0;
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[3], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_NONE);
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->found[0] = r->solution.freq_hz = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 7);
    exact(&r);
    r.config.channels = 2;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "2 channels");
    r.config.channels = C;
    r.config.max_delay_s = 1.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "to try");
    r.config.max_delay_s = 0.0;
    r.freq[4] = r.freq[9];
    expect_refusal(&r, CPH_ERR_SINGULAR, "same frequency");
    r.freq[4] = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "channel 4");
    memset(r.flag, CPH_FLAG_LISTED, sizeof r.flag);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "all 6");
    CU_ASSERT_EQUAL(cph_band_response(&r.compare, r.response, r.coherence), CPH_ERR_ARGUMENT);
}

CU_TestInfo cph_tests_calib_band[] = {
    {"without noise", without_noise},
    {"the bandpass is left", the_bandpass_is_left},
    {"polarity flips and delays of three samples", polarity_flips},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"against the mean of the others", against_the_mean},
    {"elements without an answer", elements_without_an_answer},
    {"channels without a response", channels_without_a_response},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
