/* SPDX-License-Identifier: MIT */
/* cophase channelize: tones of known frequency and phase, complex and real, in the file's channels;
 * FFTW's wisdom in the cache. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"
#include "cophase/channelize.h"
#include "cophase/data_write.h"
#include "tests/unit/data_fixture.h"

enum { N = 3, M = 16, TIMES = 3000 };
static const double rate = 1e6, centre = 100e6, intermediate = 180e3, start_s = 1.7e9;
static const double amplitude = 12000.0, offset_hz = 5e3;

/* Element n hears the tone later by a third of a turn each. */
static double phase_of(size_t n)
{
    return -2.0 * M_PI / 3.0 * (double)n + 0.4;
}

/* A tone `tone_hz` above 0 Hz of the samples. */
static void write_tone(const char *path, double tone_hz, bool real)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_c16 *const x = calloc((size_t)TIMES * N, sizeof *x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    if (x == NULL)
        return;
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++) {
            const double angle = 2.0 * M_PI * fmod(tone_hz * (double)t / rate, 1.0) + phase_of(n);
            x[t * N + n] = (cph_c16){(int16_t)lrint(amplitude * cos(angle)),
                                     real ? 0 : (int16_t)lrint(amplitude * sin(angle))};
        }
    fixture_header(CPH_KIND_CAPTURE, CPH_C16, 1, N, &header);
    header.times = 0;
    header.scale = 0.5;
    header.sample_rate_hz = rate;
    header.center_freq_hz = centre;
    header.if_freq_hz = real ? intermediate : NAN;
    header.real_sampling = real;
    header.time_start_unix_s = start_s;
    for (size_t n = 0; n < N; n++)
        header.array.element[n].polarization = '\0';
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, x, TIMES, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(writer, NULL), CPH_OK);
    fixture_header_free(&header);
    free(x);
}

/* Every sample of the channel is A H exp(j 2 pi (f - f_c) (t - t0)) from the phase that the tone
 * had at time 0 of the output. */
static void check_tone(const char *path, double freq_hz, double tone_hz, double shift_s)
{
    cph_data *const data = fixture_open(path, NULL);
    const cph_data_header *const h = cph_data_header_of(data);
    cph_c32 x[N * 8];
    size_t channel = 0;
    for (size_t c = 0; c < h->channels; c++)
        if (fabs(h->channel_freq_hz[c] - freq_hz) < fabs(h->channel_freq_hz[channel] - freq_hz))
            channel = c;
    CU_ASSERT_DOUBLE_EQUAL(h->channel_freq_hz[channel], freq_hz - offset_hz, 1e-3);
    CU_ASSERT_EQUAL_FATAL(cph_data_read_samples(data, 0, 8, channel, NULL, N, x, NULL), CPH_OK);
    for (size_t t = 0; t < 8; t++)
        for (size_t n = 0; n < N; n++) {
            const double angle =
                2.0 * M_PI * (tone_hz * shift_s + offset_hz * (double)t / h->sample_rate_hz) +
                phase_of(n);
            const cph_c32 y = x[t * N + n];
            /* Rounding of samples to integers, half a unit each; ripple within the passband. */
            CU_ASSERT_DOUBLE_EQUAL(h->scale * (double)y.re, 0.5 * amplitude * cos(angle), 20.0);
            CU_ASSERT_DOUBLE_EQUAL(h->scale * (double)y.im, 0.5 * amplitude * sin(angle), 20.0);
        }
    cph_data_close(data);
}

static int channelize(const char *in, const char *out, const char *channels, const char *oversample)
{
    char *argv[] = {"cophase channelize",
                    (char *)in,
                    "--into",
                    (char *)channels,
                    "--oversample",
                    (char *)oversample,
                    "--json",
                    "--quiet",
                    "-o",
                    (char *)out,
                    NULL};
    return cph_verb_channelize((int)(sizeof argv / sizeof argv[0]) - 1, argv);
}

static void set_cache(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s", fixture_path("cache"));
    CU_ASSERT_EQUAL(setenv("XDG_CACHE_HOME", path, 1), 0);
}

