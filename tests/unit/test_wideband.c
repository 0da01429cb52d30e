/* SPDX-License-Identifier: MIT */
/* Beams of a whole band: a wave that a narrowband beam loses, by as much as theory says, comes back
 * within the error that is stated. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/verbs.h"
#include "cophase/data_write.h"
#include "cophase/random.h"
#include "data_fixture.h"

enum { N = 7, TIMES = 9000, TONES = 40, SEED = 31 };
static const double rate = 1e7, centre = 1e9, u[3] = {0.5, -0.3, 0.812403840463596};
/* Without symmetry: delays of one sign outweigh the other. */
static const double place[N][3] = {{0, 0, 0},    {3.1, 1, 0.2}, {-7, 2.5, 0},   {16, -4, 0.1},
                                   {9, -11, -1}, {20, 6, 0},    {12.5, -1, 0.4}};

typedef struct tone {
    double freq_hz; /* from the centre, within 0.45 of the rate */
    double complex amplitude;
} tone;

static tone tones[TONES];
static double loudness; /* sum of amplitudes */

static double delay_of(size_t n)
{
    return (u[0] * place[n][0] + u[1] * place[n][1] + u[2] * place[n][2]) / CPH_SPEED_OF_LIGHT;
}

static void draw_tones(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    loudness = 0.0;
    for (size_t k = 0; k < TONES; k++) {
        const cph_c64 x = cph_random_normal(&random);
        tones[k] = (tone){rate * 0.9 * (cph_random_uniform(&random) - 0.5), x.re + I * x.im};
        loudness += cabs(tones[k].amplitude);
    }
}

/* The wave at a sample, `delay_s` ahead; each tone times `response` of its frequency, NULL: 1. */
static double complex wave(double sample, double delay_s, double complex (*response)(double))
{
    double complex sum = 0.0;
    for (size_t k = 0; k < TONES; k++) {
        const double f = tones[k].freq_hz;
        const double turns = f * (sample / rate + delay_s) + centre * delay_s;
        sum += tones[k].amplitude * cexp(2.0 * M_PI * I * (turns - rint(turns))) *
               (response != NULL ? response(f) : 1.0);
    }
    return sum;
}

static double complex without_loss(double freq_hz)
{
    (void)freq_hz;
    return 1.0;
}

/* Of the beam whose weights are those of the centre. */
static double complex narrow(double freq_hz)
{
    double complex sum = 0.0;
    for (size_t n = 0; n < N; n++)
        sum += cexp(2.0 * M_PI * I * freq_hz * delay_of(n)) / N;
    return sum;
}

static void write_wave(const char *path)
{
    static cph_c32 x[TIMES][N];
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    fixture_header(CPH_KIND_CAPTURE, CPH_C32, 1, N, &header);
    header.center_freq_hz = header.channel_freq_hz[0] = centre;
    header.sample_rate_hz = rate;
    header.array.frame = CPH_FRAME_ARRAY;
    for (size_t n = 0; n < N; n++) {
        header.array.element[n].polarization = 0;
        header.array.element[n].listed = false;
        for (size_t i = 0; i < 3; i++)
            header.array.element[n].position[i] = place[n][i];
    }
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++) {
            const double complex y = wave((double)t, delay_of(n), NULL);
            x[t][n] = (cph_c32){(float)(creal(y) / header.scale), (float)(cimag(y) / header.scale)};
        }
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_capture_append(writer, x, TIMES, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

static int beamform(const char *in, const char *out, const char *wideband, const char *memory)
{
    char *argv[] = {"cophase beamform", (char *)in,   "--steer",        "uv:0.5,-0.3",
                    "--quiet",          "-o",         (char *)out,      "--max-memory",
                    (char *)memory,     "--wideband", (char *)wideband, NULL};
    const int count = (int)(sizeof argv / sizeof argv[0]) - 1;
    return cph_verb_beamform(wideband != NULL ? count : count - 2, argv);
}

/* Largest distance of the beam from the wave through `response`, and its times. */
static double distance(const char *path, size_t first, double complex (*response)(double),
                       size_t *times)
{
    cph_data *const data = fixture_open(path, NULL);
    const cph_data_header *const h = cph_data_header_of(data);
    cph_c32 *const y = calloc(h->times + 1, sizeof *y);
    cph_error error;
    double worst = 0.0;
    CU_ASSERT_EQUAL(h->sample_rate_hz, rate);
    CU_ASSERT_EQUAL(h->channels, 1);
    CU_ASSERT_EQUAL(h->beams, 1);
    if (y != NULL)
        CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, h->times, 0, NULL, 1, y, &error), CPH_OK);
    for (size_t t = 0; y != NULL && t < h->times; t++) {
        const double complex s = wave((double)(first + t), 0.0, response);
        worst = fmax(worst, hypot((double)y[t].re - creal(s), (double)y[t].im - cimag(s)));
    }
    *times = h->times;
    free(y);
    cph_data_close(data);
    return worst;
}

