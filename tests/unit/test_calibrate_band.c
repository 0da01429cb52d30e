/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method delay and bandpass on a covariance of many channels. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cli/fill_channels.h"
#include "cophase/random.h"
#include "tests/unit/data_fixture.h"

enum { N = 8, C = 16, K = 1000, SEED = 5, GAP_CHANNEL = 9, GAP_ELEMENT = 2 };
static const double freq = 150e6, step = 400e3;
static const double source[3] = {0.3, -0.2, 0.9327379053088815};

/* Up to 100 ns; the mean is not 0. */
static double delay_of(size_t n)
{
    return 1e-9 * (20.0 + 80.0 * sin(3.0 * (double)n));
}

static double complex shape_of(size_t c, size_t n, bool shaped)
{
    return shaped ? 1.0 + 0.2 * cexp(I * (0.4 * (double)c + (double)n)) : 1.0;
}

static double complex gain_of(size_t c, size_t n, bool shaped)
{
    const double offset = step * ((double)c - 0.5 * (C - 1));
    return (1.0 + 0.1 * (double)(n % 3)) *
           cexp(I * ((double)(n * n) - 2.0 * M_PI * offset * delay_of(n))) * shape_of(c, n, shaped);
}

/* K samples of a source as strong as the noise; one entry of a channel is not finite. */
static void write_band(const char *path, bool shaped)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    fixture_header(CPH_KIND_COVARIANCE, CPH_C32, C, N, &header);
    header.times = 1;
    header.n_samples = K;
    header.time_unix_s = calloc(1, sizeof(double));
    for (size_t n = 0; n < N; n++) {
        header.array.element[n].listed = false;
        header.array.element[n].polarization = '\0';
    }
    for (size_t c = 0; c < C; c++)
        header.channel_freq_hz[c] = freq + step * (double)c;
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, NULL, &writer, &error), CPH_OK);
    for (size_t c = 0; c < C; c++) {
        double complex r[N][N] = {{0}}, v[N], x[N];
        cph_c64 out[N * N];
        for (size_t n = 0; n < N; n++) {
            const double *at = header.array.element[n].position;
            const double path_m = source[0] * at[0] + source[1] * at[1] + source[2] * at[2];
            v[n] = gain_of(c, n, shaped) *
                   cexp(2.0 * M_PI * I * header.channel_freq_hz[c] / CPH_SPEED_OF_LIGHT * path_m);
        }
        for (size_t k = 0; k < K; k++) {
            const cph_c64 s = cph_random_normal(&random);
            for (size_t n = 0; n < N; n++) {
                const cph_c64 e = cph_random_normal(&random);
                x[n] = v[n] * (s.re + I * s.im) + e.re + I * e.im;
            }
            for (size_t p = 0; p < N; p++)
                for (size_t q = 0; q < N; q++)
                    r[p][q] += x[p] * conj(x[q]) / K;
        }
        for (size_t p = 0; p < N; p++)
            for (size_t q = 0; q < N; q++) {
                const bool gap = c == GAP_CHANNEL && (p == GAP_ELEMENT || q == GAP_ELEMENT);
                out[p * N + q] =
                    gap ? (cph_c64){NAN, NAN} : (cph_c64){creal(r[p][q]), cimag(r[p][q])};
            }
        CU_ASSERT_EQUAL_FATAL(cph_covariance_put(writer, 0, c, out, &error), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

typedef struct run {
    cph_direction word;
    double flux;
    cph_calibrate_options o;
    cph_input input;
    cph_calibrated made;
} run;

static void open_run(run *r, const char *path, const char *method)
{
    cph_error error;
    *r = (run){.word = {.kind = CPH_DIRECTION_UV, .angle = {source[0], source[1]}, .text = "a"},
               .flux = NAN};
    r->o = (cph_calibrate_options){.cli = {.name = "cophase test",
                                           .input = path,
                                           .quiet = true,
                                           .max_memory = (size_t)64 << 20},
                                   .sources = 1,
                                   .direction = &r->word,
                                   .flux = &r->flux,
                                   .reference = SIZE_MAX,
                                   .weak_below = -1.0};
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find(method, &r->o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(
        cph_input_open(&r->o.cli, r->o.method->input | CPH_NEEDS_POSITIONS, &r->input),
        CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_solve(&r->o, &r->input, &r->made), CPH_EXIT_DONE);
}

static void close_run(run *r)
{
    cph_calibrated_free(&r->made);
    cph_input_close(&r->input);
}

/* Delays less their mean are those of the truth, within 5 standard errors of the bound for elements
 * of amplitude 1 (the others hear more): a channel's phase against the mean of all others has the
 * variance (1 - q)/(2 K q), q = SNR/(1 + SNR) (N - 1) SNR/(1 + (N - 1) SNR). */
static void check_delays(const run *r)
{
    double mean = 0.0, sum = 0.0;
    for (size_t n = 0; n < N; n++)
        mean += delay_of(n) / N;
    const double *delay = r->made.calibration.delay_s;
    CU_ASSERT_FATAL(delay != NULL);
    for (size_t n = 0; n < N; n++) {
        double lever = 0.0;
        for (size_t c = 0; c < C; c++)
            lever += pow(2.0 * M_PI * step * ((double)c - 0.5 * (C - 1)), 2.0);
        const double q = 0.5 * 7.0 / 8.0, sigma = sqrt((1.0 - q) / (2.0 * K * q) / lever);
        const double error = delay[n] - (delay_of(n) - mean);
        CU_ASSERT(fabs(error) < 5.0 * sigma);
        CU_ASSERT_EQUAL(delay[(size_t)5 * N + n], delay[n]);
        sum += error * error / (sigma * sigma);
    }
    printf("delays %.2f ", sum / N);
    CU_ASSERT(sum / N < 1.0 + 4.0 * sqrt(2.0 / N));
}

/* Gains of a channel in their gauge against the truth, over standard errors: the mean of squares.
 */
static double errors_of(const cph_calibration *c, size_t channel, bool shaped)
{
    double complex truth[N], phasor = 0.0;
    double amplitude = 0.0, found = 0.0, sum = 0.0, mean = 0.0;
    double phase[N];
    for (size_t n = 0; n < N; n++) {
        const cph_c64 g = c->gain[channel * N + n];
        truth[n] = gain_of(channel, n, shaped);
        phasor += truth[n] / cabs(truth[n]) * conj((g.re + I * g.im) / hypot(g.re, g.im));
        amplitude += cabs(truth[n]) / N;
        found += hypot(g.re, g.im) / N;
    }
    for (size_t n = 0; n < N; n++) {
        const cph_c64 g = c->gain[channel * N + n];
        phase[n] = carg((g.re + I * g.im) * phasor / truth[n]);
        mean += phase[n] / N;
    }
    for (size_t n = 0; n < N; n++) {
        const cph_c64 g = c->gain[channel * N + n];
        const double relative = hypot(g.re, g.im) / found / (cabs(truth[n]) / amplitude) - 1.0;
        sum += pow((phase[n] - mean) / c->phase_sigma[channel * N + n], 2.0) +
               pow(relative / c->amplitude_sigma[channel * N + n], 2.0);
    }
    return sum / (2.0 * N);
}

static void delays_and_phases_are_found(void)
{
    const char *path = fixture_path("band.h5");
    write_band(path, false);
    run r;
    open_run(&r, path, "delay");
    printf("seed %d ", SEED);
    check_delays(&r);
    /* The same errors turn up in all channels: 2 N of them, and N more of delays. */
    double sum = 0.0;
    for (size_t c = 0; c < C; c++)
        sum += errors_of(&r.made.calibration, c, false) / C;
    printf("gains %.2f ", sum);
    CU_ASSERT(fabs(sum - 1.0) < 4.0 * sqrt(2.0 / (2 * N)));
    CU_ASSERT_EQUAL(r.made.calibration.flag[GAP_CHANNEL * N + GAP_ELEMENT], CPH_FLAG_NONE);
    close_run(&r);
}

static void a_bandpass_is_found_and_gaps_are_closed(void)
{
    const char *path = fixture_path("band.h5");
    write_band(path, true);
    run r;
    open_run(&r, path, "bandpass");
    double sum = 0.0;
    for (size_t c = 0; c < C; c++)
        if (c != GAP_CHANNEL)
            sum += errors_of(&r.made.calibration, c, true) / (C - 1);
    printf("seed %d, gains %.2f ", SEED, sum);
    CU_ASSERT(fabs(sum - 1.0) < 4.0 * sqrt(2.0 / (2 * N * (C - 1))));
    /* The gap lies on a line between its neighbours, over delay and phase: the curvature of the
     * shape, 0.2 (0.4)^2 / 2, and 5 standard errors. */
    const cph_calibration *c = &r.made.calibration;
    const size_t at = GAP_CHANNEL * N + GAP_ELEMENT;
    CU_ASSERT_EQUAL(c->flag[at], CPH_FLAG_NONE);
    CU_ASSERT(errors_of(c, GAP_CHANNEL, true) < 4.0);
    CU_ASSERT(c->phase_sigma[at] > 0.5 * c->phase_sigma[at - N] &&
              c->phase_sigma[at] < c->phase_sigma[at - N]);
    close_run(&r);
}

/* --fill-channels: what one element lacks, and a channel without any gain; a gap is twice a step.
 */
static void lacking_channels_are_filled(void)
{
    const size_t empty = 4;
    const char *path = fixture_path("band.h5");
    write_band(path, true);
    for (int wide = 0; wide < 2; wide++) {
        run r;
        open_run(&r, path, "model");
        cph_calibration *c = &r.made.calibration;
        const size_t at = (size_t)GAP_CHANNEL * N + GAP_ELEMENT;
        CU_ASSERT_EQUAL(c->flag[at], CPH_FLAG_NOT_FINITE);
        memset(c->flag + empty * N, CPH_FLAG_UNSOLVED, N);
        for (size_t channel = 0; channel < C; channel++) /* broken; a gain here and there */
            if (channel % 4 != 1)
                c->flag[channel * N + 5] = CPH_FLAG_DEAD;
        const cph_c64 before = c->gain[at + 1];
        r.o.fill_gap_hz = (wide ? 2.0 : 1.9) * step;
        CU_ASSERT_EQUAL(cph_fill_channels(&r.o, &r.made), CPH_EXIT_DONE);
        const unsigned char *const mark = r.made.calibration.filled;
        size_t marked = 0;
        for (size_t i = 0; mark != NULL && i < r.made.times * r.made.channels * N; i++)
            marked += mark[i];
        CU_ASSERT_EQUAL(marked, r.made.filled.gains);
        CU_ASSERT_EQUAL(r.made.filled.gains, wide ? N : 0);
        CU_ASSERT_EQUAL(r.made.filled.left, wide ? 12 : 12 + N);
        CU_ASSERT_EQUAL(c->flag[at], wide ? CPH_FLAG_NONE : CPH_FLAG_NOT_FINITE);
        CU_ASSERT_EQUAL(c->flag[empty * N], wide ? CPH_FLAG_NONE : CPH_FLAG_UNSOLVED);
        CU_ASSERT_EQUAL(c->flag[empty * N + 5], CPH_FLAG_DEAD);
        CU_ASSERT_EQUAL(c->gain[at + 1].re, before.re);
        if (wide) {
            const double found = errors_of(c, GAP_CHANNEL, true);
            printf("seed %d, gains %.2f ", SEED, found);
            CU_ASSERT(found < 1.0 + 4.0 * sqrt(2.0 / (2 * N)));
            CU_ASSERT(c->phase_sigma[at] > 0.5 * c->phase_sigma[at - N] &&
                      c->phase_sigma[at] < 2.0 * c->phase_sigma[at - N]);
            json_t *said = cph_fill_channels_json(&r.o, &r.made);
            const json_t *list = json_object_get(said, "elements");
            CU_ASSERT_EQUAL(json_array_size(list), N - 1);
            const json_t *two = json_object_get(json_array_get(list, GAP_ELEMENT), "channels");
            CU_ASSERT_EQUAL(json_array_size(two), 2);
            CU_ASSERT_EQUAL(json_integer_value(json_array_get(two, 1)), GAP_CHANNEL);
            json_decref(said);
        }
        close_run(&r);
    }
}

CU_TestInfo cph_tests_calibrate_band[] = {
    {"delays and phases are found", delays_and_phases_are_found},
    {"a bandpass is found and gaps are closed", a_bandpass_is_found_and_gaps_are_closed},
    {"lacking channels are filled", lacking_channels_are_filled},
    CU_TEST_INFO_NULL,
};