static void tones_are_where_their_frequency_is(void)
{
    const char *const in = fixture_path("tone.h5"), *const out = fixture_path("channels.h5");
    set_cache();
    if (!CPH_HAVE_FFTW)
        return;
    const double width = rate / M, length = 8.0 * M;
    for (int k = -8; k < 8; k += 5)
        for (unsigned oversample = 1; oversample <= 2; oversample++) {
            const double tone = width * k + offset_hz;
            write_tone(in, tone, false);
            CU_ASSERT_EQUAL_FATAL(channelize(in, out, "16", oversample == 1 ? "1" : "2"), 0);
            check_tone(out, centre + tone, tone, length / 2.0 / rate);
            cph_data *const data = fixture_open(out, NULL);
            const cph_data_header *const h = cph_data_header_of(data);
            CU_ASSERT_EQUAL(h->times, 1 + (TIMES - 8 * M) / (M / oversample));
            CU_ASSERT_DOUBLE_EQUAL(h->sample_rate_hz, width * oversample, 1e-6);
            CU_ASSERT_DOUBLE_EQUAL(h->time_start_unix_s, start_s + length / 2.0 / rate, 1e-6);
            CU_ASSERT_EQUAL(h->array.element[2].number, 2 + h->array.element[0].number);
            cph_data_close(data);
        }
}

/* 16 channels from 0 to half the rate; the centre lies at the intermediate frequency. */
static void real_tones_are_too(void)
{
    const char *const in = fixture_path("real.h5"), *const out = fixture_path("channels.h5");
    set_cache();
    if (!CPH_HAVE_FFTW)
        return;
    const double width = 0.5 * rate / M, length = 8.0 * 2.0 * M;
    for (int k = 1; k < 16; k += 7) {
        const double tone = width * k + offset_hz;
        write_tone(in, tone, true);
        CU_ASSERT_EQUAL_FATAL(channelize(in, out, "16", "2"), 0);
        check_tone(out, centre - intermediate + tone, tone, length / 2.0 / rate);
        cph_data *const data = fixture_open(out, NULL);
        const cph_data_header *const h = cph_data_header_of(data);
        CU_ASSERT(!h->real_sampling && isnan(h->if_freq_hz));
        CU_ASSERT_EQUAL(h->channels, M);
        CU_ASSERT_DOUBLE_EQUAL(h->channel_freq_hz[0], centre - intermediate, 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(h->sample_rate_hz, 2.0 * width, 1e-6);
        cph_data_close(data);
    }
}

/* One channel is the whole band about a quarter of the rate; it needs no FFTW. */
static void real_samples_become_baseband(void)
{
    const char *const in = fixture_path("real.h5"), *const out = fixture_path("baseband.h5");
    const double quarter = 0.25 * rate;
    write_tone(in, quarter + offset_hz, true);
    CU_ASSERT_EQUAL_FATAL(channelize(in, out, "1", "1"), 0);
    cph_data *const data = fixture_open(out, NULL);
    const cph_data_header *const h = cph_data_header_of(data);
    const double shift_s = h->time_start_unix_s - start_s;
    CU_ASSERT_DOUBLE_EQUAL(h->center_freq_hz, centre - intermediate + quarter, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(h->sample_rate_hz, 0.5 * rate, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(shift_s * rate, 63.0, 0.5); /* the clock's grain */
    CU_ASSERT_EQUAL(h->channels, 1);
    CU_ASSERT_EQUAL(h->times, 1 + (TIMES - 127) / 2);
    cph_data_close(data);
    check_tone(out, centre - intermediate + quarter + offset_hz, quarter + offset_hz, 63.0 / rate);
}

CU_TestInfo cph_tests_channelize[] = {
    {"tones are where their frequency is", tones_are_where_their_frequency_is},
    {"real tones are, too", real_tones_are_too},
    {"real samples become baseband", real_samples_become_baseband},
    CU_TEST_INFO_NULL,
};