/* 8 taps, 2x: a channel reaches one width; the first whole sample is 15 steps of half as many. */
static void wideband_beams_keep_what_narrowband_ones_lose(void)
{
    const char *const in = fixture_path("wave.h5"), *const out = fixture_path("wide.h5");
    const double rounding = 1e-5;
    double most_s = 0.0, told[2];
    size_t times = 0;
    draw_tones();
    write_wave(in);
    for (size_t n = 0; n < N; n++)
        most_s = fmax(most_s, fabs(delay_of(n)));
    CU_ASSERT_EQUAL_FATAL(beamform(in, out, NULL, "64M"), 0);
    CU_ASSERT(distance(out, 0, narrow, &times) < 1e-5 * loudness);
    CU_ASSERT_EQUAL(times, TIMES);
    const double lost = distance(out, 0, without_loss, &times) / loudness;
    static const struct {
        const char *text;
        size_t channels;
    } shapes[2] = {{"64", 64}, {"256", 256}};
    for (size_t i = 0; i < 2 && CPH_HAVE_FFTW; i++) {
        const size_t m = shapes[i].channels, step = m / 2;
        const double stated = 2.0 * sin(M_PI * most_s * rate / (double)m);
        CU_ASSERT_EQUAL_FATAL(beamform(in, out, shapes[i].text, "64M"), 0);
        told[i] = distance(out, 15 * step, without_loss, &times) / loudness;
        printf("wideband: seed %d, %zu channels: %.2g of %.2g, lost before %.2g\n", SEED, m,
               told[i], stated, lost);
        CU_ASSERT_EQUAL(times, (((TIMES - 8 * m) / step + 1) - 15) * step);
        CU_ASSERT(told[i] <= stated + rounding);
        CU_ASSERT(told[i] < 0.1 * lost);
    }
    if (CPH_HAVE_FFTW)
        CU_ASSERT(told[1] < 0.5 * told[0]);
}

static void blocks_change_nothing(void)
{
    const char *const in = fixture_path("wave.h5"), *const out = fixture_path("wide.h5");
    const char *const small = fixture_path("small.h5");
    if (!CPH_HAVE_FFTW)
        return;
    draw_tones();
    write_wave(in);
    size_t times = 0;
    CU_ASSERT_EQUAL_FATAL(beamform(in, out, "64", "64M"), 0);
    CU_ASSERT_EQUAL_FATAL(beamform(in, small, "64", "9M"), 0);
    CU_ASSERT_EQUAL(distance(out, 480, without_loss, &times),
                    distance(small, 480, without_loss, &times));
}

CU_TestInfo cph_tests_wideband[] = {{"wideband beams keep what narrowband ones lose",
                                     wideband_beams_keep_what_narrowband_ones_lose},
                                    {"blocks change nothing", blocks_change_nothing},
                                    CU_TEST_INFO_NULL};
